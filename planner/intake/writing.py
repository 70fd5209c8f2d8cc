"""From what was read to the case's own tables: edits that leave everything else as it was
written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.case.declare import Table
from planner.case.files import TextTable
from planner.case.melt import values_of
from planner.case.periods import Calendar, looks_like_period
from planner.case.tables import TABLE
from planner.edit import Edit, NewColumn, NewRow
from planner.intake.across import Entry
from planner.intake.cell import range_text
from planner.intake.fact import Fact, Key
from planner.intake.known import REQUIRED, Known

Row = tuple[str, Key, str]
"""A table, the key of a row, and a column of figures."""


def edits_of(entries: Sequence[Entry], gone: Sequence[Row], known: Known) -> dict[str, Edit]:
    """Return the edits of the tables that hold what was read.

    Args:
        entries: what they are to hold.
        gone: figures that are to be dropped: table, key and column.
        known: the case as it is written.
    """
    by_table: dict[str, list[Entry]] = {}
    for entry in entries:
        by_table.setdefault(entry.table, []).append(entry)
    dropped: dict[str, set[tuple[Key, str]]] = {}
    for table, key, column in gone:
        dropped.setdefault(table, set()).add((key, column))
    return {
        name: _Draft(TABLE[name], known, by_table.get(name, []), dropped.get(name, set())).edit()
        for name in {**by_table, **dropped}
    }


def number_text(value: float | str) -> str:
    """Return a figure as a table of the case holds it."""
    if isinstance(value, str):
        return value
    whole = value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else f"{value:.12g}"


def source_of(facts: Sequence[Fact]) -> str:
    """Return where figures come from: file, sheet and range, sheet by sheet."""
    by_sheet: dict[str, list[Fact]] = {}
    for fact in facts:
        by_sheet.setdefault(fact.sheet.at, []).append(fact)
    return "; ".join(
        f"{at} {range_text([fact.spot for fact in some])}" for at, some in by_sheet.items()
    )


class _Draft:
    """The edit of one table."""

    def __init__(
        self, table: Table, known: Known, entries: Sequence[Entry], gone: set[tuple[Key, str]]
    ) -> None:
        self.table, self.known, self.entries, self.gone = table, known, entries, gone
        self.text: TextTable | None = known.texts.get(table.name)
        self.headers = [*self.text.columns] if self.text is not None else []
        self.periods = _periods(self.headers, table, known.calendar)
        timed = "period" in table.key
        self.wide = (
            timed and (bool(self.periods) or self.text is None) and ("period" not in self.headers)
        )
        self.columns: list[NewColumn] = []
        self.cells: dict[tuple[int, str], str] = {}
        self.new: dict[tuple[str, ...], dict[str, str]] = {}
        self.facts: dict[tuple[str, ...], list[Fact]] = {}
        self.key = [name for name in table.key if name != "period"]

    def edit(self) -> Edit:
        """Return the edit."""
        if self.text is None:
            for name in self.key:
                self._column(name)
        if self.wide and len(values_of(self.table)) > 1:
            self._measure()
        elif not self.wide and self.table.wide:
            self._column("period")
        rows = self._rows()
        for entry in self._ordered():
            self._put(entry, rows)
        source = any(column.name == "source" for column in self.table.columns)
        if source and self.entries:
            self._column("source")
            for ident, facts in self.facts.items():
                self._set(ident, rows, "source", source_of(facts))
        added = tuple(NewRow(cells) for cells in self.new.values())
        return Edit(self.cells, added, self._dropped(rows), tuple(self.columns))

    def _dropped(self, rows: Mapping[tuple[str, ...], int]) -> frozenset[int]:
        """Return the rows that hold only what is gone; clears it in those that hold more."""
        found = self._placeholders(rows)
        figures = [c for c in values_of(self.table) if c in self.headers]
        for ident, row in rows.items():
            columns = {column for key, column in self.gone if key == self._key_of(ident)}
            if self.wide:
                if ident[-1] in columns:
                    found.add(row)
                continue
            left = [c for c in figures if c not in columns and self._at(row, c)]
            if columns and not left:
                found.add(row)
            elif columns:
                self.cells |= {(row, c): "" for c in columns if self._at(row, c)}
        return frozenset(found)

    def _placeholders(self, rows: Mapping[tuple[str, ...], int]) -> set[int]:
        """Return the rows that only hold a place: `REQUIRED` in their key, and new rows that fill
        it."""
        return {
            row
            for ident, row in rows.items()
            if REQUIRED in ident
            and any(
                all(a in (b, REQUIRED) for a, b in zip(ident, new, strict=False))
                for new in self.new
            )
        }

    def _at(self, row: int, header: str) -> str:
        assert self.text is not None
        if header not in self.text.columns:
            return ""
        return str(self.text.columns[header][int((self.text.row == row).argmax())])

    def _ordered(self) -> list[Entry]:
        order = {column.name: n for n, column in enumerate(self.table.columns)}
        if not self.wide:
            return sorted(self.entries, key=lambda e: order[e.column])
        return sorted(self.entries, key=lambda e: e.period or 0)

    def _key_of(self, ident: tuple[str, ...]) -> Key:
        return tuple((n, v) for n, v in zip(self.key, ident, strict=False) if v)

    def _column(self, name: str, after: str = "") -> None:
        if name not in self.headers and all(column.name != name for column in self.columns):
            self.columns.append(NewColumn(name, after))

    def _measure(self) -> None:
        """Add the column that says which figure a row holds, where it is not there yet."""
        if "measure" in self.headers:
            return
        self._column("measure", self.key[-1] if self.text is not None else "")
        required = [c for c in values_of(self.table) if self.table.column(c).required]
        for row in self.text.row if self.text is not None else ():
            self.cells[int(row), "measure"] = (required or [*values_of(self.table)])[0]

    def _rows(self) -> dict[tuple[str, ...], int]:
        """Return the row of everything that the table holds, by key (and measure, or period)."""
        text = self.text
        if text is None:
            return {}
        found: dict[tuple[str, ...], int] = {}
        required = [c for c in values_of(self.table) if self.table.column(c).required]
        only = (required or [*values_of(self.table), ""])[0]
        for at, row in enumerate(text.row):
            ident = [self._cell(text, name, at) for name in self.key]
            if self.wide:
                ident.append(self._cell(text, "measure", at) or only)
            elif self.table.wide:
                ident.append(_label(self._cell(text, "period", at), self.known.calendar))
            found.setdefault(tuple(ident), int(row))
        return found

    def _cell(self, text: TextTable, name: str, at: int) -> str:
        if name not in text.columns:
            return ""
        value = str(text.columns[name][at])
        return "" if value == self._blank(name) else value

    def _blank(self, name: str) -> str:
        default = self.table.column(name).default if name != "measure" else None
        return str(default) if default is not None else ""

    def _put(self, entry: Entry, rows: Mapping[tuple[str, ...], int]) -> None:
        names = dict(entry.key)
        ident = [names.get(name, "") for name in self.key]
        label = self.known.calendar.label(entry.period) if entry.period is not None else ""
        if self.wide:
            ident.append(entry.column)
            header = self._header(entry.period or 0)
        else:
            header = entry.column
            self._column(header)
            if self.table.wide:
                ident.append(label)
        self._set(tuple(ident), rows, header, number_text(entry.value))
        self.facts.setdefault(tuple(ident), []).extend(entry.facts)

    def _set(
        self, ident: tuple[str, ...], rows: Mapping[tuple[str, ...], int], header: str, value: str
    ) -> None:
        row = rows.get(ident)
        if row is not None:
            if not self._same(row, header, value):
                self.cells[row, header] = value
            return
        if ident not in self.new:
            cells = {n: v for n, v in zip(self.key, ident, strict=False) if v}
            for name in cells:
                self._column(name)
            if self.wide and ("measure" in self.headers or len(values_of(self.table)) > 1):
                cells["measure"] = ident[-1]
            elif self.table.wide and not self.wide:
                cells["period"] = ident[-1]
            self.new[ident] = cells
        self.new[ident][header] = value

    def _same(self, row: int, header: str, value: str) -> bool:
        """Return whether a cell says the same already, in whatever spelling."""
        if self.text is None or header not in self.text.columns:
            return False
        old = self._at(row, header)
        if old == value:
            return True
        try:
            return float(old) == float(value)
        except ValueError:
            return False

    def _header(self, t: int) -> str:
        """Return the header of a period, which is added where it is not there."""
        if t in self.periods:
            return self.periods[t]
        label = self.known.calendar.label(t)
        before = [p for p in self.periods if p < t]
        after = self.periods[max(before)] if before else ""
        if not before and self.text is not None and self.key:
            after = "measure" if "measure" in self.headers else self.key[-1]
        self._column(label, after)
        self.periods[t] = label
        return label


def _periods(headers: Sequence[str], table: Table, calendar: Calendar) -> dict[int, str]:
    """Return the headers of a wide table that are periods of the calendar, by their number."""
    declared = {column.name for column in table.columns}
    found: dict[int, str] = {}
    for header in headers if table.wide else ():
        if header not in declared and looks_like_period(header):
            try:
                found[calendar.parse(header)] = header
            except ValueError:
                continue
    return found


def _label(text: str, calendar: Calendar) -> str:
    try:
        return calendar.label(calendar.parse(text))
    except ValueError:
        return text
