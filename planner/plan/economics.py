"""``economics``: what a million tokens costs and earns, by workload and by model."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.plan.answer import Answer
from planner.plan.tables.economics import ECONOMICS

HOURS: Final = 8760
"""Of a year of work."""
_SUMS: Final = ["mtok", "chip_hours", "peak_mwh", "capital_usd", "cost_usd", "cash_usd"]


def economics_table(
    answer: Answer, allocation: pd.DataFrame, showback: pd.DataFrame, unit_costs: pd.DataFrame
) -> pd.DataFrame:
    """Return ``economics``.

    Args:
        answer: the answer.
        allocation: ``allocation``, with what is called from providers.
        showback: ``showback``.
        unit_costs: ``unit_costs``, for marginal and levelised cost.

    Returns:
        The table: a row for every workload that serves tokens, and for every model.
    """
    f = answer.formulation
    table, mid = f.case["workloads"], pd.Series(f.index.mid, index=f.index.axes["period"])
    table = table[texts(table, "kind") != "research"]
    names = texts(table, "workload")
    served = showback[showback["kind"].isin(["online", "batch"])]
    sums = served.groupby("work")[_SUMS].sum().reindex(names).fillna(0.0)
    weight = allocation["mtok"] * allocation["period"].map(mid).astype(float)
    discounted = weight.groupby(allocation["work"]).sum().reindex(names).fillna(0.0)
    unit = unit_costs[unit_costs["kind"] == "workload"].set_index("name").reindex(names)
    work = pd.DataFrame(
        {
            "name": names,
            "model": texts(table, "model"),
            **{name: sums[name].to_numpy() for name in _SUMS},
            "earned": numbers(table, "usd_per_mtok") * sums["mtok"].to_numpy(),
            "price": numbers(table, "usd_per_mtok"),
            "discounted": discounted.to_numpy(),
            "marginal": unit["marginal_usd"].to_numpy(),
            "full": unit["cost_usd"].to_numpy(),
        }
    )
    work["marginal"] = work["marginal"] * work["discounted"]
    models = _models(answer, work, showback)
    frame = pd.concat([work.assign(kind="workload"), models], ignore_index=True)
    return _told(frame)


def _models(answer: Answer, work: pd.DataFrame, showback: pd.DataFrame) -> pd.DataFrame:
    """Return sums by model: of the workloads that serve it, of the milestones that train it, and
    its part of research."""
    milestones = answer.formulation.case["milestones"]
    sums = work.drop(columns=["name", "price"])
    # a workload without a price leaves its model without one
    models = sums.groupby("model").sum(min_count=1).reset_index()
    blank = work[work["price"].isna() & (work["mtok"] > 0)]["model"]
    models["earned"] = models["earned"].where(~models["model"].isin(blank))
    models["price"] = models["earned"] / models["mtok"].where(models["mtok"] > 0)
    cost = showback.groupby(["kind", "work"])["cost_usd"].sum()
    of = pd.Series(texts(milestones, "model"), index=texts(milestones, "milestone"), dtype=object)
    if not (of != "").any():
        return models.assign(kind="model", name=models["model"])
    runs = cost.xs("milestone") if "milestone" in cost.index.get_level_values(0) else cost[:0]
    trained = runs.groupby(of.reindex(runs.index)).sum() if len(runs) else pd.Series(dtype=float)
    training = models["model"].map(trained).astype(float).fillna(0.0)
    research = float(showback.loc[showback["kind"] == "research", "cost_usd"].sum())
    whole = float(training.sum())
    return models.assign(
        kind="model",
        name=models["model"],
        training_usd=training,
        research_usd=research * training / whole if whole > 0 else np.nan,
    )


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the table from sums."""

    def over(top: pd.Series, below: pd.Series) -> pd.Series:
        return top / below.where(below > 0)

    mtok, cost = frame["mtok"], frame["cost_usd"]
    margin = frame["earned"] - cost
    model = frame["kind"] == "model"
    frame = frame.assign(
        marginal_usd_per_mtok=over(frame["marginal"], frame["discounted"]),
        full_usd_per_mtok=over(frame["full"], frame["discounted"]),
        books_usd_per_mtok=over(cost, mtok),
        cash_usd_per_mtok=over(frame["cash_usd"], mtok),
        tok_per_s_per_mw=over(mtok, frame["peak_mwh"]) * 1e6 / 3600.0,
        mtok_per_usd_capital=over(mtok, frame["capital_usd"]),
        usd_per_mtok=frame["price"],
        margin_usd_per_mtok=over(margin, mtok),
        margin_usd_per_chip_hour=over(margin, frame["chip_hours"]),
        margin_usd_per_mw_year=over(margin, frame["peak_mwh"]) * HOURS,
        serving_usd=cost.where(model).round(2),
    )
    frame = frame.reindex(columns=[*frame.columns, *_missing(frame)])
    made = frame["training_usd"] + frame["research_usd"]
    frame["training_usd"] = frame["training_usd"].round(2)
    frame["research_usd"] = frame["research_usd"].round(2)
    frame["serving_to_training"] = over(cost, made)
    frame["whole_usd_per_mtok"] = over(cost + made, mtok)
    return frame[[column.name for column in ECONOMICS.columns]].reset_index(drop=True)


def _missing(frame: pd.DataFrame) -> list[str]:
    """Return the columns that no model has."""
    return [name for name in ("training_usd", "research_usd") if name not in frame.columns]
