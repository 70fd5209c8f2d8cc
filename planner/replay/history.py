"""A history: what was asked for in every period of a case, and what was forecast when.

``demand.csv`` has the columns workload and period and the amounts of the case's own demand.csv, for
every row of the case; periods before its start may be there as well, for policies that look back.
``forecasts.csv``, which may be left out, has the column ``made`` in front: the forecast that was
known when that period began, for it and every later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case
from planner.case.columns import texts, whole
from planner.case.files import read_csv
from planner.case.problems import CaseError, Place, Problem, error
from planner.case.text import TextTable

Floats = NDArray[np.float64]

DEMAND: Final = "demand.csv"
FORECASTS: Final = "forecasts.csv"
AMOUNTS: Final = ("output_mtok", "input_mtok", "cached_mtok", "flop")
Key = tuple[str, int]
"""Workload and period, counted from the start of the case."""


@dataclass(frozen=True, slots=True)
class History:
    """What really was asked for, and what was thought before."""

    columns: tuple[str, ...]
    """The amounts that the case has, A of them."""
    actual: Floats
    """Of each row of the case's demand.csv, (n, A)."""
    earlier: dict[Key, Floats]
    """Of workloads in periods before the case, (A,) each."""
    forecasts: Floats | None
    """By the period in which they were made, (T, n, A); NaN of periods that had passed then; None
    where there are none."""


def read_history(folder: Path, case: Case) -> History:
    """Return the history of a case.

    Args:
        folder: where its files are.
        case: the case, which begins as one would have planned then.

    Raises:
        CaseError: with every problem found, each with its place.
    """
    problems: list[Problem] = []
    demand = case["demand"]
    columns = tuple(name for name in AMOUNTS if (demand[name].to_numpy() > 0).any())
    names, periods = texts(demand, "workload").tolist(), whole(demand, "period").tolist()
    keys: list[Key] = list(zip(names, periods, strict=True))
    told = _read(folder / DEMAND, case, columns, ("workload", "period"), problems)
    actual = _filled(
        told, [(key, ()) for key in keys], (case, folder / DEMAND, len(columns)), problems
    )
    first = min((t for _, t in keys), default=0)
    earlier = {
        (key[0], key[1]): value for (key, _), value in told.items() if key[1] < min(first, 0)
    }
    forecasts = None
    if (folder / FORECASTS).exists():
        path, count = folder / FORECASTS, case.calendar.count
        made = _read(path, case, columns, ("made", "workload", "period"), problems)
        wanted: list[tuple[Key, tuple[int, ...]]] = [
            (key, (k,)) for k in range(count) for key in keys if key[1] >= k
        ]
        found = _filled(made, wanted, (case, path, len(columns)), problems)
        forecasts = np.full((count, len(keys), len(columns)), np.nan)
        at = {key: row for row, key in enumerate(keys)}
        made_at = np.array([made[0] for _, made in wanted], dtype=np.int64)
        rows = np.array([at[key] for key, _ in wanted], dtype=np.int64)
        forecasts[made_at, rows] = found
    if problems:
        raise CaseError(problems)
    return History(columns, actual, earlier, forecasts)


Told = dict[tuple[Key, tuple[int, ...]], Floats]


def _read(
    path: Path, case: Case, amounts: tuple[str, ...], keys: tuple[str, ...], problems: list[Problem]
) -> Told:
    """The amounts of a file by workload and period, and by the period in which they were told."""
    file = str(path)
    table, found = read_csv(path, path.stem, file)
    problems += found
    if table is None:
        return {}
    wanted = (*keys, *amounts)
    fix = f"write the columns {', '.join(wanted)}"
    wrong = [
        error("missing-column", Place(file, 1, name), "", "is needed", fix)
        for name in wanted
        if name not in table.columns
    ]
    problems += wrong
    if wrong:
        return {}
    told: Told = {}
    workloads = set(texts(case["workloads"], "workload").tolist())
    periods = {
        name: _periods(table, name, case, file, problems) for name in keys if name != "workload"
    }
    values = np.stack([_amounts(table, name, file, problems) for name in amounts], axis=1)
    for at, workload in enumerate(table.columns["workload"].tolist()):  # a few hundred rows
        row = int(table.row[at])
        if workload not in workloads:
            place = Place(file, row, "workload")
            problems.append(
                error("unknown", place, workload, "is no workload of the case", "correct the name")
            )
        key = (str(workload), periods["period"][at])
        full = (key, (periods["made"][at],) if "made" in periods else ())
        if full in told:
            problems.append(
                error(
                    "twice",
                    Place(file, row, "period"),
                    workload,
                    "stands there already",
                    "keep one",
                )
            )
        told[full] = values[at]
    return told


def _periods(
    table: TextTable, name: str, case: Case, file: str, problems: list[Problem]
) -> list[int]:
    found = []
    for text, row in zip(table.columns[name].tolist(), table.row.tolist(), strict=True):
        try:
            found.append(case.calendar.parse(str(text)))
        except ValueError as reason:
            problems.append(
                error(
                    "period", Place(file, row, name), str(text), str(reason), "correct the period"
                )
            )
            found.append(-(10**6))
    return found


def _amounts(table: TextTable, name: str, file: str, problems: list[Problem]) -> Floats:
    found = np.full(len(table.row), np.nan)
    for at, text in enumerate(table.columns[name].tolist()):
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not (np.isfinite(value) and value >= 0.0):
            problems.append(
                error(
                    "amount",
                    Place(file, int(table.row[at]), name),
                    str(text),
                    "must be a number of at least 0; a blank is not 0",
                    "write what was asked for, 0 for nothing",
                )
            )
        found[at] = value
    return found


def _filled(
    told: Told,
    wanted: list[tuple[Key, tuple[int, ...]]],
    place: tuple[Case, Path, int],
    problems: list[Problem],
) -> Floats:
    """What is told of everything that must be, (wanted, amounts); a problem for all that is not.

    ``place`` is the case, the file and how many amounts it has.
    """
    case, path, amounts = place
    missing = [key for key in wanted if key not in told]
    if missing and told:  # of a file that cannot be read that is told
        (workload, period), made = missing[0]
        when = f" made in {case.calendar.label(made[0])}" if made else ""
        problems.append(
            error(
                "missing-rows",
                Place(str(path)),
                "",
                f"has no row for {workload} in {case.calendar.label(period)}{when}"
                + (f", nor {len(missing) - 1} others" if len(missing) > 1 else ""),
                "add a row for every workload and period of the case",
            )
        )
    if missing:
        return np.full((len(wanted), amounts), np.nan)
    return np.array([told[key] for key in wanted]).reshape(len(wanted), amounts)
