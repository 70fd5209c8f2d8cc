"""Resolving: what no dual value can tell of a plan for certain, by solving it again while its model
is hot: what waiting costs, break-even prices, finite steps of limits, and a plan without residual
value."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from planner.limits import LIMITS, WORTHS
from planner.limits.limit import Worth
from planner.plan.formats import FORMAT_VERSION
from planner.plan.totals import committed, to_decide
from planner.report.tight import tight_limits
from planner.runs.read import RunError, read_plan, read_run_table
from planner.runs.resolved import CAN_WAIT
from planner.study.explain.break_even import exact_break_even, price_slopes
from planner.study.explain.limit import changed
from planner.study.explain.line import line_columns, without_lines
from planner.study.explain.outcome import amounts, new_lines, try_case
from planner.study.explain.which_limit import SHARE, Limit, find_limit
from planner.study.live import Live, open_case

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.lp.basis import Basis

MOST_LINES: Final = 40
"""Lines of the first period of which waiting is worked out, the dearest ones."""
MOST_OFFERS: Final = 10
"""Offers whose break-even is worked out, the nearest ones."""
MOST_LIMITS: Final = 12
"""Limits whose steps are worked out, the tightest ones."""
LONG_MODEL: Final = 200_000
"""Columns above which a run leaves all of this to ``planner explain``."""
LOCAL: Final = {
    limit.worth.word: limit.question.split()[1]
    for limit in LIMITS
    if isinstance(limit.worth, Worth) and limit.question.startswith("limit ")
}
"""What a question calls each kind of limit."""


def resolve(
    folder: Path, case: Case, basis: Basis | None, note: Callable[[str], None] = lambda text: None
) -> dict[str, Any] | None:
    """Return what resolved.json says of a run.

    Args:
        folder: the run folder, its tables written.
        case: its case.
        basis: of its answer, of the divisible one where it has whole things.
        note: told how many solves it took.

    Returns:
        The document; None where the plan cannot be opened again, or is too large for it.
    """
    try:
        live = open_case(case, basis)
    except RunError:
        return None
    if live.formulation.program.num_columns > LONG_MODEL:
        return None
    lines, together = _waiting(live, folder)
    found = {
        "format_version": FORMAT_VERSION,
        "objective_usd": live.solution.objective,
        "divisible": bool(len(live.formulation.program.integer)),
        "without_residual": _without_residual(live, folder),
        "waiting": lines,
        "together_usd": together,
        "break_evens": _break_evens(live, folder),
        "steps": _steps(live, folder),
    }
    note(f"{live.solves:,} times")
    return found


def _now(folder: Path) -> tuple[pd.DataFrame, str]:
    return read_run_table(folder, "buy_plan"), str(read_plan(folder)["horizon"]["first"])


def _waiting(live: Live, folder: Path) -> tuple[list[dict[str, Any]], float | None]:
    """What waiting one period with each line costs, the dearest first, and with all that can wait
    together."""
    buy, now = _now(folder)
    mine = (
        to_decide(buy, now)
        .sort_values(["total_usd", "line_id"], ascending=[False, True])
        .head(MOST_LINES)
    )
    found: list[dict[str, Any]] = []
    able: list[Any] = []
    for _, row in mine.iterrows():
        status, costs = _wait(live, row)
        size = abs(float(np.nan_to_num(row["total_usd"])))
        can = costs is not None and costs <= CAN_WAIT * size
        able += [row] if can else []
        found.append(
            {
                "line": str(row["line_id"]),
                "status": status,
                "costs_usd": costs,
                "can_wait": can,
            }
        )
    found.sort(key=lambda one: (one["costs_usd"] is not None, -(one["costs_usd"] or 0.0)))
    return found, _together(live, able)


def _wait(live: Live, row: Any) -> tuple[str, float | None]:
    """What waiting with one line comes to: ``frozen`` where it may not, being ordered already."""
    if row["action"] != "retire":
        columns = line_columns(live, row)
        if (live.formulation.program.column_lower[columns] > 0.0).any():
            return "frozen", None
    outcome, _ = without_lines(live, [row])
    return outcome.status, max(outcome.delta, 0.0) if outcome.status == "optimal" else None


def _together(live: Live, rows: list[Any]) -> float | None:
    """What the plan costs more where several lines wait; None where there is no plan."""
    if not rows:
        return 0.0
    outcome, _ = without_lines(live, rows)
    return max(outcome.delta, 0.0) if outcome.status == "optimal" else None


def _without_residual(live: Live, folder: Path) -> dict[str, Any] | None:
    """The cheapest plan where nothing is credited for what is left at the end."""
    if live.case.settings.residual == "none":
        return None
    bare = dataclasses.replace(
        live.case, settings=dataclasses.replace(live.case.settings, residual="none")
    )
    outcome, asked = try_case(live, "without residual value", bare)
    if outcome.status != "optimal":
        return {"cost_usd": None, "commit_usd": 0.0, "kept_usd": 0.0}
    then = new_lines(live, asked)
    then = then[then["order_period"] == 0]
    buy, now = _now(folder)
    mine = committed(buy, now)
    amount = mine["chips"].fillna(mine["mw"]).to_numpy(dtype=np.float64)
    other = amounts(then).reindex((mine["action"] + " " + mine["line_id"]).to_numpy())
    same = np.minimum(amount, other.fillna(0.0).to_numpy())
    share = np.divide(same, amount, out=np.ones(len(amount)), where=amount > 0)
    kept = float((mine["total_usd"].to_numpy(dtype=np.float64) * share).sum())
    return {
        "cost_usd": outcome.objective,
        "commit_usd": round(float(then["total_usd"].sum()), 2),
        "kept_usd": round(kept, 2),
    }


def _break_evens(live: Live, folder: Path) -> list[dict[str, Any]]:
    """The prices at which the nearest offers come in, each where it comes closest."""
    prices = read_run_table(folder, "prices")
    near = prices[(prices["blocked_by"] == "") & np.isfinite(prices["cut_pct"])]
    near = near[(near["break_even"] > 0) & (near["price"] > 0)]
    near = near.sort_values(["cut_pct", "offer"], kind="stable").drop_duplicates("offer")
    found: list[dict[str, Any]] = []
    rows: list[Any] = [row for _, row in near.head(MOST_OFFERS).iterrows()]
    if not rows:
        return found
    for row, slope in zip(rows, price_slopes(live, rows), strict=True):
        found.append(
            {
                **{name: str(row[name]) for name in ("offer", "site", "order_period")},
                "price_field": str(row["price_field"]),
                "price": float(row["price"]),
                "break_even": exact_break_even(live, row, slope),
            }
        )
    nearest = [-float(one["break_even"]) / float(one["price"]) for one in found]
    return [found[at] for at in np.argsort(nearest, kind="stable")]


def _steps(live: Live, folder: Path) -> list[dict[str, Any]]:
    """What one more unit of the tightest limits saves, and a tenth more."""
    tables = {
        worth.table: read_run_table(folder, worth.table)
        for worth in WORTHS
        if (folder / f"{worth.table}.csv").is_file()
    }
    tight = tight_limits(read_plan(folder), tables).head(MOST_LIMITS)
    found = []
    for row in tight.itertuples():
        kind, item, period = str(row.kind), str(row.item), str(row.when)
        words = [LOCAL.get(kind, kind), *((item,) if kind == "policy" else (item, period))]
        try:
            limit = find_limit(live.case, folder, words)
        except RunError:
            continue  # a limit that only power projects make has no row of its own to change
        tenth = 0.05 if limit.unit == SHARE else 0.1 * limit.size
        found.append(
            {
                "kind": kind,
                "item": item,
                "period": period,
                "unit": limit.unit,
                "one": limit.one,
                "saves_usd": _saved(live, limit, limit.one),
                "tenth": tenth,
                "tenth_saves_usd": _saved(live, limit, tenth),
            }
        )
    return found


def _saved(live: Live, limit: Limit, step: float) -> float | None:
    """What more of a limit saves, USD at the start of the plan; None where there is no plan."""
    if not step:
        return 0.0
    outcome, _ = try_case(live, "more", changed(live.case, limit, limit.size + step))
    return -outcome.delta if outcome.status == "optimal" else None
