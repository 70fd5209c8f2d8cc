"""How an override is spelled: ``table.key[.key...][.column]`` and ``=``, ``*=`` or ``+=`` a value.

A part in double quotes is one name exactly, whatever stands in it: ``demand."gpt-4.1".2027Q1*=2``;
a quote in it is doubled.  ``table.key+=column=text, column=text`` adds a row, ``table.key-=`` takes
rows out; a text with a comma stands in double quotes too.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.case.columns import Bools
from planner.case.problems import Place, Problem, error

FILE: Final = "--set"

_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"')
_PLAIN: Final = re.compile(r"[^.=]*")
_SIGNS: Final = ("*=", "+=", "-=", "=")
_CELL: Final = re.compile(r'\s*([A-Za-z_0-9]+)\s*=((?:"(?:[^"]|"")*"|[^,"])*)(,|$)')
_SPECIAL: Final = frozenset('.*?[]=+"')


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what an override names: a pattern, or in quotes exactly one name."""

    text: str
    exact: bool = False

    def matches(self, names: Sequence[str]) -> Bools:
        """Return which of some names it means, (n,)."""
        if self.exact:
            return np.array([name == self.text for name in names], dtype=bool)
        return np.array([fnmatch.fnmatchcase(name, self.text) for name in names], dtype=bool)


@dataclass(frozen=True, slots=True)
class Said:
    """A cell of a row that an override adds or takes out: its column, and its text as written."""

    column: str
    raw: str

    @property
    def part(self) -> Part:
        """The text without its quotes, which make it exact."""
        quoted = _QUOTED.fullmatch(self.raw)
        return Part(self.raw) if quoted is None else Part(quoted[1].replace('""', '"'), exact=True)


@dataclass(frozen=True, slots=True)
class Override:
    """An override taken apart: as it was given, what it names, its sign and its value."""

    text: str
    parts: tuple[Part, ...]
    sign: str
    value: str

    @property
    def table(self) -> str:
        """The table that it changes, or ``case``."""
        return self.parts[0].text

    @property
    def of_rows(self) -> bool:
        """Whether it adds rows or takes rows out."""
        return self.sign == "-=" or (self.sign == "+=" and names_cells(self.value))

    def wrong(self, need: str, fix: str) -> Problem:
        """Return the problem of an override, with what is allowed and what to do."""
        return error("override", Place(FILE), self.text, need, fix)


def names_cells(value: str) -> bool:
    """Return whether a value names cells of a row, as no number does."""
    return re.match(r"\s*[A-Za-z_][A-Za-z_0-9]*\s*=", value) is not None


def split_cells(value: str) -> list[Said] | None:
    """Return the cells that a value names, ``column=text`` separated by commas; None where it has
    not that form."""
    found: list[Said] = []
    at = 0
    while at < len(value) or not found:
        match = _CELL.match(value, at)
        if match is None:
            return None
        found.append(Said(match[1], match[2].strip()))
        at = match.end()
        if match[3] and at == len(value):
            return None  # a comma at the end
    return found


def removal(table: str, key: Sequence[str], cells: Mapping[str, str] | None = None) -> str:
    """Return the override that takes a row out.

    Args:
        table: its table.
        key: the key of the row as it is written; empty where the table has none.
        cells: what stands in the row, where the key does not say which it is; blank ones count.
    """
    said = ", ".join(f"{name}={_quoted_text(text)}" for name, text in (cells or {}).items())
    return f"{'.'.join([table, *map(quote_name, key)])}-={said}"


def _quoted_text(text: str) -> str:
    """Return the text of a cell as an override says exactly it."""
    plain = text and _SPECIAL.isdisjoint(text) and text == text.strip() and "," not in text
    return text if plain else '"' + text.replace('"', '""') + '"'


def quote_name(name: str) -> str:
    """Return a name as a part of an override: in double quotes, those in it doubled, where it would
    be read as more than itself (``gpt-4.1``, ``hall*``, nothing)."""
    plain = name and _SPECIAL.isdisjoint(name) and name == name.strip()
    return name if plain else '"' + name.replace('"', '""') + '"'


def split_override(text: str) -> tuple[list[Part], str, str] | None:
    """Return the parts of what an override names, its sign and its value; None where it has not
    that form."""
    parts: list[Part] = []
    at = 0
    while True:
        if text.startswith('"', at):
            quoted = _QUOTED.match(text, at)
            if quoted is None:
                return None
            at = quoted.end()
            part = Part(quoted[1].replace('""', '"'), exact=True)
            sign = next((sign for sign in _SIGNS if text.startswith(sign, at)), "")
        else:
            plain = _PLAIN.match(text, at)
            assert plain is not None  # nothing matches, too
            at, word = plain.end(), plain[0]
            sign = "=" if text.startswith("=", at) else ""
            if sign and word[-1:] in ("*", "+"):
                word, at, sign = word[:-1], at - 1, word[-1] + "="
            elif sign and word[-1:] == "-" and _takes_out(text[at + 1 :]):
                word, at, sign = word[:-1], at - 1, "-="
            part = Part(word.strip() if sign or not parts else word)
        parts.append(part)
        if sign:
            break
        if not text.startswith(".", at):
            return None
        at += 1
    value = text[at + len(sign) :].strip()
    if sign == "-=" and not _takes_out(value):
        return None  # after a quoted name; to subtract is to add a negative number
    if sign == "*=" and len(parts) > 1 and parts[-1] == Part(""):
        parts[-1], sign = Part("*"), "="  # `supply.market.*=10` sets all, it scales nothing
    return (parts, sign, value) if parts[0].text else None


def _takes_out(value: str) -> bool:
    """Return whether what stands behind ``-=`` is that of rows taken out: a name may end in ``-``
    and be set to a value."""
    return not value.strip() or names_cells(value)
