"""Verdicts: one check of a written plan, and the report of all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from planner.audit.tolerance import FLOOR, Slack, slack_of

Floats = NDArray[np.float64]

Describe = Callable[[int], str]
"""Says in words what entry ``i`` of a flat array is: file, row or key, column."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the audit looked at.

    ``worst`` is the largest difference (or excess over a limit) found, in the unit of the check;
    ``where`` names the file and row of it with the value found and the value recomputed; ``limit``
    says what is allowed.
    """

    name: str
    passed: bool
    worst: float
    where: str
    limit: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """All checks of one run folder, in the order in which they were made."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    def __str__(self) -> str:
        """Text for the terminal: failures first with their reasons, then a line per check
        passed."""
        lines = [
            f"audit {'passed' if self.ok else 'FAILED'}: {len(self.checks) - len(self.failed)} of "
            f"{len(self.checks)} checks passed"
        ]
        for check in self.failed:
            lines += [f"  FAILED  {check.name}: {check.where}", f"          allowed: {check.limit}"]
        width = max((len(check.name) for check in self.checks), default=0)
        lines += [
            f"  passed  {check.name:<{width}}  worst {figure(check.worst)}"
            for check in self.checks
            if check.passed
        ]
        return "\n".join(lines)


def within(where: Describe, rows: NDArray[Any]) -> Describe:
    """Return a description of the chosen rows of what another one describes, (n,)."""
    return lambda i: where(int(rows[i]))


def showing(where: Describe, values: Any) -> Describe:
    """Return a description that shows the value that stands there."""
    return lambda i: f"{where(i)}: {values[i]!r}"


def differing(where: Describe, written: Any, own: Any) -> Describe:
    """Return a description that shows what is written and what was recomputed."""
    return lambda i: f"{where(i)}: written {written[i]!r}, recomputed {own[i]!r}"


def line_column(buy: pd.DataFrame, name: str) -> Describe:
    """Return the words for a column of a line of buy_plan.csv."""
    return lambda i: f"buy_plan.csv, line {buy['line_id'][i]}, {name}"


