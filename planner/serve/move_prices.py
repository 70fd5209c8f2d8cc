"""Prices of chips moved, in the words of ``--set``: those of offers, and those by period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.case.spelling import quote_name
from planner.serve.move import Move
from planner.serve.spelled import Spelled, change, inside, offers_of, patterns

PRICED: Final = ("usd_per_chip", "usd_per_chip_hour")


def move_price(spelled: Spelled, move: Move) -> list[str]:
    offers, mine = offers_of(spelled, move)
    names = spelled.cells(offers, "offer")
    words = []
    if not (move.first or move.last):
        words += [
            f"offers.{quote_name(names[at])}.{column}{change(move)}"
            for column in PRICED
            for at in mine
            if spelled.cells(offers, column)[at]
        ]
    for at in mine:
        words += _in_periods(spelled, move, names[at], {
            column: spelled.cells(offers, column)[at] for column in PRICED
        })  # fmt: skip
    return words


def _in_periods(spelled: Spelled, move: Move, offer: str, always: Mapping[str, str]) -> list[str]:
    """Return the words for the prices of one offer by period; a period without a price of its own
    gets one where only a part of the periods is moved."""
    prices = spelled.table("offer_prices")
    name, partly = quote_name(offer), bool(move.first or move.last)
    rows: dict[str, int] = {}
    if prices is not None:
        offered, labels = spelled.cells(prices, "offer"), spelled.cells(prices, "period")
        rows = {labels[at]: at for at in range(len(labels)) if offered[at] == offer}
    words, wanted = [], list(rows)
    here = dict(zip(wanted, inside(spelled.case, wanted, move), strict=True))
    periods = spelled.case.calendar.labels if partly else ()
    whole = dict(zip(periods, inside(spelled.case, periods, move), strict=True))
    parse = spelled.case.calendar.parse
    there = {parse(label) for label in rows}
    for column in PRICED:
        cells = [] if prices is None else spelled.cells(prices, column)
        filled = {label: bool(cells[at]) and here[label] for label, at in rows.items()}
        words += [
            f"offer_prices.{name}.{pattern}.{column}{change(move)}"
            for pattern, meant in patterns(wanted, [here[label] for label in wanted]).items()
            if any(filled[label] for label in meant)
        ]
        if not partly or not always[column]:
            continue
        dear = f"{float(always[column]) * move.amount:.12g}"
        words += [
            f"offer_prices.{name}.{quote_name(label)}.{column}={dear}"
            for label in rows
            if here[label] and not filled[label]
        ]
        words += [
            f"offer_prices.{name}.{label}+={column}={dear}"
            for label in periods
            if whole[label] and parse(label) not in there
        ]
    return words
