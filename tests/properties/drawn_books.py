"""What the books are kept with: book lives and book values, owners, prices that are charged."""

from __future__ import annotations

from typing import Any


def draw_books(frame: Any, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Book lives of some chips and book values of some lots of the fleet."""
    if frame.some(5):
        for row in tables["chips"]:
            row["book_life_years"] = frame.pick(None, 0.5, 2, 3.3, 6)
    if frame.some(5):
        for row in tables["fleet"]:
            row["book_value_usd"] = frame.pick(None, 0, 12345.67, 200000)
