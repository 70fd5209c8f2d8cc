"""Replays of three years worked by hand: chips for 100 that serve to the end, or rent for 60 a
year."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.case import Case, read_case
from planner.case.problems import CaseError
from planner.cli import main
from planner.machines.where import Where
from planner.model import formulate
from planner.replay.belief import believed
from planner.replay.buying import refused
from planner.replay.history import History, read_history
from planner.replay.policy import COLUMNS, SHIPPED, Policy, read_policies
from planner.replay.replay import replay
from planner.runs.read import RunError
from tests.helpers import write_case
from tests.model.small import HOURS, chip, demand, offer, settings, site, tables, throughput

YEARS = (2025, 2026, 2027)
ACTUAL = {2023: 5, 2024: 5, 2025: 10, 2026: 20, 2027: 20}
FORECAST = {2025: (10, 10, 10), 2026: (10, 10), 2027: (20,)}
"""By the year in which they were made."""


def small(folder: Path, **changes: Any) -> Path:
    offers = [
        offer(usd_per_chip=100),
        offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=60 / HOURS),
    ]
    given = {
        "offers": offers,
        "sites": [site(), site("cloud", "cloud")],
        "demand": demand(10.0, 10.0, 10.0),
    }
    return write_case(folder / "case", tables(3, **{**given, **changes}), settings(3))


def write_history(folder: Path, forecasts: bool = True) -> Path:
    folder.mkdir()
    lines = [f"w,{year},{amount}" for year, amount in ACTUAL.items()]
    (folder / "demand.csv").write_text("workload,period,output_mtok\n" + "\n".join(lines) + "\n")
    if forecasts:
        lines = [
            f"{made},w,{made + at},{amount}"
            for made, amounts in FORECAST.items()
            for at, amount in enumerate(amounts)
        ]
        text = "made,workload,period,output_mtok\n" + "\n".join(lines) + "\n"
        (folder / "forecasts.csv").write_text(text)
    return folder


def policy(name: str = "mine", **cells: Any) -> Policy:
    plain = {"forecast": "given", "quantile": None, "shrink": 0.0, "reserve": 0.0, "peak": False}
    return Policy(name, **({**plain, "buy": "any"} | cells))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(small(tmp_path_factory.mktemp("replay")))


@pytest.fixture
def history(case: Case, tmp_path: Path) -> History:
    return read_history(write_history(tmp_path / "history"), case)


PLAYED = {
    # ten bought, ten more rented twice: in 2027 rent is cheaper than a chip for one year
    policy("plain"): 1000 + 600 + 600,
    policy("on_demand", buy="on_demand"): 600 + 1200 + 1200,
    # twenty bought at once, and in 2027 rent is only planned
    policy("twice", reserve=1.0): 2000,
    # five, then five rented; fifteen bought for a growth that ends; rent is only planned
    policy("last_growth", forecast="last_growth"): 500 + 300 + 1500,
    # five, five rented; five, ten rented; ten rented
    policy("flat", forecast="flat"): 500 + 300 + 500 + 600 + 600,
}


def test_replays_by_hand(case: Case, history: History) -> None:
    """Who knows everything buys ten, and ten more in 2026: 2,000."""
    best, played = replay(case, history, list(PLAYED))
    assert best.cost == pytest.approx(2000.0) and best.faults == ()
    assert {one.policy: one.cost for one in played} == pytest.approx(PLAYED)
    assert all(one.faults == () and one.cost >= best.cost - 1e-6 for one in played)


@pytest.mark.slow
def test_the_same_from_processes(case: Case, history: History) -> None:
    assert replay(case, history, list(PLAYED), Where(2)) == replay(case, history, list(PLAYED))


def test_who_cannot_go_on_says_when(tmp_path: Path, history: History) -> None:
    """Without rent nobody serves twenty with ten chips that were bought for a forecast of ten."""
    alone = read_case(small(tmp_path / "alone", offers=[offer(usd_per_chip=100)]))
    best, (plain, twice) = replay(alone, history, [policy(), policy(reserve=1.0)])
    assert best.cost == pytest.approx(2000.0)
    assert (plain.status, plain.when) == ("infeasible", "2026") and math.isnan(plain.cost)
    # twice: 20, and 20 more in 2027 for the 40 that are believed then
    assert twice.cost == pytest.approx(4000.0)


@pytest.mark.parametrize(
    ("cells", "now", "expected"),
    [
        ({}, 0, (10, 10, 10)),
        ({}, 1, (10, 10, 10)),
        ({}, 2, (10, 20, 20)),
        ({"forecast": "flat"}, 1, (10, 10, 10)),
        ({"forecast": "last_growth"}, 1, (10, 20, 40)),
        ({"reserve": 0.1}, 1, (10, 11, 11)),
        ({"shrink": 0.5}, 0, (50**0.5, 50**0.5, 50**0.5)),
        ({"forecast": "last_growth", "shrink": 0.5}, 1, (10, 200**0.5, 20)),
        # no error yet; then 0, log 2 / sqrt 2 and log 2, of which the mean square is 0.2402
        ({"quantile": 0.9}, 1, (10, 10, 10)),
        ({"quantile": 0.9}, 2, (10, 20, 20 * math.exp(1.2815516 * math.log(2) * math.sqrt(0.5)))),
    ],
)
def test_what_is_believed(
    case: Case, history: History, cells: dict[str, Any], now: int, expected: Sequence[float]
) -> None:
    found = believed(case, history, policy(**cells), now, now)
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-6)
    # once the period's demand is known the others are believed as before
    after = believed(case, history, policy(**cells), now, now + 1)
    assert after[now, 0] == ACTUAL[2025 + now]
    np.testing.assert_array_equal(np.delete(after, now, 0), np.delete(found, now, 0))


def test_demand_that_never_falls(case: Case, history: History) -> None:
    falling = History(history.columns, history.actual, {}, np.array([[[9.0], [4.0], [6.0]]] * 3))
    found = believed(case, falling, policy(peak=True, reserve=1.0), 0, 0)
    assert found[:, 0].tolist() == [18.0, 18.0, 18.0]


def test_rules_of_thumb(tmp_path: Path) -> None:
    """Chip b comes in 2026 and costs twice as much as a, for half more of tokens."""
    case = read_case(
        small(
            tmp_path,
            chips=[chip("a"), chip("b")],
            offers=[
                offer(usd_per_chip=100),
                offer("new", chip="b", usd_per_chip=200, first_order=2026),
                offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=60 / HOURS),
            ],
            throughput=[*throughput("a"), *throughput("b", speed=repr(1.5e6 / (HOURS * 3600)))],
        )
    )
    formulation = formulate(case)
    orders = formulation.holding.order
    lots = list(
        zip(formulation.lots.chip.tolist(), formulation.lots.order_period.tolist(), strict=True)
    )

    def bought(buy: str) -> set[tuple[int, int]]:
        mask = refused(formulation, buy)[orders]
        return {lot for lot, never in zip(lots, mask.tolist(), strict=True) if not never}

    assert bought("any") == {(0, 0), (0, 1), (0, 2), (1, 1), (1, 2)}
    assert bought("newest") == {(0, 0), (1, 1), (1, 2)}
    assert bought("cheapest") == {(0, 0), (0, 1), (0, 2)}
    assert bought("on_demand") == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("demand.csv", "w,2026,20", "w,2026,", "demand.csv:5 output_mtok"),
        ("demand.csv", "w,2026,20\n", "", "no row for w in 2026"),
        ("demand.csv", "w,2026,20", "v,2026,20", "'v' - is no workload of the case"),
        ("demand.csv", "w,2026,20", "w,2025,20", "stands there already"),
        ("demand.csv", "w,2026,20", "w,20x,20", "demand.csv:5 period"),
        ("demand.csv", "output_mtok", "mtok", "demand.csv:1 output_mtok"),
        ("forecasts.csv", "2026,w,2027,10\n", "", "no row for w in 2027 made in 2026"),
        ("forecasts.csv", "2027,w,2027,20", "2027,w,2027,-1", "must be a number of at least 0"),
    ],
)
def test_what_is_wrong_with_a_history_has_its_place(
    case: Case, tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    folder = write_history(tmp_path / "history")
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    with pytest.raises(CaseError) as wrong:
        read_history(folder, case)
    assert any(told in str(problem) for problem in wrong.value.problems), wrong.value.problems


def test_a_policy_needs_what_it_looks_at(case: Case, tmp_path: Path) -> None:
    history = read_history(write_history(tmp_path / "history", forecasts=False), case)
    with pytest.raises(RunError, match="policy mine takes the forecast as it was"):
        replay(case, history, [policy()])
    short = History(history.columns, history.actual, {("w", -1): np.array([5.0])}, None)
    with pytest.raises(RunError, match=r"needs to know in 2025 what every workload .* 2 periods"):
        replay(case, short, [policy(forecast="last_growth")])


def test_policies_are_data(tmp_path: Path) -> None:
    shipped = read_policies()
    assert len(shipped) == len({one.name for one in shipped}) == 14
    assert [one.name for one in read_policies(SHIPPED, ["cheapest", "plain"])] == [
        "plain",
        "cheapest",
    ]
    path = tmp_path / "p.csv"
    path.write_text(",".join(COLUMNS) + "\nx,guess,1.5,2,a,perhaps,all,\n")
    with pytest.raises(CaseError) as wrong:
        read_policies(path, ["y"])
    assert [problem.column for problem in wrong.value.problems] == [
        "forecast", "buy", "peak", "quantile", "shrink", "reserve", "",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, history = small(tmp_path), write_history(tmp_path / "history")
    command = ["replay", str(case), "--history", str(history)]
    assert main([*command, "--policy", "plain", "--policy", "on_demand", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["clairvoyant_usd"] == pytest.approx(2000.0)
    assert [one["over_clairvoyant"] for one in data["policies"]] == pytest.approx([1.1, 1.5])
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "last_growth" in shown and "#" * 10 in shown
    assert main([*command, "--policy", "nope"]) == 3
    assert "nope" in capsys.readouterr().err
