"""What software and what newer chips contribute to the fall of the cost of a token, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import planner
from planner.runs.read import RunError
from planner.study.explain import explain
from tests.helpers import write_case
from tests.model.small import ONE, chip, demand, offer, settings, site, tables, throughput

SOURCE = {"source": "assumption", "as_of": "2026-10-01"}


def rent(name: str, first: int, **cells: Any) -> dict[str, Any]:
    return offer(
        f"rent-{name}", name, "sky", "on_demand", usd_per_chip_hour=1, first_order=first, **cells
    )


def ran(folder: Path, periods: int = 2, supply: Any = None, **cells: Any) -> Path:
    """The run of a case in one cloud: an hour of any chip costs a dollar; one chip ``a`` is there,
    ``b`` comes in the second year and is twice as fast; software doubles then."""
    fast = repr(2 * float(ONE))
    case = tables(
        periods,
        chips=[chip(), chip("b")],
        sites=[site("sky", "cloud")],
        power=None,
        fleet=[
            {"chip": "a", "site": "sky", "in_service": "2024", "chips": 1}
            | {"leaves_service": "2030", "usd_per_chip_hour": 1}
        ],
        offers=[rent("a", 2025, **cells), rent("b", 2024 + periods)],
        demand=demand(*[10.0] * periods),
        throughput=[*throughput(), *throughput("b", speed=fast)],
        gains=[{"model": "m", "chip": "*", "period": 2026, "gain": 2} | SOURCE]
        if periods > 1
        else None,
        supply=supply,
    )
    result = planner.run(write_case(folder / "case", case, settings(periods)), out=folder / "runs")
    assert result.status == "optimal" and result.folder is not None
    return result.folder


@pytest.mark.slow
def test_two_gains_by_hand(tmp_path: Path) -> None:
    """2025: ten chips for 10 Mtok.  2026: one chip ``a`` does 2 Mtok and two ``b`` 8 Mtok, three in
    all; without software 1 and 4.5, 5.5 in all; without ``b`` five."""
    told = explain(ran(tmp_path), ["gains"])
    relative = [one["relative_cost"] for one in told.data["outcomes"]]
    assert relative[0] == pytest.approx([1.0, 0.3])
    assert relative[1] == pytest.approx([1.0, 0.55])
    assert relative[2] == pytest.approx([1.0, 0.5])
    assert [one["served_share"] for one in told.data["outcomes"]] == [1.0, 1.0, 1.0]
    assert told.headline == (
        "The tokens of FY2026 are 70 % cheaper by the books in FY2026 than in FY2025 as planned; "
        "without software gains after the start 45 % cheaper; without inference on chips that are "
        "not here yet (b) 50 % cheaper."
    )


@pytest.mark.slow
def test_what_cannot_be_served_without_newer_chips_is_left_by_hand(tmp_path: Path) -> None:
    """At most two more chips ``a`` can be rented in the second year: with the one that is there
    they do 6 of 10 Mtok, each at half the cost of the first year."""
    supply = [
        {"supply_group": "old", "period": year, "max_chips": most}
        for year, most in ((2025, 9), (2026, 2))
    ]
    folder = ran(tmp_path, supply=supply, supply_group="old")
    told = explain(folder, ["gains"])
    last = told.data["outcomes"][2]
    assert last["served_share"] == pytest.approx(0.6)
    assert last["relative_cost"] == pytest.approx([1.0, 0.5])
    assert "50 % cheaper, of which 40 % is not served" in told.headline


@pytest.mark.slow
def test_one_year_has_no_fall(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="within one fiscal year"):
        explain(ran(tmp_path, 1), ["gains"])
