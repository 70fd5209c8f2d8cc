"""What chapters say: one sentence as the heading of each, made from its numbers by a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.report.figures import Figures
from planner.report.page.run import Run
from planner.report.section import records
from planner.report.tight import tight_cells
from planner.words import count, money, number, percent, plural, printable

LEAST_PART: Final = 0.02
"""Share of the value of the tightest limit; a site whose limits are worth less is not held back."""


def decide_says(lines: int, usd: float, can_wait: int, day: str) -> str:
    """Return what is to be signed."""
    if not lines:
        return "Nothing is to be decided now"
    able = f"; {can_wait} of them can wait" if can_wait else ""
    verb = "is" if lines == 1 else "are"
    if can_wait == lines:
        able = "; it can wait" if lines == 1 else "; all of them can wait"
    return f"{plural(lines, 'line')} for {money(usd)} {verb} to be signed by {day}{able}"


def met_says(told: Figures) -> str:
    """Return how much of the demand is met."""
    if not told.workloads:
        return "The plan serves no workload"
    worst = told.worst
    if not worst.workload:
        return "Every workload is served in full, in every period"
    name = printable(worst.workload)
    if told.short == 1:
        return f"Of {name} {percent(worst.share)} is served in {worst.period}, of all else all"
    return (
        f"{told.short} of {told.workloads} workloads are short, {name} most: of it "
        f"{percent(worst.share)} is served in {worst.period}"
    )


def cash_says(told: Figures) -> str:
    """Return what is paid, and when most of it."""
    if not len(told.cash):
        return "Nothing is paid"
    top: Any = told.cash.iloc[int(told.cash["paid"].to_numpy().argmax())]
    if len(told.cash) == 1:
        return f"{money(told.paid_usd)} is paid in {top['year']}"
    return (
        f"{money(told.paid_usd)} is paid from {told.cash['year'].iloc[0]} to "
        f"{told.cash['year'].iloc[-1]}, most in {top['year']}: {money(float(top['paid']))}"
    )


def limits_say(run: Run) -> str:
    """Return what holds the plan back: the tightest limit, and what holds the site back whose
    limits are worth most."""
    tight = run.figures.tight
    if not len(tight):
        return "No limit holds the plan back"
    (first,) = records(tight.head(1))
    cells = tight_cells(run.plan, run.tables)
    site = site_says(cells, run.periods, LEAST_PART * float(first.value))
    if first.kind in ("power", "liquid cooling") and site:
        return site
    own = _holds(first, cells, run.periods)
    return f"{own}; {site[0].lower()}{site[1:]}" if site else own


def site_says(cells: pd.DataFrame, periods: tuple[str, ...], least_usd: float = 0.0) -> str:
    """Return what holds the site back whose power and cooling are worth most: nothing where that is
    worth less than ``least_usd``.

    Args:
        cells: of :func:`planner.report.tight.tight_cells`.
        periods: labels of the plan.
        least_usd: see above.
    """
    mine = cells[cells["kind"].isin(("power", "liquid cooling"))]
    sums = mine.groupby("item")["value"].sum()
    if sums.empty or float(sums.max()) < least_usd:
        return ""
    site = str(sums.idxmax())
    here = mine[mine["item"] == site]
    kinds = set(here["kind"])
    when = _when(here["period"].tolist(), periods)
    what = (
        "Power and liquid cooling hold"
        if len(kinds) == 2
        else "Liquid cooling, not power, holds"
        if "liquid cooling" in kinds
        else "Power holds"
    )
    return f"{what} {printable(site)} back {when}"


def _holds(row: Any, cells: pd.DataFrame, periods: tuple[str, ...]) -> str:
    """What the tightest limit is, of a row of ``tight_limits``."""
    mine = cells[(cells["kind"] == row.kind) & (cells["item"] == row.item)]
    labels = [label for label in mine["period"].tolist() if label in periods]
    item = printable(row.item)
    if row.kind == "supply":
        return f"Supply of {item} is what is short {_when(labels, periods)}"
    if row.kind == "budget":
        return f"The {item} budget of {row.when} is the tightest limit"
    name = f"{row.kind[:1].upper()}{row.kind[1:]} {item}"
    return f"{name} is the tightest limit"


def _when(labels: list[str], periods: tuple[str, ...]) -> str:
    """When a limit binds: from when on, in which period, or between which two."""
    at = sorted(periods.index(label) for label in set(labels) if label in periods)
    if not at:
        return ""
    first, last = periods[at[0]], periods[at[-1]]
    if len(at) == 1:
        return f"in {first}"
    if len(at) == len(periods):
        return "throughout"
    if at[-1] == len(periods) - 1:
        return f"from {first}" if len(at) == len(periods) - at[0] else f"from {first}, not always"
    always = len(at) == at[-1] - at[0] + 1
    return f"from {first} to {last}" if always else f"between {first} and {last}"


def sites_say(power: pd.DataFrame, built: dict[str, float]) -> str:
    """Return how full the halls get, and what power is bought.

    Args:
        power: power.csv.
        built: MW bought in the plan, by site.
    """
    given = power["limit_mw"] + power["built_mw"].fillna(0.0) - power["kept_free_mw"].fillna(0.0)
    share = (power["used_mw"] / given).where(given > 0)
    bought = {site: mw for site, mw in built.items() if mw > 0}
    words = " and ".join(
        f"{mw:,.0f} MW at {printable(site)}" for site, mw in list(bought.items())[:2]
    ) + (f" and at {len(bought) - 2} more" if len(bought) > 2 else "")
    if share.notna().any():
        full = sorted(set(power.loc[share > 0.995, "site"]))
        some = f"{len(full)} of {power.loc[given > 0, 'site'].nunique()} sites"
        used = (
            f"{some} use all their power at some time"
            if full
            else f"No site uses more than {percent(float(share.max()))} of its power"
        )
        return f"{used}; {words} are bought" if bought else f"{used}; none is bought"
    return f"{words} are bought" if bought else "No site has a limit of power"


def buys_say(chips: dict[str, float]) -> str:
    """Return how many chips are bought, leased and reserved, and of which most, by chip."""
    total = sum(chips.values())
    if not total:
        return "No chip is bought, leased or reserved"
    first = max(chips, key=lambda name: (chips[name], name))
    verb = "is" if total == 1 else "are"
    if len(chips) == 1:
        return f"{count(total)} {printable(first)} {verb} ordered"
    most = f"{percent(chips[first] / total)} of them {printable(first)}"
    return f"{count(total)} chips {verb} ordered, {most}"


def work_says(hours: dict[str, float]) -> str:
    """Return what takes most of the chips' time, of hours by purpose."""
    total = sum(hours.values())
    if not total:
        return "The chips have no work"
    order = sorted(hours, key=lambda name: (-hours[name], name))
    parts = [f"{percent(hours[name] / total)} {name}" for name in order if hours[name] > 0]
    return f"What the chips do: {', '.join(parts[:4])}"


