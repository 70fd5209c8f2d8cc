"""What must hold for every case: economics, units, names, forms of input, and the proof of every
plan."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings

from planner.case import CaseError
from planner.case.case import Case
from planner.lp.certificate import certify
from planner.lp.highs import solve
from planner.lp.solution import Solution
from planner.model import formulate
from planner.pipeline import run
from planner.plan.extract import extract
from planner.solving import Options
from tests.properties.drawn import FEW, SEVERAL, read, reread, written
from tests.strategies import cases

pytestmark = pytest.mark.drawn
"""Of random cases too, page and workbook are made."""

USD = {
    "sites": ("usd_per_mwh", "usd_per_kw_month_demand", "usd_per_kw_month"),
    "energy": ("usd_per_mwh", "usd_per_kw_month_demand"),
    "offers": ("usd_per_chip", "usd_per_chip_hour"),
    "offer_prices": ("usd_per_chip", "usd_per_chip_hour"),
    "fleet": ("usd_per_chip", "usd_per_chip_hour"),
    "orders": ("usd_per_chip", "usd_per_chip_hour"),
    "power_projects": ("usd_per_mw", "usd_per_mw_period"),
    "power_orders": ("usd_per_mw", "usd_per_mw_period"),
    "workloads": ("short_usd_per_mtok", "short_usd_per_1e21_flop"),
    "chips": ("maintenance_usd_per_chip_year", "decommission_usd_per_chip"),
    "maintenance": ("usd_per_chip_year",),
    "milestones": ("late_usd_per_period",),
    "budgets": ("usd_max", "used_usd"),
    "limits": ("over_usd_per_unit",),
    "token_offers": (
        "usd_per_mtok_output",
        "usd_per_mtok_input",
        "usd_per_mtok_cached",
        "min_usd",
    ),
    "token_prices": ("usd_per_mtok_output", "usd_per_mtok_input", "usd_per_mtok_cached"),
}
"""Columns in USD, or USD per something else than USD."""


def solved(case: Case) -> tuple[Solution, float]:
    """Solution and the gross cost: the sum of the absolute costs of its columns, USD."""
    program = formulate(case).program
    solution = solve(program)
    if solution.status != "optimal":
        return solution, 1.0
    gross = float(abs(program.cost * program.money_scale * solution.x / program.column_scale).sum())
    return solution, max(gross, 1.0)


def scaled(tables: Any, table: str, columns: tuple[str, ...], factor: float) -> Any:
    """The tables with some columns of one multiplied; blank stays blank."""
    rows = [
        {
            key: repr(float(cell) * factor) if key in columns and cell else cell
            for key, cell in row.items()
        }
        for row in tables.get(table, [])
    ]
    return {**tables, table: rows} if rows else tables


def optimum(tables: Any, settings: Any) -> tuple[float, float]:
    """Cost and gross cost; a case that cannot be read or met is passed over."""
    solution, gross = solved(read(tables, settings))
    assume(solution.status == "optimal")
    return solution.objective, gross


def cost_again(tables: Any, settings: Any) -> float:
    """Cost of another form of a case that was solved before."""
    solution, _ = solved(reread(tables, settings))
    assert solution.status == "optimal"
    return solution.objective


@pytest.mark.slow
@given(cases())
@FEW
def test_more_demand_never_costs_less(drawn: Any) -> None:
    """Take or pay, budgets and limits aside: whatever serves more also serves less."""
    tables, settings = drawn
    assume(
        tables.get("demand")
        and not any(row.get("multiple_of_milestones") for row in tables["workloads"])
    )
    cost, gross = optimum(tables, settings)
    more = solved(
        read(
            scaled(tables, "demand", ("output_mtok", "input_mtok", "cached_mtok", "flop"), 1.3),
            settings,
        )
    )[0]
    assert more.status == "infeasible" or more.objective >= cost - 1e-7 * gross


@pytest.mark.slow
@given(cases())
@FEW
def test_more_power_never_costs_more(drawn: Any) -> None:
    tables, settings = drawn
    assume(tables.get("power"))
    cost, gross = optimum(tables, settings)
    more, _ = solved(
        reread(
            scaled(
                scaled(tables, "power", ("mw", "liquid_mw"), 1.5),
                "power_projects",
                ("mw_max",),
                1.5,
            ),
            settings,
        )
    )
    assert more.status == "optimal"
    assert more.objective <= cost + 1e-7 * gross


@pytest.mark.slow
@given(cases())
@FEW
def test_more_supply_never_costs_more(drawn: Any) -> None:
    tables, settings = drawn
    assume(tables.get("supply") or any(row.get("max_per_period") for row in tables["offers"]))
    cost, gross = optimum(tables, settings)
    more, _ = solved(
        reread(
            scaled(scaled(tables, "supply", ("max_chips",), 2), "offers", ("max_per_period",), 2),
            settings,
        )
    )
    assert more.status == "optimal"
    assert more.objective <= cost + 1e-7 * gross


@pytest.mark.slow
@given(cases())
@FEW
def test_usd_times_thousand(drawn: Any) -> None:
    tables, settings = drawn
    cost, gross = optimum(tables, settings)
    dear, dear_settings = tables, dict(settings)
    for table, columns in USD.items():
        dear = scaled(dear, table, columns, 1000)
    spend = {"measure": "spend"}
    dear = {
        **dear,
        "limits": [
            row
            | {
                name: repr(float(row[name]) * 1000)
                for name in ("max", "used", "used_total")
                if row["measure"] == spend["measure"] and row.get(name)
            }
            | (
                {"over_usd_per_unit": old["over_usd_per_unit"]}
                if row["measure"] == spend["measure"] and "over_usd_per_unit" in old
                else {}
            )
            for row, old in zip(dear.get("limits", []), tables.get("limits", []), strict=True)
        ],
    }
    if not dear["limits"]:
        dear.pop("limits")
    for key in ("carbon_usd_per_tonne", "change_usd_per_chip"):
        if key in settings:
            dear_settings[key] = settings[key] * 1000
    assert cost_again(dear, dear_settings) == pytest.approx(
        1000 * cost, rel=0, abs=1e-7 * 1000 * gross
    )


NAMES = {
    "chip": ("chip", "chips"),
    "site": ("site", "sites", "from_site"),
    "offer": ("offer",),
    "workload": ("workload",),
}
TABLE_OF = {"chip": "chips", "site": "sites", "offer": "offers", "workload": "workloads"}


def renamed(tables: Any) -> Any:
    """Every chip, site, offer and workload under a name that sorts the other way round."""
    for kind, columns in NAMES.items():
        old = sorted({row[kind] for row in tables.get(TABLE_OF[kind], [])}, reverse=True)
        new = {name: f"n{i}_{kind}" for i, name in enumerate(old)}

        def name_of(cell: str, new: dict[str, str] = new) -> str:
            return ";".join(new.get(part, part) for part in cell.split(";"))

        tables = {
            table: [
                {
                    key: name_of(cell)
                    if key in columns or (key == "member" and row.get("scope") == kind)
                    else cell
                    for key, cell in row.items()
                }
                for row in rows
            ]
            for table, rows in tables.items()
        }
    return tables


@pytest.mark.slow
@given(cases())
@FEW
def test_names_and_order_of_rows_change_nothing(drawn: Any) -> None:
    tables, settings = drawn
    cost, gross = optimum(tables, settings)
    other = renamed(tables)
    shuffle = Random(1)
    for rows in other.values():
        shuffle.shuffle(rows)
    assert cost_again(other, settings) == pytest.approx(cost, rel=0, abs=1e-7 * gross)


def wide(rows: list[dict[str, str]], key: str) -> list[dict[str, str]]:
    """The same table with periods as headers: one row per name and figure."""
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        for column, cell in row.items():
            if column not in (key, "period") and cell:
                lines.setdefault((row[key], column), {key: row[key], "measure": column})[
                    row["period"]
                ] = cell
    headers = [key, "measure", *sorted({row["period"] for row in rows})]
    return [{header: line.get(header, "") for header in headers} for line in lines.values()]


@pytest.mark.slow
@given(cases())
@FEW
def test_wide_is_long(drawn: Any) -> None:
    tables, settings = drawn
    keys = {
        table: key
        for table, key in (("demand", "workload"), ("power", "site"), ("offer_prices", "offer"))
        if table in tables
    }
    long_case, wide_case = (
        read(tables, settings),
        reread(
            {**tables, **{table: wide(tables[table], key) for table, key in keys.items()}}, settings
        ),
    )
    for table in keys:
        columns = [column for column in long_case[table].columns if not column.startswith("_")]
        assert long_case[table][columns].equals(wide_case[table][columns])


@pytest.mark.slow
@given(cases())
@FEW
def test_ledger_and_proof(drawn: Any) -> None:
    """The cost lines add up to the objective, and the bound proves it."""
    formulation = formulate(read(*drawn))
    solution = solve(formulation.program)
    assume(solution.status == "optimal")
    certificate = certify(formulation.program, solution)
    plan = extract(formulation, solution, certificate)
    costs = plan.tables["costs"]["discounted_usd"]
    gross = max(1.0, float(costs.abs().sum()))
    assert plan.summary["objective_usd"] == pytest.approx(
        solution.objective, rel=0, abs=max(0.01, 1e-9 * gross)
    )
    assert float(costs.sum()) == pytest.approx(
        solution.objective, rel=0, abs=max(0.01, 1e-9 * gross)
    )
    assert certificate.gap <= 1e-6
    assert certificate.bound <= certificate.objective + 1e-9 * gross


def proves(drawn: Any) -> None:
    """The whole pipeline with its audit."""
    with written(*drawn) as folder, tempfile.TemporaryDirectory() as out:
        try:
            result = run(folder, out=out, options=Options(threads=1))
        except CaseError:
            assume(False)
        assume(result.status != "infeasible")
        assert result.status == "optimal", result.message
        assert result.folder is not None
        assert (Path(result.folder) / "manifest.json").is_file()


@pytest.mark.slow
@given(cases())
@settings(FEW, max_examples=6)
def test_every_plan_passes_the_audit(drawn: Any) -> None:
    proves(drawn)


@pytest.mark.full
@given(cases())
@SEVERAL
def test_every_plan_passes_the_audit_of_many(drawn: Any) -> None:
    proves(drawn)
