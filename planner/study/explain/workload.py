"""What a unit of a workload costs, marginal and loaded, and what sets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.report.section import Section
from planner.runs.read import read_run_table
from planner.study.explain.nothing import no_such
from planner.study.explain.outcome import (
    Explanation,
    decisions,
    instead,
    outcome_data,
    outcome_table,
    plain_row,
    rows_of,
    told,
    try_case,
)
from planner.study.live import Live, with_rows
from planner.words import number, percent, printable

AMOUNTS: Final = ("output_mtok", "input_mtok", "cached_mtok", "flop")


def explain_workload(live: Live, folder: Path, name: str) -> Explanation:
    """Return what a million tokens (1e21 FLOP) of a workload costs and which chips and limits set
    it.

    Args:
        live: the run, reopened.
        folder: its folder.
        name: the workload.

    Returns:
        Cost by period with the chips that serve it, and what +1 %, +10 %, -10 % and no demand of it
        would change, each by a re-solve.

    Raises:
        RunError: where the case has no such workload.
    """
    workloads = live.case["workloads"]
    if name not in set(workloads["workload"]):
        raise no_such(
            f"workload {printable(name)} in the case", "workloads", sorted(workloads["workload"])
        )
    costs = read_run_table(folder, "unit_costs")
    unit: Any = costs[(costs["kind"] == "workload") & (costs["name"] == name)].iloc[0]
    demand = live.case["demand"]
    mine = ((demand["workload"] == name) & (demand["period"] >= 0)).to_numpy()
    base = live.ask_program(live.formulation)
    now = decisions(live, base)
    outcomes, sections = [], []
    if mine.any():
        for share, what in (
            (0.01, "1 % more of it"),
            (0.10, "10 % more of it"),
            (-0.10, "10 % less of it"),
            (-1.0, "none of it"),
        ):
            cells = {
                column: demand.loc[mine, column].to_numpy(dtype=np.float64) * (1.0 + share)
                for column in AMOUNTS
            }
            outcome, asked = try_case(live, what, with_rows(live.case, "demand", mine, **cells))
            outcomes.append(outcome)
            if share == 0.10 and outcome.status == "optimal":
                sections.append(
                    instead(
                        now, decisions(live, asked), "What 10 % more of it would be served with"
                    )
                )
    per = "Mtok" if unit["unit"] == "Mtok" else "1e21 FLOP"
    headline = f"One {per} of {name} costs {number(unit['loaded_usd'])} USD fully loaded"
    headline += (
        f" and {number(unit['marginal_usd'])} USD for one more"
        if np.isfinite(unit["marginal_usd"])
        else ""
    )
    headline += f"; 10 % more of it: the plan costs {told(outcomes[1])}." if outcomes else "."
    facts = (
        ("volume", f"{number(unit['volume'])} {unit['unit']} in the plan"),
        ("share of cost", percent(unit["cost_share_pct"] / 100.0)),
        (
            "chip-hours",
            f"{number(unit['chip_hours'])} ({percent(unit['chip_hours_share_pct'] / 100.0)} of "
            "all at work)",
        ),
        (
            "marginal and loaded",
            "marginal is the dual value of its demand, the dearest way that is used; loaded "
            "shares out all cost by the time of the chips",
        ),
    )
    sections = [
        _periods(folder, name),
        *([outcome_table("If there were", outcomes)] if outcomes else []),
        *sections,
    ]
    data: dict[str, Any] = {"workload": plain_row(unit), "steps": outcome_data(outcomes)}
    return Explanation(f"workload {name}", headline, facts, tuple(sections), data)


def _periods(folder: Path, name: str) -> Section:
    """Cost of one more unit in every period, the chips that serve it and the limits on their
    lines."""
    coverage = read_run_table(folder, "demand_coverage")
    coverage = coverage[coverage["workload"] == name]
    work = read_run_table(folder, "allocation")
    work = work[work["work"] == name].assign(
        place=lambda frame: frame["chip"] + "@" + frame["site"]
    )
    hours = (
        work.groupby(["period", "place"], as_index=False)[["chip_hours"]]
        .sum()
        .sort_values(["period", "chip_hours"], ascending=[True, False])
    )
    hours["share"] = hours["chip_hours"] / hours.groupby("period")["chip_hours"].transform("sum")
    top = hours.groupby("period").head(3)
    served = (top["place"] + " " + top["share"].map(percent)).groupby(top["period"]).agg(", ".join)
    words = {str(period): text for period, text in served.items()}
    rows = tuple(
        (
            r.period,
            number(r.demand),
            number(r.short) if r.short > 0 else "",
            number(r.marginal_usd_per_unit) if np.isfinite(r.marginal_usd_per_unit) else "",
            printable(words.get(r.period, "")),
        )
        for r in rows_of(coverage)
    )
    return Section(
        "By period",
        ("period", "demand", "short", "one more costs", "served by"),
        rows,
        frozenset({1, 2, 3}),
        f"in {coverage['unit'].iloc[0]} and USD of the period" if len(coverage) else "",
    )
