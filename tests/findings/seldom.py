"""Tables that few cases have: power on order, price steps, how large models are, and what is told
of earlier plans."""

from __future__ import annotations

from tests.helpers import GOOD

SELDOM: dict[str, list[dict[str, str]]] = {
    "power_orders": [
        {
            "project": "hall2",
            "site": "iowa",
            "ordered": "2026Q4",
            "arrives": "2027Q1",
            "mw": "1",
            "usd_per_mw": "10000000",
            "paid_share": "0.3",
            "life_years": "15",
            "note": "signed",
        }
    ],
    "offers": [
        {
            "offer": "bulk",
            "chip": "h100",
            "site": "ohio",
            "kind": "purchase",
            "lead_periods": "1",
            "usd_per_chip": "26000",
            "source": "assumption",
            "as_of": "2026-11-01",
        }
    ],
    "offer_steps": [
        {
            "offer": "bulk",
            "from_chips": "1000",
            "usd_per_chip": "25000",
            "counts": "order",
            "on": "all",
            "source": "assumption",
            "as_of": "2026-11-01",
            "note": "quote",
        }
    ],
    "growth": [
        {
            "ramp": "crew",
            "scope": "site",
            "member": "iowa",
            "counts": "arriving",
            "max_growth": "0.5",
            "seed": "5000",
            "before": "1000",
            "note": "crews",
        }
    ],
    "availability": [
        {
            "window": "service",
            "chip": "h100",
            "site": "iowa",
            "slice": "night",
            "from": "2027Q2",
            "to": "2027Q2",
            "availability": "0.9",
            "note": "cooling",
        }
    ],
    "site_contracts": [
        {
            "contract": "hall",
            "site": "iowa",
            "kw": "60000",
            "from": "2026Q1",
            "to": "2027Q3",
            "usd_per_kw_month": "100",
            "extend_by": "2027Q2",
            "extend_periods": "4",
            "extend_usd_per_kw_month": "110",
            "note": "lease",
        }
    ],
    "commitments": [
        {
            "commitment": "savings",
            "provider": "cloud",
            "discount": "0.3",
            "term_periods": "4",
            "max_usd_per_hour": "100",
            "source": "assumption",
            "as_of": "2026-11-01",
            "note": "one year",
        }
    ],
    "token_offers": [
        {
            "token_offer": "api",
            "provider": "maker",
            "usd_per_mtok_output": "10",
            "usd_per_mtok_input": "3",
            "regions": "europe",
            "max_mtok": "1000",
            "source": "assumption",
            "as_of": "2026-11-01",
            "note": "list price",
        }
    ],
    "token_prices": [
        {
            "token_offer": "api",
            "period": "2027Q2",
            "usd_per_mtok_output": "9",
            "usd_per_mtok_input": "3",
            "note": "falls",
        }
    ],
    "models": [
        {
            "model": "small",
            "params_b": "8",
            "bytes_per_param": "1",
            "source": "assumption",
            "as_of": "2026-11-01",
        }
    ],
    "past_variances": [
        {
            "plan": "2026Q4",
            "kind": "line",
            "name": "buy@iowa@2026Q4",
            "term": "capex",
            "period": "2026Q4",
            "site": "iowa",
            "planned_usd": "100",
            "actual_usd": "130",
            "quantity_usd": "20",
            "price_usd": "10",
            "timing_usd": "0",
        }
    ],
    "past_amounts": [
        {
            "plan": "2026Q4",
            "kind": "line",
            "name": "buy@iowa@2026Q4",
            "period": "2026Q4",
            "measure": "chips",
            "unit": "chips",
            "planned": "10",
            "actual": "12",
        }
    ],
    "past_throughput": [
        {
            "plan": "2026Q4",
            "model": "small",
            "tier": "fast",
            "chip": "h100",
            "served_mtok": "100",
            "chip_hours": "40",
            "planned_chip_hours": "50",
            "calibration": "1",
            "measured_calibration": "1.25",
            "cell": "throughput.csv, row 3",
        }
    ],
    "past_forecasts": [
        {
            "plan": "2026Q4",
            "workload": "chat",
            "period": "2026Q4",
            "forecast": "100",
            "asked": "90",
        }
    ],
}

EVERY: dict[str, list[dict[str, str]]] = {
    table: [*GOOD.get(table, []), *SELDOM.get(table, [])] for table in (*GOOD, *SELDOM)
}
"""Every table of a case, with a row that breaks no rule."""
