"""Waiting: what is to be decided in the first period, and what waiting one period with each line
costs, where it was solved again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.plan.totals import to_decide
from planner.report.section import Section, records
from planner.runs.resolved import CAN_WAIT, Resolved, Wait
from planner.words import count, money, money_unit, number, percent, plural, printable

if TYPE_CHECKING:
    import pandas as pd


def decide_section(
    buy_plan: pd.DataFrame, now: str, resolved: Resolved | None, most: int
) -> Section:
    """Return what must be decided in the first period, at most so many lines: by what waiting one
    period costs where it was solved again, otherwise the dearest first."""
    changes = decided(buy_plan, now, resolved)
    unit = money_unit(*changes["total_usd"].dropna())
    waits = [
        resolved.wait_of(line) if resolved is not None else None for line in changes["line_id"]
    ]
    rows = tuple(
        (
            printable(line.action.replace("_", " ")),
            printable(line.offer),
            printable(line.chip),
            printable(line.site),
            amount_words(line),
            printable(line.in_service_period),
            money(line.total_usd, unit),
            *((wait_words(wait),) if resolved is not None else ()),
            printable(line.cause_1),
        )
        for line, wait in zip(records(changes.head(most)), waits, strict=False)
    )
    more = (
        f"{plural(len(changes) - most, 'more line')} in buy_plan.csv" if len(changes) > most else ""
    )
    notes = (waiting_note(resolved) if resolved is not None and rows else "", more)
    return Section(
        f"Decide in {now}",
        (
            *("do", "offer", "chip", "site", "how much", "in service", unit[1]),
            *(("waiting one period costs",) if resolved is not None else ()),
            "mostly for",
        ),
        rows,
        frozenset({4, 6} | ({7} if resolved is not None else set())),
        "; ".join(note for note in notes if note),
    )


def decided(buy_plan: pd.DataFrame, now: str, resolved: Resolved | None) -> pd.DataFrame:
    """Return the lines that are to be decided in the first period, by what waiting costs where that
    is known, otherwise the dearest first."""
    mine = to_decide(buy_plan, now)
    costs = [
        waiting_usd(resolved.wait_of(line) if resolved is not None else None)
        for line in mine["line_id"]
    ]
    order = mine.assign(_waits=costs, _usd=mine["total_usd"].fillna(0.0))
    order = order.sort_values(["_waits", "_usd", "line_id"], ascending=[False, False, True])
    return order.drop(columns=["_waits", "_usd"])


def waiting_usd(wait: Wait | None) -> float:
    """Return what waiting costs as a number to sort by: without end where there is no plan, 0 where
    it is not known."""
    if wait is None:
        return 0.0
    return float("inf") if wait.costs_usd is None else wait.costs_usd


def wait_words(wait: Wait | None) -> str:
    """Return what waiting one period with a line costs."""
    if wait is None:
        return "not known"
    if wait.costs_usd is None:
        return "no plan without it"
    told = "nothing" if abs(wait.costs_usd) < 0.005 else money(wait.costs_usd)
    return f"{told}: can wait" if wait.can_wait else told


def waiting_note(resolved: Resolved) -> str:
    """Return what "can wait" means, and what all that can wait would cost together."""
    if not resolved.waiting:
        return ""
    able = sum(wait.can_wait for wait in resolved.waiting)
    note = (
        "each line alone, all else planned anew; a line can wait where that costs less than "
        f"{percent(CAN_WAIT)} of what it commits"
    )
    if able < 2:
        return note
    if resolved.together_usd is None:
        return f"{note}; with all {able} that can wait there is no plan: not all of them at once"
    return f"{note}; all {able} that can wait together: {money(resolved.together_usd)}"


def amount_words(line: Any) -> str:
    """Return how much a line of the buy plan is about: whole chips, or MW."""
    if line.action == "build_power":
        return f"{number(line.mw)} MW"
    return f"{count(line.chips)} {'chip' if line.chips == 1 else 'chips'}"
