"""Resolving: every default that depends on other tables is written out, once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.columns import Floats, Ints, Texts
from planner.case.kinds import OWN_KINDS, RESERVED_KINDS
from planner.case.periods import Calendar
from planner.case.settings.values import Settings
from planner.case.stated import states_whole


def resolve(settings: Settings, calendar: Calendar, tables: dict[str, pd.DataFrame]) -> Settings:
    """Fill every default that depends on other tables, in place, so that nothing after this repeats
    them.

    Args:
        settings: the settings.
        calendar: the calendar.
        tables: typed tables with known names; replaced by complete ones.

    Returns:
        The settings, with those that depend on tables.
    """
    tables["chips"] = chips = _chips(tables["chips"])
    tables["sites"] = sites = _sites(tables["sites"], settings)
    aging = _aging(chips, tables["survival"], calendar.ppy)
    tables["offers"] = _offers(tables["offers"], sites, aging, calendar)
    tables["offers"] = _racks(tables["offers"], chips)
    tables["fleet"] = _racks(_fleet(tables["fleet"], sites, aging), chips)
    tables["orders"] = _racks(_orders(tables["orders"], aging), chips)
    tables["power_projects"] = _projects(tables["power_projects"], calendar.count)
    tables["site_contracts"] = _contracts(tables["site_contracts"])
    tables["rules"] = _rules(tables["rules"], calendar.count)
    tables["workloads"] = _workloads(tables["workloads"], sites)
    tables["commitments"] = _projects(tables["commitments"], calendar.count)
    tables["token_offers"] = _token_offers(tables["token_offers"], calendar.count)
    tables["last_plan"] = _last_plan(tables["last_plan"])
    tables["milestones"] = _milestones(tables["milestones"], tables["training"], sites)
    return whole_settings(settings, tables)


def whole_settings(settings: Settings, tables: Mapping[str, pd.DataFrame]) -> Settings:
    """Return settings that say whether plans are of whole things: where they leave it open, where
    any whole thing is stated in the complete tables."""
    if settings.whole is not None:
        return settings
    return dataclasses.replace(settings, whole=states_whole(tables))


@dataclass(frozen=True, slots=True)
class _Aging:
    """How long chips live and how many are lost, for lots that say nothing of it themselves."""

    life: Mapping[str, int]
    """Economic life by chip, in periods."""
    service: Mapping[str, int]
    """Technical life by chip, in periods: how long what is bought serves."""
    loss: Mapping[str, float]
    """Annual attrition by chip, as a share."""
    curve: frozenset[str]
    """Chips whose losses go by age, as survival.csv says."""

    def lives(self, chips: pd.Series[str], kinds: Texts | pd.Series[str]) -> Ints:
        """Return how long the chips of lots serve, in periods, (n,): what is bought its technical
        life, what is not its economic one."""
        return np.array(
            [
                (self.service if kind == "purchase" else self.life).get(c, 1)
                for c, kind in zip(chips, kinds, strict=True)
            ],
            dtype=np.int64,
        )

    def losses(self, chips: pd.Series[str]) -> Floats:
        """Return the annual attrition of the chips of lots, as a share, (n,); NaN where losses go
        by age."""
        return np.array(
            [np.nan if c in self.curve else self.loss.get(c, 0.0) for c in chips], dtype=np.float64
        )


def _aging(chips: pd.DataFrame, survival: pd.DataFrame, ppy: int) -> _Aging:
    """Return what chips and survival.csv say of every lot."""
    lives = _periods_of(chips["economic_life_years"].to_numpy(), ppy)
    service = _periods_of(_filled(chips, "technical_life_years", chips["economic_life_years"]), ppy)
    return _Aging(
        dict(zip(chips["chip"], lives, strict=True)),
        dict(zip(chips["chip"], service, strict=True)),
        dict(zip(chips["chip"], chips["annual_attrition"], strict=True)),
        frozenset(survival["chip"]),
    )


def _tuples(values: list[tuple[str, ...]]) -> Texts:
    """Return tuples as an object array, (n,) (numpy would make a table of them)."""
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result


def _filled(table: pd.DataFrame, column: str, otherwise: np.ndarray | pd.Series) -> Floats:
    """Return a number column with its blanks filled, row by row, (n,)."""
    stated = table[column].to_numpy(dtype=np.float64)
    return np.where(np.isnan(stated), np.asarray(otherwise, dtype=np.float64), stated)


def _within(column: pd.Series[float], low: int, high: int) -> Ints:
    """Return a column of periods brought inside a range, (n,)."""
    return np.clip(column.to_numpy(dtype=np.float64), low, high).astype(np.int64)


def _periods_of(years: Floats, ppy: int) -> Ints:
    """Return lives in whole periods, halves rounded up, at least one, (n,)."""
    return np.asarray(np.maximum(np.floor(years * ppy + 0.5), 1), dtype=np.int64)


def _clouds(sites: pd.DataFrame) -> np.ndarray:
    """Return which sites are cloud regions, (S,)."""
    return (sites["kind"] == "cloud").to_numpy()


def _chips(chips: pd.DataFrame) -> pd.DataFrame:
    """A chip is written off over its economic life."""
    return chips.assign(
        book_life_years=chips["book_life_years"].fillna(chips["economic_life_years"])
    )


def _sites(sites: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """case.yaml gives basis and headroom; the power of a cloud region costs nothing of ours."""
    cloud = _clouds(sites)
    basis = sites["power_basis"].where(sites["power_basis"] != "", settings.power_basis or "")
    zero = {
        column: sites[column].where(~cloud, sites[column].fillna(0.0))
        for column in ("usd_per_mwh", "kg_co2_per_mwh")
    }
    return sites.assign(
        pue=sites["pue"].where(~cloud, 1.0),
        power_basis=basis.where((basis != "") | ~cloud, "it").astype(object),
        headroom=sites["headroom"].fillna(settings.headroom),
        **zero,
    )


def _offers(
    offers: pd.DataFrame, sites: pd.DataFrame, aging: _Aging, calendar: Calendar
) -> pd.DataFrame:
    """An offer stands at every site of its kind, runs for a chip's life or its own term, and loses
    chips as ours are lost."""
    T, ppy, cloud = calendar.count, calendar.ppy, _clouds(sites)
    own, rented = (tuple(sites.loc[mask, "site"]) for mask in (~cloud, cloud))
    kind = offers["kind"].to_numpy(dtype=object)
    owned = np.isin(kind, OWN_KINDS)
    placed = [
        tuple(s for s in (own if o else rented) if not (k == "relocate" and s == start))
        if names == ("*",)
        else names
        for names, o, k, start in zip(offers["site"], owned, kind, offers["from_site"], strict=True)
    ]
    ours = np.isin(kind, ["purchase", "lease"])
    term = np.select(
        [
            ours,
            kind == "reserved_1y",
            kind == "reserved_3y",
            np.isin(kind, ["on_demand", "spot", "relocate"]),
        ],
        [aging.lives(offers["chip"], kind).astype(np.float64), float(ppy), 3.0 * ppy, 1.0],
        np.nan,
    )
    natural = np.where(ours, aging.losses(offers["chip"]), 0.0)
    # a contract without a term is reported by the checks; 0 keeps the column whole until then
    return offers.assign(
        site=_tuples(placed),
        first_order=_within(offers["first_order"].fillna(0), 0, T),
        last_order=_within(offers["last_order"].fillna(T - 1), -1, T - 1),
        term_periods=np.nan_to_num(_filled(offers, "term_periods", term)).astype(np.int64),
        annual_attrition=_filled(offers, "annual_attrition", natural),
    )


def _racks(table: pd.DataFrame, chips: pd.DataFrame) -> pd.DataFrame:
    """An offer comes, and a lot stands, in the racks of its chip."""
    size = table["chip"].map(dict(zip(chips["chip"], chips["lot_size"], strict=True)))
    return table.assign(lot_size=_filled(table, "lot_size", size.astype(np.float64).fillna(1.0)))


def _fleet(fleet: pd.DataFrame, sites: pd.DataFrame, aging: _Aging) -> pd.DataFrame:
    """A lot was ordered when it came into service, is ours or a cloud's by its site, serves a
    chip's life, and loses chips unless it is rented."""
    at_cloud = fleet["site"].isin(sites.loc[_clouds(sites), "site"])
    by_site = at_cloud.map({True: "reserved", False: "purchase"})
    kind = fleet["kind"].where(fleet["kind"] != "", by_site).astype(object)
    ends = fleet["in_service"].to_numpy(dtype=np.int64) + aging.lives(fleet["chip"], kind)
    losses = np.where(kind.isin(RESERVED_KINDS), 0.0, aging.losses(fleet["chip"]))
    return fleet.assign(
        kind=kind,
        ordered=_filled(fleet, "ordered", fleet["in_service"]).astype(np.int64),
        leaves_service=_filled(fleet, "leaves_service", ends).astype(np.int64),
        annual_attrition=_filled(fleet, "annual_attrition", losses),
    )


