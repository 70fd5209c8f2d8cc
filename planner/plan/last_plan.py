"""The last plan: what changed since."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.case.tables.last_plan import DECIDED
from planner.plan.actions import FREEZABLE
from planner.plan.answer import Answer

SAME: Final = 1e-4 * (1.0 + 1e-6)
"""Share by which a line may change and be told as the same; what is just that, but for the digits
that are not written, is the same, too."""


def changes(answer: Answer, lines: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what each line is against the last plan, by offer, site and order period (new, same,
    +n or -n), and the reason where the last plan is frozen; texts, (n,) each."""
    f = answer.formulation
    last = f.case["last_plan"]
    result, reason = np.full(len(lines), "", dtype=object), np.full(len(lines), "", dtype=object)
    if last.empty:
        return result, reason
    keys = pd.MultiIndex.from_arrays(
        [texts(last, "offer"), texts(last, "site"), last["order_period"].to_numpy(dtype=np.int64)]
    )
    amount = (
        pd.Series(numbers(last, "chips") + numbers(last, "mw"), index=keys)
        .groupby(level=[0, 1, 2])
        .sum()
    )
    mine = lines["action"].isin(FREEZABLE).to_numpy() & (lines["status"] == "new").to_numpy()
    part = lines[mine]
    wanted = pd.MultiIndex.from_arrays(
        [
            part["offer"],
            f.index.axes["site"][part["site"].to_numpy(dtype=np.int64)],
            part["order_period"].to_numpy(dtype=np.int64),
        ]
    )
    before = amount.reindex(wanted).to_numpy()
    now = np.where(part["chips"].notna(), part["chips"], part["mw"]).astype(np.float64)
    change = now - before
    words = np.array(
        [
            ("+" if c > 0 else "-") + f"{abs(c):,.6g} ({b:,.6g} -> {v:,.6g})"
            for c, b, v in zip(change, before, now, strict=True)
        ],
        dtype=object,
    )
    same = np.abs(change) <= SAME * np.maximum(np.abs(now), 1.0)
    result[mine] = np.where(np.isnan(before), "new", np.where(same, "same", words))
    frozen = part["order_period"].to_numpy(dtype=np.int64) < f.case.settings.frozen_periods
    chosen = np.isin(texts(last, "decision"), DECIDED)
    decided = wanted.isin(keys[chosen]) if chosen.any() else np.zeros(len(part), dtype=bool)
    words = np.where(decided, "decided: as the approved plan has it", "")
    reason[mine] = np.where(frozen, "frozen: kept from the last plan", words)
    return result, reason
