"""No worth, break-even or "cannot wait" that the page tells is contradicted by more than 1 % where
the plan is solved anew, from nothing, with that changed: on shipped cases and random ones."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings

from planner.case.case import Case
from planner.case.problems import CaseError
from planner.lp.highs import solve
from planner.lp.program import Program
from planner.model import formulate
from planner.pipeline import run
from planner.report.figures import figures_of
from planner.report.page.run import read_run
from planner.report.tight import tight_cells
from planner.runs.inputs import read_inputs
from planner.runs.read import RunError
from planner.runs.resolved import CAN_WAIT, Resolved
from planner.solving import Options
from planner.study.explain.break_even import price_slopes
from planner.study.explain.limit import changed
from planner.study.explain.line import line_columns
from planner.study.explain.which_limit import find_limit
from planner.study.live import Live, open_case
from planner.study.resolving import LOCAL, resolve
from tests.helpers import write_case
from tests.model.small import chip, offer, settings, tables, throughput
from tests.properties.drawn import written
from tests.strategies import cases

ROOT = Path(__file__).parents[2]
PART = 0.01


def cold(program: Program) -> float | None:
    """The cost of a program, solved from nothing; None where it has no plan."""
    answer = solve(program)
    return answer.objective if answer.status == "optimal" else None


def near(told: float | None, true: float | None, cost: float) -> bool:
    """Whether two amounts are within 1 % of each other, or the solver's tolerance of the cost."""
    if told is None or true is None:
        return told is None and true is None
    return abs(told - true) <= PART * max(abs(told), abs(true)) + 1e-7 * abs(cost) + 0.01


def without(live: Live, row: Any) -> float | None:
    """The cost without one line of the first period, its columns shut in a program made anew; an
    order that is frozen cannot be left out."""
    program = formulate(live.case).program
    upper, lower = program.column_upper.copy(), program.column_lower.copy()
    least = program.row_lower.copy()
    if row["action"] == "retire":
        lot, label = str(row["line_id"]).removeprefix("retire/").rsplit("@", 1)
        at: Any = program.row_index("retire", lot=lot, period=label)
        least[at] = program.row_upper[at]
    else:
        columns = line_columns(live, row)
        if (lower[columns] > 0.0).any():
            return None
        upper[columns] = 0.0
    return cold(
        dataclasses.replace(program, column_upper=upper, column_lower=lower, row_lower=least)
    )


def size_of(case: Case, folder: Path, kind: str, item: str, period: str) -> Any:
    words = [LOCAL.get(kind, kind), *((item,) if kind == "policy" else (item, period))]
    return find_limit(case, folder, words)


def contradicted(folder: Path, most: int = 1000) -> list[str]:
    """What a run tells that solving anew contradicts, at most so many of each kind looked at."""
    told = read_run(folder)
    resolved: Resolved | None = told.resolved
    assert resolved is not None
    live = open_case(read_inputs(folder))
    case, cost = live.case, live.solution.objective
    wrong: list[str] = []

    def compare(what: str, said: float | None, now: float | None, sign: float) -> None:
        true = None if now is None else sign * (now - cost)
        if not near(said, true, cost):
            wrong.append(f"{what}: told {said}, solved anew {true}")

    buy = told["buy_plan"].set_index("line_id", drop=False)
    for wait in resolved.waiting[:most]:
        row: Any = buy.loc[wait.line]
        compare(f"waiting with {wait.line}", wait.costs_usd, without(live, row), 1.0)
        able = wait.costs_usd is not None and wait.costs_usd <= CAN_WAIT * abs(
            float(np.nan_to_num(row["total_usd"]))
        )
        if able != wait.can_wait:
            wrong.append(f"{wait.line}: can wait {wait.can_wait}, and costs {wait.costs_usd}")

    prices = told["prices"]
    for one in resolved.break_evens[:most]:
        mine: Any = prices[
            (prices["offer"] == one.offer)
            & (prices["site"] == one.site)
            & (prices["order_period"] == one.order_period)
        ].iloc[0]
        (slope,) = price_slopes(live, [mine])
        program = live.formulation.program
        sides = (1.0 - PART, 1.0 + PART) if one.break_even > 1e-5 * one.price else (1.0 + PART,)
        for side in sides:
            rise = slope * (max(one.break_even, 1e-6 * one.price) * side - one.price)
            now = cold(dataclasses.replace(program, cost=program.cost + rise))
            cheaper = now is not None and now < cost - 1e-9 * abs(cost) - 1e-6
            if side > 1.0 and cheaper:
                wrong.append(f"{one.offer} comes in 1 % above its break-even {one.break_even}")
            dearer = now is None or now > cost + 1e-9 * abs(cost) + 1e-6
            if side < 1.0 and dearer:
                wrong.append(f"{one.offer} costs more 1 % below its break-even {one.break_even}")

    for step in resolved.steps[:most]:
        limit = size_of(case, folder, step.kind, step.item, step.period)
        for size, said in ((step.one, step.saves_usd), (step.tenth, step.tenth_saves_usd)):
            if size:
                now = cold(formulate(changed(case, limit, limit.size + size)).program)
                compare(f"{size} more of {step.kind} {step.item}", said, now, -1.0)

    # a worth is told with the range in which it holds: there it does
    if not resolved.divisible:
        cells = tight_cells(told.plan, told.tables)
        for row in cells[cells["up"] > 0].head(most).itertuples():
            try:
                limit = size_of(case, folder, str(row.kind), str(row.item), str(row.period))
            except RunError:
                continue  # a limit that only power projects make has no row to change
            size = min(float(row.up), max(1.0, 0.01 * float(row.size)))
            now = cold(formulate(changed(case, limit, limit.size + size)).program)
            what = f"worth of {row.kind} {row.item} {row.period} for {size} more"
            compare(what, float(row.worth) * size, now, -1.0)
    assert figures_of(told.plan, told.tables).tight.equals(told.figures.tight)
    return wrong


