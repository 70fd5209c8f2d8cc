"""What a cell of a workbook shows is what is read, or it is told: errors, formulas, dates, truth
values, merged and hidden cells, remarks; and small files that would fill the machine."""

from __future__ import annotations

import datetime
import io
import resource
import time
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.case import CaseError, read_case
from planner.case.periods import Calendar
from planner.case.xml_parts import date_kind
from tests.findings.books import Edit, calculated, rewritten, write_book
from tests.helpers import GOOD, write_case

COLUMN = {
    name: list(dict.fromkeys(c for row in rows for c in row)).index for name, rows in GOOD.items()
}


def told(path: Path) -> list[str]:
    """Every error, one line each; none where the case is read."""
    try:
        read_case(path)
    except CaseError as reason:
        return [str(problem) for problem in reason.problems]
    return []


def edited(path: Path, table: str, column: str, write: Any) -> Path:
    """The good case with the first cell of a column written by ``write(sheet, row, column)``."""

    def edit(book: Any, sheets: Any) -> None:
        write(sheets[table], 1, COLUMN[table](column))

    return write_book(path, edit)


@pytest.mark.slow
def test_the_good_case_is_the_same(tmp_path: Path) -> None:
    book = read_case(write_book(tmp_path / "good.xlsx"))
    files = read_case(write_case(tmp_path / "files"))
    for name, frame in files.tables.items():
        pd.testing.assert_frame_equal(
            frame.drop(columns="_file"), book[name].drop(columns="_file"), obj=name
        )


@pytest.mark.parametrize(
    "value", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"]
)
@pytest.mark.parametrize(
    ("table", "column"), [("supply", "max_chips"), ("limits", "max"), ("budgets", "usd_max")]
)
def test_an_error_cell(tmp_path: Path, table: str, column: str, value: str) -> None:
    path = edited(
        tmp_path / "x.xlsx",
        table,
        column,
        lambda sheet, r, c: sheet.write_formula(r, c, "=A1/0", value=value),
    )
    assert told(path)[:1] == [
        f"x.xlsx[{table}]:2 {column}: {value!r} - is an error of the spreadsheet, not a value; "
        "correct its formula, or clear the cell where a blank has a meaning"
    ]


@pytest.mark.slow
def test_a_formula_without_a_value(tmp_path: Path) -> None:
    path = edited(
        tmp_path / "x.xlsx",
        "supply",
        "max_chips",
        lambda sheet, r, c: sheet.write_formula(r, c, "=SUM(A1:A3)", value="GONE"),
    )
    for stored in (b"<v></v>", b"<v/>", b""):
        rewritten(path, lambda _, part, by=stored: part.replace(b"<v>GONE</v>", by))  # type: ignore[misc]
        assert told(path)[0] == (
            "x.xlsx[supply]:2 max_chips: '=SUM(A1:A3)' - is a formula without a stored value, and "
            "nothing in an input is calculated; write its value, or open the workbook in a "
            "spreadsheet and save it"
        )


@pytest.mark.slow
def test_a_formula_with_its_value(tmp_path: Path) -> None:
    path = edited(
        tmp_path / "x.xlsx",
        "supply",
        "max_chips",
        lambda sheet, r, c: sheet.write_formula(r, c, "=2*21", value=42),
    )
    assert read_case(path)["supply"]["max_chips"].iloc[0] == 42


def test_a_formula_that_a_program_has_written(tmp_path: Path) -> None:
    """It stores 0 for what no spreadsheet has calculated yet, and says that it is yet to be."""
    path = edited(
        tmp_path / "x.xlsx", "supply", "max_chips", lambda s, r, c: s.write_formula(r, c, "=2*21")
    )
    rewritten(
        path,
        lambda _, part: part.replace(b"<calcPr ", b'<calcPr fullCalcOnLoad="1" '),
    )
    assert "max_chips: '=2*21' - is a formula that was never calculated" in told(path)[0]


