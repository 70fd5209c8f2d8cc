"""A case rolled by hand in which work is under way and money partly used costs what it did: the
passed periods and the discounted rest are the plan, to 1e-9."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from tests.findings.roll import passed_cost
from tests.findings.roll_work import rolled
from tests.helpers import write_case
from tests.model.small import (
    HOURS,
    ONE,
    chip,
    demand,
    offer,
    power,
    settings,
    site,
    solved,
    tables,
)
from tests.oracle import solve_oracle

PERIODS = 6
YEAR_FLOP = 1e12 * HOURS * 3600
TRAIN = [{"class": "c", "chip": "a", "precision": "bf16", "mfu": 1, "goodput": 1, "source": "s"}]
FALLING = [
    {"offer": "buy", "period": 2025 + t, "usd_per_chip": usd}
    for t, usd in enumerate((1000, 900, 700, 650, 400, 390))
]


def run(name: str, years: float, deadline: int, **cells: Any) -> dict[str, Any]:
    """A milestone of so many chip-years."""
    return {
        "milestone": name,
        "flop": years * YEAR_FLOP,
        "class": "c",
        "deadline": deadline,
        "sites": "home",
        "chips": "a",
    } | cells


def research(multiple: float) -> dict[str, Any]:
    return {
        "workload": "s",
        "kind": "research",
        "model": "c",
        "multiple_of_milestones": multiple,
    }


def batch(length: int, **cells: Any) -> dict[str, Any]:
    return {
        "workload": "b",
        "kind": "batch",
        "model": "b",
        "tier": "f",
        "window_periods": length,
    } | cells


def mixed(*amounts: tuple[float, float]) -> list[dict[str, Any]]:
    """Demand of a batch workload: million tokens of output and input by period."""
    return [
        {"workload": "b", "period": 2025 + t, "output_mtok": out, "input_mtok": into}
        for t, (out, into) in enumerate(amounts)
    ]


BATCHES = mixed((9, 1), (0, 0), (4, 30), (12, 2), (3, 9), (8, 8))
SERVES = [
    {"model": m, "tier": "f", "chip": "a", "output_tok_per_s": ONE, "source": "s"} | more
    for m, more in (("m", {}), ("b", {"input_tok_per_s": repr(5 * float(ONE))}))
]
WINDOWED = {
    "throughput": SERVES,
    "demand": demand(3, 8, 20, 4, 10, 12) + BATCHES,
    "gains": [
        {"model": "b", "chip": "a", "period": 2027, "gain": 1.3, "source": "s"},
    ],
}
ONLINE = {"workload": "w", "kind": "online", "model": "m", "tier": "f"}
BASE = {
    "offers": [offer(usd_per_chip=1000)],
    "offer_prices": FALLING,
    "chips": [chip(economic_life_years=3)],
    "demand": demand(3, 8, 20, 4, 10, 12),
    "training": TRAIN,
}
CASES: dict[str, dict[str, Any]] = {
    "in_progress": {"milestones": [run("m", 60, 2029)]},
    "after": {"milestones": [run("m1", 30, 2028), run("m2", 20, 2030, after="m1")]},
    "late": {"milestones": [run("m", 60, 2026, late_usd_per_period=1500, max_chips=14)]},
    "late_and_after": {
        "milestones": [
            run("m1", 30, 2026, late_usd_per_period=3000),
            run("m2", 20, 2028, after="m1", late_usd_per_period=2000),
        ]
    },
    "kept": {
        "milestones": [
            run("m1", 12, 2030, start=2026),
            run("m2", 10, 2030, after="m1", start=2026, min_chips=3),
        ],
        "workloads": [ONLINE, research(0.5)],
    },
    "multiple": {
        "milestones": [run("m1", 40, 2029), run("m2", 20, 2027, late_usd_per_period=500)],
        "workloads": [ONLINE, research(0.3)],
    },
    # windows of 2, 3 and 4 years in a plan of 6: whole ones, and one that the end cuts
    **{
        f"windows_{length}": WINDOWED | {"workloads": [ONLINE, batch(length)]}
        for length in (2, 3, 4)
    },
    # one that began two years before the plan, of which a part is served and a part is short
    "windows_open": WINDOWED
    | {
        "workloads": [
            ONLINE,
            batch(4, window_start=2023, served_mtok=6.5, short_usd_per_mtok=450),
        ],
        "demand": WINDOWED["demand"]
        + [
            {"workload": "b", "period": 2023, "output_mtok": 10, "input_mtok": 2},
            {"workload": "b", "period": 2024, "output_mtok": 2, "input_mtok": 7},
        ],
    },
    "windows_short": WINDOWED
    | {"workloads": [ONLINE, batch(3, short_usd_per_mtok=430)], "power": power(periods=6, mw=0.02)},
    "paid_to_draw": {
        "sites": [site(usd_per_mwh=-3)],
        "milestones": [run("m1", 40, 2029)],
        "workloads": [ONLINE, research(0.3)],
    },
}


TWO = {
    "chips": [chip(economic_life_years=3), chip("b", economic_life_years=2)],
    "sites": [site(kg_co2_per_mwh=100), site("away", kg_co2_per_mwh=20, usd_per_mwh=900)],
    "offers": [
        offer(usd_per_chip=1000, site="home;away"),
        offer("buyb", "b", usd_per_chip=900, site="home;away"),
        offer("lease", "b", kind="lease", usd_per_chip_hour=0.05, term_periods=2),
    ],
    "power": power(("home", "away"), periods=PERIODS),
    "throughput": [SERVES[0], SERVES[0] | {"chip": "b"}],
}


def limit(name: str, scope: str, member: str, measure: str, **cells: Any) -> dict[str, Any]:
    return {"limit": name, "scope": scope, "member": member, "measure": measure} | cells


CASES |= {
    # hard and soft budgets of fiscal years that begin in the middle of a calendar year
    "budgets": TWO
    | {
        "fiscal": True,
        "budgets": [
            {"period": "FY2027", "category": "capex", "usd_max": 14000},
            {"period": "FY2026", "category": "all", "usd_max": 5000, "over_usd_per_usd": 0.4},
            {"period": "FY2027", "category": "opex", "usd_max": 2000, "over_usd_per_usd": 0.2},
        ],
    },
    "spend": TWO
    | {
        "limits": [
            limit("second", "vendor", "vb", "spend", min_share=0.4),
            limit("first", "chip", "a", "spend", max_share=0.5),
            limit("most", "site", "home", "spend", max=9000, over_usd_per_unit=0.3),
        ]
    },
    "spend_soft": TWO
    | {
        "limits": [
            limit("second", "vendor", "va", "spend", min_share=0.9, over_usd_per_unit=0.05),
            limit("away", "site", "away", "spend", min_share=0.2, over_usd_per_unit=0.2),
        ]
    },
    "carbon": TWO
    | {
        "limits": [
            limit("cap", "all", "", "carbon", max=12, over_usd_per_unit=8),
            limit("home", "site", "home", "carbon", max_share=0.6),
            limit("chips", "chip", "b", "chips", max_share=0.7),
        ]
    },
}


def case_of(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    changes = BASE | CASES[name]
    quarters = changes.pop("fiscal", False)
    made = tables(PERIODS, **({"power": power(periods=PERIODS)} | changes))
    if not quarters:
        return made, settings(PERIODS, discount_rate=0.1, residual="annuity")
    # the years of the tables are quarters from the third of 2025 on
    label = {str(2025 + t): f"{2025 + (t + 2) // 4}Q{(t + 2) % 4 + 1}" for t in range(PERIODS)}
    for rows in made.values():
        for row in rows:
            row |= {name: label.get(cell, cell) for name, cell in row.items()}
    return made, settings(
        PERIODS,
        discount_rate=0.1,
        residual="annuity",
        frequency="quarter",
        start="2025Q3",
        fiscal_year_start=4,
    )


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", CASES)
def test_nothing_changed_nothing_changes(name: str, tmp_path: Path) -> None:
    """Also where the rolled case is rolled on, and in the eyes of the oracle."""
    case_tables, case_settings = case_of(name)
    answer, solution = solved(tmp_path / "0", case_tables, case_settings)
    here = answer, case_tables, case_settings
    passed, factor = 0.0, 1.0
    per_year = answer.formulation.index.ppy
    for by in range(1, PERIODS):
        once = rolled(answer, case_tables, case_settings, by)
        _, direct = solved(tmp_path / str(by), *once)
        assert passed_cost(answer, by) + 1.1 ** (
            -by / per_year
        ) * direct.objective == pytest.approx(solution.objective, rel=1e-9)
        then = rolled(*here, 1)
        passed += factor * passed_cost(here[0], 1)
        factor /= 1.1 ** (1 / per_year)
        again, later = solved(tmp_path / f"{by}x", *then)
        here = again, *then
        assert passed + factor * later.objective == pytest.approx(solution.objective, rel=1e-9)
        status, cost = solve_oracle(read_case(write_case(tmp_path / f"{by}o", *then)))
        assert (status, cost) == ("optimal", pytest.approx(later.objective, rel=1e-7))
