"""Reading case.yaml: from nested text to settings, with every problem located."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.case.problems import Place, Problem, error
from planner.case.settings.declared import LISTS, RUN, SETTINGS
from planner.case.settings.group import read_group
from planner.case.settings.lists import read_accepts, read_slices
from planner.case.settings.periods import resolve_periods
from planner.case.settings.values import Settings
from planner.case.yaml_file import FILE


def read_settings(tree: Any, lines: Mapping[str, int]) -> tuple[Settings | None, list[Problem]]:
    """Return the settings of a parsed case.yaml.

    Args:
        tree: nested values, as ``parse_yaml`` returns them.
        lines: line of every key by dotted path.

    Returns:
        The settings (None if they cannot be used) and all problems.
    """
    problems: list[Problem] = []
    if not isinstance(tree, Mapping):
        return None, [
            error(
                "bad-value",
                Place(FILE, 1),
                "",
                "needs settings such as `name: my case`",
                "see inputs/README.md for the settings",
            )
        ]
    single = tuple(column for column in SETTINGS if column.name not in LISTS)
    values = read_group(single, tree, "", lines, problems, (*LISTS, "run", "reveal", "risk"))
    run = tree.get("run")
    if run is not None and not isinstance(run, Mapping):
        problems.append(
            error(
                "bad-value",
                Place(FILE, lines.get("run"), "run"),
                "",
                "needs settings below it",
                "indent solver, threads, ... under `run:`",
            )
        )
        run = None
    values |= read_group(RUN, run or {}, "run.", lines, problems)
    slices = read_slices(tree.get("slices"), lines, problems)
    values["accept"] = read_accepts(tree.get("accept"), lines, problems)
    if not problems:
        resolve_periods(values, lines, problems)
    if problems:
        return None, problems
    if slices:
        values["slices"] = slices
    values.pop("end", None)
    return Settings(**values), problems
