"""An order in flight that is late, or dearer, is so in the next case."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from planner.case.files import read_files
from planner.roll.held import orders_edit
from planner.roll.really import state_after
from planner.roll.state import state_of
from tests.helpers import write_case
from tests.model.small import chip, demand, power, settings, site, tables
from tests.roll.nextcase import solved
from tests.roll.test_really import BUY, actuals_with


def test_late_and_dearer(tmp_path: Path) -> None:
    """Six chips for 2026 come in 2027, at 1,200 instead of 1,000 USD: two cells of their row."""
    order = {"order": "po", "chip": "a", "site": "home", "arrives": "2026", "chips": "6"}
    given = tables(
        4,
        chips=[chip(economic_life_years=8)],
        sites=[site()],
        power=power(periods=4),
        offers=[BUY],
        orders=[order | {"usd_per_chip": "1000", "paid_share": "0.5", "leaves_service": "2040"}],
        demand=demand(0, 5, 6, 6),
    )
    folder = write_case(tmp_path / "case", given, settings(4, discount_rate=0.1))
    answer = solved(folder)[0]
    case, text = answer.formulation.case, read_files(folder)[0]["orders"]

    def cells(actuals_row: dict[str, object] | None) -> dict[tuple[int, str], str]:
        told = actuals_with(1, orders=[actuals_row]) if actuals_row else None
        state = (
            state_of(answer, 1) if told is None else state_after(answer, state_of(answer, 1), told)
        )
        return orders_edit(case, text, state.lots, 1).cells

    assert cells(None) == {}
    row = {"line": "po@home", "period": np.nan, "arrives": 2, "usd_per_chip": 1200}
    assert cells(row) == {
        (2, "arrives"): "2027",
        (2, "leaves_service"): "2041",
        (2, "usd_per_chip"): "1200",
    }
