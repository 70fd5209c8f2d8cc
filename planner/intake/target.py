"""Which table of the case a table of a sheet is, and which of its columns the figures belong to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from planner.case.declare import Table
from planner.case.tables import TABLE
from planner.intake.heads import FIGURES, Head
from planner.intake.known import importable
from planner.intake.unit import Unit, change_of


@dataclass(frozen=True, slots=True)
class Says:
    """What a label says of figures: columns they may belong to, and their unit."""

    candidates: tuple[tuple[str, str, int], ...]
    unit: Unit | None


def needed(table: Table) -> list[str]:
    """Return the names that a row of a table needs: its key without what has a default."""
    return [name for name in table.key if table.column(name).default is None and name != "period"]


def fitting(
    heads: Sequence[Head], says: Sequence[Says], kinds: Collection[str], *, timed: bool
) -> dict[str, float]:
    """Return the tables that a block can be, with how much says so.

    Args:
        heads: its columns.
        says: what its headers, its labels and its title say of figures.
        kinds: what names it has.
        timed: whether its figures are of periods.
    """
    found: dict[str, float] = {}
    for table in TABLE.values():
        if not importable(table.name) or timed != ("period" in table.key):
            continue
        lacking = [name for name in needed(table) if name not in kinds]
        if lacking:
            continue
        score = 0.0
        for one in says:
            best = max((s for t, c, s in one.candidates if fits(t, c, table, one.unit)), default=0)
            score += best
            if not best and one.unit is not None and one.unit.bases:
                score += 0.5 * any(
                    change_of(one.unit, column.unit) is not None
                    for column in table.columns
                    if column.type in FIGURES and column.unit
                )
        score += 0.5 * sum(
            any(t == table.name for t, _, _ in head.candidates)
            for head in heads
            if head.role == "attribute"
        )
        names = {h.kind for h in heads if h.role == "name"}
        score -= 0.25 * sum(kind not in _names(table) for kind in names)
        if score > 0 or (timed and names):  # nothing says what it is but its names and periods
            found[table.name] = max(score, 0.01)
    return found


def _names(table: Table) -> set[str]:
    return {column.name for column in table.columns}


def fits(table: str, column: str, wanted: Table, unit: Unit | None) -> bool:
    """Return whether figures in a unit can be a column's, which is one of a table."""
    if table != wanted.name:
        return False
    declared = next((c for c in wanted.columns if c.name == column), None)
    if declared is None or declared.type not in FIGURES:
        return False
    return unit is None or change_of(unit, declared.unit) is not None


def best_of(scores: Mapping[str, float]) -> list[str]:
    """Return the table that most says for; several where that does not tell them apart."""
    if not scores:
        return []
    top = max(scores.values())
    return [name for name, score in scores.items() if score >= top - 1e-9]


def meant(
    tables: Sequence[Table], says: Sequence[Says], unit: Unit | None
) -> tuple[Table, list[str]]:
    """Return the table and the columns of it that labels can mean: one where it is clear.

    Args:
        tables: the table that a block is, then others with the same names that a row may be of.
        says: what the labels of a figure say, the nearest first.
        unit: the unit that they say, all together.
    """
    for one in says:
        for table in tables:
            scored = {c: s for t, c, s in one.candidates if fits(t, c, table, unit)}
            if not scored and one.unit is None:  # a title's unit is of other columns
                scored = {c: s for t, c, s in one.candidates if fits(t, c, table, None)}
            if scored:
                top = max(scored.values())
                return table, [column for column, score in scored.items() if score == top]
    numbers = [column for column in tables[0].columns if column.type in FIGURES]
    if unit is not None and unit.bases:
        numbers = [c for c in numbers if c.unit and change_of(unit, c.unit) is not None]
    required = [column.name for column in numbers if column.required]
    if len(required) == 1:
        return tables[0], required
    return tables[0], [column.name for column in numbers]


def beside(table: Table) -> list[Table]:
    """Return a table, then those whose rows have the same names and periods: power and energy of a
    site."""
    same = [
        other
        for other in TABLE.values()
        if importable(other.name)
        and other is not table
        and needed(other) == needed(table)
        and ("period" in other.key) == ("period" in table.key)
    ]
    return [table, *same]


def unit_said(says: Sequence[Says]) -> Unit | None:
    """Return the unit that labels say: the nearest, with the scale that a title adds to it.

    Args:
        says: what the labels of a figure say, the nearest first: of ``Output tokens`` below
            ``figures in millions``, millions of tokens.
    """
    units = [one.unit for one in says if one.unit is not None]
    if not units:
        return None
    own = units[0]
    if own.factor != 1.0 or len(own.bases) != 1:
        return own
    for other in units[1:]:
        if other.bare:
            return Unit(f"{other.text} {own.text}", other.factor, own.bases)
        if other.bases == own.bases and other.factor != own.factor:
            return other
    return own
