"""How a case stands at its start: what is held, on its way, done and used, which a plan that was
carried on takes from another."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.case.wide import widen
from planner.study.groups import WORDS, Source, fitted

STATE: Final = ("fleet", "orders", "power_orders", "last_plan")
"""Tables that say what is held, on its way and decided when a plan starts."""
STATE_COLUMNS: Final = {
    "milestones": (("milestone",), ("done_flop",)),
    "workloads": (("workload",), ("window_start", "served_mtok", "done_flop")),
    "budgets": (("period", "category"), ("used_usd",)),
    "limits": (("limit",), ("used", "used_total")),
    "offers": (("offer",), ("orders_before", "chips_before")),
    "growth": (("ramp",), ("before",)),
}
"""The key and the columns of other tables that say what was done and used before it."""


def lengthened(source: Source) -> Source:
    """Return a case with one row per period in all of its tables, so that how it is written makes
    no difference."""
    return dataclasses.replace(source, texts={n: _long(t) for n, t in source.texts.items()})


def _long(text: TextTable) -> TextTable:
    """Return a table with one row per period that remembers no headers."""
    long = widen(text)[0] if TABLE[text.name].wide else None
    return dataclasses.replace(long or text, at=None, cell_rows={})


def shortened(later: Source, to: Source) -> Source:
    """Return a case up to the end of another that starts when it does."""
    texts = {name: _long(fitted(text, later, to)) for name, text in later.texts.items()}
    tree = {key: value for key, value in later.tree.items() if key not in ("periods", "end")}
    tree |= {key: to.tree[key] for key in ("periods", "end") if key in to.tree}
    return Source(later.folder, tree, texts, to.calendar)


def happened(planned: Source, later: Source) -> Source:
    """Return a case as it was planned to be, with what is really held, on its way, done and used
    taken from the later one."""
    texts = {name: text for name, text in planned.texts.items() if name not in STATE}
    texts |= {name: later.texts[name] for name in STATE if name in later.texts}
    for name, (key, columns) in STATE_COLUMNS.items():
        if name in texts and name in later.texts:
            texts[name] = _taken(texts[name], later.texts[name], key, columns)
    if "demand" in texts and "demand" in later.texts:
        texts["demand"] = _passed_demand(planned, later)
    return dataclasses.replace(planned, texts=texts)


def _taken(
    text: TextTable, other: TextTable, key: Sequence[str], columns: Sequence[str]
) -> TextTable:
    """Return a table with some columns taken from another by key; rows that the other does not have
    keep theirs."""
    blank = np.full(len(text.row), "", dtype=object)
    mine = list(zip(*(text.columns[name] for name in key), strict=True))
    found = dict(text.columns)
    for name in columns:
        none = np.full(len(other.row), "", dtype=object)
        keys = zip(*(other.columns[part] for part in key), strict=True)
        theirs = dict(zip(keys, other.columns.get(name, none), strict=True))
        old = text.columns.get(name, blank)
        found[name] = np.array(
            [theirs.get(one, cell) for one, cell in zip(mine, old, strict=True)], dtype=object
        )
        if not (found[name] != "").any():
            del found[name]
    return dataclasses.replace(text, columns=found)


def _passed_demand(planned: Source, later: Source) -> TextTable:
    """Return demand as it was planned, but for the passed periods of open windows: these are as the
    later case has them."""
    mine, theirs = widen(planned.texts["demand"])[0], widen(later.texts["demand"])[0]
    assert mine is not None and theirs is not None  # both cases were read
    parse = planned.calendar.parse
    parts = []
    for text, passed in ((mine, False), (theirs, True)):
        keep = np.array([(parse(c) < 0) == passed for c in text.columns["period"]], dtype=bool)
        parts.append({name: cells[keep] for name, cells in text.columns.items()})
    count = [len(part["period"]) for part in parts]
    columns = {
        name: np.concatenate(
            [p.get(name, np.full(n, "", dtype=object)) for p, n in zip(parts, count, strict=True)]
        )
        for name in dict.fromkeys((*parts[0], *parts[1]))
    }
    rows = np.arange(2, 2 + sum(count), dtype=np.int64)
    return TextTable("demand", mine.file, columns, rows)


def differ(planned: Source, really: Source) -> bool:
    """Return whether anything happened otherwise than planned, as far as the tables say."""
    return any(
        _rows(planned.texts.get(name)) != _rows(really.texts.get(name))
        for name in (*STATE, *STATE_COLUMNS, "demand")
    )


def _rows(text: TextTable | None) -> list[tuple[tuple[str, str], ...]]:
    """Return the filled cells of a table that cost depends on, without order of rows or columns."""
    if text is None:
        return []
    columns = [name for name in sorted(text.columns) if name not in WORDS]
    return sorted(
        tuple((name, str(cell)) for name, cell in zip(columns, cells, strict=True) if cell)
        for cells in zip(*(text.columns[name] for name in columns), strict=True)
    )
