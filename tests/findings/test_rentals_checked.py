"""What is reported of rentals is recomputed: reduced costs, and whole lots against their most."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import run
from tests.audit.hand_made_run import seal
from tests.helpers import write_case
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


@pytest.mark.slow
def test_a_reduced_cost_of_a_rental_is_recomputed(folder: Path) -> None:
    """Right: a thousandth more than price, time and limits of its slices make is seen."""
    prices = pd.read_csv(folder / "prices.csv")
    rents = prices[prices["kind"].isin(["on_demand", "spot"]) & (prices["reduced_cost_usd"] > 100)]
    assert len(rents)
    row = int(rents.index[0])
    cell = f"{prices['reduced_cost_usd'][row] * 1.001:.2f}"
    failed = _failed(folder, "prices", row, {"reduced_cost_usd": cell})
    assert "prices.rental_reduced_cost" in failed


@pytest.mark.slow
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


SOURCE = {"source": "assumption", "as_of": "2026-12-01"}


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which all work must survive the loss of any one of three clouds, where the third
    has nothing: chips of it would stand in for the first and for the second."""
    names = ("one", "two", "three")
    price = dict(zip(names, ("0.5", "1", "1.6"), strict=True))
    tables = {
        "chips": [
            {
                "chip": "a",
                "vendor": "v",
                "kw_peak": "1",
                "kw_idle": "0.5",
                "peak_tflops_bf16": "900",
                "cooling": "air",
                "availability": "1",
                "annual_attrition": "0",
                "economic_life_years": "5",
            }
            | SOURCE
        ],
        "sites": [
            {"site": name, "region": "r", "country": "us", "kind": "cloud"} | SOURCE
            for name in names
        ],
        "offers": [
            {
                "offer": f"rent_{name}",
                "chip": "a",
                "site": name,
                "kind": "on_demand",
                "lead_periods": "0",
                "usd_per_chip_hour": price[name],
            }
            | SOURCE
            for name in names
        ],
        "workloads": [
            {
                "workload": "chat",
                "kind": "online",
                "model": "m",
                "tier": "t",
                "regions": "r",
                "survive_site_loss": "1",
            }
        ],
        "demand": [{"workload": "chat", "period": "2027", "output_mtok": "100000"}],
        "throughput": [
            {"model": "m", "tier": "t", "chip": "a", "output_tok_per_s": "100"} | SOURCE
        ],
    }
    settings = {
        "name": "clouds",
        "start": "2027",
        "periods": 1,
        "frequency": "year",
        "discount_rate": 0,
        "slices": [{"name": "all", "hours_share": 1}],
    }
    out = tmp_path_factory.mktemp("clouds")
    result = run(write_case(out / "case", tables, settings), out=out / "runs")
    assert result.status == "optimal", result.message
    assert result.folder is not None
    return result.folder


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_rental_that_would_stand_in_for_a_lost_site(clouds: Path, factor: float) -> None:
    """By hand: a chip of the third for a year is worth one of the first, should the second be lost,
    and one of the second, should the first be lost: 1.6 - 0.5 - 1 USD an hour are too much.  Both
    reserves are named after another place, and still a smaller figure is seen like a larger one."""
    prices = pd.read_csv(clouds / "prices.csv")
    row = int(prices.index[prices["site"] == "three"][0])
    cost = float(prices["reduced_cost_usd"][row])
    assert cost == pytest.approx(0.1 * 8760)
    assert not audit(clouds).failed
    failed = _failed(clouds, "prices", row, {"reduced_cost_usd": f"{cost * factor:.2f}"})
    assert "prices.rental_reduced_cost" in failed
