"""Price steps: what they price, what they count, and what was counted before the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, rows
from planner.case.checks.offers import open_periods
from planner.case.checks.policy import straddles
from planner.case.checks.prices import priced_periods
from planner.case.columns import Bools, Ints, Texts, flags, numbers, texts
from planner.case.kinds import HELD_KINDS
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

STEPS = "offer_steps"


def _owners(case: Case) -> Texts:
    """Return whose step every row is, as one text, (steps,)."""
    steps = case[STEPS]
    return np.asarray(texts(steps, "offer") + "\n" + texts(steps, "supply_group"), dtype=object)


def _first(case: Case) -> Ints:
    """Return the row of the same owner that is told for all of them, (steps,)."""
    _, first, back = np.unique(_owners(case).astype(str), return_index=True, return_inverse=True)
    return np.asarray(first[back.ravel()], dtype=np.int64)


def counted(case: Case) -> Bools:
    """Return which offers the owner of every step counts, (steps, offers)."""
    steps, offers = case[STEPS], case["offers"]
    own = texts(steps, "offer")[:, None] == texts(offers, "offer")[None, :]
    group = texts(steps, "supply_group")
    shared = group[:, None] == texts(offers, "supply_group")[None, :]
    return np.asarray(own | (shared & (group != "")[:, None]), dtype=bool)


def one_owner(case: Case) -> list[Problem]:
    """A step is of an offer or of a supply group, not of both or none."""
    steps = case[STEPS]
    offer, group = texts(steps, "offer") != "", texts(steps, "supply_group") != ""
    return rows(
        Cells(case, STEPS, "offer", offer == group),
        "step-owner",
        "must name an offer, or be blank where supply_group names a group: one of the two",
        "fill in one of them and clear the other",
    )


def one_way(case: Case) -> list[Problem]:
    """All steps of an offer or group count the same chips, and hold for the same part of them."""
    steps, first = case[STEPS], _first(case)
    problems = []
    for column, what in (("counts", "count the same chips"), ("on", "hold for the same chips")):
        said = texts(steps, column)
        problems += rows(
            Cells(case, STEPS, column, said != said[first]),
            "step-mixed",
            f"must be {{_same}}, as in the row above of the same owner: its steps {what}",
            "correct one of the rows",
            _same=said[first],
        )
    return problems


def one_price(case: Case) -> list[Problem]:
    """An offer is priced by its own steps or by those of its group; those of a group bring one chip
    type, as a step has one price."""
    steps, offers, mine = case[STEPS], case["offers"], counted(case)
    own = texts(steps, "offer") != ""
    shared = mine[~own].any(axis=0)
    twice = own & (mine & shared[None, :]).any(axis=1)
    problems = rows(
        Cells(case, STEPS, "offer", twice & (_first(case) == np.arange(len(steps)))),
        "step-twice",
        "has price steps of its own and those of its supply group: one of the two prices it",
        "remove the rows of one of them",
    )
    chip = texts(offers, "chip")
    several = np.array([len(set(chip[row].tolist())) > 1 for row in mine], dtype=bool)
    return problems + rows(
        Cells(case, STEPS, "supply_group", several & (_first(case) == np.arange(len(steps)))),
        "step-chips",
        "must be a group whose offers bring one chip type: a step has one price, and these bring "
        "several",
        "state the steps by offer",
    )


def what_is_priced(case: Case) -> list[Problem]:
    """Steps price what is bought or signed at an up-front price and stays for its term: not what
    is rented or moved, has only an hourly price, or may leave early."""
    steps, offers, mine = case[STEPS], case["offers"], counted(case)
    kind, name = texts(offers, "kind"), texts(offers, "offer")
    held = np.isin(kind, HELD_KINDS)
    lacks = (open_periods(case) & ~priced_periods(case, "usd_per_chip")).any(axis=1)
    leaves = np.where(
        kind == "purchase", flags(offers, "retire_early"), flags(offers, "cancellable")
    )
    problems = []
    for bad, code, need, fix in (
        (
            ~held,
            "step-kind",
            "must be bought or signed: {_offer} is of kind {_kind}, which has no steps",
            "remove the rows, or take {_offer} out of the group",
        ),
        (
            held & lacks,
            "step-price",
            "needs an up-front price of {_offer} below the first step, in every period in which "
            "it can be ordered",
            "fill in usd_per_chip of {_offer}, here or by period",
        ),
        (
            held & leaves,
            "step-leaves",
            "must stay for its term: {_offer} may leave early, and what is given back of a step is "
            "not known",
            "clear retire_early (cancellable) of {_offer}, or remove its steps",
        ),
    ):
        hit = mine & bad[None, :]
        at = hit.argmax(axis=1) if len(offers) else np.zeros(len(steps), dtype=np.int64)
        named = texts(steps, "offer") != ""
        first = _first(case) == np.arange(len(steps))
        for column, where in (("offer", named), ("supply_group", ~named)):
            problems += rows(
                Cells(case, STEPS, column, hit.any(axis=1) & where & first),
                code,
                need,
                fix,
                _offer=name[at] if len(offers) else "",
                _kind=kind[at] if len(offers) else "",
            )
    return problems


def chips_counted(case: Case) -> list[Problem]:
    """Chips ordered before the plan are counted by steps whose window has begun."""
    steps, offers, calendar = case[STEPS], case["offers"], case.calendar
    mine, counts = counted(case), texts(steps, "counts")
    running = calendar.fiscal_year(-1) == calendar.fiscal_year(0)
    begun = (counts == "plan") | ((counts == "fiscal_year") & running)
    before = numbers(offers, "chips_before") > 0
    problems = rows(
        Cells(case, "offers", "chips_before", before & ~mine.any(axis=0)),
        "chips-before-alone",
        "must be blank: {offer} has no price steps that would count them",
        "clear the cell, or state its steps in offer_steps.csv",
    )
    early = before & mine.any(axis=0) & ~mine[begun].any(axis=0)
    problems += rows(
        Cells(case, "offers", "chips_before", early),
        "used-before-window",
        "must be blank: what its price steps count begins with the plan or later",
        "clear the cell, or correct counts in offer_steps.csv",
    )
    straddled = straddles(case)
    yearly = (counts == "fiscal_year") & (_first(case) == np.arange(len(steps)))
    return problems + rows(
        Cells(case, STEPS, "counts", yearly & bool(straddled)),
        "fiscal-straddle",
        "a fiscal year starts within {_straddling}, which counts whole in the one in which it "
        "begins",
        "plan by shorter periods, or count by order or plan",
        severity="warning",
        _straddling=straddled[0] if straddled else "",
    )
