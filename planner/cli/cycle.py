"""The commands that carry a plan on: apply."""

from __future__ import annotations

from pathlib import Path

import click

from planner.cli.group import cli, json_option, out_option
from planner.exits import OK, STALE, USAGE, Stop
from planner.report.streams import echo, print_json, say, show
from planner.words import printable


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
    every cell; refuses where the case has changed since."""
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
            (c.file, "" if c.now is None else str(c.now), c.column or c.what, c.old, c.new)
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
    from planner.edit import finish

    names = finish(case)
    if not names:
        raise Stop(OK, f"Nothing was cut short in {printable(case)}.")
    for name in names:
        echo(printable(case / name))
    say(f"Finished. Next: planner run {printable(case)}")
