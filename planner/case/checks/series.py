"""Tables by period: a period without a figure where other periods of the same thing have one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.case.blanks import blanks
from planner.case.cells import plain
from planner.case.checks.findings import CAP, Cells, first_of, more, rows
from planner.case.columns import Bools, Floats, Ints, Texts, codes, numbers, texts, whole
from planner.case.declare import Column
from planner.case.kinds import BURST_KINDS
from planner.case.origin import rows_of
from planner.case.problems import Problem
from planner.case.tables import TABLE

if TYPE_CHECKING:
    from planner.case.case import Case

TOKENS = ("output_mtok", "input_mtok", "cached_mtok", "flop")


@dataclass(frozen=True, slots=True)
class Series:
    """One column of a table by period, as a grid of things (G) and periods of the plan (T)."""

    table: str
    column: str
    names: Texts
    """What each series is about, (G,)."""
    value: Floats
    """Figures, (G, T); NaN where there is none."""
    row: Ints
    """Row of the frame that holds a cell, (G, T); -1 where no row does."""
    asked: Bools
    """Where a figure matters, (G, T)."""
    instead: Floats | None = None
    """What takes over where there is no figure, (G, T); None where the column's help says it."""


def grid(case: Case, table: str, column: str, group: Ints, names: Texts) -> Series:
    """Return one column of a table by period.

    Args:
        case: the case.
        table: the table, with ``period`` in its key.
        column: a column of figures.
        group: series of each row of the table, -1 for none, (n,).
        names: what each series is about, (G,).

    Returns:
        The series, asked for in every period.
    """
    frame, shape = case[table], (len(names), case.calendar.count)
    period = whole(frame, "period")
    inside = (group >= 0) & (period >= 0) & (period < shape[1])
    at = (group[inside], period[inside])
    row, value = np.full(shape, -1, dtype=np.int64), np.full(shape, np.nan)
    row[at] = np.flatnonzero(inside)
    figure = np.where(blanks(frame, table, column), np.nan, numbers(frame, column))
    value[at] = figure[inside]
    return Series(table, column, names, value, row, np.ones(shape, dtype=bool))


def series_gaps(case: Case, series: Series) -> list[Problem]:
    """Return one problem per series that has figures in some periods and none in others that ask.

    Args:
        case: the case.
        series: the series.

    Returns:
        Errors or warnings, as the column declares; each names the first period without a figure,
        its neighbours, and what takes over.
    """
    column = TABLE[series.table].column(series.column)
    given = ~np.isnan(series.value)
    gap = np.logical_and(series.asked & ~given, given.any(axis=1, keepdims=True))
    found = np.flatnonzero(gap.any(axis=1))
    problems = [_told(case, series, column, int(g), gap[g]) for g in found[:CAP]]
    return more(problems, len(found))


def _told(case: Case, series: Series, column: Column, g: int, gap: Bools) -> Problem:
    frame, labels = case[series.table], case.calendar.labels
    first, given = int(gap.argmax()), np.flatnonzero(~np.isnan(series.value[g]))
    before, after = given[given < first], given[given > first]
    near = [int(part[at]) for part, at in ((before, -1), (after, 0)) if len(part)]
    beside = " and ".join(f"{plain(series.value[g, t])} in {labels[t]}" for t in near)
    blank = np.flatnonzero(gap & (series.row[g] >= 0))
    i = int(series.row[g, blank[0]] if len(blank) else series.row[g, near[0]])
    count = int(gap.sum())
    also = f" (and {count - 1} more periods)" if count > 1 else ""
    ends = "; the table ends before the plan does" if not len(after) else ""
    takes = "" if series.instead is None else plain(series.instead[g, first])
    says = f"instead {takes} would hold" if takes else f"a blank means: {_meaning(column)}"
    error = column.beside == "error"
    zero = " (0 where there is none)" if series.table == "demand" else ""
    return Problem(
        "blank-beside",
        "error" if error else "warning",
        str(texts(frame, "_file")[i]),
        int(whole(frame, "_row")[i]),
        series.column,
        "",
        f"has no figure for {series.names[g]} in {labels[first]}{also} beside {beside}{ends}; "
        f"{says}",
        f"fill in every period{zero}" + ("" if error else ", or accept it in case.yaml"),
        count,
    )


