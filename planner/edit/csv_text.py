"""CSV files edited: only what changes is written, everything else stays byte for byte (separator,
quotes, line ends, byte order mark, blank rows)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.edit.change import Change, Edit, EditError, NewRow, row_text
from planner.edit.table import Columns, check_cells, plan_columns

Raw = list[str]
"""Fields of a record as written, quotes and all."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a CSV file, cut into records."""

    text: str
    separator: str
    field: re.Pattern[str]
    spans: list[tuple[int, int, int]]
    """Start, end, and start of the next of every record."""

    def record(self, at: int) -> str:
        """Return a record without its line end."""
        start, end, _ = self.spans[at]
        return self.text[start:end]

    def fields(self, at: int) -> Raw:
        """Return the fields of a record as written."""
        record, found, place = self.record(at), [], 0
        while True:
            match = self.field.match(record, place)
            assert match is not None  # it matches nothing, too
            found.append(match[0])
            place = match.end() + 1
            if place > len(record):
                return found

    def blank(self, at: int) -> bool:
        """Return whether a record holds nothing, and is no row."""
        record = self.record(at)
        if '"' in record:
            return not any(map(value_of, self.fields(at)))
        return not record.replace(self.separator, "").strip()

    def line_end(self, at: int) -> str:
        """Return the line end of a record; empty at the end of the file."""
        _, end, following = self.spans[at]
        return self.text[end:following]


def _cut(text: str, separator: str) -> _Text:
    """Cut a text into records as the reader does: quotes may hold separators and line ends."""
    field = re.compile(f'"(?:[^"]|"")*"|[^{re.escape(separator)}\r\n]*')
    ends = re.compile("\r\n|\n|\r")
    spans: list[tuple[int, int, int]] = []
    at = 0
    while at < len(text):
        end = _record_end(text, at, separator, field, ends)
        line_end = ends.match(text, end)
        following = line_end.end() if line_end else end
        spans.append((at, end, following))
        at = following
    return _Text(text, separator, field, spans)


def _record_end(
    text: str, at: int, separator: str, field: re.Pattern[str], ends: re.Pattern[str]
) -> int:
    """Return where the record that begins at a place ends."""
    found = ends.search(text, at)
    end = found.start() if found else len(text)
    if '"' not in text[at:end]:
        return end
    while True:
        match = field.match(text, at)
        assert match is not None
        at = match.end()
        if not text.startswith(separator, at):
            return at
        at += 1


def value_of(raw: str) -> str:
    """Return what a field says: without its quotes and the spaces around it."""
    quoted = len(raw) > 1 and raw[0] == '"' == raw[-1]
    return (raw[1:-1].replace('""', '"') if quoted else raw).strip()


def edit_csv(content: bytes, edit: Edit, file: str) -> tuple[bytes, list[Change]]:
    """Return a CSV file with an edit, and what changed.

    Args:
        content: the file as it is, which the planner can read.
        edit: the edit.
        file: how changes name it.

    Raises:
        EditError: where the edit names what is not there.
    """
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content[len(mark) :].decode("utf-8")
    first = next((line for line in re.split("[\r\n]+", text) if line), "")
    cut = _cut(text, max(",;\t", key=first.count))
    top = next((at for at in range(len(cut.spans)) if not cut.blank(at)), None)
    if top is None:
        raise EditError(f"{file} has no header row")
    header = [value_of(raw) for raw in cut.fields(top)]
    columns = plan_columns(_named(header), edit, file)
    rows = [at + 1 for at in range(top + 1, len(cut.spans)) if not cut.blank(at)]
    check_cells(edit, columns, rows, file)
    edited = _Edited(cut, edit, columns, file, top)
    pieces = list(edited.pieces(rows[-1] if rows else top + 1))
    return mark + "".join(pieces).encode(), edited.changes


def _named(header: list[str]) -> list[str]:
    """Return a header without the nameless cells that may stand at its end."""
    names = [*header]
    while names and not names[-1]:
        names.pop()
    return names


