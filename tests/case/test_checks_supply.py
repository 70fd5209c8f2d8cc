"""Rules about supply groups. Each case breaks the good one in one place and is told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "two bases": (
        broken(("supply", 1, "basis", "arrival")),
        [
            (
                "error supply-basis supply.csv:3 basis=arrival: must be the same in all rows of "
                "market; another row says order. give every row "
                "of market the same basis"
            ),
            (
                "error supply-gap supply.csv:2 period=market: needs a row for market in 2027Q4, "
                "when one of its offers can be had (periods "
                "missing: 1). add the rows; leave max_chips blank where there is no limit and "
                "write 0 where there is nothing to be had"
            ),
        ],
    ),
    "supply minimum above maximum": (
        broken(
            ("supply", 0, "min_chips", "0"),
            ("supply", 1, "min_chips", "5000"),
            ("supply", 2, "min_chips", "0"),
        ),
        [
            (
                "error minimum-above-maximum supply.csv:3 min_chips=5000: must be at most "
                "max_chips (4000) of market in 2027Q2. correct one of the two"
            ),
        ],
    ),
    "supply gap by order": (
        broken(drop=[("supply", 1)]),
        [
            (
                "error supply-gap supply.csv:2 period=market: needs a row for market in 2027Q2, "
                "when one of its offers can be had (periods "
                "missing: 1). add the rows; leave max_chips blank where there is no limit and "
                "write 0 where there is nothing to be had"
            ),
        ],
    ),
    "supply gap by arrival": (
        broken(
            ("supply", 0, "basis", "arrival"),
            ("supply", 1, "basis", "arrival"),
            ("supply", 2, "basis", "arrival"),
        ),
        [
            (
                "error supply-gap supply.csv:2 period=market: needs a row for market in 2027Q4, "
                "when one of its offers can be had (periods "
                "missing: 1). add the rows; leave max_chips blank where there is no limit and "
                "write 0 where there is nothing to be had"
            ),
        ],
    ),
    "minimum without offer": (
        broken(
            *[("supply", row, "min_chips", "0") for row in range(3)],
            add={
                "supply": [
                    {
                        "supply_group": "market",
                        "period": "2027Q4",
                        "min_chips": "10",
                        "max_chips": "100",
                        "basis": "order",
                    }
                ]
            },
        ),
        [
            (
                "error minimum-without-offer supply.csv:5 min_chips=10: must be 0 in 2027Q4: no "
                "offer of market can be had then. correct the "
                "minimum, or widen the window of an offer"
            ),
        ],
    ),
    "minimums above supply": (
        broken(("supply", 1, "max_chips", "50"), ("offers", 0, "min_per_period", "100")),
        [
            (
                "error supply-below-minimums supply.csv:3 max_chips=50: must be at least 100 in "
                "2027Q2, the sum of min_per_period of the "
                "offers of market. correct max_chips, or the minimums in offers.csv"
            ),
            (
                "warning period-unlike supply.csv:3 max_chips=50: is far from the other periods "
                "of market (median 4000) in 2027Q2. correct it, or accept it in case.yaml with "
                "the reason"
            ),
        ],
    ),
    "group unused": (
        broken(("offers", 0, "supply_group", "")),
        [
            (
                "warning supply-unused supply.csv:2 supply_group=market: is not used: no offer "
                "names it. name it in offers.csv, or remove its rows"
            ),
            (
                "warning column-unfilled offers.csv:2 supply_group=: has a header and no entry "
                "where one counts; a blank means none. fill the column, or remove it where that "
                "is meant"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
