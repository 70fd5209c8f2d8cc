"""Lines of lots: the fleet that is kept, orders in flight, what is bought, leased or reserved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import texts
from planner.model.ledger import SPEND_TERMS
from planner.model.lots import COMMITTED, NEW, describe
from planner.plan.actions import OF_KIND
from planner.plan.answer import CHIP_TOLERANCE, Answer, Floats, summed
from planner.plan.steps import paid_prices


def _spend_by_column(answer: Answer) -> tuple[Floats, Floats]:
    """Payments for capacity of every column: nominal and discounted USD."""
    ledger = answer.formulation.ledger
    mine = ledger.of(SPEND_TERMS)
    column, nominal = ledger.column[mine], ledger.nominal[mine] * answer.x[ledger.column[mine]]
    n = len(answer.x)
    return summed(column, nominal, n), summed(column, nominal * ledger.factor[mine], n)


def _add_steps(
    answer: Answer, nominal: Floats, discounted: Floats, paid: Floats, worth: Floats
) -> None:
    """Add to what lots pay what their chips at price steps cost beyond the offer's own price."""
    steps = answer.formulation.steps
    lot, column = (steps[name].to_numpy(dtype=np.int64) for name in ("lot", "column"))
    np.add.at(paid, lot, nominal[column])
    np.add.at(worth, lot, discounted[column])


def lot_lines(answer: Answer) -> pd.DataFrame:
    """Return the lines of lots with chips in them, with codes: existing fleet, orders in flight,
    new orders."""
    f = answer.formulation
    lots = f.lots
    names = describe(f.case, lots)
    chips = answer.x[f.holding.order]
    shown = np.flatnonzero(chips > CHIP_TOLERANCE)
    kinds = np.full(len(lots), "fleet", dtype=object)
    kinds[lots.origin == COMMITTED] = "order"
    new = lots.origin == NEW
    kinds[new] = texts(f.case["offers"], "kind")[lots.row[new]]
    placed = kinds.copy()
    on_order = np.flatnonzero(lots.origin == COMMITTED)
    placed[on_order] = texts(f.case["orders"], "kind")[lots.row[on_order]]
    action = np.where(
        lots.given,  # the fleet, and what only moves
        "keep",
        np.array([OF_KIND.get(kind, "buy") for kind in placed], dtype=object),
    )
    nominal, discounted = _spend_by_column(answer)
    # a lot pays through its order and through what is held of it
    first = np.unique(np.stack([f.holding.lot, f.holding.column]), axis=1)
    own = first[:, first[1] != f.holding.order[first[0]]]
    paid = nominal[f.holding.order] + np.bincount(
        own[0], weights=nominal[own[1]], minlength=len(lots)
    )
    worth = discounted[f.holding.order] + np.bincount(
        own[0], weights=discounted[own[1]], minlength=len(lots)
    )
    _add_steps(answer, nominal, discounted, paid, worth)
    price = paid_prices(answer)
    cancellable = np.zeros(len(lots), dtype=bool)
    cancellable[new] = f.case["offers"]["cancellable"].to_numpy(dtype=bool)[lots.row[new]]
    return pd.DataFrame(
        {
            "line_id": names["line"][shown],
            "offer": names["offer"][shown],
            "order_period": np.where(lots.order_period < 0, -(10**6), lots.order_period)[shown],
            "site": lots.site[shown],
            "from_site": -1,
            "status": np.array(["existing", "committed", "new"], dtype=object)[lots.origin[shown]],
            "action": action[shown],
            "chip": lots.chip[shown],
            "kind": kinds[shown],
            "arrives": lots.arrives[shown],
            "leaves": np.minimum(lots.leaves, f.case.calendar.last)[shown],
            "chips": chips[shown],
            "mw": np.nan,
            "usd_per_chip": np.where((price > 0) | (lots.hourly == 0), price, np.nan)[shown],
            "usd_per_chip_hour": np.where(lots.hourly > 0, lots.hourly, np.nan)[shown],
            "total_usd": paid[shown],
            "npv_usd": worth[shown],
            "lot": shown,
            "column": f.holding.order[shown],
            "cancellable": cancellable[shown],
        }
    )
