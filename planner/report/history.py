"""The tables of history of a case, as the roll wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from planner.case.tables import TABLE


@dataclass(frozen=True, slots=True)
class History:
    """Plan against actual of the last plan before a run, and all forecasts before it."""

    plan: str
    """First period of that plan; "" where nothing is told."""
    variances: pd.DataFrame
    amounts: pd.DataFrame
    throughput: pd.DataFrame
    forecasts: pd.DataFrame
    """Of all plans; ``plan`` and ``period`` as numbers."""

    def __bool__(self) -> bool:
        """Return whether anything is told of what happened."""
        return bool(self.plan) or bool(self.forecasts["asked"].notna().any())


def read_history(case: Path) -> History:
    """Return the history of a case folder, or of the inputs of a run; empty where there is none."""
    variances, amounts, throughput, forecasts = (
        _table(case, name)
        for name in ("past_variances", "past_amounts", "past_throughput", "past_forecasts")
    )
    plan = max([*variances["plan"], *amounts["plan"], *throughput["plan"]], default="")
    variances, amounts, throughput = (
        frame[frame["plan"] == plan].reset_index(drop=True)
        for frame in (variances, amounts, throughput)
    )
    return History(str(plan), variances, amounts, throughput, _numbered(forecasts))


def _table(case: Path, name: str) -> pd.DataFrame:
    """Return a table of history, numbers as numbers; no rows where there is none."""
    table = TABLE[name]
    path, names = case / table.path, [column.name for column in table.columns]
    frame = pd.DataFrame(columns=names, dtype=object)
    if path.is_file():
        frame = pd.read_csv(path, dtype=object, keep_default_na=False, na_filter=False)
        frame = frame.reindex(columns=names, fill_value="")
    for column in table.columns:
        if column.type == "number":
            frame[column.name] = pd.to_numeric(frame[column.name], errors="coerce")
    return frame


def _numbered(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return forecasts with their periods as numbers, so that one can be taken from the other."""
    from planner.report.page.run import plan_periods  # the page reads this module

    labels = sorted({*forecasts["plan"], *forecasts["period"]})
    if not labels:
        return forecasts
    frequency = "quarter" if "Q" in labels[0] else "month" if "-" in labels[0] else "year"
    spans = {"quarter": 4, "month": 12, "year": 1}[frequency]
    count = (int(labels[-1][:4]) - int(labels[0][:4]) + 1) * spans
    horizon = {"first": labels[0], "periods": count, "frequency": frequency}
    number = {label: t for t, label in enumerate(plan_periods({"horizon": horizon}))}
    return forecasts.assign(
        **{
            name: np.array([number[label] for label in forecasts[name]], dtype=np.int64)
            for name in ("plan", "period")
        }
    )
