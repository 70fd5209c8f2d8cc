"""Lines of the buy plan, their contents page: what is kept, bought, leased, reserved, rented,
built, moved, retired or cancelled."""

from __future__ import annotations

import pandas as pd

from planner.plan.answer import Answer
from planner.plan.leaving import cancellations, relocations, retirements
from planner.plan.lots import lot_lines
from planner.plan.projects import build_lines, signed_lines
from planner.plan.rentals import rental_lines


def all_lines(answer: Answer) -> pd.DataFrame:
    """Return every line of the plan with integer codes, in the order in which it is written: by
    order period, then by line.

    Columns: those of ``buy_plan`` that come straight from the answer (site, chip, order_period,
    arrives, leaves as codes), and ``lot`` and ``column`` (-1: none).
    """
    parts = [
        part
        for part in (
            lot_lines(answer),
            retirements(answer),
            relocations(answer),
            cancellations(answer),
            rental_lines(answer),
            build_lines(answer),
            signed_lines(answer),
        )
        if len(part)
    ]
    if not parts:
        return lot_lines(answer)
    lines = pd.concat(parts, ignore_index=True)
    status = lines["status"].map({"existing": 0, "committed": 1, "new": 2})
    return (
        lines.assign(_s=status)
        .sort_values(["_s", "order_period", "line_id"], ignore_index=True, kind="stable")
        .drop(columns="_s")
    )
