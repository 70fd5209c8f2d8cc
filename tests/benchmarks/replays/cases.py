"""Cases of how real fleets and token volumes grew: demand in H100 equivalents, three generations of
chips at the prices of their years, and rent by the hour without end.

Demand is what a maker has shipped so far (``shipped.csv``), or tokens a month between the months
for which they are known, along a line of their logarithm (``tokens.csv``); both scaled to a fleet
of a few hundred chips at the start.  No forecasts of those days are known, so that the forecast is
made of what was known: the growth of the last quarter, of which each further quarter keeps four
fifths.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from planner.case.periods import absolute_period

HERE: Final = Path(__file__).parent
DAMPED: Final = 0.8
"""Share of a quarter's growth that the next one keeps."""
LEADS: Final = (1, 2)
"""Quarters between order and service: two cases of every series."""
BEFORE: Final = 2
"""Quarters of a series before its case, for policies that look back."""
START: Final = 300.0
"""H100 equivalents with which every case begins."""
TOKENS: Final = 1000.0
"""Tokens a second of an H100, assumed; all others as their H100 equivalents."""
AS_OF: Final = "2026-11-01"
NAMES: Final = ("a100", "h100", "b200")
SPEED: Final = {"a100": 0.315, "h100": 1.0, "b200": 2.527}
"""H100 equivalents: Epoch AI, ai-chip-counts@d1b1bc3."""
OFFERED: Final = {
    "a100": ("2021Q1", "2024Q1"),
    "h100": ("2022Q4", "2026Q4"),
    "b200": ("2025Q1", "2026Q4"),
}
PRICES: Final = {
    ("a100", 2022): 14142, ("a100", 2023): 12247, ("a100", 2024): 12247,
    ("h100", 2022): 36742, ("h100", 2023): 34641, ("h100", 2024): 26268, ("h100", 2025): 23238,
    ("h100", 2026): 23238, ("b200", 2025): 37229, ("b200", 2026): 37229,
}  # fmt: skip
"""USD a chip by year, mid of Epoch AI's annual ranges (2026 as 2025)."""
SERVER: Final = 1.5
"""Server, network and halls on top of the chip, assumed."""
RENT: Final = {
    "a100": (("2021Q1", 5.12), ("2025Q3", 3.43)),
    "h100": (("2022Q4", 12.29), ("2025Q3", 6.88)),
    "b200": (("2025Q3", 14.24),),
}
"""USD a chip-hour on demand, AWS us-east-1, from its quarter on."""
KW: Final = {"a100": 0.8, "h100": 1.3, "b200": 1.8}
"""Of a chip with its server, from vendors' data sheets."""


def quarter(number: int) -> str:
    """Return the name of an absolute quarter."""
    return f"{number // 4}Q{number % 4 + 1}"


def number_of(text: str) -> int:
    """Return the absolute quarter of a name."""
    return absolute_period(text, "quarter")


