"""Moves in the words of ``--set``: what a command needs to be told to do what the page did.

Each move is spelled for the case as those before it left it, so that it may build on them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from planner.case.kinds import BURST_KINDS
from planner.case.overrides import apply_overrides
from planner.case.spelling import quote_name
from planner.case.variants import Base
from planner.serve.move import Move, MoveError
from planner.serve.move_dates import move_date
from planner.serve.move_prices import move_price
from planner.serve.spelled import Spelled, by_period, change, known, offers_of

DEMANDED: Final = ("output_mtok", "input_mtok", "cached_mtok", "flop")


def words_of(base: Base, moves: Sequence[Move]) -> tuple[str, ...]:
    """Return what moves are in the words of ``--set``, in their order.

    Args:
        base: the case that is moved.
        moves: the moves.

    Raises:
        MoveError: for one that names what the case does not have, or moves nothing there.
    """
    texts, found = dict(base.texts), list[str]()
    for move in moves:
        if not move.changes:
            continue
        words = _WORDS[move.what](Spelled(base.case, texts), move)
        if not words:
            whose = move.name or "the whole case"
            raise MoveError(f"nothing of {move.what} of {whose} can be moved so")
        _, texts, _ = apply_overrides(base.tree, texts, words)  # what is wrong, reading it tells
        found += words
    return tuple(found)


def _demand(spelled: Spelled, move: Move) -> list[str]:
    return by_period(spelled, move, "demand", "workload", DEMANDED)


def _power(spelled: Spelled, move: Move) -> list[str]:
    """A hall with so many times the power cools so many times the chips, too; so many MW more are
    those that anybody has."""
    columns = ("mw", "liquid_mw") if move.sign == "x" else ("mw",)
    return by_period(spelled, move, "power", "site", columns)


def _supply(spelled: Spelled, move: Move) -> list[str]:
    if move.axis == "chip":
        return _supply_of_chip(spelled, move)
    if move.axis != "offer":
        return by_period(spelled, move, "supply", "supply_group", ("max_chips",))
    offers = spelled.table("offers")
    assert offers is not None  # no case without offers is read
    mine = known(spelled.cells(offers, "offer"), move)
    if move.first or move.last:
        raise MoveError("the supply of an offer is the same in all periods")
    cells = spelled.cells(offers, "max_per_period")
    if not any(cell for cell, own in zip(cells, mine, strict=True) if own):
        raise MoveError(f"{move.name} has no max_per_period: there is no limit to move")
    return [f"offers.{quote_name(move.name)}.max_per_period{change(move)}"]


def _supply_of_chip(spelled: Spelled, move: Move) -> list[str]:
    """The supply groups that its offers draw on, whoever else does, and what limits its other
    offers in every period."""
    offers, mine = offers_of(spelled, move)
    groups, most = spelled.cells(offers, "supply_group"), spelled.cells(offers, "max_per_period")
    names, words = spelled.cells(offers, "offer"), []
    limited = spelled.table("supply")
    stated = set() if limited is None else {*spelled.cells(limited, "supply_group")}
    for group in dict.fromkeys(groups[at] for at in mine if groups[at] in stated):
        one = dataclasses.replace(move, axis="group", name=group)
        words += by_period(spelled, one, "supply", "supply_group", ("max_chips",))
    if not (move.first or move.last):
        words += [
            f"offers.{quote_name(names[at])}.max_per_period{change(move)}"
            for at in mine
            if most[at] and groups[at] not in stated
        ]
    return words


def _electricity(spelled: Spelled, move: Move) -> list[str]:
    name, words = quote_name(move.name) if move.name else "*", []
    for table, prefix in (("sites", ""), ("energy", ".*.*")):
        long = spelled.table(table)
        if long is None:
            continue
        sites = spelled.cells(long, "site")
        mine = known(sites, move) if table == "sites" else [move.name in ("", s) for s in sites]
        cells = spelled.cells(long, "usd_per_mwh")
        if any(cell for cell, own in zip(cells, mine, strict=True) if own):
            words.append(f"{table}.{name}{prefix}.usd_per_mwh{change(move)}")
    return words


def _lead(spelled: Spelled, move: Move) -> list[str]:
    if move.axis == "project":
        table, key = spelled.table("power_projects"), "project"
        if table is None:
            raise MoveError("the case has no power_projects to move")
        mine = np.flatnonzero(known(spelled.cells(table, key), move)).tolist()
        path = "power_projects"
    else:
        table, mine = offers_of(spelled, move)
        key, path = "offer", "offers"
        kinds = spelled.cells(table, "kind")
        mine = [at for at in mine if kinds[at] not in BURST_KINDS]
    names, leads = spelled.cells(table, key), spelled.cells(table, "lead_periods")
    words = []
    for at in mine:
        if float(leads[at]) + move.amount < 0:  # no sooner than at once
            words.append(f"{path}.{quote_name(names[at])}.lead_periods=0")
        else:
            words.append(f"{path}.{quote_name(names[at])}.lead_periods{change(move)}")
    return words


_WORDS: Final[Mapping[str, Callable[[Spelled, Move], list[str]]]] = {
    "demand": _demand,
    "power": _power,
    "supply": _supply,
    "price": move_price,
    "electricity": _electricity,
    "lead": _lead,
    "date": move_date,
}
