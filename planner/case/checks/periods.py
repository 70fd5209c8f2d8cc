"""Tables by period: a period without a figure where other periods of the same thing have one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from planner.case.blanks import blanks
from planner.case.checks.demand import TOKENS
from planner.case.checks.findings import Cells, first_of, rows
from planner.case.checks.offers import open_periods
from planner.case.checks.series import Series, asked_in, grid, series_gaps
from planner.case.columns import Bools, Ints, Texts, codes, numbers, texts, whole
from planner.case.origin import rows_of
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

MEASURES = (*TOKENS, "flop")


def periods_outside(case: Case) -> list[Problem]:
    """Periods outside the plan, which a table by period may name, are told and not used."""
    problems = []
    for table in ("power", "energy", "offer_prices", "token_prices", "supply", "gains"):
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
    """Return which name every row of a table has, (n,), and the names in their order, (G,)."""
    names = np.array(sorted(set(texts(case[table], key))), dtype=object)
    return codes(names, texts(case[table], key)), names


def _research(case: Case) -> list[str]:
    """Return the workloads that are research, whose demand is FLOP."""
    workloads = case["workloads"]
    return list(texts(workloads, "workload")[texts(workloads, "kind") == "research"])


def demand_periods(case: Case) -> list[Problem]:
    """A workload that has a figure in some periods has one, or 0, in every row."""
    group, names = _by_name(case, "demand", "workload")
    wholly = np.logical_and.reduce(
        [blanks(case["demand"], "demand", column) for column in MEASURES]
    )
    research = np.isin(names, _research(case))
    problems = []
    for column in MEASURES:
        series = grid(case, "demand", column, group, names)
        row = series.row
        asked: Bools = (row >= 0) & ~np.append(wholly, True)[row]  # -1 is the one appended
        asked &= (research == (column == "flop"))[:, None]
        problems += series_gaps(case, asked_in(series, asked))
    return problems


def demand_figures(case: Case) -> list[Problem]:
    """A row of demand has a figure: a row without one is missing, not zero."""
    frame = case["demand"]
    wholly = np.logical_and.reduce([blanks(frame, "demand", column) for column in MEASURES])
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
    return series_gaps(case, asked_in(series, series.row >= 0, mw))


def supply_periods(case: Case) -> list[Problem]:
    """A supply group with a most (or least) in some periods has one in all that have a row."""
    group, names = _by_name(case, "supply", "supply_group")
    problems = []
    for column in ("max_chips", "min_chips"):
        series = grid(case, "supply", column, group, names)
        problems += series_gaps(case, asked_in(series, series.row >= 0))
    return problems


def price_periods(case: Case) -> list[Problem]:
    """An offer with prices by period has one in every period in which it can be ordered."""
    offers = case["offers"]
    names = texts(offers, "offer")
    group = codes(names, texts(case["offer_prices"], "offer"))
    asked, problems = open_periods(case), []
    for column in ("usd_per_chip", "usd_per_chip_hour"):
        listed = np.broadcast_to(numbers(offers, column)[:, None], asked.shape)
        series = grid(case, "offer_prices", column, group, names)
        problems += series_gaps(case, asked_in(series, asked & ~np.isnan(listed), listed))
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
    return dataclasses.replace(series, names=names, asked=asked)
