"""A stand-in for a written run: a few rows in every table that a summary reads, blank tables
otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from planner.case.declare import Table
from planner.plan.formats import FORMAT_VERSION
from planner.plan.tables import PLAN_TABLE, PLAN_TABLES
from planner.runs.cells import write_table

CAUSE = {"cause_1": "workload:chat", "cause_1_share_pct": 100.0}
ROWS: dict[str, list[dict[str, Any]]] = {
    "buy_plan": [
        {
            "line_id": "h100_buy@iowa@2027Q1",
            "offer": "h100_buy",
            "order_period": "2027Q1",
            "site": "iowa",
            "status": "new",
            "action": "buy",
            "chip": "h100",
            "in_service_period": "2027Q3",
            "chips": 1500.5,
            "total_usd": 45_015_000.0,
            **CAUSE,
        },
        {
            "line_id": "h100_buy@iowa@2027Q2",
            "offer": "h100_buy",
            "order_period": "2027Q2",
            "site": "iowa",
            "status": "new",
            "action": "buy",
            "chip": "h100",
            "in_service_period": "2027Q4",
            "chips": 100.0,
            "total_usd": 3_000_000.0,
            **CAUSE,
        },
        {
            "line_id": "hall@iowa@2027Q1",
            "offer": "hall",
            "order_period": "2027Q1",
            "site": "iowa",
            "status": "new",
            "action": "build_power",
            "kind": "power",
            "in_service_period": "2028Q1",
            "mw": 12.5,
            "total_usd": 10_000_000.0,
        },
        {
            "line_id": "old",
            "offer": "fleet:2025Q1",
            "order_period": "",
            "site": "iowa",
            "status": "existing",
            "action": "keep",
            "chip": "a100",
            "chips": 64.0,
        },
    ],
    "costs": [
        {
            "term": "chips",
            "category": "capex",
            "period": "2027Q1",
            "site": "iowa",
            "chip": "h100",
            "nominal_usd": 48_015_000.0,
            "discounted_usd": 47_000_000.0,
        },
        {
            "term": "energy",
            "category": "opex",
            "period": "2027Q3",
            "site": "iowa",
            "chip": "h100",
            "nominal_usd": 4_000_000.0,
            "discounted_usd": 3_500_000.0,
        },
        {
            "term": "residual",
            "category": "none",
            "period": "2029Q1",
            "site": "iowa",
            "chip": "h100",
            "nominal_usd": -1_000_000.0,
            "discounted_usd": -500_000.0,
        },
    ],
    "demand_coverage": [
        {
            "workload": "chat",
            "period": "2027Q1",
            "kind": "online",
            "unit": "Mtok",
            "demand": 1000.0,
            "served": 1000.0,
            "short": 0.0,
            "short_usd": 0.0,
        },
        {
            "workload": "bulk",
            "period": "2027Q1",
            "kind": "batch",
            "unit": "Mtok",
            "demand": 500.0,
            "served": 400.0,
            "short": 100.0,
            "short_usd": 250.0,
        },
    ],
    "milestones": [
        {
            "milestone": "m1",
            "class": "dense",
            "flop": 1e24,
            "deadline": "2027Q4",
            "planned_start": "2027Q2",
            "planned_finish": "2027Q3",
            "slack_periods": 1.0,
            "late_flop": 0.0,
            "peak_chips": 800.0,
            "where": "h100@iowa",
        },
    ],
    "power": [
        {
            "site": "iowa",
            "period": "2027Q3",
            "basis": "it",
            "limit_mw": 2.0,
            "used_mw": 2.0,
            "kept_free_mw": 0.0,
            "free_mw": 0.0,
            "worth_usd_per_mw": 1_200_000.0,
            "worth_from_mw": 1.0,
            "worth_to_mw": 5.0,
        },
        {
            "site": "iowa",
            "period": "2027Q4",
            "basis": "it",
            "limit_mw": 4.0,
            "used_mw": 3.0,
            "kept_free_mw": 0.0,
            "free_mw": 1.0,
            "worth_usd_per_mw": 0.0,
        },
    ],
    "exceptions": [
        {
            "severity": "low",
            "kind": "stale",
            "item": "h100",
            "message": "The price of h100 is two years old.",
            "action": "Ask for a quote.",
        },
        {
            "severity": "high",
            "kind": "short",
            "item": "bulk",
            "period": "2027Q1",
            "amount": 100.0,
            "unit": "Mtok",
            "usd": 250.0,
            "message": "bulk is short.",
            "action": "Decide.",
        },
    ],
    "unit_costs": [
        {
            "kind": "workload",
            "name": "chat",
            "unit": "Mtok",
            "volume": 1000.0,
            "marginal_usd": 0.25,
            "loaded_usd": 0.31,
        }
    ],
}


def frame(table: Table, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a frame of a declared table, blanks where a row says nothing."""
    columns = {
        c.name: pd.Series(
            [row.get(c.name, float("nan") if c.type == "number" else "") for row in rows],
            dtype="float64" if c.type == "number" else "object",
        )
        for c in table.columns
    }
    return pd.DataFrame(columns)


def plan_document(**changes: Any) -> dict[str, Any]:
    """Return a plan.json as a run writes it."""
    return {
        "format_version": FORMAT_VERSION,
        "case": "demo",
        "description": "",
        "horizon": {
            "first": "2027Q1",
            "last": "2028Q4",
            "periods": 8,
            "frequency": "quarter",
            "discount_rate": 0.0,
        },
        "status": "optimal",
        "objective_usd": 50_000_000.0,
        "bound_usd": 49_999_999.9,
        "gap": 2e-9,
        "totals": {
            "discounted_usd_by_term": {"chips": 50_000_000.0},
            "cash_usd": 52_015_000.0,
            "capex_usd": 48_015_000.0,
            "opex_usd": 4_000_000.0,
            "commit_now_usd": 55_015_000.0,
            "chips_to_order_now": 1500.5,
            "new_chips": 1600.5,
            "worst_served": {"workload": "bulk", "period": "2027Q1", "share": 0.8},
            "cost_split_usd": {"inference": 50_000_000.0},
        },
        "compared_with": "",
        "size": {"columns": 10, "rows": 8, "nonzeros": 30},
        "overrides": [],
        "inputs_sha256": "0" * 64,
        "files": [],
        "proof": {"faults": [], "audit": {"ok": True, "checks": 31, "failed": []}},
        **changes,
    }


MANIFEST = {
    "format_version": FORMAT_VERSION,
    "case_folder": "demo",
    "started_utc": "2026-11-01T00:00:00Z",
    "finished_utc": "2026-11-01T00:00:01Z",
    "overrides": [],
    "inputs": {},
    "solver": {"asked": "highs", "used": "HiGHS"},
    "versions": {"planner": "0.2.0"},
    "seconds": {"solve": 0.1},
    "files": {},
}
"""A manifest.json as a run writes it."""


def write_standin(folder: Path, *, manifest: dict[str, Any] | None = None, **changes: Any) -> Path:
    """Write a stand-in run folder; ``changes`` go into plan.json."""
    folder.mkdir(parents=True)
    for table in PLAN_TABLES:
        write_table(
            PLAN_TABLE[table.name], frame(table, ROWS.get(table.name, [])), folder / table.path
        )
    (folder / "plan.json").write_text(json.dumps(plan_document(**changes)), encoding="utf-8")
    (folder / "manifest.json").write_text(
        json.dumps({**MANIFEST, **(manifest or {})}),
        encoding="utf-8",
    )
    return folder
