"""Finance: the sections that restate a plan by fiscal year - by the books, in cash, who pays, what
the chips work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.report.economics import economics_section, models_section, per_mtok_section
from planner.report.matrix import matrix
from planner.report.section import Section
from planner.report.years import Floats, Yearly, Years
from planner.words import count, money, money_unit, printable

ASSET_WORDS: Final = {
    "chips": "",
    "contracts": "prepaid contracts",
    "power": "power",
    "openings": "openings",
    "ordering": "fees of orders",
}
BOOKED: Final = (
    ("running costs", "running_usd", 1),
    ("depreciation", "depreciation_usd", 1),
    ("amortisation of prepaid contracts", "amortisation_usd", 1),
    ("written off: failed, retired, sold, cancelled", "write_off_usd", 1),
    ("fees of cancellation", "fees_usd", 1),
    ("less sales of chips", "sale_usd", -1),
    ("cost by the books", "cost_usd", 1),
)
BRIDGE: Final = (
    ("cost by the books", "cost_usd", 1),
    ("paid for what the books carry", "paid_usd", 1),
    ("less depreciation and amortisation", "depreciation_usd", -1),
    ("less write-offs", "write_off_usd", -1),
    ("sales of chips", "sale_usd", 1),
    ("cash paid", "cash_usd", 1),
    ("less sales of chips", "sale_usd", -1),
    ("discounting", "discounting_usd", 1),
    ("penalties and charges, no cash", "penalties_usd", 1),
    ("residual value", "residual_usd", 1),
    ("part of the objective", "objective_usd", 1),
)
SUMS: Final = ("cost by the books", "cash paid", "part of the objective")
WORK: Final = {
    "online": "inference",
    "batch": "inference",
    "research": "research",
    "milestone": "training",
}
GROUPS: Final = ("inference", "research", "training")


def books_by_year(yearly: Yearly) -> pd.DataFrame:
    """Return ``pnl`` by fiscal year, amortisation with depreciation apart, indexed by year; what
    falls at the end of the plan is a last row ``end``."""
    pnl = yearly.tables["pnl"]
    table = yearly["pnl"].set_index("fiscal_year").reindex(yearly.years.names)
    end = pnl[~pnl["period"].isin(yearly.years.periods)].drop(columns="period").sum()
    table.loc["end"] = end.reindex(table.columns)
    return table


def _lines(
    table: pd.DataFrame, lines: Sequence[tuple[str, str, int]], title: str, note: str
) -> Section:
    """Return some columns of a table by year as the lines of a section, with their sum."""
    unit = money_unit(*(v for _, name, _ in lines for v in table[name].tolist()))
    shown = [
        (words, sign * table[name])
        for words, name, sign in lines
        if words in SUMS or (table[name] != 0).any()
    ]
    rows = [
        (words, *(money(v + 0.0, unit) for v in [*values.tolist(), float(values.sum())]))
        for words, values in shown
    ]
    heads = ("", *(str(name) for name in table.index), "plan")
    return Section(f"{title}, {unit[1]}", heads, tuple(rows), frozenset(range(1, len(heads))), note)


def pnl_section(table: pd.DataFrame, years: Years) -> Section:
    """Return the cost by the books by fiscal year, line by line; ``table``: ``books_by_year``."""
    return _lines(table.drop(index="end"), BOOKED, "Cost by the books", years.short)


def bridge_section(table: pd.DataFrame) -> Section:
    """Return the bridge from cost by the books to cash and to the objective, by fiscal year;
    ``table``: ``books_by_year``."""
    table = table.assign(depreciation_usd=table["depreciation_usd"] + table["amortisation_usd"])
    table = table if (table.loc["end"].drop("assets_usd") != 0).any() else table.drop(index="end")
    note = "end: what falls at the end of the plan." if "end" in table.index else ""
    return _lines(table, BRIDGE, "From the books to cash and the objective", note)


def carried_at_nothing(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return chip types of the fleet that is owned and has no book value at all: none is stated,
    and no price from which it would follow (or all of it is written down)."""
    buy, books = tables["buy_plan"], tables["books"]
    kept = buy[(buy["status"] == "existing") & (buy["action"] == "keep")]
    kept = kept[kept["usd_per_chip"].isna() & kept["usd_per_chip_hour"].isna()]
    first = books[(books["asset"] == "chips") & (books["opening_usd"] > 0)]
    return sorted(set(kept["chip"]) - set(first["chip"]))


def asset_names(books: pd.DataFrame) -> pd.Series:
    """Return what each row of books is of, in words: the chip, or what it is and where."""
    kind = books["asset"].map(ASSET_WORDS)
    place = books["chip"].where(books["chip"] != "", books["site"])
    return (kind + " " + place).str.strip()


