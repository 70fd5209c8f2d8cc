"""What is held or on order when the plan starts, worked by hand: leases and contracts, lots side by
side, chips on their way, and supply that counts what arrives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from planner.pipeline import run
from planner.runs.read import read_run_table
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, site, solved, tables
from tests.oracle import solve_oracle

KEPT = chip(maintenance_usd_per_chip_year=3, decommission_usd_per_chip=7)
"""Costs 3 USD a year while it is ours, and 7 to take out."""
LEASE = {"kind": "lease", "usd_per_chip_hour": 0.01}
HOURS = 8760.0


def cost(folder: Path, periods: int = 2, **changes: Any) -> float:
    """The optimum, which the independent model agrees with."""
    names = ("residual", "discount_rate")
    more = {name: changes.pop(name) for name in names if name in changes}
    case = tables(periods, **changes)
    objective = solved(folder, case, settings(periods, **more))[1].objective
    assert solve_oracle(read_case(folder))[1] == pytest.approx(objective, rel=1e-9)
    return objective


def lot(**cells: Any) -> dict[str, Any]:
    return {"chip": "a", "site": "home", "in_service": 2024, "chips": 10} | cells


def order(**cells: Any) -> dict[str, Any]:
    return {
        "order": "o",
        "chip": "a",
        "site": "home",
        "arrives": 2026,
        "chips": 10,
        "usd_per_chip": 100,
        "paid_share": 0.25,
    } | cells


def test_a_leased_lot_is_not_ours(tmp_path: Path) -> None:
    """Ten chips serve both years and leave with the second: ours cost 2 x 10 x 3 and 70 to take out
    at its start; leased ones 0.01 USD an hour, and are then given back."""
    own = [lot(leaves_service=2026)]
    buy = [offer(usd_per_chip=100)]
    ours = cost(tmp_path / "own", chips=[KEPT], fleet=own, offers=buy)
    assert ours == pytest.approx(10 * 3 + 10 * 7 + 10 * (100 + 3))
    leased = cost(tmp_path / "lease", chips=[KEPT], fleet=[own[0] | LEASE], offers=buy)
    assert leased == pytest.approx(10 * 0.01 * HOURS + 10 * (100 + 3))


def test_two_lots_of_one_quarter(tmp_path: Path) -> None:
    """Six chips for a year and four for three, side by side: both are held, each to its end."""
    cloud = {
        "sites": [site("sky", "cloud")],
        "power": None,
        "offers": [offer(site="sky", kind="on_demand", usd_per_chip_hour=1)],
        "fleet": [
            lot(site="sky", lot="1y", kind="reserved_1y", chips=6, leaves_service=2026)
            | {"usd_per_chip_hour": 0.3},
            lot(site="sky", lot="3y", kind="reserved_3y", chips=4, leaves_service=2027)
            | {"usd_per_chip_hour": 0.2},
        ],
    }
    assert cost(tmp_path, **cloud) == pytest.approx(
        HOURS * (6 * 0.3 + 4 * 0.2 + 4 * 0.2 + 6 * 1.0), rel=1e-6
    )


def test_a_signed_contract_is_no_capex(tmp_path: Path) -> None:
    """The rest of a purchase is capex, that of a lease opex: a budget of nothing holds the one."""
    changes: dict[str, Any] = {
        "offers": [offer(usd_per_chip=100, last_order=2025)],
        "workloads": [
            {"workload": "w", "kind": "online", "model": "m", "tier": "f"}
            | {"short_usd_per_mtok": 1000}
        ],
        "budgets": [{"period": 2026, "category": "capex", "usd_max": 0, "over_usd_per_usd": 10}],
        "power": power(mw=0.02),
    }
    bought = cost(tmp_path / "buy", **changes, orders=[order()])
    leased = cost(tmp_path / "lease", **changes, orders=[order(**LEASE)])
    rest = 10 * 100 * 0.75
    assert bought == pytest.approx(1000 + rest + 10 * rest)
    assert leased == pytest.approx(1000 + rest + 10 * 0.01 * HOURS)


def test_a_contract_that_has_not_begun(tmp_path: Path) -> None:
    """From 2026 on ten reserved chips serve in place of ten that are rented by the hour."""
    sky = {
        "sites": [site("sky", "cloud")],
        "power": None,
        "offers": [offer(site="sky", kind="on_demand", usd_per_chip_hour=1)],
        "orders": [order(site="sky", kind="reserved", usd_per_chip_hour=0.4)],
    }
    assert cost(tmp_path, **sky) == pytest.approx(10 * HOURS * 1.4 + 750, rel=1e-6)


@pytest.mark.parametrize(("kind", "usd"), [("purchase", 10 * 50.0), ("reserved", 10 * 50.0)])
def test_cancelled_at_its_fee(kind: str, usd: float, tmp_path: Path) -> None:
    """Nobody needs the order of 2026: half of its price is paid, by capex or by opex."""
    where = "sky" if kind == "reserved" else "home"
    changes: dict[str, Any] = {
        "sites": [site(), site("sky", "cloud")],
        "orders": [order(site=where, kind=kind, cancel_fee_share=0.5, paid_share=0)],
        "fleet": [lot()],
        "offers": [],
    }
    assert cost(tmp_path / "free", **changes) == pytest.approx(usd)
    other = {"purchase": "opex", "reserved": "capex"}[kind]
    none = [{"period": 2025, "category": other, "usd_max": 0}]
    assert cost(tmp_path / "kept", **changes, budgets=none) == pytest.approx(usd)


def test_chips_on_their_way(tmp_path: Path) -> None:
    """Ten chips of 2023 that cost 1000 left for home before 2025 and serve there in 2026 and 2027.

    A tenth is lost every year: 9 and 8.1 of them. They pay maintenance only once they serve, and by
    their age (3 USD until two years old, 5 from then on), their hourly price from the start, and
    nothing up front; what lives on to 2029 is worth a third of a price."""
    found = cost(
        tmp_path,
        3,
        chips=[chip(annual_attrition=0.1, decommission_usd_per_chip=7)],
        maintenance=[
            {"chip": "a", "age_years": age, "usd_per_chip_year": usd, "source": "s"}
            for age, usd in ((0, 3), (4, 5))
        ],
        orders=[
            order(usd_per_chip=900, in_service=2023, leaves_service=2029)
            | {"usd_per_chip_hour": 0.01, "paid_share": 0.5, "ordered": 2022}
        ],
        offers=[],
        demand=demand(0, 9, 8),
        residual="straight_line",
    )
    hourly = 0.01 * HOURS * (10 + 9 + 8.1)
    upkeep = 9 * 3 + 8.1 * 5
    left = 7.29 * 900 * (1 - 5 / 6)
    assert found == pytest.approx(hourly + upkeep - left)


def test_chips_on_their_way_may_retire(tmp_path: Path) -> None:
    """Where they may, they are sold as they are one year later: a share of 0.5 at four years."""
    resale = [
        {"chip": "a", "age_years": age, "share_of_price": share, "source": "s"}
        for age, share in ((0, 0.9), (4, 0.5), (6, 0))
    ]
    found = cost(
        tmp_path,
        3,
        chips=[chip(annual_attrition=0.1)],
        resale=resale,
        orders=[order(usd_per_chip=900, in_service=2023, retire_early="yes")],
        offers=[],
        demand=demand(0, 9, 0),
    )
    assert found == pytest.approx(-8.1 * 450)


@pytest.mark.parametrize(("basis", "cheap"), [("arrival", 4), ("order", 10)])
def test_supply_counts_what_arrives(basis: str, cheap: int, tmp_path: Path) -> None:
    """In 2026 ten can arrive, or be ordered, six are on order, and fourteen more are wanted: what
    the group does not give costs 300."""
    found = cost(
        tmp_path,
        offers=[
            offer(usd_per_chip=100, supply_group="g", first_order=2026),
            offer("dear", usd_per_chip=300, first_order=2026),
        ],
        supply=[{"supply_group": "g", "period": 2026, "max_chips": 10, "basis": basis}],
        demand=demand(0, 20),
        orders=[order(chips=6, paid_share=1, supply_group="g")],
    )
    assert found == pytest.approx(cheap * 100 + (14 - cheap) * 300)


def test_the_plan_tells_them(tmp_path: Path) -> None:
    """Lines, dates and used supply of a run, which its audit agrees with."""
    folder = write_case(
        tmp_path / "case",
        tables(
            sites=[site(), site("sky", "cloud")],
            fleet=[lot(chips=2, **LEASE), lot(chips=3, lot="old", usd_per_chip=100)],
            orders=[
                order(chips=2, in_service=2023, arrives=2025),
                order(order="r", site="sky", kind="reserved", usd_per_chip_hour=0.1, chips=1),
                order(order="l", chips=1, supply_group="g", **LEASE),
            ],
            offers=[offer(usd_per_chip=100, supply_group="g")],
            supply=[
                {"supply_group": "g", "period": 2025 + t, "max_chips": 5, "basis": "arrival"}
                for t in range(2)
            ],
        ),
        settings(),
    )
    found = run(folder, out=tmp_path / "out")
    assert found.status == "optimal", found.message
    buy = read_run_table(found.folder, "buy_plan").set_index("line_id")
    assert {line: buy["action"][line] for line in buy.index} == {
        "fleet:a:2024@home": "keep",
        "fleet:a:2024:old@home": "keep",
        "o@home": "keep",
        "r@sky": "reserve",
        "l@home": "lease",
        "buy@home@2025": "buy",
    }
    vintages = read_run_table(found.folder, "vintages").set_index("line_id")
    assert vintages["in_service"]["o@home"].unique().tolist() == ["2023"]
    supply = read_run_table(found.folder, "supply")
    assert supply["used"].tolist() == pytest.approx([3.0, 1.0])