def dated(path: Path, table: str, column: str, day: datetime.date, form: str) -> Path:
    def edit(book: Any, sheets: Any) -> None:
        style = book.add_format({"num_format": form})
        sheets[table].write_datetime(1, COLUMN[table](column), day, style)

    return write_book(path, edit)


@pytest.mark.parametrize("form", ["mmm-yy", "yyyy-mm", "mmmm yyyy", "[$-409]mmm\\-yy;@"])
def test_a_month_that_a_spreadsheet_makes_a_date_of(tmp_path: Path, form: str) -> None:
    """A deadline typed 2027-06 is June, to its end."""
    monthly = {
        "start": "2027-01",
        "periods": 12,
        "frequency": "month",
    }

    def edit(book: Any, sheets: Any) -> None:
        for row, key in enumerate(("name", "start", "periods", "frequency"), start=1):
            if key in monthly:
                sheets["case"].write(row, 1, monthly[key])
        style = book.add_format({"num_format": form})
        sheets["milestones"].write_datetime(
            1, COLUMN["milestones"]("deadline"), datetime.date(2027, 6, 1), style
        )

    path = write_book(tmp_path / "x.xlsx", edit)
    from planner.case.files import read_files

    texts = read_files(path)[0]
    assert texts["milestones"].columns["deadline"][0] == "2027-06"
    assert Calendar("month", 2027 * 12, 12).parse_instant("2027-06", end=True) == 6.0


def test_a_first_of_a_month_in_a_deadline_is_asked_about(tmp_path: Path) -> None:
    day = datetime.date(2027, 6, 1)
    path = dated(tmp_path / "x.xlsx", "milestones", "deadline", day, "yyyy-mm-dd")
    assert told(path)[0] == (
        "x.xlsx[milestones]:2 deadline: '2027-06-01' - is a date cell: a spreadsheet makes one of "
        "2027-06, and as a date it is the first moment of that month; format the cell as text and "
        "write 2027-06 for its end, or 2027-06-01 for its first day"
    )


@pytest.mark.slow
def test_a_date_in_a_deadline(tmp_path: Path) -> None:
    day = datetime.date(2027, 6, 15)
    path = dated(tmp_path / "x.xlsx", "milestones", "deadline", day, "yyyy-mm-dd")
    deadline = read_case(path)["milestones"].set_index("milestone").loc["base", "deadline"]
    assert deadline == pytest.approx(1 + 75 / 91)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("supply", "max_chips"),
        ("orders", "order"),
        ("chips", "cooling"),
        ("offers", "lead_periods"),
        ("milestones", "single_site"),
    ],
)
@pytest.mark.parametrize("form", ["d-mmm", "yyyy-mm-dd", "mmm-yy", "yyyy"])
def test_a_date_where_none_belongs(tmp_path: Path, table: str, column: str, form: str) -> None:
    """3-5 typed into a sheet is a date."""
    path = dated(tmp_path / "x.xlsx", table, column, datetime.date(2027, 1, 1), form)
    assert f"x.xlsx[{table}]:2 {column}: " in told(path)[0]
    assert "is a date in a column of type" in told(path)[0]


