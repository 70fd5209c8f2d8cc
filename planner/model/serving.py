"""Serving: chips at work on online and batch inference and on research, and what they must get done.

::

    online, per period and slice:  sum rate x cap x 3600 hours share use + short >= demand x share x load    row ``online``
    batch, per window:             the same summed over its slices and periods                               row ``batch``
    research by volume, period:    sum flops x cap x 3600 hours share use + short >= flop                    row ``research``
    research by share, period:     sum share use >= share_of_fleet x sum availability powered               row ``research_share``
    research by multiple, period:  done = done before + FLOP of the period                                  row ``research_done``
                                   done >= multiple x sum of milestones' done                               row ``research_multiple``

The dual of a demand row is the marginal cost of serving (USD per million tokens, or per FLOP).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case.case import Case
from planner.lp.program import ProgramBuilder
from planner.model.capacity import Capacity
from planner.model.holding import CHIPS
from planner.model.index import Bools, Codes, Floats, Index, Ints, codes, members, numbers, texts, whole
from planner.model.ledger import LedgerBuilder

SECONDS = 3600.0
MTOK = 1e6


@dataclass(frozen=True, slots=True)
class Work:
    """What a chip gets done on each workload, and how much there is to do; (W, C, T) unless said otherwise."""

    rate: Floats
    """Work per chip-second, utilisation cap included: million work tokens for inference, FLOP for research; 0 = cannot."""
    kw: Floats
    """IT draw of a chip at work, (W, C)."""
    demand: Floats
    """Work per period, (W, T): million work tokens or FLOP; 0 for research by share or multiple."""
    load: Floats
    """Load over mean by slice, (W, K)."""
    allowed: Bools
    """Where it may run, (W, S)."""
    kind: NDArray[np.object_]
    """online, batch, research, share or multiple, (W,)."""
    eligible: Bools
    """May run: site allowed, rate above 0, no rule against it, (W, C, S, T)."""


def _rows_of(frame: pd.DataFrame, columns: Sequence[str], wanted: Sequence[tuple[str, ...]], index: Index) -> Ints:
    """Return the row of a table for every wanted key of some columns and every chip, (len(wanted), C); -1 where it has none."""
    number = {key: i for i, key in enumerate(dict.fromkeys(wanted))}
    key = np.array([number.get(key, -1) for key in zip(*(texts(frame, column) for column in columns), strict=True)], dtype=np.int64)
    row = np.full((len(number), len(index.kw_peak)), -1)
    row[key[key >= 0], index.code("chip", texts(frame, "chip"))[key >= 0]] = np.flatnonzero(key >= 0)
    return row[np.array([number[key] for key in wanted], dtype=np.int64)]


def flop_rate(case: Case, index: Index, classes: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return FLOP per chip-second and the draw in kW of training classes on every chip, both (len(classes), C).

    ``peak of the stated precision x mfu x goodput``; 0 where a class has no row for a chip.
    """
    training, chips = case["training"], case["chips"]
    rate, kw = np.zeros((len(classes), len(chips))), np.broadcast_to(index.kw_peak, (len(classes), len(chips))).copy()
    at = _rows_of(training, ("class",), [(name,) for name in classes], index)
    has = at >= 0
    found = at[has]
    precision = texts(training, "precision")[found]
    peaks = np.stack([numbers(chips, f"peak_tflops_{p}") for p in ("bf16", "fp8", "fp4")])
    peak = peaks[codes(np.array(["bf16", "fp8", "fp4"], dtype=object), precision), np.nonzero(has)[1]]
    if np.isnan(peak).any():
        raise ValueError("a training row uses a precision at which its chip has no peak")
    rate[has] = peak * 1e12 * numbers(training, "mfu")[found] * numbers(training, "goodput")[found]
    active = numbers(training, "kw_active")[found]
    kw[has] = np.where(np.isnan(active), kw[has], active)
    return rate, kw


def _gains(case: Case, index: Index, models: NDArray[np.object_]) -> Floats:
    """Return the software gain (len(models), C, T): the last row at or before a period, a chip's own rows before ``*``."""
    frame, C, T = case["gains"], len(index.kw_peak), index.T
    gain = np.ones((len(models), C, T))
    # a loop over model-chip pairs that have gains; their rows are set by whole slices of time
    for star in (True, False):
        part = frame[(texts(frame, "chip") == "*") == star]
        for (model, chip), rows in part.groupby(["model", "chip"], sort=True):
            mine = np.flatnonzero(models == model)
            if not len(mine):
                continue
            series = rows.sort_values("period")
            at = np.searchsorted(whole(series, "period"), np.arange(T), side="right") - 1
            held = np.where(at >= 0, numbers(series, "gain")[np.maximum(at, 0)], 1.0)
            where = np.arange(C) if star else index.code("chip", [chip])
            gain[np.ix_(mine, where)] = held
    return gain


