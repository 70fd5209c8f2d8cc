"""Network fabrics: the ports of a fabric limit the chips powered on it, worked by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import run
from planner.study.explain import explain
from tests.helpers import write_case
from tests.model.small import chip, offer, settings, solved, tables, throughput
from tests.model.wayout import way_out

pytestmark = pytest.mark.drawn

TWO = {
    "chips": [chip(), chip("b")],
    "offers": [offer(usd_per_chip=100), offer("buy_b", "b", usd_per_chip=150)],
    "throughput": throughput("a", "b"),
}
"""10 Mtok a year; a chip serves one, a costs 100 USD and b 150."""


def fabric(name: str = "spine", chips: str = "a", ports: float = 6) -> dict[str, object]:
    return {"fabric": name, "site": "home", "chips": chips, "max_chips": ports}


def cost(folder: Path, *fabrics: dict[str, object]) -> float:
    return solved(folder, tables(fabrics=fabrics, **TWO), settings())[1].objective  # type: ignore[arg-type]


def test_ports_by_hand(tmp_path: Path) -> None:
    """Six a on the fabric and four b beside it: 600 + 600 USD."""
    assert cost(tmp_path, fabric()) == pytest.approx(1200.0)


@pytest.mark.slow
@pytest.mark.parametrize(("ports", "usd"), [(0, 1500), (3, 1350), (10, 1000), (50, 1000)])
def test_more_ports_never_cost_more(tmp_path: Path, ports: float, usd: float) -> None:
    assert cost(tmp_path, fabric(ports=ports)) == pytest.approx(usd)


def test_two_fabrics_count_their_own_chips(tmp_path: Path) -> None:
    assert cost(tmp_path, fabric(ports=2), fabric("leaf", "b", 8)) == pytest.approx(1400.0)


def test_a_chip_without_power_takes_no_port(tmp_path: Path) -> None:
    """Ten a are in the fleet: six serve for nothing, the others cannot be connected."""
    fleet = [{"chip": "a", "site": "home", "in_service": 2024, "chips": 10}]
    case = tables(fabrics=[fabric()], fleet=fleet, **TWO)  # type: ignore[arg-type]
    assert solved(tmp_path, case, settings())[1].objective == pytest.approx(600.0)


@pytest.mark.slow
def test_the_plan_tells_checks_and_explains_it(tmp_path: Path) -> None:
    folder = write_case(
        tmp_path / "case",
        tables(fabrics=[fabric()], **TWO),  # type: ignore[arg-type]
        settings(),
    )
    result = run(folder, out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    written = pd.read_csv(result.folder / "fabrics.csv", dtype={"period": str})
    assert written["max_chips"].tolist() == [6, 6]
    assert written["used"].tolist() == [6, 6]
    assert written["free"].tolist() == [0, 0]
    assert written["worth_usd_per_chip"].sum() == pytest.approx(50)
    names = {check.name for check in audit(result.folder).checks}
    assert {"fabrics.max_chips", "fabrics.rows", "fabrics.used", "fabrics.free"} <= names
    told = explain(result.folder, ["limit", "fabric", "spine", "2026"])
    one = told.data["steps"][0]
    assert one["what"] == "+1 chip"
    assert one["delta_usd"] == pytest.approx(-50)
    summary = (result.folder / "summary.md").read_text(encoding="utf-8")
    assert "fabric spine" in summary
    assert "fabric spine" in (result.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_plan_beyond_its_ports_does_not_hold(tmp_path: Path) -> None:
    case = tables(fabrics=[fabric(ports=10)], **TWO)  # type: ignore[arg-type]
    folder = write_case(tmp_path / "case", case, settings())
    result = run(folder, out=tmp_path)
    assert result.folder is not None
    inputs = result.folder / "inputs" / "fabrics.csv"
    inputs.write_text(inputs.read_text(encoding="utf-8").replace("10", "6"), encoding="utf-8")
    failed = {check.name for check in audit(result.folder).failed}
    assert {"fabrics.max_chips", "fabrics.max_chips_written"} & failed


@pytest.mark.slow
def test_a_conflict_names_the_fabric_and_its_repair_works(tmp_path: Path) -> None:
    case = tables(fabrics=[fabric(chips="*")], **TWO)  # type: ignore[arg-type]
    folder = write_case(tmp_path / "case", case, settings())
    named, cell = (
        "fabric spine at home: at most 6 chips powered at once",
        "fabrics.spine.max_chips=",
    )
    mine, answer = way_out(folder, tmp_path, named, cell)
    assert mine == ["fabrics.spine.max_chips=10"]
    assert answer.objective == pytest.approx(1000)
