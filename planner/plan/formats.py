"""Formats of the run folder: which there have been, and what each added to the tables.

``format_version`` in every document of a run says in which it was written.  It is raised when a
reader of the older one would misunderstand the files; whatever was added since is told here, so
that older runs stay readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.case.declare import Table
from planner.limits import OWN

FORMAT_VERSION: Final = 2
"""Of plan.json, manifest.json, diagnosis.json and approval.json as they are written now."""

WHOLE_SINCE: Final = 2
"""Format from which plans are of whole things where a case states any."""

WHOLE: Final = "*"
"""Stands for every column of a table: the table itself was added."""

_ADDED: Final[Mapping[int, Mapping[str, tuple[str, ...]]]] = {
    2: {
        "power": ("kept_free_mw",),
        "whole": (WHOLE,),
        "order_steps": (WHOLE,),
        "tokens": (WHOLE,),
        "commitment_orders": (WHOLE,),
        "covered": (WHOLE,),
        "books": (WHOLE,),
        "pnl": (WHOLE,),
        "showback": (WHOLE,),
        "economics": (WHOLE,),
    }
}
ADDED: Final[Mapping[int, Mapping[str, tuple[str, ...]]]] = {
    version: {
        **added,
        **{limit.stated[0][0]: (WHOLE,) for limit in OWN if limit.since == version},
    }
    for version, added in _ADDED.items()
}
"""Format -> table -> columns that it added; a test compares it with the kept runs of every
format."""

REMOVED: Final[Mapping[int, Mapping[str, tuple[str, ...]]]] = {2: {}}
"""Format -> table -> columns that it no longer has."""


WHERE_STATED: Final[Mapping[str, tuple[str, ...]]] = {
    "milestones": ("done_flop",),
    "budget": ("used_usd",),
    "limits": ("used", "used_total"),
}
"""Table -> columns that stand in its file only where the case states what they tell of."""


def stated_columns(table: Table) -> frozenset[str]:
    """Return the columns of a table that stand in its file only where the case states them."""
    return frozenset(WHERE_STATED.get(table.name, ()))


def later_columns(table: Table, version: int) -> frozenset[str]:
    """Return the columns of a table that a format does not have yet; all of them for a later
    table."""
    names = {
        name
        for since, added in ADDED.items()
        if since > version
        for name in added.get(table.name, ())
    }
    declared = frozenset(column.name for column in table.columns)
    return declared if WHOLE in names else declared & names


def earlier_columns(table: Table, version: int) -> frozenset[str]:
    """Return the columns that a format has and the present one has not."""
    return frozenset(
        name
        for until, gone in REMOVED.items()
        if until > version
        for name in gone.get(table.name, ())
    )
