"""Dark by choice: chips that are held and left without power although no limit keeps them dark.

A powered chip of a place gives chip-time, which saves what its work is worth, and draws power and
takes space, which cost.  Where every limit that can keep a chip dark has room for one more, it is
dark because running it costs more than it saves:

``costs = own cost - sum of duals of all rows but chip-time x coefficient``,
``saves = sum of duals of chip-time x coefficient``, and ``costs - saves`` is its reduced cost.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.plan.answer import CHIP_TOLERANCE, Answer
from planner.plan.rows import row_activity
from planner.plan.touching import row_families

KEEP_DARK: Final = (
    "power",
    "liquid_power",
    "fabric",
    "site_shut",
    "site_open",
    "contract_power",
    "powering",
)
"""Rows that can keep a chip dark that would pay."""
TIME: Final = ("chip_time", "backup_time")
LEAST: Final = 1e-6
"""USD at the start of the plan; less is noise of a dual."""


def dark_by_choice(answer: Answer) -> pd.DataFrame:
    """Return the places where chips would be left dark by choice.

    Returns:
        Columns ``chip``, ``site``, ``period`` (labels), ``costs_usd`` and ``saves_usd`` (of one
        chip over the period, in its money).
    """
    f = answer.formulation
    capacity, index, axes = f.capacity, f.index, f.index.axes
    place = capacity.powered_place
    columns = np.asarray(capacity.powered, dtype=np.int64)
    touching = row_families(answer, columns)
    kept = touching[touching["family"].isin(KEEP_DARK)]
    room = f.program.row_upper * f.program.row_scale - row_activity(answer)
    full = room[kept["row"].to_numpy()] < kept["coefficient"].to_numpy() - CHIP_TOLERANCE
    kept_dark = kept.assign(full=full).groupby("column")["full"].any()
    time = touching[touching["family"].isin(TIME)].groupby("column")["usd"].sum()
    saves = time.reindex(columns).fillna(0.0).to_numpy()
    reduced = answer.reduced_cost[columns]
    free = ~np.isin(columns, kept_dark.index[kept_dark.to_numpy(dtype=bool)])
    chosen = np.flatnonzero(free & (reduced >= -LEAST))
    period = capacity.period[place[chosen]]
    money = index.mid[period]
    return pd.DataFrame(
        {
            "chip": axes["chip"][capacity.chip[place[chosen]]],
            "site": axes["site"][capacity.site[place[chosen]]],
            "period": axes["period"][period],
            "costs_usd": (saves + np.maximum(reduced, 0.0))[chosen] / money,
            "saves_usd": saves[chosen] / money,
        }
    )
