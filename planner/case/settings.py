"""case.yaml: the settings of a case, declared once like the tables, and how they are read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from planner.case.declare import Column, most
from planner.case.periods import PER_YEAR, absolute_period
from planner.case.problems import Place, Problem, error, suggest
from planner.case.yaml_file import FILE

MOST_PERIODS: Final = 1200
MOST_SLICES: Final = 1000
MOST_TOLD: Final = 100
"""Unknown settings of a group that are told one by one."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A share of every period's hours: peak, shoulder, night, ..."""

    name: str
    hours_share: float


@dataclass(frozen=True, slots=True)
class Accept:
    """A warning that somebody has looked at and takes for right, and why."""

    warning: str
    """The warning as it is printed, ``*`` standing for anything."""
    reason: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What case.yaml says, every default written out."""

    name: str
    start: str
    periods: int
    discount_rate: float
    description: str = ""
    frequency: str = "quarter"
    residual: str = "annuity"
    slices: tuple[Slice, ...] = (Slice("all", 1.0),)
    power_basis: str | None = None
    headroom: float = 0.0
    fiscal_year_start: int = 1
    carbon_usd_per_tonne: float = 0.0
    frozen_periods: int = 0
    change_usd_per_chip: float = 0.0
    stale_after_days: int = 365
    accept: tuple[Accept, ...] = ()
    solver: str = "highs"
    time_limit_s: float | None = None
    threads: int = 2
    gap: float = 1e-6
    seed: int = 0


C = Column

SETTINGS: Final[tuple[Column, ...]] = (
    C("name", "name", "Name of the case; run folders are named after it.", required=True),
    C("description", "text", "One sentence on what the case is.", default=""),
    C("start", "text", "First period: 2027Q1, 2027-01 or 2027.", required=True),
    C("periods", "integer", "Number of periods; or give end.", "periods", low=1, high=MOST_PERIODS),
    C("end", "text", "Last period, instead of periods."),
    C(
        "frequency",
        "choice",
        "Length of a period.",
        allowed=("quarter", "month", "year"),
        default="quarter",
    ),
    C(
        "discount_rate",
        "number",
        "Annual discount rate, 0.1 for 10 %.",
        "1/year",
        required=True,
        low=0,
        high=1,
    ),
    C(
        "residual",
        "choice",
        "How capacity that outlives the plan is credited.",
        allowed=("annuity", "straight_line", "table", "none"),
        default="annuity",
    ),
    C(
        "slices",
        "text",
        "List of name and hours_share: parts of every period's hours, shares summing to 1. "
        "Without it one slice, `all`.",
    ),
    C(
        "power_basis",
        "choice",
        "Basis of MW at sites that state none; without it every site with a power limit must.",
        allowed=("it", "utility"),
    ),
    C(
        "headroom",
        "number",
        "Share of every power limit kept free: chips may use limit x (1 - headroom).",
        "share",
        low=0,
        high=1,
        default=0.0,
    ),
    C(
        "fiscal_year_start",
        "integer",
        "Month in which fiscal years begin; a fiscal year is named by the calendar year in which "
        "it ends.",
        "month",
        low=1,
        high=12,
        default=1,
    ),
    C(
        "carbon_usd_per_tonne",
        "number",
        "Price of carbon in the objective.",
        "USD/t",
        low=0,
        default=0.0,
    ),
    C(
        "frozen_periods",
        "integer",
        "Periods whose orders are kept from last_plan/. Above 0 without a last plan is an error: "
        "a folder that was lost would free every order.",
        "periods",
        low=0,
        high=MOST_PERIODS,
        default=0,
    ),
    C(
        "change_usd_per_chip",
        "number",
        "Charge for every chip ordered more or less than in last_plan/.",
        "USD/chip",
        low=0,
        default=0.0,
    ),
    C(
        "stale_after_days",
        "integer",
        "Age of a source, at the start of the plan, from which it is reported as stale.",
        "days",
        low=0,
        high=100_000,
        default=365,
    ),
    C(
        "accept",
        "text",
        "List of warning and reason: warnings that are meant. They are listed as accepted instead "
        "of warned of; one that matches no warning is warned of itself.",
    ),
)
"""Top-level settings; ``slices``, ``accept`` and ``run`` have their own below."""

SLICE: Final = (
    C("name", "name", "Name of the slice.", required=True),
    C(
        "hours_share",
        "number",
        "Share of every period's hours.",
        "share",
        required=True,
        low=0,
        high=1,
        above=True,
    ),
)
ACCEPT: Final = (
    C(
        "warning",
        "text",
        "The warning as it is printed: `figure-unusual chips.csv:3 kw_peak: '12'`; `*` stands for "
        "anything.",
        required=True,
    ),
    C("reason", "text", "Why the figure is right.", required=True),
)
RUN: Final = (
    C("solver", "text", "highs, or pulp:NAME for a solver of PuLP's.", default="highs"),
    C(
        "time_limit_s",
        "number",
        "Most seconds in the solver; without it no limit.",
        "s",
        low=0,
        above=True,
    ),
    C("threads", "integer", "Threads of the solver.", low=1, high=256, default=2),
    C(
        "gap",
        "number",
        "Largest proven gap that counts as proven.",
        "share",
        low=0,
        high=0.1,
        above=True,
        default=1e-6,
    ),
    C("seed", "integer", "Random seed of the solver.", low=0, high=2**31 - 1, default=0),
)
"""The group ``run``."""
LISTS: Final = {"slices": SLICE, "accept": ACCEPT}
"""Settings that are lists, and what an entry of each has."""


def settings_schema() -> dict[str, Any]:
    """Return the JSON Schema of case.yaml, made from the declarations."""

    def item(column: Column) -> dict[str, Any]:
        kind = {"number": "number", "integer": "integer", "yes_no": "boolean"}.get(
            column.type, "string"
        )
        entry: dict[str, Any] = {
            "type": kind,
            "description": column.help + (f" Unit: {column.unit}." if column.unit else ""),
        }
        if column.allowed:
            entry["enum"] = list(column.allowed)
        if column.low is not None:
            entry["exclusiveMinimum" if column.above else "minimum"] = column.low
        if column.high is not None:
            entry["maximum"] = column.high
        if column.default is not None:
            entry["default"] = column.default
        if column.name in ("start", "end"):
            entry["type"] = ["string", "integer"]  # a bare year is a number in YAML
        return entry

    def group(columns: tuple[Column, ...]) -> dict[str, Any]:
        required = [column.name for column in columns if column.required]
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {column.name: item(column) for column in columns},
        } | ({"required": required} if required else {})

    schema = group(SETTINGS)
    schema["title"] = "case.yaml of a compute capacity plan"
    for name, columns in LISTS.items():
        schema["properties"][name] = {
            "type": "array",
            "minItems": 1,
            "description": next(column.help for column in SETTINGS if column.name == name),
            "items": group(columns),
        }
    schema["properties"]["run"] = group(RUN) | {"description": "How the case is solved."}
    return schema


def read_value(
    column: Column, value: Any, at: str, row: int | None, file: str = FILE
) -> tuple[Any, Problem | None]:
    """Return one setting as its declared type, or the problem with it.

    Args:
        column: the declaration.
        value: text as written, or a list or dict where it should be text.
        at: dotted path, for the message.
        row: line of the file.
        file: file named in the message.

    Returns:
        (value, None), or (None, problem).
    """
    from planner.case.cells import name_of, number_of, text_of

    if isinstance(value, (dict, list)):
        return None, error(
            "bad-value",
            Place(file, row, at),
            "",
            f"needs one {column.type}, not a {'list' if isinstance(value, list) else 'group'}",
            "write a single value",
        )
    text = str(value).strip()
    if column.type in ("number", "integer"):
        number, need = number_of(text)
        if need:
            return None, error(
                "bad-number",
                Place(file, row, at),
                text,
                need,
                "write a plain number such as " + ("4" if column.type == "integer" else "0.1"),
            )
        largest = most(column.unit)
        if largest is not None and abs(number) > largest:
            return None, error(
                "out-of-range",
                Place(file, row, at),
                text,
                f"must be at most {largest:g} ({column.unit})",
                "correct the value or its unit",
            )
        if column.type == "integer" and number != int(number):
            return None, error(
                "bad-number",
                Place(file, row, at),
                text,
                "must be a whole number",
                "write it without decimals",
            )
        if (
            column.low is not None
            and (number < column.low or (column.above and number == column.low))
        ) or (column.high is not None and number > column.high):
            return None, error(
                "out-of-range",
                Place(file, row, at),
                text,
                f"must be {bounds_text(column)}",
                "correct the value or its unit",
            )
        return int(number) if column.type == "integer" else number, None
    if column.allowed and text not in column.allowed:
        hint = suggest(text, column.allowed)
        return None, error(
            "not-allowed",
            Place(file, row, at),
            text,
            f"must be one of {', '.join(column.allowed)}",
            hint or "choose one of these",
        )
    if column.type == "name" and not text:
        return None, error(
            "missing-value", Place(file, row, at), "", "must not be blank", "write a name"
        )
    if column.type in ("name", "text"):
        need = (name_of if column.type == "name" else text_of)(text)[1]
        if need:
            return None, error(
                "bad-name",
                Place(file, row, at),
                text,
                need,
                "write a plain name" if column.type == "name" else "correct the text",
            )
    return text, None


def bounds_text(column: Column) -> str:
    """Return a column's range in words: ``above 0 and at most 1``."""
    parts = []
    if column.low is not None:
        parts.append(f"above {column.low:g}" if column.above else f"at least {column.low:g}")
    if column.high is not None:
        parts.append(f"at most {column.high:g}")
    return " and ".join(parts) + (f" ({column.unit})" if column.unit else "")


