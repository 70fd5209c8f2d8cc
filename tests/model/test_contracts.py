"""Contracts of sites: rent that is owed, kW that are limited, options to extend, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import run
from tests.helpers import broken, told, write_case
from tests.model.small import demand, offer, settings, site, solved, tables
from tests.model.wayout import way_out
from tests.roll.nextcase import solved as solved_next
from tests.roll.nextcase import write_next

SHORT = [{"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 1000}]
"""10 Mtok a year; a chip of 1 kW serves one, costs 100 USD, and what is short costs 1,000."""


def contract(name: str = "hall", **cells: Any) -> dict[str, Any]:
    return {
        "contract": name,
        "site": "home",
        "kw": 20,
        "from": 2024,
        "to": 2030,
        "usd_per_kw_month": 10,
    } | cells


def cost(
    folder: Path, *contracts: dict[str, Any], periods: int = 2, whole: str = "no", **changes: Any
) -> float:
    case = tables(periods, **({"site_contracts": contracts} | changes))
    if whole == "no":
        return solved(folder, case, settings(periods, whole="no"))[1].objective
    folder = write_case(folder, case, settings(periods, whole="yes"))
    return solved_next(folder)[1].objective


def test_rent_is_owed_used_or_not(tmp_path: Path) -> None:
    """20 kW at 10 USD in 24 months, of which 10 are used: 4,800 USD and 1,000 of chips."""
    assert cost(tmp_path, contract()) == pytest.approx(4800 + 1000)


def test_dark_halls_are_not_free(tmp_path: Path) -> None:
    """Rent on powered chips makes home dearer than away, 200 USD a chip and two years at 15 USD a
    kW-month, 360: all ten stand there. Owed all the same, home's rent keeps none of them away."""
    two: dict[str, Any] = {
        "sites": [site(usd_per_kw_month=30), site("away", usd_per_kw_month=15)],
        "offers": [offer(usd_per_chip=100), offer("far", "a", "away", usd_per_chip=200)],
        "power": [
            {"site": s, "period": year, "mw": 1} for s in ("home", "away") for year in (2025, 2026)
        ],
    }
    assert cost(tmp_path, **two) == pytest.approx(10 * (200 + 360))
    two["sites"] = [site(), two["sites"][1]]
    owed = cost(tmp_path / "owed", contract(usd_per_kw_month=30), **two)
    assert owed == pytest.approx(20 * 30 * 24 + 10 * 100)


def test_chips_take_no_more_than_is_rented(tmp_path: Path) -> None:
    """6 kW: six chips serve, and 4 Mtok a year are short."""
    usd = cost(tmp_path, contract(kw=6), workloads=SHORT)
    assert usd == pytest.approx(6 * 10 * 24 + 600 + 8000)


def test_contracts_of_a_site_add_up(tmp_path: Path) -> None:
    """4 and 5 kW in the first year, 4 in the second."""
    contracts = (contract(kw=4), contract("annex", kw=5, to=2025))
    usd = cost(tmp_path, *contracts, workloads=SHORT)
    assert usd == pytest.approx(4 * 240 + 5 * 120 + 900 + 1000 + 6000)


OPTION = {"kw": 10, "to": 2025, "extend_by": 2025, "extend_periods": 1}


@pytest.mark.parametrize("whole", ["no", "yes"])
def test_an_option_is_taken_where_it_pays(tmp_path: Path, whole: str) -> None:
    """Another year costs 1,200 USD and serves 10 Mtok, which short would cost 10,000."""
    usd = cost(tmp_path, contract(**OPTION), workloads=SHORT, whole=whole)
    assert usd == pytest.approx(1200 + 1200 + 1000)


@pytest.mark.parametrize("whole", ["no", "yes"])
def test_an_option_is_not_taken_where_it_does_not(tmp_path: Path, whole: str) -> None:
    dear = contract(**OPTION, extend_usd_per_kw_month=100)
    usd = cost(tmp_path, dear, workloads=SHORT, whole=whole)
    assert usd == pytest.approx(1200 + 1000 + 10000)


def test_an_option_is_taken_whole(tmp_path: Path) -> None:
    """4 Mtok in the second year: short for 4,000; all 10 kW another year cost 6,000, but 4 of them
    2,400, where a part can be had."""
    changes: dict[str, Any] = {"workloads": SHORT, "demand": demand(10, 4)}
    row = contract(**OPTION, extend_usd_per_kw_month=50)
    assert cost(tmp_path / "1", row, **changes) == pytest.approx(2200 + 2400)
    assert cost(tmp_path / "2", row, whole="yes", **changes) == pytest.approx(2200 + 4000)


