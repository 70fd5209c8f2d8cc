"""The main job without a plan: conflicts planted in frontier-lab are named in seconds."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Final

import pytest

from planner.case import read_case
from planner.diagnosis import diagnose
from planner.lp.conflict import PROOF_MARGIN
from planner.lp.highs import solve
from planner.model import formulate

FRONTIER: Final = Path("inputs/frontier-lab")
MOST_SECONDS: Final = 15.0
"""CPU seconds of a diagnosis."""
PLANTS: Final[dict[str, tuple[str, list[str], set[str], tuple[str, str]]]] = {
    # table, rows that are added (replacing those of the same key), overrides, what is named
    "power share": (
        "limits",
        ["europe-share,region,europe,power,0.6,,,,,"],
        set(),
        ("limit", "europe-share"),
    ),
    "site share": (
        "limits",
        ["lulea-share,site,lulea,chips,0.7,,,,,"],
        set(),
        ("limit", "lulea-share"),
    ),
    "opex": ("budgets", ["2029,opex,200000000,,"], set(), ("budget", "opex FY2029")),
    "demand": ("", [], {"demand.assistant.2027Q3.output_mtok*=40"}, ("online", "assistant")),
    "take or pay": (
        "limits",
        ["blackwell,vendor,NVIDIA,chips,,0.05,,,,"],
        set(),
        ("limit", "blackwell"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("plant", PLANTS)
def test_a_conflict_of_the_main_job_is_named_in_seconds(tmp_path: Path, plant: str) -> None:
    table, rows, overrides, (kind, name) = PLANTS[plant]
    folder = tmp_path / "case"
    shutil.copytree(FRONTIER, folder)
    if table:
        path = folder / f"{table}.csv"
        keys = {row.split(",")[0] for row in rows} if table == "limits" else set()
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line.split(",")[0] not in keys]
        path.write_text("\n".join([*kept, *rows]) + "\n", encoding="utf-8")
    case = read_case(folder, sorted(overrides))
    program = formulate(case).program
    assert solve(program).status == "infeasible"
    begun = time.process_time()
    diagnosis = diagnose(case, program, sorted(overrides))
    taken = time.process_time() - begun
    named = {(item.kind, item.name) for items in diagnosis.conflicts for item in items}
    assert (kind, name) in named, sorted(named)
    assert diagnosis.margin > PROOF_MARGIN
    assert diagnosis.repairs
    first = diagnosis.repairs[0]
    if all(change.override for change in first.changes):
        again = read_case(folder, [*sorted(overrides), *(c.override for c in first.changes)])
        found = solve(formulate(again).program)
        assert found.status == "optimal"
        assert found.objective == pytest.approx(first.cost_usd, rel=1e-6)
    assert taken <= MOST_SECONDS
