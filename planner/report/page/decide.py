"""Chapter 3: what to decide now, and why."""

from __future__ import annotations

import shlex
from typing import Any

import numpy as np
import pandas as pd

from planner.report.lines import shown_lines
from planner.report.page.front import last_day
from planner.report.page.run import Chapter, Details, Run
from planner.report.page.sheet import Sheet, sheet
from planner.report.section import records
from planner.report.waiting import amount_words, decided, wait_words, waiting_note
from planner.words import count, number, percent, plural, printable


def decide_now(run: Run) -> Chapter:
    """Return chapter 3: every line whose decide-by date falls in the first period, with its
    reasons."""
    buy, now, resolved = run["buy_plan"], run.periods[0], run.resolved
    mine = decided(buy, now, resolved)
    if mine.empty:
        return Chapter("decide", "Decide now", says=f"Nothing is to be decided in {now}")
    sheets = [_table(run, part, title) for title, part in _parts(run, mine) if len(part)]
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
        wait = resolved.wait_of(row.line_id) if resolved is not None else None
        if wait is not None:
            facts.append(("waiting one period costs", wait_words(wait)))
        if np.isfinite(row.break_even_usd_per_chip):
            facts.append(
                (
                    "stays as it is",
                    f"at prices up to {number(row.break_even_usd_per_chip)} USD, all else as it is",
                )
            )
        if row.runner_up:
            facts.append(
                (
                    "runner-up",
                    f"{row.runner_up}; it stays out unless it gets at least "
                    f"{number(row.runner_up_gap_pct)} % cheaper",
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
            else f"{count(row.chips)} {row.chip}"
        )
        details.append(
            Details(
                f"{row.action.replace('_', ' ')} {amount} at {row.site}: why",
                tuple((name, printable(value)) for name, value in facts),
            )
        )
    return Chapter(
        "decide",
        "Decide now",
        f"{_capital(waiting_note(resolved))}." if resolved is not None else "",
        says=_says(run, mine),
        sheets=tuple(sheets),
        details=tuple(details),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _parts(run: Run, mine: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The lines that cannot wait and those that can, where that was solved again."""
    by, resolved = last_day(run), run.resolved
    if resolved is None:
        return [(f"To be decided by {by}", mine)]
    waits = [resolved.wait_of(line) for line in mine["line_id"]]
    able = np.array([wait is not None and wait.can_wait for wait in waits], dtype=bool)
    return [(f"Cannot wait: to be decided by {by}", mine[~able]), ("Can wait", mine[able])]


def _table(run: Run, lines: pd.DataFrame, title: str) -> Sheet:
    resolved = run.resolved
    waits = [resolved.wait_of(line) for line in lines["line_id"]] if resolved is not None else []
    shown = shown_lines(lines).assign(
        why=_why(lines),
        action=lines["action"].str.replace("_", " "),
        waits=[wait_words(wait) for wait in waits] if waits else "",
    )
    columns = ["action", "chip", "site", "offer", "amount", "price", "total_usd"]
    return sheet(
        "buy_plan",
        title,
        shown,
        [*columns, *(("waits",) if waits else ()), "in_service_period", "why"],
        heads={
            "amount": "chips (MW)",
            "price": "price USD",
            "total_usd": "total USD",
            "waits": "waiting one period costs",
            "in_service_period": "in service",
            "why": "who pays for it",
        },
    )


def _says(run: Run, lines: pd.DataFrame) -> str:
    """What cannot wait, where that is known."""
    resolved, now = run.resolved, run.figures.now
    if resolved is None:
        return f"{plural(len(lines), 'line')} of the plan begin in {now}"
    waits = [resolved.wait_of(line) for line in lines["line_id"]]
    dearest = next(iter(zip(records(lines), waits, strict=True)))
    fixed = sum(wait is None or not wait.can_wait for wait in waits)
    if not fixed:
        return f"Nothing has to be decided in {now}: all of it can wait"
    (row, wait) = dearest
    what = (
        f"{row.action.replace('_', ' ')} {amount_words(row)} {row.chip or row.offer} at {row.site}"
    )
    verb = "cannot" if fixed == len(lines) else f"of {len(lines)} cannot"
    return f"{plural(fixed, 'line')} {verb} wait, least of all: {printable(what)}" + (
        f" ({wait_words(wait)})" if wait is not None and wait.costs_usd is not None else ""
    )


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
