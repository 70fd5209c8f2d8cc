"""How a column is checked: from what, by which checks, and what these cannot see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INPUTS: Final = "recomputed from the inputs and the decisions"
TABLES: Final = "recomputed from the other tables"
DUALS: Final = "recomputed from the dual values that prove the bound"
HELD: Final = "held by conditions"


@dataclass(frozen=True, slots=True)
class By:
    """How a column is checked, by which checks of the audit, and what these cannot see."""

    how: str
    checks: tuple[str, ...]
    but: str = ""
    """What a change must be so that the audit does not see it; empty = it sees every one."""


def inputs(*checks: str, but: str = "") -> By:
    return By(INPUTS, checks, but)


def tables(*checks: str, but: str = "") -> By:
    return By(TABLES, checks, but)


def duals(*checks: str, but: str = "") -> By:
    return By(DUALS, checks, but)


def held(*checks: str, but: str = "") -> By:
    return By(HELD, checks, but)


RANGE: Final = "how far it reaches: only that it holds the limit as it is"
