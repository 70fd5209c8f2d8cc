"""Figures that cannot be: beyond what is usual in their column.

Each is a warning that shows the value, what is usual, where that is from and the likely slip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.cells import plain
from planner.case.checks.findings import Cells, first_of
from planner.case.columns import Bools, numbers, texts, whole
from planner.case.known import Slips
from planner.case.known import usual_figures as usual_by_column
from planner.case.problems import Problem
from planner.case.tables import TABLE

if TYPE_CHECKING:
    from planner.case.case import Case

ACCEPT = "correct it, or accept it in case.yaml with the reason"


def usual_figures(case: Case) -> list[Problem]:
    """A figure lies where figures of its column usually do."""
    problems = []
    for (table, column), usual in usual_by_column().items():
        value = numbers(case[table], column)
        if table in ("sites", "energy") and column != "pue":
            value = np.abs(value)
        beyond = ~np.isnan(value) & (value != 0) & ((value < usual.low) | (value > usual.high))
        if table == "sites" and column == "pue":
            beyond &= texts(case["sites"], "kind") != "cloud"
        if column == "book_life_years":  # a blank is the economic life, which is told itself
            beyond &= value != numbers(case[table], "economic_life_years")
        if not beyond.any():
            continue
        worst = float(value[first_row(case, table, beyond)])
        unit = unit_of(table, column)
        words = f"is normally {usual.low:g} to {usual.high:g} {unit}".rstrip()
        found = slip_of(worst, usual.low, usual.high, usual.slips)
        problems.append(
            told(Cells(case, table, column, beyond), "figure-unusual", words, found, usual.source)
        )
    return problems


def precision_rises(case: Case) -> list[Problem]:
    """A peak at a lower precision is at least that at a higher one."""
    chips, problems = case["chips"], []
    for fine, coarse in (("bf16", "fp8"), ("fp8", "fp4"), ("bf16", "fp4")):
        low, high = (numbers(chips, f"peak_tflops_{name}") for name in (fine, coarse))
        beyond = high < low
        if beyond.any():
            words = f"is normally at least peak_tflops_{fine}"
            column = f"peak_tflops_{coarse}"
            problems.append(
                told(Cells(case, "chips", column, beyond), "figure-unusual", words, "swapped?")
            )
    return problems


def unit_of(table: str, column: str) -> str:
    """Return the unit of a column as it stands behind a figure; blank for shares and ratios."""
    unit = TABLE[table].column(column).unit
    return "" if unit in ("share", "ratio") else unit


def first_row(case: Case, table: str, mask: Bools) -> int:
    """Return the first row of a table, as the file has them, where a mask over its rows, (n,), is
    set."""
    found = np.flatnonzero(mask)
    return int(found[np.argmin(whole(case[table], "_row")[found])])


def slip_of(value: float, low: float, high: float, slips: Slips) -> str:
    """Return the slips that bring a figure back to what is usual, the likelier first.

    Args:
        value: the figure.
        low: least that is usual.
        high: most that is usual.
        slips: factors by which figures are wrong.
    """
    middle = np.sqrt(low * high) if low > 0 else high

    def away(factor: float) -> float:
        return float(abs(np.log(value / factor / middle)))

    likely = sorted(
        (slip for slip in slips if low <= value / slip[0] <= high), key=lambda slip: away(slip[0])
    )
    if not likely:
        return ""
    said = [
        (f"{plain(factor)} times" if factor > 1 else f"1/{plain(1 / factor)}") + f", {words}"
        for factor, words in likely[:2]
    ]
    return " or ".join(said) + "?"


def told(cells: Cells, code: str, words: str, slip: str, source: str = "") -> Problem:
    """Return one warning for all cells that are hardly meant, at the first of them.

    Args:
        cells: the cells.
        code: stable code of the rule.
        words: what is odd about the first of them, as the rest of a sentence.
        slip: the likely mistake as a question; empty where none is likely.
        source: where it is known from what is usual, with its date.
    """
    count = int(cells.broken.sum())
    i = first_row(cells.case, cells.table, cells.broken)
    rows = f"; so are {count - 1} more rows" if count > 1 else ""
    said = words + (f" ({source})" if source else "") + rows
    value = plain(float(numbers(cells.case[cells.table], cells.column)[i]))
    fix = (f"{slip} " if slip else "") + ACCEPT
    return first_of(cells, code, said, fix, value=value)