def test_an_option_that_is_not_decided_in_time_has_lapsed(tmp_path: Path) -> None:
    usd = cost(tmp_path, contract(**(OPTION | {"extend_by": 2024})), workloads=SHORT)
    assert usd == pytest.approx(1200 + 1000 + 10000)


@pytest.mark.parametrize("by", [1, 2])
def test_an_option_that_was_taken_is_carried_on(tmp_path: Path, by: int) -> None:
    """Three years, extended for the second and third: the rest costs what it did."""
    row = contract(**(OPTION | {"extend_periods": 2}), extend_usd_per_kw_month=20)
    case = tables(3, site_contracts=[row], workloads=SHORT)
    folder = write_case(tmp_path / "case", case, settings(3))
    answer, solution = solved_next(folder)
    assert solution.objective == pytest.approx(1200 + 1000 + 2 * 2400)
    write_next(folder, answer, by, tmp_path / "next")
    later, rest = solved_next(tmp_path / "next")
    assert rest.objective == pytest.approx(2400 * (3 - by))
    kept = later.formulation.case["site_contracts"]
    assert kept["contract"].tolist() == ["hall", "hall-extended"]
    assert kept["extend_by"].isna().all()


def test_the_plan_tells_and_checks_it(tmp_path: Path) -> None:
    case = tables(site_contracts=[contract(**OPTION)], workloads=SHORT)
    folder = write_case(tmp_path / "case", case, settings())
    result = run(folder, out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    whole = pd.read_csv(result.folder / "whole.csv", dtype={"period": str})
    told_rows = whole[["kind", "site", "period", "count"]].values.tolist()
    assert told_rows == [["extension", "home", "2026", 1]]
    costs = pd.read_csv(result.folder / "costs.csv")
    assert costs.loc[costs["term"] == "space", "nominal_usd"].tolist() == [1200, 1200]
    assert "contracts.kw" in {check.name for check in audit(result.folder).checks}
    inputs = result.folder / "inputs" / "site_contracts.csv"
    text = inputs.read_text(encoding="utf-8")
    inputs.write_text(text.replace("home,10,", "home,9,"), encoding="utf-8")
    assert "contracts.kw" in {check.name for check in audit(result.folder).failed}


def test_a_conflict_names_the_contract_and_its_repair_works(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case", tables(site_contracts=[contract(kw=6)]), settings())
    named, cell = "contract hall: 6 kW at home", "site_contracts.hall.kw="
    mine, answer = way_out(folder, tmp_path, named, cell)
    assert mine == ["site_contracts.hall.kw=10"]
    assert answer.objective == pytest.approx(2400 + 1000)


IOWA = {
    "contract": "hall",
    "site": "iowa",
    "kw": "9000",
    "from": "2026Q1",
    "to": "2028Q1",
    "usd_per_kw_month": "100",
}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"site": "eu1"}, "error contract-at-cloud site_contracts.csv:2 site=eu1"),
        ({"from": "2028Q2"}, "error contract-ends-first site_contracts.csv:2 to=2028Q1"),
        ({"to": "2027Q2"}, "warning contract-gap site_contracts.csv:2 to=2027Q2: leaves iowa"),
        ({"extend_by": "2027Q4"}, "error option-term site_contracts.csv:2 extend_periods="),
        ({"extend_periods": "4"}, "error option-term site_contracts.csv:2 extend_by="),
        ({"extend_usd_per_kw_month": "90"}, "error option-term site_contracts.csv:2 extend_usd"),
        (
            {"extend_by": "2028Q2", "extend_periods": "4"},
            "error option-late site_contracts.csv:2 extend_by=2028Q2",
        ),
        ({"kw": "0"}, "site_contracts.csv:2 kw=0"),
    ],
)
def test_contradictions_are_told_where_they_stand(
    tmp_path: Path, cells: dict[str, str], said: str
) -> None:
    lines = told(tmp_path, broken(add={"site_contracts": [IOWA | cells]}))
    assert any(said in line for line in lines), lines


def test_two_options_at_once_and_rent_twice_are_told(tmp_path: Path) -> None:
    option = IOWA | {"extend_by": "2027Q4", "extend_periods": "4"}
    way = broken(
        ("sites", 0, "usd_per_kw_month", "50"),
        add={"site_contracts": [option, option | {"contract": "annex"}]},
    )
    lines = told(tmp_path, way)
    assert any("option-twice site_contracts.csv:2 to=2028Q1" in line for line in lines), lines
    lines = told(
        tmp_path / "rent",
        broken(("sites", 0, "usd_per_kw_month", "50"), add={"site_contracts": [option]}),
    )
    assert any("warning rent-twice site_contracts.csv:2" in line for line in lines), lines