def _token_rate(case: Case, index: Index, volume: dict[str, Floats], work_tokens: Floats) -> tuple[Floats, Floats]:
    """Return million work tokens per chip-second (W, C, T) before the utilisation cap, and the draw (W, C).

    Seconds per million work tokens: ``1e6 x (out/out_rate + in/in_rate + cached/cached_rate) / work tokens``; a blank
    input or cached rate is contained in the output figure.
    """
    workloads, table = case["workloads"], case["throughput"]
    W, C = len(workloads), len(index.kw_peak)
    at = _rows_of(table, ("model", "tier"), list(zip(texts(workloads, "model"), texts(workloads, "tier"), strict=True)), index)
    at[texts(workloads, "kind") == "research"] = -1
    has = at >= 0
    found = np.maximum(at, 0)
    kw = np.broadcast_to(index.kw_peak, (W, C)).copy()
    rate = np.zeros((W, C, index.T))
    if not len(table):
        return rate, kw
    active = numbers(table, "kw_active")[found]
    kw = np.where(has & ~np.isnan(active), active, kw)
    seconds = np.zeros((W, C, index.T))
    stated = np.zeros((W, C), dtype=bool)
    for part, column in (("output_mtok", "output_tok_per_s"), ("input_mtok", "input_tok_per_s"), ("cached_mtok", "cached_tok_per_s")):
        speed = numbers(table, column)[found]
        known = has & ~np.isnan(speed)
        stated |= known
        seconds += np.where(known, 1.0 / np.where(known, speed, 1.0), 0.0)[:, :, None] * volume[part][:, None, :]
    seconds *= MTOK
    scale = numbers(table, "calibration")[found][:, :, None] * _gains(case, index, texts(workloads, "model"))
    possible = (seconds > 0) & (work_tokens > 0)[:, None, :] & (has & stated)[:, :, None]
    np.divide(np.broadcast_to(work_tokens[:, None, :], seconds.shape) * scale, seconds, out=rate, where=possible)
    return rate, kw


def windows_of(case: Case) -> Ints:
    """Return the window of each workload in periods, (W,): ``window_periods`` for batch work, 1 for all other."""
    workloads = case["workloads"]
    return np.where(texts(workloads, "kind") == "batch", whole(workloads, "window_periods"), 1)


def window_sum(amount: Floats, length: Ints) -> Floats:
    """Return, for every period, the sum of ``amount`` (W, T) over the window it lies in; windows are counted from period 0."""
    block = np.arange(amount.shape[1])[None, :] // length[:, None]
    totals = np.zeros_like(amount)
    np.add.at(totals, (np.arange(len(amount))[:, None], block), amount)
    return np.take_along_axis(totals, block, axis=1)


def list_work(case: Case, index: Index) -> Work:
    """Return what there is to do and how fast each chip does it.

    Args:
        case: the case.
        index: its index.

    Returns:
        Rates, draws, demands, loads and eligibility of all workloads.
    """
    workloads, demand = case["workloads"], case["demand"]
    W, T = len(workloads), index.T
    volume = {}
    where = (index.code("workload", texts(demand, "workload")), whole(demand, "period"))
    for column in ("output_mtok", "input_mtok", "cached_mtok", "flop"):
        volume[column] = np.zeros((W, T))
        volume[column][where] = numbers(demand, column)
    # the work token: output where the workload has any, otherwise input
    counts_output = volume["output_mtok"].any(axis=1, keepdims=True)
    tokens = np.where(counts_output, volume["output_mtok"], volume["input_mtok"])
    kind = texts(workloads, "kind").copy()
    research = kind == "research"
    kind[research & ~np.isnan(numbers(workloads, "share_of_fleet"))] = "share"
    kind[research & ~np.isnan(numbers(workloads, "multiple_of_milestones"))] = "multiple"
    length = windows_of(case)
    mix = {column: window_sum(volume[column], length) for column in ("output_mtok", "input_mtok", "cached_mtok")}
    rate, kw = _token_rate(case, index, mix, np.where(counts_output, mix["output_mtok"], mix["input_mtok"]))
    flops, flops_kw = flop_rate(case, index, texts(workloads, "model"))
    rate = np.where(research[:, None, None], flops[:, :, None], rate) * numbers(workloads, "utilisation_cap")[:, None, None]
    load = np.ones((W, index.K))
    profile = texts(workloads, "profile")
    table = case["profiles"]
    names = np.array(sorted(set(texts(table, "profile"))), dtype=object)
    if len(names):
        loads = np.ones((len(names), index.K))
        loads[codes(names, texts(table, "profile")), index.code("slice", texts(table, "slice"))] = numbers(table, "load")
        shaped = profile != ""
        load[shaped] = loads[codes(names, profile[shaped])]
    allowed = members(index.axes["site"], texts(workloads, "sites"))
    eligible = (rate > 0)[:, :, None, :] & allowed[:, None, :, None] & ~index.work_forbidden
    return Work(rate, np.where(research[:, None], flops_kw, kw), np.where(research[:, None], volume["flop"], tokens), load, allowed, kind, eligible)


