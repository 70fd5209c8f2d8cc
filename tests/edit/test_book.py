"""Workbooks edited: other cells, formulas, formats and parts stay."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import load_workbook

from planner.case.files import read_files
from planner.edit import Edit, EditError, NewColumn, NewRow, edit_case, replace_files
from planner.edit.formula import moved

SETTINGS = [
    ("key", "value"),
    ("name", "book"),
    ("start", "2027Q1"),
    ("periods", 2),
    ("discount_rate", 0.1),
]


def book(path: Path) -> Path:
    """A case as a workbook: a wide table with formulas and formats, a chart and a sheet of
    notes."""
    with xlsxwriter.Workbook(str(path)) as file:
        file.calc_on_load = False  # as a spreadsheet saves it, formulas calculated
        case = file.add_worksheet("case")
        for row, pair in enumerate(SETTINGS):
            case.write_row(row, 0, pair)
        bold = file.add_format({"bold": True, "num_format": "#,##0"})
        demand = file.add_worksheet("demand")
        demand.write_row(0, 0, ["workload", "2027Q1", "2027Q2", "note"])
        demand.write_row(1, 0, ["chat & co", 100], bold)
        demand.write_formula(1, 2, "=B2*1.1", bold, 110)
        demand.write(1, 3, "kept")
        demand.write(2, 0, "code")
        demand.write_formula(2, 1, "=SUM(notes!A1:A2)", None, 7)
        demand.write(2, 2, 9)
        chart = file.add_chart({"type": "line"})
        chart.add_series({"values": "=demand!$B$2:$C$2"})
        notes = file.add_worksheet("notes")
        notes.insert_chart("C3", chart)
        notes.write_comment("A1", "a remark")
    return path


def records(path: Path, table: str) -> dict[str, list[str]]:
    return {name: list(cells) for name, cells in read_files(path)[0][table].columns.items()}


def test_cells_rows_and_columns(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx")
    edit = Edit(
        cells={(2, "2027Q2"): "120.5", (3, "2027Q3"): "8", (3, "note"): "a < b"},
        added_rows=(NewRow({"workload": "100", "2027Q2": "3", "2027Q3": "4"}),),
        added_columns=(NewColumn("2027Q3", after="2027Q2"),),
        dropped_columns=frozenset({"2027Q1"}),
    )
    edited = edit_case(path, {"demand": edit}, {"start": "2027Q2", "periods": "3", "run.seed": "2"})
    replace_files(tmp_path, {"b.xlsx": edited.files["case.xlsx"]})
    assert [str(change) for change in edited.changes] == [
        "b.xlsx[case]:3 start: 2027Q1 -> 2027Q2",
        "b.xlsx[case]:4 periods: 2 -> 3",
        "b.xlsx[case]:6 run.seed: blank -> 2",
        "b.xlsx[demand] column dropped: 2027Q1",
        "b.xlsx[demand] column added: 2027Q3",
        "b.xlsx[demand]:2 2027Q2: 110 -> 120.5",
        "b.xlsx[demand]:3 2027Q3: blank -> 8",
        "b.xlsx[demand]:3 note: blank -> a < b",
        "b.xlsx[demand]:4 row added: workload 100 | 2027Q2 3 | 2027Q3 4",
    ]
    assert edited.calculated
    assert records(path, "demand") == {
        "workload": ["chat & co", "code", "100"],
        "2027Q2": ["120.5", "9", "3"],
        "note": ["kept", "a < b", ""],
        "2027Q3": ["", "8", "4"],
    }
    assert "start: 2027Q2\n" in read_files(path)[1].text.replace("'", "")
    another = load_workbook(str(path)).get_sheet_by_name("demand").to_python()
    assert another[1] == ["chat & co", "", 120.5, "kept", ""]
    assert another[3] == ["100", "", 3.0, "", 4.0]
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
        assert archive.testzip() is None
    assert '<c r="C2" s="1"><v>120.5</v></c>' in sheet  # its format stays, its formula went
    assert '<row r="3">' in sheet  # it has a cell more than its spans said
    assert '<c r="A4"' in sheet
    assert 't="inlineStr"' in sheet.split('<c r="A4"')[1][:40]  # a name, though it is digits


def test_other_parts_are_the_same_bytes(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx")
    with zipfile.ZipFile(path) as archive:
        before = {name: archive.read(name) for name in archive.namelist()}
    edited = edit_case(path, {"demand": Edit(cells={(3, "2027Q2"): "10"})})
    path.write_bytes(edited.files["case.xlsx"])
    with zipfile.ZipFile(path) as archive:
        after = {name: archive.read(name) for name in archive.namelist()}
    assert after.keys() == before.keys()
    part = "xl/worksheets/sheet2.xml"
    assert {name for name in after if after[name] != before[name]} == {part}
    assert after[part] == before[part].replace(
        b'<c r="C3"><v>9</v></c>', b'<c r="C3"><v>10</v></c>'
    )
    assert b"<f>B2*1.1</f>" in after[part]


def test_a_dropped_row_keeps_its_place(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx")
    edited = edit_case(path, {"demand": Edit(dropped_rows=frozenset({2}))})
    path.write_bytes(edited.files["case.xlsx"])
    text = read_files(path)[0]["demand"]
    assert (list(text.columns["workload"]), list(text.row)) == (["code"], [3])


def test_a_table_that_was_not_there(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx")
    new = Edit(
        added_columns=(NewColumn("chip"), NewColumn("chips")),
        added_rows=(NewRow({"chip": "h", "chips": "3"}),),
    )
    edited = edit_case(path, {"fleet": new})
    path.write_bytes(edited.files["case.xlsx"])
    assert records(path, "fleet") == {"chip": ["h"], "chips": ["3"]}
    folder = tmp_path / "folder"
    folder.mkdir()
    book(folder / "case.xlsx")
    assert edit_case(folder, {"fleet": new}).files == {"fleet.csv": b"chip,chips\nh,3\n"}


SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = f"""<?xml version="1.0"?><x:worksheet xmlns:x="{SPACE}">
<x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>workload</x:t></x:is></x:c>
<x:c t="inlineStr"><x:is><x:t>2027Q1</x:t></x:is></x:c></x:row>
<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c>
<x:c r="B2"><x:f t="shared" ref="B2:B4" si="0">C2*$D$1&amp;"B2"</x:f><x:v>1</x:v></x:c></x:row>
<x:row r="3"><x:c r="A3" t="inlineStr"><x:is><x:t>b</x:t></x:is></x:c>
<x:c r="B3"><x:f t="shared" si="0"/><x:v>2</x:v></x:c></x:row>
<x:row r="4"/></x:sheetData></x:worksheet>"""


def test_a_formula_that_others_share_is_written_out_in_them(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet2.xml"] = SHARED.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    edit = Edit(cells={(2, "2027Q1"): "5"}, added_rows=(NewRow({"workload": "c", "2027Q1": "6"}),))
    edited = edit_case(path, {"demand": edit})
    path.write_bytes(edited.files["case.xlsx"])
    assert records(path, "demand") == {"workload": ["a", "b", "c"], "2027Q1": ["5", "2", "6"]}
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    assert '<x:c r="B3"><x:f>C3*$D$1&amp;"B2"</x:f><x:v>2</x:v></x:c>' in sheet


def test_part_of_a_formula_of_several_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(path)) as file:
        file.add_worksheet("case").write_row(0, 0, ["name", "x"])
        sheet = file.add_worksheet("demand")
        sheet.write_row(0, 0, ["workload", "2027Q1"])
        sheet.write_row(1, 0, ["a"])
        sheet.write_array_formula("B2:B3", "{=TRANSPOSE(A1:B1)}", None, 1)
    with pytest.raises(EditError, match="B2 is part of a formula of several cells"):
        edit_case(path, {"demand": Edit(cells={(2, "2027Q1"): "5"})})


def test_formulas_move_with_what_is_relative_in_them() -> None:
    assert moved("A1+$B$2*C$3+$D4&\"A1\"&'A1 x'!A1+LOG10(A1)+t[A1]", 2, 1) == (
        "B3+$B$2*D$3+$D6&\"A1\"&'A1 x'!B3+LOG10(B3)+t[A1]"
    )
