"""Futures: scenarios of a case, which are no tables of any one of them."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, ORIGIN

FUTURES: Final[tuple[Table, ...]] = (
    Table(
        "scenarios",
        "Futures of the case, each with its probability. What a scenario changes stands in "
        "`scenario_changes.csv` or in a folder `scenarios/NAME/` of tables with only the rows that "
        "are different; a scenario that changes nothing is the case as it stands.",
        (
            C("scenario", "name", "Name of the scenario.", required=True),
            C(
                "probability",
                "number",
                "Probability; those of all scenarios sum to 1.",
                "share",
                required=True,
                low=0,
                above=True,
                high=1,
            ),
            C(
                "like",
                "name",
                "Scenario that it cannot be told from until `known`; blank = it is told from all "
                "others at the first `reveal`.",
                default="",
            ),
            C("known", "period", "The `reveal` from which it differs from `like`.", beside="fine"),
            ORIGIN,
            NOTE,
        ),
        key=("scenario",),
        absent="the future is known",
        group="scenarios",
    ),
    Table(
        "scenario_changes",
        "What scenarios change, in the words of `--set` (SET.md); rows of one scenario are applied "
        "in their order.",
        (
            C("scenario", "name", "The scenario.", required=True),
            C(
                "change",
                "text",
                "One change, for instance `demand.chat.*.output_mtok*=1.2`.",
                required=True,
            ),
            NOTE,
        ),
        absent="scenarios differ by their folders only",
        group="scenarios",
    ),
)
