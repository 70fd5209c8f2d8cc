"""Gains: what software gains and what newer chips each contribute to the fall of the cost of a
million tokens, by two re-solves.

The fall compares the last fiscal year with the first, by the books, at one mix of tokens - that of
the last year in the plan - so that what is asked for changes nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import texts
from planner.lp.ties import settle_ties
from planner.model.preference import preferences
from planner.plan.answer import read_answer
from planner.plan.books import books_table
from planner.plan.costing import cost_table
from planner.plan.showback import showback_table
from planner.plan.tokens import token_table, with_calls
from planner.plan.work import allocation_table, work_rows
from planner.report.section import Section
from planner.report.years import Years, by_year, years_of
from planner.runs.read import RunError, read_run_table
from planner.study.explain.outcome import (
    Explanation,
    Outcome,
    outcome_data,
    told,
    try_case,
)
from planner.study.live import Asked, Live, with_tables
from planner.words import number, percent, printable

PRICE: Final = 10
"""Times what one more token costs, for leaving it, where not all can be served."""
LEAST: Final = 0.01
"""USD per million tokens: the least that one more counts for in that price."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One re-solve: what it comes to, and its tokens by workload; None where there is no plan."""

    outcome: Outcome
    table: pd.DataFrame | None


def explain_gains(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return how far the cost of a million tokens falls from the first fiscal year to the last, and
    how far without software gains and without serving on chip types that are not here yet:
    ``gains``."""
    case = live.case
    years = years_of(case.calendar.labels, case.calendar.fiscal_year_start)
    if len(years.names) < 2:
        raise RunError("a plan within one fiscal year has no fall of cost from year to year")
    start = live.ask_program(live.formulation)
    plan = _per_year(live, start, years)
    basket = plan.dropna()
    basket = basket[(basket[years.names[0]] > 0) & (basket["weight"] > 0)]
    if basket.empty:
        raise RunError("no workload is served in the first and in the last fiscal year")
    found = [_Case(Outcome("as planned", start.status, start.objective, 0.0), plan)]
    gains = case["gains"]
    later = (gains["period"] > 0).to_numpy() & gains["model"].isin(case["workloads"]["model"])
    if later.any():
        frozen = with_tables(case, {"gains": gains[~later]})
        found.append(_tried(live, "without software gains after the start", frozen, years))
    newer = newer_chips(live)
    if len(newer):
        what = f"without inference on chips that are not here yet ({', '.join(newer)})"
        rows = case["throughput"]
        older = with_tables(case, {"throughput": rows[~rows["chip"].isin(newer)]})
        tried = _tried(live, printable(what), older, years)
        if tried.table is None:  # what cannot be served without them is left
            tried = _tried(live, printable(what), _with_prices(older, folder), years)
        found.append(tried)
    return _answer(found, basket, years)


def _tried(live: Live, what: str, case: Case, years: Years) -> _Case:
    """Solve a changed case."""
    outcome, asked = try_case(live, what, case)
    return _Case(outcome, _per_year(live, asked, years) if asked.status == "optimal" else None)


def _with_prices(case: Case, folder: Path) -> Case:
    """Return the case in which inference that must be served may be left at a price: ten times what
    one more token costs in the plan."""
    unit, frame = read_run_table(folder, "unit_costs"), case["workloads"].copy()
    marginal = unit[unit["kind"] == "workload"].set_index("name")["marginal_usd"]
    price = PRICE * marginal.reindex(frame["workload"]).clip(lower=LEAST).fillna(LEAST)
    mine = (frame["short_usd_per_mtok"].isna() & (frame["kind"] != "research")).to_numpy()
    frame.loc[mine, "short_usd_per_mtok"] = price.to_numpy(dtype=np.float64)[mine]
    return with_tables(case, {"workloads": frame})


def newer_chips(live: Live) -> list[str]:
    """Return chip types that can be had in the plan and serve tokens, and of which none is held or
    on order when it starts."""
    case = live.case
    here = set(texts(case["fleet"], "chip")) | set(texts(case["orders"], "chip"))
    serving = set(texts(case["throughput"], "chip"))
    return sorted((set(texts(case["offers"], "chip")) & serving) - here)


def _per_year(live: Live, asked: Asked, years: Years) -> pd.DataFrame:
    """Return the cost of a million tokens by the books by workload and fiscal year, USD, and the
    tokens of the last year as ``weight``."""
    formulation = asked.formulation
    chosen = settle_ties(live.model, asked.solution, preferences(formulation)[:3])
    answer = read_answer(formulation, chosen)
    costs = cost_table(answer)
    allocation = with_calls(
        answer, allocation_table(answer, work_rows(answer)), token_table(answer)
    )
    charged = showback_table(answer, allocation, costs, books_table(answer, costs))
    table = by_year("showback", charged, years)
    table = table[table["kind"].isin(["online", "batch"])]
    cost, mtok = (
        table.pivot_table(index="work", columns="fiscal_year", values=name, aggfunc="sum")
        for name in ("cost_usd", "mtok")
    )
    told_ = (cost / mtok.where(mtok > 0)).reindex(columns=list(years.names))
    last: Any = mtok.reindex(columns=list(years.names)).iloc[:, -1]
    return told_.assign(weight=last)


@dataclass(frozen=True, slots=True)
class _Fall:
    """What a basket of tokens costs in every year relative to the first as planned, and which share
    of it is served in the last year, both weighted by its cost in that first year."""

    relative: list[float]
    served: float

    @property
    def words(self) -> str:
        """How much cheaper it is in the last year."""
        change = 1.0 - self.relative[-1]
        if not np.isfinite(change):
            return "none of it is served"
        told_ = f"{percent(abs(change))} {'cheaper' if change >= 0 else 'dearer'}"
        short = f", of which {percent(1.0 - self.served)} is not served"
        return told_ + (short if self.served < 1.0 - 1e-6 else "")


def _fall(table: pd.DataFrame | None, basket: pd.DataFrame, years: Years) -> _Fall:
    """Return what a basket of tokens, the plan's own of the last year, comes to in a re-solve."""
    if table is None:
        return _Fall([float("nan")] * len(years.names), 0.0)
    each = table.reindex(basket.index)
    worth = basket[years.names[0]] * basket["weight"]
    served = (each["weight"].fillna(0.0) / basket["weight"]).clip(upper=1.0)
    relative = []
    for name in years.names:
        there = each[name].notna()
        whole = float(worth[there].sum())
        cost = float((each[name] * basket["weight"])[there].sum())
        relative.append(cost / whole if whole > 0 else float("nan"))
    return _Fall(relative, float((served * worth).sum() / worth.sum()))


def _answer(found: list[_Case], basket: pd.DataFrame, years: Years) -> Explanation:
    """Return the answer."""
    first, last = years.names[0], years.names[-1]
    falls = [_fall(one.table, basket, years) for one in found]
    parts = [
        f"{one.outcome.what} {fall.words if one.table is not None else 'there is no plan'}"
        for one, fall in zip(found[1:], falls[1:], strict=True)
    ]
    if not parts:
        parts = ["the case has neither software gains nor chip types that are not here yet"]
    headline = (
        f"The tokens of {last} are {falls[0].words} by the books in {last} than in {first} as "
        f"planned; {'; '.join(parts)}."
    )
    rows = tuple(
        (
            one.outcome.what,
            *(number(v, 3) for v in fall.relative),
            percent(fall.served) if one.table is not None else "",
            told(one.outcome),
        )
        for one, fall in zip(found, falls, strict=True)
    )
    section = Section(
        f"What the tokens of {last} cost by the books, {first} as planned = 1",
        ("if", *years.names, f"served in {last}", "the plan costs"),
        rows,
        frozenset(range(1, len(years.names) + 2)),
        "Each row is the whole plan solved again. The two gains do not add up: better software on "
        "newer chips counts in both. Where not all can be served, what must be may be "
        f"left at {PRICE} times what one more token costs; the rest is compared with itself.",
    )
    outcomes = outcome_data([one.outcome for one in found])
    data = {
        "subject": "gains",
        "fiscal_years": list(years.names),
        "outcomes": [
            {
                **told_,
                "relative_cost": [v if np.isfinite(v) else None for v in fall.relative],
                "served_share": fall.served,
            }
            for told_, fall in zip(outcomes, falls, strict=True)
        ],
    }
    return Explanation("gains", headline, (), (section,), data)
