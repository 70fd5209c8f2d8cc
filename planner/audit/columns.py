"""Columns: every column of every table of a plan, with what checks it without the program.

``outputs/README.md`` shows the list; tests hold it complete, hold its checks to be made, and hold
it true: a cell changed in any of these columns fails the audit, the exceptions named here apart.
Besides, ``planner verify`` writes all of them again from solution.npz.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.audit.book_columns import BOOK_COLUMNS
from planner.audit.checked_by import RANGE, By, duals, held, inputs, tables
from planner.audit.line_columns import LINE_COLUMNS
from planner.case.tables import TABLE
from planner.limits import OWN
from planner.limits.limit import Limit, Worth

_WORDS: Final = "its words: only that there are some"


def _own(limit: Limit) -> Mapping[str, By]:
    """How the columns of a limit's own output table are checked: the key, what the inputs state
    and what is used by the checks named like its columns, its worth by the dual values."""
    worth, table = limit.worth, limit.stated[0][0]
    if not isinstance(worth, Worth):
        raise ValueError(f"limit {limit.rows} has an output table of its own, but no worth")
    return {
        **{name: inputs(f"{table}.rows") for name in limit.key},
        **({"site": inputs(f"{table}.site")} if _has_site(table) else {}),
        worth.limit: inputs(f"{table}.{worth.limit}"),
        worth.used: tables(f"{table}.{worth.used}"),
        worth.free: tables(f"{table}.{worth.free}"),
        worth.column: duals(f"{table}.worth", f"{table}.worth_room"),
        worth.low: held(f"{table}.worth_range", but=RANGE),
        worth.high: held(f"{table}.worth_range", but=RANGE),
    }


def _has_site(table: str) -> bool:
    return any(column.name == "site" for column in TABLE[table].columns)


COLUMNS: Final[Mapping[str, Mapping[str, By]]] = {
    **LINE_COLUMNS,
    "fleet": {
        "chip": inputs("fleet.held"),
        "site": inputs("fleet.held"),
        "period": inputs("fleet.held"),
        "existing": inputs("fleet.existing"),
        "committed": inputs("fleet.committed"),
        "new": inputs("fleet.new"),
        "held": inputs("fleet.held"),
        "powered": tables("fleet.powered", "fleet.stranded", "power.it_mw", "fleet.idle"),
        "stranded": inputs("fleet.stranded"),
        "rented": tables("fleet.rented"),
        "busy_chip_hours": tables("fleet.busy"),
        "idle_chip_hours": tables("fleet.idle", but="less than a millionth of what could work"),
        "worth_usd_per_chip_period": duals("fleet.worth", "fleet.worth_room"),
    },
    "power": {
        "site": inputs("power.rows", "power.it_mw"),
        "period": inputs("power.rows", "power.it_mw"),
        "basis": inputs("power.basis"),
        "limit_mw": inputs("power.limit_mw", "power.blank"),
        "built_mw": inputs("power.built_mw"),
        "used_mw": inputs("power.used_mw"),
        "kept_free_mw": inputs("power.kept_free_mw"),
        "free_mw": tables("power.free"),
        "liquid_limit_mw": inputs("power.liquid_limit_mw", "power.blank"),
        "liquid_used_mw": inputs("power.liquid_used_mw"),
        "it_mw": inputs("power.it_mw"),
        "energy_mwh": inputs("power.energy_mwh"),
        "tonnes_co2": inputs("power.tonnes_co2"),
        "worth_usd_per_mw": duals("power.worth_usd_per_mw", "power.worth_room"),
        "worth_from_mw": held("power.worth_range", but=RANGE),
        "worth_to_mw": held("power.worth_range", but=RANGE),
        "liquid_worth_usd_per_mw": duals(
            "power.liquid_worth_usd_per_mw", "power.liquid_worth_room"
        ),
    },
    "supply": {
        "supply_group": inputs("supply.rows"),
        "period": inputs("supply.rows"),
        "basis": inputs("supply.basis"),
        "min_chips": inputs("supply.min_chips"),
        "max_chips": inputs("supply.rows"),
        "used": inputs("supply.used"),
        "free": tables("supply.free"),
        "worth_usd_per_chip": duals("supply.worth", "supply.worth_room"),
        "minimum_costs_usd_per_chip": duals("supply.minimum_costs"),
        "worth_from_chips": held("supply.worth_range", but=RANGE),
        "worth_to_chips": held("supply.worth_range", but=RANGE),
    },
    "budget": {
        "period": inputs("budget.rows", "budget.paid_usd"),
        "category": inputs("budget.rows", "budget.paid_usd"),
        "limit_usd": inputs("budget.limit_usd"),
        "paid_usd": inputs("budget.paid_usd"),
        "used_usd": inputs("budget.limit_usd"),
        "over_usd": inputs("budget.over_usd", "budget.blank"),
        "free_usd": tables("budget.free_usd"),
        "worth_usd_per_usd": duals("budget.worth", "budget.worth_room", "budget.worth_over"),
        "worth_from_usd": held("budget.worth_range", but=RANGE),
        "worth_to_usd": held("budget.worth_range", but=RANGE),
    },
    "limits": {
        "limit": inputs("limits.rows"),
        "period": inputs("limits.rows"),
        "measure": inputs("limits.measure"),
        "side": inputs("limits.rows"),
        "value": inputs("limits.value"),
        "total": inputs("limits.total"),
        "used": inputs("limits.value"),
        "used_total": inputs("limits.total"),
        "bound": inputs("limits.bound"),
        "over": inputs("limits.over"),
        "worth_usd_per_unit": duals("limits.worth", "limits.worth_over"),
    },
    "milestones": {
        "milestone": inputs("milestones.rows"),
        "class": inputs("milestones.class"),
        "flop": inputs("milestones.flop"),
        "done_flop": inputs("milestones.flop"),
        "start": inputs("milestones.start"),
        "deadline": inputs("milestones.deadline_told"),
        "planned_start": inputs("milestones.planned_start"),
        "planned_finish": inputs("milestones.finish"),
        "slack_periods": inputs("milestones.slack"),
        "delivered_flop": inputs("milestones.delivered"),
        "late_flop": inputs("milestones.late"),
        "late_usd": inputs("milestones.late_usd"),
        "peak_chips": inputs("milestones.peak_chips"),
        "chip_hours": inputs("milestones.chip_hours"),
        "where": tables("milestones.where"),
        "marginal_usd_per_1e21_flop": duals("milestones.marginal"),
    },
    "demand_coverage": {
        "workload": inputs("coverage.rows", "coverage.demand"),
        "period": inputs("coverage.rows", "coverage.demand"),
        "kind": inputs("demand_coverage.kind"),
        "unit": inputs("demand_coverage.unit"),
        "demand": inputs("coverage.demand", "research.demand"),
        "served": inputs("coverage.served", "research.done"),
        "short": inputs("coverage.short", "demand_coverage.unpriced"),
        "short_usd": inputs("demand_coverage.short_usd"),
        "why": tables("demand_coverage.why"),
        "marginal_usd_per_unit": duals(
            "coverage.marginal", "coverage.marginal_price", "coverage.marginal_short"
        ),
    },
    "costs": {
        "term": inputs("costs.rows", "costs.nominal"),
        "category": inputs("costs.rows"),
        "period": inputs("costs.nominal"),
        "site": inputs("costs.places"),
        "chip": inputs("costs.places"),
        "nominal_usd": inputs("costs.places"),
        "discounted_usd": inputs("costs.discounted", "costs.factor", "plan.objective"),
    },
    "unit_costs": {
        "kind": tables("unit_costs.rows"),
        "name": tables("unit_costs.rows"),
        "unit": tables("unit_costs.unit"),
        "volume": tables("unit_costs.volume"),
        "marginal_usd": duals("unit_costs.marginal_usd"),
        "loaded_usd": tables("unit_costs.loaded_usd"),
        "cost_usd": tables("unit_costs.cost_usd", "unit_costs.split"),
        "cost_share_pct": tables("unit_costs.cost_share_pct"),
        "chip_hours": tables("unit_costs.chip_hours"),
        "chip_hours_share_pct": tables("unit_costs.chip_hours_share_pct"),
    },
    **BOOK_COLUMNS,
    **{limit.stated[0][0]: _own(limit) for limit in OWN},
    "prices": {
        "offer": inputs("prices.rows"),
        "site": inputs("prices.rows"),
        "order_period": inputs("prices.rows"),
        "chip": inputs("prices.chip"),
        "kind": inputs("prices.kind"),
        "price_field": inputs("prices.price_field"),
        "price": inputs("prices.price"),
        "break_even": duals(
            "prices.break_even",
            "prices.cut_pct",
            but="with cut_pct, for rentals and contracts that can be cancelled",
        ),
        "cut_pct": tables("prices.cut_pct"),
        "reduced_cost_usd": duals(
            "prices.reduced_cost",
            "prices.rental_reduced_cost",
            "prices.break_even",
            but="of contracts that can be cancelled: only that it is not below 0",
        ),
        "blocked_by": held(
            "prices.blocked_by", but="which of the limits with a worth keeps it out"
        ),
    },
    "exceptions": {
        "severity": tables("exceptions.severity", "exceptions.order"),
        "kind": tables("exceptions.rows"),
        "item": tables("exceptions.rows", "exceptions.warnings"),
        "period": tables("exceptions.rows", "exceptions.warnings"),
        "amount": tables("exceptions.amount"),
        "unit": tables("exceptions.unit"),
        "usd": tables("exceptions.usd"),
        "message": held("exceptions.words", but=_WORDS),
        "action": held("exceptions.words", but=_WORDS),
    },
}
"""Table -> column -> what checks it."""
