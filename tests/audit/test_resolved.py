"""What was solved again is held to what must be so: every figure that is pushed beyond it is
seen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.audit import audit
from planner.audit.files import read_table
from planner.audit.resolved import LIMITS, check_resolved
from planner.case.load import read_case
from planner.pipeline import run
from planner.plan.formats import FORMAT_VERSION
from planner.solving import Options
from planner.study.resolving import resolve

ROOT = Path(__file__).parents[2]


Read = tuple[Path, dict[str, pd.DataFrame], dict[str, Any]]


@pytest.fixture(scope="module")
def written(folder: Path) -> Read:
    """The run, its tables as the audit reads them, and plan.json."""
    case = read_case(folder / "inputs", (folder / "inputs" / "overrides.txt").read_text().split())
    names = ("buy_plan", "prices", "costs")
    read = {name: read_table(folder, name, case, FORMAT_VERSION)[0] for name in names}
    tables = {name: table for name, table in read.items() if table is not None}
    return folder, tables, json.loads((folder / "plan.json").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of power-bound, everything divisible."""
    result = run(
        ROOT / "inputs" / "power-bound",
        overrides=["case.whole=no"],
        out=tmp_path_factory.mktemp("resolved"),
        options=Options(resolve=resolve),
    )
    assert result.status == "optimal" and result.folder is not None
    return result.folder


def first(key: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda told: told[key][0].update(changes)


def higher(told: dict[str, Any]) -> None:
    told["break_evens"][0]["break_even"] = told["break_evens"][0]["price"] * 1.001


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda told: told.update(objective_usd=told["objective_usd"] * 1.001), "objective"),
        (first("waiting", line="nothing"), "waiting"),
        (first("waiting", costs_usd=-1e6), "waiting"),
        (first("waiting", can_wait=True), "waiting"),
        (higher, "break_evens"),
        (first("steps", saves_usd=-1e6), "steps"),
        (first("steps", tenth_saves_usd=0.0), "steps"),
        (lambda told: told["without_residual"].update(cost_usd=1.0), "without_residual"),
        (lambda told: told["without_residual"].update(kept_usd=1e12), "without_residual"),
    ],
)
def test_what_cannot_be_is_seen(
    written: Read, tmp_path: Path, change: Callable[[dict[str, Any]], None], check: str
) -> None:
    folder, tables, plan = written
    told = json.loads((folder / "resolved.json").read_text())
    change(told)
    (tmp_path / "resolved.json").write_text(json.dumps(told))
    failed = [one.name for one in check_resolved(tmp_path, tables, plan) if not one.passed]
    assert failed == [f"resolved.{check}"]


def test_as_it_was_found_it_holds(written: Read, tmp_path: Path) -> None:
    folder, tables, plan = written
    checks = [check for check in check_resolved(folder, tables, plan) if "resolved." in check.name]
    assert {check.name for check in checks} >= {f"resolved.{name}" for name in LIMITS}
    assert all(check.passed for check in checks)
    assert check_resolved(tmp_path, tables, plan) == []  # a run without it


def test_a_damaged_one_is_a_failed_check(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / ".partial-copy"
    shutil.copytree(folder, copy)
    (copy / "resolved.json").write_text("{}")
    assert [one.name for one in audit(copy).failed] == ["resolved"]
