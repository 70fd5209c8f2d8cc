"""Procurement: limits on what may be ordered: offers, supply groups, frozen periods; rounding,
money and power of lines."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, column, or_zero, text, whole
from planner.audit.holdings import Capacity
from planner.audit.lots import FLEET, MOVED, NEW, Lots
from planner.audit.origins import ORDERING
from planner.audit.verdict import WRITTEN, Check, Describe, agree, at_most, require

_BURST = ("on_demand", "spot")


def orderable(facts: Facts) -> pd.DataFrame:
    """Return every order that the plan could place: row (of offers.csv), site, period, arrives,
    burst; rules and windows applied."""
    offers, T = facts.case["offers"], facts.T
    frame = (
        offers[["offer", "chip", "site", "kind", "first_order", "last_order", "lead_periods"]]
        .reset_index(names="row")
        .explode("site")
    )
    frame = frame.dropna(subset=["site"]).merge(pd.DataFrame({"period": np.arange(T)}), how="cross")
    frame = frame[
        (frame["period"] >= frame["first_order"]) & (frame["period"] <= frame["last_order"])
    ].reset_index(drop=True)
    frame["arrives"] = frame["period"] + frame["lead_periods"]
    frame = frame[frame["arrives"] < T].reset_index(drop=True)
    forbidden = facts.forbidden(
        facts.codes("chip", frame["chip"]),
        facts.codes("site", frame["site"]),
        whole(frame, "period"),
    )
    allowed: pd.DataFrame = frame[~forbidden].reset_index(drop=True)
    return allowed


def in_lots(lots: Lots, buy: pd.DataFrame) -> Floats:
    """Return the chips of every lot with new orders rounded to whole lots as buy_plan.csv rounds
    them, (L,)."""
    rounded = pd.Series(column(buy, "chips_rounded"), index=text(buy, "line_id"))
    whole_lots = rounded[~rounded.index.duplicated()].reindex(lots.line).to_numpy(dtype=np.float64)
    return np.where((lots.origin == NEW) & np.isfinite(whole_lots), whole_lots, lots.chips)


def _taken(facts: Facts, lots: Lots, chips: Floats, capacity: Capacity) -> tuple[Floats, Floats]:
    """Return chips ordered (or moved) by offer and period (O, T), and rented by offer, period and
    slice (O, T, K)."""
    shape = (len(facts.offer), facts.T)
    ordered, rented = np.zeros(shape), np.zeros((*shape, facts.K))
    mine = np.flatnonzero(np.isin(lots.origin, (NEW, MOVED)))
    np.add.at(ordered, (lots.row[mine], lots.ordered[mine]), chips[mine])
    np.add.at(
        rented,
        (capacity.rent_offer, capacity.rent_period, capacity.rent_slice),
        capacity.rent_chips,
    )
    return ordered, rented


def _movable(facts: Facts, lots: Lots, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the orders that could be placed without the relocations for which no lot of the fleet
    would still serve on arrival."""
    fleet = np.flatnonzero(lots.origin == FLEET)
    longest = np.zeros((len(facts.chip), len(facts.site)), np.int64)
    np.maximum.at(longest, (lots.chip[fleet], lots.site[fleet]), lots.leaves[fleet])
    source = facts.codes("site", text(facts.case["offers"], "from_site")[whole(grid, "row")])
    serves = whole(grid, "arrives") < np.where(
        source >= 0, longest[facts.codes("chip", grid["chip"]), source], 0
    )
    kept: pd.DataFrame = grid[(text(grid, "kind") != "relocate") | serves]
    return kept


def lots_rented(facts: Facts, buy: pd.DataFrame) -> Floats:
    """Return chips that rounding to whole lots adds to what is rented, by offer and period over all
    sites, (O, T): in every slice, for a rental is handed over as one quantity."""
    rents = buy[(buy["action"] == "rent") & (buy["status"] == "new")]
    row, period = facts.codes("offer", rents["offer"]), whole(rents, "order_period")
    good = (row >= 0) & (period >= 0) & (period < facts.T)
    more = np.zeros((len(facts.offer), facts.T))
    step = or_zero(column(rents, "chips_rounded") - column(rents, "chips"))
    np.add.at(more, (row[good], period[good]), step[good])
    return more


