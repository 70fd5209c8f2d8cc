"""The story of a roll: what became what, and every change, for roll.md and the terminal."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

import pandas as pd

from planner.report.history import read_history
from planner.report.past import (
    accuracy_section,
    amount_section,
    throughput_section,
    variance_sections,
)
from planner.report.section import Section, Summary
from planner.roll.draft import Draft
from planner.roll.periods import BY_PERIOD
from planner.roll.rolled import Rolled
from planner.words import money, number, plural

MEANING: Final = {
    "fleet": "chips in service",
    "orders": "orders in flight",
    "power_orders": "power ordered",
    "offers": "orders placed",
    "milestones": "training done",
    "sites": "sites opened",
    "power_projects": "power projects opened",
    "workloads": "research done, batch windows",
    "budgets": "budgets used",
    "limits": "limits used",
    "commitments": "commitments signed",
    "site_contracts": "contracts extended, or not",
    "growth": "chips that ramps counted last",
}

SAME: Final = 1e-9
"""What differs by less of it went as planned."""
NOW: Final = {"fleet": "in service", "orders": "on order", "power_orders": "power"}


def story(rolled: Rolled, approval: str, folder: Path | None = None) -> Summary:
    """Return what a roll did.

    Args:
        rolled: the roll.
        approval: who approved the plan, in words.
        folder: where the new case is, while it is not yet in its place.
    """
    move = rolled.move
    old, new = move.calendar, move.calendar_after
    passed = old.label(0) if move.by == 1 else f"{old.label(0)} to {old.label(move.by - 1)}"
    facts = (
        ("from", f"{rolled.run.name}, {old.labels[0]} to {old.labels[-1]}, {approval}"),
        ("to", f"{rolled.folder.name}, {new.labels[0]} to {new.labels[-1]}"),
        (f"cost of {passed}", f"{money(rolled.passed_usd)} (in money of {old.labels[0]})"),
        ("left to pay", f"{money(rolled.rest_usd)} (in money of {new.labels[0]})"),
        (
            "a new plan costs",
            "what is left to pay, where nothing else changes"
            + (
                f" and the plan ends in {old.labels[-1]}: {plural(move.longer, 'period')} came at "
                "the end"
                if move.longer
                else ""
            ),
        ),
    )
    ledger, past = rolled.past.comparison.ledger, rolled.past
    amounts = _otherwise(past.comparison.amounts)
    amounts = amounts.assign(
        period=["" if t != t else old.label(int(t)) for t in amounts["period"]]
    )
    sections = [
        *(variance_sections(ledger) if past.actuals else []),
        *(amount_section(amounts) if past.actuals else []),
        *throughput_section(past.throughput),
        *accuracy_section(read_history(folder or rolled.folder).forecasts),
        _held(rolled),
        _became(rolled),
    ]
    if rolled.news:
        sections.append(
            Section(
                "News",
                ("table", "what"),
                tuple(
                    (name, "changed since the plan was made: carried as it is")
                    for name in rolled.news
                ),
            )
        )
    sections.append(_changes(rolled))
    return Summary(f"{rolled.folder.name}, rolled", facts, tuple(sections))


def _otherwise(amounts: pd.DataFrame) -> pd.DataFrame:
    """Return the amounts that were other than planned: the history of the new case has them all."""
    other = (amounts["planned"] - amounts["actual"]).abs() > SAME * amounts["planned"].abs()
    return amounts[other]


def _held(rolled: Rolled) -> Section:
    """Return what came into the fleet, and what is on its way now."""
    rows = tuple(
        (
            NOW[name],
            row.get("chip", row.get("project", "")),
            row.get("site", ""),
            number(float(row.get("chips", row.get("mw", "0"))), 6),
            row.get("arrives", row.get("in_service", "")),
            why,
        )
        for name in NOW
        if name in rolled.drafts
        for row, why in rolled.drafts[name].added
    )
    header = ("now", "chip or project", "site", "chips or MW", "in service", "which")
    return Section("New in the fleet, and on order", header, rows, frozenset({3}))


def _became(rolled: Rolled) -> Section:
    """Return what changed of every table, in numbers."""
    rows = tuple(
        (
            name,
            MEANING.get(name, "passed periods go" + ", new ones come" * bool(rolled.move.longer)),
            _count(len(draft.cells), "cell"),
            _count(len(draft.added), "row"),
            _count(len(draft.dropped), "row"),
            ", ".join(draft.dropped_columns),
            ", ".join(draft.copied_columns),
        )
        for name, draft in rolled.drafts.items()
    )
    header = ("table", "what", "changed", "came", "went", "periods that went", "periods that came")
    return Section("What became what", header, rows)


def _count(number: int, what: str) -> str:
    return plural(number, what) if number else ""


def _changes(rolled: Rolled) -> Section:
    """Return every change: file, row, column, before, now, why."""
    named = {f"{name}.csv": draft for name, draft in rolled.drafts.items()}
    named |= {f"case.xlsx[{name}]": draft for name, draft in rolled.drafts.items()}
    added: dict[str, int] = {}
    rows = []
    # what is held, done and used first; what only moves with the calendar last
    late = {f"{name}.csv" for name in BY_PERIOD} | {f"case.xlsx[{name}]" for name in BY_PERIOD}
    for change in sorted(rolled.changes, key=lambda change: change.file in late):
        draft = named.get(change.file)
        number = added.get(change.file, 0)
        added[change.file] = number + (change.what == "row added")
        rows.append(
            (
                change.file,
                str(change.now or change.row or ""),
                change.column or change.what,
                change.old,
                change.new if change.what != "column added" else "added",
                _why(draft, change.what, change.row, change.column, number),
            )
        )
    header = ("file", "row", "column", "before", "now", "why")
    return Section("Every change", header, tuple(rows))


def _why(draft: Draft | None, what: str, row: int | None, column: str, number: int) -> str:
    """Return why a change was made; blank where the change says it itself."""
    if draft is None:
        return ""
    if what == "row dropped":
        return draft.dropped.get(row or 0, "")
    if what == "row added":
        return draft.added[number][1] if number < len(draft.added) else ""
    if what == "column dropped":
        return draft.dropped_columns.get(column, "")
    if what == "column added" and column in draft.copied_columns:
        return f"repeats {draft.copied_columns[column]}"
    return ""


def as_data(rolled: Rolled) -> dict[str, Any]:
    """Return a roll as ``--json`` prints it."""
    move = rolled.move
    return {
        "folder": str(rolled.folder),
        "run": str(rolled.run),
        "from": move.calendar.labels[0],
        "start": move.calendar_after.labels[0],
        "end": move.calendar_after.labels[-1],
        "passed_usd": rolled.passed_usd,
        "rest_usd": rolled.rest_usd,
        "news": list(rolled.news),
        "changes": [dataclasses.asdict(change) for change in rolled.changes],
    }
