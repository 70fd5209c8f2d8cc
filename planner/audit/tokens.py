"""Tokens: what is called from providers, by whom it may be and at what price, from tokens.csv and
the inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.audit.book import Book
from planner.audit.facts import Bools, Facts, Floats, Ints, column, flags, or_zero, text, whole
from planner.audit.files import empty_rows
from planner.audit.rates import Demand, window_mix
from planner.audit.terms import TOKENS
from planner.audit.tolerance import CENT, WRITTEN
from planner.audit.verdict import Check, Describe, agree, at_most, require

_KINDS: Final = ("output", "input", "cached")
_ANY: Final = ("*",)


@dataclass(frozen=True, slots=True)
class Called:
    """What is called, row by row of tokens.csv that is of the inputs, (n,)."""

    offer: Ints
    """Row of token_offers.csv."""
    work: Ints
    period: Ints
    slice: Ints
    """-1 for batch work."""
    mtok: Floats
    price: Floats
    """USD per million work tokens."""
    usd: Floats
    """Nominal, by the prices of the inputs."""

    def by_slice(self, shape: tuple[int, int, int]) -> Floats:
        """Return million work tokens by workload, period and slice, (W, T, K); those of batch work
        in the first slice."""
        total = np.zeros(shape)
        np.add.at(total, (self.work, self.period, np.maximum(self.slice, 0)), self.mtok)
        return total


def _may_serve(facts: Facts, demand: Demand) -> Bools:
    """Return who may be served by which offer, when, (offers, W, T): offer by offer and rule by
    rule."""
    offers, work, rules = facts.case["token_offers"], facts.case["workloads"], facts.case["rules"]
    may = np.zeros((len(offers), len(work), facts.T), dtype=bool)
    free = flags(work, "may_leave_house") & np.isin(demand.kind, ["online", "batch"])
    times = np.arange(facts.T)
    for at, offer in enumerate(offers.to_dict("records")):
        names = {
            "workload": offer["workloads"],
            "model": offer["models"],
            "tier": offer["tiers"],
        }
        mine = free.copy()
        for name, chosen in names.items():
            if chosen != _ANY:
                mine &= work[name].isin(chosen).to_numpy()
        inside = [
            home == _ANY or (offer["regions"] != _ANY and set(offer["regions"]) <= set(home))
            for home in work["regions"]
        ]
        mine &= np.array(inside, dtype=bool)
        open_ = (times >= offer["first_period"]) & (times <= offer["last_period"])
        may[at] = mine[:, None] & open_[None, :]
        for rule in rules.to_dict("records"):
            if rule["chip"] or rule["vendor"] or rule["site"] or rule["milestone"]:
                continue
            there = all(
                not rule[cell] or places == _ANY or rule[cell] in places
                for cell, places in (("region", offer["regions"]), ("country", offer["countries"]))
            )
            if there:
                who = (work["workload"] == rule["workload"]).to_numpy() | (rule["workload"] == "")
                when = (times >= rule["from"]) & (times <= rule["to"])
                may[at] &= ~(who[:, None] & when[None, :])
    return may


def _prices(facts: Facts, demand: Demand) -> Floats:
    """Return USD per million work tokens of every offer, workload and period, (offers, W, T); NaN
    where a price is missing or nothing is asked."""
    offers, rows = facts.case["token_offers"], facts.case["token_prices"]
    rows = rows[(rows["period"] >= 0) & (rows["period"] < facts.T)]
    at = pd.Index(text(offers, "token_offer")).get_indexer(pd.Index(text(rows, "token_offer")))
    found = {}
    for kind in _KINDS:
        name = f"usd_per_mtok_{kind}"
        price = np.tile(column(offers, name)[:, None], (1, facts.T))
        given = column(rows, name)
        stated = ~np.isnan(given)
        price[at[stated], whole(rows, "period")[stated]] = given[stated]
        found[kind] = price
    found["cached"] = np.where(np.isnan(found["cached"]), found["input"], found["cached"])
    tokens = window_mix(demand, "work")
    usd = np.zeros((len(offers), *tokens.shape))
    for kind in _KINDS:
        amount = window_mix(demand, kind)[None, :, :]
        usd += np.where(amount > 0, amount * found[kind][:, None, :], 0.0)
    return usd / np.where(tokens > 0, tokens, np.nan)[None, :, :]


def read_tokens(
    facts: Facts, demand: Demand, tables: dict[str, pd.DataFrame]
) -> tuple[Called, list[Check]]:
    """Return what is called, and the checks of it: who may, prices, cost, and the most of every
    offer; none where the case has no token offers.

    Args:
        facts: the case.
        demand: what the workloads ask for.
        tables: tables of the run; ``tokens`` and ``token_offers`` where they are written.
    """
    offers, written = facts.case["token_offers"], tables.get("tokens", empty_rows("tokens"))
    none = np.zeros(0, dtype=np.int64)
    if not len(offers):
        return Called(none, none, none, none, np.zeros(0), np.zeros(0), np.zeros(0)), []
    o = pd.Index(text(offers, "token_offer")).get_indexer(pd.Index(text(written, "token_offer")))
    w, t = facts.codes("workload", written["workload"]), whole(written, "period")
    k, mtok = facts.codes("slice", written["slice"]), column(written, "mtok")
    inside = (o >= 0) & (w >= 0) & (t >= 0) & (t < facts.T) & (mtok >= 0)
    online = (demand.kind == "online")[np.maximum(w, 0)] if len(facts.workload) else k >= 0
    inside &= np.where(online, k >= 0, text(written, "slice") == "")
    rows = np.flatnonzero(inside)
    o, w, t, k, mtok = o[rows], w[rows], t[rows], k[rows], mtok[rows]
    price = _prices(facts, demand)[o, w, t]
    k = np.where(demand.kind[w] == "online", k, -1)
    called = Called(o, w, t, k, mtok, or_zero(price), or_zero(price * mtok))

    def described(i: int) -> str:
        return (
            f"tokens.csv, {written['token_offer'][i]} for {written['workload'][i]} in "
            f"{facts.label(whole(written, 'period')[i])}"
        )

    def of(name: str) -> Describe:
        return lambda i: f"{described(int(rows[i]))}, {name}"

    sold = text(offers, "provider")
    checks = [
        require(
            "tokens.rows",
            inside,
            described,
            "offers, workloads, periods and, of online work alone, slices of the inputs",
        ),
        require(
            "tokens.allowed",
            _may_serve(facts, demand)[o, w, t],
            of("who may be served"),
            "work that may leave the house, by an offer for its model, tier and regions, against "
            "which there is no rule",
        ),
        require(
            "tokens.provider",
            text(written, "provider")[rows] == sold[o],
            of("provider"),
            "who sells the offer",
        ),
        agree(
            "tokens.usd_per_mtok",
            column(written, "usd_per_mtok")[rows],
            price,
            of("usd_per_mtok"),
            unit="USD",
            floor=1e-6,
        ),
        agree(
            "tokens.usd",
            column(written, "usd")[rows],
            called.usd,
            of("usd"),
            unit="USD",
            floor=CENT + or_zero(price) * WRITTEN,
        ),
    ]
    return called, checks + _most(facts, called, tables.get("token_offers"))


def _most(facts: Facts, called: Called, written: pd.DataFrame | None) -> list[Check]:
    """Return the checks of the most of every offer in every period, and of token_offers.csv."""
    offers = facts.case["token_offers"]
    most = column(offers, "max_mtok")
    used = np.zeros((len(offers), facts.T))
    np.add.at(used, (called.offer, called.period), called.mtok)
    if written is None:
        return []
    names = pd.Index(text(offers, "token_offer"))
    o, t = names.get_indexer(pd.Index(text(written, "token_offer"))), whole(written, "period")
    known = (o >= 0) & (t >= 0) & (t < facts.T)
    seen = np.zeros(used.shape, dtype=np.int64)
    np.add.at(seen, (o[known], t[known]), 1)
    stated = ~np.isnan(most)
    floor = 1e-6 * (1.0 + used.max(initial=0.0))

    def limit(name: str) -> Describe:
        return lambda i: f"token_offers.csv, row {i + 2}, {name}"

    checks = [
        at_most(
            "token_offers.max_mtok",
            used,
            np.broadcast_to(most[:, None], used.shape),
            lambda i: f"tokens.csv: {names[i // facts.T]} in {facts.label(i % facts.T)}",
            unit="Mtok",
            floor=floor,
        ),
        require(
            "token_offers.rows",
            np.concatenate([known, (seen == stated[:, None]).ravel()]),
            lambda i: f"token_offers.csv: entry {i} is unknown, missing or there twice",
            "one row for every offer of the inputs with a most and every period of the plan",
        ),
    ]
    if not known.all():
        return checks
    for name, value in (
        ("max_mtok_written", most[o]),
        ("used", used[o, t]),
        ("free", most[o] - used[o, t]),
    ):
        checks.append(
            agree(
                f"token_offers.{name}",
                column(written, name.removesuffix("_written")),
                value,
                limit(name.removesuffix("_written")),
                unit="Mtok",
                floor=floor,
            )
        )
    return checks


def add_tokens(book: Book, facts: Facts, called: Called) -> None:
    """Add what tokens cost, and what is paid for a least spend that is missed.

    Args:
        book: the costs so far.
        facts: the case.
        called: what is called.
    """
    offers = facts.case["token_offers"]
    if not len(offers):
        return
    spent, each = np.zeros((len(offers), facts.T)), np.zeros((len(offers), facts.T))
    np.add.at(spent, (called.offer, called.period), called.usd)
    np.add.at(each, (called.offer, called.period), called.price)
    o, t = np.nonzero(spent)
    book.add(TOKENS, t, spent[o, t], each[o, t])
    times = np.arange(facts.T)[None, :]
    open_ = (times >= whole(offers, "first_period")[:, None]) & (
        times <= whole(offers, "last_period")[:, None]
    )
    least = np.where(open_, or_zero(column(offers, "min_usd"))[:, None], 0.0)
    charge = column(offers, "missed_usd_per_usd")[:, None]
    missed, each = np.maximum(least - spent, 0.0) * charge, each * charge
    o, t = np.nonzero(missed)
    book.add(TOKENS, t, missed[o, t], each[o, t])
