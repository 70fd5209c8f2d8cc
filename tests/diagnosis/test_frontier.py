"""The main job without a plan: conflicts planted in frontier-lab are named in seconds, and the
first way out works as it is printed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from planner.case import read_case
from planner.diagnosis import diagnose
from planner.lp.conflict import PROOF_MARGIN
from planner.lp.highs import solve
from planner.model import formulate
from tests.diagnosis.frontier import PLANTS

MOST_SECONDS: Final = 15.0
"""CPU seconds of a diagnosis."""


def test_ten_and_more_are_planted() -> None:
    assert len(PLANTS) >= 10


@pytest.mark.full
@pytest.mark.parametrize("plant", PLANTS)
def test_a_conflict_of_the_main_job_is_named_in_seconds(
    tmp_path: Path, plant: str, record_property: Callable[[str, object], None]
) -> None:
    planted = PLANTS[plant]
    folder = planted.write(tmp_path / "case")
    case = read_case(folder, planted.overrides)
    program = formulate(case).program
    assert solve(program).status == "infeasible"
    begun = time.process_time()
    diagnosis = diagnose(case, program, planted.overrides)
    taken = time.process_time() - begun
    record_property("cpu_seconds", round(taken, 1))  # with --junitxml
    record_property("ways_out", len(diagnosis.repairs))
    items = [item for items in diagnosis.conflicts for item in items]
    assert planted.unnamed(items) == set(), [(item.kind, item.name) for item in items]
    assert diagnosis.margin > PROOF_MARGIN
    first = diagnosis.repairs[0]
    printed = [change.override for change in first.changes]
    assert all(printed), first
    again = solve(formulate(read_case(folder, [*planted.overrides, *printed])).program)
    assert again.status == "optimal"
    assert again.objective == pytest.approx(first.cost_usd, rel=1e-6)
    assert taken <= MOST_SECONDS
