"""Sixteen replays of real series: what must hold of every one."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.replays.cases import BEFORE, START, forecast, series
from tests.benchmarks.replays.table import Found, play, shares, table


def holds(found: Found) -> None:
    """Every solve is proven, every policy came to its end, and none beats whoever knows all."""
    for best, played in found.values():
        assert best.faults == () and best.cost > 0.0
        for one in played:
            assert one.status == "optimal" and one.faults == ()
            assert one.cost >= best.cost * (1.0 - 1e-9)


def test_series_and_their_forecast() -> None:
    assert len(series()) == 8
    for _, level in series().values():
        assert len(level) >= 8 and level[BEFORE] == pytest.approx(START)
        assert (np.diff(level) > 0).all()
    assert forecast([1.0, 1.5], 3) == pytest.approx([2.25, 2.25 * 1.4, 2.25 * 1.4 * 1.32])


@pytest.mark.slow
def test_one_of_them() -> None:
    holds(play(["a100"], [1]))


@pytest.mark.full
def test_all_of_them() -> None:
    found = play(list(series()))
    holds(found)
    assert len(found) == 16
    print(table(found))
    over = shares(found)
    assert np.median(over["on_demand"]) > 2.0 * np.median(over["plain"])
