"""A sweep: many variants of a run, each solved from the run's own optimum; where there is much to
do, side by side in processes or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.problems import CaseError, Problem
from planner.case.variants import read_base
from planner.machines.executor import executor
from planner.machines.where import HERE, Where
from planner.report.problems import as_data
from planner.report.section import Section
from planner.runs.basis import read_basis
from planner.runs.inputs import planned_overrides
from planner.runs.read import RunError
from planner.study.asking import Difference, Result, difference, variants_of
from planner.study.kept import Kept
from planner.study.variants import Variant, read_cases, read_variants
from planner.words import money, number, percent, printable

CENT: Final = 0.01
ITSELF: Final = -1
"""The number of the run itself among its variants."""
WORTHWHILE: Final = 1_000_000
"""So many columns in all variants together are worth the second that a process needs to get ready
(tests/benchmarks)."""


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
    problems: tuple[Problem, ...] = ()
    """What is wrong with one that is ``invalid``, located in the file of variants."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The variants of a run in the order of the file, and the run's own cost."""

    objective: float
    """USD."""
    first_period: str
    swept: tuple[Swept, ...]
    divisible: bool = False
    """Whether the run's plan is one of whole things, and all of these are divisible."""


def sweep(
    folder: Path,
    file: Path,
    where: Where = HERE,
    progress: Callable[[str], None] | None = None,
    *,
    resume: bool = False,
) -> Sweep:
    """Return what the variants of a file come to, each solved from the optimum of a run; every
    answer is kept as it comes (``Kept``).

    Args:
        folder: the run folder.
        file: the variants, see ``read_variants``.
        where: where they are solved; left out: in as many processes as the case has threads.
        progress: called several times a second with how many are done.
        resume: whether what an earlier sweep of this run kept is taken as it is.

    Raises:
        CaseError: with every problem of the file itself; a variant that makes no good case of the
            inputs is ``invalid``, and the others are solved all the same.
        RunError: where the folder is not a run, its inputs can no longer be read, or it has no
            optimal plan.
        WorkerLost: where processes or the cluster ended early.
    """
    inputs = folder / "inputs"
    variants, basis = read_variants(file), read_basis(folder)
    try:
        base = read_base(inputs, planned_overrides(folder))
    except CaseError as error:
        raise RunError(
            f"{inputs} is not a good case any more ({len(error.problems)} problems). Next: "
            f"planner verify {folder}"
        ) from None
    kept = Kept(folder)
    asked = {ITSELF: (), **{at: one.overrides for at, one in enumerate(variants)}}
    found = {
        at: known
        for at, overrides in asked.items()
        if resume and (known := kept.find(overrides)) is not None
    }
    missing = [at for at in asked if at not in found]
    size = 0 if basis is None else len(basis.columns)
    many = size * len(missing) >= WORTHWHILE
    count = min(where.threads or base.case.settings.threads, len(missing)) if many else 1

    def tell() -> None:
        if progress is not None:
            done = len(found) + len(invalid) - (ITSELF in found)
            progress(f"{done} of {len(variants)} variants")

    invalid: dict[int, tuple[Problem, ...]] = {}
    order: list[int] = []

    def questions() -> Iterator[Difference | None]:
        if ITSELF in missing:
            order.append(ITSELF)
            yield None
        left = [at for at in missing if at != ITSELF]
        for at, case in read_cases(base, variants, left, file, invalid):
            order.append(at)
            yield difference(case, base.case)

    if missing:
        with executor(count, where.cluster) as machines:
            job = variants_of(base.case, basis)
            for number, result in machines.each(job, questions(), tell):
                found[order[number]] = result
                kept.keep(asked[order[number]], result)
                tell()
    objective = found[ITSELF].objective
    return Sweep(
        objective,
        base.case.calendar.label(0),
        tuple(
            _invalid(variant, invalid[at])
            if at in invalid
            else _swept(variant, found[at], objective)
            for at, variant in enumerate(variants)
        ),
        base.case.whole,
    )


def _invalid(variant: Variant, problems: tuple[Problem, ...]) -> Swept:
    nothing = float("nan")
    return Swept(variant, "invalid", nothing, nothing, nothing, (), 0.0, problems)


def _swept(variant: Variant, one: Result, objective: float) -> Swept:
    delta = one.objective - objective
    share = delta / abs(objective) if objective else float("nan")
    return Swept(variant, one.status, one.objective, delta, share, one.chips, one.seconds)


def sweep_section(found: Sweep) -> Section:
    """Return a sweep as a table."""

    def row(one: Swept) -> tuple[str, ...]:
        if one.status != "optimal":
            return printable(one.variant.name), one.status, "", "", "", "", f"{one.seconds:.2f}"
        sign = "+" if one.delta > CENT else ""
        change = percent(one.share) if np.isfinite(one.share) and abs(one.delta) >= CENT else "0 %"
        chips = (
            ", ".join(f"{number(count)} {printable(chip)}" for chip, count in one.chips) or "none"
        )
        return (
            printable(one.variant.name),
            one.status,
            money(one.objective),
            f"{sign}{money(one.delta)}",
            f"{sign}{change}",
            chips,
            f"{one.seconds:.2f}",
        )

    header = (
        "variant",
        "status",
        "cost",
        "difference",
        "%",
        f"orders in {found.first_period}",
        "seconds",
    )
    note = (
        f"the run's plan costs {money(found.objective)}"
        f"{' with everything divisible' if found.divisible else ''}; each row is the whole plan "
        "solved again, a what-if of which no run is written; orders are those of one of its "
        "cheapest plans"
    )
    if found.divisible:
        note += "; racks and choices are divisible in all of them, so that differences are exact"
    return Section("Variants", header, tuple(map(row, found.swept)), frozenset({2, 3, 4, 6}), note)


def sweep_data(found: Sweep) -> dict[str, Any]:
    """Return a sweep as JSON holds it; what a variant without a plan has not is null."""

    def known(value: float) -> float | None:
        return value if np.isfinite(value) else None

    return {
        "objective_usd": found.objective,
        "first_period": found.first_period,
        "divisible": found.divisible,
        "variants": [
            {
                "variant": one.variant.name,
                "set": list(one.variant.overrides),
                "status": one.status,
                "objective_usd": known(one.objective),
                "delta_usd": known(one.delta),
                "delta_share": known(one.share),
                "first_period_chips": dict(one.chips) if one.status == "optimal" else None,
                "seconds": one.seconds,
                "problems": as_data(one.problems),
            }
            for one in found.swept
        ],
    }


def sweep_csv(found: Sweep) -> str:
    """Return a sweep as the text of a CSV file: one row a variant, blank cells where there is no
    plan."""
    rows = [
        {
            "variant": one.variant.name,
            "status": one.status,
            "cost_usd": one.objective,
            "difference_usd": one.delta,
            "difference_percent": 100.0 * one.share,
            "first_period_chips": sum(count for _, count in one.chips)
            if one.status == "optimal"
            else float("nan"),
            "seconds": one.seconds,
        }
        for one in found.swept
    ]
    formats = {
        "cost_usd": 2,
        "difference_usd": 2,
        "difference_percent": 6,
        "first_period_chips": 3,
        "seconds": 3,
    }
    frame = pd.DataFrame(rows).round(formats)
    return frame.to_csv(index=False, lineterminator="\n")
