"""What the audit recomputes, part by part, where the hand-made plan has none of it: survival,
relocation, contracts cut short, token rates, residuals."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from planner.audit.facts import Facts, state
from planner.audit.files import read_table
from planner.audit.holdings import Capacity
from planner.audit.lots import Lots, assemble
from planner.audit.offers import check_offers
from planner.audit.rates import serving_rate, state_demand
from planner.audit.residual import residual_credit
from planner.audit.supply import check_supply
from planner.audit.tolerance import few_chips
from planner.audit.verdict import Check, agree, at_least, at_most
from planner.case.load import read_case

HAND_MADE = Path(__file__).parent / "hand_made"
Rows = Sequence[Mapping[str, str]]


def change(
    path: Path, cells: Mapping[str, str], where: Mapping[str, str] | None = None, add: Rows = ()
) -> None:
    """Set cells (new columns too) of every row that matches, then append rows."""
    rows: list[dict[str, str]] = []
    if path.exists():
        with path.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
    for row in rows:
        if all(row[name] == value for name, value in (where or {}).items()):
            row.update(cells)
    rows += [dict(row) for row in add]
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the hand-made run to change."""
    return Path(shutil.copytree(HAND_MADE, tmp_path / "run"))


def facts_of(folder: Path) -> Facts:
    return state(read_case(folder / "inputs"))


def lots_of(folder: Path) -> tuple[Facts, Lots, dict[str, Check]]:
    facts = facts_of(folder)
    table, check = read_table(folder, "buy_plan", facts.case)
    assert table is not None, check
    lots, checks = assemble(facts, table)
    return facts, lots, {check.name: check for check in checks}


def held(lots: Lots, line: str) -> list[float]:
    (at,) = np.flatnonzero(lots.line == line)
    return [round(float(value), 9) for value in lots.held[at]]


@pytest.mark.slow
def test_attrition_from_the_start_of_the_plan(folder: Path) -> None:
    change(folder / "inputs/chips.csv", {"annual_attrition": "0.1"}, {"chip": "a"})
    _, lots, checks = lots_of(folder)
    assert all(check.passed for check in checks.values())
    # 100 chips counted at the start, of age 2: a year later 90 are alive, less 10 retired then; the
    # new ones are of age 0
    assert held(lots, "fleet:a:2025@home") == [100.0, 80.0]
    assert held(lots, "buy@home@2027") == [0.0, 40.0]
    # a year on, at the end of the plan, 10 % less again
    assert lots.at_end[lots.line == "fleet:a:2025@home"] == pytest.approx(72.0)
    assert lots.at_end[lots.line == "buy@home@2027"] == pytest.approx(36.0)
    # contracts lose none
    assert held(lots, "reserve@cloud@2027") == [30.0, 30.0]


@pytest.mark.slow
def test_survival_by_age(folder: Path) -> None:
    change(
        folder / "inputs/survival.csv",
        {},
        add=[
            {
                "chip": "a",
                "age_years": age,
                "share_alive": share,
                "source": "assumption",
                "as_of": "2026-12-01",
            }
            for age, share in (("0", "1"), ("2", "0.8"), ("4", "0.4"))
        ],
    )
    _, lots, _ = lots_of(folder)
    # age 2: 0.8, age 3: 0.6, so 75 of 100 are alive in 2028, less 10 retired then; at age 4 half of
    # those of age 2
    assert held(lots, "fleet:a:2025@home") == [100.0, 65.0]
    assert lots.at_end[lots.line == "fleet:a:2025@home"] == pytest.approx(65.0 * 0.4 / 0.6)
    assert lots.at_end[lots.line == "buy@home@2027"] == pytest.approx(40.0 * 0.9)


