"""The commands that make and read a case: init, check, export, catalog."""

from __future__ import annotations

import json
from pathlib import Path

import click

from planner.cli.group import (
    case_argument,
    cli,
    json_option,
    load,
    out_option,
    set_option,
    stop_for_problems,
    strict_option,
)
from planner.exits import INFEASIBLE, INPUTS, OK, USAGE, Stop
from planner.report.streams import echo, print_json, say, show
from planner.words import lines as printable_lines
from planner.words import printable


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--chips", default="", metavar="NAMES", help="Chips, as h100,gb200,tpu-v7.")
@click.option("--models", default="", metavar="NAMES", help="Models that are served.")
@click.option(
    "--sites", default="", metavar="PLACES", help="Your halls: states or countries, or name=place."
)
@click.option("--clouds", default="", metavar="NAMES", help="Clouds to rent from, as aws,gcp.")
@click.option("--start", default="", metavar="PERIOD", help="First period; default: next quarter.")
@click.option(
    "--periods",
    type=click.IntRange(1, 1200),
    default=12,
    show_default=True,
    help="How many periods.",
)
def init(folder: Path, start: str, periods: int, **names: str) -> None:
    """Write a case to DIR: with --chips and --models, --sites or --clouds one of figures of the
    reference library, in which what only you know is marked REQUIRED; otherwise a complete small
    case, to be changed into yours."""
    from planner.runs.folder import safe_name
    from planner.template import refuse_folder, write_template

    name = safe_name(folder.resolve().name)
    try:
        refuse_folder(folder)
        if any(names.values()) or start:
            _init_from_library(folder, name, (start or _next_quarter(), periods), names)
            return
        written = write_template(folder, name)
    except FileExistsError as error:
        raise Stop(USAGE, f"{printable(error)}. Give a folder that is not there yet.") from None
    for path in written:
        echo(printable(folder / path))
    say(f"Next: planner run {printable(folder)}")


def _init_from_library(
    folder: Path, name: str, horizon: tuple[str, int], names: dict[str, str]
) -> None:
    """Write a case of figures of the library, and say what is left to fill in."""
    from planner.library.find import near
    from planner.start import NotKnown, asked, write_start
    from planner.words import plural

    split = {
        kind: tuple(filter(None, (one.strip() for one in text.split(","))))
        for kind, text in names.items()
    }
    try:
        wanted = asked(name, split, *horizon)
    except NotKnown as error:
        raise Stop(USAGE, f"{printable_lines(error)}\nNothing was written.") from None
    written = write_start(folder, wanted)
    for path in written.files:
        echo(printable(folder / path))
    for model in written.unknown:
        like = " or ".join(near("model", model))
        say(
            f"{printable(model)}: nobody measured it on a chip of the library"
            + (f" (did you mean {like}?)" if like else "")
            + "; its rates are REQUIRED too"
        )
    say(
        f"{plural(written.required, 'cell')} marked REQUIRED: {printable(folder / 'README.md')} "
        "says what each is"
    )
    say(f"Next: planner check {printable(folder)}")


def _next_quarter() -> str:
    """Return the quarter after today's."""
    import datetime

    today = datetime.date.today()
    year, quarter = divmod(today.year * 4 + (today.month - 1) // 3 + 1, 4)
    return f"{year}Q{quarter + 1}"


@cli.command()
@case_argument
@set_option
@strict_option
@out_option
@json_option
def check(case: Path, overrides: tuple[str, ...], strict: bool, out: Path, as_json: bool) -> None:
    """Tell every problem of the inputs of CASE at once, and which columns and tables the last
    approved run of it, else the newest, had and it has no more."""
    from planner.case.folder import has_scenarios
    from planner.case.problems import CaseError
    from planner.futures.scenario import read_futures
    from planner.report.problems import accepted_lines, as_data, count, problem_lines
    from planner.study.left_out import against_earlier
    from planner.words import plural

    read = load(case, overrides, as_json=as_json)
    if has_scenarios(case):
        try:
            read_futures(case, overrides)
        except CaseError as error:
            raise stop_for_problems(error, case, as_json=as_json) from None
    stops = strict and bool(read.warnings)
    calendar = read.calendar
    earlier, gone = against_earlier(case, overrides, read.settings.name, out)
    if as_json:
        print_json(
            {
                "status": "warnings" if stops else "ok",
                "exit_code": INPUTS if stops else OK,
                "problems": as_data(read.warnings),
                "accepted": [
                    {"warning": one.warning.name, "reason": one.reason} for one in read.accepted
                ],
                "left_out": gone,
            }
        )
    for line in [*problem_lines(read.warnings), *accepted_lines(read.accepted)]:
        say(line)
    for remark in gone:
        say(printable(f"remark   {remark} (it is in {earlier})"))
    if stops:
        raise Stop(
            INPUTS,
            f"\n{count(read.warnings)}, and --strict. Correct what is listed, then: planner check "
            f"--strict {printable(case)}",
        )
    if not as_json:
        rows = sum(len(table) for table in read.tables.values())
        echo(
            f"{printable(case)}: {count(read.warnings)}; {calendar.label(0)} to "
            f"{calendar.label(calendar.count - 1)}, {plural(rows, 'row')} of input"
        )
    say(f"Next: planner run {printable(case)}")


@cli.command()
@case_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["mps", "lp"]),
    help="Format of FILE; otherwise by its ending.",
)
@set_option
def export(case: Path, file: Path, form: str | None, overrides: tuple[str, ...]) -> None:
    """Write the program of CASE to FILE as MPS or LP, for any solver; of a case of whole things
    with its counts."""
    form = form or {".mps": "mps", ".lp": "lp"}.get(file.suffix.lower())
    if form is None:
        raise click.UsageError(
            f"{printable(file)} ends neither in .mps nor in .lp: say which with --format."
        )
    from planner.export import NotExported, export_program

    try:
        export_program(load(case, overrides), form, file)
    except NotExported as reason:
        raise Stop(INFEASIBLE, f"Nothing was written: {reason}.") from None
    echo(printable(file))
    say(
        "A scaled program: chips in thousands, money in millions of USD, work and FLOP by row; the "
        "first lines of the file say what 1 stands for in each."
    )


@cli.command(name="catalog")
@click.argument("case", type=click.Path(path_type=Path), default=Path("."))
@json_option
def show_catalog(case: Path, as_json: bool) -> None:
    """Tell what can be bought in CASE (the current folder, if not given): price, power, lead time,
    source."""
    from planner.case.files import WORKBOOK
    from planner.case.yaml_file import FILE
    from planner.report.catalog import catalog, catalog_sections
    from planner.report.terminal import print_table

    if case.is_dir() and not any((case / name).exists() for name in (FILE, WORKBOOK)):
        raise click.UsageError(
            f"{printable(case)} is not a case folder (it has neither {FILE} nor {WORKBOOK}). Give "
            "one: planner catalog CASE"
        )
    table = catalog(load(case, as_json=as_json))
    if as_json:
        print_json(json.loads(table.to_json(orient="records")))
        return
    for section in catalog_sections(table):
        show(print_table, section)
