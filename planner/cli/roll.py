"""The command of the next quarter: roll."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import click

from planner.cli.group import cli, gathered, json_option, out_option, stop_for_problems
from planner.exits import USAGE, Stop
from planner.report.streams import echo, print_json, say, show
from planner.words import plural, printable


@dataclass(frozen=True, slots=True)
class Rolling:
    """How far a plan is rolled, where to, and after what."""

    by: int
    keep_end: bool
    to: Path | None
    actuals: Path | None


@cli.command()
@click.argument("which", metavar="RUN")
@click.option(
    "--by",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Periods that have passed.",
)
@click.option(
    "--keep-end",
    is_flag=True,
    help="The plan ends when it did; otherwise its last period is repeated at the end.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The new folder; otherwise beside the case, named by the new start.",
)
@click.option(
    "--actuals",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="What really happened (`planner actuals RUN DIR` writes tables to fill in); otherwise all "
    "went as planned.",
)
@out_option
@json_option
@gathered(rolling=Rolling)
def roll(which: str, rolling: Rolling, out: Path, as_json: bool) -> None:
    """Write the case that comes after RUN, an approved run or a case for its last approved one:
    what was ordered becomes fleet and orders in flight, what was done and paid is carried on."""
    from planner.case.problems import CaseError
    from planner.report.terminal import print_summary
    from planner.roll.approved import approved_run
    from planner.roll.roll import roll as write_next
    from planner.roll.rolled import Ways
    from planner.roll.story import as_data, story
    from planner.runs.approval import approval_words

    run = approved_run(which, out)
    try:
        rolled = write_next(run, Ways(**dataclasses.asdict(rolling)))
    except FileExistsError as error:
        raise Stop(
            USAGE,
            f"{printable(error)}, and is not written over. Next: give another folder with --to, or "
            "move it away",
        ) from None
    except CaseError as error:
        told = rolling.actuals or Path(which)
        again = f"planner roll {printable(which)} --actuals {printable(told)}"
        raise stop_for_problems(error, told, as_json=as_json, next_command=again) from None
    if as_json:
        print_json(as_data(rolled))
        return
    summary = story(rolled, approval_words(run))
    echo(f"{printable(summary.title)}\n")
    show(print_summary, dataclasses.replace(summary, sections=summary.sections[:-1]))
    listed = printable(rolled.folder / "roll.md")
    echo(f"\n{plural(len(rolled.changes), 'change')}, each in {listed}")
    say(f"Next: planner run {printable(rolled.folder)}")
