"""Here and now on cases by hand: demand, lateness, a tree, the worst weighed in, what fails."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.case.problems import CaseError
from planner.futures.decide import Decided, changes_nothing, decide
from planner.futures.kept import common_orders
from planner.futures.scenario import read_futures
from planner.report.progress import Progress
from planner.solving import Options

from .cases import CASE, MTOK, TWO, write


def decided(folder: Path, *overrides: str) -> Decided:
    return decide(read_futures(folder, overrides), Options(), Progress())


def ordered(found: Decided, number: int = 0) -> dict[str, float]:
    rows = common_orders(found, number, found.joint.solution.x)
    label = found.futures.base.case.calendar.label
    return {label(int(row.order_period)): float(row.chips) for row in rows.itertuples()}


def test_two_demands_by_hand(tmp_path: Path) -> None:
    """A chip more in 2097 costs 100 and is needed in 2098 with 0.4: 0.4 x 400 = 160 > 100, and in
    2099 it saves ordering one in 2098.  So 20 are ordered: 2,000 in both.  Known from the start
    0.6 x 1,000 + 0.4 x 2,000 = 1,400.  The mean is 14 chips' work: 14 ordered, `same` costs 1,400,
    `more` 1,400 + 6 x 400 short in 2098 + 6 x 100 ordered for 2099 = 4,400; 2,600 expected."""
    found = decided(write(tmp_path / "c", TWO))
    assert ordered(found) == pytest.approx({"2097": 20.0})
    assert found.cost == pytest.approx(2_000.0)
    assert found.bound == pytest.approx(2_000.0)
    assert found.known == pytest.approx(1_400.0)
    assert found.mean is not None
    assert found.mean.cost == pytest.approx([1_400.0, 4_400.0])
    assert found.mean.own == pytest.approx(1_400.0)
    assert found.mean.objective == pytest.approx(2_600.0)
    assert not changes_nothing(found)


def test_a_rare_demand_is_not_bought_for(tmp_path: Path) -> None:
    """With 0.1 a chip more saves 0.1 x (400 + 100) = 50 < 100: 10 are ordered; `more` costs
    1,000 + 10 x 400 + 10 x 100."""
    rare = {**TWO, "scenarios.csv": "scenario,probability\nsame,0.9\nmore,0.1\n"}
    found = decided(write(tmp_path / "c", rare))
    assert ordered(found) == pytest.approx({"2097": 10.0})
    assert found.joint.cost == pytest.approx([1_000.0, 6_000.0])
    assert found.cost == pytest.approx(1_500.0)


def test_who_fears_the_worst_buys_for_it(tmp_path: Path) -> None:
    """The same with all weight on the worst tenth: 20 chips, 2,000 in both."""
    rare = {**TWO, "scenarios.csv": "scenario,probability\nsame,0.9\nmore,0.1\n"}
    found = decided(write(tmp_path / "c", rare, CASE + "risk: {cvar: 0.9, weight: 1}\n"))
    assert ordered(found) == pytest.approx({"2097": 20.0})
    assert found.cost == pytest.approx(2_000.0)
    assert found.bound == pytest.approx(2_000.0)


def test_no_weight_is_the_expected_cost(tmp_path: Path) -> None:
    found = decided(write(tmp_path / "c", TWO, CASE + "risk: {cvar: 0.9, weight: 0}\n"))
    assert found.cost == found.expected == pytest.approx(2_000.0)


def test_lateness_by_hand(tmp_path: Path) -> None:
    """Work for 10 chips from 2098 on; ordered in 2097 they arrive in 2098, or with 0.5 in 2099.
    `late` is short in 2098 whatever is done: 4,000 + 1,000; the orders are the same, and what
    arrives late is not ordered again: 10 in 2097.  Expected 0.5 x 1,000 + 0.5 x 5,000."""
    files = {
        "scenarios.csv": "scenario,probability\nin time,0.5\nlate,0.5\n",
        "scenario_changes.csv": "scenario,change\nlate,offers.buy.lead_periods=2\n",
    }
    found = decided(write(tmp_path / "c", files))
    assert ordered(found, 0) == ordered(found, 1) == pytest.approx({"2097": 10.0})
    assert found.joint.cost == pytest.approx([1_000.0, 5_000.0])
    assert found.cost == pytest.approx(3_000.0)
    assert found.known == pytest.approx(3_000.0)  # knowing changes nothing


def test_a_rental_bridges_what_may_be_late(tmp_path: Path) -> None:
    """Capacity on demand at 0.02 USD/h is 175.20 a chip-year: `late` rents 10 in 2098 instead of
    400 a chip short, as operation follows each scenario."""
    files = {
        "scenarios.csv": "scenario,probability\nin time,0.5\nlate,0.5\n",
        "scenario_changes.csv": "scenario,change\nlate,offers.buy.lead_periods=2\n",
        "sites.csv": "site,region,country,kind,pue,usd_per_mwh\nhall,r,US,owned,1,0\n"
        "cloud,r,US,cloud,,\n",
        "offers.csv": "offer,chip,site,kind,lead_periods,usd_per_chip,usd_per_chip_hour\n"
        "buy,x,hall,purchase,1,100,\nrent,x,cloud,on_demand,0,,0.02\n",
    }
    found = decided(write(tmp_path / "c", files))
    assert found.joint.cost == pytest.approx([1_000.0, 1_000.0 + 1_752.0])


def test_what_cannot_be_ordered_everywhere_is_not_ordered(tmp_path: Path) -> None:
    """Where one scenario's chips can be ordered from 2098 on only, nothing is ordered in 2097."""
    files = {
        "scenarios.csv": "scenario,probability\nnow,0.5\nlater,0.5\n",
        "scenario_changes.csv": "scenario,change\nlater,offers.buy.first_order=2098\n",
        "offers.csv": "offer,chip,site,kind,first_order,lead_periods,usd_per_chip\n"
        "buy,x,hall,purchase,2097,1,100\n",
    }
    found = decided(write(tmp_path / "c", files))
    assert ordered(found) == pytest.approx({"2097": 0.0})
    assert found.joint.cost == pytest.approx([5_000.0, 5_000.0])