def prices_say(run: Run) -> str:
    """Return which offer that is not bought comes nearest."""
    near = run.resolved.break_evens if run.resolved is not None else ()
    if not near:
        return "What was considered and is not bought"
    first = near[0]
    where = f"{printable(first.offer)} at {printable(first.site)} in {first.order_period}"
    if first.break_even <= 0:
        return "Nothing else would be bought, not even for free"
    return f"{where} comes nearest: {number(100.0 * first.cut, 2)} % cheaper, and it is bought"


def doubts_say(exceptions: pd.DataFrame) -> str:
    """Return how much needs a person."""
    levels = exceptions["severity"].value_counts()
    parts = [f"{int(levels[name])} {name}" for name in ("high", "medium", "low") if name in levels]
    if not parts:
        return "Nothing needs a person"
    verb = "needs" if len(exceptions) == 1 else "need"
    return f"{plural(len(exceptions), 'thing')} {verb} a person: {', '.join(parts)}"


def whole_says(plan: Mapping[str, Any]) -> str:
    """Return what it costs that things are ordered whole."""
    usd, cost = float(plan["whole"]["costs_usd"]), abs(float(plan["objective_usd"]))
    if usd < 0.005 or cost <= 0:
        return "That things are ordered whole costs nothing"
    share = np.format_float_positional(100.0 * usd / cost, precision=2, fractional=False, trim="-")
    return f"That things are ordered whole costs {money(usd)}, {share} % of the plan"


def proof_says(plan: Mapping[str, Any]) -> str:
    """Return how far the plan is proven."""
    audit = plan["proof"]["audit"]
    if plan["status"] != "optimal":
        return "NOT PROVEN: do not act on this plan"
    gap = float(plan["gap"])
    close = (
        "to the cent"
        if gap * max(abs(float(plan["objective_usd"])), 1.0) < 0.01
        else (
            f"by more than {np.format_float_positional(100 * gap, precision=2, fractional=False)} %"
        )
    )
    said = (
        "No plan costs less, proven to the cent"
        if close == "to the cent"
        else (f"No plan costs less {close}")
    )
    return f"{said}; {plural(audit['checks'], 'check')} of the audit passed"
