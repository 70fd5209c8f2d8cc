"""Rules about what was done before the plan. Each case breaks the good one in one place and is told
so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

MULTIPLE = [
    ("workloads", 2, "multiple_of_milestones", "0.5"),
    ("milestones", 0, "done_flop", "2e23"),
]
NO_DEMAND = [("demand", row) for row in range(8, 12)]

EARLIER = {"workload": "embed", "period": "2026Q4", "input_mtok": "200000"}

BROKEN = {
    "more than the whole": (
        broken(("milestones", 0, "done_flop", "2e24"), ("milestones", 0, "min_chips", "")),
        [
            "error done-beyond-whole milestones.csv:2 done_flop=2e+24: must be at most the FLOP of "
            "base (1e+24). correct done_flop, or flop, which is the whole run and not what is left "
            "of it",
        ],
    ),
    "ahead of its base": (
        broken(("milestones", 1, "done_flop", "1e23")),
        [
            "error done-before-base milestones.csv:3 done_flop=1e+23: must be at most 0: no "
            "larger share of tune than was done of base, which it builds on. correct done_flop of "
            "tune or of base, or clear after",
            "warning done-before-start milestones.csv:3 start=2027Q2: is after the start of the "
            "plan, but some of tune is done already: it rests until then. correct start, or clear "
            "done_flop",
        ],
    ),
    "begins later": (
        broken(("milestones", 0, "done_flop", "5e23"), ("milestones", 0, "start", "2027Q2")),
        [
            "warning done-before-start milestones.csv:2 start=2027Q2: is after the start of the "
            "plan, but some of base is done already: it rests until then. correct start, or clear "
            "done_flop",
        ],
    ),
    "deadline has passed": (
        broken(("milestones", 0, "done_flop", "4e23"), ("milestones", 0, "deadline", "2026Q4")),
        [
            "error deadline-passed milestones.csv:2 deadline=2026Q4: has passed when the plan "
            "starts in 2027Q1, and base is not finished: 6e+23 of its 1e+24 FLOP are left. move "
            "the deadline, give late_usd_per_period, or fill in done_flop",
        ],
    ),
    "finished and kept": (
        broken(("milestones", 0, "done_flop", "1e24")),
        [
            "warning finished-keeps-chips milestones.csv:2 min_chips=100: keeps chips for base, "
            "which is finished, to the end of its window. clear min_chips, unless the chips stay "
            "with it",
        ],
    ),
    "finished, deadline passed": (
        broken(("milestones", 0, "done_flop", "1e24"), ("milestones", 0, "deadline", "2026Q4")),
        [],
    ),
    "soft deadline has passed": (
        broken(
            ("milestones", 0, "late_usd_per_period", "1e6"),
            ("milestones", 0, "deadline", "2026Q4"),
            ("milestones", 0, "start", "2026Q2"),
        ),
        [],
    ),
    "ends before it starts": (
        broken(
            ("milestones", 0, "late_usd_per_period", "1e6"),
            ("milestones", 0, "deadline", "2026Q2"),
            ("milestones", 0, "start", "2026Q3"),
        ),
        [
            "error window-reversed milestones.csv:2 start=2026Q3: must be before the deadline of "
            "base (2026Q2). correct start or deadline",
        ],
    ),
    "research by volume": (
        broken(("workloads", 2, "done_flop", "1e22")),
        [
            "error workload-column workloads.csv:4 done_flop=1e+22: must be blank for science: "
            "only research that is a multiple of the milestones counts from before the plan. clear "
            "the cell, or give multiple_of_milestones",
        ],
    ),
    "research behind": (
        broken(*MULTIPLE, drop=NO_DEMAND),
        [
            "warning research-not-done workloads.csv:4 done_flop=0: is blank or 0, but the "
            "milestones have 2e+23 FLOP done: 1e+23 FLOP of science are caught up in the first "
            "period. fill in what was done of science before the plan",
        ],
    ),
    "window begins later": (
        broken(("workloads", 1, "window_start", "2027Q2")),
        [
            "error window-not-open workloads.csv:3 window_start=2027Q2: must be a period from "
            "2026Q4 to 2027Q1: a window of embed has 2. give the period in which the window began "
            "that is open when the plan starts",
        ],
    ),
    "window is over": (
        broken(("workloads", 1, "window_start", "2026Q3")),
        [
            "error window-not-open workloads.csv:3 window_start=2026Q3: must be a period from "
            "2026Q4 to 2027Q1: a window of embed has 2. give the period in which the window began "
            "that is open when the plan starts",
        ],
    ),
    "window of online": (
        broken(("workloads", 0, "window_start", "2027Q1")),
        [
            "error workload-column workloads.csv:2 window_start=2027Q1: must be blank for the "
            "online workload chat: only batch work has windows. clear the cell, or correct kind",
        ],
    ),
    "demand of passed periods": (
        broken(("workloads", 1, "window_start", "2026Q4")),
        [
            "error window-demand-gap workloads.csv:3 window_start=2026Q4: needs the demand rows of "
            "embed of the 1 periods from 2026Q4 to the start of the plan: it has 0. keep them in "
            "demand.csv; write 0 where there was no demand",
        ],
    ),
    "demand of no window": (
        broken(add={"demand": [EARLIER]}),
        [
            "error demand-outside demand.csv:14 period=2026Q4: must be a period from 2027Q1 to "
            "2027Q4, the plan. remove the row, or change start or periods in case.yaml",
        ],
    ),
    "served without a window": (
        broken(("workloads", 1, "served_mtok", "1000")),
        [
            "error served-without-window workloads.csv:3 served_mtok=1000: must be blank for "
            "embed, no window of which is open when the plan starts. give window_start, or clear "
            "the cell",
        ],
    ),
    "served beyond the window": (
        broken(
            ("workloads", 1, "window_start", "2026Q4"),
            ("workloads", 1, "served_mtok", "500000"),
            add={"demand": [EARLIER]},
        ),
        [
            "warning served-beyond-window workloads.csv:3 served_mtok=500000: is more than the "
            "window of embed asks for (400000): nothing is left of it, and what is beyond counts "
            "for no other. correct it, or the demand of the window",
        ],
    ),
    "a window that is open": (
        broken(
            ("workloads", 1, "window_start", "2026Q4"),
            ("workloads", 1, "served_mtok", "300000"),
            add={"demand": [EARLIER]},
        ),
        [],
    ),
    "research stated": (
        broken(*MULTIPLE, ("workloads", 2, "done_flop", "1e23"), drop=NO_DEMAND),
        [],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_told(name: str, tmp_path: Path) -> None:
    way, expected = BROKEN[name]
    assert isinstance(way, Broken)
    assert told(tmp_path, way) == expected
