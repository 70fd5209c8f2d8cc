"""The guided page says what its commands print, and its workbooks are what they were made as."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.intake.page import PAGE, page
from tests.intake.shipped import FOLDER, write


@pytest.mark.slow
def test_the_page_says_what_is_printed() -> None:
    said = "run python -m tests.intake.page > inputs/IMPORT.md"
    assert PAGE.read_text(encoding="utf-8") == page(), said


def test_the_workbooks_are_as_made(tmp_path: Path) -> None:
    write(tmp_path)
    for path in sorted(FOLDER.glob("*.xlsx")):
        one, two = openpyxl.load_workbook(path), openpyxl.load_workbook(tmp_path / path.name)
        assert one.sheetnames == two.sheetnames
        for sheet, other in zip(one, two, strict=True):
            assert [*sheet.values] == [*other.values], f"{path.name} {sheet.title}"
