"""Supply, budgets, limits, the loss of a site, and stability against the last plan."""

from __future__ import annotations

from typing import Any

import pulp

from tests.oracle.capacity import Capacity, mwh
from tests.oracle.facts import BURST, Facts, blank
from tests.oracle.lots import Lot, held_at, limit_orders
from tests.oracle.program import Payment, Program
from tests.oracle.tokens import Calls
from tests.oracle.work import Work

SPEND = ("chips", "prepaid", "contracts", "rental")


def new(lot: Lot) -> bool:
    return lot.kind not in ("fleet", "in_flight")


def limit_offers(facts: Facts, program: Program, lots: list[Lot]) -> None:
    for name, offer in facts.offers.items():
        if offer["kind"] in BURST or offer["kind"] == "relocate":
            continue
        for o in range(int(offer["first_order"]), int(offer["last_order"]) + 1):
            if o + offer["lead_periods"] < facts.T:
                limit_orders(
                    program,
                    offer,
                    [lot.order for lot in lots if new(lot) and (lot.name, lot.o) == (name, o)],
                )


def limit_supply(facts: Facts, program: Program, lots: list[Lot], capacity: Capacity) -> None:
    for row in facts.rows["supply"]:
        group, t = row["supply_group"], row["period"]
        orders = [
            lot.order
            for lot in lots
            if new(lot)
            and facts.offers[lot.name]["supply_group"] == group
            and (lot.o if row["basis"] == "order" else lot.a) == t
        ]
        if row["basis"] == "arrival":  # with what is on order already
            orders += [lot.order for lot in lots if lot.group == group and lot.a == t]
        rented = {
            k: [
                v
                for (f, _, u, j), v in capacity.rented.items()
                if (u, j) == (t, k) and facts.offers[f]["supply_group"] == group
            ]
            for k in facts.slices
        }
        for columns in rented.values() if any(rented.values()) else [[]]:
            total = pulp.lpSum(orders + columns)
            if not blank(row["max_chips"]):
                program.require(total <= row["max_chips"])
            if row["min_chips"] > 0:
                program.require(total >= row["min_chips"])


def excess(facts: Facts, program: Program, usd: float, t: int) -> Any:
    """A column that pays for going beyond a soft limit, 0 for a hard one."""
    if blank(usd):
        return 0
    over = program.variable("over")
    program.pay("over", "none", t, facts.mid(t), usd, over)
    return over


def limit_cash(facts: Facts, program: Program) -> None:
    for row in facts.rows["budgets"]:
        window = facts.window(row["period"])

        def counts(p: Payment, window: list[int] = window, category: str = row["category"]) -> bool:
            return (
                p.t in window
                and p.category in (("capex", "opex") if category == "all" else (category,))
                and p.term != "resale"
            )

        if window:
            program.require(
                program.nominal(counts) + row["used_usd"]
                <= row["usd_max"] + excess(facts, program, row["over_usd_per_usd"], window[-1])
            )


def measure(
    facts: Facts,
    program: Program,
    lots: list[Lot],
    capacity: Capacity,
    what: str,
    window: list[int],
    scope: str,
    member: str,
) -> Any:
    def in_scope(chip: str, site: str) -> bool:
        names = {
            "vendor": facts.chips[chip]["vendor"],
            "chip": chip,
            "site": site,
            "region": facts.sites[site]["region"],
            "country": facts.sites[site]["country"],
            "all": member,
        }
        return bool(names[scope] == member)

    if what == "spend":
        return program.nominal(
            lambda p: p.term in SPEND and p.t in window and in_scope(p.chip, p.site)
        )
    terms = []
    for chip in facts.chips:
        for site in facts.sites:
            if not in_scope(chip, site):
                continue
            for t in window:
                if what == "power":
                    terms.append(
                        facts.chips[chip]["kw_peak"] / 1000 * capacity.powered[chip, site, t]
                    )
                elif what == "chips":
                    terms.append(held_at(facts, lots, chip, site, t))
                    terms += [
                        facts.share[k] * capacity.rents(facts, chip, site, t, k)
                        for k in facts.slices
                    ]
                elif facts.own(site):
                    terms += [
                        facts.at_site(site, t, k, "kg_co2_per_mwh")
                        / 1000
                        * mwh(facts, capacity, chip, site, t, k)
                        for k in facts.slices
                    ]
    return pulp.lpSum(terms)


