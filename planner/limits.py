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
from dataclasses import dataclass
from typing import Final, Literal, get_args

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


LIMITS: Final[tuple[Limit, ...]] = (
    Limit(
        rows="power",
        key=("site", "period"),
        says="IT or utility power of the chips powered at a site in a period, headroom kept free",
        stated=(("power", "mw"),),
        family="power",
        counts="powered",
        audit=("power.limit",),
        gives="more MW at the site in the period",
        question="limit power SITE PERIOD",
        worth=Worth(
            table="power",
            item="site",
            column="worth_usd_per_mw",
            used="used_mw",
            limit="limit_mw",
            unit="MW",
            word="power",
            money="period",
            low="worth_from_mw",
            high="worth_to_mw",
            free="free_mw",
        ),
    ),
    Limit(
        rows="liquid_power",
        key=("site", "period"),
        says="power of the liquid-cooled chips powered at a site in a period",
        stated=(("power", "liquid_mw"),),
        family="power",
        counts="powered",
        audit=("power.liquid",),
        gives="more MW of liquid cooling at the site in the period",
        question="limit liquid SITE PERIOD",
        worth=Worth(
            table="power",
            item="site",
            column="liquid_worth_usd_per_mw",
            used="liquid_used_mw",
            limit="liquid_limit_mw",
            unit="MW",
            word="liquid cooling",
            money="period",
        ),
    ),
    Limit(
        rows="project_limit",
        key=("project",),
        says="MW that a power project can build in all",
        stated=(("power_projects", "mw_max"),),
        family="power",
        counts="orders",
        audit=("projects.max",),
        gives="more MW of the project",
        question="offer PROJECT [PERIOD]",
        worth="prices.csv names it in blocked_by where it keeps MW out that would pay",
    ),
    Limit(
        rows="fabric",
        key=("fabric", "period"),
        says="chips powered on a network fabric of a site in a period",
        stated=(("fabrics", "max_chips"),),
        family="power",
        counts="powered",
        audit=("fabrics.max_chips",),
        gives="more ports on the fabric",
        question="limit fabric FABRIC PERIOD",
        worth=own_worth("fabrics", "fabric", "max_chips", "chip", "fabric"),
        own="Network fabrics: chips powered on each, and what one more port is worth.",
        since=2,
        tells="fabric {fabric} at {site}: at most {amount} chips powered at once",
    ),
    Limit(
        rows="supply",
        key=("supply_group", "period", "slice"),
        says="chips ordered or arriving of a supply group in a period, with what is rented of it",
        stated=(("supply", "min_chips"), ("supply", "max_chips")),
        family="supply",
        counts="orders",
        audit=("supply.max", "supply.min"),
        gives="more chips of the group, or fewer to be taken",
        question="limit supply GROUP PERIOD",
        worth=Worth(
            table="supply",
            item="supply_group",
            column="worth_usd_per_chip",
            used="used",
            limit="max_chips",
            unit="chip",
            word="supply",
            money="start",
            low="worth_from_chips",
            high="worth_to_chips",
            free="free",
        ),
        obliges=True,
    ),
    Limit(
        rows="offer_limit",
        key=("offer", "period"),
        says="chips of an offer ordered in a period, over all its sites",
        stated=(("offers", "min_per_period"), ("offers", "max_per_period")),
        family="supply",
        counts="orders",
        audit=("offers.max", "offers.min"),
        gives="more chips of the offer in a period, or fewer to be taken",
        question="offer OFFER [PERIOD]",
        worth="prices.csv names it in blocked_by where it keeps chips out that would pay",
        obliges=True,
    ),
    Limit(
        rows="rental_limit",
        key=("offer", "period", "slice"),
        says="chips of an offer rented by the hour at any moment, over all its sites",
        stated=(("offers", "min_per_period"), ("offers", "max_per_period")),
        family="supply",
        counts="orders",
        audit=("offers.max", "offers.min"),
        gives="more chips of the offer at any moment, or fewer to be taken",
        question="offer OFFER [PERIOD]",
        worth="prices.csv names it in blocked_by where it keeps chips out that would pay",
    ),
    Limit(
        rows="online",
        key=("workload", "period", "slice"),
        says="tokens of an online workload that must be served in a slice of a period",
        stated=(("demand", "output_mtok"), ("demand", "input_mtok"), ("demand", "cached_mtok")),
        family="demand",
        counts="work",
        audit=("demand.served", "coverage.demand", "coverage.short", "coverage.served"),
        gives="less demand of the workload in the period",
        question="workload NAME",
        worth="unit_costs.csv has it as the marginal cost of a workload",
    ),
    Limit(
        rows="batch",
        key=("workload", "period"),
        says="tokens of a batch workload that must be served within a window of periods",
        stated=(("demand", "output_mtok"), ("demand", "input_mtok"), ("demand", "cached_mtok")),
        family="demand",
        counts="work",
        audit=("demand.served", "coverage.demand", "coverage.short", "coverage.served"),
        gives="less demand of the workload in the window",
        question="workload NAME",
        worth="unit_costs.csv has it as the marginal cost of a workload",
    ),
    Limit(
        rows="research",
        key=("workload", "period"),
        says="FLOP of research that must be done in a period",
        stated=(("demand", "flop"),),
        family="demand",
        counts="work",
        audit=("research.demand", "research.done"),
        gives="less research in the period",
        question="workload NAME",
        worth="unit_costs.csv has it as the marginal cost of a workload",
    ),
    Limit(
        rows="research_share",
        key=("workload", "period"),
        says="share of the chip-time of the whole fleet that research has",
        stated=(("workloads", "share_of_fleet"),),
        family="demand",
        counts="chip-time",
        audit=("research.share",),
        gives="a smaller share of the fleet for research",
        question="workload NAME",
        worth="unit_costs.csv has it as the marginal cost of a workload",
    ),
    Limit(
        rows="research_multiple",
        key=("workload", "period"),
        says="research done by the end of a period, as a multiple of the milestones' FLOP",
        stated=(("workloads", "multiple_of_milestones"),),
        family="demand",
        counts="work",
        audit=("research.multiple",),
        gives="a smaller multiple of the milestones for research",
        question="workload NAME",
        worth="unit_costs.csv has it as the marginal cost of a workload",
    ),
    Limit(
        rows="milestone",
        key=("milestone", "period"),
        says="FLOP of a milestone that must be done by its deadline, or is late for a price",
        stated=(("milestones", "flop"), ("milestones", "deadline")),
        family="milestones",
        counts="work",
        audit=("milestones.deadline", "milestones.delivered", "milestones.late"),
        gives="a later deadline, or fewer FLOP",
        question="milestone NAME",
        worth="milestones.csv has it as the marginal cost of a milestone",
    ),
    Limit(
        rows="run_limit",
        key=("milestone", "period", "slice"),
        says="chips that a milestone can use at once",
        stated=(("milestones", "max_chips"),),
        family="milestones",
        counts="chip-time",
        audit=("milestones.max_chips",),
        gives="more chips at once for the milestone",
        question="milestone NAME",
        worth="the worth of a milestone's FLOP contains it",
    ),
    Limit(
        rows="run_floor",
        key=("milestone", "period", "slice"),
        says="chips that a milestone holds all the time inside its window",
        stated=(("milestones", "min_chips"),),
        family="milestones",
        counts="chip-time",
        audit=("milestones.min_chips",),
        gives="fewer chips that the milestone must hold",
        question="milestone NAME",
        worth="the worth of a milestone's FLOP contains it",
    ),
    Limit(
        rows="precedence",
        key=("milestone", "after", "period"),
        says="share of a milestone done, at most the share done of what it builds on",
        stated=(("milestones", "after"),),
        family="milestones",
        counts="work",
        audit=("milestones.after",),
        gives="none: what a milestone builds on is a fact; its deadline can give instead",
        question="milestone NAME",
        worth="the worth of a milestone's FLOP contains it",
    ),
    Limit(
        rows="site_loss",
        key=("lost", "workload", "period", "slice"),
        says="share of a workload's demand that survives the loss of any one site",
        stated=(("workloads", "survive_site_loss"),),
        family="policies",
        counts="work",
        audit=("site_loss.served", "site_loss.capacity"),
        gives="a smaller share that must survive",
        question="workload NAME",
        worth="unit_costs.csv has it in the marginal cost of a workload",
    ),
    Limit(
        rows="policy",
        key=("limit", "period", "side"),
        says="spend, chips, power or carbon of a part of the plan, at most a figure or a share, or "
        "at least a share, of all",
        stated=(("limits", "max"), ("limits", "max_share"), ("limits", "min_share")),
        family="policies",
        counts="orders",
        audit=("limits.kept",),
        gives="a higher maximum or share, or a lower minimum",
        question="limit policy NAME",
        worth=Worth(
            table="limits",
            item="limit",
            column="worth_usd_per_unit",
            used="value",
            limit="bound",
            unit="unit",
            word="policy",
            money="start",
        ),
        obliges=True,
    ),
    Limit(
        rows="budget",
        key=("budget",),
        says="cash of a category in a period or fiscal year",
        stated=(("budgets", "usd_max"),),
        family="budgets",
        counts="orders",
        audit=("budgets.limit",),
        gives="a larger budget",
        question="limit budget CATEGORY PERIOD",
        worth=Worth(
            table="budget",
            item="category",
            column="worth_usd_per_usd",
            used="paid_usd",
            limit="limit_usd",
            unit="USD",
            word="budget",
            money="start",
            low="worth_from_usd",
            high="worth_to_usd",
            free="free_usd",
        ),
    ),
)

