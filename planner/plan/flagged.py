"""What is flagged for a person: rows of ``exceptions``, and figures in their messages."""

from __future__ import annotations

import pandas as pd

from planner.plan.tables import PLAN_TABLE

COLUMNS = [column.name for column in PLAN_TABLE["exceptions"].columns]


def flagged(**columns: object) -> pd.DataFrame:
    """Return exceptions by column; a column that is left out is blank."""
    return pd.DataFrame(columns).reindex(columns=COLUMNS)


def amounts(values: pd.Series) -> pd.Series:
    """Return figures as messages write them: whole from 10,000 on, else four digits."""
    return values.map(
        lambda value: f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    ).astype(object)
