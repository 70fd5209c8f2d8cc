"""Units: what one unit of every column and row of the scaled program is.

The solver's numbers are scaled (``Program.column_scale``, ``row_scale``, ``money_scale``); who
reads an exported program needs the unit behind each.
"""

from __future__ import annotations

from typing import Final

from planner.lp.program import Program

CHIPS: Final = "chips"
COLUMN_UNITS: Final = {
    "over_policy": "the limit's measure (USD, chips, MW or tonnes)",
    "over_budget": "USD",
    "build": "MW",
    "ordered_mw": "MW",
    "peak": "kW of utility draw",
    "contract": "contracts",
    "extension": "contracts",
    "done": "FLOP",
    "progress": "FLOP",
    "late": "FLOP",
    "research_done": "FLOP",
    "short_online": "million work tokens",
    "short_batch": "million work tokens",
    "short_research": "FLOP",
}
"""Of the columns that are no chips."""
ROW_UNITS: Final = {
    "policy": "the limit's measure (USD, chips, MW or tonnes)",
    "budget": "USD",
    "power": "MW of the site's limit",
    "liquid_power": "MW of the site's limit",
    "contract_power": "kW",
    "project_limit": "MW",
    "peak_draw": "kW of utility draw",
    "online": "million work tokens",
    "batch": "million work tokens",
    "site_loss": "million work tokens",
    "research": "FLOP",
    "research_flow": "FLOP",
    "research_multiple": "FLOP",
    "milestone": "FLOP",
    "milestone_flow": "FLOP",
    "progress": "FLOP",
    "precedence": "shares of a run",
}
"""Of the rows that do not count chips."""


def units_of(program: Program) -> dict[tuple[str, str], str]:
    """Return the unit of every block of columns and rows in words, by ("column" or "row", block).

    Args:
        program: the program of a case.
    """
    return {
        ("column", block.name): COLUMN_UNITS.get(block.name, CHIPS)
        for block in program.column_blocks
    } | {("row", block.name): ROW_UNITS.get(block.name, CHIPS) for block in program.row_blocks}
