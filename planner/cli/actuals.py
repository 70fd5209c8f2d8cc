"""The command that asks what really happened: actuals."""

from __future__ import annotations

from pathlib import Path

import click

from planner.cli.group import cli, named_run, out_option
from planner.exits import USAGE, Stop
from planner.report.streams import echo, say
from planner.words import printable


@cli.command()
@click.argument("which", metavar="RUN")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--by",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Periods of the plan that have passed.",
)
@out_option
def actuals(which: str, folder: Path, by: int, out: Path) -> None:
    """Write tables to DIR in which to fill in what really happened in the periods of RUN that have
    passed: a row for all that was planned, and every blank says as planned."""
    from planner.actuals.template import write_template
    from planner.runs.read import read_plan

    run = named_run(which, out)
    periods = read_plan(run)["horizon"]["periods"]
    if by > periods:
        raise click.UsageError(f"--by {by}: the plan has {periods} periods.")
    try:
        names = write_template(run, folder, by)
    except FileExistsError as error:
        raise Stop(USAGE, f"{printable(error)}. Give a folder that is not there yet.") from None
    for name in names:
        echo(printable(folder / name))
    say("Fill in what went otherwise than planned; a blank is as planned.")
