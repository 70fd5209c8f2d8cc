"""Ramps: at most (1 + growth) times the chips of the last period and the seed, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import run
from planner.study.explain import explain
from tests.helpers import broken, told, write_case
from tests.model.small import chip, demand, offer, settings, solved, tables, throughput
from tests.model.wayout import way_out

MORE: dict[str, Any] = {
    "chips": [chip(), chip("b")],
    "offers": [offer(usd_per_chip=100), offer("buy_b", "b", usd_per_chip=150)],
    "throughput": throughput("a", "b"),
    "demand": demand(2, 6, 14),
}
"""2, 6 and 14 Mtok in three years; a chip serves one a year; a costs 100 USD and b 150."""
RAMP = ({"scope": "chip", "member": "a"}, {"scope": "vendor", "member": "va"})


def ramp(name: str = "new", **cells: Any) -> dict[str, Any]:
    return {
        "ramp": name,
        "scope": "chip",
        "member": "a",
        "counts": "ordered",
        "max_growth": 0.5,
        "seed": 1,
        "before": 0,
    } | cells


def cost(folder: Path, *ramps: dict[str, Any], **changes: Any) -> float:
    case = tables(3, **(MORE | {"growth": ramps} | changes))
    return solved(folder, case, settings(3))[1].objective


@pytest.mark.parametrize("of", RAMP)
def test_orders_by_hand(tmp_path: Path, of: dict[str, str]) -> None:
    """1 in the first year, 1 + 1.5 x 1 = 2.5 in the second, 1 + 1.5 x 2.5 = 4.75 in the third: 8.25
    of a, and 14 - 8.25 = 5.75 of b."""
    assert cost(tmp_path, ramp(**of)) == pytest.approx(825 + 862.5)


def test_what_was_before_counts(tmp_path: Path) -> None:
    """From 0.5 before: 1.75, 3.625 and 6.4375 of a, 11.8125 in all, and 2.1875 of b."""
    assert cost(tmp_path, ramp(before=0.5)) == pytest.approx(1181.25 + 328.125)


def test_what_is_not_needed_yet_is_bought_to_grow(tmp_path: Path) -> None:
    """Without growth beyond the last year's and 4 before: 4, 4 and 4 of a; 2 would do at first, but
    then only 2, 2 and 2 could come: 12 of a and 2 of b is the cheapest."""
    steady = ramp(before=4, max_growth=0, seed=0)
    assert cost(tmp_path, steady) == pytest.approx(1200 + 300)


def test_held_chips_by_hand(tmp_path: Path) -> None:
    """At most 1, 1 + 1.5 x 1 = 2.5 and 1 + 1.5 x 2.5 = 4.75 of a are held, and 9.25 of b."""
    assert cost(tmp_path, ramp(counts="held")) == pytest.approx(475 + 1387.5)


def test_arrivals_at_a_site_count_orders_in_flight(tmp_path: Path) -> None:
    """One more chip than in the year before can be put in: 2, 3 and 4 of any kind, one of which is
    on order for the second year. 2, 5 and 9 Mtok are served; what is short costs 1,000 USD each."""
    orders = [{"order": "po", "chip": "a", "site": "home", "arrives": 2026, "chips": 1}]
    orders[0] |= {"usd_per_chip": 0, "paid_share": 1}
    workloads = [{"workload": "w", "kind": "online", "model": "m", "tier": "f"}]
    workloads[0]["short_usd_per_mtok"] = "1000"
    crew = ramp(scope="site", member="home", counts="arriving", max_growth=0, seed=1, before=1)
    usd = cost(tmp_path, crew, orders=orders, workloads=workloads)
    assert usd == pytest.approx(100 * (2 + 2 + 4) + 1000 * (1 + 5))


def test_a_ramp_that_does_not_bind_changes_nothing(tmp_path: Path) -> None:
    assert cost(tmp_path, ramp(seed=8)) == pytest.approx(1400)
    assert cost(tmp_path / "none") == pytest.approx(1400)


def test_the_plan_tells_checks_and_explains_it(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case", tables(3, **MORE, growth=[ramp()]), settings(3))
    result = run(folder, out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    written = pd.read_csv(result.folder / "growth.csv", dtype={"period": str})
    assert written["seed"].tolist() == [1, 1, 1]
    assert written["used"].tolist() == pytest.approx([1, 1, 1])
    # one more chip of seed in the first year lets 1.5 and 2.25 follow: each saves 50 USD
    assert written["worth_usd_per_chip"].tolist() == pytest.approx([237.5, 125, 50])
    names = {check.name for check in audit(result.folder).checks}
    assert {"growth.kept", "growth.rows", "growth.used", "growth.free"} <= names
    answer = explain(result.folder, ["limit", "ramp", "new", "2025"])
    one = answer.data["steps"][0]
    # a seed of 2 allows 2, 5 and 9.5: all 14 are a
    assert one["delta_usd"] == pytest.approx(1400 - 1687.5)
    assert "ramp new" in (result.folder / "summary.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_plan_beyond_its_ramp_does_not_hold(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case", tables(3, **MORE, growth=[ramp(seed=4)]), settings(3))
    result = run(folder, out=tmp_path)
    assert result.folder is not None
    inputs = result.folder / "inputs" / "growth.csv"
    text = inputs.read_text(encoding="utf-8")
    inputs.write_text(text.replace(",0.5,4,", ",0.5,1,"), encoding="utf-8")
    assert "growth.kept" in {check.name for check in audit(result.folder).failed}


def test_a_conflict_names_the_ramp_and_its_repair_works(tmp_path: Path) -> None:
    """Of b nothing can be had: 2, 6 and 14 need 2, 4 and 8 more, which a seed of 2 allows."""
    changes: dict[str, Any] = MORE | {"offers": MORE["offers"][:1], "growth": [ramp()]}
    folder = write_case(tmp_path / "case", tables(3, **changes), settings(3))
    named, cell = "ramp new (chip a): at most 1 chips beyond its growth", "growth.new.seed="
    mine, answer = way_out(folder, tmp_path, named, cell)
    assert len(mine) == 1
    assert answer.status == "optimal"


TINY = {
    "ramp": "crew",
    "scope": "site",
    "member": "iowa",
    "counts": "arriving",
    "max_growth": "0.5",
    "seed": "2000",
    "before": "500",
}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"member": "idaho"}, "error ramp-member growth.csv:2 member=idaho: must be a site"),
        ({"scope": "vendor", "member": "h100"}, "must be a vendor of chips.csv"),
        (
            {"scope": "supply_group", "member": "GROUP", "counts": "held"},
            "error ramp-held growth.csv:2 counts=held",
        ),
        ({"seed": "0", "before": "0"}, "warning ramp-shut growth.csv:2 seed=0"),
        ({"seed": "-1"}, "growth.csv:2 seed=-1"),
        ({"before": ""}, "growth.csv:2 before="),
    ],
)
def test_contradictions_are_told_where_they_stand(
    tmp_path: Path, cells: dict[str, str], said: str
) -> None:
    lines = told(tmp_path, broken(add={"growth": [TINY | cells]}))
    assert any(said in line for line in lines), lines


@pytest.mark.parametrize(("seed", "is_told"), [("1", True), ("199", False)])
def test_orders_in_flight_beyond_a_ramp_are_told(tmp_path: Path, seed: str, is_told: bool) -> None:
    crew = TINY | {"member": "ohio", "seed": seed, "before": "1", "max_growth": "0"}
    now = (("orders", 0, "arrives", "2027Q1"), ("orders", 0, "cancel_fee_share", ""))
    lines = told(tmp_path, broken(*now, add={"growth": [crew]}))
    assert any("ramp-below-orders growth.csv:2 seed=1" in line for line in lines) is is_told
