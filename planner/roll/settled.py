"""Settled: the payments of the passed periods as they were really made, as a ledger."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from planner.actuals import Actuals
from planner.case.columns import Floats, Ints, codes, numbers, texts, whole
from planner.model.ledger import CATEGORIES, TERMS, Ledger
from planner.model.lots import Lots
from planner.plan.answer import Answer


def ledger_after(answer: Answer, lots: Lots, v: Ints, x: Floats, actuals: Actuals) -> Ledger:
    """Return the ledger with what was paid for lots executed otherwise, and with the cash that is
    told.

    Args:
        answer: as planned.
        lots: the lots as executed.
        v: which of them were executed otherwise, (n,).
        x: values of the columns as executed.
        actuals: what happened.
    """
    return _cash(answer, _prices(answer, lots, v), x, actuals)


def _prices(answer: Answer, lots: Lots, v: Ints) -> Ledger:
    """Return the ledger with up-front payments and contracts of some lots at the prices and times
    at which they were agreed."""
    f, planned = answer.formulation, answer.formulation.ledger
    order = f.holding.order[v]
    # of chips at price steps all that is paid up front, at what is told or really paid on average
    steps = f.steps["column"].to_numpy(dtype=np.int64)[np.isin(f.steps["lot"], v)]
    upfront = planned.of(("chips", "prepaid"))
    upfront &= np.isin(planned.column, np.concatenate([order, steps]))
    hourly = planned.of(("contracts",))
    lot_of = np.full(len(answer.x), -1, dtype=np.int64)
    lot_of[f.holding.column], lot_of[f.holding.order] = f.holding.lot, np.arange(len(lots))
    mine = np.where(np.isin(lot_of[planned.column], v), lot_of[planned.column], -1)
    own = hourly & (mine >= 0)
    lot = mine[own]
    before = f.lots.hourly[lot]
    share = np.divide(lots.hourly[lot], before, out=np.ones(len(lot)), where=before > 0)
    nominal = np.where(upfront, 0.0, planned.nominal)
    nominal[own] *= np.where(planned.period[own] >= lots.arrives[lot], share, 0.0)
    new, due = [], f.lots.order_period[v] >= 0
    for period, part, some in (
        (lots.order_period[v], lots.deposit[v], due),
        (lots.arrives[v], 1.0 - lots.deposit[v], ~lots.given[v]),
    ):
        term = np.where(lots.capex[v], TERMS.index("chips"), TERMS.index("prepaid"))
        kind = np.where(lots.capex[v], CATEGORIES.index("capex"), CATEGORIES.index("opex"))
        when = np.clip(period, 0, f.index.T)
        new.append(
            pd.DataFrame(
                {
                    "term": term,
                    "category": kind,
                    "column": order,
                    "period": when,
                    "site": lots.site[v],
                    "chip": lots.chip[v],
                    "nominal": np.nan_to_num(lots.price[v]) * part,
                    "factor": f.index.start[when],
                }
            )[some]
        )
    return _joined(dataclasses.replace(planned, nominal=nominal), pd.concat(new))


def _cash(answer: Answer, ledger: Ledger, x: Floats, actuals: Actuals) -> Ledger:
    """Return the ledger with what is told of a term and period shared out as what was planned."""
    f, cash = answer.formulation, actuals.cash
    nominal, added = ledger.nominal.copy(), []
    terms, sites = codes(TERMS, texts(cash, "term")), texts(cash, "site")
    told = zip(terms, whole(cash, "period"), sites, numbers(cash, "usd"), strict=True)
    for term, period, site, usd in told:  # a few rows
        mine = (ledger.term == term) & (ledger.period == period)
        place = codes(f.index.axes["site"], [site])[0] if site else -1
        if site:
            mine &= ledger.site == place
        planned = float((nominal[mine] * x[ledger.column[mine]]).sum())
        if planned != 0.0:
            nominal[mine] *= usd / planned
        elif usd and (x > 0).any():
            column = int(np.argmax(x))
            capex = TERMS[term] in ("chips", "power_projects")
            kind = CATEGORIES.index("capex" if capex else "opex")
            added.append((term, kind, column, period, place, -1, usd / x[column], 1.0))
    more = pd.DataFrame(added, columns=[field.name for field in dataclasses.fields(Ledger)])
    return _joined(dataclasses.replace(ledger, nominal=nominal), more)


def _joined(ledger: Ledger, more: pd.DataFrame) -> Ledger:
    """Return a ledger with further entries."""
    return Ledger(
        **{
            field.name: np.concatenate(
                [
                    getattr(ledger, field.name),
                    more[field.name].to_numpy(dtype=getattr(ledger, field.name).dtype),
                ]
            )
            for field in dataclasses.fields(Ledger)
        }
    )
