"""Costs: every term of the objective from the written decisions and the inputs, entry by entry,
against costs.csv."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planner.audit.facts import Facts, Floats, column, or_zero
from planner.audit.holdings import Capacity
from planner.audit.lots import COMMITTED, FLEET, MOVED, NEW, Lots
from planner.audit.power import Energy, Projects
from planner.audit.procurement import changes
from planner.audit.rates import Demand
from planner.audit.training import Training
from planner.audit.verdict import RELATIVE, WRITTEN, Check, Describe, agree, require
from planner.audit.work import Served

TERMS: Final = (
    "chips",
    "prepaid",
    "contracts",
    "rental",
    "energy",
    "demand_charge",
    "maintenance",
    "space",
    "power_projects",
    "relocation",
    "decommissioning",
    "cancellation",
    "carbon",
    "resale",
    "short",
    "late",
    "over",
    "change",
    "residual",
)
SPEND: Final = ("chips", "prepaid", "contracts", "rental")
CAPEX: Final = ("chips", "cancellation")
NO_CASH: Final = ("resale", "short", "late", "over", "change", "residual")


@dataclass(slots=True)
class Book:
    """Cost entries in the order in which they are recomputed; the one thing here that grows."""

    facts: Facts
    rows: list[pd.DataFrame] = field(default_factory=list)

    def add(
        self,
        term: str,
        category: str,
        period: ArrayLike,
        usd: ArrayLike,
        unit: ArrayLike,
        *,
        middle: bool,
        site: ArrayLike = -1,
        chip: ArrayLike = -1,
    ) -> None:
        """Add amounts of a term.

        Args:
            term: a name of ``TERMS``.
            category: capex, opex or none.
            period: period in which each falls; T is the end of the plan.
            usd: nominal USD.
            unit: USD per chip (or MW) behind each amount: how far rounding of the decision can move
                it.
            middle: whether it accrues over the period, or is paid at its start.
            site: site codes, -1 for none.
            chip: chip codes, -1 for none.
        """
        t, amount, per, s, c = (
            np.asarray(a).ravel() for a in np.broadcast_arrays(period, usd, unit, site, chip)
        )
        used = (amount != 0.0) | np.isnan(amount)
        if not used.any():
            return
        t, amount, per, s, c = (
            t[used].astype(np.int64),
            amount[used].astype(float),
            per[used].astype(float),
            s[used],
            c[used],
        )
        factor = self.facts.mid[np.minimum(t, self.facts.T - 1)] if middle else self.facts.start[t]
        self.rows.append(
            pd.DataFrame(
                {
                    "term": term,
                    "category": category,
                    "period": t,
                    "site": s,
                    "chip": c,
                    "usd": amount,
                    "npv": amount * factor,
                    "doubt": np.abs(per) * WRITTEN,
                }
            )
        )

    def table(self) -> pd.DataFrame:
        """Return all entries: term, category, period, site, chip, usd, npv, doubt."""
        if not self.rows:
            return pd.DataFrame(
                {
                    name: pd.Series(dtype=kind)
                    for name, kind in (
                        ("term", object),
                        ("category", object),
                        ("period", np.int64),
                        ("site", np.int64),
                        ("chip", np.int64),
                        ("usd", float),
                        ("npv", float),
                        ("doubt", float),
                    )
                }
            )
        return pd.concat(self.rows, ignore_index=True)


def write_book(
    facts: Facts,
    lots: Lots,
    capacity: Capacity,
    energy: Energy,
    projects: Projects,
    demand: Demand,
    served: Served,
    training: Training,
) -> Book:
    """Return every cost but penalties for soft limits, which need the others first."""
    book = Book(facts)
    _up_front(book, facts, lots)
    _held(book, facts, lots)
    _leaving(book, facts, lots)
    _running(book, facts, capacity, energy)
    _projects(book, facts, projects)
    _penalties(book, facts, lots, demand, served, training)
    return book


def _up_front(book: Book, facts: Facts, lots: Lots) -> None:
    """Up-front payments, relocation and cancellation fees."""
    new, due, moved = (np.flatnonzero(lots.origin == origin) for origin in (NEW, COMMITTED, MOVED))
    for purchase, term, category in ((True, "chips", "capex"), (False, "prepaid", "opex")):
        v = new[lots.purchase[new] == purchase]
        place: dict[str, Any] = {"site": lots.site[v], "chip": lots.chip[v], "middle": False}
        first, rest = lots.price[v] * lots.deposit[v], lots.price[v] * (1.0 - lots.deposit[v])
        book.add(term, category, lots.ordered[v], lots.chips[v] * first, first, **place)
        book.add(term, category, lots.born[v], lots.chips[v] * rest, rest, **place)
    open_ = lots.price[due] * (1.0 - lots.deposit[due])
    book.add(
        "chips",
        "capex",
        lots.born[due],
        lots.chips[due] * open_,
        open_,
        middle=False,
        site=lots.site[due],
        chip=lots.chip[due],
    )
    orders = facts.case["orders"]
    fee = or_zero(column(orders, "cancel_fee_share"))[lots.row[due]] * lots.price[due]
    gone = column(orders, "chips")[lots.row[due]] - lots.chips[due]
    book.add(
        "cancellation",
        "capex",
        0,
        gone * fee,
        fee,
        middle=False,
        site=lots.site[due],
        chip=lots.chip[due],
    )
    price = (
        or_zero(facts.price(lots.row[moved], lots.ordered[moved], "usd_per_chip"))
        if len(moved)
        else np.empty(0)
    )
    book.add(
        "relocation",
        "opex",
        lots.ordered[moved],
        lots.chips[moved] * price,
        price,
        middle=False,
        site=lots.site[moved],
        chip=lots.chip[moved],
    )


def _held(book: Book, facts: Facts, lots: Lots) -> None:
    """Contract payments and maintenance of what is held."""
    v, t = np.nonzero(lots.held)
    place: dict[str, Any] = {"site": lots.site[v], "chip": lots.chip[v], "middle": True}
    hourly = lots.hourly[v] * facts.hours[t]
    book.add("contracts", "opex", t, hourly * lots.held[v, t], hourly, **place)
    # the contract of moved chips runs on while they are on their way
    times = np.arange(facts.T)
    away = (times >= lots.ordered[:, None]) & (times < lots.first[:, None])
    m, when = np.nonzero(away & (lots.origin == MOVED)[:, None])
    usual = lots.hourly[m] * facts.hours[when]
    moving = lots.alive[m, when] * lots.chips[m]
    book.add(
        "contracts",
        "opex",
        when,
        usual * moving,
        usual,
        middle=True,
        site=lots.site[m],
        chip=lots.chip[m],
    )
    flat = column(facts.case["chips"], "maintenance_usd_per_chip_year")[lots.chip[v]]
    aged = facts.by_age(
        "maintenance", "usd_per_chip_year", lots.chip[v], (t - lots.born[v]) / facts.ppy, step=True
    )
    yearly = np.where(lots.owned[v], np.where(np.isnan(aged), flat, aged), 0.0) / facts.ppy
    book.add("maintenance", "opex", t, yearly * lots.held[v, t], yearly, **place)


def _leaving(book: Book, facts: Facts, lots: Lots) -> None:
    """Decommissioning, resale of what is retired early, residual value of what serves on."""
    T = facts.T
    takeout = column(facts.case["chips"], "decommission_usd_per_chip")
    v, t = np.nonzero(lots.retired * lots.owned[:, None])
    place: dict[str, Any] = {"site": lots.site[v], "chip": lots.chip[v], "middle": False}
    book.add(
        "decommissioning",
        "opex",
        t,
        takeout[lots.chip[v]] * lots.retired[v, t],
        takeout[lots.chip[v]],
        **place,
    )
    share = or_zero(
        facts.by_age("resale", "share_of_price", lots.chip[v], (t - lots.born[v]) / facts.ppy)
    )
    book.add(
        "resale",
        "none",
        t,
        -share * lots.price[v] * lots.retired[v, t],
        share * lots.price[v],
        **place,
    )
    # a fleet lot may end its life as the plan starts: it serves no more, and is taken out then
    over = (lots.leaves > lots.first) | ((lots.origin == FLEET) & (lots.leaves == 0))
    ends = np.flatnonzero(lots.owned & (lots.leaves < T) & over)
    book.add(
        "decommissioning",
        "opex",
        lots.leaves[ends],
        takeout[lots.chip[ends]] * lots.at_end[ends],
        takeout[lots.chip[ends]],
        middle=False,
        site=lots.site[ends],
        chip=lots.chip[ends],
    )
    on = np.flatnonzero(lots.leaves > T)
    credit = residual_credit(facts, lots)[on] / facts.start[T]
    book.add(
        "residual",
        "none",
        T,
        -credit * lots.at_end[on],
        credit,
        middle=False,
        site=lots.site[on],
        chip=lots.chip[on],
    )


def _level_share(rate: float, used: Floats, life: Floats) -> Floats:
    """Return ``(1 - (1+r)^-n) / (1 - (1+r)^-L)``, ``n/L`` at r = 0."""
    if rate == 0.0:
        return used / life
    year = np.log1p(rate)  # for the smallest of rates 1 + r is 1, and both differences would be 0
    return np.asarray(np.expm1(-used * year) / np.expm1(-life * year), dtype=np.float64)


def residual_credit(facts: Facts, lots: Lots) -> Floats:
    """Return the discounted credit per chip still held at the end of the plan, (L,), by the case's
    residual setting."""
    T, ppy, rate, setting = facts.T, facts.ppy, facts.rate, facts.case.settings.residual
    used, life = (T - lots.born) / ppy, np.maximum(lots.leaves - lots.born, 1) / ppy
    arrival, ordered = (1.0 + rate) ** (-lots.born / ppy), (1.0 + rate) ** (-lots.paid / ppy)
    if setting == "annuity":
        paid = lots.price * (lots.deposit * ordered + (1.0 - lots.deposit) * arrival)
        return np.asarray(paid * (1.0 - _level_share(rate, used, life)), dtype=np.float64)
    at_end = (1.0 + rate) ** (-T / ppy)
    if setting == "straight_line":
        return np.asarray(lots.price * (1.0 - used / life) * at_end, dtype=np.float64)
    if setting == "table":
        share = or_zero(facts.by_age("resale", "share_of_price", lots.chip, used))
        return np.asarray(np.where(lots.owned, lots.price * share * at_end, 0.0), dtype=np.float64)
    return np.zeros(len(lots))


def _running(book: Book, facts: Facts, capacity: Capacity, energy: Energy) -> None:
    """Energy, carbon, demand charges, space and rental."""
    c, s, t, k = np.nonzero(energy.mwh)
    mwh, place = energy.mwh[c, s, t, k], {"site": s, "chip": c}
    # MWh that rounding of the chips at work and powered moves, as USD per chip of rounding
    off = energy.unsure[c, s, t, k] * facts.hours[t] * facts.share[k] / 1000.0 / WRITTEN
    for term, price in (
        ("energy", facts.usd_per_mwh[s, t, k]),
        ("carbon", facts.case.settings.carbon_usd_per_tonne * facts.kg_per_mwh[s, t, k] / 1000.0),
    ):
        book.add(term, "opex", t, mwh * price, price * off, middle=True, **place)
    peak = energy.draw.max(axis=2, initial=0.0)
    s, t = np.nonzero(np.maximum(peak, 0.0) * facts.demand_charge)
    charge = facts.demand_charge[s, t]
    book.add(
        "demand_charge",
        "opex",
        t,
        charge * peak[s, t],
        charge * energy.doubt[s, t] / WRITTEN,
        middle=True,
        site=s,
    )
    c, s, t = np.nonzero(capacity.powered)
    rent = facts.space[s] * facts.kw_peak[c]
    book.add(
        "space", "opex", t, rent * capacity.powered[c, s, t], rent, middle=True, site=s, chip=c
    )
    price = (
        or_zero(facts.price(capacity.rent_offer, capacity.rent_period, "usd_per_chip_hour"))
        if len(capacity.rent_offer)
        else np.empty(0)
    )
    hourly = price * facts.hours[capacity.rent_period] * facts.share[capacity.rent_slice]
    book.add(
        "rental",
        "opex",
        capacity.rent_period,
        hourly * capacity.rent_chips,
        hourly,
        middle=True,
        site=capacity.rent_site,
        chip=capacity.rent_chip,
    )


def _projects(book: Book, facts: Facts, projects: Projects) -> None:
    """Power projects: up-front, per period in service, and what is left of their life at the
    end."""
    table, T, ppy, rate = facts.case["power_projects"], facts.T, facts.ppy, facts.rate
    if not len(projects.row):
        return
    price, deposit = (
        column(table, "usd_per_mw")[projects.row],
        column(table, "deposit_share")[projects.row],
    )
    first, rest = price * deposit, price * (1.0 - deposit)
    book.add(
        "power_projects",
        "capex",
        projects.ordered,
        first * projects.mw,
        first,
        middle=False,
        site=projects.site,
    )
    book.add(
        "power_projects",
        "capex",
        projects.arrives,
        rest * projects.mw,
        rest,
        middle=False,
        site=projects.site,
    )
    n, t = np.nonzero(np.arange(T)[None, :] >= projects.arrives[:, None])
    fee = column(table, "usd_per_mw_period")[projects.row[n]]
    book.add(
        "power_projects", "opex", t, fee * projects.mw[n], fee, middle=True, site=projects.site[n]
    )
    used, life = (T - projects.arrives) / ppy, column(table, "life_years")[projects.row]
    setting = facts.case.settings.residual
    if setting == "annuity":
        paid = first * facts.start[projects.ordered] + rest * facts.start[projects.arrives]
        credit = paid * (1.0 - _level_share(rate, np.minimum(used, life), life)) / facts.start[T]
    elif setting == "none":
        credit = np.zeros(len(price))
    else:
        credit = price * (1.0 - used / life)
    credit = np.where(life > used, credit, 0.0)
    book.add("residual", "none", T, -credit * projects.mw, credit, middle=False, site=projects.site)


def _penalties(
    book: Book, facts: Facts, lots: Lots, demand: Demand, served: Served, training: Training
) -> None:
    """What is short, late or changed against the last plan."""
    price = or_zero(demand.short_price)[:, None]
    w, t = np.nonzero(served.due)
    book.add(
        "short",
        "none",
        t,
        (served.short * price)[w, t],
        (served.doubt * price)[w, t] / WRITTEN,
        middle=True,
    )
    table = facts.case["milestones"]
    each = or_zero(column(table, "late_usd_per_period")) / column(table, "flop")
    m, t = np.nonzero(training.late)
    book.add(
        "late",
        "none",
        t,
        training.late[m, t] * each[m],
        (training.doubt[m, t] * each[m]) / WRITTEN,
        middle=True,
    )
    charge = facts.case.settings.change_usd_per_chip
    compared = changes(facts, lots)
    if compared is None or not charge:
        return
    compared = compared[compared["period"] >= facts.case.settings.frozen_periods]
    gap = np.abs(column(compared, "ordered") - column(compared, "last"))
    book.add(
        "change",
        "none",
        compared["period"].to_numpy(dtype=np.int64),
        charge * gap,
        charge,
        middle=True,
        site=facts.codes("site", compared["site"]),
        chip=facts.codes("chip", compared["chip"]),
    )


def compare_costs(facts: Facts, book: pd.DataFrame, costs: pd.DataFrame) -> list[Check]:
    """Return the checks of costs.csv: per term, category and period, nominal and discounted."""
    allowed = [
        (term, "capex" if term in CAPEX else "none" if term in NO_CASH else "opex")
        for term in TERMS
    ] + [("power_projects", "capex")]
    known = (
        pd.MultiIndex.from_frame(costs[["term", "category"]]).isin(allowed)
        & costs["period"].between(0, facts.T).to_numpy()
    )
    entries = book.assign(size=np.abs(book["npv"]), gross=np.abs(book["usd"]))
    own = (
        entries.groupby(["term", "category", "period"], sort=True)[
            ["usd", "npv", "doubt", "size", "gross"]
        ]
        .sum()
        .reset_index()
    )
    keys = ["term", "category", "period"]
    cents = (
        entries.drop_duplicates([*keys, "site", "chip"])
        .groupby(keys, sort=True)
        .size()
        .rename("cents")
        .reset_index()
    )
    written = (
        costs.groupby(["term", "category", "period"], sort=True)
        .agg(
            nominal=("nominal_usd", "sum"),
            discounted=("discounted_usd", "sum"),
            rows=("nominal_usd", "size"),
        )
        .reset_index()
    )
    both = written.merge(
        own.merge(cents, on=["term", "category", "period"]),
        on=["term", "category", "period"],
        how="outer",
    )
    values = {
        name: or_zero(column(both, name))
        for name in (
            "nominal",
            "discounted",
            "usd",
            "npv",
            "doubt",
            "size",
            "gross",
            "rows",
            "cents",
        )
    }
    floor = values["doubt"] + 0.01 * (1.0 + np.maximum(values["rows"], values["cents"]))

    def place(name: str) -> Describe:
        return lambda i: (
            f"costs.csv, {both['term'][i]} ({both['category'][i]}) in "
            f"{facts.label(both['period'][i])}, {name} over sites and chips"
        )

    return [
        require(
            "costs.rows",
            known,
            lambda i: (
                f"costs.csv, row {i + 2}: {costs['term'][i]}, {costs['category'][i]}, "
                f"{facts.label(costs['period'][i])}"
            ),
            "terms of the objective with their category, in the plan",
        ),
        agree(
            "costs.nominal",
            values["nominal"],
            values["usd"],
            place("nominal_usd"),
            unit="USD",
            floor=floor,
            size=values["gross"],
        ),
        agree(
            "costs.discounted",
            values["discounted"],
            values["npv"],
            place("discounted_usd"),
            unit="USD",
            floor=floor,
            size=values["size"],
        ),
        _by_place(facts, book, costs),
        _in_all(book, costs),
    ]


def _by_place(facts: Facts, book: pd.DataFrame, costs: pd.DataFrame) -> Check:
    """Return the check of costs.csv row by row: every term at its own site and chip."""
    keys = ["term", "category", "period", "site", "chip"]
    own = book.groupby(keys, sort=True)[["usd", "doubt"]].sum().reset_index()
    file = costs.assign(
        site=facts.codes("site", costs["site"]), chip=facts.codes("chip", costs["chip"])
    )[[*keys, "nominal_usd"]]
    both = file.merge(own, on=keys, how="outer")
    sites, chips = np.append(facts.site, ["-"]), np.append(facts.chip, ["-"])

    def place(i: int) -> str:
        return (
            f"costs.csv, {both['term'][i]} in {facts.label(both['period'][i])} at "
            f"{sites[both['site'][i]]} for {chips[both['chip'][i]]}, nominal_usd"
        )

    # rows below half a cent are left out, and rounding carries on from row to row
    return agree(
        "costs.places",
        or_zero(column(both, "nominal_usd")),
        or_zero(column(both, "usd")),
        place,
        unit="USD",
        floor=0.02 + or_zero(column(both, "doubt")),
    )


def _in_all(book: pd.DataFrame, costs: pd.DataFrame) -> Check:
    """Return the check that all costs recomputed sum to all costs written."""
    floor = 0.01 * (1 + len(costs)) + float(np.sqrt((book["doubt"] ** 2).sum())) * 10.0
    return agree(
        "costs.total",
        float(column(costs, "discounted_usd").sum()),
        float(column(book, "npv").sum()),
        lambda i: "costs.csv, discounted_usd in all",
        unit="USD",
        floor=floor,
        size=float(np.abs(column(book, "npv")).sum()) * RELATIVE,
    )
