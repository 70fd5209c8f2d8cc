"""Faults in what is told of work: allocation, demand, milestones."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    of(
        "work",
        "plan.work",
        (
            "work_rows",
            "f.milestones.kw])[work, chip] - index.kw_idle[chip]",
            "f.milestones.kw])[work, chip]",
            "energy of work with its idle share",
        ),
        (
            "work_rows",
            "index.pue[site] * chips * hours / 1000.0",
            "chips * hours / 1000.0",
            "energy of work without the PUE",
        ),
        (
            "work_rows",
            "'chip_hours': chips * hours",
            "'chip_hours': chips * index.hours[period]",
            "chip-hours of a slice for all hours",
        ),
        (
            "work_rows",
            "+ tonnes * f.case.settings.carbon_usd_per_tonne",
            "",
            "cost of work without carbon",
        ),
        (
            "work_rows",
            "np.where(every, share[run_slice], 1.0)",
            "1.0",
            "a run does its work once a slice",
        ),
        (
            "allocation_table",
            "np.where(tokens, rows['volume'], np.nan), 'flop': np.where(tokens, np.nan, "
            "rows['volume'])",
            "np.where(tokens, rows['volume'] * 1000.0, np.nan), 'flop': np.where(tokens, np.nan, "
            "rows['volume'])",
            "tokens in thousands",
        ),
        (
            "allocation_table",
            "'cost_usd': rows['usd']",
            "'cost_usd': rows['tonnes']",
            "cost of work is its carbon",
        ),
    )
    + of(
        "work",
        "plan.coverage",
        (
            "_demand_duals",
            "values * index.share[k] * work.load[w, k]",
            "values",
            "marginal cost summed over slices without weights",
        ),
        (
            "_demand_duals",
            "values * index.share[k] * work.load[w, k]",
            "values * index.share[k]",
            "marginal cost without the load profile",
        ),
        (
            "coverage_table",
            "dual[show_w, show_t] / index.mid[show_t]",
            "dual[show_w, show_t]",
            "marginal cost not in its period's money",
        ),
        (
            "coverage_table",
            "missing * np.nan_to_num(price[show_w])",
            "missing * np.nan_to_num(price[show_w]) * index.mid[show_t]",
            "the penalty is discounted",
        ),
        (
            "coverage_table",
            "np.minimum(value, amount - missing)",
            "amount",
            "served is what was asked",
        ),
        (
            "coverage_table",
            "numbers(f.case['workloads'], 'short_usd_per_1e21_flop') / 1e+21",
            "numbers(f.case['workloads'], 'short_usd_per_1e21_flop')",
            "penalties for research per FLOP",
        ),
        (
            "coverage_table",
            "np.cumsum(served[multiple_rows], axis=1)",
            "served[multiple_rows]",
            "research by multiple is not cumulative",
        ),
        (
            "coverage_table",
            "floor[share_rows][:, None] * usable",
            "usable",
            "research by share is asked for the whole fleet",
        ),
    )
    + of(
        "work",
        "plan.milestones",
        (
            "milestone_table",
            "runs.deadline - finish",
            "runs.deadline - finish + 1",
            "slack of a milestone a period too long",
        ),
        (
            "milestone_table",
            "runs.flop - by_deadline",
            "runs.flop - cumulative[:, -1]",
            "lateness at the end of the plan",
        ),
        (
            "milestone_table",
            "dual * 1e+21",
            "dual * 1e+24",
            "marginal cost of training per 1e24 under the header 1e21",
        ),
        (
            "milestone_table",
            "enough.argmax(axis=1), T)",
            "np.minimum(enough.argmax(axis=1) + 1, T), T)",
            "milestones finish a period late",
        ),
        (
            "milestone_table",
            "np.where(works.any(axis=1), works.argmax(axis=1), T)",
            "np.where(works.any(axis=1), 0, T)",
            "every milestone starts with the plan",
        ),
        (
            "milestone_table",
            ".groupby(level=0).max()",
            ".groupby(level=0).sum()",
            "most chips at once are all chips ever",
        ),
        (
            "milestone_table",
            "answer.value('late') * (runs.late / runs.flop)[at]",
            "answer.value('late') * runs.late[at]",
            "lateness costs per FLOP",
        ),
        (
            "milestone_table",
            "hours.sum(axis=1)",
            "hours.max(axis=1)",
            "chip-hours of the busiest period",
        ),
        (
            "milestone_table",
            "ascending=[True, False]",
            "ascending=[True, True]",
            "the least place comes first",
        ),
        (
            "milestone_table",
            "np.divide(dual * flop.sum(axis=1), volume,",
            "np.divide(dual, volume,",
            "marginal cost of a run by its own FLOP once more",
        ),
        ("_instant", "whole - 1 if end else whole", "whole", "deadlines are told a period late"),
    )
)
