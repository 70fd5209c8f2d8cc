"""The chapter on sites: of each a picture of its power and one of its chips."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from planner.report.page.chart import Chart, Floats
from planner.report.page.run import Chapter, Run
from planner.report.page.says import sites_say
from planner.report.page.sheet import Sheet, plain
from planner.report.page.stacks import Beside, coloured, picture
from planner.report.section import Section, records
from planner.words import number, percent, printable

MOST: Final = 24
"""Sites that have pictures; a table has them all."""


def sites(run: Run) -> tuple[Chapter, ...]:
    """Return the chapter; none where no site holds a chip or has power."""
    fleet, power = run["fleet"], run["power"]
    there = fleet.assign(there=fleet["powered"].fillna(0.0) + fleet["rented"].fillna(0.0))
    names = _order(there, power)
    if not names:
        return ()
    pictures: list[Chart] = []
    colours = coloured(len(run.periods), run.by_period(there, "chip", "there"))
    for name in names[:MOST]:
        mine = power[power["site"] == name]
        if len(mine) and mine["limit_mw"].notna().any():
            pictures.append(_power(run, name, mine))
        chips = run.by_period(there[there["site"] == name], "chip", "there")
        if any(values.any() for values in chips.values()):
            title = f"{printable(name)}: chips at work"
            pictures.append(picture(title, run.periods, chips, "chips", beside=colours))
    built = power.groupby("site")["built_mw"].max().fillna(0.0)
    left_out = len(names) - MOST
    return (
        Chapter(
            "sites",
            "Sites",
            f"{left_out} more sites are in the table." if left_out > 0 else "",
            says=sites_say(power, {str(site): float(mw) for site, mw in built.items()}),
            pictures=tuple(pictures),
            sheets=_table(run, names, there),
        ),
    )


def _order(there: pd.DataFrame, power: pd.DataFrame) -> list[str]:
    """Sites by what they use: those with power first."""
    used = power.groupby("site")["used_mw"].max()
    chips = there.groupby("site")["there"].max()
    names = sorted(set(used.index) | set(chips.index[chips > 0]))
    return sorted(names, key=lambda name: (-float(used.get(name, 0.0)), -float(chips.get(name, 0))))


def _at(run: Run, table: pd.DataFrame, values: Any) -> Floats:
    """Values of rows of one site by period, (T,), NaN where there is none."""
    found = np.full(len(run.periods), np.nan)
    at = run.at(table["period"])
    found[at[at >= 0]] = np.asarray(values, dtype=np.float64)[at >= 0]
    return found


def _power(run: Run, name: str, mine: pd.DataFrame) -> Chart:
    """MW used of a site, air and liquid, against what there is."""
    given = mine["limit_mw"] + mine["built_mw"].fillna(0.0) - mine["kept_free_mw"].fillna(0.0)
    used, liquid = mine["used_mw"].fillna(0.0), mine["liquid_used_mw"].fillna(0.0)
    air = np.nan_to_num(_at(run, mine, np.maximum(used - liquid, 0.0)))
    bought = float(mine["built_mw"].max())
    note = f"{number(bought)} MW of it bought" if bought > 0 else ""
    return picture(
        f"{printable(name)}: power",
        run.periods,
        {"air-cooled": air, "liquid-cooled": np.nan_to_num(_at(run, mine, liquid))},
        "MW",
        note,
        Beside("there is", _at(run, mine, given), order=("air-cooled", "liquid-cooled")),
    )


def _table(run: Run, names: list[str], there: pd.DataFrame) -> tuple[Sheet, ...]:
    """Power and chips of every site, at the end of the plan and where it is fullest."""
    power, last = run["power"], run.periods[-1]
    rows = []
    for name in names:
        mine = power[power["site"] == name]
        given = mine["limit_mw"] + mine["built_mw"].fillna(0.0) - mine["kept_free_mw"].fillna(0.0)
        share = (mine["used_mw"] / given).where(given > 0)
        end = mine[mine["period"] == last]
        chips = there[(there["site"] == name) & (there["period"] == last)]
        known = share.fillna(-1.0).to_numpy()
        fullest: Any = mine.iloc[int(known.argmax())] if share.notna().any() else None
        (row,) = records(end.head(1)) if len(end) else (None,)
        rows.append(
            (
                printable(name),
                number(float(given[end.index].iloc[0])) if len(end) else "",
                number(float(row.built_mw)) if row is not None and row.built_mw > 0 else "",
                number(float(row.used_mw)) if row is not None else "",
                f"{percent(float(share.max()))} in {fullest['period']}"
                if fullest is not None
                else "",
                f"{float(chips['there'].sum()):,.0f}",
            )
        )
    header = ("site", f"MW in {last}", "bought MW", "used MW", "fullest", f"chips in {last}")
    section = Section("Sites", header, tuple(rows), frozenset({1, 2, 3, 4, 5}))
    return (plain("power", section),)
