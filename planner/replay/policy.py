"""Policies as data: what is believed of the future, and what may be bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.case.files import read_csv
from planner.case.problems import CaseError, Place, Problem, error

SHIPPED: Final = Path(__file__).with_name("policies.csv")
FORECASTS: Final = ("given", "last_growth", "flat")
BUYING: Final = ("any", "on_demand", "newest", "cheapest")
COLUMNS: Final = ("policy", "forecast", "quantile", "shrink", "reserve", "peak", "buy", "note")


@dataclass(frozen=True, slots=True)
class Policy:
    """A way of planning."""

    name: str
    forecast: str
    """``given``: as it was known then; ``last_growth``: the growth of the last period goes on;
    ``flat``: the last period stays."""
    quantile: float | None
    """Of the errors of the forecasts so far, taken for lognormal; None: the forecast itself."""
    shrink: float
    """Share of the growth since the last period that is not believed."""
    reserve: float
    """Share more than is believed."""
    peak: bool
    """Whether demand is believed never to fall again."""
    buy: str
    """``any``; ``on_demand``: nothing but rent by the hour; ``newest``, ``cheapest``: one chip at a
    time."""
    note: str = ""


def read_policies(path: Path = SHIPPED, names: Sequence[str] = ()) -> tuple[Policy, ...]:
    """Return policies of a file in its order.

    Args:
        path: a CSV with the columns ``COLUMNS``.
        names: those wanted; none: all.

    Raises:
        CaseError: with every problem found, each with its place.
    """
    file = str(path)
    table, problems = read_csv(path, "policies", file)
    if table is None:
        raise CaseError(problems)
    missing = [name for name in COLUMNS[:-1] if name not in table.columns]
    fix = f"write the columns {', '.join(COLUMNS)}"
    problems += [
        error("missing-column", Place(file, 1, name), "", "is needed", fix) for name in missing
    ]
    if problems:
        raise CaseError(problems)
    rows = [
        ({name: str(cells[at]) for name, cells in table.columns.items()}, int(row))
        for at, row in enumerate(table.row.tolist())
    ]
    found = [_policy(cells, row, file, problems) for cells, row in rows]
    unknown = [name for name in names if name not in {one.name for one in found}]
    problems += [
        error(
            "unknown",
            Place(file),
            name,
            f"is no policy; there are {', '.join(one.name for one in found)}",
            "name one of these, or add a row",
        )
        for name in unknown
    ]
    if problems:
        raise CaseError(problems)
    return tuple(one for one in found if not names or one.name in names)


def _policy(cells: dict[str, str], row: int, file: str, problems: list[Problem]) -> Policy:
    def wrong(column: str, need: str) -> None:
        place = Place(file, row, column)
        problems.append(error("policy", place, cells[column], need, "correct the cell"))

    def share(column: str, most: float) -> float:
        try:
            value = float(cells[column])
        except ValueError:
            value = float("nan")
        if not 0.0 <= value <= most:
            wrong(column, f"must be a number between 0 and {most:g}")
        return value

    for column, words in (("forecast", FORECASTS), ("buy", BUYING), ("peak", ("yes", "no"))):
        if cells[column] not in words:
            wrong(column, f"must be one of {', '.join(words)}")
    quantile = share("quantile", 1.0) if cells["quantile"] else None
    if quantile in (0.0, 1.0):
        wrong("quantile", "must lie between 0 and 1, and be neither")
    if not cells["policy"]:
        wrong("policy", "must be given")
    return Policy(
        cells["policy"],
        cells["forecast"],
        quantile,
        share("shrink", 1.0),
        share("reserve", 10.0),
        cells["peak"] == "yes",
        cells["buy"],
        cells.get("note", ""),
    )
