"""Programs, solvers and certificates on linear programs small enough for a pencil, and on random
ones."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.lp.builder import ProgramBuilder
from planner.lp.certificate import certify, coefficient_ranges
from planner.lp.highs import LiveModel, solve
from planner.lp.program import Program
from planner.lp.pulp import list_solvers, solve_with_pulp, write_lp, write_mps
from planner.lp.solution import Solution

AXES = {"good": np.array(["bread", "beer"], dtype=object)}


def bakery(scale: float = 1.0, flour: float = 12.0) -> Program:
    """Earn 3 per bread and 5 per beer from 12 flour (1 and 3 each) and 10 hours (2 and 1): 3.6 and
    2.8 earn 24.8; duals 1.4 and 0.8."""
    builder = ProgramBuilder(axes=AXES)
    make = builder.columns("make", {"good": np.array([0, 1])}, 0.0, 100.0, scale=scale)
    rows = builder.rows(
        "stock",
        {"what": np.array(["flour", "hours"], dtype=object)},
        -np.inf,
        [flour, 10.0],
        scale=1.0 / scale,
    )
    builder.entries(rows[[0, 0, 1, 1]], make[[0, 1, 0, 1]], [1.0, 3.0, 2.0, 1.0])
    builder.cost(make, [-3.0, -5.0])
    return builder.build()


@pytest.mark.parametrize("scale", [1.0, 1000.0, 1e-3])
@pytest.mark.parametrize("algorithm", ["simplex", "ipx"])
def test_bakery(scale: float, algorithm: str) -> None:
    program = bakery(scale)
    solution = solve(program, algorithm=algorithm)  # type: ignore[arg-type]
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(-24.8)
    assert solution.x == pytest.approx([3.6, 2.8])
    assert solution.row_dual == pytest.approx([-1.4, -0.8])
    certificate = certify(program, solution)
    assert (
        certificate.bound == pytest.approx(-24.8)
        and abs(certificate.gap) < 1e-9
        and certificate.max_row_residual < 1e-9
    )


def test_labels_both_ways() -> None:
    program = bakery()
    assert (
        program.column_label(1) == "make[good=beer]" and program.row_label(0) == "stock[what=flour]"
    )
    assert (
        program.column_index("make", good="beer") == 1
        and program.column_index("make", good=0) == 0
        and program.row_index("stock", what="hours") == 1
    )
    with pytest.raises(KeyError, match="good has no 'wine'"):
        program.column_index("make", good="wine")
    with pytest.raises(KeyError, match="no block makes; there are make"):
        program.column_index("makes", good="beer")
    with pytest.raises(KeyError, match="block stock has 0 entries with what=sugar"):
        program.row_index("stock", what="sugar")
    with pytest.raises(KeyError, match="block make has no axis colour; it has good"):
        program.column_index("make", colour=1)


def test_what_a_builder_refuses() -> None:
    builder = ProgramBuilder(axes=AXES)
    with pytest.raises(ValueError, match=r"make\[good=beer\]: upper is missing"):
        builder.columns("make", {"good": np.array([0, 1])}, 0.0, [1.0, np.nan])
    with pytest.raises(ValueError, match=r"make\[good=beer\]: lower 2.0 is above upper 1.0"):
        builder.columns("make", {"good": np.array([0, 1])}, [0.0, 2.0], 1.0)
    make = builder.columns("make", {"good": np.array([0, 1])}, 0.0, 1.0)
    with pytest.raises(ValueError, match="block make exists already"):
        builder.columns("make", {"good": np.array([0])}, 0.0, 1.0)
    with pytest.raises(ValueError, match="labels differ in length"):
        builder.rows("stock", {"a": np.array([0]), "b": np.array([0, 1])}, 0.0, 1.0)
    rows = builder.rows("stock", {"what": np.array(["flour"], dtype=object)}, 0.0, 1.0)
    with pytest.raises(
        ValueError, match=r"coefficient of make\[good=beer\] in stock\[what=flour\] is nan"
    ):
        builder.entries(rows[[0, 0]], make, [1.0, np.nan])
    with pytest.raises(ValueError, match="does not exist"):
        builder.entries(rows, np.array([2]), 1.0)
    with pytest.raises(ValueError, match=r"cost of make\[good=bread\] is not a number"):
        builder.cost(make[:1], [np.inf])


def test_duplicates_add_and_zeros_go() -> None:
    builder = ProgramBuilder()
    x = builder.columns("x", {"i": np.arange(2)}, 0.0, 1.0)
    r = builder.rows("r", {"i": np.arange(1)}, 0.0, 1.0)
    builder.entries(r[[0, 0, 0]], x[[0, 0, 1]], [1.0, 2.0, 0.0])
    program = builder.build()
    assert list(program.data) == [3.0] and list(program.indptr) == [0, 1, 1]


@pytest.mark.parametrize("algorithm", ["simplex", "ipx"])
def test_infeasible_and_unbounded(algorithm: str) -> None:
    infeasible = dataclasses.replace(bakery(), column_lower=np.array([20.0, 20.0]))
    assert solve(infeasible, algorithm=algorithm).status == "infeasible"  # type: ignore[arg-type]
    assert solve_with_pulp(infeasible).status == "infeasible"
    free = bakery()
    unbounded = dataclasses.replace(
        free, column_upper=np.array([np.inf, np.inf]), row_upper=np.array([np.inf, np.inf])
    )
    assert solve(unbounded, algorithm=algorithm).status == "unbounded"  # type: ignore[arg-type]
    assert solve_with_pulp(unbounded).status in ("unbounded", "infeasible")


def test_a_bound_that_cannot_be_proven_says_so() -> None:
    """Neither a bound of the column nor a row that would give one."""
    program = dataclasses.replace(
        bakery(), column_upper=np.array([np.inf, np.inf]), row_upper=np.array([np.inf, np.inf])
    )
    solution = solve(bakery())
    wrong = dataclasses.replace(solution, row_dual=np.zeros(2))
    certificate = certify(program, wrong)
    assert certificate.bound == -np.inf and certificate.unproven == "make[good=bread]"


def test_certificate_does_not_trust_the_solver() -> None:
    """A cheaper answer outside the limits shows its residual; wrong duals only weaken the bound."""
    program, solution = bakery(), solve(bakery())
    cheat = certify(program, dataclasses.replace(solution, x=np.array([5.0, 5.0])))
    # 5 + 15 = 20 flour of 12, on the row's scale
    assert cheat.max_row_residual == pytest.approx(8.0) and cheat.worst_row == "stock[what=flour]"
    weak = certify(program, dataclasses.replace(solution, row_dual=np.array([-1.0, -0.5])))
    assert weak.bound < -24.8
    assert (
        certify(program, dataclasses.replace(solution, row_dual=np.array([+1.4, -0.8]))).bound
        <= -24.8
    )


def test_hot_start_is_cold_start() -> None:
    live = LiveModel(bakery())
    live.solve()
    live.set_row_bounds(np.array([0]), np.array([-np.inf]), np.array([9.0]))
    again = live.solve()
    cold = solve(bakery(flour=9.0))
    assert again.objective == pytest.approx(cold.objective) and again.x == pytest.approx(cold.x)
    live.set_costs(np.array([1]), np.array([-1.0]))
    # bread alone: 5 of it, 15
    assert live.solve().objective == pytest.approx(-15.0)
    live.set_column_bounds(np.array([0]), np.array([0.0]), np.array([1.0]))
    # one bread, then (9 - 1) / 3 beer
    assert live.solve().objective == pytest.approx(-3 - 8 / 3)


def test_ranges_hold_where_they_say() -> None:
    live = LiveModel(bakery(1000.0))
    live.solve()
    low, high, cost_up = live.ranges()
    # flour from 5 (only bread) to 30 (only beer)
    assert (low[0], high[0]) == pytest.approx((5.0, 30.0))
    for flour in (5.0, 8.0, 30.0):
        assert solve(bakery(flour=flour)).objective == pytest.approx(-24.8 - 1.4 * (flour - 12.0))
    # bread is made until it earns less than 5/3
    assert cost_up[0] == pytest.approx(-5 / 3)


def test_an_unknown_solver_names_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"PuLP has no solver 'CPLEKS' on this machine; it has .*PULP_CBC_CMD"
    ):
        solve_with_pulp(bakery(), "CPLEKS")
    assert "PULP_CBC_CMD" in list_solvers()


def test_files_are_the_same_program(tmp_path: Path) -> None:
    import highspy

    program = bakery(1000.0)
    units = {("column", "make"): "pieces", ("row", "stock"): "kg"}
    for name, write in (("plan.mps", write_mps), ("plan.lp", write_lp)):
        write(program, tmp_path / name, units)
        other = highspy.Highs()
        other.setOptionValue("output_flag", False)
        assert other.readModel(str(tmp_path / name)) == highspy.HighsStatus.kOk
        other.run()
        assert other.getInfo().objective_function_value * program.money_scale == pytest.approx(
            -24.8
        )
        text = (tmp_path / name).read_text()
        assert "make_good_beer" in text
        assert "columns make: 1,000 pieces" in text
        assert "rows stock: 0.001 kg" in text


def test_coefficient_ranges_name_the_blocks() -> None:
    ranges, warnings = coefficient_ranges(bakery())
    assert [(r.rows, r.columns, r.smallest, r.largest, r.count) for r in ranges] == [
        ("stock", "make", 1.0, 3.0, 4)
    ] and warnings == ()
    wide = dataclasses.replace(bakery(), data=np.array([1e-7, 3.0, 2.0, 1e7]))
    assert coefficient_ranges(wide)[1] == (
        "coefficients of make in stock run from 1e-07 to 1e+07",
        "coefficients span 1.0e+14 over the whole program",
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Random feasible, bounded programs of a few columns and rows, with equalities, ranges and odd
    scales."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dense = np.where(rng.random((m, n)) < 0.7, rng.integers(-5, 6, (m, n)), 0).astype(float)
    upper = rng.integers(1, 20, n).astype(float)
    activity = dense @ (rng.random(n) * upper)
    builder = ProgramBuilder()
    x = builder.columns("x", {"i": np.arange(n)}, 0.0, upper, scale=10.0 ** rng.integers(-2, 3, n))
    kind = rng.integers(0, 4, m)
    low = np.where(kind == 0, -np.inf, np.where(kind == 3, activity, activity - rng.random(m)))
    high = np.where(kind == 1, np.inf, np.where(kind == 3, activity, activity + rng.random(m)))
    rows = builder.rows("r", {"i": np.arange(m)}, low, high, scale=10.0 ** rng.integers(-2, 3, m))
    i, j = np.nonzero(dense)
    builder.entries(rows[i], x[j], dense[i, j])
    builder.cost(x, rng.integers(-9, 10, n).astype(float) * 1e6)
    return builder.build()


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(programs())
def test_random_programs(program: Program) -> None:
    """Two algorithms and an unrelated solver agree; the bound proves the optimum."""
    assume(len(program.data) > 0)  # CBC refuses a program without coefficients
    simplex, interior, other = (
        solve(program, algorithm="simplex"),
        solve(program, algorithm="ipx"),
        solve_with_pulp(program),
    )
    assert simplex.status == interior.status == other.status == "optimal"
    size = max(
        1.0,
        float(np.abs(program.cost * simplex.x / program.column_scale).sum()) * program.money_scale,
    )
    assert abs(simplex.objective - interior.objective) <= 1e-7 * size
    assert abs(simplex.objective - other.objective) <= 1e-7 * size
    certificate = certify(program, simplex)
    assert certificate.bound <= simplex.objective + 1e-7 * size
    assert simplex.objective - certificate.bound <= 1e-6 * size


def stopped(program: Program, steps: int) -> Solution:
    """Return where the primal simplex stands after so many steps."""
    live = LiveModel(program, algorithm="simplex")
    for option, value in (
        ("presolve", "off"),
        ("simplex_strategy", 4),
        ("simplex_iteration_limit", steps),
    ):
        live.set_option(option, value)
    return live.solve()


def test_a_stopped_solve_gives_a_point_only_where_it_keeps_every_limit() -> None:
    """After one step the bakery makes 4 beer, which 12 flour allow; a bakery that must use 5 flour
    has not begun to."""
    halfway = stopped(bakery(), 1)
    assert (halfway.status, halfway.objective, halfway.x.tolist()) == (
        "limit",
        pytest.approx(-20.0),
        pytest.approx([0.0, 4.0]),
    )
    must = dataclasses.replace(bakery(), row_lower=np.array([5.0, -np.inf]))
    nowhere = stopped(must, 0)
    assert nowhere.status == "limit" and np.isnan(nowhere.objective) and len(nowhere.x) == 0
    assert stopped(must, 100).objective == pytest.approx(-24.8)


def test_where_another_solver_stops_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver of PuLP's that ran out of time leaves values behind that keep no row: neither they
    nor their cost are handed on."""
    import pulp

    solve_of = pulp.LpProblem.solve

    def stopped(problem: pulp.LpProblem, *arguments: object, **options: object) -> int:
        solve_of(problem, *arguments, **options)
        for variable in problem.variables():
            variable.varValue = 50.0
        problem.status, problem.sol_status = pulp.LpStatusNotSolved, pulp.LpSolutionNoSolutionFound
        return int(problem.status)

    monkeypatch.setattr(pulp.LpProblem, "solve", stopped)
    solution = solve_with_pulp(bakery(), "PULP_CBC_CMD")
    assert solution.status == "limit" and not len(solution.x) and np.isnan(solution.objective)
