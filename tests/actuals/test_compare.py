"""Plan against actual, worked by hand on the quickstart case.

20 blackwell at 40,000 USD are ordered in each of 2027Q1 to 2027Q3 and paid when they arrive, two
quarters later.  In 2027Q1 chat is served by hopper: 933,120 Mtok at 1,000 tokens/s are 259,200
chip-hours of 1 kW, x 1.25 x 60 USD/MWh = 19,440 USD of energy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.actuals import read_actuals
from planner.actuals.compare import Comparison, compare, view
from planner.actuals.planned import planned_of
from planner.actuals.split import PARTS, in_cents
from tests.actuals.test_reading import LINE, write

MONEY = ["planned_usd", "actual_usd", "variance_usd", *PARTS]


def compared(run: Path, folder: Path, by: int, **tables: str) -> Comparison:
    return compare(planned_of(run, by), read_actuals(write(folder, **tables), run, by))


def of(comparison: Comparison, by: str, name: str) -> list[float]:
    """Return planned, actual, variance, quantity, price and timing of one row of a view."""
    return [float(x) for x in view(comparison.ledger, by).set_index("name").loc[name, MONEY]]


def test_nothing_told_varies_nothing(tmp_path: Path, quickstart: Path) -> None:
    found = compared(quickstart, tmp_path / "none", 3)
    assert len(found.amounts) == 0
    assert found.ledger[list(PARTS)].eq(0).all(axis=None)
    assert of(found, "term", "chips") == [800000, 800000, 0, 0, 0, 0]
    for by in ("line", "workload", "milestone", "site"):
        assert view(found.ledger, by).empty


def test_fewer_dearer_and_late(tmp_path: Path, quickstart: Path) -> None:
    orders = f"line,chips,usd_per_chip,arrives\n{LINE},16,41000,2027Q4"
    found = compared(quickstart, tmp_path / "a", 3, orders=orders)
    # (16 - 20) x 40,000; 16 x 1,000; 16 x 41,000 not yet due
    line = [800000, 0, -800000, -160000, 16000, -656000]
    assert of(found, "line", LINE) == line
    assert of(found, "term", "chips") == line
    assert of(found, "site", "home")[2:] == line[2:]
    amounts = found.amounts.set_index("measure")[["unit", "planned", "actual"]]
    assert amounts.loc["amount"].tolist() == ["chips", 20, 16]
    assert amounts.loc["price"].tolist() == ["USD/chip", 40000, 41000]
    assert amounts.loc["in service"].tolist() == ["periods late", 0, 1]
    # a quarter later the chips are paid: what was late is late no more
    after = compared(quickstart, tmp_path / "a", 4)
    assert of(after, "line", LINE) == [800000, 656000, -144000, -160000, 16000, 0]


def test_a_deposit_that_was_not_planned_is_early(tmp_path: Path, quickstart: Path) -> None:
    found = compared(quickstart, tmp_path / "a", 1, orders=f"line,paid_share\n{LINE},0.25")
    assert of(found, "line", LINE) == [0, 200000, 200000, 0, 0, 200000]


def test_ordered_a_quarter_late_arrives_a_quarter_late(tmp_path: Path, quickstart: Path) -> None:
    found = compared(quickstart, tmp_path / "a", 4, orders=f"line,period\n{LINE},2027Q2")
    assert view(found.ledger, "line").empty  # paid within the quarters that have passed
    ledger = found.ledger[found.ledger["kind"] == "line"].set_index("period")
    assert ledger["timing_usd"].to_dict() == {2: -800000, 3: 800000}


def test_bought_beside_the_plan_is_quantity(tmp_path: Path, quickstart: Path) -> None:
    line = "buy-blackwell@home@2027Q4"
    found = compared(quickstart, tmp_path / "a", 6, orders=f"line,chips\n{line},8")
    assert of(found, "line", line) == [0, 320000, 320000, 320000, 0, 0]  # at the price listed


def test_not_bought(tmp_path: Path, quickstart: Path) -> None:
    found = compared(quickstart, tmp_path / "a", 3, orders=f"line,chips\n{LINE},0")
    assert of(found, "line", LINE) == [800000, 0, -800000, -800000, 0, 0]


def test_work_by_volume_and_by_chip_hour(tmp_path: Path, quickstart: Path) -> None:
    work = "workload,period,chip,asked,served,chip_hours\nchat,2027Q1,,940000,900000,270000"
    found = compared(quickstart, tmp_path / "a", 1, work=work)
    # 900,000 of 933,120 Mtok; 270,000 instead of the 250,000 chip-hours that they should take
    assert of(found, "workload", "chat") == [19440, 20250, 810, -690, 1500, 0]
    assert of(found, "term", "energy") == [19440, 20250, 810, -690, 1500, 0]
    amounts = found.amounts.set_index("measure")[["planned", "actual"]]
    assert amounts.loc["done"].tolist() == pytest.approx([933120, 900000])
    assert amounts.loc["chip-hours"].tolist() == pytest.approx([259200, 270000])
    assert amounts.loc["asked"].tolist() == [933120, 940000]


def test_cash_holds_what_nothing_else_explains(tmp_path: Path, quickstart: Path) -> None:
    tables = {
        "work": "workload,period,served,chip_hours\nchat,2027Q1,900000,270000",
        "cash": "term,period,usd\nenergy,2027Q1,21000.01\nspace,2027Q1,5",
        "orders": f"line,paid_share\n{LINE},0.25",
    }
    found = compared(quickstart, tmp_path / "a", 1, **tables)
    # 20,250 of the 21,000.01 is explained by the work; the rest is another tariff
    assert of(found, "term", "energy") == [19440, 21000.01, 1560.01, -690, 2250.01, 0]
    assert of(found, "workload", "chat") == [19440, 20250, 810, -690, 1500, 0]
    assert of(found, "term", "space") == [0, 5, 5, 0, 5, 0]
    # every cent once: planned and paid in all
    ledger = found.ledger
    assert round(ledger["planned_usd"].sum(), 2) == 19440
    assert round(ledger["actual_usd"].sum(), 2) == 21000.01 + 5 + 200000
    told = write(tmp_path / "b", cash="term,period,site,usd\nenergy,2027Q1,home,21000.01")
    found = compare(planned_of(quickstart, 1), read_actuals(told, quickstart, 1))
    assert of(found, "site", "home") == [19440, 21000.01, 1560.01, 0, 1560.01, 0]


def test_fleet_and_power(tmp_path: Path, quickstart: Path) -> None:
    tables = {
        "fleet": "chip,site,in_service,chips\nhopper,home,,118",
        "power": "site,2027Q1\nhome,0.25",
    }
    found = compared(quickstart, tmp_path / "a", 1, **tables).amounts
    assert found[["name", "unit", "planned", "actual"]].to_numpy().tolist() == [
        ["hopper@home", "chips", 120, 118],
        ["home", "MW", 0.28, 0.25],
    ]
    lots = pd.DataFrame({"chip": ["hopper"], "site": ["home"], "in_service": [-8], "chips": [119]})
    told = write(tmp_path / "b", fleet="chip,site,in_service,chips\nhopper,home,2025Q1,118")
    actuals = read_actuals(told, quickstart, 1)
    row = compare(planned_of(quickstart, 1), actuals, lots).amounts.iloc[0]
    assert row[["name", "planned", "actual"]].tolist() == ["hopper@home of 2025Q1", 119, 118]


def test_cents_are_exact() -> None:
    rng = np.random.default_rng(5)
    parts = rng.normal(size=(3, 1000)) * 1e6
    planned = rng.normal(size=1000) * 1e7
    ledger = pd.DataFrame(
        {"planned_usd": planned, "actual_usd": planned + parts.sum(axis=0)}
        | dict(zip(PARTS, parts, strict=True))
    )
    found = in_cents(ledger)
    cents = {name: np.round(found[name].to_numpy() * 100).astype(int) for name in found}
    whole = cents["actual_usd"] - cents["planned_usd"]
    assert (whole == sum(cents[name] for name in PARTS)).all()
    assert max(abs(found[name] - ledger[name]).max() for name in PARTS) < 0.03
