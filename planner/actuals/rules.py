"""Rules of the actuals: what makes them fit the plan that they follow.

Every rule is one function with one sentence; ``RULES`` is their list in reading order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.actuals.lines import POWER, Lines
from planner.case.case import Case
from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, codes, keys, numbers, texts
from planner.case.problems import Problem, suggest

FROM_PLAN: Final = "leave the cell blank, or correct the line"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told, beside the plan that it follows."""

    case: Case
    """The case of the plan, with the tables of actuals."""
    by: int
    lines: Lines
    """Of the rows of the executed orders."""
    buy_plan: pd.DataFrame

    @property
    def passed(self) -> str:
        """The periods that have passed, in words."""
        label = self.case.calendar.label
        return label(0) if self.by == 1 else f"{label(0)} to {label(self.by - 1)}"


def line_known(told: Told) -> list[Problem]:
    """An executed order is a line of the plan, or named like one."""
    names = texts(told.case["actual_orders"], "line")
    known = texts(told.buy_plan, "line_id")
    hints = [
        "" if ok else suggest(str(name), known) or "take it from buy_plan.csv of the run"
        for name, ok in zip(names, told.lines.known, strict=True)
    ]
    return rows(
        Cells(told.case, "actual_orders", "line", ~told.lines.known),
        "line-unknown",
        "is no line of the approved plan, and no offer@site@period of the case",
        "{_hint}",
        _hint=hints,
    )


def line_passed(told: Told) -> list[Problem]:
    """A line that was to be ordered later is no order of the past: the next plan decides it."""
    period = told.lines.period
    return rows(
        Cells(told.case, "actual_orders", "line", told.lines.known & (period >= told.by)),
        "period-not-passed",
        "is of a period that has not passed: {_passed} {_have} passed",
        "remove the row: the next plan decides it",
        _passed=told.passed,
        _have="has" if told.by == 1 else "have",
    )


def line_before(told: Told) -> list[Problem]:
    """What was bought beside the plan was bought in a period of it."""
    early = told.lines.known & ~told.lines.planned & (told.lines.period < 0)
    return rows(
        Cells(told.case, "actual_orders", "line", early),
        "period-not-passed",
        "is of a period before the plan, whose orders its inputs tell",
        "correct the period",
    )


def lots_are_counted(told: Told) -> list[Problem]:
    """A lot of the fleet that is kept is counted, not ordered."""
    kept = (told.lines.status == "existing") & (told.lines.action == "keep")
    return rows(
        Cells(told.case, "actual_orders", "line", kept),
        "line-counted",
        "is a lot of the fleet, which is counted and not ordered",
        "tell its chips in fleet.csv",
    )


def order_in_time(told: Told) -> list[Problem]:
    """An order was placed in a period that has passed, and what was not placed is no order yet."""
    period = numbers(told.case["actual_orders"], "period")
    outside = (period < 0) | (period >= told.by)
    return rows(
        Cells(told.case, "actual_orders", "period", outside),
        "period-not-passed",
        "must be of a period that has passed: {_passed}",
        "write 0 chips for what was not ordered: the next plan decides it",
        _passed=told.passed,
    )


def arrives_after(told: Told) -> list[Problem]:
    """Chips arrive in or after the period in which they were ordered."""
    frame = told.case["actual_orders"]
    ordered = np.where(
        np.isnan(numbers(frame, "period")), told.lines.period, numbers(frame, "period")
    )
    return rows(
        Cells(told.case, "actual_orders", "arrives", numbers(frame, "arrives") < ordered),
        "arrives-early",
        "is before the order",
        "correct one of the two periods",
    )


def in_its_unit(told: Told) -> list[Problem]:
    """Power projects are told in MW, everything else in chips."""
    frame, power = told.case["actual_orders"], told.lines.action == POWER
    problems = []
    for column, mask in (("chips", power), ("mw", ~power)):
        problems += rows(
            Cells(told.case, "actual_orders", column, mask & ~np.isnan(numbers(frame, column))),
            "not-its-unit",
            "must be blank: {line} is counted in {_other}",
            "move the figure",
            _other="MW" if column == "chips" else "chips",
        )
    return problems


def says_how_many(told: Told) -> list[Problem]:
    """What was bought beside the plan says how many."""
    frame, lines = told.case["actual_orders"], told.lines
    power = lines.action == POWER
    beside = lines.known & ~lines.planned
    problems = []
    for column, mask in (("chips", ~power), ("mw", power)):
        problems += rows(
            Cells(
                told.case, "actual_orders", column, beside & mask & np.isnan(numbers(frame, column))
            ),
            "missing-value",
            "must be given: the plan has none of {line}",
            "fill the cell",
            value=[""] * len(frame),
        )
    return problems


