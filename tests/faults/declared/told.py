"""Faults in whole lots, and in what needs a person."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "lines",
        "plan.rounding",
        (
            "round_lots",
            "np.ceil(amount / size - 1e-06)",
            "np.ceil(amount / size - 1e-06) + 1.0",
            "one lot too many",
        ),
        (
            "round_lots",
            "coefficient * extra <= room[int(r)] + 1e-06",
            "coefficient * extra <= np.inf",
            "rounding up beyond a limit",
        ),
        ("round_lots", "lots * size", "lots", "chips in whole lots are the lots"),
    ),
    *of(
        "lines",
        "plan.misses",
        (
            "_decide_now",
            "f.index.axes['period'][0]",
            "f.index.axes['period'][-1]",
            "decide-now lists the last period",
        ),
        (
            "_short",
            "short['short'] / short['demand'].where(short['demand'] > 0, 1.0)",
            "short['short'] / short['served'].where(short['served'] > 0, 1.0)",
            "short in per cent of what is served",
        ),
        (
            "_late",
            "late['late_flop'] > 0",
            "late['late_flop'] > 1e30",
            "late milestones are not told",
        ),
        (
            "_exceeded",
            "soft[_above(soft[over].fillna(0.0), 0.005)]",
            "soft[soft[over].fillna(0.0) > 1e15]",
            "soft limits that are exceeded are not told",
        ),
        (
            "_stranded_chips",
            "np.maximum(1.0, 0.01 * fleet['held'])",
            "np.maximum(1.0, 100.0 * fleet['held'])",
            "stranded chips are not told",
        ),
        (
            "_stranded_mw",
            "free['free_mw']) + ' MW at '",
            "free['built_mw']) + ' MW at '",
            "free MW are the built ones",
        ),
        (
            "_leaning",
            "_above(residual, RESIDUAL_SHARE * total)",
            "residual > 1000.0 * RESIDUAL_SHARE * total",
            "leaning on residual value is never told",
        ),
        (
            "_leaning",
            "-float(costs.loc[costs['term'] == 'residual', 'discounted_usd'].sum())",
            "-float(costs.loc[costs['term'] == 'residual', 'nominal_usd'].sum())",
            "residual leaning by undiscounted money",
        ),
        (
            "_leaning",
            "f.index.axes['period'][max(f.index.T - f.index.ppy, 0):]",
            "f.index.axes['period'][max(f.index.T - 1, 0):]",
            "the last year is its last period",
        ),
    ),
    *of(
        "lines",
        "plan.exceptions",
        (
            "exception_table",
            "{'high': 0, 'medium': 1, 'low': 2}",
            "{'high': 2, 'medium': 1, 'low': 0}",
            "the least severe comes first",
        ),
    ),
)