@pytest.mark.parametrize(
    ("day", "form"),
    [
        (datetime.datetime(2027, 6, 1, 12), "yyyy-mm-dd hh:mm"),
        (datetime.datetime(2027, 6, 1, 12), "yyyy-mm-dd"),
        (datetime.datetime(2027, 6, 15), "mmm-yy"),
        (datetime.datetime(2027, 6, 1), "yyyy"),
    ],
)
def test_a_date_that_shows_less_than_it_holds(
    tmp_path: Path, day: datetime.datetime, form: str
) -> None:
    path = dated(tmp_path / "x.xlsx", "milestones", "deadline", day, form)
    assert "holds a time of day" in told(path)[0] or "shows only a part" in told(path)[0]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""),
        ("0.00E+00", ""),
        ("#,##0.00", ""),
        ('0.00 "USD/day"', ""),
        ("0.0,", ""),
        ("0%", ""),
        ("@", ""),
        ("yyyy-mm-dd", "date"),
        ("dd.mm.yyyy", "date"),
        ("d-mmm", "date"),
        ("mmm-yy", "month"),
        ("[$-409]mmm\\-yy;@", "month"),
        ("yyyy", "year"),
        ("h:mm", "time"),
        ("[h]:mm:ss", "time"),
        ("m/d/yy h:mm AM/PM", "time"),
    ],
)
def test_what_a_format_shows(code: str, kind: str) -> None:
    assert date_kind(code) == kind


@pytest.mark.slow
def test_truth_values(tmp_path: Path) -> None:
    path = edited(
        tmp_path / "yes.xlsx", "offers", "retire_early", lambda s, r, c: s.write_boolean(r, c, True)
    )
    assert bool(read_case(path)["offers"].set_index("offer").loc["buy", "retire_early"])
    for table, column in (("supply", "max_chips"), ("orders", "order"), ("chips", "kw_peak")):
        path = edited(
            tmp_path / f"{column}.xlsx", table, column, lambda s, r, c: s.write_boolean(r, c, True)
        )
        assert f"{column}: 'TRUE' - is a truth value in a column of type" in told(path)[0]


@pytest.mark.slow
def test_merged_cells(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "x.xlsx", lambda _, sheets: sheets["power"].merge_range("A2:A5", "iowa")
    )
    assert told(path)[0] == (
        "x.xlsx[power]:2 A2:A5: is merged, and only its first cell holds a value; unmerge it and "
        "fill every cell"
    )


@pytest.mark.slow
def test_what_is_hidden_is_warned_of(tmp_path: Path) -> None:
    def hide(_: Any, sheets: Any) -> None:
        sheets["power"].set_row(2, None, None, {"hidden": True})
        sheets["power"].set_row(3, None, None, {"hidden": True})
        sheets["supply"].set_column("C:C", None, None, {"hidden": True})
        sheets["limits"].hide()

    warnings = [str(w) for w in read_case(write_book(tmp_path / "x.xlsx", hide)).warnings]
    fix = "show what is meant to count, delete the rest"
    assert [w for w in warnings if "hidden" in w] == [
        f"x.xlsx[power]:3: 'rows 3 to 4' - hidden, and read all the same; {fix}",
        f"x.xlsx[supply]:1 max_chips: 'max_chips' - hidden, and read all the same; {fix}",
        f"x.xlsx[limits]:1: is a hidden sheet, and is read all the same; {fix}",
    ]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (2, 7, "x.xlsx[limits]:3 J: 'ask Ann' - is right of the table, in a column without"),
        (12, 0, "x.xlsx[limits]:13 limit: 'ask Ann' - is all that this row holds, and a row needs"),
    ],
)
def test_a_remark_beside_a_table(tmp_path: Path, row: int, column: int, message: str) -> None:
    width = len({c for line in GOOD["limits"] for c in line})
    at = column if column == 0 else width
    path = write_book(tmp_path / "x.xlsx", lambda _, s: s["limits"].write(row, at, "ask Ann"))
    assert told(path)[0].startswith(message)


def test_a_title_above_a_table(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    path = folder / "power.csv"
    path.write_text("Power by site,,,\n\n" + path.read_text())
    assert told(folder) == [
        "power.csv:1: 'Power by site' - stands above the header, which is in row 3; remove the "
        "rows above the header"
    ]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (("stale_after_days", "4", "or 8"), "x.xlsx[case]:13 C: 'or 8' - is neither a setting nor"),
        (("", "8"), "x.xlsx[case]:13 key: '8' - stands beside no setting; write the setting left"),
    ],
)
def test_remarks_among_settings(tmp_path: Path, cells: tuple[str, ...], message: str) -> None:
    path = write_book(tmp_path / "x.xlsx", lambda _, s: s["case"].write_row(12, 0, cells))
    assert told(path)[0].startswith(message)


