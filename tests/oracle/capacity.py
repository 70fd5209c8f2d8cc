"""What is powered, rented and able to work, and the power it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulp

from tests.oracle.facts import BURST, Facts, blank
from tests.oracle.lots import Lot, held_at, limit_orders, residual
from tests.oracle.program import Program


@dataclass
class Capacity:
    powered: dict[tuple[str, str, int], Any] = field(default_factory=dict)
    rented: dict[tuple[str, str, int, str], Any] = field(default_factory=dict)
    """By offer, site, period and slice."""
    build: dict[tuple[str, int], Any] = field(default_factory=dict)
    """MW by project and order period."""
    signed: list[tuple[dict[str, Any], Any]] = field(default_factory=list)
    """Rows of power_orders.csv with their MW, which are what they are."""
    busy: dict[tuple[str, str, int, str], list[tuple[Any, float]]] = field(default_factory=dict)
    """Columns at work by chip, site, period and slice, with their kW when active."""

    def rents(self, facts: Facts, chip: str, site: str, t: int, k: str) -> Any:
        return pulp.lpSum(
            v
            for (f, s, u, j), v in self.rented.items()
            if facts.offers[f]["chip"] == chip and (s, u, j) == (site, t, k)
        )

    def time(self, facts: Facts, chip: str, site: str, t: int, k: str) -> Any:
        """Chips that can work."""
        return facts.works(chip, site, t, k) * self.powered[chip, site, t] + self.rents(
            facts, chip, site, t, k
        )

    def work(self, chip: str, site: str, t: int, k: str, column: Any, kw_active: float) -> None:
        self.busy.setdefault((chip, site, t, k), []).append((column, kw_active))


def make_capacity(facts: Facts, program: Program, lots: list[Lot]) -> Capacity:
    capacity = Capacity()
    for chip in facts.chips:
        for site in facts.sites:
            for t in facts.periods:
                capacity.powered[chip, site, t] = program.variable("powered")
                program.require(
                    capacity.powered[chip, site, t] <= held_at(facts, lots, chip, site, t)
                )
    for row in facts.rows["fabrics"]:
        chips = facts.chips if tuple(row["chips"]) == ("*",) else row["chips"]
        for t in facts.periods:
            on = pulp.lpSum(capacity.powered[chip, row["site"], t] for chip in chips)
            program.require(on <= row["max_chips"])
    for name, offer in facts.offers.items():
        if offer["kind"] in BURST:
            rent(facts, program, capacity, name, offer)
    for row in facts.rows["power_orders"]:
        signed(facts, program, capacity, row)
    build(facts, program, capacity)
    return capacity


def rent(
    facts: Facts, program: Program, capacity: Capacity, name: str, offer: dict[str, Any]
) -> None:
    for t in range(int(offer["first_order"]), int(offer["last_order"]) + 1):
        for k in facts.slices:
            columns = []
            for site in offer["site"]:
                if facts.forbidden(offer["chip"], site, t):
                    continue
                rented = program.variable("rented")
                capacity.rented[name, site, t, k] = rented
                columns.append(rented)
                usd = facts.price(name, t, "usd_per_chip_hour") * facts.hours[t] * facts.share[k]
                program.pay("rental", "opex", t, facts.mid(t), usd, rented, offer["chip"], site)
            limit_orders(program, offer, columns)


def signed(facts: Facts, program: Program, capacity: Capacity, row: dict[str, Any]) -> None:
    """A project ordered before the plan: what is unpaid when it arrives, every period, residual."""
    mw = program.variable("signed", row["mw"], row["mw"])
    capacity.signed.append((row, mw))
    o, a, share, site = int(row["ordered"]), int(row["arrives"]), row["paid_share"], row["site"]
    if a >= facts.T:
        return
    if a >= 0:
        rest = (1 - share) * row["usd_per_mw"]
        program.pay("power_projects", "capex", a, facts.start(a), rest, mw, "", site)
    for t in range(max(a, 0), facts.T):
        usd = row["usd_per_mw_period"]
        program.pay("power_projects", "opex", t, facts.mid(t), usd, mw, "", site)
    years, life = (facts.T - a) / facts.ppy, row["life_years"]
    if life > years:
        if facts.settings.residual == "table":
            value = row["usd_per_mw"] * (1 - years / life) * facts.start(facts.T)
        else:
            paid = row["usd_per_mw"] * (share * facts.start(o) + (1 - share) * facts.start(a))
            value = residual(facts, row["usd_per_mw"], paid, years, life)
        program.pay("residual", "none", facts.T - 1, 1.0, -value, mw, "", site)


def build(facts: Facts, program: Program, capacity: Capacity) -> None:
    for row in facts.rows["power_projects"]:
        name = row["project"]
        for o in range(int(row["first_order"]), int(row["last_order"]) + 1):
            a = o + int(row["lead_periods"])
            if a >= facts.T:
                continue
            mw = program.variable("build")
            capacity.build[name, o] = mw
            deposit = row["deposit_share"]
            program.pay(
                "power_projects",
                "capex",
                o,
                facts.start(o),
                deposit * row["usd_per_mw"],
                mw,
                "",
                row["site"],
            )
            program.pay(
                "power_projects",
                "capex",
                a,
                facts.start(a),
                (1 - deposit) * row["usd_per_mw"],
                mw,
                "",
                row["site"],
            )
            for t in range(a, facts.T):
                program.pay(
                    "power_projects",
                    "opex",
                    t,
                    facts.mid(t),
                    row["usd_per_mw_period"],
                    mw,
                    "",
                    row["site"],
                )
            years = (facts.T - a) / facts.ppy
            if row["life_years"] > years:
                rule = facts.settings.residual
                paid = row["usd_per_mw"] * (
                    deposit * facts.start(o) + (1 - deposit) * facts.start(a)
                )
                if rule == "table":
                    value = (
                        row["usd_per_mw"] * (1 - years / row["life_years"]) * facts.start(facts.T)
                    )
                else:
                    value = residual(facts, row["usd_per_mw"], paid, years, row["life_years"])
                program.pay("residual", "none", facts.T - 1, 1.0, -value, mw, "", row["site"])
        program.require(
            pulp.lpSum(mw for (p, _), mw in capacity.build.items() if p == name)
            + pulp.lpSum(mw for other, mw in capacity.signed if other["project"] == name)
            <= row["mw_max"]
        )


def bound_time(facts: Facts, program: Program, capacity: Capacity) -> None:
    for (chip, site, t, k), columns in capacity.busy.items():
        program.require(
            pulp.lpSum(column for column, _ in columns) <= capacity.time(facts, chip, site, t, k)
        )


def draw(facts: Facts, capacity: Capacity, chip: str, site: str, t: int, k: str) -> Any:
    """IT draw of the chips of a type in a slice, kW."""
    idle = facts.chips[chip]["kw_idle"]
    return idle * capacity.powered[chip, site, t] + pulp.lpSum(
        (kw - idle) * column for column, kw in capacity.busy.get((chip, site, t, k), [])
    )


def mwh(facts: Facts, capacity: Capacity, chip: str, site: str, t: int, k: str) -> Any:
    hours = facts.hours[t] * facts.share[k]
    return facts.sites[site]["pue"] * hours / 1000 * draw(facts, capacity, chip, site, t, k)


def bound_power(facts: Facts, program: Program, capacity: Capacity) -> None:
    for (site, t), limit in facts.power.items():
        row = facts.sites[site]
        factor = (row["pue"] if row["power_basis"] == "utility" else 1.0) / 1000
        usable = 1 - row["headroom"]
        new = [
            (p, capacity.build[p["project"], o])
            for p in facts.rows["power_projects"]
            for o in facts.periods
            if p["site"] == site
            and (p["project"], o) in capacity.build
            and o + p["lead_periods"] <= t
        ] + [(p, mw) for p, mw in capacity.signed if p["site"] == site and p["arrives"] <= t]
        program.require(
            pulp.lpSum(
                factor * facts.chips[c]["kw_peak"] * capacity.powered[c, site, t]
                for c in facts.chips
            )
            <= usable * limit["mw"] + pulp.lpSum(usable * mw for _, mw in new)
        )
        if not blank(limit["liquid_mw"]):
            liquid = [c for c in facts.chips if facts.chips[c]["cooling"] == "liquid"]
            program.require(
                pulp.lpSum(
                    factor * facts.chips[c]["kw_peak"] * capacity.powered[c, site, t]
                    for c in liquid
                )
                <= usable * limit["liquid_mw"]
                + pulp.lpSum(usable * p["liquid_share"] * mw for p, mw in new)
            )


def pay_sites(facts: Facts, program: Program, capacity: Capacity) -> None:
    """Energy, carbon, space and demand charge."""
    for site, row in facts.sites.items():
        if not facts.own(site):
            continue
        for t in facts.periods:
            for chip in facts.chips:
                kw_months = row["usd_per_kw_month"] * 12 / facts.ppy * facts.chips[chip]["kw_peak"]
                program.pay(
                    "space",
                    "opex",
                    t,
                    facts.mid(t),
                    kw_months,
                    capacity.powered[chip, site, t],
                    chip,
                    site,
                )
                for k in facts.slices:
                    energy = mwh(facts, capacity, chip, site, t, k)
                    program.pay(
                        "energy",
                        "opex",
                        t,
                        facts.mid(t),
                        facts.at_site(site, t, k, "usd_per_mwh"),
                        energy,
                        chip,
                        site,
                    )
                    tonnes = facts.at_site(site, t, k, "kg_co2_per_mwh") / 1000
                    program.pay(
                        "carbon",
                        "opex",
                        t,
                        facts.mid(t),
                        facts.settings.carbon_usd_per_tonne * tonnes,
                        energy,
                        chip,
                        site,
                    )
            charge = facts.demand_charge(site, t) * 12 / facts.ppy
            if charge > 0:
                peak = program.variable("peak")
                for k in facts.slices:
                    program.require(
                        peak
                        >= row["pue"]
                        * pulp.lpSum(
                            draw(facts, capacity, chip, site, t, k) for chip in facts.chips
                        )
                    )
                program.pay("demand_charge", "opex", t, facts.mid(t), charge, peak, "", site)