TREE = {
    "scenarios.csv": "scenario,probability,like,known\nlow,0.5,,\nhigh,0.3,,\n"
    "higher,0.2,high,2099\n",
    "scenario_changes.csv": "scenario,change\n"
    "high,demand.chat.2099.output_mtok*=2\nhigher,demand.chat.2099.output_mtok*=3\n",
}


def test_a_tree_by_hand(tmp_path: Path) -> None:
    """10 chips are needed in 2098; in 2099 10, 20 or 30.  In 2098 it is known whether it is `low`,
    but not yet which of the others: there 10 more are ordered, and 10 for `higher` (0.2 / 0.5 x 400
    = 160 > 100).  1,000 in `low`, 3,000 in the others: 0.5 x 1,000 + 0.5 x 3,000 = 2,000.  Known at
    once in 2098, `high` orders 10 less: 0.3 x 1,000 saved."""
    text = CASE.replace("reveal: 2098", "reveal: 2098, 2099")
    found = decided(write(tmp_path / "tree", TREE, text))
    assert ordered(found, 1) == ordered(found, 2) == pytest.approx({"2097": 10.0, "2098": 20.0})
    assert ordered(found, 0) == pytest.approx({"2097": 10.0})
    assert found.joint.cost == pytest.approx([1_000.0, 3_000.0, 3_000.0])
    assert found.cost == pytest.approx(2_000.0)
    assert found.known == pytest.approx(1_700.0)
    assert found.mean is not None and found.mean.objective >= found.cost - 1e-6
    flat = {**TREE, "scenarios.csv": "scenario,probability\nlow,0.5\nhigh,0.3\nhigher,0.2\n"}
    assert decided(write(tmp_path / "flat", flat)).cost == pytest.approx(1_700.0)


def test_names_of_scenarios_change_nothing(tmp_path: Path) -> None:
    other = {
        name: text.replace("more,", "zzz,").replace("same,", "b,") for name, text in TWO.items()
    }
    one, two = (decided(write(tmp_path / n, f)) for n, f in (("a", TWO), ("b", other)))
    assert one.joint.cost.tolist() == two.joint.cost.tolist()
    assert np.array_equal(one.joint.solution.x, two.joint.solution.x)


def test_a_sparse_folder_is_the_same_as_changes(tmp_path: Path) -> None:
    files = {
        "scenarios.csv": TWO["scenarios.csv"],
        "scenarios/more/demand.csv": "workload,period,output_mtok\n"
        f"chat,2098,{20 * MTOK}\nchat,2099,{20 * MTOK}\n",
    }
    found = decided(write(tmp_path / "c", files))
    assert found.joint.cost == pytest.approx([2_000.0, 2_000.0])
    text = f"workload,measure,2098,2099\nchat,output_mtok,{20 * MTOK},{20 * MTOK}\n"
    wide = {**files, "scenarios/more/demand.csv": text}
    assert decided(write(tmp_path / "w", wide)).joint.cost.tolist() == found.joint.cost.tolist()


def test_a_range_that_changes_nothing_says_so(tmp_path: Path) -> None:
    """Demand that only differs in 2099, known in 2098: it can still be ordered then."""
    files = {
        **TWO,
        "scenario_changes.csv": "scenario,change\nmore,demand.chat.2099.output_mtok*=2\n",
    }
    found = decided(write(tmp_path / "c", files))
    assert ordered(found) == pytest.approx({"2097": 10.0})
    assert found.cost == pytest.approx(0.6 * 1_000 + 0.4 * 2_000)
    assert changes_nothing(found)


def test_a_scenario_without_a_plan_asks_for_a_price(tmp_path: Path) -> None:
    files = {
        **TWO,
        "workloads.csv": "workload,kind,model,tier\nchat,online,m,t\n",
        "scenario_changes.csv": "scenario,change\nmore,demand.chat.*.output_mtok*=2000\n",
    }
    with pytest.raises(CaseError) as found:
        decided(write(tmp_path / "c", files))
    told = found.value.format()
    assert told.startswith("scenarios.csv:3 scenario: 'more' - has no plan")
    assert "short_usd_per_mtok" in told


def test_a_plan_of_the_mean_that_fails_is_named(tmp_path: Path) -> None:
    """Without a price of being short, 14 chips' orders leave `more` without a plan."""
    files = {**TWO, "workloads.csv": "workload,kind,model,tier\nchat,online,m,t\n"}
    found = decided(write(tmp_path / "c", files))
    assert ordered(found) == pytest.approx({"2097": 20.0})
    assert found.mean is not None
    assert np.isnan(found.mean.cost).tolist() == [False, True]
    assert np.isnan(found.mean.objective)
