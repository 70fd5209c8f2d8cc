"""Choices: what buy_plan.csv says of a line beside what it orders: what it works on first, what
limits it, what would replace it, how dear it may get, and what changed since the last plan."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.actions import BURST, HOLDING, ORDERING
from planner.audit.duals import Duals
from planner.audit.facts import Bools, Floats, Ints, column, or_zero, text, whole
from planner.audit.files import NO_PERIOD
from planner.audit.rates import belongs, serving_rate, training_rate
from planner.audit.recomputed import Recomputed
from planner.audit.tight import OF_ORDERS, tight_limits
from planner.audit.training import _window
from planner.audit.verdict import Check, Describe, line_column, require, showing
from planner.limits import WIDE

_ADDS: Final = (*HOLDING, "rent")
_NEW: Final = (*ORDERING, "rent")
_SAME: Final = 1e-4 + 1e-10
"""A line that changes by this share is the same; just 1e-4 is, whatever its seventh digit."""


def check_choices(found: Recomputed, duals: Duals | None) -> list[Check]:
    """Return the checks of first_use, break_even, runner_up, binding_limits and change_vs_last.

    Args:
        found: the plan, recomputed.
        duals: dual values by name; None where the run has none.
    """
    checks = [*_first_use(found), *_dearest(found), *_runner_up(found), *_changes(found)]
    return checks + (_binding(found, duals) if duals is not None else [])


def _told(buy: pd.DataFrame, name: str) -> Describe:
    """Return the words for a column of a line, with what it says."""
    return showing(line_column(buy, name), buy[name])


def _first_use(found: Recomputed) -> list[Check]:
    """What chips of a type do most at a site, from the first period in which they do anything."""
    facts, a, buy = found.facts, found.allocation, found.tables["buy_plan"]
    C, S, T = len(facts.chip), len(facts.site), facts.T
    W = len(facts.workload)
    names = np.append(np.concatenate([facts.workload, facts.milestone]), "").astype(object)
    hours = np.zeros((C, S, T, len(names) - 1))
    np.add.at(
        hours,
        (a.chip, a.site, a.period, np.where(a.work >= 0, a.work, W + a.run)),
        a.chips * a.hours,
    )
    some = hours.sum(axis=3) > 0
    c, s = facts.codes("chip", buy["chip"]), facts.codes("site", buy["site"])
    start = np.clip(whole(buy, "in_service_period"), 0, T - 1)
    wanted = np.isin(text(buy, "action"), _ADDS) & (c >= 0) & (s >= 0)
    later = some[np.maximum(c, 0), np.maximum(s, 0)] & (np.arange(T)[None, :] >= start[:, None])
    when = np.where(later.any(axis=1), later.argmax(axis=1), -1)
    done = hours[np.maximum(c, 0), np.maximum(s, 0), np.maximum(when, 0)]
    told = pd.Index(names[:-1]).get_indexer(pd.Index(text(buy, "first_use")))
    best = done.max(axis=1, initial=0.0)
    mine = np.where(told >= 0, done[np.arange(len(buy)), np.maximum(told, 0)], -1.0)
    good = (told >= 0) & (mine >= best * (1.0 - 1e-6))
    none = ~wanted | (when < 0)
    return [
        require(
            "buy_plan.first_use",
            np.where(none, text(buy, "first_use") == "", good),
            _told(buy, "first_use"),
            "what takes most chip-hours of its type at its site, once it is in service",
        )
    ]


def _dearest(found: Recomputed) -> list[Check]:
    """A break-even price of what is bought is not below its price; others have none."""
    buy = found.tables["buy_plan"]
    even, up = column(buy, "break_even_usd_per_chip"), or_zero(column(buy, "usd_per_chip"))
    price = np.where(up > 0, up, or_zero(column(buy, "usd_per_chip_hour")))
    bought = np.isin(text(buy, "action"), ORDERING) & (text(buy, "status") == "new")
    good = np.isnan(even) | (bought & (even >= price * (1.0 - 1e-6) - 1e-6))
    return [
        require(
            "buy_plan.break_even",
            good,
            _told(buy, "break_even_usd_per_chip"),
            "not below the price of what is bought; blank for others",
        )
    ]


def _able(found: Recomputed, cause: str, c: Ints, s: Ints, t: Ints) -> Bools | None:
    """Return which (chip, site, period) could do a cause; None for one that is no work."""
    facts = found.facts
    kind, _, name = cause.partition(":")
    n = len(c)
    if kind in ("workload", "site_loss") and name in facts.workload:
        w = np.full(n, facts.codes("workload", [name])[0], dtype=np.int64)
        rate, _ = serving_rate(facts, found.demand, w, c, t)
        named = np.full(n, name, dtype=object)
        free = ~facts.forbidden(c, s, t, workload=named)
        return np.asarray(found.demand.sites[w, s] & (rate > 0) & free, dtype=bool)
    if kind == "milestone" and name in facts.milestone:
        m = int(facts.codes("milestone", [name])[0])
        table = facts.case["milestones"]
        klass = np.full(n, text(table, "class")[m], dtype=object)
        rate, *_ = training_rate(facts, klass, c)
        sites, chips = (
            belongs(facts, table, "sites", "site"),
            belongs(facts, table, "chips", "chip"),
        )
        named = np.full(n, name, dtype=object)
        free = ~facts.forbidden(c, s, t, milestone=named)
        open_ = _window(facts)[0][m, t] > 0
        return np.asarray(sites[m, s] & chips[m, c] & (rate > 0) & free & open_, dtype=bool)
    return None


def _runner_up(found: Recomputed) -> list[Check]:
    """The alternative with the smallest cut among those that could do a line's first cause."""
    facts, buy, prices = found.facts, found.tables["buy_plan"], found.tables["prices"]
    cut, c = column(prices, "cut_pct"), facts.codes("chip", prices["chip"])
    can = (c >= 0) & np.isfinite(cut) & (text(prices, "blocked_by") == "")
    prices, cut, c = prices[can].reset_index(drop=True), cut[can], c[can]
    s, ordered = facts.codes("site", prices["site"]), whole(prices, "order_period")
    offers = facts.case["offers"]
    row = facts.codes("offer", prices["offer"])
    lead = whole(offers, "lead_periods")[row] if len(row) else np.empty(0, np.int64)
    burst = np.isin(text(prices, "kind"), BURST)
    arrives = ordered + np.where(burst, 0, lead)
    labels = np.array([facts.label(t) for t in ordered], dtype=object)
    ids = text(prices, "offer") + "@" + text(prices, "site") + "@" + labels
    cause, action = text(buy, "cause_1"), text(buy, "action")
    wanted = np.isin(action, _NEW) & (text(buy, "status") == "new")
    best = np.full(len(buy), np.nan)
    start = np.clip(whole(buy, "in_service_period"), 0, facts.T - 1)
    fits = np.zeros(len(buy), bool)
    told, gap = text(buy, "runner_up"), column(buy, "runner_up_gap_pct")
    for name in pd.unique(cause[wanted]):  # causes are few; alternatives of each are arrays
        able = _able(found, str(name), c, s, np.clip(arrives, 0, facts.T - 1))
        if able is None:
            continue
        mine = np.flatnonzero(wanted & (cause == name))
        near = able[None, :] & (np.abs(arrives[None, :] - start[mine][:, None]) <= facts.ppy)
        size = np.where(near, cut[None, :], np.inf)
        least = size.min(axis=1, initial=np.inf)
        best[mine] = np.where(np.isfinite(least), least, np.nan)
        named = near & (ids[None, :] == told[mine][:, None])
        fits[mine] = (named & (size <= least[:, None] * (1 + 1e-9) + 1e-9)).any(axis=1)
    none = np.isnan(best)
    right = np.where(none, told == "", fits)
    same = (none & np.isnan(gap)) | (np.abs(gap - best) <= 1e-9 * np.abs(best) + 1e-9)
    return [
        require(
            "buy_plan.runner_up",
            right,
            _told(buy, "runner_up"),
            "the row of prices.csv with the smallest cut that could do the line's first cause",
        ),
        require(
            "buy_plan.runner_up_gap",
            same,
            _told(buy, "runner_up_gap_pct"),
            "its cut_pct in prices.csv; blank where there is none",
        ),
    ]


