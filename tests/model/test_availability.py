"""Availability by place, period and slice: windows of maintenance, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.audit import audit
from planner.case import read_case
from planner.lp.highs import solve
from planner.model import formulate
from planner.pipeline import run
from tests.helpers import broken, told, write_case
from tests.model.small import chip, offer, power, settings, site, solved, tables

DAYS = {
    "slices": [{"name": "day", "hours_share": 0.5}, {"name": "night", "hours_share": 0.5}],
}
SHORT = [{"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 1000}]
"""10 Mtok a year; a chip that is always available serves one and costs 100 USD."""


def window(name: str = "service", **cells: Any) -> dict[str, Any]:
    return {"window": name, "from": 2025, "to": 2025, "availability": 0.5} | cells


def cost(folder: Path, *windows: dict[str, Any], said: Any = None, **changes: Any) -> float:
    case = tables(**({"availability": windows} | changes))
    return solved(folder, case, settings(**(said or {})))[1].objective


def test_half_of_them_work_for_a_year(tmp_path: Path) -> None:
    assert cost(tmp_path, window()) == pytest.approx(2000)


def test_the_least_of_several_windows_holds(tmp_path: Path) -> None:
    """Four tenths work in the first year, and eight tenths in the second: 25 chips."""
    later = window("more", to=2026, availability=0.8)
    assert cost(tmp_path, window(availability=0.4), later) == pytest.approx(2500)
    assert cost(tmp_path / "2", later) == pytest.approx(1250)


def test_a_window_may_say_more_than_the_chip(tmp_path: Path) -> None:
    """Half of the chips work as a rule, and all of them in both years."""
    usual = {"chips": [chip(availability=0.5)]}
    assert cost(tmp_path / "1", **usual) == pytest.approx(2000)
    assert cost(tmp_path / "2", window(to=2026, availability=1), **usual) == pytest.approx(1000)


def test_a_slice_of_a_period(tmp_path: Path) -> None:
    """At night half of them work: of ten chips 2.5 Mtok less are served, for 1,000 USD each, or ten
    more are bought; at 300 USD a Mtok they are left short."""
    night = window(slice="night")
    assert cost(tmp_path / "1", night, said=DAYS) == pytest.approx(2000)
    cheap = [SHORT[0] | {"short_usd_per_mtok": 300}]
    short = cost(tmp_path / "2", night, said=DAYS, workloads=cheap)
    assert short == pytest.approx(1000 + 2.5 * 300)


def test_another_site_serves_meanwhile(tmp_path: Path) -> None:
    """Away costs 150 USD a chip: none of home's 100 works in the first year, so ten stand away."""
    two: dict[str, Any] = {
        "sites": [site(), site("away")],
        "power": power(("home", "away")),
        "offers": [offer(usd_per_chip=100), offer("far", "a", "away", usd_per_chip=150)],
    }
    assert cost(tmp_path, window(site="home", availability=0), **two) == pytest.approx(1500)
    other = window(site="home", availability=0, chip="a")
    assert cost(tmp_path / "2", other, **two) == pytest.approx(1500)


def test_research_takes_its_share_of_what_can_work(tmp_path: Path) -> None:
    """Half of the chip-time is research's: with half of the chips down, both take twice as many."""
    work = [
        {"workload": "w", "kind": "online", "model": "m", "tier": "f"},
        {"workload": "r", "kind": "research", "model": "dense", "share_of_fleet": 0.5},
    ]
    training = [
        {"class": "dense", "chip": "a", "precision": "bf16", "mfu": 0.4, "goodput": 1}
        | {"source": "assumption", "as_of": "2026-10-01"}
    ]
    both = {"workloads": work, "training": training}
    assert cost(tmp_path / "1", **both) == pytest.approx(2000)
    assert cost(tmp_path / "2", window(), **both) == pytest.approx(4000)


def test_the_plan_tells_and_checks_it(tmp_path: Path) -> None:
    case = tables(availability=[window(slice="night")])
    folder = write_case(tmp_path / "case", case, settings(**DAYS))
    result = run(folder, out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    fleet = pd.read_csv(result.folder / "fleet.csv", dtype={"period": str})
    # twenty chips: ten busy by day of twenty, ten by night of ten that can work
    assert fleet.loc[fleet["period"] == "2025", "idle_chip_hours"].tolist() == [10 * 8760 / 2]
    inputs = result.folder / "inputs" / "availability.csv"
    inputs.write_text(inputs.read_text(encoding="utf-8").replace("0.5", "0.4"), encoding="utf-8")
    assert "chip_time" in {check.name for check in audit(result.folder).failed}


def test_a_conflict_is_told_and_more_power_is_its_repair(tmp_path: Path) -> None:
    """10 kW power ten chips, of which half work in the first year: 20 would."""
    case = tables(availability=[window()], power=power(mw=0.01))
    folder = write_case(tmp_path / "case", case, settings())
    result = run(folder, out=tmp_path)
    assert result.status == "infeasible"
    assert result.folder is not None
    repairs = pd.read_csv(result.folder / "repairs.csv")["override"].fillna("")
    mine = [one for one in repairs if one.startswith("power.home.2025.mw=")]
    assert mine == ["power.home.2025.mw=0.02"]
    assert solve(formulate(read_case(folder, overrides=mine)).program).status == "optimal"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"slice": "noon"}, "error slice-unknown availability.csv:2 slice=noon"),
        ({"to": "2026Q4"}, "error window-ends-first availability.csv:2 to=2026Q4"),
        ({"availability": "1.1"}, "availability.csv:2 availability=1.1"),
        ({"site": "idaho"}, "availability.csv:2 site=idaho"),
    ],
)
def test_contradictions_are_told_where_they_stand(
    tmp_path: Path, cells: dict[str, str], said: str
) -> None:
    row = {"window": "service", "from": "2027Q1", "to": "2027Q1", "availability": "0.9"}
    lines = told(tmp_path, broken(add={"availability": [row | cells]}))
    assert any(said in line for line in lines), lines
