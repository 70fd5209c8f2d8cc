"""Rates: what is asked for, and what one chip gets done of it per second, from throughput, gains
and training tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.facts import Bools, Facts, Floats, Ints, column, lookup, text, whole

_PEAKS: Final = ("bf16", "fp8", "fp4")
_SPAN: Final = 1e4


@dataclass(frozen=True, slots=True)
class Demand:
    """What is to be done, by workload and period: (W, T) unless said otherwise."""

    kind: NDArray[np.object_]
    """online, batch, research, share or multiple, (W,)."""
    output: Floats
    input: Floats
    cached: Floats
    work: Floats
    """Million work tokens, or FLOP."""
    load: Floats
    """(W, K)."""
    sites: Bools
    """Where it may run, (W, S)."""
    cap: Floats
    window: Ints
    passed: Ints
    """Periods of the first window that lie before the plan, (W,)."""
    past: Mapping[str, Floats]
    """What was asked in those: output, input, cached and work, million tokens, (W,) each."""
    served: Floats
    """Million work tokens of that window served before the plan, (W,)."""
    short_price: Floats
    """USD per million tokens or per FLOP; NaN where all must be served, (W,)."""

    @property
    def need(self) -> Floats:
        """Work of online inference by slice needs ``work x share x load``; this is ``work x load``,
        (W, T, K)."""
        return np.asarray(self.work[:, :, None] * self.load[:, None, :], dtype=np.float64)

    def block(self) -> Ints:
        """The window that every period of the plan lies in, (W, T)."""
        periods = np.arange(self.work.shape[1])[None, :]
        number = (periods + self.passed[:, None]) // np.maximum(self.window, 1)[:, None]
        return np.asarray(number, dtype=np.int64)

    def last(self) -> Ints:
        """The last period of that window inside the plan, (W, T)."""
        ends = (self.block() + 1) * self.window[:, None] - self.passed[:, None]
        return np.asarray(np.minimum(ends, self.work.shape[1]) - 1, dtype=np.int64)


def state_demand(facts: Facts) -> Demand:
    """Return what the workloads of the case ask for."""
    table, every, W, T = facts.case["workloads"], facts.case["demand"], len(facts.workload), facts.T
    rows = every[(every["period"] >= 0) & (every["period"] < T)]
    begun = (table["kind"] == "batch") & table["window_start"].notna()
    passed = np.where(begun, -table["window_start"].fillna(0.0), 0.0).astype(np.int64)
    back = facts.codes("workload", every["workload"])
    old = (every["period"] < 0).to_numpy() & (-whole(every, "period") <= np.append(passed, 0)[back])
    past = {}
    for name in ("output", "input", "cached"):
        past[name] = np.zeros(W)
        np.add.at(past[name], back[old], column(every, f"{name}_mtok")[old])
    at = (facts.codes("workload", rows["workload"]), whole(rows, "period"))
    amounts = {}
    for name in ("output_mtok", "input_mtok", "cached_mtok", "flop"):
        amounts[name] = np.zeros((W, T))
        amounts[name][at] = column(rows, name)
    kind = text(table, "kind").copy()
    research = kind == "research"
    kind[research & table["share_of_fleet"].notna().to_numpy()] = "share"
    kind[research & table["multiple_of_milestones"].notna().to_numpy()] = "multiple"
    has_output = (amounts["output_mtok"] > 0).any(axis=1) | (past["output"] > 0)
    tokens = np.where(has_output[:, None], amounts["output_mtok"], amounts["input_mtok"])
    past["work"] = np.where(has_output, past["output"], past["input"])
    load = np.ones((W, facts.K))
    if W and len(facts.case["profiles"]):
        profiles = facts.case["profiles"]
        names = pd.Index(pd.unique(text(profiles, "profile")))
        curve = np.ones((len(names), facts.K))
        curve[
            names.get_indexer(pd.Index(text(profiles, "profile"))),
            facts.codes("slice", profiles["slice"]),
        ] = column(profiles, "load")
        which = names.get_indexer(pd.Index(text(table, "profile")))
        load = np.where((which >= 0)[:, None], curve[np.maximum(which, 0)], 1.0)
    flop_price = column(table, "short_usd_per_1e21_flop") / 1e21
    return Demand(
        kind=kind,
        output=amounts["output_mtok"],
        input=amounts["input_mtok"],
        cached=amounts["cached_mtok"],
        work=np.where(research[:, None], amounts["flop"], tokens),
        load=load,
        sites=belongs(facts, table, "sites", "site"),
        cap=column(table, "utilisation_cap"),
        window=np.where(kind == "batch", column(table, "window_periods"), 1).astype(np.int64),
        passed=passed,
        past=past,
        served=column(table, "served_mtok"),
        short_price=np.where(research, flop_price, column(table, "short_usd_per_mtok")),
    )


def belongs(facts: Facts, frame: pd.DataFrame, name: str, axis: str) -> Bools:
    """Return which names of an axis a column of tuples holds, (rows, names on the axis)."""
    table = np.zeros((len(frame), len(getattr(facts, axis))), bool)
    flat = frame[name].reset_index(drop=True).explode().dropna()
    table[flat.index.to_numpy(dtype=np.int64), facts.codes(axis, flat.to_numpy(dtype=object))] = (
        True
    )
    return table


def training_rate(
    facts: Facts, klass: NDArray[np.object_], chip: Ints
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return FLOP per chip-second, draw (kW), chips at full efficiency (inf: any) and efficiency
    beyond, of n (class, chip) pairs; 0 FLOP without a row."""
    table, chips = facts.case["training"], facts.case["chips"]
    if not len(table) or not len(klass):
        return (
            np.zeros(len(klass)),
            facts.kw_peak[chip],
            np.full(len(klass), np.inf),
            np.ones(len(klass)),
        )
    at = pd.MultiIndex.from_arrays([text(table, "class"), text(table, "chip")]).get_indexer(
        pd.MultiIndex.from_arrays([klass, text(chips, "chip")[chip]])
    )
    has, at = at >= 0, np.maximum(at, 0)
    peaks = np.stack([column(chips, f"peak_tflops_{name}") for name in _PEAKS])
    precision = pd.Index(_PEAKS).get_indexer(pd.Index(text(table, "precision")))[at]
    rate = peaks[precision, chip] * 1e12 * column(table, "mfu")[at] * column(table, "goodput")[at]
    kw = column(table, "kw_active")[at]
    full, beyond = (
        column(table, "chips_at_full_efficiency")[at],
        column(table, "efficiency_beyond")[at],
    )
    limited = has & ~np.isnan(full)
    return (
        np.where(has, rate, 0.0),
        np.where(has & ~np.isnan(kw), kw, facts.kw_peak[chip]),
        np.where(limited, full, np.inf),
        np.where(limited, beyond, 1.0),
    )


