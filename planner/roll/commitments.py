"""Commitments: those that a plan orders are signed when the next one starts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.case.text import TextTable
from planner.plan.answer import Answer
from planner.roll.cell import number, records
from planner.roll.draft import Draft

COPIED = ("provider", "discount", "term_periods", "upfront_share", "source", "as_of")


def committed(answer: Answer, by: int) -> pd.DataFrame:
    """Return the commitments that a plan orders in its first ``by`` periods and that are still in
    force then: ``row`` of commitments.csv, ``ordered`` and ``usd_per_hour``."""
    f = answer.formulation
    commits = f.commitments
    fresh = np.isnan(numbers(f.case["commitments"], "signed"))[commits.row]
    amount = answer.x[commits.column]
    mine = fresh & (commits.ordered < by) & (commits.leaves > by) & (amount > 0)
    return pd.DataFrame(
        {
            "row": commits.row[mine],
            "ordered": commits.ordered[mine],
            "usd_per_hour": amount[mine],
        }
    )


def commitments_edit(case: Case, text: TextTable | None, made: pd.DataFrame, by: int) -> Draft:
    """Return the changes of commitments.csv: what was ordered is signed, what is over goes.

    Args:
        case: the case of the plan that is rolled.
        text: its commitments.csv as it was written.
        made: what ``committed`` returned.
        by: periods that have passed.
    """
    edit, table = Draft("commitments", text), case["commitments"]
    if text is None:
        return edit
    over = numbers(table, "signed") + whole(table, "term_periods") <= by
    gone = set(texts(table, "commitment")[over])
    for row, name in zip(text.row, text.columns["commitment"], strict=True):
        if name in gone:
            edit.dropped[int(row)] = "its term is over"
    for order in records(made):
        mine, label = table.iloc[int(order["row"])], case.calendar.label(int(order["ordered"]))
        name = str(mine["commitment"])
        cells = {
            column: number(mine[column]) if not isinstance(mine[column], str) else mine[column]
            for column in COPIED
        }
        offers = tuple(mine["offers"])
        cells |= {
            "commitment": f"{name}-{label}",
            "offers": "" if offers == ("*",) else ";".join(offers),
            "signed": label,
            "usd_per_hour": number(order["usd_per_hour"]),
            "counts_in": name,
        }
        edit.added.append((cells, f"{name} was signed in {label}"))
    return edit