def assets_section(yearly: Yearly, column: str, title: str) -> Section | None:
    """Return a column of books by asset and fiscal year; None where it is nothing everywhere."""
    table = yearly["books"]
    names, values = matrix(table, asset_names(table), column, yearly.years)
    some = np.flatnonzero(np.abs(values).max(axis=1, initial=0.0) >= 0.005)
    if not len(some):
        return None
    values, names = values[some], [names[i] for i in some]
    unit = money_unit(*values.ravel().tolist(), *values.sum(axis=0).tolist())
    flow = column not in ("closing_usd", "opening_usd", "in_flight_usd")
    rows = [
        (printable(name), *(money(v, unit) for v in [*row, *([row.sum()] if flow else [])]))
        for name, row in zip(names, values, strict=True)
    ]
    total = values.sum(axis=0)
    rows.append(("total", *(money(v, unit) for v in [*total, *([total.sum()] if flow else [])])))
    heads = ("", *yearly.years.names, *(("plan",) if flow else ()))
    return Section(
        f"{title}, {unit[1]}",
        heads,
        tuple(rows),
        frozenset(range(1, len(heads))),
        yearly.years.short,
    )


def owners_section(yearly: Yearly) -> Section | None:
    """Return the cost by owner and fiscal year; None where nobody is named."""
    table = yearly["showback"]
    if not (table["owner"] != "").any():
        return None
    names = table["owner"].where(table["owner"] != "", "nobody named")
    names = names.where(table["kind"] != "idle", "idle, charged to nobody")
    heads, values = matrix(table, names, "cost_usd", yearly.years)
    order = np.lexsort([-values.sum(axis=1), np.isin(heads, ["idle, charged to nobody"])])
    unit = money_unit(*values.ravel().tolist(), *values.sum(axis=0).tolist())
    rows = [
        (printable(heads[i]), *(money(v, unit) for v in [*values[i], values[i].sum()]))
        for i in order
    ]
    total = values.sum(axis=0)
    rows.append(("total", *(money(v, unit) for v in [*total, total.sum()])))
    return Section(
        f"Who pays: cost by the books, {unit[1]}",
        ("owner", *yearly.years.names, "plan"),
        tuple(rows),
        frozenset(range(1, len(yearly.years.names) + 2)),
        "A period's cost is shared by chip-hours of work; it sums to the cost by the books.",
    )


def work_shares(yearly: Yearly, column: str) -> Floats:
    """Return the share of inference, research and training in a column of showback by fiscal year,
    (3, years); 0 where nothing works."""
    table = yearly["showback"]
    table = table[table["kind"] != "idle"]
    names, values = matrix(table, table["kind"].map(WORK), column, yearly.years)
    full = np.zeros((len(GROUPS), len(yearly.years.names)))
    for i, name in enumerate(names):
        full[GROUPS.index(name)] += values[i]
    total = full.sum(axis=0)
    return np.asarray(np.divide(full, total, out=np.zeros_like(full), where=total > 0))


def work_section(yearly: Yearly) -> Section:
    """Return what the chips work on by fiscal year: shares of power at peak, and of cost."""
    rows = []
    for words, column in (("of power", "peak_mwh"), ("of cost", "cost_usd")):
        shares = 100.0 * work_shares(yearly, column)
        rows += [
            (f"{name}, % {words}", *(f"{v:.1f}" for v in shares[i]))
            for i, name in enumerate(GROUPS)
            if shares[i].any()
        ]
    return Section(
        "What the chips work on",
        ("", *yearly.years.names),
        tuple(rows),
        frozenset(range(1, len(yearly.years.names) + 1)),
        "Power: chip-hours x kw_peak, in which chips of different generations can be added.",
    )


def chips_section(yearly: Yearly) -> Section | None:
    """Return chips held at the end of every fiscal year by type; None where none are."""
    table = yearly["fleet"]
    names, values = matrix(table, table["chip"], "held", yearly.years)
    some = [i for i in range(len(names)) if values[i].max() > 0]
    if not some:
        return None
    rows = [(printable(names[i]), *(count(v) for v in values[i])) for i in some]
    rows.append(("total", *(count(v) for v in values.sum(axis=0))))
    heads = ("chip", *yearly.years.names)
    return Section(
        "Chips held at the end of the year", heads, tuple(rows), frozenset(range(1, len(heads)))
    )


def finance_sections(yearly: Yearly) -> tuple[Section, ...]:
    """Return every section that there is something for, in their order."""
    table = books_by_year(yearly)
    found = (
        pnl_section(table, yearly.years),
        bridge_section(table),
        assets_section(yearly, "depreciation_usd", "Depreciation and amortisation"),
        assets_section(yearly, "closing_usd", "Book value at the end of the year"),
        chips_section(yearly),
        owners_section(yearly),
        work_section(yearly),
        per_mtok_section(yearly),
        economics_section(yearly.tables),
        models_section(yearly.tables),
    )
    return tuple(section for section in found if section is not None)
