"""Books: what everything owned and prepaid is worth in the books, from the inputs and the
decisions, against books.csv."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.lot_books import Books, lot_books, source_of
from planner.audit.lots import COMMITTED, FLEET, MOVED, NEW
from planner.audit.openings import opened
from planner.audit.order_terms import order_terms
from planner.audit.projects import Projects
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import CENT, WRITTEN, Slack
from planner.audit.verdict import Check, Describe, agree

FIGURES: Final = ("opening", "paid", "depreciation", "write_off", "closing", "in_flight", "sale")
KEY: Final = ["asset", "chip", "site", "period"]
OF_CHIP: Final = ("chips", "contracts", "ordering")


def _of_things(
    facts: Facts, when: tuple[Ints, Ints], usd: tuple[Floats, Floats], life: Floats
) -> Books:
    """Return the books of what is no chip: ``when`` it is ordered and starts, ``usd`` paid then,
    ``life`` in periods; (n,) each."""
    T, t = facts.T, np.arange(facts.T)
    (ordered, starts), (first, rest) = when, usd
    serves = t >= starts[:, None]
    passed = np.clip((t + 1 - starts[:, None]) / life[:, None], 0.0, 1.0)
    before = np.clip((t - starts[:, None]) / life[:, None], 0.0, 1.0)
    price = (first + rest)[:, None]
    in_flight = np.where(~serves & (t >= ordered[:, None]), first[:, None], 0.0)
    closing = np.where(serves, price * (1.0 - passed), in_flight)
    age = np.clip(-starts / life, 0.0, 1.0)
    opening = np.where(starts < 0, (first + rest) * (1.0 - age), np.where(ordered < 0, first, 0.0))
    paid = np.zeros((len(starts), T))
    for at, part in ((ordered, first), (starts, rest)):
        inside = np.flatnonzero((at >= 0) & (at < T))
        np.add.at(paid, (inside, at[inside]), part[inside])
    none = np.zeros_like(paid)
    return Books(
        np.concatenate([opening[:, None], closing[:, :-1]], axis=1),
        paid,
        np.where(serves, price * (passed - before), 0.0),
        none,
        closing,
        in_flight,
        none,
        np.zeros(len(starts)),
    )


def _long(facts: Facts, asset: str, place: Ints, books: Books) -> pd.DataFrame:
    """Return books as rows by asset, chip or site (codes) and period."""
    n, T = len(place), facts.T
    of_chip = asset in OF_CHIP
    return pd.DataFrame(
        {
            "asset": asset,
            "chip": np.repeat(place if of_chip else -1, T) if of_chip else np.full(n * T, -1),
            "site": np.full(n * T, -1) if of_chip else np.repeat(place, T),
            "period": np.tile(np.arange(T), n),
            **{name: getattr(books, name).ravel() for name in FIGURES},
            "doubt": np.repeat(books.doubt, T),
        }
    )


def _projects(facts: Facts, projects: Projects) -> tuple[Ints, Books]:
    """Return the sites and books of power projects, those signed that serve after the plan too."""
    late = facts.case["power_orders"]
    late = late[whole(late, "arrives") >= facts.T]
    price, mw = column(late, "usd_per_mw"), column(late, "mw")
    share = column(late, "paid_share")
    cat = np.concatenate
    site = cat([projects.site, facts.codes("site", late["site"])])
    when = (
        cat([projects.ordered, whole(late, "ordered")]),
        cat([projects.arrives, whole(late, "arrives")]),
    )
    usd = (
        cat([projects.first * projects.mw, price * share * mw]),
        cat([projects.rest * projects.mw, price * (1.0 - share) * mw]),
    )
    life = cat([projects.life, column(late, "life_years")]) * facts.ppy
    books = _of_things(facts, when, usd, life)
    unit = cat([projects.first + projects.rest, price * 0.0]) * WRITTEN
    return site, books._replace(doubt=unit)


def _openings(found: Recomputed) -> tuple[Ints, Books]:
    """Return the sites and books of what opens, written down to the end of the plan."""
    facts, sites, starts, usd = found.facts, [], [], []
    for kind, table, axis in (
        ("site_opening", "sites", "site"),
        ("project_opening", "power_projects", "project"),
    ):
        rows = facts.case[table]
        count = opened(facts, found.counts, kind, axis, pd.Index(text(rows, axis)))
        n, t = np.nonzero(count)
        sites.append(facts.codes("site", rows["site"])[n])
        starts.append(t)
        usd.append(column(rows, "usd_to_open")[n] * count[n, t])
    when, paid = np.concatenate(starts), np.concatenate(usd)
    ordered, first = when, np.zeros(len(paid))
    for table in ("sites", "power_projects"):
        rows = facts.case[table]
        value = column(rows, "book_value_usd")
        sites.append(facts.codes("site", rows["site"]))
        first, paid = np.append(first, value), np.append(paid, value * 0.0)
        ordered = np.append(ordered, np.full(len(value), -1))
        when = np.append(when, np.zeros(len(value), dtype=np.int64))
    life = (facts.T - when).astype(np.float64)
    return np.concatenate(sites), _of_things(facts, (ordered, when), (first, paid), life)


def _fees(found: Recomputed) -> tuple[Ints, Books]:
    """Return the chips and books of fees of orders of purchases, which are part of what the chips
    of the order cost, each alike; of an order that brings no chip nothing is kept."""
    facts, lots = found.facts, found.lots
    offers, terms = facts.case["offers"], order_terms(facts, found.lots, found.counts)
    bought = (text(offers, "kind") == "purchase") & terms.stated
    usd = np.where(bought, or_zero(column(offers, "usd_per_order")), 0.0)[:, None] * terms.placed
    fee = np.zeros(len(lots))
    for origin, table in ((FLEET, "fleet"), (COMMITTED, "orders")):
        mine = lots.origin == origin
        fee[mine] = column(facts.case[table], "fee_usd_per_chip")[lots.row[mine]]
    mine = lots.origin == MOVED
    fee[mine] = fee[source_of(lots)[mine]]
    mine = lots.origin == NEW
    at = lots.row[mine], lots.ordered[mine]
    fee[mine] = usd[at] / terms.chips[at]
    some = np.flatnonzero(lots.owned & (fee > 0))
    free = dataclasses.replace(lots, price=fee, deposit=np.ones(len(lots)))
    books = Books(*(figures[some] for figures in lot_books(facts, free, stated=False)))
    o, t = np.nonzero((usd > 0) & (terms.chips <= 0))
    lost = np.zeros((len(o), facts.T))
    lost[np.arange(len(o)), t] = usd[o, t]
    none, doubt = np.zeros_like(lost), np.zeros(len(o))
    idle = Books(none, lost, none, lost, none, none, none, doubt)
    chip = np.concatenate([lots.chip[some], facts.codes("chip", offers["chip"])[o]])
    both = Books(*(np.concatenate(pair) for pair in zip(books, idle, strict=True)))
    return chip, both._replace(sale=np.zeros((len(chip), facts.T)))


def _late_orders(facts: Facts, asset: str) -> tuple[Ints, Books]:
    """Return the chips and books of what was paid on orders that arrive after the plan, for their
    chips or in fees."""
    orders = facts.case["orders"]
    arrives = whole(orders, "arrives")
    mine = (arrives >= facts.T) & (whole(orders, "in_service") >= arrives)
    rows = orders[mine & ((text(orders, "kind") == "purchase") == (asset != "contracts"))]
    each = or_zero(column(rows, "usd_per_chip") * column(rows, "paid_share"))
    each = column(rows, "fee_usd_per_chip") if asset == "ordering" else each
    usd = each * column(rows, "chips")
    never, before = np.full(len(rows), facts.T), np.full(len(rows), -1)
    books = _of_things(facts, (before, never), (usd, np.zeros(len(rows))), np.ones(len(rows)))
    return facts.codes("chip", rows["chip"]), books


def own_books(found: Recomputed) -> pd.DataFrame:
    """Return the books recomputed: asset, chip, site (codes, -1 for none), period, the figures of
    books.csv without their unit, and the doubt of each."""
    facts, lots = found.facts, found.lots
    of_lots = lot_books(facts, lots)
    frames = []
    for owned, asset in ((True, "chips"), (False, "contracts")):
        mine = lots.owned == owned
        part = Books(*(figures[mine] for figures in of_lots))
        frames.append(_long(facts, asset, lots.chip[mine], part))
        frames.append(_long(facts, asset, *_late_orders(facts, asset)))
    frames.append(_long(facts, "power", *_projects(facts, found.projects)))
    frames.append(_long(facts, "openings", *_openings(found)))
    frames.append(_long(facts, "ordering", *_fees(found)))
    frames.append(_long(facts, "ordering", *_late_orders(facts, "ordering")))
    return pd.concat(frames, ignore_index=True).groupby(KEY, as_index=False).sum()


def check_books(found: Recomputed) -> list[Check]:
    """Return the checks of books.csv: every figure, and that every row adds up.

    Args:
        found: the plan, recomputed.
    """
    facts, written = found.facts, found.tables["books"]
    file = written.assign(
        chip=facts.codes("chip", written["chip"]), site=facts.codes("site", written["site"])
    )
    both = file.merge(own_books(found), on=KEY, how="outer")
    # payments are those of costs.csv, whose cents are rounded in sum
    floor = 2.0 * CENT + 0.02 + or_zero(column(both, "doubt"))
    chips, sites = np.append(facts.chip, ["-"]), np.append(facts.site, ["-"])

    def place(name: str) -> Describe:
        return lambda i: (
            f"books.csv, {both['asset'][i]} {chips[both['chip'][i]]} at {sites[both['site'][i]]} "
            f"in {facts.label(both['period'][i])}, {name}"
        )

    size = np.fmax(or_zero(column(both, "opening")), or_zero(column(both, "closing")))
    checks = [
        agree(
            f"books.{name}",
            or_zero(column(both, f"{name}_usd")),
            or_zero(column(both, name)),
            place(f"{name}_usd"),
            unit="USD",
            floor=Slack(floor, size=size if name == "depreciation" else 0.0, relative=1e-9),
        )
        for name in FIGURES
    ]
    end = column(file, "opening_usd") + column(file, "paid_usd")
    end = end - column(file, "depreciation_usd") - column(file, "write_off_usd")
    checks.append(
        agree(
            "books.adds_up",
            column(file, "closing_usd"),
            end,
            lambda i: f"books.csv, row {i + 2}, closing_usd against the rest of the row",
            unit="USD",
            floor=Slack(CENT, relative=1e-12),
        )
    )
    return checks
