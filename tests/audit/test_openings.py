"""A plan whose blocks, openings, places or replicas are not what it says does not hold."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import run
from tests.helpers import write_case
from tests.model.small import demand, offer, power, settings, site, tables, throughput
from tests.model.test_fabric_choice import case_of, run_of
from tests.model.test_opening import SHORT, hall

Edit = Callable[[pd.DataFrame], pd.DataFrame]


@functools.cache
def planned(kind: str) -> Path:
    """A run folder with whole things of a kind, that holds."""
    rows = {
        "power": lambda: tables(
            workloads=SHORT,
            sites=[site(), site("away", opens=2026, usd_to_open=100)],
            power=[*power(mw=0.004), *power(["away"], mw=0.002)],
            offers=[offer(usd_per_chip=100), offer("far", site="away", usd_per_chip=10)],
            power_projects=[
                hall(mw_max=0.004, lot_mw=0.002, usd_to_open=300),
                hall(project="annex", mw_max=0.001, usd_per_mw=10_000, after="hall"),
            ],
        ),
        "blocks": lambda: tables(
            power=power(mw=0.004), power_projects=[hall(mw_max=0.02, lot_mw=0.003)]
        ),
        "fabric": lambda: case_of(run_of(), mw=0.02),
        "replicas": lambda: tables(
            demand=demand(6.0, 6.0),
            throughput=[row | {"chips_per_replica": 4} for row in throughput()],
        ),
    }[kind]()
    folder = Path(tempfile.mkdtemp())
    result = run(write_case(folder / "case", rows, settings()), out=folder)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    return result.folder


def without(kind: str) -> Edit:
    return lambda frame: frame[frame["kind"] != kind]


def changed(kind: str, column: str, value: str) -> Edit:
    return lambda frame: frame.assign(**{column: frame[column].where(frame["kind"] != kind, value)})


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("kind", "edit", "fails"),
    [
        ("power", without("project_opening"), "projects.opened"),
        ("power", changed("project_opening", "period", "2026"), "projects.opened"),
        ("power", changed("project_opening", "count", "2"), "costs.total"),
        ("power", changed("blocks", "count", "3"), "whole.blocks"),
        ("power", changed("blocks", "count", "1.5"), "whole.count"),
        ("power", without("site_opening"), "power.opened"),
        ("power", changed("project_full", "project", "annex"), "whole.project_full"),
        ("power", changed("blocks", "kind", "bricks"), "whole.kind"),
        ("fabric", changed("run_site", "site", "away"), "milestones.one_site"),
        ("fabric", changed("run_chip", "chip", "a"), "milestones.one_chip"),
        ("replicas", changed("replicas", "count", "1"), "whole.replicas"),
    ],
)
def test_other_counts_fail(tmp_path: Path, kind: str, edit: Edit, fails: str) -> None:
    folder = tmp_path / "run"
    shutil.copytree(planned(kind), folder)
    frame = pd.read_csv(folder / "whole.csv", dtype=str, keep_default_na=False)
    edit(frame).to_csv(folder / "whole.csv", index=False)
    assert fails in {check.name for check in audit(folder).failed}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "table", "old", "new", "fails"),
    [
        ("blocks", "power_projects", "0.003", "0.004", "projects.blocks"),
        ("power", "power_projects", ",0.004,", ",0.006,", "projects.after"),
        ("power", "sites", "2026", "2027", "power.shut"),
        ("replicas", "throughput", ",4", ",5", "chip_time.replicas"),
    ],
)
def test_other_inputs_fail(
    tmp_path: Path, kind: str, table: str, old: str, new: str, fails: str
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(planned(kind), folder)
    inputs = folder / "inputs" / f"{table}.csv"
    text = inputs.read_text(encoding="utf-8")
    assert old in text
    inputs.write_text(text.replace(old, new), encoding="utf-8")
    assert fails in {check.name for check in audit(folder).failed}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["power", "blocks", "fabric", "replicas"])
def test_as_they_are_they_hold(kind: str) -> None:
    assert not audit(planned(kind)).failed
