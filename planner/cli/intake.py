"""The command that takes people's own files in: import."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.group import cli, gathered, json_option, stop_for_problems
from planner.exits import INPUTS, OK, USAGE, Stop
from planner.report.streams import echo, print_json, say, show
from planner.words import plural, printable

if TYPE_CHECKING:
    from planner.intake.result import Import


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is imported, into what, and how."""

    sources: tuple[str, ...]
    case: Path
    map_path: Path | None
    mark: Path | None
    yes: bool


@cli.command(name="import")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--case",
    type=click.Path(path_type=Path),
    required=True,
    help="The case that takes the figures: its folder, or a workbook.",
)
@click.option(
    "--map",
    "map_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The map: what the sources mean; otherwise import.yaml of the case. The first import "
    "writes it.",
)
@click.option(
    "--mark",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT.xlsx",
    help="Write a copy of the sources with every cell marked: read, left out, asked about.",
)
@click.option("--yes", is_flag=True, help="Write what the preview shows into the case.")
@json_option
@gathered(wanted=Wanted)
def import_(wanted: Wanted, as_json: bool) -> None:
    """Read forecasts, price lists and other files as people have them into CASE: workbooks (.xlsx,
    .xlsm, .ods), CSV, a folder of them, or - for pasted text.

    First it shows what it understood; what is not clear is asked, in the map, and nothing of the
    case is written before all is answered and accepted (--yes; later by the accepted map).
    """
    from planner.case.problems import CaseError
    from planner.intake.importing import read_import
    from planner.intake.map_file import FILE

    home = wanted.case.parent if wanted.case.is_file() else wanted.case
    map_path = wanted.map_path or home / FILE
    try:
        result = read_import(wanted.sources, wanted.case, map_path, sys.stdin.read)
        if result.problems:
            raise CaseError(result.problems)
    except CaseError as error:
        again = f"planner import {' '.join(map(printable, wanted.sources))} --case "
        raise stop_for_problems(
            error, wanted.case, as_json=as_json, next_command=f"{again}{printable(wanted.case)}"
        ) from None
    if wanted.mark is not None:
        _mark(result, wanted)
    _told(result, as_json=as_json)
    _ended(result, wanted, as_json=as_json)


def _mark(result: Import, wanted: Wanted) -> None:
    """Write the marked copy."""
    from planner.edit import replace_files
    from planner.intake.mark import marked

    assert wanted.mark is not None
    if wanted.mark.suffix.lower() != ".xlsx":
        raise click.UsageError(f"{printable(wanted.mark)} does not end in .xlsx.")
    sources = [Path(name) for name in wanted.sources]
    if any(wanted.mark.resolve() == source.resolve() for source in sources):
        raise click.UsageError("--mark would write over a source: give another name.")
    replace_files(wanted.mark.parent, {wanted.mark.name: marked(result, sources)})


def _told(result: Import, *, as_json: bool) -> None:
    """Print the preview and the questions."""
    from planner.intake.preview import as_data, question_lines, sections_of
    from planner.report.terminal import print_table

    if as_json:
        print_json(as_data(result))
        return
    for number, section in enumerate(sections_of(result)):
        if number:
            echo("")
        show(print_table, section)
    if result.questions:
        echo("")
        for line in question_lines(result):
            say(printable(line))


def _ended(result: Import, wanted: Wanted, *, as_json: bool) -> None:
    """Write what is accepted, or the map with its questions; say what comes next."""
    from planner.intake.accept import accept, draft_map

    case, path = printable(wanted.case), printable(result.map_path)
    marked = f" {printable(wanted.mark)} shows them in place." if wanted.mark else ""
    if result.trouble:
        raise Stop(USAGE, f"\nNot written: {printable(result.trouble)}.")
    if result.questions:
        _write_map(result, draft_map(result))
        count = plural(len(result.questions), "question")
        raise Stop(
            INPUTS,
            f"\n{count}; no table of {case} was written.{marked} Answer in {path} (each ? there), "
            "then run the same command again.",
        )
    if not any(reading.facts for reading in result.readings):
        raise Stop(INPUTS, f"Nothing was found to import; no table of {case} was written.")
    if wanted.yes or result.granted:
        names = accept(result)
        for name in names if not as_json else ():
            echo(printable(f"wrote {name}"))
        say(f"Next: planner check {case}")
        return
    _write_map(result, draft_map(result))
    say(
        f"\nNo question is open, and no table of {case} was written. What was understood stands in "
        f"{path}.\nNext: the same command with --yes"
    )
    raise Stop(OK)


def _write_map(result: Import, text: str) -> None:
    """Write the map, where it says something new."""
    from planner.edit import replace_files

    if text != result.map.text:
        result.map_path.parent.mkdir(parents=True, exist_ok=True)
        replace_files(result.map_path.parent, {result.map_path.name: text.encode()})
