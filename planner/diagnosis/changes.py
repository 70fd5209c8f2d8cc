"""Changes: cells of the inputs with their old and new values, written as overrides and tried by
solving the case again."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.case.case import Case
from planner.case.checks import check as check_case
from planner.case.files import TextTable, read_files
from planner.case.load import read_case
from planner.case.origin import header_of, row_of
from planner.case.overrides import apply_overrides
from planner.case.problems import CaseError
from planner.case.spelling import quote_name, removal
from planner.case.tables import TABLE
from planner.case.wide import widen
from planner.case.yaml_file import parse_yaml
from planner.diagnosis.ground import without_rules
from planner.model.index import Bools

DIGITS = 4
"""Significant digits of what a limit gives, rounded so that it gives enough."""


REMOVED: Final = "(row removed)"
REMARKS: Final = ("reason", "note", "source", "as_of")
"""Columns that say why a row is there: another row is told from it by the rest, if it can be."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Change:
    """One cell (or setting, or rule that is lifted) and what becomes of it."""

    table: str
    file: str
    row: int | None
    column: str
    """The column that changes; blank for a row that is taken out."""
    header: str
    """What stands above the cell in the file: the same, or the period where periods are headers."""
    key: tuple[str, ...]
    """The key of the row as an override names it."""
    old: str
    new: str
    override: str
    """What ``--set`` takes; blank where an override cannot say it."""
    at: int = -1
    """Row of the case's table."""


def enough(amount: float) -> float:
    """Return an amount rounded up to ``DIGITS`` significant digits."""
    if amount <= 0 or not math.isfinite(amount):
        return 0.0
    step = 10.0 ** (math.floor(math.log10(amount)) - DIGITS + 1)
    return float(f"{math.ceil(amount / step * (1 - 1e-9)) * step:.{DIGITS}g}")


def written(value: float) -> str:
    """Return a number as a cell holds it: twelve significant digits."""
    return f"{value:.12g}"


class Cells:
    """The cells of a case's tables as a user wrote their keys, so that overrides find them."""

    def __init__(self, case: Case, overrides: Sequence[str] = ()) -> None:
        self._case = case
        texts, settings, _ = read_files(case.folder)
        # rows that an override has added can be changed by another
        self._texts = apply_overrides(parse_yaml(settings.text)[0], texts, overrides)[1]
        self._longs: dict[str, TextTable | None] = {}

    def key(self, table: str, at: int) -> tuple[str, ...] | None:
        """Return the key of a row as it was written, None where an override cannot name it
        alone."""
        long = self._long(table)
        if long is None:
            return None
        row, names = self._case[table].iloc[at], TABLE[table].key
        mine = np.asarray(long.row == int(row["_row"]), dtype=bool)
        if "period" in names and mine.sum() > 1:
            mine &= np.array(
                [self._same(str(text), row["period"]) for text in long.columns["period"]],
                dtype=bool,
            )
        if mine.sum() != 1:
            return None
        return tuple(
            str(long.columns[name][mine.argmax()]) for name in names if name in long.columns
        )

    def removal(self, table: str, at: int) -> str:
        """Return the override that takes out a row of a table without a key, and no other; blank
        where none can say it: another row is the same."""
        text = self._texts.get(table)
        if text is None:
            return ""
        mine = text.row == int(self._case[table]["_row"].iloc[at])
        cells = {
            name: str(column[mine.argmax()]) for name, column in text.columns.items() if mine.any()
        }
        filled = {name: cell for name, cell in cells.items() if cell and name not in REMARKS}
        for said in (filled, {n: cell for n, cell in cells.items() if cell}, cells):
            same = np.ones(len(text.row), dtype=bool)
            for name, cell in said.items():
                same &= np.array([str(one) == cell for one in text.columns[name]], dtype=bool)
            if said and same.sum() == 1 and not any(map(_CONTROL.search, said.values())):
                return removal(table, (), said)
        return ""

    def _long(self, table: str) -> TextTable | None:
        """Return a table as it was written, one row per period; None where the case has none."""
        if table not in self._longs:
            text = self._texts.get(table)
            self._longs[table] = widen(text)[0] if text is not None else None
        return self._longs[table]

    def _same(self, text: str, period: Any) -> bool:
        """Return whether a period as written is one of the case's: an index, or the window of a
        budget, which is a period's label or a fiscal year."""
        calendar, year = self._case.calendar, text.upper().removeprefix("FY")
        if isinstance(period, str) and re.fullmatch("[0-9]{4}", year) and period == f"FY{year}":
            return True
        try:
            found = calendar.parse(text)
        except ValueError:
            return False
        return bool(calendar.label(found) == period if isinstance(period, str) else found == period)

    def change(self, table: str, at: int, column: str, new: str, old: str | None = None) -> Change:
        """Return the change of one cell."""
        row = self._case[table].iloc[at]
        before = row[column] if old is None else old
        shown = (
            before
            if isinstance(before, str)
            else ""
            if before is None or before != before
            else written(float(before))
        )
        key = self.key(table, at)
        override = ".".join([table, *map(quote_name, key or ()), f"{column}={new}"]) if key else ""
        named = key if key is not None else tuple(str(row[name]) for name in TABLE[table].key)
        where = row_of(self._case[table], at, column)
        header = header_of(self._case[table], at, column)
        return Change(
            table, str(row["_file"]), where, column, header, named, shown, new, override, at
        )


def setting(name: str, old: Any, new: str) -> Change:
    """Return the change of a setting of case.yaml."""
    return Change("case", "case.yaml", None, name, name, (), str(old), new, f"case.{name}={new}")


def lifted(case: Case, cells: Cells, at: int) -> Change:
    """Return the change that takes a rule out."""
    row = case["rules"].iloc[at]
    return Change(
        "rules",
        str(row["_file"]),
        int(row["_row"]),
        "",
        "",
        (),
        str(row["reason"]),
        REMOVED,
        cells.removal("rules", at),
        at,
    )


def apply(case: Case, overrides: Sequence[str], changes: Sequence[Change]) -> Case | None:
    """Return the case with changes applied to its inputs, read and checked anew; None where it is
    no good case then.

    Args:
        case: the case as it is.
        overrides: the overrides it was read with.
        changes: what to change on top of them.
    """
    rules = np.zeros(len(case["rules"]), dtype=bool)  # lifted, and no override can say it
    more = []
    for change in changes:
        if change.override:
            more.append(change.override)
        elif change.table == "rules":
            rules[change.at] = True
        else:
            return None
    try:
        other = read_case(case.folder, [*overrides, *more])
    except CaseError:
        return None
    if rules.any():
        other = without_rules(other, rules)
        if any(problem.severity == "error" for problem in check_case(other)):
            return None
    return dataclasses.replace(other)


def splits_missing(case: Case, out: Bools) -> tuple[int, ...]:
    """Return the milestones that need an efficiency of split work once some rules are out, because
    these leave them only one chip and site.

    Args:
        case: the case.
        out: which rules, (rules,).
    """
    rows = {
        problem.row
        for problem in check_case(without_rules(case, out))
        if problem.severity == "error" and problem.column == "split_efficiency"
    }
    mine = case["milestones"]["_row"].isin(list(rows)).to_numpy(dtype=bool)
    return tuple(np.flatnonzero(mine).tolist())
