"""Of equally cheap plans the one that commits latest is written, then the one that orders least."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.pipeline import run
from planner.solving import Options
from tests.helpers import write_case
from tests.model.small import HOURS, demand, offer, power, settings, site, tables


def plan_of(
    tmp_path: Path, case_tables: dict[str, Any], case_settings: dict[str, Any], **options: Any
) -> pd.DataFrame:
    result = run(
        write_case(tmp_path / "case", case_tables, case_settings),
        out=tmp_path / "out",
        options=Options(**options),
    )
    assert result.status == "optimal" and result.plan is not None
    return result.plan["buy_plan"]


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["auto", "ipx"])
@pytest.mark.parametrize("seed", [0, 7])
def test_nothing_is_committed_years_before_it_is_needed(
    algorithm: str, seed: int, tmp_path: Path
) -> None:
    """1,000 chips are needed from 2099 on, at a constant price and no discount: nothing is ordered
    in 2097."""
    need = [
        {"workload": "w", "period": 2097 + t, "output_mtok": 0 if t < 2 else 1000} for t in range(7)
    ]
    case = tables(
        demand=need,
        power=[{"site": "home", "period": 2097 + t, "mw": 10} for t in range(7)],
        offers=[offer(usd_per_chip=100, lead_periods=0)],
        chips=[tables()["chips"][0] | {"economic_life_years": "50"}],
    )
    buy = plan_of(
        tmp_path, case, settings(7) | {"start": "2097", "run": {"seed": seed}}, algorithm=algorithm
    )
    assert list(zip(buy["order_period"], buy["chips"], strict=True)) == [
        ("2099", pytest.approx(1000))
    ]


@pytest.mark.slow
def test_latest_before_least(tmp_path: Path) -> None:
    """A reservation of two years and a purchase cost the same in all; only the purchase can wait
    for the second year."""
    case = tables(
        sites=[site(), site("cloud", "cloud")],
        demand=demand(0, 10, 10),
        power=power(periods=3),
        offers=[
            offer("late", usd_per_chip=200, first_order=2026),
            offer("early", usd_per_chip=200, last_order=2025),
        ],
    )
    buy = plan_of(tmp_path, case, settings(3))
    assert list(buy["offer"]) == ["late"]


def test_money_that_is_not_committed_waits(tmp_path: Path) -> None:
    """Two years on demand cost what a purchase does: rent, which commits nothing before it is
    used."""
    case = tables(
        sites=[site(), site("cloud", "cloud")],
        offers=[
            offer(usd_per_chip=2 * HOURS),
            offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=1),
        ],
    )
    buy = plan_of(tmp_path, case, settings())
    assert set(buy["action"]) == {"rent"}


@pytest.mark.slow
def test_then_least(tmp_path: Path) -> None:
    """One chip at 200 does what two at 100 do, in the same year, for the same money: fewer are
    ordered."""
    from tests.model.small import ONE, chip, throughput

    fast = throughput("a") + throughput("b", speed=repr(2 * float(ONE)))
    case = tables(
        chips=[chip(), chip("b")],
        offers=[offer("slow", usd_per_chip=100), offer("fast", "b", usd_per_chip=200)],
        throughput=fast,
    )
    buy = plan_of(tmp_path, case, settings())
    assert list(buy["offer"]) == ["fast"]
    assert list(buy["chips"]) == [pytest.approx(5)]
