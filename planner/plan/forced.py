"""Obligations: what take or pay, quotas, frozen orders and whole racks add to a line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.limits import OBLIGING
from planner.plan.actions import HELD
from planner.plan.answer import Answer
from planner.plan.touching import row_families, row_name


def forced_causes(answer: Answer, lines: pd.DataFrame) -> pd.DataFrame:
    """Return what obligations add to new orders: duals of limits that push an order up, and bounds
    that fix it; columns line, name, usd (NPV), time (0: they do no work)."""
    at = np.flatnonzero(
        (lines["column"] >= 0) & (lines["status"] == "new") & lines["action"].isin(HELD)
    )
    columns = lines["column"].to_numpy(dtype=np.int64)[at]
    touching = row_families(answer, columns)
    touching = touching[touching["family"].isin(OBLIGING) & (touching["usd"] > 1e-9)]
    where = pd.Series(at, index=columns)
    amount = answer.x[touching["column"].to_numpy()]
    rows = pd.DataFrame(
        {
            "line": where.reindex(touching["column"]).to_numpy(dtype=np.int64),
            "name": ["obligation:" + row_name(answer, int(r)) for r in touching["row"]],
            "usd": touching["usd"].to_numpy() * amount,
            "time": 0.0,
        }
    )
    program = answer.formulation.program
    fixed = (program.column_lower[columns] == program.column_upper[columns]) & (
        answer.reduced_cost[columns] > 0
    )
    frozen = pd.DataFrame(
        {
            "line": at[fixed],
            "name": np.where(
                np.isin(columns[fixed], program.chosen), "obligation:whole", "obligation:frozen"
            ),
            "usd": (answer.reduced_cost[columns] * answer.x[columns])[fixed],
            "time": 0.0,
        }
    )
    return pd.concat([rows, frozen], ignore_index=True).astype({"line": np.int64})
