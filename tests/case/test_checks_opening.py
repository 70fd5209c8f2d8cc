"""Rules about what opens and in which order. Each case breaks the good one in one place and is told
so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

ANNEX = {
    "project": "annex",
    "site": "iowa",
    "mw_max": "5",
    "lot_mw": "1",
    "lead_periods": "1",
    "usd_per_mw": "10000000",
    "deposit_share": "0.3",
    "life_years": "15",
    "source": "assumption",
    "as_of": "2026-11-01",
}


def annex(*changes: tuple[str, int, str, str], **cells: str) -> Broken:
    """The good case with a second hall that comes after the first."""
    return broken(*changes, add={"power_projects": [ANNEX | {"after": "hall2"} | cells]})


BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "good": (
        annex(("sites", 1, "usd_to_open", "1000000"), ("sites", 1, "opens", "2027Q2")),
        [],
    ),
    "a cloud opens": (
        broken(("sites", 2, "usd_to_open", "1000000"), ("sites", 2, "opens", "2027Q2")),
        [
            (
                "error opens-cloud sites.csv:4 usd_to_open=1000000: must be blank for the cloud "
                "region eu1, where no chips of ours are powered. clear usd_to_open and opens: "
                "what is rented there is limited by its offers"
            ),
            (
                "error opens-cloud sites.csv:4 opens=2027Q2: must be blank for the cloud region "
                "eu1, where no chips of ours are powered. clear usd_to_open and opens: what is "
                "rented there is limited by its offers"
            ),
        ],
    ),
    "opens after the plan": (
        broken(("sites", 1, "opens", "2028Q2")),
        [
            (
                "warning opens-after-plan sites.csv:3 opens=2028Q2: is after the end of the plan "
                "(2027Q4): ohio stays shut and nothing is powered there. correct the period, plan"
                " for more periods, or remove the site"
            ),
        ],
    ),
    "a fleet at a site that is shut": (
        broken(("sites", 0, "usd_to_open", "1000000")),
        [
            (
                "warning fleet-shut sites.csv:2 usd_to_open=1000000: is about a site that is "
                "shut, and 1000 chips of the fleet stand there from the start. clear both where "
                "iowa is open already; as it stands its chips wait for it to open"
            ),
        ],
    ),
    "open and still to be opened": (
        broken(
            ("sites", 1, "usd_to_open", "1000000"),
            ("sites", 1, "book_value_usd", "500000"),
            ("power_projects", 0, "usd_to_open", "1000000"),
            ("power_projects", 0, "book_value_usd", "500000"),
        ),
        [
            (
                "error opened-twice sites.csv:3 book_value_usd=500000: must be blank where "
                "usd_to_open is still to be paid (1000000). clear usd_to_open where it is open "
                "already, and this cell where it is not"
            ),
            (
                "error opened-twice power_projects.csv:2 book_value_usd=500000: must be blank "
                "where usd_to_open is still to be paid (1000000). clear usd_to_open where it is "
                "open already, and this cell where it is not"
            ),
        ],
    ),
    "a circle": (
        annex(("power_projects", 0, "after", "annex")),
        [
            (
                "error after-circle power_projects.csv:2 after=annex: must be a project that does"
                " not come after hall2 itself. break the circle of `after`"
            ),
            (
                "error after-circle power_projects.csv:3 after=hall2: must be a project that does"
                " not come after annex itself. break the circle of `after`"
            ),
        ],
    ),
    "never all of it": (
        annex(("power_projects", 0, "lot_mw", "2")),
        [
            (
                "error after-never-full power_projects.csv:3 after=hall2: must be a project of "
                "which all of mw_max can be ordered: the 5 MW left of hall2 are not whole blocks "
                "of its lot_mw (2 MW). make what is left of mw_max of hall2 a whole number of "
                "blocks"
            ),
        ],
    ),
    "too late": (
        annex(("power_projects", 0, "first_order", "2027Q2"), last_order="2027Q1"),
        [
            (
                "warning after-too-late power_projects.csv:3 after=hall2: must be a project that "
                "can be ordered before the last period of annex (2027Q1); hall2 can be from "
                "2027Q2 on. move one of the two windows; as it stands annex is left out"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
