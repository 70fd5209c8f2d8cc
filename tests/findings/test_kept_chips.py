"""A run that must keep chips (``min_chips``) and builds on another: what it keeps before the other
is there is idle, and never makes a plan impossible or trains the other for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.case import read_case
from planner.pipeline import run as plan_case
from tests.helpers import write_case
from tests.model.small import settings, tables
from tests.model.test_equations import TRAIN, YEAR_FLOP, run
from tests.oracle import solve_oracle


def test_what_counts_of_kept_chips_is_written(tmp_path: Path) -> None:
    """m1 takes 5 chips for two years.  m2 keeps 7 in both of them: nothing of it counts in 2025,
    half of its 5 chip-years in 2026, so half is late by a year; in 2027 the rest is done by chips
    that are there."""
    case = tables(
        3,
        workloads=None,
        demand=None,
        throughput=None,
        training=TRAIN,
        milestones=[
            run(max_chips=5),
            run(
                milestone="m2",
                flop=5 * YEAR_FLOP,
                min_chips=7,
                late_usd_per_period=1000,
                after="m1",
            ),
        ],
    )
    folder = write_case(tmp_path / "case", case, settings(3))
    assert solve_oracle(read_case(folder))[:2] == ("optimal", pytest.approx(1700))
    result = plan_case(folder, out=tmp_path / "out")
    assert result.status == "optimal" and result.plan is not None
    plan = result.plan
    assert plan["buy_plan"]["chips"].sum() == pytest.approx(12)
    m1, m2 = plan["milestones"].to_dict("records")
    assert m1["delivered_flop"] == pytest.approx(10 * YEAR_FLOP)
    assert m1["late_flop"] == 0
    assert m2["delivered_flop"] == pytest.approx(2.5 * YEAR_FLOP)
    assert m2["late_flop"] == pytest.approx(2.5 * YEAR_FLOP)
    assert m2["late_usd"] == pytest.approx(500)
    assert str(m2["planned_finish"]) == "2027"


def test_kept_chips_beyond_the_whole_ask_nothing_of_what_they_build_on(tmp_path: Path) -> None:
    """m1 takes 10 chip-years; m2, after it, keeps 7 chips through 2026 for 5 chip-years of work:
    7/5 of it, which once asked for 7/5 of m1 (14 chips instead of 10) or for the impossible."""
    case = tables(
        workloads=None,
        demand=None,
        throughput=None,
        training=TRAIN,
        milestones=[
            run(),
            run(milestone="m2", flop=5 * YEAR_FLOP, start="2026", min_chips=7, after="m1"),
        ],
    )
    folder = write_case(tmp_path / "case", case, settings())
    assert solve_oracle(read_case(folder))[:2] == ("optimal", pytest.approx(1000))
    result = plan_case(folder, out=tmp_path / "out")
    assert result.status == "optimal" and result.plan is not None
    assert result.plan["buy_plan"]["chips"].sum() == pytest.approx(10)
