"""History: the tables that a roll adds to quarter by quarter, in ``history/`` of the new case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from planner.actuals.actuals import Actuals
from planner.actuals.compare import Comparison, compare
from planner.actuals.planned import Planned, planned_of
from planner.actuals.split import PARTS
from planner.actuals.throughput import measured
from planner.case.case import Case
from planner.case.columns import codes, keys, numbers, texts
from planner.case.declare import Table
from planner.case.tables import TABLE
from planner.runs.cells import number_cells

FORECASTS: Final = "past_forecasts"
STYLE: Final = {"USD": "money", "chips": "chips"}
"""How numbers of a unit are written; all others with their digits."""
TABLES: Final = ("past_variances", "past_amounts", "past_throughput", FORECASTS)


@dataclass(frozen=True, slots=True)
class Past:
    """What a roll learns of the periods that have passed."""

    planned: Planned
    actuals: Actuals
    comparison: Comparison
    throughput: pd.DataFrame
    """As ``measured`` returns it."""


def past_of(
    run: Path, actuals: Actuals, lots: pd.DataFrame | None = None, case: Case | None = None
) -> Past:
    """Return plan against actual of a run.

    Args:
        run: the run folder.
        actuals: what happened.
        lots: chips planned to be there when the next plan starts (see ``compare``).
        case: its case, where it has been read already.

    Raises:
        RunError: where the run cannot be read.
    """
    planned = planned_of(run, actuals.by, case)
    return Past(planned, actuals, compare(planned, actuals, lots), measured(planned, actuals))


def history_files(past: Past, before: Path) -> dict[str, bytes]:
    """Return the tables of history, the earlier rows and those of a roll, by their path in a case.

    Args:
        past: what a roll has learnt.
        before: the case that is rolled, with its own history.

    Returns:
        Files; tables without a row are left out.
    """
    files = {}
    for name in TABLES:
        table = TABLE[name]
        old = _read(table, before / table.path)
        if name == FORECASTS:
            old = _asked(past, old)
        rows = pd.concat([old, _text(table, _new(past, name), past.planned)], ignore_index=True)
        if len(rows):
            text = rows.to_csv(index=False, lineterminator="\n")
            files[table.path] = text.encode("utf-8")
    return files


def _new(past: Past, name: str) -> pd.DataFrame:
    """Return the rows that a roll adds to a table of history; periods as numbers."""
    planned = past.planned
    if name == FORECASTS:
        told = _told(past)
        frame = planned.asked.rename(columns={"asked": "forecast"})
        at = codes(keys(told, ["workload", "period"]), keys(frame, ["workload", "period"]))
        return frame.assign(plan=0, asked=np.append(numbers(told, "asked"), np.nan)[at])
    if not past.actuals:
        return pd.DataFrame()
    if name == "past_throughput":
        return past.throughput.assign(plan=0)
    if name == "past_amounts":
        return past.comparison.amounts.assign(plan=0)
    money = ("planned_usd", "actual_usd", *PARTS)
    ledger = past.comparison.ledger.groupby(
        ["kind", "name", "term", "period", "site"], as_index=False
    ).agg(dict.fromkeys(money, "sum"))
    ledger = ledger.assign(plan=0, **{column: ledger[column].round(2) for column in money})
    kept: pd.DataFrame = ledger[ledger[list(money)].ne(0).any(axis=1)]
    return kept


def _told(past: Past) -> pd.DataFrame:
    """Return what was asked for, where it is told."""
    work = past.actuals.work
    found: pd.DataFrame = work[work["asked"].notna()][["workload", "period", "asked"]]
    return found


def _asked(past: Past, old: pd.DataFrame) -> pd.DataFrame:
    """Return earlier forecasts with what is known now of their periods."""
    told = _told(past)
    labels = [past.planned.case.calendar.label(int(t)) for t in told["period"]]
    at = codes(
        list(zip(texts(told, "workload"), labels, strict=True)), keys(old, ["workload", "period"])
    )
    known = np.append(number_cells(numbers(told, "asked"), "digits"), "")[at]
    return old.assign(asked=np.where(known != "", known, old["asked"]))


def _read(table: Table, path: Path) -> pd.DataFrame:
    """Return the rows of a table of history as text; none where there is none yet."""
    names = [column.name for column in table.columns]
    if not path.is_file():
        return pd.DataFrame(columns=names, dtype=object)
    frame = pd.read_csv(path, dtype=object, keep_default_na=False, na_filter=False)
    return frame.reindex(columns=names, fill_value="")


def _text(table: Table, frame: pd.DataFrame, planned: Planned) -> pd.DataFrame:
    """Return rows as text, in the columns of a table."""
    label = planned.case.calendar.label
    found: Mapping[str, object] = {
        column.name: (
            ["" if np.isnan(t) else label(int(t)) for t in numbers(frame, column.name)]
            if column.type == "period"
            else number_cells(numbers(frame, column.name), STYLE.get(column.unit, "digits"))
            if column.type == "number"
            else texts(frame, column.name)
        )
        for column in table.columns
        if column.name in frame
    }
    return pd.DataFrame(found, columns=[column.name for column in table.columns], dtype=object)
