"""The scenarios of a run: where they stand in its folder, and which of them order what."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.plan.actions import FREEZABLE
from planner.runs.documents import read_document

FUTURES: Final = "futures.json"
"""What a plan for many scenarios comes to."""
SCENARIOS: Final = "scenarios.csv"
"""A row a scenario."""
COMMON: Final = "common_orders.csv"
"""A row for every order that scenarios have in common."""
ROOM: Final = "scenarios"
"""Folder of a run with a run of every scenario."""


def has_futures(folder: Path) -> bool:
    """Return whether a run is one for many scenarios."""
    return (folder / FUTURES).is_file()


def read_scenarios(folder: Path) -> pd.DataFrame:
    """Return scenarios.csv of a run: names as text, figures as numbers."""
    return pd.read_csv(
        folder / SCENARIOS,
        dtype={"scenario": str, "run": str},
        keep_default_na=False,
        na_values={"mean_plan_usd": [""]},
    )


def read_common(folder: Path) -> pd.DataFrame:
    """Return common_orders.csv of a run."""
    text = ("offer", "site", "order_period", "action", "in_scenarios", "ordered_alone_in")
    return pd.read_csv(
        folder / COMMON,
        dtype=dict.fromkeys(text, str),
        keep_default_na=False,
        na_values={name: [""] for name in ("mean_plan", "least_alone", "most_alone", "core")},
    )


def read_document_of(folder: Path) -> dict[str, Any]:
    """Return futures.json of a run."""
    return dict(read_document(folder / FUTURES))


def reveal_of(folder: Path) -> str:
    """Return the period from which a run's scenarios are known; empty without scenarios."""
    return str(read_document_of(folder)["reveal"][0]) if has_futures(folder) else ""


def common_periods(folder: Path) -> tuple[str, ...]:
    """Return the periods whose orders all scenarios of a run have in common."""
    return tuple(str(period) for period in read_document_of(folder)["common_periods"])


def in_scenarios(folder: Path, buy_plan: pd.DataFrame) -> np.ndarray:
    """Return, for every line of a buy plan, the scenarios whose plans order it too, (n,): blank
    for what is no order.

    Args:
        folder: the run folder.
        buy_plan: its lines: line_id, action, status.
    """
    names = np.full(len(buy_plan), "", dtype=object)
    lines = buy_plan["line_id"].to_numpy(dtype=object)
    orders = (buy_plan["action"].isin(FREEZABLE) & (buy_plan["status"] == "new")).to_numpy()
    table = read_scenarios(folder)
    for scenario, run in zip(table["scenario"], table["run"], strict=True):
        path = folder / str(run) / "buy_plan.csv"
        ordered = pd.read_csv(path, usecols=["line_id"], dtype=str, keep_default_na=False)
        mine = orders & np.isin(lines, ordered["line_id"].to_numpy(dtype=object))
        names[mine] = [f"{name}; {scenario}" if name else scenario for name in names[mine]]
    return names