def series() -> dict[str, tuple[int, np.ndarray]]:
    """Return every series: its first quarter, and H100 equivalents by quarter."""
    found: dict[str, tuple[int, np.ndarray]] = {}
    with (HERE / "shipped.csv").open(encoding="utf-8") as file:
        for name, group in itertools.groupby(csv.DictReader(file), lambda row: row["series"]):
            rows = list(group)
            quarters = [number_of(row["quarter"]) for row in rows]
            assert quarters == list(range(quarters[0], quarters[0] + len(rows)))
            found[name] = quarters[0], np.cumsum([float(row["h100e"]) for row in rows])
    with (HERE / "tokens.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    months = [12 * int(row["month"][:4]) + int(row["month"][5:]) - 1 for row in told]
    logs = np.log([float(row["tokens_per_month"]) for row in told])
    quarters_ = range(-(-(months[0] - 1) // 3), (months[-1] - 1) // 3 + 1)
    middle = [3 * q + 1 for q in quarters_]  # the middle month of a quarter
    found["google-tokens"] = quarters_[0], np.exp(np.interp(middle, months, logs))
    return {name: (first, START * level / level[BEFORE]) for name, (first, level) in found.items()}


def forecast(level: Sequence[float], count: int) -> list[float]:
    """Return the damped growth of the last quarter, for so many quarters.

    ``last x product over i = 0..h of (1 + growth x 0.8^i)``
    """
    growth = level[-1] / level[-2] - 1.0
    steps = 1.0 + growth * DAMPED ** np.arange(count)
    return [float(one) for one in level[-1] * np.cumprod(steps)]


def write(folder: Path, name: str, lead: int) -> tuple[Path, Path]:
    """Write a case and its history; returns both folders."""
    first, level = series()[name]
    start, count = first + BEFORE, len(level) - BEFORE
    case, history = folder / "case", folder / "history"
    quarters = [quarter(start + at) for at in range(count)]
    settings = {
        "name": name, "start": quarters[0], "periods": count, "frequency": "quarter",
        "discount_rate": 0.08, "residual": "annuity", "power_basis": "it",
    }  # fmt: skip
    case.mkdir(parents=True)
    history.mkdir()
    (case / "case.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    source = {"source": "assumption", "as_of": AS_OF}
    offers, prices = _offers(start, count, lead)
    chips = sorted({row["chip"] for row in offers} | {"a100"})
    _table(case / "chips.csv", [
        {"chip": chip, "vendor": "NVIDIA", "kw_peak": KW[chip], "kw_idle": 0.0,
         "peak_tflops_bf16": {"a100": 312, "h100": 989, "b200": 2250}[chip],
         "availability": 1, "economic_life_years": 5, **source}
        for chip in chips
    ])  # fmt: skip
    _table(case / "sites.csv", [
        {"site": "home", "region": "us", "country": "US", "kind": "owned", "pue": 1.25,
         "usd_per_mwh": 70, "kg_co2_per_mwh": 400, **source},
        {"site": "aws", "region": "us", "country": "US", "kind": "cloud", "pue": "",
         "usd_per_mwh": "", "kg_co2_per_mwh": "", **source},
    ])  # fmt: skip
    _table(case / "power.csv", [{"site": "home", "period": q, "mw": 500} for q in quarters])
    _table(case / "offers.csv", offers)
    _table(case / "offer_prices.csv", prices)
    _table(case / "fleet.csv", [
        {"chip": "a100", "site": "home", "in_service": quarter(start - 4),
         "chips": round(float(level[BEFORE - 1]) / SPEED["a100"], 3)}
    ])  # fmt: skip
    _table(case / "workloads.csv", [{"workload": "w", "kind": "online", "model": "m", "tier": "t"}])
    _table(case / "throughput.csv", [
        {"model": "m", "tier": "t", "chip": chip, "output_tok_per_s": TOKENS * SPEED[chip],
         **source}
        for chip in chips
    ])  # fmt: skip
    thought = forecast(level[:BEFORE].tolist(), count)
    _table(case / "demand.csv", [_asked(start + at, one) for at, one in enumerate(thought)])
    _table(history / "demand.csv", [_asked(first + at, one) for at, one in enumerate(level)])
    _table(history / "forecasts.csv", [
        {"made": quarters[made], **_asked(start + made + ahead, one)}
        for made in range(count)
        for ahead, one in enumerate(forecast(level[: BEFORE + made].tolist(), count - made))
    ])  # fmt: skip
    return case, history


def _asked(number: int, level: float) -> dict[str, Any]:
    """A row of demand: so many H100 equivalents all quarter long (of 91.3 days)."""
    tokens = level * TOKENS * 91.3 * 86400 / 1e6
    return {"workload": "w", "period": quarter(number), "output_mtok": f"{tokens:.6g}"}


def _offers(start: int, count: int, lead: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Chips at the prices of their years, and rent from when there was any."""
    offers, prices = [], []
    for chip in NAMES:
        low, high = (number_of(text) for text in OFFERED[chip])
        low, high = max(low, start), min(high, start + count - 1)
        if low <= high:
            offers.append(
                {"offer": f"buy-{chip}", "chip": chip, "site": "home", "kind": "purchase",
                 "first_order": quarter(low), "last_order": quarter(high), "lead_periods": lead,
                 "usd_per_chip": SERVER * PRICES[chip, low // 4], "usd_per_chip_hour": "",
                 "source": "assumption", "as_of": AS_OF}
            )  # fmt: skip
            prices += [
                {"offer": f"buy-{chip}", "period": quarter(q),
                 "usd_per_chip": SERVER * PRICES[chip, q // 4], "usd_per_chip_hour": ""}
                for q in range(low, high + 1)
            ]  # fmt: skip
        begins = [(number_of(text), usd) for text, usd in RENT[chip]]
        low = max(begins[0][0], start)
        if low < start + count:
            usd = {q: [u for b, u in begins if b <= q][-1] for q in range(low, start + count)}
            offers.append(
                {"offer": f"rent-{chip}", "chip": chip, "site": "aws", "kind": "on_demand",
                 "first_order": quarter(low), "last_order": quarter(start + count - 1),
                 "lead_periods": 0, "usd_per_chip": "", "usd_per_chip_hour": usd[low],
                 "source": "assumption", "as_of": AS_OF}
            )  # fmt: skip
            prices += [
                {"offer": f"rent-{chip}", "period": quarter(q), "usd_per_chip": "",
                 "usd_per_chip_hour": one}
                for q, one in usd.items()
            ]  # fmt: skip
    return offers, prices


def _table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
