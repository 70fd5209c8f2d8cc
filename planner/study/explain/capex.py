"""Less money: a ceiling on the capex of every fiscal year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from planner.runs.read import RunError, read_run_table
from planner.study.explain.outcome import Explanation, rows_of
from planner.study.explain.whatif import amount_of, solved_with, told_outcomes, told_plan
from planner.study.live import Live, with_more, with_tables
from planner.words import number


def explain_capex(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return what the plan becomes if capex may be at most so many USD in every fiscal year:
    ``capex 3e9``."""
    if len(words) != 1:
        raise RunError("say how many USD a fiscal year: capex 3e9")
    most = amount_of(words[0], "amount of USD")
    case = live.case
    years = sorted({f"FY{case.calendar.fiscal_year(t)}" for t in range(case.calendar.count)})
    capital = case["budgets"]["category"] == "capex"
    kept = case["budgets"][~capital]
    before = case["budgets"][capital].set_index("period")["used_usd"]
    frozen = [
        {
            "period": year,
            "category": "capex",
            "usd_max": most,
            "used_usd": float(before.get(year, 0.0)),
        }
        for year in years
    ]
    table = with_more(kept, frozen)
    outcome, change = solved_with(
        live,
        f"capex is at most {number(most)} USD in every fiscal year",
        with_tables(case, {"budgets": table}),
    )
    written = read_run_table(folder, "budget")
    facts = tuple(
        ("planned capex", f"{row.period}: {number(row.paid_usd)} USD")
        for row in rows_of(written[written["category"] == "capex"])
        if str(row.period).startswith("FY")
    )
    return told_outcomes(
        f"capex {words[0]}",
        [outcome],
        change,
        f"With capex of at most {number(most)} USD a fiscal year {told_plan(outcome)}.",
        facts,
    )