def blank_too(written: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Return figures to compare, in their shape: where both are blank they agree."""
    both = np.isnan(written) & np.isnan(own)
    return np.where(both, 0.0, written), np.where(both, 0.0, own)


def figure(value: Any) -> str:
    """Return a number as the audit prints it: ten significant digits."""
    return f"{float(value):.10g}"


def failure(name: str, where: str, limit: str) -> Check:
    """Return a failed check that has no number to show."""
    return Check(name, False, math.inf, where, limit)


def require(name: str, good: ArrayLike, where: Describe, limit: str) -> Check:
    """Return a check that every condition of an array holds; ``where(i)`` describes entry ``i``."""
    flags = np.atleast_1d(np.asarray(good, dtype=bool))
    bad = np.flatnonzero(~flags)
    if len(bad):
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        return Check(name, False, float(len(bad)), where(int(bad[0])) + more, limit)
    return Check(name, True, 0.0, f"{len(flags)} entries", limit)


def _worst(name: str, amount: Floats, tolerance: Floats, where: Describe, limit: str) -> Check:
    """Return the check that no amount exceeds its tolerance, told by the entry that does so most;
    not a number fails."""
    if amount.size == 0:
        return Check(name, True, 0.0, "nothing to check", limit)
    ratio = np.where(np.isfinite(amount), amount / tolerance, np.inf)
    ratio = np.where(np.isneginf(amount), -np.inf, ratio)
    i = int(np.argmax(ratio))
    passed = bool(ratio[i] <= 1.0)
    return Check(name, passed, float(np.maximum(amount[i], 0.0)), where(i), limit)


def _spread(*arrays: ArrayLike) -> list[Floats]:
    """Return arrays broadcast against each other and flattened, as float64."""
    return [
        np.asarray(a, dtype=np.float64).ravel()
        for a in np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(a, dtype=np.float64)) for a in arrays)
        )
    ]


def agree(
    name: str,
    written: ArrayLike,
    recomputed: ArrayLike,
    where: Describe,
    *,
    unit: str,
    floor: ArrayLike | Slack | None = None,
) -> Check:
    """Return a check that written figures equal the recomputed ones.

    Args:
        name: name of the check.
        written: figures of the file, any shape.
        recomputed: figures of the audit, broadcast against them.
        where: description of flat entry ``i``: file and key.
        unit: unit, for the text and for the floor.
        floor: absolute tolerance, or all of it; that of the unit when left out.

    Returns:
        The check: ``|written - recomputed| <= relative x size + floor``; what is not a number
        fails.
    """
    slack = slack_of(floor)
    found, truth, least, scale = _spread(
        written, recomputed, FLOOR[unit] if slack.floor is None else slack.floor, slack.size
    )
    with np.errstate(invalid="ignore", over="ignore"):
        tolerance = (
            slack.relative * np.fmax(scale, np.fmax(np.abs(found), np.abs(truth)))
            + least
            + np.finfo(float).tiny
        )
        gap = np.abs(found - truth)
    gap = np.where(np.isnan(gap), np.inf, gap)
    limit = f"{slack.relative:g} of the figure" + (
        f" + {FLOOR[unit]:g} {unit}"
        if slack.floor is None
        else " + what the rounding of chips and cents carries on"
    )
    return _worst(
        name,
        gap,
        tolerance,
        lambda i: f"{where(i)}: written {figure(found[i])}, recomputed {figure(truth[i])} {unit}",
        limit,
    )


def at_most(
    name: str,
    value: ArrayLike,
    bound: ArrayLike,
    where: Describe,
    *,
    unit: str,
    floor: ArrayLike | Slack | None = None,
) -> Check:
    """Return a check that values keep to an upper bound.

    Args:
        name: name of the check.
        value: values, any shape.
        bound: bounds, broadcast against them; infinite or NaN where there is none.
        where: description of flat entry ``i``.
        unit: unit, for the text and for the floor.
        floor: absolute tolerance, or all of it; that of the unit when left out.

    Returns:
        The check: ``value <= bound + 1e-6 x size + floor``.
    """
    return _bounded(name, (value, bound), where, unit, floor, least=False)


def at_least(
    name: str,
    value: ArrayLike,
    bound: ArrayLike,
    where: Describe,
    *,
    unit: str,
    floor: ArrayLike | Slack | None = None,
) -> Check:
    """Return a check that values keep to a lower bound: as :func:`at_most`, the other way round."""
    return _bounded(name, (value, bound), where, unit, floor, least=True)


def _bounded(
    name: str,
    pair: tuple[ArrayLike, ArrayLike],
    where: Describe,
    unit: str,
    floor: ArrayLike | Slack | None,
    *,
    least: bool,
) -> Check:
    """Return a check that values keep to their bounds, both of ``pair``; lower ones with
    ``least``."""
    slack = slack_of(floor)
    found, edge, small, scale = _spread(
        *pair, FLOOR[unit] if slack.floor is None else slack.floor, slack.size
    )
    with np.errstate(invalid="ignore", over="ignore"):
        excess = (edge - found) if least else (found - edge)
        tolerance = (
            slack.relative * np.fmax(scale, np.where(np.isfinite(edge), np.abs(edge), 0.0))
            + small
            + np.finfo(float).tiny
        )
    excess = np.where(
        np.isnan(edge) | np.isinf(edge), -np.inf, np.where(np.isnan(excess), np.inf, excess)
    )
    limit = f"{'at least' if least else 'at most'} the limit, to {slack.relative:g} of it" + (
        f" + {FLOOR[unit]:g} {unit}"
        if slack.floor is None
        else " + what the rounding of chips carries on"
    )
    return _worst(
        name,
        excess,
        tolerance,
        lambda i: (
            f"{where(i)}: found {figure(found[i])}, {'least' if least else 'most'} "
            f"{figure(edge[i])} {unit}"
        ),
        limit,
    )


def merge(name: str, checks: Sequence[Check]) -> Check:
    """Return one check for several of the same kind: the first that fails, otherwise the one with
    the largest difference."""
    if not checks:
        return Check(name, True, 0.0, "nothing to check", "")
    bad = [check for check in checks if not check.passed]
    chosen = bad[0] if bad else max(checks, key=lambda check: check.worst)
    more = f" (and {len(bad) - 1} more checks of this kind)" if len(bad) > 1 else ""
    return Check(name, chosen.passed, chosen.worst, chosen.where + more, chosen.limit)
