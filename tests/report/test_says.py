"""Headings that say what is so: each rule, on numbers by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.plan.totals import Worst
from planner.report.page.says import (
    buys_say,
    cash_says,
    decide_says,
    doubts_say,
    met_says,
    prices_say,
    proof_says,
    site_says,
    sites_say,
    whole_says,
    work_says,
)
from planner.report.page.stacks import Beside, stacked
from planner.report.page.supply import headroom
from planner.report.page.years import years_first
from planner.report.years import calendar_years
from planner.runs.resolved import BreakEven, Resolved

PERIODS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")


@pytest.mark.parametrize(
    ("lines", "usd", "able", "says"),
    [
        (0, 0.0, 0, "Nothing is to be decided now"),
        (1, 8e5, 0, "1 line for 800,000 USD is to be signed by 1 May"),
        (1, 8e5, 1, "1 line for 800,000 USD is to be signed by 1 May; it can wait"),
        (
            8,
            1.13e9,
            3,
            "8 lines for 1.13 billion USD are to be signed by 1 May; 3 of them can wait",
        ),
        (2, 3e6, 2, "2 lines for 3.00 million USD are to be signed by 1 May; all of them can wait"),
    ],
)
def test_what_is_to_be_signed(lines: int, usd: float, able: int, says: str) -> None:
    assert decide_says(lines, usd, able, "1 May") == says


@pytest.mark.parametrize(
    ("short", "worst", "says"),
    [
        (0, Worst("", "", 1.0), "Every workload is served in full, in every period"),
        (1, Worst("c", "2027Q2", 0.928), "Of c 92.8 % is served in 2027Q2, of all else all"),
        (
            2,
            Worst("c", "2027Q2", 0.5),
            "2 of 3 workloads are short, c most: of it 50 % is served in 2027Q2",
        ),
    ],
)
def test_how_much_is_met(short: int, worst: Worst, says: str) -> None:
    told: Any = SimpleNamespace(workloads=3, short=short, worst=worst)
    assert met_says(told) == says


def test_when_most_is_paid() -> None:
    cash = pd.DataFrame({"year": ["2027", "2028"], "paid": [1e6, 3e6]})
    told: Any = SimpleNamespace(cash=cash, paid_usd=4e6)
    assert (
        cash_says(told)
        == "4.00 million USD is paid from 2027 to 2028, most in 2028: 3.00 million USD"
    )


def cells(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Tight cells: kind, item, period, value."""
    return pd.DataFrame(rows, columns=["kind", "item", "period", "value"])


LIQUID, POWER = "liquid cooling", "power"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            [(LIQUID, "lulea", "2027Q3", 5.0), (LIQUID, "lulea", "2027Q4", 5.0)],
            "Liquid cooling, not power, holds lulea back from 2027Q3",
        ),
        ([(POWER, "iowa", "2027Q2", 5.0)], "Power holds iowa back in 2027Q2"),
        (
            [(POWER, "iowa", "2027Q1", 5.0), (LIQUID, "iowa", "2027Q2", 1.0)],
            "Power and liquid cooling hold iowa back from 2027Q1 to 2027Q2",
        ),
        (
            [(POWER, "a", "2027Q1", 1.0), (POWER, "a", "2027Q3", 1.0), (POWER, "b", "2027Q1", 9.0)],
            "Power holds b back in 2027Q1",
        ),
        (
            [(POWER, "a", "2027Q1", 1.0), (POWER, "a", "2027Q3", 1.0)],
            "Power holds a back between 2027Q1 and 2027Q3",
        ),
        (
            [(POWER, "a", "2027Q1", 1.0), (POWER, "a", "2027Q4", 1.0)],
            "Power holds a back from 2027Q1, not always",
        ),
        ([(POWER, "a", label, 1.0) for label in PERIODS], "Power holds a back throughout"),
        ([("supply", "g", "2027Q1", 9.0)], ""),
    ],
)
def test_what_holds_a_site_back(rows: list[tuple[str, str, str, float]], says: str) -> None:
    assert site_says(cells(*rows), PERIODS) == says


def test_a_site_that_is_hardly_held_back_is_not_told() -> None:
    assert site_says(cells((POWER, "a", "2027Q1", 1.0)), PERIODS, least_usd=2.0) == ""


