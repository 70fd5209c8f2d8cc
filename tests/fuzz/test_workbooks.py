"""Workbooks that are damaged, that unpack to more than they say, or that are a whole rectangle for
one stray cell."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from planner.case import CaseError, read_case, workbook
from tests.helpers import write_case


def book(edit: Callable[[str, bytes], bytes] = lambda _, part: part) -> bytes:
    """A workbook with one table, every part passed through ``edit``."""
    plain, edited = io.BytesIO(), io.BytesIO()
    made = xlsxwriter.Workbook(plain, {"in_memory": True})
    sheet = made.add_worksheet("survival")
    for row, record in enumerate(
        [("chip", "age_years", "share_alive"), ("tpu", 0, 1), ("tpu", 3, 0.9)]
    ):
        sheet.write_row(row, 0, record)
    made.close()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(edited, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name)))
    return edited.getvalue()


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, part: part.replace(old, new) if name.endswith("sheet1.xml") else part


def said(tmp_path: Path, content: bytes) -> str:
    folder = write_case(tmp_path / "case")
    (folder / "survival.csv").unlink()
    (folder / "case.xlsx").write_bytes(content)
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    return str(caught.value.problems[0])


def test_a_good_one_is_read(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    (folder / "survival.csv").unlink()
    (folder / "case.xlsx").write_bytes(book())
    assert list(read_case(folder)["survival"]["share_alive"]) == [1.0, 0.9]


@pytest.mark.parametrize("place", [b'r="XFD1048576"', b"r = 'xfd1048576'"])
def test_one_stray_cell_in_the_last_corner(tmp_path: Path, place: bytes) -> None:
    edit = in_sheet(b'r="C3"', place)

    def far(name: str, part: bytes) -> bytes:
        return edit(
            name,
            part.replace(b'<row r="3"', b'<row r="1048576"')
            .replace(b' r="A3"', b"")
            .replace(b' r="B3"', b"")
            if name.endswith("sheet1.xml")
            else part,
        )

    told = said(tmp_path, book(far))
    assert told == (
        "case.xlsx: 'xl/worksheets/sheet1.xml: 1,048,576 rows, 16,384 columns' - must have at "
        "most 20,000,000 cells in a sheet, up to its last row and column; "
        "delete the rows and columns beside the table, or use CSV files"
    )


@pytest.mark.slow
@pytest.mark.parametrize("lies", [False, True], ids=["honest", "lying"])
def test_a_zip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lies: bool) -> None:
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED_BYTES", 5_000_000)
    content = book(in_sheet(b"</worksheet>", b"</worksheet>" + b" " * 20_000_000))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = max(entry.file_size for entry in archive.infolist())
    if lies:
        content = content.replace(struct.pack("<I", size), struct.pack("<I", 1000))
    assert (
        said(tmp_path, content)
        == "case.xlsx: 'more than 5,000,000 bytes unpacked' - must be at most 5,000,000 bytes "
        "unpacked; split it, or use CSV files"
    )


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(200_000_000, marks=pytest.mark.slow),
        pytest.param(1_000_000_000, marks=pytest.mark.full),
    ],
)
def test_a_zip_bomb_of_up_to_a_gigabyte(tmp_path: Path, size: int) -> None:
    content = book(in_sheet(b"</worksheet>", b"</worksheet>" + b" " * size))
    assert len(content) < 2_000_000
    assert "bytes unpacked - must unpack to at most 200 times its size" in said(
        tmp_path, content
    ).replace("'", "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"chip,vendor\n",
        book()[:500],
        book()[:-30],
        book(in_sheet(b"<sheetData>", b"<sheetData")),
        book(in_sheet(b'r="C3"', b'r="99999999999999999999"')),
    ],
)
def test_a_damaged_one_is_told_as_such(tmp_path: Path, content: bytes) -> None:
    told = said(tmp_path, content)
    assert told.startswith("case.xlsx: ") and told.isprintable()
    assert "cannot be read as a workbook" in told or "must have at most" in told


def test_one_that_is_too_large_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_WORKBOOK_BYTES", 1000)
    assert "must be at most 1,000 bytes; split it, or use CSV files" in said(tmp_path, book())


def test_one_with_a_password(tmp_path: Path) -> None:
    content = bytearray(book())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1  # encrypted, in the directory of parts
    assert "cannot be read as a workbook" in said(tmp_path, bytes(content))