def _binding(found: Recomputed, duals: Duals) -> list[Check]:
    """Limits named are worth something; what a line's own supply group, offer and power are worth
    is named."""
    facts, buy = found.facts, found.tables["buy_plan"]
    tight = tight_limits(facts, duals, 1e-6)
    shape = (len(facts.site), facts.T)
    hot = np.zeros(shape, bool)
    for block in ("power", "liquid_power"):
        hot |= -duals.table(block, shape, "site", "period")[0] > 1e-6
    told, status, action = (text(buy, name) for name in ("binding_limits", "status", "action"))
    order, arrives, leaves = (
        whole(buy, name) for name in ("order_period", "in_service_period", "leaves_period")
    )
    offers, table = facts.case["offers"], facts.case["supply"]
    group = dict(zip(text(offers, "offer"), text(offers, "supply_group"), strict=True))
    basis = dict(zip(text(table, "supply_group"), text(table, "basis"), strict=True))
    site = np.maximum(facts.codes("site", buy["site"]), 0)
    wide = [f"{limit.rows}:" for limit in WIDE]
    good = np.zeros(len(buy), bool)
    for i in range(len(buy)):  # a text per line
        names = [name for name in str(told[i]).split("; ") if name]
        if status[i] != "new":
            good[i] = not names
            continue
        must: set[str] = set()
        offer, at = str(buy["offer"][i]), facts.label(order[i]) if order[i] != NO_PERIOD else ""
        if action[i] in ORDERING:
            g = str(group.get(offer, ""))
            when = facts.label(arrives[i]) if basis.get(g) == "arrival" else at
            must = {f"supply:{g}@{when}", *(f"{rows}:{offer}@{at}" for rows in OF_ORDERS)}
            must &= tight
        if action[i] == "build_power":
            must = {f"project_limit:{offer}", f"project_after:{offer}@{at}"} & tight
        serves = hot[site[i], max(arrives[i], 0) : max(min(leaves[i], facts.T), 0)].any()
        if action[i] != "build_power" and serves:
            must.add(f"power:{buy['site'][i]}")
        others = {
            name
            for name in names
            if name in tight and name.startswith(("budget:", "limit:", "change", *OF_ORDERS, *wide))
        }
        good[i] = must <= set(names) and set(names) <= must | others and len(names) == len({*names})
    return [
        require(
            "buy_plan.binding_limits",
            good,
            _told(buy, "binding_limits"),
            "the limits with a worth that the line takes part of",
        )
    ]


