"""Rounding: whole lots beside the linear program's own numbers, never instead of them.

A line is rounded up to whole lots where the limits it touches (supply, offer, power, budget,
policy) have room for the rest of the lot, and down otherwise; limits are checked line by line, in
the order of the plan, so that the rounded column as a whole stays inside them.  Demand is not
re-checked: rounding down may cost a fraction of a lot.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.limits import ON_ORDERS
from planner.model.index import numbers
from planner.plan.answer import Answer, Floats
from planner.plan.causes import row_families
from planner.plan.limits import row_activity


def round_lots(answer: Answer, lines: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return chips in whole lots and the number of lots of every line; NaN where lots mean nothing
    (existing chips, retirements).

    Args:
        answer: the answer.
        lines: coded lines of ``all_lines``.

    Returns:
        ``chips_rounded`` (NaN for power projects) and ``lots``, (n,) each.
    """
    f = answer.formulation
    program = f.program
    chip = lines["chip"].to_numpy(dtype=np.int64)
    project = pd.Series(numbers(f.case["power_projects"], "lot_mw"), index=f.index.axes["project"])
    built = (lines["action"] == "build_power").to_numpy()
    size = np.where(
        built,
        project.reindex(lines["offer"]).to_numpy(),
        np.append(numbers(f.case["chips"], "lot_size"), np.nan)[chip],
    )
    amount = np.where(built, lines["mw"], lines["chips"]).astype(np.float64)
    wanted = (lines["status"] == "new").to_numpy() & lines["action"].isin(
        ["buy", "lease", "reserve", "rent", "build_power"]
    ).to_numpy()
    with np.errstate(invalid="ignore"):
        up = np.ceil(amount / size - 1e-6)
        down = np.floor(amount / size + 1e-6)
    lots = np.where(wanted, down, np.nan)

    # room in every hard limit, then taken line by line
    column = lines["column"].to_numpy(dtype=np.int64)
    single = np.flatnonzero(wanted & (column >= 0))
    touching = row_families(answer, column[single])
    touching = touching[touching["family"].isin(ON_ORDERS)]
    activity = row_activity(answer)
    high = program.row_upper * program.row_scale
    low = program.row_lower * program.row_scale
    room = {int(r): float(high[r] - activity[r]) for r in touching["row"].unique()}
    spare = {int(r): float(activity[r] - low[r]) for r in touching["row"].unique()}
    per_column = {
        int(str(c)): part[["row", "coefficient"]].to_numpy()
        for c, part in touching.groupby("column")
    }
    most = program.column_upper * program.column_scale
    for i in single:  # one step per line of the plan: each takes what room the earlier ones left
        extra = up[i] * size[i] - amount[i]
        needs = per_column.get(int(column[i]), np.empty((0, 2)))
        fits = all(
            coefficient * extra <= room[int(r)] + 1e-6
            and -coefficient * extra <= spare[int(r)] + 1e-6
            for r, coefficient in needs
        )
        if fits and amount[i] + extra <= most[column[i]] + 1e-6:
            lots[i] = up[i]
        step = lots[i] * size[i] - amount[i]
        for r, coefficient in needs:
            room[int(r)] -= coefficient * step
            spare[int(r)] += coefficient * step
    rent = wanted & (lines["action"] == "rent").to_numpy()
    lots = np.where(rent, down, lots)
    return np.where(built, np.nan, lots * size), lots
