"""The commands that carry a plan on: approve, apply."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from planner.cli.group import (
    cli,
    gathered,
    json_option,
    named_run,
    out_option,
    stop_for_problems,
)
from planner.cli.runs import write_list
from planner.exits import OK, STALE, USAGE, Stop
from planner.report.streams import echo, print_json, say, show
from planner.words import printable


@dataclass(frozen=True, slots=True)
class Words:
    """Who approves, and a remark."""

    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Part:
    """What of a plan is approved."""

    periods: tuple[str, ...]
    file: Path | None


@cli.command()
@click.argument("which", metavar="RUN")
@click.option("--by", required=True, help="Who approves.")
@click.option("--note", default="", help="A remark.")
@click.option(
    "--case",
    "case",
    type=click.Path(path_type=Path),
    help="The case folder, if it is not where it was planned.",
)
@click.option(
    "--period",
    "periods",
    multiple=True,
    help="Approve only what is ordered in this period; repeatable.",
)
@click.option(
    "--lines",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV with line, decision (approved, changed, refused), chips or mw, reason; lines that "
    "it does not name stand as planned.",
)
@out_option
@json_option
@gathered(words=Words, part=Part)
def approve(
    which: str, case: Path | None, out: Path, as_json: bool, words: Words, part: Part
) -> None:
    """Record who approves RUN, and what of it; refuses a what-if, and a plan whose case has changed
    since."""
    from planner.case.problems import CaseError
    from planner.report.remake import rewrite_page
    from planner.runs.approval import StalePlan, approval_words
    from planner.runs.approval import approve as record
    from planner.runs.decisions import read_scope
    from planner.runs.verify import told_if_damaged

    folder = named_run(which, out)
    try:
        with told_if_damaged(folder):
            scope = read_scope(folder, part.periods, part.file)
        document = record(folder, words.by, words.note, case, scope=scope)
    except CaseError as error:
        again = f"planner approve {printable(which)} with --lines"
        raise stop_for_problems(error, folder, as_json=as_json, next_command=again) from None
    except StalePlan as reason:
        raise Stop(STALE, f"Not approved: {reason}") from None
    with told_if_damaged(folder):
        rewrite_page(folder)
    write_list(folder, out)
    if as_json:
        print_json({"folder": str(folder), **document})
        return
    echo(f"{printable(folder)}: {approval_words(folder)}")
    if any(line.decision != "approved" for line in scope.lines):
        say(
            f"Next: planner roll {printable(folder)} takes along what was changed and refused; to "
            f"plan again before, planner apply {printable(folder)} writes it into last_plan/"
        )


@cli.command()
@click.argument("which", metavar="RUN", required=False)
@click.option("--dry-run", is_flag=True, help="List what would change, and change nothing.")
@click.option(
    "--case",
    "case",
    type=click.Path(path_type=Path),
    help="The case folder, if it is not where it was planned.",
)
@click.option(
    "--finish",
    "unfinished",
    type=click.Path(path_type=Path),
    metavar="CASE",
    help="Finish writing into CASE what was cut short.",
)
@out_option
@json_option
def apply(
    which: str | None,
    dry_run: bool,
    case: Path | None,
    unfinished: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Write the changes of the what-if RUN into the tables of its case, all files or none, and list
    every cell; refuses where the case has changed since.

    Of an approved RUN: what was changed and refused of its lines, into last_plan/ of its case.
    """
    from planner.report.section import Section
    from planner.report.terminal import print_table
    from planner.runs.apply import NotApplied, apply_changes, find_changes
    from planner.runs.find import resolve_run
    from planner.runs.verify import told_if_damaged

    if unfinished is not None:
        _finish(unfinished)
        return
    if which is None:
        raise click.UsageError("name the what-if by its folder: planner ls lists the runs")
    folder = resolve_run(which, out)
    try:
        with told_if_damaged(folder):
            found = find_changes(folder, case)
        if not dry_run:
            apply_changes(found)
    except NotApplied as reason:
        raise Stop(STALE if reason.stale else USAGE, str(reason)) from None
    except FileExistsError as reason:
        again = printable(found.case)
        raise Stop(STALE, f"{printable(reason)}. Next: planner apply --finish {again}") from None
    told = printable(found.case)
    if as_json:
        changes = [
            {"file": c.file, "what": c.what, "row": c.now, "column": c.column}
            | {"old": c.old, "new": c.new}
            for c in found.changes
        ]
        print_json(
            {
                "folder": str(folder),
                "case": str(found.case),
                "applied": not dry_run,
                "changes": changes,
            }
        )
    else:
        rows = tuple(
            (c.file, str(c.now or c.row or ""), c.column or c.what, c.old, c.new)
            for c in found.changes
        )
        header = ("file", "row", "column", "old", "new")
        title = f"{'Would change' if dry_run else 'Changed'} in {told}"
        show(print_table, Section(title, header, rows, frozenset({1, 3, 4})))
    if found.edited.calculated:
        say(
            "A workbook holds formulas, and their stored values are those of before: open it in a "
            "spreadsheet and save it, so that what depends on the changed cells is calculated."
        )
    if not found.changes:
        say(f"{told} says all of this already.")
    if dry_run:
        say(f"Nothing was written. Next: planner apply {printable(folder)}")
    else:
        say(f"Next: planner run {told}, then approve that run")


def _finish(case: Path) -> None:
    """Finish what an apply that was cut short began."""
    from planner.case.folder import JOURNAL
    from planner.edit import finish

    begun = (case / JOURNAL).is_dir()  # killed at the very end, it holds no file any more
    names = finish(case)
    if not begun:
        raise Stop(OK, f"Nothing was cut short in {printable(case)}.")
    for name in names:
        echo(printable(case / name))
    say(f"Finished. Next: planner run {printable(case)}")


@cli.command()
@click.argument("case", required=False)
@out_option
@json_option
def history(case: str | None, out: Path, as_json: bool) -> None:
    """Show every approved plan of CASE in one picture, and write it as a page: what is still to
    pay, chips and demand as planned then and now, and what was asked for."""
    from planner.report.terminal import print_summary
    from planner.study.history import read_history
    from planner.study.history_told import as_data, summary, write_history

    found = read_history(case, out)
    path = write_history(found, out)
    if as_json:
        print_json({"page": str(path), **as_data(found)})
        return
    show(print_summary, summary(found))
    echo(f"\npage  {printable(path)}")
