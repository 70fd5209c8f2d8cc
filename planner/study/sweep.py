"""A sweep: many variants of a run, each solved from the run's own optimum, side by side in threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case, CaseError
from planner.case.variants import read_base
from planner.lp.solution import Solution
from planner.lp.watch import TELL_SECONDS
from planner.model import Formulation
from planner.model.lots import NEW
from planner.model.rewrite import REWRITTEN, changed_tables
from planner.report.runs import RunError
from planner.report.summary import Section
from planner.report.words import money, number, percent, printable
from planner.study.live import Live, open_case, read_basis, twin
from planner.study.variants import Variant, read_cases, read_variants
from planner.verify import read_overrides

CENT: Final = 0.01
WAITED_COLUMNS: Final = 300_000
"""Up to this many columns a variant takes seconds at most: an interrupted sweep waits for those that are being solved."""
CHIPS_SHOWN: Final = 1e-3
"""Fewer chips than these are noise of the solver."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a variant comes to; figures are NaN and ``chips`` is empty where there is no plan."""

    variant: Variant
    status: str
    objective: float
    """USD."""
    delta: float
    """USD above the run's plan."""
    share: float
    """The same as a share of the cost of the run's plan."""
    chips: tuple[tuple[str, float], ...]
    """Chips by type ordered in the first period, most first."""
    seconds: float
    """Wall-clock seconds for formulating and solving."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The variants of a run in the order of the file, and the run's own cost."""

    objective: float
    """USD."""
    first_period: str
    swept: tuple[Swept, ...]


def sweep(folder: Path, file: Path, threads: int | None = None, progress: Callable[[str], None] | None = None) -> Sweep:
    """Return what the variants of a file come to, each solved from the optimum of a run.

    Args:
        folder: the run folder.
        file: the variants, see ``read_variants``.
        threads: variants solved at the same time; left out: the case's threads.
        progress: called several times a second with how many are done.

    Raises:
        CaseError: with every problem of the file and of what it makes of the inputs.
        RunError: where the folder is not a run, its inputs can no longer be read, or it has no optimal plan.
        KeyboardInterrupt: after every solver has been stopped cleanly.
    """
    inputs = folder / "inputs"
    variants = read_variants(file)
    try:
        base = read_base(inputs, read_overrides(inputs))
    except CaseError as error:
        raise RunError(f"{inputs} is not a good case any more ({len(error.problems)} problems). Next: planner verify {folder}") from None
    cases = read_cases(base, variants, file)
    live = open_case(base.case, read_basis(folder), threads=1)
    swept = solve_variants(live, variants, cases, threads or base.case.settings.threads, progress)
    return Sweep(live.solution.objective, base.case.calendar.label(0), swept)


def solve_variants(live: Live, variants: Sequence[Variant], cases: Sequence[Case], threads: int, progress: Callable[[str], None] | None = None) -> tuple[Swept, ...]:
    """Return what variants come to; neither their order nor the number of threads changes an answer.

    Args:
        live: the base, opened with one thread: HiGHS's threads belong to the process, and here every solver has one.
        variants: the variants.
        cases: their cases.
        threads: how many are solved at the same time.
        progress: called several times a second with how many are done.

    Raises:
        KeyboardInterrupt: after every solver has been stopped cleanly.
    """
    lives = [live, *(twin(live) for _ in range(min(threads, len(cases)) - 1))]
    for mine in lives:
        mine.model.watched = mine.model.program.num_columns > WAITED_COLUMNS
    swept: list[Swept | None] = [None] * len(cases)
    failures: list[BaseException] = []
    # those that only move limits go first, one after another: handing over another matrix and the first one again costs more than a few pivots
    queue, stopped = iter(sorted(range(len(cases)), key=lambda at: not changed_tables(cases[at], live.case) <= REWRITTEN)), threading.Event()

    def work(mine: Live) -> None:
        try:
            while not stopped.is_set() and (at := next(queue, None)) is not None:
                swept[at] = _solve(mine, variants[at], cases[at])
        except BaseException as error:  # carried over to the calling thread
            failures.append(error)
            stopped.set()

    workers = [threading.Thread(target=work, args=(mine,), daemon=True) for mine in lives]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            while worker.is_alive():
                worker.join(TELL_SECONDS)
                if progress is not None:
                    progress(f"{sum(one is not None for one in swept)} of {len(cases)} variants")
    except KeyboardInterrupt:
        stopped.set()
        for mine in lives:
            mine.model.stop()
        for worker in workers:
            worker.join(30.0)
        raise
    if failures:
        raise failures[0]
    return tuple(one for one in swept if one is not None)


