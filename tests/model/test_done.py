"""What was done before the plan, by hand: milestones in progress, finished and late, and research
that is a multiple of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.case import read_case
from planner.lp.highs import solve
from planner.model import formulate
from planner.model.rewrite import rewrite
from planner.pipeline import run as run_case
from planner.study.live import with_rows
from tests.helpers import write_case
from tests.model.small import HOURS, ONE, settings, solved, tables
from tests.oracle import solve_oracle

YEAR_FLOP = 1e12 * HOURS * 3600
TRAIN = [{"class": "c", "chip": "a", "precision": "bf16", "mfu": 1, "goodput": 1, "source": "s"}]


def run(name: str = "m1", years: float = 10, done: float = 0, **cells: Any) -> dict[str, Any]:
    """A milestone of so many chip-years, some of them done."""
    return {
        "milestone": name,
        "flop": years * YEAR_FLOP,
        "done_flop": done * YEAR_FLOP,
        "class": "c",
        "deadline": 2026,
        "sites": "home",
        "chips": "a",
    } | cells


def case(*runs: dict[str, Any], research: dict[str, Any] | None = None) -> dict[str, Any]:
    workload = {"workload": "s", "kind": "research", "model": "c", "multiple_of_milestones": 0.5}
    return tables(
        workloads=None if research is None else [workload | research],
        demand=None,
        throughput=None,
        training=TRAIN,
        milestones=runs,
    )


def windows(length: int, asked: dict[int, float], periods: int = 2, **cells: Any) -> dict[str, Any]:
    """Batch work with windows of so many years; asked are million tokens by year."""
    workload = {"workload": "w", "kind": "batch", "model": "m", "tier": "f"}
    return tables(
        periods,
        workloads=[workload | {"window_periods": length} | cells],
        demand=[{"workload": "w", "period": t, "output_mtok": a} for t, a in asked.items()],
    )


# name: (tables, USD): a chip costs 100 and serves both years
BY_HAND: dict[str, tuple[dict[str, Any], float]] = {
    # 6 of 10 chip-years are left for two years
    "in_progress": (case(run(done=4)), 300.0),
    # finished: nothing to buy, and all of m2 may be done in the first year
    "finished": (case(run(done=10, deadline=2024), run("m2", 5, after="m1", deadline=2025)), 500.0),
    # of m2 only the half that is done of m1 may be done by 2025, the rest is late: 5 + 4 chips
    "after": (
        case(
            run(done=5, deadline=2025),
            run("m2", 8, after="m1", deadline=2025, late_usd_per_period=1e5),
        ),
        900 + 0.5 * 1e5,
    ),
    # 2 of 10 done and late since 2024: with 4 chips 0.4 is missing at the end of 2025, none later
    "late": (
        case(run(done=2, start=2023, deadline=2024, max_chips=4, late_usd_per_period=1000)),
        400 + 0.4 * 1000,
    ),
    # a window that began before the plan covers 2025 wholly: 7 chips are kept although 3 would do
    "kept": (case(run(done=4, start=2023, min_chips=7)), 700.0),
    # half of 10 chip-years less the one that was researched: 6 + 4 chips in 2025
    "research": (
        case(run(done=4, deadline=2025), research={"done_flop": YEAR_FLOP}),
        1000.0,
    ),
    # nothing researched yet: 6 + 5 chips
    "research_behind": (case(run(done=4, deadline=2025), research={}), 1100.0),
    # 6 + 9 Mtok are asked of 2024 to 2026, 5 were served: 10 in two years
    "window": (
        windows(3, {2024: 6, 2025: 9, 2026: 0}, window_start=2024, served_mtok=5),
        500.0,
    ),
    # served ahead: 2 of the 15 are left
    "window_ahead": (
        windows(3, {2024: 6, 2025: 9, 2026: 0}, window_start=2024, served_mtok=13),
        100.0,
    ),
    # it ends with 2025: 4 are left of it, and 7 of the next
    "window_ends": (
        windows(2, {2024: 6, 2025: 3, 2026: 7}, window_start=2024, served_mtok=5),
        700.0,
    ),
    # nothing was served of what cannot be served any more in 2025 by chips cheaper than being short
    "window_short": (
        windows(
            2, {2024: 6, 2025: 3, 2026: 4}, window_start=2024, short_usd_per_mtok=60, served_mtok=2
        ),
        # 4 chips for both years, 3 of 7 Mtok of the open window are short
        400 + 3 * 60,
    ),
    # more researched than all of it asks for: 6 chips for the run alone
    "research_ahead": (
        case(run(done=4, deadline=2025), research={"done_flop": 7 * YEAR_FLOP}),
        600.0,
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(name: str, tmp_path: Path) -> None:
    case_tables, usd = BY_HAND[name]
    _, solution = solved(tmp_path, case_tables, settings())
    assert solution.objective == pytest.approx(usd, rel=1e-9)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", BY_HAND)
def test_proven_and_the_same_to_the_oracle(name: str, tmp_path: Path) -> None:
    case_tables, usd = BY_HAND[name]
    folder = write_case(tmp_path / "case", case_tables, settings())
    assert solve_oracle(read_case(folder)) == ("optimal", pytest.approx(usd, rel=1e-7))
    result = run_case(folder, out=tmp_path / "runs")
    assert result.status == "optimal", result.message
    assert result.plan is not None
    assert result.plan.summary["objective_usd"] == pytest.approx(usd, abs=0.006)


@pytest.mark.slow
def test_tables_show_what_was_done(tmp_path: Path) -> None:
    case_tables, _ = BY_HAND["late"]
    case_tables = case_tables | {
        "milestones": [*case_tables["milestones"], run("m0", 3, 3, deadline=2024)]
    }
    case_tables["milestones"][1] = {k: str(v) for k, v in case_tables["milestones"][1].items()}
    result = run_case(write_case(tmp_path / "case", case_tables, settings()), out=tmp_path / "runs")
    written = pd.read_csv(result.folder / "milestones.csv").set_index("milestone")
    assert written.loc["m1", "done_flop"] == pytest.approx(2 * YEAR_FLOP)
    assert written.loc["m1", "delivered_flop"] == pytest.approx(2 * YEAR_FLOP)
    assert written.loc["m1", "late_flop"] == pytest.approx(8 * YEAR_FLOP)
    assert written.loc["m1", "late_usd"] == pytest.approx(400)
    assert written.loc["m1", "planned_finish"] == 2026
    assert written.loc["m1", "slack_periods"] == -2
    assert pd.isna(written.loc["m0", "planned_finish"])
    assert written.loc["m0", "delivered_flop"] == pytest.approx(3 * YEAR_FLOP)
    assert written.loc["m0", "late_flop"] == 0


def test_mix_of_an_open_window(tmp_path: Path) -> None:
    """Of 10 output and 10 input tokens, asked in 2024 and 2025, a work token takes the time of one
    and of one: 10 work tokens less the 4 served take 12 chip-years in 2025."""
    case_tables = windows(2, {2024: 10}, window_start=2024, served_mtok=4) | {
        "throughput": [
            {
                "model": "m",
                "tier": "f",
                "chip": "a",
                "output_tok_per_s": ONE,
                "input_tok_per_s": ONE,
                "source": "s",
            }
        ]
    }
    case_tables["demand"] += [
        {"workload": "w", "period": "2025", "input_mtok": "10"},
        {"workload": "w", "period": "2026", "input_mtok": "0"},
    ]
    _, solution = solved(tmp_path, case_tables, settings())
    assert solution.objective == pytest.approx(1200)


def test_rewritten_only_where_nothing_of_an_open_window_changes(tmp_path: Path) -> None:
    asked = {2024: 6.0, 2025: 3.0, 2026: 7.0, 2027: 1.0}
    case_tables = windows(2, asked, 3, window_start=2024, served_mtok=5)
    case = read_case(write_case(tmp_path, case_tables, settings(3)))
    formulation = formulate(case)

    def times(factor: float, period: int) -> Any:
        rows = (case["demand"]["period"] == period).to_numpy()
        more = case["demand"].loc[rows, "output_mtok"].to_numpy() * factor
        return with_rows(case, "demand", rows, output_mtok=more)

    assert rewrite(formulation, times(2.0, -1)) is None
    assert rewrite(formulation, times(2.0, 0)) is None
    both = with_rows(
        case, "demand", case["demand"]["period"].to_numpy() > 0, output_mtok=[14.0, 2.0]
    )
    again = rewrite(formulation, both)
    assert again is not None
    assert solve(again.program).objective == pytest.approx(solve(formulate(both).program).objective)


def test_nothing_left_needs_no_chip(tmp_path: Path) -> None:
    """A window that was served wholly, research done for all of a finished run, and a share of no
    fleet at all ask for no chip, though none can be there."""
    served = windows(3, {2024: 6, 2025: 9, 2026: 0}, window_start=2024, served_mtok=15)
    finished = run(done=10, deadline=2024)
    ahead = case(finished, research={"done_flop": 5 * YEAR_FLOP})
    share = case(finished, research={"multiple_of_milestones": "", "share_of_fleet": 0.2})
    for number, case_tables in enumerate((served, ahead, share)):
        bare = {**case_tables, "offers": "offer,chip,site,kind,lead_periods,source\n"}
        _, solution = solved(tmp_path / str(number), bare, settings())
        assert solution.objective == 0.0
