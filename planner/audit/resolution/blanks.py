"""What a blank cell means where it does not stay blank: the sentences of inputs/README.md, said
once more by hand."""

from __future__ import annotations

from typing import Any, Final

BLANK: Final[dict[str, dict[str, Any]]] = {
    "chips": {
        "cooling": "air",
        "lot_size": 1,
        "annual_attrition": 0.0,
        "maintenance_usd_per_chip_year": 0.0,
        "decommission_usd_per_chip": 0.0,
    },
    "sites": {
        "usd_per_kw_month_demand": 0.0,
        "usd_per_kw_month": 0.0,
        "usd_to_open": 0.0,
        "book_value_usd": 0.0,
    },
    "energy": {"slice": "*"},
    "availability": {"chip": "", "site": "", "slice": ""},
    "offers": {
        "deposit_share": 0.0,
        "min_per_period": 0.0,
        "max_orders_per": "plan",
        "orders_before": 0,
        "chips_before": 0.0,
        "retire_early": False,
        "cancellable": False,
    },
    "supply": {"min_chips": 0.0, "basis": "order"},
    "fleet": {
        "lot": "",
        "usd_per_chip_hour": 0.0,
        "retire_early": False,
        "paid_share": 0.0,
        "fee_usd_per_chip": 0.0,
    },
    "orders": {
        "kind": "purchase",
        "usd_per_chip_hour": 0.0,
        "retire_early": False,
        "fee_usd_per_chip": 0.0,
    },
    "power_projects": {
        "lot_mw": 0.001,
        "usd_per_mw_period": 0.0,
        "deposit_share": 0.0,
        "liquid_share": 1.0,
        "usd_to_open": 0.0,
        "book_value_usd": 0.0,
        "after": "",
    },
    "power_orders": {"usd_per_mw_period": 0.0, "liquid_share": 1.0},
    "workloads": {
        "tier": "",
        "owner": "",
        "regions": ("*",),
        "sites": ("*",),
        "profile": "",
        "utilisation_cap": 1.0,
        "window_periods": 1,
        "done_flop": 0.0,
        "served_mtok": 0.0,
        "may_leave_house": False,
    },
    "commitments": {"offers": ("*",), "upfront_share": 0.0, "counts_in": ""},
    "token_offers": {
        "models": ("*",),
        "tiers": ("*",),
        "workloads": ("*",),
        "regions": ("*",),
        "countries": ("*",),
        "missed_usd_per_usd": 1.0,
    },
    "demand": {"output_mtok": 0.0, "input_mtok": 0.0, "cached_mtok": 0.0, "flop": 0.0},
    "throughput": {"calibration": 1.0, "chips_per_replica": 1},
    "models": {"memory_share": 0.9},
    "milestones": {
        "owner": "",
        "model": "",
        "done_flop": 0.0,
        "min_chips": 0.0,
        "sites": ("*",),
        "chips": ("*",),
        "single_site": True,
        "single_chip": True,
        "interruptible": False,
        "after": (),
    },
    "budgets": {"used_usd": 0.0},
    "limits": {"member": "", "period": "", "used": 0.0, "used_total": 0.0},
    "last_plan": {"chips": 0.0, "mw": 0.0, "decision": ""},
}
"""Table -> column -> value of a blank cell that needs no other cell to be known; every other blank
stays one."""

SETTINGS: Final[dict[str, Any]] = {
    "description": "",
    "frequency": "quarter",
    "residual": "annuity",
    "headroom": 0.0,
    "fiscal_year_start": 1,
    "carbon_usd_per_tonne": 0.0,
    "frozen_periods": 0,
    "change_usd_per_chip": 0.0,
    "whole": None,
    "stale_after_days": 365,
    "accept": None,
    "power_basis": None,
    "solver": "highs",
    "time_limit_s": None,
    "threads": 2,
    "gap": 1e-6,
    "whole_gap": 1e-3,
    "seed": 0,
}
"""Setting -> its value where case.yaml says nothing."""
