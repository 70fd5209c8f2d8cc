"""Showback: who pays for what in every period, from costs.csv, books.csv and allocation.csv, and
that it is all of the period's cost; against showback.csv."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from planner.audit.facts import Bools, Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import CENT, WRITTEN, Slack
from planner.audit.verdict import Check, Describe, agree, require

MEASURES: Final = ("capital_usd", "cost_usd", "cash_usd")
DONE: Final = ("chip_hours", "peak_mwh", "mtok", "flop")


class Spent(NamedTuple):
    """Money by entry: period, chip and site as codes (-1: none) and USD of a measure, (n,)."""

    period: Ints
    chip: Ints
    site: Ints
    usd: Floats
    tokens: Bools
    """Whether it is paid for tokens of providers."""


def _spent(facts: Facts, tables: dict[str, pd.DataFrame], measure: str) -> Spent:
    """Return what costs.csv and books.csv have of a measure."""
    costs, books = tables["costs"], tables["books"]
    term, kind, usd = text(costs, "term"), text(costs, "category"), column(costs, "nominal_usd")
    paid: Bools = ((kind == "opex") & (term != "prepaid")) | (
        (kind == "capex") & (term == "cancellation")
    )
    lost = column(books, "depreciation_usd") + column(books, "write_off_usd")
    of_costs, of_books = {
        "capital_usd": (np.zeros(len(costs)), lost),
        "cost_usd": (np.where(paid | (term == "resale"), usd, 0.0), lost),
        "cash_usd": (np.where(paid, usd, 0.0), column(books, "paid_usd")),
    }[measure]
    cat = np.concatenate
    return Spent(
        cat([whole(costs, "period"), whole(books, "period")]),
        cat([facts.codes("chip", costs["chip"]), facts.codes("chip", books["chip"])]),
        cat([facts.codes("site", costs["site"]), facts.codes("site", books["site"])]),
        cat([of_costs, of_books]),
        cat([term == "tokens", np.zeros(len(books), bool)]),
    )


def _own(found: Recomputed) -> dict[str, Floats]:
    """Return what every work does and pays, and last what is idle, (W + M + 1, T) each."""
    facts, a = found.facts, found.allocation
    W, M, T = len(facts.workload), len(facts.milestone), facts.T
    work = np.where(a.work >= 0, a.work, W + a.run)
    hours = a.chips * a.hours
    power = hours * facts.kw_peak[a.chip] / 1000.0
    table = found.tables["allocation"]
    shape = (W + M + 1, T)

    def of_work(amount: Floats) -> Floats:
        total = np.zeros(shape)
        np.add.at(total, (work, a.period), amount)
        return total

    called = np.zeros(shape)
    np.add.at(called, (found.called.work, found.called.period), found.called.mtok)
    result = {
        "chip_hours": of_work(hours),
        "peak_mwh": of_work(power),
        "mtok": of_work(or_zero(column(table, "mtok")[a.row])) + called,
        "flop": of_work(or_zero(column(table, "flop")[a.row])),
    }
    chips, sites = np.zeros((len(facts.chip), T)), np.zeros((len(facts.site), T))
    np.add.at(chips, (a.chip, a.period), hours)
    np.add.at(sites, (a.site, a.period), power)
    for measure in MEASURES:
        spent = _spent(facts, dict(found.tables), measure)
        due = (spent.period >= 0) & (spent.period < T)
        total, doubt = np.zeros(shape), np.zeros(shape)
        for place, busy, at, weight, mine in (
            (spent.chip, chips, a.chip, hours, due & (spent.chip >= 0)),
            (spent.site, sites, a.site, power, due & (spent.chip < 0) & (spent.site >= 0)),
        ):
            usd = np.zeros_like(busy)
            np.add.at(usd, (place[mine], spent.period[mine]), spent.usd[mine])
            each = np.divide(usd, busy, out=np.zeros_like(usd), where=busy > 0)
            total += of_work(each[at, a.period] * weight)
            # what rounding of the chips at work, here and of others there, moves
            off = np.abs(each[at, a.period]) * a.hours * 2.0 * WRITTEN
            off = off if busy is chips else off * facts.kw_peak[a.chip] / 1000.0
            there = np.zeros_like(busy)
            np.add.at(there, (at, a.period), off)
            doubt += of_work(off + there[at, a.period])
            total[-1] += np.where(busy > 0, 0.0, usd).sum(axis=0)
        none = due & (spent.chip < 0) & (spent.site < 0)
        tokens = none & spent.tokens
        np.add.at(total[-1], spent.period[none & ~tokens], spent.usd[none & ~tokens])
        _share_tokens(found, spent.period[tokens], spent.usd[tokens], total)
        result[measure], result[f"{measure} doubt"] = total, doubt
    return result


def _share_tokens(found: Recomputed, period: Ints, usd: Floats, total: Floats) -> None:
    """Add what tokens cost in every period, USD, to the works that they serve by what is paid for
    them, and to the last row, idle, where nothing is."""
    called, T = found.called, found.facts.T
    cost = np.bincount(period, usd, T)[:T]
    paid = np.bincount(called.period, called.usd, T)[:T]
    each = np.divide(cost, paid, out=np.zeros(T), where=paid > 0)
    np.add.at(total, (called.work, called.period), each[called.period] * called.usd)
    total[-1] += np.where(paid > 0, 0.0, cost)


def check_showback(found: Recomputed) -> list[Check]:
    """Return the checks of showback.csv: its rows and owners, what each does and pays, and that a
    period's rows are all of its cost and cash in pnl.csv.

    Args:
        found: the plan, recomputed.
    """
    facts, written, own = found.facts, found.tables["showback"], _own(found)
    W, T = len(facts.workload), facts.T
    n = W + len(facts.milestone) + 1
    table, runs = facts.case["workloads"], facts.case["milestones"]
    kinds = np.array([*text(table, "kind"), *["milestone"] * len(runs), "idle"], dtype=object)
    names = np.array([*facts.workload, *facts.milestone, ""], dtype=object)
    owners = np.array([*text(table, "owner"), *text(runs, "owner"), ""], dtype=object)
    known = pd.MultiIndex.from_arrays([kinds, names])
    at = known.get_indexer(pd.MultiIndex.from_frame(written[["kind", "work"]]))
    period = whole(written, "period")
    good = (at >= 0) & (period >= 0) & (period < T)
    safe = np.maximum(at, 0)
    hours_off = facts.hours.max() * max(facts.few, 1e-6) * 100.0
    rows = max(len(found.tables["allocation"]) / max(n * T, 1), 1.0)
    # what rounded chip-hours move of a cost, and cents of every entry shared
    size = sum(np.abs(own[name]).sum(axis=0) for name in ("cost_usd", "cash_usd"))
    floor = {
        "chip_hours": hours_off * rows,
        "peak_mwh": hours_off * rows * facts.kw_peak.max(initial=0.0) / 1000.0,
        "mtok": 1e-6,
        "flop": 1e9,
        **{
            name: 0.02 + 1e-8 * np.broadcast_to(size, (n, T)) + own[f"{name} doubt"]
            for name in MEASURES
        },
    }

    def place(name: str) -> Describe:
        return lambda i: f"showback.csv, {names[i // T] or 'idle'} in {facts.label(i % T)}, {name}"

    checks = [
        require(
            "showback.rows",
            good,
            lambda i: f"showback.csv, row {i + 2}: {written['kind'][i]} {written['work'][i]}",
            "workloads and milestones of the inputs with their kind, and idle, in the plan",
        ),
        require(
            "showback.owner",
            ~good | (text(written, "owner") == owners[safe]),
            lambda i: f"showback.csv, {written['work'][i]}, owner: {written['owner'][i]}",
            "the owner that workloads.csv or milestones.csv says",
        ),
    ]
    for name in (*DONE, *MEASURES):
        told = np.zeros((n, T))
        told[safe[good], period[good]] = or_zero(column(written, name))[good]
        slack = Slack(floor[name], relative=1e-6)
        checks.append(
            agree(f"showback.{name}", told, own[name], place(name), unit="USD", floor=slack)
        )
    tokens = np.isin(text(written, "kind"), ["online", "batch"])
    counted = np.isin(text(written, "kind"), ["research", "milestone"])
    blank = (np.isnan(column(written, "mtok")) == ~tokens) & (
        np.isnan(column(written, "flop")) == ~counted
    )
    checks.append(
        require(
            "showback.units",
            blank,
            lambda i: f"showback.csv, row {i + 2}: {written['kind'][i]} {written['work'][i]}",
            "mtok for inference, flop for research and training, and blank for the other",
        )
    )
    pnl = found.tables["pnl"]

    def whole_of(name: str) -> Describe:
        return lambda i: f"showback.csv, {name} of {facts.label(i)} in all, against pnl.csv"

    return checks + [
        agree(
            f"showback.{name}_in_all",
            np.bincount(period[good], column(written, name)[good], T)[:T],
            column(pnl, name)[:T],
            whole_of(name),
            unit="USD",
            floor=Slack(CENT, relative=1e-12),
        )
        for name in ("cost_usd", "cash_usd")
    ]
