"""Figures that are known: what is usual in each column, what each chip is, and how units slip.

Data only.  A figure beyond what is usual is warned of, never refused: who means it accepts the
warning in case.yaml.  Sources are public; ``as_of`` is when they were read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Slips = tuple[tuple[float, str], ...]
"""Factors by which a figure is wrong, each with what was written for what."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a column; 0 is always allowed, for nothing is free or absent."""

    low: float
    high: float
    slips: Slips
    source: str
    as_of: str


_POWER: Final = "MLPerf power submissions, DGX and NVL72 data sheets"
_SHEETS: Final = "data sheets of NVIDIA, AMD, Google and AWS"
_PRICES: Final = "Epoch AI chip prices, press on rack prices"
_CLOUD: Final = "list prices of AWS, Google Cloud, Nebius, Crusoe"
_ENERGY: Final = "EIA Electric Power Annual, Our World in Data, eGRID"
_BUILD: Final = "Turner & Townsend index, CBRE survey, press on campuses"
_SERVED: Final = "MLPerf Inference v4.0 to v5.1, tokens per month of providers"
_TRAINED: Final = "MLPerf Training, published model reports"
_ASSUMED: Final = "assumption"
_READ: Final = "2026-08-21"

_PER: Final[Slips] = ((8.0, "a server of 8 for a chip"), (72.0, "a rack of 72 for a chip"))
_KW: Final[Slips] = ((1e3, "W for kW"), (1e-3, "MW for kW"), *_PER)
_FLOPS: Final[Slips] = (
    (1e-3, "PFLOP/s for TFLOP/s"),
    (1e3, "GFLOP/s for TFLOP/s"),
    (1e12, "FLOP/s for TFLOP/s"),
    (2.0, "sparse for dense"),
    *_PER,
)
_GB: Final[Slips] = ((1e-3, "TB for GB"), (1e3, "MB for GB"), *_PER)
_USD_CHIP: Final[Slips] = (
    (72.0, "a rack of 72 for a chip"),
    (8.0, "a server of 8 for a chip"),
    (1e-3, "kUSD for USD"),
    (1e-6, "MUSD for USD"),
    (100.0, "cents for USD"),
)
_USD_HOUR: Final[Slips] = (
    (8.0, "a server of 8 for a chip"),
    (72.0, "a rack of 72 for a chip"),
    (100.0, "cents for USD"),
    (730.0, "a month for an hour"),
    (8760.0, "a year for an hour"),
    (1e-3, "kUSD for USD"),
)
_MWH: Final[Slips] = (
    (1e-3, "USD/kWh for USD/MWh"),
    (0.1, "cents/kWh for USD/MWh"),
    (100.0, "cents for USD"),
    (1e3, "USD/GWh for USD/MWh"),
)
_KG: Final[Slips] = ((1e-3, "t/MWh or kg/kWh for kg/MWh"), (1e3, "g/MWh for kg/MWh"))
_KW_MONTH: Final[Slips] = ((1e3, "USD/MW for USD/kW"), (12.0, "a year for a month"))
_MW: Final[Slips] = ((1e3, "kW for MW"), (1e6, "W for MW"), (1e-3, "GW for MW"))
_USD_MW: Final[Slips] = (
    (1e-3, "USD/kW or kUSD/MW for USD/MW"),
    (1e-6, "USD/W or MUSD/MW for USD/MW"),
    (1e3, "USD/GW for USD/MW"),
)
_TOKENS: Final[Slips] = (
    (1e6, "tokens for million tokens"),
    (1e3, "thousand tokens for million tokens"),
    (1e-3, "billion tokens for million tokens"),
    (1e-6, "trillion tokens for million tokens"),
)
_RATE: Final[Slips] = (
    (8.0, "a server of 8 for a chip"),
    (72.0, "a rack of 72 for a chip"),
    (60.0, "a minute for a second"),
    (3600.0, "an hour for a second"),
    (1e-3, "thousand tokens for tokens"),
    (1e-6, "million tokens for tokens"),
)
_FLOP: Final[Slips] = (
    (1e-12, "TFLOP for FLOP"),
    (1e-15, "PFLOP for FLOP"),
    (1e-18, "EFLOP for FLOP"),
    (1e-21, "ZFLOP for FLOP"),
    (1e-24, "YFLOP for FLOP"),
)
_YEARS: Final[Slips] = ((12.0, "months for years"), (4.0, "quarters for years"))
_SHARE: Final[Slips] = ((100.0, "per cent for a share"), (0.01, "a share of per cent"))
_USD: Final[Slips] = ((1e-3, "kUSD for USD"), (1e-6, "MUSD for USD"), (1e-9, "billions for USD"))
_MTOK: Final[Slips] = (
    (1e-6, "USD per token for USD/Mtok"),
    (1e-3, "USD per thousand tokens for USD/Mtok"),
    (1e3, "USD per billion tokens for USD/Mtok"),
    (1e6, "USD per trillion tokens for USD/Mtok"),
)

