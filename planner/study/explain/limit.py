"""What a limit is worth: the worth of one more unit, the range in which that holds, and what +1,
+10 % and +25 % really save."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from planner.case.case import Case
from planner.case.origin import row_of
from planner.study.explain.outcome import (
    Explanation,
    Outcome,
    outcome_data,
    outcome_table,
    told,
    try_case,
)
from planner.study.explain.which_limit import SHARE, Limit, find_limit
from planner.study.live import Live, with_rows, with_tables
from planner.words import money, number


def explain_limit(live: Live, folder: Path, words: list[str]) -> Explanation:
    """Return what a limit is worth.

    Args:
        live: the run, reopened.
        folder: its folder.
        words: kind, name and period, such as ``power iowa 2028Q1``.

    Returns:
        The worth at the optimum with its range, and the savings of finite steps by re-solving.

    Raises:
        RunError: where the case has no such limit.
    """
    limit = find_limit(live.case, folder, words)
    shares = (
        [step for step in (0.05, 0.10, -0.05) if 0.0 <= limit.size + step <= 1.0]
        if limit.unit == SHARE
        else [share * limit.size for share in (0.10, 0.25, -0.10)]
    )
    steps = [
        (limit.one, f"+{number(limit.one)} {limit.unit}"),
        *(
            (step, f"{step / limit.size:+.0%} ({number(limit.size + step)} {limit.unit})")
            for step in shares
            if limit.size
        ),
    ]
    outcomes: list[Outcome] = []
    for step, what in steps:
        if limit.size + step >= 0 and step != 0.0:
            outcomes.append(try_case(live, what, changed(live.case, limit, limit.size + step))[0])
    if limit.table == "limits":
        kept = (
            live.case["limits"]
            .drop(index=live.case["limits"].index[limit.row])
            .reset_index(drop=True)
        )
        outcomes.append(try_case(live, "without it", with_tables(live.case, {"limits": kept}))[0])
    first = outcomes[0]
    held = (
        ""
        if not np.isfinite(limit.low) and not np.isfinite(limit.high)
        else f", for limits from {number(limit.low)} to "
        f"{number(limit.high) if np.isfinite(limit.high) else 'any size'} {limit.unit}"
    )
    saved = (
        "saves nothing"
        if abs(first.delta) < 0.01
        else f"saves {money(-first.delta)}"
        if first.delta < 0
        else f"costs {told(first)}"
    )
    headline = f"One more {limit.unit} of {limit.name} {saved}"
    headline = (
        f"{headline}; a quarter more: {told(outcomes[2])}."
        if limit.one == 1.0 and len(outcomes) > 2
        else f"{headline}."
        if limit.one == 1.0
        else f"{limit.name}: {outcomes[0].what} {saved}."
    )
    if limit.table == "limits":
        headline = f"{headline[:-1]}; without it the plan costs {told(outcomes[-1])}."
    facts = (
        (
            "limit",
            f"{number(limit.size)} {limit.unit} (row "
            f"{row_of(live.case[limit.table], limit.row, limit.column)} of "
            f"{live.case[limit.table]['_file'].iloc[limit.row]})",
        ),
        ("used", f"{number(limit.used)} {limit.unit}"),
        (
            "worth at the optimum",
            f"{number(limit.worth)} USD per {limit.per or limit.unit}{held}"
            if limit.worth > 0
            else "nothing: there is room",
        ),
    )
    data: dict[str, Any] = {
        "limit": {
            key: (value if not isinstance(value, float) or np.isfinite(value) else None)
            for key, value in dataclasses.asdict(limit).items()
        },
        "steps": outcome_data(outcomes),
    }
    return Explanation(
        f"limit {' '.join(words)}", headline, facts, (outcome_table("Steps", outcomes),), data
    )


def changed(case: Case, limit: Limit, size: float) -> Case:
    """Return the case with another size of a limit."""
    return with_rows(case, limit.table, np.array([limit.row]), **{limit.column: size})
