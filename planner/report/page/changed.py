"""Chapter 4: what changed."""

from __future__ import annotations

from typing import Any

from planner.report.lines import shown_lines
from planner.report.page.bars import bridge
from planner.report.page.chart import Chart
from planner.report.page.run import Chapter, Run
from planner.report.page.sheet import plain, sheet
from planner.words import money_unit, plural, printable


def what_changed(run: Run, compared: dict[str, Any] | None) -> tuple[Chapter, ...]:
    """Return the chapter on changes: against another run where one was given, otherwise against the
    last plan of the case; none where there is no such plan."""
    if compared is not None:
        return (_against(run, compared),)
    buy = run["buy_plan"]
    if not run.plan.get("compared_with"):
        return ()
    lines = buy[(buy["change_vs_last"] != "") & (buy["change_vs_last"] != "same")]
    same = int((buy["change_vs_last"] == "same").sum())
    if lines.empty:
        says = f"Nothing changed since the last plan: {plural(same, 'line')} as before"
        return (Chapter("changed", "What changed", says=says),)
    table = sheet(
        "buy_plan",
        "Decisions that changed",
        shown_lines(lines),
        [
            "action",
            "chip",
            "site",
            "offer",
            "order_period",
            "amount",
            "change_vs_last",
            "change_reason",
        ],
        heads={"amount": "chips (MW)", "change_vs_last": "change"},
    )
    return (
        Chapter(
            "changed",
            "What changed",
            "Why the cost changed: planner diff A B.",
            says=f"{plural(len(lines), 'line')} changed since the last plan, {same:,} as before",
            sheets=(table,),
        ),
    )


def _against(run: Run, compared: dict[str, Any]) -> Chapter:
    charts: tuple[Chart, ...] = ()
    if compared.get("bridge"):
        steps = [(name, value) for name, value in compared["bridge"] if abs(value) >= 0.005]
        say = money_in(max(abs(compared["before"]), abs(compared["after"])))
        charts = (
            bridge(
                "Change of cost by cause",
                (compared["before_name"], compared["before"]),
                steps,
                (compared["after_name"], compared["after"]),
                say[0],
                f"{say[1]}; {compared['note']}".strip("; "),
            ),
        )
    sheets = tuple(plain(name, section) for name, section in compared["sheets"])
    return Chapter(
        "changed", "What changed", printable(compared["headline"]), charts=charts, sheets=sheets
    )


def money_in(top: float) -> tuple[Any, str]:
    """Return how to write amounts up to ``top`` in one unit, and the unit's name."""
    unit = money_unit(top, top)
    return (lambda value: f"{value / unit[0]:,.2f}"), unit[1]
