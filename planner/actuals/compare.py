"""Plan against actual: the ledger of every cent that was paid otherwise than planned, and the
amounts behind it.

The ledger holds all cash of the passed periods once: what lines cost (``bought``), what work took
(``worked``), and for every term of cost the rest that none of these explains.  What a table of cash
says beyond them was paid at another price than known, and is price.  Views are sums of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.actuals.actuals import Actuals
from planner.actuals.bought import executed, line_variances
from planner.actuals.lines import POWER
from planner.actuals.planned import Planned
from planner.actuals.split import LEDGER, PARTS, in_cents
from planner.actuals.worked import served, work_variances
from planner.case.columns import codes, keys, numbers, texts

AMOUNTS: Final = ("kind", "name", "period", "measure", "unit", "planned", "actual")
"""Columns of what was planned and what happened, in its own unit; ``period`` relative to the
plan."""
VIEWS: Final = {
    "line": "line",
    "workload": "workload",
    "milestone": "milestone",
    "site": "",
    "term": "",
}
"""View of a ledger -> the kind of its rows that it shows; all where it is empty."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plan against actual, of the periods that have passed."""

    ledger: pd.DataFrame
    """Columns of ``LEDGER``, in whole cents; planned and actual sum to the cash that was planned
    and paid in these periods."""
    amounts: pd.DataFrame
    """Columns of ``AMOUNTS``."""


def compare(planned: Planned, actuals: Actuals, lots: pd.DataFrame | None = None) -> Comparison:
    """Return plan against actual.

    Args:
        planned: what was planned.
        actuals: what happened.
        lots: chips planned to be there when the next plan starts, with ``chip``, ``site``,
            ``in_service`` (a period) and ``chips``; None: those of the last period that has passed.
    """
    items = pd.concat(
        [line_variances(planned, actuals), work_variances(planned, actuals)], ignore_index=True
    )
    items = in_cents(items[list(LEDGER)])
    rest = in_cents(_rest(planned, actuals, items))
    ledger = pd.concat([frame for frame in (items, rest) if len(frame)] or [items])
    amounts = pd.concat(
        [
            _lines(planned, actuals),
            served(planned, actuals),
            _fleet(planned, actuals, lots),
            _power(planned, actuals),
        ],
        ignore_index=True,
    )
    return Comparison(ledger.reset_index(drop=True), amounts[list(AMOUNTS)])


