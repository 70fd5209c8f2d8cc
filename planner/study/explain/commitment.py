"""What a commitment is worth: how much of it is used, and what the plan costs without it, with less
and with more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from planner.case.columns import numbers, texts
from planner.lp.ties import settle_ties
from planner.model.preference import preferences
from planner.plan.answer import read_answer
from planner.report.section import Section
from planner.study.explain.nothing import no_such
from planner.study.explain.outcome import (
    Explanation,
    outcome_data,
    outcome_table,
    told,
    try_case,
)
from planner.study.live import Live, with_rows, with_tables
from planner.words import money, number, percent, printable


def explain_commitment(live: Live, folder: Path, name: str) -> Explanation:
    """Return what a commitment comes to by period, the share of it that is used, and what the plan
    costs without it.

    Args:
        live: the run, reopened.
        folder: its folder.
        name: the commitment.

    Raises:
        RunError: where the case has no such commitment.
    """
    table = live.case["commitments"]
    names = texts(table, "commitment")
    if name not in set(names):
        raise no_such(f"commitment {printable(name)} in the case", "commitments", sorted(names))
    f = live.formulation
    m, index, commits = int(np.flatnonzero(names == name)[0]), f.index, f.commitments
    base = live.ask_program(f)
    # a chip that is rented for nothing but to use up a commitment costs as much as leaving it
    x = read_answer(f, settle_ties(live.model, base.solution, preferences(f)[:3])).x
    mine = commits.row == m
    t = np.arange(index.T)
    there = (commits.ordered[mine][:, None] <= t) & (t < commits.leaves[mine][:, None])
    force = x[commits.column[mine]] @ there
    of = commits.covered_row == m
    discount = float(numbers(table, "discount")[m])
    when, part, chips = commits.period[of], commits.slice[of], x[commits.cover[of]]
    value = commits.price[of] * chips * index.hours[when] * index.share[part]
    used = np.bincount(when, value * (1.0 - discount), index.T)
    saved = np.bincount(when, value * discount, index.T)
    paid = force * index.hours
    share = float(used.sum() / paid.sum()) if paid.sum() > 0 else float("nan")
    without = with_tables(live.case, {"commitments": table.drop(index=table.index[m])})
    outcomes = [try_case(live, "without it", without)[0]]
    if np.isnan(numbers(table, "signed")[m]) and force.max(initial=0.0) > 0:
        for factor, what in ((0.5, "at most half as much"), (1.0, "at most so much")):
            most = {"max_usd_per_hour": factor * float(force.max())}
            less = with_rows(live.case, "commitments", np.array([m]), **most)
            outcomes.append(try_case(live, what, less)[0])
    net = float((saved - (paid - used)).sum())
    headline = (
        f"{name} comes to {money(float(paid.sum()))} in the plan, of which {percent(share)} is "
        f"used; without it the plan costs {told(outcomes[0])}."
        if paid.sum() > 0
        else f"{name} is not worth signing at any amount; {told(outcomes[0])} without it."
    )
    rows = tuple(
        (
            index.axes["period"][i],
            number(float(force[i])),
            percent(float(used[i] / paid[i])) if paid[i] > 0 else "",
            money(float(saved[i])),
            money(float(paid[i] - used[i])),
        )
        for i in range(index.T)
        if paid[i] > 0
    )
    facts = (
        ("provider", str(texts(table, "provider")[m])),
        ("discount", percent(discount)),
        ("used", percent(share) if not np.isnan(share) else "nothing is committed"),
        ("discount less what is unused", money(net)),
    )
    by_period = Section(
        "By period",
        ("period", "USD an hour", "used", "discount", "unused"),
        rows,
        frozenset({1, 2, 3, 4}),
        "nominal",
    )
    data: dict[str, Any] = {
        "commitment": name,
        "usd_per_hour": [float(v) for v in force],
        "used_share": share if not np.isnan(share) else None,
        "saved_usd": float(saved.sum()),
        "unused_usd": float((paid - used).sum()),
        "steps": outcome_data(outcomes),
    }
    return Explanation(
        f"commitment {name}", headline, facts, (by_period, outcome_table("If", outcomes)), data
    )
