"""Training: what its table must say, how fast each chip works on each milestone, and how it slows
when many do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, Floats, codes, exploded, numbers, texts
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

PRECISIONS = ("bf16", "fp8", "fp4")


def class_known(case: Case) -> list[Problem]:
    """A milestone's class has training rows, and so has every chip that it names."""
    table, training = case["milestones"], case["training"]
    if training.empty:
        return []
    known = table["class"].isin(training["class"]).to_numpy()
    problems = rows(
        Cells(case, "milestones", "class", ~known),
        "class-missing",
        "must be a training class of training.csv ({known})",
        "correct the class of {milestone}, or add it to training.csv",
        known=", ".join(sorted(set(texts(training, "class")))),
    )
    row, chip = exploded(texts(table, "chips"))
    pairs = set(zip(training["class"], training["chip"], strict=True))
    trained = np.array(
        [pair in pairs for pair in zip(texts(table, "class")[row], chip, strict=True)], dtype=bool
    )
    first = np.full(len(table), "", dtype=object)
    first[row[~trained][::-1]] = chip[~trained][::-1]
    return problems + rows(
        Cells(case, "milestones", "chips", known & (first != "")),
        "chip-untrained",
        "must be chips with a row for class {class} in training.csv; {first} has none",
        "add the row, or remove {first} from chips",
        first=first,
    )


def model_served(case: Case) -> list[Problem]:
    """A model that a milestone says it trains is served by some workload."""
    table, work = case["milestones"], case["workloads"]
    served = sorted(set(texts(work, "model")[texts(work, "kind") != "research"]))
    model = texts(table, "model")
    return rows(
        Cells(case, "milestones", "model", (model != "") & ~np.isin(model, served)),
        "model-unserved",
        "must be a model that a workload of workloads.csv serves ({known})",
        "correct the model of {milestone}, or leave it blank",
        known=", ".join(served) or "there is none",
    )


def scaling_pair(case: Case) -> list[Problem]:
    """Training efficiency beyond a number of chips is given with that number."""
    table = case["training"]
    full, beyond = numbers(table, "chips_at_full_efficiency"), numbers(table, "efficiency_beyond")
    problems = rows(
        Cells(case, "training", "efficiency_beyond", ~np.isnan(full) & np.isnan(beyond)),
        "scaling-half",
        "needs the relative efficiency of chips beyond {chips_at_full_efficiency}",
        "fill in efficiency_beyond",
    )
    return problems + rows(
        Cells(case, "training", "chips_at_full_efficiency", np.isnan(full) & ~np.isnan(beyond)),
        "scaling-half",
        "needs the chips up to which {class} runs at full efficiency on {chip}",
        "fill it in, or clear efficiency_beyond",
    )


def precision_peak(case: Case) -> list[Problem]:
    """A training row uses a precision at which its chip has a peak."""
    table, chips = case["training"], case["chips"]
    chip = codes(texts(chips, "chip"), texts(table, "chip"))
    peaks = np.stack([numbers(chips, f"peak_tflops_{name}") for name in PRECISIONS])
    which = codes(np.array(PRECISIONS, dtype=object), texts(table, "precision"))
    lacks = np.isnan(peaks[which, chip])
    return rows(
        Cells(case, "training", "precision", lacks),
        "peak-missing",
        "must be a precision at which {chip} has a peak in chips.csv",
        "choose another precision, or fill in peak_tflops_{precision} of {chip}",
    )


def training_rates(case: Case) -> Floats:
    """Return FLOP per second and chip at full efficiency, splitting not counted, (M, C); 0 where
    the class has no row or the chip no peak."""
    chips, table, training = case["chips"], case["milestones"], case["training"]
    chip = codes(texts(chips, "chip"), texts(training, "chip"))
    peaks = np.stack([numbers(chips, f"peak_tflops_{name}") for name in PRECISIONS])
    peak = peaks[codes(np.array(PRECISIONS, dtype=object), texts(training, "precision")), chip]
    classes = np.array(sorted(set(texts(training, "class"))), dtype=object)
    rate = np.zeros((len(classes) + 1, len(chips)))  # the last row is for a class that is not there
    rate[codes(classes, texts(training, "class")), chip] = (
        np.nan_to_num(peak) * 1e12 * numbers(training, "mfu") * numbers(training, "goodput")
    )
    return rate[codes(classes, texts(table, "class"))]


def tiers(case: Case) -> tuple[Floats, Floats]:
    """Return the chips at full efficiency on one site and the efficiency beyond, (M, C); infinite
    and 1 where there is no such limit."""
    chips, table, training = case["chips"], case["milestones"], case["training"]
    classes = np.array(sorted(set(texts(training, "class"))), dtype=object)
    full, beyond = (
        np.full((len(classes) + 1, len(chips)), np.inf),
        np.ones((len(classes) + 1, len(chips))),
    )
    at = (
        codes(classes, texts(training, "class")),
        codes(texts(chips, "chip"), texts(training, "chip")),
    )
    tiered = ~np.isnan(numbers(training, "chips_at_full_efficiency")) & ~np.isnan(
        numbers(training, "efficiency_beyond")
    )
    full[at] = np.where(tiered, numbers(training, "chips_at_full_efficiency"), np.inf)
    beyond[at] = np.where(tiered, numbers(training, "efficiency_beyond"), 1.0)
    mine = codes(classes, texts(table, "class"))
    return full[mine], beyond[mine]


def slowed(work: Floats, may: Bools, rate: Floats, full: Floats, beyond: Floats) -> Floats:
    """Return work by period, (T,), slowed by scaling where only one chip type can be used
    (elsewhere the bound is left as it is)."""
    used = may.any(axis=(1, 2))
    if used.sum() != 1 or np.isinf(full[used][0]):
        return work
    sites = may.any(axis=0).sum(axis=0)
    count, limit = work / rate[used][0], full[used][0] * sites
    return np.asarray(
        np.where(
            np.isinf(work),
            np.inf,
            rate[used][0]
            * (np.minimum(count, limit) + beyond[used][0] * np.maximum(count - limit, 0.0)),
        )
    )
