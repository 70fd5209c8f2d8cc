"""The audit of orders: each term damaged alone, in a run that is right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.audit import audit
from planner.pipeline import run
from tests.helpers import write_case
from tests.model.small import demand, offer, settings, tables

PLACED = "placed,,buy,,,,,,,2026,,,1\n"
"""The second order, in whole.csv."""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10 chips are ordered in 2025 and 6 in 2026: two orders of at least 6, each for 7 USD."""
    folder = tmp_path_factory.mktemp("orders")
    terms = {"min_order": 6, "max_orders": 2, "usd_per_order": 7}
    offers = [offer(usd_per_chip=100, **terms)]
    cheaper = [{"offer": "buy", "period": 2026, "usd_per_chip": 50}]
    case = tables(demand=demand(10, 14), offers=offers, offer_prices=cheaper)
    result = run(write_case(folder / "case", case, settings()), out=folder / "out")
    assert result.status == "optimal", result.message
    assert result.folder is not None
    return result.folder


def test_right_as_it_is(good: Path) -> None:
    report = audit(good)
    assert report.ok, str(report)
    assert {"orders.placed", "orders.least", "orders.count"} <= {c.name for c in report.checks}


@pytest.mark.parametrize(
    ("file", "old", "new", "check", "told"),
    [
        ("inputs/offers.csv", ",6,2,7", ",7,2,7", "orders.least", "buy in 2026"),
        ("inputs/offers.csv", ",6,2,7", ",6,1,7", "orders.count", "buy in the plan, orders"),
        ("inputs/offers.csv", ",6,2,7", ",6,2,8", "costs.nominal", "ordering (capex) in 2025"),
        ("whole.csv", PLACED, "", "orders.placed", "buy in 2026, over all sites: 6 chips"),
        ("whole.csv", PLACED, "", "costs.nominal", "ordering (capex) in 2026"),
        ("whole.csv", PLACED, PLACED.replace(",1\n", ",2\n"), "orders.placed", "placed 2 in"),
    ],
)
def test_each_term_damaged(
    good: Path, tmp_path: Path, file: str, old: str, new: str, check: str, told: str
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(good, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    failed = {found.name: found for found in audit(folder).failed}
    assert told in failed[check].where
