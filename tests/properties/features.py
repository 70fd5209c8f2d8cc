"""The optional things that a case can have, so that a test can tell which random cases never
have."""

from __future__ import annotations

from typing import Any


def features(tables: Any, settings: Any, every: bool = False) -> set[str]:
    """Names of the optional things that a case has; with ``every``: of all that there are but
    whole ones."""
    rules = {f"residual={rule}" for rule in ("annuity", "straight_line", "table", "none")} | {
        "carbon_usd_per_tonne",
        "fiscal_year_start",
        "frozen_periods",
        "change_usd_per_chip",
    }
    mine = {f"residual={settings.get('residual')}"} | {name for name in rules if settings.get(name)}
    found = _found(tables, OPTIONAL, CHOICES, every)
    return found | rules if every else found | (mine & rules)


def whole_features(tables: Any, every: bool = False) -> set[str]:
    """Names of the whole things that a case has; with ``every``: of all that there are."""
    return _found(tables, WHOLE, WHOLE_CHOICES, every)


def _found(tables: Any, optional: Any, choices: Any, every: bool) -> set[str]:
    wanted = {
        **{
            f"{table}.{column}": (table, column, None)
            for table, columns in optional.items()
            for column in columns
        },
        **{
            f"{table}.{column}={value}": (table, column, value)
            for table, column, values in choices
            for value in values
        },
    }
    if every:
        return set(wanted)
    return {
        name
        for name, (table, column, value) in wanted.items()
        if any(
            row.get(column, "") == value if value else row.get(column, "") != ""
            for row in tables.get(table, [])
        )
    }


HELD = ("purchase", "lease", "reserved", "reserved_1y", "reserved_3y", "capacity_block")
OPTIONAL: dict[str, tuple[str, ...]] = {
    "chips": ("annual_attrition", "maintenance_usd_per_chip_year", "decommission_usd_per_chip"),
    "sites": ("power_basis", "headroom", "usd_per_kw_month", "usd_per_kw_month_demand"),
    "power": ("liquid_mw",),
    "energy": ("slice", "usd_per_mwh", "kg_co2_per_mwh", "usd_per_kw_month_demand"),
    "fabrics": ("chips",),
    "offer_prices": ("usd_per_chip", "usd_per_chip_hour"),
    "offers": (
        "first_order",
        "last_order",
        "from_site",
        "term_periods",
        "max_per_period",
        "min_per_period",
        "deposit_share",
        "supply_group",
        "annual_attrition",
    ),
    "supply": ("min_chips", "max_chips"),
    "fleet": (
        "lot",
        "usd_per_chip",
        "usd_per_chip_hour",
        "annual_attrition",
        "ordered",
        "paid_share",
    ),
    "orders": (
        "cancel_fee_share",
        "usd_per_chip_hour",
        "ordered",
        "in_service",
        "supply_group",
        "leaves_service",
        "annual_attrition",
    ),
    "power_projects": (
        "first_order",
        "usd_per_mw_period",
        "deposit_share",
        "liquid_share",
    ),
    "power_orders": ("project", "usd_per_mw_period", "liquid_share"),
    "gains": ("gain",),
    "profiles": ("load",),
    "workloads": (
        "utilisation_cap",
        "window_periods",
        "short_usd_per_mtok",
        "survive_site_loss",
        "regions",
        "sites",
        "share_of_fleet",
        "multiple_of_milestones",
        "short_usd_per_1e21_flop",
        "done_flop",
        "window_start",
        "served_mtok",
    ),
    "demand": ("output_mtok", "input_mtok", "cached_mtok", "flop"),
    "throughput": ("input_tok_per_s", "cached_tok_per_s", "calibration", "kw_active"),
    "training": ("chips_at_full_efficiency", "kw_active"),
    "milestones": (
        "start",
        "done_flop",
        "min_chips",
        "max_chips",
        "split_efficiency",
        "late_usd_per_period",
        "after",
    ),
    "rules": ("chip", "vendor", "workload", "milestone", "from", "to"),
    "budgets": ("over_usd_per_usd", "used_usd"),
    "limits": (
        "max",
        "max_share",
        "min_share",
        "period",
        "over_usd_per_unit",
        "used",
        "used_total",
    ),
    "resale": ("chip",),
    "survival": ("chip",),
    "maintenance": ("chip",),
    "last_plan": ("chips", "mw"),
}
CHOICES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("chips", "cooling", ("air", "liquid")),
    ("sites", "kind", ("owned", "colo", "cloud")),
    ("supply", "basis", ("order", "arrival")),
    ("last_plan", "decision", ("approved", "changed", "refused")),
    ("workloads", "kind", ("online", "batch", "research")),
    (
        "offers",
        "kind",
        (
            "purchase",
            "lease",
            "reserved",
            "reserved_1y",
            "reserved_3y",
            "capacity_block",
            "on_demand",
            "spot",
            "relocate",
        ),
    ),
    ("offers", "retire_early", ("yes",)),
    ("offers", "cancellable", ("yes",)),
    ("fleet", "retire_early", ("yes",)),
    ("fleet", "kind", HELD),
    ("orders", "retire_early", ("yes",)),
    ("orders", "kind", HELD),
    ("milestones", "interruptible", ("yes", "no")),
    ("milestones", "single_site", ("yes", "no")),
    ("milestones", "single_chip", ("yes", "no")),
    ("budgets", "category", ("capex", "opex", "all")),
    ("budgets", "period", ("FY2027", "2027Q1")),
    ("limits", "scope", ("vendor", "chip", "site", "region", "country", "all")),
    ("limits", "measure", ("spend", "chips", "power", "carbon")),
)
WHOLE: dict[str, tuple[str, ...]] = {
    "chips": ("lot_size",),
    "fleet": ("lot_size",),
    "orders": ("lot_size",),
    "offers": (
        "lot_size",
        "min_order",
        "max_orders",
        "orders_before",
        "usd_per_order",
        "chips_before",
    ),
    "offer_steps": ("offer", "supply_group"),
    "power_projects": ("lot_mw", "after", "usd_to_open"),
    "sites": ("usd_to_open", "opens"),
    "throughput": ("chips_per_replica",),
}
WHOLE_CHOICES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("offers", "max_orders_per", ("plan", "fiscal_year")),
    ("offer_steps", "counts", ("order", "fiscal_year", "plan")),
    ("offer_steps", "on", ("all", "above")),
    ("milestones", "single_site", ("yes",)),
    ("milestones", "single_chip", ("yes",)),
)
