"""Delays: of a chip, of a site's power, of a milestone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from planner.case.case import Case
from planner.plan.actions import HELD
from planner.runs.read import RunError, read_run_table
from planner.study.explain.learnt import learnt_then
from planner.study.explain.outcome import Explanation
from planner.study.explain.whatif import solved_with, told_outcomes, told_plan
from planner.study.live import Live, with_rows
from planner.words import plural, printable


def explain_slip(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return what a delay costs: ``slip chip vr200 2``, ``slip site iowa 2`` or ``slip milestone t5
    2``, in periods."""
    usage = "say: slip chip NAME PERIODS, slip site NAME PERIODS or slip milestone NAME PERIODS"
    if len(words) != 3 or words[0] not in ("chip", "site", "milestone") or not words[2].isdigit():
        raise RunError(usage)
    kind, name, late = words[0], words[1], int(words[2])
    case = live.case
    if kind == "milestone":
        mine = (case["milestones"]["milestone"] == name).to_numpy()
        changed = with_rows(
            case,
            "milestones",
            mine,
            deadline=case["milestones"].loc[mine, "deadline"].to_numpy(dtype=np.float64) + late,
            start=case["milestones"].loc[mine, "start"].to_numpy(dtype=np.float64) + late,
        )
    elif kind == "chip":
        mine = (case["offers"]["chip"] == name).to_numpy()
        changed = with_rows(
            case,
            "offers",
            mine,
            lead_periods=case["offers"].loc[mine, "lead_periods"].to_numpy() + late,
        )
        flying = (case["orders"]["chip"] == name).to_numpy()
        arrives, born = (
            case["orders"].loc[flying, column].to_numpy() for column in ("arrives", "in_service")
        )
        changed = with_rows(
            changed,
            "orders",
            flying,
            arrives=arrives + late,
            # new chips come later; those on their way from another site keep their age
            in_service=np.where(born == arrives, arrives + late, born),
        )
    else:
        mine = (case["sites"]["site"] == name).to_numpy()
        changed = _later_power(case, name, late)
    if not mine.any():
        raise RunError(f"there is no {kind} {printable(name)} to slip; {usage}")
    what = f"{kind} {name} slips by {plural(late, 'period')}"
    known, change = solved_with(live, f"{what}, known now", changed)
    then = _learnt(live, folder, kind, name)
    outcomes = [known, *([learnt_then(live, folder, changed, then)] if then > 0 else [])]
    label = live.case.calendar.label(then)
    only_then = (
        f"; learnt only in {label}, with all that is ordered before kept, {told_plan(outcomes[1])}"
        if then > 0
        else ""
    )
    return told_outcomes(
        f"slip {kind} {name} {late}",
        outcomes,
        change,
        f"If {what} and that is known now, {told_plan(known)}{only_then}.",
    )


def _learnt(live: Live, folder: Path, kind: str, name: str) -> int:
    """The period in which a delay shows that nobody told of: in which the chip, or the power of the
    site, would first have come, or the milestone been due; 0: there is nothing to wait for."""
    count = live.case.calendar.count
    if kind == "milestone":
        runs = live.case["milestones"]
        due = float(runs.loc[(runs["milestone"] == name).to_numpy(), "deadline"].iloc[0])
        return int(np.clip(np.ceil(due) - 1, 0, count - 1))
    buy = read_run_table(folder, "buy_plan")
    coming = buy[buy["status"].isin(("new", "committed"))]
    coming = (
        coming[(coming["chip"] == name) & coming["action"].isin(HELD)]
        if kind == "chip"
        else coming[(coming["site"] == name) & (coming["action"] == "build_power")]
    )
    periods = {live.case.calendar.label(t): t for t in range(count)}
    when = [periods[label] for label in coming["in_service_period"] if label in periods]
    if kind == "site":
        power = live.case["power"]
        mine = power[power["site"] == name].sort_values("period")
        grows = (mine["mw"].diff() > 0) | (mine["liquid_mw"].diff() > 0)
        when += [t for t in mine.loc[grows, "period"].tolist() if 0 <= t < count]
    return int(min(when, default=0))


def _later_power(case: Case, site: str, late: int) -> Case:
    """The case in which what a site's power grows by comes so many periods later, and its projects
    take as much longer."""
    power = case["power"]
    mine = power[power["site"] == site].sort_values("period")
    shifted = {
        column: mine[column].to_numpy(dtype=np.float64)[np.maximum(np.arange(len(mine)) - late, 0)]
        for column in ("mw", "liquid_mw")
    }
    changed = with_rows(case, "power", mine.index.to_numpy(), **shifted)
    projects = (case["power_projects"]["site"] == site).to_numpy()
    orders = case["power_orders"]
    signed = ((orders["site"] == site) & (orders["arrives"] >= 0)).to_numpy()
    changed = with_rows(
        changed,
        "power_orders",
        signed,
        arrives=orders.loc[signed, "arrives"].to_numpy() + late,
    )
    return with_rows(
        changed,
        "power_projects",
        projects,
        lead_periods=case["power_projects"].loc[projects, "lead_periods"].to_numpy() + late,
    )
