"""Origin: where in the files a cell of a typed table stands."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.case.columns import Ints

ROW_OF: Final = "_row."
"""Before the name of a column: the row of each of its cells, where a wide table has the figures of
one entry in several."""
HEADER: Final = "_header"
"""The header of each entry's cells, where periods are headers."""


def rows_of(frame: pd.DataFrame, column: str) -> Ints:
    """Return the row of every cell of a column as a spreadsheet shows it, (n,)."""
    name = f"{ROW_OF}{column}"
    return frame[name if name in frame.columns else "_row"].to_numpy(dtype=np.int64)


def row_of(frame: pd.DataFrame, at: int, column: str) -> int:
    """Return the row of one cell as a spreadsheet shows it."""
    return int(rows_of(frame, column)[at])


def header_of(frame: pd.DataFrame, at: int, column: str) -> str:
    """Return the header that one cell stands under: its column, or the period where periods are
    headers."""
    if f"{ROW_OF}{column}" in frame.columns or (column == "period" and HEADER in frame.columns):
        return str(frame[HEADER].iat[at])
    return column
