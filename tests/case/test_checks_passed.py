"""What has passed: orders that stand nowhere, and figures that end before the plan does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from tests.helpers import YAML, broken, changed, told, write_case

BROKEN = {
    "bought again": (
        broken(
            add={
                "last_plan": [
                    {"offer": "buy", "site": "iowa", "order_period": "2026Q4", "chips": "904"}
                ]
            }
        ),
        [
            "warning order-lost last_plan/buy_plan.csv:5 order_period=2026Q4: was ordered before "
            "the plan begins (2027Q1), and neither fleet.csv, orders.csv nor power_orders.csv has "
            "buy at iowa: what is forgotten is planned to be bought again. enter it as it was "
            "executed (`ordered` 2026Q4), remove the line if it was not ordered, or roll the case "
            "with planner roll",
        ],
    ),
    "gains end": (
        broken(
            ("gains", 0, "period", "2027Q1"),
            add={
                "gains": [
                    {"model": "small", "chip": "*", "period": f"2027Q{n}", "gain": f"1.{n + 1}"}
                    | {"source": "assumption", "as_of": "2026-11-01"}
                    for n in (2, 3)
                ]
            },
        ),
        [
            "warning table-ends gains.csv:4 period=2027Q3: is the last gain of small on *, and the "
            "plan goes on to 2027Q4: 1.4 holds on. write the gains of the later periods too, or "
            "accept it in case.yaml",
        ],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rule_is_told(name: str, tmp_path: Path) -> None:
    way, messages = BROKEN[name]
    assert told(tmp_path, way) == messages


def warned(tmp_path: Path, tables: Any, code: str) -> list[str]:
    case = read_case(write_case(tmp_path, tables, YAML))
    return [str(problem) for problem in case.warnings if problem.code == code]


def line(**cells: str) -> dict[str, str]:
    known = {"offer": "buy", "site": "iowa", "order_period": "2026Q4", "chips": "904"}
    return {"line_id": "x", "status": "new", "action": "buy"} | known | cells


LOT = {"chip": "h100", "site": "iowa", "chips": "900", "in_service": "2026Q4"}


@pytest.mark.parametrize(
    ("ordered", "tables", "lost"),
    [
        (line(), {}, True),  # 904 chips, bought again
        (line(chips="0"), {}, False),
        (line(decision="refused"), {}, False),
        (line(), {"fleet": [LOT]}, False),  # in service when it was ordered
        (line(order_period="2026Q3"), {"fleet": [LOT]}, False),  # a quarter later
        (line(), {"fleet": [LOT | {"in_service": "2026Q2"}]}, True),
        (line(), {"fleet": [LOT | {"site": "ohio"}]}, True),
        (line(order_period="2025Q1"), {}, False),  # 1,000 came then
        (line(offer="hold", site="eu1"), {}, True),
        (line(offer="hold", site="eu1", order_period="2026Q1"), {}, False),  # four quarters: over
        (line(offer="of-then"), {}, True),
        (line(offer="of-then"), {"fleet": [LOT]}, False),
    ],
)
def test_an_order_of_the_last_plan_stands_somewhere(
    tmp_path: Path, ordered: dict[str, str], tables: dict[str, Any], lost: bool
) -> None:
    found = warned(tmp_path, changed(add={"last_plan": [ordered], **tables}), "order-lost")
    assert bool(found) == lost
    if lost:
        assert "last_plan/buy_plan.csv:5 order_period" in found[0]
        assert f"has {ordered['offer']} at {ordered['site']}" in found[0]


def test_an_order_on_its_way_stands_somewhere(tmp_path: Path) -> None:
    order = {"order": "po2", "chip": "h100", "site": "iowa", "arrives": "2027Q3", "chips": "900"}
    order |= {"ordered": "2026Q4", "paid_share": "0.2", "usd_per_chip": "25000"}
    tables = changed(add={"last_plan": [line()], "orders": [order]})
    assert warned(tmp_path, tables, "order-lost") == []


def test_prices_that_have_passed(tmp_path: Path) -> None:
    """Moved a year on, offer_prices.csv has no price of the plan: that of offers.csv holds."""
    tables = changed(
        ("offer_prices", 0, "period", "2026Q2"),
        ("offer_prices", 2, "period", "2026Q1"),
        ("offer_prices", 3, "period", "2026Q3"),
    )
    [found] = warned(tmp_path, tables, "table-ends")
    assert found == (
        "offer_prices.csv:5 usd_per_chip: '25000' - is the last figure of buy, before the plan "
        "begins (2027Q1): instead 25000 holds in every period; write the figures of the plan's "
        "periods, or accept it in case.yaml"
    )
    assert warned(tmp_path / "good", changed(), "table-ends") == []


def test_gains_that_end(tmp_path: Path) -> None:
    gain = {"model": "small", "chip": "h100", "source": "assumption", "as_of": "2026-11-01"}
    rows = [gain | {"period": f"2027Q{n}", "gain": f"1.{n}"} for n in (1, 2, 3)]
    [found] = warned(tmp_path / "a", changed(add={"gains": rows}), "table-ends")
    assert "gains.csv:5 period: '2027Q3' - is the last gain of small on h100" in found
    assert "goes on to 2027Q4: 1.3 holds on" in found
    steps = [rows[0], rows[2]]  # now and then: each holds until the next
    assert warned(tmp_path / "b", changed(add={"gains": steps}), "table-ends") == []
