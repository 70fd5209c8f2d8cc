"""Every messy file gives the figures that it must, or asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.books import BOOKS
from tests.intake.small import figures, imported


@pytest.mark.parametrize("name", BOOKS)
def test_a_messy_file_gives_its_case(name: str, tmp_path: Path) -> None:
    book = BOOKS[name]()
    result = imported(book, tmp_path, book.map)
    assert [str(problem) for problem in result.problems] == []
    asked = [question.sentence for question in result.questions]
    for text in book.asks:
        assert any(text in sentence for sentence in asked), (text, asked)
    assert len(asked) == len(book.asks), asked
    if book.answers:
        result = imported(book, tmp_path, book.map + book.answers)
        assert [question.sentence for question in result.questions] == []
    found = figures(result)
    assert {*found} == {*book.figures}
    for row, expected in book.figures.items():
        assert {*found[row]} == {*expected}, row
        for period, value in expected.items():
            assert found[row][period] == pytest.approx(value, rel=1e-12), (row, period)
