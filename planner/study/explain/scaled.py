"""Demand and throughput that turn out otherwise: so many times what the case says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.case.case import Case
from planner.runs.read import RunError
from planner.study.explain.outcome import Explanation, try_case
from planner.study.explain.whatif import amount_of, solved_with, told_outcomes, told_plan
from planner.study.live import Live, with_rows
from planner.words import number, percent, printable

AMOUNTS: Final = ("output_mtok", "input_mtok", "cached_mtok", "flop")

SPEEDS: Final = ("output_tok_per_s", "input_tok_per_s", "cached_tok_per_s")

SMALLEST_SHARE: Final = 0.05


def scaled(case: Case, table: str, columns: Sequence[str], factor: float, mine: Any = None) -> Case:
    """Return the case with some columns of a table, in all or in some rows, so many times what they
    are."""
    frame = case[table]
    rows = np.ones(len(frame), dtype=bool) if mine is None else mine
    return with_rows(
        case,
        table,
        rows,
        **{
            column: frame.loc[rows, column].to_numpy(dtype=np.float64) * factor
            for column in columns
        },
    )


def still_asked(case: Case) -> Any:
    """Return which rows of demand.csv lie in the plan: those of a batch window's passed periods
    stay what they were, (rows,)."""
    return (case["demand"]["period"] >= 0).to_numpy()


def with_speed(case: Case, chip: str, factor: float) -> Case:
    """Return the case in which a chip (blank: every chip) does so many times the work of every
    kind."""
    rates, trains = (
        (case[table]["chip"] == chip).to_numpy() if chip else np.ones(len(case[table]), dtype=bool)
        for table in ("throughput", "training")
    )
    return scaled(
        scaled(case, "throughput", SPEEDS, factor, rates), "training", ("mfu",), factor, trains
    )


def explain_demand(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return what the plan becomes if all demand is so many times what is forecast: ``demand 0.5``
    (left out: half and double)."""
    factors = [amount_of(word, "factor") for word in words] or [0.5, 2.0]
    outcomes, change = [], None
    for factor in factors:
        outcome, change = solved_with(
            live,
            f"demand is {number(factor)} times the forecast",
            scaled(live.case, "demand", AMOUNTS, factor, still_asked(live.case)),
        )
        outcomes.append(outcome)
    headline = "; ".join(
        f"at {number(factor)} times the demand {told_plan(o)}"
        for factor, o in zip(factors, outcomes, strict=True)
    )
    return told_outcomes("demand", outcomes, change, f"{headline[0].upper()}{headline[1:]}.")


def explain_throughput(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return how wrong the throughput figures may be (of one chip, if named): the cost at 10, 20
    and 30 % less, and where the plan breaks."""
    chip = words[0] if words else ""
    chips = sorted({*live.case["throughput"]["chip"], *live.case["training"]["chip"]})
    if chip and chip not in chips:
        raise RunError(f"{printable(chip)} has no throughput; there are {', '.join(chips)}")

    def slower(factor: float) -> Case:
        return with_speed(live.case, chip, factor)

    outcomes = [
        try_case(live, f"{percent(1 - factor)} less throughput", slower(factor))[0]
        for factor in (0.9, 0.8, 0.7)
    ]
    whose = f"of {chip}" if chip else "of all chips"
    broken = smallest(lambda factor: try_case(live, "", slower(factor))[0].status == "optimal")
    limit = (
        f"down to {percent(broken)} of the figures there is a plan, below it there is none"
        if broken
        else f"even at {percent(SMALLEST_SHARE)} of the figures there is a plan"
    )
    return told_outcomes(
        f"throughput {chip}".strip(),
        outcomes,
        None,
        f"With 10 % less throughput {whose} {told_plan(outcomes[0])}; {limit}.",
        (("plan exists", limit),),
    )


def smallest(works: Callable[[float], bool]) -> float | None:
    """Return the smallest factor down from 1 at which something works, to 1 %; None if it works at
    ``SMALLEST_SHARE``."""
    if works(SMALLEST_SHARE):
        return None
    low, high = SMALLEST_SHARE, 1.0
    while high - low > 0.01:
        middle = (low + high) / 2.0
        low, high = (low, middle) if works(middle) else (middle, high)
    return high
