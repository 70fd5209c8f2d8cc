"""Work: what there is to serve and to find out, and how fast each chip does it.

::

    seconds of a chip per million work tokens
        = 1e6 x (out/out_rate + in/in_rate + cached/cached_rate)
          / work tokens / (gain x calibration)
    FLOP per chip-second of research
        = peak of the stated precision x mfu x goodput
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case.batches import before_plan, rows_before, windows_of
from planner.case.case import Case
from planner.case.columns import numbers, texts, whole
from planner.model.index import Bools, Floats, Index, Ints, codes, members

SECONDS = 3600.0
MTOK = 1e6


@dataclass(frozen=True, slots=True)
class Work:
    """What a chip gets done on each workload, and how much there is to do; (W, C, T) unless said
    otherwise."""

    rate: Floats
    """Work per chip-second, utilisation cap included: million work tokens for inference, FLOP for
    research; 0 = cannot."""
    kw: Floats
    """IT draw of a chip at work, (W, C)."""
    replica: Floats
    """Chips that serve one copy of a model together, (W, C); 1 where nothing is said of it."""
    demand: Floats
    """Work per period, (W, T): million work tokens or FLOP; 0 for research by share or multiple."""
    before: Floats
    """Of a batch window that began before the plan: what was asked of it until then less what was
    served, million work tokens, (W,); below 0 where it was served ahead."""
    load: Floats
    """Load over mean by slice, (W, K)."""
    allowed: Bools
    """Where it may run, (W, S)."""
    kind: NDArray[np.object_]
    """online, batch, research, share or multiple, (W,)."""
    eligible: Bools
    """May run: site allowed, rate above 0, no rule against it, (W, C, S, T)."""
    mix: tuple[Floats, Floats, Floats]
    """Output, input and cached tokens asked for, million, summed over the window of a period, (W,
    T) each."""
    tokens: Floats
    """Work tokens in them, million, (W, T)."""


def _rows_of(
    frame: pd.DataFrame, columns: Sequence[str], wanted: Sequence[tuple[str, ...]], index: Index
) -> Ints:
    """Return the row of a table for every wanted key of some columns and every chip, (len(wanted),
    C); -1 where it has none."""
    number = {key: i for i, key in enumerate(dict.fromkeys(wanted))}
    key = np.array(
        [
            number.get(key, -1)
            for key in zip(*(texts(frame, column) for column in columns), strict=True)
        ],
        dtype=np.int64,
    )
    row = np.full((len(number), len(index.kw_peak)), -1)
    row[key[key >= 0], index.code("chip", texts(frame, "chip"))[key >= 0]] = np.flatnonzero(
        key >= 0
    )
    return row[np.array([number[key] for key in wanted], dtype=np.int64)]


def flop_rate(case: Case, index: Index, classes: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return FLOP per chip-second and the draw in kW of training classes on every chip, both
    (classes, C).

    ``peak of the stated precision x mfu x goodput``; 0 where a class has no row for a chip.
    """
    training, chips = case["training"], case["chips"]
    rate, kw = (
        np.zeros((len(classes), len(chips))),
        np.broadcast_to(index.kw_peak, (len(classes), len(chips))).copy(),
    )
    at = _rows_of(training, ("class",), [(name,) for name in classes], index)
    has = at >= 0
    found = at[has]
    precision = texts(training, "precision")[found]
    peaks = np.stack([numbers(chips, f"peak_tflops_{p}") for p in ("bf16", "fp8", "fp4")])
    peak = peaks[
        codes(np.array(["bf16", "fp8", "fp4"], dtype=object), precision), np.nonzero(has)[1]
    ]
    if np.isnan(peak).any():
        raise ValueError("a training row uses a precision at which its chip has no peak")
    rate[has] = peak * 1e12 * numbers(training, "mfu")[found] * numbers(training, "goodput")[found]
    active = numbers(training, "kw_active")[found]
    kw[has] = np.where(np.isnan(active), kw[has], active)
    return rate, kw


def _gains(case: Case, index: Index, models: NDArray[np.object_]) -> Floats:
    """Return the software gain (len(models), C, T): the last row at or before a period, a chip's
    own rows before ``*``."""
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


