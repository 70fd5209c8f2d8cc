"""Columns of the tables of lines and decisions, with what checks each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.audit.checked_by import By, duals, held, inputs, tables

_DEAREST: Final = "how far above the price it lies"
_CAUSE: Final = tuple(
    (name, tables(f"buy_plan.cause_{n}"))
    for n in (1, 2, 3)
    for name in (f"cause_{n}", f"cause_{n}_share_pct")
)

WHOLE: Final = (
    "whole.racks",
    "whole.rows",
    "orders.placed",
    "order_steps.counts",
    "whole.blocks",
    "whole.project_full",
    "whole.replicas",
    "projects.opened",
    "power.opened",
    "milestones.one_site",
    "milestones.one_chip",
)
"""What checks the counts of whole.csv, kind by kind."""

LINE_COLUMNS: Final[Mapping[str, Mapping[str, By]]] = {
    "buy_plan": {
        "line_id": tables("buy_plan.line_id"),
        "offer": inputs("buy_plan.offer", "buy_plan.offers"),
        "order_period": inputs("buy_plan.order_period", "buy_plan.window", "buy_plan.line_id"),
        "site": inputs("buy_plan.site", "buy_plan.line_id"),
        "from_site": inputs("buy_plan.from_site"),
        "status": inputs("buy_plan.status", "buy_plan.existing", "buy_plan.kind"),
        "action": inputs("buy_plan.status", "buy_plan.offers"),
        "vendor": inputs("buy_plan.vendor"),
        "chip": inputs("buy_plan.chip"),
        "kind": inputs("buy_plan.kind"),
        "decide_by": inputs("buy_plan.decide_by"),
        "in_service_period": inputs("buy_plan.in_service_period", "buy_plan.lead_time"),
        "leaves_period": inputs("buy_plan.leaves_period"),
        "chips": tables("vintages.held", "buy_plan.existing_chips", "buy_plan.rentals"),
        "chips_rounded": inputs("buy_plan.lots", "buy_plan.rounded", "orders.quantity"),
        "lots": inputs("buy_plan.lots"),
        "mw": tables("buy_plan.mw", "power.built_mw", "buy_plan.total_usd"),
        "usd_per_chip": inputs("buy_plan.usd_per_chip"),
        "usd_per_chip_hour": inputs("buy_plan.usd_per_chip_hour"),
        "total_usd": inputs("buy_plan.total_usd", "buy_plan.total_usd_moved"),
        "npv_usd": inputs("buy_plan.npv_usd", "buy_plan.npv_usd_moved"),
        "mw_it": inputs("buy_plan.mw_it_all"),
        "mw_utility": inputs("buy_plan.mw_utility_all"),
        "first_use": tables("buy_plan.first_use"),
        **dict(_CAUSE),
        "worth_usd_per_chip": duals("buy_plan.worth"),
        "break_even_usd_per_chip": held("buy_plan.break_even", but=_DEAREST),
        "runner_up": tables("buy_plan.runner_up"),
        "runner_up_gap_pct": tables("buy_plan.runner_up_gap"),
        "binding_limits": duals(
            "buy_plan.binding_limits",
            but="which of the budgets and policies with a worth it names",
        ),
        "change_vs_last": inputs("buy_plan.change_vs_last"),
        "change_reason": inputs("buy_plan.change_reason"),
        "in_scenarios": held("buy_plan.in_scenarios"),
        "cancellable_until": inputs("buy_plan.cancellable_until"),
    },
    "causes": {
        "line_id": duals("causes.lines", "causes.share_pct"),
        "cause": duals("causes.share_pct"),
        "share_pct": duals("causes.share_pct", "causes.sum"),
        "worth_usd": duals(
            "causes.worth_usd",
            but="what policies, change charges, frozen orders and whole racks make a line pay",
        ),
    },
    "vintages": {
        "line_id": inputs("vintages.lines", "vintages.held"),
        "offer": tables("vintages.offer"),
        "chip": tables("vintages.lines"),
        "site": tables("vintages.lines"),
        "in_service": inputs("vintages.in_service"),
        "period": inputs("vintages.held"),
        "held": inputs("vintages.held"),
    },
    "allocation": {
        "period": inputs("demand.served", "chip_time"),
        "slice": inputs("allocation.chip_hours", "chip_time"),
        "site": inputs("chip_time", "fleet.busy"),
        "chip": inputs("chip_time", "fleet.busy"),
        "kind": inputs("allocation.rows"),
        "work": inputs("allocation.rows", "allocation.eligible"),
        "chips": inputs("allocation.chip_hours", "demand.served"),
        "chip_hours": inputs("allocation.chip_hours"),
        "mtok": inputs("allocation.mtok"),
        "flop": inputs("allocation.flop"),
        "mwh": inputs("allocation.mwh"),
        "cost_usd": inputs("allocation.cost"),
    },
    "rentals": {
        "offer": inputs("rentals.offers"),
        "site": inputs("rentals.offers", "buy_plan.rentals"),
        "chip": inputs("rentals.offers"),
        "period": inputs("buy_plan.rentals"),
        "slice": inputs("rentals.hours"),
        "chips": inputs("rentals.hours"),
        "chip_hours": inputs("rentals.hours"),
        "usd_per_chip_hour": inputs("rentals.price"),
        "usd": inputs("rentals.usd"),
    },
    "site_loss": {
        name: inputs("site_loss.rows", "site_loss.served", "site_loss.capacity")
        for name in ("lost_site", "period", "slice", "site", "chip", "workload")
    }
    | {
        "chips": held(
            "site_loss.served",
            "site_loss.capacity",
            but="more chips than are needed, where they are there",
        )
    },
    "whole": {
        name: inputs("whole.kind", *WHOLE)
        for name in (
            "kind",
            "line_id",
            "offer",
            "supply_group",
            "project",
            "milestone",
            "workload",
            "chip",
            "site",
            "period",
            "slice",
            "step",
        )
    }
    | {"count": inputs("whole.count", *WHOLE)},
    "order_steps": {
        "line_id": inputs("order_steps.lines", "order_steps.chips"),
        "offer": inputs("order_steps.lines"),
        "site": inputs("order_steps.lines"),
        "order_period": inputs("order_steps.lines"),
        "step": inputs("order_steps.usd_per_chip", "order_steps.filled"),
        "from_chips": inputs("order_steps.from_chips"),
        "chips": inputs("order_steps.chips", "order_steps.filled"),
        "usd_per_chip": inputs("order_steps.usd_per_chip"),
    },
    "commitment_orders": {
        "commitment": inputs("commitment_orders.rows"),
        "provider": inputs("commitment_orders.provider"),
        "order_period": inputs("commitment_orders.rows", "commitment_orders.leaves"),
        "status": inputs("commitment_orders.rows"),
        "leaves_period": inputs("commitment_orders.leaves"),
        "usd_per_hour": inputs("covered.committed", "costs.nominal", "costs.total"),
    },
    "covered": {
        "commitment": inputs("covered.rows", "covered.committed"),
        "offer": inputs("covered.rows", "covered.rented"),
        "period": inputs("covered.rented", "covered.committed"),
        "slice": inputs("covered.rented", "covered.committed"),
        "chips": inputs("covered.usd_per_hour", "covered.rented"),
        "usd_per_hour": inputs("covered.usd_per_hour"),
        "saved_usd": inputs("covered.saved_usd"),
    },
    "tokens": {
        "token_offer": inputs("tokens.rows", "tokens.allowed"),
        "provider": inputs("tokens.provider"),
        "workload": inputs("tokens.rows", "tokens.allowed"),
        "period": inputs("tokens.rows", "tokens.allowed"),
        "slice": inputs("tokens.rows", "demand.served", "demand.beyond"),
        "mtok": inputs("tokens.usd", "demand.served", "demand.beyond"),
        "usd_per_mtok": inputs("tokens.usd_per_mtok"),
        "usd": inputs("tokens.usd"),
    },
    "orders": {
        "line_id": tables("orders.rows"),
        "what": tables("orders.what"),
        "vendor": tables("orders.vendor"),
        "chip": tables("orders.chip"),
        "quantity": tables("orders.quantity"),
        "site": tables("orders.site"),
        "order_by": inputs("orders.order_by"),
        "needed_by": inputs("orders.needed_by"),
        "unit_price_usd": tables("orders.unit_price"),
        "total_usd": tables("orders.total_usd"),
    },
}
"""Table -> column -> what checks it."""
