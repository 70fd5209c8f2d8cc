"""Break-even prices and the cost of forbidding lines, confirmed by solving again, on the shipped
cases and on random ones."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings

from planner.case.problems import CaseError
from planner.pipeline import run
from planner.runs.read import read_run_table
from planner.study.explain.break_even import HAIR, at_price, exact_break_even
from planner.study.explain.line import explain_line
from planner.study.live import reopen
from tests.properties.drawn import written
from tests.shipped import divisible
from tests.strategies import cases

ROOT = Path(__file__).parents[2]
PUBLISHED = ("lands", "winston", "temoa_survival_curve", "westeros", "llama_405b")


def confirm(folder: Path, most: int) -> int:
    """Confirm the break-even prices of a run, the closest of every offer first; return how many."""
    live = reopen(folder)
    prices = read_run_table(folder, "prices")
    rows = prices[
        (prices["blocked_by"] == "") & (prices["price"] > 0) & (prices["break_even"] > 0)
    ].sort_values(["cut_pct", "offer"], kind="stable")
    rows = (
        rows.assign(_rank=rows.groupby("offer").cumcount())
        .sort_values(["_rank", "cut_pct"], kind="stable")
        .head(most)
    )
    cent = max(0.01, 1e-9 * abs(live.solution.objective))
    for _, row in rows.iterrows():
        exact = exact_break_even(live, row)
        assert exact <= float(row["break_even"]) * (
            1 + 1e-9
        )  # what prices.csv states is never too low
        stated = at_price(live, row, float(row["break_even"]) * (1 + HAIR))[0]
        assert abs(stated.delta) <= cent, (
            f"{row['offer']} {row['site']} {row['order_period']} comes in above its stated "
            "break-even"
        )
        if exact > 1e-5 * float(row["price"]):
            below, above = (
                at_price(live, row, exact * factor)[0] for factor in (1 - HAIR, 1 + HAIR)
            )
            # bought below: the plan gets cheaper, by something that may be small; above: it costs
            # what it did
            assert below.delta < 0 and abs(above.delta) <= cent, (
                f"{row['offer']} {row['site']} {row['order_period']} at {exact}: {below.delta}, "
                f"{above.delta}"
            )
    return len(rows)


@pytest.mark.parametrize(
    "case",
    [
        "inputs/gov-cloud",
        *(
            pytest.param(case, marks=pytest.mark.full)
            for case in (
                "inputs/quickstart",
                "inputs/power-bound",
                *(f"tests/cases/{name}" for name in PUBLISHED),
            )
        ),
    ],
)
def test_break_even_prices_of_shipped_cases(case: str, tmp_path: Path) -> None:
    path = divisible(case.removeprefix("inputs/"), tmp_path) if "inputs/" in case else ROOT / case
    result = run(path, out=tmp_path)
    assert result.folder is not None
    confirm(result.folder, 25)


@pytest.mark.full
def test_break_even_prices_of_frontier_lab(tmp_path: Path) -> None:
    result = run(divisible("frontier-lab", tmp_path), out=tmp_path)
    assert result.folder is not None
    assert confirm(result.folder, 10) == 10


def planned(drawn: Any, out: Path) -> Path:
    with written(*drawn) as folder:
        try:
            result = run(folder, out=out)
        except CaseError:
            assume(False)
    assume(result.status == "optimal")
    assert result.folder is not None
    return result.folder


@pytest.mark.full
@given(cases())
@hypothesis_settings(max_examples=5, deadline=None, derandomize=True)
def test_break_even_prices_of_a_few_random_cases(
    tmp_path_factory: pytest.TempPathFactory, drawn: Any
) -> None:
    confirm(planned(drawn, tmp_path_factory.mktemp("random")), 6)


@pytest.mark.full
@given(cases())
@hypothesis_settings(max_examples=15, deadline=None, derandomize=True)
def test_break_even_prices_of_random_cases(
    tmp_path_factory: pytest.TempPathFactory, drawn: Any
) -> None:
    confirm(planned(drawn, tmp_path_factory.mktemp("random")), 6)


@pytest.mark.full
@given(cases())
@hypothesis_settings(max_examples=15, deadline=None, derandomize=True)
def test_forbidding_a_line_never_costs_less(
    tmp_path_factory: pytest.TempPathFactory, drawn: Any
) -> None:
    """And what it is said to cost is the difference of the two optima, the second found from
    scratch."""
    from planner.lp.highs import solve
    from planner.study.explain.line import line_columns

    folder = planned(drawn, tmp_path_factory.mktemp("random"))
    buy = read_run_table(folder, "buy_plan")
    lines = buy[
        (buy["status"] == "new")
        & buy["action"].isin(["buy", "lease", "reserve", "rent", "build_power", "relocate"])
    ].head(3)
    live = reopen(folder)
    for _, row in lines.iterrows():
        found = explain_line(live, folder, row["line_id"]).data["without"]
        program = live.formulation.program
        columns = line_columns(live, row)
        if program.column_lower[columns].any():
            continue  # frozen to the last plan: what is owed may be dear
        upper = program.column_upper.copy()
        upper[columns] = 0.0
        cold = solve(dataclasses.replace(program, column_upper=upper))
        assert found["status"] == cold.status
        if cold.status == "optimal":
            gross = float(
                np.abs(
                    program.cost * program.money_scale * (live.solution.x / program.column_scale)
                ).sum()
            )
            assert found["delta_usd"] >= -1e-7 * max(gross, 1.0)
            assert found["delta_usd"] == pytest.approx(
                cold.objective - live.solution.objective, abs=1e-7 * max(gross, 1.0)
            )
