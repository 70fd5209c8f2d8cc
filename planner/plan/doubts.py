"""Doubts: what of the inputs a person should know before trusting the plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.plan.flagged import flagged


def doubts(case: Case, scaling: Sequence[str]) -> list[pd.DataFrame]:
    """Return what is doubtful of a case, a frame a kind.

    Args:
        case: the case.
        scaling: warnings about coefficient ranges.
    """
    return [_stale(case), _accepted(case), _assumed(case), _scaling(scaling)]


def _stale(case: Case) -> pd.DataFrame:
    """Figures that are stale, assumed or without a source, as the reader of the case warned."""
    warnings = [
        warning
        for warning in case.warnings
        if warning.code.startswith(("stale", "assum", "no-source", "source"))
    ]
    return flagged(
        severity="low",
        kind=["stale" if w.code.startswith("stale") else "assumption" for w in warnings],
        item=[w.file for w in warnings],
        period="",
        amount=np.nan,
        unit="",
        usd=np.nan,
        message=[f"{w.file} {w.column}: {w.value} — {w.need}" for w in warnings],
        action=[w.fix for w in warnings],
    )


def _accepted(case: Case) -> pd.DataFrame:
    """Warnings that the case accepts."""
    accepted = case.accepted
    return flagged(
        severity="low",
        kind="accepted",
        item=[one.warning.file for one in accepted],
        period="",
        amount=np.nan,
        unit="",
        usd=np.nan,
        message=[f"warning accepted: {one.warning.name}: {one.reason}" for one in accepted],
        action="see that the reason still holds",
    )


def _assumed(case: Case) -> pd.DataFrame:
    """Tables with rows that are assumptions."""
    assumed = {
        name: int(frame["source"].str.startswith("assumption").sum())
        for name, frame in case.tables.items()
        if "source" in frame.columns and len(frame)
    }
    assumed = {name: count for name, count in assumed.items() if count}
    return flagged(
        severity="low",
        kind="assumption",
        item=[f"{name}.csv" for name in assumed],
        period="",
        amount=[float(count) for count in assumed.values()],
        unit="rows",
        usd=np.nan,
        message=[f"{count} rows of {name}.csv are assumptions" for name, count in assumed.items()],
        action="replace them by measured or quoted figures",
    )


def _scaling(scaling: Sequence[str]) -> pd.DataFrame:
    """Coefficients that no solver can be exact with."""
    return flagged(
        severity="medium",
        kind="scaling",
        item="program",
        period="",
        amount=np.nan,
        unit="",
        usd=np.nan,
        message=scaling,
        action="check the units of the inputs",
    )
