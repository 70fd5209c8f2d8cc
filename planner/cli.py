"""The commands: parse, call, print; no logic.  stdout carries the result, stderr progress and messages."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner import __version__
from planner.exits import (
    CHANGED,
    EXIT_OF_STATUS,
    EXITS,
    INFEASIBLE,
    INPUTS,
    NO_PLAN,
    OK,
    RELAXABLE,
    STALE,
    UNPROVEN,
    USAGE,
    Stop,
    exceeded,
    say,
    tell,
)

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.case.problems import CaseError
    from planner.lp.highs import Algorithm

case_argument = click.argument("case", type=click.Path(path_type=Path))
set_option = click.option("--set", "overrides", multiple=True, metavar="WHAT=VALUE", help="Change an input for this run, e.g. demand.chat.*.output_mtok*=1.1; repeatable.")
out_option = click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("outputs"), show_default=True, help="Where the run folders are.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
strict_option = click.option("--strict", is_flag=True, help="Warnings of the inputs stop, as errors do.")


def print_json(document: Any) -> None:
    """Print one JSON document on stdout."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def stop_for_problems(error: CaseError, case: Path, *, as_json: bool, next_command: str = "") -> Stop:
    """Print every problem of the inputs; return how the command ends, and with which command to go on."""
    from planner.report.problems import as_data, count, problem_lines

    if as_json:
        print_json({"status": "input_problems", "exit_code": INPUTS, "problems": as_data(error.problems)})
    for line in problem_lines(error.problems):
        say(line)
    return Stop(INPUTS, f"\n{count(error.problems)}. Correct what is listed, then: {next_command or f'planner check {case}'}")


def load(case: Path, overrides: Sequence[str] = (), *, as_json: bool = False) -> Case:
    """Read a case; ends the command with every problem where there are errors."""
    from planner.case.case import read_case
    from planner.case.problems import CaseError

    try:
        return read_case(case, overrides)
    except CaseError as error:
        raise stop_for_problems(error, case, as_json=as_json) from None


@click.group(epilog=EXITS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="planner")
def cli() -> None:
    """Plans which AI chips to buy, lease or rent, where and when, and what they work on, at the lowest total cost of ownership."""


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write a complete small case to DIR, to be changed into yours."""
    from planner.template import write_template

    try:
        names = write_template(folder)
    except FileExistsError as error:
        raise Stop(USAGE, f"{error}. Give a folder that is not there yet.") from None
    click.echo("".join(f"{folder / name}\n" for name in names), nl=False)
    say(f"Next: planner run {folder}")


@cli.command()
@case_argument
@set_option
@strict_option
@json_option
def check(case: Path, overrides: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Tell every problem of the inputs of CASE at once."""
    from planner.report.problems import as_data, count, problem_lines
    from planner.report.words import plural

    read = load(case, overrides, as_json=as_json)
    stops = strict and bool(read.warnings)
    calendar = read.calendar
    if as_json:
        print_json({"status": "warnings" if stops else "ok", "exit_code": INPUTS if stops else OK, "problems": as_data(read.warnings)})
    for line in problem_lines(read.warnings):
        say(line)
    if stops:
        raise Stop(INPUTS, f"\n{count(read.warnings)}, and --strict. Correct what is listed, then: planner check --strict {case}")
    if not as_json:
        rows = sum(len(table) for table in read.tables.values())
        click.echo(f"{case}: {count(read.warnings)}; {calendar.label(0)} to {calendar.label(calendar.count - 1)}, {plural(rows, 'row')} of input")
    say(f"Next: planner run {case}")


