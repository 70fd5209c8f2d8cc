"""Figures: what more than one artefact tells of a plan, each worked out here and nowhere else.

Terminal, summary, page and workbook take them from here, so that none can say another number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from planner.plan.actions import HELD
from planner.plan.totals import Worst, commit_usd, committed, is_late, is_short, worst_served
from planner.report.tight import tight_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

RESIDUAL: Final = "residual"
"""Term of the cost that is no cash: what is left of the chips at the end of the plan."""
SUNK: Final = "existing fleet"
"""Part of the split that takes out again what the fleet was worth when the plan starts."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What is committed in the first period: new lines of any kind, rentals included."""

    usd: float
    """Nominal, over the life of what is ordered."""
    lines: int
    rented_usd: float
    """The part of it that rentals are."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a plan."""

    now: str
    """Label of the first period."""
    cost_usd: float
    """Discounted to the start of the plan: what was minimised."""
    credit_usd: float
    """The part of it that is credited for what is left at the end, discounted, 0 or more."""
    cash: pd.DataFrame
    """Nominal USD paid: ``year``, ``capex``, ``opex``, ``paid`` and ``to_date``, a row a year."""
    commit: Commit
    chips_now: Mapping[str, float]
    """Chips that are bought, leased or reserved in the first period, the most first."""
    worst: Worst
    """Of all workloads and periods the one of which least is served."""
    short: int
    """Workloads that are short in some period."""
    workloads: int
    late: int
    """Milestones that miss their deadline."""
    milestones: int
    tight: pd.DataFrame
    """Of :func:`planner.report.tight.tight_limits`."""
    terms: pd.DataFrame
    """Cost by term, a row each: ``term``, ``nominal_usd``, ``discounted_usd``, ``share`` of what is
    spent (NaN of credits), the dearest first."""
    split: pd.DataFrame
    """Cost by purpose: ``name``, ``chip_hours``, ``cost_usd``, ``share`` of what is spent (NaN of
    the credit of the fleet that was there)."""

    @property
    def paid_usd(self) -> float:
        """Cash of the whole plan, nominal USD."""
        return float(self.cash["paid"].sum())

    @property
    def uncredited_usd(self) -> float:
        """Cost of this plan without any credit for what is left at the end, discounted USD."""
        return self.cost_usd + self.credit_usd


def figures_of(plan: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Figures:
    """Return the figures of a plan.

    Args:
        plan: plan.json.
        tables: the tables of the run.
    """
    now = str(plan["horizon"]["first"])
    buy, costs, coverage = (tables[name] for name in ("buy_plan", "costs", "demand_coverage"))
    lines = committed(buy, now)
    runs = tables["milestones"]
    return Figures(
        now=now,
        cost_usd=float(plan["objective_usd"]),
        credit_usd=max(-float(costs.loc[costs["term"] == RESIDUAL, "discounted_usd"].sum()), 0.0),
        cash=cash_by_year(costs),
        commit=Commit(
            commit_usd(buy, now),
            len(lines),
            float(lines.loc[lines["action"] == "rent", "total_usd"].sum()),
        ),
        chips_now=_chips_now(buy, now),
        worst=worst_served(coverage),
        short=int(coverage.loc[is_short(coverage), "workload"].nunique()),
        workloads=int(coverage["workload"].nunique()),
        late=int(is_late(runs).sum()),
        milestones=len(runs),
        tight=tight_limits(plan, tables),
        terms=_terms(costs),
        split=_split(tables["unit_costs"]),
    )


def cash_by_year(costs: pd.DataFrame) -> pd.DataFrame:
    """Return what is paid by calendar year, nominal USD: ``year``, ``capex``, ``opex``, ``paid``,
    ``to_date``."""
    cash = costs[costs["category"] != "none"]
    wide = cash.assign(year=cash["period"].str[:4]).pivot_table(
        index="year", columns="category", values="nominal_usd", aggfunc="sum", fill_value=0.0
    )
    found = wide.reindex(columns=["capex", "opex"], fill_value=0.0).reset_index()
    found["paid"] = found["capex"] + found["opex"]
    found["to_date"] = found["paid"].cumsum()
    return found.rename_axis(columns=None)


def _chips_now(buy: pd.DataFrame, now: str) -> dict[str, float]:
    lines = committed(buy, now)
    lines = lines[lines["action"].isin(HELD)]
    chips = lines.groupby("chip")["chips"].sum().sort_values(ascending=False, kind="stable")
    return {str(chip): float(value) for chip, value in chips.items()}


def _terms(costs: pd.DataFrame) -> pd.DataFrame:
    """The cost by term: what is spent, then credits; shares are of what is spent."""
    sums = costs.groupby("term")[["nominal_usd", "discounted_usd"]].sum().reset_index()
    sums = sums.sort_values(["discounted_usd", "term"], ascending=[False, True], kind="stable")
    spent = sums["discounted_usd"].where(sums["discounted_usd"] > 0)
    return sums.assign(share=_shares(spent)).reset_index(drop=True)


def _split(unit_costs: pd.DataFrame) -> pd.DataFrame:
    """The cost by purpose; shares are of what is spent, the fleet that was there counted as
    spent."""
    split = unit_costs.loc[unit_costs["kind"] == "split", ["name", "chip_hours", "cost_usd"]]
    spent = split["cost_usd"].where(split["name"] != SUNK)
    return split.assign(share=_shares(spent)).reset_index(drop=True)


def _shares(spent: pd.Series) -> pd.Series:
    """Shares that sum to 1, NaN where nothing counts as spent."""
    total = float(spent.sum())
    return spent / total if total > 0 else spent * np.nan


def hundred(shares: Sequence[float]) -> list[str]:
    """Return shares in per cent with one decimal each that add to 100.0 as they are written, by the
    largest remainders; blank for none.

    Args:
        shares: summing to 1 where they are not NaN.
    """
    given = np.asarray(shares, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(given))
    if not len(known):
        return [""] * len(given)
    tenths = 1000.0 * given[known]
    whole = np.floor(tenths)
    missing = round(float(tenths.sum() - whole.sum()))
    whole[np.argsort(-(tenths - whole), kind="stable")[:missing]] += 1.0
    told = [""] * len(given)
    for at, value in zip(known.tolist(), whole.tolist(), strict=True):
        told[at] = f"{value / 10.0:.1f}"
    return told
