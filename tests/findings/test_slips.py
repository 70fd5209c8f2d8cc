"""Slips of units and swapped columns: warned, with the likely slip, and no shipped figure is."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from pathlib import Path

import numpy as np
import pytest

from planner.case import read_case
from planner.case.case import Case
from planner.case.checks import RULES, check
from planner.case.declare import most
from planner.case.known import usual_figures
from planner.case.origin import header_of, rows_of
from planner.case.problems import Problem
from planner.case.tables import TABLE, TABLES

SHIPPED = Path(__file__).resolve().parents[2] / "inputs"
CASES = ("frontier-lab", "gov-cloud", "power-bound")
FIGURES = [
    rule for rule in RULES if rule.__module__.endswith(("familiar", "plausible", "relations"))
]
OLD = {"stale", "no-source"}


@functools.cache
def shipped(name: str) -> Case:
    return read_case(SHIPPED / name)


def slipped(case: Case, table: str, column: str, factor: float, *, single: bool) -> Case | None:
    """The case with a column, or its first figure, in another unit; None where it has no figure."""
    frame = case[table].copy()
    value = frame[column].to_numpy(dtype=np.float64).copy()
    filled = np.flatnonzero(~np.isnan(value) & (value != 0))
    if not len(filled):
        return None
    value[filled[:1] if single else filled] *= factor
    frame[column] = value
    return dataclasses.replace(case, tables={**case.tables, table: frame})


def out_of_range(case: Case, table: str, column: str) -> bool:
    """Whether the reader would have refused a figure of a column."""
    declared, value = TABLE[table].column(column), case[table][column].to_numpy(dtype=np.float64)
    largest = most(declared.unit)
    return bool(
        (declared.high is not None and (value > declared.high).any())
        or (declared.low is not None and (value < declared.low).any())
        or (declared.above and (value == declared.low).any())
        or (largest is not None and (value > largest).any())
    )


def told(case: Case) -> list[Problem]:
    return [problem for rule in FIGURES for problem in rule(case)]


@pytest.mark.parametrize("name", [*CASES, "quickstart"])
def test_no_shipped_figure_is_warned_of(name: str) -> None:
    assert {problem.code for problem in shipped(name).warnings} <= OLD


@pytest.mark.slow
@pytest.mark.parametrize("single", [False, True], ids=["a column", "a cell"])
def test_slips_are_warned_of_with_the_likely_slip(single: bool) -> None:
    """At least 95 % of 200 slips (every column times every usual factor) are told, with the slip
    that was made among the two that are suggested."""
    asked, missed, unnamed = 0, [], []
    for (table, column), usual in usual_figures().items():
        for factor, words in usual.slips:
            cases = (slipped(shipped(n), table, column, factor, single=single) for n in CASES)
            case = next((case for case in cases if case is not None), None)
            if case is None:
                continue
            asked += 1
            if out_of_range(case, table, column):
                continue
            found = told(case)
            if not found:
                missed.append((table, column, factor))
            elif not any(words in problem.fix for problem in found):
                unnamed.append((table, column, factor))
    assert asked >= 190
    assert len(missed) + len(unnamed) <= 0.05 * asked, (missed, unnamed)


BOUNDED = {
    "share": "its own range, 0 to 1, leaves no room for a unit",
    "chips": "a count: racks or servers for chips are told by power and demand, not by a range",
    "bytes": "1 to 8, by declaration",
    "by measure": "the measure of its row says its unit",
    "USD/unit": "the measure of its row says its unit",
}
"""Units of columns without a usual range, and why they have none."""
UNRANGED = {
    ("workloads", "multiple_of_milestones"),
    ("resale", "age_years"),
    ("survival", "age_years"),
    ("maintenance", "age_years"),
    ("budgets", "used_usd"),
    ("token_offers", "max_mtok"),
    ("token_offers", "min_usd"),
    ("token_offers", "missed_usd_per_usd"),
}
"""Ages of curves begin at 0; a multiple is of the user's own; what is used may be anything."""