@cli.command()
@case_argument
@set_option
@click.option("--solver", metavar="NAME", help="highs, or pulp:NAME for any solver that PuLP drives; otherwise as case.yaml says.")
@click.option("--algorithm", type=click.Choice(["auto", "simplex", "ipx", "hipo", "pdlp"]), default="auto", show_default=True, help="Algorithm of HiGHS.")
@out_option
@strict_option
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Most seconds for the solver.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads for the solver.")
@click.option("--relax", multiple=True, type=click.Choice(RELAXABLE), help="Let limits of this kind be exceeded by the least that makes a plan possible, and say by how much; repeatable.")
@json_option
@click.option("--quiet", is_flag=True, help="No progress and no summary: only the path of the run folder.")
def run(
    case: Path, overrides: tuple[str, ...], solver: str | None, algorithm: Algorithm, out: Path, strict: bool, time_limit: float | None, threads: int | None,
    relax: tuple[str, ...], as_json: bool, quiet: bool,
) -> None:
    """Make the cheapest plan of CASE, prove it, and write it to a new folder under --out."""
    from planner.report.progress import Progress

    if not quiet:
        say(f"planner {__version__}: {case}")
    progress = Progress(None if quiet else sys.stderr)
    from planner import pipeline
    from planner.case.problems import CaseError

    options = pipeline.Options(solver, algorithm, time_limit, threads)
    try:
        result = pipeline.run(case, overrides=overrides, out=out, options=options, strict=strict, progress=progress, relax=relax)
    except CaseError as error:
        raise stop_for_problems(error, case, as_json=as_json) from None
    except pipeline.SolverUnknown as error:
        raise Stop(USAGE, str(error)) from None
    code = EXIT_OF_STATUS[result.status]
    if result.folder is None:
        if as_json:
            print_json({"status": result.status, "exit_code": code, "message": result.message, "seconds": dict(result.seconds)})
        if relax and code == INFEASIBLE:
            raise Stop(code, f"There is no plan of {case} so: {result.message}. No run was written.\nNext: what conflicts, and every way out: planner run {case}")
        raise Stop(code, NO_PLAN[result.status].format(case=case, message=result.message))
    show_run(result.folder, as_json=as_json, quiet=quiet, more={"exit_code": code, "seconds": dict(result.seconds)})
    if result.relaxed is not None:
        say(exceeded(result.relaxed, relax))
    if code == INFEASIBLE:
        raise Stop(code, f"There is no plan of {case}. Next: take one of the ways out, with its --set or in the files, and run again; {result.folder / 'summary.md'} tells all")
    if code != OK:
        raise Stop(code, f"The plan is NOT proven: {result.message or 'the audit failed'}. See {result.folder / 'plan.json'}; then: planner verify {result.folder}")
    if not quiet:
        say(f"Next: read {result.folder / 'summary.md'}, or prove it again: planner verify {result.folder}")


def show_run(folder: Path, *, as_json: bool, quiet: bool = False, more: dict[str, Any] | None = None) -> None:
    """Print a run on stdout: its summary, or plan.json with where it is, or only where it is."""
    if as_json:
        from planner.report.diagnosis import FILE, read_diagnosis
        from planner.report.runs import read_plan

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
    """Print the summary of RUN again: a run folder, or a case for its newest run; without RUN the newest of all."""
    from planner.report.runs import resolve_run

    show_run(resolve_run(which, out), as_json=as_json)


@cli.command(name="ls")
@out_option
@json_option
def list_runs(out: Path, as_json: bool) -> None:
    """List the runs under --out, newest first."""
    from planner.report.runs import find_runs
    from planner.report.summary import Section
    from planner.report.terminal import print_table
    from planner.report.words import money, printable

    runs = find_runs(out)
    if as_json:
        print_json([{"case": r.case, "started_utc": r.started, "status": r.status, "objective_usd": r.objective_usd, "gap": r.gap, "folder": str(r.folder)} for r in runs])
        return
    if not runs:
        raise Stop(OK, f"There is no run under {out}. Make one with: planner run CASE")
    rows = tuple((printable(r.case), r.started, printable(r.status), money(r.objective_usd), f"{r.gap:.0e}" if r.gap is not None else "", str(r.folder)) for r in runs)
    print_table(Section("Runs", ("case", "started", "status", "cost", "gap", "folder"), rows, frozenset({3, 4})), sys.stdout)


