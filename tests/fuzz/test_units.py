"""The same case in other units is the same plan, and sane cases of any size end proven."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case.tables import TABLES
from planner.pipeline import RunResult, run
from tests.fuzz.mutant import PUBLISHED, SHIPPED, TINY, Mutant, load
from tests.fuzz.units import OF_UNIT, convert
from tests.shipped import DIVISIBLE

UNITS: dict[str, dict[str, float]] = {
    "kUSD": {"usd": 1e-3},
    "cents": {"usd": 100.0},
    "thousand chips": {"chip": 1e-3},
    "thousandths of chips": {"chip": 1e3},
    "EFLOP": {"flop": 1e-18},
    "kW": {"power": 1e3},
    "billion tokens": {"token": 1e-3},
    "all at once": {"usd": 1e-3, "chip": 1e-3, "flop": 1e-18, "power": 1e-3, "token": 1e-3},
}
QUICK = [
    ("inputs/quickstart", "kUSD"),
    ("inputs/power-bound", "thousand chips"),
    ("inputs/quickstart", "EFLOP"),
]
BEYOND = "tests/cases/westeros", "kW"
"""A country's grid, whose figures in kW are refused as a wrong unit of MW."""
EVERY = [
    (base, unit)
    for base in (*SHIPPED, *PUBLISHED, TINY)
    for unit in UNITS
    if (base, unit) not in (*QUICK, BEYOND)
]
TIES = {"tests/cases/winston"}
"""Cases with several plans of least cost, one of which is found."""


def planned(case: Mutant, folder: Path) -> RunResult:
    # a rack of a thousandth of a unit is none: what is whole is no matter of units
    result = run(case.write(folder / "case"), out=folder / "out", overrides=DIVISIBLE)
    assert result.status == "optimal", result.message
    return result


def chips(result: RunResult, size: float) -> dict[str, float]:
    assert result.plan is not None
    plan = result.plan["buy_plan"]
    plan = plan[
        plan["action"] != "rent"
    ]  # the most rented in any slice: batch work may lie in one or another at the same cost
    return {
        str(line): float(count) / size
        for line, count in zip(plan["line_id"], plan["chips"], strict=True)
        if count == count
    }


def cost(result: RunResult, size: float = 1.0) -> float:
    assert result.plan is not None
    return float(result.plan.summary["objective_usd"]) / size


def same_plan(base: str, unit: str, folder: Path) -> None:
    case, by = load(base), UNITS[unit]
    if base == TINY:  # so few chips in thousands fall below the 6 decimals of a written plan
        case = grown(case, 1e3)
    ours, other = planned(case, folder / "ours"), planned(convert(case, **by), folder / "other")
    money = by.get("usd", 1.0)
    # plan.json adds amounts that are rounded to cents, and a cent of a kUSD is 10 USD
    assert cost(other, money) == pytest.approx(cost(ours), rel=1e-7, abs=0.05 / min(money, 1.0))
    if base in TIES:
        return
    ours_by, other_by = (
        result.plan.summary["totals"]["discounted_usd_by_term"]
        for result in (ours, other)
        if result.plan is not None
    )
    assert {term: usd / money for term, usd in other_by.items()} == pytest.approx(
        ours_by, rel=1e-6, abs=0.5 / min(money, 1.0)
    )
    size = by.get("chip", 1.0)
    assert chips(other, size) == pytest.approx(
        chips(ours, 1.0), rel=1e-6, abs=1e-6 / min(size, 1.0)
    )


def test_every_unit_has_its_dimensions() -> None:
    assert {
        column.unit
        for table in TABLES
        for column in table.columns
        if column.type in ("number", "integer")
    } <= set(OF_UNIT)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("base", "unit"), QUICK)
def test_other_units_same_plan(tmp_path: Path, base: str, unit: str) -> None:
    same_plan(base, unit, tmp_path)


@pytest.mark.parametrize(
    ("base", "unit"),
    [
        pytest.param(*pair, marks=pytest.mark.full if number % 20 else pytest.mark.slow)
        for number, pair in enumerate(EVERY)
    ],
)
def test_other_units_same_plan_everywhere(tmp_path: Path, base: str, unit: str) -> None:
    same_plan(base, unit, tmp_path)


def grown(case: Mutant, times: float) -> Mutant:
    """The case with so many times the chips, power, work and money, and every figure per chip as it
    was."""
    return convert(case, usd=times, chip=times, power=times, flop=times, token=times)


def with_cells(case: Mutant, table: str, **cells: Any) -> Mutant:
    """The case with some cells of the first row of a table set."""
    rows = case.rows(table)
    for column, value in cells.items():
        rows[1][rows[0].index(column)] = str(value)
    case.set_rows(table, rows)
    return case


@pytest.mark.sampled(3)
@pytest.mark.parametrize("fleet", [10, 10_000, 10_000_000])
def test_fleets_of_any_size(tmp_path: Path, fleet: int) -> None:
    """A fleet so much larger, with as much more of everything it does, costs so much more."""
    times = fleet / 120
    small = planned(load("inputs/quickstart"), tmp_path / "small")
    large = planned(grown(load("inputs/quickstart"), times), tmp_path / "large")
    assert chips(large, times) == pytest.approx(
        chips(small, 1.0), rel=1e-6, abs=1e-6 / min(times, 1.0)
    )
    assert cost(large, times) == pytest.approx(cost(small), rel=1e-7, abs=0.05 / min(times, 1.0))


@pytest.mark.slow
@pytest.mark.parametrize("flop", [1e20, 1e27])
def test_milestones_of_any_size(tmp_path: Path, flop: float) -> None:
    """On the same chips at 1e20 FLOP; on 2,600 times as many, which do 2,600 times as much, at
    1e27."""
    times = max(flop / 3.8631168e23, 1.0)
    case = with_cells(load("inputs/quickstart"), "milestones.csv", flop=flop / times)
    plan = planned(grown(case, times), tmp_path).plan
    assert plan is not None
    (done,) = plan["milestones"]["flop"]
    assert done == pytest.approx(flop, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("periods", [1, 60])
def test_horizons_of_any_length(tmp_path: Path, periods: int) -> None:
    case = load("inputs/quickstart")
    for name in ("milestones.csv", "training.csv"):
        del case.files[name]
    labels = [f"{2027 + t // 4}Q{t % 4 + 1}" for t in range(periods)]
    case.set_rows(
        "demand.csv",
        [
            ["workload", "period", "output_mtok"],
            *(["chat", label, str(900_000 + 20_000 * t)] for t, label in enumerate(labels)),
        ],
    )
    case.set_rows(
        "power.csv", [["site", "period", "mw"], *(["home", label, "2"] for label in labels)]
    )
    case.files["case.yaml"] = case.files["case.yaml"].replace(
        b"periods: 8", b"periods: %d" % periods
    )
    result = planned(case, tmp_path)
    assert result.plan is not None
    assert result.plan.summary["horizon"]["periods"] == periods
    assert (len(chips(result, 1.0)) > 10) is (periods == 60)
