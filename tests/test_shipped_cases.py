"""The cases that ship: they read, solve, are proven, and say what their READMEs say; as linear
programs, and whole."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

from planner.case import read_case
from planner.case.tables import TABLES
from planner.limits import RANGED
from planner.lp.certificate import Certificate, certify
from planner.lp.highs import LiveModel, solve
from planner.lp.pulp import solve_with_pulp
from planner.lp.solution import Solution
from planner.model import Formulation, formulate
from planner.pipeline import run
from planner.plan.extract import RANGED_COLUMNS, extract
from planner.plan.plan import Plan
from planner.solving import Options
from tests.shipped import DIVISIBLE

INPUTS = Path(__file__).parent.parent / "inputs"
CASES = sorted(path.parent.name for path in INPUTS.glob("*/case.yaml"))
LARGE = [
    pytest.param(name, marks=pytest.mark.slow) if name == "frontier-lab" else name for name in CASES
]
"""frontier-lab takes CBC some ten seconds."""


@functools.cache
def solved(name: str) -> tuple[Formulation, Solution, Certificate, Plan]:
    formulation = formulate(read_case(INPUTS / name, DIVISIBLE))
    model = LiveModel(formulation.program)
    solution = model.solve()
    certificate = certify(formulation.program, solution)
    low, high, cost_up = model.ranges(RANGED, RANGED_COLUMNS)
    return (
        formulation,
        solution,
        certificate,
        extract(formulation, solution, certificate, ranges=(low, high), cost_up=cost_up),
    )


def test_the_cases_are_there() -> None:
    assert CASES == ["frontier-lab", "gov-cloud", "power-bound", "quickstart"]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_proven(name: str) -> None:
    _, solution, certificate, plan = solved(name)
    assert solution.status == "optimal"
    assert certificate.bound <= certificate.objective * (1 + 1e-9)
    assert certificate.gap <= 1e-6
    assert plan.summary["objective_usd"] == pytest.approx(solution.objective, rel=1e-9)
    assert np.allclose(plan["causes"].groupby("line_id")["share_pct"].sum(), 100.0)


@pytest.mark.parametrize("name", LARGE)
def test_another_solver_finds_the_same(name: str) -> None:
    formulation, solution, _, _ = solved(name)
    other = solve_with_pulp(formulation.program)
    assert other.status == "optimal"
    assert other.objective == pytest.approx(solution.objective, rel=1e-7)


@pytest.mark.parametrize("name", ["gov-cloud", "power-bound", "quickstart"])
def test_another_algorithm_finds_the_same(name: str) -> None:
    formulation, solution, _, _ = solved(name)
    assert solve(formulation.program, algorithm="ipx").objective == pytest.approx(
        solution.objective, rel=1e-8
    )


def test_all_but_the_one_worked_by_hand_are_whole() -> None:
    assert {name: read_case(INPUTS / name).whole for name in CASES} == {
        name: name != "quickstart" for name in CASES
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("gov-cloud", 125.65),
        ("power-bound", 235.23),
        pytest.param("frontier-lab", 11737.33, marks=pytest.mark.full),
    ],
)
def test_whole_plans_of_two_solvers(name: str, millions: float, tmp_path: Path) -> None:
    """Each is proven to the gap that is asked for, costs what its README says, and no bound is
    above the other's cost; what is bought is what is ordered."""
    found = {}
    for solver in ("highs", "pulp:PULP_CBC_CMD"):
        result = run(INPUTS / name, out=tmp_path, options=Options(solver=solver))
        assert result.status == "optimal" and result.plan is not None, result.message
        found[solver] = result.plan.summary
        buy, orders = (result.plan[table].set_index("line_id") for table in ("buy_plan", "orders"))
        bought = buy[(buy["status"] == "new") & buy["action"].isin(["buy", "lease", "reserve"])]
        ordered = orders["quantity"].reindex(bought.index).to_numpy()
        assert len(bought) and ordered == pytest.approx(bought["chips"].to_numpy(), abs=1e-6)
    one, two = found.values()
    assert one["objective_usd"] / 1e6 == pytest.approx(millions, rel=1e-3)
    gaps = one["gap"] * one["objective_usd"] + two["gap"] * two["objective_usd"]
    assert abs(one["objective_usd"] - two["objective_usd"]) <= gaps + 0.01
    for mine, other in ((one, two), (two, one)):
        assert mine["objective_usd"] <= mine["bound_usd"] * (1 + 1.001e-3)
        assert mine["bound_usd"] <= other["objective_usd"] * (1 + 1e-9)


@pytest.mark.full
def test_the_largest_is_proven_to_a_ten_thousandth(tmp_path: Path) -> None:
    """By our own search, without the solver's: the bound is that of its tree."""
    result = run(
        INPUTS / "frontier-lab",
        overrides=("case.run.whole_gap=1e-4",),
        out=tmp_path,
        options=Options(threads=1),
    )
    assert result.status == "optimal" and result.plan is not None, result.message
    told = result.plan.summary
    assert told["gap"] <= 1e-4
    assert told["bound_usd"] <= 11736.70e6
    assert told["objective_usd"] <= 11737.33e6 * (1 + 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_fact_has_a_source(name: str) -> None:
    case = read_case(INPUTS / name)
    for table in TABLES:
        columns = [column.name for column in table.columns]
        frame = case[table.name]
        if {"source", "as_of"} <= {*columns}:  # elsewhere a source is what an import noted
            assert (frame["source"] != "").all(), table.name
        if "as_of" in columns:
            assert (frame["as_of"] != "").all(), table.name


def test_quickstart_is_what_its_readme_derives() -> None:
    _, _, _, plan = solved("quickstart")
    assert plan.summary["objective_usd"] == 1070072.00
    buy = plan["buy_plan"].query("status == 'new'").set_index("order_period")["chips"]
    assert dict(buy) == pytest.approx({"2027Q1": 20, "2027Q2": 20, "2027Q3": 20, "2028Q1": 50})
    costs = plan["costs"].groupby("term")["nominal_usd"].sum()
    assert dict(costs) == pytest.approx(
        {"chips": 4_400_000, "energy": 270_072, "residual": -3_600_000}
    )
    fleet = plan["fleet"].set_index(["chip", "period"])
    assert fleet.loc[("hopper", "2028Q3"), "powered"] == pytest.approx(60) and fleet.loc[
        ("hopper", "2028Q2"), "powered"
    ] == pytest.approx(120)
    assert fleet.loc[("blackwell", "2028Q4"), "held"] == pytest.approx(110)
    work = plan["allocation"].set_index(["period", "chip", "work"])["chips"]
    assert work[("2028Q3", "blackwell", "chat")] == pytest.approx(80) and work[
        ("2028Q3", "blackwell", "model-2")
    ] == pytest.approx(30)
    assert plan["power"]["energy_mwh"].sum() == pytest.approx(3600.96 * 1.25)
    worth = plan["power"].set_index("period")["worth_usd_per_mw"]
    assert worth["2028Q3"] + worth["2028Q4"] == pytest.approx(3_668_800)


@pytest.mark.parametrize(
    ("name", "millions"),
    [("frontier-lab", 11733.82), ("gov-cloud", 125.61), ("power-bound", 234.24)],
)
def test_readmes_state_the_divisible_cost(name: str, millions: float) -> None:
    assert solved(name)[1].objective / 1e6 == pytest.approx(millions, abs=0.006)
