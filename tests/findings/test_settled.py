"""What the documents were silent on: what is needed and what is refused, one test each."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from planner.case import read_case
from planner.case.problems import CaseError
from planner.pipeline import run

ROOT = Path(__file__).resolve().parents[2]


def quick(folder: Path, **cells: tuple[str, str]) -> Path:
    """Return a copy of the quickstart case; table=(column, cell) sets a whole column."""
    shutil.copytree(ROOT / "inputs" / "quickstart", folder)
    for table, (column, cell) in cells.items():
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row[column] = cell
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def codes(folder: Path) -> list[str]:
    try:
        return [f"{one.severity} {one.code}" for one in read_case(folder).warnings]
    except CaseError as error:
        return [f"{one.severity} {one.code}" for one in error.problems]


def tonnes(folder: Path) -> set[str]:
    with (folder / "power.csv").open(encoding="utf-8", newline="") as file:
        return {row["tonnes_co2"] for row in csv.DictReader(file)}


@pytest.mark.slow
def test_carbon_that_nothing_counts_may_be_unknown(tmp_path: Path) -> None:
    """The plan is that of any carbon; the tonnes are blank, not 0."""
    known = run(quick(tmp_path / "known"), out=tmp_path / "out")
    unknown = run(quick(tmp_path / "unknown", sites=("kg_co2_per_mwh", "")), out=tmp_path / "out")
    assert (known.status, unknown.status) == ("optimal", "optimal"), unknown.message
    assert known.plan is not None
    assert unknown.plan is not None
    assert unknown.plan.summary["objective_usd"] == known.plan.summary["objective_usd"]
    assert known.folder is not None
    assert unknown.folder is not None
    assert "" not in tonnes(known.folder)
    assert tonnes(unknown.folder) == {""}


@pytest.mark.slow
def test_tonnes_of_unknown_carbon_are_not_made_up(tmp_path: Path) -> None:
    """A 0 written where carbon is unknown, or a blank where it is known, is seen."""
    from planner.audit import audit

    for name, cell, wrong in (("unknown", "", "0"), ("known", "400", "")):
        folder = quick(tmp_path / name, sites=("kg_co2_per_mwh", cell))
        made = run(folder, out=tmp_path / "out").folder
        assert made is not None
        path = made / "power.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["tonnes_co2"] = wrong
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        failed = [check.name for check in audit(made).checks if not check.passed]
        assert "power.tonnes_co2" in failed


@pytest.mark.parametrize(
    "used",
    [
        "carbon_usd_per_tonne: 10\n",
        "limits.csv\nlimit,measure,scope,member,period,max\nair,carbon,all,,2027Q1,100\n",
    ],
    ids=["price", "limit"],
)
def test_carbon_that_is_counted_is_needed(tmp_path: Path, used: str) -> None:
    folder = quick(tmp_path / "x", sites=("kg_co2_per_mwh", ""))
    if used.startswith("limits.csv"):
        (folder / "limits.csv").write_text(used.partition("\n")[2], encoding="utf-8")
    else:
        with (folder / "case.yaml").open("a", encoding="utf-8") as file:
            file.write("\n" + used)
    assert codes(folder) == ["error carbon-missing"]


@pytest.mark.slow
def test_work_draws_at_least_what_idling_does(tmp_path: Path) -> None:
    chips = ("kw_idle", "0.5")
    below = quick(tmp_path / "below", chips=chips, training=("kw_active", "0.4"))
    same = quick(tmp_path / "same", chips=chips, training=("kw_active", "0.5"))
    assert "error active-below-idle" in codes(below)
    assert "error active-below-idle" not in codes(same)


def test_a_precision_has_a_peak(tmp_path: Path) -> None:
    assert "error peak-missing" in codes(quick(tmp_path / "x", training=("precision", "fp8")))


def test_frozen_periods_need_a_last_plan(tmp_path: Path) -> None:
    folder = quick(tmp_path / "x")
    with (folder / "case.yaml").open("a", encoding="utf-8") as file:
        file.write("\nfrozen_periods: 1\n")
    assert codes(folder) == ["error frozen-without-last-plan"]


@pytest.mark.slow
@pytest.mark.parametrize("price", ["", "0.05"])
def test_work_that_no_chip_can_do_is_short_at_its_price(tmp_path: Path, price: str) -> None:
    """All of it, at the price: 16,701,... Mtok; without a price it is an error."""
    folder = quick(tmp_path / "x", workloads=("short_usd_per_mtok", price))
    rows = (folder / "throughput.csv").read_text(encoding="utf-8").replace("assistant", "other")
    (folder / "throughput.csv").write_text(rows, encoding="utf-8")
    if not price:
        assert "error throughput-missing" in codes(folder)
        return
    assert "warning throughput-missing" in codes(folder)
    result = run(folder, out=tmp_path / "out")
    assert result.status == "optimal", result.message
    assert result.folder is not None
    with (result.folder / "demand_coverage.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 8
    assert [row["short"] for row in found] == [row["demand"] for row in found]
    asked = sum(float(row["demand"]) for row in found)
    assert sum(float(row["short_usd"]) for row in found) == pytest.approx(asked * 0.05)


@pytest.mark.slow
def test_offers_of_nothing_have_a_header(tmp_path: Path) -> None:
    """A file that is not there is missing; one without rows says that nothing is to be bought."""
    folder = quick(tmp_path / "x", workloads=("short_usd_per_mtok", "0.05"))
    (folder / "milestones.csv").unlink()
    header = (folder / "offers.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "offers.csv").write_text(header + "\n", encoding="utf-8")
    result = run(folder, out=tmp_path / "out")
    assert result.status == "optimal", result.message
    assert result.folder is not None
    with (result.folder / "buy_plan.csv").open(encoding="utf-8", newline="") as file:
        assert {row["action"] for row in csv.DictReader(file)} <= {"keep", "retire"}
    (folder / "offers.csv").unlink()
    assert "error missing-table" in codes(folder)
