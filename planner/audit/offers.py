"""Offers: the least and the most that may be ordered or rented of each in a period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.actions import BURST
from planner.audit.facts import Facts, Floats, column, text, whole
from planner.audit.holdings import Capacity
from planner.audit.lots import FLEET, MOVED, NEW, Lots
from planner.audit.orderable import orderable
from planner.audit.verdict import Check, at_least, at_most


def _taken(facts: Facts, lots: Lots, chips: Floats, capacity: Capacity) -> tuple[Floats, Floats]:
    """Return chips ordered (or moved) by offer and period (O, T), and rented by offer, period and
    slice (O, T, K)."""
    shape = (len(facts.offer), facts.T)
    ordered, rented = np.zeros(shape), np.zeros((*shape, facts.K))
    mine = np.flatnonzero(np.isin(lots.origin, (NEW, MOVED)))
    np.add.at(ordered, (lots.row[mine], lots.ordered[mine]), chips[mine])
    np.add.at(
        rented,
        (capacity.rent_offer, capacity.rent_period, capacity.rent_slice),
        capacity.rent_chips,
    )
    return ordered, rented


def _movable(facts: Facts, lots: Lots, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the orders that could be placed without the relocations for which no lot of the fleet
    would still serve on arrival."""
    fleet = np.flatnonzero(lots.origin == FLEET)
    longest = np.zeros((len(facts.chip), len(facts.site)), np.int64)
    np.maximum.at(longest, (lots.chip[fleet], lots.site[fleet]), lots.leaves[fleet])
    source = facts.codes("site", text(facts.case["offers"], "from_site")[whole(grid, "row")])
    serves = whole(grid, "arrives") < np.where(
        source >= 0, longest[facts.codes("chip", grid["chip"]), source], 0
    )
    kept: pd.DataFrame = grid[(text(grid, "kind") != "relocate") | serves]
    return kept


def check_offers(
    facts: Facts, lots: Lots, rounded: Floats, rented_more: Floats, capacity: Capacity
) -> list[Check]:
    """Return the checks of ``min_per_period`` and ``max_per_period``, over all sites of an offer;
    rentals in every slice; ``rounded`` chips by lot, (L,), and those of
    rentals, (O, T), keep to the maximum too."""
    offers, T = facts.case["offers"], facts.T
    if not len(offers):
        return []
    ordered, rented = _taken(facts, lots, lots.chips, capacity)
    whole_lots, _ = _taken(facts, lots, rounded, capacity)
    can = np.zeros((len(offers), T), bool)
    grid = _movable(facts, lots, orderable(facts))
    can[whole(grid, "row"), whole(grid, "period")] = True
    burst = np.isin(text(offers, "kind"), BURST)
    least, most = (
        column(offers, "min_per_period")[:, None],
        column(offers, "max_per_period")[:, None],
    )
    low = np.where(burst[:, None], rented.min(axis=2), ordered)
    high = np.where(burst[:, None], rented.max(axis=2), ordered)

    def place(i: int) -> str:
        return f"buy_plan.csv: {facts.offer[i // T]} in {facts.label(i % T)}, over all sites"

    return [
        at_most(
            "offers.max",
            high,
            np.broadcast_to(most, high.shape),
            place,
            unit="chips",
            floor=facts.few,
        ),
        at_most(
            "offers.max_rounded",
            np.where(burst[:, None], high + rented_more, whole_lots),
            np.broadcast_to(most, high.shape),
            lambda i: f"{place(i)}, in whole lots",
            unit="chips",
            floor=facts.few,
        ),
        at_least(
            "offers.min",
            low,
            np.where(can & (least > 0), least, np.nan),
            place,
            unit="chips",
            floor=facts.few,
        ),
    ]