@cli.command()
@click.argument("which", metavar="RUN")
@out_option
@json_option
def verify(which: str, out: Path, as_json: bool) -> None:
    """Prove RUN again from its files: unchanged, audited against the inputs, and the bound on the cost."""
    from planner.report.runs import resolve_run
    from planner.verify import verify as verify_run

    folder = resolve_run(which, out)
    findings = verify_run(folder)
    good = all(finding.ok for finding in findings)
    if as_json:
        print_json({"folder": str(folder), "verified": good, "exit_code": OK if good else UNPROVEN, "findings": [{"what": f.what, "ok": f.ok, "detail": f.detail} for f in findings]})
    else:
        for finding in findings:
            click.echo(f"{'ok    ' if finding.ok else 'FAILED'}  {finding.what}{f': {finding.detail}' if finding.detail else ''}")
    if not good:
        raise Stop(UNPROVEN, f"{folder} does not hold. Plan again: planner run {folder / 'inputs'}")
    say(f"{folder} holds.")


@cli.command()
@click.argument("which", metavar="RUN")
@click.option("--by", required=True, help="Who approves.")
@click.option("--note", default="", help="A remark.")
@click.option("--case", "case", type=click.Path(path_type=Path), help="The case folder, if it is not where it was planned.")
@out_option
@json_option
def approve(which: str, by: str, note: str, case: Path | None, out: Path, as_json: bool) -> None:
    """Record who approves RUN; refuses a plan whose case has changed since."""
    from planner.report.approval import StalePlan, approval_words
    from planner.report.approval import approve as record
    from planner.report.index import write_index
    from planner.report.runs import resolve_run

    folder = resolve_run(which, out)
    try:
        document = record(folder, by, note, case)
    except StalePlan as reason:
        raise Stop(STALE, f"Not approved: {reason}") from None
    if folder.parent.parent == out:
        write_index(out)
    if as_json:
        print_json({"folder": str(folder), **document})
        return
    click.echo(f"{folder}: {approval_words(folder)}")


@cli.command()
@click.argument("which", metavar="RUN")
@click.option("--vs", "other", metavar="RUN", help="Another run to compare with: writes a page of its own, with the bridge.")
@click.option("--explain", "explained", is_flag=True, help="Writes a page of its own that answers why: decisions, limits, milestones and workloads, re-solved.")
@out_option
def report(which: str, other: str | None, explained: bool, out: Path) -> None:
    """Make the page and the workbook of RUN again, without solving; with --vs compared with another run, with --explain questioned."""
    if other is not None and explained:
        raise click.UsageError("give --vs or --explain, not both")
    from planner.report.approval import rewrite_page
    from planner.report.index import write_index
    from planner.report.runs import resolve_run

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


@cli.command()
@click.argument("runs", nargs=-1, metavar="[A] [B]")
@out_option
@click.option("--all", "every", is_flag=True, help="Every row, not only the largest.")
@click.option("--min-change", type=click.FloatRange(min=0), default=0.0, metavar="PERCENT", help="Smallest change of a decision to show.")
@click.option("--md", "as_markdown", is_flag=True, help="As Markdown.")
@click.option("--exit-code", is_flag=True, help="Exit with 8 if anything changed.")
@json_option
def diff(runs: tuple[str, ...], out: Path, every: bool, min_change: float, as_markdown: bool, exit_code: bool, as_json: bool) -> None:
    """Tell what changed from run A to run B and why: inputs, decisions, and the bridge of cost.

    Left out: B is the newest run, A the last approved run of its case, or else the newest earlier one.
    """
    from planner.report.runs import resolve_run
    from planner.report.summary import markdown
    from planner.report.terminal import print_summary
    from planner.study.diff import as_data, compare, document, other_run

    if len(runs) > 2:
        raise click.UsageError("give at most two runs: planner diff A B")
    second = resolve_run(runs[-1] if runs else None, out)
    first = resolve_run(runs[0], out) if len(runs) == 2 else other_run(second, out)
    difference = compare(first, second)
    if as_json:
        print_json(as_data(difference))
    elif as_markdown:
        click.echo(markdown(document(difference, every=every, least=min_change)), nl=False)
    else:
        told = document(difference, every=every, least=min_change)
        click.echo(f"{told.title}\n")
        print_summary(told, sys.stdout)
    if exit_code and not difference.empty:
        raise Stop(CHANGED)


