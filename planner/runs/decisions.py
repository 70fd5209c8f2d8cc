"""Decisions: what of a plan is approved - which periods, and which of its lines as planned, changed
or refused - and how that is carried into the next plan.

A line that nobody names stands as planned.  In ``last_plan/buy_plan.csv`` of a case the column
``decision`` carries them on: the next plan orders exactly what a changed line was changed to, and
nothing of a refused one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.case.cells import number_of
from planner.case.csv_file import read_csv
from planner.case.problems import CaseError, Place, Problem, error, suggest
from planner.case.tables.last_plan import DECIDED, DECISIONS
from planner.edit import Edit, NewColumn
from planner.edit.csv_text import edit_csv
from planner.plan.actions import DECISIONS as DECIDABLE
from planner.plan.actions import FREEZABLE
from planner.runs.futures import common_periods, reveal_of
from planner.runs.read import read_run_table
from planner.words import plural, printable

COLUMNS: Final = ("line", "decision", "chips", "mw", "reason")
NEEDED: Final = ("line", "decision")
PLAN: Final = "buy_plan.csv"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of one line of a plan."""

    line: str
    decision: str
    amount: float | None = None
    """Chips, or MW of a power project, that a changed line orders."""
    reason: str = ""

    @property
    def words(self) -> str:
        """What was decided, with the amount and the reason."""
        to = "" if self.amount is None else f" to {self.amount:.12g}"
        return f"{self.decision}{to}" + (f": {self.reason}" if self.reason else "")

    def document(self) -> dict[str, Any]:
        """Return it as approval.json holds it."""
        told = {"line": self.line, "decision": self.decision}
        return {**told, "amount": self.amount, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a plan is approved; nothing named: all of it."""

    periods: tuple[str, ...] = ()
    lines: tuple[Decision, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return it as approval.json holds it; a whole plan says nothing of it."""
        periods = {"periods": [*self.periods]} if self.periods else {}
        lines = {"lines": [line.document() for line in self.lines]} if self.lines else {}
        return {**periods, **lines}

    @property
    def words(self) -> str:
        """What it leaves out of the whole plan, in words; empty for all of it."""
        parts = [f"only {', '.join(map(printable, self.periods))}"] if self.periods else []
        for decision in DECIDED:
            count = sum(line.decision == decision for line in self.lines)
            if count:
                parts.append(f"{plural(count, 'line')} {decision}")
        return ", ".join(parts)


def scope_of(approval: Mapping[str, Any]) -> Scope:
    """Return what of a plan an approval.json approves."""
    lines = approval.get("lines") or ()
    return Scope(
        tuple(approval.get("periods") or ()),
        tuple(
            Decision(line["line"], line["decision"], line.get("amount"), line.get("reason") or "")
            for line in lines
        ),
    )


def read_scope(folder: Path, periods: Sequence[str], file: Path | None) -> Scope:
    """Return what of a run is to be approved, checked against its plan.

    Args:
        folder: the run folder.
        periods: the periods whose orders are approved; none: all.
        file: a CSV with the columns line, decision (approved, changed, refused), chips (or mw) of a
            changed one, and reason; None: every line as planned.

    Raises:
        CaseError: with every problem of the periods and the file.
        RunError: where the folder is not a run with a plan.
    """
    reveal = reveal_of(folder)
    if not periods and file is None and not reveal:
        return Scope()
    buy = read_run_table(folder, "buy_plan").set_index("line_id")
    known = list(dict.fromkeys(buy["order_period"][buy["order_period"] != ""]))
    if reveal and not periods:  # of a plan for many scenarios the common part is approved
        periods = common_periods(folder)
    problems = [
        error(
            "after-reveal",
            Place("--period"),
            period,
            f"is not common to all scenarios: what is ordered from {reveal} on depends on them",
            f"approve what is ordered before {reveal}",
        )
        for period in periods
        if reveal and period >= reveal
    ]
    known = sorted({*known, *common_periods(folder)}) if reveal else known
    problems += [
        error(
            "bad-period",
            Place("--period"),
            period,
            "is no period in which this plan orders anything",
            suggest(period, known) or f"give one of {', '.join(known[:8])}",
        )
        for period in periods
        if period not in known
    ]
    lines: tuple[Decision, ...] = ()
    if file is not None:
        lines, found = _read_lines(file, buy.to_dict("index"), tuple(periods))
        problems += found
    if problems:
        raise CaseError(problems)
    return Scope(tuple(periods), lines)


def _read_lines(
    path: Path, buy: Mapping[Any, Mapping[Any, Any]], periods: tuple[str, ...]
) -> tuple[tuple[Decision, ...], list[Problem]]:
    """Return the decisions of a file, and what is wrong with them."""
    file = str(path)
    table, problems = read_csv(path, "decisions", file)
    if table is None:
        return (), problems
    fix = f"write the columns {', '.join(COLUMNS)}, one line a row"
    for name in table.columns:
        if name not in COLUMNS:
            place = Place(file, 1, name)
            problems.append(error("unknown-column", place, "", "is no column of decisions", fix))
    for name in NEEDED:
        if name not in table.columns:
            problems.append(error("missing-column", Place(file, 1, name), "", "is needed", fix))
    if problems:
        return (), problems
    lines: dict[str, Decision] = {}
    for i, row in enumerate(table.row.tolist()):
        cells = {name: str(column[i]) for name, column in table.columns.items()}
        told = _read_line(cells, buy, periods)
        if isinstance(told, Decision) and told.line in lines:
            told = ("line", "stands in the file twice", "keep one of the rows")
        if isinstance(told, Decision):
            lines[told.line] = told
        else:
            column, need, fix = told
            value = cells.get(column, "")
            problems.append(error("decision", Place(file, row, column), value, need, fix))
    return tuple(lines.values()), problems


def _read_line(
    cells: Mapping[str, str], buy: Mapping[Any, Mapping[Any, Any]], periods: tuple[str, ...]
) -> Decision | tuple[str, str, str]:
    """Return the decision of a row, or which column is wrong, what is allowed and what to do."""
    line, decision = cells["line"], cells["decision"]
    planned = buy.get(line)
    if planned is None or planned["action"] not in DECIDABLE:
        near = suggest(line, [str(name) for name in buy])
        return "line", f"is no line of {PLAN} that orders something", near or "correct the name"
    if decision not in DECISIONS:
        fix = suggest(decision, DECISIONS) or "correct the cell"
        return "decision", f"must be one of {', '.join(DECISIONS)}", fix
    if periods and planned["order_period"] not in periods:
        need = f"is ordered in {planned['order_period']}, and only {', '.join(periods)} is approved"
        return "line", need, "remove the row, or approve its period"
    if decision == "approved":
        return Decision(line, decision, None, cells.get("reason", ""))
    if planned["action"] not in FREEZABLE:
        need = f"is a line `{planned['action']}`, which can only be approved"
        return "decision", need, "state in the case what is to be different, and plan again"
    if not cells.get("reason"):
        return "reason", f"is needed where a line is {decision}", "say why"
    unit = "mw" if planned["action"] == "build_power" else "chips"
    other = "chips" if unit == "mw" else "mw"
    if cells.get(other):
        return other, f"must be blank: the line orders {unit}", f"write it under {unit}"
    if decision == "refused":
        if cells.get(unit):
            return unit, "must be blank where a line is refused", "clear the cell, or write changed"
        return Decision(line, decision, None, cells["reason"])
    amount, need = number_of(cells.get(unit, ""))
    if need or amount < 0:
        return unit, need or "must be at least 0", f"write the {unit} that are to be ordered"
    return Decision(line, decision, amount, cells["reason"])


def decided_plan(folder: Path, scope: Scope) -> bytes:
    """Return buy_plan.csv of a run with what was decided of its lines: the form in which the next
    case takes it as its last plan.

    Args:
        folder: the run folder.
        scope: what was approved (``scope_of(read_approval(folder))``).

    Returns:
        The file with a column ``decision``; a changed line orders what it was changed to.  As it
        was written where no line was decided.
    """
    content = (folder / PLAN).read_bytes()
    if not scope.lines:
        return content
    buy = read_run_table(folder, "buy_plan")
    rows = {line: number for number, line in enumerate(buy["line_id"], start=2)}
    unit = dict(zip(buy["line_id"], buy["action"] == "build_power", strict=True))
    cells: dict[tuple[int, str], str] = {}
    for line in scope.lines:
        row = rows[line.line]
        cells[row, "decision"] = line.decision
        if line.amount is not None:
            cells[row, "mw" if unit[line.line] else "chips"] = f"{line.amount:.12g}"
    return edit_csv(content, Edit(cells, added_columns=(NewColumn("decision"),)), PLAN)[0]