def test_how_full_the_halls_get() -> None:
    power = pd.DataFrame(
        {
            "site": ["a", "b"],
            "limit_mw": [10.0, 10.0],
            "built_mw": [0.0, 10.0],
            "kept_free_mw": [1.0, 0.0],
            "used_mw": [9.0, 5.0],
        }
    )
    assert sites_say(power, {"b": 10.0}) == (
        "1 of 2 sites use all their power at some time; 10 MW at b are bought"
    )
    half = power.assign(used_mw=[4.5, 5.0])
    assert sites_say(half, {}) == "No site uses more than 50 % of its power; none is bought"
    assert sites_say(power.assign(limit_mw=np.nan), {}) == "No site has a limit of power"


def test_what_is_ordered_and_done() -> None:
    assert buys_say({}) == "No chip is bought, leased or reserved"
    assert buys_say({"x": 20.0}) == "20 x are ordered"
    assert buys_say({"x": 1.0, "y": 3.0}) == "4 chips are ordered, 75 % of them y"
    assert work_says({}) == "The chips have no work"
    assert (
        work_says({"training": 1.0, "inference": 3.0})
        == "What the chips do: 75 % inference, 25 % training"
    )


def test_what_comes_nearest_and_what_needs_a_person() -> None:
    near = BreakEven("b", "home", "2027Q1", 100.0, 99.99)
    run: Any = SimpleNamespace(resolved=Resolved(divisible=False, break_evens=(near,)))
    assert prices_say(run) == "b at home in 2027Q1 comes nearest: 0.01 % cheaper, and it is bought"
    run = SimpleNamespace(resolved=None)
    assert prices_say(run) == "What was considered and is not bought"
    assert doubts_say(pd.DataFrame({"severity": ["low", "high", "low"]})) == (
        "3 things need a person: 1 high, 2 low"
    )
    assert doubts_say(pd.DataFrame({"severity": []})) == "Nothing needs a person"


def test_how_far_it_is_proven() -> None:
    audit = {"audit": {"checks": 7}}
    plan = {"status": "optimal", "gap": 1e-13, "objective_usd": 1e9, "proof": audit}
    assert (
        proof_says(plan) == "No plan costs less, proven to the cent; 7 checks of the audit passed"
    )
    assert (
        proof_says({**plan, "gap": 1e-4})
        == "No plan costs less by more than 0.01 %; 7 checks of the audit passed"
    )
    assert proof_says({**plan, "status": "not_proven"}).startswith("NOT PROVEN")


def test_what_wholeness_costs() -> None:
    plan = {"objective_usd": 11748394353.56, "whole": {"costs_usd": 3326741.15}}
    assert whole_says(plan) == (
        "That things are ordered whole costs 3.33 million USD, 0.028 % of the plan"
    )
    plan["whole"] = {"costs_usd": 0.0}
    assert whole_says(plan) == "That things are ordered whole costs nothing"


def test_headroom_in_words() -> None:
    assert [headroom(share) for share in (0.1, -0.02, 1e-5)] == ["10 % free", "2 % short", "full"]


def test_years_first_and_periods_on_demand() -> None:
    """Ten quarters: cash adds up, chips are those at the end of a year."""
    labels = tuple(f"{2027 + t // 4}Q{t % 4 + 1}" for t in range(10))
    values = {"x": np.arange(10.0)}
    told = {
        how: calendar_years(labels).grouped(values["x"], how).tolist()
        for how in ("sum", "last", "least", "greatest")
    }
    assert told == {
        "sum": [6.0, 22.0, 17.0],
        "last": [3.0, 7.0, 9.0],
        "least": [0.0, 4.0, 8.0],
        "greatest": [3.0, 7.0, 9.0],
    }
    chart = years_first(
        labels, values, "sum", lambda periods, series: stacked("t", periods, series, "USD")
    )
    assert [row[0] for row in chart.rows] == ["2027", "2028", "2029"]
    assert chart.by_period is not None and len(chart.by_period.rows) == 10
    few = years_first(
        labels[:4], {"x": np.ones(4)}, "sum", lambda p, series: stacked("t", p, series, "USD")
    )
    assert few.by_period is None and len(few.rows) == 4


def test_a_line_beside_the_bars_has_its_column() -> None:
    beside = Beside("there is", np.array([5.0, 6.0]), ("80 % free", "full"), "headroom")
    chart = stacked("t", ("2027", "2028"), {"a": np.array([1.0, 6.0])}, "h", beside=beside)
    assert chart.header == ("period", "a", "sum", "there is", "headroom")
    assert chart.rows[0] == ("2027", "1", "1", "5", "80 % free")
    assert chart.svg.count('class="limit"') == 2 and chart.narrow.count('class="limit"') == 2
