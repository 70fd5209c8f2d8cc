"""The commands: parse, call, print; no logic.  stdout carries the result, stderr progress and
messages."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from planner.cli import (  # each adds its commands to the group
    actuals,
    alternatives,
    case,
    cycle,
    futures,
    intake,
    library,
    replay,
    roll,
    run,
    runs,
    serve,
    study,
    throughput,
)
from planner.cli.group import cli
from planner.exits import tell

__all__ = [
    "actuals",
    "alternatives",
    "case",
    "cli",
    "cycle",
    "futures",
    "intake",
    "library",
    "main",
    "replay",
    "roll",
    "run",
    "runs",
    "serve",
    "study",
    "throughput",
]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code.  No traceback for anything a user can cause."""
    # numpy, which is imported later, multiplies little; its threads would wait for more at full
    # speed, on the solver's processor
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = None if arguments is None else list(arguments)
    return tell(lambda: _command(given))


def _command(arguments: list[str] | None) -> object:
    """Run one command; a null byte ends every path in the middle, and no system takes one."""
    if any("\0" in argument for argument in arguments or ()):
        raise click.UsageError("an argument has a null byte in it, which no file name can have.")
    return cli.main(args=arguments, prog_name="planner", standalone_mode=False)
