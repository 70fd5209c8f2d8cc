"""``showback``: what every work costs in every period, by the books and in cash.

::

    of a chip type in a period, by chip-hours of work on it
    of a site without a chip, by chip-hours x kw_peak of work there
    of tokens in a period, with what is missing of a least spend, by what was paid for them
    what has no work in the period: idle
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.case.columns import texts
from planner.plan.answer import Answer
from planner.plan.costing import to_the_cent
from planner.plan.tables.economics import SHOWBACK

MEASURES: Final = ["capital_usd", "cost_usd", "cash_usd"]
_DONE: Final = ["chip_hours", "peak_mwh", "mtok", "flop"]
KEYS: Final = ["period", "kind", "work"]
IDLE: Final = "idle"


def showback_table(
    answer: Answer, allocation: pd.DataFrame, costs: pd.DataFrame, books: pd.DataFrame
) -> pd.DataFrame:
    """Return ``showback``.

    Args:
        answer: the answer.
        allocation: ``allocation``, with what is called from providers (``with_calls``).
        costs: ``costs``.
        books: ``books``.

    Returns:
        The table: a row for every work and period in which it does something, and one for what is
        idle; the rows of a period sum to its cost by the books, and to its cash, to the cent.
    """
    f = answer.formulation
    axes, case = f.index.axes, f.case
    kw = pd.Series(f.index.kw_peak, index=axes["chip"], dtype=np.float64)
    work = allocation.assign(
        peak_mwh=allocation["chip_hours"]
        * allocation["chip"].map(kw).astype(float).fillna(0.0)
        / 1000.0
    )
    bought = (costs["term"] == "tokens").to_numpy(dtype=bool)
    spent = _spent(costs.loc[~bought], books)
    calls = _spent(costs.loc[bought], books.iloc[:0])
    called = work[work["chip"] == ""]
    on_chip = spent["chip"] != ""
    parts = [
        _shared(spent[on_chip], work, "chip", "chip_hours"),
        _shared(spent[~on_chip], work, "site", "peak_mwh"),
        _shared(calls, called, "site", "cost_usd"),
        work[[*KEYS, *_DONE]],
    ]
    frame = pd.concat(parts, ignore_index=True).groupby(KEYS, as_index=False).sum()
    place = pd.Series(np.arange(f.index.T), index=axes["period"])
    frame["_at"] = frame["period"].map(place)
    frame = frame.sort_values(["_at", "kind", "work"], ignore_index=True)
    for name in MEASURES:
        frame[name] = to_the_cent(frame[name].to_numpy(dtype=np.float64)) + 0.0
    some = (frame[[*MEASURES, *_DONE]] != 0).any(axis=1)
    frame = frame[some].reset_index(drop=True)
    owners = dict(zip(axes["workload"], texts(case["workloads"], "owner"), strict=True))
    runs = dict(zip(axes["milestone"], texts(case["milestones"], "owner"), strict=True))
    trained = (frame["kind"] == "milestone").to_numpy()
    names = frame["work"].to_numpy()
    frame["owner"] = [
        (runs if run else owners).get(name, "") for name, run in zip(names, trained, strict=True)
    ]
    tokens = frame["kind"].isin(["online", "batch"])
    frame["mtok"] = frame["mtok"].where(tokens)
    frame["flop"] = frame["flop"].where(frame["kind"].isin(["research", "milestone"]))
    return frame[[column.name for column in SHOWBACK.columns]]


def _spent(costs: pd.DataFrame, books: pd.DataFrame) -> pd.DataFrame:
    """Return what is spent by period, chip and site: capital, cost and cash, USD."""
    term, category, usd = costs["term"], costs["category"], costs["nominal_usd"]
    running = (category == "opex") & (term != "prepaid")
    running |= (category == "capex") & (term == "cancellation")
    lost = books["depreciation_usd"] + books["write_off_usd"]
    places = ["period", "chip", "site"]
    every = [
        costs[places].assign(
            capital_usd=0.0,
            cost_usd=usd.where(running | (term == "resale"), 0.0),
            cash_usd=usd.where(running, 0.0),
        ),
        books[places].assign(capital_usd=lost, cost_usd=lost, cash_usd=books["paid_usd"]),
    ]
    spent = pd.concat(every, ignore_index=True)
    some: pd.DataFrame = spent[(spent[MEASURES] != 0).any(axis=1)]
    return some


def _shared(spent: pd.DataFrame, work: pd.DataFrame, place: str, weight: str) -> pd.DataFrame:
    """Return what is spent at each ``place`` (chip or site) in a period, shared by the ``weight``
    of the work there; what has none is idle."""
    keys = ["period", place]
    usd = spent.groupby(keys, as_index=False)[MEASURES].sum()
    done = work.groupby([*keys, "kind", "work"], as_index=False)[weight].sum()
    done = done[done[weight] > 0]
    whole = done.groupby(keys)[weight].transform("sum")
    done["share"] = done[weight] / whole
    both = usd.merge(done[[*keys, "kind", "work", "share"]], on=keys, how="left")
    both = both.fillna({"kind": IDLE, "work": "", "share": 1.0})
    both[MEASURES] = both[MEASURES].mul(both["share"], axis=0)
    return both[[*KEYS, *MEASURES]]
