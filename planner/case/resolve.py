"""Resolving: every default that depends on other tables is written out, once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.kinds import OWN_KINDS
from planner.case.periods import Calendar
from planner.case.settings.values import Settings


def _tuples(values: list[tuple[str, ...]]) -> np.ndarray:
    """Return tuples as an object array (numpy would make a table of them)."""
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result


def _filled(table: pd.DataFrame, column: str, otherwise: np.ndarray | pd.Series) -> np.ndarray:
    """A number column with its blanks filled, row by row."""
    stated = table[column].to_numpy(dtype=np.float64)
    return np.where(np.isnan(stated), np.asarray(otherwise, dtype=np.float64), stated)


def _periods_of(years: np.ndarray, ppy: int) -> np.ndarray:
    """Lives in whole periods, halves rounded up, at least one."""
    return np.asarray(np.maximum(np.floor(years * ppy + 0.5), 1), dtype=np.int64)


def resolve(settings: Settings, calendar: Calendar, tables: dict[str, pd.DataFrame]) -> None:
    """Fill every default that depends on other tables, in place, so that nothing after this repeats
    them.

    Args:
        settings: the settings.
        calendar: the calendar.
        tables: typed tables with known names; replaced by complete ones.
    """
    T, ppy = calendar.count, calendar.ppy
    chips, sites = tables["chips"], tables["sites"]
    tables["chips"] = chips = chips.assign(
        book_life_years=chips["book_life_years"].fillna(chips["economic_life_years"])
    )
    cloud = (sites["kind"] == "cloud").to_numpy()
    basis = sites["power_basis"].where(sites["power_basis"] != "", settings.power_basis or "")
    zero = {
        column: sites[column].where(~cloud, sites[column].fillna(0.0))
        for column in ("usd_per_mwh", "kg_co2_per_mwh")
    }
    tables["sites"] = sites = sites.assign(
        pue=sites["pue"].where(~cloud, 1.0),
        power_basis=basis.where((basis != "") | ~cloud, "it").astype(object),
        headroom=sites["headroom"].fillna(settings.headroom),
        **zero,
    )
    own, rented = (tuple(sites.loc[mask, "site"]) for mask in (~cloud, cloud))
    life = dict(
        zip(chips["chip"], _periods_of(chips["economic_life_years"].to_numpy(), ppy), strict=True)
    )
    loss = dict(zip(chips["chip"], chips["annual_attrition"], strict=True))
    curve = set(tables["survival"]["chip"])

    offers = tables["offers"]
    kind = offers["kind"].to_numpy(dtype=object)
    owned = np.isin(kind, OWN_KINDS)
    placed = [
        tuple(s for s in (own if o else rented) if not (k == "relocate" and s == start))
        if names == ("*",)
        else names
        for names, o, k, start in zip(offers["site"], owned, kind, offers["from_site"], strict=True)
    ]
    term = offers["term_periods"].to_numpy(dtype=np.float64)
    known = np.select(
        [
            np.isin(kind, ["purchase", "lease"]),
            kind == "reserved_1y",
            kind == "reserved_3y",
            np.isin(kind, ["on_demand", "spot", "relocate"]),
        ],
        [
            np.array([life.get(c, 1) for c in offers["chip"]], dtype=np.float64),
            float(ppy),
            3.0 * ppy,
            1.0,
        ],
        np.nan,
    )
    term = np.where(np.isnan(term), known, term)
    natural = np.array([loss.get(c, 0.0) for c in offers["chip"]], dtype=np.float64)
    curved = offers["chip"].isin(curve).to_numpy() & np.isin(kind, ["purchase", "lease"])
    natural = np.where(np.isin(kind, ["purchase", "lease"]), np.where(curved, np.nan, natural), 0.0)
    attrition = offers["annual_attrition"].to_numpy(dtype=np.float64)
    first = np.clip(offers["first_order"].fillna(0).to_numpy(dtype=np.float64), 0, T).astype(
        np.int64
    )
    last = np.clip(offers["last_order"].fillna(T - 1).to_numpy(dtype=np.float64), -1, T - 1).astype(
        np.int64
    )
    # a contract without a term is reported by the checks; 0 keeps the column whole until then
    tables["offers"] = offers.assign(
        site=_tuples(placed),
        first_order=first,
        last_order=last,
        term_periods=np.nan_to_num(term).astype(np.int64),
        annual_attrition=np.where(np.isnan(attrition), natural, attrition),
    )

    fleet = tables["fleet"]
    at_cloud = fleet["site"].isin(rented).to_numpy()
    leaves = fleet["leaves_service"].to_numpy(dtype=np.float64)
    ends = fleet["in_service"].to_numpy(dtype=np.int64) + np.array(
        [life.get(c, 1) for c in fleet["chip"]], dtype=np.int64
    )
    fleet_loss = np.array(
        [np.nan if c in curve else loss.get(c, 0.0) for c in fleet["chip"]], dtype=np.float64
    )
    stated = fleet["annual_attrition"].to_numpy(dtype=np.float64)
    tables["fleet"] = fleet = fleet.assign(
        ordered=_filled(fleet, "ordered", fleet["in_service"]).astype(np.int64),
        leaves_service=np.where(np.isnan(leaves), ends, leaves).astype(np.int64),
        annual_attrition=np.where(np.isnan(stated), np.where(at_cloud, 0.0, fleet_loss), stated),
    )

    orders = tables["orders"]
    ends = orders["arrives"].to_numpy(dtype=np.int64) + np.array(
        [life.get(c, 1) for c in orders["chip"]], dtype=np.int64
    )
    order_loss = np.array(
        [np.nan if c in curve else loss.get(c, 0.0) for c in orders["chip"]], dtype=np.float64
    )
    tables["orders"] = orders.assign(
        leaves_service=_filled(orders, "leaves_service", ends).astype(np.int64),
        annual_attrition=_filled(orders, "annual_attrition", order_loss),
        ordered=_filled(orders, "ordered", orders["arrives"]).astype(np.int64),
    )

    for name in ("power_projects",):
        frame = tables[name]
        tables[name] = frame.assign(
            first_order=np.clip(
                frame["first_order"].fillna(0).to_numpy(dtype=np.float64), 0, T
            ).astype(np.int64),
            last_order=np.clip(
                frame["last_order"].fillna(T - 1).to_numpy(dtype=np.float64), -1, T - 1
            ).astype(np.int64),
        )
    rules = tables["rules"]
    tables["rules"] = rules.assign(
        **{
            "from": np.clip(rules["from"].fillna(0).to_numpy(dtype=np.float64), 0, T).astype(
                np.int64
            ),
            "to": np.clip(rules["to"].fillna(T - 1).to_numpy(dtype=np.float64), -1, T - 1).astype(
                np.int64
            ),
        }
    )

    workloads = tables["workloads"]
    region = dict(zip(sites["site"], sites["region"], strict=True))
    allowed = [
        tuple(
            s
            for s in sites["site"]
            if (at == ("*",) or s in at) and (regions == ("*",) or region[s] in regions)
        )
        for at, regions in zip(workloads["sites"], workloads["regions"], strict=True)
    ]
    tables["workloads"] = workloads.assign(sites=_tuples(allowed))

    milestones, training = tables["milestones"], tables["training"]
    trains = {str(name): tuple(sorted(part["chip"])) for name, part in training.groupby("class")}
    run_chips = [
        tuple(c for c in trains.get(cls, ()) if names == ("*",) or c in names)
        if names == ("*",)
        else names
        for names, cls in zip(milestones["chips"], milestones["class"], strict=True)
    ]
    by_tokens = 6.0 * milestones["params_b"] * 1e9 * milestones["tokens_t"] * 1e12
    tables["milestones"] = milestones.assign(
        flop=milestones["flop"].fillna(by_tokens),
        start=milestones["start"].fillna(0.0),
        chips=_tuples(run_chips),
        sites=_tuples(
            [tuple(sites["site"]) if names == ("*",) else names for names in milestones["sites"]]
        ),
    )
