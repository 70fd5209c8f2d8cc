"""What can be ordered: every order that the inputs allow, by offer, site and period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, whole


def orderable(facts: Facts) -> pd.DataFrame:
    """Return every order that the plan could place: row (of offers.csv), site, period, arrives,
    kind; rules and windows applied."""
    offers, T = facts.case["offers"], facts.T
    frame = (
        offers[["offer", "chip", "site", "kind", "first_order", "last_order", "lead_periods"]]
        .reset_index(names="row")
        .explode("site")
    )
    frame = frame.dropna(subset=["site"]).merge(pd.DataFrame({"period": np.arange(T)}), how="cross")
    frame = frame[
        (frame["period"] >= frame["first_order"]) & (frame["period"] <= frame["last_order"])
    ].reset_index(drop=True)
    frame["arrives"] = frame["period"] + frame["lead_periods"]
    frame = frame[frame["arrives"] < T].reset_index(drop=True)
    forbidden = facts.forbidden(
        facts.codes("chip", frame["chip"]),
        facts.codes("site", frame["site"]),
        whole(frame, "period"),
    )
    allowed: pd.DataFrame = frame[~forbidden].reset_index(drop=True)
    return allowed
