"""Orders and chips that were counted before the plan: the roll carries them, and the rest of the
plan costs what it did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.plan.answer import Answer
from planner.roll.money import passed_usd
from tests.helpers import write_case
from tests.model.small import demand, offer, settings, tables
from tests.roll.nextcase import solved, write_next

NEED = demand(10, 14, 30, 40)


def step(chips: float, usd: float, counts: str, on: str) -> dict[str, Any]:
    row = {"offer": "buy", "from_chips": chips, "usd_per_chip": usd, "counts": counts, "on": on}
    return row | {"source": "assumption", "as_of": "2026-10-01"}


def cost_of(answer: Answer) -> float:
    ledger = answer.formulation.ledger
    return float((ledger.nominal * ledger.factor * answer.x[ledger.column]).sum())


CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], dict[str, str]]] = {
    "orders of the plan": ({"max_orders": 3, "orders_before": 1}, [], {"orders_before": "2"}),
    "orders of the year": (
        {"max_orders": 1, "max_orders_per": "fiscal_year"},
        [],
        {"orders_before": ""},
    ),
    "a fee": ({"usd_per_order": 70}, [], {}),
    "chips above": (
        {"chips_before": 2},
        [step(12, 80, "plan", "above"), step(25, 60, "plan", "above")],
        {"chips_before": "12"},
    ),
    "chips of all": ({}, [step(20, 80, "plan", "all")], {"chips_before": "10"}),
    "chips of a year": ({}, [step(12, 80, "fiscal_year", "above")], {"chips_before": ""}),
    "chips of an order": ({}, [step(12, 80, "order", "all")], {"chips_before": ""}),
}


@pytest.mark.parametrize(("terms", "steps", "cells"), CASES.values(), ids=CASES.keys())
def test_carried_on(
    tmp_path: Path, terms: dict[str, Any], steps: list[dict[str, Any]], cells: dict[str, str]
) -> None:
    case = tables(
        4,
        demand=NEED,
        offers=[offer(usd_per_chip=100, **terms)],
        **({"offer_steps": steps} if steps else {}),
    )
    given = settings(4, discount_rate=0.1, residual="annuity")
    folder = write_case(tmp_path / "case", case, given)
    answer, _ = solved(folder)
    write_next(folder, answer, 1, tmp_path / "next")
    row = pd.read_csv(tmp_path / "next" / "offers.csv", dtype=str, keep_default_na=False).iloc[0]
    for name, cell in cells.items():
        assert row.get(name, "") == cell, name
    rest, _ = solved(tmp_path / "next")
    both = passed_usd(answer, 1) + cost_of(rest) / 1.1
    assert both == pytest.approx(cost_of(answer), rel=1e-9)
