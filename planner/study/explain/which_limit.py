"""Which limit a question is about: where it stands in the inputs, and what the plan says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.limits import LIMITS, OWN
from planner.limits.limit import Limit as Declared
from planner.limits.limit import Worth
from planner.model.policy import AMOUNTS
from planner.runs.read import RunError, read_run_table
from planner.study.explain.nothing import no_such
from planner.words import printable

OWN_KINDS: Final = {limit.worth.word: limit for limit in OWN if isinstance(limit.worth, Worth)}
"""Limits with an output table of their own, by what a question calls them."""

KINDS: Final = ("power", "liquid", "supply", "budget", "policy", *OWN_KINDS)

SHARE: Final = "of all"

LIMIT_WORDS: Final = ", ".join(
    dict.fromkeys(limit.question for limit in LIMITS if limit.question.startswith("limit "))
)

USAGE: Final = f"say: {LIMIT_WORDS}"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the inputs: where it stands, how large it is and what the plan says of it."""

    name: str
    table: str
    row: int
    column: str
    size: float
    unit: str
    used: float
    worth: float
    """Of one more unit at the optimum: USD of the period for power, NPV otherwise."""
    low: float
    high: float
    one: float = 1.0
    """The step that "one more" means, in the unit of the input."""
    per: str = ""
    """What the worth is stated per, where that is not the unit."""


def find_limit(case: Case, folder: Path, words: list[str]) -> Limit:
    """Return the limit that the words name; raises ``RunError`` with what there is."""
    if not words or words[0] not in KINDS:
        raise RunError(USAGE)
    kind, rest = words[0], words[1:]
    if len(rest) != (1 if kind == "policy" else 2):
        raise RunError(USAGE)
    if kind in ("power", "liquid"):
        return _power(case, folder, rest[0], rest[1], liquid=kind == "liquid")
    if kind in OWN_KINDS:
        return _own(case, folder, OWN_KINDS[kind], rest[0], rest[1])
    if kind == "supply":
        return _supply(case, folder, rest[0], rest[1])
    return (
        _budget(case, folder, rest[0], rest[1])
        if kind == "budget"
        else _policy(case, folder, rest[0])
    )


def _one(frame: pd.DataFrame, what: str, stated: tuple[str, str], choices: list[str]) -> int:
    """The one row of a frame; raises ``RunError`` where there is none, with what the table that
    states it has."""
    table, figure = stated
    if len(frame) != 1:
        raise no_such(what, table, choices, figure)
    return int(frame.index[0])


def _period(case: Case, label: str) -> int:
    try:
        return case.calendar.parse(label)
    except ValueError as reason:
        raise RunError(f"{printable(label)}: {reason}") from None


def _power(case: Case, folder: Path, site: str, label: str, *, liquid: bool) -> Limit:
    table, period = case["power"], _period(case, label)
    row: Any = _one(
        table[(table["site"] == site) & (table["period"] == period)],
        f"row {printable(site)} {printable(label)} in power.csv",
        ("power", "liquid_mw" if liquid else "mw"),
        sorted(set(table["site"])),
    )
    written = read_run_table(folder, "power")
    found: Any = written[(written["site"] == site) & (written["period"] == label)].iloc[0]
    column = "liquid_mw" if liquid else "mw"
    size = float(table[column].iloc[row])
    if not np.isfinite(size):
        raise RunError(f"power.csv states no {column} for {site} in {label}")
    if liquid:
        return Limit(
            f"liquid cooling at {site} in {label}",
            "power",
            row,
            column,
            size,
            "MW",
            float(found["liquid_used_mw"]),
            _or_zero(found["liquid_worth_usd_per_mw"]),
            np.nan,
            np.nan,
        )
    return Limit(
        f"power at {site} in {label}",
        "power",
        row,
        column,
        size,
        "MW",
        float(found["used_mw"]),
        _or_zero(found["worth_usd_per_mw"]),
        float(found["worth_from_mw"]),
        float(found["worth_to_mw"]),
    )


def _or_zero(value: float) -> float:
    return float(value) if np.isfinite(value) else 0.0


