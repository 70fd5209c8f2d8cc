"""Milestones: what is trained, when, on what, and after what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.done import finished
from planner.case.checks.findings import Cells, rows
from planner.case.checks.instants import instants
from planner.case.checks.places import Places
from planner.case.columns import Bools, flags, members, numbers, texts
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def flop_once(case: Case) -> list[Problem]:
    """A milestone gives flop, or both params_b and tokens_t."""
    table = case["milestones"]
    flop, params, tokens = (numbers(table, column) for column in ("flop", "params_b", "tokens_t"))
    half = np.isnan(params) != np.isnan(tokens)
    product = 6.0 * params * 1e9 * tokens * 1e12
    problems = rows(
        Cells(case, "milestones", "params_b", half),
        "flop-half",
        "needs params_b and tokens_t together, or neither",
        "fill in the other one, or give flop and clear both",
    )
    problems += rows(
        Cells(case, "milestones", "flop", np.isnan(flop) & ~half & np.isnan(product)),
        "flop-missing",
        "needs flop, or params_b and tokens_t",
        "fill in the model FLOP of {milestone}",
    )
    return problems + rows(
        Cells(case, "milestones", "flop", np.abs(flop - product) > 1e-6 * product),
        "flop-twice",
        "must be blank where params_b and tokens_t are given, which make {product}",
        "clear flop, or clear the other two",
        product=product,
    )


def window(case: Case) -> list[Problem]:
    """A milestone's deadline is after its start and inside the plan; it has passed only where the
    run is finished or late for a price."""
    table, T = case["milestones"], case.calendar.count
    start, deadline = numbers(table, "start"), numbers(table, "deadline")
    passed, outside = deadline <= 0, deadline > T + 1e-9
    hard = np.isnan(numbers(table, "late_usd_per_period"))
    problems = rows(
        Cells(case, "milestones", "deadline", outside),
        "deadline-outside",
        "must be a period from {begin} to {end}, or a date in them",
        "correct the deadline of {milestone}, or plan for other periods",
        value=instants(case, deadline, end=True),
        begin=case.calendar.labels[0],
        end=case.calendar.labels[-1],
    )
    problems += rows(
        Cells(case, "milestones", "deadline", passed & hard & ~finished(case)),
        "deadline-passed",
        "has passed when the plan starts in {begin}, and {milestone} is not finished: "
        "{left} of its {whole} FLOP are left",
        "move the deadline, give late_usd_per_period, or fill in done_flop",
        value=instants(case, deadline, end=True),
        begin=case.calendar.labels[0],
        left=numbers(table, "flop") - numbers(table, "done_flop"),
        whole=numbers(table, "flop"),
    )
    # a start that is left blank is that of the plan, after which a passed deadline is no mistake
    return problems + rows(
        Cells(
            case,
            "milestones",
            "start",
            ~outside & (start >= deadline) & ~(passed & (start == 0)),
        ),
        "window-reversed",
        "must be before the deadline of {milestone} ({until})",
        "correct start or deadline",
        value=instants(case, start, end=False),
        until=instants(case, deadline, end=True),
    )


def pairs_allowed(case: Case, places: Places) -> Bools:
    """Return which (chip, site) pairs a milestone may use in some period of its window, (M, C,
    S)."""
    table, T = case["milestones"], case.calendar.count
    start, deadline = numbers(table, "start"), numbers(table, "deadline")
    late = ~np.isnan(numbers(table, "late_usd_per_period"))
    t = np.arange(T)
    open_ = (t + 1 > start[:, None]) & ((t < deadline[:, None]) | late[:, None])
    chips, sites = (
        members(places.chips, texts(table, "chips")),
        members(places.sites, texts(table, "sites")),
    )
    return np.asarray(
        (
            chips[:, :, None, None]
            & sites[:, None, :, None]
            & ~places.run_forbidden
            & open_[:, None, None, :]
        ).any(axis=3)
    )


def one_fabric(case: Case, places: Places) -> list[Problem]:
    """A run on one site (chip type) says which, or the plan chooses it, if it is not divisible; a
    run that has begun says which; one that may spread says what that costs in efficiency."""
    table, chooses = case["milestones"], case.whole
    allowed = pairs_allowed(case, places)
    sites, chips = np.asarray(allowed.any(axis=1)), np.asarray(allowed.any(axis=2))
    one_site, one_chip = flags(table, "single_site"), flags(table, "single_chip")
    begun = (numbers(table, "done_flop") > 0) & ~finished(case)
    problems = []
    for single, column, names, grid in (
        (one_site, "sites", places.sites, sites),
        (one_chip, "chips", places.chips, chips),
    ):
        listed = np.empty(len(table), dtype=object)
        listed[:] = [", ".join(names[row][:6]) + (", ..." if row.sum() > 6 else "") for row in grid]
        many = single & (grid.sum(axis=1) > 1)
        one = column[:-1]
        problems += rows(
            Cells(case, "milestones", column, many & ~begun & (not chooses)),
            f"on-several-{column}",
            f"is of {{milestone}}, which single_{one} keeps on one of {{count}} {column} "
            f"({{listed}}): with whole: no it may use all of them at once, and loses nothing",
            f"name one in {column}, or let the plan choose one: leave out whole: no",
            severity="warning",
            count=grid.sum(axis=1),
            listed=listed,
        )
        problems += rows(
            Cells(case, "milestones", column, many & begun),
            f"begun-on-one-{one}",
            f"must be the one of the {{count}} {column} ({{listed}}) on which {{milestone}} has "
            f"begun, because done_flop is given and single_{one} is yes",
            f"name it in {column}",
            count=grid.sum(axis=1),
            listed=listed,
        )
    # over how many pairs it may spread once its one site, or chip type, is known
    at_site, on_chip = allowed.sum(axis=1).max(axis=1, initial=0), allowed.sum(axis=2)
    left = np.where(one_chip, on_chip.max(axis=1, initial=0), allowed.sum(axis=(1, 2)))
    left = np.where(one_site, np.where(one_chip, 1, at_site), left)
    lacks = (left > 1) & np.isnan(numbers(table, "split_efficiency"))
    return problems + rows(
        Cells(case, "milestones", "split_efficiency", lacks),
        "split-missing",
        "needs the efficiency left when {milestone} is spread over sites or chip types",
        "fill in split_efficiency (1 = nothing is lost), or name one site and one chip",
    )


def nowhere(case: Case, places: Places) -> list[Problem]:
    """A milestone has a site and a chip that no rule forbids."""
    table = case["milestones"]
    late = ~np.isnan(numbers(table, "late_usd_per_period"))
    stated = table["class"].isin(case["training"]["class"]).to_numpy() & (
        (numbers(table, "deadline") > np.maximum(numbers(table, "start"), 0.0))
        | (late & (numbers(table, "deadline") <= 0))
    )
    stated &= ~finished(case)
    none = stated & ~pairs_allowed(case, places).any(axis=(1, 2))
    need = "needs a site and a chip of its class that no rule forbids in its window"
    fix = "widen sites or chips of {milestone}, or change the rule"
    # a price for being late is paid then: a rule may have come into force before it was finished
    return rows(
        Cells(case, "milestones", "milestone", none & ~late), "milestone-nowhere", need, fix
    ) + rows(
        Cells(case, "milestones", "milestone", none & late),
        "milestone-nowhere",
        need + "; as it stands it is late to the end of the plan",
        fix,
        severity="warning",
    )


def chips_at_once(case: Case) -> list[Problem]:
    """The fewest chips on a milestone are at most the most."""
    table = case["milestones"]
    return rows(
        Cells(
            case,
            "milestones",
            "min_chips",
            numbers(table, "min_chips") > numbers(table, "max_chips"),
        ),
        "minimum-above-maximum",
        "must be at most max_chips ({max_chips})",
        "correct one of the two",
    )


def order_of_runs(case: Case) -> list[Problem]:
    """What a milestone builds on is another milestone, in no circle, and can be under way before
    this one is due."""
    table = case["milestones"]
    names = texts(table, "milestone")
    M = len(names)
    if not M:
        return []
    direct = members(names, texts(table, "after"))
    reach = direct.copy()
    for _ in range(M.bit_length()):  # paths of doubled length each time
        reach |= (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
    circle = np.diag(reach).copy()
    problems = rows(
        Cells(case, "milestones", "after", circle),
        "after-circle",
        "must be milestones that do not build on {milestone} themselves",
        "break the circle of `after`",
    )
    start, deadline = numbers(table, "start"), numbers(table, "deadline")
    late = ~np.isnan(numbers(table, "late_usd_per_period"))
    # a finished share counts from the end of a period on, so the other run must start a period
    # before this one is due
    due = np.ceil(deadline - 1e-9) - 1
    too_late = direct & (np.floor(start)[None, :] >= due[:, None]) & ~circle[:, None]
    # what is under way already has a share to build on; a deadline that has passed is late anyway
    too_late &= (numbers(table, "done_flop") == 0)[None, :] & (deadline > 0)[:, None]
    too_late &= ~finished(case)[:, None]
    first = np.where(too_late.any(axis=1), too_late.argmax(axis=1), 0)
    base = names[first]
    need = (
        "must be milestones that start at least a period before {milestone} is due ({until}); "
        "{base} starts in {begin}"
    )
    begin, until = (
        instants(case, np.floor(start[first]), end=False),
        instants(case, deadline, end=True),
    )
    fix = "move {base} earlier, the deadline of {milestone} later, or clear after"
    problems += rows(
        Cells(case, "milestones", "after", too_late.any(axis=1) & ~late),
        "after-too-late",
        need,
        fix,
        base=base,
        begin=begin,
        until=until,
    )
    return problems + rows(
        Cells(case, "milestones", "after", too_late.any(axis=1) & late),
        "after-too-late",
        need,
        fix,
        severity="warning",
        base=base,
        begin=begin,
        until=until,
    )
