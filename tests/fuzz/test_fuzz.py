"""Hostile and clumsy input: whatever is done to a case, it is planned with proof, refused with
located problems, or found infeasible."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from tests.fuzz.judge import judge

FIXED_SEED = 20_270_101
WHOLE_RUNS_ONE_IN = 8
LONG = 5_000
PARTS = 4
"""Of each half of the long test."""


def judged(seeds: Iterable[int], whole: Callable[[int], bool]) -> tuple[Counter[str], list[str]]:
    """Judge the mutants of seeds, as whole runs where ``whole`` of their position says so; return
    what they came to and every fault."""
    found = [judge(seed, whole=whole(i)) for i, seed in enumerate(seeds)]
    return Counter(outcome for outcome, _ in found), [
        fault for _, faults in found for fault in faults
    ]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("first", range(0, 200, 40))
def test_damaged_cases_are_read_or_refused(first: int) -> None:
    outcomes, faults = judged(range(first, first + 40), lambda _: False)
    assert not faults, "\n".join(faults)
    assert outcomes["told"] > 10 and outcomes["read"] > 1, (
        outcomes
    )  # the damage is neither always fatal nor always harmless


@pytest.mark.slow
def test_a_few_damaged_cases_go_through_the_whole_run() -> None:
    outcomes, faults = judged(range(1_096, 1_106), lambda _: True)
    assert not faults, "\n".join(faults)
    assert outcomes["optimal"] > 2


@pytest.mark.full
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["fixed", "fresh"])
def test_thousands_of_damaged_cases(kind: str, part: int) -> None:
    """Half of a fixed seed, half of a fresh one, in parts that may run side by side."""
    start = secrets.randbelow(1 << 40) if kind == "fresh" else FIXED_SEED + part
    draw = random.Random(start)
    outcomes, faults = judged(
        [draw.randrange(1 << 48) for _ in range(LONG // 2 // PARTS)],
        lambda i: i % WHOLE_RUNS_ONE_IN == 0,
    )
    assert not faults, f"{len(faults)} faults, seed {start}\n" + "\n".join(faults[:20])
    assert sum(outcomes.values()) == LONG // 2 // PARTS and outcomes["optimal"] > 2, (
        f"seed {start}: {outcomes}"
    )


def test_the_parts_are_five_thousand() -> None:
    assert 2 * PARTS * (LONG // 2 // PARTS) >= 5_000
