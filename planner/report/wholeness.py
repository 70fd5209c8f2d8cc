"""Wholeness: what it costs by kind, where a run stands that had a choice, and the orders in racks;
told in summary, page and workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.plan.actions import PLACED
from planner.report.section import Section, records
from planner.report.whole import kind_words
from planner.words import cents, money, money_unit, number, printable

TITLE: Final = "Whole things"
ALL: Final = "all of it"
COSTS: Final = (
    "Of a kind alone: what would be saved if it were divisible, all other counts as they are, by "
    "solving so; kinds lean on each other, and need not add up to all of it."
)
CHOICES: Final = (
    "What the second best costs more than the plan, by solving again without the one that was "
    "chosen, all else chosen again, to the gap that is asked for."
)
RACKS: Final = "Racks as they are ordered; buy_plan.csv and orders.csv have the same chips."


def wholeness_costs(plan: Mapping[str, Any]) -> pd.DataFrame:
    """Return what wholeness costs in all and by kind: kind, usd, share (of the total cost, in per
    cent)."""
    whole = plan.get("whole") or {"costs_usd": 0.0}
    kinds = {kind_words(kind): float(usd) for kind, usd in (whole.get("by_kind") or {}).items()}
    usd = np.array([float(whole["costs_usd"]), *kinds.values()])
    size = max(abs(float(plan["objective_usd"])), 1.0)
    return pd.DataFrame({"kind": [ALL, *kinds], "usd": usd, "share": 100.0 * usd / size})


def choices(plan: Mapping[str, Any]) -> pd.DataFrame:
    """Return the choices of runs: milestone, what was chosen of (site or chip), chosen, runner_up,
    usd (NaN where there is no other plan, or none was found)."""
    found = (plan.get("whole") or {}).get("choices", ())
    return pd.DataFrame(
        {
            "milestone": [str(one["milestone"]) for one in found],
            "of": [{"site": "sites", "chip": "chip types"}[one["axis"]] for one in found],
            "chosen": [str(one["chosen"]) for one in found],
            "runner_up": [str(one["runner_up"]) for one in found],
            "usd": np.array([one["runner_up_usd"] for one in found], dtype=np.float64),
        }
    )


def racks_ordered(buy: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Return every order in racks: line_id, offer, chip, site, order_period, racks, size (chips of
    a rack), chips.

    Args:
        buy: buy_plan.csv.
        counts: whole.csv.
    """
    as_ordered = counts[(counts["kind"] == "racks") & (counts["period"] == "")]
    racks = as_ordered.set_index("line_id")["count"]
    new = buy[(buy["status"] == "new") & buy["action"].isin(PLACED)]
    new = new[new["line_id"].isin(racks.index)]
    number = new["line_id"].map(racks).to_numpy(dtype=np.float64)
    chips = new["chips"].to_numpy(dtype=np.float64)
    found = new[["line_id", "offer", "chip", "site", "order_period"]].assign(
        racks=number, size=chips / number, chips=chips
    )
    return found.sort_values(["order_period", "line_id"], ignore_index=True)


def wholeness_sections(plan: Mapping[str, Any]) -> tuple[Section, ...]:
    """Return what wholeness costs and the choices of runs, each as a section; none of a divisible
    plan."""
    if not isinstance(plan.get("whole"), Mapping):
        return ()
    costs, chosen = wholeness_costs(plan), choices(plan)
    unit = money_unit(*costs["usd"])
    by_kind = Section(
        "What wholeness costs",
        ("kind", unit[1], "% of the cost"),
        tuple(
            (printable(row.kind), money(row.usd, unit), number(row.share, 2))
            for row in records(costs)
        ),
        frozenset({1, 2}),
        COSTS if len(costs) > 2 else "",
    )
    places = Section(
        "Where runs stand that had a choice",
        ("milestone", "of several", "chosen", "runner-up", "costs more"),
        tuple(
            (printable(row.milestone), row.of, printable(row.chosen), *_second(row))
            for row in records(chosen)
        ),
        frozenset({4}),
        CHOICES,
    )
    return (by_kind, places) if len(chosen) else (by_kind,)


def _second(row: Any) -> tuple[str, str]:
    """The runner-up of a choice in words, and what it costs more."""
    if not row.runner_up:
        return "no other plan was found", ""
    return printable(row.runner_up), money(row.usd) if row.usd > 0 else "nothing, within the gap"


def bound_facts(plan: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return cost and bounds of a plan of whole things, as (name, value)."""
    whole = plan["whole"]
    by = f"branch and bound, {whole['nodes']:,} nodes" if whole["nodes"] else "weak duality"
    return (
        ("cost of this plan", f"{cents(plan['objective_usd'])}, of whole things"),
        ("no whole plan costs less than", f"{cents(plan['bound_usd'])}, by {by}"),
        ("gap", f"{plan['gap']:.1e}"),
        ("cost with everything divisible", cents(whole["divisible_usd"])),
        (
            "by the limits alone, no less than",
            f"{cents(whole['own_bound_usd'])}, by weak duality; the sum is the planner's own",
        ),
    )
