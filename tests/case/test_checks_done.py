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

WITHOUT = [("limits", 0, "period", "")]
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
    "budget of a year that begins with the plan": (
        broken(("budgets", 0, "used_usd", "1000000")),
        [
            "error used-before-window budgets.csv:2 used_usd=1000000: must be blank: FY2027 begins "
            "with the plan or later, and nothing of it can be used yet. clear the cell, or correct "
            "period",
        ],
    ),
    "budget of one period": (
        broken(("budgets", 1, "used_usd", "1000000")),
        [
            "error used-before-window budgets.csv:3 used_usd=1000000: must be blank: 2027Q1 begins "
            "with the plan or later, and nothing of it can be used yet. clear the cell, or correct "
            "period",
        ],
    ),
    "overspent": (
        broken(("budgets", 0, "used_usd", "600000000"), *WITHOUT, fiscal_year_start=4),
        [
            "error overspent budgets.csv:2 used_usd=600000000: is more than usd_max (500000000): "
            "the budget cannot be kept any more. raise usd_max, or give over_usd_per_usd, what a "
            "USD beyond it costs",
        ],
    ),
    "overspent, soft": (
        broken(
            ("budgets", 0, "used_usd", "600000000"),
            ("budgets", 0, "over_usd_per_usd", "0.5"),
            *WITHOUT,
            fiscal_year_start=4,
        ),
        [],
    ),
    "a year that has begun without a word of what was used": (
        broken(*WITHOUT, fiscal_year_start=4),
        [
            "warning year-partly-inside budgets.csv:2 period=FY2027: is only partly inside the "
            "plan: 1 of its 4 periods count. check that the figure is for these periods",
        ],
    ),
    "used of chips": (
        broken(("limits", 1, "used", "10"), ("limits", 1, "used_total", "20")),
        [
            "error used-of-each-period limits.csv:3 used=10: must be blank: chips of second is "
            "limited in every period, not summed. clear the cell, or correct measure",
            "error used-of-each-period limits.csv:3 used_total=20: must be blank: chips of second "
            "is limited in every period, not summed. clear the cell, or correct measure",
        ],
    ),
    "used of a year that begins with the plan": (
        broken(("limits", 0, "used", "10")),
        [
            "error used-before-window limits.csv:2 used=10: must be blank: FY2027 begins with the "
            "plan or later, and nothing of it can be used yet. clear the cell, or correct period",
        ],
    ),
    "more than all": (
        broken(
            ("limits", 1, "measure", "spend"),
            ("limits", 1, "used", "3000000"),
            ("limits", 1, "used_total", "2000000"),
        ),
        [
            "error used-beyond-total limits.csv:3 used_total=2000000: must be at least used "
            "(3000000): what all have had contains what second counts. fill in what all scopes had "
            "of spend, or correct used",
        ],
    ),
    "no carbon left": (
        broken(("limits", 0, "period", ""), ("limits", 0, "used", "200000")),
        [
            "error overspent limits.csv:2 used=200000: is more than max (100000): carbon cannot be "
            "kept any more. raise max, or give over_usd_per_unit, what a unit beyond it costs",
        ],
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
