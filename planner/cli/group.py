"""The group of all commands, what they share: options, reading a case, printing problems and
JSON."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner import __version__
from planner.exits import EXITS, INPUTS, Stop
from planner.report.streams import print_json, say
from planner.words import printable

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.case.problems import CaseError

case_argument = click.argument("case", type=click.Path(path_type=Path))
set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="WHAT=VALUE",
    help="Change an input for this run, e.g. demand.chat.*.output_mtok*=1.1, or add a row with "
    "limits.cap+=scope=all, measure=carbon, max=9 (inputs/SET.md has every form); repeatable.",
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("outputs"),
    show_default=True,
    help="Where the run folders are.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document on stdout."
)
threads_option = click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Solves at the same time, each in a process; otherwise as case.yaml says where that is "
    "worth it.",
)
cluster_option = click.option(
    "--cluster",
    metavar="ADDRESS",
    callback=lambda _, __, value: cluster_address(value),
    help="Solve on a cluster: local:8 starts one of eight workers here for as long as the command "
    "takes, tcp://HOST:PORT is the scheduler of one that runs (extra cluster).",
)
strict_option = click.option(
    "--strict", is_flag=True, help="Warnings of the inputs stop, as errors do."
)


Command = Callable[..., None]


def cluster_address(value: str | None) -> str | None:
    """Return the address of a cluster as it was typed; a usage error where it is none."""
    from planner.machines.executor import ADDRESS, ADDRESS_WORDS

    if value is not None and not ADDRESS.fullmatch(value):
        raise click.BadParameter(f"{printable(value)} is no cluster: {ADDRESS_WORDS}")
    return value


def gathered(**kinds: Any) -> Callable[[Command], Command]:
    """Hand a command frozen values instead of the options that they are made of.

    Args:
        kinds: by the argument of the command, the dataclass whose fields are names of options.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)  # takes along what click noted of the options
        def called(**given: Any) -> None:
            made = {
                name: kind(**{f.name: given.pop(f.name) for f in dataclasses.fields(kind)})
                for name, kind in kinds.items()
            }
            command(**given, **made)

        return called

    return decorate


def stop_for_problems(
    error: CaseError, case: Path, *, as_json: bool, next_command: str = ""
) -> Stop:
    """Print every problem of the inputs; return how the command ends, and with which command to go
    on."""
    from planner.report.problems import as_data, count, problem_lines

    if as_json:
        print_json(
            {"status": "input_problems", "exit_code": INPUTS, "problems": as_data(error.problems)}
        )
    for line in problem_lines(error.problems):
        say(line)
    return Stop(
        INPUTS,
        f"\n{count(error.problems)}. Correct what is listed, then: "
        f"{next_command or f'planner check {printable(case)}'}",
    )


def named_run(which: str | None, out: Path, *, marked: bool = False) -> Path:
    """Return the run that a word names, and say on stderr where newer what-ifs were passed over, or
    that it is one, unless what is shown of it is ``marked``."""
    from planner.runs.documents import read_document
    from planner.runs.find import find_run
    from planner.runs.read import PLAN_FILE
    from planner.runs.what_if import what_if_of

    found = find_run(which, out)
    if found.passed:
        newest = printable(found.passed[0].folder)
        count = len(found.passed)
        say(
            f"{printable(found.folder)}: the newest run that is no what-if ({count} newer: "
            f"{newest}{', ...' if count > 1 else ''})"
        )
    try:
        mark = what_if_of(read_document(found.folder / PLAN_FILE))
    except (OSError, ValueError, AttributeError, TypeError):
        return found.folder  # that it is damaged is told where it is read
    if mark is not None and not marked:
        say(f"{printable(found.folder)} is a what-if ({mark.words}), not the plan of the case")
    return found.folder


def load(case: Path, overrides: Sequence[str] = (), *, as_json: bool = False) -> Case:
    """Read a case; ends the command with every problem where there are errors."""
    from planner.case.load import read_case
    from planner.case.problems import CaseError

    try:
        return read_case(case, overrides)
    except CaseError as error:
        raise stop_for_problems(error, case, as_json=as_json) from None


@click.group(
    epilog=EXITS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="planner")
def cli() -> None:
    """Plans which AI chips to buy, lease or rent, where and when, and what they work on, at the
    lowest total cost of ownership."""
