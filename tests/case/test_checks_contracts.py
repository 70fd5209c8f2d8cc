"""Rules about contracts of sites. Each case breaks the good one and is told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

HALL = {
    "contract": "hall",
    "site": "ohio",
    "kw": "5000",
    "from": "2027Q1",
    "to": "2027Q4",
    "usd_per_kw_month": "100",
}
HALF = HALL | {"to": "2027Q2"}
OPTION = HALF | {"extend_by": "2027Q1", "extend_periods": "2"}
LATER = HALL | {"contract": "later", "from": "2027Q4"}


def signed(*contracts: dict[str, str]) -> Broken:
    return broken(add={"site_contracts": contracts})


BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "nothing wrong": (signed(HALL), []),
    "an option to the end of the plan": (signed(OPTION), []),
    "at a site that opens later": (
        broken(
            ("sites", 1, "opens", "2027Q3"),
            ("orders", 0, "arrives", "2027Q3"),
            add={"site_contracts": [HALL | {"from": "2027Q3"}]},
        ),
        [],
    ),
    "in a cloud": (
        signed(HALL | {"site": "eu1"}),
        [
            (
                "error contract-at-cloud site_contracts.csv:2 site=eu1: must be an owned or colo "
                "site: the rental of a cloud region contains its space. correct the site, or "
                "remove the contract"
            ),
        ],
    ),
    "rent of the site too": (
        broken(
            ("sites", 0, "usd_per_kw_month", "90"),
            ("sites", 1, "usd_per_kw_month", "110"),
            add={"site_contracts": [HALL]},
        ),
        [
            (
                "warning rent-twice site_contracts.csv:2 usd_per_kw_month=100: is owed for all kW "
                "of hall, and sites.usd_per_kw_month of ohio (110) is paid on powered chips "
                "besides. clear the one of sites.csv where it is the same rent"
            ),
        ],
    ),
    "ends before it begins": (
        signed(HALF | {"from": "2027Q3"}),
        [
            (
                "error contract-ends-first site_contracts.csv:2 to=2027Q2: must not be before "
                "from. correct one of the two"
            ),
        ],
    ),
    "none at the end": (
        signed(HALF, HALF | {"contract": "wing"}),
        [
            (
                "warning contract-gap site_contracts.csv:2 to=2027Q2: leaves ohio without a "
                "contract in 2027Q3 (periods without: 2): nothing is powered there then. add the "
                "contract of these periods, or an option to extend"
            ),
        ],
    ),
    "none between two": (
        signed(HALF, LATER),
        [
            (
                "warning contract-gap site_contracts.csv:3 to=2027Q4: leaves ohio without a "
                "contract in 2027Q3 (periods without: 1): nothing is powered there then. add the "
                "contract of these periods, or an option to extend"
            ),
        ],
    ),
    "an option that has lapsed": (
        signed(OPTION | {"extend_by": "2026Q4"}),
        [
            (
                "warning contract-gap site_contracts.csv:2 to=2027Q2: leaves ohio without a "
                "contract in 2027Q3 (periods without: 2): nothing is powered there then. add the "
                "contract of these periods, or an option to extend"
            ),
        ],
    ),
    "an option for how long": (
        signed(HALL | {"extend_by": "2027Q4"}),
        [
            (
                "error option-term site_contracts.csv:2 extend_periods=: needs the periods by "
                "which hall can be extended. fill it in, or clear extend_by"
            ),
        ],
    ),
    "an option by when": (
        signed(HALL | {"extend_periods": "4"}),
        [
            (
                "error option-term site_contracts.csv:2 extend_by=: needs the period by which it "
                "is decided whether hall is extended. fill it in, or clear extend_periods"
            ),
        ],
    ),
    "rent of no option": (
        signed(HALL | {"extend_usd_per_kw_month": "90"}),
        [
            (
                "error option-term site_contracts.csv:2 extend_usd_per_kw_month=90: is of no "
                "option: hall has neither extend_by nor extend_periods. fill these in, or clear "
                "the cell"
            ),
        ],
    ),
    "decided after its end": (
        signed(OPTION | {"extend_by": "2027Q3"}),
        [
            (
                "error option-late site_contracts.csv:2 extend_by=2027Q3: must not be after to: "
                "the contract has ended then. correct one of the two"
            ),
        ],
    ),
    "two options at once": (
        signed(OPTION, OPTION | {"contract": "annex"}),
        [
            (
                f"error option-twice site_contracts.csv:{row} to=2027Q2: is the same of two "
                "contracts of ohio with an option: whole.csv could not tell which is extended. "
                "make one contract of them, or let them end in different periods"
            )
            for row in (2, 3)
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
