"""Economics: the sections on what a million tokens and a model cost and earn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.report.matrix import matrix
from planner.report.section import Section
from planner.report.years import Floats, Yearly
from planner.words import count, number, printable


def per_mtok(yearly: Yearly) -> tuple[list[str], Floats]:
    """Return workloads and their cost by the books per million tokens by fiscal year, USD,
    (workloads, years); NaN where none are served."""
    table = yearly["showback"]
    table = table[table["kind"].isin(["online", "batch"])]
    names, cost = matrix(table, table["work"], "cost_usd", yearly.years)
    mtok = matrix(table, table["work"], "mtok", yearly.years)[1]
    return names, np.divide(cost, mtok, out=np.full_like(cost, np.nan), where=mtok > 0)


def per_mtok_section(yearly: Yearly) -> Section | None:
    """Return cost per million tokens by workload and fiscal year; None where none are served."""
    names, values = per_mtok(yearly)
    if not len(names):
        return None
    rows = [
        (printable(name), *(number(v) for v in row))
        for name, row in sorted(zip(names, values, strict=True), key=lambda one: one[0])
    ]
    return Section(
        "A million tokens by the books, USD",
        ("workload", *yearly.years.names),
        tuple(rows),
        frozenset(range(1, len(yearly.years.names) + 1)),
        "Idle time of a chip type is paid by what works on it: one that hardly works is dear.",
    )


def economics_section(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    """Return what a million tokens costs and earns by workload; None where none are served."""
    table = tables["economics"]
    table = table[table["kind"] == "workload"]
    if table.empty:
        return None
    columns = {
        "marginal_usd_per_mtok": "one more",
        "full_usd_per_mtok": "full",
        "books_usd_per_mtok": "by the books",
        "cash_usd_per_mtok": "cash",
        "usd_per_mtok": "price",
        "margin_usd_per_mtok": "margin",
        "margin_usd_per_chip_hour": "margin per chip-hour",
        "margin_usd_per_mw_year": "margin per MW and year",
        "tok_per_s_per_mw": "tokens/s per MW",
        "mtok_per_usd_capital": "Mtok per USD of capital",
    }
    return _figures(table, columns, "What a million tokens costs and earns, USD", "workload")


def models_section(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    """Return every model with its training and research; None where no milestone names a model."""
    table = tables["economics"]
    table = table[(table["kind"] == "model") & table["training_usd"].notna()]
    if table.empty:
        return None
    columns = {
        "serving_usd": "serving USD",
        "training_usd": "training USD",
        "research_usd": "research USD",
        "serving_to_training": "serving over training and research",
        "books_usd_per_mtok": "USD/Mtok served",
        "whole_usd_per_mtok": "USD/Mtok with training",
        "usd_per_mtok": "price",
    }
    return _figures(table, columns, "What a model costs over the plan", "model")


def _figures(
    table: pd.DataFrame, columns: Mapping[str, str], title: str, what: str
) -> Section | None:
    """Return columns of a table that say something, in words; None where none does."""
    shown = {name: head for name, head in columns.items() if table[name].notna().any()}
    if not shown:
        return None
    cells = [
        [count(v) if head.endswith("USD") else number(v) for v in table[name].tolist()]
        for name, head in shown.items()
    ]
    rows = tuple(
        (printable(name), *row)
        for name, row in zip(table["name"].tolist(), zip(*cells, strict=True), strict=True)
    )
    heads = (what, *shown.values())
    return Section(title, heads, rows, frozenset(range(1, len(heads))))
