"""Doing: who works on what, what is served and when training finishes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.index import numbers, texts
from planner.model.work import window_sum, windows_of
from planner.plan.answer import CHIP_TOLERANCE, Answer, Floats
from planner.plan.progress import counted


def work_rows(answer: Answer) -> pd.DataFrame:
    """Return all work with integer codes: period, slice, site, chip, work, chips, chip_hours,
    volume, mwh, usd, tonnes.

    Work codes number the workloads, then the milestones; a milestone's tiers are merged, and one
    that cannot be interrupted has a row in every slice.  ``volume`` is Mtok or FLOP.
    """
    f = answer.formulation
    index, capacity, training = f.index, f.capacity, f.training
    K, W = index.K, len(index.axes["workload"])
    used, trained = (
        answer.serving,
        np.flatnonzero(answer.x[training.column]),
    )  # most columns do nothing
    steady = training.slice[trained] < 0
    again = np.where(steady, K, 1)
    run = np.repeat(trained, again)
    every = np.repeat(steady, again)
    # one that cannot be interrupted is in every slice
    run_slice = np.where(
        every, np.arange(len(run)) - np.repeat(np.cumsum(again) - again, again), training.slice[run]
    )
    share = index.share
    place = np.concatenate([used["place"], training.place[run]])
    k = np.concatenate([used["slice"], run_slice])
    running = answer.x[training.column[run]]
    chips = np.concatenate([used["chips"], running])
    volume = np.concatenate(
        [used["volume"], training.flop[run] * np.where(every, share[run_slice], 1.0) * running]
    )
    work = np.concatenate([used["work"], W + training.milestone[run]])
    chip, site, period = capacity.chip[place], capacity.site[place], capacity.period[place]
    kw = np.concatenate([f.work.kw, f.runs.kw])[work, chip] - index.kw_idle[chip]
    hours = index.hours[period] * index.share[k]
    mwh = np.where(index.cloud[site], 0.0, kw * index.pue[site] * chips * hours / 1000.0)
    tonnes = mwh * index.kg_per_mwh[site, period, k] / 1000.0
    usd = mwh * index.usd_per_mwh[site, period, k] + tonnes * f.case.settings.carbon_usd_per_tonne
    frame = pd.DataFrame(
        {
            "period": period,
            "slice": k,
            "site": site,
            "chip": chip,
            "work": work,
            "chips": chips,
            "chip_hours": chips * hours,
            "volume": volume,
            "mwh": mwh,
            "usd": usd,
            "tonnes": tonnes,
        }
    )
    frame = frame.groupby(
        ["period", "slice", "site", "chip", "work"], as_index=False, sort=True
    ).sum()
    return frame[frame["chips"] > CHIP_TOLERANCE].reset_index(drop=True)


def allocation_table(answer: Answer, rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``allocation`` from the coded rows of ``work_rows``."""
    f = answer.formulation
    axes = f.index.axes
    names = np.concatenate([axes["workload"], axes["milestone"]])
    kinds = np.concatenate(
        [
            texts(f.case["workloads"], "kind"),
            np.full(len(axes["milestone"]), "milestone", dtype=object),
        ]
    )
    work = rows["work"].to_numpy()
    kind = kinds[work]
    tokens = np.isin(kind, ["online", "batch"])
    return pd.DataFrame(
        {
            "period": axes["period"][rows["period"]],
            "slice": axes["slice"][rows["slice"]],
            "site": axes["site"][rows["site"]],
            "chip": axes["chip"][rows["chip"]],
            "kind": kind,
            "work": names[work],
            "chips": rows["chips"],
            "chip_hours": rows["chip_hours"],
            "mtok": np.where(tokens, rows["volume"], np.nan),
            "flop": np.where(tokens, np.nan, rows["volume"]),
            "mwh": rows["mwh"],
            "cost_usd": rows["usd"],
        }
    )


