"""Break-even prices, worths and causes, checked by solving again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.case import read_case
from planner.limits import RANGED
from planner.lp.certificate import certify
from planner.lp.highs import LiveModel
from planner.lp.polish import polished
from planner.model import formulate
from planner.plan.answer import read_answer
from planner.plan.extract import RANGED_COLUMNS, extract
from planner.plan.plan import Plan
from planner.plan.touching import row_families
from tests.helpers import YAML, changed, write_case
from tests.model.small import chip, demand, offer, power, settings, site, tables, throughput

ONLINE = {"workload": "w", "kind": "online", "model": "m", "tier": "f"}


def planned(
    folder: Path, case_tables: Mapping[str, Any], case_settings: Mapping[str, Any], *overrides: str
) -> Plan:
    formulation = formulate(read_case(write_case(folder, case_tables, case_settings), overrides))
    model = LiveModel(formulation.program)
    solution = polished(formulation.program, model.solve())
    assert solution.status == "optimal"
    low, high, cost_up = model.ranges(RANGED, RANGED_COLUMNS)
    return extract(
        formulation,
        solution,
        certify(formulation.program, solution),
        ranges=(low, high),
        cost_up=cost_up,
    )


TWO = tables(
    3,
    sites=[site(), site("cloud", "cloud")],
    offers=[
        offer("buy", usd_per_chip=100),
        offer("dear", usd_per_chip=130, deposit_share=0.5, lead_periods=1),
        offer("lease", kind="lease", usd_per_chip_hour=0.02, term_periods=2),
        offer(
            "flex",
            site="cloud",
            kind="reserved",
            usd_per_chip_hour=0.03,
            term_periods=2,
            cancellable="yes",
        ),
        offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=0.05),
    ],
    demand=demand(10, 20, 25),
)
"""Five ways to get the same chip: the purchase is cheapest; what would the others have to cost?"""


def test_only_what_would_pay_without_a_limit_is_blocked_by_it(tmp_path: Path) -> None:
    """Five chips of a group may be bought; beyond, a chip costs 120.  One of the group at 100 would
    pay for itself if there were no limit, one at 130 would not, and the limit helps nobody."""
    case = tables(
        1,
        offers=[
            offer("cheap", usd_per_chip=90, supply_group="g"),
            offer("next", usd_per_chip=100, supply_group="g"),
            offer("far", usd_per_chip=130, supply_group="g"),
            offer("open", usd_per_chip=120),
        ],
        supply=[{"supply_group": "g", "period": 2025, "max_chips": 5}],
        demand=demand(10),
    )
    prices = planned(tmp_path, case, settings(1))["prices"].set_index("offer")
    assert prices["blocked_by"].to_dict() == {"next": "supply:g@2025", "far": ""}


def test_an_obligation_is_weighed_for_all_chips_of_its_line(tmp_path: Path) -> None:
    """A fifth of the spend must be b's, which costs 120 against 100: a chip of work costs 12000/116
    (96 of 116 chips are a's), and that is what b's chips are worth; the rest of 120 is the
    obligation."""
    case = tables(
        1,
        chips=[chip(), chip("b")],
        offers=[offer(usd_per_chip=100), offer("buyb", "b", usd_per_chip=120)],
        throughput=throughput("a", "b"),
        demand=demand(10),
        limits=[
            {
                "limit": "second",
                "scope": "vendor",
                "member": "vb",
                "measure": "spend",
                "min_share": 0.2,
            }
        ],
    )
    causes = planned(tmp_path, case, settings(1))["causes"]
    b = causes[causes["line_id"].str.startswith("buyb")].set_index("cause")["share_pct"]
    work = 100 * 12000 / 116 / 120
    assert b.to_dict() == pytest.approx({"workload:w": work, "obligation:limit:second": 100 - work})


def test_chips_for_the_loss_of_a_site_are_not_those_of_the_work(tmp_path: Path) -> None:
    """Eight of ten chips' work must survive the loss of either of two sites: eight at each, six
    more than the work needs, so that it is the loss alone that pays for every chip."""
    case = tables(
        1,
        sites=[site(), site("away")],
        power=power(("home", "away"), 1),
        offers=[offer(usd_per_chip=100, site="home;away")],
        workloads=[ONLINE | {"survive_site_loss": 0.8}],
        demand=demand(10),
    )
    causes = planned(tmp_path, case, settings(1))["causes"]
    assert set(causes["cause"]) == {"site_loss:w"}
    assert causes["share_pct"].tolist() == pytest.approx([100.0, 100.0])


def test_a_rental_breaks_even_in_the_slice_that_needs_it_most(tmp_path: Path) -> None:
    """By day 22 chips are needed, by night 6: a chip rented by day saves one of 100 USD, over a
    quarter of 8,760 hours; by night it saves nothing."""
    case = tables(
        1,
        sites=[site(), site("cloud", "cloud")],
        offers=[
            offer(usd_per_chip=100),
            offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=0.05),
        ],
        workloads=[ONLINE | {"profile": "p"}],
        demand=demand(10),
        profiles=[
            {"profile": "p", "slice": "night", "load": 0.6, "source": "s"},
            {"profile": "p", "slice": "day", "load": 2.2, "source": "s"},
        ],
    )
    slices = [{"name": "night", "hours_share": 0.75}, {"name": "day", "hours_share": 0.25}]
    prices = planned(tmp_path, case, settings(1, slices=slices))["prices"].set_index("offer")
    exact = 100 / (0.25 * 8760)
    assert prices.loc["rent", "break_even"] == pytest.approx(exact)
    assert prices.loc["rent", "cut_pct"] == pytest.approx(100 * (1 - exact / 0.05))


def test_what_rows_charge_is_all_that_a_column_costs_beside_its_price(tmp_path: Path) -> None:
    """``cost - sum of dual x coefficient = reduced cost``, of every column, also in rows whose
    coefficients are prices."""
    case = TWO | {
        "budgets": [{"period": 2026, "category": "all", "usd_max": 900, "over_usd_per_usd": 0.5}]
    }
    formulation = formulate(read_case(write_case(tmp_path, case, settings(3, discount_rate=0.1))))
    program, solution = formulation.program, LiveModel(formulation.program).solve()
    answer = read_answer(formulation, solution)
    charged = row_families(answer, np.arange(program.num_columns))
    cost = program.cost * program.money_scale / program.column_scale
    sums = charged.groupby("column")["usd"].sum().reindex(np.arange(program.num_columns)).fillna(0)
    assert (np.abs(charged.loc[charged["family"] == "budget", "usd"]) > 1).any()
    assert cost - sums.to_numpy() == pytest.approx(solution.reduced_cost, abs=1e-6)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "case_settings",
    [
        settings(3),
        settings(3, discount_rate=0.1, residual="annuity"),
        settings(3, discount_rate=0.1, residual="straight_line"),
    ],
)
def test_break_even_prices_by_solving_again(tmp_path: Path, case_settings: dict[str, Any]) -> None:
    """A hair below its break-even an offer enters, a hair above it does not."""
    plan = planned(tmp_path / "base", TWO, case_settings)
    prices = plan["prices"]
    tried = prices[(prices["cut_pct"] > 0.01) & (prices["cut_pct"] < 99.9)].drop_duplicates("offer")
    assert len(tried) >= 3
    for number, row in enumerate(tried.itertuples()):
        for hair, enters in ((-1e-4, True), (1e-4, False)):
            override = [
                {
                    "offer": row.offer,
                    "period": row.order_period,
                    row.price_field: repr(float(row.break_even) * (1 + hair)),
                }
            ]
            again = planned(
                tmp_path / f"{number}{enters}", TWO | {"offer_prices": override}, case_settings
            )
            buy = again["buy_plan"]
            taken = ((buy["offer"] == row.offer) & (buy["order_period"] == row.order_period)).any()
            assert taken == enters, (
                f"{row.offer} in {row.order_period} at {float(row.break_even) * (1 + hair)}"
            )


def test_the_dearest_price_of_a_line_by_solving_again(tmp_path: Path) -> None:
    """Below the price at which less would be taken the line stays as it is; above it shrinks."""
    plan = planned(tmp_path / "base", TWO, settings(3, discount_rate=0.1))
    lines = plan["buy_plan"].set_index("line_id")
    line = lines.loc["buy@home@2025"]
    limit = float(line["break_even_usd_per_chip"])
    assert limit > 100
    for price, same in ((limit * (1 - 1e-4), True), (limit * (1 + 1e-4), False)):
        override = [{"offer": "buy", "period": "2025", "usd_per_chip": repr(price)}]
        again = planned(
            tmp_path / str(same), TWO | {"offer_prices": override}, settings(3, discount_rate=0.1)
        )["buy_plan"].set_index("line_id")
        chips = float(again["chips"].get("buy@home@2025", 0.0))
        assert (abs(chips - float(line["chips"])) < 1e-6) == same


def test_causes_by_hand(tmp_path: Path) -> None:
    """Ten chips, of which two workloads use 6 and 4 all the time: they pay 60 % and 40 %."""
    plan = planned(
        tmp_path,
        tables(
            workloads=[ONLINE, ONLINE | {"workload": "v"}],
            demand=demand(6, 6) + demand(4, 4, workload="v"),
            throughput=throughput(),
        ),
        settings(),
    )
    causes = plan["causes"]
    assert dict(zip(causes["cause"], causes["share_pct"], strict=True)) == pytest.approx(
        {"workload:w": 60.0, "workload:v": 40.0}
    )
    line = plan["buy_plan"].iloc[0]
    assert (line["cause_1"], line["cause_2"], line["first_use"]) == (
        "workload:w",
        "workload:v",
        "w",
    )
    # one more chip of the line is worth what it costs, 100
    assert line["worth_usd_per_chip"] == pytest.approx(100.0)


def test_an_obligation_is_a_cause(tmp_path: Path) -> None:
    """12 chips must be taken, 10 are needed: the first 10 would be bought anyway, so the price is
    paid by the obligation."""
    plan = planned(
        tmp_path,
        tables(offers=[offer(usd_per_chip=100, min_per_period=12)], demand=demand(10, 10)),
        settings(),
    )
    first = plan["causes"].groupby("line_id").first()
    assert first.loc["buy@home@2025", "cause"] == "obligation:offer_limit:buy@2025"


def test_causes_sum_to_100(tmp_path: Path) -> None:
    plan = planned(tmp_path, changed(), YAML)
    sums = plan["causes"].groupby("line_id")["share_pct"].sum()
    assert np.allclose(sums, 100.0)
    new = plan["buy_plan"]
    new = new[(new["status"] == "new") & new["action"].isin(["buy", "lease", "reserve", "rent"])]
    assert set(new["line_id"]) <= set(sums.index)


def test_worth_of_limits_by_solving_again(tmp_path: Path) -> None:
    """Near chips cost 100 and only 4 a year can be had; the other 6 a year cost 140: one more of
    them saves 40, in its whole range."""
    case_tables = tables(
        sites=[site(), site("away")],
        power=[
            {"site": s, "period": p, "mw": mw}
            for s, mw in (("home", 1), ("away", 1))
            for p in (2025, 2026)
        ],
        offers=[
            offer("near", usd_per_chip=100, supply_group="g"),
            offer("far", site="away", usd_per_chip=140),
        ],
        supply=[{"supply_group": "g", "period": p, "max_chips": 4} for p in (2025, 2026)],
        demand=demand(10, 20),
    )
    base = planned(tmp_path / "base", case_tables, settings())
    supply = base["supply"].set_index("period")
    assert supply.loc["2025", "worth_usd_per_chip"] == pytest.approx(40.0)
    step = min(1.0, float(supply.loc["2025", "worth_to_chips"]) - 4.0)
    assert step == 1.0
    more = planned(tmp_path / "more", case_tables, settings(), f"supply.g.2025={4 + step}")
    assert base.summary["objective_usd"] - more.summary["objective_usd"] == pytest.approx(
        40.0 * step, abs=0.02
    )


def test_costs_sum_to_the_objective_to_the_cent(tmp_path: Path) -> None:
    plan = planned(tmp_path, changed(), YAML)
    cents = (plan["costs"]["discounted_usd"] * 100).round().astype(np.int64)
    assert int(cents.sum()) == round(plan.summary["objective_usd"] * 100)
    split = plan["unit_costs"].query("kind == 'split'")["cost_usd"].sum()
    assert split == pytest.approx(plan.summary["objective_usd"], abs=0.02)
    assert isinstance(plan["costs"], pd.DataFrame)