def _group(
    columns: tuple[Column, ...],
    tree: Mapping[str, Any],
    path: str,
    lines: Mapping[str, int],
    problems: list[Problem],
    extra: tuple[str, ...] = (),
) -> dict[str, Any]:
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
        result[key], problem = read_value(known[key], value, path + key, lines.get(path + key))
        if problem:
            problems.append(problem)
            result.pop(key)
            known[key] = C(key, "text", "")  # reported already
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
    values = _group(single, tree, "", lines, problems, (*LISTS, "run"))
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
    values |= _group(RUN, run or {}, "run.", lines, problems)
    slices = _read_slices(tree.get("slices"), lines, problems)
    values["accept"] = _read_accepts(tree.get("accept"), lines, problems)
    if not problems:
        _resolve_periods(values, lines, problems)
    if problems:
        return None, problems
    if slices:
        values["slices"] = slices
    values.pop("end", None)
    return Settings(**values), problems


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
    if len(tree) > MOST_SLICES:
        value, need = f"{len(tree):,} {_ENTRY[name]}", f"must be at most {MOST_SLICES:,}"
        problems.append(error("out-of-range", Place(FILE, row, name), value, need, _FEWER[name]))
        return []
    before = len(problems)
    found = [
        _group(LISTS[name], entry, f"{name}.{number}.", lines, problems)
        for number, entry in enumerate(tree)
    ]
    return [] if len(problems) > before else found


