"""Rules, budgets and limits: they name things that exist and periods of the plan."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.columns import Bools, Texts, codes, numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

DESCRIBING = ("chip", "vendor", "site", "region", "country", "workload", "milestone")
BOUNDS = ("min_share", "max_share", "max", "min")


def _listed(names: list[str]) -> str:
    """Return names for a message: at most eight."""
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def rule_names_something(case: Case) -> list[Problem]:
    """A rule describes something: with every cell blank it would forbid all orders."""
    rules = case["rules"]
    blank = np.all([texts(rules, column) == "" for column in DESCRIBING], axis=0)
    return rows(
        Cells(case, "rules", "chip", blank),
        "rule-empty",
        "needs at least one of chip, vendor, site, region, country, workload, milestone; as it "
        "stands all orders are forbidden",
        "fill in what is forbidden",
    )


def rule_one_work(case: Case) -> list[Problem]:
    """A rule names a workload or a milestone, not both: no work is both."""
    rules = case["rules"]
    both = (texts(rules, "workload") != "") & (texts(rules, "milestone") != "")
    return rows(
        Cells(case, "rules", "milestone", both),
        "rule-two-works",
        "must be blank where a workload is named: no work is both",
        "make two rules of it",
    )


def rule_names_known(case: Case) -> list[Problem]:
    """Vendor, region and country of a rule exist."""
    rules = case["rules"]
    problems = []
    for column, table in (("vendor", "chips"), ("region", "sites"), ("country", "sites")):
        known = sorted(set(texts(case[table], column)))
        unknown = (texts(rules, column) != "") & ~rules[column].isin(known).to_numpy()
        problems += rows(
            Cells(case, "rules", column, unknown),
            f"{column}-unknown",
            f"must be a {column} of {table}.csv ({{known}})",
            "correct the name, or remove the rule",
            known=_listed(known),
        )
    return problems


def rule_matches(case: Case) -> list[Problem]:
    """A rule matches some chip and some site, in some period of the plan."""
    rules, T = case["rules"], case.calendar.count

    def matched(table: str, columns: tuple[str, ...]) -> Bools:
        """Return which rules some row of a table fits, (rules,)."""
        grid = np.ones((len(rules), len(case[table])), dtype=bool)
        for column in columns:
            cell = texts(rules, column)
            grid &= (cell[:, None] == texts(case[table], column)[None, :]) | (cell == "")[:, None]
        return np.asarray(grid.any(axis=1))

    known = np.ones(len(rules), dtype=bool)
    for column, table in (("vendor", "chips"), ("region", "sites"), ("country", "sites")):
        known &= (texts(rules, column) == "") | rules[column].isin(case[table][column]).to_numpy()
    first, last = whole(rules, "from"), whole(rules, "to")
    inside = (first <= last) & (last >= 0) & (first < T)
    problems = rows(
        Cells(case, "rules", "chip", known & ~matched("chips", ("chip", "vendor"))),
        "rule-idle",
        "matches nothing: no chip is {chip} of {vendor}",
        "correct chip or vendor",
        severity="warning",
    )
    problems += rows(
        Cells(case, "rules", "site", known & ~matched("sites", ("site", "region", "country"))),
        "rule-idle",
        "matches nothing: no site is in that region and country",
        "correct site, region or country",
        severity="warning",
    )
    return problems + rows(
        Cells(case, "rules", "to", ~inside),
        "rule-idle",
        "leaves no period of the plan from {from} on",
        "correct from or to, or remove the rule",
        severity="warning",
    )


def _periods(case: Case, named: Texts) -> tuple[Bools, Bools]:
    """Return the periods of the plan that each text covers (n, T), and whether all of what it names
    is inside the plan, (n,).

    A blank covers the whole plan; ``FY2027`` the periods of that fiscal year; other texts are one
    period.
    """
    calendar, T = case.calendar, case.calendar.count
    cells = np.array(sorted(set(named)), dtype=object)
    covers, complete = np.zeros((len(cells), T), dtype=bool), np.ones(len(cells), dtype=bool)
    years = np.array([calendar.fiscal_year(t) for t in range(T)])
    for i, cell in enumerate(cells):  # a loop over distinct periods, not over rows
        if cell == "":
            covers[i] = True
        elif cell.startswith("FY"):
            covers[i] = years == int(cell[2:])
            complete[i] = covers[i].sum() == calendar.ppy
        else:
            covers[i] = np.arange(T) == calendar.parse(cell)
    at = codes(cells, named)
    return covers[at], complete[at]


def periods_inside(case: Case) -> list[Problem]:
    """Budgets and limits are for periods or fiscal years of the plan; a year that is partly outside
    is said."""
    problems = []
    labels = case.calendar.labels
    for table in ("budgets", "limits"):
        covers, complete = _periods(case, texts(case[table], "period"))
        inside = np.asarray(covers.any(axis=1))
        problems += rows(
            Cells(case, table, "period", ~inside),
            "period-outside",
            "must be a period or fiscal year of the plan, {start} to {end}",
            "correct the period, or remove the row",
            start=labels[0],
            end=labels[-1],
        )
        # what was used before the plan tells that its year has begun
        used = numbers(case[table], "used_usd" if table == "budgets" else "used") > 0
        begun = np.asarray(covers[:, 0])
        problems += rows(
            Cells(case, table, "period", inside & ~complete & ~(used & begun & ~covers[:, -1])),
            "year-partly-inside",
            "is only partly inside the plan: {count} of its {year} periods count",
            "check that the figure is for these periods",
            severity="warning",
            count=covers.sum(axis=1),
            year=case.calendar.ppy,
        )
    return problems


def straddles(case: Case) -> list[str]:
    """Return the labels of the periods within which a fiscal year starts."""
    calendar = case.calendar
    ends = _ends(case)
    return [calendar.labels[t] for t, end in enumerate(ends) if end != calendar.fiscal_year(t)]


def _ends(case: Case) -> list[int]:
    """Return the fiscal year of the last day of every period."""
    calendar = case.calendar
    return [
        calendar.fiscal_year_of(calendar.first_day(t + 1) - datetime.timedelta(days=1))
        for t in range(calendar.count)
    ]


def fiscal_years_whole(case: Case) -> list[Problem]:
    """A window by fiscal year holds whole periods; one that straddles its start is told."""
    calendar, ends = case.calendar, _ends(case)
    over = [t for t, end in enumerate(ends) if end != calendar.fiscal_year(t)]
    touched: dict[str, int] = {}
    for t in over:
        touched.setdefault(f"FY{calendar.fiscal_year(t)}", t)
        touched.setdefault(f"FY{ends[t]}", t)
    problems = []
    for name in ("budgets", "limits"):
        windows = texts(case[name], "period")
        at = [touched.get(window, 0) for window in windows]
        problems += rows(
            Cells(
                case,
                name,
                "period",
                np.array([window in touched for window in windows], dtype=bool),
            ),
            "fiscal-straddle",
            "the fiscal year starts within {straddling}, which counts whole in FY{year}, in which "
            "it begins",
            "plan by shorter periods, or name periods instead of fiscal years",
            severity="warning",
            straddling=[calendar.labels[t] for t in at],
            year=[str(calendar.fiscal_year(t)) for t in at],
        )
    return problems


def limit_member(case: Case) -> list[Problem]:
    """A limit names a member of its scope; scope all has none."""
    limits = case["limits"]
    scope, member = texts(limits, "scope"), texts(limits, "member")
    problems = rows(
        Cells(case, "limits", "member", (scope == "all") & (member != "")),
        "limit-member",
        "must be blank with scope all",
        "clear the cell, or name another scope",
    )
    for name, table in (
        ("vendor", "chips"),
        ("chip", "chips"),
        ("site", "sites"),
        ("region", "sites"),
        ("country", "sites"),
    ):
        known = sorted(set(texts(case[table], name)))
        unknown = (scope == name) & ~np.isin(member, known)
        problems += rows(
            Cells(case, "limits", "member", unknown),
            "limit-member",
            f"must be a {name} of {table}.csv ({{known}})",
            "correct member or scope",
            known=_listed(known),
        )
    return problems


def limit_bounds(case: Case) -> list[Problem]:
    """A limit bounds something: min_share, max_share, max or min, the smaller first; the share of
    all is always 1, and no plan has to emit."""
    limits = case["limits"]
    low, high, most, least = (numbers(limits, column) for column in BOUNDS)
    share = ~np.isnan(low) | ~np.isnan(high)
    problems = rows(
        Cells(case, "limits", "max", ~share & np.isnan(most) & np.isnan(least)),
        "limit-unbounded",
        "needs at least one of min_share, max_share, max and min for {limit}",
        "fill one in, or remove the row",
    )
    problems += rows(
        Cells(case, "limits", "min_share", low > high),
        "minimum-above-maximum",
        "must be at most max_share ({max_share})",
        "correct one of the two",
    )
    problems += rows(
        Cells(case, "limits", "min", least > most),
        "minimum-above-maximum",
        "must be at most max ({max})",
        "correct one of the two",
    )
    problems += rows(
        Cells(case, "limits", "min", (least > 0) & (texts(limits, "measure") == "carbon")),
        "least-carbon",
        "must be blank for carbon: no plan has to emit any",
        "clear the cell, or name another measure",
    )
    column = np.where(~np.isnan(low), "min_share", "max_share")
    for name in ("min_share", "max_share"):
        problems += rows(
            Cells(
                case, "limits", name, (texts(limits, "scope") == "all") & share & (column == name)
            ),
            "share-of-all",
            "must be blank with scope all, whose share is always 1",
            "use max, or name another scope",
        )
    return problems
