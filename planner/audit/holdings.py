"""Holdings: what lots hold and what is powered, against fleet.csv; what is rented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.audit.availability import available
from planner.audit.facts import Facts, Floats, Ints, column, inside, whole
from planner.audit.lots import COMMITTED, FLEET, MOVED, NEW, Lots
from planner.audit.tolerance import Slack
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
    ok = inside(facts, offer, rc, rs, rk, period=rt) & np.isfinite(chips)
    rented = np.zeros((C, S, T, K))
    np.add.at(rented, (rc[ok], rs[ok], rt[ok], rk[ok]), chips[ok])
    held = by_place(facts, lots, lots.held)

    c, s, t = (
        facts.codes("chip", fleet["chip"]),
        facts.codes("site", fleet["site"]),
        whole(fleet, "period"),
    )
    good = inside(facts, c, s, period=t)
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
    usable = available(facts) * powered[:, :, :, None] + rented
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
    good = inside(facts, c, s, period=t)
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
