"""Every limit of the program, declared once; and every row that is none, by name.

A limit is a block of rows that keeps the plan inside something the case states.  What the rest of
the planner needs to know of it stands here and nowhere else: where it is stated, what it counts,
which checks of the audit hold it independently, how it is told, how it may give, how it can be
asked about and what its worth is per.  A block of rows that is neither declared here nor named in
:data:`BALANCES` is refused by ``planner run`` (:func:`undeclared`): a plan under a limit that
nobody checks, tells or explains is not called proven.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from planner.limits.capacity import CAPACITY
from planner.limits.limit import Family, Limit, Worth
from planner.limits.money import MONEY
from planner.limits.work import WORK

LIMITS: Final[tuple[Limit, ...]] = (*CAPACITY, *WORK, *MONEY)
WORTHS: Final[tuple[Worth, ...]] = tuple(
    limit.worth for limit in LIMITS if isinstance(limit.worth, Worth)
)
"""Where worths are written."""
OWN: Final[tuple[Limit, ...]] = tuple(limit for limit in LIMITS if limit.own)
"""Limits with an output table of their own."""

BALANCES: Final[dict[str, str]] = {
    "retire": "what is held of a lot is what was held before, less attrition, retired and moved",
    "cancellation": "what is kept of an order in flight and what is cancelled are all of it",
    "whole_held": "what is ordered and held of a lot is whole racks, and its last rack as it is",
    "whole_move": "what is moved of a lot is whole racks, and its last rack as it is",
    "part_stays": "the last rack of a lot stays or goes as it is",
    "power_block": "what is ordered of a power project is whole blocks",
    "project_open": "MW are ordered of a power project that has been opened",
    "project_full": "all of a power project is ordered, where it counts as that",
    "step_split": "what is bought at price steps is part of what is ordered",
    "step_one": "one price step holds for all chips that are counted together",
    "step_least": "a price step that holds for all has as many chips as it begins with",
    "step_most": "no chip is bought at a price step that does not hold, or beyond its end",
    "step_width": "a price step has no more chips than lie between it and the next",
    "step_full": "a price step is full where the next one is open",
    "step_open": "a price step has chips where the one before it is full",
    "step_stays": "a price step that is full stays so",
    "powering": "powered chips are held",
    "site_open": "chips are powered at a site that has been opened",
    "chip_time": "what chips do takes no more time than the powered and rented ones have",
    "replica": "what serves a workload, and what is spare, is whole replicas, and the rest",
    "part_replica": "a part of a replica serves only where there are many",
    "many_replicas": "there are many replicas from ten on",
    "queue": "what is sent to the pools is what was queued",
    "pool": "what is busy in a pool is what was sent there",
    "milestone_flow": "FLOP done by the end of a period are those before and those of the period",
    "one_site": "a run that stays on one site has one of those that it may use",
    "at_run_site": "a run works at the site that is chosen for it",
    "one_chip": "a run that stays on one chip type has one of those that it may use",
    "on_run_chip": "a run works on the chip type that is chosen for it",
    "progress": "of the FLOP of a run that keeps chips, at most those of the period count in it",
    "research_flow": "research done by the end of a period is that before and that of the period",
    "backup_time": "what stands in for a lost site has the time of the powered and rented chips",
    "peak_draw": "the demand charge is paid on the highest draw of a period",
    "paid_ahead": "what is paid ahead is of what is committed",
    "covered": "chips that commitments cover are rented",
    "commitment_use": "what commitments cover, and what of them is unused, is all of them",
    "token_least": "what is missing of the least spend on tokens of a provider is paid for",
    "change": "an order is the last plan's, more or less the change that is charged",
}
"""Rows that define or conserve something rather than limit it: what each says."""

BY_ROWS: Final[dict[str, Limit]] = {limit.rows: limit for limit in LIMITS}
FAMILIES: Final[tuple[Family, ...]] = get_args(Family)
"""Families in the order in which they are tried and told."""

ON_ORDERS: Final = tuple(limit.rows for limit in LIMITS if limit.counts == "orders")
"""Rows that stand in the way of an order, a rental or a build."""
OBLIGING: Final = (*(limit.rows for limit in LIMITS if limit.obliges), "change")
"""Rows that can force an order; a charged change from the last plan does so too."""
WIDE: Final = tuple(limit for limit in LIMITS if limit.wide)
"""Limits of which only the program adds up what they charge one order."""
RANGED: Final = tuple(
    limit.rows for limit in LIMITS if isinstance(limit.worth, Worth) and limit.worth.low
)
"""Rows of which the plan shows how far a worth holds."""


def undeclared(blocks: Iterable[str]) -> list[str]:
    """Return one sentence for each block of rows that is neither a declared limit nor a named
    balance: nothing checks, tells or explains it, so a plan under it cannot be called proven."""
    return [
        f"rows {name} are neither a limit nor a balance that planner/limits declares: nothing "
        "checks them"
        for name in blocks
        if name not in BY_ROWS and name not in BALANCES
    ]
