"""What stands in the files is read as it is meant, or told: names of files, surplus cells, points
that may be commas, tags, periods in other spellings, and the row of every cell of a wide table."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.case import CaseError, read_case
from planner.case.cells import number_of, unmistakable
from planner.case.files import read_files
from planner.case.folder import table_of
from planner.case.periods import likely_period, looks_like_period
from planner.case.wide import widen
from planner.cli import main
from planner.diagnosis.changes import Cells
from planner.diagnosis.words import places
from tests.findings.books import write_book
from tests.helpers import GOOD, YAML, changed, write_case

SHIPPED = ("quickstart", "gov-cloud", "power-bound", "frontier-lab")
ROOT = Path(__file__).parents[2]


def told(folder: Path, *overrides: str) -> list[str]:
    """Every error, one line each; none where the case is read."""
    try:
        read_case(folder, overrides)
    except CaseError as reason:
        return [str(problem) for problem in reason.problems]
    return []


# every file in the folder is known, a note, or an error

LOST = {
    "limits.txt": "looks like limits.csv and is not read, because of its name; rename it limits",
    "limits.csv.bak": "looks like limits.csv and is not read, because of its name",
    "limits.csv~": "looks like limits.csv and is not read",
    "#limits.csv#": "looks like limits.csv and is not read",
    ".limits.csv": "looks like limits.csv and is not read",
    "Limits.csv": "looks like limits.csv and is not read",
    "limits.CSV": "looks like limits.csv and is not read",
    "limit.csv": "looks like limits.csv and is not read",
    "limits (1).csv": "looks like limits.csv and is not read",
    "limits - Copy.csv": "looks like limits.csv and is not read",
    "Copy of limits.csv": "looks like limits.csv and is not read",
    "limits_old.csv": "looks like limits.csv and is not read",
    "limits-v2.csv": "looks like limits.csv and is not read",
    "limits.csv.txt": "looks like limits.csv and is not read",
    "limits.tsv": "looks like limits.csv and is not read",
    "limits.md": "looks like limits.csv and is not read",
    "limits.pdf": "looks like limits.csv and is not read",
    "limits": "looks like limits.csv and is not read",
    "limits.json": "looks like limits.csv and is not read",
    "limits.parquet": "looks like limits.csv and is not read",
    "offer prices.csv": "looks like offer_prices.csv and is not read",
    "offer-prices.csv": "looks like offer_prices.csv and is not read",
    "limits.xlsx": "looks like limits.csv, and is not read: tables are CSV files or sheets of",
    "limits.ods": "looks like limits.csv, and is not read: tables are CSV files or sheets of",
    "limits.xls": "looks like limits.csv, and is not read",
    "limits.xlsm": "looks like limits.csv, and is not read",
    "book.xlsx": "is a workbook, and is not read",
    "case.xlsm": "is not read: the workbook of a case is case.xlsx; save it as case.xlsx",
    "case.ods": "is not read: the workbook of a case is case.xlsx; save it as case.xlsx",
    "case.xls": "is not read: the workbook of a case is case.xlsx",
    "Case.xlsx": "is not read: the workbook of a case is case.xlsx",
    "case.yml": "is not read: the settings stand in case.yaml",
    "case.yaml.bak": "is not read: the settings stand in case.yaml",
    "limits.csv.gz": "is packed, and not read; unpack it",
    "tables.zip": "is packed, and not read; unpack it",
    "lmits.csv": "is not a table; did you mean limits.csv",
    "xyz.csv": "is not a table; rename it, or begin its name with `notes`",
    "whatever.txt": "is not a file of a case, and not read; move it elsewhere",
    "script.py": "is not a file of a case, and not read",
}
LEFT_ALONE = (
    "notes.csv",
    "Notes on limits.xlsx",
    "README",
    "readme.txt",
    "CHANGES.md",
    "board.pdf",
    "map.png",
    "LICENSE",
    ".gitignore",
    ".DS_Store",
    "._limits.csv",
    ".~lock.limits.csv#",
    "~$case.xlsx",
    "case.effective.yaml",
    "case.schema.json",
    "overrides.txt",
)


@pytest.mark.parametrize("name", LOST)
def test_a_file_that_could_be_a_lost_table(tmp_path: Path, name: str) -> None:
    folder = write_case(tmp_path)
    text = (folder / "limits.csv").read_text()
    (folder / "limits.csv").unlink()
    (folder / name).write_text(text)
    assert len(told(folder)) == 1
    assert told(folder)[0].startswith(f"{name}: {LOST[name]}")


@pytest.mark.slow
def test_files_that_are_left_alone(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    for name in LEFT_ALONE:
        (folder / name).write_text("limit,scope\nx,all\n")
    for name in ("notes", "README.files", ".git", "outputs"):
        (folder / name).mkdir()
        (folder / name / "limits.csv").write_text("limit,scope\nx,all\n")
    assert told(folder) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "history",
            "history/limits.csv: is no table of history: amounts.csv, forecasts.csv, "
            "throughput.csv, variances.csv; move it into the case folder, or elsewhere",
        ),
        ("actuals", "actuals/limits.csv: is no table of actuals: cash.csv, fleet.csv, "),
        ("history 2027Q1", "history 2027Q1: is a folder, and nothing in it is read"),
        ("limits", "limits: is a folder, and nothing in it is read"),
        ("tables", "tables: is a folder, and nothing in it is read"),
    ],
)
def test_a_folder_in_the_case(tmp_path: Path, name: str, message: str) -> None:
    folder = write_case(tmp_path)
    (folder / name).mkdir()
    (folder / "limits.csv").rename(folder / name / "limits.csv")
    assert told(folder)[0].startswith(message)


@pytest.mark.slow
def test_a_last_plan_without_a_plan(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    plan = folder / "last_plan" / "buy_plan.csv"
    plan.rename(plan.with_name("buyplan.csv"))
    assert told(folder) == [
        "last_plan: 'only buyplan.csv' - holds no buy_plan.csv, the plan to compare with; copy "
        "buy_plan.csv of an earlier run there, or remove the folder"
    ]
    plan.with_name("buyplan.csv").rename(plan)
    (plan.parent / "orders.csv").write_text("a run may be copied there as a whole")
    assert told(folder) == []


@pytest.mark.slow
def test_a_planner_started_in_the_case_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "inputs" / "quickstart", tmp_path / "case")
    monkeypatch.chdir(tmp_path / "case")
    for out in ("outputs", "plans"):
        assert main(["run", ".", "--out", out, "--quiet"]) == 0
    assert main(["check", "."]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_runs_and_shipped_cases_hold_nothing_unknown(name: str) -> None:
    assert told(ROOT / "inputs" / name) == []


def test_a_folder_that_is_no_case_is_not_listed(tmp_path: Path) -> None:
    for i in range(50):
        (tmp_path / f"letter{i}.doc").touch()
    (tmp_path / "case.yml").touch()
    assert [line.split(":")[0] for line in told(tmp_path)] == ["case.yml", "case.yaml"]


@pytest.mark.parametrize("name", ["book.ods", "book.xlsm", "limits.csv", "case.yaml"])
def test_a_file_that_is_no_case(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert "is not a case: a case is a folder, or a workbook case.xlsx" in told(tmp_path / name)[0]


@pytest.mark.parametrize(
    ("name", "table"),
    [("demand forecast.csv", None), ("sites2.csv", "sites"), ("casebook.txt", None)],
)
def test_what_a_name_could_be_meant_for(name: str, table: str | None) -> None:
    assert table_of(name) == table


# rows and cells


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "chat,2027Q1,933,120,",
            "demand.csv:2: has 5 cells, the header 4; 933,120 may be one number: write 933120",
        ),
        (
            "chat,2027Q1,933,120,4",
            "demand.csv:2: has 5 cells, the header 4; 933,120 may be one number: write 933120",
        ),
        ("chat,2027Q1,933,,", "demand.csv:2: has 5 cells, the header 4; check separators and"),
        ("chat,2027Q1,933", "demand.csv:2: has 3 cells, the header 4; check separators and"),
    ],
)
def test_a_row_with_other_cells_than_the_header(tmp_path: Path, row: str, message: str) -> None:
    tables = dict(GOOD)
    lines = ["workload,period,output_mtok,input_mtok", row]
    folder = write_case(tmp_path, {**tables, "demand": "\n".join(lines) + "\n"})
    assert told(folder)[0].startswith(message)


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize(
    ("cell", "need"),
    [
        ("40.000", "may be a thousand or a decimal point: write 40000 or 40"),
        ("12.345", "may be a thousand or a decimal point: write 12345 or 12.3450"),
        ("1,000", "may be a thousand or a decimal comma: write 1000 or 1.000"),
        ("12,5", "has a decimal comma: write 12.5"),
        ("1.234.567", "has marks between thousands: write 1234567"),
        ("1 234", "has marks between thousands: write 1234"),
        ("1'234", "has marks between thousands: write 1234"),
    ],
)
def test_a_point_that_may_be_a_comma(tmp_path: Path, separator: str, cell: str, need: str) -> None:
    folder = write_case(tmp_path, changed(("supply", 0, "max_chips", cell)))
    text = (folder / "supply.csv").read_text().replace('"', "").replace(cell, "CELL")
    text = text.replace(",", separator).replace("CELL", cell)
    (folder / "supply.csv").write_text(text)
    assert told(folder) == [f"supply.csv:2 max_chips: {cell!r} - {need}; correct the cell"]


@pytest.mark.parametrize("cell", ["40.00", "40.0000", "0.125", "1234.567", "40", "4e1", ".125"])
def test_a_point_that_is_one(cell: str) -> None:
    assert number_of(cell, commas=True) == number_of(cell) == (float(cell), "")


def test_what_is_written_so_that_it_is_one() -> None:
    for text in ("40.000", "12.345", "100.500", "1.000", "-12.340", "7.5", "0.125", "x"):
        again = unmistakable(text)
        assert again == text or (
            float(again) == float(text) and number_of(again, commas=True)[1] == ""
        )


@pytest.mark.slow
def test_a_change_of_a_figure_is_not_asked_about(tmp_path: Path) -> None:
    folder = write_case(tmp_path, changed(("supply", 0, "max_chips", "11.25")))
    path = folder / "supply.csv"
    path.write_text(path.read_text().replace(",", ";"))
    for override in ("supply.market.2027Q1*=1.1", "supply.market.2027Q1=12.375"):
        assert read_case(folder, [override])["supply"]["max_chips"][0] == pytest.approx(12.375)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("frequency: !!null month", "!!null"),
        ("frequency: !!str month", "!!str"),
        ("frequency: ! month", "!"),
        ("frequency: !x month", "!x"),
        ("slices: !!set {}", "!!set"),
        ("slices: !!seq []", "!!seq"),
        ("headroom: !!float 0.1", "!!float"),
        ("!!str headroom: 0.1", "!!str"),
    ],
)
def test_a_tag(tmp_path: Path, line: str, value: str) -> None:
    key = line.replace("!!str ", "", 1).split(":")[0]
    folder = write_case(tmp_path, settings={k: v for k, v in YAML.items() if k != key})
    with (folder / "case.yaml").open("a") as file:
        file.write(line + "\n")
    number = len((folder / "case.yaml").read_text().splitlines())
    assert told(folder) == [
        f"case.yaml:{number}: {value!r} - tags are not allowed; write the value itself, without "
        "the tag"
    ]


# periods


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Q1'27", "2027Q1"),
        ("Q1 '27", "2027Q1"),
        ("Q1-27", "2027Q1"),
        ("1Q27", "2027Q1"),
        ("1Q 2027", "2027Q1"),
        ("Q1 FY27", "FY2027Q1"),
        ("FY27 Q1", "FY2027Q1"),
        ("2027 Q1", "2027Q1"),
        ("2027/Q1", "2027Q1"),
        ("CY27 Q3", "2027Q3"),
        ("Quarter 3 2027", "2027Q3"),
        ("3rd quarter 2027", "2027Q3"),
        ("January 2027", "2027-01"),
        ("Sept. 2027", "2027-09"),
        ("Jan'27", "2027-01"),
        ("01/2027", "2027-01"),
        ("2027/1", "2027-01"),
        ("202701", "2027-01"),
        ("2027-01-01", "2027-01"),
        ("FY27", "FY2027"),
        ("2027.0", "2027"),
        ("chip", ""),
        ("usd_per_chip", ""),
        ("market", ""),
        ("mar", ""),
        ("note 27", ""),
        ("", ""),
    ],
)
def test_what_a_period_is_meant_for(text: str, meant: str) -> None:
    assert likely_period(text) == meant


def test_no_name_of_a_column_is_like_a_period() -> None:
    from planner.case.tables import TABLES

    for table in TABLES:
        for column in table.columns:
            assert not likely_period(column.name) and not looks_like_period(column.name)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Q1'27", "power.csv:1 Q1'27: is a period in another spelling; write 2027Q1"),
        ("1Q27", "power.csv:1 1Q27: is a period in another spelling; write 2027Q1"),
        ("2027Q5", "power.csv:1 2027Q5: looks like a period and is none; write it as 2027Q1"),
        ("2O27Q1", "power.csv:1 2O27Q1: looks like a period and is none; write it as 2027Q1"),
    ],
)
def test_a_header_that_is_a_period(tmp_path: Path, header: str, message: str) -> None:
    row = {"site": "iowa", header: "10", "2027Q2": "10", "2027Q3": "10", "2027Q4": "10"}
    assert told(write_case(tmp_path, {**changed(), "power": [row]}))[0].startswith(message)


def test_a_cell_that_is_a_period(tmp_path: Path) -> None:
    folder = write_case(tmp_path, changed(("demand", 0, "period", "Q1'27")))
    assert told(folder) == [
        'demand.csv:2 period: "Q1\'27" - a quarter is written 2027Q1: write 2027Q1; correct the '
        "cell"
    ]


@pytest.mark.slow
def test_one_period_as_header(tmp_path: Path) -> None:
    """A plan of one period may be wide like any other."""
    rows = [{"offer": "buy", "measure": "usd_per_chip", "2027Q2": "24000"}]
    prices = read_case(write_case(tmp_path, {**changed(), "offer_prices": rows}))["offer_prices"]
    assert list(prices["usd_per_chip"]) == [24000]


# rows of wide tables with a measure

WIDE = [
    {"site": "iowa", "measure": "mw", **dict.fromkeys(("2027Q1", "2027Q2", "2027Q3"), "10")},
    {"site": "iowa", "measure": "liquid_mw", "2027Q1": "4", "2027Q2": "4", "2027Q3": "4"},
    {"site": "ohio", "measure": "mw", **dict.fromkeys(("2027Q1", "2027Q2", "2027Q3"), "5")},
]
for _row in WIDE:
    _row["2027Q4"] = _row["2027Q3"]


def wide(row: int, column: str, cell: str) -> dict[str, list[dict[str, str]]]:
    rows = [dict(line) for line in WIDE]
    rows[row][column] = cell
    return {**changed(), "power": rows}


@pytest.mark.parametrize("cell", ["inf", "-1", "x", "1e12"])
def test_a_wrong_cell_is_told_by_its_row(tmp_path: Path, cell: str) -> None:
    folder = write_case(tmp_path, wide(1, "2027Q3", cell))
    assert [line.split(":", 2)[:2] for line in told(folder)] == [["power.csv", "3 2027Q3"]]


@pytest.mark.slow
def test_a_rule_that_breaks_is_told_by_its_row(tmp_path: Path) -> None:
    """More liquid-cooled MW than MW."""
    for path in (
        write_case(tmp_path / "case", wide(1, "2027Q3", "11")),
        write_book(tmp_path / "case.xlsx", power=wide(1, "2027Q3", "11")["power"]),
    ):
        (line,) = told(path)
        assert "power" in line and ":3 2027Q3: '11' - " in line


@pytest.mark.slow
def test_places_changes_and_overrides_name_their_row(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path, wide(1, "2027Q3", "6")))
    at = 2
    assert case["power"].loc[at, "liquid_mw"] == 6
    assert [place.rows for place in places(case, "power", [at], ["liquid_mw"])] == [(3,)]
    assert [place.rows for place in places(case, "power", [at], ["mw"])] == [(2,)]
    cells = Cells(case)
    assert cells.change("power", at, "liquid_mw", "7").row == 3
    assert cells.change("power", at, "mw", "7").row == 2
    message = told(case.folder, "power.iowa.2027Q3.liquid_mw*=x")
    assert "(power.csv row 3)" in message[0]
    again = read_case(case.folder, [cells.change("power", at, "liquid_mw", "7").override])
    assert list(again["power"]["liquid_mw"][:4]) == [4, 4, 7, 4]


def test_a_conflict_of_power_bound_names_the_row_of_the_figure(tmp_path: Path) -> None:
    """Row 3 of its power.csv is the liquid-cooled power of the hall in row 2."""
    rows = (ROOT / "inputs" / "power-bound" / "power.csv").read_text().splitlines()
    assert rows[2].split(",")[1] == "liquid_mw"
    shutil.copytree(ROOT / "inputs" / "power-bound", tmp_path / "case")
    header = rows[0].split(",")
    cells = rows[2].split(",")
    cells[header.index("2028Q3")] = "inf"
    rows[2] = ",".join(cells)
    (tmp_path / "case" / "power.csv").write_text("\n".join(rows) + "\n")
    assert told(tmp_path / "case")[0].startswith("power.csv:3 2028Q3: 'inf' - is not a number")


def test_rows_of_one_entry_that_differ(tmp_path: Path) -> None:
    rows = [
        {"supply_group": "market", "measure": "max_chips", "basis": "order", "2027Q1": "9"},
        {"supply_group": "market", "measure": "min_chips", "basis": "arrival", "2027Q1": "1"},
    ]
    assert told(write_case(tmp_path / "a", {**changed(), "supply": rows}))[0].startswith(
        "supply.csv:3 basis: 'arrival' - must be what the other rows of the same supply_group say"
    )
    rows[0]["basis"] = ""
    text = read_files(write_case(tmp_path / "b", {**changed(), "supply": rows}))[0]["supply"]
    long, problems = widen(text)
    assert long is not None and not problems
    assert list(long.columns["basis"]) == ["arrival"]
    assert (list(long.cell_rows["max_chips"]), list(long.cell_rows["min_chips"])) == ([2], [3])


# every command takes a workbook


@pytest.mark.slow
def test_every_command_takes_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "case").mkdir()
    book = str(write_book(tmp_path / "case" / "case.xlsx"))
    assert main(["check", book]) == 0
    capsys.readouterr()
    assert main(["catalog", book]) == 0
    assert "buy" in capsys.readouterr().out
    assert main(["export", book, str(tmp_path / "x.mps")]) == 0
    code = main(["run", book, "--out", str(tmp_path / "out"), "--quiet"])
    assert code in (0, 4)
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    assert main(["show", book, "--out", str(tmp_path / "out"), "--json"]) == 0
    assert str(folder) in capsys.readouterr().out
    assert main(["catalog", str(tmp_path / "case")]) == 0  # a folder with a workbook in it
    assert main(["catalog", str(tmp_path / "out")]) == 2
