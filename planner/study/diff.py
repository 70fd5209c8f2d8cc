"""The difference between two runs: one headline, why the cost changed, which decisions and which
inputs did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from planner.report.section import Section, Summary, records
from planner.runs.find import find_runs
from planner.runs.inputs import read_inputs
from planner.runs.read import RunError, read_manifest, read_plan
from planner.study.bridge import Bridge, find_bridge
from planner.study.changes import decision_changes, input_changes
from planner.study.groups import changed_groups, read_source
from planner.study.left_out import left_out
from planner.study.live import reopen
from planner.words import money, money_unit, number, plural, printable

SHOWN: Final = 20


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

    @property
    def empty(self) -> bool:
        """Whether nothing differs: no input, no decision, no cost."""
        return (
            self.decisions.empty
            and self.inputs.empty
            and self.bridge.before_cents == self.bridge.after_cents
        )


def compare(first: Path, second: Path) -> Difference:
    """Return what differs between two runs, and the bridge from the one cost to the other.

    Args:
        first: folder of the earlier run.
        second: folder of the later one.

    Raises:
        RunError: where one is not a run with a plan, or its inputs cannot be read any more.
    """
    before, after = (_cost(folder) for folder in (first, second))
    one, two = read_inputs(first), read_inputs(second)
    sources = read_source(first), read_source(second)
    inputs = input_changes(one, two)
    offers = two["offers"]
    decisions = decision_changes(
        first, second, inputs, dict(zip(offers["offer"], offers["supply_group"], strict=True))
    )
    if changed_groups(*sources):
        bridge = find_bridge(reopen(first), *sources, before, after)
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


def _cost(folder: Path) -> float:
    found = read_plan(folder).get("objective_usd")
    if not isinstance(found, int | float):
        raise RunError(
            f"{folder} has no plan to compare (status {read_plan(folder).get('status')}). Next: "
            f"planner explain {folder} infeasible"
        )
    return float(found)


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


def document(difference: Difference, *, every: bool = False, least: float = 0.0) -> Summary:
    """Return a difference as a summary for the terminal or Markdown.

    Args:
        difference: what differs.
        every: whether to show all rows; otherwise the largest.
        least: smallest change of a decision to show, in per cent of what it was.
    """
    most = 10**9 if every else SHOWN
    sections = [
        part
        for part in (
            _bridge(difference),
            _decisions(difference, most, least),
            Section(
                "Not there any more",
                ("what, and what takes over",),
                tuple((printable(remark),) for remark in difference.left_out),
            ),
            _inputs(difference, most),
        )
        if part.rows
    ]
    facts = (("from", str(difference.first)), ("to", str(difference.second)))
    return Summary(printable(difference.headline), facts, tuple(sections))


def _bridge(difference: Difference) -> Section:
    unit = money_unit(difference.before_usd, difference.after_usd)
    steps = sorted(difference.bridge.steps_usd, key=lambda step: -abs(step[1]))
    rows = [
        ("before", "", money(difference.before_usd, unit)),
        *((name, f"{'+' if usd > 0 else ''}{money(usd, unit)}", "") for name, usd in steps),
        ("after", "", money(difference.after_usd, unit)),
    ]
    return Section(
        f"Why the cost changed, {unit[1]}",
        ("inputs", "change", "cost"),
        tuple(rows) if steps else (),
        frozenset({1, 2}),
        difference.bridge.note,
    )


def _decisions(difference: Difference, most: int, least: float) -> Section:
    lines = difference.decisions
    lines = lines[lines["change"].abs() >= least / 100.0 * lines["old"].abs()]
    unit = money_unit(*lines["usd"])
    rows = tuple(
        (
            printable(r.action),
            printable(r.line_id),
            r.what if r.what not in ("new", "gone") else f"{r.what}: {number(r.new or r.old)}",
            money(r.usd, unit),
            printable(r.reason),
        )
        for r in records(lines.head(most))
    )
    return Section(
        "Decisions changed",
        ("do", "line", "change", f"nominal {unit[1]}", "because of"),
        rows,
        frozenset({3}),
        f"{len(lines) - most} more: --all" if len(lines) > most else "",
    )


def _inputs(difference: Difference, most: int) -> Section:
    rows = tuple(
        (
            printable(r.table),
            printable(r.row),
            printable(r.column),
            printable(r.old),
            printable(r.new),
        )
        for r in records(difference.inputs.head(most))
    )
    more = len(difference.inputs) - most
    return Section(
        "Inputs changed",
        ("table", "row", "column", "old", "new"),
        rows,
        frozenset({3, 4}),
        f"{more} more: --all" if more > 0 else "",
    )


def as_data(difference: Difference) -> dict[str, Any]:
    """Return a difference as JSON holds it."""
    return {
        "from": str(difference.first),
        "to": str(difference.second),
        "headline": difference.headline,
        "before_usd": difference.before_usd,
        "after_usd": difference.after_usd,
        "bridge": [{"inputs": name, "usd": usd} for name, usd in difference.bridge.steps_usd],
        "bridge_note": difference.bridge.note,
        "solves": difference.bridge.solves,
        "decisions": difference.decisions.to_dict("records"),
        "left_out": list(difference.left_out),
        "inputs": difference.inputs.to_dict("records"),
    }


def other_run(folder: Path, out: Path) -> Path:
    """Return the run to compare a run with: the last approved one of its case, else the newest
    earlier one; never a what-if.

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
    approved = [(run.approved_utc, run.folder) for run in runs if run.approved_utc]
    if approved:
        return max(approved)[1]
    earlier = [run.folder for run in runs if run.started <= started]
    if not earlier:
        raise RunError(
            f"there is no other run of {case} under {out} to compare with. Give both: planner "
            "diff A B"
        )
    return earlier[0]