def _orders(orders: pd.DataFrame, aging: _Aging) -> pd.DataFrame:
    """An order on its way counts as ordered when its chips go into service, serves a chip's life
    from then and loses chips unless it is rented; chips that only move are new on arrival no
    more."""
    born = _filled(orders, "in_service", orders["arrives"])
    lives = aging.lives(orders["chip"], orders["kind"])
    rented = orders["kind"].isin(RESERVED_KINDS)
    losses = np.where(rented, 0.0, aging.losses(orders["chip"]))
    moved = born < orders["arrives"].to_numpy(dtype=np.float64)
    return orders.assign(
        in_service=born.astype(np.int64),
        leaves_service=_filled(orders, "leaves_service", born + lives).astype(np.int64),
        annual_attrition=_filled(orders, "annual_attrition", losses),
        ordered=_filled(orders, "ordered", born).astype(np.int64),
        paid_share=_filled(orders, "paid_share", np.where(moved, 0.0, np.nan)),
    )


def _projects(projects: pd.DataFrame, T: int) -> pd.DataFrame:
    """A project can be ordered in every period, and so can a commitment."""
    return projects.assign(
        first_order=_within(projects["first_order"].fillna(0), 0, T),
        last_order=_within(projects["last_order"].fillna(T - 1), -1, T - 1),
    )


