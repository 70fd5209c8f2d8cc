"""What a plan has opened is open when the next one starts, and a run stays where it has begun: the
next plan costs what was left to pay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.pipeline import run
from planner.roll.really import state_after
from planner.roll.roll import roll
from planner.roll.rolled import Rolled, Ways
from planner.roll.state import State, state_of
from planner.runs.read import read_plan
from tests.helpers import write_case
from tests.model.small import demand, offer, power, settings, site, tables
from tests.model.test_fabric_choice import YEAR, case_of, run_of
from tests.model.test_opening import SHORT, hall
from tests.roll.nextcase import solved
from tests.roll.test_really import actuals_with

EXACT = {"whole": "yes", "run": {"whole_gap": 1e-9}, "discount_rate": 0.1}


def dear(rows: Any) -> Any:
    """All prices a million times higher: what plan.json rounds to cents is a trifle."""
    return {
        table: [
            {name: str(1e6 * float(c)) if "usd" in name and c else c for name, c in row.items()}
            for row in some
        ]
        for table, some in rows.items()
    }


def rolled(folder: Path, rows: Any, periods: int) -> Rolled:
    """The case after the first period of a plan, which costs what is left of that plan."""
    rows = dear(rows)
    case = write_case(folder / "case", rows, settings(periods, **EXACT))
    first = run(case, out=folder)
    assert first.status == "optimal", first.message
    assert first.folder is not None
    found = roll(first.folder, Ways(keep_end=True, to=folder / "next"))
    again = run(found.folder, out=folder)
    assert again.status == "optimal", again.message
    assert again.folder is not None
    assert read_plan(again.folder)["objective_usd"] == pytest.approx(found.rest_usd, abs=0.1)
    return found


def cell(found: Rolled, table: str, row: str, column: str) -> str:
    """A cell of the next case, by the first column of its row."""
    frame = pd.read_csv(found.folder / f"{table}.csv", dtype=str, keep_default_na=False)
    mine = frame[frame.iloc[:, 0] == row]
    return str(mine[column].iloc[0])


@pytest.mark.slow
def test_a_site_that_was_opened_costs_nothing_more(tmp_path: Path) -> None:
    """Chips away cost a tenth; ten serve in every year, of which four come later."""
    rows = tables(
        periods=3,
        sites=[site(), site("away", usd_to_open=500), site("far", usd_to_open=10)],
        offers=[offer(usd_per_chip=100), offer("cheap", site="away", usd_per_chip=10)],
        power=power(["home", "away", "far"], mw=0.02, periods=3),
        demand=[
            {"workload": "w", "period": 2025 + t, "output_mtok": mtok}
            for t, mtok in enumerate((6, 8, 10))
        ],
    )
    found = rolled(tmp_path, rows, 3)
    assert cell(found, "sites", "away", "usd_to_open") == ""
    assert cell(found, "sites", "far", "usd_to_open") == "10000000.0"


@pytest.mark.slow
def test_a_project_that_was_opened_costs_nothing_more(tmp_path: Path) -> None:
    rows = tables(
        periods=3,
        power=power(mw=0.004, periods=3),
        power_projects=[hall(lot_mw=0.002, mw_max=0.02, usd_to_open=700)],
        demand=[
            {"workload": "w", "period": 2025 + t, "output_mtok": mtok}
            for t, mtok in enumerate((6, 8, 10))
        ],
        workloads=SHORT,
    )
    found = rolled(tmp_path, rows, 3)
    assert cell(found, "power_projects", "hall", "usd_to_open") == ""
    assert cell(found, "power_orders", "hall", "mw") == "0.002"


@pytest.mark.slow
def test_a_run_stays_where_it_has_begun(tmp_path: Path) -> None:
    """Eight chips of type b at home do it; the next run has not begun, and keeps its choice."""
    later = run_of(milestone="next", flop=2 * YEAR, start=2026, deadline=2026)
    found = rolled(tmp_path, case_of(run_of(), later, mw=0.02), 2)
    assert cell(found, "milestones", "run", "sites") == "home"
    assert cell(found, "milestones", "run", "chips") == "b"
    assert cell(found, "milestones", "next", "sites") == ""


def left(folder: Path, rows: Any, periods: int, **told: list[dict[str, Any]]) -> State:
    """What a plan leaves after its first period, of which some is told otherwise."""
    answer, _ = solved(write_case(folder, rows, settings(periods, **EXACT)))
    planned = state_of(answer, 1)
    return state_after(answer, planned, actuals_with(1, **told)) if told else planned


@pytest.mark.slow
def test_what_was_not_done_has_opened_nothing(tmp_path: Path) -> None:
    """The hall whose project was not ordered, the site to which nothing came, the run that did not
    begin: each is as free as before."""
    hall_rows = tables(
        periods=2,
        power=power(mw=0.004, periods=2),
        power_projects=[hall(lot_mw=0.002, mw_max=0.02, usd_to_open=700)],
        demand=demand(6, 8),
        workloads=SHORT,
    )
    assert left(tmp_path / "1", hall_rows, 2).opened.tolist() == [True]
    none = {"line": "hall@home@2025", "mw": 0}
    assert left(tmp_path / "2", hall_rows, 2, orders=[none]).opened.tolist() == [False]
    away = tables(
        sites=[site(), site("away", usd_to_open=500)],
        offers=[offer(usd_per_chip=1000), offer("cheap", site="away", usd_per_chip=10)],
        power=power(["home", "away"], mw=0.02),
        demand=demand(6, 8),
    )
    assert left(tmp_path / "3", away, 2).sites.tolist() == [True, False]
    none = {"line": "cheap@away@2025", "chips": 0}
    assert left(tmp_path / "4", away, 2, orders=[none]).sites.tolist() == [False, False]
    run = case_of(run_of(), mw=0.02)
    assert left(tmp_path / "5", run, 2).places["sites"].tolist() == ["home"]
    none = {"milestone": "run", "period": 0, "flop": 0}
    assert left(tmp_path / "6", run, 2, milestones=[none]).places["sites"].tolist() == [""]