def resolved_run(case: Path, out: Path) -> Path | None:
    result = run(case, out=out, options=Options(resolve=resolve))
    return result.folder if result.status == "optimal" else None


@pytest.mark.parametrize(
    "case",
    [
        pytest.param("quickstart", marks=pytest.mark.slow),
        *(
            pytest.param(case, marks=pytest.mark.full)
            for case in ("gov-cloud", "power-bound", "frontier-lab")
        ),
    ],
)
def test_shipped_cases(case: str, tmp_path: Path) -> None:
    folder = resolved_run(ROOT / "inputs" / case, tmp_path)
    assert folder is not None
    assert contradicted(folder) == []


def random_case(drawn: Any, out: Path) -> None:
    with written(*drawn) as folder:
        try:
            found = resolved_run(folder, out)
        except CaseError:
            found = None
    assume(found is not None)
    assert found is not None and contradicted(found) == []


@pytest.mark.slow
@given(cases())
@hypothesis_settings(max_examples=1, deadline=None, derandomize=True)
def test_a_few_random_cases(tmp_path_factory: pytest.TempPathFactory, drawn: Any) -> None:
    random_case(drawn, tmp_path_factory.mktemp("again"))


@pytest.mark.full
@given(cases())
@hypothesis_settings(max_examples=30, deadline=None, derandomize=True)
def test_random_cases(tmp_path_factory: pytest.TempPathFactory, drawn: Any) -> None:
    random_case(drawn, tmp_path_factory.mktemp("again"))


def test_by_hand(tmp_path: Path) -> None:
    """Ten chips at 100 USD of 2025, or at 130 elsewhere; a Mtok that is not served costs 60.
    Waiting a year: 10 Mtok at 60 are not served in 2025, or ten are bought at 130: 300 more of
    1,000, so it cannot wait.  The other comes in at 100.  One kW more of the 10 that there are
    saves nothing: all is served."""
    case = write_case(
        tmp_path / "case",
        tables(
            offers=[offer("cheap", usd_per_chip=100), offer("dear", usd_per_chip=130)],
            workloads=[
                {
                    "workload": "w",
                    "kind": "online",
                    "model": "m",
                    "tier": "f",
                    "short_usd_per_mtok": 600,
                }
            ],
        ),
        settings(),
    )
    folder = resolved_run(case, tmp_path / "out")
    assert folder is not None
    told = json.loads((folder / "resolved.json").read_text())
    assert told["without_residual"] is None and told["divisible"] is False
    (wait,) = told["waiting"]
    assert (wait["line"], wait["can_wait"]) == ("cheap@home@2025", False)
    assert wait["costs_usd"] == pytest.approx(300.0)
    assert told["together_usd"] == 0.0
    (near_,) = told["break_evens"]
    assert (near_["offer"], near_["price"]) == ("dear", 130.0)
    assert near_["break_even"] == pytest.approx(100.0)
    assert contradicted(folder) == []


def test_what_can_wait(tmp_path: Path) -> None:
    """The dear one costs 100.50: waiting with the cheap one costs 0.5 % of it, and it can wait."""
    case = write_case(
        tmp_path / "case",
        tables(offers=[offer("cheap", usd_per_chip=100), offer("dear", usd_per_chip=100.5)]),
        settings(),
    )
    folder = resolved_run(case, tmp_path / "out")
    assert folder is not None
    told = json.loads((folder / "resolved.json").read_text())
    assert [one["can_wait"] for one in told["waiting"]] == [True]
    assert told["waiting"][0]["costs_usd"] == told["together_usd"] == pytest.approx(5.0)


def test_how_much_leans_on_what_is_left(tmp_path: Path) -> None:
    """A chip that lives five years at 100 USD, or one at 45 that lives two.  With what is left of
    it credited, 60 of 100, the first costs 400; without, the second is taken: 450, and nothing of
    the first."""
    case = write_case(
        tmp_path / "case",
        tables(
            chips=[chip(), chip("b", economic_life_years=2)],
            offers=[offer(usd_per_chip=100), offer("short", "b", usd_per_chip=45)],
            throughput=throughput("a", "b"),
        ),
        settings(residual="annuity"),
    )
    folder = resolved_run(case, tmp_path / "out")
    assert folder is not None
    bare = json.loads((folder / "resolved.json").read_text())["without_residual"]
    assert bare["cost_usd"] == pytest.approx(450.0)
    assert bare["commit_usd"] == pytest.approx(450.0) and bare["kept_usd"] == 0.0