class _Edited:
    """Writes the records of a file again, and notes what changes."""

    def __init__(self, cut: _Text, edit: Edit, columns: Columns, file: str, top: int) -> None:
        self.cut, self.edit, self.columns, self.file, self.top = cut, edit, columns, file, top
        self.changes = [
            *(
                Change(file, "column dropped", None, None, name, name, "")
                for name in columns.before
                if name in edit.dropped_columns
            ),
            *(
                Change(file, "column added", None, None, column.name, "", column.name)
                for column in edit.added_columns
            ),
        ]
        self.cells: dict[int, dict[str, str]] = {}
        for (row, name), value in edit.cells.items():
            self.cells.setdefault(row, {})[name] = value
        self.place = {name: at for at, name in enumerate(columns.before)}
        self.ends = cut.line_end(top) or "\n"
        self.now = 0

    def pieces(self, last: int) -> Iterator[str]:
        """Yield the text of the file after the edit, record by record.

        Args:
            last: the last row that holds something: what is added at the end stands below it.
        """
        below: dict[int, list[NewRow]] = {}
        for row in self.edit.added_rows:
            below.setdefault(row.after or last, []).append(row)
        for at in range(len(self.cut.spans)):
            number, line_end = at + 1, self.cut.line_end(at)
            if number in self.edit.dropped_rows:
                raws = self.cut.fields(at)
                gone = row_text({n: value_of(raws[p]) for n, p in self.place.items()})
                self.changes.append(Change(self.file, "row dropped", number, None, "", gone, ""))
            else:
                self.now += 1
                yield self._record(at)
                yield line_end or (self.ends if number in below else "")
            for row in below.get(number, ()):
                self.now += 1
                yield self._new(row, at)
                yield line_end or self.ends

    def _record(self, at: int) -> str:
        """Return one record after the edit."""
        number = at + 1
        cells = self.cells.get(number, {})
        whole = self.columns.moved and at >= self.top and not self.cut.blank(at)
        if not cells and not whole:
            return self.cut.record(at)
        raws = self.cut.fields(at)
        old = {name: raws[place] for name, place in self.place.items()}
        if at == self.top:
            cells = {c.name: c.name for c in self.edit.added_columns}
        else:
            self._note(number, cells, old)
        fields = [self._field(name, cells, old) for name in self.columns.after]
        return self._joined(fields, raws[len(self.place) :])

    def _field(self, name: str, cells: Mapping[str, str], old: Mapping[str, str]) -> str:
        """Return a field after the edit, as it was written where it says the same."""
        before = old.get(name, "")
        if name not in cells or value_of(before) == cells[name]:
            return before
        return self._quoted(cells[name], before)

    def _note(self, number: int, cells: Mapping[str, str], old: Mapping[str, str]) -> None:
        for name, value in cells.items():
            before = value_of(old.get(name, ""))
            if before != value:
                self.changes.append(
                    Change(self.file, "cell", number, self.now, name, before, value)
                )

    def _new(self, row: NewRow, above: int) -> str:
        """Return a new record, in quotes where the record above it has them."""
        raws = self.cut.fields(above)
        old = {name: raws[place] for name, place in self.place.items() if place < len(raws)}
        cells = {name: row.cells.get(name, "") for name in self.columns.after}
        self.changes.append(Change(self.file, "row added", None, self.now, "", "", row_text(cells)))
        beyond = self.cut.fields(self.top)[len(self.place) :]
        fields = [
            self._quoted(cell, old.get(name, "")) if cell or old.get(name, "")[:1] == '"' else ""
            for name, cell in cells.items()
        ]
        return self._joined(fields, ["" for _ in beyond])

    def _joined(self, fields: Raw, beyond: Raw) -> str:
        return self.cut.separator.join([*fields, *beyond])

    def _quoted(self, value: str, before: str) -> str:
        """Return a value as a field: in quotes where it must be, or where they stood before."""
        needs = any(mark in value for mark in (self.cut.separator, '"', "\n", "\r"))
        if not needs and before[:1] != '"':
            return value
        return '"' + value.replace('"', '""') + '"'


def new_csv(edit: Edit, file: str) -> tuple[bytes, list[Change]]:
    """Return a CSV file that was not there yet, and what it holds.

    Args:
        edit: the columns and rows to add.
        file: how changes name it.

    Raises:
        EditError: where the edit has no columns, or changes what is not there.
    """
    if not edit.added_columns:
        raise EditError(f"the case has no {file}: an edit that makes it adds its columns")
    header = ",".join(_plain(column.name) for column in edit.added_columns)
    below = Edit(edit.cells, edit.added_rows, edit.dropped_rows)
    content, changes = edit_csv(f"{header}\n".encode(), below, file)
    added = [
        Change(file, "column added", None, None, c.name, "", c.name) for c in edit.added_columns
    ]
    return content, [*added, *changes]


def _plain(value: str) -> str:
    """Return a value as a field of a file separated by commas."""
    needs = any(mark in value for mark in ',"\n\r')
    return '"' + value.replace('"', '""') + '"' if needs else value
