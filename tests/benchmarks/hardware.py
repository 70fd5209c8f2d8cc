"""Generated chips: what they can do, what they cost, who supplies them, and what already stands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.sizes import Size

Rows = list[dict[str, Any]]
VENDORS = ("aster", "boreal", "cygnus", "draco")
NOTED = {"source": "assumption", "as_of": "2026-11-01"}


def chip_names(size: Size) -> list[str]:
    """Return the names of the chips, oldest first."""
    return [f"{VENDORS[i % 4]}-{i // 4 + 1}" for i in range(size.chips)]


def launches(size: Size) -> NDArray[np.int64]:
    """Return the period from which each chip can be ordered, negative for those that exist already,
    (C,)."""
    return np.asarray(
        np.round((np.arange(size.chips) / size.chips - 0.3) * 1.25 * size.periods), dtype=np.int64
    )


def strength(size: Size, draw: np.random.Generator) -> NDArray[np.float64]:
    """Return each chip's speed over that of the first, (C,): about 1.5 times a year."""
    return np.asarray(
        1.5 ** ((launches(size) - launches(size)[0]) / 4) * draw.uniform(0.85, 1.2, size.chips)
    )


def chips(size: Size, speed: NDArray[np.float64], draw: np.random.Generator) -> Rows:
    """Return chips.csv: draw grows more slowly than speed."""
    rows = []
    for i, name in enumerate(chip_names(size)):
        kw = round(1.2 * float(speed[i]) ** 0.45 * draw.uniform(0.9, 1.1), 3)
        rows.append(
            {
                "chip": name,
                "vendor": name.split("-")[0],
                "family": f"generation {i // 4 + 1}",
                "kw_peak": kw,
                "kw_idle": round(0.35 * kw, 3),
                "peak_tflops_bf16": round(900 * float(speed[i])),
                "peak_tflops_fp8": round(1800 * float(speed[i])),
                "cooling": "liquid" if launches(size)[i] > 0 and i % 4 != 3 else "air",
                "lot_size": 8 if i < size.chips // 3 else 72,
                "availability": round(draw.uniform(0.92, 0.97), 3),
                "annual_attrition": round(draw.uniform(0.01, 0.04), 3),
                "economic_life_years": 5,
                "maintenance_usd_per_chip_year": round(600 * float(speed[i]) ** 0.6),
                "decommission_usd_per_chip": 150,
                **NOTED,
            }
        )
    return rows


def offers(
    size: Size,
    speed: NDArray[np.float64],
    own: list[str],
    clouds: bool,
    room: float,
    draw: np.random.Generator,
) -> tuple[Rows, Rows]:
    """Return offers.csv and offer_prices.csv: purchase of every chip that is still sold, leases and
    reservations of some, rental of half where there are clouds.

    ``room`` is how many chips of today the power of today could feed; what clouds rent out is
    counted in it.
    """
    rows: Rows = []
    prices: Rows = []
    T, launch = size.periods, launches(size)
    for i, chip in enumerate(chip_names(size)):
        first, last = max(int(launch[i]), 0), int(launch[i]) + round(0.55 * T)
        if first < T - 3 and last >= first + 2:
            usd = round(24_000 * float(speed[i]) ** 0.75 * draw.uniform(0.9, 1.15), -2)
            window = {"first_order": first, "last_order": min(last, T - 1)}
            where = [site for site in own if draw.random() < 0.7] or own
            sold = {"chip": chip, **window, "supply_group": chip.split("-")[0], **NOTED}
            rows.append(
                sold
                | {
                    "offer": f"buy-{chip}",
                    "site": ";".join(where),
                    "kind": "purchase",
                    "lead_periods": 1 + i % 2,
                    "usd_per_chip": usd,
                    "deposit_share": 0.2,
                    "retire_early": "yes" if i % 3 == 0 else "",
                }
            )
            prices += [
                {
                    "offer": f"buy-{chip}",
                    "period": t,
                    "usd_per_chip": round(usd * 0.975 ** (t - int(launch[i]))),
                }
                for t in range(first, min(last, T - 1) + 1)
            ]
            if i % 4 == 1:
                rows.append(
                    sold
                    | {
                        "offer": f"lease-{chip}",
                        "site": ";".join(where[:3]),
                        "kind": "lease",
                        "lead_periods": 1,
                        "term_periods": 12,
                        "usd_per_chip_hour": round(usd / 30_000, 3),
                        "cancellable": "yes" if i % 8 == 1 else "",
                    }
                )
        hourly = round(2.1 * float(speed[i]) ** 0.7 * draw.uniform(0.9, 1.2), 3)
        rented = {
            "chip": chip,
            "site": "*",
            "first_order": min(first + 1, T - 1),
            "lead_periods": 0,
            **NOTED,
        }
        if clouds and (i % 2 == 0 or i == size.chips - 1):
            rows.append(
                rented
                | {
                    "offer": f"rent-{chip}",
                    "kind": "on_demand",
                    "usd_per_chip_hour": hourly,
                    "max_per_period": round(0.03 * room, -2),
                }
            )
        if clouds and i % 5 == 2 and first < T - 3:
            rows.append(
                rented
                | {
                    "offer": f"reserve-{chip}",
                    "kind": "reserved_1y",
                    "lead_periods": 1,
                    "usd_per_chip_hour": round(0.7 * hourly, 3),
                    "max_per_period": round(0.02 * room, -2),
                }
            )
    return rows, prices


def supply(size: Size, per_period: float, sold: Rows) -> Rows:
    """Return supply.csv: what each vendor delivers, growing by a fifth a year."""
    groups = sorted({row["supply_group"] for row in sold if row.get("supply_group")})
    return [
        {
            "supply_group": group,
            "period": t,
            "max_chips": round(per_period / len(groups) * 1.2 ** (t / 4), -1),
        }
        for group in groups
        for t in range(size.periods)
    ]


def fleet(size: Size, own_mw: dict[str, float], table: Rows, draw: np.random.Generator) -> Rows:
    """Return fleet.csv: lots of the chips that exist already, in about a third of the power."""
    old = [row for i, row in enumerate(table) if launches(size)[i] < 0 and row["cooling"] == "air"]
    rows = []
    for site, mw in own_mw.items():
        for age in (3, 7, 11):
            chip = old[int(draw.integers(len(old)))]
            rows.append(
                {
                    "chip": chip["chip"],
                    "site": site,
                    "in_service": -age,
                    "chips": round(0.11 * mw * 1000 / chip["kw_peak"]),
                    "usd_per_chip": 28_000,
                    "retire_early": "yes" if age > 3 else "",
                }
            )
    return rows
