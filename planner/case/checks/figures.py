"""Figures that are allowed but look wrong, old or without a source: warnings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, first_of, rows
from planner.case.columns import codes, keys, numbers, texts
from planner.case.problems import Problem
from planner.case.tables import TABLES

if TYPE_CHECKING:
    from planner.case.case import Case

FASTEST_OUTPUT = 1e6
"""Output tokens per second and chip above which a figure is taken for one of a whole server or
rack."""
BEST_TRAINING = 0.75
"""Share of peak (MFU x goodput) above which a figure is taken for a mistake; the best published
runs stay well below."""


def roofline(case: Case) -> list[Problem]:
    """Throughput and training efficiency stay below what a chip can do."""
    served, trained = case["throughput"], case["training"]
    problems = rows(
        Cells(
            case,
            "throughput",
            "output_tok_per_s",
            numbers(served, "output_tok_per_s") * numbers(served, "calibration") > FASTEST_OUTPUT,
        ),
        "throughput-high",
        "is normally at most {most} tokens per second of one chip",
        "check the unit: per chip, not per server, rack or minute",
        severity="warning",
        most=FASTEST_OUTPUT,
    )
    share = numbers(trained, "mfu") * numbers(trained, "goodput")
    return problems + rows(
        Cells(case, "training", "mfu", share > BEST_TRAINING),
        "efficiency-high",
        "makes mfu x goodput {share}, which is normally at most {most}",
        "check both figures, and that mfu is measured against the dense peak of {precision}",
        severity="warning",
        most=BEST_TRAINING,
        share=share,
    )


def active_power(case: Case) -> list[Problem]:
    """Draw at work lies between the chip's idle draw and not far above its peak."""
    chips = case["chips"]
    names = texts(chips, "chip")
    problems = []
    for table in ("throughput", "training"):
        at = codes(names, texts(case[table], "chip"))
        active, idle, peak = (
            numbers(case[table], "kw_active"),
            numbers(chips, "kw_idle")[at],
            numbers(chips, "kw_peak")[at],
        )
        problems += rows(
            Cells(case, table, "kw_active", active < idle),
            "active-below-idle",
            "must be at least the idle draw of {chip} ({idle} kW)",
            "check both figures: all-in IT draw per chip, in kW",
            idle=idle,
        )
        problems += rows(
            Cells(case, table, "kw_active", active > 1.5 * peak),
            "active-above-peak",
            "is normally at most 1.5 x kw_peak of {chip} ({peak} kW)",
            "check both figures: all-in IT draw per chip, in kW",
            severity="warning",
            peak=peak,
        )
    return problems


def models_used(case: Case) -> list[Problem]:
    """Throughput and training rows are for models and classes that something uses."""
    workloads, throughput, training = case["workloads"], case["throughput"], case["training"]
    served, named = set(keys(workloads, ("model", "tier"))), keys(throughput, ("model", "tier"))
    first = {key: i for i, key in reversed(list(enumerate(named)))}
    idle = np.array(
        [key not in served and first[key] == i for i, key in enumerate(named)], dtype=bool
    )
    problems = rows(
        Cells(case, "throughput", "model", idle),
        "throughput-unused",
        "is not used: no workload serves {model} at tier {tier}",
        "correct model or tier here or in workloads.csv, or remove its rows",
        severity="warning",
    )
    classes = {
        *texts(case["milestones"], "class"),
        *texts(workloads, "model")[texts(workloads, "kind") == "research"],
    }
    idle = ~training["class"].isin(classes).to_numpy() & ~training["class"].duplicated().to_numpy()
    return problems + rows(
        Cells(case, "training", "class", idle),
        "class-unused",
        "is not used: no milestone or research names it",
        "correct the name here or where it is used, or remove its rows",
        severity="warning",
    )


def gains_known(case: Case) -> list[Problem]:
    """Gains are for models of throughput.csv and for chips of chips.csv, or `*`."""
    gains = case["gains"]
    models, chips = sorted(set(texts(case["throughput"], "model"))), texts(case["chips"], "chip")
    problems = rows(
        Cells(case, "gains", "model", ~gains["model"].isin(models).to_numpy()),
        "model-unknown",
        "must be a model of throughput.csv",
        "correct the name, or remove the row",
    )
    return problems + rows(
        Cells(case, "gains", "chip", ~gains["chip"].isin([*chips, "*"]).to_numpy()),
        "chip-unknown",
        "must be a chip of chips.csv, or * for every chip without rows of its own",
        "correct the name, or remove the row",
    )


def profiles_used(case: Case) -> list[Problem]:
    """A profile is used by a workload."""
    profiles = case["profiles"]
    idle = (
        ~profiles["profile"].isin(case["workloads"]["profile"]).to_numpy()
        & ~profiles["profile"].duplicated().to_numpy()
    )
    return rows(
        Cells(case, "profiles", "profile", idle),
        "profile-unused",
        "is not used: no workload names it",
        "name it in workloads.csv, or remove its rows",
        severity="warning",
    )


def stale(case: Case) -> list[Problem]:
    """Sources are not much older than the start of the plan."""
    start, days = case.calendar.first_day(0), case.settings.stale_after_days
    limit = (start - dt.timedelta(days=days)).isoformat()
    problems = []
    for table in TABLES:
        if table.name == "models" or not any(c.name == "as_of" for c in table.columns):
            continue  # how large a model is does not change
        dates = texts(case[table.name], "as_of")
        old = (dates != "") & (dates < limit)  # ISO dates sort as text
        if old.any():
            problems.append(
                first_of(
                    Cells(case, table.name, "as_of", old),
                    "stale",
                    f"needs dates from {limit} on ({days} days before the plan starts); "
                    f"{np.count_nonzero(old)} of {len(dates)} rows are older",
                    "look for newer figures, or raise stale_after_days in case.yaml",
                    value=min(dates[old]),
                )
            )
    return problems


def sources(case: Case) -> list[Problem]:
    """Rows say where their figures come from."""
    problems = []
    for table in TABLES:
        if not any(column.name == "as_of" for column in table.columns):  # figures of the world
            continue
        blank = texts(case[table.name], "source") == ""
        if blank.any():
            problems.append(
                first_of(
                    Cells(case, table.name, "source", blank),
                    "no-source",
                    f"needs a source in every row; {np.count_nonzero(blank)} of "
                    f"{len(case[table.name])} have none",
                    "fill in where the figures come from, or `assumption` where nobody published "
                    "one",
                )
            )
    return problems
