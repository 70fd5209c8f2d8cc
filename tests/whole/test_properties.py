"""What must hold for every case of whole things: economics, names, units."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from planner.case.case import Case
from planner.lp.highs import solve
from planner.model import formulate
from planner.pipeline import run
from planner.report.progress import Progress
from planner.solving import Options
from planner.wholly import solve_wholly
from tests.helpers import write_case
from tests.properties.drawn import FEW, SEVERAL, read, reread
from tests.properties.test_properties import renamed, scaled
from tests.strategies import cases

TEN = settings(FEW, max_examples=10)
NEAR = 2e-7
"""Of the gross cost: whole plans to a gap of 1e-9, and the solver's tolerances."""


def least(case: Case) -> tuple[float, float]:
    """The cost of the cheapest plan and its gross cost, USD; both infinite where there is none."""
    formulation = formulate(case)
    program = formulation.program
    if len(program.integer):
        solution = solve_wholly(formulation, Options(threads=1), Progress()).solution
    else:
        solution = solve(program)
    if solution.status != "optimal":
        return np.inf, np.inf
    cost = program.cost * program.money_scale * solution.x / program.column_scale
    return solution.objective, max(float(np.abs(cost).sum()), 1.0)


def near(case_settings: Any) -> Any:
    return case_settings | {"run": {"whole_gap": 1e-9}}


def finer(tables: Any) -> Any:
    """Racks of a size that divides the old one."""
    of = {"2": "1", "3": "1", "4": "2", "5": "1", "6": "3", "8": "4"}
    return {
        name: [row | {"lot_size": of.get(row["lot_size"], row["lot_size"])} for row in rows]
        if rows and "lot_size" in rows[0]
        else rows
        for name, rows in tables.items()
    }


def more_supply(tables: Any) -> Any:
    return scaled(scaled(tables, "supply", ("max_chips",), 2), "offers", ("max_per_period",), 2)


def more_power(tables: Any) -> Any:
    return scaled(tables, "power", ("mw", "liquid_mw"), 1.5)


def lower_orders(tables: Any) -> Any:
    return scaled(scaled(tables, "offers", ("min_order",), 0.5), "offers", ("usd_per_order",), 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("easier", [finer, more_supply, more_power, lower_orders])
@given(drawn=cases(whole=("racks", "orders")))
@TEN
def test_what_is_easier_never_costs_more(easier: Any, drawn: Any) -> None:
    tables, case_settings = drawn
    cost, gross = least(read(tables, near(case_settings)))
    assume(np.isfinite(cost))
    now, _ = least(reread(easier(tables), near(case_settings)))
    assert now <= cost + NEAR * gross


@pytest.mark.full
@pytest.mark.parametrize("easier", [more_supply, more_power])
@pytest.mark.parametrize(
    "kinds", [("racks",), ("orders", "steps"), ("racks", "blocks"), ("racks", "orders", "opening")]
)
def test_more_of_what_is_short_never_costs_more(easier: Any, kinds: tuple[str, ...]) -> None:
    """The same on many, with kinds that open and price: each solved to a gap of 1e-9."""

    @given(drawn=cases(whole=kinds))
    @SEVERAL
    def draw(drawn: Any) -> None:
        tables, case_settings = drawn
        cost, gross = least(read(tables, near(case_settings)))
        assume(np.isfinite(cost))
        now, _ = least(reread(easier(tables), near(case_settings)))
        assert now <= cost + NEAR * gross

    draw()


def written(folder: Path, tables: Any, case_settings: Any) -> dict[str, bytes]:
    """Every table and text of a plan, by name."""
    found = run(write_case(folder / "case", tables, case_settings), out=folder / "out").folder
    return (
        {path.name: path.read_bytes() for path in found.glob("*.csv")} if found is not None else {}
    )


def in_ones(tables: Any) -> Any:
    """Racks of one chip, said of every chip type, offer and lot."""
    return {
        name: [row | {"lot_size": "1"} for row in rows]
        if name in ("chips", "offers", "fleet", "orders")
        else rows
        for name, rows in tables.items()
    }


def same_in_ones(tables: Any, case_settings: Any) -> bool:
    """A plan in racks of one is that without racks, byte for byte; False: there is none."""
    with TemporaryDirectory() as folder:
        plain = written(Path(folder) / "plain", tables, case_settings)
        ones = written(Path(folder) / "ones", in_ones(tables), case_settings | {"whole": "yes"})
    assert ones == plain
    return bool(plain)


@pytest.mark.full
def test_racks_of_one_are_no_racks() -> None:
    planned = 0

    @given(drawn=cases())
    @settings(FEW, max_examples=30)
    def draw(drawn: Any) -> None:
        nonlocal planned
        tables, case_settings = drawn
        read(tables, case_settings)
        planned += same_in_ones(tables, case_settings)

    draw()
    assert planned >= 12


@pytest.mark.slow
@given(drawn=cases(whole=("racks", "blocks")))
@TEN
def test_names_and_order_of_rows_change_nothing(drawn: Any) -> None:
    tables, case_settings = drawn
    cost, gross = least(read(tables, near(case_settings)))
    assume(np.isfinite(cost))
    other = renamed(tables)
    for rows in other.values():
        Random(1).shuffle(rows)
    again, _ = least(reread(other, near(case_settings)))
    assert again == pytest.approx(cost, rel=0, abs=NEAR * gross)


@pytest.mark.slow
@given(drawn=cases(whole=("racks",)))
@TEN
def test_whole_never_costs_less_than_divisible(drawn: Any) -> None:
    tables, case_settings = drawn
    cost, gross = least(read(tables, near(case_settings)))
    assume(np.isfinite(cost))
    divisible, _ = least(reread(tables, near(case_settings) | {"whole": "no"}))
    assert divisible <= cost + NEAR * gross
