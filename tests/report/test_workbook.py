"""The workbook, read back by another library: values, totals, text that stays text, and the same bytes every time."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from planner.pipeline import run
from planner.report.runs import read_plan, read_run_table
from planner.report.workbook import write_workbook
from tests.report.test_page import hostile

ROOT = Path(__file__).parents[2]
NAMES = ["Summary", "Decide now", "Buy by quarter", "Buy plan", "Allocation", "Power", "Costs", "Unit costs", "Changes", "Exceptions", "Assumptions", "About"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = run(ROOT / "inputs" / "power-bound", out=tmp_path_factory.mktemp("workbook"))
    assert result.folder is not None
    return result.folder


def rows(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def table(path: Path, sheet: str, header: int = 3) -> pd.DataFrame:
    found = rows(path, sheet)
    return pd.DataFrame(found[header + 1 :], columns=found[header])


def test_sheets_in_order(folder: Path) -> None:
    assert CalamineWorkbook.from_path(folder / "plan.xlsx").sheet_names == NAMES


def test_totals_are_those_of_the_files(folder: Path) -> None:
    path = folder / "plan.xlsx"
    buy, costs = read_run_table(folder, "buy_plan"), read_run_table(folder, "costs")
    lines = table(path, "Buy plan")
    assert lines["line id"].tolist()[: len(buy)] == buy["line_id"].tolist()
    assert lines["line id"].iloc[len(buy)] == "total" and lines["total usd"].iloc[len(buy)] == pytest.approx(buy["total_usd"].sum())
    assert np.array([value for value in lines["total usd"].tolist()[: len(buy)] if value != ""]) == pytest.approx(buy["total_usd"].dropna().to_numpy())
    terms = table(path, "Costs")
    total = terms[terms["term"] == "total"].iloc[0]
    assert total["all"] == pytest.approx(costs["nominal_usd"].sum())
    summary = rows(path, "Summary")
    assert next(row for row in summary if row[0] == "total")[2] == pytest.approx(read_plan(folder)["objective_usd"])
    allocation = table(path, "Allocation")
    assert allocation["chip hours"].iloc[-1] == pytest.approx(read_run_table(folder, "allocation")["chip_hours"].sum())


def test_totals_are_formulas(folder: Path) -> None:
    """The cached value stands beside the formula, so that a viewer without a calculator shows it too."""
    with zipfile.ZipFile(folder / "plan.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet4.xml").decode()
        assert "<f>SUM(" in sheet and all("<v>" in cell for cell in sheet.split("<f>SUM(")[1:])
        names = archive.namelist()
    assert not [name for name in names if "vba" in name.lower()] and len([name for name in names if "/charts/chart" in name]) >= 4


def test_text_stays_text(tmp_path: Path) -> None:
    result = run(hostile(tmp_path), out=tmp_path / "out")
    assert result.folder is not None
    path = result.folder / "plan.xlsx"
    with zipfile.ZipFile(path) as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/"))
    assert {part.split("</f>")[0].split("(")[0] for part in sheets.split("<f>")[1:]} <= {"SUM"}
    assert "<hyperlink" not in sheets
    notes = [cell for row in rows(path, "Assumptions") for cell in row]
    assert "=HYPERLINK(1)" in notes and any("<script>" in str(cell) for cell in notes)


def test_the_same_bytes_every_time(folder: Path, tmp_path: Path) -> None:
    assert write_workbook(folder, tmp_path / "again.xlsx").read_bytes() == (folder / "plan.xlsx").read_bytes()


def test_a_hundred_thousand_rows(folder: Path, tmp_path: Path) -> None:
    """The allocation 100,000 rows long: all there, and the total of all."""
    big = tmp_path / "big"
    shutil.copytree(folder, big)
    work = pd.read_csv(big / "allocation.csv", dtype=str, keep_default_na=False)
    pd.concat([work] * (100_000 // len(work) + 1)).head(100_000).to_csv(big / "allocation.csv", index=False, lineterminator="\n")
    path = write_workbook(big, tmp_path / "big.xlsx")
    found = table(path, "Allocation")
    assert len(found) == 100_001
    assert found["chip hours"].iloc[-1] == pytest.approx(sum(found["chip hours"].tolist()[:-1]))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_it_opens_in_libreoffice(folder: Path, tmp_path: Path) -> None:
    """LibreOffice calculates the same totals as are cached."""
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(folder / "plan.xlsx")], check=True, capture_output=True, timeout=120)
    ours, theirs = table(folder / "plan.xlsx", "Costs"), table(tmp_path / "plan.xlsx", "Costs")
    for column in ours.columns[1:]:
        mine = [value for value in ours[column].tolist() if isinstance(value, float)]
        assert [value for value in theirs[column].tolist() if isinstance(value, float)] == pytest.approx(mine)
