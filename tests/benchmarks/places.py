"""Generated sites: halls, colocation and clouds, their power and what energy costs there."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.benchmarks.hardware import NOTED, Rows
from tests.benchmarks.sizes import Size

KINDS = ("owned", "colo", "cloud", "owned")


def sites(size: Size, draw: np.random.Generator) -> Rows:
    """Return sites.csv; sites of a region differ in what they cost, not in what may run there."""
    regions = max(2, size.sites // 4)
    rows = []
    for i in range(size.sites):
        row: dict[str, Any] = {
            "site": f"site-{i + 1:02}",
            "region": f"region-{i % regions + 1}",
            "country": f"country-{i % regions % 5 + 1}",
            "kind": KINDS[i // regions % len(KINDS)],
            **NOTED,
        }
        if row["kind"] != "cloud":
            row |= {
                "pue": round(draw.uniform(1.08, 1.4), 2),
                "power_basis": "it",
                "usd_per_mwh": round(draw.uniform(40, 110), 1),
                "kg_co2_per_mwh": round(draw.uniform(30, 500)),
                "usd_per_kw_month_demand": 4 if i % 3 == 0 else 0,
                "usd_per_kw_month": 20 if row["kind"] == "owned" else 130,
            }
        rows.append(row)
    return rows


def megawatts(table: Rows, draw: np.random.Generator) -> dict[str, float]:
    """Return the MW of every site of one's own at the start of the plan."""
    return {
        row["site"]: float(round(draw.uniform(40, 250))) for row in table if row["kind"] != "cloud"
    }


def power(size: Size, own_mw: dict[str, float]) -> Rows:
    """Return power.csv: a step more every year, two thirds of it for liquid cooling."""
    return [
        {
            "site": site,
            "period": t,
            "mw": round(mw * (1 + 0.15 * (t // 4)), 1),
            "liquid_mw": round(mw * (0.5 + 0.12 * (t // 4)), 1),
        }
        for site, mw in own_mw.items()
        for t in range(size.periods)
    ]


def energy(size: Size, table: Rows, slices: list[str]) -> Rows:
    """Return energy.csv: dearer in the first slice, cheapest in the last, 2 % more a year."""
    around = np.linspace(1.35, 0.75, len(slices)) if len(slices) > 1 else np.ones(1)
    return [
        {
            "site": row["site"],
            "period": t,
            "slice": name,
            "usd_per_mwh": round(row["usd_per_mwh"] * float(around[k]) * 1.02 ** (t / 4), 2),
        }
        for row in table
        if row["kind"] != "cloud"
        for t in range(size.periods)
        for k, name in enumerate(slices)
    ]


def power_projects(size: Size, own_mw: dict[str, float]) -> Rows:
    """Return power_projects.csv: every second site can grow."""
    return [
        {
            "project": f"grow-{site}",
            "site": site,
            "mw_max": mw,
            "lead_periods": min(4, size.periods // 3),
            "usd_per_mw": 9e6,
            "usd_per_mw_period": 50_000,
            "deposit_share": 0.3,
            "life_years": 20,
            **NOTED,
        }
        for site, mw in list(own_mw.items())[::2]
    ]
