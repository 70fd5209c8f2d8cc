"""Sentences of planner/model/README.md and inputs/README.md, each with a case that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from planner.pipeline import run
from tests.helpers import write_case
from tests.model.small import (
    HOURS,
    chip,
    demand,
    offer,
    power,
    settings,
    site,
    solved,
    tables,
)
from tests.model.test_equations import RENT, SLICES, TRAIN, YEAR_FLOP
from tests.model.test_equations import run as training_run
from tests.oracle import solve_oracle

SHORT = [{"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 300}]
NO_WORK: dict[str, Any] = {"workloads": None, "demand": None, "throughput": None}
YEAR = 0.01 * HOURS  # a contract of 0.01 USD an hour
ENDS = {"chips": [chip(annual_attrition=0.1, decommission_usd_per_chip=5)], "demand": demand(0, 0)}
OLD = {"chip": "a", "site": "home", "in_service": 2024, "chips": 10}
TWO = [site(), site("away")]
DARK = power(("home",), mw=0.0) + power(("away",))
MOVE = offer("move", site="away", kind="relocate", from_site="home", usd_per_chip=7)
MOVING: dict[str, Any] = {
    "sites": TWO,
    "power": DARK,
    "offers": [MOVE],
    "fleet": [OLD],
    "demand": demand(6, 6),
    "workloads": [SHORT[0] | {"short_usd_per_mtok": 500}],
}
BUDGET = {"category": "capex", "usd_max": 600}
ALL_CHIPS = {"limit": "l", "scope": "chip", "member": "a"}
IDLE = {"chip": "a", "site": "cloud", "in_service": 2024, "chips": 10, "usd_per_chip_hour": 0.01}
WORN = [
    {"chip": "a", "age_years": 0, "share_alive": 1, "source": "s"},
    {"chip": "a", "age_years": 1, "share_alive": 0.5, "source": "s"},
]
USED = [{"chip": "a", "age_years": 0, "share_of_price": 1, "source": "s"}]
SPLIT = training_run(sites="home;away", single_site="no", split_efficiency=0.8)

# name: (tables, settings, optimum by hand)
SENTENCES: dict[str, tuple[dict[str, Any], dict[str, Any], float]] = {
    # calendar 2025 begins in the fiscal year 2025, which ends in March: 4 of 10 chips are not
    # bought
    "straddles_begins": (
        tables(budgets=[BUDGET | {"period": "FY2025"}], workloads=SHORT),
        settings(fiscal_year_start=4),
        1000 + 4 * 300,
    ),
    # nine of its months lie in the fiscal year 2026, whose budget it does not touch
    "straddles_ends": (
        tables(budgets=[BUDGET | {"period": "FY2026"}], workloads=SHORT),
        settings(fiscal_year_start=4),
        1000,
    ),
    # lives of 0.4, 1.5 and 2.5 years are 1, 2 and 3: ten chips are bought three times, twice, once
    "life_0.4": (tables(3, chips=[chip(economic_life_years=0.4)]), settings(3), 3000),
    "life_1.5": (tables(3, chips=[chip(economic_life_years=1.5)]), settings(3), 2000),
    "life_2.5": (tables(3, chips=[chip(economic_life_years=2.5)]), settings(3), 1000),
    # half of the leased chips fail in a year, as bought ones would: five more in the second
    "lease_survival": (
        tables(
            offers=[offer("lease", kind="lease", term_periods=2, usd_per_chip=100)], survival=WORN
        ),
        settings(),
        1500,
    ),
    # nine of ten are still alive at the end of their life, and taken out for 5 each
    "decommissioning": (tables(**ENDS, fleet=[OLD | {"leaves_service": 2026}]), settings(), 45),
    # a lot whose life ends as the plan starts is still to be taken out
    "decommissioning_at_start": (
        tables(**ENDS, fleet=[OLD | {"leaves_service": 2025}]),
        settings(),
        50,
    ),
    # the run may be spread over a site where no chip can ever be: 12.5 chip-years in two years
    "split": (
        tables(
            **NO_WORK,
            sites=TWO,
            power=power(("home", "away")),
            training=TRAIN,
            milestones=[SPLIT],
        ),
        settings(),
        625,
    ),
    "split_ruled_out": (
        tables(
            **NO_WORK,
            sites=TWO,
            power=power(("home", "away")),
            training=TRAIN,
            milestones=[SPLIT],
            rules=[{"site": "away", "milestone": "m1", "reason": "fabric"}],
        ),
        settings(),
        500,
    ),
    # a rule against orders in the dark hall does not keep chips there
    "rule_leaving": (tables(**MOVING, rules=[{"site": "home", "reason": "r"}]), settings(), 42),
    # one against the other hall keeps them out, as long as it holds
    "rule_coming": (
        tables(**MOVING, rules=[{"site": "away", "to": 2025, "reason": "r"}]),
        settings(),
        42 + 6 * 500,
    ),
    # ten chips on contract, six on their way for the first year: all ten are paid in both years
    "contract_on_the_way": (
        tables(
            **(
                MOVING
                | {
                    "fleet": [OLD | {"usd_per_chip_hour": 0.01}],
                    "offers": [MOVE | {"lead_periods": 1}],
                    "demand": demand(0, 6),
                }
            )
        ),
        settings(),
        2 * 10 * YEAR + 42,
    ),
    # ten chips: 6 beyond the maximum and 5 beyond the share, in each of two years
    "two_sides": (
        tables(
            limits=[
                ALL_CHIPS | {"measure": "chips", "max": 4, "max_share": 0.5, "over_usd_per_unit": 1}
            ]
        ),
        settings(),
        1000 + 2 * (6 + 5),
    ),
    # spend is summed over the plan and charged once, in the middle of its last year
    "penalty_of_spend": (
        tables(
            limits=[ALL_CHIPS | {"measure": "spend", "max": 600, "over_usd_per_unit": 0.5}],
        ),
        settings(discount_rate=0.1),
        1000 + 200 * 1.1**-1.5,
    ),
    # chips in every year: 6 too many in the middle of the first and of the second
    "penalty_of_chips": (
        tables(limits=[ALL_CHIPS | {"measure": "chips", "max": 4, "over_usd_per_unit": 1}]),
        settings(discount_rate=0.1),
        1000 + 6 * (1.1**-0.5 + 1.1**-1.5),
    ),
    # a chip-year of work, three chips at least, day and night for two years
    "interruptible_floor": (
        tables(
            **NO_WORK,
            sites=[site(usd_per_mwh=50)],
            training=TRAIN,
            milestones=[training_run(flop=YEAR_FLOP, interruptible="yes", min_chips=3)],
        ),
        settings(slices=SLICES),
        300 + 2 * 3 * HOURS * 0.05,
    ),
    # a contract in a cloud region ends at once: nothing is paid, sold or taken out
    "cloud_fleet": (
        tables(
            chips=[chip(decommission_usd_per_chip=5)],
            sites=[site("cloud", "cloud")],
            power=None,
            offers=[RENT],
            fleet=[IDLE | {"retire_early": "yes", "usd_per_chip": 100}],
            resale=USED,
            demand=demand(0, 0),
        ),
        settings(),
        0,
    ),
    "cloud_fleet_kept": (
        tables(
            sites=[site("cloud", "cloud")],
            power=None,
            offers=[RENT],
            fleet=[IDLE],
            demand=demand(0, 0),
        ),
        settings(),
        2 * 10 * YEAR,
    ),
    # the day's row states carbon alone: its price is that of the row for all slices, not the site's
    "energy_of_the_period": (
        tables(
            sites=[site(usd_per_mwh=1000)],
            energy=[
                {"site": "home", "period": 2025 + t, "slice": k, "usd_per_mwh": usd} | carbon
                for t in range(2)
                for k, usd, carbon in (("*", 50, {}), ("day", "", {"kg_co2_per_mwh": 9}))
            ],
        ),
        settings(slices=SLICES),
        1000 + 2 * 10 * HOURS * 0.05,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SENTENCES)
def test_sentence(name: str, tmp_path: Path) -> None:
    case_tables, case_settings, usd = SENTENCES[name]
    _, solution = solved(tmp_path, case_tables, case_settings)
    assert solution.objective == pytest.approx(usd, rel=1e-9, abs=1e-6)
    assert solve_oracle(read_case(tmp_path))[1] == pytest.approx(usd, rel=1e-6, abs=1e-5)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "name", ["contract_on_the_way", "decommissioning_at_start", "two_sides", "lease_survival"]
)
def test_the_audit_counts_the_same(name: str, tmp_path: Path) -> None:
    case_tables, case_settings, usd = SENTENCES[name]
    folder = write_case(tmp_path / "case", case_tables, case_settings)
    result = run(folder, out=tmp_path / "out")
    assert result.status == "optimal" and result.plan is not None
    assert result.plan.summary["objective_usd"] == pytest.approx(usd, abs=0.01)


@pytest.mark.slow
def test_what_spend_and_power_count(tmp_path: Path) -> None:
    """10 chips on order (60 still to pay each), 5 on contract in a cloud region, 5 rented there; 5
    kW of power are built: spend is what is paid for chips, power what ours draw."""
    case = tables(
        sites=[site(), site("cloud", "cloud")],
        power=power(mw=0.005),
        power_projects=[
            {
                "project": "p",
                "site": "home",
                "mw_max": 1,
                "lead_periods": 0,
                "usd_per_mw": 1000,
                "life_years": 9,
                "source": "s",
            }
        ],
        offers=[RENT | {"usd_per_chip_hour": 0.02}],
        orders=[
            {
                "order": "o",
                "chip": "a",
                "site": "home",
                "arrives": 2025,
                "chips": 10,
                "usd_per_chip": 100,
                "paid_share": 0.4,
            }
        ],
        fleet=[IDLE | {"chips": 5}],
        demand=demand(20, 20),
        limits=[
            {"limit": name, "scope": "all", "measure": name, "max": 1e6}
            for name in ("spend", "power", "chips")
        ],
    )
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path / "out")
    assert result.status == "optimal" and result.plan is not None
    limits = result.plan["limits"].set_index("limit")["value"]
    assert limits["spend"] == pytest.approx(600 + 2 * 5 * YEAR + 2 * 5 * 2 * YEAR, abs=0.01)
    assert limits["power"].tolist() == pytest.approx([0.015, 0.015], abs=1e-9)
    assert limits["chips"].tolist() == pytest.approx([20, 20], abs=1e-6)


@pytest.mark.slow
def test_moves_are_not_spend(tmp_path: Path) -> None:
    case = tables(**MOVING, limits=[{"limit": "l", "scope": "all", "measure": "spend", "max": 1e6}])
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path / "out")
    assert result.plan is not None
    assert result.plan.summary["objective_usd"] == pytest.approx(42)
    assert result.plan["limits"]["value"].tolist() == [0.0]


def test_a_straddling_period_is_told(tmp_path: Path) -> None:
    case_tables, case_settings, _ = SENTENCES["straddles_ends"]
    told = read_case(write_case(tmp_path, case_tables, case_settings)).warnings
    assert [(w.code, w.file, w.row) for w in told if w.code == "fiscal-straddle"] == [
        ("fiscal-straddle", "budgets.csv", 2)
    ]
    quarters = {"start": "2025Q1", "frequency": "quarter", "periods": 2}
    assert not any(
        w.code == "fiscal-straddle"
        for w in read_case(write_case(tmp_path / "q", *_quarterly(case_tables, quarters))).warnings
    )


def _quarterly(
    case_tables: dict[str, Any], quarters: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same case in quarters, whose fiscal year starts with one of them."""
    names = {"2025": "2025Q1", "2026": "2025Q2"}
    changed = {
        name: [
            row | ({"period": names.get(row["period"], row["period"])} if "period" in row else {})
            for row in rows
        ]
        for name, rows in case_tables.items()
    }
    return changed, settings(fiscal_year_start=4) | quarters
