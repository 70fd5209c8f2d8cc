"""What a policy believes of the demand to come, from what was known then and nothing else."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case
from planner.case.columns import texts, whole
from planner.replay.history import History
from planner.replay.policy import Policy
from planner.runs.read import RunError

Floats = NDArray[np.float64]


def believed(case: Case, history: History, policy: Policy, now: int, known: int) -> Floats:
    """Return the demand that a policy plans with: of passed periods what was asked for, of later
    ones what it believes::

        forecast_h, or last x growth^(h + 1), or last
        x (last / it)^shrink     x exp(z(quantile) sigma sqrt(h + 1))     x (1 + reserve)

    with ``last`` the demand of the last period before ``now``, ``h`` the periods from ``now`` on
    and ``sigma`` the root mean square of ``log(actual / forecast) / sqrt(h + 1)`` over all
    forecasts of periods before ``now``.

    Args:
        case: the case.
        history: its history.
        policy: the policy.
        now: the period that begins; forecasts are those made then.
        known: first period of which the demand is not known yet, ``now`` or the one after.

    Returns:
        Of each row of demand.csv, its unit, (n, A).

    Raises:
        RunError: where the policy needs what the history has not.
    """
    table = case["demand"]
    period = whole(table, "period")
    last, before = (_asked(case, history, now - back) for back in (1, 2))
    ahead = np.maximum(period - now, 0)[:, None] + 1.0
    when = case.calendar.label(now)
    if policy.forecast == "given":
        if history.forecasts is None:
            raise RunError(
                f"policy {policy.name} takes the forecast as it was, and the history has none. "
                "Next: add forecasts.csv to it, or take last_growth or flat"
            )
        found = np.where((period >= now)[:, None], history.forecasts[now], 0.0)
    else:
        _needed(policy, last, when, 1)
        found = last
        if policy.forecast == "last_growth":
            _needed(policy, before, when, 2)
            growth = np.divide(last, before, out=np.ones_like(last), where=before > 0)
            found = last * growth**ahead
    if policy.shrink:
        _needed(policy, last, when, 1)
        back = np.divide(last, found, out=np.ones_like(last), where=(found > 0) & (last > 0))
        found = found * back**policy.shrink
    if policy.quantile is not None:
        found = found * np.exp(
            NormalDist().inv_cdf(policy.quantile) * _sigma(case, history, now) * np.sqrt(ahead)
        )
    found = found * (1.0 + policy.reserve)
    if policy.peak:
        found = _never_falling(case, found, now)
    return np.where((period < known)[:, None], history.actual, found)


def _asked(case: Case, history: History, period: int) -> Floats:
    """What each row's workload was asked for in a period, (n, A); NaN where it is not known."""
    table = case["demand"]
    names, periods = texts(table, "workload").tolist(), whole(table, "period").tolist()
    nothing = np.full(len(history.columns), np.nan)
    by_key = dict(zip(zip(names, periods, strict=True), history.actual, strict=True))
    told = by_key if period >= 0 else history.earlier
    return np.array([told.get((name, period), nothing) for name in names])


def _needed(policy: Policy, asked: Floats, when: str, back: int) -> None:
    if np.isnan(asked).any():
        raise RunError(
            f"policy {policy.name} needs to know in {when} what every workload was asked for "
            f"{back} period{'s' if back > 1 else ''} before. Next: add rows of earlier periods to "
            "demand.csv of the history"
        )


def _sigma(case: Case, history: History, now: int) -> float:
    """How wrong forecasts were so far, as the standard deviation of a period's logarithm."""
    if history.forecasts is None:
        return 0.0
    period = whole(case["demand"], "period")
    made = np.arange(len(history.forecasts))[:, None]
    passed = (period < now) & (period >= made)
    told, actual = history.forecasts[passed.nonzero()], history.actual[passed.nonzero()[1]]
    ahead = (period - made)[passed.nonzero()][:, None] + 1.0
    sound = (told > 0) & (actual > 0)
    if not sound.any():
        return 0.0
    wrong = np.log(np.where(sound, actual, 1.0) / np.where(sound, told, 1.0)) / np.sqrt(ahead)
    return float(np.sqrt((wrong[sound] ** 2).mean()))


def _never_falling(case: Case, found: Floats, now: int) -> Floats:
    """The most that is believed of any period from now to each row's own, (n, A)."""
    table = case["demand"]
    _, workload = np.unique(texts(table, "workload"), return_inverse=True)
    period = whole(table, "period")
    order = np.lexsort((period, workload))
    most = found.copy()
    for code in range(int(workload.max(initial=-1)) + 1):  # a few workloads
        mine = order[workload[order] == code]
        mine = mine[period[mine] >= now]
        most[mine] = np.maximum.accumulate(found[mine], axis=0)
    return most
