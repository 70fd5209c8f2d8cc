"""The past: plan against actual, as sections for roll.md, the page and the workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.actuals.accuracy import accuracy
from planner.actuals.compare import VIEWS, view
from planner.actuals.split import PARTS
from planner.actuals.throughput import as_override
from planner.report.history import History
from planner.report.section import Section, records
from planner.words import money, money_unit, number, percent, printable

MONEY: Final = ("planned_usd", "actual_usd", "variance_usd", *PARTS)
HEADS: Final = ("planned", "actual", "variance", "quantity", "price", "timing")
TITLES: Final[Mapping[str, str]] = {
    "term": "Plan against actual, by term of cost",
    "line": "By line",
    "workload": "By workload",
    "milestone": "By milestone",
    "site": "By site",
}
NOTE: Final = (
    "variance = quantity + price + timing, to the cent: more or less of it, as planned; at another "
    "price (or with more chip-hours for the same work); paid in another period."
)


def history_sections(history: History) -> list[Section]:
    """Return what is told of the past: plan against actual, measured throughput, forecasts."""
    return [
        *variance_sections(history.variances),
        *amount_section(history.amounts),
        *throughput_section(history.throughput),
        *accuracy_section(history.forecasts),
    ]


def variance_sections(ledger: pd.DataFrame) -> list[Section]:
    """Return a ledger of variances by term, line, workload, milestone and site; views without a
    variance are left out.

    Args:
        ledger: with the columns of ``planner.actuals.split.LEDGER``.
    """
    sections = []
    assert set(TITLES) == set(VIEWS)
    for by, title in TITLES.items():
        found = view(ledger, by)
        if found.empty:
            continue
        if by == "term":
            total = found[list(MONEY)].sum()
            found = pd.concat(
                [found, pd.DataFrame([{"name": "all", **total.to_dict()}])], ignore_index=True
            )
        values = found[list(MONEY)].to_numpy(dtype=np.float64)
        unit = money_unit(*values.ravel().tolist())
        rows = tuple(
            (printable(row.name) or "(none)", *(money(getattr(row, name), unit) for name in MONEY))
            for row in records(found)
        )
        header = (by, *(f"{head}, {unit[1]}" for head in HEADS))
        note = NOTE if by == "term" else ""
        sections.append(Section(title, header, rows, frozenset(range(1, 7)), note))
    return sections


def amount_section(amounts: pd.DataFrame) -> list[Section]:
    """Return what was planned and what happened in its own units; nothing where nothing is told.

    Args:
        amounts: ``kind``, ``name``, ``period`` (a label), ``measure``, ``unit``, ``planned``,
            ``actual``.
    """
    if amounts.empty:
        return []
    rows = tuple(
        (
            str(row.kind),
            printable(row.name),
            str(row.period),
            str(row.measure),
            str(row.unit),
            number(row.planned),
            number(row.actual),
            _change(row.planned, row.actual),
        )
        for row in records(amounts)
    )
    header = ("what", "which", "period", "measure", "unit", "planned", "actual", "change")
    return [Section("In their own units", header, rows, frozenset({5, 6, 7}))]


def _change(planned: float, actual: float) -> str:
    """Return by how much something changed, as a percentage; blank where nothing was planned."""
    if not planned or not np.isfinite([planned, actual]).all():
        return ""
    share = actual / planned - 1.0
    return _signed(share) if abs(share) >= 0.0005 else "same"


def throughput_section(measured: pd.DataFrame) -> list[Section]:
    """Return measured throughput and the calibrations that follow; nothing where none is told.

    Args:
        measured: with the columns of ``planner.actuals.throughput.MEASURED``.
    """
    if measured.empty:
        return []
    rows = tuple(
        (
            printable(row.model),
            printable(row.tier),
            printable(row.chip),
            number(1e6 * row.served_mtok / row.chip_hours / 3600.0),
            percent(row.planned_chip_hours / row.chip_hours),
            number(row.calibration),
            number(row.measured_calibration),
            printable(row.cell),
            printable(as_override(row.model, row.tier, row.chip, row.measured_calibration)),
        )
        for row in records(measured)
    )
    header = (
        "model",
        "tier",
        "chip",
        "work tokens/s/chip",
        "of plan",
        "calibration",
        "measured",
        "cell",
        "--set",
    )
    note = (
        "Measured: work tokens served over chip-hours. The calibration that follows goes into its "
        "cell; --set tries it in one run, and planner apply writes it."
    )
    return [Section("Measured throughput", header, rows, frozenset({3, 4, 5, 6}), note)]


def accuracy_section(forecasts: pd.DataFrame) -> list[Section]:
    """Return how good forecasts were by workload, over all plans; nothing where none is known.

    Args:
        forecasts: as ``planner.actuals.accuracy`` takes them.
    """
    if forecasts.empty:
        return []
    every, ahead = accuracy(forecasts), accuracy(forecasts, by_lead=True)
    if every.empty:
        return []
    rows = tuple(
        (
            printable(row.workload),
            "all" if row.ahead < 0 else str(int(row.ahead)),
            f"{row.count:,}",
            _signed(row.bias),
            percent(row.weighted_error),
        )
        for row in _by_workload(records(every), records(ahead))
    )
    header = ("workload", "periods ahead", "forecasts", "bias", "weighted error")
    note = (
        "bias = sum of (forecast - asked) over asked: above 0, too much was forecast; weighted "
        "error = sum of their sizes over asked."
    )
    return [Section("Forecast accuracy", header, rows, frozenset({1, 2, 3, 4}), note)]


def _by_workload(every: Sequence[Any], ahead: Sequence[Any]) -> list[Any]:
    """Return the rows of all leads and of each, workload by workload; a single lead says the same
    as all."""
    found: list[Any] = []
    for one in every:
        mine = [row for row in ahead if row.workload == one.workload]
        found += [one, *(mine if len(mine) > 1 else [])]
    return found


def _signed(share: float) -> str:
    return f"{'+' if share > 0 else ''}{percent(share)}"
