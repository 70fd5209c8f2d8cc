"""Commitments in USD an hour: covered, unused, paid ahead, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import run
from planner.study.explain import explain
from tests.helpers import write_case
from tests.model.small import HOURS, demand, offer, settings, site, solved, tables

RENT: dict[str, Any] = {
    "sites": [site("sky", "cloud")],
    "power": None,
    "offers": [offer("rent", site="sky", kind="on_demand", usd_per_chip_hour=1)],
}
"""10 chips, in 2025 and 2026, for a USD an hour each."""


def plan(name: str = "plan", **cells: Any) -> dict[str, Any]:
    return {
        "commitment": name,
        "provider": "cloud",
        "discount": 0.4,
        "term_periods": 1,
        "source": "assumption",
        "as_of": "2026-11-01",
    } | cells


def hourly(folder: Path, *plans: dict[str, Any], said: Any = None, **changes: Any) -> float:
    """The cost over two years in USD an hour of one of them."""
    case = tables(**{**RENT, "commitments": list(plans), **changes})
    return solved(folder, case, settings(**(said or {})))[1].objective / HOURS


def test_all_of_a_steady_use_is_covered_by_hand(tmp_path: Path) -> None:
    """Ten chips at 0.6 USD in each of two years."""
    assert hourly(tmp_path / "a") == pytest.approx(20)
    assert hourly(tmp_path / "b", plan()) == pytest.approx(12)
    assert hourly(tmp_path / "c", plan(term_periods=2)) == pytest.approx(12)
    # 3 USD an hour cover five chips
    assert hourly(tmp_path / "d", plan(max_usd_per_hour=3)) == pytest.approx(2 * (3 + 5))


def test_what_is_unused_is_lost_by_hand(tmp_path: Path) -> None:
    """Ten chips in 2025 and two in 2026: for both years 1.2 USD cover two; the other eight for two
    years at 0.6 or for one at 1 USD: 9.6 is more than 8."""
    falls = {"demand": demand(10, 2)}
    assert hourly(tmp_path / "a", plan(term_periods=2), **falls) == pytest.approx(2.4 + 8)
    cheap = plan(term_periods=2, discount=0.6)
    assert hourly(tmp_path / "b", cheap, **falls) == pytest.approx(2 * 4)
    # signed: 6 USD an hour are paid in both years, also where two chips take 1.2 of them
    signed = plan(term_periods=2, signed=2025, usd_per_hour=6)
    assert hourly(tmp_path / "c", signed, **falls) == pytest.approx(12)


def test_one_signed_before_the_plan_ends_in_it_by_hand(tmp_path: Path) -> None:
    """In force in 2024 and 2025: the ten chips of 2025 cost 6, those of 2026 10 USD an hour."""
    signed = plan(term_periods=2, signed=2024, usd_per_hour=6)
    assert hourly(tmp_path, signed) == pytest.approx(6 + 10)


def test_two_of_them_are_in_force_together_by_hand(tmp_path: Path) -> None:
    """The better one, at most 2 USD, covers five chips at 0.4; the other one five at 0.6."""
    better = plan("better", discount=0.6, max_usd_per_hour=2)
    assert hourly(tmp_path, plan(), better) == pytest.approx(2 * (2 + 3))


def test_only_its_offers_are_covered(tmp_path: Path) -> None:
    other = offer("other", site="sky", kind="on_demand", usd_per_chip_hour=0.9)
    two = {"offers": [*RENT["offers"], other]}
    assert hourly(tmp_path / "a", plan(offers="rent"), **two) == pytest.approx(12)
    assert hourly(tmp_path / "b", plan(offers="rent", discount=0.05), **two) == pytest.approx(18)


def test_what_is_paid_ahead_is_paid_at_the_start_by_hand(tmp_path: Path) -> None:
    """At 10 % a year: 6 USD an hour for two years, all of it at the start, or hour by hour."""
    said = {"discount_rate": 0.1}
    mid = 1.1**-0.5 + 1.1**-1.5
    assert hourly(tmp_path / "a", plan(term_periods=2), said=said) == pytest.approx(6 * mid)
    ahead = plan(term_periods=2, upfront_share=1, signed=2025, usd_per_hour=6)
    # signed: what was due ahead is paid
    assert hourly(tmp_path / "b", ahead, said=said) == pytest.approx(0, abs=1e-6)
    fixed = plan(term_periods=2, upfront_share=1, discount=0.5, last_order=2025)
    assert hourly(tmp_path / "c", fixed, said=said) == pytest.approx(10)
    half = fixed | {"upfront_share": 0.5}
    assert hourly(tmp_path / "d", half, said=said) == pytest.approx(5 + 2.5 * mid)


def test_what_is_paid_ahead_beyond_the_plan_is_credited_by_hand(tmp_path: Path) -> None:
    """Four years of 5 USD an hour ahead, two of them beyond the plan."""
    long = plan(term_periods=4, upfront_share=1, discount=0.5, last_order=2025)
    line = {"residual": "straight_line"}
    assert hourly(tmp_path / "a", long, said=line) == pytest.approx(2 * 5)
    assert hourly(tmp_path / "b", long) == pytest.approx(20)  # worth nothing then: 20 either way


@pytest.mark.slow
def test_the_plan_tells_and_checks_it(tmp_path: Path) -> None:
    case = tables(**RENT, commitments=[plan(max_usd_per_hour=3, upfront_share=0.5)])
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    orders = pd.read_csv(result.folder / "commitment_orders.csv", dtype={"order_period": str})
    assert orders["usd_per_hour"].tolist() == [3, 3]
    covered = pd.read_csv(result.folder / "covered.csv")
    assert covered["chips"].tolist() == [5, 5]
    assert covered["saved_usd"].sum() == pytest.approx(2 * 2 * HOURS)
    worth = pd.read_csv(result.folder / "commitments.csv")["worth_usd_per_USD"]
    assert worth.tolist() == pytest.approx([(1 / 0.6 - 1) * HOURS] * 2)
    names = {check.name for check in audit(result.folder).checks}
    assert {"covered.rented", "covered.committed", "commitments.max_usd_per_hour"} <= names


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "check"),
    [
        ("covered.csv", ",all,5,", ",all,6,", "covered.committed"),
        ("inputs/commitments.csv", ",3", ",2", "commitments.max_usd_per_hour"),
        ("inputs/commitments.csv", "0.4", "0.3", "covered.saved_usd"),
        ("commitment_orders.csv", "cloud", "other", "commitment_orders.provider"),
    ],
)
def test_a_wrong_plan_does_not_hold(
    tmp_path: Path, file: str, old: str, new: str, check: str
) -> None:
    case = tables(**RENT, commitments=[plan(max_usd_per_hour=3)])
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.folder is not None
    path = result.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert check in {failed.name for failed in audit(result.folder).failed}


@pytest.mark.slow
def test_what_it_saves_and_how_much_is_used_by_hand(tmp_path: Path) -> None:
    """6 USD an hour signed for two years, of which two chips take 1.2 in the second: 60 %; without
    it 12 USD an hour are paid, as much as with it."""
    signed = plan(term_periods=2, signed=2025, usd_per_hour=6)
    case = tables(**{**RENT, "commitments": [signed], "demand": demand(10, 2)})
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.folder is not None
    told = explain(result.folder, ["commitment", "plan"]).data
    assert told["used_share"] == pytest.approx(7.2 / 12)
    assert told["saved_usd"] == pytest.approx((4 + 0.8) * HOURS)
    assert told["unused_usd"] == pytest.approx(4.8 * HOURS)
    assert told["steps"][0]["delta_usd"] == pytest.approx(0, abs=1e-3)


def test_a_conflict_with_what_is_signed_is_told(tmp_path: Path) -> None:
    """Two signed ones that count in one most, which they exceed."""
    signed = plan("old", signed=2025, usd_per_hour=6, counts_in="plan", term_periods=2)
    case = tables(**RENT, commitments=[plan(max_usd_per_hour=5), signed])
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.status == "infeasible"
    assert result.folder is not None
    conflict = (result.folder / "conflict.csv").read_text(encoding="utf-8")
    assert "commitment plan to cloud: at most 5 USD an hour at once" in conflict
    repairs = (result.folder / "repairs.csv").read_text(encoding="utf-8")
    assert "commitments.plan.max_usd_per_hour=6" in repairs