@cli.command()
@click.argument("which", metavar="RUN")
@click.argument("what", nargs=-1, required=True, metavar="WHAT...")
@out_option
@json_option
def explain(which: str, what: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Tell why: what a line, a limit, a milestone or a workload costs, or what an offer lacks, by solving again.

    WHAT is one of: line LINE_ID; offer OFFER [PERIOD]; limit power SITE PERIOD; limit liquid SITE PERIOD; limit supply GROUP PERIOD;
    limit budget CATEGORY PERIOD; limit policy NAME; milestone NAME; workload NAME; demand [FACTOR...]; throughput [CHIP];
    capex USD_PER_YEAR; slip chip|site|milestone NAME PERIODS; rent; idle; infeasible.
    """
    from planner.report.runs import resolve_run
    from planner.report.summary import Summary
    from planner.report.terminal import print_summary
    from planner.study.explain import explain as answer

    folder = resolve_run(which, out)
    found = answer(folder, what)
    if as_json:
        print_json({"folder": str(folder), "subject": found.subject, "headline": found.headline, **found.data})
        return
    click.echo(f"{found.headline}\n")
    print_summary(Summary(found.subject, found.facts, found.sections), sys.stdout)


@cli.command()
@click.argument("which", metavar="RUN")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--threads", type=click.IntRange(min=1), help="Variants solved at the same time; otherwise as case.yaml says.")
@click.option("--csv", "csv_path", type=click.Path(path_type=Path, dir_okay=False), metavar="PATH", help="Write the table to PATH, too.")
@out_option
@json_option
def sweep(which: str, file: Path, threads: int | None, csv_path: Path | None, out: Path, as_json: bool) -> None:
    """Solve RUN again under every variant of FILE, from where its plan stands.

    FILE is a CSV with the columns variant and set: an override a row, as for --set of planner run; rows with the same variant are
    applied together.  A variant that has no plan says so and is no failure of the command.
    """
    from planner.case.problems import CaseError
    from planner.report.progress import Progress
    from planner.report.runs import resolve_run
    from planner.report.terminal import print_table
    from planner.study.sweep import sweep as solve_all
    from planner.study.sweep import sweep_csv, sweep_data, sweep_section

    folder = resolve_run(which, out)
    progress = Progress(sys.stderr)
    try:
        with progress.phase("sweep"):
            found = solve_all(folder, file, threads, progress.note)
    except CaseError as error:
        raise stop_for_problems(error, file, as_json=as_json, next_command=f"planner sweep {which} {file}") from None
    if csv_path is not None:
        csv_path.write_text(sweep_csv(found), encoding="utf-8", newline="")
    code = max((EXIT_OF_STATUS[one.status] for one in found.swept if one.status in ("limit", "error")), default=OK)
    if as_json:
        print_json({"folder": str(folder), "exit_code": code, **sweep_data(found)})
    else:
        print_table(sweep_section(found), sys.stdout)
    if code != OK:
        raise Stop(code, "The solver gave up on some variants: they have no answer.")


@cli.command()
@case_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["mps", "lp"]), help="Format of FILE; otherwise by its ending.")
@set_option
def export(case: Path, file: Path, form: str | None, overrides: tuple[str, ...]) -> None:
    """Write the linear program of CASE to FILE as MPS or LP, for any solver."""
    form = form or {".mps": "mps", ".lp": "lp"}.get(file.suffix.lower())
    if form is None:
        raise click.UsageError(f"{file} ends neither in .mps nor in .lp: say which with --format.")
    from planner.pipeline import export_program

    export_program(load(case, overrides), form, file)
    click.echo(str(file))


@cli.command(name="catalog")
@click.argument("case", type=click.Path(path_type=Path), default=Path("."))
@json_option
def show_catalog(case: Path, as_json: bool) -> None:
    """Tell what can be bought in CASE (the current folder, if not given): price, power, lead time, source."""
    from planner.report.catalog import catalog, catalog_sections
    from planner.report.terminal import print_table

    if not (case / "case.yaml").exists():
        raise click.UsageError(f"{case} is not a case folder (it has no case.yaml). Give one: planner catalog CASE")
    table = catalog(load(case, as_json=as_json))
    if as_json:
        print_json(json.loads(table.to_json(orient="records")))
        return
    for section in catalog_sections(table):
        print_table(section, sys.stdout)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code.  No traceback for anything a user can cause."""
    return tell(lambda: cli.main(args=list(arguments) if arguments is not None else None, prog_name="planner", standalone_mode=False))
