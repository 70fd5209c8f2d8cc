"""Names as people write them: ``GB200 NVL72`` is gb200, ``tx`` is texas, ``AWS`` is aws."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Mapping
from typing import Final

from planner.library.read import Row, rows

COLUMNS: Final[Mapping[str, str]] = {
    "chip": "chips",
    "model": "models",
    "place": "energy",
    "provider": "clouds",
}
"""The topic that lists the names of a column."""
_CLOUDS: Final[Mapping[str, str]] = {
    "aws": "amazon;amazon-web-services;ec2",
    "gcp": "google;google-cloud",
    "azure": "microsoft;microsoft-azure",
    "oracle": "oci;oracle-cloud",
    "verda": "datacrunch",
    "lambda": "lambda-labs",
}


@functools.cache
def aliases(column: str) -> Mapping[str, str]:
    """Return the names of a column and every other spelling of them: the name, by its spelling;
    codes that are a state's and a country's (``CA``, ``IN``) are neither.

    Args:
        column: ``chip``, ``model``, ``place`` or ``provider``.
    """
    found: dict[str, str] = {}
    twice = set[str]()
    for row in _rows(column):
        name = row[column]
        for spelling in (name, *_others(column, row)):
            plain = plainly(spelling)
            if found.setdefault(plain, name) != name:
                twice.add(plain)
    return {spelling: name for spelling, name in found.items() if spelling not in twice}


def _rows(column: str) -> Iterable[Row]:
    topics = (COLUMNS[column], *(("carbon",) if column == "place" else ()))
    return (row for topic in topics for row in rows(topic) if row[column] != "any")


def _others(column: str, row: Row) -> Iterable[str]:
    """Return other spellings of the name of a row."""
    if column == "place":
        return (row["state"], f"us-{row['state']}") if row["state"] else (row["country"],)
    if column == "provider":
        return filter(None, _CLOUDS.get(row["provider"], "").split(";"))
    return filter(None, row["aliases"].split(";"))


def plainly(name: str) -> str:
    """Return a name in lower case, letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def named(column: str, name: str) -> str:
    """Return the name of the library that a spelling is; blank where it is none."""
    known = aliases(column)
    spelled = plainly(name)
    return known.get(spelled, "") or known.get(plainly(name.rsplit("/", maxsplit=1)[-1]), "")


def near(column: str, name: str, most: int = 3) -> list[str]:
    """Return names of the library that are like one, the nearest first."""
    known, spelled = aliases(column), plainly(name)
    holding = [name for spelling, name in known.items() if len(spelled) > 2 and spelled in spelling]
    like = difflib.get_close_matches(spelled, list(known), n=most, cutoff=0.5)
    return list(dict.fromkeys([*holding, *(known[spelling] for spelling in like)]))[:most]


def inside(column: str, name: str) -> str:
    """Return the name of the library that a longer name contains as words of its own (``our-h100``,
    ``H100 SXM5``); blank where it contains none, of several the longest spelling."""
    words = "-" + re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-") + "-"
    found = ""
    best = 0
    for spelling, known in _spellings(column):
        if len(spelling) > best and f"-{spelling}-" in words:
            found, best = known, len(spelling)
    return found


@functools.cache
def _spellings(column: str) -> tuple[tuple[str, str], ...]:
    """Return the names of a column and their aliases as words, with the name that each is."""
    pairs: dict[str, str] = {}
    for row in _rows(column):
        others = () if column == "place" else _others(column, row)
        for spelling in (row[column], *others):
            pairs.setdefault(re.sub(r"[^a-z0-9.]+", "-", spelling), row[column])
    return tuple(pairs.items())
