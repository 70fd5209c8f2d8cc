"""Where a chart draws what: heights, places and sizes by hand, and the table beside it."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from planner.report.figures import figures_of
from planner.report.page.front import summary
from planner.report.page.run import read_run
from planner.report.page.stacks import stacked
from planner.report.page.supply import _milestones
from planner.report.page.timelines import Fullness, bubbles, heat, spans
from tests.report.approved import KEPT

PERIODS = ("2027Q1", "2027Q2")


def numbers(svg: str, tag: str, name: str, kind: str = "") -> list[float]:
    """An attribute of all elements of a tag (and class) in a drawing."""
    found = re.findall(rf"<{tag}\b[^>]*>", svg)
    return [
        float(value[1])
        for element in found
        if kind in element and (value := re.search(rf'\b{name}="(-?[0-9.]+)"', element))
    ]


def test_stacks_stand_on_each_other() -> None:
    """Two series of 30 and 10 in one period: the second begins where the first ends."""
    chart = stacked("t", PERIODS, {"a": np.array([30.0, 0.0]), "b": np.array([10.0, 0.0])}, "chips")
    tops = numbers(chart.svg, "rect", "y", "data-tip")
    heights = numbers(chart.svg, "rect", "height", "data-tip")
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.3)
    assert tops[1] + heights[1] == pytest.approx(tops[0], abs=0.2)
    assert chart.rows == (("2027Q1", "30", "10", "40"), ("2027Q2", "0", "0", "0"))


def test_only_the_largest_series_have_a_colour_of_their_own() -> None:
    series = {f"s{i:02d}": np.array([float(i), 0.0]) for i in range(1, 13)}
    chart = stacked("t", PERIODS, series, "chips")
    assert "s12" in chart.header
    assert "s01" not in chart.header
    assert "all others" in chart.header


def test_deadlines_stand_at_the_end_of_their_period() -> None:
    """A run through the first of two periods, due at its end: bar and line end together."""
    chart = spans("t", PERIODS, [("run", 0.0, 1.0, 1.0, "tip")])
    (left,) = numbers(chart.svg, "rect", "x", "data-tip")
    (width,) = numbers(chart.svg, "rect", "width", "data-tip")
    (deadline,) = numbers(chart.svg, "line", "x1", '"limit"')
    assert left + width == pytest.approx(deadline, abs=0.2)


def test_bubbles_by_area() -> None:
    """Four times the chips are twice as wide."""
    chart = bubbles("t", PERIODS, ["b200"], np.array([[400.0, 100.0]]), "chips")
    wide, small = numbers(chart.svg, "circle", "r")
    assert wide == pytest.approx(2 * small, rel=0.02)


def test_fullness_in_per_cent() -> None:
    power = Fullness(["power"], np.array([[0.5, np.nan]]), [["x", "y"]], np.zeros((1, 2), bool))
    chart = heat("t", PERIODS, power)
    assert chart.rows == (("power", "50.0 %", ""),)


def test_a_milestone_is_drawn_to_the_end_of_its_last_period() -> None:
    run = read_run(KEPT["quickstart"])
    table = (
        run["milestones"]
        .head(1)
        .assign(
            planned_start=run.periods[0], planned_finish=run.periods[1], deadline=run.periods[1]
        )
    )
    chart = _milestones(dataclasses.replace(run, tables={**run.tables, "milestones": table}))
    assert chart is not None
    (left,) = numbers(chart.svg, "rect", "x", "data-tip")
    (width,) = numbers(chart.svg, "rect", "width", "data-tip")
    (deadline,) = numbers(chart.svg, "line", "x1", '"limit"')
    assert left + width == pytest.approx(deadline, abs=0.2)


def test_demand_met_is_the_worst_of_all() -> None:
    """A workload of which 87.5 % are served in one period, beside larger ones that are met."""
    run = read_run(KEPT["quickstart"])
    coverage = run["demand_coverage"]
    short = coverage.assign(short=[1.0] + [0.0] * (len(coverage) - 1))
    short.loc[0, "demand"] = 8.0
    tables = {**run.tables, "demand_coverage": short}
    figures = figures_of(run.plan, tables)
    chapter = summary(dataclasses.replace(run, tables=tables, figures=figures))
    (card,) = [card for card in chapter.cards if card.name.startswith("Demand met")]
    assert card.value == "87.5 %" and card.alarm
    assert figures.worst == (coverage["workload"][0], coverage["period"][0], 0.875)
