"""What is reported of rentals is recomputed: reduced costs, and whole lots against their most."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import run
from tests.audit.hand_made_run import seal
from tests.scales import INPUTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of gov-cloud, which rents by the hour."""
    result = run(INPUTS / "gov-cloud", out=tmp_path_factory.mktemp("out"))
    assert result.status == "optimal", result.message
    assert result.folder is not None
    return result.folder


def _failed(folder: Path, table: str, row: int, cells: dict[str, str]) -> set[str]:
    """Return the checks that fail with cells changed; the file is put back."""
    path = folder / f"{table}.csv"
    before = path.read_bytes()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, cell in cells.items():
        frame.loc[row, name] = cell
    path.write_bytes(frame.to_csv(index=False, lineterminator="\n").encode())
    seal(folder)
    failed = {check.name for check in audit(folder).failed}
    path.write_bytes(before)
    seal(folder)
    return failed


def test_a_reduced_cost_of_a_rental_is_recomputed(folder: Path) -> None:
    """Right: a thousandth more than price, time and limits of its slices make is seen."""
    prices = pd.read_csv(folder / "prices.csv")
    rents = prices[prices["kind"].isin(["on_demand", "spot"]) & (prices["reduced_cost_usd"] > 100)]
    assert len(rents)
    row = int(rents.index[0])
    cell = f"{prices['reduced_cost_usd'][row] * 1.001:.2f}"
    failed = _failed(folder, "prices", row, {"reduced_cost_usd": cell})
    assert "prices.rental_reduced_cost" in failed


def test_whole_lots_of_rentals_keep_to_the_most_of_their_offer(folder: Path) -> None:
    """Right: a rental handed over in more lots than ``max_per_period`` is seen."""
    buy = pd.read_csv(folder / "buy_plan.csv")
    most = pd.read_csv(INPUTS / "gov-cloud/offers.csv").set_index("offer")["max_per_period"]
    rents = buy[(buy["action"] == "rent") & (buy["offer"].map(most) > 0)]
    assert len(rents)
    row = int(rents.index[0])
    size = float(buy["chips_rounded"][row] / buy["lots"][row])
    lots = most[buy["offer"][row]] // size + 1
    cells = {"lots": f"{lots:.0f}", "chips_rounded": f"{lots * size:.12g}"}
    assert "offers.max_rounded" in _failed(folder, "buy_plan", row, cells)
