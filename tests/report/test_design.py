"""The design sheet: every colour stands out from what it stands on, and one sheet has them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner.report.design import PAPER, ROLES, SERIES, style_sheet

ROOM = Path(__file__).parents[2] / "planner" / "report"


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB`` (WCAG 2.1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_by_hand() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("dark", [0, 1], ids=["light", "dark"])
def test_text_and_marks_stand_out(dark: int) -> None:
    colour = {name: pair[dark] for name, pair in ROLES.items()}
    for back in ("paper", "panel"):
        for text in ("ink", "soft", "accent", "warn", "good"):
            assert contrast(colour[text], colour[back]) >= 4.5, (text, back)
        for mark in ("bind", "up", "down", "heat"):
            assert contrast(colour[mark], colour[back]) >= 3.0, (mark, back)
    for text, back in (("warn", "warnpaper"), ("good", "goodpaper"), ("ink", "warnpaper")):
        assert contrast(colour[text], colour[back]) >= 4.5, (text, back)
    for at, pair in enumerate(SERIES):
        assert contrast(pair[dark], colour["paper"]) >= 3.0, at


def test_print_stands_out() -> None:
    for text in ("ink", "soft"):
        assert contrast(PAPER[text], PAPER["panel"]) >= 4.5


def test_every_property_that_is_used_is_there() -> None:
    known = set(re.findall(r"--([\w-]+):", style_sheet()))
    for path in ROOM.rglob("*.css"):
        used = set(re.findall(r"var\(--([\w-]+)\)", path.read_text(encoding="utf-8")))
        assert used <= known, path.name


def test_no_other_file_has_colours() -> None:
    """Page and workbook take theirs from the design sheet."""
    for path in [*ROOM.rglob("*.py"), *ROOM.rglob("*.css"), *ROOM.rglob("*.j2")]:
        if path.name != "design.py":
            found = re.findall(r"#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8"))
            assert found == [], path.name
