"""The periods of a plan: where it starts, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.case.periods import PER_YEAR, absolute_period
from planner.case.problems import Place, Problem, error
from planner.case.settings.declared import MOST_PERIODS
from planner.case.yaml_file import FILE


def resolve_periods(
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
