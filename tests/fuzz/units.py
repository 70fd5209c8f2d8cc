"""A case in other units: every figure times what its declared unit says, chips and power and work
and money each by a factor."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table
from planner.case.melt import values_of
from planner.case.periods import looks_like_period
from planner.case.tables import TABLES
from tests.fuzz.mutant import Mutant

Dimensions = dict[str, int]

OF_UNIT: Final[dict[str, Dimensions]] = {
    "kW": {"power": 1, "chip": -1},
    "TFLOP/s": {"flop": 1, "chip": -1},
    "GB": {"chip": -1},
    "GB/s": {"chip": -1},
    "bytes": {},  # of a weight
    "orders": {},
    "chips": {"chip": 1},
    "USD/chip/year": {"usd": 1, "chip": -1},
    "USD/chip": {"usd": 1, "chip": -1},
    "USD/MWh": {"usd": 1, "power": -1},
    "kg/MWh": {"power": -1},
    "USD/kW/month": {"usd": 1, "power": -1},
    "MW": {"power": 1},
    "USD/chip-hour": {"usd": 1, "chip": -1},
    "USD": {"usd": 1},
    "USD/hour": {"usd": 1},
    "USD/MW": {"usd": 1, "power": -1},
    "USD/MW/period": {"usd": 1, "power": -1},
    "USD/Mtok": {"usd": 1, "token": -1},
    "USD/1e21 FLOP": {"usd": 1, "flop": -1},
    "million tokens": {"token": 1},
    "FLOP": {"flop": 1},
    "tokens/s/chip": {"token": 1, "chip": -1},
    "billion": {"flop": 1},
    "USD/period": {"usd": 1},
    "share": {},
    "share/year": {},
    "years": {},
    "ratio": {},
    "periods": {},
    "trillion": {},
    "USD/USD": {},
    "by measure": {},
    "USD/unit": {},
    "chip-hours": {"chip": 1},
    "unit": {},  # of work that was done, as the table itself says
}
"""Dimensions of every unit that a column of figures may have; figures of a chip type are per
chip."""
OF_MEASURE: Final[dict[str, Dimensions]] = {
    "spend": {"usd": 1},
    "chips": {"chip": 1},
    "power": {"power": 1},
    "carbon": {},
}
SETTINGS: Final[dict[str, Dimensions]] = {
    "carbon_usd_per_tonne": {"usd": 1},
    "change_usd_per_chip": {"usd": 1, "chip": -1},
}


def factor(dimensions: Dimensions, by: dict[str, float]) -> float:
    """What a figure of these dimensions is multiplied by."""
    result = 1.0
    for name, power in dimensions.items():
        result *= by.get(name, 1.0) ** power
    return result


def _of(table: Table, column: Column, row: dict[str, str]) -> Dimensions:
    if table.name == "limits" and column.name in ("max", "min", "used", "used_total"):
        return OF_MEASURE[row["measure"]]
    if table.name == "limits" and column.name == "over_usd_per_unit":
        return (
            {"usd": 1, **{name: -power for name, power in OF_MEASURE[row["measure"]].items()}}
            if row["measure"] != "spend"
            else {}
        )
    return {} if column.name == "lot_size" else OF_UNIT[column.unit]


def _figures(table: Table, row: dict[str, str]) -> dict[str, Column]:
    """The declared column behind every cell of a row that holds a figure."""
    found = {
        column.name: column
        for column in table.columns
        if column.type in ("number", "integer") and column.name in row
    }
    if table.wide:
        required = [name for name in values_of(table) if table.column(name).required]
        measure = row.get("measure") or (required or list(values_of(table)))[0]
        found |= {name: table.column(measure) for name in row if looks_like_period(name)}
    return found


def convert(case: Mutant, **by: float) -> Mutant:
    """Return a case in other units.

    Args:
        case: the case.
        by: new figure over old figure of a pure amount of ``usd``, ``chip``, ``power``, ``flop``
            and ``token``.
    """
    result = Mutant(case.base, dict(case.files))
    for table in TABLES:
        if table.path not in case.files:
            continue
        header, *records = case.rows(table.path)
        converted = [header]
        for record in records:
            row = dict(zip(header, record, strict=True))
            for name, column in _figures(table, row).items():
                size = factor(_of(table, column, row), by)
                if row[name] and size != 1.0:
                    row[name] = repr(float(row[name]) * size)
            converted.append([row[name] for name in header])
        result.set_rows(table.path, converted)
    lines = result.files["case.yaml"].decode().splitlines()
    for i, line in enumerate(lines):
        key, _, value = line.partition(":")
        if key in SETTINGS:
            lines[i] = f"{key}: {float(value.split('#')[0]) * factor(SETTINGS[key], by)!r}"
    result.files["case.yaml"] = ("\n".join(lines) + "\n").encode()
    return result
