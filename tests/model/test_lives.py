"""Technical life: chips serve on after the life over which they are paid for, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.case import read_case
from planner.pipeline import run
from tests.helpers import broken, told, write_case
from tests.model.small import chip, settings, solved, tables


def aged(usd: float) -> dict[str, Any]:
    """Upkeep of nothing for two years, and of so many USD a chip from the third on."""
    rows = [
        {"chip": "a", "age_years": age, "usd_per_chip_year": cost, "source": "assumption"}
        | {"as_of": "2026-10-01"}
        for age, cost in ((0, 0), (2, usd))
    ]
    return {"maintenance": rows}


def life(economic: float, technical: float | None = None) -> dict[str, Any]:
    cells: dict[str, Any] = {"economic_life_years": economic}
    return chip(**(cells if technical is None else cells | {"technical_life_years": technical}))


def cost(folder: Path, periods: int, one: dict[str, Any], rule: str = "none", **more: Any) -> float:
    case = tables(periods, chips=[one], **more)
    return solved(folder, case, settings(periods, residual=rule))[1].objective


def test_it_serves_on(tmp_path: Path) -> None:
    """Ten chips of 100 USD do three years instead of two; after four they are bought again."""
    assert cost(tmp_path / "2", 3, life(2)) == pytest.approx(2000)
    assert cost(tmp_path / "4", 3, life(2, 4)) == pytest.approx(1000)
    assert cost(tmp_path / "5", 5, life(2, 4)) == pytest.approx(2000)


@pytest.mark.parametrize("rule", ["annuity", "straight_line"])
@pytest.mark.parametrize(("periods", "left"), [(1, 0.5), (2, 0.0), (3, 0.0)])
def test_its_price_is_spread_over_the_economic_life(
    tmp_path: Path, rule: str, periods: int, left: float
) -> None:
    """Of 1,000 USD half is left after one of two years, and nothing later; over the four years that
    it serves three quarters would be."""
    assert cost(tmp_path, periods, life(2, 4), rule) == pytest.approx(1000 * (1 - left))


def test_what_an_old_chip_brings_it_brings_as_long_as_it_serves(tmp_path: Path) -> None:
    """A fifth of its price at the age of three, after the economic life."""
    resale = [
        {"chip": "a", "age_years": age, "share_of_price": share, "source": "assumption"}
        | {"as_of": "2026-10-01"}
        for age, share in ((0, 0.8), (3, 0.2))
    ]
    assert cost(tmp_path, 3, life(2, 4), "table", resale=resale) == pytest.approx(800)


@pytest.mark.parametrize(("upkeep", "usd"), [(30, 1000 + 300), (130, 1000 + 1000)])
def test_upkeep_by_age_says_when_to_replace(tmp_path: Path, upkeep: float, usd: float) -> None:
    """A third year is worth 30 USD of upkeep where a new chip costs 100, and 130 are not."""
    early = [{"offer": "buy", "chip": "a", "site": "home", "kind": "purchase", "lead_periods": 0}]
    early[0] |= {"usd_per_chip": 100, "source": "assumption", "as_of": "2026-10-01"}
    early[0] |= {"retire_early": "yes"}
    assert cost(tmp_path, 3, life(2, 6), offers=early, **aged(upkeep)) == pytest.approx(usd)


def test_fleet_and_orders_serve_on_and_leases_do_not(tmp_path: Path) -> None:
    case = tables(
        chips=[life(2, 4)],
        fleet=[{"chip": "a", "site": "home", "in_service": 2024, "chips": 1}],
        orders=[
            {"order": kind, "chip": "a", "site": "home", "arrives": 2025, "chips": 1, "kind": kind}
            | {"usd_per_chip": 100, "paid_share": 1, "usd_per_chip_hour": 0}
            for kind in ("purchase", "lease")
        ],
    )
    read = read_case(write_case(tmp_path, case, settings()))
    assert read["fleet"]["leaves_service"].tolist() == [-1 + 4]
    leaves = dict(zip(read["orders"]["order"], read["orders"]["leaves_service"], strict=True))
    assert leaves == {"purchase": 4, "lease": 2}
    assert read["offers"]["term_periods"].tolist() == [4]


@pytest.mark.parametrize("rule", ["annuity", "straight_line"])
def test_the_plan_is_proven_and_its_books_are_those_of_the_book_life(
    tmp_path: Path, rule: str
) -> None:
    fleet = [{"chip": "a", "site": "home", "in_service": 2023, "chips": 4, "usd_per_chip": 100}]
    case = tables(3, chips=[life(2, 6)], fleet=fleet, **aged(30))
    folder = write_case(tmp_path / "case", case, settings(3, residual=rule, discount_rate=0.1))
    result = run(folder, out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    books = pd.read_csv(result.folder / "books.csv")
    chips = books[books["asset"] == "chips"].groupby("period")["closing_usd"].sum()
    # six are bought and written down over two years; nothing is left of the fleet's four
    assert chips.tolist() == pytest.approx([300, 0])  # no row where nothing is left


def test_a_life_shorter_than_the_economic_one_is_told(tmp_path: Path) -> None:
    lines = told(tmp_path, broken(("chips", 0, "technical_life_years", "1")))
    assert any("error life-shorter chips.csv:2 technical_life_years=1" in x for x in lines), lines
