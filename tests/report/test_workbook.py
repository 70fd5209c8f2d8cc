"""The workbook, read back by another library: values, totals, text that stays text, and the same
bytes every time."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from planner.pipeline import run
from planner.report.workbook import table as grid
from planner.report.workbook import write_workbook
from planner.report.workbook.columns import heading
from planner.report.workbook.formats import number_format
from planner.report.workbook.table import letters
from planner.report.workbook.trust import sourced
from planner.runs.folder import changed_files, file_hash
from planner.runs.read import read_manifest, read_plan, read_run_table
from tests.report.test_page import hostile

ROOT = Path(__file__).parents[2]
NAMES = [
    "Summary",
    "Decide now",
    "Buy by quarter",
    "Buy plan",
    "Whole things",
    "Allocation",
    "Power",
    "Costs",
    "Unit costs",
    "By year",
    "Books",
    "Book values",
    "Showback",
    "Economics",
    "Changes",
    "Exceptions",
    "Assumptions",
    "About",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = run(ROOT / "inputs" / "power-bound", out=tmp_path_factory.mktemp("workbook"))
    assert result.folder is not None
    return result.folder


def rows(path: Path, sheet: str) -> list[list[Any]]:
    return (
        CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    )


def table(path: Path, sheet: str, header: int = 3) -> pd.DataFrame:
    found = rows(path, sheet)
    return pd.DataFrame(found[header + 1 :], columns=found[header])


def cells(path: Path) -> set[str]:
    """Every text of every sheet."""
    names = CalamineWorkbook.from_path(path).sheet_names
    return {str(cell) for sheet in names for row in rows(path, sheet) for cell in row}


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def line(found: pd.DataFrame, first: str) -> pd.Series[Any]:
    """The first row whose first cell reads so."""
    return found[found.iloc[:, 0] == first].iloc[0]


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(folder, tmp_path / "copy")
    return tmp_path / "copy"


def rewrite(path: Path, **changes: Any) -> pd.DataFrame:
    """Change whole columns of a CSV."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False).assign(**changes)
    frame.to_csv(path, index=False, lineterminator="\n")
    return frame


@pytest.mark.slow
def test_sheets_in_order(folder: Path) -> None:
    assert CalamineWorkbook.from_path(folder / "plan.xlsx").sheet_names == NAMES