def view(ledger: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return a ledger summed by line, workload, milestone, site or term: ``name``, planned, actual,
    the variance, and its parts, USD; what has no variance is left out, but in the view by term.

    Args:
        ledger: of a comparison.
        by: a key of ``VIEWS``.
    """
    kind = VIEWS[by]
    rows = ledger[ledger["kind"] == kind] if kind else ledger
    name = "name" if kind else by
    money = ["planned_usd", "actual_usd", *PARTS]
    total = rows.groupby(name, as_index=False).agg(dict.fromkeys(money, "sum"))
    total = total.rename(columns={name: "name"})
    # sums of cents stay cents
    total = total.assign(**{column: total[column].round(2) for column in money})
    total = total.assign(variance_usd=(total["actual_usd"] - total["planned_usd"]).round(2))
    if by != "term":
        total = total[total[["variance_usd", *PARTS]].ne(0).any(axis=1)]
    found: pd.DataFrame = total[["name", "planned_usd", "actual_usd", "variance_usd", *PARTS]]
    return found.reset_index(drop=True)


def _rest(planned: Planned, actuals: Actuals, items: pd.DataFrame) -> pd.DataFrame:
    """Return what each term of cost holds beside the items: as planned where no cash is told, and
    else what was paid beyond them."""
    told = actuals.cash
    whole = keys(told[told["site"] == ""], ["term", "period"])

    def placed(frame: pd.DataFrame) -> pd.DataFrame:
        """Give what is told without a site none."""
        together = codes(list(dict.fromkeys(whole)), keys(frame, ["term", "period"])) >= 0
        return frame.assign(site=np.where(together, "", frame["site"]))

    where = ["term", "period", "site"]
    costs = placed(planned.costs).assign(planned_usd=planned.costs["nominal_usd"], what="plan")
    here = placed(items).assign(what="items")
    cash = told.assign(actual_usd=told["usd"], what="cash")
    columns = [*where, "what", "planned_usd", "actual_usd"]
    both = pd.concat([frame.reindex(columns=columns) for frame in (costs, here, cash)])
    total = both.groupby([*where, "what"], as_index=False).agg(
        {"planned_usd": "sum", "actual_usd": "sum"}
    )
    entries = list(dict.fromkeys(keys(total, where)))

    def of(what: str, column: str) -> np.ndarray:
        rows = total[total["what"] == what]
        at = codes(keys(rows, where), entries)
        return np.append(numbers(rows, column), np.nan)[at]

    plan, known = (
        np.nan_to_num(of("plan", "planned_usd")),
        np.nan_to_num(of("items", "planned_usd")),
    )
    rest = plan - known
    paid = of("cash", "actual_usd") - np.nan_to_num(of("items", "actual_usd"))
    paid = np.where(np.isnan(paid), rest, paid)
    frame = pd.DataFrame(entries, columns=where).assign(
        kind="term",
        planned_usd=rest,
        actual_usd=paid,
        quantity_usd=0.0,
        price_usd=paid - rest,
        timing_usd=0.0,
    )
    found: pd.DataFrame = frame.assign(name=frame["term"])[list(LEDGER)]
    return found


def _lines(planned: Planned, actuals: Actuals) -> pd.DataFrame:
    """Return executed lines in their units: how many, at which prices, how many periods late."""
    done = executed(planned, actuals)
    power = done.action == POWER
    base = pd.DataFrame({"kind": "line", "name": done.line, "period": actuals.orders["period"]})
    late = done.arrives[1] - done.arrives[0]
    frames: list[pd.DataFrame] = [
        base.assign(
            measure="amount",
            unit=np.where(power, "MW", "chips"),
            planned=done.amount[0],
            actual=done.amount[1],
        ),
        base.assign(
            measure="price",
            unit=np.where(power, "USD/MW", "USD/chip"),
            planned=done.price[0],
            actual=done.price[1],
        )[(done.price[0] > 0) | (done.price[1] > 0)],
        base.assign(
            measure="price per hour",
            unit="USD/chip-hour",
            planned=done.hourly[0],
            actual=done.hourly[1],
        )[(done.hourly[0] > 0) | (done.hourly[1] > 0)],
        base.assign(measure="in service", unit="periods late", planned=0.0, actual=late)[
            np.nan_to_num(late) != 0
        ],
    ]
    return pd.concat(frames, ignore_index=True)


def _fleet(planned: Planned, actuals: Actuals, lots: pd.DataFrame | None) -> pd.DataFrame:
    """Return the chips that were counted beside those that should be there."""
    label = planned.case.calendar.label
    if lots is None:
        held = planned.vintages[planned.vintages["period"] == planned.by - 1]
        lots = held.rename(columns={"held": "chips"})
        named = texts(lots, "in_service")
    else:
        named = np.array([label(int(t)) for t in lots["in_service"]], dtype=object)
    there = pd.DataFrame({"chip": lots["chip"], "site": lots["site"], "lot": named})
    both = pd.concat(
        [there.assign(chips=lots["chips"]), there.assign(chips=lots["chips"], lot="")],
        ignore_index=True,
    )
    total = both.groupby(["chip", "site", "lot"], as_index=False).agg({"chips": "sum"})
    fleet = actuals.fleet
    lot = ["" if np.isnan(t) else label(int(t)) for t in fleet["in_service"]]
    counted = fleet.assign(lot=np.array(lot, dtype=object))
    at = codes(keys(total, ["chip", "site", "lot"]), keys(counted, ["chip", "site", "lot"]))
    since = np.where(counted["lot"] != "", " of " + counted["lot"], "")
    return pd.DataFrame(
        {
            "kind": "fleet",
            "name": counted["chip"] + "@" + counted["site"] + since,
            "period": planned.by - 1,
            "measure": "counted",
            "unit": "chips",
            "planned": np.append(numbers(total, "chips"), 0.0)[at],
            "actual": counted["chips"],
        }
    )


def _power(planned: Planned, actuals: Actuals) -> pd.DataFrame:
    """Return the power that was delivered beside what should be there."""
    told, where = actuals.power, ["site", "project", "period"]
    at = codes(keys(planned.power, where), keys(told, where))
    return pd.DataFrame(
        {
            "kind": "site",
            "name": np.where(told["project"] != "", told["project"] + "@", "") + told["site"],
            "period": told["period"],
            "measure": "power",
            "unit": "MW",
            "planned": np.append(numbers(planned.power, "mw"), 0.0)[at],
            "actual": told["mw"],
        }
    )
