"""Measured throughput: work served over chip-hours, beside what throughput.csv made of it, and the
calibration that follows.

::

    measured calibration = calibration x chip-hours as planned for what was served / chip-hours
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.actuals.actuals import Actuals
from planner.actuals.planned import Planned
from planner.case.columns import codes, keys, numbers, texts, whole
from planner.case.spelling import quote_name

KEY: Final = ("model", "tier", "chip")
MEASURED: Final = (
    *KEY,
    "served_mtok",
    "chip_hours",
    "planned_chip_hours",
    "calibration",
    "measured_calibration",
    "cell",
)
DIGITS: Final = 4
"""Significant digits of a proposed calibration: no measurement has more."""


def measured(planned: Planned, actuals: Actuals) -> pd.DataFrame:
    """Return measured throughput, one row per model, tier and chip, with the columns of
    ``MEASURED``.

    Rows of work that tell both what was served and its chip-hours count; where they do not say by
    which chip, every chip that was planned for it takes its planned share of both.

    Args:
        planned: the plan.
        actuals: what happened.
    """
    told = actuals.work
    told = told[told["served"].gt(0) & told["chip_hours"].gt(0)]
    plan = planned.work[planned.work["kind"].isin(["online", "batch"])]
    plan = plan.groupby(["work", "period", "chip"], as_index=False).agg(
        {"volume": "sum", "chip_hours": "sum"}
    )
    plan = plan.rename(columns={"work": "workload", "volume": "v0", "chip_hours": "h0"})
    by_chip = told[told["chip"] != ""].merge(plan, on=["workload", "period", "chip"])
    every = told[told["chip"] == ""].drop(columns="chip").merge(plan, on=["workload", "period"])
    both = pd.concat([frame for frame in (by_chip, every) if len(frame)] or [by_chip])
    row = ["workload", "period", "_row"]
    for column, of in (("v0", "served"), ("h0", "chip_hours")):
        of_row = both.groupby(row)[column].transform("sum")
        share = np.where(both.duplicated(row, keep=False), both[column] / of_row, 1.0)
        both = both.assign(**{f"{of}_here": both[of] * share})
    both = both[both["v0"].gt(0)]
    both = both.assign(as_planned=both["served_here"] * both["h0"] / both["v0"])
    case = planned.case
    at = codes(texts(case["workloads"], "workload"), texts(both, "workload"))
    both = both.assign(**{name: texts(case["workloads"], name)[at] for name in ("model", "tier")})
    total = both.groupby(list(KEY), as_index=False).agg(
        served_mtok=("served_here", "sum"),
        chip_hours=("chip_hours_here", "sum"),
        planned_chip_hours=("as_planned", "sum"),
    )
    table = case["throughput"]
    row_of = codes(keys(table, KEY), keys(total, KEY))
    calibration = np.append(numbers(table, "calibration"), np.nan)[row_of]
    ratio = numbers(total, "planned_chip_hours") / numbers(total, "chip_hours")
    place = [
        f"{file}:{row} calibration"
        for file, row in zip(
            np.append(texts(table, "_file"), "")[row_of],
            np.append(whole(table, "_row"), 0)[row_of],
            strict=True,
        )
    ]
    found = total.assign(
        calibration=calibration, measured_calibration=_rounded(calibration * ratio), cell=place
    )
    kept: pd.DataFrame = found.loc[~np.isnan(calibration), list(MEASURED)]
    return kept.reset_index(drop=True)


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.array([float(f"{value:.{DIGITS}g}") for value in values], dtype=np.float64)


def as_override(model: str, tier: str, chip: str, calibration: float) -> str:
    """Return a calibration as ``--set`` takes it."""
    name = ".".join(map(quote_name, (model, tier, chip)))
    return f"throughput.{name}.calibration={calibration:g}"
