"""A limit: what the rest of the planner needs to know of a block of rows that keeps the plan inside
something the case states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["power", "supply", "milestones", "demand", "budgets", "policies"]
Counts = Literal["orders", "powered", "work", "chip-time", "money"]


@dataclass(frozen=True, slots=True)
class Worth:
    """Where a limit's worth is written: what one more unit of it would save.

    ``money`` says of which date: ``period`` of the period in which the limit binds, ``start``
    discounted to the start of the plan.
    """

    table: str
    """The output table."""
    item: str
    """Its column that names what is limited."""
    column: str
    used: str
    limit: str
    """Columns of the worth, of what is used and of the limit itself; a limit that grows with
    projects is what is used where it binds."""
    unit: str
    word: str
    """What the limit is called beside its item."""
    money: Literal["period", "start"]
    low: str = ""
    high: str = ""
    """Columns of the range in which the worth holds; blank: none is written."""
    free: str = ""
    """Column of the room left; blank: limit less used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One family of limits: a block of rows of the program."""

    rows: str
    """Name of the block of rows."""
    key: tuple[str, ...]
    """Axes of its rows."""
    says: str
    """The sentence that tells it."""
    stated: tuple[tuple[str, str], ...]
    """Tables and columns of the case that state it."""
    family: Family
    """What ``planner run --relax`` calls it."""
    counts: Counts
    """What it counts: orders (new lines bought, rented or built), powered chips, work, chip-time or
    money."""
    audit: tuple[str, ...]
    """Checks of the audit that hold it without the model."""
    gives: str
    """How it may give, in the words of the inputs."""
    question: str
    """What ``planner explain`` calls it, with what must be named; or how else it is asked about."""
    worth: Worth | str
    """Where its worth is written; or, as a sentence, why it has none of its own or where else it is
    told."""
    obliges: bool = False
    """Whether it can force an order that no work needs (take or pay, a quota)."""
    wide: bool = False
    """Whether it adds up orders over periods, or what they cost: the audit holds it as any limit,
    but what it charges one order is added up by the program alone."""
    own: str = ""
    """What its output table says, where it has one of its own, named as the input table that states
    it: a row per row of the program with its key, the limit, what is used, the room left, its worth
    and the range in which that holds.  Listing it in a diagnosis, ``planner explain RUN limit`` and
    the lists of tight limits follow from it."""
    since: int = 0
    """With ``own``: the format of run folders (``planner.plan.formats``) since which its output
    table is there."""
    tells: str = ""
    """With ``own``: the sentence that tells one limit in a conflict, with ``{key}`` columns and
    ``{amount}``."""


def own_worth(table: str, item: str, limit: str, unit: str, word: str) -> Worth:
    """Return where the worth of a limit with an output table of its own is written.

    Args:
        table: the input table that states it, and so the output table.
        item: its column that names what is limited.
        limit: its column that states the limit, an upper one.
        unit: what the worth is per.
        word: what the limit is called beside its item.
    """
    return Worth(
        table=table,
        item=item,
        column=f"worth_usd_per_{unit}",
        used="used",
        limit=limit,
        unit=unit,
        word=word,
        money="start",
        low=f"worth_from_{unit}",
        high=f"worth_to_{unit}",
        free="free",
    )