def check_offers(
    facts: Facts, lots: Lots, rounded: Floats, rented_more: Floats, capacity: Capacity
) -> list[Check]:
    """Return the checks of ``min_per_period`` and ``max_per_period``, over all sites of an offer;
    rentals in every slice; ``rounded`` chips, and those of rentals, keep to the maximum too."""
    offers, T = facts.case["offers"], facts.T
    if not len(offers):
        return []
    ordered, rented = _taken(facts, lots, lots.chips, capacity)
    whole_lots, _ = _taken(facts, lots, rounded, capacity)
    can = np.zeros((len(offers), T), bool)
    grid = _movable(facts, lots, orderable(facts))
    can[whole(grid, "row"), whole(grid, "period")] = True
    burst = np.isin(text(offers, "kind"), _BURST)
    least, most = (
        column(offers, "min_per_period")[:, None],
        column(offers, "max_per_period")[:, None],
    )
    low = np.where(burst[:, None], rented.min(axis=2), ordered)
    high = np.where(burst[:, None], rented.max(axis=2), ordered)

    def place(i: int) -> str:
        return f"buy_plan.csv: {facts.offer[i // T]} in {facts.label(i % T)}, over all sites"

    return [
        at_most(
            "offers.max",
            high,
            np.broadcast_to(most, high.shape),
            place,
            unit="chips",
            floor=facts.few,
        ),
        at_most(
            "offers.max_rounded",
            np.where(burst[:, None], high + rented_more, whole_lots),
            np.broadcast_to(most, high.shape),
            lambda i: f"{place(i)}, in whole lots",
            unit="chips",
            floor=facts.few,
        ),
        at_most(
            "offers.min",
            low,
            np.where(can & (least > 0), least, np.nan),
            place,
            unit="chips",
            floor=facts.few,
            least=True,
        ),
    ]


def check_supply(
    facts: Facts,
    lots: Lots,
    rounded: Floats,
    rented_more: Floats,
    capacity: Capacity,
    supply: pd.DataFrame,
) -> list[Check]:
    """Return the checks of supply groups: limits by order or arrival, rentals in every slice where
    they share; and supply.csv."""
    table, offers, T, K = facts.case["supply"], facts.case["offers"], facts.T, facts.K
    table = table[(table["period"] >= 0) & (table["period"] < T)].reset_index(drop=True)
    groups = pd.Index(sorted(set(facts.case["supply"]["supply_group"])))
    if not len(groups):
        return [
            require(
                "supply.rows",
                np.zeros(len(supply), bool),
                lambda i: (
                    f"supply.csv, row {i + 2}: {supply['supply_group'][i]} is not in the inputs"
                ),
                "groups of supply.csv of the inputs",
            )
        ]
    basis = (
        pd.Series(
            text(facts.case["supply"], "basis"), index=text(facts.case["supply"], "supply_group")
        )
        .groupby(level=0)
        .first()
        .reindex(groups)
    )
    arrival = (basis == "arrival").to_numpy()
    group_of = groups.get_indexer(pd.Index(text(offers, "supply_group")))
    taken, whole_lots = np.zeros((len(groups), T, K)), np.zeros((len(groups), T, K))
    mine = (
        np.flatnonzero(
            (lots.origin == NEW) & (group_of[np.where(lots.origin == NEW, lots.row, 0)] >= 0)
        )
        if len(offers)
        else np.empty(0, np.int64)
    )
    g = group_of[lots.row[mine]] if len(mine) else np.empty(0, np.int64)
    when = np.where(arrival[g], lots.born[mine], lots.ordered[mine])
    np.add.at(taken, (g, when), lots.chips[mine][:, None])
    np.add.at(whole_lots, (g, when), (rounded - lots.chips)[mine][:, None])
    r = group_of[capacity.rent_offer] if len(capacity.rent_offer) else np.empty(0, np.int64)
    np.add.at(
        taken,
        (r[r >= 0], capacity.rent_period[r >= 0], capacity.rent_slice[r >= 0]),
        capacity.rent_chips[r >= 0],
    )
    shared = np.flatnonzero(group_of >= 0)
    np.add.at(whole_lots, group_of[shared], rented_more[shared][:, :, None])
    whole_lots += taken
    at = (groups.get_indexer(pd.Index(text(table, "supply_group"))), whole(table, "period"))

    def place(i: int) -> str:
        return (
            f"buy_plan.csv: supply group {table['supply_group'][i]} in "
            f"{facts.label(table['period'][i])}, by {basis.iloc[at[0][i]]}"
        )

    least = column(table, "min_chips")
    own = supply.merge(
        table.assign(_at=np.arange(len(table))),
        on=["supply_group", "period"],
        how="left",
        suffixes=("", "_input"),
    )
    known = own["_at"].notna().to_numpy()
    picked = own["_at"].fillna(0).to_numpy(dtype=np.int64)
    used = taken[at].max(axis=1) if len(table) else np.empty(0)
    used = used[picked] if len(table) else np.zeros(len(own))
    limits = column(table, "max_chips")[picked] if len(table) else np.zeros(len(own))
    same = np.isclose(column(own, "max_chips"), limits, rtol=1e-12, atol=5e-7) | (
        np.isnan(column(own, "max_chips")) & np.isnan(limits)
    )

    def written(i: int) -> str:
        return f"supply.csv, {own['supply_group'][i]}, {facts.label(own['period'][i])}"

    missing = (
        set(zip(table["supply_group"], table["period"], strict=True))
        - set(zip(own["supply_group"], own["period"], strict=True))
        if len(own) < len(table)
        else set()
    )
    return [
        at_most(
            "supply.max",
            taken[at].max(axis=1),
            column(table, "max_chips"),
            place,
            unit="chips",
            floor=facts.few,
        ),
        at_most(
            "supply.max_rounded",
            whole_lots[at].max(axis=1),
            column(table, "max_chips"),
            lambda i: f"{place(i)}, in whole lots",
            unit="chips",
            floor=facts.few,
        ),
        at_most(
            "supply.min",
            taken[at].min(axis=1),
            np.where(least > 0, least, np.nan),
            place,
            unit="chips",
            floor=facts.few,
            least=True,
        ),
        require(
            "supply.rows",
            (known & same) if not missing else [False],
            lambda i: (
                f"supply.csv lacks {sorted(missing)[0][0]}"
                if missing
                else f"{written(i)}: max_chips {own['max_chips'][i]}, in the inputs {limits[i]}"
            ),
            "one row for every row of the inputs, with its limit",
        ),
        agree(
            "supply.used",
            column(own, "used")[known],
            used[known],
            lambda i: f"{written(int(np.flatnonzero(known)[i]))}, used",
            unit="chips",
            floor=facts.few,
        ),
    ]


