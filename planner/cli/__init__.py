"""The commands: parse, call, print; no logic.  stdout carries the result, stderr progress and
messages."""

from __future__ import annotations

import os
from collections.abc import Sequence

from planner.cli import plan, runs, study  # each adds its commands to the group
from planner.cli.group import cli
from planner.exits import tell

__all__ = ["cli", "main", "plan", "runs", "study"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code.  No traceback for anything a user can cause."""
    # numpy, which is imported later, multiplies little; its threads would wait for more at full
    # speed, on the solver's processor
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return tell(
        lambda: cli.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="planner",
            standalone_mode=False,
        )
    )