@dataclass(frozen=True, slots=True)
class Serving:
    """The columns ``use``: place, workload and slice of each; and the demand rows by their labels."""

    column: Ints
    work: Codes
    place: Codes
    slice: Codes
    done: Floats
    """Work per chip in the column: Mtok or FLOP in the slice of the period."""


def add_use(builder: ProgramBuilder, index: Index, capacity: Capacity, work: Work, window: Ints) -> Serving:
    """Add the columns ``use``: every workload on every place and slice where it can do something.

    Args:
        builder: the program being built.
        index: the index.
        capacity: the places.
        work: the workloads.
        window: batch window length of each workload in periods, (W,).

    Returns:
        The columns with their codes.
    """
    chip, site, period = (codes.astype(np.int32) for codes in (capacity.chip, capacity.site, capacity.period))  # half the memory of millions of labels
    volume = np.isin(work.kind, ["online", "batch", "research"])
    # inference and research by volume have work only where there is demand: in the slice, or in the batch window
    due = window_sum(work.demand, window)
    wanted = np.where(volume[:, None], due > 0, True)
    can = work.eligible[:, chip, site, period] & wanted[:, period]
    w, p = (found.astype(np.int32) for found in np.nonzero(can))
    del can
    w, p, k = np.repeat(w, index.K), np.repeat(p, index.K), np.tile(np.arange(index.K, dtype=np.int32), len(w))
    busy = ((work.kind != "online")[:, None] | (work.load > 0))[w, k]
    if not busy.all():
        w, p, k = w[busy], p[busy], k[busy]
    online = (work.kind == "online")[w]
    t = period[p]
    done = (work.rate * (SECONDS * index.hours))[w, chip[p], t]
    done *= index.share[k]
    # no more chips than all of the demand would keep busy
    upper = np.where(online, (work.demand[:, :, None] * (index.share * work.load)[:, None, :])[w, t, k], due[w, t])
    upper /= done
    upper[~volume[w]] = np.inf
    np.minimum(upper, capacity.upper[p], out=upper)
    labels = {"chip": chip[p], "site": site[p], "workload": w, "period": t, "slice": k}
    column = builder.columns("use", labels, 0.0, upper, scale=CHIPS)
    builder.entries(capacity.chip_time[p, k], column, 1.0)
    return Serving(column, w, p, k, done)


def _reference(group: Ints, amount: Floats, otherwise: Floats) -> Floats:
    """Scale of demand rows: what is asked, but between the work of one and of a thousand of the fastest chips.

    Entries so stay between about 1 and 1,000, and the solver's tolerance is small beside a small demand too.  A row that no chip can
    serve keeps its own size.
    """
    largest = np.zeros(len(otherwise))
    np.maximum.at(largest, group, amount)
    return np.where(largest > 0, np.clip(otherwise, largest, largest * CHIPS), otherwise)