def limit_measures(facts: Facts, program: Program, lots: list[Lot], capacity: Capacity) -> None:
    for row in facts.rows["limits"]:
        window = facts.window(row["period"])
        for part in [window] if row["measure"] in ("spend", "carbon") else [[t] for t in window]:
            mine = measure(
                facts, program, lots, capacity, row["measure"], part, row["scope"], row["member"]
            )
            total = measure(facts, program, lots, capacity, row["measure"], part, "all", "")
            mine = mine + row["used"]
            total = total + max(row["used_total"], row["used"])
            usd = row["over_usd_per_unit"]
            if not blank(row["max"]):
                program.require(mine <= row["max"] + excess(facts, program, usd, part[-1]))
            if not blank(row["min"]):
                program.require(mine + excess(facts, program, usd, part[-1]) >= row["min"])
            if not blank(row["max_share"]):
                program.require(
                    mine <= row["max_share"] * total + excess(facts, program, usd, part[-1])
                )
            if not blank(row["min_share"]):
                program.require(
                    mine + excess(facts, program, usd, part[-1]) >= row["min_share"] * total
                )


def survive(facts: Facts, program: Program, capacity: Capacity, work: Work, calls: Calls) -> None:
    critical = [
        name for name, row in facts.workloads.items() if not blank(row["survive_site_loss"])
    ]
    for lost in facts.sites:
        for t in facts.periods:
            if not any(w in critical and s == lost and u == t for w, _, s, u, _ in work.use):
                continue
            for k in facts.slices:
                backup: dict[tuple[str, str], list[Any]] = {}
                for name in critical:
                    row, parts = facts.workloads[name], []
                    for w, chip, site, u, j in work.use:
                        if (w, u, j) == (name, t, k) and site != lost:
                            column = program.variable("backup")
                            backup.setdefault((chip, site), []).append(column)
                            rate = facts.rate(name, chip, t) or 0.0
                            parts.append(
                                rate
                                * row["utilisation_cap"]
                                * 3600
                                * facts.hours[t]
                                * facts.share[k]
                                * column
                            )
                    wanted = (
                        facts.demand[name, t][facts.work_token(name)]
                        * facts.share[k]
                        * facts.load.get((row["profile"], k), 1.0)
                    )
                    goes_on = calls.served(name, t, [k])
                    least = row["survive_site_loss"] * wanted
                    if len(goes_on):
                        program.require(pulp.lpSum(parts) + goes_on >= least)
                    else:
                        program.require(pulp.lpSum(parts) == least)
                for (chip, site), columns in backup.items():
                    program.require(pulp.lpSum(columns) <= capacity.time(facts, chip, site, t, k))


Key = tuple[str, str, int]


def last_plan(facts: Facts) -> tuple[dict[Key, float], set[Key]]:
    """Chips (MW) of the last plan by offer (project), site and period, and those that were changed
    or refused."""
    last: dict[Key, float] = {}
    decided: set[Key] = set()
    for row in facts.rows["last_plan"]:
        if row["action"] in ("buy", "lease", "reserve", "build_power") and row["status"] == "new":
            key = (row["offer"], row["site"], row["order_period"])
            last[key] = last.get(key, 0.0) + (
                row["mw"] if row["action"] == "build_power" else row["chips"]
            )
            if row["decision"] in ("changed", "refused"):
                decided.add(key)
            if row["decision"] == "refused":
                last[key] = 0.0
    return last, decided


def kept_chips(facts: Facts, lot: Lot) -> float | None:
    """Chips of a new lot that are as the last plan has them; None where they are to be decided."""
    if not facts.rows["last_plan"]:
        return None
    last, decided = last_plan(facts)
    key = (lot.name, lot.site, lot.o)
    kept = lot.o < facts.settings.frozen_periods or key in decided
    return last.get(key, 0.0) if kept else None


def keep_stable(facts: Facts, program: Program, lots: list[Lot], capacity: Capacity) -> None:
    if not facts.rows["last_plan"]:
        return
    last, decided = last_plan(facts)
    frozen = facts.settings.frozen_periods
    for lot in lots:
        if not new(lot):
            continue
        before = last.get((lot.name, lot.site, lot.o), 0.0)
        if lot.o < frozen or (lot.name, lot.site, lot.o) in decided:
            program.require(lot.order == before)
        elif facts.settings.change_usd_per_chip > 0:
            change = program.variable("change")
            program.require(change >= lot.order - before)
            program.require(change >= before - lot.order)
            program.pay(
                "change",
                "none",
                lot.o,
                facts.mid(lot.o),
                facts.settings.change_usd_per_chip,
                change,
            )
    sites = {row["project"]: row["site"] for row in facts.rows["power_projects"]}
    for (project, o), mw in capacity.build.items():
        if o < frozen or (project, sites[project], o) in decided:
            program.require(mw == last.get((project, sites[project], o), 0.0))