def _demand_duals(answer: Answer) -> Floats:
    """Discounted USD per unit of demand, (W, T): load-weighted over slices, batch windows on every
    period of the window."""
    f = answer.formulation
    index, work = f.index, f.work
    dual = np.full((len(work.kind), index.T), np.nan)
    length = windows_of(f.case)
    for block in ("online", "batch", "research", "research_share", "research_multiple"):
        labels = answer.row_labels(block)
        if labels.empty:
            continue
        values = answer.dual[answer.rows[block]]
        w, t = labels["workload"].to_numpy(), labels["period"].to_numpy()
        if block == "online":
            k = labels["slice"].to_numpy()
            values = values * index.share[k] * work.load[w, k]
        sums = np.zeros_like(dual)
        np.add.at(sums, (w, t), values)
        hit = np.zeros(dual.shape, dtype=bool)
        hit[w, t] = True
        dual[hit] = sums[hit]
    # a batch row stands at the last period of its window and holds for all of them
    batch = np.flatnonzero(work.kind == "batch")
    last = (
        np.minimum(
            (np.arange(index.T)[None, :] // length[batch][:, None] + 1) * length[batch][:, None],
            index.T,
        )
        - 1
    )
    dual[batch] = np.take_along_axis(dual[batch], last, axis=1)
    return dual


def coverage_table(answer: Answer, rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return ``demand_coverage`` and the marginal cost of every workload over the plan.

    Args:
        answer: the answer.
        rows: coded rows of ``work_rows``.

    Returns:
        The table, and discounted dual value over discounted demand, USD per Mtok or FLOP, by
        workload.
    """
    f = answer.formulation
    index, work, axes = f.index, f.work, f.index.axes
    W, T = len(work.kind), index.T
    length = windows_of(f.case)
    dual = _demand_duals(answer)
    mine = rows[rows["work"] < W]
    w, t = mine["work"].to_numpy(), mine["period"].to_numpy()
    served = np.zeros((W, T))
    np.add.at(served, (w, t), mine["volume"].to_numpy())
    demand = window_sum(work.demand, length)
    batch = work.kind == "batch"
    served[batch] = window_sum(served, length)[batch]
    # by share and by multiple the demand is what the fleet and the runs call for
    powered = (
        answer.x[f.capacity.powered] * index.availability[f.capacity.chip[f.capacity.powered_place]]
    )
    usable = np.bincount(f.capacity.period[f.capacity.powered_place], weights=powered, minlength=T)
    floor, times = (
        numbers(f.case["workloads"], "share_of_fleet"),
        numbers(f.case["workloads"], "multiple_of_milestones"),
    )
    share_rows, multiple_rows = work.kind == "share", work.kind == "multiple"
    at_work = np.zeros((W, T))
    np.add.at(at_work, (w, t), mine["chips"].to_numpy() * index.share[mine["slice"].to_numpy()])
    demand[share_rows] = floor[share_rows][:, None] * usable
    served[share_rows] = at_work[share_rows]
    trained = np.zeros(T)
    runs = rows[rows["work"] >= W]
    np.add.at(trained, runs["period"].to_numpy(), runs["volume"].to_numpy())
    demand[multiple_rows] = times[multiple_rows][:, None] * np.cumsum(trained)
    served[multiple_rows] = np.cumsum(served[multiple_rows], axis=1)

    short = np.zeros((W, T))
    for block in ("short_online", "short_batch", "short_research"):
        labels = answer.column_labels(block)
        if not labels.empty:
            np.add.at(
                short,
                (labels["workload"].to_numpy(), labels["period"].to_numpy()),
                answer.value(block),
            )
    price = np.where(
        work.kind == "research",
        numbers(f.case["workloads"], "short_usd_per_1e21_flop") / 1e21,
        numbers(f.case["workloads"], "short_usd_per_mtok"),
    )
    last = (np.arange(T)[None, :] + 1) % length[:, None] == 0
    last[:, T - 1] = True
    show_w, show_t = np.nonzero(last & ((demand > 0) | (served > 0)))
    unit = np.select(
        [work.kind == "share", np.isin(work.kind, ["research", "multiple"])],
        ["chips", "FLOP"],
        "Mtok",
    )
    amount, missing = demand[show_w, show_t], short[show_w, show_t]
    value = served[show_w, show_t]
    per_unit = dual[show_w, show_t] / index.mid[show_t]
    # noise of the solver is not a shortage
    missing = np.where(missing > 1e-9 * amount, missing, 0.0)
    table = pd.DataFrame(
        {
            "workload": axes["workload"][show_w],
            "period": axes["period"][show_t],
            "kind": texts(f.case["workloads"], "kind")[show_w],
            "unit": unit[show_w],
            "demand": amount,
            "served": np.where(
                np.isin(work.kind[show_w], ["share", "multiple"]),
                value,
                np.minimum(value, amount - missing),
            ),
            "short": missing,
            "short_usd": missing * np.nan_to_num(price[show_w]),
            "why": np.where(
                missing > 0, "serving it would cost more than the price of not serving", ""
            ),
            "marginal_usd_per_unit": per_unit,
        }
    )
    weights = work.demand * index.mid
    total = weights.sum(axis=1)
    known = np.nan_to_num(dual) * work.demand
    marginal = np.divide(known.sum(axis=1), total, out=np.full(W, np.nan), where=total > 0)
    return table, dict(zip(axes["workload"], marginal, strict=True))


def milestone_table(answer: Answer, rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return ``milestones`` and the marginal cost of every run, USD per FLOP discounted to the
    middle of its deadline's period."""
    f = answer.formulation
    index, runs, axes = f.index, f.runs, f.index.axes
    M, T, W = len(runs.flop), index.T, len(axes["workload"])
    mine = rows[rows["work"] >= W]
    m, t = mine["work"].to_numpy() - W, mine["period"].to_numpy()
    flop, hours = np.zeros((M, T)), np.zeros((M, T))
    np.add.at(flop, (m, t), mine["volume"].to_numpy())
    np.add.at(hours, (m, t), mine["chip_hours"].to_numpy())
    at_once = (
        mine.assign(m=m)
        .groupby(["m", "period", "slice"])["chips"]
        .sum()
        .groupby(level=0)
        .max()
        .reindex(range(M), fill_value=0.0)
        .to_numpy()
    )
    cumulative = counted(f.case, index, runs, flop)
    enough = cumulative >= runs.flop[:, None] * (1.0 - 1e-7)
    finish = np.where(enough.any(axis=1), enough.argmax(axis=1), T)
    works = flop > 0
    begins = np.where(works.any(axis=1), works.argmax(axis=1), T)
    by_deadline = np.minimum(cumulative[np.arange(M), runs.deadline], runs.flop)
    where = (
        mine.assign(m=m)
        .groupby(["m", "chip", "site"])["chip_hours"]
        .sum()
        .reset_index()
        .sort_values(["m", "chip_hours"], ascending=[True, False])
    )
    where["text"] = axes["chip"][where["chip"]] + "@" + axes["site"][where["site"]]
    places = (
        where.groupby("m")["text"]
        .agg(", ".join)
        .reindex(range(M), fill_value="")
        .to_numpy(dtype=object)
    )
    late_cost = np.zeros(M)
    labels = answer.column_labels("late")
    if not labels.empty:
        at = labels["milestone"].to_numpy()
        np.add.at(late_cost, at, (answer.value("late") * (runs.late / runs.flop)[at]))
    dual = np.zeros(M)
    labels = answer.row_labels("milestone")
    if not labels.empty:
        np.add.at(dual, labels["milestone"].to_numpy(), answer.dual[answer.rows["milestone"]])
    table, period = f.case["milestones"], np.append(axes["period"], "")
    missing = runs.flop - by_deadline
    frame = pd.DataFrame(
        {
            "milestone": axes["milestone"],
            "class": texts(table, "class"),
            "flop": runs.flop,
            "start": [_instant(f, value, False) for value in numbers(table, "start")],
            "deadline": [_instant(f, value, True) for value in numbers(table, "deadline")],
            "planned_start": period[begins],
            "planned_finish": period[finish],
            "slack_periods": np.where(finish < T, runs.deadline - finish, np.nan),
            "delivered_flop": by_deadline,
            "late_flop": np.where(missing > 1e-7 * runs.flop, missing, 0.0),
            "late_usd": late_cost,
            "peak_chips": at_once,
            "chip_hours": hours.sum(axis=1),
            "where": places,
            "marginal_usd_per_1e21_flop": dual * 1e21,
        }
    )
    volume = flop @ index.mid
    return frame, dict(
        zip(
            axes["milestone"],
            np.divide(dual * flop.sum(axis=1), volume, out=np.full(M, np.nan), where=volume > 0),
            strict=True,
        )
    )


def _instant(formulation: object, position: float, end: bool) -> str:
    """Write a position in periods as the period it starts or ends, or the period and the share
    elapsed."""
    calendar = formulation.case.calendar  # type: ignore[attr-defined]
    whole = int(np.floor(position))
    if abs(position - whole) < 1e-9:
        return str(calendar.label(whole - 1 if end else whole))
    return f"{calendar.label(whole)}+{100.0 * (position - whole):.0f}%"
