"""Items: whole limits in the case's own terms, with file and rows of every input behind them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.batches import windows_of
from planner.case.case import Case
from planner.case.columns import whole
from planner.case.problems import filled
from planner.diagnosis.limit import Limits
from planner.diagnosis.words import Item, Place, entities, figure, places, span, usd
from planner.limits import BY_ROWS
from planner.model import Formulation
from planner.model.index import Bools, Ints
from planner.model.policy import AMOUNTS, LEAST

WORK: Final = ("output_mtok", "input_mtok", "cached_mtok")
"""Figures of a demand that is served."""


def _figures(rows: pd.DataFrame, kind: str, column: str) -> tuple[str, ...]:
    """Return the columns whose figures make a limit: of a demand, all that ask for something."""
    if kind not in ("online", "batch"):
        return (column,)
    asked = tuple(name for name in WORK if name in rows and (rows[name] > 0).any())
    return asked or (column,)


def _values(values: pd.Series) -> str:
    numbers = values.to_numpy(dtype=np.float64)
    low, high = numbers.min(), numbers.max()
    return figure(float(low)) if low == high else f"{figure(float(low))} to {figure(float(high))}"


def _sentence(case: Case, kind: str, name: str, rows: pd.DataFrame, column: str, when: str) -> str:
    """Return the limit in the case's words; ``rows`` are the rows of its table."""
    first: Any = rows.iloc[0] if len(rows) else None
    amount = (
        _values(rows[column])
        if column and len(rows) and pd.api.types.is_numeric_dtype(rows[column])
        else ""
    )
    match kind:
        case "mw":
            return f"power at site {name}: {amount} MW in {when}"
        case "liquid_mw":
            return f"liquid cooling at site {name}: {amount} MW in {when}"
        case "project":
            return f"power project {name}: at most {amount} MW"
        case "opens":
            return (
                f"site {name} opens in {case.calendar.label(int(first['opens']))} at the earliest"
            )
        case "project_after":
            return f"power project {name} comes after all of {first['after']} is ordered"
        case "max_chips" if "supply_group" in rows:
            return f"supply of {name}: at most {amount} chips in {when}"
        case "min_chips" if "supply_group" in rows:
            return f"take or pay of {name}: at least {amount} chips in {when}"
        case "offer" | "rent":
            most = "at most" if column == "max_per_period" else "at least"
            return (
                f"offer {name}: {most} {amount} chips "
                f"{'at any moment' if kind == 'rent' else 'per order period'}"
            )
        case "max_orders":
            per = "a fiscal year" if first["max_orders_per"] == "fiscal_year" else "the plan"
            before = int(first["orders_before"])
            return f"offer {name}: at most {amount} orders in {per}" + (
                f", of which {before} are placed" if before > 0 else ""
            )
        case "min_order":
            return f"offer {name}: an order has at least {amount} chips"
        case "usd_per_order":
            return f"offer {name}: {usd(float(first[column]))} for each order"
        case "deadline":
            done = float(first["done_flop"])
            return (
                f"deadline of milestone {name}: {figure(float(first['flop']))} FLOP by "
                f"{case.calendar.label(int(np.ceil(first['deadline'])) - 1)}"
                f"{f', {figure(done)} of them done' if done > 0 else ''}"
            )
        case "max_chips":
            return f"milestone {name}: at most {amount} chips at once"
        case "min_chips":
            return f"milestone {name}: at least {amount} chips all the time"
        case "after":
            return f"milestone {name} builds on {', '.join(first['after'])}"
        case "online" | "batch":
            output = "output_mtok" if (rows["output_mtok"] > 0).any() else "input_mtok"
            return (
                f"demand of workload {name}: {_values(rows[output])} Mtok in {when}, all of it "
                "to be served"
            )
        case "research":
            return f"research {name}: {_values(rows['flop'])} FLOP in {when}, all of it to be done"
        case "research_share":
            return f"research {name}: at least {amount} of the chip-time of the fleet"
        case "research_multiple":
            return f"research {name}: at least {amount} times the FLOP of the milestones"
        case "site_loss":
            return f"workload {name}: {amount} of its demand must survive the loss of any one site"
        case "budget":
            used = float(first["used_usd"])
            return f"budget {name}: at most {usd(float(first['usd_max']))}" + (
                f", of which {usd(used)} are used" if used > 0 else ""
            )
        case "limit":
            who = (
                first["scope"] if first["scope"] == "all" else f"{first['scope']} {first['member']}"
            )
            bound = (
                f"{'at least' if column in LEAST else 'at most'} "
                f"{amount}{'' if column in AMOUNTS else ' of all'}"
            )
            text = f"policy {name}: {first['measure']} of {who} {bound}" + (
                f" in {first['period']}" if first["period"] else ""
            )
            if float(first["used_total"]) > 0 or float(first["used"]) > 0:
                text += f", of which {figure(float(first['used']))} are used"
            return text
        case "frozen":
            return f"orders of {when} are frozen as the last plan has them"
        case "decided":
            return f"orders of {when} are as the approved plan decided them"
        case "fleet":
            return f"fleet: {amount} chips {name}"
        case "orders":
            return (
                f"order {name}: {amount} chips {first['chip']} at {first['site']}, which "
                "cannot be cancelled"
            )
        case "power_orders":
            return f"power project {name}: {amount} MW at {first['site']}, ordered before the plan"
        case _ if kind in BY_ROWS and BY_ROWS[kind].tells:
            words = {str(column): value for column, value in first.items()}
            return filled(BY_ROWS[kind].tells, words | {"amount": amount})
    raise KeyError(kind)


