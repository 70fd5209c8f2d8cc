"""Memory: a model that is served fits the chips of a replica; and the range that its rate has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import Floats, Ints, codes, numbers, texts
from planner.case.problems import Problem, suggest

if TYPE_CHECKING:
    from planner.case.case import Case

ROUNDING = 1e-9


def fewest_chips(weights_gb: Floats, share: Floats, hbm_gb: Floats) -> Floats:
    """Return the fewest chips that hold a model, (n,): ``ceil(weights / (share x memory))``; NaN
    where one of these is not known.

    Args:
        weights_gb: weights of the model, GB, (n,).
        share: share of the memory that they may take, (n,).
        hbm_gb: memory of a chip, GB, (n,).
    """
    room = np.where(hbm_gb > 0, share * hbm_gb, np.nan)
    return np.asarray(np.ceil(weights_gb / room * (1.0 - ROUNDING)), dtype=np.float64)


def _models(case: Case) -> Ints:
    """Return the row of models.csv of every row of throughput.csv, -1 for none, (n,)."""
    return codes(texts(case["models"], "model"), texts(case["throughput"], "model"))


def model_fits(case: Case) -> list[Problem]:
    """A model whose size is known fits the memory of the chips that serve a copy of it."""
    table, models, chips = case["throughput"], case["models"], case["chips"]
    if table.empty or models.empty:
        return []
    at, chip = _models(case), codes(texts(chips, "chip"), texts(table, "chip"))
    known = at >= 0
    weights = numbers(models, "params_b") * numbers(models, "bytes_per_param")
    gb = np.where(known, weights[at], np.nan)
    share = np.where(known, numbers(models, "memory_share")[at], np.nan)
    memory = numbers(chips, "hbm_gb")[chip]
    held = numbers(table, "chips_per_replica")
    needed = fewest_chips(gb, share, memory)
    problems = rows(
        Cells(case, "throughput", "chips_per_replica", needed > held),
        "does-not-fit",
        "must hold the {gb} GB of weights of {model}, and {held} of {chip} have {room} GB for them "
        "({share} of {memory}): {needed} hold it",
        "write {needed} or more, or correct hbm_gb in chips.csv or {model} in models.csv",
        gb=gb,
        room=held * share * memory,
        share=share,
        memory=held * memory,
        needed=needed,
        held=held,
    )
    return problems + rows(
        Cells(case, "throughput", "chip", known & np.isnan(memory)),
        "memory-unknown",
        "has no hbm_gb in chips.csv, so that nobody can see whether it holds {model}",
        "write its memory in chips.csv",
        severity="warning",
    )


def models_served(case: Case) -> list[Problem]:
    """A model whose size is given is one that chips serve."""
    models = case["models"]
    if models.empty:
        return []
    served = list(dict.fromkeys(texts(case["throughput"], "model").tolist()))
    unknown = codes(served, texts(models, "model")) < 0
    hints = [suggest(str(name), served) for name in texts(models, "model")]
    return rows(
        Cells(case, "models", "model", unknown),
        "unused",
        "is served by no row of throughput.csv",
        "{hint}",
        severity="warning",
        hint=np.array(
            [hint or "correct the name, or remove the row" for hint in hints], dtype=object
        ),
    )


def range_holds(case: Case) -> list[Problem]:
    """A rate lies between the least and the most that it may be."""
    table = case["throughput"]
    rate = numbers(table, "output_tok_per_s")
    low, high = numbers(table, "low"), numbers(table, "high")
    return rows(
        Cells(case, "throughput", "low", low > rate),
        "range",
        "must be at most output_tok_per_s, which is {output_tok_per_s}",
        "correct low or the rate",
    ) + rows(
        Cells(case, "throughput", "high", high < rate),
        "range",
        "must be at least output_tok_per_s, which is {output_tok_per_s}",
        "correct high or the rate",
    )
