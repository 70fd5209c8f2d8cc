"""Vintages: what lots hold in every period, against vintages.csv."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, column, inside, text, whole
from planner.audit.lots import Lots
from planner.audit.verdict import Check, agree, require


def compare_vintages(facts: Facts, lots: Lots, vintages: pd.DataFrame) -> list[Check]:
    """Return the check of vintages.csv: every lot's chips in every period, summed by line,
    recomputed from buy_plan.csv."""
    lines = pd.Index(lots.line)
    unique = pd.Index(pd.unique(lines))
    table = np.zeros((len(unique), facts.T))
    np.add.at(table, unique.get_indexer(lines), lots.held)
    row, period = unique.get_indexer(pd.Index(text(vintages, "line_id"))), whole(vintages, "period")
    good = inside(facts, row.astype(np.int64), period=period)
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
