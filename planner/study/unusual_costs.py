"""What a unit of work costs in a plan, beside the last plan of the case and beside the market: a
figure of the inputs that cannot be is seen there, where no range tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pandas as pd

from planner.library.find import inside
from planner.library.known import Known, of_tokens
from planner.library.read import newest
from planner.report.section import records
from planner.runs.find import RunLine, find_runs
from planner.runs.read import RunError, read_run_table
from planner.words import number

UNLIKE: Final = 5.0
"""Times what it cost in the last plan, above or below which a cost is told."""
TOKENS: Final = (1 / 60, 15.0)
"""Times what tokens cost in the market, between which those of a plan cost."""
HOURS: Final = (1 / 20, 3.0)
"""The same for a chip-hour."""


def unusual_costs(folder: Path, out: Path, case: str) -> list[str]:
    """Return a remark on every workload and milestone whose unit cost is far from that of the last
    plan or from the market.

    Args:
        folder: the run folder of the plan.
        out: where runs are.
        case: name of the case.
    """
    try:
        costs = _costs(folder)
    except RunError:
        return []
    earlier = _earlier(folder, out, case)
    remarks = []
    if earlier is not None:
        remarks += _beside_the_last(costs, earlier)
    return remarks + _beside_the_market(costs)


def _costs(folder: Path) -> pd.DataFrame:
    """Return what units cost in a run: work that has a volume and a cost."""
    table = read_run_table(folder, "unit_costs")
    work = table[table["kind"].isin(["workload", "milestone"])]
    return work[(work["volume"] > 0) & (work["loaded_usd"] > 0)]


def _earlier(folder: Path, out: Path, case: str) -> Path | None:
    """Return the last approved run of a case, else its newest other plan; None where none is."""
    runs: list[RunLine] = [
        run
        for run in find_runs(out)
        if run.case == case
        and run.objective_usd is not None
        and run.what_if is None
        and run.folder.resolve() != folder.resolve()
    ]
    approved = [(run.approved_utc, run.folder) for run in runs if run.approved_utc]
    if approved:
        return max(approved)[1]
    return runs[0].folder if runs else None


def _beside_the_last(costs: pd.DataFrame, earlier: Path) -> list[str]:
    try:
        before = _costs(earlier)
    except RunError:
        return []
    both = costs.merge(before, on=["kind", "name", "unit"], suffixes=("", "_before"))
    ratio = both["loaded_usd"] / both["loaded_usd_before"]
    both = both.assign(ratio=ratio)[(ratio > UNLIKE) | (ratio < 1 / UNLIKE)]
    return [
        f"{row.kind} {row.name}: {number(row.loaded_usd)} USD per {row.unit}, and "
        f"{number(row.loaded_usd_before)} in {earlier.name}: {_times(row.ratio)}; see what changed "
        "with planner diff"
        for row in records(both)
    ]


def _beside_the_market(costs: pd.DataFrame) -> list[str]:
    market, hours = of_tokens(), _hours()
    remarks = []
    for row in records(costs):
        if row.unit == "Mtok":
            known = market.get(inside("model", str(row.name)), market[""])
            remarks += _far(row, float(row.loaded_usd), "Mtok", known, TOKENS)
        if row.chip_hours > 0:
            hour = float(row.cost_usd) / float(row.chip_hours)
            remarks += _far(row, hour, "chip-hour", hours, HOURS)
    return remarks


def _hours() -> Known:
    """Return what a chip-hour costs in the market."""
    rows = newest("clouds")
    prices = [float(row["usd_per_chip_hour"]) for row in rows]
    return Known(min(prices), max(prices), f"clouds, {max(row['as_of'] for row in rows)}")


def _far(row: Any, cost: float, unit: str, known: Known, band: tuple[float, float]) -> list[str]:
    if known.low * band[0] <= cost <= known.high * band[1]:
        return []
    span = " to ".join(dict.fromkeys((number(known.low), number(known.high))))
    return [
        f"{row.kind} {row.name}: {number(cost)} USD per {unit}, where the market asks {span} "
        f"({known.source}); is a figure in another unit?"
    ]


def _times(ratio: float) -> str:
    return f"{number(ratio, 2)} times" if ratio > 1 else f"1/{number(1 / ratio, 2)} of it"
