"""The extensive form on programs: published values, by hand, and random trees against one that is
built plainly in PuLP, a variable a scenario and an equation for everything not yet known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pulp
import pytest

from planner.futures.cvar import cvar, weighed
from planner.futures.joint import (
    Joint,
    Settings,
    each_with_these,
    objective,
    solve_alone,
    solve_joint,
)
from planner.futures.reveal import Risk
from planner.lp.builder import ProgramBuilder
from planner.lp.program import Program
from planner.lp.relabel import column_keys

NAMES = ("low", "middle", "high")


def tied(program: Program, block: str) -> np.ndarray:
    """Return the keys of the columns of a block, 0 for all others."""
    keys = column_keys(program)
    mine = np.zeros(program.num_columns, dtype=bool)
    for one in program.column_blocks:
        mine[one.first : one.first + one.count] = one.name == block
    return np.where(mine, keys, np.uint64(0))


def lands(first: float) -> Program:
    """Return LandS (Louveaux and Smeers 1988) with a demand of the first mode."""
    builder = ProgramBuilder()
    built = builder.columns("built", {"plant": np.arange(4)}, 0.0, np.inf)
    builder.cost(built, [10.0, 7.0, 16.0, 6.0])
    plant, mode = (axis.ravel() for axis in np.meshgrid(range(4), range(3), indexing="ij"))
    made = builder.columns("made", {"plant": plant, "mode": mode}, 0.0, np.inf)
    builder.cost(made, np.outer([40.0, 45.0, 32.0, 55.0], [1.0, 0.6, 0.1]).ravel())
    least = builder.rows("least", {"all": [0]}, 12.0, np.inf)
    builder.entries(least[[0, 0, 0, 0]], built, 1.0)
    money = builder.rows("money", {"all": [0]}, -np.inf, 120.0)
    builder.entries(money[[0, 0, 0, 0]], built, [10.0, 7.0, 16.0, 6.0])
    room = builder.rows("room", {"plant": np.arange(4)}, -np.inf, 0.0)
    builder.entries(room[plant], made, 1.0)
    builder.entries(room, built, -1.0)
    demand = builder.rows("demand", {"mode": np.arange(3)}, [first, 3.0, 2.0], np.inf)
    builder.entries(demand[mode], made, 1.0)
    return builder.build()


def solved(
    programs: list[Program], probability: list[float], block: str, risk: Risk | None = None
) -> tuple[Joint, Settings]:
    """Return the plan of some futures that have a block in common."""
    names = tuple(f"s{number}" for number in range(len(programs)))
    settings = Settings(np.array(probability), risk or Risk(), names)
    alone = solve_alone(programs, None, settings)
    keys = [tied(program, block) for program in programs]
    return solve_joint(programs, keys, alone, settings), settings


def test_lands_is_as_published() -> None:
    programs, share = [lands(demand) for demand in (3.0, 5.0, 7.0)], [0.3, 0.4, 0.3]
    joint, settings = solved(programs, share, "built")
    assert joint.solution.objective == pytest.approx(381.853333, abs=1e-6)
    assert joint.certificate.bound == pytest.approx(381.853333, abs=1e-6)
    alone = solve_alone(programs, None, settings)
    assert objective(alone.cost, settings) == pytest.approx(380.166667, abs=1e-6)
    mean = solve_alone([lands(5.0)], None, Settings(np.ones(1), Risk(), ("mean",)))
    assert mean.cost[0] == pytest.approx(378.666667, abs=1e-6)
    gain = joint.solution.objective - objective(alone.cost, settings)
    assert gain == pytest.approx(1.686667, abs=1e-6)
    # the common columns stand in the whole once
    assert joint.found.shared == 4
    assert joint.found.program.num_columns == 4 + 3 * 12
    assert objective(joint.cost, settings) == pytest.approx(joint.solution.objective, rel=1e-12)


def vendor(demand: float) -> Program:
    """Papers bought at 1, sold at 4 up to the demand, given back at 0.5."""
    builder = ProgramBuilder()
    bought = builder.columns("bought", {"all": [0]}, 0.0, 1000.0)
    sold = builder.columns("sold", {"all": [0]}, 0.0, demand)
    back = builder.columns("back", {"all": [0]}, 0.0, np.inf)
    builder.cost(bought, 1.0)
    builder.cost(sold, -4.0)
    builder.cost(back, -0.5)
    row = builder.rows("papers", {"all": [0]}, 0.0, 0.0)
    builder.entries(row, bought, -1.0)
    builder.entries(row, sold, 1.0)
    builder.entries(row, back, 1.0)
    return builder.build()


def test_news_vendor_by_hand() -> None:
    """The critical ratio is (4 - 1) / (4 - 0.5) = 0.857: the quantile of 50, 100, 150 with 0.3,
    0.5, 0.2 is 150 (0.8 < 0.857); 150 costs 150 - 4 x (15 + 50 + 30) - 0.5 x (30 + 25) = -257.5."""
    programs, share = [vendor(demand) for demand in (50.0, 100.0, 150.0)], [0.3, 0.5, 0.2]
    joint, _ = solved(programs, share, "bought")
    assert joint.solution.objective == pytest.approx(150 - 380 - 27.5)
    assert joint.solution.x[0] == pytest.approx(150.0)


def test_news_vendor_who_fears_the_worst() -> None:
    """With all weight on the worst 30 %, only the demand of 50 counts: 50 are bought, -150."""
    programs, share = [vendor(demand) for demand in (50.0, 100.0, 150.0)], [0.3, 0.5, 0.2]
    joint, settings = solved(programs, share, "bought", Risk(0.7, 1.0))
    assert joint.solution.objective == pytest.approx(-150.0)
    assert joint.solution.x[0] == pytest.approx(50.0)
    assert joint.certificate.gap == pytest.approx(0.0, abs=1e-9)
    assert objective(joint.cost, settings) == pytest.approx(-150.0)


def test_mean_of_the_worst_by_hand() -> None:
    costs, share = np.array([1.0, 2.0, 10.0]), np.array([0.5, 0.4, 0.1])
    assert cvar(costs, share, 0.0) == pytest.approx(2.3)
    assert cvar(costs, share, 0.9) == pytest.approx(10.0)
    assert cvar(costs, share, 0.8) == pytest.approx((0.1 * 10 + 0.1 * 2) / 0.2)
    assert weighed(costs, share, Risk(0.9, 0.3)) == pytest.approx(0.7 * 2.3 + 0.3 * 10.0)
    assert weighed(costs, share, Risk(0.9, 0.0)) == pytest.approx(2.3)


@dataclass(frozen=True)
class Tree:
    """Random futures over three stages: the programs, their stage-wise groups and figures."""

    cost: np.ndarray
    """(futures, stages, goods)"""
    need: np.ndarray
    """(futures, stages)"""
    give: np.ndarray
    """(futures, stages, goods)"""
    group: np.ndarray
    """(futures, stages): futures with the same number cannot be told apart."""
    share: np.ndarray
    short: float


def drawn(seed: int) -> Tree:
    rng = np.random.default_rng(seed)
    futures, stages, goods = int(rng.integers(2, 7)), 3, int(rng.integers(1, 4))
    second = rng.integers(0, 2, futures)
    group = np.stack([np.zeros(futures, int), second, np.arange(futures)], axis=1)
    shape = (futures, stages, goods)
    return Tree(
        cost=1e6 * rng.uniform(1.0, 9.0, shape),  # money is counted in millions by the solver
        need=rng.uniform(0.0, 20.0, (futures, stages)),
        give=rng.uniform(0.2, 2.0, shape),
        group=group,
        share=rng.dirichlet(np.ones(futures)),
        short=1e6 * float(rng.uniform(5.0, 40.0)),
    )


def program_of(tree: Tree, future: int, scale: float) -> Program:
    """Buy goods in every stage; what was bought serves in it and all later ones."""
    stages, goods = tree.cost.shape[1:]
    builder = ProgramBuilder()
    stage, good = (axis.ravel() for axis in np.meshgrid(range(stages), range(goods), indexing="ij"))
    buy = builder.columns("buy", {"stage": stage, "good": good}, 0.0, 30.0, scale=scale)
    short = builder.columns("short", {"stage": np.arange(stages)}, 0.0, np.inf)
    builder.cost(buy, tree.cost[future].ravel())
    builder.cost(short, tree.short)
    rows = builder.rows("need", {"stage": np.arange(stages)}, tree.need[future], np.inf, scale=2.0)
    for later in range(stages):
        mine = stage <= later
        builder.entries(
            np.full(mine.sum(), rows[later]), buy[mine], tree.give[future].ravel()[mine]
        )
    builder.entries(rows, short, 1.0)
    return builder.build()


def keys_of(tree: Tree, future: int, program: Program) -> np.ndarray:
    stages, goods = tree.cost.shape[1:]
    keys = np.zeros(program.num_columns, dtype=np.uint64)
    stage = np.repeat(np.arange(stages), goods)
    group = tree.group[future][stage]
    together = np.array([(tree.group[:, t] == g).sum() for t, g in zip(stage, group, strict=True)])
    named = np.arange(stages * goods) * 100 + group + 1
    keys[: stages * goods] = np.where(together > 1, named, 0)
    return keys


def plainly(tree: Tree, risk: Risk) -> float:
    """Return the optimum of the same futures, written plainly."""
    futures, stages, goods = tree.cost.shape
    problem = pulp.LpProblem("tree", pulp.LpMinimize)
    buy = {
        (s, t, g): pulp.LpVariable(f"b_{s}_{t}_{g}", 0, 30)
        for s in range(futures)
        for t in range(stages)
        for g in range(goods)
    }
    short = {
        (s, t): pulp.LpVariable(f"u_{s}_{t}", 0) for s in range(futures) for t in range(stages)
    }
    costs = [
        pulp.lpSum(tree.cost[s, t, g] * buy[s, t, g] for t in range(stages) for g in range(goods))
        + pulp.lpSum(tree.short * short[s, t] for t in range(stages))
        for s in range(futures)
    ]
    expected = pulp.lpSum(tree.share[s] * costs[s] for s in range(futures))
    edge = pulp.LpVariable("edge")
    over = [pulp.LpVariable(f"o_{s}", 0) for s in range(futures)]
    worst = edge + pulp.lpSum(tree.share[s] * over[s] for s in range(futures)) / (1 - risk.cvar)
    problem += (1 - risk.weight) * expected + risk.weight * worst
    for s in range(futures):
        problem += over[s] >= costs[s] - edge
        for t in range(stages):
            held = pulp.lpSum(
                tree.give[s, u, g] * buy[s, u, g] for u in range(t + 1) for g in range(goods)
            )
            problem += held + short[s, t] >= tree.need[s, t]
            for other in range(s):
                if tree.group[s, t] == tree.group[other, t]:
                    for g in range(goods):
                        problem += buy[s, t, g] == buy[other, t, g]
    problem.solve(pulp.PULP_CBC_CMD(msg=False))
    assert pulp.LpStatus[problem.status] == "Optimal"
    return float(pulp.value(problem.objective))


def agrees(seed: int) -> None:
    tree = drawn(seed)
    risk = Risk(0.0, 0.0) if seed % 2 else Risk(0.6, 0.4)
    programs = [program_of(tree, s, 1.0 + s) for s in range(len(tree.share))]
    keys = [keys_of(tree, s, program) for s, program in enumerate(programs)]
    settings = Settings(tree.share, risk, tuple(f"s{s}" for s in range(len(programs))))
    alone = solve_alone(programs, None, settings)
    joint = solve_joint(programs, keys, alone, settings)
    wanted = plainly(tree, risk)
    assert joint.solution.objective == pytest.approx(wanted, rel=1e-6)
    assert abs(joint.certificate.gap) < 1e-9
    assert objective(alone.cost, settings) <= joint.solution.objective + 1e-3
    assert joint.cost.min() - 1e-3 <= joint.solution.objective <= joint.cost.max() + 1e-3
    # what is common, fixed in each, gives each its cost again
    shared = [np.flatnonzero(key) for key in keys]
    values = [joint.solution.x[at[own]] for at, own in zip(joint.found.column, shared, strict=True)]
    each = each_with_these(programs, alone.bases, shared, values, settings)
    again = np.array([one.objective for one in each])
    assert objective(again, settings) == pytest.approx(joint.solution.objective, rel=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_random_trees(seed: int) -> None:
    agrees(seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(8, 160))
def test_more_random_trees(seed: int) -> None:
    agrees(seed)


def test_order_and_names_of_futures_change_nothing() -> None:
    tree = drawn(3)
    programs = [program_of(tree, s, 1.0) for s in range(len(tree.share))]
    keys = [keys_of(tree, s, program) for s, program in enumerate(programs)]
    found = []
    for order, names in ((range(len(programs)), "ab"), (range(len(programs))[::-1], "zy")):
        mine = [programs[s] for s in order]
        settings = Settings(
            tree.share[list(order)], Risk(), tuple(f"{names}{s}" for s in range(len(mine)))
        )
        joint = solve_joint(
            mine, [keys[s] for s in order], solve_alone(mine, None, settings), settings
        )
        found.append(joint.solution.objective)
    assert found[0] == pytest.approx(found[1], rel=1e-9)