def has_such_a_price(told: Told) -> list[Problem]:
    """A price is told where the line has one of its kind."""
    frame, lines = told.case["actual_orders"], told.lines
    problems = []
    for column, priced in (
        ("usd_per_chip", lines.upfront),
        ("paid_share", lines.upfront),
        ("usd_per_chip_hour", lines.hourly),
    ):
        odd = lines.known & ~priced & ~np.isnan(numbers(frame, column))
        problems += rows(
            Cells(told.case, "actual_orders", column, odd),
            "no-such-price",
            "must be blank: the plan pays nothing of the kind for {line}",
            FROM_PLAN,
        )
    return problems


def lots_are_there(told: Told) -> list[Problem]:
    """A lot that is counted says when it went into service as a period, before those to come."""
    frame, calendar = told.case["actual_fleet"], told.case.calendar
    labels = texts(frame, "in_service")
    broken = np.zeros(len(labels), dtype=bool)
    for i, label in enumerate(labels):
        try:
            broken[i] = bool(label) and calendar.parse(str(label)) >= told.by
        except ValueError:
            broken[i] = True
    return rows(
        Cells(told.case, "actual_fleet", "in_service", broken),
        "bad-period",
        "must be a period that has passed, such as {_example}, or blank for all lots",
        "write when the lot went into service",
        _example=calendar.label(0),
    )


def counted_once(told: Told) -> list[Problem]:
    """Chips of a site are counted lot by lot or all together, work by chip or all together, cash by
    site or all together."""
    return [
        *_both_ways(told, "actual_fleet", "in_service", ["chip", "site"]),
        *_both_ways(told, "actual_work", "chip", ["workload", "period"]),
        *_both_ways(told, "actual_cash", "site", ["term", "period"]),
    ]


def _both_ways(told: Told, table: str, part: str, whole: list[str]) -> list[Problem]:
    frame = told.case[table]
    all_ = texts(frame, part) == ""
    entries = keys(frame, whole)
    code = codes(list(dict.fromkeys(entries)), entries)
    split = np.bincount(code[~all_], minlength=len(frame)) > 0
    return rows(
        Cells(told.case, table, part, all_ & split[code] if len(frame) else all_),
        "told-twice",
        "is blank, and other rows tell the same part by part",
        f"remove the row, or those with a {part}",
        value=[""] * len(frame),
    )


def asked_once(told: Told) -> list[Problem]:
    """What was asked for stands in one row of a workload and period."""
    frame = told.case["actual_work"]
    entries = keys(frame, ["workload", "period"])
    code = codes(list(dict.fromkeys(entries)), entries)
    filled = ~np.isnan(numbers(frame, "asked"))
    again = pd.Series(code[filled]).duplicated().to_numpy()
    twice = np.zeros(len(frame), dtype=bool)
    twice[np.flatnonzero(filled)[again]] = True
    return rows(
        Cells(told.case, "actual_work", "asked", twice),
        "told-twice",
        "stands in another row of {workload} in {period} already",
        "keep it in one of them",
    )


def periods_passed(told: Told) -> list[Problem]:
    """Only what has passed is known."""
    problems = []
    for table in ("actual_work", "actual_milestones", "actual_power", "actual_cash"):
        period = numbers(told.case[table], "period")
        problems += rows(
            Cells(told.case, table, "period", _outside(period, told.by)),
            "period-not-passed",
            "must be a period that has passed: {_passed}",
            "remove the row, or correct the period",
            _passed=told.passed,
        )
    return problems


def _outside(period: np.ndarray, by: int) -> Bools:
    return np.asarray((period < 0) | (period >= by))


def project_at_site(told: Told) -> list[Problem]:
    """A power project that is told is one of its site."""
    frame = told.case["actual_power"]
    homes = {
        place
        for table in ("power_projects", "power_orders")
        for place in keys(told.case[table], ["project", "site"])
    }
    here = [place in homes for place in keys(frame, ["project", "site"])]
    return rows(
        Cells(
            told.case,
            "actual_power",
            "project",
            (texts(frame, "project") != "") & ~np.array(here, dtype=bool),
        ),
        "project-elsewhere",
        "is no power project of {site}",
        "correct the site or the project",
    )


RULES: Final[tuple[Callable[[Told], list[Problem]], ...]] = (
    line_known,
    line_passed,
    line_before,
    lots_are_counted,
    order_in_time,
    arrives_after,
    in_its_unit,
    says_how_many,
    has_such_a_price,
    lots_are_there,
    counted_once,
    asked_once,
    periods_passed,
    project_at_site,
)
"""In reading order."""
