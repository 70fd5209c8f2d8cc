"""The audit of price steps: each part damaged alone, in a run that is right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.audit import audit
from tests.model.small import demand, offer, settings, tables
from tests.model.test_order_terms import run_of
from tests.model.test_steps import step


@pytest.fixture(scope="module")
def above(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10 chips in 2025 at 100, then 2 at 100 and 2 beyond 12 of the plan at 80."""
    case = tables(
        demand=demand(10, 14),
        offer_steps=[step(12, 80, counts="plan", on="above")],
        offer_prices=[{"offer": "buy", "period": 2026, "usd_per_chip": 99}],
    )
    return run_of(tmp_path_factory.mktemp("above"), case, settings())


@pytest.fixture(scope="module")
def for_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """14 chips in 2025, all at 80 from 12 on."""
    case = tables(
        demand=demand(10, 14), offers=[offer(usd_per_chip=100)], offer_steps=[step(12, 80)]
    )
    return run_of(tmp_path_factory.mktemp("all"), case, settings())


ALL = "buy@home@2025,buy,home,2025,1,12,14,80\n"
LAST = "buy@home@2026,buy,home,2026,1,12,2,80\n"


@pytest.mark.parametrize(
    ("run", "file", "old", "new", "check", "told"),
    [
        ("for_all", "order_steps.csv", ALL, ALL.replace(",80", ",70"), "usd_per_chip", "row 2"),
        ("for_all", "order_steps.csv", ALL, ALL.replace(",12,", ",11,"), "from_chips", "row 2"),
        ("for_all", "order_steps.csv", ALL, ALL.replace(",14,", ",13,"), "chips", "buy@home@2025"),
        (
            "for_all",
            "order_steps.csv",
            ALL,
            ALL.replace("@2025", "@2026"),
            "lines",
            "buy@home@2026",
        ),
        (
            "for_all",
            "inputs/offer_steps.csv",
            "buy,12,80",
            "buy,15,80",
            "filled",
            "buy in 2025, chips lacking at step 1",
        ),
        (
            "for_all",
            "whole.csv",
            ",2025,,1,1\n",
            ",2025,,0,1\n",
            "counts",
            "buy in 2025, steps [0] hold, chips at [1]",
        ),
        (
            "above",
            "inputs/offer_steps.csv",
            "buy,12,80",
            "buy,11,80",
            "filled",
            "buy in the plan, chips by 2026",
        ),
        (
            "above",
            "inputs/offer_steps.csv",
            "buy,12,80",
            "buy,13,80",
            "filled",
            "chips lacking below an open step by 2026",
        ),
        ("above", "order_steps.csv", LAST, "", "chips", "buy@home@2026"),
        ("above", "whole.csv", ",2026,,0,1\n", ",2025,,0,1\n", "counts", "full steps [0] by 2025"),
    ],
)
def test_each_part_damaged(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    run: str,
    file: str,
    old: str,
    new: str,
    check: str,
    told: str,
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(request.getfixturevalue(run), folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new), encoding="utf-8")
    failed = {found.name: found for found in audit(folder).failed}
    assert told in failed[f"order_steps.{check}"].where


def test_prices_that_are_paid_are_audited(for_all: Path, tmp_path: Path) -> None:
    """A price list that is damaged in inputs and steps alike is told by what is paid."""
    folder = tmp_path / "run"
    shutil.copytree(for_all, folder)
    for file, old, new in (
        ("order_steps.csv", ALL, ALL.replace(",80", ",70")),
        ("inputs/offer_steps.csv", "buy,12,80", "buy,12,70"),
    ):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    failed = {found.name for found in audit(folder).failed}
    assert {"costs.nominal", "buy_plan.total_usd", "buy_plan.usd_per_chip"} <= failed
