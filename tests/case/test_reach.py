"""The most FLOP a milestone could get, against figures worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.case import read_case
from planner.case.checks.places import find_places
from planner.case.checks.reach import most_flop
from tests.helpers import changed, write_case

RATE = 989e12 * 0.4 * 0.9
"""FLOP per second of an h100 on class dense."""
QUARTERS = np.array([90, 91, 92, 92]) * 24 * 3600.0
"""Seconds of the quarters of 2027."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edits", "drop", "chips"),
    [
        pytest.param((), (), (950.0, 2000.0), id="the fleet, then as many as may work on it"),
        pytest.param((("milestones", 0, "max_chips", "900"),), (), (900.0, 900.0), id="max_chips"),
        pytest.param(
            tuple(("supply", row, "max_chips", "100") for row in range(3)),
            (),
            (950.0, 0.95 * 1100),
            id="what supply adds to the fleet",
        ),
        pytest.param(
            (("offers", 0, "max_per_period", "50"),),
            (),
            (950.0, 0.95 * 1050),
            id="what an offer adds to the fleet",
        ),
        pytest.param(
            (("offers", 0, "lead_periods", "2"),),
            (),
            (950.0, 950.0),
            id="an offer that comes too late",
        ),
        pytest.param(
            tuple(("power", row, "mw", "1") for row in range(4))
            + tuple(("power", row, "liquid_mw", "") for row in range(4)),
            (("power_projects", 0), ("last_plan", 2)),
            (0.95 * 1000 / 1.4, 0.95 * 1000 / 1.4),
            id="power",
        ),
        pytest.param(
            tuple(("power", row, "mw", "1") for row in range(4))
            + tuple(("power", row, "liquid_mw", "") for row in range(4))
            + (("power_projects", 0, "mw_max", "0.5"),),
            (),
            (0.95 * 1000 / 1.4, 0.95 * 1500 / 1.4),
            id="power with a project in service from the second quarter on",
        ),
        pytest.param(
            (("training", 0, "chips_at_full_efficiency", "500"),),
            (),
            (500 + 0.8 * 450, 500 + 0.8 * 1500),
            id="scaling",
        ),
    ],
)
def test_most_flop(
    tmp_path: Path,
    edits: tuple[tuple[str, int, str, str], ...],
    drop: tuple[tuple[str, int], ...],
    chips: tuple[float, float],
) -> None:
    case = read_case(write_case(tmp_path, changed(*edits, drop=drop)))
    reach = most_flop(case, find_places(case))
    base = list(case["milestones"]["milestone"]).index("base")
    assert reach.flop[base] == pytest.approx(
        RATE * (np.array(chips) * QUARTERS[:2]).sum(), rel=1e-9
    )


def test_unlimited_is_infinite(tmp_path: Path) -> None:
    tables = changed(
        ("offers", 0, "max_per_period", ""),
        ("offers", 0, "supply_group", ""),
        ("milestones", 0, "max_chips", ""),
        ("sites", 0, "kind", "cloud"),
        drop=[("power", row) for row in range(4)],
    )
    tables["offers"] = [dict(tables["offers"][3], site="iowa", max_per_period="", lead_periods="0")]
    tables["power_projects"] = []
    tables["last_plan"] = []
    tables["orders"] = []
    tables["offer_prices"] = []
    case = read_case(write_case(tmp_path, tables))
    assert (
        most_flop(case, find_places(case)).flop[list(case["milestones"]["milestone"]).index("base")]
        == np.inf
    )