WORTHS: Final[tuple[Worth, ...]] = tuple(
    limit.worth for limit in LIMITS if isinstance(limit.worth, Worth)
)
"""Where worths are written."""
OWN: Final[tuple[Limit, ...]] = tuple(limit for limit in LIMITS if limit.own)
"""Limits with an output table of their own."""

BALANCES: Final[dict[str, str]] = {
    "retire": "what is held of a lot is what was held before, less attrition, retired and moved",
    "cancellation": "what is kept of an order in flight and what is cancelled are all of it",
    "powering": "powered chips are held",
    "chip_time": "what chips do takes no more time than the powered and rented ones have",
    "queue": "what is sent to the pools is what was queued",
    "pool": "what is busy in a pool is what was sent there",
    "milestone_flow": "FLOP done by the end of a period are those before and those of the period",
    "progress": "of the FLOP of a run that keeps chips, at most those of the period count in it",
    "research_flow": "research done by the end of a period is that before and that of the period",
    "backup_time": "what stands in for a lost site has the time of the powered and rented chips",
    "peak_draw": "the demand charge is paid on the highest draw of a period",
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
RANGED: Final = tuple(
    limit.rows for limit in LIMITS if isinstance(limit.worth, Worth) and limit.worth.low
)
"""Rows of which the plan shows how far a worth holds."""


def undeclared(blocks: Iterable[str]) -> list[str]:
    """Return one sentence for each block of rows that is neither a declared limit nor a named
    balance: nothing checks, tells or explains it, so a plan under it cannot be called proven."""
    return [
        f"rows {name} are neither a limit nor a balance that planner/limits.py declares: nothing "
        "checks them"
        for name in blocks
        if name not in BY_ROWS and name not in BALANCES
    ]