def test_it_is_in_the_manifest(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest["files"]["plan.xlsx"]["sha256"] == file_hash(folder / "plan.xlsx")
    assert "plan.xlsx" in read_plan(folder)["files"] and changed_files(folder, manifest) == []


def test_the_buy_plan_is_that_of_the_file(folder: Path) -> None:
    buy, path = read_run_table(folder, "buy_plan"), folder / "plan.xlsx"
    lines = table(path, "Buy plan")
    assert lines["Line ID"].tolist() == buy["line_id"].tolist()
    for name, shown in (
        ("total_usd", "Total USD"),
        ("chips", "Chips"),
        ("mw", "Power built MW"),
        ("worth_usd_per_chip", "Worth USD per chip"),
    ):
        found = pd.to_numeric(lines[shown].replace("", np.nan)).to_numpy(dtype=np.float64)
        assert found == pytest.approx(buy[name].to_numpy(dtype=np.float64), nan_ok=True)
    above = rows(path, "Buy plan")[2]
    assert above[lines.columns.get_loc("Total USD")] == pytest.approx(buy["total_usd"].sum())
    assert len(lines.columns) == len(buy.columns)


def test_totals_are_those_of_the_files(folder: Path) -> None:
    path, plan = folder / "plan.xlsx", read_plan(folder)
    costs, work, units = (
        read_run_table(folder, name) for name in ("costs", "allocation", "unit_costs")
    )
    terms = table(path, "Costs")
    assert line(terms, "Nominal")["Total"] == pytest.approx(costs["nominal_usd"].sum())
    assert line(terms, "Discounted")["Total"] == pytest.approx(plan["objective_usd"])
    assert line(terms, "Nominal")["Energy"] == pytest.approx(
        costs.loc[costs["term"] == "energy", "nominal_usd"].sum()
    )
    found = table(path, "Allocation")
    assert rows(path, "Allocation")[2][found.columns.get_loc("Cost USD")] == pytest.approx(
        work["cost_usd"].sum()
    )
    assert found["Chip hours"].sum() == pytest.approx(work["chip_hours"].sum())
    summary = rows(path, "Summary")
    assert [row[2] for row in summary if row[0] == "Total"] == pytest.approx(
        [plan["objective_usd"]] * 2
    )
    assert (
        next(row for row in summary if row[0] == "Total cost, discounted")[1]
        == plan["objective_usd"]
    )
    split = units.loc[units["kind"] == "split", "cost_usd"].sum()
    assert [row[2] for row in rows(path, "Unit costs") if row[0] == "Total"][-1] == pytest.approx(
        split
    )


def test_by_period(folder: Path) -> None:
    """Chips, commitments and cash of every period, and over all of them."""
    buy, costs, plan = (
        read_run_table(folder, "buy_plan"),
        read_run_table(folder, "costs"),
        read_plan(folder),
    )
    found = table(folder / "plan.xlsx", "Buy by quarter").set_index("Period")
    new = buy[(buy["status"] == "new") & buy["action"].isin(("buy", "lease", "reserve"))]
    total = found.loc["Total"]
    assert (
        total["All chips ordered"]
        == pytest.approx(new["chips"].sum())
        == pytest.approx(plan["totals"]["new_chips"])
    )
    assert (total["Capex paid USD"], total["Opex paid USD"]) == pytest.approx(
        (plan["totals"]["capex_usd"], plan["totals"]["opex_usd"])
    )
    for period, group in costs[costs["category"] == "capex"].groupby("period"):
        assert found.loc[period, "Capex paid USD"] == pytest.approx(group["nominal_usd"].sum())
    for (period, chip), group in new.groupby(["order_period", "chip"]):
        assert found.loc[period, f"{chip} ordered"] == pytest.approx(group["chips"].sum())
    assert found["Paid to date USD"].tolist()[plan["horizon"]["periods"] - 1] == pytest.approx(
        plan["totals"]["cash_usd"]
    )


def test_decide_now_commits_what_the_plan_says(folder: Path) -> None:
    plan = read_plan(folder)
    assert line(table(folder / "plan.xlsx", "Decide now"), "Total")[
        "Total USD, nominal"
    ] == pytest.approx(plan["totals"]["commit_now_usd"])


def test_power_available_has_what_was_built(copy: Path) -> None:
    rewrite(copy / "power.csv", built_mw="1.5")
    path = write_workbook(copy)
    found, power = (
        table(path, "Power"),
        read_run_table(copy, "power").sort_values(["site", "period"], ignore_index=True),
    )
    assert found["Available MW"].tolist() == pytest.approx(
        (power["limit_mw"] + 1.5 - power["kept_free_mw"]).tolist()
    )
    assert found["Used share"].tolist() == pytest.approx(
        (power["used_mw"] / (power["limit_mw"] + 1.5 - power["kept_free_mw"])).tolist()
    )
    with zipfile.ZipFile(path) as archive:
        charts = [
            text
            for name in archive.namelist()
            if name.startswith("xl/charts/chart")
            and "<c:f>Power!" in (text := archive.read(name).decode())
        ]
    used, available = (letters(found.columns.get_loc(name)) for name in ("Used MW", "Available MW"))
    assert len(charts) == power["site"].nunique()
    assert all(f"Power!${used}$" in chart and f"Power!${available}$" in chart for chart in charts)


def test_totals_are_formulas(folder: Path) -> None:
    """The cached value stands beside the formula, so that a viewer without a calculator shows it
    too; no macros."""
    path = folder / "plan.xlsx"
    for number in (3, 4, 5, 7):
        sheet = part(path, f"xl/worksheets/sheet{number}.xml")
        formulas = re.findall(r"<f>([^<]*)</f>(<v>[^<]+</v>)?", sheet)
        assert formulas and all(value for _, value in formulas) and "mergeCell" not in sheet
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert not [name for name in names if "vba" in name.lower()]
    titles = "".join(part(path, name) for name in names if name.startswith("xl/charts/chart"))
    assert {
        "Spend by period, nominal",
        "Cost by term, discounted",
        "Chips ordered by period",
    } <= set(re.findall(r"<a:t>([^<]*)</a:t>", titles))


def test_printed_with_its_header(folder: Path) -> None:
    for at, name in enumerate(NAMES, start=1):
        sheet = part(folder / "plan.xlsx", f"xl/worksheets/sheet{at}.xml")
        assert 'orientation="landscape"' in sheet and "fitToPage" in sheet, name
    book = part(folder / "plan.xlsx", "xl/workbook.xml")
    assert (
        "'Buy plan'!$4:$4" in book
        and "Allocation!$4:$4" in book
        and "<pane" in part(folder / "plan.xlsx", "xl/worksheets/sheet4.xml")
    )


BAD = (
    '=HYPERLINK("x")',
    "<script>alert(1)</script>",
    "+1",
    "-2+3",
    "@SUM(1)",
    """it's "quoted" & <b>""",
    "=1+1|'!A1",
)


def test_text_stays_text(copy: Path) -> None:
    """Names that begin as formulas do, hold markup or quotes: as cells, headings, titles and series
    of charts, footers and properties."""
    many = (BAD * 10_000)[:10_000]
    buy, power = (
        pd.read_csv(copy / "buy_plan.csv", dtype=str),
        pd.read_csv(copy / "power.csv", dtype=str),
    )
    rewrite(
        copy / "buy_plan.csv",
        chip=many[: len(buy)],
        vendor=many[: len(buy)],
        binding_limits=BAD[0],
        change_vs_last="new",
        change_reason=BAD[0],
    )
    rewrite(copy / "power.csv", site=sorted(many[: len(power)]))
    costs = pd.read_csv(copy / "costs.csv", dtype=str)
    terms = {term: many[i] + i // len(BAD) * "=" for i, term in enumerate(costs["term"].unique())}
    assert len(set(terms.values())) == len(terms)  # a line of costs stands there once
    rewrite(copy / "costs.csv", term=costs["term"].map(terms).tolist())
    document = json.loads((copy / "plan.json").read_text(encoding="utf-8"))
    (copy / "plan.json").write_text(
        json.dumps({**document, "case": BAD[0] + "&Z&F" + BAD[5], "description": BAD[6]}),
        encoding="utf-8",
    )
    (copy / "changes.csv").write_text('"=A1","+b"\n"=HYPERLINK(""x"")",3\n', encoding="utf-8")
    path = write_workbook(copy)
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheets = "".join(text for name, text in texts.items() if name.startswith("xl/worksheets/sheet"))
    formulas = re.findall(r"<f>([^<]*)</f>", sheets)
    assert (
        formulas
        and {
            f
            for f in formulas
            if not re.fullmatch(
                r"(SUM|SUBTOTAL)\((109,)?[A-Z]+\d+:[A-Z]+\d+\)|[A-Z]+\d+[+/][A-Z]+\d+|[A-Z]+\d+", f
            )
        }
        == set()
    )
    charts = re.findall(
        r"<c:f>([^<]*)</c:f>",
        "".join(text for name, text in texts.items() if "/charts/chart" in name),
    )
    assert charts and all(
        re.fullmatch(
            r"(Power|Costs|Summary|'Buy by quarter')!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", reference
        )
        for reference in charts
    )
    assert "<hyperlink" not in sheets and not any("<script" in text for text in texts.values())
    assert all(
        "&amp;Z" not in text.replace("&amp;&amp;Z", "")
        for text in re.findall(r"<oddFooter>([^<]*)<", sheets)
    )
    assert set(BAD[:6]) <= cells(path) and {"=A1", "+b"} <= cells(path)
    assert [row[0] for row in rows(path, "Power")[4:]] == sorted(many[: len(power)])


@pytest.mark.slow
def test_a_hostile_case(tmp_path: Path) -> None:
    result = run(hostile(tmp_path), out=tmp_path / "out")
    assert result.folder is not None
    found = cells(result.folder / "plan.xlsx")
    assert "=HYPERLINK(1)" in found and any("<script>" in text for text in found)


@pytest.mark.slow
def test_the_same_bytes_every_time(folder: Path, tmp_path: Path) -> None:
    """Made again from the run, later and elsewhere, and from a second run of the same inputs."""
    once = (folder / "plan.xlsx").read_bytes()
    assert write_workbook(folder, tmp_path / "again.xlsx").read_bytes() == once
    second = run(ROOT / "inputs" / "power-bound", out=tmp_path / "second").folder
    assert second is not None and (second / "plan.xlsx").read_bytes() == once


@pytest.mark.parametrize(
    "count",
    [pytest.param(20_000, marks=pytest.mark.slow), pytest.param(100_000, marks=pytest.mark.full)],
)
def test_up_to_a_hundred_thousand_rows(copy: Path, count: int) -> None:
    """The allocation so many rows long: all there, and the total of all; in seconds."""
    work = pd.read_csv(copy / "allocation.csv", dtype=str, keep_default_na=False)
    pd.concat(
        [work.assign(work=work["work"] + f" {again}") for again in range(count // len(work) + 1)]
    ).head(count).to_csv(copy / "allocation.csv", index=False, lineterminator="\n")
    begin = time.process_time()
    path = write_workbook(copy)
    assert time.process_time() - begin < 60  # about 8 s here
    found = table(path, "Allocation")
    assert len(found) == count and CalamineWorkbook.from_path(path).sheet_names == NAMES
    assert rows(path, "Allocation")[2][found.columns.get_loc("Chip hours")] == pytest.approx(
        found["Chip hours"].sum()
    )


def test_a_long_sheet_is_like_a_short_one(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written through to the disk or kept: the same cells."""
    before = write_workbook(copy, tmp_path / "kept.xlsx")
    monkeypatch.setattr("planner.report.workbook.book.LONG_SHEET", 3)
    after = write_workbook(copy, tmp_path / "through.xlsx")
    for name in ("Buy plan", "Allocation", "Assumptions"):
        assert rows(before, name) == rows(after, name)


@pytest.mark.slow
def test_more_rows_than_a_sheet_holds(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "MOST_ROWS", 10)
    path = write_workbook(copy)
    work = read_run_table(copy, "allocation")
    found = table(path, "Allocation")
    assert (
        len(found) == 10
        and "CUT" in rows(path, "Allocation")[1][0]
        and f"{len(work):,} rows" in rows(path, "Allocation")[1][0]
        and "allocation.csv" in rows(path, "Allocation")[1][0]
    )
    assert rows(path, "Allocation")[2][found.columns.get_loc("Chip hours")] == pytest.approx(
        work["chip_hours"].head(10).sum()
    )


def test_changes(copy: Path) -> None:
    assert "no earlier plan" in rows(write_workbook(copy), "Changes")[1][0]
    buy = pd.read_csv(copy / "buy_plan.csv", dtype=str)
    rewrite(
        copy / "buy_plan.csv",
        change_vs_last=["+5", "gone", *["same"] * (len(buy) - 2)],
        change_reason=["demand", "late", *[""] * (len(buy) - 2)],
    )
    (copy / "bridge.csv").write_text("cause,usd\ndemand,12.5\nprices,\n", encoding="utf-8")
    path = write_workbook(copy)
    found = rows(path, "Changes")
    assert f"2 lines changed, {len(buy) - 2} are the same" in found[1][0]
    assert [row[:2] for row in found[4:6]] == [["+5", "demand"], ["gone", "late"]]
    at = next(at for at, row in enumerate(found) if row[0] == "bridge.csv")
    assert [row[:2] for row in found[at + 1 : at + 4]] == [
        ["cause", "usd"],
        ["demand", 12.5],
        ["prices", ""],
    ]


def test_sources(copy: Path) -> None:
    """Assumed, stale and missing sources; the row is that of the file; an override is shown as it
    was planned with."""
    inputs = copy / "inputs"
    chips = pd.read_csv(inputs / "chips.csv", dtype=str, keep_default_na=False)
    chips = chips.assign(source="data sheet", as_of="2026-12-31").head(4)
    words = ["Assumption: none published", "", "data sheet", "data sheet"][: len(chips)]
    chips["source"], chips["as_of"] = (
        words,
        ["2026-12-31", "2026-12-31", "2025-12-31", "2026-01-01"][: len(chips)],
    )
    chips.to_csv(inputs / "chips.csv", index=False)
    found = sourced(copy, datetime.date(2027, 1, 1), 365)
    assert found is not None
    mine = found[found["file"] == "chips.csv"]
    assert mine["flag"].tolist() == ["assumption", "no source", "stale", ""][: len(chips)]
    assert (
        mine["row"].tolist() == [2.0, 3.0, 4.0, 5.0][: len(chips)]
        and mine["age"].tolist() == [1.0, 1.0, 366.0, 365.0][: len(chips)]
    )
    assert mine["what"].tolist() == chips["chip"].tolist()
    (inputs / "overrides.txt").write_text("chips.*.source=a quote\n", encoding="utf-8")
    changed = sourced(copy, datetime.date(2027, 1, 1), 365)
    assert changed is not None and set(changed.loc[changed["file"] == "chips.csv", "source"]) == {
        "a quote"
    }
    shutil.rmtree(inputs)
    assert "not beside its plan" in rows(write_workbook(copy), "Assumptions")[1][0]


def test_sources_are_counted_as_the_exceptions_count_them(folder: Path) -> None:
    """Also those that are both assumed and stale."""
    said, exceptions = (
        rows(folder / "plan.xlsx", "Assumptions")[1][0],
        read_run_table(folder, "exceptions"),
    )
    assumed = int(
        exceptions.loc[
            (exceptions["kind"] == "assumption") & (exceptions["unit"] == "rows"), "amount"
        ].sum()
    )
    stale = sum(
        int(count)
        for text in exceptions.loc[exceptions["kind"] == "stale", "message"]
        for count in re.findall(r"; (\d+) of \d+ rows are older", text)
    )
    assert assumed > 0 and f"{assumed} are assumptions" in said and f"{stale} are stale" in said


def test_about_says_how_it_was_made(folder: Path) -> None:
    said = {row[0]: row[1] for row in rows(folder / "plan.xlsx", "About") if row[0]}
    manifest, plan = read_manifest(folder), read_plan(folder)
    assert (
        said["SHA-256 of all inputs"] == plan["inputs_sha256"]
        and said["Seed"] == str(manifest["solver"]["seed"])
        and said["Solver"] == manifest["solver"]["asked"]
    )
    assert said["Version of XlsxWriter"] == manifest["versions"]["XlsxWriter"]
    assert (
        said["inputs/chips.csv"] == manifest["inputs"]["chips.csv"]
        and said["costs.csv"] == manifest["files"]["costs.csv"]["sha256"]
    )
    assert manifest["started_utc"][:10] not in "".join(map(str, said.values()))


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1.0, 2000.0], "number", "#,##0"),
        ([0.5, 2000.0], "number", "#,##0"),
        ([0.5, 300.0], "number", "#,##0.0"),
        ([0.5, 3.0], "number", "#,##0.000"),
        ([0.05, 3000.0], "price", "#,##0.0000"),
        ([1.5, 3000.0], "price", "#,##0.00"),
        ([], "price", "#,##0"),
        ([float("nan"), 0.0], "number", "#,##0"),
    ],
)
def test_decimals(values: list[float], kind: str, expected: str) -> None:
    assert number_format(np.array(values, dtype=np.float64), kind) == expected


def test_words() -> None:
    assert [
        heading(name) for name in ("usd_per_chip", "cause_1_share_pct", "mw_it", "line_id", "chips")
    ] == ["USD per chip", "Cause 1 share %", "MW IT", "Line ID", "Chips"]
    assert [letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_it_opens_in_libreoffice(folder: Path, tmp_path: Path) -> None:
    """LibreOffice calculates the totals that we cached, and finds every column wide enough on
    paper."""
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    bare = tmp_path / "bare" / "plan.xlsx"  # without our values: it would believe them
    bare.parent.mkdir()
    with (
        zipfile.ZipFile(folder / "plan.xlsx") as ours_zip,
        zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as bare_zip,
    ):
        for name in ours_zip.namelist():
            bare_zip.writestr(
                name, re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", ours_zip.read(name))
            )
    for form, source in (("xlsx:Calc MS Excel 2007 XML", bare), ("pdf", folder / "plan.xlsx")):
        subprocess.run(
            [
                "soffice",
                profile,
                "--headless",
                "--convert-to",
                form,
                "--outdir",
                str(tmp_path),
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    for sheet in NAMES:
        ours, theirs = rows(folder / "plan.xlsx", sheet), rows(tmp_path / "plan.xlsx", sheet)
        mine = [cell for row in ours for cell in row if isinstance(cell, float)]
        assert [cell for row in theirs for cell in row if isinstance(cell, float)] == pytest.approx(
            mine
        ), sheet
    assert (tmp_path / "plan.pdf").stat().st_size > 20_000
    if shutil.which("pdftotext") is not None:
        text = subprocess.run(
            ["pdftotext", "-layout", str(tmp_path / "plan.pdf"), "-"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert "Capacity plan of power-bound" in text and "###" not in text