HERE = frozenset(
    {
        "offer",
        "rent",
        "max_orders",
        "min_order",
        "site_loss",
        "limit",
        "research_share",
        "research_multiple",
    }
)
"""Kinds of limits that hold in every period: those in which one conflicts are told."""


def _rows_of(case: Case, table: str, **key: Any) -> tuple[Place, ...]:
    """Return where the rows of a table with this key were read; nothing where there are none."""
    frame, mine = case[table], np.ones(len(case[table]), dtype=bool)
    for column, values in key.items():
        wanted = values if isinstance(values, list) else [values]
        mine &= frame[column].isin(wanted).to_numpy(dtype=bool)
    return places(case, table, np.flatnonzero(mine).tolist()) if mine.any() else ()


def _related(case: Case, kind: str, name: str, periods: list[int]) -> tuple[Place, ...]:
    """Return other inputs that a limit rests on: the workload of a demand and how fast chips do it,
    the offers of a supply group, the site of its power and the chips that draw it."""
    if kind in ("online", "batch", "research", "site_loss"):
        work: Any = case["workloads"].set_index("workload").loc[name]
        speed = (
            _rows_of(case, "training", **{"class": work["model"]})
            if work["kind"] == "research"
            else _rows_of(case, "throughput", model=work["model"], tier=work["tier"])
        )
        if kind == "site_loss":
            return _rows_of(case, "demand", workload=name, period=periods) + speed
        return _rows_of(case, "workloads", workload=name) + speed
    if kind == "deadline":
        run: Any = case["milestones"].set_index("milestone").loc[name]
        return _rows_of(case, "training", **{"class": run["class"]})
    if kind in ("max_chips", "min_chips") and (case["supply"]["supply_group"] == name).any():
        return _rows_of(case, "offers", supply_group=name)
    if kind in ("offer", "rent", "max_orders", "min_order"):
        return _rows_of(case, "offer_prices", offer=name)
    if kind in ("mw", "liquid_mw"):
        return _rows_of(case, "sites", site=name)
    return ()


def row_periods(f: Formulation) -> Ints:
    """Return the period of every row of a program, -1 where it has none, (rows,)."""
    found = np.full(f.program.num_rows, -1, dtype=np.int64)
    for block in f.program.row_blocks:
        if "period" in block.labels:
            found[block.first : block.first + block.count] = block.labels["period"]
    return found


def tell(f: Formulation, limits: Limits, chosen: Bools, leaning: Bools) -> tuple[Item, ...]:
    """Return some limits as whole ones: those of one name and kind told together.

    Args:
        f: the formulation they are limits of.
        limits: all its limits.
        chosen: which of them, (limits,).
        leaning: rows of the program in which they conflict, (rows,).

    Returns:
        One item per family, kind and name.
    """
    case, table, parts = f.case, limits.table[chosen], limits.parts
    table = table.assign(name=entities(case, table))
    period_of = row_periods(f)
    items = []
    for (family, kind, source, column, name), part in table.groupby(
        ["family", "kind", "table", "column", "name"], sort=False
    ):
        at = [int(row) for row in part["at"] if row >= 0]
        periods = sorted({int(t) for t in part["period"] if t >= 0})
        when = span(case, periods)
        if kind in HERE:
            rows = parts.row[np.isin(parts.row_part, part.index)]
            periods = sorted({int(t) for t in period_of[rows[leaning[rows]]] if t >= 0})
        text = _sentence(case, str(kind), str(name), case[str(source)].iloc[at], str(column), when)
        if kind in HERE and periods and len(periods) < case.calendar.count:
            text += f", here in {span(case, periods)}"
        if kind in ("frozen", "decided"):
            at = np.flatnonzero(case["last_plan"]["order_period"].isin(periods)).tolist()
        columns = _figures(case[str(source)].iloc[at], str(kind), str(column))
        found = places(case, str(source), _window(case, str(kind), str(name), at), columns)
        items.append(
            Item(
                str(family),
                str(kind),
                str(name),
                text,
                tuple(case.calendar.label(t) for t in periods),
                found + _related(case, str(kind), str(name), periods),
            )
        )
    return tuple(items)


def _window(case: Case, kind: str, name: str, at: list[int]) -> list[int]:
    """Return the rows of demand of the windows that some rows of it lie in; others as they are."""
    if kind != "batch":
        return at
    demand = case["demand"]
    w = np.flatnonzero((case["workloads"]["workload"] == name).to_numpy(dtype=bool))
    number = windows_of(case).number(np.repeat(w, len(demand)), whole(demand, "period"))
    mine = (demand["workload"] == name).to_numpy(dtype=bool) & np.isin(number, number[at])
    return np.flatnonzero(mine).tolist()


def tell_rule(case: Case, at: int) -> Item:
    """Return a rule of the inputs as an item."""
    row = case["rules"].iloc[at]
    return Item(
        "policies",
        "rule",
        str(row["reason"]),
        f"rule: {row['reason']}",
        (),
        places(case, "rules", [at]),
    )
