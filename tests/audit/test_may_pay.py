"""When work that nobody asks for could pay, the audit holds that none is done."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.audit.facts import load_may_pay


@pytest.mark.parametrize(
    ("usd_per_mwh", "limits", "pays"),
    [
        ([50.0, 0.0], [], False),
        ([50.0, -0.01], [], True),
        ([50.0], [("carbon", np.nan, np.nan)], False),
        ([50.0], [("carbon", 0.0, 1.0)], False),
        ([50.0], [("power", 0.3, 0.5)], False),
        ([50.0], [("carbon", 0.3, np.nan)], True),
        ([50.0], [("carbon", np.nan, 0.5)], True),
    ],
)
def test_a_negative_price_or_a_share_of_carbon(
    usd_per_mwh: list[float], limits: list[tuple[str, float, float]], pays: bool
) -> None:
    facts: Any = SimpleNamespace(
        case={
            "limits": pd.DataFrame(
                {
                    "measure": pd.Series([limit[0] for limit in limits], dtype=object),
                    "min_share": np.array([limit[1] for limit in limits], dtype=np.float64),
                    "max_share": np.array([limit[2] for limit in limits], dtype=np.float64),
                }
            )
        },
        usd_per_mwh=np.array(usd_per_mwh),
    )
    assert load_may_pay(facts) is pays
