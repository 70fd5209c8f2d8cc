"""The command that fills throughput.csv from a model's name."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.group import case_argument, cli
from planner.exits import INPUTS, USAGE, Stop
from planner.report.streams import say, show
from planner.words import printable

if TYPE_CHECKING:
    from planner.edit import Edited
    from planner.sizing import Asked
    from planner.sizing.best import Row


@cli.command()
@case_argument
@click.option("--model", required=True, help="Model, such as openai/gpt-oss-120b.")
@click.option("--tier", required=True, help="Latency tier, as the case calls it.")
@click.option("--isl", required=True, type=click.IntRange(1), help="Input tokens of a request.")
@click.option("--osl", required=True, type=click.IntRange(1), help="Output tokens of a request.")
@click.option("--ttft", default=5000.0, show_default=True, help="Most ms to the first token.")
@click.option("--tpot", default=50.0, show_default=True, help="Most ms for each further token.")
@click.option("--chips", default="", metavar="NAMES", help="Chips of the case; default: all.")
@click.option("--as", "name", default="", help="What the case calls the model.")
@click.option("--params-b", type=float, help="Parameters in billions, of a model of your own.")
@click.option("--active-b", type=float, help="Parameters that a token uses, in billions.")
@click.option("--bytes", "bytes_", default=0.0, help="Bytes of a parameter as it is served.")
@click.option("--yes", is_flag=True, help="Write; without it the rows are only shown.")
def throughput(case: Path, yes: bool, **given: str | float | None) -> None:
    """Fill rows of throughput.csv of CASE for a model: what each chip reads and writes a second at
    a latency, and how many chips serve a copy.

    By measured kernels where aiconfigurator is installed (pip install 'planner[sizing]') and knows
    chip and model, else by measured results of the library, else scaled from the nearest; each row
    says which, and how wrong it may be.
    """
    from planner.edit import EditError
    from planner.sizing import NotSized

    try:
        asked, rows, named = _sized(case, given)
        from planner.sizing.edits import edited

        change = edited(case, named, asked, rows)
    except NotSized as reason:
        raise Stop(USAGE, printable(str(reason))) from None
    except EditError as reason:
        raise Stop(INPUTS, printable(str(reason))) from None
    _show(case, named, asked, rows)
    _show_changes(case, change, yes)
    _told_without_kernels(rows)
    if yes:
        _write(case, change)
        say(f"Next: planner check {printable(case)}")
    else:
        say("Nothing was written. Next: the same with --yes")


def _sized(
    case: Path, given: dict[str, str | float | None]
) -> tuple[Asked, list[Row], tuple[str, str]]:
    """Return what is asked for, a row for every chip, and what the case calls model and tier."""
    from planner.sizing import Asked, size
    from planner.sizing.case import chips_of, model_in, model_of

    model_name = str(given["model"])
    sizes = (given["params_b"], given["active_b"])
    params, active = (None if s is None else float(s) for s in sizes)
    model = model_of(model_name, params, active, float(given["bytes_"] or 0.0))
    lengths = int(given["isl"] or 1), int(given["osl"] or 1)
    latency = float(given["ttft"] or 0.0), float(given["tpot"] or 0.0)
    if min(latency) <= 0:
        raise click.UsageError("--ttft and --tpot must be above 0")
    asked = Asked(model, *lengths, *latency)
    wanted = [name.strip() for name in str(given["chips"]).split(",") if name.strip()]
    chips = chips_of(case, wanted)
    today = datetime.date.today().isoformat()
    rows = []
    done = 0

    def note(text: str) -> None:
        say(f"{done + 1} of {len(chips)}: {text}")

    for chip in chips:
        rows.append(size(asked, chip, today, note))
        done += 1
    named = str(given["name"]) or model_in(case, model_name), str(given["tier"])
    return asked, rows, named


def _show(case: Path, named: tuple[str, str], asked: Asked, rows: list[Row]) -> None:
    """Show the rows as they will be written, and what they come to together."""
    from planner.report.section import Section
    from planner.report.terminal import print_table
    from planner.sizing.edits import cells_of

    header = ("chip", "by", "output", "input", "cached", "together", "low", "high", "chips", "GB")
    table = []
    for row in rows:
        cells = cells_of(row)
        table.append(
            (
                printable(row.chip.name),
                row.sized.how,
                cells["output_tok_per_s"],
                cells["input_tok_per_s"] or "in output",
                cells["cached_tok_per_s"] or "in output",
                f"{row.sized.together(asked.isl, asked.osl):.4g}",
                cells["low"],
                cells["high"],
                cells["chips_per_replica"],
                f"{row.sized.chips_per_replica * row.chip.hbm_gb:.4g}",
            )
        )
    title = printable(f"{named[0]} at tier {named[1]}: {asked.words}")
    note = (
        f"tokens a second and chip; together: output with the input's work included; chips that "
        f"serve a copy and their memory, of which weights take {asked.model.gb:.4g} GB; draw: the "
        "chip's kw_peak, as nobody measured it at this work; other rows of the model get the "
        "fewest chips that hold it"
    )
    show(print_table, Section(title, header, tuple(table), frozenset(range(2, 10)), note))
    for row in rows:
        say(printable(f"{row.chip.name}: {row.sized.source}; {row.sized.note}"))
        if row.beside is not None:
            rate = row.beside.together(asked.isl, asked.osl)
            say(printable(f"{row.chip.name}: measured results come to {rate:.4g} together"))
        if row.instead:
            say(printable(f"{row.chip.name}: no measured kernels: {row.instead}"))


def _show_changes(case: Path, change: Edited, yes: bool) -> None:
    """Show which cells of which files change."""
    from planner.report.section import Section
    from planner.report.terminal import print_table

    title = f"{'Changed' if yes else 'Would change'} in {printable(case)}"
    rows = tuple(
        (c.file, str(c.now or c.row or ""), c.column or c.what, c.old, _short(c.new))
        for c in change.changes
    )
    if rows:
        header = ("file", "row", "column", "old", "new")
        show(print_table, Section(title, header, rows, frozenset({1})))
    else:
        say(f"{printable(case)} says all of this already.")


def _short(text: str) -> str:
    """Return the key of a row that is added: its figures are shown above."""
    return text if " | " not in text else " | ".join(text.split(" | ")[:3]) + " | ..."


def _told_without_kernels(rows: list[Row]) -> None:
    """Say how to have measured kernels, where the extra is missing."""
    from planner.sizing.kernels import EXTRA, SYSTEMS, VERSION, installed, version

    if not installed() and any(row.chip.known in SYSTEMS for row in rows):
        has = f"aiconfigurator {version()} is not" if version() else "without it"
        say(
            f"aiconfigurator {VERSION} composes measured kernels for your lengths and latency "
            f"({has} used): {EXTRA}"
        )


def _write(case: Path, change: Edited) -> None:
    """Write the files: all or none."""
    from planner.case.files import WORKBOOK
    from planner.edit import replace_files

    files, home = change.files, case
    if case.is_file():
        files, home = ({case.name: change.files[WORKBOOK]} if change.files else {}), case.parent
    try:
        replace_files(home, files)
    except FileExistsError as reason:
        again = printable(case)
        raise Stop(INPUTS, f"{printable(reason)}. Next: planner apply --finish {again}") from None