@pytest.mark.slow
def test_relocation_keeps_the_lots_survival(folder: Path) -> None:
    change(folder / "inputs/chips.csv", {"annual_attrition": "0.1"}, {"chip": "a"})
    change(
        folder / "inputs/sites.csv",
        {},
        add=[
            {
                "site": "away",
                "region": "r3",
                "country": "us",
                "kind": "owned",
                "pue": "1.1",
                "usd_per_mwh": "30",
                "kg_co2_per_mwh": "100",
                "source": "assumption",
                "as_of": "2026-12-01",
            }
        ],
    )
    change(
        folder / "inputs/power.csv",
        {},
        add=[{"site": "away", "period": period, "mw": "1"} for period in ("2027", "2028")],
    )
    change(
        folder / "inputs/offers.csv",
        {},
        add=[
            {
                "offer": "move",
                "chip": "a",
                "site": "away",
                "kind": "relocate",
                "from_site": "home",
                "lead_periods": "1",
                "usd_per_chip": "500",
                "source": "assumption",
                "as_of": "2026-12-01",
            }
        ],
    )
    line = {
        "line_id": "move@away@2027/fleet:a:2025@home",
        "offer": "move",
        "order_period": "2027",
        "site": "away",
        "from_site": "home",
        "status": "new",
        "action": "relocate",
        "chip": "a",
        "in_service_period": "2028",
        "leaves_period": "2029",
        "chips": "20",
    }
    change(folder / "buy_plan.csv", {}, add=[line])
    _, lots, checks = lots_of(folder)
    assert all(check.passed for check in checks.values()), checks
    # 20 of 100 leave at once; 72 of the 80 and 18 of the 20 are alive a year later, when 10 are
    # retired
    assert held(lots, "fleet:a:2025@home") == [80.0, 62.0]
    assert held(lots, line["line_id"]) == [0.0, 18.0]
    change(folder / "buy_plan.csv", {"from_site": "cloud"}, {"action": "relocate"})
    assert not lots_of(folder)[2]["buy_plan.relocation"].passed
    change(folder / "buy_plan.csv", {"from_site": "home", "chips": "101"}, {"action": "relocate"})
    assert not lots_of(folder)[2]["holdings.left"].passed


@pytest.mark.slow
def test_contract_cut_short_only_where_it_may_be(folder: Path) -> None:
    change(
        folder / "buy_plan.csv",
        {},
        add=[
            {
                "line_id": "retire/reserve@cloud@2027@2028",
                "offer": "reserve",
                "order_period": "2028",
                "site": "cloud",
                "status": "new",
                "action": "retire",
                "chip": "c",
                "chips": "12",
            }
        ],
    )
    assert not lots_of(folder)[2]["buy_plan.retirement"].passed
    change(folder / "inputs/offers.csv", {"cancellable": "yes"}, {"offer": "reserve"})
    _, lots, checks = lots_of(folder)
    assert checks["buy_plan.retirement"].passed
    assert held(lots, "reserve@cloud@2027") == [30.0, 18.0]
    # not in the period in which it begins
    change(
        folder / "buy_plan.csv",
        {"order_period": "2027", "line_id": "retire/reserve@cloud@2027@2027"},
        {"line_id": "retire/reserve@cloud@2027@2028"},
    )
    assert not lots_of(folder)[2]["buy_plan.retirement"].passed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "credit"),
    [
        # 40 chips at 30000, a fifth paid in 2027, the rest in 2028, one of four years used at the
        # end of 2028
        ("annuity", 30000 * (0.2 + 0.8 / 1.21) * (1 - (1 - 1 / 1.21) / (1 - 1.21**-4))),
        ("straight_line", 30000 * 0.75 / 1.21**2),
        # resale of a chip of age 1: 0.6 at 0, 0.2 at 4
        ("table", 30000 * 0.5 / 1.21**2),
        ("none", 0.0),
    ],
)
def test_residual_of_a_purchase(setting: str, credit: float, folder: Path) -> None:
    path = folder / "inputs/case.yaml"
    path.write_text(path.read_text().replace("straight_line", setting))
    facts, lots, _ = lots_of(folder)
    assert residual_credit(facts, lots)[lots.line == "buy@home@2027"] == pytest.approx(
        credit, rel=1e-12
    )


@pytest.mark.slow
def test_tokens_of_all_three_kinds_gains_and_calibration(folder: Path) -> None:
    change(
        folder / "inputs/throughput.csv",
        {"input_tok_per_s": "5000", "cached_tok_per_s": "20000", "calibration": "0.8"},
        {"model": "m", "chip": "a"},
    )
    change(
        folder / "inputs/demand.csv",
        {"output_mtok": "100", "input_mtok": "300", "cached_mtok": "400"},
        {"workload": "chat"},
    )
    change(
        folder / "inputs/gains.csv",
        {},
        add=[
            {
                "model": "m",
                "chip": chip,
                "period": period,
                "gain": gain,
                "source": "assumption",
                "as_of": "2026-12-01",
            }
            for chip, period, gain in (("a", "2028", "1.5"), ("*", "2027", "3"))
        ],
    )
    facts = facts_of(folder)
    chat = facts.codes("workload", ["chat", "chat", "chat"])
    rate, _ = serving_rate(
        facts, state_demand(facts), chat, facts.codes("chip", ["a", "a", "c"]), np.array([0, 1, 1])
    )
    # a: 0.1 + 0.06 + 0.02 million seconds for 100 Mtok, 1800 s each; calibration 0.8, gain 1.5 from
    # 2028 on; cap 0.5 c: no input figures, so 500 tokens/s contain them; the gain of all other
    # chips is 3
    assert rate == pytest.approx(
        [0.8 / 1800 * 0.5, 0.8 * 1.5 / 1800 * 0.5, 500e-6 * 3 * 0.5], rel=1e-12
    )


