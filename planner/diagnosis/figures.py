"""Figures: what makes limits bite though it is none itself - lead times, order windows,
availability, headroom.

Each is tried at its best: where the limits of a conflict could then all be kept, it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers
from planner.case.problems import filled
from planner.case.tables import TABLE
from planner.diagnosis.ground import Ground, still_conflict, with_cells
from planner.diagnosis.words import Item, Place, figure, places
from planner.lp.effort import Effort
from planner.model.index import Bools, Floats

ONE_BY_ONE: Final = 3
"""So many rows are tried alone, those furthest from their best first."""
NAMED: Final = 3
"""So many rows of one figure are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the inputs, and how it is at its best."""

    kind: str
    table: str
    best: Callable[[Case], dict[str, float]]
    """Columns and their best values."""
    off: Callable[[Case], Floats]
    """How far the figure of every row is from its best, (rows,); 0 where it is there."""
    sentence: str
    """With ``{name}`` and ``{value}``."""
    value: Callable[[Case, int], str]


def _periods(case: Case, count: float) -> str:
    return f"{int(count)} {case.settings.frequency}{'' if count == 1 else 's'}"


def _of(table: str, column: str) -> Callable[[Case], Floats]:
    return lambda case: numbers(case[table], column)


def _lead(table: str) -> Callable[[Case, int], str]:
    return lambda case, row: _periods(case, float(case[table]["lead_periods"].iloc[row]))


def _window(case: Case, row: int) -> str:
    offer = case["offers"].iloc[row]
    first, last = int(offer["first_order"]), int(offer["last_order"])
    if first > last:
        return "never"
    return f"from {case.calendar.label(first)} to {case.calendar.label(last)}"


FIGURES: Final = (
    Figure(
        "headroom",
        "sites",
        lambda case: {"headroom": 0.0},
        _of("sites", "headroom"),
        "headroom of site {name}: {value} of its power is kept free",
        lambda case, row: figure(float(case["sites"]["headroom"].iloc[row])),
    ),
    Figure(
        "lead",
        "offers",
        lambda case: {"lead_periods": 0},
        _of("offers", "lead_periods"),
        "lead time of offer {name}: {value}",
        _lead("offers"),
    ),
    Figure(
        "window",
        "offers",
        lambda case: {"first_order": 0, "last_order": case.calendar.count - 1},
        lambda case: (
            case.calendar.count
            - 1.0
            - np.maximum(
                _of("offers", "last_order")(case) - _of("offers", "first_order")(case), -1.0
            )
        ),
        "offer {name} can be ordered {value}",
        _window,
    ),
    Figure(
        "lead",
        "power_projects",
        lambda case: {"lead_periods": 0},
        _of("power_projects", "lead_periods"),
        "lead time of power project {name}: {value}",
        _lead("power_projects"),
    ),
    Figure(
        "availability",
        "chips",
        lambda case: {"availability": 1.0},
        lambda case: 1.0 - numbers(case["chips"], "availability"),
        "availability of {name}: {value}",
        lambda case, row: figure(float(case["chips"]["availability"].iloc[row])),
    ),
)


def figures_of(
    ground: Ground, chosen: Bools, items: Sequence[Item], effort: Effort
) -> tuple[Item, ...]:
    """Return the figures that make limits bite: with them at their best these could all be kept.

    Args:
        ground: the case.
        chosen: limits that conflict, (limits,).
        items: the same, told.
        effort: what the solves are counted in; once it is spent nothing further is tried.
    """
    sites = {item.name for item in items if item.kind in ("mw", "liquid_mw")}
    found = []
    for kind in FIGURES:
        off = kind.off(ground.case)
        rows = np.flatnonzero(off > 0)
        if kind.table == "sites":
            rows = rows[ground.case["sites"]["site"].iloc[rows].isin(sites).to_numpy(dtype=bool)]
        rows = _ending(ground, chosen, kind, rows[np.argsort(-off[rows], kind="stable")], effort)
        if len(rows):
            found.append(_told(ground.case, kind, rows))
    return tuple(found)


def _ending(
    ground: Ground, chosen: Bools, kind: Figure, rows: np.ndarray, effort: Effort
) -> np.ndarray:
    """Return the rows whose figures at their best end a conflict: the first that does so alone,
    otherwise all of them; none where they do not."""

    def conflict(best: np.ndarray) -> bool:
        table, cells = ground.case[kind.table], dict[str, Any]()
        for column, value in kind.best(ground.case).items():
            cells[column] = table[column].to_numpy(copy=True)
            cells[column][best] = value
        return still_conflict(ground, chosen, with_cells(ground.case, kind.table, **cells), effort)

    if not len(rows) or effort.spent or conflict(rows):
        return rows[:0]
    if len(rows) == 1:
        return rows
    alone = (rows[at : at + 1] for at in range(ONE_BY_ONE))
    return next((row for row in alone if not conflict(row)), rows)


def _told(case: Case, kind: Figure, rows: np.ndarray) -> Item:
    key = TABLE[kind.table].key[0]
    names = [str(name) for name in case[kind.table][key].iloc[rows]]
    parts = [
        filled(kind.sentence, {"name": name, "value": kind.value(case, int(row))})
        for name, row in zip(names[:NAMED], rows, strict=False)
    ]
    if len(names) > NAMED:
        parts.append(f"and {len(names) - NAMED} more")
    text = "; ".join(parts)
    found = places(case, kind.table, sorted(int(row) for row in rows))
    shared = case.settings.headroom
    if kind.kind == "headroom" and (case["sites"]["headroom"].iloc[rows] == shared).any():
        found += (Place("case.yaml", ()),)
    return Item("fact", kind.kind, ";".join(names), text, (), found)
