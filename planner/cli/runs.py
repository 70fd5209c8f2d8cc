"""The commands that read runs: show, ls, verify, approve, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from planner.exits import OK, UNPROVEN, USAGE, Stop
from planner.machines.where import Where
from planner.report.streams import echo, print_json, say, show
from planner.words import printable

if TYPE_CHECKING:
    from planner.runs.find import RunLine


def show_run(
    folder: Path, *, as_json: bool, quiet: bool = False, more: dict[str, Any] | None = None
) -> None:
    """Print a run on stdout: its summary, or plan.json with where it is, or only where it is."""
    from planner.runs.verify import told_if_damaged

    if as_json:
        from planner.runs.documents import NO_PLAN
        from planner.runs.read import read_diagnosis, read_plan

        plan = read_plan(folder)
        why = {"diagnosis": read_diagnosis(folder)} if plan["status"] == NO_PLAN else {}
        print_json({"folder": str(folder), **(more or {}), **plan, **why})
    elif quiet:
        echo(printable(folder))
    else:
        from planner.report.summary import summarise
        from planner.report.terminal import print_summary

        with told_if_damaged(folder):
            summary = summarise(folder)
        show(print_summary, summary)
        echo(f"\nfiles  {printable(folder)}")


@cli.command(name="show")
@click.argument("which", metavar="[RUN]", required=False)
@click.option(
    "--by",
    type=click.Choice(["year"]),
    help="By fiscal year: cost by the books, cash, book values, who pays, what a Mtok costs.",
)
@click.option(
    "--csv",
    "csv_folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="With --by year: write every table by period to DIR, by fiscal year.",
)
@out_option
@json_option
def show_again(
    which: str | None, by: str | None, csv_folder: Path | None, out: Path, as_json: bool
) -> None:
    """Print the summary of RUN again: a run folder, or a case for its newest run; without RUN the
    newest of all. `--by year` prints it by fiscal year."""

    folder = named_run(which, out, marked=True)
    if by is None:
        if csv_folder is not None:
            raise Stop(USAGE, "--csv writes tables by fiscal year: add --by year.")
        show_run(folder, as_json=as_json)
    else:
        from planner.cli.years import show_years

        show_years(folder, csv_folder, as_json=as_json)


@cli.command(name="ls")
@out_option
@json_option
def list_runs(out: Path, as_json: bool) -> None:
    """List the runs under --out, newest first."""
    from planner.report.section import Section
    from planner.report.terminal import print_table
    from planner.runs.find import find_runs
    from planner.words import money

    runs = find_runs(out)
    if as_json:
        print_json([_listed(run) for run in runs])
        return
    if not runs:
        raise Stop(OK, f"There is no run under {printable(out)}. Make one with: planner run CASE")
    rows = tuple(
        (
            run.case,
            run.started,
            run.status,
            money(run.objective_usd),
            f"{run.gap:.0e}" if run.gap is not None else "",
            _state(run),
            str(run.folder),
        )
        for run in runs
    )
    header = ("case", "started", "status", "cost", "gap", "approval", "folder")
    show(print_table, Section("Runs", header, rows, frozenset({3, 4})))
    for run in runs:
        if run.wrong:
            say(f"{printable(run.folder)}: {run.status}: {printable(run.wrong)}")


def _state(run: RunLine) -> str:
    """Return what ``ls`` says of who approved a run, or that it is a what-if."""
    mark = "" if run.what_if is None else f"what-if: {run.what_if.words}"
    return " - ".join(part for part in (mark, run.approval) if part)


def _listed(run: RunLine) -> dict[str, Any]:
    """Return a run as ``--json`` lists it."""
    return {
        "case": run.case,
        "started_utc": run.started,
        "status": run.status,
        "objective_usd": run.objective_usd,
        "gap": run.gap,
        "what_if": None if run.what_if is None else run.what_if.document(),
        "approved_by": run.approved_by,
        "approved_utc": run.approved_utc,
        "approved": None if run.approved is None else run.approved.document(),
        "wrong": run.wrong,
        "folder": str(run.folder),
    }


@cli.command()
@click.argument("which", metavar="RUN")
@out_option
@json_option
def verify(which: str, out: Path, as_json: bool) -> None:
    """Prove RUN again from its files: unchanged, audited against the inputs, and the bound on the
    cost."""
    from planner.report.remake import verify_documents
    from planner.reproduce import verify_figures
    from planner.runs.verify import verify as verify_run

    folder = named_run(which, out)
    findings = (*verify_run(folder), *verify_figures(folder), *verify_documents(folder))
    good = all(finding.ok for finding in findings)
    if as_json:
        told = [{"what": f.what, "ok": f.ok, "detail": f.detail, "note": f.note} for f in findings]
        code = OK if good else UNPROVEN
        print_json({"folder": str(folder), "verified": good, "exit_code": code, "findings": told})
    else:
        for finding in findings:
            verdict = "note  " if finding.note else "ok    " if finding.ok else "FAILED"
            detail = f": {printable(finding.detail)}" if finding.detail else ""
            echo(f"{verdict}  {printable(finding.what)}{detail}")
    shown = printable(folder)
    if not good:
        again = printable(folder / "inputs")
        raise Stop(UNPROVEN, f"{shown} does not hold. Plan again: planner run {again}")
    say(f"{shown} holds.")


def write_list(folder: Path, out: Path) -> None:
    """Write the list that a run stands in again, where it is ours, however its path is written."""

    from planner.report.index import has_index, write_index

    home = folder.resolve().parent.parent
    if home != out.resolve():
        if not has_index(home):
            return
        out = home
    if write_index(out) is None:
        say(f"The list of runs under {printable(out)} is not written: files of others are there.")


@cli.command()
@click.argument("which", metavar="RUN")
@click.option(
    "--vs",
    "other",
    metavar="RUN",
    help="Another run to compare with: writes a page of its own, with the bridge.",
)
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Writes a page of its own that answers why: decisions, limits, milestones and workloads, "
    "re-solved.",
)
@out_option
@threads_option
@cluster_option
@gathered(where=Where)
def report(which: str, other: str | None, explained: bool, out: Path, where: Where) -> None:
    """Make the page and the workbook of RUN again, without solving; with --vs compared with another
    run, with --explain questioned."""
    if other is not None and explained:
        raise click.UsageError("give --vs or --explain, not both")
    from planner.report.remake import rewrite_page
    from planner.runs.verify import told_if_damaged

    folder = named_run(which, out)
    if explained:
        from planner.report.progress import Progress
        from planner.study.explained import write_explained

        progress = Progress(sys.stderr)
        with told_if_damaged(folder), progress.phase("explain"):
            path = write_explained(folder, progress.note, where)
        echo(printable(path))
        return
    if other is None:
        with told_if_damaged(folder):
            path = rewrite_page(folder)
        echo(printable(path))
        write_list(folder, out)
        return
    from planner.study.comparison import write_comparison

    first = named_run(other, out)
    with told_if_damaged(first, folder):
        path = write_comparison(first, folder)
    echo(printable(path))