@pytest.mark.slow
def test_notes_among_settings(tmp_path: Path) -> None:
    def note(_: Any, sheets: Any) -> None:
        sheets["case"].write(0, 2, "note")
        sheets["case"].write(3, 2, "asked for by the board")

    assert read_case(write_book(tmp_path / "x.xlsx", note)).settings.periods == 4


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Limits", "limits ", "limit", "Sheet1"])
def test_a_sheet_that_is_no_table(tmp_path: Path, name: str) -> None:
    def add(book: Any, _: Any) -> None:
        book.add_worksheet(name).write(0, 0, "limit")

    path = write_book(tmp_path / "x.xlsx", add, limits=None)
    assert told(path)[0].startswith(f"x.xlsx[{name}]: {name!r} - is not a table; ")


# small files, much work


def quickly(path: Path) -> str:
    """The first error of a case, told in seconds and little memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    with pytest.raises(CaseError) as caught:
        read_case(path)
    assert time.process_time() - began < 8  # of a processor that others share
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kB
    return str(caught.value.problems[0])


def with_sheet(path: Path, xml: bytes, strings: bytes = b"") -> Path:
    """The good case as a workbook whose table ``gains`` has the given rows."""
    write_book(path)
    with zipfile.ZipFile(path) as old:
        names = [line for line in old.read("xl/workbook.xml").split(b"<sheet ") if b"gains" in line]
        number = names[0].split(b'sheetId="')[1].split(b'"')[0].decode()

    def edit(name: str, part: bytes) -> bytes:
        if name == f"xl/worksheets/sheet{number}.xml":
            head, _, rest = part.partition(b"<sheetData>")
            return (
                head + b"<sheetData>" + xml + b"</sheetData>" + rest.partition(b"</sheetData>")[2]
            )
        if name == "xl/sharedStrings.xml" and strings:
            return part.replace(b"</sst>", strings + b"</sst>")
        return part

    return rewritten(path, edit)


@pytest.mark.slow
def test_a_hundred_thousand_headers(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    header = ",".join(["model", "chip", *(f"2{i:06}Q1" for i in range(100_000))])
    (folder / "gains.csv").write_text(header + "\n")
    assert "columns' - must have at most 2,000 columns" in quickly(folder)


def test_headers_within_the_limit_that_are_none(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    header = ",".join(["model", "chip", *(f"x{i}" for i in range(1_990))])
    (folder / "gains.csv").write_text(header + "\n")
    assert quickly(folder).startswith("gains.csv:1 x0: is not a column of gains")


@pytest.mark.slow
def test_a_row_of_cells_without_places(tmp_path: Path) -> None:
    cells = b"<c><v>1</v></c>" * 400_000
    told = quickly(with_sheet(tmp_path / "x.xlsx", b"<row>" + cells + b"</row>"))
    assert "more than 16,384 columns" in told


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["inline", "shared", "formula", "attribute"])
def test_a_cell_of_a_hundred_megabytes(tmp_path: Path, kind: str) -> None:
    long = b"x" * 100_000_000
    strings = b""
    cell = b'<c t="inlineStr"><is><t>' + long + b"</t></is></c>"
    if kind == "shared":
        strings, cell = b"<si><t>" + long + b"</t></si>", b'<c t="s"><v>0</v></c>'
    elif kind == "formula":
        cell = b"<c><f>" + long + b"</f><v>1</v></c>"
    elif kind == "attribute":
        cell = b'<c t="' + long + b'"><v>1</v></c>'
    path = with_sheet(tmp_path / "x.xlsx", b"<row>" + cell + b"</row>", strings)
    assert path.stat().st_size < 1_000_000
    del long, cell, strings
    told = quickly(path)
    assert "32,767 characters" in told or "a tag of more than a megabyte" in told


@pytest.mark.slow
def test_a_text_that_many_cells_share(tmp_path: Path) -> None:
    """A reader that copies it into every cell needs 30 GB."""
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 1000 + b"</row>"
    path = with_sheet(tmp_path / "x.xlsx", row * 1000)

    def first(name: str, part: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return part
        at = part.index(b"<si>")
        return part[:at] + b"<si><t>" + b"y" * 30_000 + b"</t></si>" + part[at:]

    began = time.process_time()
    assert told(rewritten(path, first))
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(5_000_000, marks=pytest.mark.slow),
        pytest.param(20_000_000, marks=pytest.mark.full),
    ],
)
def test_a_part_that_unpacks_to_five_hundred_times_its_size(tmp_path: Path, count: int) -> None:
    path = with_sheet(tmp_path / "x.xlsx", b"<row></row>" * count)
    assert path.stat().st_size < 1_000_000
    told = quickly(path)
    assert "must have at most 1,048,576 rows" in told
    with_sheet(path, b"<x></x>" * count)
    assert "must unpack to at most 200 times its size" in quickly(path)


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    rewritten(path, lambda n, part: part.replace(b"?>", b"?>" + bomb, 1) if "sheet1" in n else part)
    assert "it declares a document type" in told(path)[0]


def test_parts_of_one_name(tmp_path: Path) -> None:
    path = write_book(tmp_path / "x.xlsx")
    with zipfile.ZipFile(path, "a") as book, pytest.warns(UserWarning, match="Duplicate"):
        book.writestr("xl/worksheets/sheet1.xml", b"<x/>")
    assert "it holds two parts of one name" in told(path)[0]


@pytest.mark.slow
def test_settings_of_a_thousand_kinds(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    with (folder / "case.yaml").open("a") as file:
        file.write("".join(f"x{i}: 1\n" for i in range(90_000)))
    assert "x0: is not a setting" in quickly(folder)


@pytest.mark.slow
def test_slices_without_end(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    text = (folder / "case.yaml").read_text().partition("slices:")[0] + "slices:\n"
    text += "".join(f"- {{name: s{i}, hours_share: 0.1}}\n" for i in range(25_000))
    (folder / "case.yaml").write_text(text)
    assert "'25,000 slices' - must be at most 1,000" in quickly(folder)


def test_a_reader_of_its_own_reads_what_others_read(tmp_path: Path) -> None:
    """Texts, numbers, rich text, phonetic readings, empty rows: as another reader has them."""
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"))
    sheet, bold = book.add_worksheet("notes"), book.add_format({"bold": True})
    sheet.write_row(1, 1, ["a", 1, 2.5, 1e22, -0.1, 123456789012345678, "é 名前", " b "])
    sheet.write_rich_string(3, 0, "one ", bold, "two", " three")
    sheet.write(5, 3, "=1")
    sheet.write_string(5, 4, "=1")
    sheet.write_blank(7, 7, None, bold)
    book.close()
    from planner.case.sheet import read_sheet
    from planner.case.stored import Shared
    from planner.case.xml_parts import read_strings

    with zipfile.ZipFile(tmp_path / "x.xlsx") as archive:
        strings = read_strings(io.BytesIO(archive.read("xl/sharedStrings.xml")))
        ours = read_sheet(
            io.BytesIO(archive.read("xl/worksheets/sheet1.xml")), Shared(strings, []), 10**6
        )
    theirs = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx")).get_sheet_by_name("notes")
    cells = theirs.to_python(skip_empty_area=False)
    assert len(ours.records) <= len(cells)
    for row, record in enumerate(ours.records):
        for column, cell in enumerate(record):
            other = cells[row][column]
            assert cell == other or float(cell) == other, (row, column)


__all__ = ["Edit", "calculated"]
