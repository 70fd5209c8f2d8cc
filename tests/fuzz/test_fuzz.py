"""Hostile and clumsy input: whatever is done to a case, it is planned with proof, refused with located problems, or found infeasible."""

from __future__ import annotations

import multiprocessing
import random
import secrets
from collections import Counter
from functools import partial

import pytest

from tests.fuzz.judge import judge

FIXED_SEED = 20_270_101
WHOLE_RUNS_ONE_IN = 8
LONG = 5_000


def judged(seeds: list[int]) -> tuple[Counter[str], list[str]]:
    """Judge the mutants of seeds, one in some as whole runs, on two processes; return what they came to and every fault."""
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for whole in (False, True):
            part = [seed for i, seed in enumerate(seeds) if (i % WHOLE_RUNS_ONE_IN == 0) is whole]
            for outcome, found in pool.imap_unordered(partial(judge, whole=whole), part, chunksize=16):
                outcomes[outcome] += 1
                faults += found
    return outcomes, faults


@pytest.mark.parametrize("first", range(0, 200, 40))
def test_damaged_cases_are_read_or_refused(first: int) -> None:
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    for seed in range(first, first + 40):
        outcome, found = judge(seed, whole=False)
        outcomes[outcome] += 1
        faults += found
    assert not faults, "\n".join(faults)
    assert outcomes["told"] > 10 and outcomes["read"] > 1, outcomes  # the damage is neither always fatal nor always harmless


def test_a_few_damaged_cases_go_through_the_whole_run() -> None:
    found = [judge(seed, whole=True) for seed in range(1_000, 1_016)]
    assert not [fault for _, faults in found for fault in faults], "\n".join(fault for _, faults in found for fault in faults)
    assert Counter(outcome for outcome, _ in found)["optimal"] > 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", [FIXED_SEED, None], ids=["fixed", "fresh"])
def test_thousands_of_damaged_cases(seed: int | None) -> None:
    start = secrets.randbelow(1 << 40) if seed is None else seed
    draw = random.Random(start)
    outcomes, faults = judged([draw.randrange(1 << 48) for _ in range(LONG // 2)])
    assert not faults, f"{len(faults)} faults, seed {start}\n" + "\n".join(faults[:20])
    assert sum(outcomes.values()) == LONG // 2 and outcomes["optimal"] > LONG // 2 // 40, outcomes
