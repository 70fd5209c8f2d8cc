"""Generated needs: inference, research and training runs, and how fast chips are at them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.hardware import NOTED, Rows, chip_names, launches
from tests.benchmarks.sizes import Size

TIERS = ("interactive", "standard", "bulk")
HOURS = 2190.0


def workloads(size: Size, regions: list[str], draw: np.random.Generator) -> Rows:
    """Return workloads.csv: most are online, two thirds may run anywhere, the others in one region
    or two."""
    rows = []
    for i in range(size.workloads):
        kind = "research" if i % 8 == 7 else "batch" if i % 8 == 3 else "online"
        where = (
            "*"
            if i % 3
            else ";".join(
                sorted(draw.choice(regions, size=min(1 + i // 2 % 3, len(regions)), replace=False))
            )
        )
        row: dict[str, Any] = {
            "workload": f"work-{i + 1:02}",
            "kind": kind,
            "model": f"model-{i // 3 + 1}",
            "tier": TIERS[i % 3],
            "regions": where,
            "utilisation_cap": 0.6 if kind == "online" else 0.9,
        }
        if kind == "research":
            row |= {"model": f"class-{i % 3 + 1}", "tier": "", "short_usd_per_1e21_flop": 90_000}
        else:
            row |= {
                "short_usd_per_mtok": 4.0,
                "profile": f"profile-{i % 3 + 1}" if kind == "online" else "",
                "window_periods": 2 if kind == "batch" else "",
            }
        rows.append(row)
    return rows


def throughput(
    size: Size, table: Rows, speed: NDArray[np.float64], draw: np.random.Generator
) -> Rows:
    """Return throughput.csv: models run on about four fifths of the chips; output tokens only."""
    pairs = sorted({(row["model"], row["tier"]) for row in table if row["kind"] != "research"})
    names, rows = chip_names(size), []
    for model, tier in pairs:
        weight = (
            float(draw.uniform(0.2, 3.0)) * {"interactive": 2.0, "standard": 1.0, "bulk": 0.6}[tier]
        )
        for i, chip in enumerate(names):
            if draw.random() < 0.8 or i == size.chips - 2:
                rate = 900 * float(speed[i]) / weight * draw.uniform(0.8, 1.25)
                rows.append(
                    {
                        "model": model,
                        "tier": tier,
                        "chip": chip,
                        "output_tok_per_s": round(rate, 2),
                        **NOTED,
                    }
                )
    return rows


def gains(size: Size, table: Rows) -> Rows:
    """Return gains.csv: software makes every model 1.15 times as fast a year."""
    models = sorted({row["model"] for row in table if row["kind"] != "research"})
    return [
        {"model": model, "chip": "*", "period": t, "gain": round(1.15 ** (t / 4), 3), **NOTED}
        for model in models
        for t in range(2, size.periods, 2)
    ]


def profiles(
    slices: list[str], used: set[str], share: NDArray[np.float64], draw: np.random.Generator
) -> Rows:
    """Return profiles.csv: busiest in the first slice, mean 1."""
    rows = []
    for number in range(3):
        load = np.sort(draw.uniform(0.6, 1.5, len(slices)))[::-1]
        load = np.round(load / float(load @ share), 4)
        load[-1] = (1.0 - float(load[:-1] @ share[:-1])) / float(share[-1])
        rows += [
            {
                "profile": f"profile-{number + 1}",
                "slice": name,
                "load": round(float(load[k]), 9),
                "source": "assumption",
                "as_of": "2026-11-01",
            }
            for k, name in enumerate(slices)
        ]
    return [row for row in rows if row["profile"] in used]


def demand(size: Size, table: Rows, rates: Rows, chips: float, draw: np.random.Generator) -> Rows:
    """Return demand.csv: together the work of about ``chips`` chips of the fleet at first, growing
    by 2.1 a year."""
    weight = draw.lognormal(0.0, 0.8, size.workloads)
    weight *= chips / weight.sum()
    rows = []
    for i, row in enumerate(table):
        mine = [
            rate["output_tok_per_s"]
            for rate in rates
            if rate["model"] == row["model"] and rate["tier"] == row["tier"]
        ]
        for t in range(size.periods):
            count = float(weight[i]) * 2.1 ** (t / 4) * row["utilisation_cap"] * HOURS * 3600
            amount = (
                {"flop": f"{count * 4e14:.6g}"}
                if row["kind"] == "research"
                else {"output_mtok": f"{count * mine[0] / 1e6:.6g}"}
            )
            rows.append({"workload": row["workload"], "period": t} | amount)
    return rows


def training(size: Size, used: set[str]) -> Rows:
    """Return training.csv: up to three classes, each on every chip."""
    return [
        {
            "class": f"class-{number}",
            "chip": chip,
            "precision": "fp8" if i * 2 > size.chips else "bf16",
            "mfu": round(0.32 + 0.02 * number, 2),
            "goodput": 0.9,
            "chips_at_full_efficiency": 20_000 if number == 1 else "",
            "efficiency_beyond": 0.85 if number == 1 else "",
            **NOTED,
        }
        for number in (1, 2, 3)
        if f"class-{number}" in used
        for i, chip in enumerate(chip_names(size))
    ]


def milestones(size: Size, own_mw: dict[str, float], draw: np.random.Generator) -> Rows:
    """Return milestones.csv: runs of growing size on two or three of the newest chips at a few
    sites, each after the last of its line."""
    names, launch, halls = chip_names(size), launches(size), list(own_mw)
    rows = []
    for i in range(size.milestones):
        start = int(i / size.milestones * (size.periods - 4))
        end = min(start + 3 + i % 2, size.periods - 1)
        known = [c for c in range(size.chips) if launch[c] <= start]
        line = 1 + i % 3
        rows.append(
            {
                "milestone": f"run-{i + 1:02}",
                "flop": f"{6e25 * 2.4 ** (start / 4) * draw.uniform(0.5, 1.5):.4g}",
                "class": f"class-{line}",
                "start": start,
                "deadline": end,
                "sites": ";".join(
                    sorted(draw.choice(halls, size=min(3, len(halls)), replace=False))
                ),
                "chips": ";".join(names[c] for c in known[-3:]),
                "single_site": "no",
                "single_chip": "no",
                "split_efficiency": 0.9,
                "interruptible": "yes" if i % 2 else "no",
                "late_usd_per_period": 400e6,
                "after": f"run-{i - 2:02}" if i >= 3 and i % 4 == 0 else "",
            }
        )
    return rows


def policies(
    size: Size, vendors: list[str], years: list[int], usd_a_year: float
) -> tuple[Rows, Rows, Rows]:
    """Return budgets.csv, limits.csv and rules.csv: soft budgets, shares of vendors, export
    rules."""
    budgets = [
        {
            "period": year,
            "category": "capex",
            "usd_max": round(usd_a_year * 1.4**i, -6),
            "over_usd_per_usd": 0.3,
        }
        for i, year in enumerate(years)
    ]
    limits = [
        {
            "limit": f"{vendor}-spend",
            "scope": "vendor",
            "member": vendor,
            "measure": "spend",
            "max_share": 0.6,
            "over_usd_per_unit": 0.5,
        }
        for vendor in vendors[:2]
    ]
    newest = chip_names(size)[-4:]
    rules = [
        {"chip": chip, "country": "country-2", "reason": "export licence"} for chip in newest[:2]
    ]
    return budgets, limits, rules
