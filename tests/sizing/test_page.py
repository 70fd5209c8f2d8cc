"""How wrong rows are, against measured results that they had not seen."""

from __future__ import annotations

from pathlib import Path

from planner.sizing.check import covers, kernels, other_chips, other_lengths, page

PAGE = Path(__file__).parents[2] / "inputs" / "THROUGHPUT.md"


def test_the_page_is_generated() -> None:
    words = "run python -m planner.sizing.check > inputs/THROUGHPUT.md"
    assert PAGE.read_text(encoding="utf-8") == page(), words


def test_the_range_of_a_row_holds_four_fifths_of_the_results() -> None:
    assert covers("measured", [other_lengths()])
    assert covers("roofline", [other_chips("InferenceX"), other_chips("MLPerf")])
    assert covers("kernels", [kernels(bound=False), kernels(bound=True)])