def _meaning(column: Column) -> str:
    said = column.help.partition("blank = ")[2].partition(".")[0]
    return said or (plain(column.default) if column.default is not None else "none")


def periods_outside(case: Case) -> list[Problem]:
    """Periods outside the plan, which a table by period may name, are told and not used."""
    problems = []
    for table in ("power", "energy", "offer_prices", "supply", "gains"):
        frame = case[table]
        period = whole(frame, "period")
        outside = period >= case.calendar.count
        if table != "gains":  # a gain holds from its period on, also one before the plan
            outside |= period < 0
        if not outside.any():
            continue
        labels = list(dict.fromkeys(case.calendar.label(int(t)) for t in period[outside]))
        first = period[outside][np.argmin(rows_of(frame, "period")[outside])]
        named = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" * (len(labels) > 4))
        problems.append(
            first_of(
                Cells(case, table, "period", outside),
                "period-outside",
                f"is outside the plan, {case.calendar.labels[0]} to {case.calendar.labels[-1]}: "
                f"{named} (rows: {np.count_nonzero(outside)}) are not used",
                "remove what is past, correct what is misspelt, or plan for more periods",
                value=case.calendar.label(int(first)),
            )
        )
    return problems


def _by_name(case: Case, table: str, key: str) -> tuple[Ints, Texts]:
    names = np.array(sorted(set(texts(case[table], key))), dtype=object)
    return codes(names, texts(case[table], key)), names


def _research(case: Case) -> list[str]:
    workloads = case["workloads"]
    return list(texts(workloads, "workload")[texts(workloads, "kind") == "research"])


def demand_periods(case: Case) -> list[Problem]:
    """A workload that has a figure in some periods has one, or 0, in every row."""
    group, names = _by_name(case, "demand", "workload")
    wholly = np.logical_and.reduce([blanks(case["demand"], "demand", column) for column in TOKENS])
    research = np.isin(names, _research(case))
    problems = []
    for column in TOKENS:
        series = grid(case, "demand", column, group, names)
        row = series.row
        asked: Bools = (row >= 0) & ~np.append(wholly, True)[row]  # -1 is the one appended
        asked &= (research == (column == "flop"))[:, None]
        problems += series_gaps(case, _asked(series, asked))
    return problems


def demand_figures(case: Case) -> list[Problem]:
    """A row of demand has a figure: a row without one is missing, not zero."""
    frame = case["demand"]
    wholly = np.logical_and.reduce([blanks(frame, "demand", column) for column in TOKENS])
    is_research = np.isin(texts(frame, "workload"), _research(case))
    problems = []
    for column, mask in (("output_mtok", ~is_research), ("flop", is_research)):
        problems += rows(
            Cells(case, "demand", column, wholly & mask),
            "demand-blank",
            "needs a figure of {workload} in {period}: a row without one is missing, not zero",
            "fill in the demand, or write 0 where there is none",
            value=[""] * len(frame),
        )
    return problems


def liquid_periods(case: Case) -> list[Problem]:
    """A site with liquid-cooled MW in some periods states them in all."""
    group, names = _by_name(case, "power", "site")
    series = grid(case, "power", "liquid_mw", group, names)
    mw = grid(case, "power", "mw", group, names).value
    return series_gaps(case, _asked(series, series.row >= 0, mw))


def supply_periods(case: Case) -> list[Problem]:
    """A supply group with a most (or least) in some periods has one in all that have a row."""
    group, names = _by_name(case, "supply", "supply_group")
    problems = []
    for column in ("max_chips", "min_chips"):
        series = grid(case, "supply", column, group, names)
        problems += series_gaps(case, _asked(series, series.row >= 0))
    return problems


