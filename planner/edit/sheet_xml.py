"""The XML of a sheet edited: cells replaced where they stand, everything else byte for byte."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr, unescape

from planner.case.sheet import column_number
from planner.case.text import column_letters
from planner.edit.change import EditError
from planner.edit.formula import moved

_PLACE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
Cells = Mapping[tuple[int, int], "Value"]


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell is to hold: a text, or a number as it is written; blank for nothing."""

    text: str
    number: bool = False


@dataclass(slots=True)
class _Cell:
    start: int
    end: int = 0
    style: str = ""
    formula: str = ""
    """Its kind, ``normal`` where it says none; blank without a formula."""
    shared: str = ""
    """Number of the formula that it shares."""
    range: str = ""
    """Where the formula holds, where this cell states it for others."""


@dataclass(slots=True)
class _Row:
    start: int
    inner: int = 0
    """Where its cells begin; its end where it has none."""
    close: int = 0
    """Where its end tag begins."""
    end: int = 0
    cells: dict[int, _Cell] = field(default_factory=dict)


class _Places:
    """Where the rows and cells of a sheet stand in its bytes."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.rows: dict[int, _Row] = {}
        self.prefix = ""
        self.data_inner = self.data_close = self.data_end = -1
        self._row = self._column = self._open = 0
        self._cell: _Cell | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.Parse(content, True)
        if self.data_end < 0:
            raise EditError("it has no cells")

    def _tag_end(self, at: int) -> int:
        """Return where the tag that begins at a place ends (a ``>`` may stand in quotes)."""
        found = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*>""").match(self.content, at)
        assert found is not None
        return found.end()

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name, at = tag.rpartition(":")[2], self._parser.CurrentByteIndex
        self._open = at
        if name == "sheetData":
            self.prefix = tag[: -len(name)]
            self.data_inner = self._tag_end(at)
        elif self.data_inner < 0 or self.data_end >= 0:
            return
        elif name == "row":
            self._row = int(given["r"]) if "r" in given else self._row + 1
            self._column = 0
            self.rows[self._row] = _Row(at, self._tag_end(at))
        elif name == "c" and self._row:
            found = _PLACE.fullmatch(given.get("r", ""))
            self._column = column_number(found[1]) if found else self._column + 1
            self._cell = _Cell(at, style=given.get("s", ""))
            self.rows[self._row].cells[self._column] = self._cell
        elif name == "f" and self._cell is not None:
            self._cell.formula = given.get("t", "normal")
            self._cell.shared, self._cell.range = given.get("si", ""), given.get("ref", "")

    def _end(self, tag: str) -> None:
        name, at = tag.rpartition(":")[2], self._parser.CurrentByteIndex
        if self._open >= 0 and self.content[at - 2 : at] == b"/>":  # behind a tag that ends itself
            end, at = at, self._open
        else:
            end = self._tag_end(at)
        self._open = -1
        if name == "c" and self._cell is not None:
            self._cell.end, self._cell = end, None
        elif name == "row":
            row = self.rows[self._row]
            row.close, row.end = at, end
        elif name == "sheetData":
            self.data_close, self.data_end = at, end


def edit_sheet(content: bytes, cells: Cells, styles: Mapping[int, str]) -> tuple[bytes, bool]:
    """Return the XML of a sheet with some cells changed, and whether a formula went.

    Args:
        content: its bytes, UTF-8.
        cells: what each cell is to hold, by row and column, counted from 1.
        styles: format of cells that are new, by column.

    Raises:
        EditError: where a cell is part of a formula of several cells.
    """
    if content.startswith((b"\xfe\xff", b"\xff\xfe")):
        raise EditError("it is not written in UTF-8; save it again")
    places = _Places(content)
    _check_arrays(places, cells)
    parts = _unshared(places, cells)
    formulas = False
    by_row: dict[int, dict[int, Value]] = {}
    for (row, column), value in cells.items():
        by_row.setdefault(row, {})[column] = value
    below: dict[int, bytes] = {}
    for number, values in sorted(by_row.items()):
        there = places.rows.get(number)
        if there is not None:
            had = (there.cells[column] for column in values if column in there.cells)
            formulas |= any(cell.formula for cell in had)
            parts.update(_cells_of(places, number, values, styles))
        else:
            text = _new_row(number, values, styles, places.prefix)
            if text:
                before = max((r for r in places.rows if r < number), default=0)
                at = places.rows[before].end if before else places.data_inner
                below[at] = below.get(at, b"") + text
    if below and places.data_inner >= places.data_end:  # <sheetData/> has no inside yet
        inside = b"".join(below.values())
        tag = places.content[places.data_close : places.data_end]
        opened = tag[: tag.rindex(b"/")].rstrip() + b">"
        closed = f"</{places.prefix}sheetData>".encode()
        return _spliced(
            places, {(places.data_close, places.data_end): opened + inside + closed}
        ), False
    for at, text in below.items():
        parts[at, at] = parts.get((at, at), b"") + text
    return _spliced(places, parts), formulas


def _spliced(places: _Places, parts: Mapping[tuple[int, int], bytes]) -> bytes:
    """Return the bytes with some spans replaced."""
    content, found, at = places.content, [], 0
    for (start, end), text in sorted(parts.items()):
        found += [content[at:start], text]
        at = end
    return b"".join([*found, content[at:]])


