"""Near-optimal alternatives: ranges by hand, by another formulation and another solver, and what
must hold of every one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pulp
import pytest

from planner import pipeline
from planner.case import Case, read_case
from planner.cli import main
from planner.cli.alternatives import share_of
from planner.machines.where import Where
from planner.model import formulate
from planner.plan.totals import commit_usd
from planner.runs.read import read_run_table
from planner.study.near.alternatives import Alternatives, all_asked, alternatives
from planner.study.near.measures import Measure, measures_of
from planner.study.near.told import bar, words
from tests.benchmarks.generator import write_case as generate
from tests.helpers import write_case
from tests.model.small import chip, offer, power, settings, site, tables, throughput
from tests.study.test_sweep import TINY


def planned(case: Path, out: Path) -> Path:
    result = pipeline.run(case, out=out)
    assert result.folder is not None
    return result.folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten chips, of a for 100 or of b for 101, at home or, of a, away for 102."""
    folder = tmp_path_factory.mktemp("near")
    cells = tables(
        chips=[chip("a"), chip("b")],
        sites=[site(), site("away")],
        offers=[
            offer(usd_per_chip=100),
            offer("other", chip="b", usd_per_chip=101),
            offer("far", site="away", usd_per_chip=102),
        ],
        power=power(["home", "away"]),
        throughput=throughput("a", "b"),
    )
    return planned(write_case(folder / "case", cells, settings()), folder / "outputs")


def ranges(found: Alternatives) -> dict[tuple[str, str], tuple[float, float, float]]:
    return {
        (one.measure.kind, one.measure.name): (one.least.value, one.plan, one.most.value)
        for one in found.ranges
    }


@pytest.mark.slow
def test_ranges_by_hand(run: Path) -> None:
    """1,000 USD and half a per cent: 5 USD make 5 chips of b, or 2.5 chips away, or 0.05 more."""
    found = alternatives(run, 0.005)
    mine = ranges(found)
    near = {key: pytest.approx(value, abs=1e-5) for key, value in {
        ("commitment", "2025"): (1000.0, 1000.0, 1005.0),
        ("chip", "a"): (5.0, 10.0, 10.05),
        ("chip", "b"): (0.0, 0.0, 5.0),
        ("chip_year", "a"): (5.0, 10.0, 10.05),
        ("chip_year", "b"): (0.0, 0.0, 5.0),
        ("site", "home"): (7.5, 10.0, 10.05),
        ("site", "away"): (0.0, 0.0, 2.5),
        ("vendor", "va"): (5.0, 10.0, 10.05),
        ("vendor", "vb"): (0.0, 0.0, 5.0),
    }.items()}  # fmt: skip
    assert mine == near
    assert all(one.proven for one in found.ranges)
    # the farthest: five of b, half of the whole range of each chip; then 2.5 away
    told = {words(one, found): one.near.cost for one in found.alternatives}
    assert told["only 5 a"] == pytest.approx(1005.0, rel=1e-6)
    away = next(k for k, one in enumerate(found.ranges) if one.measure.name == "away")
    assert max(one.near.totals[away] for one in found.alternatives) == pytest.approx(2.5, abs=1e-4)


@pytest.mark.slow
def test_no_room_is_the_plan_itself(run: Path) -> None:
    found = alternatives(run, 0.0)
    for least, plan, most in ranges(found).values():
        assert least == pytest.approx(plan, abs=1e-5) and most == pytest.approx(plan, abs=1e-5)
    assert found.alternatives == ()


@pytest.mark.slow
def test_whoever_spares_nothing_pays_for_what_he_leaves_out(run: Path) -> None:
    """All of b cost 10 USD, 1 %: then the plan without a is the cheapest one there is."""
    found = alternatives(run, 0.011)
    told = {words(one, found): one.near.cost for one in found.alternatives}
    without = [
        cost for name, cost in told.items() if name in ("no a", "no a in FY2025", "no chips of va")
    ]
    assert without and without[0] == pytest.approx(1010.0, rel=1e-6)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("larger")
    generate(TINY, 3, folder / "case")
    return planned(folder / "case", folder / "outputs")