def _supply(case: Case, folder: Path, group: str, label: str) -> Limit:
    table, period = case["supply"], _period(case, label)
    row: Any = _one(
        table[(table["supply_group"] == group) & (table["period"] == period)],
        f"row {printable(group)} {printable(label)} in supply.csv",
        ("supply", "max_chips"),
        sorted(set(table["supply_group"])),
    )
    size = float(table["max_chips"].iloc[row])
    if not np.isfinite(size):
        raise RunError(f"supply.csv states no max_chips for {group} in {label}")
    written = read_run_table(folder, "supply")
    found: Any = written[(written["supply_group"] == group) & (written["period"] == label)].iloc[0]
    return Limit(
        f"supply of {group} in {label}",
        "supply",
        row,
        "max_chips",
        size,
        "chip",
        float(found["used"]),
        _or_zero(found["worth_usd_per_chip"]),
        float(found["worth_from_chips"]),
        float(found["worth_to_chips"]),
    )


def _own(case: Case, folder: Path, declared: Declared, item: str, label: str) -> Limit:
    worth = declared.worth
    if not isinstance(worth, Worth):
        raise ValueError(f"limit {declared.rows} has no worth")
    source, timed = case[worth.table], "period" in case[worth.table].columns
    fits = source[worth.item] == item
    row: Any = _one(
        source[fits & (source["period"] == _period(case, label))] if timed else source[fits],
        f"row {printable(item)}{f' {printable(label)}' if timed else ''} in {worth.table}.csv",
        (worth.table, declared.stated[0][1]),
        sorted(set(source[worth.item])),
    )
    if not 0 <= _period(case, label) < case.calendar.count:
        raise RunError(f"{printable(label)} is no period of the plan")
    written = read_run_table(folder, worth.table)
    found: Any = written[(written[worth.item] == item) & (written["period"] == label)].iloc[0]
    return Limit(
        f"{worth.word} {item} in {label}",
        worth.table,
        row,
        declared.stated[0][1],
        float(source[declared.stated[0][1]].iloc[row]),
        worth.unit,
        float(found[worth.used]),
        _or_zero(found[worth.column]),
        float(found[worth.low]),
        float(found[worth.high]),
    )


def _budget(case: Case, folder: Path, category: str, label: str) -> Limit:
    table = case["budgets"]
    row: Any = _one(
        table[(table["category"] == category) & (table["period"] == label)],
        f"row {printable(label)} {printable(category)} in budgets.csv",
        ("budgets", "usd_max"),
        sorted(f"{c} {p}" for c, p in zip(table["category"], table["period"], strict=True)),
    )
    written = read_run_table(folder, "budget")
    found: Any = written[(written["category"] == category) & (written["period"] == label)].iloc[0]
    return Limit(
        f"the {category} budget of {label}",
        "budgets",
        row,
        "usd_max",
        float(table["usd_max"].iloc[row]),
        "USD",
        float(found["paid_usd"]),
        _or_zero(found["worth_usd_per_usd"]),
        float(found["worth_from_usd"]),
        float(found["worth_to_usd"]),
        one=1e6,
    )


def _policy(case: Case, folder: Path, name: str) -> Limit:
    table = case["limits"]
    row: Any = _one(
        table[table["limit"] == name],
        f"limit {printable(name)} in limits.csv",
        ("limits", "max"),
        sorted(table["limit"]),
    )
    column = next(
        column
        for column in ("max", "max_share", "min", "min_share")
        if np.isfinite(table[column].iloc[row])
    )
    written = read_run_table(folder, "limits")
    mine = written[written["limit"] == name]
    tight: Any = mine.iloc[int(mine["worth_usd_per_unit"].to_numpy().argmax())]
    size = float(table[column].iloc[row])
    share = column not in AMOUNTS
    used = (
        float(tight["value"] / tight["total"])
        if share and tight["total"] > 0
        else float(tight["value"])
    )
    return Limit(
        f"policy {name}",
        "limits",
        row,
        column,
        size,
        SHARE if share else str(tight["measure"]),
        used,
        float(tight["worth_usd_per_unit"]),
        np.nan,
        np.nan,
        one=0.01 if share else 1.0,
        per=f"unit of {tight['measure']}",
    )
