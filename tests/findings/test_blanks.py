"""Blanks that fell back to a default that frees cost although their neighbours were filled."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from planner.case import CaseError, read_case
from planner.case.problems import Problem

SHIPPED = Path(__file__).resolve().parents[2] / "inputs"


def edited(folder: Path, case: str, table: str, at: dict[str, str], column: str, cell: str) -> Path:
    """Copy a shipped case with one cell, or one whole row, of a table blanked or set."""
    target = shutil.copytree(SHIPPED / case, folder / case)
    path = target / f"{table}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    where = [header.index(name) for name in at]
    hits = [row for row in rows if [row[i] for i in where] == list(at.values())]
    assert len(hits) == 1
    for name in header if column == "*" else [column]:
        if name not in at:
            hits[0][header.index(name)] = cell
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return target


def told(folder: Path) -> list[Problem]:
    try:
        return [problem for problem in read_case(folder).warnings if problem.code != "stale"]
    except CaseError as error:
        return [problem for problem in error.problems if problem.code != "stale"]


CASES: dict[str, tuple[str, str, dict[str, str], str, str, tuple[str, ...]]] = {
    "input rate of one chip": (
        "frontier-lab",
        "throughput",
        {"model": "core", "tier": "interactive", "chip": "vr200"},
        "input_tok_per_s",
        "warning",
        ("core interactive vr200", "core interactive b200 (47140)"),
    ),
    "input tokens of one period": (
        "frontier-lab",
        "demand",
        {"workload": "coding", "measure": "input_mtok"},
        "2029Q3",
        "error",
        ("coding in 2029Q3", "56890000 in 2029Q2 and 78040000 in 2029Q4"),
    ),
    "input tokens of every period": (
        "frontier-lab",
        "demand",
        {"workload": "coding", "measure": "input_mtok"},
        "*",
        "error",
        ("has no figure in any period: coding",),
    ),
    "price of one period": (
        "frontier-lab",
        "offer_prices",
        {"offer": "buy-vr200"},
        "2029Q1",
        "warning",
        ("buy-vr200 in 2029Q1", "104700 in 2028Q4 and 99500 in 2029Q2", "instead 125000"),
    ),
    "most chips of one period": (
        "frontier-lab",
        "supply",
        {"supply_group": "blackwell", "measure": "max_chips"},
        "2028Q1",
        "warning",
        ("blackwell in 2028Q1", "20000 in 2027Q4 and 26000 in 2028Q2", "no limit"),
    ),
    "liquid MW of one period": (
        "power-bound",
        "power",
        {"site": "ashburn", "measure": "liquid_mw"},
        "2028Q3",
        "error",
        ("ashburn in 2028Q3", "12 in 2028Q2 and 12 in 2028Q4", "instead 30 would hold"),
    ),
    "liquid MW of every period": (
        "power-bound",
        "power",
        {"site": "ashburn", "measure": "liquid_mw"},
        "*",
        "error",
        ("has no figure in any period: ashburn",),
    ),
    "cooling of one chip": (
        "frontier-lab",
        "chips",
        {"chip": "gb300"},
        "cooling",
        "warning",
        ("gb300", "gb200 (liquid)", "a blank means air"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_blank_beside_filled_neighbours_is_told(tmp_path: Path, name: str) -> None:
    case, table, at, column, severity, words = CASES[name]
    found = told(edited(tmp_path, case, table, at, column, ""))
    assert [problem.severity for problem in found] == [severity], found
    assert found[0].file == f"{table}.csv"
    for word in words:
        assert word in found[0].need


@pytest.mark.slow
def test_a_misspelt_period_header_is_told_twice(tmp_path: Path) -> None:
    target = shutil.copytree(SHIPPED / "frontier-lab", tmp_path / "case")
    path = target / "offer_prices.csv"
    path.write_text(path.read_text().replace(",2029Q1,", ",2039Q1,", 1))
    found = {problem.code for problem in told(target)}
    assert found == {"blank-beside", "period-outside"}


@pytest.mark.slow
def test_an_inserted_blank_lets_no_price_slip_unseen(tmp_path: Path) -> None:
    target = shutil.copytree(SHIPPED / "frontier-lab", tmp_path / "case")
    path = target / "offer_prices.csv"
    header, *rows = list(csv.reader(path.open(newline="")))
    row = next(row for row in rows if row[0] == "buy-vr200")
    row.insert(header.index("2029Q1"), "")
    row.pop()
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    (found,) = told(target)
    assert found.code == "blank-beside"
    assert "buy-vr200 in 2029Q1" in found.need


def test_a_long_table_with_a_blank_as_the_only_figure(tmp_path: Path) -> None:
    target = shutil.copytree(SHIPPED / "quickstart", tmp_path / "case")
    path = target / "demand.csv"
    header, row = list(csv.reader(path.open(newline="")))
    lines = [["workload", "period", "output_mtok"]]
    lines += [["chat", period, cell] for period, cell in zip(header[2:], row[2:], strict=True)]
    lines[3][2] = ""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    (found,) = told(target)
    assert (found.code, found.severity, found.row) == ("demand-blank", "error", 4)
