"""Columns: every column of every table of a plan, with what checks it without the program.

``outputs/README.md`` shows the list; tests hold it complete, hold its checks to be made, and hold
it true: a cell changed in any of these columns fails the audit, the exceptions named here apart.
Besides, ``planner verify`` writes all of them again from solution.npz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.limits import OWN, Limit, Worth

INPUTS: Final = "recomputed from the inputs and the decisions"
TABLES: Final = "recomputed from the other tables"
DUALS: Final = "recomputed from the dual values that prove the bound"
HELD: Final = "held by conditions"


@dataclass(frozen=True, slots=True)
class By:
    """How a column is checked, by which checks of the audit, and what these cannot see."""

    how: str
    checks: tuple[str, ...]
    but: str = ""
    """What a change must be so that the audit does not see it; empty = it sees every one."""


def _inputs(*checks: str, but: str = "") -> By:
    return By(INPUTS, checks, but)


def _tables(*checks: str, but: str = "") -> By:
    return By(TABLES, checks, but)


def _duals(*checks: str, but: str = "") -> By:
    return By(DUALS, checks, but)


def _held(*checks: str, but: str = "") -> By:
    return By(HELD, checks, but)


_RANGE: Final = "how far it reaches: only that it holds the limit as it is"
_DEAREST: Final = "how far above the price it lies"
_WORDS: Final = "its words: only that there are some"
_CAUSE: Final = tuple(
    (name, _tables(f"buy_plan.cause_{n}"))
    for n in (1, 2, 3)
    for name in (f"cause_{n}", f"cause_{n}_share_pct")
)


def _own(limit: Limit) -> Mapping[str, By]:
    """How the columns of a limit's own output table are checked: the key, what the inputs state
    and what is used by the checks named like its columns, its worth by the dual values."""
    worth, table = limit.worth, limit.stated[0][0]
    if not isinstance(worth, Worth):
        raise ValueError(f"limit {limit.rows} has an output table of its own, but no worth")
    return {
        **{name: _inputs(f"{table}.rows") for name in limit.key},
        "site": _inputs(f"{table}.site"),
        worth.limit: _inputs(f"{table}.{worth.limit}"),
        worth.used: _tables(f"{table}.{worth.used}"),
        worth.free: _tables(f"{table}.{worth.free}"),
        worth.column: _duals(f"{table}.worth", f"{table}.worth_room"),
        worth.low: _held(f"{table}.worth_range", but=_RANGE),
        worth.high: _held(f"{table}.worth_range", but=_RANGE),
    }


COLUMNS: Final[Mapping[str, Mapping[str, By]]] = {
    "buy_plan": {
        "line_id": _tables("buy_plan.line_id"),
        "offer": _inputs("buy_plan.offer", "buy_plan.offers"),
        "order_period": _inputs("buy_plan.order_period", "buy_plan.window", "buy_plan.line_id"),
        "site": _inputs("buy_plan.site", "buy_plan.line_id"),
        "from_site": _inputs("buy_plan.from_site"),
        "status": _inputs("buy_plan.status", "buy_plan.existing", "buy_plan.kind"),
        "action": _inputs("buy_plan.status", "buy_plan.offers"),
        "vendor": _inputs("buy_plan.vendor"),
        "chip": _inputs("buy_plan.chip"),
        "kind": _inputs("buy_plan.kind"),
        "decide_by": _inputs("buy_plan.decide_by"),
        "in_service_period": _inputs("buy_plan.in_service_period", "buy_plan.lead_time"),
        "leaves_period": _inputs("buy_plan.leaves_period"),
        "chips": _tables("vintages.held", "buy_plan.existing_chips", "buy_plan.rentals"),
        "chips_rounded": _inputs("buy_plan.lots", "buy_plan.rounded", "orders.quantity"),
        "lots": _inputs("buy_plan.lots"),
        "mw": _tables("buy_plan.mw", "power.built_mw", "buy_plan.total_usd"),
        "usd_per_chip": _inputs("buy_plan.usd_per_chip"),
        "usd_per_chip_hour": _inputs("buy_plan.usd_per_chip_hour"),
        "total_usd": _inputs("buy_plan.total_usd", "buy_plan.total_usd_moved"),
        "npv_usd": _inputs("buy_plan.npv_usd", "buy_plan.npv_usd_moved"),
        "mw_it": _inputs("buy_plan.mw_it_all"),
        "mw_utility": _inputs("buy_plan.mw_utility_all"),
        "first_use": _tables("buy_plan.first_use"),
        **dict(_CAUSE),
        "worth_usd_per_chip": _duals("buy_plan.worth"),
        "break_even_usd_per_chip": _held("buy_plan.break_even", but=_DEAREST),
        "runner_up": _tables("buy_plan.runner_up"),
        "runner_up_gap_pct": _tables("buy_plan.runner_up_gap"),
        "binding_limits": _duals(
            "buy_plan.binding_limits",
            but="which of the budgets and policies with a worth it names",
        ),
        "change_vs_last": _inputs("buy_plan.change_vs_last"),
        "change_reason": _inputs("buy_plan.change_reason"),
        "in_scenarios": _held("buy_plan.in_scenarios"),
        "cancellable_until": _inputs("buy_plan.cancellable_until"),
    },
    "causes": {
        "line_id": _duals("causes.lines", "causes.share_pct"),
        "cause": _duals("causes.share_pct"),
        "share_pct": _duals("causes.share_pct", "causes.sum"),
        "worth_usd": _duals(
            "causes.worth_usd",
            but="what policies, change charges and frozen orders make a line pay",
        ),
    },
    "vintages": {
        "line_id": _inputs("vintages.lines", "vintages.held"),
        "offer": _tables("vintages.offer"),
        "chip": _tables("vintages.lines"),
        "site": _tables("vintages.lines"),
        "in_service": _inputs("vintages.in_service"),
        "period": _inputs("vintages.held"),
        "held": _inputs("vintages.held"),
    },
    "allocation": {
        "period": _inputs("demand.served", "chip_time"),
        "slice": _inputs("allocation.chip_hours", "chip_time"),
        "site": _inputs("chip_time", "fleet.busy"),
        "chip": _inputs("chip_time", "fleet.busy"),
        "kind": _inputs("allocation.rows"),
        "work": _inputs("allocation.rows", "allocation.eligible"),
        "chips": _inputs("allocation.chip_hours", "demand.served"),
        "chip_hours": _inputs("allocation.chip_hours"),
        "mtok": _inputs("allocation.mtok"),
        "flop": _inputs("allocation.flop"),
        "mwh": _inputs("allocation.mwh"),
        "cost_usd": _inputs("allocation.cost"),
    },
    "rentals": {
        "offer": _inputs("rentals.offers"),
        "site": _inputs("rentals.offers", "buy_plan.rentals"),
        "chip": _inputs("rentals.offers"),
        "period": _inputs("buy_plan.rentals"),
        "slice": _inputs("rentals.hours"),
        "chips": _inputs("rentals.hours"),
        "chip_hours": _inputs("rentals.hours"),
        "usd_per_chip_hour": _inputs("rentals.price"),
        "usd": _inputs("rentals.usd"),
    },
    "site_loss": {
        name: _inputs("site_loss.rows", "site_loss.served", "site_loss.capacity")
        for name in ("lost_site", "period", "slice", "site", "chip", "workload")
    }
    | {
        "chips": _held(
            "site_loss.served",
            "site_loss.capacity",
            but="more chips than are needed, where they are there",
        )
    },
    "orders": {
        "line_id": _tables("orders.rows"),
        "what": _tables("orders.what"),
        "vendor": _tables("orders.vendor"),
        "chip": _tables("orders.chip"),
        "quantity": _tables("orders.quantity"),
        "site": _tables("orders.site"),
        "order_by": _inputs("orders.order_by"),
        "needed_by": _inputs("orders.needed_by"),
        "unit_price_usd": _tables("orders.unit_price"),
        "total_usd": _tables("orders.total_usd"),
    },
    "fleet": {
        "chip": _inputs("fleet.held"),
        "site": _inputs("fleet.held"),
        "period": _inputs("fleet.held"),
        "existing": _inputs("fleet.existing"),
        "committed": _inputs("fleet.committed"),
        "new": _inputs("fleet.new"),
        "held": _inputs("fleet.held"),
        "powered": _tables("fleet.powered", "fleet.stranded", "power.it_mw", "fleet.idle"),
        "stranded": _inputs("fleet.stranded"),
        "rented": _tables("fleet.rented"),
        "busy_chip_hours": _tables("fleet.busy"),
        "idle_chip_hours": _tables("fleet.idle", but="less than a millionth of what could work"),
        "worth_usd_per_chip_period": _duals("fleet.worth", "fleet.worth_room"),
    },
    "power": {
        "site": _inputs("power.rows", "power.it_mw"),
        "period": _inputs("power.rows", "power.it_mw"),
        "basis": _inputs("power.basis"),
        "limit_mw": _inputs("power.limit_mw", "power.blank"),
        "built_mw": _inputs("power.built_mw"),
        "used_mw": _inputs("power.used_mw"),
        "kept_free_mw": _inputs("power.kept_free_mw"),
        "free_mw": _tables("power.free"),
        "liquid_limit_mw": _inputs("power.liquid_limit_mw", "power.blank"),
        "liquid_used_mw": _inputs("power.liquid_used_mw"),
        "it_mw": _inputs("power.it_mw"),
        "energy_mwh": _inputs("power.energy_mwh"),
        "tonnes_co2": _inputs("power.tonnes_co2"),
        "worth_usd_per_mw": _duals("power.worth_usd_per_mw", "power.worth_room"),
        "worth_from_mw": _held("power.worth_range", but=_RANGE),
        "worth_to_mw": _held("power.worth_range", but=_RANGE),
        "liquid_worth_usd_per_mw": _duals(
            "power.liquid_worth_usd_per_mw", "power.liquid_worth_room"
        ),
    },
    "supply": {
        "supply_group": _inputs("supply.rows"),
        "period": _inputs("supply.rows"),
        "basis": _inputs("supply.basis"),
        "min_chips": _inputs("supply.min_chips"),
        "max_chips": _inputs("supply.rows"),
        "used": _inputs("supply.used"),
        "free": _tables("supply.free"),
        "worth_usd_per_chip": _duals("supply.worth", "supply.worth_room"),
        "minimum_costs_usd_per_chip": _duals("supply.minimum_costs"),
        "worth_from_chips": _held("supply.worth_range", but=_RANGE),
        "worth_to_chips": _held("supply.worth_range", but=_RANGE),
    },
    "budget": {
        "period": _inputs("budget.rows", "budget.paid_usd"),
        "category": _inputs("budget.rows", "budget.paid_usd"),
        "limit_usd": _inputs("budget.limit_usd"),
        "paid_usd": _inputs("budget.paid_usd"),
        "over_usd": _inputs("budget.over_usd", "budget.blank"),
        "free_usd": _tables("budget.free_usd"),
        "worth_usd_per_usd": _duals("budget.worth", "budget.worth_room", "budget.worth_over"),
        "worth_from_usd": _held("budget.worth_range", but=_RANGE),
        "worth_to_usd": _held("budget.worth_range", but=_RANGE),
    },
    "limits": {
        "limit": _inputs("limits.rows"),
        "period": _inputs("limits.rows"),
        "measure": _inputs("limits.measure"),
        "side": _inputs("limits.rows"),
        "value": _inputs("limits.value"),
        "total": _inputs("limits.total"),
        "bound": _inputs("limits.bound"),
        "over": _inputs("limits.over"),
        "worth_usd_per_unit": _duals("limits.worth", "limits.worth_over"),
    },
    "milestones": {
        "milestone": _inputs("milestones.rows"),
        "class": _inputs("milestones.class"),
        "flop": _inputs("milestones.flop"),
        "start": _inputs("milestones.start"),
        "deadline": _inputs("milestones.deadline_told"),
        "planned_start": _inputs("milestones.planned_start"),
        "planned_finish": _inputs("milestones.finish"),
        "slack_periods": _inputs("milestones.slack"),
        "delivered_flop": _inputs("milestones.delivered"),
        "late_flop": _inputs("milestones.late"),
        "late_usd": _inputs("milestones.late_usd"),
        "peak_chips": _inputs("milestones.peak_chips"),
        "chip_hours": _inputs("milestones.chip_hours"),
        "where": _tables("milestones.where"),
        "marginal_usd_per_1e21_flop": _duals("milestones.marginal"),
    },
    "demand_coverage": {
        "workload": _inputs("coverage.rows", "coverage.demand"),
        "period": _inputs("coverage.rows", "coverage.demand"),
        "kind": _inputs("demand_coverage.kind"),
        "unit": _inputs("demand_coverage.unit"),
        "demand": _inputs("coverage.demand", "research.demand"),
        "served": _inputs("coverage.served", "research.done"),
        "short": _inputs("coverage.short", "demand_coverage.unpriced"),
        "short_usd": _inputs("demand_coverage.short_usd"),
        "why": _tables("demand_coverage.why"),
        "marginal_usd_per_unit": _duals(
            "coverage.marginal", "coverage.marginal_price", "coverage.marginal_short"
        ),
    },
    "costs": {
        "term": _inputs("costs.rows", "costs.nominal"),
        "category": _inputs("costs.rows"),
        "period": _inputs("costs.nominal"),
        "site": _inputs("costs.places"),
        "chip": _inputs("costs.places"),
        "nominal_usd": _inputs("costs.places"),
        "discounted_usd": _inputs("costs.discounted", "costs.factor", "plan.objective"),
    },
    "unit_costs": {
        "kind": _tables("unit_costs.rows"),
        "name": _tables("unit_costs.rows"),
        "unit": _tables("unit_costs.unit"),
        "volume": _tables("unit_costs.volume"),
        "marginal_usd": _duals("unit_costs.marginal_usd"),
        "loaded_usd": _tables("unit_costs.loaded_usd"),
        "cost_usd": _tables("unit_costs.cost_usd", "unit_costs.split"),
        "cost_share_pct": _tables("unit_costs.cost_share_pct"),
        "chip_hours": _tables("unit_costs.chip_hours"),
        "chip_hours_share_pct": _tables("unit_costs.chip_hours_share_pct"),
    },
    **{limit.stated[0][0]: _own(limit) for limit in OWN},
    "prices": {
        "offer": _inputs("prices.rows"),
        "site": _inputs("prices.rows"),
        "order_period": _inputs("prices.rows"),
        "chip": _inputs("prices.chip"),
        "kind": _inputs("prices.kind"),
        "price_field": _inputs("prices.price_field"),
        "price": _inputs("prices.price"),
        "break_even": _duals(
            "prices.break_even",
            "prices.cut_pct",
            but="with cut_pct, for rentals and contracts that can be cancelled",
        ),
        "cut_pct": _tables("prices.cut_pct"),
        "reduced_cost_usd": _duals(
            "prices.reduced_cost",
            "prices.rental_reduced_cost",
            "prices.break_even",
            but="of contracts that can be cancelled: only that it is not below 0",
        ),
        "blocked_by": _held(
            "prices.blocked_by", but="which of the limits with a worth keeps it out"
        ),
    },
    "exceptions": {
        "severity": _tables("exceptions.severity", "exceptions.order"),
        "kind": _tables("exceptions.rows"),
        "item": _tables("exceptions.rows", "exceptions.warnings"),
        "period": _tables("exceptions.rows", "exceptions.warnings"),
        "amount": _tables("exceptions.amount"),
        "unit": _tables("exceptions.unit"),
        "usd": _tables("exceptions.usd"),
        "message": _held("exceptions.words", but=_WORDS),
        "action": _held("exceptions.words", but=_WORDS),
    },
}
"""Table -> column -> what checks it."""
