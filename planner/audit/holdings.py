"""Holdings: what lots hold, against vintages.csv and fleet.csv; rented chips; what is powered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.audit.actions import BURST
from planner.audit.facts import Facts, Floats, Ints, column, text, whole
from planner.audit.lots import COMMITTED, FLEET, MOVED, NEW, Lots
from planner.audit.tolerance import CENT, WRITTEN, Slack
from planner.audit.verdict import Check, Describe, agree, at_least, at_most, require


@dataclass(frozen=True, slots=True)
class Capacity:
    """Chips that can work: held and powered by (C, S, T), rented by (C, S, T, K); ``usable`` is
    availability x powered + rented."""

    held: Floats
    powered: Floats
    rented: Floats
    usable: Floats
    rent_offer: Ints
    """Rows of rentals.csv: offer, chip, site, period, slice as codes and chips, (R,)."""
    rent_chip: Ints
    rent_site: Ints
    rent_period: Ints
    rent_slice: Ints
    rent_chips: Floats


def by_place(facts: Facts, lots: Lots, amount: Floats, chosen: np.ndarray | None = None) -> Floats:
    """Return amounts by lot and period (L, T) summed to (C, S, T), over the chosen lots."""
    table = np.zeros((len(facts.chip), len(facts.site), facts.T))
    pick = np.ones(len(lots), bool) if chosen is None else chosen
    np.add.at(table, (lots.chip[pick], lots.site[pick]), amount[pick])
    return table


def _inside(facts: Facts, *codes: Ints, period: Ints) -> np.ndarray:
    """Return which rows have known names and a period of the plan."""
    good = (period >= 0) & (period < facts.T)
    for code in codes:
        good &= code >= 0
    return good


def compare_vintages(facts: Facts, lots: Lots, vintages: pd.DataFrame) -> list[Check]:
    """Return the check of vintages.csv: every lot's chips in every period, summed by line,
    recomputed from buy_plan.csv."""
    lines = pd.Index(lots.line)
    unique = pd.Index(pd.unique(lines))
    table = np.zeros((len(unique), facts.T))
    np.add.at(table, unique.get_indexer(lines), lots.held)
    row, period = unique.get_indexer(pd.Index(text(vintages, "line_id"))), whole(vintages, "period")
    good = _inside(facts, row.astype(np.int64), period=period)
    written = np.zeros_like(table)
    np.add.at(written, (row[good], period[good]), column(vintages, "held")[good])
    if not len(vintages):
        good = np.ones(0, bool)
    of = np.zeros((len(unique), 2), np.int64)
    of[unique.get_indexer(lines)] = np.stack([lots.chip, lots.site], axis=1)
    same = ~good | (
        (facts.codes("chip", vintages["chip"]) == of[np.maximum(row, 0), 0])
        & (facts.codes("site", vintages["site"]) == of[np.maximum(row, 0), 1])
        if len(unique)
        else ~good
    )
    # retirements below the floor are not written as lines; they may add up over the periods of a
    # lot
    floor = np.where(
        np.isin(np.arange(len(unique)), unique.get_indexer(lines[lots.may_retire]))[:, None],
        facts.few * (2.0 + np.arange(facts.T)),
        facts.few,
    )
    return [
        require(
            "vintages.lines",
            good & same,
            lambda i: (
                f"vintages.csv, row {i + 2}: line {vintages['line_id'][i]} in "
                f"{facts.label(period[i])} is no lot of buy_plan.csv, or chip or site differ"
            ),
            "rows belong to lots of buy_plan.csv, in periods of the plan",
        ),
        agree(
            "vintages.held",
            written,
            table,
            lambda i: (
                f"vintages.csv, line {unique[i // facts.T]}, {facts.label(i % facts.T)}, held"
            ),
            unit="chips",
            floor=floor,
        ),
    ]


def measure(
    facts: Facts, lots: Lots, fleet: pd.DataFrame, rentals: pd.DataFrame
) -> tuple[Capacity, list[Check]]:
    """Return chips held, powered and rented everywhere, and the checks of fleet.csv.

    Args:
        facts: the inputs.
        lots: the lots.
        fleet: fleet.csv (powered chips are a decision that stands only there).
        rentals: rentals.csv.

    Returns:
        The capacity and the checks.
    """
    C, S, T, K = len(facts.chip), len(facts.site), facts.T, facts.K
    offer, rc, rs = (
        facts.codes("offer", rentals["offer"]),
        facts.codes("chip", rentals["chip"]),
        facts.codes("site", rentals["site"]),
    )
    rt, rk, chips = (
        whole(rentals, "period"),
        facts.codes("slice", rentals["slice"]),
        column(rentals, "chips"),
    )
    ok = _inside(facts, offer, rc, rs, rk, period=rt) & np.isfinite(chips)
    rented = np.zeros((C, S, T, K))
    np.add.at(rented, (rc[ok], rs[ok], rt[ok], rk[ok]), chips[ok])
    held = by_place(facts, lots, lots.held)

    c, s, t = (
        facts.codes("chip", fleet["chip"]),
        facts.codes("site", fleet["site"]),
        whole(fleet, "period"),
    )
    good = _inside(facts, c, s, period=t)
    where = (c[good], s[good], t[good])

    def written(name: str) -> Floats:
        table = np.zeros((C, S, T))
        table[where] = column(fleet, name)[good]
        return table

    def place(name: str) -> Describe:
        return lambda i: (
            f"fleet.csv, {facts.chip[i // (S * T)]} at {facts.site[i // T % S]}, "
            f"{facts.label(i % T)}, {name}"
        )

    powered = written("powered")
    origins = {"existing": (FLEET, MOVED), "committed": (COMMITTED,), "new": (NEW,)}
    checks = [
        require(
            "fleet.rows",
            good,
            lambda i: f"fleet.csv, row {i + 2}: period {facts.label(t[i])}",
            "rows stand in periods of the plan",
        ),
        *(
            agree(
                f"fleet.{name}",
                written(name),
                by_place(facts, lots, lots.held, np.isin(lots.origin, which)),
                place(name),
                unit="chips",
                floor=facts.few,
            )
            for name, which in origins.items()
        ),
        agree("fleet.held", written("held"), held, place("held"), unit="chips", floor=facts.few),
        at_most(
            "fleet.powered",
            powered,
            held,
            place("powered, against chips held"),
            unit="chips",
            floor=facts.few,
        ),
        at_least(
            "fleet.powered_sign",
            powered,
            0.0,
            place("powered"),
            unit="chips",
            floor=facts.few,
        ),
        agree(
            "fleet.stranded",
            written("stranded"),
            np.maximum(held - powered, 0.0),
            place("stranded"),
            unit="chips",
            floor=facts.few,
        ),
        agree(
            "fleet.rented",
            written("rented"),
            rented @ facts.share,
            place("rented"),
            unit="chips",
            floor=facts.few,
        ),
    ]
    usable = facts.availability[:, None, None, None] * powered[:, :, :, None] + rented
    return Capacity(
        held, powered, rented, usable, offer[ok], rc[ok], rs[ok], rt[ok], rk[ok], chips[ok]
    ), checks


def compare_busy(
    facts: Facts, capacity: Capacity, busy: Floats, fleet: pd.DataFrame
) -> list[Check]:
    """Return the checks of busy and idle chip-hours of fleet.csv; ``busy`` is chips at work by (C,
    S, T, K)."""
    c, s, t = (
        facts.codes("chip", fleet["chip"]),
        facts.codes("site", fleet["site"]),
        whole(fleet, "period"),
    )
    good = _inside(facts, c, s, period=t)
    c, s, t, rows = c[good], s[good], t[good], np.flatnonzero(good)
    at_work = (busy @ facts.share) * facts.hours
    able = (capacity.usable @ facts.share) * facts.hours

    def place(name: str) -> Describe:
        return lambda i: (
            f"fleet.csv, {facts.chip[c[i]]} at {facts.site[s[i]]}, {facts.label(t[i])}, {name}"
        )

    floor = facts.few * facts.hours[t]
    return [
        agree(
            "fleet.busy",
            column(fleet, "busy_chip_hours")[rows],
            at_work[c, s, t],
            place("busy_chip_hours"),
            unit="chip-hours",
            floor=floor,
        ),
        agree(
            "fleet.idle",
            column(fleet, "idle_chip_hours")[rows],
            np.maximum(able - at_work, 0.0)[c, s, t],
            place("idle_chip_hours"),
            unit="chip-hours",
            floor=Slack(floor, size=able[c, s, t]),
        ),
    ]


def compare_rentals(facts: Facts, rentals: pd.DataFrame, buy: pd.DataFrame) -> list[Check]:
    """Return the checks of rentals.csv: offers, windows, rules, prices, chip-hours and the lines of
    buy_plan.csv they stand for."""
    offers = facts.case["offers"]
    if not len(rentals) and not (buy["action"] == "rent").any():
        return []
    row = facts.codes("offer", rentals["offer"])
    known, safe = row >= 0, np.maximum(row, 0)
    chip, site, period, k = (
        facts.codes("chip", rentals["chip"]),
        facts.codes("site", rentals["site"]),
        whole(rentals, "period"),
        facts.codes("slice", rentals["slice"]),
    )
    chips, kind = column(rentals, "chips"), text(offers, "kind")[safe]
    places = pd.MultiIndex.from_frame(offers[["offer", "site"]].explode("site"))
    fits = (
        pd.MultiIndex.from_frame(rentals[["offer", "site"]]).isin(places)
        & (text(offers, "chip")[safe] == text(rentals, "chip"))
        & np.isin(kind, BURST)
    )
    window = (
        (period >= whole(offers, "first_order")[safe])
        & (period <= whole(offers, "last_order")[safe])
        & (period >= 0)
        & (period < facts.T)
    )
    price = facts.price(safe, period, "usd_per_chip_hour")
    at = np.clip(period, 0, facts.T - 1)
    hours = chips * facts.hours[at] * facts.share[np.maximum(k, 0)]

    def described(i: int) -> str:
        return (
            f"rentals.csv, {rentals['offer'][i]} at {rentals['site'][i]}, "
            f"{facts.label(period[i])}, {rentals['slice'][i]}"
        )

    most = (
        rentals.groupby(["offer", "site", "period"], sort=True)["chips"]
        .max()
        .rename("most")
        .reset_index()
    )
    lines = buy[buy["action"] == "rent"][
        ["line_id", "offer", "site", "order_period", "chips"]
    ].merge(
        most,
        left_on=["offer", "site", "order_period"],
        right_on=["offer", "site", "period"],
        how="outer",
    )
    return [
        require(
            "rentals.offers",
            known & fits & (chip >= 0) & (chips >= 0),
            described,
            "every row is an on-demand or spot offer at one of its sites, with its chip, not "
            "below 0",
        ),
        require("rentals.window", window, described, "rented inside first_order .. last_order"),
        require(
            "rentals.rules",
            ~facts.forbidden(chip, site, period),
            described,
            "no rental that rules.csv forbids",
        ),
        agree(
            "rentals.price",
            column(rentals, "usd_per_chip_hour"),
            price,
            lambda i: f"{described(i)}, usd_per_chip_hour",
            unit="USD",
            floor=1e-9,
        ),
        agree(
            "rentals.hours",
            column(rentals, "chip_hours"),
            hours,
            lambda i: f"{described(i)}, chip_hours",
            unit="chip-hours",
            floor=facts.hours[at] * WRITTEN,
        ),
        agree(
            "rentals.usd",
            column(rentals, "usd"),
            hours * price,
            lambda i: f"{described(i)}, usd",
            unit="USD",
            floor=CENT + facts.hours[at] * price * WRITTEN,
        ),
        agree(
            "buy_plan.rentals",
            np.nan_to_num(column(lines, "chips")),
            np.nan_to_num(column(lines, "most")),
            lambda i: (
                f"buy_plan.csv, rental {lines['offer'][i]} at {lines['site'][i]}, chips (most in "
                "any slice)"
            ),
            unit="chips",
            floor=facts.few,
        ),
    ]
