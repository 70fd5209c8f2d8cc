"""A difference told: as a summary for the terminal or Markdown, and as JSON."""

from __future__ import annotations

from typing import Any, Final

from planner.report.section import Section, Summary, records
from planner.study.diff import Difference
from planner.words import money, money_unit, number, printable

SHOWN: Final = 20


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
            _done(difference, most),
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
    facts = [("from", str(difference.first)), ("to", str(difference.second))]
    if difference.moved is not None:
        first, last = difference.moved.shared
        facts.append(("compared", f"in money of the start of {first}, over {first} to {last}"))
    return Summary(printable(difference.headline), tuple(facts), tuple(sections))


def _bridge(difference: Difference) -> Section:
    unit = money_unit(difference.before_usd, difference.after_usd)
    steps = list(difference.bridge.steps_usd)
    if difference.moved is None:  # otherwise they are told in the order of time
        steps.sort(key=lambda step: -abs(step[1]))
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


def _done(difference: Difference, most: int) -> Section:
    """What the earlier plan decided in the periods that have passed."""
    lines = difference.done
    if lines is None or difference.moved is None or lines.empty:
        return Section("Done", (), ())
    unit = money_unit(*lines["total_usd"])
    rows = tuple(
        (
            printable(r.action),
            printable(r.line_id),
            number(r.amount),
            "as planned" if r.actual is None else number(r.actual),
            money(r.total_usd, unit),
            printable(r.decision) or "as planned",
        )
        for r in records(lines.head(most))
    )
    passed = difference.moved.passed
    return Section(
        f"Done in {passed[0]}" + (f" to {passed[-1]}" if len(passed) > 1 else ""),
        ("do", "line", "chips (MW)", "really", f"nominal {unit[1]}", "approved"),
        rows,
        frozenset({2, 3, 4}),
        "money as planned; plan against actual is in roll.md of the later case"
        + (f"; {len(lines) - most} more: --all" if len(lines) > most else ""),
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
        "moved": None
        if difference.moved is None
        else {
            "by": difference.moved.by,
            "money_of": difference.moved.start,
            "shared": list(difference.moved.shared),
            "passed_usd": difference.moved.passed_usd * difference.moved.growth,
        },
        "done": [] if difference.done is None else difference.done.to_dict("records"),
        "solves": difference.bridge.solves,
        "decisions": difference.decisions.to_dict("records"),
        "left_out": list(difference.left_out),
        "inputs": difference.inputs.to_dict("records"),
    }
