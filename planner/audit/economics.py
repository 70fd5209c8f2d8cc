"""Economics: what a million tokens costs and earns, from showback.csv, unit_costs.csv and the
inputs, against economics.csv."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.facts import Floats, column, or_zero, text, whole
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import Slack
from planner.audit.verdict import Check, Describe, agree, blank_too, require

YEAR: Final = 8760.0
"""Hours."""
_KINDS: Final = np.array(["workload", "model"], dtype=object)
MONEY: Final = ("serving_usd", "training_usd", "research_usd")


def _ratio(top: Floats, below: Floats) -> Floats:
    return np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan)


def _workloads(found: Recomputed) -> dict[str, Floats]:
    """Return the sums of every workload that serves tokens, (n,) each."""
    facts, charged = found.facts, found.tables["showback"]
    table = facts.case["workloads"]
    names = pd.Index(text(table, "workload")[text(table, "kind") != "research"])
    serves = np.isin(text(charged, "kind"), ["online", "batch"])
    at = names.get_indexer(pd.Index(text(charged, "work")))
    at = np.where(serves, at, -1)

    def summed(name: str) -> Floats:
        weights = or_zero(column(charged, name))[at >= 0]
        return np.bincount(at[at >= 0], weights, len(names)).astype(np.float64)

    done = found.tables["allocation"]
    of = names.get_indexer(pd.Index(text(done, "work")))
    of = np.where(np.isin(text(done, "kind"), ["online", "batch"]), of, -1)
    later = (
        or_zero(column(done, "mtok")) * facts.mid[np.clip(whole(done, "period"), 0, facts.T - 1)]
    )
    unit = found.tables["unit_costs"]
    unit = unit[unit["kind"] == "workload"].drop_duplicates("name").set_index("name")
    unit = unit.reindex(names)
    sums = {
        name: summed(name)
        for name in ("mtok", "chip_hours", "peak_mwh", "capital_usd", "cost_usd", "cash_usd")
    }
    discounted = np.bincount(of[of >= 0], later[of >= 0], len(names)).astype(np.float64)
    called = found.called
    at = names.get_indexer(facts.workload[called.work])
    np.add.at(discounted, at, called.mtok * facts.mid[called.period])
    price = column(table, "usd_per_mtok")[text(table, "kind") != "research"]
    return sums | {
        "earned": price * sums["mtok"],
        "price": price,
        "discounted": discounted,
        "marginal": column(unit, "marginal_usd") * discounted,
        "full": column(unit, "cost_usd"),
    }


def _figures(sums: dict[str, Floats]) -> dict[str, Floats]:
    """Return the columns that workloads and models share."""
    mtok, cost = sums["mtok"], sums["cost_usd"]
    margin = sums["earned"] - cost
    return {
        "mtok": mtok,
        "chip_hours": sums["chip_hours"],
        "marginal_usd_per_mtok": _ratio(sums["marginal"], sums["discounted"]),
        "full_usd_per_mtok": _ratio(sums["full"], sums["discounted"]),
        "books_usd_per_mtok": _ratio(cost, mtok),
        "cash_usd_per_mtok": _ratio(sums["cash_usd"], mtok),
        "tok_per_s_per_mw": _ratio(mtok * 1e6, sums["peak_mwh"] * 3600.0),
        "mtok_per_usd_capital": _ratio(mtok, sums["capital_usd"]),
        "usd_per_mtok": sums["price"],
        "margin_usd_per_mtok": _ratio(margin, mtok),
        "margin_usd_per_chip_hour": _ratio(margin, sums["chip_hours"]),
        "margin_usd_per_mw_year": _ratio(margin * YEAR, sums["peak_mwh"]),
    }


def _of_models(found: Recomputed, sums: dict[str, Floats], model: pd.Index) -> dict[str, Floats]:
    """Return every column of the rows of models, (models,) each."""
    facts, charged = found.facts, found.tables["showback"]
    table, runs = facts.case["workloads"], facts.case["milestones"]
    of = model.get_indexer(pd.Index(text(table, "model")[text(table, "kind") != "research"]))

    def summed(values: Floats) -> Floats:
        known = ~np.isnan(values)
        total = np.bincount(of[known], values[known], len(model))
        return np.where(np.bincount(of[known], minlength=len(model)) > 0, total, np.nan)

    mine = {name: summed(values) for name, values in sums.items()}
    unpriced = np.isnan(sums["price"]) & (sums["mtok"] > 0)
    mine["earned"][np.unique(of[unpriced])] = np.nan
    mine["price"] = _ratio(mine["earned"], mine["mtok"])
    nothing = np.full(len(model), np.nan)
    training = research = nothing
    trains = text(runs, "model")
    if (trains != "").any():
        name = pd.Index(text(runs, "milestone"))
        row = name.get_indexer(pd.Index(text(charged, "work")))
        row = np.where(text(charged, "kind") == "milestone", row, -1)
        at = np.where(row >= 0, model.get_indexer(pd.Index(trains[np.maximum(row, 0)])), -1)
        cost = column(charged, "cost_usd")
        training = np.bincount(at[at >= 0], cost[at >= 0], len(model)).astype(np.float64)
        spent = float(cost[text(charged, "kind") == "research"].sum())
        whole_ = float(training.sum())
        research = training * (spent / whole_) if whole_ > 0 else nothing
    made = training + research
    return {
        **_figures(mine),
        "serving_usd": mine["cost_usd"],
        "training_usd": training,
        "research_usd": research,
        "serving_to_training": _ratio(mine["cost_usd"], made),
        "whole_usd_per_mtok": _ratio(mine["cost_usd"] + made, mine["mtok"]),
    }


def check_economics(found: Recomputed) -> list[Check]:
    """Return the checks of economics.csv: a row for every workload and model, and its figures.

    Args:
        found: the plan, recomputed.
    """
    table, written = found.facts.case["workloads"], found.tables["economics"]
    served = table[text(table, "kind") != "research"]
    model = pd.Index(sorted(set(text(served, "model"))), dtype=object)
    sums = _workloads(found)
    own, of_models = _figures(sums), _of_models(found, sums, model)
    blank = np.full(len(served), np.nan)
    truth = pd.DataFrame(
        {
            "kind": np.repeat(_KINDS, [len(served), len(model)]),
            "name": np.concatenate([text(served, "workload"), model.to_numpy(dtype=object)]),
            "model_own": [*text(served, "model"), *model],
            **{
                f"{name}_own": np.concatenate([own.get(name, blank), values])
                for name, values in of_models.items()
            },
        }
    )
    both = written.merge(truth, on=["kind", "name"], how="outer", indicator=True)
    matched = (both["_merge"] == "both").to_numpy()
    kept = both[matched].reset_index(drop=True)

    def place(name: str) -> Describe:
        return lambda i: f"economics.csv, {kept['kind'][i]} {kept['name'][i]}, {name}"

    checks = [
        require(
            "economics.rows",
            matched,
            lambda i: f"economics.csv: {both['kind'][i]} {both['name'][i]}",
            "one row for every workload that serves tokens and for every model, and no other",
        ),
        require(
            "economics.model",
            text(kept, "model") == text(kept, "model_own"),
            place("model"),
            "the model that workloads.csv says",
        ),
    ]
    per_mtok = np.maximum(or_zero(column(kept, "mtok_own")), 1e-30)
    for name in of_models:
        told, right = blank_too(column(kept, name), column(kept, f"{name}_own"))
        cents = 0.02 if name in MONEY else 0.02 / per_mtok if name.endswith("per_mtok") else 1e-12
        checks.append(
            agree(
                f"economics.{name}",
                told,
                right,
                place(name),
                unit="USD",
                floor=Slack(cents, relative=1e-7),
            )
        )
    return checks