def _opened(places: _Places, span: tuple[int, int]) -> bytes:
    """Return a tag that ends itself as one that begins something."""
    tag = places.content[span[0] : span[1]]
    return tag[: tag.rindex(b"/")].rstrip() + b">"


def _check_arrays(places: _Places, cells: Cells) -> None:
    """Raise ``EditError`` where a cell lies in the range of an array formula."""
    for number, row in places.rows.items():
        for column, cell in row.cells.items():
            if cell.formula in ("array", "dataTable"):
                corners = [_PLACE.fullmatch(part) for part in cell.range.split(":")]
                area = [(int(c[2]), column_number(c[1])) for c in corners if c] or [
                    (number, column)
                ]
                for r, c in cells:
                    if area[0][0] <= r <= area[-1][0] and area[0][1] <= c <= area[-1][1]:
                        place = f"{column_letters(c)}{r}"
                        raise EditError(
                            f"{place} is part of a formula of several cells; write its values"
                        )


def _unshared(places: _Places, cells: Cells) -> dict[tuple[int, int], bytes]:
    """Return the formulas that others share and that go, written out in those that stay."""
    masters = {
        cell.shared: (number, column, cell)
        for number, row in places.rows.items()
        for column, cell in row.cells.items()
        if cell.formula == "shared" and cell.range and (number, column) in cells
    }
    parts: dict[tuple[int, int], bytes] = {}
    for number, row in places.rows.items() if masters else ():
        for column, cell in row.cells.items():
            home = masters.get(cell.shared) if cell.formula == "shared" else None
            if home is None or cell.range or (number, column) in cells:
                continue
            stated = places.content[home[2].start : home[2].end].decode()
            written = re.search(r"<(?:\w+:)?f\b[^>]*>([^<]*)<", stated)
            formula = unescape(written[1]) if written else ""
            text = escape(moved(formula, number - home[0], column - home[1]))
            old = places.content[cell.start : cell.end].decode()
            p = places.prefix
            fresh = re.sub(
                r"<(?:\w+:)?f\b[^>]*?(/>|>[^<]*</(?:\w+:)?f>)",
                lambda _, text=text, p=p: f"<{p}f>{text}</{p}f>",  # type: ignore[misc]
                old,
                count=1,
            )
            parts[cell.start, cell.end] = fresh.encode()
    return parts


def _cells_of(
    places: _Places, number: int, values: Mapping[int, Value], styles: Mapping[int, str]
) -> dict[tuple[int, int], bytes]:
    """Return the spans of a row that is there with some cells changed."""
    row, prefix = places.rows[number], places.prefix
    parts: dict[tuple[int, int], bytes] = {}
    fresh: dict[int, bytes] = {}
    for column, value in sorted(values.items()):
        cell = row.cells.get(column)
        style = cell.style if cell is not None else styles.get(column, "")
        text = _cell(number, column, value, style, prefix)
        if cell is not None:
            parts[cell.start, cell.end] = text
        elif value.text:
            after = max((c for c in row.cells if c < column), default=0)
            at = row.cells[after].end if after else row.inner
            fresh[at] = fresh.get(at, b"") + text
    if fresh and row.inner >= row.end:  # <row r="3"/> has no inside yet
        tag = places.content[row.start : row.end]
        opened = tag[: tag.rindex(b"/")].rstrip() + b">"
        return {
            (row.start, row.end): opened + b"".join(fresh.values()) + f"</{prefix}row>".encode()
        }
    if fresh:  # what it says of how far its cells reach is true no more, and need not be said
        tag = places.content[row.start : row.inner]
        parts[row.start, row.inner] = re.sub(rb"""\sspans=("[^"]*"|'[^']*')""", b"", tag)
    return parts | {(at, at): text for at, text in fresh.items()}


def _new_row(
    number: int, values: Mapping[int, Value], styles: Mapping[int, str], prefix: str
) -> bytes:
    """Return a row that was not there; nothing where none of its cells holds anything."""
    cells = b"".join(
        _cell(number, column, value, styles.get(column, ""), prefix)
        for column, value in sorted(values.items())
        if value.text
    )
    return (
        f'<{prefix}row r="{number}">'.encode() + cells + f"</{prefix}row>".encode()
        if cells
        else b""
    )


def _cell(number: int, column: int, value: Value, style: str, prefix: str) -> bytes:
    """Return a cell that holds a value."""
    p, place = prefix, f"{column_letters(column)}{number}"
    head = f'<{p}c r="{place}"' + (f" s={quoteattr(style)}" if style else "")
    if not value.text:
        return f"{head}/>".encode()
    if value.number:
        return f"{head}><{p}v>{value.text}</{p}v></{p}c>".encode()
    text = f'<{p}t xml:space="preserve">{escape(value.text)}</{p}t>'
    return f'{head} t="inlineStr"><{p}is>{text}</{p}is></{p}c>'.encode()


def styles_of(content: bytes, row: int) -> dict[int, str]:
    """Return the format of the cells of a row, by column."""
    found = _Places(content).rows.get(row)
    return {column: cell.style for column, cell in found.cells.items()} if found else {}
