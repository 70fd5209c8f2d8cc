"""Chapter 3: what to decide now, and why."""

from __future__ import annotations

import shlex
from typing import Any

import numpy as np
import pandas as pd

from planner.plan.actions import DECISIONS
from planner.report.lines import shown_lines
from planner.report.page.run import Chapter, Details, Run
from planner.report.page.sheet import sheet
from planner.report.section import records
from planner.words import number, percent, plural, printable


def decide_now(run: Run) -> Chapter:
    """Return chapter 3: every line whose decide-by date falls in the first period, with its
    reasons."""
    buy, now = run["buy_plan"], run.periods[0]
    mine = buy[(buy["order_period"] == now) & buy["action"].isin(DECISIONS)].sort_values(
        ["total_usd", "line_id"], ascending=[False, True]
    )
    if mine.empty:
        return Chapter("decide", "Decide now", f"Nothing must be decided in {now}.")
    shown = shown_lines(mine).assign(why=_why(mine))
    table = sheet(
        "buy_plan",
        f"To be decided by {_last_day(run)}",
        shown,
        [
            "action",
            "chip",
            "site",
            "offer",
            "amount",
            "price",
            "total_usd",
            "in_service_period",
            "why",
        ],
        heads={
            "amount": "chips (MW)",
            "price": "price USD",
            "total_usd": "total USD",
            "in_service_period": "in service",
            "why": "who pays for it",
        },
    )
    causes = run["causes"]
    details = []
    for row in records(mine.head(40)):
        lines = causes[causes["line_id"] == row.line_id].sort_values("share_pct", ascending=False)
        facts = [
            (
                "paid for by",
                ", ".join(
                    f"{c.cause} {percent(c.share_pct / 100)}" for c in records(lines.head(6))
                ),
            )
        ]
        if np.isfinite(row.worth_usd_per_chip):
            facts.append(
                (
                    "worth",
                    f"{number(row.worth_usd_per_chip)} USD per "
                    f"{'MW' if row.action == 'build_power' else 'chip'} before its own cost (NPV; "
                    "for one more, at the optimum)",
                )
            )
        if np.isfinite(row.break_even_usd_per_chip):
            facts.append(
                (
                    "dearest price",
                    f"{number(row.break_even_usd_per_chip)} USD; above it the plan takes less",
                )
            )
        if row.runner_up:
            facts.append(
                (
                    "runner-up",
                    f"{row.runner_up}, if it were {number(row.runner_up_gap_pct)} % cheaper",
                )
            )
        if row.binding_limits:
            facts.append(("limits it meets", row.binding_limits))
        if row.change_vs_last:
            facts.append(
                ("against the last plan", f"{row.change_vs_last} {row.change_reason}".strip())
            )
        facts.append(
            (
                "what it would cost to forbid it",
                f"planner explain {shlex.quote(str(run.plan['case']))} line "
                f"{shlex.quote(row.line_id)}",
            )
        )
        amount = (
            f"{number(row.mw)} MW"
            if row.action == "build_power"
            else f"{number(row.chips)} {row.chip}"
        )
        details.append(
            Details(
                f"{row.action} {amount} at {row.site}: why",
                tuple((name, printable(value)) for name, value in facts),
            )
        )
    return Chapter(
        "decide",
        "Decide now",
        f"{plural(len(mine), 'line')} of the plan cannot wait: their order period is {now}.",
        sheets=(table,),
        details=tuple(details),
    )


def _last_day(run: Run) -> str:
    dates = sorted(
        set(run["buy_plan"].loc[run["buy_plan"]["order_period"] == run.periods[0], "decide_by"])
        - {""}
    )
    return dates[-1] if dates else run.periods[0]


def _why(lines: pd.DataFrame) -> list[str]:
    """The first causes of lines with their shares."""
    words = []
    for row in records(lines):
        pairs: list[tuple[Any, Any]] = [
            (row.cause_1, row.cause_1_share_pct),
            (row.cause_2, row.cause_2_share_pct),
            (row.cause_3, row.cause_3_share_pct),
        ]
        words.append(
            ", ".join(
                f"{cause.split(':', 1)[-1]} {number(share, 2)} %" for cause, share in pairs if cause
            )
        )
    return words
