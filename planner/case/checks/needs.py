"""What a case as a whole must have: something to plan for, and the tables its settings lean on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, codes, exploded, numbers, texts
from planner.case.problems import Place, Problem, error, warning
from planner.case.tables import TABLE
from planner.case.tokens import may_be_called
from planner.case.yaml_file import FILE

if TYPE_CHECKING:
    from planner.case.case import Case


def something_to_do(case: Case) -> list[Problem]:
    """A case has workloads or milestones."""
    if len(case["workloads"]) or len(case["milestones"]):
        return []
    return [
        error(
            "nothing-to-plan",
            Place(TABLE["workloads"].path, column="workload"),
            "",
            "needs workloads (with demand and throughput) or milestones (with training)",
            "fill workloads.csv, demand.csv and throughput.csv, or milestones.csv and training.csv",
        )
    ]


def tables_of_work(case: Case) -> list[Problem]:
    """Inference needs demand and throughput; milestones and research need training efficiencies."""
    workloads = case["workloads"]
    research = texts(workloads, "kind") == "research"
    by_volume = ~research | (
        np.isnan(numbers(workloads, "share_of_fleet"))
        & np.isnan(numbers(workloads, "multiple_of_milestones"))
    )
    wanted = (
        (
            "demand",
            "workload",
            by_volume.any(),
            "needs demand of every workload by period",
            "fill demand.csv: one row per workload and period",
        ),
        (
            "throughput",
            "model",
            (~research & ~may_be_called(case).any(axis=(0, 2))).any(),
            "needs throughput of the models that workloads serve",
            "fill throughput.csv: one row per model, tier and chip",
        ),
        (
            "training",
            "class",
            research.any() or len(case["milestones"]) > 0,
            "needs training efficiency by class and chip for milestones and research",
            "fill training.csv: one row per class and chip",
        ),
    )
    return [
        error(f"needs-{table}", Place(TABLE[table].path, column=column), "", need, fix)
        for table, column, needed, need, fix in wanted
        if needed and case[table].empty
    ]


def residual_by_table(case: Case) -> list[Problem]:
    """With residual: table, every chip that can be bought or has a price in the fleet or an order
    needs resale rows."""
    if case.settings.residual != "table":
        return []
    known = set(texts(case["resale"], "chip"))
    fix = "add rows for {chip} to resale.csv, or choose another residual in case.yaml"
    problems = []
    for table, concerned in (
        ("offers", texts(case["offers"], "kind") == "purchase"),
        ("orders", _priced(case["orders"])),
        ("fleet", _priced(case["fleet"])),
    ):
        lacks = concerned & ~case[table]["chip"].isin(known).to_numpy()
        problems += rows(
            Cells(case, table, "chip", lacks),
            "resale-missing",
            "needs resale shares of {chip} by age, because case.yaml says residual: table",
            fix,
        )
    return problems


def _priced(lots: pd.DataFrame) -> Bools:
    """Return which lots are ours and have a price that resale counts from, (n,)."""
    return np.asarray(
        ~np.isnan(numbers(lots, "usd_per_chip")) & (texts(lots, "kind") == "purchase")
    )


def names_once(case: Case) -> list[Problem]:
    """Names that a plan tells side by side are one thing each: works, and what can be ordered."""
    problems = []
    for first, second in (
        (("workloads", "workload"), ("milestones", "milestone")),
        (("offers", "offer"), ("power_projects", "project")),
        (("offers", "offer"), ("orders", "order")),
        (("power_projects", "project"), ("orders", "order")),
    ):
        one, two = case[first[0]], case[second[0]]
        at = codes(texts(one, first[1]), texts(two, second[1]))
        where = np.full(len(two), "", dtype=object)
        where[at >= 0] = [f"{one['_file'].iat[i]}:{one['_row'].iat[i]}" for i in at[at >= 0]]
        problems += rows(
            Cells(case, second[0], second[1], at >= 0),
            "name-twice",
            "must differ from the {_kind} of that name ({_place}): the plan tells both by name",
            "rename one of the two",
            _kind=first[1],
            _place=where,
        )
    return problems


def frozen_without_plan(case: Case) -> list[Problem]:
    """Frozen periods and a change charge need a last plan."""
    if len(case["last_plan"]):
        return []
    problems = []
    if case.settings.frozen_periods > 0:
        problems.append(
            error(
                "frozen-without-last-plan",
                Place(FILE, column="frozen_periods"),
                str(case.settings.frozen_periods),
                "needs a last plan, whose orders the frozen periods keep",
                "put the buy_plan.csv of the approved run into last_plan/, or set frozen_periods "
                "to 0",
            )
        )
    if case.settings.change_usd_per_chip > 0:
        problems.append(
            warning(
                "change-without-last-plan",
                Place(FILE, column="change_usd_per_chip"),
                f"{case.settings.change_usd_per_chip:g}",
                "needs a last plan to compare with; without one nothing is charged",
                "put the buy_plan.csv of the approved run into last_plan/, or remove "
                "change_usd_per_chip",
            )
        )
    return problems


def frozen_lines(case: Case) -> list[Problem]:
    """What the last plan orders in a frozen period, or as a changed line, can still be ordered: the
    offer exists, at that site, in that period."""
    plan, offers, projects = case["last_plan"], case["offers"], case["power_projects"]
    if plan.empty:
        return []
    period = numbers(plan, "order_period")
    ordered = (numbers(plan, "chips") > 0) | (numbers(plan, "mw") > 0)
    changed = (texts(plan, "decision") == "changed") & (period < case.calendar.count)
    frozen = (
        ordered
        & (period >= 0)
        & ((period < case.settings.frozen_periods) | changed)
        & plan["action"].isin(["buy", "lease", "reserve", "build_power"]).to_numpy()
    )
    frozen &= (texts(plan, "status") == "new") | (texts(plan, "status") == "")
    row, site = exploded(texts(offers, "site"))
    names = np.concatenate([texts(offers, "offer")[row], texts(projects, "project")])
    windows = pd.DataFrame(
        {
            "offer": names,
            "site": np.concatenate([site, texts(projects, "site")]),
            "first": np.concatenate(
                [numbers(offers, "first_order")[row], numbers(projects, "first_order")]
            ),
            "last": np.concatenate(
                [numbers(offers, "last_order")[row], numbers(projects, "last_order")]
            ),
        }
    )
    line = plan[["offer", "site"]].merge(
        windows.drop_duplicates(["offer", "site"]), how="left", on=["offer", "site"]
    )
    known, first, last = (
        plan["offer"].isin(names).to_numpy(),
        numbers(line, "first"),
        numbers(line, "last"),
    )
    at_site = ~np.isnan(first)
    code, fix = "frozen-line", "correct the table, or {_how}"
    labels = np.array([case.calendar.label(int(t)) for t in period], dtype=object)
    stays = changed & (period >= case.settings.frozen_periods)
    why = np.where(stays, "the line was changed when it was approved", labels + " is frozen")
    how = np.where(stays, "clear the line's decision", "lower frozen_periods in case.yaml")
    problems = rows(
        Cells(case, "last_plan", "offer", frozen & ~known),
        code,
        "must be an offer or power project of this case, because {_why}",
        fix,
        _why=why,
        _how=how,
    )
    problems += rows(
        Cells(case, "last_plan", "site", frozen & known & ~at_site),
        code,
        "must be a site of {offer}, because {_why}",
        fix,
        _why=why,
        _how=how,
    )
    inside = (period >= first) & (period <= last)
    return problems + rows(
        Cells(case, "last_plan", "order_period", frozen & known & at_site & ~inside),
        code,
        "must be a period in which {offer} can be ordered, because {_why}",
        fix,
        _why=why,
        _how=how,
    )