@pytest.mark.slow
def test_curves_by_age(folder: Path) -> None:
    change(
        folder / "inputs/maintenance.csv",
        {},
        add=[
            {
                "chip": "a",
                "age_years": age,
                "usd_per_chip_year": usd,
                "source": "assumption",
                "as_of": "2026-12-01",
            }
            for age, usd in (("0", "10"), ("2", "30"))
        ],
    )
    facts = facts_of(folder)
    chips = facts.codes("chip", ["a"] * 5 + ["c"])
    age = np.array([0.0, 1.0, 2.0, 3.0, 9.0, 1.0])
    assert facts.by_age("resale", "share_of_price", chips, age)[:5] == pytest.approx(
        [0.6, 0.5, 0.4, 0.3, 0.2]
    )
    assert facts.by_age("maintenance", "usd_per_chip_year", chips, age, step=True)[:5].tolist() == [
        10.0,
        10.0,
        30.0,
        30.0,
        30.0,
    ]
    assert np.isnan(facts.by_age("resale", "share_of_price", chips, age)[5])


@pytest.mark.slow
def test_supply_by_arrival(folder: Path) -> None:
    change(folder / "inputs/supply.csv", {"basis": "arrival", "max_chips": "39", "min_chips": "0"})
    facts, lots, _ = lots_of(folder)
    nothing, none = np.zeros((2, 2, 2, 2)), np.zeros((len(facts.offer), facts.T))
    codes = np.empty(0, np.int64)
    capacity = Capacity(
        nothing[..., 0],
        nothing[..., 0],
        nothing,
        nothing,
        codes,
        codes,
        codes,
        codes,
        codes,
        np.empty(0),
    )
    supply, _ = read_table(folder, "supply", facts.case)
    assert supply is not None
    found = {
        check.name: check for check in check_supply(facts, lots, lots.chips, none, capacity, supply)
    }
    assert not found["supply.max"].passed
    assert (
        "supply group g in 2028, by arrival: found 40, most 39 chips" in found["supply.max"].where
    )
    offers = {check.name: check for check in check_offers(facts, lots, lots.chips, none, capacity)}
    assert offers["offers.min"].passed
    change(folder / "inputs/supply.csv", {"max_chips": "60"})
    change(folder / "inputs/offers.csv", {"min_per_period": "41"}, {"offer": "buy"})
    offers = {
        check.name: check
        for check in check_offers(facts_of(folder), lots, lots.chips, none, capacity)
    }
    assert "buy in 2027, over all sites: found 40, least 41 chips" in offers["offers.min"].where


def test_tolerance_is_relative_to_the_size_with_a_floor() -> None:
    where = "row {}".format
    assert agree("x", [1e6 + 0.9], [1e6], where, unit="USD").passed
    assert not agree("x", [1e6 + 1.2], [1e6], where, unit="USD").passed
    assert agree("x", [0.00009], [0.0], where, unit="chips", floor=few_chips(120.0)).passed
    assert not agree("x", [0.0002], [0.0], where, unit="chips", floor=few_chips(1e6)).passed
    assert not agree("x", [np.nan], [0.0], where, unit="USD").passed
    assert not agree("x", [1.0], [np.nan], where, unit="USD").passed
    assert at_most("x", [1e9], [np.nan], where, unit="USD").passed
    assert not at_most("x", [np.nan], [1.0], where, unit="USD").passed
    assert not at_most("x", [1.0, 3.0, 2.0], [1.0, 1.0, 1.0], where, unit="USD").passed
    assert at_most("x", [1.0, 3.0, 2.0], [1.0, 1.0, 1.0], where, unit="USD").where.startswith(
        "row 1"
    )
    assert at_least("x", [2.0], [1.0], where, unit="USD").passed
    # a plan of a tenth of a chip has no room for the floor of one of hundreds
    assert not agree("x", [1e-5], [0.0], where, unit="chips", floor=few_chips(0.12)).passed