_ENTRY: Final = {"slices": "slices", "accept": "accepted warnings"}
_FEWER: Final = {
    "slices": "give fewer parts of a period",
    "accept": "accept many at once with `*`, or correct what they warn of",
}


def _read_accepts(
    tree: Any, lines: Mapping[str, int], problems: list[Problem]
) -> tuple[Accept, ...]:
    example = "{warning: \"figure-unusual chips.csv:3 kw_peak: '12'\", reason: a whole tray}"
    found = _entries("accept", example, tree, lines, problems)
    return tuple(Accept(entry["warning"], entry["reason"]) for entry in found)


def _read_slices(tree: Any, lines: Mapping[str, int], problems: list[Problem]) -> tuple[Slice, ...]:
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


def _resolve_periods(
    values: dict[str, Any], lines: Mapping[str, int], problems: list[Problem]
) -> None:
    """Turn ``end`` into ``periods``; check that start and end are periods."""
    frequency = values.get("frequency", "quarter")
    number: dict[str, int] = {}
    for key in ("start", "end"):
        if key in values:
            try:
                number[key] = absolute_period(
                    str(values[key]), frequency, values.get("fiscal_year_start", 1)
                )
            except ValueError as reason:
                problems.append(
                    error(
                        "bad-period",
                        Place(FILE, lines.get(key), key),
                        str(values[key]),
                        str(reason),
                        "correct the period",
                    )
                )
    if ("periods" in values) == ("end" in values):
        given = "both are given" if "end" in values else "neither is given"
        problems.append(
            error(
                "missing-value",
                Place(FILE, lines.get("end", lines.get("start")), "periods"),
                "",
                f"give either periods or end: {given}",
                "keep one, for instance `periods: 20`",
            )
        )
    if problems or len(number) < 1 + ("end" in values):
        return
    if not PER_YEAR[frequency] * 1900 <= number["start"] < PER_YEAR[frequency] * 2200:
        problems.append(
            error(
                "bad-period",
                Place(FILE, lines.get("start"), "start"),
                str(values["start"]),
                "must lie between 1900 and 2199",
                "correct the year",
            )
        )
    if "end" in number:
        values["periods"] = number["end"] - number["start"] + 1
        if not 1 <= values["periods"] <= MOST_PERIODS:
            problems.append(
                error(
                    "out-of-range",
                    Place(FILE, lines.get("end"), "end"),
                    str(values["end"]),
                    f"must leave 1 to {MOST_PERIODS} periods from {values['start']}",
                    "correct start or end",
                )
            )
