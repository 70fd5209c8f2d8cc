"""What wholeness costs, the choices of runs and the orders in racks: told alike in summary, page
and workbook."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.pipeline import run
from planner.report.page.run import read_run
from planner.report.page.wholeness import wholeness
from planner.report.summary import summarise
from planner.report.wholeness import choices, racks_ordered, wholeness_costs, wholeness_sections
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, settings, tables
from tests.report.test_workbook import cells


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One rack of 72 for ten chips, in one order that costs 10 USD of its own."""
    place = tmp_path_factory.mktemp("wholeness")
    case = tables(
        chips=[chip(lot_size=72)],
        offers=[offer(usd_per_chip=100, usd_per_order=10, max_per_period=720)],
        demand=demand(10, 10),
    )
    result = run(write_case(place / "case", case, settings()), out=place)
    assert result.status == "optimal" and result.folder is not None, result.message
    return result.folder


def test_what_wholeness_costs(folder: Path) -> None:
    """Divisible 10 chips of at most 720 pay 10/720 of an order."""
    read = read_run(folder)
    costs = wholeness_costs(read.plan).set_index("kind")["usd"]
    part = 10 * 10 / 720
    assert costs["all of it"] == pytest.approx(7210 - 1000 - part, abs=0.01)
    assert costs["racks"] == pytest.approx(6200, abs=0.01)  # the order is one all the same
    order = "least orders and what each costs"
    assert costs[order] == pytest.approx(10 - 10 * 72 / 720, abs=0.01)


def test_orders_in_racks(folder: Path) -> None:
    read = read_run(folder)
    (row,) = racks_ordered(read["buy_plan"], read["whole"]).to_dict("records")
    assert (row["line_id"], row["racks"], row["size"], row["chips"]) == (
        "buy@home@2025",
        1,
        72,
        72,
    )


def test_summary_page_and_workbook_tell_it(folder: Path) -> None:
    titles = [section.title for section in summarise(folder).sections]
    assert "What wholeness costs" in titles and "Where runs stand that had a choice" not in titles
    (chapter,) = wholeness(read_run(folder))
    assert [one.title for one in chapter.sheets] == [
        "What wholeness costs",
        "Orders in whole racks",
    ]
    facts = dict(chapter.facts)
    assert facts["cost of this plan"].startswith("7,210.00 USD")
    assert facts["cost with everything divisible"].startswith("1,000.14 USD")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="wholeness"' in page and "Orders in whole racks" in page
    told = cells(folder / "plan.xlsx")
    assert {"Whole things", "Orders in whole racks", "buy@home@2025"} <= told


def test_a_divisible_plan_has_none_of_it(tmp_path: Path) -> None:
    case = tables(chips=[chip(lot_size=72)], demand=demand(10, 10))
    result = run(write_case(tmp_path / "case", case, settings(whole="no")), out=tmp_path)
    assert result.folder is not None
    assert wholeness(read_run(result.folder)) == ()
    assert wholeness_sections(read_run(result.folder).plan) == ()


def test_choices_and_their_runners_up() -> None:
    plan = {
        "objective_usd": 480.0,
        "whole": {
            "costs_usd": 0.0,
            "by_kind": {"run_site": 0.0},
            "choices": [
                {"milestone": "run", "axis": "site", "chosen": "home"}
                | {"runner_up": "away", "runner_up_usd": 160.0},
                {"milestone": "next", "axis": "chip", "chosen": "b"}
                | {"runner_up": "", "runner_up_usd": None},
                {"milestone": "last", "axis": "chip", "chosen": "b"}
                | {"runner_up": "a", "runner_up_usd": 0.0},
            ],
        },
    }
    assert choices(plan)["usd"].fillna(-1).tolist() == [160, -1, 0]
    _, places = wholeness_sections(plan)
    assert places.rows == (
        ("run", "sites", "home", "away", "160.00 USD"),
        ("next", "chip types", "b", "no other plan was found", ""),
        ("last", "chip types", "b", "a", "nothing, within the gap"),
    )
    assert pd.isna(choices(plan)["usd"][1])
