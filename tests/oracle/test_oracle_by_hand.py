"""The oracle against optima worked out by hand: those of ``tests/model``, and more for sentences
that random cases seldom decide.

Yearly cases are those of ``tests.model.small``: n chips serve n Mtok a year.  In quarterly ones a
chip serves one Mtok an hour.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from planner.lp.highs import solve
from planner.model import formulate
from tests.helpers import write_case
from tests.model.small import HOURS, chip, demand, offer, power, settings, site, tables, throughput
from tests.model.test_equations import (
    BATCH,
    CLOUD,
    EQUATIONS,
    ONLINE,
    PEAK,
    RENT,
    SLICES,
    TRAIN,
    YEAR_FLOP,
    run,
)
from tests.oracle import solve_oracle

TEN = settings(discount_rate=0.1)
NOTHING: dict[str, Any] = {"workloads": None, "demand": None, "throughput": None}
FLEET = {"chip": "a", "site": "home", "in_service": 2024, "chips": 10}
TWO_SITES = [site(), site("away")]
PROJECT = {
    "project": "p",
    "site": "home",
    "mw_max": 1,
    "lead_periods": 0,
    "usd_per_mw": 2e6,
    "life_years": 10,
    "source": "s",
}
RESALE = [
    {"chip": "a", "age_years": age, "share_of_price": share, "source": "s"}
    for age, share in ((0, 1), (4, 0.2))
]
HALF_YEAR = 182 / 365  # 2 July comes after 182 of 365 days


def quarters(periods: int, mtok: list[float], **changes: Any) -> dict[str, Any]:
    """A quarterly case with demand in Mtok, which are chip-hours."""
    labels = [f"2027Q{t + 1}" for t in range(periods)]
    rows = {
        "power": [{"site": "home", "period": p, "mw": 1} for p in labels],
        "throughput": throughput(speed=repr(1e6 / 3600)),
        "demand": [
            {"workload": "w", "period": p, "output_mtok": amount}
            for p, amount in zip(labels, mtok, strict=True)
        ],
    }
    return tables(periods, **(rows | changes))


def quarterly(periods: int, **changes: Any) -> dict[str, Any]:
    return settings(
        periods, **({"start": "2027Q1", "frequency": "quarter", "discount_rate": 0.1} | changes)
    )


def extended(name: str, **more: list[dict[str, Any]]) -> dict[str, Any]:
    """The tables of an equation with some replaced or added."""
    return EQUATIONS[name][1] | {
        table: [{key: str(cell) for key, cell in row.items()} for row in rows]
        for table, rows in more.items()
    }


# name: (tables, settings, objective by hand)
BY_HAND: dict[str, tuple[dict[str, Any], dict[str, Any], float]] = {
    # ten chips for quarters of 2,160 and 2,184 hours: 100 up front, then 0.01 an hour in the middle
    # of each quarter
    "lease": (
        quarters(
            2,
            [21600, 0],
            offers=[offer(kind="lease", term_periods=2, usd_per_chip=100, usd_per_chip_hour=0.01)],
        ),
        quarterly(2),
        1000 + 0.1 * (2160 * 1.1**-0.125 + 2184 * 1.1**-0.375),
    ),
    # ordered in Q1 for Q2, a fifth paid at once; 2 of the 4 quarters of its life are inside
    "lead_and_annuity": (
        quarters(
            3,
            [0, 0, 22080],
            chips=[chip(economic_life_years=1)],
            offers=[
                offer(usd_per_chip=100, lead_periods=1, deposit_share=0.2, last_order="2027Q1")
            ],
        ),
        quarterly(3, residual="annuity"),
        1000 * (0.2 + 0.8 * 1.1**-0.25) * (1 - 1.1**-0.5) / (1 - 1.1**-1),
    ),
    # fiscal 2027 ends with Q2, whose middle is 1.5 quarters from the start: 400 over at 0.5
    "fiscal_year": (
        quarters(
            4,
            [21600, 0, 0, 0],
            budgets=[
                {"period": "FY2027", "category": "capex", "usd_max": 600, "over_usd_per_usd": 0.5}
            ],
        ),
        quarterly(4, fiscal_year_start=7),
        1000 + 200 * 1.1 ** (-1.5 / 4),
    ),
    # arrives in 2026 with 60 to pay; 1 of 5 years inside, of a price that counts from its arrival
    "in_flight_annuity": (
        tables(
            demand=demand(0, 10),
            orders=[
                {
                    "order": "o",
                    "chip": "a",
                    "site": "home",
                    "arrives": 2026,
                    "chips": 10,
                    "usd_per_chip": 100,
                    "paid_share": 0.4,
                }
            ],
        ),
        settings(discount_rate=0.1, residual="annuity"),
        (600 - 1000 * (1 - (1 - 1.1**-1) / (1 - 1.1**-5))) / 1.1,
    ),
    # arrives after the plan: neither chips nor payments
    "in_flight_too_late": (
        tables(
            orders=[
                {
                    "order": "o",
                    "chip": "a",
                    "site": "home",
                    "arrives": 2027,
                    "chips": 10,
                    "usd_per_chip": 100,
                    "paid_share": 0.4,
                }
            ]
        ),
        settings(),
        1000.0,
    ),
    # in service since 2023, 4 of 5 years by the end of 2026; 0.9^4/0.9^2 of the chips are left; the
    # price counts from 2023
    "fleet_annuity": (
        tables(
            demand=demand(1, 1),
            fleet=[FLEET | {"in_service": 2023, "usd_per_chip": 100, "annual_attrition": 0.1}],
        ),
        settings(discount_rate=0.1, residual="annuity"),
        -8.1 * 100 * 1.1**2 * (1 - (1 - 1.1**-4) / (1 - 1.1**-5)),
    ),
    # share 0.6 at age 2; 9 + 1 (attrition) chips bought in 2025 and 2026: 10 x 0.81 of age 2, 1 x
    # 0.9 of age 1 (share 0.8)
    "table_of_survivors": (
        tables(chips=[chip(annual_attrition=0.1)], resale=RESALE),
        settings(discount_rate=0.1, residual="table"),
        1000 + 100 / 1.1 - (8.1 * 60 + 0.9 * 80) / 1.21,
    ),
    # a lease has no resale value, whatever its chip brings
    "table_of_lease": (
        tables(offers=[offer(kind="lease", usd_per_chip=100)], resale=RESALE),
        settings(residual="table"),
        1000.0,
    ),
    # 5 kW more from 2025 on: 2 of 10 years inside by straight line, which `table` falls back to
    "project_residual": (
        tables(power=power(mw=0.005), power_projects=[PROJECT], resale=RESALE),
        settings(residual="table", discount_rate=0.1),
        1000 - 600 / 1.21 + 1e4 * (1 - 0.8 / 1.21),
    ),
    # paid a fifth in 2025, the rest in 2026; 1 of 10 years inside
    "project_annuity": (
        tables(
            power=power(mw=0.005),
            demand=demand(0, 10),
            offers=[offer(usd_per_chip=0)],
            power_projects=[PROJECT | {"lead_periods": 1, "deposit_share": 0.2}],
        ),
        settings(residual="annuity", discount_rate=0.1),
        1e4 * (0.2 + 0.8 / 1.1) * (1 - 1.1**-1) / (1 - 1.1**-10),
    ),
    # only half of the new MW carries liquid-cooled chips: 10 kW for 5
    "liquid_share": (
        tables(
            chips=[chip(cooling="liquid")],
            power=power(mw=0.005, liquid_mw=0.005),
            power_projects=[PROJECT | {"liquid_share": 0.5}],
        ),
        settings(),
        1000 + 2e4,
    ),
    # ten leave home in 2025, nine arrive in 2026 (maintenance 2 each, none on the way), 8.1 are
    # taken out in 2027 for 5 each
    "transit": (
        tables(
            3,
            chips=[
                chip(
                    annual_attrition=0.1,
                    maintenance_usd_per_chip_year=2,
                    decommission_usd_per_chip=5,
                )
            ],
            sites=TWO_SITES,
            power=power(("home",), 3, 0.0) + power(("away",), 3),
            offers=[
                offer(
                    "move",
                    site="away",
                    kind="relocate",
                    from_site="home",
                    usd_per_chip=7,
                    lead_periods=1,
                )
            ],
            fleet=[FLEET | {"leaves_service": 2027}],
            demand=demand(0, 9, 0),
        ),
        settings(3),
        70 + 2 * 9 + 5 * 8.1,
    ),
    # three must move in 2025; those of 2026 would arrive after the plan
    "relocation_minimum": (
        tables(
            sites=TWO_SITES,
            power=power(("home", "away")),
            fleet=[FLEET],
            demand=demand(1, 1),
            offers=[
                offer(
                    "move",
                    site="away",
                    kind="relocate",
                    from_site="home",
                    usd_per_chip=7,
                    lead_periods=1,
                    min_per_period=3,
                )
            ],
        ),
        settings(),
        21.0,
    ),
    # six of ten are sold at age 1 for 0.8 of their price, and cost 5 to take out
    "retire_bought": (
        tables(
            chips=[chip(maintenance_usd_per_chip_year=50, decommission_usd_per_chip=5)],
            offers=[offer(usd_per_chip=100, retire_early="yes", last_order=2025)],
            resale=RESALE,
            demand=demand(10, 4),
        ),
        TEN,
        1000 + 500 * 1.1**-0.5 + 200 * 1.1**-1.5 - 6 * 75 / 1.1,
    ),
    # a contract given up at the very start costs nothing, nor does taking chips out that are not
    # ours
    "leave_cloud": (
        tables(
            chips=[chip(decommission_usd_per_chip=5)],
            sites=[CLOUD],
            power=None,
            offers=[RENT],
            demand=demand(0, 0),
            fleet=[FLEET | {"site": "cloud", "usd_per_chip_hour": 1, "retire_early": "yes"}],
        ),
        settings(),
        0.0,
    ),
    # taken out at the start of 2026, when ten new ones are paid
    "end_of_life_discounted": (EQUATIONS["end_of_life"][1], TEN, 1050 / 1.1),
    # ten of age 1 (0.75 alive) are 10 x 0.5/0.75 a year later; the rest is bought
    "survival_curve": (
        tables(
            fleet=[FLEET],
            survival=[
                {"chip": "a", "age_years": age, "share_alive": share, "source": "s"}
                for age, share in ((0, 1), (2, 0.5))
            ],
        ),
        settings(),
        1000 / 3,
    ),
    # of age 2 and 3
    "maintenance_of_fleet": (
        tables(
            fleet=[FLEET | {"in_service": 2023}],
            maintenance=[
                {"chip": "a", "age_years": age, "usd_per_chip_year": usd, "source": "s"}
                for age, usd in ((0, 7), (3, 9))
            ],
        ),
        settings(),
        160.0,
    ),
    # the price of 2025 is locked in for both years
    "locked_price": (
        tables(
            sites=[CLOUD],
            power=None,
            offers=[
                offer("res", site="cloud", kind="reserved", term_periods=2, usd_per_chip_hour=0.01)
            ],
            offer_prices=[
                {"offer": "res", "period": 2025, "usd_per_chip_hour": 0.03},
                {"offer": "res", "period": 2026, "usd_per_chip_hour": 9},
            ],
        ),
        settings(),
        2 * 10 * HOURS * 0.03,
    ),
    # blocks are 2025 with 2026, and 2027 alone; what is missing is paid in the middle of their last
    # year
    "batch_short": (
        tables(
            3,
            offers=[offer(usd_per_chip=1e6)],
            demand=demand(3, 4, 5),
            workloads=[BATCH[0] | {"window_periods": 2, "short_usd_per_mtok": 2}],
        ),
        settings(3, discount_rate=0.1),
        2 * (7 * 1.1**-1.5 + 5 * 1.1**-2.5),
    ),
    # chip a has rows of its own: 1 before the first of them, whatever `*` says
    "gain_of_its_own": (
        tables(
            gains=[
                {"model": "m", "chip": c, "period": p, "gain": g, "source": "s"}
                for c, p, g in (("*", 2025, 2), ("a", 2026, 4))
            ],
            demand=demand(10, 40),
        ),
        settings(),
        1000.0,
    ),
    # nothing can be there in 2025: 10 YEAR_FLOP are short
    "research_out_of_reach": (
        tables(
            offers=[offer(usd_per_chip=100, lead_periods=1)],
            throughput=None,
            training=TRAIN,
            demand=demand(10 * YEAR_FLOP, 10 * YEAR_FLOP, column="flop"),
            workloads=[
                {
                    "workload": "w",
                    "kind": "research",
                    "model": "c",
                    "short_usd_per_1e21_flop": 10000,
                }
            ],
        ),
        settings(),
        1000 + 10000 * 10 * YEAR_FLOP / 1e21,
    ),
    # research may run ahead of the run that it goes with: ten old chips do both, one after the
    # other
    "multiple_is_cumulative": (
        tables(
            workloads=[
                {"workload": "s", "kind": "research", "model": "c", "multiple_of_milestones": 1}
            ],
            demand=None,
            throughput=None,
            training=TRAIN,
            fleet=[FLEET],
            milestones=[run(start=2026)],
        ),
        settings(),
        0.0,
    ),
    # a year and 182 days; the chips of the run are busy to the end of 2026
    "deadline_on_a_date": (
        tables(demand=demand(1, 1), training=TRAIN, milestones=[run(deadline="2026-07-02")]),
        settings(),
        100 + 1000 / (1 + HALF_YEAR),
    ),
    # chips come in 2026; seven are needed only in years wholly inside
    "floor_in_whole_years": (
        tables(
            **NOTHING,
            offers=[offer(usd_per_chip=100, lead_periods=1)],
            training=TRAIN,
            milestones=[run(flop=5 * YEAR_FLOP, start="2025-07-02", min_chips=7)],
        ),
        settings(),
        700.0,
    ),
    # all of it late in 2025, half in 2026
    "late_each_year": (
        tables(
            3,
            **NOTHING,
            offers=[offer(usd_per_chip=100, lead_periods=1)],
            training=TRAIN,
            milestones=[run(deadline=2025, max_chips=5, late_usd_per_period=1000)],
        ),
        settings(3, discount_rate=0.1),
        500 / 1.1 + 1000 * (1.1**-0.5 + 0.5 * 1.1**-1.5),
    ),
    # a rule keeps the run at home: it is not split
    "rule_ends_split": (
        tables(
            **NOTHING,
            sites=TWO_SITES,
            power=power(("home", "away")),
            training=TRAIN,
            milestones=[run(sites="home;away", single_site="no", split_efficiency=0.8)],
            rules=[{"site": "away", "milestone": "m1", "reason": "fabric"}],
        ),
        settings(),
        500.0,
    ),
    # twelve in every slice, no more (1.5 Mtok short at 500) and no less (at night 5 would do)
    "supply_with_rental": (
        tables(
            sites=[CLOUD],
            power=None,
            offers=[RENT | {"usd_per_chip_hour": 0.001, "supply_group": "g"}],
            profiles=PEAK,
            workloads=[ONLINE | {"profile": "p", "short_usd_per_mtok": 500}],
            supply=[
                {"supply_group": "g", "period": p, "min_chips": 12, "max_chips": 12}
                for p in (2025, 2026)
            ],
        ),
        settings(slices=SLICES),
        2 * (12 * 8.76 + 750),
    ),
    # 8 Mtok at half the throughput and 80 % availability: 20 chips at each site
    "site_loss_at_work": (
        tables(
            chips=[chip(availability=0.8)],
            sites=TWO_SITES,
            power=power(("home", "away")),
            offers=[offer(usd_per_chip=100, site="home;away")],
            workloads=[ONLINE | {"survive_site_loss": 0.8, "utilisation_cap": 0.5}],
        ),
        settings(),
        4000.0,
    ),
    # 10 instead of 0 in 2025, 0 instead of 6 in 2026; lines that are not new orders do not count
    "change_both_ways": (
        tables(
            last_plan=[
                {
                    "offer": "buy",
                    "site": "home",
                    "order_period": p,
                    "chips": n,
                    "action": action,
                    "status": status,
                }
                for p, n, action, status in (
                    (2026, 6, "buy", "new"),
                    (2027, 99, "rent", "new"),
                    (2025, 99, "buy", "committed"),
                )
            ]
        ),
        settings(discount_rate=0.1, change_usd_per_chip=3),
        1000 + 30 * 1.1**-0.5 + 18 * 1.1**-1.5,
    ),
    # 2 kW nobody needs, without a change charge
    "frozen_project": (
        tables(
            power_projects=[PROJECT],
            last_plan=[
                {
                    "offer": "p",
                    "site": "home",
                    "order_period": 2025,
                    "mw": 0.002,
                    "action": "build_power",
                    "status": "new",
                },
                {
                    "offer": "buy",
                    "site": "home",
                    "order_period": 2025,
                    "chips": 10,
                    "action": "buy",
                    "status": "new",
                },
            ],
        ),
        settings(frozen_periods=1, change_usd_per_chip=3),
        1000 + 4000.0,
    ),
    # 15 by day and 5 by night are 10 in the mean: 6 more than 4, each year
    "chips_rented": (
        extended(
            "rental",
            limits=[
                {
                    "limit": "few",
                    "scope": "all",
                    "measure": "chips",
                    "max": 4,
                    "over_usd_per_unit": 2,
                }
            ],
        ),
        settings(slices=SLICES),
        20 * HOURS + 2 * 6 * 2,
    ),
    # summed over the plan, paid in the middle of its last year
    "spend_of_the_plan": (
        tables(
            limits=[
                {
                    "limit": "most",
                    "scope": "all",
                    "measure": "spend",
                    "max": 600,
                    "over_usd_per_unit": 0.5,
                }
            ]
        ),
        TEN,
        1000 + 200 * 1.1**-1.5,
    ),
    # power is counted before PUE: 10 kW, 2 too many at 50 USD per MW
    "power_is_it": (
        extended("power_policy", sites=[site(pue=1.3)]),
        settings(),
        1000 + 2 * 0.002 * 50,
    ),
}

LEASE = tables(offers=[offer(kind="lease", usd_per_chip=100)])
OLD = tables(
    chips=[chip(decommission_usd_per_chip=5)],
    fleet=[FLEET | {"usd_per_chip": 100, "retire_early": "yes"}],
    resale=RESALE,
    demand=demand(0, 0),
)
# name: (tables, capex, opex, spend, the rest of the objective: penalties, proceeds and what a price
# is paid for nothing), USD
CASH: dict[str, tuple[dict[str, Any], float, float, float, float]] = {
    "purchase": (tables(), 1000, 0, 1000, 0),
    "lease": (LEASE, 0, 1000, 1000, 0),
    "contract": (EQUATIONS["contract"][1], 0, 200 * HOURS / 1000, 200 * HOURS / 1000, 0),
    "rental": (EQUATIONS["rental"][1], 0, 20 * HOURS, 20 * HOURS, 0),
    "short": (EQUATIONS["power"][1], 500, 0, 500, 3000),
    # in flight: 10 x 60 to pay are spend, the fee of 50 is not
    "cancellation": (EQUATIONS["cancellation"][1], 650, 0, 600, 0),
    "project": (EQUATIONS["project"][1], 11000, 500, 1000, 0),
    "energy": (EQUATIONS["energy"][1], 1000, 10512, 1000, 0),
    "carbon": (EQUATIONS["carbon_and_active"][1], 1000, 7008, 1000, 0),
    "demand_charge": (EQUATIONS["demand_charge"][1], 1500, 720, 1500, 0),
    "space": (EQUATIONS["space"][1], 1000, 720, 1000, 0),
    "maintenance": (EQUATIONS["maintenance_by_age"][1], 1000, 160, 1000, 0),
    "relocation": (EQUATIONS["relocate"][1], 0, 42, 0, 0),
    "end_of_life": (EQUATIONS["end_of_life"][1], 1000, 50, 1000, 0),
    # ten of age 1 sold at 0.8 of 100, taken out for 5 each: the proceeds pay for nothing
    "resale": (OLD, 0, 50, 0, -800),
    "change": (EQUATIONS["change"][1], 1000, 0, 1000, 12),
}
RATES = {"capex": 0.1, "opex": 0.01, "all": 0.001, "spend": 0.0001}


def both(
    folder: Path, case_tables: dict[str, Any], case_settings: dict[str, Any], objective: float
) -> None:
    """The oracle and the planner find the optimum that was found by hand."""
    case = read_case(write_case(folder, case_tables, case_settings))
    status, found = solve_oracle(case)
    assert (status, found) == ("optimal", pytest.approx(objective, rel=1e-9, abs=1e-6))
    ours = solve(formulate(case).program)
    assert (ours.status, ours.objective) == (
        "optimal",
        pytest.approx(objective, rel=1e-9, abs=1e-6),
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", EQUATIONS)
def test_oracle_knows_the_equations(name: str, tmp_path: Path) -> None:
    _, case_tables, case_settings, objective = EQUATIONS[name]
    assert solve_oracle(read_case(write_case(tmp_path, case_tables, case_settings))) == (
        "optimal",
        pytest.approx(objective, rel=1e-9, abs=1e-6),
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_HAND)
def test_optimum_by_hand(name: str, tmp_path: Path) -> None:
    both(tmp_path, *BY_HAND[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", CASH)
def test_cash_by_hand(name: str, tmp_path: Path) -> None:
    """Budgets of 0 and a limit of no spend, each with its own price for going over, tell the
    category of every payment."""
    case_tables, capex, opex, spend, rest = CASH[name]
    case_settings = EQUATIONS.get(name, (0, 0, {}))[2] or settings()
    if name == "carbon":
        case_settings = EQUATIONS["carbon_and_active"][2]
    budgets = [
        {
            "period": str(2025 + t),
            "category": category,
            "usd_max": "0",
            "over_usd_per_usd": str(RATES[category]),
        }
        for t in range(case_settings["periods"])
        for category in ("capex", "opex", "all")
    ]
    limits = [
        {
            "limit": "no spend",
            "scope": "all",
            "measure": "spend",
            "max": "0",
            "over_usd_per_unit": str(RATES["spend"]),
        }
    ]
    over = (
        RATES["capex"] * capex
        + RATES["opex"] * opex
        + RATES["all"] * (capex + opex)
        + RATES["spend"] * spend
    )
    both(
        tmp_path,
        case_tables | {"budgets": budgets, "limits": limits},
        case_settings,
        capex + opex + rest + over,
    )
