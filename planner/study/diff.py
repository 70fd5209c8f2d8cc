"""The difference between two runs: one headline, why the cost changed, which decisions and which
inputs did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.case.problems import CaseError
from planner.edit import EditError
from planner.machines.where import HERE, Where
from planner.runs.find import find_runs
from planner.runs.inputs import read_inputs
from planner.runs.read import RunError, read_manifest, read_plan
from planner.study.bridge import Bridge, find_bridge
from planner.study.changes import decision_changes, input_changes
from planner.study.groups import Source, changed_groups, read_source
from planner.study.left_out import left_out
from planner.study.moved import Moved, bridge_of, done_lines, moved_by, read_moved
from planner.words import money, plural


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two runs."""

    first: Path
    second: Path
    before_usd: float
    after_usd: float
    headline: str
    bridge: Bridge
    decisions: pd.DataFrame
    inputs: pd.DataFrame
    left_out: tuple[str, ...] = ()
    """Columns and tables that the later inputs have no more."""
    moved: Moved | None = None
    """Where the later plan starts later: what they are compared by; costs are in money of the later
    start then."""
    done: pd.DataFrame | None = None
    """What the earlier plan decided in the periods that have passed."""

    @property
    def empty(self) -> bool:
        """Whether nothing differs: no input, no decision, no cost."""
        return (
            self.decisions.empty
            and self.inputs.empty
            and self.bridge.before_cents == self.bridge.after_cents
        )


def compare(first: Path, second: Path, where: Where = HERE) -> Difference:
    """Return what differs between two runs, and the bridge from the one cost to the other.

    Args:
        first: folder of the earlier run.
        second: folder of the later one.
        where: where what is between them is solved; left out: in this process.

    Raises:
        RunError: where one is not a run with a plan, or its inputs cannot be read any more.
    """
    before, after = (_cost(folder) for folder in (first, second))
    free = divisible_cost(first), divisible_cost(second)
    one, two = read_inputs(first), read_inputs(second)
    sources = read_source(first), read_source(second)
    by = moved_by(*sources)
    if by:
        return _compare_moved((first, second), (before, after), sources, by, free)
    inputs = input_changes(one, two)
    offers = two["offers"]
    decisions = decision_changes(
        first, second, inputs, dict(zip(offers["offer"], offers["supply_group"], strict=True))
    )
    if changed_groups(*sources):
        bridge = find_bridge(first, sources, free, where).wholly(before, after)
    else:
        change = round(after * 100) - round(before * 100)
        bridge = Bridge(
            round(before * 100),
            round(after * 100),
            (("same inputs: another solver, version or tolerance", change),) if change else (),
            "",
            0,
        )
    return Difference(
        first,
        second,
        before,
        after,
        _headline(before, after, bridge, decisions),
        bridge,
        decisions,
        inputs,
        tuple(left_out(sources[0].texts, sources[1].texts)),
    )


def _compare_moved(
    folders: tuple[Path, Path],
    costs: tuple[float, float],
    sources: tuple[Source, Source],
    by: int,
    free: tuple[float, float],
) -> Difference:
    """Return what differs between two plans of which the second starts later: against the first as
    it would stand then if all had gone as planned; ``free`` are their costs with everything
    divisible."""
    first, second = folders
    try:
        moved = read_moved(first, sources, by)
    except (CaseError, EditError) as reason:
        raise RunError(
            f"{first} cannot be rolled to {sources[1].calendar.label(0)} to compare it ({reason}). "
            f"Next: planner roll {first}"
        ) from None
    ahead = moved.later_case if moved.later_case is not None else read_inputs(second)
    inputs = input_changes(moved.planned_case, ahead)
    # what was planned before is no input of its own but for what was decided of it
    follows = (inputs["table"] == "last_plan") & (inputs["column"] != "decision")
    inputs = inputs[~follows].reset_index(drop=True)
    offers = ahead["offers"]
    groups = dict(zip(offers["offer"], offers["supply_group"], strict=True))
    decisions = decision_changes(first, second, inputs, groups, frozenset(moved.passed))
    bridge = bridge_of(moved, *costs, divisible_usd=free[1])
    before, after = bridge.before_cents / 100.0, costs[1]
    return Difference(
        first,
        second,
        before,
        after,
        _headline(before, after, bridge, decisions),
        bridge,
        decisions,
        inputs,
        tuple(left_out(moved.planned.texts, sources[1].texts)),
        moved,
        done_lines(first, second, moved),
    )


def _cost(folder: Path) -> float:
    found = read_plan(folder).get("objective_usd")
    if not isinstance(found, int | float):
        raise RunError(
            f"{folder} has no plan to compare (status {read_plan(folder).get('status')}). Next: "
            f"planner explain {folder} infeasible"
        )
    return float(found)


def divisible_cost(folder: Path) -> float:
    """Return what the plan of a run would cost with everything divisible, USD: its own cost where
    it is not one of whole things."""
    plan = read_plan(folder)
    whole = plan.get("whole")
    return float(whole["divisible_usd"]) if isinstance(whole, dict) else _cost(folder)


def _headline(before: float, after: float, bridge: Bridge, decisions: pd.DataFrame) -> str:
    change = after - before
    if not bridge.steps and decisions.empty:
        return f"Nothing changed: {money(after)} as before."
    size = f"{money(before)} to {money(after)}: {'+' if change > 0 else ''}{money(change)}" + (
        f" ({100 * change / before:+.2g} %)" if before else ""
    )
    causes = sorted(
        ((name, usd) for name, usd in bridge.steps_usd if usd), key=lambda step: -abs(step[1])
    )[:2]
    mostly = (
        ", mostly "
        + " and ".join(f"{name} ({'+' if usd > 0 else ''}{money(usd)})" for name, usd in causes)
        if causes
        else ""
    )
    return f"Cost from {size}{mostly}; {plural(len(decisions), 'decision')} changed."


def other_run(folder: Path, out: Path) -> Path:
    """Return the run to compare a run with: the last approved one of its case (an earlier one,
    where there is one), else the newest earlier one; never a what-if.

    Raises:
        RunError: where the case has no other run.
    """
    case, started = str(read_plan(folder)["case"]), str(read_manifest(folder)["started_utc"])
    runs = [
        run
        for run in find_runs(out)
        if run.case == case
        and run.folder.resolve() != folder.resolve()
        and run.objective_usd is not None
        and run.what_if is None
    ]
    approved = [run for run in runs if run.approved_utc]
    before = [run for run in approved if run.started <= started]
    if approved:
        return max(before or approved, key=lambda run: run.approved_utc).folder
    earlier = [run.folder for run in runs if run.started <= started]
    if not earlier:
        raise RunError(
            f"there is no other run of {case} under {out} to compare with. Give both: planner "
            "diff A B"
        )
    return earlier[0]
