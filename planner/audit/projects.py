"""Power projects of the plan, and what is wrong with their lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.facts import Facts, Floats, Ints, column, text, whole
from planner.audit.verdict import Check, at_most, require


@dataclass(frozen=True, slots=True)
class Projects:
    """Lines of power projects: row of power_projects.csv, order period, arrival, MW, site and line,
    (N,)."""

    row: Ints
    ordered: Ints
    arrives: Ints
    mw: Floats
    site: Ints
    line: NDArray[np.object_]


def read_projects(facts: Facts, buy: pd.DataFrame) -> tuple[Projects, list[Check]]:
    """Return the power projects of the plan, and the checks of their windows, lead times and
    sizes."""
    table, lines = (
        facts.case["power_projects"],
        buy[buy["action"] == "build_power"].reset_index(drop=True),
    )
    names = pd.Index(text(table, "project"))
    row, period, mw = (
        names.get_indexer(pd.Index(text(lines, "offer"))).astype(np.int64),
        whole(lines, "order_period"),
        column(lines, "mw"),
    )

    def described(i: int) -> str:
        return f"buy_plan.csv, line {lines['line_id'][i]}"

    known = row >= 0
    good = known & np.isfinite(mw) & (mw >= 0)
    if len(table):
        at = np.maximum(row, 0)
        arrives = period + whole(table, "lead_periods")[at]
        good &= (
            (period >= np.maximum(whole(table, "first_order")[at], 0))
            & (period <= whole(table, "last_order")[at])
            & (arrives < facts.T)
        )
        good &= (whole(lines, "in_service_period") == arrives) & (
            text(lines, "site") == text(table, "site")[at]
        )
    else:
        arrives = period
    built = np.zeros(len(table))
    np.add.at(built, row[good], mw[good])
    checks = [
        require(
            "projects.lines",
            good,
            lambda i: (
                f"{described(i)}: unknown project, another site, or ordered outside its window or "
                "lead time"
            ),
            "projects are ordered in their window and in service after their lead",
        ),
        at_most(
            "projects.max",
            built,
            column(table, "mw_max"),
            lambda i: f"buy_plan.csv: project {names[i]}, MW in all",
            unit="MW",
        ),
    ]
    row, site = (
        row[good],
        facts.codes("site", text(table, "site")[row[good]]) if len(table) else row[good],
    )
    return Projects(
        row, period[good], arrives[good], mw[good], site, text(lines, "line_id")[good]
    ), checks
