"""Rounding: whole lots beside the linear program's own numbers, never instead of them.

A line is rounded up to whole lots where the limits it touches (supply, offer, power, budget,
policy) have room for the rest of the lot, and down otherwise; limits are checked line by line, in
the order of the plan, so that the rounded column as a whole stays inside them.  Demand is not
re-checked: rounding down may cost a fraction of a lot.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.case.columns import numbers
from planner.limits import ON_ORDERS
from planner.plan.actions import ORDERED
from planner.plan.answer import Answer, Floats, Ints
from planner.plan.rows import row_activity
from planner.plan.touching import row_families


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
    project = pd.Series(numbers(f.case["power_projects"], "lot_mw"), index=f.index.axes["project"])
    built = (lines["action"] == "build_power").to_numpy()
    offer = pd.Series(numbers(f.case["offers"], "lot_size"), index=f.index.axes["offer"])
    size = np.where(
        built,
        project.reindex(lines["offer"]).to_numpy(),
        offer.reindex(lines["offer"]).to_numpy(dtype=np.float64),
    )
    amount = np.where(built, lines["mw"], lines["chips"]).astype(np.float64)
    wanted = (lines["status"] == "new").to_numpy() & lines["action"].isin(ORDERED).to_numpy()
    with np.errstate(invalid="ignore"):
        up = np.ceil(amount / size - 1e-6)
        down = np.floor(amount / size + 1e-6)
    lots = np.where(wanted, down, np.nan)

    # room in every hard limit, then taken line by line
    columns = _columns(answer, lines)
    single = np.flatnonzero(wanted & np.array([len(own) > 0 for own in columns], dtype=bool))
    touching = row_families(answer, np.concatenate([np.empty(0, np.int64), *columns]))
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
        needs = np.concatenate(
            [np.empty((0, 2)), *(per_column[int(c)] for c in columns[i] if int(c) in per_column)]
        )
        fits = all(
            coefficient * extra <= room[int(r)] + 1e-6
            and -coefficient * extra <= spare[int(r)] + 1e-6
            for r, coefficient in needs
        )
        if fits and amount[i] + extra <= most[columns[i]].min() + 1e-6:
            lots[i] = up[i]
        step = lots[i] * size[i] - amount[i]
        for r, coefficient in needs:
            room[int(r)] -= coefficient * step
            spare[int(r)] += coefficient * step
    return np.where(built, np.nan, lots * size), lots


def _columns(answer: Answer, lines: pd.DataFrame) -> list[Ints]:
    """Return the columns behind every line: its own; of a rental those of its slices."""
    f = answer.formulation
    capacity, axes = f.capacity, f.index.axes
    at = capacity.rented_place
    rented = pd.Series(
        capacity.rented,
        index=pd.MultiIndex.from_arrays(
            [axes["offer"][capacity.rented_row], capacity.site[at], capacity.period[at]]
        ),
    )
    slices: dict[tuple[Any, ...], Ints] = {}
    for key, part in rented.groupby(level=[0, 1, 2]):
        slices[tuple(key)] = part.to_numpy()  # type: ignore[arg-type]
    found = []
    for action, offer, site, period, column in zip(
        *(lines[name] for name in ("action", "offer", "site", "order_period", "column")),
        strict=True,
    ):  # one step per line of the plan
        if action == "rent":
            found.append(slices[offer, site, period])
        else:
            found.append(np.array([column] if column >= 0 else [], dtype=np.int64))
    return found
