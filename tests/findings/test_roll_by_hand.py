"""A case rolled by hand without a surprise costs what it did: the passed periods and the discounted
rest are the plan, to 1e-9."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from tests.findings.roll import passed_cost, rolled
from tests.helpers import broken, told, write_case
from tests.model.small import chip, demand, offer, power, settings, site, solved, tables, throughput
from tests.oracle import solve_oracle

PERIODS = 6
LONG = {
    "chips": [
        chip(economic_life_years=8, decommission_usd_per_chip=7, maintenance_usd_per_chip_year=3)
    ]
}
BUY = offer(usd_per_chip=1000, lead_periods=2, deposit_share=0.3, last_order=2028)
NOW = offer("dear", usd_per_chip=1900)
OLD = {"chip": "a", "site": "home", "in_service": 2023, "chips": 4, "leaves_service": 2028}
CURVE = [
    {"chip": "a", "age_years": age, "share_alive": alive, "source": "s"}
    for age, alive in ((0, 1), (2, 0.97), (9, 0.6))
]
RESALE = [
    {"chip": "a", "age_years": age, "share_of_price": share, "source": "s"}
    for age, share in ((0, 0.8), (4, 0.3), (9, 0.05))
]

CASES: dict[str, dict[str, Any]] = {
    "deposit": {},
    "attrition": {"chips": [LONG["chips"][0] | {"annual_attrition": 0.06}]},
    "survival": {"survival": CURVE},
    "life_ends_inside": {"chips": [LONG["chips"][0] | {"economic_life_years": 3}]},
    "retire_early": {
        "resale": RESALE,
        "offers": [BUY | {"retire_early": "yes"}, NOW | {"retire_early": "yes"}],
        "demand": demand(3, 8, 20, 24, 10, 6),
        "fleet": [OLD | {"usd_per_chip": 800, "retire_early": "yes"}],
    },
    "order_in_flight": {
        "sites": [site(), site("away")],
        "power": power(("home", "away"), periods=PERIODS),
        "orders": [
            {
                "order": "o",
                "chip": "a",
                "site": "away",
                "arrives": 2027,
                "chips": 5,
                "usd_per_chip": 1000,
                "paid_share": 0.4,
                "ordered": 2023,
            }
        ],
    },
    "fleet_with_deposit": {
        "fleet": [
            OLD | {"usd_per_chip": 900, "leaves_service": 2033, "ordered": 2022, "paid_share": 0.5}
        ]
    },
    "contract": {
        "sites": [site(), site("cloud", "cloud")],
        "offers": [
            NOW,
            offer("res", site="cloud", kind="reserved", term_periods=2, usd_per_chip_hour=0.02),
        ],
    },
    "lease": {
        "offers": [
            NOW,
            offer(
                "lease",
                kind="lease",
                lead_periods=1,
                term_periods=3,
                usd_per_chip=200,
                deposit_share=0.4,
                usd_per_chip_hour=0.015,
                cancellable="yes",
            ),
        ],
        "demand": demand(3, 8, 20, 24, 12, 33),
    },
    "two_contracts": {
        "sites": [site(), site("cloud", "cloud")],
        "offers": [
            NOW,
            *(
                offer(
                    f"res{term}",
                    site="cloud",
                    kind="reserved",
                    term_periods=term,
                    usd_per_chip_hour=0.01 + 0.002 / term,
                    max_per_period=2 + term,
                    usd_per_chip=5 * term,
                    annual_attrition=0.02 * term,
                )
                for term in (2, 4)
            ),
        ],
    },
    "contract_not_begun": {
        "sites": [site(), site("cloud", "cloud")],
        "offers": [
            NOW,
            offer(
                "res",
                site="cloud",
                kind="reserved",
                lead_periods=2,
                term_periods=3,
                usd_per_chip=60,
                deposit_share=0.4,
                usd_per_chip_hour=0.02,
            ),
        ],
        "limits": [
            {
                "limit": f"cloud {period}",
                "measure": "spend",
                "scope": "site",
                "member": "cloud",
                "period": period,
                "max_share": 0.6,
            }
            for period in (2027, 2028, 2029)
        ],
        "budgets": [
            {"period": 2028, "category": "capex", "usd_max": 9000, "over_usd_per_usd": 0.2},
            {"period": 2027, "category": "opex", "usd_max": 2000, "over_usd_per_usd": 0.3},
        ],
    },
    "relocation": {
        "chips": [LONG["chips"][0] | {"annual_attrition": 0.06}],
        "sites": [site(), site("away")],
        "power": power(("home", "away"), periods=PERIODS),
        "workloads": [
            {"workload": "w", "kind": "online", "model": "m", "tier": "f", "sites": "home"}
        ],
        "demand": demand(3, 4, 20, 24, 30, 33),
        "fleet": [
            OLD,
            OLD
            | {"site": "away", "chips": 6, "usd_per_chip": 800, "leaves_service": 2033}
            | {"ordered": 2022, "paid_share": 0.5},
            OLD
            | {"site": "away", "in_service": 2024, "chips": 5, "leaves_service": 2030}
            | {"kind": "lease", "usd_per_chip_hour": 0.01},
            OLD | {"site": "away", "in_service": 2022, "chips": 2, "leaves_service": 2029},
        ],
        "offers": [
            BUY,
            NOW,
            offer("move", kind="relocate", from_site="away", lead_periods=2, usd_per_chip=50)
            | {"last_order": 2025},
        ],
    },
    "project": {
        "chips": [LONG["chips"][0], chip("b", cooling="liquid", economic_life_years=4)],
        "power": power(periods=PERIODS, mw=0.006, liquid_mw=0.002),
        "power_projects": [
            {
                "project": "hall",
                "site": "home",
                "mw_max": 0.03,
                "lead_periods": 2,
                "usd_per_mw": 40_000,
                "usd_per_mw_period": 900,
                "deposit_share": 0.5,
                "life_years": 12,
                "liquid_share": 0.4,
                "source": "s",
            }
        ],
        "power_orders": [
            {
                "project": "hall",
                "site": "home",
                "ordered": 2024,
                "arrives": arrives,
                "mw": mw,
                "usd_per_mw": 30_000,
                "paid_share": 0.25,
                "usd_per_mw_period": 800,
                "life_years": 9,
                "liquid_share": 0.6,
            }
            for arrives, mw in ((2024, 0.001), (2027, 0.004))
        ],
        "offers": [BUY, NOW, offer("wet", "b", usd_per_chip=500, first_order=2026)],
        "resale": [row | {"chip": name} for row in RESALE for name in ("a", "b")],
        "workloads": [
            {"workload": "w", "kind": "online", "model": "m", "tier": "f"}
            | {"short_usd_per_mtok": 3000}
        ],
        "throughput": throughput("a", "b"),
        "budgets": [
            {"period": 2028, "category": "capex", "usd_max": 9000, "over_usd_per_usd": 0.2}
        ],
    },
    "supply_by_arrival": {
        "offers": [
            BUY | {"supply_group": "g"},
            NOW,
            offer("late", usd_per_chip=1100, lead_periods=1, supply_group="g"),
        ],
        "supply": [
            {"supply_group": "g", "period": 2025 + t, "max_chips": most, "basis": "arrival"}
            for t, most in enumerate((0, 5, 6, 7, 3, 4))
        ],
    },
}


def case_of(name: str, residual: str) -> tuple[dict[str, Any], dict[str, Any]]:
    changes: dict[str, Any] = (
        LONG
        | {
            "offers": [BUY, NOW],
            "demand": demand(3, 8, 20, 24, 30, 33),
            "fleet": [OLD],
            "resale": RESALE,
        }
        | CASES[name]
    )
    return tables(PERIODS, **({"power": power(periods=PERIODS)} | changes)), settings(
        PERIODS, discount_rate=0.1, residual=residual
    )


RESIDUALS = ("annuity", "straight_line", "table", "none")


@pytest.mark.parametrize(
    ("name", "residual"),
    [  # each case with two of them in every run, and with all of them where all are run
        pytest.param(name, rule, marks=pytest.mark.full if (at + of) % 2 else pytest.mark.slow)
        for of, name in enumerate(CASES)
        for at, rule in enumerate(RESIDUALS)
    ],
)
def test_nothing_changed_nothing_changes(name: str, residual: str, tmp_path: Path) -> None:
    case_tables, case_settings = case_of(name, residual)
    answer, solution = solved(tmp_path / "0", case_tables, case_settings)
    for by in (1, 2, 3):
        later_tables, later_settings = rolled(answer, case_tables, case_settings, by)
        _, later = solved(tmp_path / str(by), later_tables, later_settings)
        assert passed_cost(answer, by) + 1.1**-by * later.objective == pytest.approx(
            solution.objective, rel=1e-9
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["order_in_flight", "contract_not_begun", "relocation"])
def test_twice_by_one_is_once_by_two(name: str, tmp_path: Path) -> None:
    case_tables, case_settings = case_of(name, "annuity")
    answer, _ = solved(tmp_path / "0", case_tables, case_settings)
    once, first = rolled(answer, case_tables, case_settings, 1)
    middle, _ = solved(tmp_path / "1", once, first)
    _, twice = solved(tmp_path / "11", *rolled(middle, once, first, 1))
    _, direct = solved(tmp_path / "2", *rolled(answer, case_tables, case_settings, 2))
    assert twice.objective == pytest.approx(direct.objective, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["order_in_flight", "fleet_with_deposit"])
def test_the_deposit_counts_from_when_it_was_paid(name: str, tmp_path: Path) -> None:
    """Without `ordered` everything counts as paid on arrival: another residual value, and the
    oracle agrees with both."""
    case_tables, case_settings = case_of(name, "annuity")
    table = "orders" if name == "order_in_flight" else "fleet"
    costs = []
    for number, drop in enumerate((False, True)):
        row = {
            key: cell
            for key, cell in case_tables[table][0].items()
            if not (drop and (key == "ordered" or (key == "paid_share" and table == "fleet")))
        }
        folder = write_case(tmp_path / str(number), case_tables | {table: [row]}, case_settings)
        _, solution = solved(folder, case_tables | {table: [row]}, case_settings)
        assert solve_oracle(read_case(folder))[1] == pytest.approx(solution.objective, rel=1e-9)
        costs.append(solution.objective)
    assert costs[0] < costs[1] - 1.0


def test_what_cannot_be(tmp_path: Path) -> None:
    """Each contradiction is told with its row."""
    problems = told(tmp_path / "a", broken(("orders", 0, "ordered", "2027Q1")))
    assert any(
        p.startswith("error order-not-placed orders.csv:2 ordered=2027Q1") for p in problems
    ), problems
    problems = told(tmp_path / "b", broken(("fleet", 0, "ordered", "2026Q1")))
    assert any(
        p.startswith("error ordered-after-arrival fleet.csv:2 ordered=2026Q1") for p in problems
    ), problems
    problems = told(tmp_path / "c", broken(("fleet", 0, "paid_share", "0.2")))
    assert any(p.startswith("warning paid-when fleet.csv:2 ordered=") for p in problems), problems
