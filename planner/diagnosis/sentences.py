"""Sentences: a repair in the case's words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.diagnosis.changes import Change
from planner.diagnosis.elastic import Given
from planner.diagnosis.ground import Ground
from planner.diagnosis.words import entities, figure, span, usd
from planner.limits import BY_ROWS
from planner.limits.limit import Worth


def sentence(ground: Ground, changes: Sequence[Change], given: Given) -> str:
    """Return a repair as one sentence: what gives, by how much, when.

    Args:
        ground: the case.
        changes: the changes it makes.
        given: what gives.
    """
    table = ground.limits.table.iloc[
        given.slack["limit"].drop_duplicates().to_numpy(dtype=np.int64)
    ]
    table = table.assign(name=entities(ground.case, table))
    parts = []
    for (kind, source, column, name), part in table.groupby(
        ["kind", "table", "column", "name"], sort=False
    ):
        mine = [c for c in changes if c.table == source and _about(ground, c, str(name))]
        parts.append(
            _part(
                ground,
                str(kind),
                str(column),
                str(name),
                sorted({int(t) for t in part["period"] if t >= 0}),
                mine,
            )
        )
    return "; ".join(parts)


def _about(ground: Ground, change: Change, name: str) -> bool:
    import pandas as pd

    return bool(
        entities(ground.case, pd.DataFrame({"table": [change.table], "at": [change.at]}))[0] == name
    )


def _steps(changes: Sequence[Change], column: str) -> list[float]:
    return [abs(float(c.new) - float(c.old)) for c in changes if c.column == column]


def _amount(steps: Sequence[float]) -> str:
    top = max(steps, default=0.0)
    same = all(abs(step - top) <= 1e-9 * top for step in steps)
    return ("" if same else "up to ") + figure(float(f"{top:.6g}"))


def _when(ground: Ground, periods: Sequence[int]) -> str:
    """``from 2028Q2``, where it lasts to the end of the plan; otherwise ``in ...``."""
    last = ground.case.calendar.count - 1
    if (
        periods
        and max(periods) == last
        and len(periods) == last - min(periods) + 1
        and len(periods) > 1
    ):
        return f"from {ground.case.calendar.label(min(periods))}"
    return f"in {span(ground.case, periods)}"


def _part(
    ground: Ground,
    kind: str,
    column: str,
    name: str,
    periods: Sequence[int],
    changes: Sequence[Change],
) -> str:
    case, when = ground.case, _when(ground, periods)
    by = (
        _amount(_steps(changes, column))
        if kind not in ("deadline", "online", "batch", "research")
        else ""
    )
    new = changes[0].new if changes else ""
    match kind:
        case "mw":
            return f"add {by} MW at {name} {when}"
        case "liquid_mw":
            return f"add {by} MW of liquid cooling at {name} {when}"
        case "contract_power":
            return f"rent {by} kW more with contract {name}"
        case "project":
            return f"let power project {name} grow by {by} MW"
        case "max_chips" | "min_chips" if changes and changes[0].table == "supply":
            return (
                f"raise supply of {name} by {by} chips {when}"
                if kind == "max_chips"
                else f"take {by} chips less of {name} than its take or pay {when}"
            )
        case "offer" | "rent":
            verb = "raise the most" if column == "max_per_period" else "lower the least"
            return (
                f"{verb} of offer {name} by {by} chips "
                f"{'at any moment' if kind == 'rent' else 'per order period'}"
            )
        case "max_orders":
            return f"let offer {name} be ordered {by} times more"
        case "min_order":
            return f"lower the least order of offer {name} by {by} chips"
        case "max_chips":
            return f"let milestone {name} use {by} chips more at once"
        case "min_chips":
            return f"let milestone {name} do with {by} chips less"
        case "deadline":
            return milestone_changes(ground, name, changes)
        case "online" | "batch" | "research":
            counted = (
                "flop"
                if kind == "research"
                else "output_mtok"
                if any(c.column == "output_mtok" for c in changes)
                else "input_mtok"
            )
            total = sum(_steps(changes, counted))
            return (
                f"leave {figure(float(f'{total:.4g}'))} "
                f"{'FLOP' if kind == 'research' else 'Mtok'} of {name} "
                f"{'undone' if kind == 'research' else 'unserved'} {when}"
            )
        case "research_share":
            return f"keep {new} instead of {changes[0].old} of the fleet's chip-time for {name}"
        case "research_multiple":
            return (
                f"do {new} instead of {changes[0].old} times the FLOP of the milestones in {name}"
            )
        case "site_loss":
            return f"let {new} instead of {changes[0].old} of {name} survive the loss of a site"
        case "budget":
            category, window = name.split(" ", 1)
            return (
                f"raise the {category} budget of {window} by "
                f"{usd(max(_steps(changes, column), default=0.0))}"
            )
        case "limit":
            return f"move {column} of policy {name} from {changes[0].old} to {new}"
        case _ if kind in BY_ROWS and isinstance(worth := BY_ROWS[kind].worth, Worth):
            unit = f"{worth.unit}s" if worth.unit != "MW" else "MW"
            return f"raise {worth.word} {name} by {by} {unit}" + (f" {when}" if periods else "")
    raise KeyError(f"{kind} in {case.folder}")


def milestone_changes(ground: Ground, name: str, changes: Sequence[Change]) -> str:
    parts = []
    for change in changes:
        if change.column == "deadline":
            by = ground.case.calendar.parse(change.new) - int(
                ground.formulation.milestones.deadline[change.at]
            )
            parts.append(
                f"let {name} finish {by} {ground.case.settings.frequency}{'s' if by != 1 else ''} "
                f"later, by {change.new}"
            )
        elif change.column in ("flop", "tokens_t"):
            parts.append(
                f"ask {100.0 * (1.0 - float(change.new) / float(change.old)):.3g} % fewer FLOP of "
                f"{name}"
            )
    return " and ".join(parts)
