"""Costs: every ledger entry times its column, grouped by term, period, site and chip; and what a
unit of work costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.model.aging import priced_life
from planner.model.finance import annuity_share, discount
from planner.model.ledger import CATEGORIES, TERMS
from planner.model.lots import FLEET
from planner.plan.answer import Answer, Floats, summed

PENALTIES = ("short", "late", "over", "change")


def to_the_cent(amounts: Floats) -> Floats:
    """Round amounts, USD (n,), to cents so that they sum exactly to their rounded sum.

    Each is the difference of two rounded running totals, so none moves by more than a cent.
    """
    running = np.rint(np.cumsum(amounts) * 100.0)
    return np.asarray(np.diff(np.concatenate([[0.0], running])) / 100.0, dtype=np.float64)


def cost_table(answer: Answer) -> pd.DataFrame:
    """Return ``costs``: the objective's own terms, summing to it.

    Args:
        answer: the answer.

    Returns:
        The table with numeric period codes replaced by labels.
    """
    f = answer.formulation
    ledger, calendar = f.ledger, f.case.calendar
    frame = pd.DataFrame(
        {
            "term": ledger.term,
            "category": ledger.category,
            "period": ledger.period,
            "site": ledger.site,
            "chip": ledger.chip,
            "nominal_usd": ledger.nominal * answer.x[ledger.column],
        }
    )
    frame["discounted_usd"] = frame["nominal_usd"] * ledger.factor
    frame = frame.groupby(
        ["term", "category", "period", "site", "chip"], sort=True, as_index=False
    ).sum()
    # a term that is zero throughout says nothing; a cent is the smallest thing said
    frame = frame[
        (frame["nominal_usd"].abs() >= 0.005) | (frame["discounted_usd"].abs() >= 0.005)
    ].reset_index(drop=True)
    frame["nominal_usd"] = to_the_cent(frame["nominal_usd"].to_numpy())
    frame["discounted_usd"] = to_the_cent(frame["discounted_usd"].to_numpy())
    sites, chips = np.append(f.index.axes["site"], ""), np.append(f.index.axes["chip"], "")
    labels = np.array([calendar.label(t) for t in range(f.index.T + 1)], dtype=object)
    return pd.DataFrame(
        {
            "term": np.array(TERMS, dtype=object)[frame["term"]],
            "category": np.array(CATEGORIES, dtype=object)[frame["category"]],
            "period": labels[frame["period"]],
            "site": sites[frame["site"]],
            "chip": chips[frame["chip"]],
            "nominal_usd": frame["nominal_usd"],
            "discounted_usd": frame["discounted_usd"],
        }
    )


def unit_costs(
    answer: Answer,
    allocation: pd.DataFrame,
    called: pd.DataFrame,
    marginal: Mapping[str, float],
) -> pd.DataFrame:
    """Return ``unit_costs``: marginal and fully loaded cost of every workload and milestone, and
    the split of cost and chip-hours.

    Fully loaded: all costs of a chip type (payments, power, space, maintenance, less residual, and
    what the existing fleet was worth when the plan starts) are shared by the discounted chip-hours
    of what it worked on; costs of a site without a chip (power projects, demand charges) by those
    of the site, weighted with power.  Idle time is thereby paid by work; chips that never work form
    ``idle``.  The fleet's opening value is sunk and no part of the objective: the row ``existing
    fleet`` takes it out again.

    Args:
        answer: the answer.
        allocation: work with codes: chip, site, period, work (workloads, then milestones),
            chip_hours, volume.
        called: coded rows of ``token_rows``; what tokens cost in a period, with what is missing of
            a least spend, is shared by what is paid for them.
        marginal: discounted USD per unit by name.

    Returns:
        The table; rows of kind ``split`` sum to the objective.
    """
    f = answer.formulation
    index, ledger = f.index, f.ledger
    W, M = len(index.axes["workload"]), len(index.axes["milestone"])
    usd = ledger.nominal * ledger.factor * answer.x[ledger.column]
    penalty = ledger.of(PENALTIES)
    by_chip = summed(
        ledger.chip[~penalty & (ledger.chip >= 0)],
        usd[~penalty & (ledger.chip >= 0)],
        len(index.kw_peak),
    )
    opening = _opening_value(answer)
    by_chip += opening
    site_only = ~penalty & (ledger.chip < 0) & (ledger.site >= 0)
    by_site = summed(ledger.site[site_only], usd[site_only], len(index.pue))
    bought = ledger.of(("tokens",))
    by_period = summed(ledger.period[bought].astype(np.int64), usd[bought], index.T)
    nowhere = float(usd[~penalty & ~bought & (ledger.chip < 0) & (ledger.site < 0)].sum())

    hours = allocation["chip_hours"].to_numpy() * index.mid[allocation["period"].to_numpy()]
    chip, site, work = (
        allocation[name].to_numpy(dtype=np.int64) for name in ("chip", "site", "work")
    )

    buyer, when = (called[name].to_numpy(dtype=np.int64) for name in ("work", "period"))

    def shared(
        cost: Floats, group: np.ndarray, weight: Floats, work: np.ndarray = work
    ) -> tuple[Floats, float]:
        """Split each group's cost over works by weight; what no work carries is returned apart."""
        total = summed(group, weight, len(cost))
        share = np.divide(weight, total[group], out=np.zeros_like(weight), where=total[group] > 0)
        return summed(work, share * cost[group], W + M), float(cost[total <= 0].sum())

    loaded_chip, idle_chip = shared(by_chip, chip, hours)
    loaded_site, idle_site = shared(by_site, site, hours * index.kw_peak[chip])
    loaded_called, idle_called = shared(by_period, when, called["usd"].to_numpy(), buyer)
    cost = loaded_chip + loaded_site + loaded_called
    idle = idle_chip + idle_site + idle_called + nowhere
    chip_hours = summed(work, allocation["chip_hours"].to_numpy(), W + M)
    discounted = summed(
        work, allocation["volume"].to_numpy() * index.mid[allocation["period"].to_numpy()], W + M
    )
    volume = summed(work, allocation["volume"].to_numpy(), W + M)
    mtok = called["mtok"].to_numpy()
    discounted += summed(buyer, mtok * index.mid[when], W + M)
    volume += summed(buyer, mtok, W + M)

    research = np.isin(f.work.kind, ["research", "share", "multiple"])
    flop = np.concatenate([research, np.ones(M, bool)])
    unit = np.where(flop, 1e21, 1.0)
    names = np.concatenate([index.axes["workload"], index.axes["milestone"]])
    total_cost, total_hours = float(usd.sum() + opening.sum()), float(chip_hours.sum())
    rows = pd.DataFrame(
        {
            "kind": np.where(np.arange(W + M) < W, "workload", "milestone"),
            "name": names,
            "unit": np.where(flop, "1e21 FLOP", "Mtok"),
            "volume": volume / unit,
            "marginal_usd": [marginal.get(name, np.nan) for name in names] * unit,
            "loaded_usd": np.divide(
                cost * unit, discounted, out=np.full(W + M, np.nan), where=discounted > 0
            ),
            "cost_usd": cost,
            "cost_share_pct": 100.0 * cost / total_cost if total_cost else np.nan,
            "chip_hours": chip_hours,
            "chip_hours_share_pct": 100.0 * chip_hours / total_hours if total_hours else np.nan,
        }
    )
    group = np.concatenate([np.where(research, 1, 2), np.zeros(M, np.int64)]).astype(np.int64)
    split_cost = np.concatenate(
        [summed(group, cost, 3), [idle, float(usd[penalty].sum()), -float(opening.sum())]]
    )
    split_hours = np.concatenate([summed(group, chip_hours, 3), [0.0, 0.0, 0.0]])
    split = pd.DataFrame(
        {
            "kind": "split",
            "name": ["training", "research", "inference", "idle", "penalties", "existing fleet"],
            "unit": "",
            "volume": np.nan,
            "marginal_usd": np.nan,
            "loaded_usd": np.nan,
            "cost_usd": to_the_cent(split_cost),
            "cost_share_pct": 100.0 * split_cost / total_cost if total_cost else np.nan,
            "chip_hours": split_hours,
            "chip_hours_share_pct": 100.0 * split_hours / total_hours if total_hours else np.nan,
        }
    )
    return pd.concat([rows, split], ignore_index=True)


def _opening_value(answer: Answer) -> Floats:
    """What the existing fleet was worth when the plan starts, by chip, USD: the annuity share of
    its price not yet used up."""
    f = answer.formulation
    lots, index = f.lots, f.index
    fleet = np.flatnonzero((lots.origin == FLEET) & ~np.isnan(lots.price))
    age = -lots.arrives[fleet] / index.ppy
    life = priced_life(f.case, index, lots, fleet) / index.ppy
    share, since = lots.deposit[fleet], lots.paid[fleet] / index.ppy
    price = lots.price[fleet] * (
        share * discount(index.rate, since) + (1.0 - share) * discount(index.rate, -age)
    )
    left = price * (1.0 - annuity_share(index.rate, age, life)) * answer.x[f.holding.order[fleet]]
    return summed(lots.chip[fleet], left, len(index.kw_peak))
