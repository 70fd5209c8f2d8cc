"""Limits: power, supply, budgets and policies, with what was used and what one more unit is
worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.budgets import periods_of
from planner.model.index import Codes, numbers, texts, whole
from planner.model.ledger import CATEGORIES
from planner.model.lots import NEW
from planner.model.policy import SIDES, in_scope
from planner.model.power import usable_share
from planner.model.supply import groups_of_offers
from planner.plan.answer import Answer, Floats, Ints

Ranges = tuple[Floats, Floats]
"""Lowest and highest right-hand side of every row, user units, for which its dual holds; NaN where
not computed."""


@dataclass(frozen=True, slots=True)
class RowReading:
    """Worth and range of a block of rows, aligned with its labels."""

    worth: Floats
    low: Floats
    high: Floats


def read_rows(answer: Answer, ranges: Ranges, block: str) -> RowReading:
    """Return worth and range of a block of rows; the range is NaN where there is no worth."""
    rows = answer.rows.get(block, slice(0, 0))
    worth = answer.worth(block)
    worth = np.where(np.abs(worth) < 1e-9, 0.0, worth)
    # a limit with room is worth nothing however much more there is: only a worth has a range
    low, high = (
        np.where((worth != 0.0) & np.isfinite(values[rows]), values[rows], np.nan)
        for values in ranges
    )
    return RowReading(worth, low, high)


def power_table(answer: Answer, ranges: Ranges) -> pd.DataFrame:
    """Return ``power``: one row per site and period with a limit, or with energy of its own."""
    f = answer.formulation
    index, capacity, axes = f.index, f.capacity, f.index.axes
    S, T = len(index.pue), index.T
    liquid = texts(f.case["chips"], "cooling") == "liquid"
    chip, site, period = (
        a[capacity.powered_place] for a in (capacity.chip, capacity.site, capacity.period)
    )
    kw = answer.x[capacity.powered] * index.kw_peak[chip]

    def by_site(values: Floats, s: Codes | Ints, t: Codes | Ints) -> Floats:
        table = np.zeros((S, T))
        np.add.at(table, (s, t), values)
        return table

    it = by_site(kw / 1000.0, site, period)
    factor = index.basis[site]
    used, liquid_used = (
        by_site(kw / 1000.0 * factor, site, period),
        by_site(kw / 1000.0 * factor * liquid[chip], site, period),
    )
    x = answer.x[f.draw.column]
    energy, tonnes = (
        by_site(f.draw.mwh * x, f.draw.site, f.draw.period),
        by_site(f.draw.tonnes * x, f.draw.site, f.draw.period),
    )
    build = f.build
    built, built_liquid = np.zeros((S, T)), np.zeros((S, T))
    which, when = np.nonzero(
        np.arange(T)[None, :] >= build["arrives"].to_numpy(dtype=np.int64)[:, None]
    )
    mw = answer.x[build["column"].to_numpy(dtype=np.int64)]
    np.add.at(built, (build["site"].to_numpy(dtype=np.int64)[which], when), mw[which])
    share = numbers(f.case["power_projects"], "liquid_share")[build["row"].to_numpy(dtype=np.int64)]
    np.add.at(
        built_liquid, (build["site"].to_numpy(dtype=np.int64)[which], when), (mw * share)[which]
    )

    table = f.case["power"]
    table = table[table["period"].between(0, T - 1)]
    limits = {"mw": np.full((S, T), np.nan), "liquid_mw": np.full((S, T), np.nan)}
    for column, values in limits.items():
        values[index.code("site", texts(table, "site")), whole(table, "period")] = numbers(
            table, column
        )
    cells = {name: np.full((S, T), np.nan) for name in ("worth", "low", "high", "liquid_worth")}
    for block, names in (("power", ("worth", "low", "high")), ("liquid_power", ("liquid_worth",))):
        labels = answer.row_labels(block)
        if labels.empty:
            continue
        reading = read_rows(answer, ranges, block)
        where = (labels["site"].to_numpy(), labels["period"].to_numpy())
        # where headroom keeps all of a limit free, more of it is worth nothing
        worth = reading.worth * (usable_share(index) > 0)[where[0]] / index.mid[where[1]]
        low, high = (np.where(worth != 0.0, side, np.nan) for side in (reading.low, reading.high))
        for name, values in zip(names, (worth, low, high), strict=False):
            cells[name][where] = values
    kept_free = index.headroom[:, None] * (limits["mw"] + built)
    s, t = np.nonzero(~np.isnan(limits["mw"]) | (it > 0) | (energy > 0))
    return pd.DataFrame(
        {
            "site": axes["site"][s],
            "period": axes["period"][t],
            "basis": texts(f.case["sites"], "power_basis")[s],
            "limit_mw": limits["mw"][s, t],
            "built_mw": built[s, t],
            "used_mw": used[s, t],
            "kept_free_mw": kept_free[s, t],
            "free_mw": (limits["mw"] + built - kept_free - used)[s, t],
            "liquid_limit_mw": (limits["liquid_mw"] + built_liquid)[s, t],
            "liquid_used_mw": liquid_used[s, t],
            "it_mw": it[s, t],
            "energy_mwh": energy[s, t],
            "tonnes_co2": np.where(index.kg_known, tonnes, np.nan)[s, t],
            "worth_usd_per_mw": cells["worth"][s, t],
            "worth_from_mw": cells["low"][s, t],
            "worth_to_mw": cells["high"][s, t],
            "liquid_worth_usd_per_mw": cells["liquid_worth"][s, t],
        }
    )


def supply_table(answer: Answer, ranges: Ranges) -> pd.DataFrame:
    """Return ``supply``: one row per group and period of supply.csv inside the plan."""
    f = answer.formulation
    index, axes = f.index, f.index.axes
    table = f.case["supply"]
    table = table[table["period"].between(0, index.T - 1)].reset_index(drop=True)
    low, high = numbers(table, "min_chips"), numbers(table, "max_chips")
    group, period = index.code("supply_group", texts(table, "supply_group")), whole(table, "period")
    used = _supply_taken(answer)[group, period]
    worth, cost, start, end = (np.full(len(table), value) for value in (0.0, 0.0, np.nan, np.nan))
    labels = answer.row_labels("supply")
    if not labels.empty:
        reading = read_rows(answer, ranges, "supply")
        frame = labels.assign(
            worth=np.maximum(reading.worth, 0.0),
            cost=np.maximum(-reading.worth, 0.0),
            low=reading.low,
            high=reading.high,
        )
        # where rentals share a group it is limited in every slice: their worths add up
        frame = frame.groupby(["supply_group", "period"]).agg(
            worth=("worth", "sum"), cost=("cost", "sum"), low=("low", "max"), high=("high", "min")
        )
        frame = frame.reindex(pd.MultiIndex.from_arrays([group, period]))
        worth, cost, start, end = (
            frame[name].to_numpy() for name in ("worth", "cost", "low", "high")
        )
    return pd.DataFrame(
        {
            "supply_group": texts(table, "supply_group"),
            "period": axes["period"][period],
            "basis": texts(table, "basis"),
            "min_chips": low,
            "max_chips": high,
            "used": used,
            "free": high - used,
            "worth_usd_per_chip": np.nan_to_num(worth),
            "minimum_costs_usd_per_chip": np.nan_to_num(cost),
            "worth_from_chips": start,
            "worth_to_chips": end,
        }
    )


def _supply_taken(answer: Answer) -> Floats:
    """Chips taken from every group by period, (G, T): orders, and the most rented in any slice on
    top."""
    f = answer.formulation
    index, lots, capacity = f.index, f.lots, f.capacity
    group = groups_of_offers(f.case, index)
    names = index.axes["supply_group"]
    taken = np.zeros((len(names), index.T, index.K))
    basis = np.zeros(len(names), dtype=bool)
    table = f.case["supply"]
    basis[index.code("supply_group", texts(table, "supply_group"))] = (
        texts(table, "basis") == "arrival"
    )
    new = np.flatnonzero(lots.origin == NEW)
    g = group[lots.row[new]]
    new, g = new[g >= 0], g[g >= 0]
    np.add.at(
        taken,
        (g, np.where(basis[g], lots.arrives[new], lots.order_period[new])),
        answer.x[f.holding.order[new]][:, None],
    )
    g = group[capacity.rented_row]
    mine = np.flatnonzero(g >= 0)
    np.add.at(
        taken,
        (g[mine], capacity.period[capacity.rented_place[mine]], capacity.rented_slice[mine]),
        answer.x[capacity.rented[mine]],
    )
    return np.asarray(taken.max(axis=2), dtype=np.float64)


def row_activity(answer: Answer) -> Floats:
    """Return the left-hand side of every row, user units."""
    program = answer.formulation.program
    return program.activity(answer.x / program.column_scale) * program.row_scale


def budget_table(answer: Answer, ranges: Ranges) -> pd.DataFrame:
    """Return ``budget``: cash by period and category, then every budget line with its limit and
    worth."""
    f = answer.formulation
    index, ledger = f.index, f.ledger
    cash = (ledger.category != CATEGORIES.index("none")) & (ledger.period < index.T)
    usd = np.where(cash, ledger.nominal * answer.x[ledger.column], 0.0)
    by = {
        name: np.bincount(
            ledger.period,
            weights=np.where(ledger.category == CATEGORIES.index(name), usd, 0.0),
            minlength=index.T + 1,
        )[: index.T]
        for name in ("capex", "opex")
    }
    by["all"] = by["capex"] + by["opex"]
    table = f.case["budgets"]
    over = np.zeros(len(table))
    labels = answer.column_labels("over_budget")
    if not labels.empty:
        over[labels["budget"].to_numpy()] = answer.value("over_budget")
    reading = read_rows(answer, ranges, "budget")
    limit, category, window = (
        numbers(table, "usd_max"),
        texts(table, "category"),
        texts(table, "period"),
    )
    paid = np.array(
        [by[c][periods_of(f.case, index, w)].sum() for c, w in zip(category, window, strict=True)],
        dtype=np.float64,
    )
    lines = pd.DataFrame(
        {
            "period": window,
            "category": category,
            "limit_usd": limit,
            "paid_usd": paid,
            "over_usd": over,
            "free_usd": limit + over - paid,
            "worth_usd_per_usd": reading.worth,
            "worth_from_usd": reading.low,
            "worth_to_usd": reading.high,
        }
    )
    flow = pd.concat(
        [
            pd.DataFrame({"period": index.axes["period"], "category": name, "paid_usd": values})
            for name, values in by.items()
        ],
        ignore_index=True,
    )
    known = pd.MultiIndex.from_frame(lines[["period", "category"]])
    flow = flow[~pd.MultiIndex.from_frame(flow[["period", "category"]]).isin(known)]
    result = (
        pd.concat([lines, flow], ignore_index=True)
        if len(lines)
        else flow.reindex(columns=lines.columns)
    )
    fiscal = result["period"].str.startswith("FY")
    return (
        result.assign(_f=~fiscal)
        .sort_values(["_f", "period", "category"], ignore_index=True, kind="stable")
        .drop(columns="_f")
    )


def policy_table(answer: Answer) -> pd.DataFrame:
    """Return ``limits``: every policy row with its value, total, bound, overrun and worth."""
    f = answer.formulation
    index = f.index
    table, labels = f.case["limits"], answer.row_labels("policy")
    columns = [
        "limit",
        "period",
        "measure",
        "side",
        "value",
        "total",
        "bound",
        "over",
        "worth_usd_per_unit",
    ]
    if labels.empty:
        return pd.DataFrame(columns=columns)
    over = np.zeros(len(labels))
    soft = answer.column_labels("over_policy")
    if not soft.empty:
        keys = ["limit", "period", "side"]
        position = pd.Series(np.arange(len(labels)), index=pd.MultiIndex.from_frame(labels[keys]))
        over[position.reindex(pd.MultiIndex.from_frame(soft[keys])).to_numpy(dtype=np.int64)] = (
            answer.value("over_policy")
        )
    amounts = measured(answer)
    number, last, side = (labels[name].to_numpy() for name in ("limit", "period", "side"))
    names, windows = texts(table, "limit"), texts(table, "period")
    value, total = np.zeros(len(labels)), np.zeros(len(labels))
    scopes, members, measures = (
        texts(table, "scope"),
        texts(table, "member"),
        texts(table, "measure"),
    )
    for i in range(len(labels)):  # one row per policy, side and window
        site_in, chip_in = in_scope(f.case, scopes[number[i]], members[number[i]])
        cube = amounts[measures[number[i]]]
        window = (
            periods_of(f.case, index, windows[number[i]])
            if measures[number[i]] in ("spend", "carbon")
            else np.arange(index.T) == last[i]
        )
        total[i] = cube[:, :, window].sum()
        value[i] = cube[np.ix_(site_in, chip_in, window)].sum()
    kinds = np.array(SIDES, dtype=object)[side]
    shares = np.select(
        [kinds == "min_share", kinds == "max_share"],
        [numbers(table, "min_share")[number], numbers(table, "max_share")[number]],
        0.0,
    )
    summed = np.isin(measures[number], ["spend", "carbon"])
    worth = np.abs(answer.dual[answer.rows["policy"]])
    return pd.DataFrame(
        {
            "limit": names[number],
            "period": np.where(summed, windows[number], index.axes["period"][last]),
            "measure": measures[number],
            "side": kinds,
            "value": value,
            "total": total,
            "bound": np.where(kinds == "max", numbers(table, "max")[number], shares * total),
            "over": over,
            "worth_usd_per_unit": worth,
        }
    )


def measured(answer: Answer) -> dict[str, Floats]:
    """Return every measure of a policy by site, chip and period, (S, C, T): spend USD, chips, power
    MW, carbon tonnes."""
    f = answer.formulation
    index, capacity, holding, ledger, draw = f.index, f.capacity, f.holding, f.ledger, f.draw
    shape = (len(index.pue), len(index.kw_peak), index.T)
    result = {name: np.zeros(shape) for name in ("spend", "chips", "power", "carbon")}
    spend = ledger.of(("chips", "prepaid", "contracts", "rental"))
    np.add.at(
        result["spend"],
        (ledger.site[spend], ledger.chip[spend], ledger.period[spend]),
        ledger.nominal[spend] * answer.x[ledger.column[spend]],
    )
    np.add.at(
        result["chips"],
        (holding.site, holding.chip, holding.period),
        holding.coefficient * answer.x[holding.column],
    )
    r, p = capacity.rented_place, capacity.powered_place
    np.add.at(
        result["chips"],
        (capacity.site[r], capacity.chip[r], capacity.period[r]),
        answer.x[capacity.rented] * index.share[capacity.rented_slice],
    )
    np.add.at(
        result["power"],
        (capacity.site[p], capacity.chip[p], capacity.period[p]),
        answer.x[capacity.powered] * index.kw_peak[capacity.chip[p]] / 1000.0,
    )
    np.add.at(
        result["carbon"], (draw.site, draw.chip, draw.period), draw.tonnes * answer.x[draw.column]
    )
    return result