def _solve(live: Live, variant: Variant, case: Case) -> Swept:
    begin, base = time.perf_counter(), live.solution.objective
    asked = live.ask(case)
    chips = first_orders(asked.formulation, asked.solution) if asked.status == "optimal" else ()
    delta = asked.objective - base
    share = delta / abs(base) if base else float("nan")
    return Swept(variant, asked.status, asked.objective, delta, share, chips, time.perf_counter() - begin)


def first_orders(formulation: Formulation, solution: Solution) -> tuple[tuple[str, float], ...]:
    """Return chips by type that an answer orders in the first period, most first; what is rented by the hour is no order."""
    lots = formulation.lots
    now = np.flatnonzero((lots.origin == NEW) & (lots.order_period == 0))
    chips = np.bincount(lots.chip[now], weights=solution.x[formulation.holding.order[now]], minlength=len(formulation.index.axes["chip"]))
    chips = np.where(chips > CHIPS_SHOWN, chips, 0.0)
    return tuple((str(formulation.index.axes["chip"][c]), float(chips[c])) for c in np.argsort(-chips, kind="stable") if chips[c] > 0.0)


def sweep_section(found: Sweep) -> Section:
    """Return a sweep as a table."""
    def row(one: Swept) -> tuple[str, ...]:
        if one.status != "optimal":
            return printable(one.variant.name), one.status, "", "", "", "", f"{one.seconds:.2f}"
        sign = "+" if one.delta > CENT else ""
        change = percent(one.share) if np.isfinite(one.share) and abs(one.delta) >= CENT else "0 %"
        chips = ", ".join(f"{number(count)} {printable(chip)}" for chip, count in one.chips) or "none"
        return printable(one.variant.name), one.status, money(one.objective), f"{sign}{money(one.delta)}", f"{sign}{change}", chips, f"{one.seconds:.2f}"

    header = ("variant", "status", "cost", "difference", "%", f"orders in {found.first_period}", "seconds")
    note = f"the run's plan costs {money(found.objective)}; each row is the whole plan solved again, orders are those of one of its cheapest plans"
    return Section("Variants", header, tuple(map(row, found.swept)), frozenset({2, 3, 4, 6}), note)


def sweep_data(found: Sweep) -> dict[str, Any]:
    """Return a sweep as JSON holds it; what a variant without a plan has not is null."""
    def known(value: float) -> float | None:
        return value if np.isfinite(value) else None

    return {
        "objective_usd": found.objective, "first_period": found.first_period,
        "variants": [{
            "variant": one.variant.name, "set": list(one.variant.overrides), "status": one.status, "objective_usd": known(one.objective), "delta_usd": known(one.delta),
            "delta_share": known(one.share), "first_period_chips": dict(one.chips) if one.status == "optimal" else None, "seconds": one.seconds} for one in found.swept]}


def sweep_csv(found: Sweep) -> str:
    """Return a sweep as the text of a CSV file: one row a variant, blank cells where there is no plan."""
    rows = [{
        "variant": one.variant.name, "status": one.status, "cost_usd": one.objective, "difference_usd": one.delta, "difference_percent": 100.0 * one.share,
        "first_period_chips": sum(count for _, count in one.chips) if one.status == "optimal" else float("nan"), "seconds": one.seconds} for one in found.swept]
    formats = {"cost_usd": 2, "difference_usd": 2, "difference_percent": 6, "first_period_chips": 3, "seconds": 3}
    frame = pd.DataFrame(rows).round(formats)
    return frame.to_csv(index=False, lineterminator="\n")