USUAL: Final[Mapping[tuple[str, str], Usual]] = {
    ("chips", "kw_peak"): Usual(0.05, 6.0, _KW, _POWER, _READ),
    ("chips", "kw_idle"): Usual(0.02, 3.0, _KW, _POWER, _READ),
    ("throughput", "kw_active"): Usual(0.05, 6.0, _KW, _POWER, _READ),
    ("training", "kw_active"): Usual(0.05, 6.0, _KW, _POWER, _READ),
    ("chips", "peak_tflops_bf16"): Usual(50.0, 10_000.0, _FLOPS, _SHEETS, _READ),
    ("chips", "peak_tflops_fp8"): Usual(50.0, 40_000.0, _FLOPS, _SHEETS, _READ),
    ("chips", "peak_tflops_fp4"): Usual(100.0, 100_000.0, _FLOPS, _SHEETS, _READ),
    ("chips", "hbm_gb"): Usual(8.0, 1_100.0, _GB, _SHEETS, _READ),
    ("chips", "hbm_gb_per_s"): Usual(200.0, 60_000.0, _GB, _SHEETS, _READ),
    ("chips", "availability"): Usual(0.6, 1.0, _SHARE, _ASSUMED, _READ),
    ("chips", "annual_attrition"): Usual(0.001, 0.25, _SHARE, _ASSUMED, _READ),
    ("chips", "economic_life_years"): Usual(2.0, 10.0, _YEARS, "annual reports", _READ),
    ("chips", "book_life_years"): Usual(2.0, 10.0, _YEARS, "annual reports", _READ),
    ("chips", "maintenance_usd_per_chip_year"): Usual(30.0, 4_500.0, _USD_CHIP, _ASSUMED, _READ),
    ("chips", "decommission_usd_per_chip"): Usual(10.0, 1_000.0, _USD_CHIP, _ASSUMED, _READ),
    ("maintenance", "usd_per_chip_year"): Usual(30.0, 4_500.0, _USD_CHIP, _ASSUMED, _READ),
    ("sites", "pue"): Usual(1.0, 2.5, _SHARE, "Uptime survey, operators' reports", _READ),
    ("sites", "usd_per_mwh"): Usual(8.0, 400.0, _MWH, _ENERGY, _READ),
    ("energy", "usd_per_mwh"): Usual(8.0, 400.0, _MWH, _ENERGY, _READ),
    ("sites", "kg_co2_per_mwh"): Usual(3.0, 1_300.0, _KG, _ENERGY, _READ),
    ("energy", "kg_co2_per_mwh"): Usual(3.0, 1_300.0, _KG, _ENERGY, _READ),
    ("sites", "usd_per_kw_month_demand"): Usual(0.5, 40.0, _KW_MONTH, _ASSUMED, _READ),
    ("energy", "usd_per_kw_month_demand"): Usual(0.5, 40.0, _KW_MONTH, _ASSUMED, _READ),
    ("sites", "usd_per_kw_month"): Usual(1.0, 400.0, _KW_MONTH, _BUILD, _READ),
    ("power", "mw"): Usual(0.02, 3_000.0, _MW, _BUILD, _READ),
    ("power", "liquid_mw"): Usual(0.02, 3_000.0, _MW, _BUILD, _READ),
    ("power_projects", "mw_max"): Usual(0.02, 3_000.0, _MW, _BUILD, _READ),
    ("power_projects", "lot_mw"): Usual(0.001, 500.0, _MW, _BUILD, _READ),
    ("power_projects", "usd_per_mw"): Usual(500_000.0, 60e6, _USD_MW, _BUILD, _READ),
    ("power_projects", "usd_per_mw_period"): Usual(500.0, 2e6, _USD_MW, _ASSUMED, _READ),
    ("power_projects", "life_years"): Usual(5.0, 40.0, _YEARS, _ASSUMED, _READ),
    ("power_orders", "mw"): Usual(0.001, 3_000.0, _MW, _BUILD, _READ),
    ("power_orders", "usd_per_mw"): Usual(500_000.0, 60e6, _USD_MW, _BUILD, _READ),
    ("power_orders", "usd_per_mw_period"): Usual(500.0, 2e6, _USD_MW, _ASSUMED, _READ),
    ("power_orders", "life_years"): Usual(5.0, 40.0, _YEARS, _ASSUMED, _READ),
    ("offers", "usd_per_chip"): Usual(300.0, 250_000.0, _USD_CHIP, _PRICES, _READ),
    ("offer_prices", "usd_per_chip"): Usual(300.0, 250_000.0, _USD_CHIP, _PRICES, _READ),
    ("fleet", "usd_per_chip"): Usual(1_000.0, 250_000.0, _USD_CHIP, _PRICES, _READ),
    ("orders", "usd_per_chip"): Usual(1_000.0, 250_000.0, _USD_CHIP, _PRICES, _READ),
    ("offers", "usd_per_chip_hour"): Usual(0.1, 20.0, _USD_HOUR, _CLOUD, _READ),
    ("offer_prices", "usd_per_chip_hour"): Usual(0.1, 20.0, _USD_HOUR, _CLOUD, _READ),
    ("fleet", "usd_per_chip_hour"): Usual(0.1, 20.0, _USD_HOUR, _CLOUD, _READ),
    ("orders", "usd_per_chip_hour"): Usual(0.1, 20.0, _USD_HOUR, _CLOUD, _READ),
    ("demand", "output_mtok"): Usual(1.0, 20e9, _TOKENS, _SERVED, _READ),
    ("demand", "input_mtok"): Usual(1.0, 100e9, _TOKENS, _SERVED, _READ),
    ("demand", "cached_mtok"): Usual(1.0, 100e9, _TOKENS, _SERVED, _READ),
    ("demand", "flop"): Usual(1e19, 1e29, _FLOP, _TRAINED, _READ),
    ("throughput", "output_tok_per_s"): Usual(1.0, 100_000.0, _RATE, _SERVED, _READ),
    ("throughput", "input_tok_per_s"): Usual(10.0, 1_000_000.0, _RATE, _SERVED, _READ),
    ("throughput", "cached_tok_per_s"): Usual(50.0, 10_000_000.0, _RATE, _SERVED, _READ),
    ("throughput", "low"): Usual(1.0, 100_000.0, _RATE, _SERVED, _READ),
    ("throughput", "high"): Usual(1.0, 100_000.0, _RATE, _SERVED, _READ),
    ("models", "params_b"): Usual(
        0.01,
        20_000.0,
        ((1e9, "parameters for billions"), (1e3, "millions for billions"), (1e-3, "trillions")),
        _SERVED,
        _READ,
    ),
    ("throughput", "calibration"): Usual(0.2, 5.0, _SHARE, _ASSUMED, _READ),
    ("gains", "gain"): Usual(0.2, 20.0, _SHARE, "MLPerf, the same chip across rounds", _READ),
    ("profiles", "load"): Usual(0.02, 10.0, _SHARE, "Azure and Alibaba traces", _READ),
    ("milestones", "flop"): Usual(1e20, 1e29, _FLOP, _TRAINED, _READ),
    ("milestones", "done_flop"): Usual(1e16, 1e29, _FLOP, _TRAINED, _READ),
    ("workloads", "done_flop"): Usual(1e16, 1e29, _FLOP, _TRAINED, _READ),
    ("milestones", "params_b"): Usual(
        0.01,
        20_000.0,
        ((1e9, "parameters for billions"), (1e3, "millions for billions"), (1e-3, "trillions")),
        _TRAINED,
        _READ,
    ),
    ("milestones", "tokens_t"): Usual(
        0.001,
        300.0,
        ((1e12, "tokens for trillions"), (1e3, "billions for trillions"), (1e6, "millions")),
        _TRAINED,
        _READ,
    ),
    ("training", "mfu"): Usual(0.03, 0.7, _SHARE, _TRAINED, _READ),
    ("training", "goodput"): Usual(0.7, 1.0, _SHARE, _TRAINED, _READ),
    ("workloads", "utilisation_cap"): Usual(0.1, 1.0, _SHARE, _ASSUMED, _READ),
    ("workloads", "short_usd_per_mtok"): Usual(0.01, 5_000.0, _MTOK, _SERVED, _READ),
    ("workloads", "short_usd_per_1e21_flop"): Usual(
        1_000.0,
        100e6,
        ((1e-21, "USD per FLOP"), (1e-6, "MUSD for USD"), (1e-3, "per 1e18 FLOP, or kUSD")),
        _ASSUMED,
        _READ,
    ),
    ("budgets", "usd_max"): Usual(50_000.0, 1e12, _USD, _ASSUMED, _READ),
    ("budgets", "over_usd_per_usd"): Usual(0.01, 20.0, _SHARE, _ASSUMED, _READ),
    ("fleet", "book_value_usd"): Usual(10_000.0, 1e11, _USD, _ASSUMED, _READ),
    ("milestones", "late_usd_per_period"): Usual(50_000.0, 1e12, _USD, _ASSUMED, _READ),
}
"""What is usual by table and column."""