def _token_rate(
    case: Case, index: Index, volume: dict[str, Floats], work_tokens: Floats
) -> tuple[Floats, Floats]:
    """Return million work tokens per chip-second (W, C, T) before the utilisation cap, and the draw
    (W, C).

    Seconds per million work tokens: ``1e6 x (out/out_rate + in/in_rate + cached/cached_rate) / work
    tokens``; a blank input or cached rate is contained in the output figure.
    """
    workloads, table = case["workloads"], case["throughput"]
    W, C = len(workloads), len(index.kw_peak)
    at = _rows_of(
        table,
        ("model", "tier"),
        list(zip(texts(workloads, "model"), texts(workloads, "tier"), strict=True)),
        index,
    )
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
    for part, column in (
        ("output_mtok", "output_tok_per_s"),
        ("input_mtok", "input_tok_per_s"),
        ("cached_mtok", "cached_tok_per_s"),
    ):
        speed = numbers(table, column)[found]
        known = has & ~np.isnan(speed)
        stated |= known
        seconds += (
            np.where(known, 1.0 / np.where(known, speed, 1.0), 0.0)[:, :, None]
            * volume[part][:, None, :]
        )
    seconds *= MTOK
    scale = numbers(table, "calibration")[found][:, :, None] * _gains(
        case, index, texts(workloads, "model")
    )
    possible = (seconds > 0) & (work_tokens > 0)[:, None, :] & (has & stated)[:, :, None]
    np.divide(
        np.broadcast_to(work_tokens[:, None, :], seconds.shape) * scale,
        seconds,
        out=rate,
        where=possible,
    )
    return rate, kw


def _replicas(case: Case, index: Index) -> Floats:
    """Return the chips of a replica of every workload on every chip, (W, C)."""
    workloads, table = case["workloads"], case["throughput"]
    names = list(zip(texts(workloads, "model"), texts(workloads, "tier"), strict=True))
    at = _rows_of(table, ("model", "tier"), names, index)
    at[texts(workloads, "kind") == "research"] = -1
    size = np.append(numbers(table, "chips_per_replica"), 1.0)
    return size[at]


def load_may_pay(case: Case, index: Index) -> bool:
    """Return whether a plan might gain by work that nobody asks for: where energy has a negative
    price, or a share of all carbon is limited (at least or at most: more of all the carbon leaves
    room for more of a part)."""
    limits = case["limits"]
    shares = (numbers(limits, "min_share") > 0) | (numbers(limits, "max_share") < 1)
    quota = (texts(limits, "measure") == "carbon") & shares
    return bool((index.usd_per_mwh < 0).any() or quota.any())


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
    volume, past = {}, {}
    inside = ~rows_before(case)[0]
    where = (
        index.code("workload", texts(demand, "workload")[inside]),
        whole(demand, "period")[inside],
    )
    for column in ("output_mtok", "input_mtok", "cached_mtok", "flop"):
        volume[column] = np.zeros((W, T))
        volume[column][where] = numbers(demand, column)[inside]
        past[column] = before_plan(case, column)
    # the work token: output where the workload has any, otherwise input
    counts_output = volume["output_mtok"].any(axis=1) | (past["output_mtok"] > 0)
    tokens, before = (
        np.where(counts_output, amount["output_mtok"].T, amount["input_mtok"].T).T
        for amount in (volume, past)
    )
    kind = texts(workloads, "kind").copy()
    research = kind == "research"
    kind[research & ~np.isnan(numbers(workloads, "share_of_fleet"))] = "share"
    kind[research & ~np.isnan(numbers(workloads, "multiple_of_milestones"))] = "multiple"
    windows = windows_of(case)
    mix = {
        column: windows.sums(volume[column], past[column])
        for column in ("output_mtok", "input_mtok", "cached_mtok")
    }
    mixed = windows.sums(tokens, before)
    rate, kw = _token_rate(case, index, mix, mixed)
    flops, flops_kw = flop_rate(case, index, texts(workloads, "model"))
    rate = (
        np.where(research[:, None, None], flops[:, :, None], rate)
        * numbers(workloads, "utilisation_cap")[:, None, None]
    )
    load = np.ones((W, index.K))
    profile = texts(workloads, "profile")
    table = case["profiles"]
    names = np.array(sorted(set(texts(table, "profile"))), dtype=object)
    if len(names):
        loads = np.ones((len(names), index.K))
        loads[codes(names, texts(table, "profile")), index.code("slice", texts(table, "slice"))] = (
            numbers(table, "load")
        )
        shaped = profile != ""
        load[shaped] = loads[codes(names, profile[shaped])]
    allowed = members(index.axes["site"], texts(workloads, "sites"))
    eligible = (rate > 0)[:, :, None, :] & allowed[:, None, :, None] & ~index.work_forbidden
    return Work(
        rate,
        np.where(research[:, None], flops_kw, kw),
        _replicas(case, index),
        np.where(research[:, None], volume["flop"], tokens),
        before - numbers(workloads, "served_mtok"),
        load,
        allowed,
        kind,
        eligible,
        (mix["output_mtok"], mix["input_mtok"], mix["cached_mtok"]),
        mixed,
    )
