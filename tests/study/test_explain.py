"""Explanations on cases small enough for a pencil: every cost named is the difference of two optima
worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.pipeline import run
from planner.runs.read import RunError, read_run_table
from planner.study.explain import explain
from planner.study.live import reopen, with_rows
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, site, tables, throughput

ROOT = Path(__file__).parents[2]


def planned(
    tmp_path: Path, case_tables: Mapping[str, Any], case_settings: Mapping[str, Any]
) -> Path:
    result = run(write_case(tmp_path / "case", case_tables, case_settings), out=tmp_path / "out")
    assert result.status == "optimal" and result.folder is not None
    return result.folder


TWO_OFFERS = tables(offers=[offer("cheap", usd_per_chip=100), offer("dear", usd_per_chip=130)])
"""Ten chips for two years: 10 x 100 from the cheap one."""


@pytest.mark.slow
def test_a_line_and_what_it_costs_to_forbid_it(tmp_path: Path) -> None:
    """Without the purchase of 2025 the other offer does it: 10 x 130 instead of 10 x 100."""
    folder = planned(tmp_path, TWO_OFFERS, settings())
    found = explain(folder, ["line", "cheap@home@2025"])
    assert found.data["without"]["delta_usd"] == pytest.approx(300.0)
    assert "300.00 USD more" in found.headline
    instead = next(
        section for section in found.sections if section.title == "What the plan does instead"
    )
    assert instead.rows[0][:4] == ("buy cheap@home@2025", "10", "0", "-10") and instead.rows[1][
        :3
    ] == ("buy dear@home@2025", "0", "10")
    assert (
        found.data["causes"]
        == [
            {
                "cause": "workload:w",
                "share_pct": pytest.approx(100.0),
                "worth_usd": pytest.approx(1300.0, rel=1e-3),
            }
        ]
        or found.data["causes"][0]["cause"] == "workload:w"
    )


@pytest.mark.slow
def test_the_only_way_cannot_be_forbidden(tmp_path: Path) -> None:
    """One offer that can be ordered in one period only: without it demand is not met."""
    folder = planned(
        tmp_path, tables(offers=[offer(usd_per_chip=100, last_order=2025)]), settings()
    )
    found = explain(folder, ["line", "buy@home@2025"])
    assert found.data["without"]["status"] == "infeasible" and "there is no plan" in found.headline


@pytest.mark.slow
def test_what_exists_is_taken_away(tmp_path: Path) -> None:
    """A fleet of 4 saves the purchase of 4 chips at 100."""
    fleet = [
        {
            "chip": "a",
            "site": "home",
            "in_service": 2024,
            "chips": 4,
            "owner": "us",
            "usd_per_chip": 100,
        }
    ]
    folder = planned(tmp_path, tables(fleet=fleet), settings())
    line = read_run_table(folder, "buy_plan").query("status == 'existing'")["line_id"].iloc[0]
    assert explain(folder, ["line", line]).data["without"]["delta_usd"] == pytest.approx(400.0)


@pytest.mark.slow
def test_why_not_that_offer(tmp_path: Path) -> None:
    """The dear offer comes in below 100, the price of the cheap one; a tenth of a percent below
    that ten chips save 1 USD."""
    folder = planned(tmp_path, TWO_OFFERS, settings())
    found = explain(folder, ["offer", "dear", "2025"])
    assert "comes in at 100 instead of 130 (23.1 % less)" in found.headline
    below, above = found.data["confirmed"]
    assert below["delta_usd"] == pytest.approx(-1.0, rel=1e-6) and above[
        "delta_usd"
    ] == pytest.approx(0.0, abs=1e-6)
    assert found.data["chips_then"] == [pytest.approx(10.0), pytest.approx(0.0)]


@pytest.mark.slow
def test_how_much_faster_an_offer_must_be(tmp_path: Path) -> None:
    """Chip b costs 150 and does the work of one chip a at 100: it is bought once it does half as
    much again (to 1 %)."""
    folder = planned(
        tmp_path,
        tables(
            chips=[chip(), chip("b")],
            offers=[offer(usd_per_chip=100), offer("other", "b", usd_per_chip=150)],
            throughput=throughput("a", "b"),
            power=power(mw=10),
        ),
        settings(),
    )
    found = explain(folder, ["offer", "other", "2025"])
    faster = dict(found.facts)["or faster"]
    percent = float(faster.split("did ")[1].split(" %")[0])
    assert 50.0 <= percent <= 51.5


@pytest.mark.slow
def test_what_a_megawatt_is_worth(tmp_path: Path) -> None:
    """8 of the 10 chips have power, the other two are rented for 200 a year: each kW of both years
    saves 400 - 100 = 300, so 1 MW saves 600."""
    rented = {
        "sites": [site(), site("cloud", "cloud")],
        "offers": [
            offer(usd_per_chip=100),
            offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=repr(200 / 8760.0)),
        ],
    }
    folder = planned(tmp_path, tables(**rented, power=power(mw=0.008)), settings())
    before = explain(folder, ["limit", "power", "home", "2026"])
    # the limit of one year alone: the two more chips run in 2026 only, and save 200 - 100 each
    assert before.data["steps"][0]["delta_usd"] == pytest.approx(-200.0)
    assert before.data["steps"][-1]["what"].startswith("-10%")
    # a tenth less power in 2026: 0.8 chips are rented in 2026 although they were bought for 2025 as
    # well
    assert before.data["steps"][-1]["delta_usd"] == pytest.approx(0.8 * 200.0)


@pytest.mark.slow
def test_supply_budget_and_policy(tmp_path: Path) -> None:
    """Six cheap chips at most, four dear ones: one more cheap one saves 30."""
    case = tables(
        offers=[
            offer("cheap", usd_per_chip=100, supply_group="s"),
            offer("dear", usd_per_chip=130),
        ],
        supply=[
            {"supply_group": "s", "period": 2025 + t, "max_chips": 6 if t == 0 else 0}
            for t in range(2)
        ],
        budgets=[{"period": "2025", "category": "capex", "usd_max": 5000}],
        limits=[{"limit": "few", "scope": "all", "measure": "chips", "max": 50}],
    )
    folder = planned(tmp_path, case, settings())
    supply = explain(folder, ["limit", "supply", "s", "2025"])
    assert supply.data["limit"]["worth"] == pytest.approx(30.0) and supply.data["steps"][0][
        "delta_usd"
    ] == pytest.approx(-30.0)
    assert supply.data["steps"][1]["delta_usd"] == pytest.approx(-0.6 * 30.0) and supply.data[
        "steps"
    ][2]["delta_usd"] == pytest.approx(-1.5 * 30.0)
    budget = explain(folder, ["limit", "budget", "capex", "2025"])
    assert budget.data["limit"]["worth"] == 0.0 and all(
        step["delta_usd"] == pytest.approx(0.0, abs=1e-6) for step in budget.data["steps"]
    )
    policy = explain(folder, ["limit", "policy", "few"])
    assert policy.data["limit"]["size"] == 50.0 and policy.data["steps"][0][
        "delta_usd"
    ] == pytest.approx(0.0, abs=1e-6)


RUN = {
    "milestones": [
        {
            "milestone": "m1",
            "flop": repr(10 * 8760 * 3600 * 1e12),
            "class": "c",
            "deadline": "2025",
            "max_chips": 20,
        }
    ],
    "training": [
        {
            "class": "c",
            "chip": "a",
            "precision": "bf16",
            "mfu": 1,
            "goodput": 1,
            "source": "assumption",
            "as_of": "2026-10-01",
        }
    ],
}
"""Ten chip-years of a chip of 1 TFLOP/s, due by the end of 2025."""


@pytest.mark.slow
def test_a_milestone_and_other_deadlines(tmp_path: Path) -> None:
    """10 chips train in 2025 and 10 serve in both years. A year later there is room in 2026 too: 15
    chips do it all, and 5 x 100 are saved."""
    folder = planned(tmp_path, tables(**RUN), settings())
    found = explain(folder, ["milestone", "m1"])
    steps = {step["what"]: step["delta_usd"] for step in found.data["steps"]}
    assert steps["deadline 1 period later"] == pytest.approx(-500.0)
    assert steps["m1 is not trained at all"] == pytest.approx(-1000.0)
    assert steps["10 % more FLOP"] == pytest.approx(100.0)
    assert "in the last period that its deadline 2025 allows" in found.headline


@pytest.mark.slow
def test_a_workload_and_more_of_it(tmp_path: Path) -> None:
    """Ten more per cent of 10 Mtok a year need one more chip of 100; none of it saves all 1,000."""
    folder = planned(tmp_path, tables(), settings())
    found = explain(folder, ["workload", "w"])
    assert [step["delta_usd"] for step in found.data["steps"]] == [
        pytest.approx(value) for value in (10.0, 100.0, -100.0, -1000.0)
    ]
    assert found.data["workload"]["loaded_usd"] == pytest.approx(50.0)  # 1,000 USD for 20 Mtok


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "what",
    [
        ("line", "nothing@home@2025"),
        ("offer", "nothing"),
        ("offer", "dear", "2099"),
        ("limit", "power", "nowhere", "2025"),
        ("limit", "power", "home", "soon"),
        ("limit", "beauty"),
        ("limit", "supply", "s"),
        ("milestone", "m"),
        ("workload", "v"),
        ("weather",),
        ("line",),
    ],
)
def test_questions_that_cannot_be_asked(what: tuple[str, ...], tmp_path: Path) -> None:
    folder = planned(tmp_path, TWO_OFFERS, settings())
    with pytest.raises(RunError):
        explain(folder, what)


@pytest.mark.slow
def test_a_change_and_back_is_the_same_optimum(tmp_path: Path) -> None:
    """Whatever was asked before, in place or with another matrix, the first case has its first cost
    again."""
    folder = planned(tmp_path, TWO_OFFERS | {"demand": demand(10, 20)}, settings())
    live = reopen(folder)
    case, cost = live.case, live.solution.objective
    for table, cells in (
        ("demand", {"output_mtok": 40.0}),
        ("throughput", {"output_tok_per_s": 1.0}),
        ("offers", {"lead_periods": 1}),
        ("power", {"mw": 0.001}),
    ):
        live.ask(with_rows(case, table, np.arange(len(case[table])), **cells))
        again = live.ask(case)
        assert (again.status, again.objective) == ("optimal", pytest.approx(cost, rel=1e-9))
