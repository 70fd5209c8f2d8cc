"""The command that plays ways of planning on a history."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from planner.cli.group import (
    case_argument,
    cli,
    cluster_option,
    gathered,
    json_option,
    load,
    stop_for_problems,
    threads_option,
)
from planner.exits import UNPROVEN, Stop
from planner.machines.where import Where
from planner.report.streams import print_json, show
from planner.words import plural, printable


@dataclass(frozen=True, slots=True)
class Playing:
    """What is played on which history."""

    history: Path
    policy: tuple[str, ...]
    policies: Path | None


@cli.command()
@case_argument
@click.option(
    "--history",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="demand.csv: what was asked for; forecasts.csv: what was forecast when.",
)
@click.option(
    "--policy", multiple=True, metavar="NAME", help="Only this policy; repeatable; otherwise all."
)
@click.option(
    "--policies",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A CSV of policies in place of those that come with the planner.",
)
@threads_option
@cluster_option
@json_option
@gathered(where=Where, playing=Playing)
def replay(case: Path, as_json: bool, where: Where, playing: Playing) -> None:
    """Tell how ways of planning would have done: CASE as it stood then, planned again in every
    period with what was known, what was signed kept, and served as it came; against what knowing
    everything would have cost."""
    from planner.case.problems import CaseError
    from planner.replay.history import read_history
    from planner.replay.policy import SHIPPED, read_policies
    from planner.replay.replay import replay as play
    from planner.replay.told import as_data, section
    from planner.report.progress import Progress
    from planner.report.terminal import print_table

    read = load(case, ("case.whole=no",), as_json=as_json)
    try:
        policies = read_policies(playing.policies or SHIPPED, playing.policy)
        history = read_history(playing.history, read)
    except CaseError as error:
        again = f"planner replay {printable(case)} --history {printable(playing.history)}"
        raise stop_for_problems(
            error, playing.history, as_json=as_json, next_command=again
        ) from None
    progress = Progress(sys.stderr)
    with progress.phase("replay"):
        count = plural(len(policies), "policy", "policies")
        best, played = play(read, history, policies, where, lambda: progress.note(count))
    if as_json:
        print_json(as_data(best, played))
    else:
        show(print_table, section(best, played))
    wrong = [fault for one in (best, *played) for fault in one.faults]
    if wrong:
        raise Stop(UNPROVEN, f"Not proven: {wrong[0]}.")
