"""Policies: what each measured, its bound and what it costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.model.budgets import periods_of
from planner.model.ledger import SPEND_TERMS
from planner.model.policy import AMOUNTS, SIDES, in_scope, used_before
from planner.plan.answer import Answer, Floats
from planner.plan.tables.limits import LIMITS


def policy_table(answer: Answer) -> pd.DataFrame:
    """Return ``limits``: every policy row with its value, total, bound, overrun and worth."""
    f = answer.formulation
    index = f.index
    table, labels = f.case["limits"], answer.row_labels("policy")
    if labels.empty:
        return pd.DataFrame(columns=[column.name for column in LIMITS.columns])
    over = np.zeros(len(labels))
    soft = answer.column_labels("over_policy")
    if not soft.empty:
        keys = ["limit", "period", "side"]
        position = pd.Series(np.arange(len(labels)), index=pd.MultiIndex.from_frame(labels[keys]))
        over[position.reindex(pd.MultiIndex.from_frame(soft[keys])).to_numpy(dtype=np.int64)] = (
            answer.value("over_policy")
        )
    amounts = measured(answer)
    number, last, side = (labels[name].to_numpy() for name in ("limit", "period", "side"))
    names, windows = texts(table, "limit"), texts(table, "period")
    value, total = np.zeros(len(labels)), np.zeros(len(labels))
    used, used_all = used_before(f.case)
    scopes, members, measures = (
        texts(table, "scope"),
        texts(table, "member"),
        texts(table, "measure"),
    )
    for i in range(len(labels)):  # one row per policy, side and window
        site_in, chip_in = in_scope(f.case, scopes[number[i]], members[number[i]])
        cube = amounts[measures[number[i]]]
        window = (
            periods_of(f.case, index, windows[number[i]])
            if measures[number[i]] in ("spend", "carbon")
            else np.arange(index.T) == last[i]
        )
        total[i] = cube[:, :, window].sum() + used_all[number[i]]
        value[i] = cube[np.ix_(site_in, chip_in, window)].sum() + used[number[i]]
    kinds = np.array(SIDES, dtype=object)[side]
    shares = np.select(
        [kinds == "min_share", kinds == "max_share"],
        [numbers(table, "min_share")[number], numbers(table, "max_share")[number]],
        0.0,
    )
    summed = np.isin(measures[number], ["spend", "carbon"])
    worth = np.abs(answer.dual[answer.rows["policy"]])
    return pd.DataFrame(
        {
            "limit": names[number],
            "period": np.where(summed, windows[number], index.axes["period"][last]),
            "measure": measures[number],
            "side": kinds,
            "value": value,
            "total": total,
            "used": used[number] if used.any() else np.full(len(labels), np.nan),
            "used_total": used_all[number] if used_all.any() else np.full(len(labels), np.nan),
            "bound": np.select(
                [kinds == side for side in AMOUNTS],
                [numbers(table, side)[number] for side in AMOUNTS],
                shares * total,
            ),
            "over": over,
            "worth_usd_per_unit": worth,
        }
    )


def measured(answer: Answer) -> dict[str, Floats]:
    """Return every measure of a policy by site, chip and period, (S, C, T): spend USD, chips, power
    MW, carbon tonnes."""
    f = answer.formulation
    index, capacity, holding, ledger, draw = f.index, f.capacity, f.holding, f.ledger, f.draw
    shape = (len(index.pue), len(index.kw_peak), index.T)
    result = {name: np.zeros(shape) for name in ("spend", "chips", "power", "carbon")}
    spend = ledger.of(SPEND_TERMS)
    np.add.at(
        result["spend"],
        (ledger.site[spend], ledger.chip[spend], ledger.period[spend]),
        ledger.nominal[spend] * answer.x[ledger.column[spend]],
    )
    np.add.at(
        result["chips"],
        (holding.site, holding.chip, holding.period),
        holding.coefficient * answer.x[holding.column],
    )
    r, p = capacity.rented_place, capacity.powered_place
    np.add.at(
        result["chips"],
        (capacity.site[r], capacity.chip[r], capacity.period[r]),
        answer.x[capacity.rented] * index.share[capacity.rented_slice],
    )
    np.add.at(
        result["power"],
        (capacity.site[p], capacity.chip[p], capacity.period[p]),
        answer.x[capacity.powered] * index.kw_peak[capacity.chip[p]] / 1000.0,
    )
    np.add.at(
        result["carbon"], (draw.site, draw.chip, draw.period), draw.tonnes * answer.x[draw.column]
    )
    return result
