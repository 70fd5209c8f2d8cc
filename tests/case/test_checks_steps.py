"""Rules about price steps. Each case breaks the good one in one place and is told so, in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers import Broken, broken, told

STAYS = ("offers", 0, "retire_early", "no")
"""Bought chips stay for their life."""


def step(**cells: Any) -> dict[str, str]:
    row = {
        "offer": "buy",
        "supply_group": "",
        "from_chips": 1000,
        "usd_per_chip": 24000,
        "counts": "order",
        "on": "all",
        "source": "assumption",
        "as_of": "2026-11-01",
    }
    return {name: str(cell) for name, cell in (row | cells).items()}


def steps(*rows: dict[str, str]) -> dict[str, Any]:
    return {"offer_steps": list(rows)}


BROKEN = {
    "nothing wrong": (
        broken(STAYS, add=steps(step(), step(from_chips=2000, usd_per_chip=26000))),
        [],
    ),
    "steps of a group": (
        broken(STAYS, add=steps(step(offer="", supply_group="market", counts="fiscal_year"))),
        [],
    ),
    "no owner": (
        broken(STAYS, add=steps(step(offer=""))),
        [
            (
                "error step-owner offer_steps.csv:2 offer=: must name an offer, or be blank "
                "where supply_group names a group: one of the two. fill in one of them and "
                "clear the other"
            ),
        ],
    ),
    "two owners": (
        broken(STAYS, add=steps(step(supply_group="market"))),
        [
            (
                "error step-owner offer_steps.csv:2 offer=buy: must name an offer, or be blank "
                "where supply_group names a group: one of the two. fill in one of them and "
                "clear the other"
            ),
        ],
    ),
    "steps that count differently": (
        broken(STAYS, add=steps(step(), step(from_chips=2000, counts="plan", on="above"))),
        [
            (
                "error step-mixed offer_steps.csv:3 counts=plan: must be order, as in the row "
                "above of the same owner: its steps count the same chips. correct one of the "
                "rows"
            ),
            (
                "error step-mixed offer_steps.csv:3 on=above: must be all, as in the row above "
                "of the same owner: its steps hold for the same chips. correct one of the rows"
            ),
        ],
    ),
    "an offer priced twice": (
        broken(STAYS, add=steps(step(), step(offer="", supply_group="market"))),
        [
            (
                "error step-twice offer_steps.csv:2 offer=buy: has price steps of its own and "
                "those of its supply group: one of the two prices it. remove the rows of one of"
                " them"
            ),
        ],
    ),
    "chips that may leave early": (
        broken(add=steps(step())),
        [
            (
                "error step-leaves offer_steps.csv:2 offer=buy: must stay for its term: buy may"
                " leave early, and what is given back of a step is not known. clear "
                "retire_early (cancellable) of buy, or remove its steps"
            ),
        ],
    ),
    "a contract by the hour": (
        broken(("offers", 1, "cancellable", "no"), add=steps(step(offer="hold"))),
        [
            (
                "error step-price offer_steps.csv:2 offer=hold: needs an up-front price of hold"
                " below the first step, in every period in which it can be ordered. fill in "
                "usd_per_chip of hold, here or by period"
            ),
        ],
    ),
    "what is rented": (
        broken(add=steps(step(offer="rent"))),
        [
            (
                "error step-kind offer_steps.csv:2 offer=rent: must be bought or signed: rent "
                "is of kind on_demand, which has no steps. remove the rows, or take rent out of"
                " the group"
            ),
        ],
    ),
    "what is moved": (
        broken(add=steps(step(offer="move"))),
        [
            (
                "error step-kind offer_steps.csv:2 offer=move: must be bought or signed: move "
                "is of kind relocate, which has no steps. remove the rows, or take move out of "
                "the group"
            ),
        ],
    ),
    "a group of several chips": (
        broken(
            STAYS,
            ("offers", 1, "supply_group", "market"),
            ("offers", 1, "usd_per_chip", "100"),
            ("offers", 1, "cancellable", "no"),
            add=steps(step(offer="", supply_group="market")),
        ),
        [
            (
                "error step-chips offer_steps.csv:2 supply_group=market: must be a group whose "
                "offers bring one chip type: a step has one price, and these bring several. "
                "state the steps by offer"
            ),
            (
                "warning figure-unusual offers.csv:3 usd_per_chip=100: is normally 300 to "
                "250000 USD/chip (Epoch AI chip prices, press on rack prices, 2026-08-21). "
                "1/1000, kUSD for USD? correct it, or accept it in case.yaml with the reason"
            ),
        ],
    ),
    "chips before that nothing counts": (
        broken(("offers", 0, "chips_before", "100")),
        [
            (
                "error chips-before-alone offers.csv:2 chips_before=100: must be blank: buy has"
                " no price steps that would count them. clear the cell, or state its steps in "
                "offer_steps.csv"
            ),
        ],
    ),
    "chips before an order": (
        broken(STAYS, ("offers", 0, "chips_before", "100"), add=steps(step())),
        [
            (
                "error used-before-window offers.csv:2 chips_before=100: must be blank: what "
                "its price steps count begins with the plan or later. clear the cell, or "
                "correct counts in offer_steps.csv"
            ),
        ],
    ),
    "no such offer": (
        broken(STAYS, add=steps(step(offer="bye"))),
        [
            (
                "error unknown-name offer_steps.csv:2 offer=bye: is not in offers.csv. did you "
                "mean buy?"
            ),
        ],
    ),
    "no chips": (
        broken(STAYS, add=steps(step(from_chips=0))),
        [
            (
                "error out-of-range offer_steps.csv:2 from_chips=0: must be above 0 (chips). "
                "correct the cell"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