def _contracts(contracts: pd.DataFrame) -> pd.DataFrame:
    """A contract that is extended costs what it did."""
    then = _filled(contracts, "extend_usd_per_kw_month", contracts["usd_per_kw_month"])
    return contracts.assign(extend_usd_per_kw_month=then)


def _rules(rules: pd.DataFrame, T: int) -> pd.DataFrame:
    """A rule holds in every period."""
    return rules.assign(
        **{
            "from": _within(rules["from"].fillna(0), 0, T),
            "to": _within(rules["to"].fillna(T - 1), -1, T - 1),
        }
    )


def _workloads(workloads: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """A workload may be served at every site of its regions."""
    region = dict(zip(sites["site"], sites["region"], strict=True))
    allowed = [
        tuple(
            s
            for s in sites["site"]
            if (at == ("*",) or s in at) and (regions == ("*",) or region[s] in regions)
        )
        for at, regions in zip(workloads["sites"], workloads["regions"], strict=True)
    ]
    return workloads.assign(sites=_tuples(allowed))


def _token_offers(offers: pd.DataFrame, T: int) -> pd.DataFrame:
    """Tokens can be bought in every period."""
    return offers.assign(
        first_period=_within(offers["first_period"].fillna(0), 0, T),
        last_period=_within(offers["last_period"].fillna(T - 1), -1, T - 1),
    )


def _last_plan(plan: pd.DataFrame) -> pd.DataFrame:
    """A line that was refused orders nothing."""
    refused = (plan["decision"] == "refused").to_numpy(dtype=bool)
    return plan.assign(**{name: plan[name].mask(refused, 0.0) for name in ("chips", "mw")})


def _milestones(
    milestones: pd.DataFrame, training: pd.DataFrame, sites: pd.DataFrame
) -> pd.DataFrame:
    """A milestone may run on every chip of its class at every site, from now on; six FLOP a
    parameter and token."""
    trains = {str(name): tuple(sorted(part["chip"])) for name, part in training.groupby("class")}
    run_chips = [
        trains.get(cls, ()) if names == ("*",) else names
        for names, cls in zip(milestones["chips"], milestones["class"], strict=True)
    ]
    everywhere = tuple(sites["site"])
    by_tokens = 6.0 * milestones["params_b"] * 1e9 * milestones["tokens_t"] * 1e12
    return milestones.assign(
        flop=milestones["flop"].fillna(by_tokens),
        start=milestones["start"].fillna(0.0),
        chips=_tuples(run_chips),
        sites=_tuples([everywhere if names == ("*",) else names for names in milestones["sites"]]),
    )
