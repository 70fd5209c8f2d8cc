"""Declared: limits with an output table of their own, listed from their declaration and their rows
alone."""

from __future__ import annotations

import numpy as np

from planner.case.columns import texts, whole
from planner.case.tables import TABLE
from planner.diagnosis.limit import UPPER, LimitList, Stated, grouped
from planner.diagnosis.prices import Prices
from planner.limits import OWN
from planner.limits.limit import Worth
from planner.model import Formulation


def list_declared(f: Formulation, found: LimitList, price: Prices) -> None:
    """List every row of the limits of :data:`planner.limits.OWN` with the cell that states it: one
    that holds in every period gives in all of them at once."""
    for limit in OWN:
        block = found.block(limit.rows)
        if block is None or not isinstance(limit.worth, Worth):
            continue
        table, column = limit.stated[0]
        frame, key = f.case[table], TABLE[table].key
        rows = block.first + np.arange(block.count)
        item = f.index.axes[limit.worth.item][block.labels[limit.worth.item]]
        timed = "period" in key
        period = np.asarray(block.labels["period"], dtype=np.int64)
        place = {
            (name, int(t) if timed else -1): at
            for at, (name, t) in enumerate(
                zip(
                    texts(frame, limit.worth.item),
                    whole(frame, "period") if timed else np.full(len(frame), -1),
                    strict=True,
                )
            )
        }
        at = np.array(
            [place[name, int(t) if timed else -1] for name, t in zip(item, period, strict=True)],
            dtype=np.int64,
        )
        first, member = grouped(at, period) if timed else grouped(at)
        number = found.limits(
            Stated(limit.family, limit.rows, table, column, UPPER),
            at[first],
            period[first] if timed else -1,
        )
        found.rows(number[member], rows, UPPER)
        each = float(price.chip.max()) * (1 if timed else f.index.T)
        scale = f.program.row_scale[rows][first]
        found.gives(found.slack(number, "", each, np.inf, scale)[member], rows, -1.0)
