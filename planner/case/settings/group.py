"""Groups of settings: names of one level of case.yaml, each with one value of its declared type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from planner.case.cells import name_of, number_of, text_of, yes_no_of
from planner.case.declare import Column, bounds_text, inside, most
from planner.case.problems import Place, Problem, error, suggest
from planner.case.yaml_file import FILE

MOST_TOLD: Final = 100
"""Unknown settings of a group that are told one by one."""


def read_value(column: Column, value: Any, place: Place) -> tuple[Any, Problem | None]:
    """Return one setting as its declared type, or the problem with it.

    Args:
        column: the declaration.
        value: text as written, or a list or dict where it should be text.
        place: where it stands, by its dotted path.

    Returns:
        (value, None), or (None, problem).
    """
    if isinstance(value, (dict, list)):
        need = f"needs one {column.type}, not a {'list' if isinstance(value, list) else 'group'}"
        return None, error("bad-value", place, "", need, "write a single value")
    text = str(value).strip()
    if column.type in ("number", "integer"):
        return _number(column, text, place)
    if column.type == "yes_no":
        truth, need = yes_no_of(text)
        fix = "write yes or no"
        return (truth, None) if not need else (None, error("not-allowed", place, text, need, fix))
    if column.allowed and text not in column.allowed:
        need = f"must be one of {', '.join(column.allowed)}"
        fix = suggest(text, column.allowed) or "choose one of these"
        return None, error("not-allowed", place, text, need, fix)
    if column.type == "name" and not text:
        return None, error("missing-value", place, "", "must not be blank", "write a name")
    if column.type in ("name", "text"):
        need = (name_of if column.type == "name" else text_of)(text)[1]
        if need:
            fix = "write a plain name" if column.type == "name" else "correct the text"
            return None, error("bad-name", place, text, need, fix)
    return text, None


def _number(column: Column, text: str, place: Place) -> tuple[Any, Problem | None]:
    """Return a number as its declared type within its range, or the problem with it."""
    number, need = number_of(text)
    if need:
        fix = "write a plain number such as " + ("4" if column.type == "integer" else "0.1")
        return None, error("bad-number", place, text, need, fix)
    largest, fix = most(column.unit), "correct the value or its unit"
    if largest is not None and abs(number) > largest:
        need = f"must be at most {largest:g} ({column.unit})"
        return None, error("out-of-range", place, text, need, fix)
    if column.type == "integer" and number != int(number):
        need = "must be a whole number"
        return None, error("bad-number", place, text, need, "write it without decimals")
    if not inside(column, number):
        return None, error("out-of-range", place, text, f"must be {bounds_text(column)}", fix)
    return int(number) if column.type == "integer" else number, None


def read_group(
    columns: tuple[Column, ...],
    tree: Mapping[str, Any],
    path: str,
    lines: Mapping[str, int],
    problems: list[Problem],
    extra: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the settings of one level of case.yaml, typed; those that are wrong are left out.

    Args:
        columns: what it may have.
        tree: what it has, as written.
        path: what stands before its names in ``lines``: nothing, or ``run.``.
        lines: line of every key by dotted path.
        problems: gets what is wrong.
        extra: names that stand there as well and are read elsewhere.
    """
    known = {column.name: column for column in columns}
    result: dict[str, Any] = {}
    unknown = 0
    for key, value in tree.items():
        if key in extra:
            continue
        if key not in known:
            unknown += 1
            if unknown > MOST_TOLD:
                continue
            hint = suggest(key, [*known, *extra])
            problems.append(
                error(
                    "unknown-key",
                    Place(FILE, lines.get(path + key), path + key),
                    "",
                    "is not a setting",
                    hint or "see inputs/README.md for the settings",
                )
            )
            continue
        if value is None or value == "":
            continue
        result[key], problem = read_value(
            known[key], value, Place(FILE, lines.get(path + key), path + key)
        )
        if problem:
            problems.append(problem)
            result.pop(key)
            known[key] = Column(key, "text", "")  # reported already
    for name, column in known.items():
        if column.required and name not in result:
            problems.append(
                error(
                    "missing-value",
                    Place(FILE, lines.get(path.rstrip(".")), path + name),
                    "",
                    f"is needed: {column.help}",
                    f"add `{name}:`",
                )
            )
    return result
