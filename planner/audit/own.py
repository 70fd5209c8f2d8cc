"""Limits with an output table of their own: what one more unit of each is written to be worth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.audit.duals import NOISE, Duals
from planner.audit.facts import Facts, column, or_zero, text, whole
from planner.audit.verdict import Check, Describe, agree, at_most, require
from planner.limits import LIMITS
from planner.limits.limit import Worth


def check_own_worths(
    facts: Facts, duals: Duals, usd: float, tables: Mapping[str, pd.DataFrame]
) -> list[Check]:
    """Return the checks of worths and ranges of every limit that writes a table of its own.

    Args:
        facts: the inputs.
        duals: dual values by name.
        usd: what the bound leaves open, USD.
        tables: the written tables by name.
    """
    return [
        check
        for limit in LIMITS
        if limit.own and isinstance(limit.worth, Worth) and limit.worth.table in tables
        for check in _of_limit(facts, duals, usd, (limit.rows, limit.worth), tables)
    ]


def _of_limit(
    facts: Facts,
    duals: Duals,
    usd: float,
    limit: tuple[str, Worth],
    tables: Mapping[str, pd.DataFrame],
) -> list[Check]:
    """Return the checks of one limit's table: the rows of the program, and where it is written."""
    says, rows, written = limit[1], duals[limit[0]], tables[limit[1].table]
    keys = pd.MultiIndex.from_arrays([text(written, says.item), whole(written, "period")])
    own = np.zeros(len(written))
    if len(rows):
        clean = pd.Series(np.where(np.abs(rows["usd"]) < NOISE, 0.0, -rows["usd"]))
        sums = clean.groupby([rows[f"{says.item}_name"], rows["period"]]).sum()
        own = or_zero(np.asarray(sums.reindex(keys), dtype=np.float64))
    t = np.clip(whole(written, "period"), 0, facts.T - 1)
    told = own if says.money == "start" else own / facts.mid[t]
    low, high, at = (column(written, name) for name in (says.low, says.high, says.limit))
    room, slack = column(written, says.free), 1e-6 * np.abs(at) + 1e-6
    holds = (np.isnan(low) | (low <= at + slack)) & (np.isnan(high) | (high >= at - slack))

    def described(name: str) -> Describe:
        return lambda i: (
            f"{says.table}.csv, {written[says.item][i]}, "
            f"{facts.label(written['period'][i])}, {name}"
        )

    places = []
    if "site" in facts.case[says.table]:
        inputs = facts.case[says.table].set_index(says.item)["site"]
        site = inputs.reindex(text(written, says.item)).to_numpy(dtype=object)
        places = [
            require(
                f"{says.table}.site",
                text(written, "site") == site,
                described("site"),
                "that of the inputs",
            )
        ]
    return [
        agree(
            f"{says.table}.worth",
            or_zero(column(written, says.column)),
            told,
            described(says.column),
            unit="USD",
            floor=1e-6,
        ),
        at_most(
            f"{says.table}.worth_room",
            np.nan_to_num(np.maximum(room, 0.0) * own),
            0.0,
            described(says.column),
            unit="USD",
            floor=usd,
        ),
        require(
            f"{says.table}.worth_range",
            np.where(own != 0.0, holds, np.isnan(low) & np.isnan(high)),
            described(says.low),
            "a range around the limit as it is; blank where there is no worth",
        ),
        *places,
    ]
