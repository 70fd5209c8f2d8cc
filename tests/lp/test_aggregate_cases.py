"""Cases in which workloads, sites or slices stand twice: what is alike becomes one, and the plan is
the one that is made without."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import yaml

from planner.case import read_case
from planner.lp import coarse
from planner.lp.aggregate import Alike, find_alike
from planner.lp.certificate import certify
from planner.lp.coarse import climb, coarse_model
from planner.lp.highs import LiveModel, solve
from planner.lp.program import Program
from planner.model import formulate
from planner.pipeline import run
from tests.lp.lifting import lift

SOURCE = Path("inputs/power-bound")
LISTS: Final = ("offers", "milestones")
"""Tables that list sites in a cell; in all others a row is of one site."""
PARTS: Final = {"day": 0.3, "night": 0.7}
TWICE: Final = ("workload", "site", "slice")


def twice(what: str, folder: Path) -> Path:
    """Write power-bound with every workload or site twice, or two slices of unequal hours that are
    the same but for that, into a folder."""
    settings = yaml.safe_load((SOURCE / "case.yaml").read_text(encoding="utf-8"))
    settings["whole"] = False
    if what == "slice":
        settings["slices"] = [{"name": name, "hours_share": share} for name, share in PARTS.items()]
    (folder / "case.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    for source in SOURCE.glob("*.csv"):
        with open(source, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        out: list[dict[str, Any]] = []
        for row in rows:
            name = row.get(what)
            if not name or what == "slice":
                out.append(row)
            elif source.stem in LISTS:
                out.append(row | {what: ";".join(f"{one};{one}-2" for one in name.split(";"))})
            else:
                second = {key: f"{row[key]}-2" for key in (what, "project") if key in row}
                out += [row, row | second]
        with open(folder / source.name, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(out)
    return folder


@pytest.fixture(params=TWICE)
def doubled(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A case with everything of a kind twice."""
    folder = tmp_path / "case"
    folder.mkdir()
    return twice(request.param, folder)


def reduced(program: Program) -> Alike:
    """Return what is alike in a program in which it is more than a quarter."""
    alike = find_alike(program)
    assert alike is not None and alike.program.num_columns < 0.75 * program.num_columns
    return alike


def test_the_smaller_program_answers_the_whole_one(doubled: Path) -> None:
    program = formulate(read_case(doubled)).program
    alike = reduced(program)
    small, whole = solve(alike.program), solve(program)
    answer = lift(program, alike, small)
    proof = certify(program, answer)
    assert answer.objective == pytest.approx(whole.objective, rel=1e-10)
    assert abs(proof.gap) <= 1e-9 and max(proof.max_row_residual, proof.max_bound_residual) <= 1e-9
    never = alike.row < 0
    assert (
        never.any()
        and (answer.row_dual[never] == 0.0).all()
        and np.abs(whole.row_dual[never]).max() <= 1e-6
    )


@pytest.mark.slow
def test_a_solve_that_begins_with_what_is_alike(
    doubled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finishes from there in a quarter of the iterations."""
    monkeypatch.setattr(coarse, "WORTHWHILE_COLUMNS", 0)
    program = formulate(read_case(doubled)).program
    start = coarse_model(program)
    assert start is not None and start.exact
    cold, warm = (
        solve(program, algorithm="simplex"),
        climb(LiveModel(program, algorithm="simplex"), start),
    )
    assert warm.objective == pytest.approx(cold.objective, rel=1e-10)
    before = climb(coarse_model(program).model, None).iterations  # type: ignore[union-attr]
    assert warm.iterations - before < cold.iterations / 4


SETTLED: Final = (
    "allocation",
    "costs",
    "demand_coverage",
    "fleet",
    "orders",
    "rentals",
    "unit_costs",
    "vintages",
)
"""Tables in which nothing depends on which of several optimal duals was found."""
PRICED: Final = ("buy_plan", "causes", "limits", "power", "prices", "supply")


def table(folder: Path, name: str) -> list[list[Any]]:
    """Return the cells of a table of a run, numbers to six digits."""

    def cell(text: str) -> Any:
        try:
            return pytest.approx(float(text), rel=1e-6, abs=1e-6)
        except ValueError:
            return text

    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return [[cell(text) for text in row] for row in csv.reader(file)]


@pytest.mark.sampled(3)
def test_the_plan_is_the_same(
    doubled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who runs what where and what it costs; and where the duals are unique, as they are with two
    slices, also the prices and causes of all that binds."""
    monkeypatch.setattr(coarse, "WORTHWHILE_COLUMNS", 0)
    found: list[Alike | None] = []

    def finds(program: Program) -> Alike | None:
        found.append(find_alike(program))
        return found[-1]

    monkeypatch.setattr(coarse, "find_alike", finds)
    merged = run(doubled, out=tmp_path / "merged")
    assert found and found[0] is not None
    monkeypatch.setattr(coarse, "find_alike", lambda _: None)
    plain = run(doubled, out=tmp_path / "plain")
    assert merged.status == plain.status == "optimal"  # proven, and passed by the audit
    assert merged.folder is not None and plain.folder is not None
    for name in SETTLED + (
        PRICED if "slices" in (doubled / "case.yaml").read_text(encoding="utf-8") else ()
    ):
        assert table(merged.folder, name) == table(plain.folder, name), name
