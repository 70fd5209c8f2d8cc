"""Written: a table of the user's own, and where the rows of the plan stand in it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from planner.case.tables import TABLE
from planner.case.text import TextTable

Texts = Mapping[str, TextTable]


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it is written now."""

    text: TextTable
    rows: list[int | None]
    """Where each row of the planned table stands, as a spreadsheet shows it; None where it is not
    there any more."""


def written(frame: pd.DataFrame, planned: TextTable, now: TextTable) -> Written:
    """Return a table as it is written now: rows are found again by the cells of their key.

    Args:
        frame: the table of the case that was planned.
        planned: as it was written then.
        now: as it is written now.
    """
    key = [name for name in TABLE[now.name].key if name in now.columns]

    def keys(text: TextTable) -> zip[tuple[str, ...]]:
        return zip(*(text.columns[name] for name in key if name in text.columns), strict=True)

    there = dict(zip(keys(now), now.row.tolist(), strict=True))
    moved = {row: there.get(cells) for row, cells in zip(planned.row, keys(planned), strict=True)}
    return Written(now, [moved[row] for row in frame["_row"]])
