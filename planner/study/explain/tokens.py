"""Buy, rent or call: how a workload is served, what each way alone would cost, and at which volume
calling a provider and serving on chips cost the same."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Final

import numpy as np

from planner.case.columns import texts
from planner.plan.answer import read_answer
from planner.plan.tokens import token_rows
from planner.report.section import Section
from planner.runs.read import RunError, read_run_table
from planner.study.explain.nothing import no_such
from planner.study.explain.outcome import (
    Explanation,
    Outcome,
    outcome_data,
    outcome_table,
    told,
    try_case,
    try_without,
)
from planner.study.explain.scaled import AMOUNTS, scaled, still_asked
from planner.study.live import Asked, Live
from planner.words import number, percent, printable

VOLUMES: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Times the demand at which it is looked what is cheapest."""
HALF: Final = 0.5
"""Share called from which on calling counts as the way."""
CLOSE: Final = 0.02
"""How closely a break-even volume is told, relative."""


def explain_tokens(live: Live, folder: Path, name: str) -> Explanation:
    """Return how a workload is served and the volumes at which calling it breaks even.

    Args:
        live: the run, reopened.
        folder: its folder.
        name: the workload.

    Returns:
        Million tokens served on own chips, on rented ones and by providers, the plan with one of
        these ways alone, and the share that is called at other volumes, each by a re-solve.

    Raises:
        RunError: where the case has no such workload, or no provider may serve it.
    """
    names = texts(live.case["workloads"], "workload")
    if name not in set(names):
        raise no_such(f"workload {printable(name)} in the case", "workloads", sorted(names))
    tokens, w = live.formulation.tokens, int(np.flatnonzero(names == name)[0])
    mine = tokens.column[tokens.work == w]
    if not len(mine):
        raise RunError(
            f"{printable(name)} may be called from no provider: see may_leave_house of "
            "workloads.csv, and token_offers.csv"
        )
    served = _served(live, folder, name)
    live.ask_program(live.formulation)
    serving = live.formulation.serving
    on_chips = serving.column[serving.work == w]
    outcomes = [
        try_without(live, "none of it is called", mine)[0],
        try_without(live, "all of it is called", on_chips)[0],
    ]
    shares = [(factor, *_at(live, name, factor)) for factor in VOLUMES]
    crossings = _crossings(live, name, shares)
    asked = sum(served.values())
    words = ", ".join(
        f"{percent(mtok / asked)} {way}" for way, mtok in served.items() if mtok > 0 and asked > 0
    )
    headline = f"{name} is served {words or 'by nothing'}; {_told(crossings, shares, asked)}."
    facts = (
        *((way, f"{number(mtok)} Mtok") for way, mtok in served.items()),
        *((f"break-even at {number(f)} times the demand", way) for f, way in crossings),
    )
    return Explanation(
        f"tokens {name}",
        headline,
        facts,
        (outcome_table("If", outcomes), _volumes(shares, asked)),
        {
            "workload": name,
            "served_mtok": served,
            "steps": outcome_data(outcomes),
            "volumes": [
                {"factor": f, "called_share": share, "delta_usd": _delta(o)}
                for f, share, o in shares
            ],
            "break_even": [{"factor": f, "mtok": f * asked, "beyond": way} for f, way in crossings],
        },
    )


def _served(live: Live, folder: Path, name: str) -> dict[str, float]:
    """Return million work tokens by the way they are served, from the tables of the run."""
    done, called = read_run_table(folder, "allocation"), read_run_table(folder, "tokens")
    done = done[done["work"] == name]
    sites = live.case["sites"].set_index("site")["kind"]
    cloud = done["site"].map(sites) == "cloud"
    return {
        "on own chips": float(done.loc[~cloud, "mtok"].sum()),
        "on rented chips": float(done.loc[cloud, "mtok"].sum()),
        "by providers": float(called.loc[called["workload"] == name, "mtok"].sum()),
    }


def _at(live: Live, name: str, factor: float) -> tuple[float, Outcome]:
    """Return the share that is called at so many times the demand, NaN without a plan, and what the
    plan comes to."""
    mine = (live.case["demand"]["workload"] == name).to_numpy() & still_asked(live.case)
    changed = scaled(live.case, "demand", AMOUNTS, factor, mine)
    outcome, asked = try_case(live, f"{number(factor)} times", changed)
    return (_share(asked, name) if outcome.status == "optimal" else float("nan")), outcome


def _share(asked: Asked, name: str) -> float:
    """Return the share of what is served of a workload that is called."""
    answer = read_answer(asked.formulation, asked.solution)
    w = int(asked.formulation.index.code("workload", [name])[0])
    called = token_rows(answer)
    bought = float(called.loc[called["work"] == w, "mtok"].sum())
    done = answer.serving
    served = bought + float(done.loc[done["work"] == w, "volume"].sum())
    return bought / served if served > 0 else float("nan")


def _crossings(
    live: Live, name: str, shares: list[tuple[float, float, Outcome]]
) -> list[tuple[float, str]]:
    """Return the volumes, times the demand, at which it turns from calling to chips or back, and
    what holds beyond; found by halving between the volumes that were tried."""
    found = []
    for (small, before, _), (large, after, _) in itertools.pairwise(shares):
        low, high = small, large
        if np.isnan(before) or np.isnan(after) or (before > HALF) == (after > HALF):
            continue
        while high / low > 1.0 + CLOSE:
            middle = float(np.sqrt(low * high))
            share = _at(live, name, middle)[0]
            same = (share > HALF) == (before > HALF)
            low, high = (middle, high) if same else (low, middle)
        found.append((high, "called beyond" if after > HALF else "on chips beyond"))
    return found


def _told(
    crossings: list[tuple[float, str]], shares: list[tuple[float, float, Outcome]], asked: float
) -> str:
    """Return the break-even volumes in words."""
    if crossings:
        return "; ".join(
            f"break-even at {number(factor * asked)} Mtok, {way}" for factor, way in crossings
        )
    known = [share for _, share, _ in shares if not np.isnan(share)]
    way = "called" if known and known[0] > HALF else "on chips"
    low, high = (number(factor * asked) for factor in (VOLUMES[0], VOLUMES[-1]))
    return f"from {low} to {high} Mtok it is {way}, and nothing breaks even"


def _volumes(shares: list[tuple[float, float, Outcome]], asked: float) -> Section:
    """Return what is called at every volume as a table."""
    return Section(
        "At other volumes",
        ("times the demand", "Mtok", "called", "the plan costs"),
        tuple(
            (
                number(factor),
                number(factor * asked),
                percent(share) if not np.isnan(share) else "",
                told(outcome),
            )
            for factor, share, outcome in shares
        ),
        frozenset({0, 1, 2, 3}),
        "each row is the whole plan solved again with so much of this workload alone",
    )


def _delta(outcome: Outcome) -> float | None:
    return outcome.delta if outcome.status == "optimal" else None
