"""Serving: work has a chip that may and could do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.batches import windows_of
from planner.case.checks.demand import TOKENS, asked_before, counts_output, volume
from planner.case.checks.done import ROUNDING
from planner.case.checks.findings import Cells, Severity, gaps, rows
from planner.case.checks.places import Places, workload_places
from planner.case.checks.workloads import by_volume
from planner.case.columns import Bools, codes, numbers, texts, whole
from planner.case.problems import Problem
from planner.case.tokens import may_be_called

if TYPE_CHECKING:
    from planner.case.case import Case


def rates_known(case: Case, places: Places) -> list[Problem]:
    """What a workload serves has throughput rows at its tier; research names a training class."""
    workloads = case["workloads"]
    research = texts(workloads, "kind") == "research"
    rated = workload_places(case, places)[0].any(axis=1)
    priced, called = _priced(case), may_be_called(case).any(axis=(0, 2))
    problems = []
    if len(case["throughput"]):
        lacks = ~research & ~rated & ~called & (texts(workloads, "tier") != "")
        told: tuple[tuple[Bools, Severity, str], ...] = (
            (lacks & ~priced, "error", ""),
            (lacks & priced, "warning", "; as it stands all of it is short"),
        )
        for mask, severity, more in told:
            problems += rows(
                Cells(case, "workloads", "model", mask),
                "throughput-missing",
                "needs a model with throughput at tier {tier}" + more,
                "add {model} at tier {tier} to throughput.csv, or correct model or tier",
                severity=severity,
            )
    if len(case["training"]):
        problems += rows(
            Cells(case, "workloads", "model", research & ~rated),
            "class-missing",
            "must be a training class of training.csv, whose efficiency applies to research",
            "correct model, or add the class to training.csv",
        )
    return problems


def can_be_served(case: Case, places: Places) -> list[Problem]:
    """Work that must be done has a chip that may and could do it: rated, allowed at the site, no
    rule against it, there in time."""
    workloads, demand = case["workloads"], case["demand"]
    rated, where = workload_places(case, places)
    research = texts(workloads, "kind") == "research"
    somewhere = np.asarray(where.any(axis=1))
    never = (
        np.asarray(rated.any(axis=1))
        & ~np.asarray(somewhere.any(axis=1))
        & (np.fromiter(map(len, workloads["sites"]), dtype=np.int64, count=len(workloads)) > 0)
    )
    windows, before = windows_of(case), asked_before(case)
    tokens = np.where(counts_output(case)[:, None], *(volume(case, name) for name in TOKENS[:2]))
    asked = tokens + volume(case, "flop")
    left = before - np.where(windows.passed > 0, numbers(workloads, "served_mtok"), 0.0)
    due = windows.sums(asked, left) > ROUNDING * windows.sums(asked, before)
    called = windows.sums(np.asarray(may_be_called(case).any(axis=0), dtype=np.float64)) > 0
    never &= np.where(by_volume(case), (due & ~called).any(axis=1), _asked_anyway(case, places))
    priced = _priced(case)
    need = (
        "needs a chip that can do {workload} and could be at one of its sites: in the fleet, "
        "on order or by an offer that no rule forbids"
    )
    fix = "add an offer there, widen its sites or regions, or add rows for other chips to {table}"
    table = np.where(research, "training.csv", "throughput.csv").astype(object)
    # how much it asks for follows from the rest of the plan, and may be nothing
    follows = ~np.isnan(numbers(workloads, "share_of_fleet")) | ~np.isnan(
        numbers(workloads, "multiple_of_milestones")
    )
    problems = rows(
        Cells(case, "workloads", "workload", never & ~priced & ~follows),
        "no-chip",
        need,
        fix,
        table=table,
    )
    problems += rows(
        Cells(case, "workloads", "workload", never & ~priced & follows),
        "no-chip",
        need + "; as it stands the plan must be one that asks for none of it",
        fix,
        severity="warning",
        table=table,
    )
    problems += rows(
        Cells(case, "workloads", "workload", never & priced),
        "no-chip",
        need + "; as it stands all of it is short",
        fix,
        severity="warning",
        table=table,
    )

    served = windows.sums(somewhere.astype(np.float64)) + called > 0
    ever = np.asarray(somewhere.any(axis=1))
    gap = np.asarray(due & ~served & (ever & ~priced)[:, None])
    first, count = gaps(case, gap)
    row, period = (
        codes(texts(workloads, "workload"), texts(demand, "workload")),
        whole(demand, "period"),
    )
    hit = np.asarray(gap.any(axis=1))
    at = (
        (row >= 0) & hit[row] & (gap.argmax(axis=1)[row] == period)
        if len(workloads)
        else np.zeros(len(demand), dtype=bool)
    )
    return problems + rows(
        Cells(case, "demand", "period", at),
        "no-chip-yet",
        "is before any chip that can do {workload} could be there (periods without, from {first} "
        "on: {count})",
        "give it a price of being short, an earlier offer, or 0 demand until then",
        first=first[row] if len(workloads) else "",
        count=count[row] if len(workloads) else 0,
    )


def _asked_anyway(case: Case, places: Places) -> Bools:
    """Return which research without demand of its own asks for something: a share where there can
    be chips at all, a multiple that was not done before the plan, (W,)."""
    workloads = case["workloads"]
    whole_runs = float(numbers(case["milestones"], "flop").sum())
    multiple = np.nan_to_num(numbers(workloads, "multiple_of_milestones")) * whole_runs
    ahead = numbers(workloads, "done_flop") >= multiple * (1.0 - ROUNDING)
    share = ~np.isnan(numbers(workloads, "share_of_fleet"))
    return np.where(share, bool(places.present.any()), ~ahead)


def _priced(case: Case) -> Bools:
    """Return the workloads whose shortfall has a price, (W,)."""
    prices = ("short_usd_per_mtok", "short_usd_per_1e21_flop")
    given = [~np.isnan(numbers(case["workloads"], name)) for name in prices]
    return np.asarray(np.logical_or.reduce(given))


def second_site(case: Case, places: Places) -> list[Problem]:
    """Work that must survive the loss of a site can run at two sites."""
    workloads = case["workloads"]
    rated, where = workload_places(case, places)
    sites = where.any(axis=2).sum(axis=1)
    asks = (
        (np.nan_to_num(numbers(workloads, "survive_site_loss")) > 0)
        & (texts(workloads, "kind") == "online")
        & rated.any(axis=1)
        # where nothing is asked, nothing has to survive
        & np.logical_or.reduce([volume(case, column).any(axis=1) for column in TOKENS])
    )
    return rows(
        Cells(case, "workloads", "survive_site_loss", asks & (sites < 2)),
        "one-site",
        "needs at least 2 sites where {workload} can be served; it has {count}",
        "widen its sites or regions, add offers there, or clear the cell",
        count=sites,
    )
