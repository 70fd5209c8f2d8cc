"""How an override is spelled: ``table.key[.key...][.column]`` and ``=``, ``*=`` or ``+=`` a value.

A part in double quotes is one name exactly, whatever stands in it: ``demand."gpt-4.1".2027Q1*=2``;
a quote in it is doubled.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.case.columns import Bools

_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"')
_PLAIN: Final = re.compile(r"[^.=]*")
_SIGNS: Final = ("*=", "+=", "=")
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
            part = Part(word.strip() if sign or not parts else word)
        parts.append(part)
        if sign:
            break
        if not text.startswith(".", at):
            return None
        at += 1
    value = text[at + len(sign) :].strip()
    if sign == "*=" and len(parts) > 1 and parts[-1] == Part(""):
        parts[-1], sign = Part("*"), "="  # `supply.market.*=10` sets all, it scales nothing
    return (parts, sign, value) if parts[0].text else None
