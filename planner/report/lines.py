"""Lines of the buy plan as reports show them: one amount and one price each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def shown_lines(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines of buy_plan.csv with ``amount`` (whole chips from one on, or MW of a power
    project) and ``price`` (USD up-front, or per chip-hour where there is none)."""
    up_front, chips = lines["usd_per_chip"], lines["chips"]
    return lines.assign(
        amount=chips.where(chips < 1.0, chips.round()).fillna(lines["mw"]),
        price=up_front.where(up_front.fillna(0.0) > 0, lines["usd_per_chip_hour"]),
    )
