"""Settings that are lists: the slices of a period, and the warnings that are accepted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from planner.case.problems import Place, Problem, error
from planner.case.settings.declared import LISTS
from planner.case.settings.group import read_group
from planner.case.settings.values import Accept, Slice
from planner.case.yaml_file import FILE

MOST_ENTRIES: Final = 1000
_ENTRY: Final = {"slices": "slices", "accept": "accepted warnings"}
_FEWER: Final = {
    "slices": "give fewer parts of a period",
    "accept": "accept many at once with `*`, or correct what they warn of",
}


def read_accepts(
    tree: Any, lines: Mapping[str, int], problems: list[Problem]
) -> tuple[Accept, ...]:
    """Return the warnings that are accepted; adds what is wrong to ``problems``."""
    example = "{warning: \"figure-unusual chips.csv:3 kw_peak: '12'\", reason: a whole tray}"
    found = _entries("accept", example, tree, lines, problems)
    return tuple(Accept(entry["warning"], entry["reason"]) for entry in found)


def read_slices(tree: Any, lines: Mapping[str, int], problems: list[Problem]) -> tuple[Slice, ...]:
    """Return the slices, whose shares sum to 1, () where there are none or an entry is wrong; adds
    what is wrong to ``problems``."""
    row = lines.get("slices")
    found = _entries("slices", "{name: peak, hours_share: 0.25}", tree, lines, problems)
    if not found:
        return ()
    names = [entry["name"] for entry in found]
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            problems.append(
                error(
                    "duplicate-key",
                    Place(FILE, lines.get(f"slices.{number}"), "slices"),
                    name,
                    "is the name of two slices",
                    "rename one of them",
                )
            )
        seen.add(name)
        if name == "*":
            problems.append(
                error(
                    "bad-name",
                    Place(FILE, lines.get(f"slices.{number}"), "slices"),
                    name,
                    "stands for every slice and cannot be the name of one",
                    "rename it",
                )
            )
    total = math.fsum(entry["hours_share"] for entry in found)
    if abs(total - 1.0) > 1e-9:
        problems.append(
            error(
                "bad-sum",
                Place(FILE, row, "slices"),
                f"{total:.12g}",
                "hours_share of all slices must sum to 1",
                "correct the shares",
            )
        )
    return tuple(Slice(entry["name"], float(entry["hours_share"])) for entry in found)


def _entries(
    name: str,
    example: str,
    tree: Any,
    lines: Mapping[str, int],
    problems: list[Problem],
) -> list[dict[str, Any]]:
    """Return the entries of a setting that is a list, [] where there is none or one is wrong."""
    if tree is None:
        return []
    row = lines.get(name)
    if (
        not isinstance(tree, list)
        or not tree
        or not all(isinstance(entry, Mapping) for entry in tree)
    ):
        need, fix = f"needs a list of {_ENTRY[name]}", f"write `- {example}` for each"
        problems.append(error("bad-value", Place(FILE, row, name), "", need, fix))
        return []
    if len(tree) > MOST_ENTRIES:
        value, need = f"{len(tree):,} {_ENTRY[name]}", f"must be at most {MOST_ENTRIES:,}"
        problems.append(error("out-of-range", Place(FILE, row, name), value, need, _FEWER[name]))
        return []
    before = len(problems)
    found = [
        read_group(LISTS[name], entry, f"{name}.{number}.", lines, problems)
        for number, entry in enumerate(tree)
    ]
    return [] if len(problems) > before else found