def test_every_column_of_figures_has_a_usual_range_or_needs_none() -> None:
    without = {
        (table.name, column.name)
        for table in TABLES
        if not table.past and table.name != "last_plan"
        for column in table.columns
        if column.type == "number"
        and (table.name, column.name) not in usual_figures()
        and column.unit not in BOUNDED
    }
    assert without == UNRANGED


FOUND = {
    "14,000 MW for 14": ("power-bound", "power", "mw", 1e3, "kW for MW"),
    "tokens for Mtok": ("frontier-lab", "demand", "output_mtok", 1e6, "tokens for million"),
    "USD/kWh": ("frontier-lab", "sites", "usd_per_mwh", 1e-3, "USD/kWh for USD/MWh"),
    "W for kW": ("gov-cloud", "chips", "kw_peak", 1e3, "W for kW"),
    "a rack's price": ("frontier-lab", "offers", "usd_per_chip", 72.0, "a rack of 72"),
    "a server's throughput": ("frontier-lab", "throughput", "output_tok_per_s", 8.0, "of 8"),
}


@pytest.mark.parametrize("name", FOUND)
def test_the_slips_that_were_found(name: str) -> None:
    base, table, column, factor, words = FOUND[name]
    case = slipped(shipped(base), table, column, factor, single=True)
    assert case is not None
    good = shipped(base)[table][column]
    (at,) = np.flatnonzero((case[table][column] != good) & good.notna()).tolist()
    cell = int(rows_of(case[table], column)[at]), header_of(case[table], at, column)
    found = [p for p in told(case) if p.file == f"{table}.csv" and (p.row, p.column) == cell]
    assert any(words in problem.fix for problem in found)


def test_a_pue_of_sixty_is_warned_of() -> None:
    """The energy price in the column of the PUE."""
    case = shipped("frontier-lab")
    frame = case["sites"].assign(pue=60.0)
    found = told(dataclasses.replace(case, tables={**case.tables, "sites": frame}))
    assert [(p.column, p.value) for p in found] == [("pue", "60")]


TWINS = {
    ("chips", "maintenance_usd_per_chip_year", "decommission_usd_per_chip"),
    ("chips", "economic_life_years", "book_life_years"),
    ("offers", "min_per_period", "max_per_period"),
    ("power_projects", "deposit_share", "liquid_share"),
}
"""Pairs whose figures may be either's: nothing but the header tells them apart."""


def pairs() -> list[tuple[str, str, str, str]]:
    """Two columns of figures of one table that a shipped case fills: case, table, columns."""
    found: dict[tuple[str, str, str], str] = {}
    for name, table in itertools.product(CASES, TABLES):
        frame = shipped(name)[table.name]
        figures = [
            column.name
            for column in table.columns
            if column.type in ("number", "integer") and not frame[column.name].isna().all()
        ]
        for one, two in itertools.combinations(figures, 2):
            same = np.array_equal(frame[one], frame[two], equal_nan=True)
            if not same and (frame[one].nunique() > 1 or frame[two].nunique() > 1):
                found.setdefault((table.name, one, two), name)
    return [(name, *key) for key, name in found.items() if key not in TWINS]


@pytest.mark.full
def test_swapped_columns_are_told() -> None:
    """At least 66 pairs, of which 85 % are told: an error of the reader or of a rule, a warning."""
    tried, missed = 0, []
    for name, table, one, two in pairs():
        case = shipped(name)
        frame = case[table]
        swapped = frame.assign(**{one: frame[two], two: frame[one]})
        new = dataclasses.replace(case, tables={**case.tables, table: swapped})
        tried += 1
        refused = out_of_range(new, table, one) or out_of_range(new, table, two)
        required = any(
            TABLE[table].column(column).required and swapped[column].isna().any()
            for column in (one, two)
        )
        if not refused and not required and not told(new):
            with np.errstate(all="ignore"):
                if not {problem.code for problem in check(new)} - OLD:
                    missed.append((table, one, two))
    assert tried >= 66
    assert len(missed) <= 0.15 * tried, (tried, missed)