def check_stability(facts: Facts, lots: Lots, buy: pd.DataFrame) -> list[Check]:
    """Return the check that orders (and power projects) of the frozen periods are those of the last
    plan."""
    change = changes(facts, lots)
    frozen = facts.case.settings.frozen_periods
    if change is None or not frozen:
        return []
    held = change[change["period"] < frozen].reset_index(drop=True)
    checks = [
        agree(
            "stability.frozen",
            column(held, "ordered"),
            column(held, "last"),
            lambda i: (
                f"buy_plan.csv: {held['offer'][i]} at {held['site'][i]}, frozen period "
                f"{facts.label(held['period'][i])}, chips (against the last plan)"
            ),
            unit="chips",
            floor=facts.few,
        )
    ]
    projects = facts.case["power_projects"]
    if len(projects):
        last, mw = np.zeros((len(projects), frozen)), np.zeros((len(projects), frozen))
        names = pd.Index(text(projects, "project"))
        for target, frame in (
            (last, facts.case["last_plan"]),
            (mw, buy[buy["action"] == "build_power"]),
        ):
            row, period = (
                names.get_indexer(pd.Index(text(frame, "offer"))),
                whole(frame, "order_period"),
            )
            good = (row >= 0) & (period >= 0) & (period < frozen)
            np.add.at(target, (row[good], period[good]), or_zero(column(frame, "mw"))[good])
        checks.append(
            agree(
                "stability.frozen_power",
                mw,
                last,
                lambda i: (
                    f"buy_plan.csv: project {names[i // frozen]}, frozen period "
                    f"{facts.label(i % frozen)}, mw (against the last plan)"
                ),
                unit="MW",
            )
        )
    return checks


def changes(facts: Facts, lots: Lots) -> pd.DataFrame | None:
    """Return chips ordered and chips of the last plan for every order that this plan could place;
    None without a last plan."""
    last = facts.case["last_plan"]
    if not len(last):
        return None
    grid = orderable(facts)
    grid = grid[~grid["kind"].isin([*_BURST, "relocate"])].reset_index(drop=True)
    before = (
        last.groupby(["offer", "site", "order_period"], sort=True)["chips"]
        .sum()
        .rename("last")
        .reset_index()
    )
    new = np.flatnonzero(lots.origin == NEW)
    now = pd.DataFrame(
        {
            "offer": facts.offer[lots.row[new]],
            "site": facts.site[lots.site[new]],
            "period": lots.ordered[new],
            "ordered": lots.chips[new],
        }
    )
    now = now.groupby(["offer", "site", "period"], sort=True)["ordered"].sum().reset_index()
    merged = grid.merge(
        before,
        left_on=["offer", "site", "period"],
        right_on=["offer", "site", "order_period"],
        how="left",
    ).merge(now, on=["offer", "site", "period"], how="left")
    merged["last"], merged["ordered"] = (
        or_zero(column(merged, "last")),
        or_zero(column(merged, "ordered")),
    )
    return merged


