"""The ledger: what is frozen stays as it is, and a later one has everything."""

from __future__ import annotations

import numpy as np
import pytest

from planner.model.ledger import TERMS, LedgerBuilder


def test_a_later_ledger_has_everything_and_an_earlier_one_stays() -> None:
    builder = LedgerBuilder(start=np.array([1.0, 0.9, 0.8]), mid=np.array([0.95, 0.85]))
    assert len(builder.freeze().nominal) == 0
    builder.add(
        "chips", np.arange(200), 1, np.arange(200.0), site=3, chip=2
    )  # the first costs nothing
    first = builder.freeze()
    for number in range(40):  # beyond the room that is kept behind
        builder.add("over", [300 + number], 0, 7.0)
        last = builder.freeze()
    assert first.column.tolist() == list(range(1, 200)) and set(first.factor) == {0.9}
    assert last.column.tolist() == [*range(1, 200), *range(300, 340)]
    assert last.nominal.tolist() == [*map(float, range(1, 200)), *[7.0] * 40] and set(
        last.factor[199:]
    ) == {0.95}
    assert (
        last.of(["over"]).sum() == 40
        and set(last.site[:199]) == {3}
        and set(last.site[199:]) == {-1}
        and last.term[0] == TERMS.index("chips")
    )


def test_more_sites_than_can_be_numbered_are_refused() -> None:
    """Codes stand in two bytes: a larger one would silently become another."""
    builder = LedgerBuilder(np.ones(3), np.ones(2))
    builder.add("energy", [0], [1], [2.0], site=32767)
    assert builder.freeze().site.tolist() == [32767]
    with pytest.raises(OverflowError, match="32,769 periods, sites or chips"):
        builder.add("energy", [0], [1], [2.0], site=32768)
