"""The commands that ask a run further questions: diff, explain, sweep."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from planner.cli.group import (
    cli,
    cluster_option,
    gathered,
    json_option,
    named_run,
    out_option,
    stop_for_problems,
    threads_option,
)
from planner.exits import CHANGED, EXIT_OF_STATUS, INPUTS, OK, Stop
from planner.machines.where import Where
from planner.report.streams import echo, print_json, say, show
from planner.words import printable


@dataclass(frozen=True, slots=True)
class Telling:
    """How much of a difference is told, and in which form."""

    every: bool
    min_change: float
    as_markdown: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Form:
    """In which form a table is told."""

    csv_path: Path | None
    as_json: bool


@cli.command()
@click.argument("runs", nargs=-1, metavar="[A] [B]")
@out_option
@click.option("--all", "every", is_flag=True, help="Every row, not only the largest.")
@click.option(
    "--min-change",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="PERCENT",
    help="Smallest change of a decision to show.",
)
@click.option("--md", "as_markdown", is_flag=True, help="As Markdown.")
@click.option("--exit-code", is_flag=True, help="Exit with 8 if anything changed.")
@json_option
@threads_option
@cluster_option
@gathered(telling=Telling, where=Where)
def diff(runs: tuple[str, ...], out: Path, exit_code: bool, telling: Telling, where: Where) -> None:
    """Tell what changed from run A to run B and why: inputs, decisions, and the bridge of cost.

    Left out: B is the newest run, A the last approved run of its case, or else the newest earlier
    one.
    """
    from planner.report.markdown import markdown
    from planner.report.terminal import print_summary
    from planner.runs.verify import told_if_damaged
    from planner.study.diff import compare, other_run
    from planner.study.diff_told import as_data, document

    if len(runs) > 2:
        raise click.UsageError("give at most two runs: planner diff A B")
    second = named_run(runs[-1] if runs else None, out)
    first = named_run(runs[0], out) if len(runs) == 2 else other_run(second, out)
    with told_if_damaged(first, second):
        difference = compare(first, second, where)
        told = document(difference, every=telling.every, least=telling.min_change)
    if telling.as_json:
        print_json(as_data(difference))
    elif telling.as_markdown:
        echo(markdown(told), end="")
    else:
        echo(f"{printable(told.title)}\n")
        show(print_summary, told)
    if exit_code and not difference.empty:
        raise Stop(CHANGED)


@cli.command()
@click.argument("which", metavar="RUN")
@click.argument("what", nargs=-1, required=True, metavar="WHAT...")
@out_option
@json_option
def explain(which: str, what: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Tell why: what a line, a limit, a milestone or a workload costs, or what an offer lacks, by
    solving again.

    WHAT is one of: line LINE_ID; offer OFFER [PERIOD]; limit power SITE PERIOD; limit liquid SITE
    PERIOD; limit supply GROUP PERIOD; limit budget CATEGORY PERIOD; limit policy NAME; milestone
    NAME; workload NAME; demand [FACTOR...]; throughput [CHIP]; capex USD_PER_YEAR; slip
    chip|site|milestone NAME PERIODS; rent; idle; infeasible.
    """
    from planner.report.section import Summary
    from planner.report.terminal import print_summary
    from planner.runs.verify import told_if_damaged
    from planner.study.explain import explain as answer

    folder = named_run(which, out)
    with told_if_damaged(folder):
        found = answer(folder, what)
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "subject": found.subject,
                "headline": found.headline,
                **found.data,
            }
        )
        return
    echo(f"{printable(found.headline)}\n")
    show(print_summary, Summary(found.subject, found.facts, found.sections))


@cli.command()
@click.argument("which", metavar="RUN")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@threads_option
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PATH",
    help="Write the table to PATH, too.",
)
@cluster_option
@click.option(
    "--resume", is_flag=True, help="Take answers that an earlier sweep of this run has kept."
)
@out_option
@json_option
@gathered(where=Where, form=Form)
def sweep(which: str, file: Path, resume: bool, out: Path, where: Where, form: Form) -> None:
    """Solve RUN again under every variant of FILE, from where its plan stands.

    FILE is a CSV with the columns variant and set: an override a row, as for --set of planner run;
    rows with the same variant are applied together.  A variant that has no plan says so and is no
    failure of the command.  One that makes no good case of the inputs is listed as invalid with
    its problems, the others are solved all the same, and the command ends with 3.  Every answer is
    kept beside the run as it comes, so that --resume goes on where a sweep was interrupted.
    """
    from planner.case.problems import CaseError
    from planner.report.problems import problem_lines
    from planner.report.progress import Progress
    from planner.report.terminal import print_table
    from planner.runs.verify import told_if_damaged
    from planner.study.sweep import sweep as solve_all
    from planner.study.sweep import sweep_csv, sweep_data, sweep_section
    from planner.words import plural

    folder = named_run(which, out)
    progress = Progress(sys.stderr)
    try:
        with told_if_damaged(folder), progress.phase("sweep"):
            found = solve_all(folder, file, where, progress.note, resume=resume)
    except CaseError as error:
        raise stop_for_problems(
            error,
            file,
            as_json=form.as_json,
            next_command=f"planner sweep {printable(which)} {printable(file)}",
        ) from None
    if form.csv_path is not None:
        form.csv_path.write_text(sweep_csv(found), encoding="utf-8", newline="")
    codes = {"limit": EXIT_OF_STATUS["limit"], "error": EXIT_OF_STATUS["error"], "invalid": INPUTS}
    code = max((codes.get(one.status, OK) for one in found.swept), default=OK)
    if form.as_json:
        print_json({"folder": str(folder), "exit_code": code, **sweep_data(found)})
    else:
        show(print_table, sweep_section(found))
    wrong = [problem for one in found.swept for problem in one.problems]
    for line in problem_lines(wrong):
        say(line)
    if wrong:
        names = sum(bool(one.problems) for one in found.swept)
        say(f"{plural(names, 'variant')} not valid. Correct {file} and sweep again for the rest.")
    if code != (INPUTS if wrong else OK):
        raise Stop(code, "The solver gave up on some variants: they have no answer.")
    if wrong:
        raise Stop(code)
