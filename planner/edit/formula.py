"""Formulas of a spreadsheet moved to another cell: what is relative in them moves along."""

from __future__ import annotations

import re
from typing import Final

from planner.case.sheet import column_number
from planner.case.text import column_letters

_PIECE: Final = re.compile(
    r""""(?:[^"]|"")*"|'(?:[^']|'')*'|\[[^\]]*\]"""
    r"|(?<![A-Za-z0-9_.$])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![A-Za-z0-9_.(!])"
)
"""Texts, quoted names of sheets and columns of tables, which stay as they are; and the places of
cells."""


def moved(formula: str, rows: int, columns: int) -> str:
    """Return a formula as it reads in a cell some rows below and columns right of its own.

    Args:
        formula: without the equals sign.
        rows: how many rows below.
        columns: how many columns to the right.
    """

    def place(found: re.Match[str]) -> str:
        if found[2] is None:
            return found[0]
        letters, digits = found[2], found[4]
        if not found[1]:
            letters = column_letters(column_number(letters) + columns)
        if not found[3]:
            digits = str(int(digits) + rows)
        return f"{found[1]}{letters}{found[3]}{digits}"

    return _PIECE.sub(place, formula)