def open_periods(case: Case) -> Bools:
    """Return in which periods an offer can be ordered (used, for on-demand and spot), (F, T)."""
    offers, periods = case["offers"], np.arange(case.calendar.count)
    first, last = whole(offers, "first_order")[:, None], whole(offers, "last_order")[:, None]
    burst = np.isin(texts(offers, "kind"), BURST_KINDS)[:, None]
    in_time = periods + whole(offers, "lead_periods")[:, None] < case.calendar.count
    return np.asarray((periods >= first) & (periods <= last) & (burst | in_time))


def price_periods(case: Case) -> list[Problem]:
    """An offer with prices by period has one in every period in which it can be ordered."""
    offers = case["offers"]
    names = texts(offers, "offer")
    group = codes(names, texts(case["offer_prices"], "offer"))
    asked, problems = open_periods(case), []
    for column in ("usd_per_chip", "usd_per_chip_hour"):
        listed = np.broadcast_to(numbers(offers, column)[:, None], asked.shape)
        series = grid(case, "offer_prices", column, group, names)
        problems += series_gaps(case, _asked(series, asked & ~np.isnan(listed), listed))
    return problems


def energy_periods(case: Case) -> list[Problem]:
    """A site with energy rows has a figure in every period, for every slice or for all of them."""
    energy, sites = case["energy"], texts(case["sites"], "site")
    slices = np.array([part.name for part in case.settings.slices], dtype=object)
    S, K, T = len(sites), len(slices), case.calendar.count
    site, part = codes(sites, texts(energy, "site")), codes(slices, texts(energy, "slice"))
    every = texts(energy, "slice") == "*"
    site[np.isin(site, np.flatnonzero(texts(case["sites"], "kind") == "cloud"))] = -1
    names = np.array([f"{s} {k}" if K > 1 else s for s in sites for k in slices], dtype=object)
    problems = []
    for column in ("usd_per_mwh", "kg_co2_per_mwh", "usd_per_kw_month_demand"):
        whole_day = grid(case, "energy", column, np.where(every, site, -1), sites)
        own = np.where((part >= 0) & (site >= 0), site * K + part, -1)
        series = grid(case, "energy", column, own, names)
        behind = np.repeat(whole_day.value, K, axis=0)
        behind_row = np.repeat(whole_day.row, K, axis=0)
        value = np.where(np.isnan(series.value), behind, series.value)
        row = np.where(series.row >= 0, series.row, behind_row)
        listed = np.repeat(np.broadcast_to(numbers(case["sites"], column)[:, None], (S, T)), K, 0)
        found = Series("energy", column, names, value, row, ~np.isnan(listed), np.asarray(listed))
        problems += series_gaps(case, _once_by_site(found, K))
    return problems


def _once_by_site(series: Series, slices: int) -> Series:
    """Ask the slices of a site that have the same gaps once: under the site's name."""
    if slices == 1:
        return series
    shape = (-1, slices, series.value.shape[1])
    given = ~np.isnan(series.value).reshape(shape)
    alike = (given == given[:, :1]).all(axis=(1, 2))
    later = np.tile(np.arange(slices) > 0, len(alike)) & np.repeat(alike, slices)
    names = series.names.copy()
    firsts = np.flatnonzero(alike) * slices
    names[firsts] = [str(name).rpartition(" ")[0] for name in names[firsts]]
    asked = series.asked & ~later[:, None]
    return Series(
        series.table, series.column, names, series.value, series.row, asked, series.instead
    )


def _asked(series: Series, asked: Bools, instead: Floats | None = None) -> Series:
    return Series(
        series.table,
        series.column,
        series.names,
        series.value,
        series.row,
        np.asarray(asked),
        None if instead is None else np.asarray(instead),
    )
