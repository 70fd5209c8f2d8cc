"""Whole things: what a plan of them costs more than a divisible one, and by whom that is proven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from planner.words import cents, money

PRICES: Final = "with racks and choices as they are"
"""How all prices, ranges and causes of a plan of whole things hold."""


KINDS: Final[Mapping[str, str]] = {
    "orders": "least orders and what each costs",
    "blocks": "blocks of power",
    "project_opening": "opening of power projects",
    "project_full": "one power project after another",
    "site_opening": "opening of sites",
    "run_site": "one site of a run",
    "run_chip": "one chip type of a run",
    "many": "replicas from ten on",
}
"""Kinds of whole things in people's words, where their names are none."""


def kind_words(kind: str) -> str:
    """Return what people call a kind of whole thing."""
    return KINDS.get(kind, kind.replace("_", " "))


def whole_facts(plan: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what wholeness costs, as (name, value); nothing of a divisible plan."""
    whole = plan.get("whole")
    if not isinstance(whole, Mapping):
        return ()
    more, size = float(whole["costs_usd"]), max(abs(float(plan["objective_usd"])), 1.0)
    words = f"{money(more)} ({100.0 * more / size:.2g} %) more than with everything divisible"
    parts = [
        f"{kind_words(kind)} {money(float(usd))}"
        for kind, usd in (whole.get("by_kind") or {}).items()
    ]
    return (
        ("whole things", f"{words}{': ' + ', '.join(parts) if parts else ''}"),
        ("prices", f"{PRICES}; what is solved again is told beside"),
        *(
            (f"where {one['milestone']} runs", choice_words(one))
            for one in whole.get("choices", ())
        ),
    )


def choice_words(choice: Mapping[str, Any]) -> str:
    """Return where a run is that had a choice, and what the second best would cost."""
    chosen = f"{'at' if choice['axis'] == 'site' else 'on'} {choice['chosen']}, as the plan chose"
    if not choice["runner_up"]:
        return f"{chosen}; no plan was found without that"
    usd = float(choice["runner_up_usd"])
    more = f"{money(usd)} more" if usd > 0 else "no more, within the gap"
    return f"{chosen}; {choice['runner_up']}, the runner-up, costs {more}, all else chosen again"


def bound_by(plan: Mapping[str, Any]) -> str:
    """Return in three words how the bound of a plan is proven."""
    whole = plan.get("whole")
    branched = isinstance(whole, Mapping) and whole["nodes"]
    return "by branch and bound" if branched else "by weak duality"


def bound_words(plan: Mapping[str, Any]) -> str:
    """Return how the bound of a plan is proven."""
    whole = plan.get("whole")
    by_duality = "by weak duality from the solver's dual values; the sum is the planner's own"
    if not isinstance(whole, Mapping) or not whole["nodes"]:
        return by_duality
    return (
        f"by branch and bound ({whole['nodes']:,} nodes); by the limits alone none costs "
        f"less than {cents(whole['own_bound_usd'])}, {by_duality}"
    )