def _changes(found: Recomputed) -> list[Check]:
    """new, same, +n or -n against the last plan; blank without one."""
    facts, buy = found.facts, found.tables["buy_plan"]
    last = facts.case["last_plan"]
    told, reason = text(buy, "change_vs_last"), text(buy, "change_reason")
    own = np.full(len(buy), "", dtype=object)
    why = np.full(len(buy), "", dtype=object)
    if len(last):
        keys = pd.MultiIndex.from_arrays(
            [text(last, "offer"), text(last, "site"), whole(last, "order_period")]
        )
        amount = or_zero(column(last, "chips")) + or_zero(column(last, "mw"))
        before = pd.Series(amount, index=keys).groupby(level=[0, 1, 2]).sum()
        action = text(buy, "action")
        mine = np.isin(action, [*ORDERING, "build_power"])
        mine &= text(buy, "status") == "new"
        wanted = pd.MultiIndex.from_arrays(
            [text(buy, "offer"), text(buy, "site"), whole(buy, "order_period")]
        )
        was = np.asarray(before.reindex(wanted), dtype=np.float64)
        built = action == "build_power"
        now = np.where(built, column(buy, "mw"), column(buy, "chips"))
        own = np.where(mine, _words(was, np.asarray(now, dtype=np.float64), told), own)
        frozen = mine & (whole(buy, "order_period") < facts.case.settings.frozen_periods)
        chosen = np.isin(text(last, "decision"), ["changed", "refused"])
        decided = mine & np.asarray(wanted.isin(keys[chosen]), dtype=bool)
        why = np.where(decided, "decided: as the approved plan has it", why)
        why = np.where(frozen, "frozen: kept from the last plan", why)
    return [
        require(
            "buy_plan.change_vs_last",
            told == own,
            _told(buy, "change_vs_last"),
            "new, same, +n or -n against last_plan/; blank without one",
        ),
        require(
            "buy_plan.change_reason",
            reason == why,
            _told(buy, "change_reason"),
            "frozen where the last plan is kept; blank for others",
        ),
    ]


def _words(was: Floats, now: Floats, told: NDArray[Any]) -> NDArray[np.object_]:
    """Return what is said of a change: as it is told where the figures in it are right."""
    change = now - was
    same = np.abs(change) <= _SAME * np.maximum(np.abs(now), 1.0)
    words = [
        f"{'+' if c > 0 else '-'}{abs(c):,.6g} ({b:,.6g} -> {v:,.6g})"
        for c, b, v in zip(change, was, now, strict=True)
    ]
    plain = np.where(np.isnan(was), "new", np.where(same, "same", np.array(words, dtype=object)))
    near = np.array([_like(str(a), str(b)) for a, b in zip(told, plain, strict=True)], dtype=bool)
    return np.where(near, told, plain)


def _like(told: str, own: str) -> bool:
    """Return whether two changes are told with the same figures, to six digits."""
    marks = str.maketrans("()->", "    ", ",")
    if "->" not in told or "->" not in own:
        return False
    figures = [list(map(float, words[1:].translate(marks).split())) for words in (told, own)]
    if told[0] != own[0] or len(figures[0]) != len(figures[1]):
        return False
    return bool(np.allclose(figures[0], figures[1], rtol=2e-5, atol=1e-5))
