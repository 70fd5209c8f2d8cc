"""How units slip, and how far a figure may be from what the reference library knows.

The figures themselves stand in ``planner.library``.  A figure beyond what is usual is warned of,
never refused: who means it accepts the warning in case.yaml.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.library.read import rows

Slips = tuple[tuple[float, str], ...]
"""Factors by which a figure is wrong, each with what was written for what."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a column; 0 is always allowed, for nothing is free or absent."""

    low: float
    high: float
    slips: Slips
    source: str
    """Where that is from, and its date."""


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

SLIPS: Final[Mapping[str, Slips]] = {
    "kw": _KW,
    "tflops": _FLOPS,
    "gb": _GB,
    "usd-per-chip": _USD_CHIP,
    "usd-per-hour": _USD_HOUR,
    "usd-per-mwh": _MWH,
    "kg-per-mwh": _KG,
    "usd-per-kw-month": _KW_MONTH,
    "mw": _MW,
    "usd-per-mw": _USD_MW,
    "mtok": _TOKENS,
    "tok-per-s": _RATE,
    "flop": _FLOP,
    "years": _YEARS,
    "share": _SHARE,
    "usd": _USD,
    "usd-per-mtok": _MTOK,
    "params-b": (
        (1e9, "parameters for billions"),
        (1e3, "millions for billions"),
        (1e-3, "trillions"),
    ),
    "tokens-t": (
        (1e12, "tokens for trillions"),
        (1e3, "billions for trillions"),
        (1e6, "millions"),
    ),
    "usd-per-zflop": (
        (1e-21, "USD per FLOP"),
        (1e-6, "MUSD for USD"),
        (1e-3, "per 1e18 FLOP, or kUSD"),
    ),
}
"""By the name of the set, as the ranges of the library name it."""


@functools.cache
def usual_figures() -> Mapping[tuple[str, str], Usual]:
    """Return what is usual, by table and column, as the library has it."""
    return {
        (row["table"], row["column"]): Usual(
            float(row["low"]),
            float(row["high"]),
            SLIPS[row["slips"]],
            f"{row['source'].split(':')[0]}, {row['as_of']}",
        )
        for row in rows("ranges")
    }


CHIP_BAND: Final[Mapping[str, float]] = {
    "kw_peak": 2.0,
    "peak_tflops_bf16": 1.5,
    "peak_tflops_fp8": 1.5,
    "peak_tflops_fp4": 1.5,
    "hbm_gb": 2.1,
    "hbm_gb_per_s": 1.5,
    "usd_per_chip": 3.7,
    "usd_per_chip_hour": 4.5,
}
"""How many times more or less than what is known of a chip is still usual: a sparse peak is not."""
CLOUD_BAND: Final = 2.5
"""The same for what a cloud asks for a chip and contract."""
RATE_BAND: Final = 3.0
"""The same below the slowest and above the fastest tier that was measured of a model and chip."""
PRICE_BAND: Final = 4.0
"""The same for what electricity costs in a place; an hour of it may cost twice as far from it."""
CARBON_BAND: Final = (20.0, 4.0)
"""The same for what it emits: contracts for clean power make it much less."""
PARAMETER_BAND: Final = 2.0
"""The same for the parameters of a model, below those that a token uses and above all."""
