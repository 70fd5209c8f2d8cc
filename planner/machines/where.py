"""Where the solves of a command are done, as its options say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Where:
    """Where many solves are done."""

    threads: int | None = None
    """Solved at the same time, in as many processes; left out: as the command is used to."""
    cluster: str | None = None
    """The cluster that solves them instead, see ``planner.machines.executor``."""


HERE: Final = Where()
"""On this machine, as the case says."""
