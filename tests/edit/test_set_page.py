"""inputs/SET.md is what the examples do."""

from __future__ import annotations

import pytest

from planner.case import read_case
from planner.edit.set_page import CASE, FORMS, set_page


def test_the_page_is_generated() -> None:
    written = (CASE.parent / "SET.md").read_text(encoding="utf-8")
    assert written == set_page(), "run python -m planner.edit.set_page > inputs/SET.md"


@pytest.mark.slow
@pytest.mark.parametrize(
    "example", [e for _, forms in FORMS for form in forms for e in form.examples], ids=str
)
def test_every_example_is_a_good_case(example: tuple[str, ...]) -> None:
    assert read_case(CASE, example)