@dataclass(frozen=True, slots=True)
class KnownChip:
    """What a chip is and costs; None where nobody published it.  Prices include the server."""

    kw_peak: float | None
    peak_tflops_bf16: float | None
    peak_tflops_fp8: float | None
    peak_tflops_fp4: float | None
    hbm_gb: float | None
    hbm_gb_per_s: float | None
    usd_per_chip: float | None = None
    usd_per_chip_hour: float | None = None


CHIPS: Final[Mapping[str, KnownChip]] = {
    "a100": KnownChip(0.82, 312, None, None, 80, 2039, 19_000, 2.0),
    "h100": KnownChip(1.3, 989, 1979, None, 80, 3350, 31_000, 3.2),
    "h200": KnownChip(1.3, 989, 1979, None, 141, 4800, 33_000, 4.0),
    "h20": KnownChip(1.0, 148, 296, None, 96, 4000, 15_000),
    "b200": KnownChip(1.79, 2250, 4500, 9000, 180, 7700, 52_000, 5.5),
    "b300": KnownChip(1.94, 2250, 4500, 14_000, 268, 7750, 60_000, 7.0),
    "gb200": KnownChip(1.83, 2500, 5000, 10_000, 186, 8000, 43_000, 5.5),
    "gb300": KnownChip(1.97, 2500, 5000, 15_000, 288, 8000, 64_000, 7.0),
    "vr200": KnownChip(3.2, None, 17_500, 50_000, 288, 22_000, 120_000),
    "mi300x": KnownChip(1.4, 1307, 2615, None, 192, 5300, 20_000, 2.5),
    "mi325x": KnownChip(1.6, 1307, 2615, None, 256, 6000, 22_000, 2.5),
    "mi350x": KnownChip(1.9, 2310, 4600, 9200, 288, 8000, 36_000),
    "mi355x": KnownChip(2.1, 2500, 5000, 10_000, 288, 8000, 41_000),
    "tpu-v5e": KnownChip(0.4, 197, None, None, 16, 819, None, 1.0),
    "tpu-v5p": KnownChip(0.9, 459, 459, None, 95, 2765, None, 3.0),
    "tpu-v6e": KnownChip(0.7, 918, 918, None, 32, 1640, None, 1.8),
    "tpu-v7": KnownChip(1.6, 2307, 4614, None, 192, 7370, None, 4.5),
    "trn1": KnownChip(0.5, 190, 190, None, 32, 820, None, 1.0),
    "trn2": KnownChip(0.9, 667, 1299, None, 96, 2900, None, 1.5),
    "trn3": KnownChip(1.2, 671, 2517, 2517, 144, 4900, None, 1.7),
    "l40s": KnownChip(0.6, 362, 733, None, 48, 864, 10_000, 1.5),
    "gaudi3": KnownChip(1.4, 1678, 1678, None, 128, 3700, 16_000),
}
"""By name; a chip of a case is one of them where its name contains this one."""
CHIPS_SOURCE: Final = f"{_SHEETS}; {_POWER}; {_PRICES}; {_CLOUD}"
CHIPS_AS_OF: Final = _READ

BAND: Final[Mapping[str, float]] = {
    "kw_peak": 2.0,
    "peak_tflops_bf16": 1.5,
    "peak_tflops_fp8": 1.5,
    "peak_tflops_fp4": 1.5,
    "hbm_gb": 2.1,
    "hbm_gb_per_s": 1.5,
    "usd_per_chip": 3.7,
    "usd_per_chip_hour": 4.5,
}
"""How many times more or less than the known figure is still usual: a sparse peak is not."""
