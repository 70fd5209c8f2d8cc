"""Rules about tokens of providers. Each case breaks the good one and is told so, in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers import Broken, broken, told

LEAVES = ("workloads", 0, "may_leave_house", "yes")


def sold(**cells: Any) -> dict[str, Any]:
    row = {
        "token_offer": "api",
        "provider": "maker",
        "usd_per_mtok_output": 10,
        "usd_per_mtok_input": 2,
        "regions": "europe",
        "source": "assumption",
        "as_of": "2026-11-01",
    }
    return {"token_offers": [{name: str(cell) for name, cell in (row | cells).items()}]}


def price(**cells: Any) -> dict[str, Any]:
    row = {"token_offer": "api", "period": "2027Q1", "usd_per_mtok_output": 9}
    return {"token_prices": [{name: str(cell) for name, cell in (row | cells).items()}]}


BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "nothing wrong": (broken(LEAVES, add=sold() | price()), []),
    "research that leaves": (
        broken(LEAVES, ("workloads", 2, "may_leave_house", "yes"), add=sold()),
        [
            (
                "error workload-column workloads.csv:4 may_leave_house=yes: must be "
                "blank for the research workload science: no provider sells research. "
                "clear the cell, or correct kind"
            ),
            (
                "warning token-nobody workloads.csv:4 may_leave_house=yes: is served "
                "by no token offer: model, tier, regions or rules keep it in the "
                "house. correct token_offers.csv, or clear the cell"
            ),
        ],
    ),
    "no price of input": (
        broken(LEAVES, add=sold(usd_per_mtok_input="")),
        [
            (
                "error token-price-missing token_offers.csv:2 usd_per_mtok_input=: "
                "needs usd_per_mtok_input of api in 2027Q1 (periods without: 4): work "
                "that may be served by it has such tokens. fill it in here, or by "
                "period in token_prices.csv; write 0 if they are free"
            ),
            (
                "error token-price-missing token_offers.csv:2 usd_per_mtok_cached=: "
                "needs usd_per_mtok_cached of api in 2027Q1 (periods without: 4): work "
                "that may be served by it has such tokens. fill it in here, or by "
                "period in token_prices.csv; write 0 if they are free"
            ),
        ],
    ),
    "a price of one period": (
        broken(LEAVES, add=sold(usd_per_mtok_output="") | price()),
        [
            (
                "error token-price-missing token_offers.csv:2 usd_per_mtok_output=: "
                "needs usd_per_mtok_output of api in 2027Q2 (periods without: 3): work "
                "that may be served by it has such tokens. fill it in here, or by "
                "period in token_prices.csv; write 0 if they are free"
            ),
        ],
    ),
    "ends before it begins": (
        broken(LEAVES, add=sold(first_period="2027Q3", last_period="2027Q2")),
        [
            (
                "error token-window token_offers.csv:2 last_period=2027Q2: must not be "
                "before first_period (2027Q3). correct one of the two, or remove the "
                "row"
            ),
            (
                "warning token-unused token_offers.csv:2 token_offer=api: serves no "
                "workload: none may leave the house with its model and tier, in its "
                "regions and periods. set may_leave_house of a workload, or correct "
                "models, tiers, workloads, regions or countries"
            ),
            (
                "warning token-nobody workloads.csv:2 may_leave_house=yes: is served "
                "by no token offer: model, tier, regions or rules keep it in the "
                "house. correct token_offers.csv, or clear the cell"
            ),
        ],
    ),
    "anywhere": (
        broken(LEAVES, add=sold(regions="")),
        [
            (
                "warning token-unused token_offers.csv:2 token_offer=api: serves no "
                "workload: none may leave the house with its model and tier, in its "
                "regions and periods. set may_leave_house of a workload, or correct "
                "models, tiers, workloads, regions or countries"
            ),
            (
                "warning token-nobody workloads.csv:2 may_leave_house=yes: is served "
                "by no token offer: model, tier, regions or rules keep it in the "
                "house. correct token_offers.csv, or clear the cell"
            ),
        ],
    ),
    "a price outside": (
        broken(LEAVES, add=sold() | price(period="2031Q1")),
        [
            (
                "warning period-outside token_prices.csv:2 period=2031Q1: is outside "
                "the plan, 2027Q1 to 2027Q4: 2031Q1 (rows: 1) are not used. remove "
                "what is past, correct what is misspelt, or plan for more periods"
            ),
        ],
    ),
    "an unknown workload": (
        broken(LEAVES, add=sold(workloads="chatt")),
        [
            (
                "error unknown-name token_offers.csv:2 workloads=chatt: is not in "
                "workloads.csv. did you mean chat?"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
