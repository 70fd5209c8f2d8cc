"""A case as the moves so far left it, in text, and what the words of all moves share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.case.case import Case
from planner.case.columns import Bools
from planner.case.override_rows import numbered_rows
from planner.case.spelling import quote_name
from planner.case.text import TextTable
from planner.serve.move import Move, MoveError

FREIGHT: Final = "relocate"
"""An offer of this kind moves chips and sells none."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """The case as the moves so far left it."""

    case: Case
    texts: Mapping[str, TextTable]

    def table(self, name: str) -> TextTable | None:
        """Return a table with one row per period, as text; None where the case has none that can
        be used."""
        written = self.texts.get(name)
        long = None if written is None else numbered_rows(written)
        return long if isinstance(long, TextTable) else None

    def cells(self, table: TextTable, column: str) -> list[str]:
        """Return the cells of a column, blank ones where the file leaves it out."""
        if column not in table.columns:
            return [""] * len(table.row)
        return [str(cell) for cell in table.columns[column]]


def change(move: Move) -> str:
    return f"{'*=' if move.sign == 'x' else '+='}{move.amount:.12g}"


def known(names: Sequence[str], move: Move) -> Bools:
    """Return which rows are of the one that a move names; raises ``MoveError`` where none is."""
    mine = np.array([not move.name or name == move.name for name in names], dtype=bool)
    if move.name and not mine.any():
        raise MoveError(f"there is no {move.axis} {move.name!r} to move {move.what} of")
    return mine


def patterns(labels: Sequence[str], inside: Sequence[bool]) -> dict[str, frozenset[str]]:
    """Return patterns that mean just the labels that are inside, with what each means."""
    every = dict.fromkeys(labels)
    wanted = dict.fromkeys(
        label for label, mine in zip(labels, inside, strict=True) if mine and label
    )
    if wanted.keys() == every.keys():
        return {"*": frozenset(wanted)}
    groups: dict[str, list[str]] = {}
    for label in wanted:
        groups.setdefault(label[:-1], []).append(label)
    found: dict[str, frozenset[str]] = {}
    for stem, mine in groups.items():
        plain = all(quote_name(label) == label for label in mine)
        alike = {label for label in every if label[:-1] == stem}
        if not plain or len(mine) == 1:
            found |= {quote_name(label): frozenset({label}) for label in mine}
        elif alike == {*mine} and not any(
            label.startswith(stem) for label in every if label not in alike
        ):
            found[f"{stem}*"] = frozenset(mine)
        else:
            ends = "".join(label[-1] for label in mine)
            found[f"{stem}[{ends}]"] = frozenset(mine)
    return found


def inside(case: Case, labels: Sequence[str], move: Move) -> list[bool]:
    """Return which period labels a move is about; never those before the plan."""
    parse = case.calendar.parse
    try:
        first = parse(move.first) if move.first else 0
        last = parse(move.last) if move.last else case.calendar.count - 1
    except ValueError as reason:
        raise MoveError(f"{move.first or move.last!r} is no period: {reason}") from None

    def at(label: str) -> int:
        try:
            return parse(label)
        except ValueError:
            return -1

    when = {label: at(label) for label in dict.fromkeys(labels)}
    return [max(first, 0) <= when[label] <= last for label in labels]


def by_period(
    spelled: Spelled, move: Move, table: str, key: str, columns: Sequence[str]
) -> list[str]:
    """Return the words that change columns of a table by name and period, where they hold
    something."""
    long = spelled.table(table)
    if long is None:
        raise MoveError(f"the case has no {table} to move")
    names, labels = spelled.cells(long, key), spelled.cells(long, "period")
    mine, words = known(names, move), []
    here = [
        one and own
        for one, own in zip(inside(spelled.case, labels, move), mine.tolist(), strict=True)
    ]
    own_labels = [label for label, own in zip(labels, mine.tolist(), strict=True) if own]
    found = patterns(own_labels, [one for one, own in zip(here, mine, strict=True) if own])
    name = quote_name(move.name) if move.name else "*"
    for column in columns:
        filled = {
            label
            for label, cell, mine_here in zip(
                labels, spelled.cells(long, column), here, strict=True
            )
            if mine_here and cell
        }
        words += [
            f"{table}.{name}.{pattern}.{column}{change(move)}"
            for pattern, meant in found.items()
            if meant & filled
        ]
    return words


def offers_of(spelled: Spelled, move: Move) -> tuple[TextTable, list[int]]:
    """Return the offers of a case and which of them a move is about: those that sell chips."""
    offers = spelled.table("offers")
    assert offers is not None
    kinds = spelled.cells(offers, "kind")
    by = move.axis if move.axis in ("offer", "chip") else "offer"
    mine = known(spelled.cells(offers, by), move)
    return offers, [
        at
        for at in range(len(kinds))
        if mine[at] and (kinds[at] != FREIGHT or move.axis == "offer")
    ]