def check_lines(facts: Facts, buy: pd.DataFrame) -> list[Check]:
    """Return the checks of rounding, unit prices and power of the lines that order chips."""
    lines = buy[buy["action"].isin(ORDERING) & (buy["status"] == "new")].reset_index(drop=True)
    row = facts.codes("offer", lines["offer"])
    lines, row = lines[row >= 0].reset_index(drop=True), row[row >= 0]
    if not len(lines):
        return []
    chip, site = facts.codes("chip", lines["chip"]), facts.codes("site", lines["site"])
    lot = column(facts.case["chips"], "lot_size")[chip]
    rounded, lots_of, chips = (
        column(lines, "chips_rounded"),
        column(lines, "lots"),
        column(lines, "chips"),
    )
    period = whole(lines, "order_period")
    up_front, hourly = (
        or_zero(facts.price(row, period, "usd_per_chip")),
        or_zero(facts.price(row, period, "usd_per_chip_hour")),
    )
    it, one = chips * facts.kw_peak[chip] / 1000.0, facts.kw_peak[chip] * WRITTEN / 1000.0

    def described(name: str) -> Describe:
        return lambda i: f"buy_plan.csv, line {lines['line_id'][i]}, {name}"

    cloud = facts.cloud[site]
    return [
        require(
            "buy_plan.rounded",
            (np.abs(rounded - lots_of * lot) < 1e-6)
            & (np.abs(lots_of - np.rint(lots_of)) < 1e-9)
            & (np.abs(rounded - chips) < lot * (1.0 - 5e-7)),
            lambda i: (
                f"buy_plan.csv, line {lines['line_id'][i]}: {chips[i]:.10g} chips rounded to "
                f"{rounded[i]:.10g} in {lots_of[i]:.10g} lots of {lot[i]:.10g}"
            ),
            "whole lots, less than one lot away",
        ),
        agree(
            "buy_plan.unit_price",
            or_zero(column(lines, "usd_per_chip")),
            up_front,
            described("usd_per_chip"),
            unit="USD",
        ),
        agree(
            "buy_plan.hourly_price",
            or_zero(column(lines, "usd_per_chip_hour")),
            hourly,
            described("usd_per_chip_hour"),
            unit="USD",
            floor=1e-6,
        ),
        agree(
            "buy_plan.mw_it",
            column(lines, "mw_it"),
            it,
            described("mw_it"),
            unit="MW",
            floor=one,
        ),
        agree(
            "buy_plan.mw_utility",
            or_zero(column(lines, "mw_utility")),
            np.where(cloud, 0.0, it * facts.pue[site]),
            described("mw_utility"),
            unit="MW",
            floor=one * facts.pue[site],
        ),
    ]


def check_orders(facts: Facts, buy: pd.DataFrame, orders: pd.DataFrame) -> list[Check]:
    """Return the checks of orders.csv, which procurement acts on: every new line once, with its
    quantity in whole lots, chip and site."""
    lines = buy[buy["action"].isin([*ORDERING, "rent", "build_power"]) & (buy["status"] == "new")]
    both = lines.merge(orders, on="line_id", how="outer", suffixes=("", "_order"), indicator=True)
    matched = (both["_merge"] == "both").to_numpy()
    kept = both[matched].reset_index(drop=True)
    projects = facts.case["power_projects"]
    built = text(kept, "action") == "build_power"
    step = (
        pd.Series(column(projects, "lot_mw"), index=text(projects, "project"))
        .reindex(text(kept, "offer"))
        .to_numpy(dtype=np.float64)
    )
    quantity = np.where(built, column(kept, "lots") * step, column(kept, "chips_rounded"))
    same = (text(kept, "site") == text(kept, "site_order")) & (
        built | (text(kept, "chip") == text(kept, "chip_order"))
    )
    return [
        require(
            "orders.rows",
            matched,
            lambda i: (
                f"orders.csv: line {both['line_id'][i]} stands in "
                f"{'buy_plan.csv' if both['_merge'][i] == 'left_only' else 'orders.csv'} only"
            ),
            "one row for every new order, rental and power project of buy_plan.csv",
        ),
        require(
            "orders.what",
            same,
            lambda i: (
                f"orders.csv, line {kept['line_id'][i]}: chip or site differ from buy_plan.csv"
            ),
            "the chip and site of the line",
        ),
        agree(
            "orders.quantity",
            column(kept, "quantity"),
            quantity,
            lambda i: f"orders.csv, line {kept['line_id'][i]}, quantity",
            unit="chips",
            floor=facts.few,
        ),
    ]
