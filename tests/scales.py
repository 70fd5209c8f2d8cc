"""Shipped cases at other scales: money, chips, work or megawatts times a factor."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from planner.case.tables import TABLE

INPUTS: Final = Path(__file__).parent.parent / "inputs"

_KW: Final = ("kw_peak", "kw_idle", "kw_active")
_CHIPS: Final = (
    "chips",
    "min_chips",
    "max_chips",
    "min_per_period",
    "max_per_period",
    "min_order",
    "from_chips",
    "chips_at_full_efficiency",
)
_WORK: Final = ("output_mtok", "input_mtok", "cached_mtok", "flop")
_MW: Final = ("mw", "liquid_mw", "mw_max", "lot_mw")
_PER_MW: Final = ("usd_per_mw", "usd_per_mw_period", "usd_per_mwh", "usd_per_kw_month")
_PENALTY: Final = ("late_usd_per_period", "usd_max", "book_value_usd")
_PLAIN: Final = ("over_usd_per_usd",)


def money(factor: float) -> Callable[[str], float]:
    """Return factors of columns: every price, budget and penalty times a factor."""
    return lambda name: factor if "usd" in name and name not in _PLAIN else 1.0


def larger_chips(factor: float) -> Callable[[str], float]:
    """Return factors of columns: chips that draw, serve and cost so much more, and so many
    fewer."""

    def of(name: str) -> float:
        if name in _KW or "per_chip" in name or "tok_per_s" in name or "tflops" in name:
            return factor
        return 1.0 / factor if name in _CHIPS else 1.0

    return of


def fewer_chips(factor: float) -> Callable[[str], float]:
    """Return factors of columns: chips that draw so much more for the same work, of which so much
    less is asked; megawatts as they are."""

    def of(name: str) -> float:
        if name in _KW:
            return factor
        return 1.0 / factor if name in _CHIPS or name in _WORK else 1.0

    return of


def size(factor: float) -> Callable[[str], float]:
    """Return factors of columns: work, chips, megawatts and what money is paid for as a whole."""
    scaled = (*_WORK, *_CHIPS, *_MW, *_PENALTY)
    return lambda name: factor if name in scaled else 1.0


def power(factor: float) -> Callable[[str], float]:
    """Return factors of columns: power of chips and of sites, each megawatt so much cheaper."""
    return lambda name: factor if name in (*_KW, *_MW) else 1.0 / factor if name in _PER_MW else 1.0


SCALES: Final[Mapping[str, Callable[[str], float]]] = {
    "money/1000": money(1e-3),
    "as it is": money(1.0),
    "money x 1000": money(1e3),
    "money x 5e4": money(5e4),
    "chips / 1000": larger_chips(1e3),
    "chips x 1000": larger_chips(1e-3),
    "chips and work / 1000": fewer_chips(1e3),
    "chips and work x 1000": fewer_chips(1e-3),
    "size / 1000": size(1e-3),
    "size x 1000": size(1e3),
    "power / 1000": power(1e-3),
    "power x 1000": power(1e3),
}


def scaled_case(source: Path, target: Path, factor: Callable[[str], float]) -> Path:
    """Write a copy of a case with its columns times factors; return its folder.

    Args:
        source: the case folder, with tables as CSV.
        target: where; made.
        factor: factor of a column, by its name.
    """
    target.mkdir(parents=True)
    settings = (source / "case.yaml").read_text(encoding="utf-8")
    (target / "case.yaml").write_text(
        re.sub(
            r"^(\w*usd\w*): *([\d.e+-]+)",
            lambda m: f"{m[1]}: {float(m[2]) * factor(m[1])!r}",
            settings,
            flags=re.MULTILINE,
        ),
        encoding="utf-8",
    )
    for path in sorted(source.glob("*.csv")):
        _scaled_table(path, target / path.name, factor)
    return target


def _scaled_table(path: Path, target: Path, factor: Callable[[str], float]) -> None:
    """Write a copy of a table, long or wide, with its figures times their factors."""
    known = {column.name for column in TABLE[path.stem].columns}
    figures = {column.name for column in TABLE[path.stem].columns if column.type == "number"}
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    measure = header.index("measure") if "measure" in header else None
    alone = {"power": "mw"}.get(path.stem, "")
    for row in rows:
        for i, name in enumerate(header):
            wide, column = name not in known and name != "measure", name
            if wide:
                column = row[measure] if measure is not None else alone
            times = factor(column) if wide or name in figures else 1.0
            if times != 1.0 and row[i] not in ("", "inf"):
                row[i] = f"{float(row[i]) * times:.15g}"
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