def by_pulp(
    case: Case, share: float, kinds: Sequence[str]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Ranges from the program whose columns are not merged, written out for PuLP and CBC."""
    formulation = formulate(case, reduce=False)
    program = formulation.program
    problem = pulp.LpProblem("near", pulp.LpMinimize)

    def limit(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    x = [
        pulp.LpVariable(f"x{j}", limit(low), limit(high))
        for j, (low, high) in enumerate(
            zip(program.column_lower, program.column_upper, strict=True)
        )
    ]
    entries: list[list[tuple[pulp.LpVariable, float]]] = [[] for _ in range(program.num_rows)]
    for column, row, value in zip(
        program.entry_columns(), program.indices, program.data, strict=True
    ):
        entries[row].append((x[column], float(value)))
    for mine, low, high in zip(entries, program.row_lower, program.row_upper, strict=True):
        left = pulp.LpAffineExpression(mine)
        if low == high:
            problem += left == float(low)
            continue
        if np.isfinite(low):
            problem += left >= float(low)
        if np.isfinite(high):
            problem += left <= float(high)
    cost = pulp.LpAffineExpression((x[j], float(c)) for j, c in enumerate(program.cost) if c)
    problem.setObjective(cost)
    solver = pulp.PULP_CBC_CMD(msg=False)
    problem.solve(solver)
    best = float(pulp.value(cost))
    problem += cost <= best + share * abs(best)

    def least(measure: Measure, sign: float) -> float:
        weight = measure.weight * program.column_scale[measure.columns]
        problem.setObjective(
            pulp.LpAffineExpression(
                (x[j], sign * float(w)) for j, w in zip(measure.columns, weight, strict=True)
            )
        )
        assert problem.solve(solver) == pulp.LpStatusOptimal
        return sign * float(pulp.value(problem.objective))

    return {
        (m.kind, m.name): (least(m, 1.0), least(m, -1.0))
        for m in measures_of(formulation)
        if m.kind in kinds
    }


@pytest.mark.slow
def test_another_formulation_and_solver_find_the_same(larger: Path) -> None:
    mine = ranges(alternatives(larger, 0.01))
    other = by_pulp(read_case(larger / "inputs"), 0.01, ("commitment", "vendor", "site"))
    assert len(other) >= 5
    for key, (least, most) in other.items():
        size = 1e-4 * max(abs(most), 1.0)
        assert mine[key][0] == pytest.approx(least, rel=1e-4, abs=size), key
        assert mine[key][2] == pytest.approx(most, rel=1e-4, abs=size), key


@pytest.mark.slow
def test_what_holds_of_all_of_them(larger: Path) -> None:
    found = [alternatives(larger, share) for share in (0.0, 0.01, 0.05)]
    for one in found:
        cost = json.loads((larger / "plan.json").read_text())["objective_usd"]
        assert one.plan.cost == pytest.approx(cost, abs=0.01)
        assert [near.faults for near in all_asked(one)] == [()] * len(all_asked(one))
        most = one.plan.cost + one.share * abs(one.plan.cost)
        assert all(near.cost <= most * (1 + 1e-9) for near in all_asked(one))
        for part in one.ranges:
            room = 1e-5 * max(abs(part.most.value), 1.0)
            assert part.least.value - room <= part.plan <= part.most.value + room
            # the bounds lie outside, and next to what a plan has
            assert part.least.bound <= part.least.value + room
            assert part.most.bound >= part.most.value - room
    for narrow, wide in itertools.pairwise(found):
        for one, two in zip(narrow.ranges, wide.ranges, strict=True):
            room = 1e-5 * max(abs(two.most.value), 1.0)
            assert two.least.value <= one.least.value + room
            assert two.most.value >= one.most.value - room
    assert all_asked(alternatives(larger, 0.01, Where(2))) == all_asked(found[1])


@pytest.mark.slow
def test_the_commitment_is_that_of_the_plan(run: Path, larger: Path) -> None:
    for folder in (run, larger):
        first = json.loads((folder / "plan.json").read_text())["horizon"]["first"]
        commits = commit_usd(read_run_table(folder, "buy_plan"), first)
        found = alternatives(folder, 0.0)
        assert found.ranges[0].measure.kind == "commitment"
        assert found.ranges[0].least.value <= commits * (1 + 1e-6)
        assert found.ranges[0].most.value >= commits * (1 - 1e-6)


@pytest.mark.slow
def test_the_command(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alternatives", str(run), "--within", "0.5%", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["within"] == 0.005 and data["most_usd"] == pytest.approx(1005.0)
    b = next(one for one in data["ranges"] if (one["kind"], one["name"]) == ("chip", "b"))
    assert b["most"]["value"] == pytest.approx(5.0) and b["most"]["faults"] == []
    assert main(["alternatives", str(run), "--within", "0.5%"]) == 0
    shown = capsys.readouterr().out
    assert "chips b " in shown and "only 5 a" in shown and "+0.5 %" in shown
    assert main(["alternatives", str(run), "--within", "a lot"]) == 2


def test_shares_and_bars() -> None:
    assert (share_of("1%"), share_of("0.01"), share_of(" 2.5 % ")) == (0.01, 0.01, 0.025)
    assert bar(0.0, 0.0, 5.0) == "o" + "=" * 23
    assert bar(5.0, 5.0, 5.0) == "." * 23 + "o"
    assert bar(2.5, 5.0, 5.0) == "." * 12 + "=" * 11 + "o"
    assert bar(0.0, 0.0, 0.0) == ""
