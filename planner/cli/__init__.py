"""The commands: parse, call, print; no logic.  stdout carries the result, stderr progress and messages."""

from __future__ import annotations

from collections.abc import Sequence

from planner.cli import plan, runs, study  # each adds its commands to the group
from planner.cli.group import cli
from planner.exits import tell

__all__ = ["cli", "main", "plan", "runs", "study"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code.  No traceback for anything a user can cause."""
    return tell(lambda: cli.main(args=list(arguments) if arguments is not None else None, prog_name="planner", standalone_mode=False))
