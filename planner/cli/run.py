"""The command that plans: run."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner import __version__
from planner.cli.group import (
    case_argument,
    cli,
    gathered,
    json_option,
    out_option,
    set_option,
    stop_for_problems,
    strict_option,
)
from planner.cli.runs import show_run
from planner.exits import EXIT_OF_STATUS, INFEASIBLE, NO_PLAN, OK, USAGE, Stop, exceeded
from planner.limits import FAMILIES
from planner.report.streams import print_json, say
from planner.words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.case.case import Case
    from planner.lp.basis import Basis
    from planner.lp.highs import Algorithm
    from planner.pipeline import RunResult


@dataclass(frozen=True, slots=True)
class Reading:
    """How a case is read: what is changed in it, and whether its warnings stop."""

    overrides: tuple[str, ...]
    no_whole: bool
    strict: bool

    @property
    def changes(self) -> tuple[str, ...]:
        """Everything that is changed in the case, as ``--set`` says it."""
        return (*self.overrides, *(("case.whole=no",) if self.no_whole else ()))


@dataclass(frozen=True, slots=True)
class Solving:
    """How it is solved; None as case.yaml says."""

    solver: str | None
    algorithm: Algorithm
    time_limit: float | None
    threads: int | None
    no_resolve: bool


@dataclass(frozen=True, slots=True)
class Printing:
    """What stdout and stderr say of it."""

    as_json: bool
    quiet: bool


@cli.command()
@case_argument
@set_option
@click.option(
    "--solver",
    metavar="NAME",
    help="highs, or pulp:NAME for any solver that PuLP drives; otherwise as case.yaml says.",
)
@click.option(
    "--algorithm",
    type=click.Choice(["auto", "simplex", "ipx", "hipo", "pdlp"]),
    default="auto",
    show_default=True,
    help="Algorithm of HiGHS; hipo needs the package highspy-extras, and what pdlp finds is "
    "finished by the simplex.",
)
@out_option
@strict_option
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Most seconds for the solver.",
)
@click.option("--threads", type=click.IntRange(min=1), help="Threads for the solver.")
@click.option(
    "--no-whole",
    is_flag=True,
    help="Everything divisible, whatever the case says: --set case.whole=no.",
)
@click.option(
    "--no-resolve",
    is_flag=True,
    help="Leave out what takes solving the plan again: what waiting costs, break-even prices, "
    "steps of limits, the plan without residual value.",
)
@click.option(
    "--relax",
    multiple=True,
    type=click.Choice(FAMILIES),
    help="Let limits of this kind be exceeded by the least that makes a plan possible, and say by "
    "how much; repeatable.",
)
@json_option
@click.option(
    "--quiet", is_flag=True, help="No progress and no summary: only the path of the run folder."
)
@gathered(reading=Reading, solving=Solving, printing=Printing)
def run(
    case: Path,
    out: Path,
    relax: tuple[str, ...],
    reading: Reading,
    solving: Solving,
    printing: Printing,
) -> None:
    """Make the cheapest plan of CASE, prove it, and write it to a new folder under --out."""
    from planner.report.progress import Progress

    name, as_json, quiet = printable(case), printing.as_json, printing.quiet

    if not quiet:
        say(f"planner {__version__}: {name}")
    progress = Progress(None if quiet else sys.stderr)
    from planner import pipeline
    from planner.case.folder import has_scenarios
    from planner.case.problems import CaseError
    from planner.solving import Options, SolverUnknown

    options = Options(
        solving.solver,
        solving.algorithm,
        solving.time_limit,
        solving.threads,
        reading.strict,
        None if solving.no_resolve else _resolve,
    )
    try:
        if has_scenarios(case) and not relax:
            from planner.futures.written import run_futures

            result = run_futures(
                case, overrides=reading.changes, out=out, options=options, progress=progress
            )
        else:
            result = pipeline.run(
                case,
                overrides=reading.changes,
                out=out,
                options=options,
                progress=progress,
                relax=relax,
            )
    except CaseError as error:
        raise stop_for_problems(error, case, as_json=as_json) from None
    except SolverUnknown as error:
        raise Stop(USAGE, printable(error)) from None
    code, seconds = EXIT_OF_STATUS[result.status], dict(result.seconds)
    if result.folder is None:
        if as_json:
            print_json(
                {
                    "status": result.status,
                    "exit_code": code,
                    "message": result.message,
                    "seconds": seconds,
                }
            )
        raise _no_run(name, result, relaxed=bool(relax))
    more = {"exit_code": code, "seconds": seconds}
    show_run(result.folder, as_json=as_json, quiet=quiet, more=more)
    if result.relaxed is not None:
        say(exceeded(result.relaxed, relax))
    where = printable(result.folder)
    if code != OK:
        raise _no_plan(name, result, where)
    if not quiet:
        _tell_costs(result, out)
    if not quiet and (reading.changes or relax):
        say(f"A what-if, not the plan of {name}. Next: make it the plan: planner apply {where}")
    elif not quiet:
        say(f"Next: read {where}/summary.md, or prove it again: planner verify {where}")


def _resolve(
    folder: Path, case: Case, basis: Basis | None, note: Callable[[str], None]
) -> Mapping[str, Any] | None:
    """Work out what takes solving the plan again."""
    from planner.study.resolving import resolve

    return resolve(folder, case, basis, note)


def _tell_costs(result: RunResult, out: Path) -> None:
    """Tell what costs far more or less than in the last plan of the case, or than in the market."""
    from planner.study.unusual_costs import unusual_costs

    if result.folder is not None and result.plan is not None:
        for remark in unusual_costs(result.folder, out, result.folder.parent.name):
            say(printable(f"remark   {remark}"))


def _no_run(name: str, result: RunResult, *, relaxed: bool) -> Stop:
    """Return how the command ends where no run was written."""
    code, message = EXIT_OF_STATUS[result.status], printable(result.message)
    if relaxed and code == INFEASIBLE:
        return Stop(
            code,
            f"There is no plan of {name} so: {message}. No run was written.\nNext: "
            f"what conflicts, and every way out: planner run {name}",
        )
    return Stop(code, NO_PLAN[result.status].format(case=name, message=message))


def _no_plan(name: str, result: RunResult, where: str) -> Stop:
    """Return how the command ends where the run holds no proven plan."""
    code = EXIT_OF_STATUS[result.status]
    if code == INFEASIBLE:
        return Stop(
            code,
            f"There is no plan of {name}. Next: take one of the ways out, with its --set or in "
            f"the files, and run again; {where}/summary.md tells all",
        )
    message = printable(result.message) or "the audit failed"
    return Stop(
        code,
        f"The plan is NOT proven: {message}. See {where}/plan.json; then: planner verify {where}",
    )
