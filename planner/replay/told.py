"""A replay as people read it: what each policy executed over what knowing everything would have
cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from planner.replay.replay import Replayed
from planner.report.section import Section
from planner.words import money, number, printable

WIDTH: Final = 30
"""Characters of the longest bar."""


def over(one: Replayed, best: Replayed) -> float:
    """Return what a policy executed over what knowing everything would have cost; NaN where it came
    to no end, or the latter is no cost."""
    return one.cost / best.cost if best.cost > 0.0 else float("nan")


def section(best: Replayed, played: Sequence[Replayed]) -> Section:
    """Return a replay as a table with a bar each, the cheapest first."""
    order = sorted(played, key=lambda one: (not np.isfinite(one.cost), one.cost))
    most = max((over(one, best) for one in played if np.isfinite(one.cost)), default=1.0) - 1.0
    return Section(
        "Executed over clairvoyant",
        ("policy", "executed", "over", "", "what it does"),
        tuple(_row(one, best, most) for one in order),
        frozenset({1, 2}),
        f"had everything been known: {money(best.cost)}; a bar is what was paid for not knowing",
    )


def _row(one: Replayed, best: Replayed, most: float) -> tuple[str, ...]:
    name, note = printable(one.policy.name), printable(one.policy.note)
    if not np.isfinite(one.cost):
        return name, f"no plan in {one.when} ({one.status})", "", "", note
    share = over(one, best)
    bar = "#" * round(WIDTH * (share - 1.0) / most) if most > 0.0 and np.isfinite(share) else ""
    return name, money(one.cost), number(share), bar, note


def as_data(best: Replayed, played: Sequence[Replayed]) -> dict[str, Any]:
    """Return a replay as JSON holds it."""
    return {
        "clairvoyant_usd": best.cost,
        "policies": [
            {
                "policy": one.policy.name,
                "status": one.status,
                "when": one.when,
                "executed_usd": one.cost if np.isfinite(one.cost) else None,
                "over_clairvoyant": over(one, best) if np.isfinite(over(one, best)) else None,
                "faults": list(one.faults),
            }
            for one in played
        ],
    }
