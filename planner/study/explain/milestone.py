"""What a milestone costs: when it finishes, and what one and two periods earlier or later would
change, by re-solving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from planner.report.section import Section
from planner.report.whole import choice_words
from planner.runs.read import read_plan, read_run_table
from planner.study.explain.nothing import no_such
from planner.study.explain.outcome import (
    Explanation,
    Outcome,
    outcome_data,
    outcome_table,
    plain_row,
    rows_of,
    told,
    try_case,
)
from planner.study.live import Live, with_rows, with_tables
from planner.words import money, number, plural, printable


def _chosen(folder: Path, name: str) -> list[str]:
    """Return where the plan chose that a milestone runs, with the runner-up, in words."""
    choices = (read_plan(folder).get("whole") or {}).get("choices", ())
    return [choice_words(one) for one in choices if one["milestone"] == name]


def explain_milestone(live: Live, folder: Path, name: str) -> Explanation:
    """Return the finish, slack and cost of a milestone.

    Args:
        live: the run, reopened.
        folder: its folder.
        name: the milestone.

    Returns:
        Where and when it runs, and the cost of other deadlines and of not running it, each by a
        re-solve.

    Raises:
        RunError: where the case has no such milestone.
    """
    table = live.case["milestones"]
    if name not in set(table["milestone"]):
        raise no_such(
            f"milestone {printable(name)} in the case", "milestones", sorted(table["milestone"])
        )
    at = np.flatnonzero((table["milestone"] == name).to_numpy())
    written = read_run_table(folder, "milestones")
    row: Any = written[written["milestone"] == name].iloc[0]
    deadline, start = float(table["deadline"].iloc[at[0]]), float(table["start"].iloc[at[0]])
    outcomes: list[Outcome] = []
    done, flop = float(table["done_flop"].iloc[at[0]]), float(table["flop"].iloc[at[0]])
    over = done >= flop * (1.0 - 1e-7)
    for step in (-2, -1, 1, 2) if not over else ():
        if deadline + step > max(start, 0.0):  # what has passed cannot be asked for any more
            what = f"deadline {plural(abs(step), 'period')} {'earlier' if step < 0 else 'later'}"
            outcomes.append(
                try_case(
                    live, what, with_rows(live.case, "milestones", at, deadline=deadline + step)
                )[0]
            )
    after = table["after"].to_numpy(dtype=object)
    if done > 0 and not over and not after[at[0]]:
        outcomes.append(
            try_case(
                live,
                f"{name} is trained no further",
                with_rows(live.case, "milestones", at, flop=done),
            )[0]
        )
    elif done == 0 and not any(name in names for names in after):
        outcomes.append(
            try_case(
                live,
                f"{name} is not trained at all",
                with_tables(
                    live.case,
                    {"milestones": table[table["milestone"] != name].reset_index(drop=True)},
                ),
            )[0]
        )
    if not over:
        outcomes.append(
            try_case(
                live,
                "10 % more FLOP",
                with_rows(live.case, "milestones", at, flop=1.1 * flop),
            )[0]
        )
    later = next((o for o in outcomes if o.what == "deadline 1 period later"), None)
    slack = row["slack_periods"]
    when = (
        f"finishes in {row['planned_finish']}"
        if row["planned_finish"]
        else "was finished before the plan"
        if over
        else "does not finish inside the plan"
    )
    headline = f"{name} {when}"
    if np.isfinite(slack):
        headline += (
            f", {plural(int(abs(slack)), 'period')} {'before' if slack > 0 else 'after'} its "
            f"deadline {row['deadline']}"
            if slack
            else f", in the last period that its deadline {row['deadline']} allows"
        )
    headline += f"; one period later the plan costs {told(later)}." if later is not None else "."
    facts = [
        (
            "runs",
            f"{row['planned_start']} to {row['planned_finish']}, up to "
            f"{number(row['peak_chips'])} chips, {number(row['chip_hours'])} chip-hours"
            if row["chip_hours"] > 0
            else "",
        ),
        ("where", printable(row["where"])),
        *(("chosen", printable(words)) for words in _chosen(folder, name)),
        (
            "work",
            f"{number(row['flop'])} FLOP"
            + f", {number(done)} of them done before the plan" * (done > 0),
        ),
        (
            "late",
            f"{number(row['late_flop'])} FLOP after the deadline, {money(row['late_usd'])}"
            if row["late_flop"] > 0
            else "no",
        ),
        (
            "one 1e21 FLOP more",
            f"{number(row['marginal_usd_per_1e21_flop'])} USD (NPV, at the optimum)"
            if np.isfinite(row["marginal_usd_per_1e21_flop"])
            else "",
        ),
    ]
    work = read_run_table(folder, "allocation")
    work = (
        work[(work["kind"] == "milestone") & (work["work"] == name)]
        .groupby(["period", "site", "chip"], as_index=False)[["chip_hours", "flop"]]
        .sum()
    )
    where = Section(
        "Where it runs",
        ("period", "site", "chip", "chip-hours", "FLOP"),
        tuple(
            (r.period, printable(r.site), printable(r.chip), number(r.chip_hours), number(r.flop))
            for r in rows_of(work.head(16))
        ),
        frozenset({3, 4}),
        f"{len(work) - 16} more rows in allocation.csv" if len(work) > 16 else "",
    )
    data: dict[str, Any] = {"milestone": plain_row(row), "steps": outcome_data(outcomes)}
    chosen = (read_plan(folder).get("whole") or {}).get("choices", ())
    if chosen:
        data["choices"] = [one for one in chosen if one["milestone"] == name]
    return Explanation(
        f"milestone {name}",
        headline,
        tuple(fact for fact in facts if fact[1]),
        (outcome_table("If", outcomes), where),
        data,
    )
