"""Power projects of the plan, and what is wrong with their lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.facts import Facts, Floats, Ints, column, text, whole
from planner.audit.tolerance import WRITTEN
from planner.audit.verdict import Check, at_most, require


@dataclass(frozen=True, slots=True)
class Projects:
    """Lines of power projects, ordered by the plan or before it, (N,) each.

    Prices are USD per MW: ``first`` was or is paid when ``ordered``, ``rest`` when it ``arrives``,
    ``fee`` in every period of service; periods before the plan are negative, and paid.
    """

    ordered: Ints
    arrives: Ints
    mw: Floats
    site: Ints
    line: NDArray[np.object_]
    first: Floats
    rest: Floats
    fee: Floats
    life: Floats
    """Years."""
    liquid: Floats
    """Share of the MW for liquid-cooled chips."""


def order_names(facts: Facts) -> NDArray[np.object_]:
    """Return what the lines of power_orders.csv are called, (n,): power:project:ordered:arrives."""
    table = facts.case["power_orders"]
    names = [
        f"power:{row['project']}:{facts.label(row['ordered'])}:{facts.label(row['arrives'])}"
        for row in table.to_dict("records")  # a few
    ]
    return np.array(names, dtype=object)


def _of_table(table: pd.DataFrame, paid: str, row: Ints) -> dict[str, Floats]:
    """Return prices, life and liquid share of rows of a table of projects."""
    price, share = column(table, "usd_per_mw")[row], column(table, paid)[row]
    return {
        "first": price * share,
        "rest": price * (1.0 - share),
        "fee": column(table, "usd_per_mw_period")[row],
        "life": column(table, "life_years")[row],
        "liquid": column(table, "liquid_share")[row],
    }


def read_projects(facts: Facts, buy: pd.DataFrame) -> tuple[Projects, list[Check]]:
    """Return the power projects of the plan, and the checks of their windows, lead times and
    sizes."""
    table = facts.case["power_projects"]
    lines = buy[(buy["action"] == "build_power") & (buy["status"] == "new")].reset_index(drop=True)
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
    before = names.get_indexer(pd.Index(text(facts.case["power_orders"], "project")))
    ordered = column(facts.case["power_orders"], "mw")
    np.add.at(built, before[before >= 0], ordered[before >= 0])
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
    given, more = _ordered_before(facts, buy)
    mine = Projects(
        period[good],
        arrives[good],
        mw[good],
        site,
        text(lines, "line_id")[good],
        **_of_table(table, "deposit_share", row),
    )
    parts = {
        name: np.concatenate([getattr(part, name) for part in (mine, given)])
        for name in Projects.__dataclass_fields__
    }
    return Projects(**parts), [*checks, *more]


def _ordered_before(facts: Facts, buy: pd.DataFrame) -> tuple[Projects, list[Check]]:
    """Return the projects ordered before the plan, from the inputs, and the check that each has its
    line and no other is there."""
    table = facts.case["power_orders"]
    lines = buy[(buy["action"] == "build_power") & (buy["status"] != "new")].reset_index(drop=True)
    mw, arrives, names = column(table, "mw"), whole(table, "arrives"), order_names(facts)
    inside = arrives < facts.T
    row = pd.Index(names).get_indexer(pd.Index(text(lines, "offer"))) if len(table) else None
    row = np.full(len(lines), -1) if row is None else row
    at = np.maximum(row, 0) if len(table) else np.zeros(0, np.int64)
    good = np.zeros(len(lines), dtype=bool)
    if len(table):
        good = (
            (row >= 0)
            & ~pd.Index(row).duplicated()
            & (text(lines, "site") == text(table, "site")[at])
            & (whole(lines, "in_service_period") == arrives[at])
            & (np.abs(column(lines, "mw") - mw[at]) <= WRITTEN * (1.0 + mw[at]))
            & (text(lines, "status") == np.where(arrives[at] < 0, "existing", "committed"))
        )
    lacking = np.flatnonzero(inside & (mw > 0) & ~np.isin(np.arange(len(table)), row))
    check = require(
        "projects.ordered",
        good if not len(lacking) else [False],
        lambda i: (
            f"buy_plan.csv has no line {names[lacking[0]]}"
            if len(lacking)
            else f"buy_plan.csv, line {lines['line_id'][i]}: project, site, arrival, status or MW "
            "are not those of power_orders.csv"
        ),
        "one line for every project ordered before the plan, as power_orders.csv has it",
    )
    of = np.flatnonzero(inside & (mw > 0))
    site = text(table, "site")[of]
    return Projects(
        whole(table, "ordered")[of],
        arrives[of],
        mw[of],
        facts.codes("site", site),
        names[of] + "@" + site,
        **_of_table(table, "paid_share", of),
    ), [check] if len(table) or len(lines) else []
