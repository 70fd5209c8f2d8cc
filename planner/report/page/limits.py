"""Chapter 7: limits that bind."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from planner.limits import OWN
from planner.limits.limit import Worth
from planner.plan.formats import stated_columns
from planner.plan.tables.limits import LIMITS
from planner.report.facts import units
from planner.report.page.chart import Chart
from planner.report.page.run import Chapter, Run
from planner.report.page.says import limits_say
from planner.report.page.sheet import Sheet, plain, sheet
from planner.report.page.timelines import Fullness, heat
from planner.report.section import records
from planner.report.tight import tight_cells
from planner.report.topics import limit_section
from planner.words import money, number, printable

MOST_LIMITS: Final = 34
MOST_WORTHS: Final = 60


class _Gauge(NamedTuple):
    """The columns that say how full a limit is, and its unit."""

    item: str
    used: str
    limit: str
    units: str


_POWER: Final = _Gauge("site", "used_mw", "limit", "MW")

_LIQUID: Final = _Gauge("site", "liquid_used_mw", "liquid_limit_mw", "MW")

_SUPPLY: Final = _Gauge("supply_group", "used", "max_chips", "chips")


def limits_that_bind(run: Run) -> Chapter:
    """Return chapter 7: how full every limit is, and what one more unit is worth."""
    cells, binding = _cells(run), run.figures.tight
    sheets = []
    if len(binding):
        sheets.append(plain("power", limit_section(binding, run.resolved, MOST_WORTHS)))
    if len(run["limits"]):
        sheets.append(_policies(run["limits"]))
    return Chapter(
        "limits",
        "Limits that bind",
        says=limits_say(run),
        charts=(_fullness(run, cells),) if len(cells) else (),
        sheets=tuple(sheets),
    )


def _cells(run: Run) -> pd.DataFrame:
    """Every limit in every period: the columns of ``_full``, ``share`` (used of it, 1 = all) and
    ``value`` (USD of the start of the plan, worth x limit)."""
    power, supply = run["power"], run["supply"]
    has = power["limit_mw"].notna()
    grown = power[has].assign(limit=(power["used_mw"] + power["free_mw"])[has])
    parts = [
        _full("power", grown, _POWER),
        _full("liquid cooling", power, _LIQUID),
        _full("supply", supply, _SUPPLY),
        *(
            _full(
                worth.word,
                run[worth.table],
                _Gauge(worth.item, worth.used, worth.limit, f"{worth.unit}s"),
            )
            for worth in (limit.worth for limit in OWN)
            if isinstance(worth, Worth) and worth.table in run.tables
        ),
    ]
    cells = pd.concat([part for part in parts if len(part)] or [parts[0]], ignore_index=True)
    cells = cells[cells["limit"].notna()]
    tight = tight_cells(run.plan, run.tables)
    names, periods = tight["kind"] + " " + tight["item"], tight["period"]
    told = [_told(row) for row in records(tight)]
    mine = pd.DataFrame({"name": names, "period": periods, "value": tight["value"], "told": told})
    cells = cells.merge(mine, on=["name", "period"], how="left")
    return cells.assign(
        share=np.where(
            cells["limit"] > 0,
            cells["used"] / cells["limit"].where(cells["limit"] > 0, 1.0),
            np.where(cells["used"] > 0, 1.0, 0.0),
        ),
        value=cells["value"].fillna(0.0),
        told=cells["told"].astype(object).where(cells["told"].notna(), ""),
        binds=cells["value"].notna(),
    )


def _told(row: Any) -> str:
    """What a cell that binds says of its worth: with its range, or as the bound that it is."""
    if row.up <= 0:
        return f"; more saves at most {money(float(row.worth))} per {row.unit}"
    end = f", for up to {units(float(row.up), row.unit)} more" if np.isfinite(row.up) else ""
    return f"; more saves {money(float(row.worth))} per {row.unit}{end}"


def _fullness(run: Run, cells: pd.DataFrame) -> Chart:
    """The tightest limits over the periods of the plan."""
    rank = (
        cells.groupby("name")
        .agg(value=("value", "sum"), share=("share", "max"))
        .sort_values(["value", "share"], ascending=False, kind="stable")
    )
    names = [str(name) for name in rank.index[:MOST_LIMITS]]
    share = np.full((len(names), len(run.periods)), np.nan)
    tight = np.zeros(share.shape, dtype=bool)
    tips = [[""] * len(run.periods) for _ in names]
    row_of = {name: i for i, name in enumerate(names)}
    for cell, t in zip(records(cells), run.at(cells["period"]).tolist(), strict=True):
        if cell.name_ in row_of and t >= 0:
            i = row_of[cell.name_]
            share[i, t], tight[i, t] = cell.share, cell.binds
            tips[i][t] = (
                f"{cell.period}  {cell.name_}: {number(cell.used)} of {number(cell.limit)} "
                f"{cell.unit}{cell.told}"
            )
    left_out = len(rank) - len(names)
    return heat(
        "How full each limit is, in %",
        run.periods,
        Fullness([printable(name) for name in names], share, tips, tight),
        f"tightest first{f'; {left_out} more in power.csv and supply.csv' if left_out else ''}",
    )


def _policies(policies: pd.DataFrame) -> Sheet:
    spare = stated_columns(LIMITS)
    return sheet(
        "limits",
        "Policies",
        policies,
        [
            c.name
            for c in LIMITS.columns
            if c.name != "worth_usd_per_unit"
            and (c.name not in spare or policies[c.name].notna().any())
        ],
    )


def _full(kind: str, table: pd.DataFrame, gauge: _Gauge) -> pd.DataFrame:
    """How full the limits of a table are: columns name (and name_, which rows of a frame may be
    asked for), period, used, limit and unit."""
    names = f"{kind} " + table[gauge.item]
    return pd.DataFrame(
        {
            "name": names,
            "name_": names,
            "period": table["period"],
            "used": table[gauge.used],
            "limit": table[gauge.limit],
            "unit": gauge.units,
        }
    )
