"""Explanations: why this line, why not that offer, what a limit, a milestone or a workload costs.
Every figure is of this plan or a re-solve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from planner.report.diagnosis import diagnosis_summary
from planner.runs.read import RunError, read_diagnosis
from planner.study.explain.limit import explain_limit
from planner.study.explain.line import explain_line
from planner.study.explain.milestone import explain_milestone
from planner.study.explain.offer import explain_offer
from planner.study.explain.outcome import Explanation
from planner.study.explain.row import explain_row
from planner.study.explain.whatif import (
    explain_capex,
    explain_demand,
    explain_idle,
    explain_rent,
    explain_slip,
    explain_throughput,
)
from planner.study.explain.workload import explain_workload
from planner.study.live import reopen

__all__ = ["SUBJECTS", "Explanation", "explain"]

SUBJECTS: Final = (
    "line LINE_ID, offer OFFER [PERIOD], limit power|liquid SITE PERIOD, limit supply GROUP "
    "PERIOD, limit budget CATEGORY PERIOD, limit policy NAME, milestone NAME, workload NAME, "
    "demand [FACTOR...], throughput [CHIP], capex USD_PER_YEAR, slip chip|site|milestone NAME "
    "PERIODS, rent, idle, row ROWS LABELS, infeasible"
)


def explain(folder: Path, what: Sequence[str]) -> Explanation:
    """Return the answer to a question about a run.

    Args:
        folder: the run folder.
        what: subject and names, such as ``("limit", "power", "iowa", "2028Q1")``.

    Returns:
        The explanation.

    Raises:
        RunError: for a question that cannot be asked, naming what can.
    """
    words = list(what)
    subject, names = words[0] if words else "", words[1:]
    if words == ["infeasible"]:
        told = diagnosis_summary(folder)
        return Explanation(
            "infeasible",
            f"{told.title}: {dict(told.facts)['what conflicts']}; cheapest way out: "
            f"{dict(told.facts)['cheapest way out']}.",
            told.facts,
            told.sections,
            {"diagnosis": read_diagnosis(folder)},
        )
    if subject == "row":
        return explain_row(reopen(folder), names)
    if subject == "limit":
        return explain_limit(reopen(folder), folder, names)
    if subject == "offer" and len(names) in (1, 2):
        return explain_offer(reopen(folder), folder, *names)
    single = {"line": explain_line, "milestone": explain_milestone, "workload": explain_workload}
    if subject in single and len(names) == 1:
        return single[subject](reopen(folder), folder, names[0])
    several = {
        "demand": explain_demand,
        "throughput": explain_throughput,
        "capex": explain_capex,
        "slip": explain_slip,
        "rent": explain_rent,
        "idle": explain_idle,
    }
    if subject in several:
        return several[subject](reopen(folder), folder, names)
    raise RunError(f"what is to be explained? One of: {SUBJECTS}")
