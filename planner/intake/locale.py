"""How the figures of a file are written: found once for all of them, or asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planner.intake.ask import Question
from planner.intake.cell import Sheet, Spot
from planner.intake.figure import LOCALES, SHOWN, Locale, locale_of
from planner.intake.result import Import


def ask_locale(result: Import, file: str, sheets: Sequence[Sheet]) -> Locale | None:
    """Return the locale of a file; asks where it cannot be told."""
    cells = (cell for sheet in sheets for row in sheet.rows for cell in row)
    found, shown = locale_of(cells)
    told = result.map.locale(file)
    if told:
        result.locales[file] = told, "the map"
        return "german" if told == "german" else "us"
    semicolons = any(sheet.separator == ";" for sheet in sheets)
    sure = found is not None and not (semicolons and found == "us" and _grouped(shown))
    if sure:
        result.locales[file] = str(found), shown
        return found
    if shown:
        spot = _where(sheets, shown)
        need = f"is written so that its separators say either ({' or '.join(SHOWN.values())})"
        result.asked.questions.append(
            Question(
                "numbers",
                sheets[0] if spot is None else spot[0],
                () if spot is None else (spot[1],),
                shown,
                need,
                {one: f"reads {SHOWN[one]}" for one in LOCALES},
                path="numbers",
            )
        )
    return found


def _grouped(shown: str) -> bool:
    return re.search(r"(^|\D)[0-9]{1,3},[0-9]{3}(\D|$)", shown) is not None


def _where(sheets: Sequence[Sheet], shown: str) -> tuple[Sheet, Spot] | None:
    for sheet in sheets:
        for row, cells in enumerate(sheet.rows):
            for column, cell in enumerate(cells):
                if cell.text == shown:
                    return sheet, Spot(row, column)
    return None
