"""Whole racks, worked by hand: what is ordered, kept, given up and moved."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.audit import audit
from planner.audit.lots import FLEET
from planner.audit.racks import rack_size
from planner.case import read_case
from planner.model import formulate
from planner.model.racks import rack_sizes
from planner.pipeline import RunResult, run
from planner.plan.plan import Plan
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, site, tables
from tests.oracle import state
from tests.oracle.racks import in_equal_parts

RACK = chip(lot_size=72)
"""Racks of 72; a chip serves one Mtok a year."""


def planned(folder: Path, periods: int = 2, **changes: Any) -> RunResult:
    case = tables(periods, **{"chips": [RACK], **changes})
    result = run(write_case(folder / "case", case, settings(periods)), out=folder)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    assert audit(result.folder).ok
    return result


def plan(folder: Path, periods: int = 2, **changes: Any) -> Plan:
    made = planned(folder, periods, **changes).plan
    assert made is not None
    return made


def orders(made: Plan) -> dict[str, float]:
    table = made.tables["orders"]
    return dict(zip(table["line_id"], table["quantity"], strict=True))


def short(usd: float = 1000.0) -> list[dict[str, Any]]:
    return [
        {"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": usd}
    ]


def test_a_need_of_more_than_the_supply_of_whole_racks(tmp_path: Path) -> None:
    """100 more a year, 100 to be had, racks of 72: one rack each year, 28 and 56 Mtok short."""
    made = plan(
        tmp_path,
        demand=demand(100, 200),
        workloads=short(),
        offers=[offer(usd_per_chip=100, max_per_period=100)],
    )
    assert orders(made) == {"buy@home@2025": 72, "buy@home@2026": 72}
    assert made.tables["demand_coverage"]["short"].tolist() == pytest.approx([28, 56])
    assert made.summary["objective_usd"] == pytest.approx(2 * 7200 + 84 * 1000)


def test_a_need_that_grows_by_less_than_a_rack(tmp_path: Path) -> None:
    """10 more each of eight years, racks of 72: two racks in all, 144 chips or 7.2 MUSD where each
    year by itself would take 576; the second rack comes in the last year."""
    made = plan(
        tmp_path,
        8,
        demand=demand(*range(10, 90, 10)),
        chips=[chip(lot_size=72, economic_life_years=9)],
        offers=[offer(usd_per_chip=50_000)],
    )
    assert orders(made) == {"buy@home@2025": 72, "buy@home@2032": 72}
    assert made.summary["objective_usd"] == pytest.approx(7.2e6)


def test_an_offer_of_less_than_a_rack_is_none(tmp_path: Path) -> None:
    """At most 7, racks of 8, 6 are needed: none of it, and the dearer offer serves."""
    made = plan(
        tmp_path,
        chips=[chip(lot_size=8)],
        demand=demand(6, 6),
        offers=[
            offer(usd_per_chip=100, max_per_period=7),
            offer("one", usd_per_chip=300, lot_size=1),
        ],
    )
    assert orders(made) == {"one@home@2025": 6}


def test_the_racks_of_an_offer_are_its_own(tmp_path: Path) -> None:
    made = plan(tmp_path, offers=[offer(usd_per_chip=100, lot_size=4)])
    assert orders(made) == {"buy@home@2025": 12}


def test_racks_of_one_add_nothing(tmp_path: Path) -> None:
    """Byte for byte the plan of a linear program."""
    result = planned(tmp_path / "whole", chips=[chip()])
    case = write_case(tmp_path / "plain" / "case", tables(), settings())
    plain = run(case, out=tmp_path / "plain")
    assert result.folder is not None
    assert plain.folder is not None
    for path in sorted(plain.folder.glob("*.csv")):
        assert (result.folder / path.name).read_bytes() == path.read_bytes(), path.name
    assert result.plan is not None
    assert "whole" not in result.plan.summary


def test_the_last_rack_of_a_lot_goes_as_it_is(tmp_path: Path) -> None:
    """100 of the fleet are a rack of 72 and 28 more, 9 USD a year each to keep. For 20 the 28 stay;
    for 80 all must, from the start, as what goes does not come back; for 70 and then 20 it is
    cheaper to keep all for a year and then the 28 than the rack of 72 for two."""
    fleet = [{"chip": "a", "site": "home", "in_service": 2024, "chips": 100, "retire_early": "yes"}]
    chips = [chip(lot_size=72, maintenance_usd_per_chip_year=9)]
    some = [offer(usd_per_chip=10_000)]
    few = plan(tmp_path / "few", fleet=fleet, chips=chips, demand=demand(20, 20), offers=some)
    assert few.summary["objective_usd"] == pytest.approx(2 * 28 * 9)
    more = plan(tmp_path / "more", fleet=fleet, chips=chips, demand=demand(20, 80), offers=some)
    assert more.summary["objective_usd"] == pytest.approx(2 * 100 * 9)
    one = plan(tmp_path / "one", fleet=fleet, chips=chips, demand=demand(70, 20), offers=some)
    assert one.summary["objective_usd"] == pytest.approx(100 * 9 + 28 * 9)


def test_whole_racks_are_moved(tmp_path: Path) -> None:
    """30 are needed at another site, racks of 20 stand here: two racks go for 1 USD a chip."""
    fleet = [{"chip": "a", "site": "home", "in_service": 2024, "chips": 60}]
    made = plan(
        tmp_path,
        chips=[chip(lot_size=20)],
        fleet=fleet,
        sites=[site(), site("away")],
        power=power(("home", "away")),
        demand=demand(30, 30),
        workloads=[{**short()[0], "sites": "away"}],
        offers=[
            offer("go", site="away", kind="relocate", from_site="home", usd_per_chip=1),
            offer(usd_per_chip=1000, site="away"),
        ],
    )
    assert made.summary["objective_usd"] == pytest.approx(40.0)
    counted = made.tables["whole"]
    assert counted.loc[counted["kind"] == "racks_moved", "count"].tolist() == [2]


def test_a_plan_says_what_wholeness_costs(tmp_path: Path) -> None:
    """10 chips are 1,000 USD; a rack of 72 is 7,200, and that is proven."""
    result = planned(tmp_path)
    assert result.plan is not None
    told = result.plan.summary["whole"]
    assert told["divisible_usd"] == pytest.approx(1000)
    assert told["own_bound_usd"] == pytest.approx(1000)
    assert told["costs_usd"] == pytest.approx(6200)
    assert result.plan.summary["bound_usd"] == pytest.approx(7200)
    buy = pd.read_csv(result.folder / "buy_plan.csv") if result.folder else pd.DataFrame()
    assert buy["chips"].tolist() == buy["chips_rounded"].tolist() == [72]
    assert buy["lots"].tolist() == [1]


def test_no_plan_of_whole_racks_names_the_racks(tmp_path: Path) -> None:
    """At most 70 of racks of 72 and 70 of racks of one are to be had, 10 are needed of the first
    alone: divisible that is 1,000 USD, in racks there is none."""
    case = tables(
        chips=[RACK], offers=[offer(usd_per_chip=100, max_per_period=70)], demand=demand(10, 10)
    )
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.status == "whole"
    assert result.folder is None
    assert "racks of buy" in result.message
    assert "1,000 USD" in result.message


@pytest.mark.slow
def test_a_rack_in_which_some_have_failed(tmp_path: Path) -> None:
    """Three racks hold 65 each of their 72; 120 are needed, then 60: one goes, then a second."""
    held = {"chip": "a", "site": "home", "in_service": "2024", "chips": 195, "lot_size": 65}
    made = plan(
        tmp_path,
        chips=[chip(lot_size=72, maintenance_usd_per_chip_year=10)],
        fleet=[held | {"retire_early": "yes"}],
        demand=demand(120, 60),
        offers=[offer(usd_per_chip=1e4)],
    )
    fleet = made.tables["fleet"]
    assert fleet["held"].tolist() == pytest.approx([130, 65])
    assert made.summary["objective_usd"] == pytest.approx(1950)


@pytest.mark.slow
@pytest.mark.parametrize("chips", ["508.116028", "508.1160281"])
def test_racks_of_a_rolled_lot_are_whole_but_for_rounding(tmp_path: Path, chips: str) -> None:
    """64 racks hold 7.93931293825 each: the lot states 5e-8 less, or 5e-8 more. It has no last
    rack, and of the racks 32 stay for what half of them do."""
    held = {"chip": "a", "site": "home", "in_service": "2024", "chips": chips}
    made = plan(
        tmp_path,
        chips=[chip(lot_size=8, maintenance_usd_per_chip_year=10)],
        fleet=[held | {"retire_early": "yes", "lot_size": "7.93931293825"}],
        demand=demand(508, 254),
        offers=[offer(usd_per_chip=1e4)],
    )
    counts = made.tables["whole"]
    assert set(counts["kind"]) == {"racks"}
    assert counts.set_index("period")["count"].to_dict() == {"2025": 64, "2026": 32}


@pytest.mark.parametrize(
    ("chips", "rack", "last"),
    [
        ("508.116028", 508.116028 / 64, False),
        ("508.1160281", 508.1160281 / 64, False),
        ("508.1160345", 508.1160345 / 64, False),  # 8e-7 of a rack more than 64
        ("508.1160395", 7.93931293825, True),  # 1.4e-6: a last rack of so many chips
        ("508.116017", 7.93931293825, True),  # 1.4e-6 less: 63 racks and most of one
    ],
)
def test_model_audit_and_oracle_count_the_same_racks(
    tmp_path: Path, chips: str, rack: float, last: bool
) -> None:
    held = {"chip": "a", "site": "home", "in_service": "2024", "chips": chips}
    made = tables(
        2,
        chips=[chip(lot_size=8)],
        fleet=[held | {"retire_early": "yes", "lot_size": "7.93931293825"}],
        demand=demand(508, 254),
        offers=[offer(usd_per_chip=1e4)],
    )
    case = read_case(write_case(tmp_path / "case", made, settings(2)))
    f = formulate(case)
    assert rack_sizes(case, f.index, f.lots)[0] == pytest.approx(rack, rel=1e-12)
    names = {block.name for block in f.program.column_blocks if block.count}
    assert ("part" in names) is last
    lots = SimpleNamespace(chip=f.lots.chip[:1], origin=np.array([FLEET]), row=f.lots.row[:1])
    facts: Any = SimpleNamespace(case=case)
    assert rack_size(facts, lots)[0] == pytest.approx(rack, rel=1e-12)
    assert in_equal_parts(float(chips), 7.93931293825) == pytest.approx(rack, rel=1e-12)
    assert any("part" in str(key) for key in state(case).counts) is last
