"""Workloads: every kind has what it needs and nothing that it would ignore."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.batches import windows_of
from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, codes, exploded, flags, numbers, texts
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def by_volume(case: Case) -> Bools:
    """Return whether a workload has its demand in demand.csv: inference, and research that is no
    share or multiple, (W,)."""
    workloads = case["workloads"]
    inference = texts(workloads, "kind") != "research"
    return np.asarray(
        inference
        | (
            np.isnan(numbers(workloads, "share_of_fleet"))
            & np.isnan(numbers(workloads, "multiple_of_milestones"))
        )
    )


def columns_by_kind(case: Case) -> list[Problem]:
    """A workload fills only the columns that its kind reads."""
    workloads = case["workloads"]
    kind = texts(workloads, "kind")
    online, batch, research = (kind == name for name in ("online", "batch", "research"))
    relative = research & ~by_volume(case)
    problems = []
    for column, bad, only in (
        (
            "tier",
            research & (texts(workloads, "tier") != ""),
            "only online and batch work has a latency tier",
        ),
        (
            "profile",
            ~online & (texts(workloads, "profile") != ""),
            "only online work has a load profile",
        ),
        (
            "window_periods",
            ~batch & (numbers(workloads, "window_periods") > 1),
            "only batch work can wait",
        ),
        (
            "window_start",
            ~batch & ~np.isnan(numbers(workloads, "window_start")),
            "only batch work has windows",
        ),
        (
            "served_mtok",
            ~batch & (numbers(workloads, "served_mtok") > 0),
            "only batch work has windows",
        ),
        (
            "short_usd_per_mtok",
            research & ~np.isnan(numbers(workloads, "short_usd_per_mtok")),
            "research is priced by short_usd_per_1e21_flop",
        ),
        (
            "short_usd_per_1e21_flop",
            ~research & ~np.isnan(numbers(workloads, "short_usd_per_1e21_flop")),
            "inference is priced by short_usd_per_mtok",
        ),
        (
            "short_usd_per_1e21_flop",
            relative & ~np.isnan(numbers(workloads, "short_usd_per_1e21_flop")),
            "a share or multiple must be met",
        ),
        (
            "usd_per_mtok",
            research & ~np.isnan(numbers(workloads, "usd_per_mtok")),
            "nobody is charged for tokens of research",
        ),
        (
            "may_leave_house",
            research & flags(workloads, "may_leave_house"),
            "no provider sells research",
        ),
        (
            "share_of_fleet",
            ~research & ~np.isnan(numbers(workloads, "share_of_fleet")),
            "only research is a share of the fleet",
        ),
        (
            "multiple_of_milestones",
            ~research & ~np.isnan(numbers(workloads, "multiple_of_milestones")),
            "only research is a multiple of the milestones",
        ),
        (
            "survive_site_loss",
            ~online & ~np.isnan(numbers(workloads, "survive_site_loss")),
            "only online work is protected against the loss of a site",
        ),
    ):
        problems += rows(
            Cells(case, "workloads", column, bad),
            "workload-column",
            f"must be blank for the {{kind}} workload {{workload}}: {only}",
            "clear the cell, or correct kind",
        )
    return problems


def open_windows(case: Case) -> list[Problem]:
    """A batch window that is open when the plan starts began within its periods before that, and
    was served no more than it asks for."""
    workloads = case["workloads"]
    batch = texts(workloads, "kind") == "batch"
    start, length = numbers(workloads, "window_start"), numbers(workloads, "window_periods")
    problems = rows(
        Cells(case, "workloads", "window_start", batch & ((start > 0) | (start <= -length))),
        "window-not-open",
        "must be a period from {first} to {begin}: a window of {workload} has {window_periods}",
        "give the period in which the window began that is open when the plan starts",
        begin=case.calendar.labels[0],
        first=[case.calendar.label(1 - int(n)) for n in np.nan_to_num(length, nan=1.0)],
    )
    windows, served = windows_of(case), numbers(workloads, "served_mtok")
    problems += rows(
        Cells(case, "workloads", "served_mtok", batch & (served > 0) & (windows.passed == 0)),
        "served-without-window",
        "must be blank for {workload}, no window of which is open when the plan starts",
        "give window_start, or clear the cell",
    )
    return problems


def tier_given(case: Case) -> list[Problem]:
    """Online and batch work names its latency tier."""
    workloads = case["workloads"]
    lacks = (texts(workloads, "kind") != "research") & (texts(workloads, "tier") == "")
    return rows(
        Cells(case, "workloads", "tier", lacks),
        "tier-missing",
        "needs the latency tier of {workload}, as in throughput.csv",
        "fill in tier",
    )


def one_research_measure(case: Case) -> list[Problem]:
    """Research is given once: as FLOP in demand.csv, as a share of the fleet, or as a multiple of
    the milestones."""
    workloads, demand = case["workloads"], case["demand"]
    research = texts(workloads, "kind") == "research"
    share, multiple = (
        ~np.isnan(numbers(workloads, "share_of_fleet")),
        ~np.isnan(numbers(workloads, "multiple_of_milestones")),
    )
    problems = rows(
        Cells(case, "workloads", "multiple_of_milestones", research & share & multiple),
        "research-twice",
        "must be blank where share_of_fleet is given",
        "clear one of the two",
    )
    relative = texts(workloads, "workload")[research & (share | multiple)]
    problems += rows(
        Cells(case, "demand", "workload", demand["workload"].isin(relative).to_numpy()),
        "demand-of-share",
        "must have no demand rows: it is a share or a multiple in workloads.csv",
        "remove its rows, or clear share_of_fleet and multiple_of_milestones",
    )
    if case["milestones"].empty:
        problems += rows(
            Cells(case, "workloads", "multiple_of_milestones", research & multiple),
            "multiple-of-nothing",
            "needs milestones that {workload} is a multiple of; the case has none",
            "add milestones.csv, or give the research as flop in demand.csv",
        )
    return problems


def regions_known(case: Case) -> list[Problem]:
    """Regions of a workload are regions of sites, and some site passes both regions and sites."""
    workloads = case["workloads"]
    regions = sorted(set(texts(case["sites"], "region")))
    row, name = exploded(texts(workloads, "regions"))
    wrong = np.flatnonzero(~np.isin(name, [*regions, "*"]))
    first = np.full(len(workloads), "", dtype=object)
    first[row[wrong][::-1]] = name[wrong][::-1]
    problems = rows(
        Cells(case, "workloads", "regions", first != ""),
        "region-unknown",
        "must be regions of sites.csv ({known}); {first} is not one",
        "correct the name, or add a site there",
        first=first,
        known=", ".join(regions),
    )
    empty = (
        np.fromiter(map(len, workloads["sites"]), dtype=np.int64, count=len(workloads)) == 0
    ) & (first == "")
    return problems + rows(
        Cells(case, "workloads", "sites", empty),
        "workload-nowhere",
        "needs at least one site that is in both sites and regions",
        "correct sites or regions of {workload}",
    )


def profiles_complete(case: Case) -> list[Problem]:
    """A profile has a load for every slice of case.yaml, no other, and its share-weighted mean is
    1."""
    table = case["profiles"]
    slices = np.array([part.name for part in case.settings.slices], dtype=object)
    share = np.array([part.hours_share for part in case.settings.slices])
    part = codes(slices, texts(table, "slice"))
    problems = rows(
        Cells(case, "profiles", "slice", part < 0),
        "slice-unknown",
        "must be a slice of case.yaml ({known})",
        "correct the name, or declare the slice in case.yaml",
        known=", ".join(slices),
    )
    names = np.array(sorted(set(texts(table, "profile"))), dtype=object)
    loads = np.full((len(names), len(slices)), np.nan)
    known = part >= 0
    loads[codes(names, texts(table, "profile"))[known], part[known]] = numbers(table, "load")[known]
    mean = loads @ share
    at = codes(names, texts(table, "profile"))
    first = ~table["profile"].duplicated().to_numpy()
    missing = np.array([", ".join(slices[np.isnan(row)]) for row in loads], dtype=object)
    problems += rows(
        Cells(case, "profiles", "profile", first & np.isnan(mean)[at]),
        "profile-gap",
        "needs a load of {profile} for every slice; {missing} is missing",
        "add the rows to profiles.csv",
        missing=missing[at],
    )
    return problems + rows(
        Cells(case, "profiles", "load", first & (np.abs(mean - 1.0) > 1e-6)[at]),
        "profile-mean",
        "needs loads of {profile} whose mean, weighted by hours_share, is 1; it is {mean}",
        "divide every load of {profile} by {mean}",
        mean=mean[at],
    )
