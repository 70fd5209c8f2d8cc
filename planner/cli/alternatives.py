"""The command that tells what else could be done for little more."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from planner.cli.group import (
    cli,
    cluster_option,
    gathered,
    json_option,
    named_run,
    out_option,
    threads_option,
)
from planner.exits import UNPROVEN, Stop
from planner.machines.where import Where
from planner.report.streams import print_json, show

PERCENT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(%?)\s*")


def share_of(text: str) -> float:
    """Return a share as it was typed: 1% or 0.01."""
    found = PERCENT.fullmatch(text)
    share = float(found[1]) / (100.0 if found[2] else 1.0) if found else -1.0
    if not 0.0 <= share <= 1.0:
        raise click.BadParameter("a share of the cost between 0 and 100 %, such as 1% or 0.01")
    return share


@cli.command()
@click.argument("which", metavar="RUN")
@click.option(
    "--within",
    default="1%",
    show_default=True,
    metavar="SHARE",
    callback=lambda _, __, value: share_of(value),
    help="How much more a plan may cost.",
)
@threads_option
@cluster_option
@out_option
@json_option
@gathered(where=Where)
def alternatives(which: str, within: float, out: Path, as_json: bool, where: Where) -> None:
    """Tell what else could be done for little more than the plan of RUN: the least and the most of
    each chip, site and vendor and of what is committed now, and a few plans that differ most.

    Every end of a range is proven by dual values, and is a plan that keeps every limit of the case.
    Ends with 6 where one is not proven.
    """
    from planner.report.progress import Progress
    from planner.report.terminal import print_summary
    from planner.runs.verify import told_if_damaged
    from planner.study.near.alternatives import all_asked
    from planner.study.near.alternatives import alternatives as find
    from planner.study.near.told import as_data, told

    folder = named_run(which, out)
    progress = Progress(sys.stderr)
    with told_if_damaged(folder), progress.phase("alternatives"):
        found = find(folder, within, where, progress.note)
    if as_json:
        print_json({"folder": str(folder), **as_data(found)})
    else:
        show(print_summary, told(found))
    wrong = [fault for near in all_asked(found) for fault in near.faults]
    if wrong:
        raise Stop(UNPROVEN, f"Not proven: {wrong[0]}.")
