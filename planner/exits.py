"""How commands end: exit codes, and a plain sentence for everything that a user or a machine can
cause."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from planner.report.streams import drop_stdout, flush_stdout, say, settle_streams
from planner.words import printable

if TYPE_CHECKING:
    from planner.diagnosis import Repair

OK, TROUBLE, USAGE, INPUTS, INFEASIBLE, LIMIT, UNPROVEN, STALE, CHANGED, INTERRUPTED = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    130,
)

EXIT_OF_STATUS: Final = {
    "optimal": OK,
    "infeasible": INFEASIBLE,
    "whole": INFEASIBLE,
    "unbounded": INPUTS,
    "limit": LIMIT,
    "not_proven": UNPROVEN,
    "error": TROUBLE,
}
"""Exit code of ``planner run`` by the status of its result."""

EXITS: Final = (
    "Exit codes: 0 done; 1 trouble with the machine (disk, rights, solver); 2 wrong use; 3 "
    "problems of the inputs; 4 infeasible; "
    "5 limit reached before proof; 6 the proof fails; 7 not approved, or not applied: the "
    "case has changed; 8 changed (diff "
    "--exit-code); 130 interrupted."
)

SAFE: Final = "Nothing half-written is left, earlier runs are as they were."

NO_PLAN: Final = {
    "infeasible": "No plan can meet every demand, milestone and limit of {case} at once (solver: "
    "{message}). No run was written.\n"
    "Next: let something give - a later deadline, a price for what is not served "
    "(short_usd_per_mtok, late_usd_per_period), more supply, power or budget. "
    "Try it without editing a file: planner run {case} --set ...",
    "whole": "There is no plan of {case} in whole things: {message}. No run was written.\n"
    "Next: see the divisible plan: planner run {case} --no-whole; then give more room: smaller "
    "racks (lot_size), more supply, power or budget, or a price for what is not served",
    "unbounded": "The cost of {case} can fall without end (solver: {message}): something pays "
    "more, the more of it is taken. No run was written.\n"
    "Next: look for energy prices below zero and for resale above the price, then: planner check "
    "{case}",
    "limit": "The limit was reached before a plan of {case} was proven (solver: {message}). No "
    "run was written.\n"
    "Next: planner run {case} with a larger --time-limit, or without one",
    "error": "The solver stopped without an answer for {case} ({message}). No run was written.\n"
    "Next: try another algorithm or solver: planner run {case} --algorithm simplex, or --solver "
    "pulp:NAME",
}
"""What to tell, by status, where a run came to no plan."""


class Stop(Exception):
    """Ends a command with an exit code; the message, if any, goes to stderr."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code = code


def exceeded(relaxed: Repair, families: Sequence[str]) -> str:
    """Return by how much limits had to be exceeded when some families were relaxed to probe."""
    if not relaxed.changes:
        return f"Relaxed {', '.join(families)}: nothing had to give."
    lines = [
        f"  {change.table} {' '.join(change.key)} {change.column}: "
        f"{change.old} -> {change.new}".replace("  case  ", "  case ")
        for change in relaxed.changes
    ]
    return "\n".join(
        [
            f"Relaxed {', '.join(families)}, and this had to give: {relaxed.text}",
            *lines,
            "The plan above is made with these changes of the inputs.",
        ]
    )


def trouble(error: OSError) -> str:
    """Return what an error of the machine means and what to do."""
    what = printable(
        (error.strerror or str(error)) + (f": {error.filename}" if error.filename else "")
    )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full ({what}). {SAFE}\nNext: free some space, or give another folder "
            "with --out."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"No right to read or write there ({what}). {SAFE}\nNext: change its rights, or "
            "give another folder with --out."
        )
    return (
        f"The machine refused ({what}). {SAFE}\nNext: correct that and run the same command again."
    )


def _bug(error: Exception) -> int:
    """Tell about an error that is the planner's own; with PLANNER_TRACEBACK set, raise it."""
    if os.environ.get("PLANNER_TRACEBACK"):
        raise error
    what = f"{type(error).__name__}: {printable(error)}"
    again = printable(f"PLANNER_TRACEBACK=1 {' '.join(sys.argv)}")
    say(
        f"planner: internal error, a bug of the planner: {what}. "
        f"{SAFE}\nNext: report it, with what this prints: {again}"
    )
    return TROUBLE


def tell(command: Callable[[], Any]) -> int:
    """Run a command; return its exit code.  Everything but a bug of ours ends in a plain sentence.

    Args:
        command: a click command called without its standalone mode; an int it returns is the exit
            code.

    Returns:
        The exit code.
    """
    settle_streams()
    code = _ended(command)
    try:
        flush_stdout()
    except OSError as error:  # the disk behind stdout: the result is not where it was wanted
        drop_stdout()
        say(trouble(error))
        return code or TROUBLE
    return code


def _ended(command: Callable[[], Any]) -> int:
    """Run a command; return its exit code, whatever it ends with told."""
    try:
        code = command()
        return code if isinstance(code, int) else OK
    except Stop as stop:
        if str(stop):
            say(str(stop))
        return stop.code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        say(
            f"{error.format_message()}\nNext: "
            f"{context.command_path if context is not None else 'planner'} --help"
        )
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say(f"\nInterrupted. {SAFE}")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click exits where it notices that nobody reads
        drop_stdout()
        return OK
    except OSError as error:
        drop_stdout()
        say(trouble(error))
        return TROUBLE
    except MemoryError:
        say(
            f"The machine's memory is not enough for this case. {SAFE}\nNext: a machine with more "
            "memory, fewer periods or slices."
        )
        return TROUBLE
    except Exception as error:
        return _known(error)


def _known(error: Exception) -> int:
    """Tell about the errors that modules of ours declare; anything else is a bug."""
    from planner.machines.job import WorkerLost
    from planner.runs.folder import InputsChanged
    from planner.runs.read import RunDamaged, RunError

    if isinstance(error, RunError):
        say(str(error))
        return UNPROVEN if isinstance(error, RunDamaged) else USAGE
    if isinstance(error, WorkerLost):
        say(str(error))
        return TROUBLE
    if isinstance(error, InputsChanged):
        say(f"{error}. {SAFE}")
        return TROUBLE
    return _bug(error)
