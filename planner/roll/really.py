"""What really happened: the state of a plan of which some lines were executed otherwise.

A line executed otherwise changes the answer (how many, when they came) and the payments of its
lot; what is counted or measured replaces what follows from the plan.  What is not told went as
planned.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from planner.actuals import Actuals
from planner.case.columns import Floats, Ints, codes, numbers, texts, whole
from planner.model.aging import alive
from planner.model.lots import Lots, describe
from planner.plan.answer import Answer
from planner.plan.leaving import relocations, retirements
from planner.plan.projects import build_ids
from planner.plan.steps import paid_prices
from planner.roll.cell import records
from planner.roll.holdings import LEAST_CHIPS
from planner.roll.ordered import place_really
from planner.roll.settled import ledger_after
from planner.roll.state import State, state_of
from planner.roll.work import windows_began


def state_after(answer: Answer, planned: State, actuals: Actuals) -> State:
    """Return the state that a plan leaves after what really happened.

    Args:
        answer: the solved case, as it was planned.
        planned: what it would have left then (``state_of``).
        actuals: what happened in its first periods.
    """
    state = state_of(_executed(answer, actuals), actuals.by)
    case = answer.formulation.case
    began = windows_began(case, actuals.by).astype(np.float64)
    opened = np.where(np.isnan(planned.served), np.nan, began)
    is_multiple = ~np.isnan(numbers(case["workloads"], "multiple_of_milestones"))
    multiples = np.where(is_multiple, 0.0, np.nan)
    lots, projects = _counted(state.lots, actuals), _delivered(state.projects, actuals)
    trained = _trained(answer, state.milestones, actuals)
    began_at = trained > numbers(case["milestones"], "done_flop")
    ordered = [*texts(projects, "project"), *texts(case["power_orders"], "project")]
    return dataclasses.replace(
        state,
        lots=lots,
        projects=projects,
        milestones=trained,
        # what was planned and not done has opened nothing, and bound no run to its place
        sites=state.sites & np.isin(texts(case["sites"], "site"), texts(lots, "site")),
        opened=state.opened & np.isin(texts(case["power_projects"], "project"), ordered),
        places=state.places.where(np.repeat(began_at[:, None], 2, axis=1), ""),
        research=np.maximum(planned.research + _beyond(answer, actuals, multiples), 0.0),
        served=np.maximum(planned.served + _beyond(answer, actuals, opened), 0.0),
    )


def _executed(answer: Answer, actuals: Actuals) -> Answer:
    """Return the answer with its lines as they were executed, and the payments that follow."""
    f, orders, by = answer.formulation, actuals.orders, actuals.by
    lots, holding = f.lots, f.holding
    lot = codes(describe(f.case, lots)["line"], texts(orders, "line"))
    at = np.flatnonzero(lot >= 0)
    v, told = lot[at], orders.iloc[at]
    x = answer.x.copy()
    planned = x[holding.order[v]]
    x[holding.order[v]] = _or(numbers(told, "chips"), planned)
    moved = _dated(answer, v, told)
    # what stayed of each lot at the end of the passed periods
    last = holding.chains[holding.chains["period"] == by - 1]
    mine, column = (last[name].to_numpy(dtype=np.int64) for name in ("lot", "column"))
    ratio, fresh = np.ones(len(lots)), np.zeros(len(lots), dtype=bool)
    ratio[v] = np.divide(x[holding.order[v]], planned, out=np.ones(len(v)), where=planned > 0)
    fresh[v] = planned <= 0  # bought beside the plan: all of it is still there
    there = alive(f.case, f.index, moved, mine, np.full(len(mine), by - 1))
    x[column] = np.where(fresh[mine], x[holding.order[mine]] * there, x[column] * ratio[mine])
    _leave(answer, moved, actuals, x, dict(zip(mine.tolist(), column.tolist(), strict=True)))
    build = codes(build_ids(answer), texts(orders, "line"))
    mw = numbers(orders, "mw")
    given = (build >= 0) & ~np.isnan(mw)
    x[f.build["column"].to_numpy(dtype=np.int64)[build[given]]] = mw[given]
    place_really(answer, v, x)
    executed = dataclasses.replace(
        f,
        lots=moved,
        ledger=ledger_after(answer, moved, v, x, actuals),
        steps=f.steps[~np.isin(f.steps["lot"], v)],  # their price is told, or on average
    )
    return dataclasses.replace(answer, formulation=executed, x=x)


def _dated(answer: Answer, v: Ints, told: pd.DataFrame) -> Lots:
    """Return the lots with prices and dates as they were executed: what arrives later also leaves
    later, and what was ordered later arrives later, but where its arrival is told."""
    lots = answer.formulation.lots
    ordered = numbers(told, "period")
    ordered = np.where(lots.order_period[v] >= 0, _or(ordered, lots.order_period[v]), lots.paid[v])
    slip = np.where(lots.order_period[v] >= 0, ordered - lots.order_period[v], 0.0)
    arrives = _or(numbers(told, "arrives"), lots.arrives[v] + slip)
    later = np.where(lots.given[v], 0.0, arrives - lots.arrives[v])
    return dataclasses.replace(
        lots,
        price=_put(lots.price, v, _or(numbers(told, "usd_per_chip"), paid_prices(answer)[v])),
        hourly=_put(lots.hourly, v, _or(numbers(told, "usd_per_chip_hour"), lots.hourly[v])),
        deposit=_put(lots.deposit, v, _or(numbers(told, "paid_share"), lots.deposit[v])),
        paid=_put(lots.paid, v, lots.paid[v] + slip),
        order_period=_put(lots.order_period, v, lots.order_period[v] + slip),
        arrives=_put(lots.arrives, v, arrives),
        born=_put(lots.born, v, lots.born[v] + later),
        leaves=_put(lots.leaves, v, lots.leaves[v] + later),
    )


def _leave(
    answer: Answer, lots: Lots, actuals: Actuals, x: Floats, column_of: dict[int, int]
) -> None:
    """Put into ``x`` what was retired or moved otherwise than planned: it is missing, or left, at
    the end of the passed periods.

    Args:
        answer: as planned.
        lots: as executed.
        actuals: what happened.
        x: values of the columns.
        column_of: column of what stays of a lot at the end of the passed periods, by lot.
    """
    f, by = answer.formulation, actuals.by
    gone = pd.concat([retirements(answer), relocations(answer)], ignore_index=True)
    at = codes(gone["line_id"], texts(actuals.orders, "line"))
    chips = numbers(actuals.orders, "chips")
    given = (at >= 0) & ~np.isnan(chips)
    for row, told in zip(at[given], chips[given], strict=True):  # a few lines
        line = gone.iloc[row]
        lot, went = np.array([int(line["lot"])]), np.array([int(line["order_period"])])
        if line["column"] >= 0:
            x[int(line["column"])] = told
        if int(lot[0]) in column_of:
            then, now = (alive(f.case, f.index, lots, lot, t) for t in (went, np.array([by - 1])))
            left = (line["chips"] - told) * (now / then)[0]
            x[column_of[int(lot[0])]] = max(x[column_of[int(lot[0])]] + left, 0.0)


def _counted(lots: pd.DataFrame, actuals: Actuals) -> pd.DataFrame:
    """Return lots with the chips in service that were counted, each with its share of a count that
    is told for several."""
    counted, lots = actuals.fleet, lots.copy()
    here = lots["arrives"] < actuals.by
    for row in records(counted):  # a few counts
        mine = here & (lots["chip"] == row["chip"]) & (lots["site"] == row["site"])
        if not pd.isna(row["in_service"]):
            mine &= lots["in_service"] == row["in_service"]
        planned = lots.loc[mine, "chips"].sum()
        if planned > 0:
            lots.loc[mine, "chips"] *= row["chips"] / planned
    return lots[lots["chips"] > LEAST_CHIPS].reset_index(drop=True)


def _delivered(projects: pd.DataFrame, actuals: Actuals) -> pd.DataFrame:
    """Return the power ordered with prices and dates as they were executed, and what was delivered
    in the last passed period as what is there."""
    projects = projects.copy()
    at = codes(projects["line"], texts(actuals.orders, "line"))
    columns = {"usd_per_mw": "usd_per_chip", "paid_share": "paid_share", "arrives": "arrives"}
    for column, stated in columns.items():
        value = numbers(actuals.orders, stated)
        told = (at >= 0) & ~np.isnan(value)
        projects[column] = _put(projects[column].to_numpy(), at[told], value[told])
    last = actuals.power[actuals.power["period"] == actuals.by - 1]
    for row in records(last[last["project"] != ""]):  # a few projects
        mine = (projects["project"] == row["project"]) & (projects["arrives"] < actuals.by)
        planned = projects.loc[mine, "mw"].sum()
        if planned > 0:
            projects.loc[mine, "mw"] *= row["mw"] / planned
    return projects[projects["mw"] > 0].reset_index(drop=True)


def _trained(answer: Answer, done: Floats, actuals: Actuals) -> Floats:
    """Return the FLOP done of every milestone, with what was really done in the passed periods."""
    f = answer.formulation
    training, place = f.training, f.capacity.period
    planned = np.zeros((len(done), f.index.T))
    np.add.at(
        planned,
        (training.milestone, place[training.place]),
        answer.x[training.column] * training.flop,
    )
    m = codes(f.index.axes["milestone"], texts(actuals.milestones, "milestone"))
    flop = numbers(actuals.milestones, "flop")
    told = ~np.isnan(flop)
    m, t = m[told], whole(actuals.milestones, "period")[told]
    beyond = np.bincount(m, weights=flop[told] - planned[m, t], minlength=len(done))
    return np.clip(done + beyond, 0.0, f.milestones.flop)


def _beyond(answer: Answer, actuals: Actuals, since: Floats) -> Floats:
    """Return how much more than planned every workload was served from a period on, (W,), in its
    own unit.

    Args:
        answer: as planned.
        actuals: what happened.
        since: first period that counts, (W,); NaN where none does.
    """
    f = answer.formulation
    serving, work = answer.serving, actuals.work[actuals.work["served"].notna()]
    planned = np.zeros((len(since), f.index.T))
    period = f.capacity.period[serving["place"].to_numpy(dtype=np.int64)]
    np.add.at(planned, (serving["work"].to_numpy(dtype=np.int64), period), serving["volume"])
    really = planned.copy()
    w, t = codes(f.index.axes["workload"], texts(work, "workload")), whole(work, "period")
    really[w, t] = 0.0  # told for all chips, or chip by chip
    np.add.at(really, (w, t), numbers(work, "served"))
    counts = np.arange(f.index.T)[None, :] >= np.nan_to_num(since, nan=np.inf)[:, None]
    counts &= np.arange(f.index.T)[None, :] < actuals.by
    return np.asarray(((really - planned) * counts).sum(axis=1), dtype=np.float64)


def _or(told: Floats, planned: Floats | Ints) -> Floats:
    """Return what is told, and what was planned where nothing is."""
    return np.where(np.isnan(told), planned, told)


def _put(values: Any, at: Ints, new: Any) -> Any:
    """Return an array of the same type with some entries replaced."""
    changed = np.array(values)
    changed[at] = new
    return changed
