"""The commands that read runs: show, ls, verify, approve, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from planner.cli.group import cli, json_option, out_option, print_json
from planner.exits import OK, STALE, UNPROVEN, Stop, say


def show_run(
    folder: Path, *, as_json: bool, quiet: bool = False, more: dict[str, Any] | None = None
) -> None:
    """Print a run on stdout: its summary, or plan.json with where it is, or only where it is."""
    if as_json:
        from planner.report.diagnosis import FILE, read_diagnosis
        from planner.runs.read import read_plan

        why = {"diagnosis": read_diagnosis(folder)} if (folder / FILE).exists() else {}
        print_json({"folder": str(folder), **(more or {}), **read_plan(folder), **why})
    elif quiet:
        click.echo(str(folder))
    else:
        from planner.report.summary import summarise
        from planner.report.terminal import print_summary

        print_summary(summarise(folder), sys.stdout)
        click.echo(f"\nfiles  {folder}")


@cli.command()
@click.argument("which", metavar="[RUN]", required=False)
@out_option
@json_option
def show(which: str | None, out: Path, as_json: bool) -> None:
    """Print the summary of RUN again: a run folder, or a case for its newest run; without RUN the
    newest of all."""
    from planner.runs.read import resolve_run

    show_run(resolve_run(which, out), as_json=as_json)


@cli.command(name="ls")
@out_option
@json_option
def list_runs(out: Path, as_json: bool) -> None:
    """List the runs under --out, newest first."""
    from planner.report.summary import Section
    from planner.report.terminal import print_table
    from planner.runs.read import find_runs
    from planner.words import money, printable

    runs = find_runs(out)
    if as_json:
        print_json(
            [
                {
                    "case": r.case,
                    "started_utc": r.started,
                    "status": r.status,
                    "objective_usd": r.objective_usd,
                    "gap": r.gap,
                    "folder": str(r.folder),
                }
                for r in runs
            ]
        )
        return
    if not runs:
        raise Stop(OK, f"There is no run under {out}. Make one with: planner run CASE")
    rows = tuple(
        (
            printable(r.case),
            r.started,
            printable(r.status),
            money(r.objective_usd),
            f"{r.gap:.0e}" if r.gap is not None else "",
            str(r.folder),
        )
        for r in runs
    )
    print_table(
        Section(
            "Runs", ("case", "started", "status", "cost", "gap", "folder"), rows, frozenset({3, 4})
        ),
        sys.stdout,
    )


@cli.command()
@click.argument("which", metavar="RUN")
@out_option
@json_option
def verify(which: str, out: Path, as_json: bool) -> None:
    """Prove RUN again from its files: unchanged, audited against the inputs, and the bound on the
    cost."""
    from planner.runs.read import resolve_run
    from planner.runs.verify import verify as verify_run

    folder = resolve_run(which, out)
    findings = verify_run(folder)
    good = all(finding.ok for finding in findings)
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "verified": good,
                "exit_code": OK if good else UNPROVEN,
                "findings": [{"what": f.what, "ok": f.ok, "detail": f.detail} for f in findings],
            }
        )
    else:
        for finding in findings:
            click.echo(
                f"{'ok    ' if finding.ok else 'FAILED'}  "
                f"{finding.what}{f': {finding.detail}' if finding.detail else ''}"
            )
    if not good:
        raise Stop(UNPROVEN, f"{folder} does not hold. Plan again: planner run {folder / 'inputs'}")
    say(f"{folder} holds.")


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
@out_option
@json_option
def approve(which: str, by: str, note: str, case: Path | None, out: Path, as_json: bool) -> None:
    """Record who approves RUN; refuses a plan whose case has changed since."""
    from planner.report.index import write_index
    from planner.report.remake import rewrite_page
    from planner.runs.approval import StalePlan, approval_words
    from planner.runs.approval import approve as record
    from planner.runs.read import resolve_run

    folder = resolve_run(which, out)
    try:
        document = record(folder, by, note, case)
    except StalePlan as reason:
        raise Stop(STALE, f"Not approved: {reason}") from None
    rewrite_page(folder)
    if folder.parent.parent == out:
        write_index(out)
    if as_json:
        print_json({"folder": str(folder), **document})
        return
    click.echo(f"{folder}: {approval_words(folder)}")


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
def report(which: str, other: str | None, explained: bool, out: Path) -> None:
    """Make the page and the workbook of RUN again, without solving; with --vs compared with another
    run, with --explain questioned."""
    if other is not None and explained:
        raise click.UsageError("give --vs or --explain, not both")
    from planner.report.index import write_index
    from planner.report.remake import rewrite_page
    from planner.runs.read import resolve_run

    folder = resolve_run(which, out)
    if explained:
        from planner.report.progress import Progress
        from planner.study.explained import write_explained

        progress = Progress(sys.stderr)
        with progress.phase("explain"):
            path = write_explained(folder, progress.note)
        click.echo(str(path))
        return
    if other is None:
        click.echo(str(rewrite_page(folder)))
        if folder.parent.parent == out:
            write_index(out)
        return
    from planner.study.comparison import write_comparison

    click.echo(str(write_comparison(resolve_run(other, out), folder)))
