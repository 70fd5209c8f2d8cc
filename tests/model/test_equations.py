"""Every family of equations, with its optimum worked out by hand in a comment; years 2025 to 2027
have 8,760 hours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from planner.lp.highs import solve
from planner.model import formulate
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
    throughput,
)

ONLINE = {"workload": "w", "kind": "online", "model": "m", "tier": "f"}
SLICES = [{"name": "day", "hours_share": 0.5}, {"name": "night", "hours_share": 0.5}]
CLOUD = site("cloud", "cloud")
RENT = offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=1)
BATCH = [{"workload": "w", "kind": "batch", "model": "m", "tier": "f"}]
PEAK = [
    {"profile": "p", "slice": "day", "load": 1.5, "source": "s"},
    {"profile": "p", "slice": "night", "load": 0.5, "source": "s"},
]
YEAR_FLOP = 1e12 * HOURS * 3600  # what one chip delivers in a year at 1 TFLOP/s
TRAIN = [{"class": "c", "chip": "a", "precision": "bf16", "mfu": 1, "goodput": 1, "source": "s"}]


def run(**cells: Any) -> dict[str, Any]:
    """A milestone that takes 10 chip-years on chip a at home."""
    return {
        "milestone": "m1",
        "flop": 10 * YEAR_FLOP,
        "class": "c",
        "deadline": 2026,
        "sites": "home",
        "chips": "a",
    } | cells


# name: (row families it is about, tables, settings, objective by hand)
LAST = {
    "offer": "buy",
    "site": "home",
    "order_period": 2025,
    "action": "buy",
    "status": "new",
}
EQUATIONS: dict[str, tuple[set[str], dict[str, Any], dict[str, Any], float]] = {
    # 10 chips at 100
    "purchase": ({"powering", "chip_time", "online"}, tables(), settings(), 1000.0),
    # the same, of which 2 of 5 years fall inside
    "annuity": (set(), tables(), settings(residual="annuity"), 400.0),
    # (1-1.1^-2)/(1-1.1^-5) = 0.457826
    "annuity_10pct": (
        set(),
        tables(),
        settings(residual="annuity", discount_rate=0.1),
        1000 * (1 - 1.1**-2) / (1 - 1.1**-5),
    ),
    # 1000 less 3/5 of it after two years
    "straight_line": (
        set(),
        tables(),
        settings(residual="straight_line", discount_rate=0.1),
        1000 - 600 / 1.21,
    ),
    # ordered in 2025 for 2026: a fifth at once, the rest a year later
    "deposit": (
        set(),
        tables(
            offers=[offer(usd_per_chip=100, lead_periods=1, deposit_share=0.2)],
            demand=demand(0, 10),
        ),
        settings(discount_rate=0.1),
        200 + 800 / 1.1,
    ),
    # 10 alive in the second year need 10 / 0.9 ordered; ordering the missing ones in 2026 costs the
    # same 100 each: 10 + 1 more
    "attrition": (set(), tables(chips=[chip(annual_attrition=0.1)]), settings(), 1100.0),
    # availability 0.5: 20 chips
    "availability": ({"chip_time"}, tables(chips=[chip(availability=0.5)]), settings(), 2000.0),
    # five of ten chips can be powered; the other 5 Mtok a year are paid at 300
    "power": (
        {"power"},
        tables(power=power(mw=0.005), workloads=[ONLINE | {"short_usd_per_mtok": 300}]),
        settings(),
        500 + 2 * 5 * 300,
    ),
    # utility power at PUE 1.25, 20 % of 12.5 kW kept free: 8 of 10 chips fit 10 kW
    "power_basis": (
        {"power"},
        tables(
            sites=[site(pue=1.25, power_basis="utility", headroom=0.2)],
            power=power(mw=0.0125),
            workloads=[ONLINE | {"short_usd_per_mtok": 500}],
        ),
        settings(),
        800 + 2 * 2 * 500,
    ),
    # chips are liquid-cooled and only 4 kW of the site are
    "liquid": (
        {"liquid_power"},
        tables(
            chips=[chip(cooling="liquid")],
            power=power(liquid_mw=0.004),
            workloads=[ONLINE | {"short_usd_per_mtok": 500}],
        ),
        settings(),
        400 + 2 * 6 * 500,
    ),
    # 5 kW are missing in 2026: 0.005 MW at 2e6 plus 1e5 a year
    "project": (
        {"power"},
        tables(
            power=power(mw=0.005),
            demand=demand(5, 10),
            power_projects=[
                {
                    "project": "p",
                    "site": "home",
                    "mw_max": 1,
                    "lead_periods": 1,
                    "usd_per_mw": 2e6,
                    "usd_per_mw_period": 1e5,
                    "life_years": 10,
                    "source": "s",
                }
            ],
        ),
        settings(),
        1000 + 0.005 * 2.1e6,
    ),
    # only 3 kW can be built; 2 Mtok are short at 5000
    "project_limit": (
        {"project_limit"},
        tables(
            3,
            power=power(periods=3, mw=0.005),
            demand=demand(5, 5, 10),
            workloads=[ONLINE | {"short_usd_per_mtok": 5000}],
            power_projects=[
                {
                    "project": "p",
                    "site": "home",
                    "mw_max": 0.003,
                    "lead_periods": 1,
                    "usd_per_mw": 2e6,
                    "life_years": 10,
                    "source": "s",
                }
            ],
        ),
        settings(3),
        800 + 0.003 * 2e6 + 2 * 5000,
    ),
    # one kW-year at 50 USD/MWh and PUE 1.2 is 525.6 USD per chip; idle 0, so by use only
    "energy": (
        set(),
        tables(sites=[site(pue=1.2, usd_per_mwh=50)]),
        settings(),
        1000 + 2 * 10 * HOURS * 1.2 * 0.05,
    ),
    # ten chips all year, 0.3 kW idle, active 0.8 kW by throughput.csv; carbon 500 kg/MWh at 100
    # USD/t
    "carbon_and_active": (
        set(),
        tables(
            chips=[chip(kw_idle=0.3)],
            sites=[site(kg_co2_per_mwh=500)],
            throughput=[throughput()[0] | {"kw_active": 0.8}],
        ),
        settings(carbon_usd_per_tonne=100),
        1000 + 2 * 10 * 0.8 * HOURS / 1000 * 0.5 * 100,
    ),
    # demand charge on the highest slice: 15 chips by day, 5 by night at 1 kW, 2 USD per kW and
    # month
    "demand_charge": (
        {"peak_draw"},
        tables(
            sites=[site(usd_per_kw_month_demand=2)],
            profiles=PEAK,
            workloads=[ONLINE | {"profile": "p"}],
        ),
        settings(slices=SLICES),
        1500 + 2 * 15 * 2 * 12,
    ),
    "space": (set(), tables(sites=[site(usd_per_kw_month=3)]), settings(), 1000 + 2 * 10 * 3 * 12),
    # 7 USD a year until age 1, 9 from then on
    "maintenance_by_age": (
        set(),
        tables(
            maintenance=[
                {"chip": "a", "age_years": 0, "usd_per_chip_year": 7, "source": "s"},
                {"chip": "a", "age_years": 1, "usd_per_chip_year": 9, "source": "s"},
            ]
        ),
        settings(),
        1000 + 70 + 90,
    ),
    # rented by slice: 15 by day and 5 by night, half the hours each: 10 chip-years
    "rental": (
        set(),
        tables(
            sites=[CLOUD],
            power=None,
            offers=[RENT | {"max_per_period": 15}],
            profiles=PEAK,
            workloads=[ONLINE | {"profile": "p"}],
        ),
        settings(slices=SLICES),
        2 * 10 * HOURS,
    ),
    # at most 12 over both regions in any slice: 3 of 15 are missing by day, half a Mtok each and
    # year, at 20,000
    "rental_limit": (
        {"rental_limit"},
        tables(
            sites=[CLOUD, site("cloud2", "cloud")],
            power=None,
            offers=[RENT | {"site": "cloud;cloud2", "max_per_period": 12}],
            profiles=PEAK,
            workloads=[ONLINE | {"profile": "p", "short_usd_per_mtok": 20000}],
        ),
        settings(slices=SLICES),
        2 * 8.5 * HOURS + 2 * 1.5 * 20000,
    ),
    # contracts for 2 years, cancelled after the first year, when demand ends
    "cancellable": (
        set(),
        tables(
            sites=[CLOUD],
            power=None,
            offers=[
                offer(
                    "res",
                    site="cloud",
                    kind="reserved",
                    term_periods=2,
                    usd_per_chip_hour=0.01,
                    cancellable="yes",
                )
            ],
            demand=demand(10, 0),
        ),
        settings(),
        10 * HOURS * 0.01,
    ),
    # the same without cancellation
    "contract": (
        set(),
        tables(
            sites=[CLOUD],
            power=None,
            offers=[
                offer("res", site="cloud", kind="reserved", term_periods=2, usd_per_chip_hour=0.01)
            ],
            demand=demand(10, 0),
        ),
        settings(),
        2 * 10 * HOURS * 0.01,
    ),
    # what may be retired must have been bought: 10, then 10 more
    "retire": (
        {"retire"},
        tables(offers=[offer(usd_per_chip=100, retire_early="yes")], demand=demand(10, 20)),
        settings(),
        2000.0,
    ),
    # ten old chips of age 1 that nobody needs are sold at half their price of 100, less 5 to take
    # each out
    "retire_fleet": (
        {"retire"},
        tables(
            chips=[chip(decommission_usd_per_chip=5)],
            fleet=[
                {
                    "chip": "a",
                    "site": "home",
                    "in_service": 2024,
                    "chips": 10,
                    "usd_per_chip": 100,
                    "retire_early": "yes",
                }
            ],
            resale=[
                {"chip": "a", "age_years": 0, "share_of_price": 1, "source": "s"},
                {"chip": "a", "age_years": 2, "share_of_price": 0, "source": "s"},
            ],
            demand=demand(0, 0),
        ),
        settings(),
        -450.0,
    ),
    # the fleet of 10 ends its life at the end of 2025 and is taken out for 5 each; then 10 new ones
    "end_of_life": (
        set(),
        tables(
            chips=[chip(decommission_usd_per_chip=5)],
            fleet=[
                {
                    "chip": "a",
                    "site": "home",
                    "in_service": 2024,
                    "leaves_service": 2026,
                    "chips": 10,
                }
            ],
        ),
        settings(),
        1050.0,
    ),
    # six of ten chips move from home, where they cannot be powered, for 7 each; without it all
    # would be bought
    "relocate": (
        set(),
        tables(
            sites=[site(), site("away")],
            power=power(("home",), mw=0.0) + power(("away",)),
            offers=[
                offer("move", site="away", kind="relocate", from_site="home", usd_per_chip=7),
                offer("dear", site="away", usd_per_chip=1000),
            ],
            fleet=[{"chip": "a", "site": "home", "in_service": 2024, "chips": 10}],
            demand=demand(6, 6),
        ),
        settings(),
        42.0,
    ),
    # at most 4 a year over both sites; 1 of 9 Mtok is short at 500
    "offer_limit": (
        {"offer_limit"},
        tables(
            sites=[site(), site("away")],
            power=power(("home", "away")),
            offers=[offer(usd_per_chip=100, site="home;away", max_per_period=4)],
            demand=demand(4, 9),
            workloads=[ONLINE | {"short_usd_per_mtok": 500}],
        ),
        settings(),
        800 + 500,
    ),
    "offer_minimum": (
        {"offer_limit"},
        tables(offers=[offer(usd_per_chip=100, min_per_period=12)]),
        settings(),
        2400.0,
    ),
    # two offers share 10 chips a year by order period: 6 of the second at 150 are not possible
    # beyond that
    "supply": (
        {"supply"},
        tables(
            offers=[
                offer(usd_per_chip=100, supply_group="g", last_order=2025),
                offer("buy2", usd_per_chip=150, supply_group="g"),
            ],
            demand=demand(8, 14),
            supply=[{"supply_group": "g", "period": p, "max_chips": 8} for p in (2025, 2026)],
        ),
        settings(),
        800 + 6 * 150,
    ),
    # by arrival with lead 1: nothing can arrive in 2025; 8 of 10 arrive in 2026, 2 are short at 30
    "supply_arrival": (
        {"supply"},
        tables(
            offers=[offer(usd_per_chip=10, supply_group="g", lead_periods=1)],
            demand=demand(0, 10),
            workloads=[ONLINE | {"short_usd_per_mtok": 30}],
            supply=[
                {"supply_group": "g", "period": p, "max_chips": 8, "basis": "arrival"}
                for p in (2025, 2026)
            ],
        ),
        settings(),
        80 + 2 * 30,
    ),
    # take or pay: 12 chips although 10 would do
    "take_or_pay": (
        {"supply"},
        tables(
            offers=[offer(usd_per_chip=100, supply_group="g")],
            supply=[
                {"supply_group": "g", "period": p, "min_chips": m, "max_chips": 99}
                for p, m in ((2025, 12), (2026, 0))
            ],
        ),
        settings(),
        1200.0,
    ),
    # slices half and half, loads 1.5 and 0.5: fifteen chips
    "online_profile": (
        {"online"},
        tables(profiles=PEAK, workloads=[ONLINE | {"profile": "p"}]),
        settings(slices=SLICES),
        1500.0,
    ),
    # 5 of 7 Mtok of batch fill the valley that the online work leaves: 17 chips for 17 Mtok
    "batch": (
        {"batch"},
        tables(
            profiles=PEAK,
            workloads=[ONLINE | {"profile": "p"}, BATCH[0] | {"workload": "b"}],
            demand=demand(10, 10) + demand(7, 7, workload="b"),
        ),
        settings(slices=SLICES),
        1700.0,
    ),
    # a window of two years: 20 Mtok in the first and none in the second need 10 chips
    "batch_window": (
        {"batch"},
        tables(workloads=[BATCH[0] | {"window_periods": 2}], demand=demand(20, 0)),
        settings(),
        1000.0,
    ),
    # 10 output at 1 a chip-year and 10 input at 2 a chip-year: 15 chips, at a cap of 0.75: 20
    "token_mix": (
        {"online"},
        tables(
            throughput=[
                throughput()[0]
                | {"input_tok_per_s": repr(2 * float(throughput()[0]["output_tok_per_s"]))}
            ],
            demand=[
                {"workload": "w", "period": p, "output_mtok": 10, "input_mtok": 10}
                for p in (2025, 2026)
            ],
            workloads=[ONLINE | {"utilisation_cap": 0.75}],
        ),
        settings(),
        2000.0,
    ),
    # calibration 0.5 and a gain of 4 from 2026 on: 20 chips in 2025, 5 in 2026 (20 are there)
    "gain": (
        {"online"},
        tables(
            throughput=[throughput()[0] | {"calibration": 0.5}],
            gains=[{"model": "m", "chip": "*", "period": 2026, "gain": 4, "source": "s"}],
            demand=demand(10, 45),
        ),
        settings(),
        100 * 22.5,
    ),
    "research": (
        {"research"},
        tables(
            workloads=[{"workload": "w", "kind": "research", "model": "c"}],
            demand=demand(10 * YEAR_FLOP, 10 * YEAR_FLOP, column="flop"),
            throughput=None,
            training=TRAIN,
        ),
        settings(),
        1000.0,
    ),
    # a fifth of the fleet does research: 10 / 0.8 chips
    "research_share": (
        {"research_share"},
        tables(
            workloads=[
                ONLINE,
                {"workload": "s", "kind": "research", "model": "c", "share_of_fleet": 0.2},
            ],
            training=TRAIN,
        ),
        settings(),
        1250.0,
    ),
    # a run of 10 chip-years in 2025 and half as much research by then: 15 chips
    "research_multiple": (
        {"research_flow", "research_multiple", "milestone_flow"},
        tables(
            workloads=[
                {"workload": "s", "kind": "research", "model": "c", "multiple_of_milestones": 0.5}
            ],
            demand=None,
            throughput=None,
            training=TRAIN,
            milestones=[run(deadline=2025)],
        ),
        settings(),
        1500.0,
    ),
    # at most 5 chips at once over two sites, at 80 %: 8 of 10 chip-years by 2026, 0.2 a year late;
    # 4 at home, 1 away
    "run_limit": (
        {"run_limit"},
        tables(
            3,
            sites=[site(), site("away")],
            power=power(("home",), 3, 0.004) + power(("away",), 3),
            offers=[offer(usd_per_chip=100), offer("far", site="away", usd_per_chip=110)],
            workloads=None,
            demand=None,
            throughput=None,
            training=TRAIN,
            milestones=[
                run(
                    sites="home;away",
                    single_site="no",
                    split_efficiency=0.8,
                    max_chips=5,
                    late_usd_per_period=1000,
                )
            ],
        ),
        settings(3),
        400 + 110 + 200,
    ),
    # 10 chip-years within two years: 5 chips
    "milestone": (
        {"milestone", "milestone_flow"},
        tables(workloads=None, demand=None, throughput=None, training=TRAIN, milestones=[run()]),
        settings(),
        500.0,
    ),
    # at most 4 chips: 8 of 10 chip-years by the deadline 2026; 0.2 are late for one year at 1000
    # per year
    "late": (
        {"milestone"},
        tables(
            3,
            workloads=None,
            demand=None,
            throughput=None,
            training=TRAIN,
            milestones=[run(max_chips=4, late_usd_per_period=1000)],
        ),
        settings(3),
        400 + 0.2 * 1000,
    ),
    # at least 7 chips in both years although 5 would do
    "run_floor": (
        {"run_floor"},
        tables(
            workloads=None,
            demand=None,
            throughput=None,
            training=TRAIN,
            milestones=[run(min_chips=7)],
        ),
        settings(),
        700.0,
    ),
    # m2 keeps 3 chips in both years, but in 2025, while m1 takes one chip, nothing of it counts:
    # all of its 10 chip-years are of 2026
    "progress": (
        {"progress"},
        tables(
            workloads=None,
            demand=None,
            throughput=None,
            training=TRAIN,
            milestones=[
                run(flop=YEAR_FLOP),
                run(milestone="m2", min_chips=3, after="m1"),
            ],
        ),
        settings(),
        1000.0,
    ),
    # m2 (5 chip-years) may not be ahead of m1 (10) a year earlier: m1 in 2025, m2 in 2026
    "precedence": (
        {"precedence"},
        tables(
            workloads=None,
            demand=None,
            throughput=None,
            training=TRAIN,
            milestones=[run(), run(milestone="m2", flop=5 * YEAR_FLOP, after="m1")],
        ),
        settings(),
        1000.0,
    ),
    # 4 chips at full efficiency, those beyond at half: 10 chip-years a year need 4 + 12
    "tiers": (
        {"milestone"},
        tables(
            workloads=None,
            demand=None,
            throughput=None,
            training=[TRAIN[0] | {"chips_at_full_efficiency": 4, "efficiency_beyond": 0.5}],
            milestones=[run(deadline=2025)],
        ),
        settings(),
        1600.0,
    ),
    # 9 chips busy by day are idle at night; an interruptible run of 5 chip-years a year takes them
    # and half a chip more
    "interruptible": (
        {"milestone"},
        tables(
            profiles=[PEAK[0] | {"load": 2}, PEAK[1] | {"load": 0}],
            workloads=[ONLINE | {"profile": "p"}],
            demand=demand(4.5, 4.5),
            training=TRAIN,
            milestones=[run(interruptible="yes")],
        ),
        settings(slices=SLICES),
        950.0,
    ),
    # over two sites at 80 %: 10 / 0.8 chip-years in two years, at most 4 chips at home (cheaper),
    # the rest away
    "split": (
        {"milestone"},
        tables(
            sites=[site(), site("away")],
            power=power(("home",), mw=0.004) + power(("away",)),
            offers=[offer(usd_per_chip=100), offer("far", site="away", usd_per_chip=110)],
            workloads=None,
            demand=None,
            throughput=None,
            training=TRAIN,
            milestones=[run(sites="home;away", single_site="no", split_efficiency=0.8)],
        ),
        settings(),
        400 + 2.25 * 110,
    ),
    # 600 of cash in 2025; the other 4 chips are bought in 2026 and 4 Mtok are short at 30
    "budget": (
        {"budget"},
        tables(
            budgets=[{"period": 2025, "category": "capex", "usd_max": 600}],
            workloads=[ONLINE | {"short_usd_per_mtok": 300}],
        ),
        settings(),
        1000 + 4 * 300,
    ),
    # the same, soft at 0.5 per USD: 400 over
    "soft_budget": (
        {"budget"},
        tables(
            budgets=[{"period": 2025, "category": "all", "usd_max": 600, "over_usd_per_usd": 0.5}],
            workloads=[ONLINE | {"short_usd_per_mtok": 300}],
        ),
        settings(),
        1000 + 200,
    ),
    # at least a fifth of the spend on b, which costs 120: x of a and y of b with x + y = 10 and 120
    # y = 0.2 (100 x + 120 y): y = 200/116
    "second_source": (
        {"policy"},
        tables(
            chips=[chip(), chip("b")],
            offers=[offer(usd_per_chip=100), offer("buyb", "b", usd_per_chip=120)],
            throughput=throughput("a", "b"),
            limits=[
                {
                    "limit": "second",
                    "scope": "vendor",
                    "member": "vb",
                    "measure": "spend",
                    "min_share": 0.2,
                }
            ],
        ),
        settings(),
        1000 + 20 * 200 / 116,
    ),
    # at most 70 % of the chips from va
    "concentration": (
        {"policy"},
        tables(
            chips=[chip(), chip("b")],
            offers=[offer(usd_per_chip=100), offer("buyb", "b", usd_per_chip=120)],
            throughput=throughput("a", "b"),
            limits=[
                {
                    "limit": "most",
                    "scope": "chip",
                    "member": "a",
                    "measure": "chips",
                    "max_share": 0.7,
                }
            ],
        ),
        settings(),
        700 + 360,
    ),
    # at most 8 kW powered at home, beyond at 50 USD per MW and period: 2 kW over, twice
    "power_policy": (
        {"policy"},
        tables(
            limits=[
                {
                    "limit": "most",
                    "scope": "site",
                    "member": "home",
                    "measure": "power",
                    "max": 0.008,
                    "over_usd_per_unit": 50,
                }
            ]
        ),
        settings(),
        1000 + 2 * 0.002 * 50,
    ),
    # the same at 50,000 USD: what is beyond costs in the middle of its own period
    "power_policy_in_its_period": (
        {"policy"},
        tables(
            limits=[
                {
                    "limit": "most",
                    "scope": "site",
                    "member": "home",
                    "measure": "power",
                    "max": 0.008,
                    "over_usd_per_unit": 50_000,
                }
            ]
        ),
        settings(discount_rate=0.1),
        1000 + 0.002 * 50_000 * (1.1**-0.5 + 1.1**-1.5),
    ),
    # carbon: 10 chips emit 2 x 10 x 8.76 MWh x 0.1 t; each tonne beyond 10 costs 3
    "carbon_policy": (
        {"policy"},
        tables(
            sites=[site(kg_co2_per_mwh=100)],
            limits=[
                {
                    "limit": "cap",
                    "scope": "all",
                    "measure": "carbon",
                    "max": 10,
                    "over_usd_per_unit": 3,
                }
            ],
        ),
        settings(),
        1000 + 3 * (2 * 10 * 8.76 * 0.1 - 10),
    ),
    # 80 % of 10 must survive the loss of either of two sites: 8 chips at each
    "site_loss": (
        {"site_loss", "backup_time"},
        tables(
            sites=[site(), site("away")],
            power=power(("home", "away")),
            offers=[offer(usd_per_chip=100, site="home;away")],
            workloads=[ONLINE | {"survive_site_loss": 0.8}],
        ),
        settings(),
        1600.0,
    ),
    # an order in flight of 15 at 100, 40 % paid; 5 cancelled at 10 % each
    "cancellation": (
        {"cancellation"},
        tables(
            offers=[offer(usd_per_chip=100)],
            orders=[
                {
                    "order": "o",
                    "chip": "a",
                    "site": "home",
                    "arrives": 2025,
                    "chips": 15,
                    "usd_per_chip": 100,
                    "paid_share": 0.4,
                    "cancel_fee_share": 0.1,
                }
            ],
        ),
        settings(),
        10 * 60 + 5 * 10,
    ),
    # the last plan bought 6 in 2025; 4 more cost 3 each in change charges
    "change": (
        {"change"},
        tables(
            last_plan=[
                {
                    "offer": "buy",
                    "site": "home",
                    "order_period": 2025,
                    "chips": 6,
                    "action": "buy",
                    "status": "new",
                }
            ]
        ),
        settings(change_usd_per_chip=3),
        1000 + 4 * 3,
    ),
    # frozen at 12 in 2025
    "frozen": (
        set(),
        tables(
            last_plan=[
                {
                    "offer": "buy",
                    "site": "home",
                    "order_period": 2025,
                    "chips": 12,
                    "action": "buy",
                    "status": "new",
                }
            ]
        ),
        settings(frozen_periods=1),
        1200.0,
    ),
    # 12 instead of 10 in 2025 as decided, without frozen periods or a charge
    "changed": (
        set(),
        tables(last_plan=[LAST | {"chips": 12, "decision": "changed"}]),
        settings(change_usd_per_chip=3),
        1200.0,
    ),
    # refused at 100 each: the dearer offer, and none of it is a change that costs
    "refused": (
        {"change"},
        tables(
            offers=[offer(usd_per_chip=100), offer("dear", usd_per_chip=130)],
            last_plan=[LAST | {"chips": 10, "decision": "refused"}],
        ),
        settings(change_usd_per_chip=3),
        10 * 130 + 10 * 3,
    ),
    # chips of b may not go home before 2026
    "rule": (
        set(),
        tables(
            chips=[chip(), chip("b")],
            offers=[offer(usd_per_chip=100), offer("buyb", "b", usd_per_chip=20)],
            throughput=throughput("a", "b"),
            rules=[{"chip": "b", "country": "US", "to": 2025, "reason": "licence"}],
            demand=demand(10, 15),
        ),
        settings(),
        1000 + 5 * 20,
    ),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_optimum_by_hand(name: str, tmp_path: Path) -> None:
    _, case_tables, case_settings, objective = EQUATIONS[name]
    _, solution = solved(tmp_path, case_tables, case_settings)
    assert solution.objective == pytest.approx(objective, rel=1e-9, abs=1e-6)


@pytest.mark.slow
def test_every_row_family_has_an_equation(tmp_path: Path) -> None:
    """A family of rows that appears in no case of this file, or that no case claims, fails here."""
    seen: set[str] = set()
    claimed: set[str] = set()
    for name, (families, case_tables, case_settings, _) in EQUATIONS.items():
        program = formulate(
            read_case(write_case(tmp_path / name, case_tables, case_settings))
        ).program
        present = {block.name for block in program.row_blocks if block.count}
        assert families <= present, f"{name} claims {families - present}, which it does not have"
        seen |= present
        claimed |= families
    assert seen == claimed


def perturbed(family: str) -> Callable[[Any], Any]:
    """Loosen a family of rows: what the test below takes away."""
    import dataclasses

    import numpy as np

    def loosen(program: Any) -> Any:
        low, high = program.row_lower.copy(), program.row_upper.copy()
        for block in program.row_blocks:
            if block.name == family:
                low[block.first : block.first + block.count] = -np.inf
                high[block.first : block.first + block.count] = np.inf
        return dataclasses.replace(program, row_lower=low, row_upper=high)

    return loosen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "family"),
    [(name, family) for name, (families, *_) in EQUATIONS.items() for family in sorted(families)],
)
def test_the_equation_matters(name: str, family: str, tmp_path: Path) -> None:
    """Without the family the optimum is another one (or unbounded): the case really tests it."""
    _, case_tables, case_settings, objective = EQUATIONS[name]
    program = formulate(read_case(write_case(tmp_path, case_tables, case_settings))).program
    solution = solve(perturbed(family)(program))
    assert solution.status != "optimal" or abs(solution.objective - objective) > 1e-6


def test_a_run_with_no_chip_before_its_last_period_is_late_not_an_error(tmp_path: Path) -> None:
    """The last plan freezes 2025 to no order and 2026 to one chip for 100 USD, which does a tenth
    of m1: 900 USD of lateness.  m2 may do the share that m1 had done a year before, which is none:
    1,000 USD.  That no chip can be there in 2025 leaves rows of both runs in 2025."""
    case_tables = tables(
        periods=2,
        workloads=None,
        demand=None,
        throughput=None,
        training=TRAIN,
        last_plan=[
            {
                "offer": "buy",
                "site": "home",
                "order_period": 2026,
                "chips": 1,
                "action": "buy",
                "status": "new",
            }
        ],
        milestones=[
            run(late_usd_per_period=1000),
            run(milestone="m2", flop=5 * YEAR_FLOP, after="m1", late_usd_per_period=1000),
        ],
    )
    _, solution = solved(tmp_path, case_tables, settings(2, frozen_periods=2))
    assert solution.objective == pytest.approx(2000.0)