def add_demand(builder: ProgramBuilder, ledger: LedgerBuilder, case: Case, index: Index, work: Work, serving: Serving, capacity: Capacity, window: Ints) -> None:
    """Add the rows ``online``, ``batch`` and ``research`` with their columns ``short``."""
    workloads = case["workloads"]
    flop_price = numbers(workloads, "short_usd_per_1e21_flop") / 1e21
    price = np.where(work.kind == "research", flop_price, numbers(workloads, "short_usd_per_mtok"))
    t = capacity.period[serving.place]
    T, K = index.T, index.K
    w, k = serving.work, serving.slice
    for kind, name in (("online", "online"), ("batch", "batch"), ("research", "research")):
        mine = work.kind == kind
        length = window if kind == "batch" else np.ones_like(window)
        parts = K if kind == "online" else 1
        amount = np.zeros((len(mine), T, parts))
        period = np.broadcast_to(np.arange(T), (len(mine), T))
        share = index.share * work.load if kind == "online" else np.ones((len(mine), 1))
        np.add.at(amount, (np.arange(len(mine))[:, None], period // length[:, None]), work.demand[:, :, None] * share[:, None, :])
        row_w, row_block, row_k = np.nonzero((amount > 0) & mine[:, None, None])
        last = np.minimum((row_block + 1) * length[row_w], T) - 1
        number = np.full(amount.shape, -1, dtype=np.int64)
        number[row_w, row_block, row_k] = np.arange(len(row_w))
        use = np.flatnonzero(mine[w])
        row_of = number[w[use], t[use] // length[w[use]], k[use] if kind == "online" else 0]
        scale = _reference(row_of, serving.done[use], amount[row_w, row_block, row_k])
        labels = {"workload": row_w, "period": last} | ({"slice": row_k} if kind == "online" else {})
        rows = builder.rows(name, labels, amount[row_w, row_block, row_k], np.inf, scale=scale)
        builder.entries(rows[row_of], serving.column[use], serving.done[use])
        soft = ~np.isnan(price[row_w])
        most = amount[row_w, row_block, row_k][soft]
        short = builder.columns(f"short_{name}", {key: code[soft] for key, code in labels.items()}, 0.0, most, scale=scale[soft])
        builder.entries(rows[soft], short, 1.0)
        ledger.add("short", "none", short, last[soft], price[row_w][soft], when="mid")


def add_research_floors(builder: ProgramBuilder, case: Case, index: Index, work: Work, serving: Serving, capacity: Capacity, milestones_done: pd.DataFrame) -> None:
    """Add research as a share of the fleet or a multiple of the milestones.

    Args:
        builder: the program being built.
        case: the case.
        index: its index.
        work: the workloads.
        serving: the columns ``use``.
        capacity: the places.
        milestones_done: cumulative FLOP of each milestone by period: columns period, column.
    """
    workloads, T = case["workloads"], index.T
    t = capacity.period[serving.place]
    share = np.flatnonzero(work.kind == "share")
    w, period = (axis.ravel() for axis in np.meshgrid(share, np.arange(T), indexing="ij"))
    rows = builder.rows("research_share", {"workload": w, "period": period}, 0.0, np.inf, scale=CHIPS)
    number = np.full((len(work.kind), T), -1, dtype=np.int64)
    number[w, period] = rows
    use = np.flatnonzero(work.kind[serving.work] == "share")
    builder.entries(number[serving.work[use], t[use]], serving.column[use], index.share[serving.slice[use]])
    floor = numbers(workloads, "share_of_fleet")
    powered_t = capacity.period[capacity.powered_place]
    fleet = index.availability[capacity.chip[capacity.powered_place]]
    builder.entries(number[share][:, powered_t].ravel(), np.tile(capacity.powered, len(share)), -(floor[share][:, None] * fleet[None, :]).ravel())

    multiple = np.flatnonzero(work.kind == "multiple")
    w, period = (axis.ravel() for axis in np.meshgrid(multiple, np.arange(T), indexing="ij"))
    use = np.flatnonzero(work.kind[serving.work] == "multiple")
    most = np.zeros((len(work.kind), T))
    np.add.at(most, (serving.work[use], t[use]), serving.done[use] * capacity.upper[serving.place[use]])
    scale = CHIPS * float(serving.done[use].max()) if len(use) else max(float(numbers(case["milestones"], "flop").max(initial=0.0)), 1.0)
    done = builder.columns("research_done", {"workload": w, "period": period}, 0.0, np.cumsum(most, axis=1)[w, period], scale=scale)
    flow = builder.rows("research_flow", {"workload": w, "period": period}, 0.0, 0.0, scale=scale)
    number[w, period] = flow
    builder.entries(number[serving.work[use], t[use]], serving.column[use], serving.done[use])
    builder.entries(flow, done, -1.0)
    later = period > 0
    builder.entries(flow[later], done[np.flatnonzero(later) - 1], 1.0)
    floor_rows = builder.rows("research_multiple", {"workload": w, "period": period}, 0.0, np.inf, scale=scale)
    builder.entries(floor_rows, done, 1.0)
    number[w, period] = floor_rows
    times = numbers(workloads, "multiple_of_milestones")
    at, column = milestones_done["period"].to_numpy(dtype=np.int64), milestones_done["column"].to_numpy(dtype=np.int64)
    builder.entries(number[multiple][:, at].ravel(), np.tile(column, len(multiple)), -np.repeat(times[multiple], len(at)))
