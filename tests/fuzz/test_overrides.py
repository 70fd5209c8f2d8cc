"""Hostile overrides: whatever follows ``--set``, a case is read or a problem told, and quickly."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from planner.case import CaseError, read_case
from planner.case.problems import Problem
from tests.fuzz.judge import SECONDS, deadline
from tests.fuzz.mutant import ROOT
from tests.fuzz.mutations import NAMES, NUMBERS, PERIODS

TARGETS = (
    "case.periods",
    "case.start",
    "case.name",
    "case.run.threads",
    "case.slices",
    "case.",
    "case",
    "case.run",
    "supply.*.*",
    "power.home.2027Q1",
    "power.home.2027Q1.mw",
    "chips.*.kw_peak",
    "chips.hopper.chip",
    "chips",
    "demand.chat.*",
    "milestones.*.flop",
    "x",
    "",
    "....",
    "chips.[",
    "chips.[" + "a" * 500 + "]",
    "chips." + "*a" * 200,
    "fleet.hopper.home.2025Q1",
    "rules.*",
    "budgets.*.usd_max",
)


def told(text: str) -> Sequence[Problem]:
    """The problems of a case with an override; of one that can be read: its warnings."""
    try:
        return read_case(ROOT / "inputs" / "quickstart", [text]).warnings
    except CaseError as error:
        return error.problems


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_any_override(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(12):
        text = (
            draw.choice(TARGETS)
            + draw.choice(("=", "*=", "+=", "", "=="))
            + draw.choice((*NUMBERS, *NAMES, *PERIODS))
        )
        with deadline(SECONDS):
            problems = told(text)
        for problem in problems:
            assert problem.file and problem.need and str(problem).isprintable(), problem