def _gain(
    facts: Facts, model: NDArray[np.object_], chip: NDArray[np.object_], period: Ints
) -> Floats:
    """Return software gains: the last row at or before a period, of the chip's own rows where it
    has any, otherwise of ``*``; 1 before."""
    table = facts.case["gains"]
    if not len(table) or not len(model):
        return np.ones(len(model))
    groups = pd.MultiIndex.from_frame(table[["model", "chip"]]).unique()
    own = groups.get_indexer(pd.MultiIndex.from_arrays([model, chip]))
    star = groups.get_indexer(
        pd.MultiIndex.from_arrays([model, np.full(len(model), "*", dtype=object)])
    )
    group = np.where(own >= 0, own, star).astype(np.int64)
    number = groups.get_indexer(pd.MultiIndex.from_frame(table[["model", "chip"]])).astype(np.int64)
    order = np.lexsort((whole(table, "period"), number))
    number, when, values = (
        number[order],
        whole(table, "period")[order],
        column(table, "gain")[order],
    )
    safe = np.maximum(group, 0)
    first, last = (
        np.searchsorted(number, safe, side="left"),
        np.searchsorted(number, safe, side="right") - 1,
    )
    found = lookup(
        (number * _SPAN + when).astype(np.float64),
        values,
        (safe * _SPAN + period).astype(np.float64),
        first,
        last,
        step=True,
    )
    return np.where((group >= 0) & (when[first] <= period), found, 1.0)


def window_mix(demand: Demand, name: str) -> Floats:
    """Return an amount of demand as the sum over the window of every period, (W, T), with what was
    asked of the first one before the plan: the token mix of batch work is its window's."""
    block, amount = demand.block(), getattr(demand, name)
    same = block[:, :, None] == block[:, None, :]
    summed = np.einsum("wts,ws->wt", same.astype(np.float64), amount)
    return np.asarray(summed + (block == 0) * demand.past[name][:, None], dtype=np.float64)


def serving_rate(
    facts: Facts, demand: Demand, w: Ints, chip: Ints, period: Ints
) -> tuple[Floats, Floats]:
    """Return work per chip-second with the utilisation cap, and the draw in kW, of n (workload,
    chip, period) entries.

    Million work tokens: the inverse of ``1e6 x (out/out_rate + in/in_rate + cached/cached_rate) /
    work tokens / (gain x calibration)``; or FLOP for research.  0 where there is no throughput
    (training) row, or no demand to say what a work token contains.
    """
    table, rows = facts.case["workloads"], facts.case["throughput"]
    model, tier, names = (
        text(table, "model")[w],
        text(table, "tier")[w],
        text(facts.case["chips"], "chip")[chip],
    )
    research = np.isin(demand.kind[w], ["research", "share", "multiple"])
    flop, flop_kw, _, _ = training_rate(facts, model, chip)
    rate, kw = np.zeros(len(w)), facts.kw_peak[chip]
    if len(rows) and len(w):
        at = pd.MultiIndex.from_frame(rows[["model", "tier", "chip"]]).get_indexer(
            pd.MultiIndex.from_arrays([model, tier, names])
        )
        has, at = at >= 0, np.maximum(at, 0)
        seconds = np.zeros(len(w))
        for name in ("output", "input", "cached"):
            speed = column(rows, f"{name}_tok_per_s")[at]
            seconds += np.where(
                np.isnan(speed),
                0.0,
                window_mix(demand, name)[w, period] / np.where(np.isnan(speed), 1.0, speed),
            )
        tokens = window_mix(demand, "work")[w, period]
        possible = has & (tokens > 0) & (seconds > 0)
        pace = np.divide(tokens, seconds * 1e6, out=np.zeros(len(w)), where=possible)
        rate = pace * column(rows, "calibration")[at] * _gain(facts, model, names, period)
        active = column(rows, "kw_active")[at]
        kw = np.where(has & ~np.isnan(active), active, kw)
    return np.where(research, flop, rate) * demand.cap[w], np.where(research, flop_kw, kw)
