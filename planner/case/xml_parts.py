"""XML of workbooks: its elements as they come, bounded in every direction, and the texts and number
formats that sheets share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol
from xml.parsers import expat

LONGEST_CELL: Final = 32_767
"""Characters of a cell, the most that a spreadsheet can hold."""
MOST_STRINGS: Final = 5_000_000
"""Texts that the sheets of a workbook share."""

SPREADSHEET: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_CHUNK: Final = 1 << 16
_LONGEST_TOKEN: Final = 1 << 20


class TooLarge(Exception):
    """A part holds more than is read; the message says of what, and the most."""

    def __init__(self, value: str, need: str, fix: str = "use CSV files") -> None:
        super().__init__(value)
        self.value, self.need, self.fix = value, need, fix


class Damaged(Exception):
    """A part is not what the format says; the message says why."""


class Part(Protocol):
    """What the bytes of a part are read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` further bytes."""


def parse(
    start: Callable[[str, Any], None],
    end: Callable[[str], None] = lambda _: None,
    spaces: tuple[str, ...] = SPREADSHEET,
) -> Any:
    """Return a parser for a part of a workbook; names without their prefix, other namespaces left
    out.

    Args:
        start: called with name and attributes of every element of the namespaces.
        end: called with its name.
        spaces: the namespaces.

    Returns:
        The parser, ``CharacterDataHandler`` free to be set; ``feed`` reads it to the end.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def doctype(*_: Any) -> None:
        raise Damaged("it declares a document type")

    known = {f"{space} {name}": name for space in spaces for name in _NAMES}

    def starts(name: str, attributes: Any) -> None:
        if name in known:
            start(known[name], attributes)

    def ends(name: str) -> None:
        if name in known:
            end(known[name])

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler, parser.EndElementHandler = starts, ends
    return parser


_NAMES: Final = (
    "c", "v", "f", "is", "t", "r", "rPh", "row", "col", "mergeCell", "si", "sheet", "workbookPr",
    "calcPr", "numFmt", "cellXfs", "xf", "sheetData", "Relationship",
)  # fmt: skip


def feed(parser: Any, part: Part) -> None:
    """Read a part through a parser to its end.

    Raises:
        Damaged: where it is no XML.
        TooLarge: where one name, attribute or tag alone is longer than a megabyte.
    """
    fed = 0
    try:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise TooLarge(
                    "a tag of more than a megabyte", "must be a workbook that a spreadsheet wrote"
                )
        parser.Parse(b"", True)
    except expat.ExpatError as reason:
        raise Damaged(f"{expat.ErrorString(reason.code)} (line {reason.lineno})") from None


class Text:
    """Collects the text of an element, up to what a cell can hold."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        self.size += len(text)
        if self.size > LONGEST_CELL:
            raise TooLarge(
                f"a cell of more than {LONGEST_CELL:,} characters",
                f"must have at most {LONGEST_CELL:,} characters in a cell",
                "shorten it",
            )
        self.parts.append(text)

    def take(self) -> str:
        text = "".join(self.parts)
        self.parts, self.size = [], 0
        return text


def read_strings(part: Part) -> list[str]:
    """Return the texts that sheets share, without the phonetic readings beside them."""
    found: list[str] = []
    text, reading = Text(), 0

    def start(name: str, _: Any) -> None:
        nonlocal reading
        if name == "rPh":
            reading += 1
        elif name == "t" and not reading:
            parser.CharacterDataHandler = text.add

    def end(name: str) -> None:
        nonlocal reading
        if name == "rPh":
            reading -= 1
        elif name == "t":
            parser.CharacterDataHandler = None
        elif name == "si":
            found.append(text.take())
            if len(found) > MOST_STRINGS:
                raise TooLarge(
                    f"more than {MOST_STRINGS:,} texts", f"must have at most {MOST_STRINGS:,} texts"
                )

    parser = parse(start, end)
    feed(parser, part)
    return found


_BUILT_IN: Final = {
    **dict.fromkeys((14, 15, 16), "date"),
    17: "month",
    **dict.fromkeys((18, 19, 20, 21, 22, 45, 46, 47), "time"),
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "local"),
}
"""Formats of dates that every spreadsheet knows by number; those called ``local`` show what is
usual in a country."""


def date_kind(code: str) -> str:
    """Return what a number format shows of a date: ``date``, ``month``, ``year``, ``time``, or
    nothing of one."""
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code.split(";", 1)[0])
    if re.search(r"\[(h+|m+|s+)\]", plain, re.IGNORECASE):
        return "time"
    letters = re.sub(r"\[[^\]]*\]|am/pm|a/p|general", "", plain, flags=re.IGNORECASE).lower()
    letters = re.sub("e[+-]", "", letters)
    if re.search("[hs]", letters):
        return "time"
    if "d" in letters:
        return "date"
    if "m" in letters:
        return "month"
    return "year" if "y" in letters or "e" in letters else ""


def read_styles(part: Part) -> list[str]:
    """Return what every cell format shows of a date, see ``date_kind``."""
    codes: dict[int, str] = {}
    found: list[str] = []
    inside = False

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            codes[whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:1000]
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            number = whole(attributes.get("numFmtId"))
            found.append(date_kind(codes[number]) if number in codes else _BUILT_IN.get(number, ""))

    def end(name: str) -> None:
        nonlocal inside
        if name == "cellXfs":
            inside = False

    feed(parse(start, end), part)
    return found


def whole(text: str | None) -> int:
    """Return a count as an attribute has it; 0 where it is none."""
    return int(text) if text is not None and re.fullmatch("[0-9]{1,9}", text) else 0
