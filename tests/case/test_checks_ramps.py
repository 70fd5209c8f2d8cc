"""Rules about ramps. Each case breaks the good one and is told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

CREW = {
    "ramp": "crew",
    "scope": "site",
    "member": "ohio",
    "counts": "arriving",
    "max_growth": "0.5",
    "seed": "50",
    "before": "100",
}
NOW = (("orders", 0, "arrives", "2027Q1"), ("orders", 0, "cancel_fee_share", ""))


def ramp(**cells: str) -> Broken:
    return broken(add={"growth": [CREW | cells]})


BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "nothing wrong": (ramp(), []),
    "orders that just fit": (broken(*NOW, add={"growth": [CREW]}), []),
    "site unknown": (
        ramp(member="ohi"),
        [
            (
                "error ramp-member growth.csv:2 member=ohi: must be a site of sites.csv (eu1, "
                "iowa, ohio). correct member or scope"
            ),
        ],
    ),
    "chip as a vendor": (
        ramp(scope="vendor", member="h100"),
        [
            (
                "error ramp-member growth.csv:2 member=h100: must be a vendor of chips.csv "
                "(google, nvidia). correct member or scope"
            ),
        ],
    ),
    "supply group unknown": (
        ramp(scope="supply_group", member="markt"),
        [
            (
                "error ramp-member growth.csv:2 member=markt: must be a supply group of supply.csv "
                "(market). correct member or scope"
            ),
        ],
    ),
    "held of a supply group": (
        ramp(scope="supply_group", member="market", counts="held"),
        [
            (
                "error ramp-held growth.csv:2 counts=held: must be ordered or arriving for a "
                "supply group: chips that are held belong to none. count what is ordered or "
                "arrives, or name a vendor, chip or site"
            ),
        ],
    ),
    "nothing to begin with": (
        ramp(seed="0", before="0"),
        [
            (
                "warning ramp-shut growth.csv:2 seed=0: is 0, and so is before: nothing of ohio "
                "can ever begin. state a seed, or what there was before"
            ),
        ],
    ),
    "orders beyond it": (
        broken(*NOW, add={"growth": [CREW | {"seed": "1"}]}),
        [
            (
                "error ramp-below-orders growth.csv:2 seed=1: allows 151 chips of ohio in the "
                "first period, in which orders in flight bring 200. correct seed, max_growth or "
                "before"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
