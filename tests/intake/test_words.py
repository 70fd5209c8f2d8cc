"""Periods, figures, units and headers in the spellings that people use."""

from __future__ import annotations

import pytest

from planner.case.tables import TABLE
from planner.intake.cell import Cell
from planner.intake.figure import figure_of, locale_of, looks_like_figure
from planner.intake.heads import FIGURES
from planner.intake.known import importable
from planner.intake.span import times_of_text
from planner.intake.unit import change_of, unit_in, unit_of
from planner.intake.words import PHRASES, columns_of, is_total

NOT_SAID = (
    "",
    "periods",
    "orders",
    "by measure",
    "USD/unit",
    "USD/period",
    "share/year",
    "USD/USD",
    "USD/MW/period",
)
"""Units of columns that no header says: they are read as they stand."""


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Q1'27", "2027Q1"), ("1Q27", "2027Q1"), ("Q1 2027", "2027Q1"), ("2027-Q1", "2027Q1"),
        ("Q1 2027 (F)", "2027Q1"), ("4. Quartal 2027", "2027Q4"), ("Jan-27", "2027-01"),
        ("January 2027", "2027-01"), ("Mrz 27", "2027-03"), ("2027-03", "2027-03"),
        ("202703", "2027-03"), ("03/2027", "2027-03"), ("H2 2027", "2027H2"), ("2027", "2027"),
        ("2027-03-15", "2027-03-15"), ("15.03.2027", "2027-03-15"), ("13/02/2027", "2027-02-13"),
        ("2027-01-01T00:00:00", "2027-01-01"), ("FY27 Q1", "2026Q4"), ("Q1 FY27", "2026Q4"),
        ("FY2027", "2026-10 to 2027-09"), ("Oct FY27", "2026-10"), ("CY27", "2027"),
    ],
)  # fmt: skip
def test_spans(text: str, span: str) -> None:
    found = times_of_text(text, fiscal_start=10)
    assert found is not None and str(found.span) == span


@pytest.mark.parametrize("text", ["Q5 2027", "Chat", "H100", "TBD", "1.2 M", "13/13/2027", "27"])
def test_no_spans(text: str) -> None:
    found = times_of_text(text)
    assert found is None or found.span is None


@pytest.mark.parametrize(
    ("text", "value", "base"),
    [
        ("305,600", 305600, None), ("305 600", 305600, None), ("305.600,5", 305600.5, None),
        ("9,500 k", 9.5e6, None), ("1.2 M", 1.2e6, None), ("$5M", 5e6, "usd"), ("10 %", 0.1, None),
        ("(1,000)", -1000, None), ("-5", -5, None), ("1'234'567", 1234567, None),
        ("1.234.567", 1234567, None), ("3.8e23 FLOP", 3.8e23, "flop"), ("5 MW", 5e6, "watt"),
        ("US$3.99/hr", 3.99 / 3600, "usd"), ("$98.32 hourly", 98.32 / 3600, "usd"),
        ("USD 3.5m", 3.5e6, "usd"), ("12 bn tokens", 12e9, "token"), ("-", None, None),
    ],
)  # fmt: skip
def test_figures(text: str, value: float | None, base: str | None) -> None:
    cell = Cell("text", text)
    figure = figure_of(cell, locale_of([cell])[0])
    if value is None:
        assert figure.is_open
        return
    factor = figure.unit.factor if figure.unit is not None else 1.0
    assert figure.value * factor == pytest.approx(value)
    assert base is None or (figure.unit is not None and figure.unit.of(base))


@pytest.mark.parametrize("text", ["~100", "100-120", ">5", "1,23,4", "12,3456,7", "8x", "see mail"])
def test_no_figures(text: str) -> None:
    cell = Cell("text", text)
    assert not looks_like_figure(cell) or figure_of(cell, locale_of([cell])[0]).need


def test_one_locale_a_file() -> None:
    def of(*texts: str) -> str | None:
        return locale_of([Cell("text", text) for text in texts])[0]

    assert of("40.000") is None  # forty, or forty thousand
    assert of("40.000", "1,5") == "german"
    assert of("40.000", "1.5") == "us"
    assert of("1,5", "1.5") is None


@pytest.mark.parametrize(
    ("header", "column", "factor"),
    [
        ("Output tokens (M)", "million tokens", 1), ("Tokens (bn)", "million tokens", 1000),
        ("output_tokens", "million tokens", 1e-6), ("Power, kW", "MW", 1e-3),
        ("kW per server of 8", "kW", 1 / 8), ("Price per rack of 72 (kUSD)", "USD/chip", 1000 / 72),
        ("Energy price [ct/kWh]", "USD/MWh", 10), ("USD per GPU-hour", "USD/chip-hour", 1),
        ("USD/GPU-month", "USD/chip-hour", 1 / 730.5), ("BF16 TFLOPS", "TFLOP/s", 1),
        ("HBM (bytes)", "GB", 1e-9), ("Bandwidth (TB/s)", "GB/s", 1000),
        ("Budget (USD m)", "USD", 1e6),
        ("Intensity gCO2/kWh", "kg/MWh", 1), ("Utilisation %", "share", 0.01),
        ("Chips (k)", "chips", 1000), ("EUR/MWh", "USD/MWh", None), ("MWh", "MW", None),
    ],
)  # fmt: skip
def test_units(header: str, column: str, factor: float | None) -> None:
    unit = unit_in(header)[0]
    assert unit is not None
    change = change_of(unit, column)
    assert (
        (change is None)
        if factor is None
        else (change is not None and change.factor == pytest.approx(factor))
    )


def test_a_rate_is_multiplied_by_its_time() -> None:
    unit = unit_of("Mtok/day")
    assert unit is not None
    change = change_of(unit, "million tokens")
    assert change is not None and change.rate
    assert change.factor * 86400 * 90 == pytest.approx(90)


def test_the_words_are_of_columns() -> None:
    for place in PHRASES:
        table, _, column = place.partition(".")
        assert TABLE[table].column(column)
    for table in TABLE.values():
        for column in table.columns:
            found = [(t, c) for t, c, _ in columns_of(column.name)]
            if importable(table.name) and column.name not in ("note", "source", "as_of"):
                assert (table.name, column.name) in found


def test_every_figure_by_period_says_how_it_is_joined() -> None:
    for table in TABLE.values():
        if importable(table.name) and table.wide:
            for column in table.columns:
                assert column.type not in FIGURES or column.across, f"{table.name}.{column.name}"


def test_every_unit_of_a_column_is_known() -> None:
    for table in TABLE.values():
        for column in table.columns:
            figures = importable(table.name) and column.type in FIGURES
            if figures and column.unit not in NOT_SAID:
                assert unit_of(column.unit) is not None, column.unit


@pytest.mark.parametrize(
    "text", ["Total", "Grand Total", "Subtotal EU", "Summe", "Sub-total", "Chat total"]
)
def test_totals(text: str) -> None:
    assert is_total(text)
    assert not is_total("Sum of output tokens")
