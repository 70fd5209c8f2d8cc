"""A row of the program shows itself: its equation with names, coefficients, values, slack and
dual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.limits import BALANCES, BY_ROWS
from planner.lp.program import Block, Program
from planner.report.section import Section
from planner.runs.read import RunError
from planner.study.explain.outcome import Explanation, rows_of
from planner.study.live import Live
from planner.words import number, plural, printable

Ints = NDArray[np.int64]

MOST_TERMS: Final = 40
"""Terms that are shown one by one, the largest first; the others are added up."""
MOST_ROWS: Final = 12
"""Rows that are named where the words fit several."""


def explain_row(live: Live, words: Sequence[str]) -> Explanation:
    """Return a row of the program of a run as the equation it is.

    Args:
        live: the run, reopened.
        words: name of the block of rows, then its labels in the order of its axes or as
            ``axis=label``, such as ``power iowa 2028Q1``.

    Returns:
        What the row says, left-hand side, limits, slack and dual, and its terms: coefficient x
        value of every column in it, largest first.

    Raises:
        RunError: where no row, or more than one, is meant, naming what there is.
    """
    program = live.formulation.program
    row = find_row(program, words)
    terms = terms_of(program, row, live.solution.x)
    lhs = float(terms["product"].sum())
    low, high = (
        float(limits[row] * program.row_scale[row])
        for limits in (program.row_lower, program.row_upper)
    )
    dual = float(live.solution.row_dual[row])
    room = [
        f"{number(value)} {side}"
        for value, side in ((lhs - low, "above its lower limit"), (high - lhs, "below its upper"))
        if np.isfinite(value)
    ]
    name = program.row_label(row)
    block = name.split("[")[0]
    limit = BY_ROWS.get(block)
    facts = [
        ("what it says", limit.says if limit else BALANCES.get(block, "not declared")),
        ("equation", _equation(low, high, lhs)),
        ("slack", ", ".join(room)),
        ("dual", f"{number(dual, 6)} USD (NPV) for one more on the right-hand side"),
    ]
    if limit is not None:
        stated = ", ".join(f"{table}.csv {column}" for table, column in limit.stated)
        facts.append(("stated by", stated))
    shown = terms.head(MOST_TERMS)
    rows = [
        (
            printable(term.column),
            number(term.coefficient, 6),
            number(term.value, 6),
            number(term.product, 6),
        )
        for term in rows_of(shown)
    ]
    rest = terms.iloc[MOST_TERMS:]
    if len(rest):
        rows.append((f"{plural(len(rest), 'more term')}", "", "", number(rest["product"].sum(), 6)))
    section = Section(
        "Terms", ("column", "coefficient", "value", "product"), tuple(rows), frozenset({1, 2, 3})
    )
    data: dict[str, Any] = {
        "row": name,
        "left_hand_side": lhs,
        "lower": low if np.isfinite(low) else None,
        "upper": high if np.isfinite(high) else None,
        "dual_usd": dual,
        "terms": terms.to_dict("records"),
    }
    headline = f"{printable(name)}: {_equation(low, high, lhs)}."
    return Explanation(f"row {' '.join(words)}", headline, tuple(facts), (section,), data)


def _equation(low: float, high: float, lhs: float) -> str:
    if low == high:
        return f"{number(lhs, 6)} = {number(high, 6)}"
    left = f"{number(low, 6)} <= " if np.isfinite(low) else ""
    return f"{left}{number(lhs, 6)}" + (f" <= {number(high, 6)}" if np.isfinite(high) else "")


def terms_of(program: Program, row: int, x: NDArray[np.float64]) -> pd.DataFrame:
    """Return the terms of a row: column (name), coefficient, value and product in user units, the
    largest product first.

    Args:
        program: the program.
        row: the row.
        x: values of the columns, user units, (n,).
    """
    at = np.flatnonzero(program.indices == row)
    column = np.searchsorted(program.indptr, at, side="right") - 1
    coefficient = program.data[at] * program.row_scale[row] / program.column_scale[column]
    frame = pd.DataFrame(
        {
            "column": [program.column_label(int(number)) for number in column],
            "coefficient": coefficient,
            "value": x[column],
            "product": coefficient * x[column],
        }
    )
    return frame.sort_values(
        ["product", "column"],
        key=lambda part: -part.abs() if part.name == "product" else part,
        ignore_index=True,
        kind="stable",
    )


def find_row(program: Program, words: Sequence[str]) -> int:
    """Return the row that words name; raises ``RunError`` with what there is."""
    blocks = {block.name: block for block in program.row_blocks if block.count}
    if not words or words[0] not in blocks:
        raise RunError(f"say: row NAME LABELS; the rows of this run are {', '.join(blocks)}")
    block = blocks[words[0]]
    fits = np.ones(block.count, dtype=bool)
    for axis, label in _wanted(block, words[1:]).items():
        fits &= _names(program, block, axis) == label
        if not fits.any():
            there = list(dict.fromkeys(_names(program, block, axis).tolist()))[:MOST_ROWS]
            raise RunError(
                f"rows {block.name} have no {axis} {printable(label)} there; they have "
                f"{', '.join(printable(name) for name in there)}"
            )
    found = np.flatnonzero(fits)
    if len(found) > 1:
        examples = ", ".join(
            printable(program.row_label(block.first + int(i))) for i in found[:MOST_ROWS]
        )
        raise RunError(
            f"{plural(len(found), 'row')} {block.name} fit; name {', '.join(block.labels)} as "
            f"well. They are {examples}{' ...' if len(found) > MOST_ROWS else ''}"
        )
    return block.first + int(found[0])


def _wanted(block: Block, labels: Sequence[str]) -> dict[str, str]:
    """The label that is wanted of every axis that is named, by its place or as ``axis=label``."""
    wanted: dict[str, str] = {}
    free = [axis for axis in block.labels if f"{axis}=" not in " ".join(labels)]
    for label in labels:
        axis, equals, rest = label.partition("=")
        if equals and axis in block.labels:
            wanted[axis] = rest
        elif free:
            wanted[free.pop(0)] = label
        else:
            raise RunError(
                f"rows {block.name} are named by {', '.join(block.labels)}; there is no place for "
                f"{printable(label)}"
            )
    return wanted


def _names(program: Program, block: Block, axis: str) -> NDArray[np.object_]:
    codes: Ints = np.asarray(block.labels[axis])
    names = program.axes.get(axis)
    if names is None or codes.dtype.kind not in "iu":
        return codes.astype(str).astype(object)
    return np.where(codes >= 0, np.asarray(names, dtype=object)[np.maximum(codes, 0)], "*")
