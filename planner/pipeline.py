"""The pipeline of one run: check -> formulate -> solve -> extract -> certify -> write beside ->
audit -> rename."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.audit import audit
from planner.case.case import Case, read_case
from planner.case.problems import CaseError, Problem, error
from planner.limits import undeclared
from planner.lp.certificate import certificate_faults, certify, coefficient_ranges
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.lp.ties import settle_ties
from planner.model import Formulation, formulate
from planner.model.preference import preferences
from planner.plan.extract import extract
from planner.plan.named import named_rows
from planner.plan.plan import Plan
from planner.report.diagnosis import write_diagnosis
from planner.report.index import write_index
from planner.report.problems import accepted_lines, problem_lines
from planner.report.progress import Progress
from planner.report.write import finish_run, write_plan
from planner.runs.folder import (
    copy_inputs,
    input_hashes,
    inputs_digest,
    partial_folder,
    publish,
    run_name,
    safe_name,
)
from planner.solving import Options, Solved, check_solver, settled, solve_program

if TYPE_CHECKING:
    from planner.diagnosis import Diagnosis, Repair


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to.

    ``status`` is ``optimal`` (proven: bound and audit hold), ``not_proven``, ``infeasible``,
    ``unbounded``, ``limit`` or ``error``; there is a ``plan`` for the first two only, and a
    ``folder`` for these and, with the diagnosis, for ``infeasible``.  ``message`` says why, for the
    others.
    """

    status: str
    message: str
    folder: Path | None
    plan: Plan | None
    warnings: tuple[Problem, ...]
    seconds: Mapping[str, float]
    """Wall-clock seconds by phase."""
    relaxed: Repair | None = None
    """What had to give, where families were relaxed to probe; its ``changes`` are empty where
    nothing had to."""


def run(
    case: str | Path,
    *,
    overrides: Sequence[str] = (),
    out: str | Path = "outputs",
    options: Options | None = None,
    strict: bool = False,
    progress: Progress | None = None,
    relax: Sequence[str] = (),
) -> RunResult:
    """Make, prove and write the plan of a case.

    Args:
        case: the case folder.
        overrides: changes of inputs for this run only, as ``--set`` takes them.
        out: folder under which the run folder is made: ``<out>/<case>/<first period>-<UTC
            time>-<hash>/``.
        options: how to solve; left out: as case.yaml says.
        strict: whether warnings of the inputs stop the run as errors do.
        progress: where phases are timed and printed; left out: nowhere.
        relax: families of limits (power, supply, milestones, demand, budgets, policies) that may be
            exceeded by the least that makes a plan possible; the plan is made with the inputs
            changed so.

    Returns:
        The result; nothing is in place unless ``folder`` is set.

    Raises:
        CaseError: with every problem of the inputs.
        SolverUnknown: for a solver that is not there.
        OSError: where the run folder cannot be written; InputsChanged where an input changed
            meanwhile.
    """
    started, source = datetime.now(UTC), Path(case)
    options, progress = options or Options(), progress or Progress()
    with progress.phase("read"):
        hashes, read = _read(source, overrides, strict)
        check_solver(settled(options, read)[0], options.algorithm)
    for line in [*problem_lines(read.warnings), *accepted_lines(read.accepted)]:
        progress.say(line)
    relaxed: Repair | None = None

    def result(
        status: str, message: str, folder: Path | None = None, plan: Plan | None = None
    ) -> RunResult:
        return RunResult(
            status,
            message,
            folder,
            plan,
            tuple(read.warnings),
            MappingProxyType(dict(progress.seconds)),
            relaxed,
        )

    if relax:
        with progress.phase("relax"):
            try:
                relaxed = _relaxed(read, overrides, relax, options)
            except (RuntimeError, ValueError) as reason:
                return result("error", str(reason))
        if relaxed is None:
            return result("infeasible", f"no amount of {', '.join(relax)} is enough")
        if any(not change.override for change in relaxed.changes):
            return result("infeasible", f"only editing the inputs will do: {relaxed.text}")
        if relaxed.changes:
            overrides = [*overrides, *(change.override for change in relaxed.changes)]
            read = read_case(source, overrides)

    digest = inputs_digest(hashes, overrides)
    with partial_folder(Path(out) / safe_name(read.settings.name)) as partial:
        with progress.phase("formulate"):
            formulation = formulate(read)
            program = formulation.program
            progress.note(
                f"{program.num_columns:,} columns, {program.num_rows:,} rows, "
                f"{len(program.data):,} nonzeros"
            )
        with progress.phase("solve"):
            try:
                solved = solve_program(program, read, options, progress)
            except RuntimeError as refusal:
                return result("error", str(refusal))
            solution = solved.solution
            progress.note(f"{solution.solver}, {solution.iterations:,} iterations")
        if solution.status == "infeasible":
            with progress.phase("diagnose"):
                diagnosis = _diagnosed(read, program, overrides, options, progress)
            if diagnosis is None:
                return result(*_unexplained(program, solution))
            with progress.phase("write"):
                copy_inputs(source, hashes, overrides, partial / "inputs")
                size = {
                    "columns": program.num_columns,
                    "rows": program.num_rows,
                    "nonzeros": len(program.data),
                }
                write_diagnosis(
                    partial, read, diagnosis, size, overrides=tuple(overrides), digest=digest
                )
                facts = run_facts(read, solution, options, overrides, hashes, started)
                finish_run(
                    partial,
                    status=solution.status,
                    proof={"margin": diagnosis.margin},
                    facts=facts,
                    seconds=progress.seconds,
                    log=progress.log,
                )
                final = publish(partial, run_name(read.calendar.label(0), started, digest))
                _list_runs(Path(out), progress)
                return result(solution.status, solution.message, final)
        if solution.status == "unbounded":
            return result(solution.status, f"{solution.message}, {_runaway(formulation)}")
        stopped = solution.status == "limit" and len(solution.x) == program.num_columns
        if solution.status != "optimal" and not stopped:
            return result(solution.status, solution.message)
        if solved.model is not None:
            with progress.phase("ties"):
                first = solution.objective
                solution = settle_ties(
                    solved.model, solution, preferences(formulation), progress.note
                )
                progress.note(f"{solution.objective - first:+.2f} USD")
        with progress.phase("prove", last=False):
            certificate = certify(program, solution)
        with progress.phase("extract"):
            ranges, scaling = coefficient_ranges(program)
            for row in ranges:
                progress.record(
                    f"coefficients of {row.columns} in {row.rows}: {row.smallest:.3g} to "
                    f"{row.largest:.3g}, {row.count:,} of them"
                )
            plan = extract(
                formulation,
                solution,
                certificate,
                ranges=solved.ranges,
                cost_up=solved.cost_up,
                scaling=scaling,
            )
        with progress.phase("write"):
            copy_inputs(source, hashes, overrides, partial / "inputs")
            write_plan(
                partial,
                read,
                plan,
                solution_arrays(program, solved, solution),
                overrides=tuple(overrides),
                digest=digest,
            )
        with progress.phase("prove"):
            faults = certificate_faults(certificate, read.settings.gap)
            faults += undeclared(block.name for block in program.row_blocks)
            report = audit(partial)
            checks = [
                {
                    "check": check.name,
                    "passed": bool(check.passed),
                    "worst": check.worst,
                    "where": check.where,
                    "limit": check.limit,
                }
                for check in report.checks
            ]
        failed = [check for check in checks if not check["passed"]]
        proof = {
            "faults": faults,
            "audit": {"ok": bool(report.ok), "checks": len(checks), "failed": failed},
        }
        reasons = [
            *faults,
            *(f"audit failed: {check['check']}: {check['where']}" for check in failed),
        ]
        for line in reasons:
            progress.say(f"  {line}")
        # the best plan there was when the time ran out, with the gap that is proven of it
        status = (
            "limit"
            if stopped and report.ok
            else "optimal"
            if report.ok and not faults
            else "not_proven"
        )
        with progress.phase("write", last=False):
            facts = run_facts(read, solution, options, overrides, hashes, started)
            finish_run(
                partial,
                status=status,
                proof=proof,
                facts=facts,
                seconds=progress.seconds,
                log=progress.log,
            )
            final = publish(partial, run_name(read.calendar.label(0), started, digest))
            _list_runs(Path(out), progress)
    return result(status, "; ".join(reasons), final, plan)


def _list_runs(out: Path, progress: Progress) -> None:
    """Write the list of runs; the run is in place, so that trouble with the list is told and no
    more."""
    try:
        if write_index(out) is None:
            progress.say(f"  the list of runs in {out} is not written: files of others are there")
    except OSError as reason:
        progress.say(f"  the list of runs in {out} is not written: {reason}")


def _runaway(formulation: Formulation) -> str:
    """Return what can be had without end at less and less cost, in words."""
    from planner.lp.confirm import falling, runaway

    program, lots = formulation.program, formulation.lots
    way = falling(program)
    if way is None:
        return "by what could not be found"
    bought = np.flatnonzero(way[formulation.holding.order] > 0)
    if not len(bought):
        return f"by {program.column_label(runaway(program, way))}"
    most = bought[way[formulation.holding.order[bought]].argmax()]
    offer = formulation.index.axes["offer"][lots.row[most]]
    return (
        f"by buying {offer}: what a chip of it brings (residual or resale value, or energy at a "
        "negative price) exceeds what it costs. Lower that, or give the offer a max_per_period or "
        "a supply limit"
    )


def _diagnosed(
    case: Case, program: Program, overrides: Sequence[str], options: Options, progress: Progress
) -> Diagnosis | None:
    """Return why a case has no plan; None where that cannot be confirmed: a solver's word against
    no conflict that can be found."""
    from planner.diagnosis import diagnose

    _, limit, threads = settled(options, case)
    try:
        diagnosis = diagnose(
            case, program, overrides, time_limit_s=limit, threads=threads, note=progress.note
        )
    except (RuntimeError, ValueError) as reason:
        progress.say(f"  no diagnosis: {reason}")
        return None
    return diagnosis if diagnosis.conflicts or diagnosis.margin > 0 else None


def _unexplained(program: Program, solution: Solution) -> tuple[str, str]:
    """Return status and message where a solver finds no plan and its diagnosis no reason."""
    from planner.lp.confirm import confirmed
    from planner.lp.highs import LiveModel

    told = confirmed(LiveModel(program), solution)[1]
    if told.status == "optimal":  # the first word was wrong
        return "error", f"{solution.message}, but there is a plan: its numbers need a closer look"
    return told.status, told.message


def _relaxed(
    case: Case, overrides: Sequence[str], families: Sequence[str], options: Options
) -> Repair | None:
    """Return the least that must give where only some families may."""
    from planner.diagnosis import probe

    _, limit, threads = settled(options, case)
    return probe(case, overrides, families, time_limit_s=limit, threads=threads)


def _read(source: Path, overrides: Sequence[str], strict: bool) -> tuple[dict[str, str], Case]:
    """Return the hashes of the input files and the case read from them."""
    broken = [text for text in overrides if len(text.splitlines()) != 1]
    if broken:  # overrides.txt keeps one per line
        raise CaseError(
            [
                error(
                    "override",
                    "--set",
                    None,
                    "",
                    text,
                    "must be one line",
                    "write table.key.column=value",
                )
                for text in broken
            ]
        )
    broken = [text for text in overrides if text.encode("utf-8", "replace").decode() != text]
    if broken:
        raise CaseError(
            [
                error(
                    "override",
                    "--set",
                    None,
                    "",
                    text,
                    "must be UTF-8 text",
                    "write table.key.column=value",
                )
                for text in broken
            ]
        )
    try:
        hashes = input_hashes(source)
    except OSError:
        read_case(source, overrides)  # tells which file and why, with every other problem
        raise
    case = read_case(source, overrides)
    if strict and case.warnings:
        raise CaseError(case.warnings)
    return hashes, case


def solution_arrays(
    program: Program, solved: Solved, solution: Solution
) -> dict[str, NDArray[Any]]:
    """Return the arrays that ``planner verify`` proves the bound from, and the basis from which
    ``planner explain`` goes on.

    ``x`` and ``row_dual`` in user units with the names of the rows; ``range_low`` and
    ``range_high`` of rows and ``cost_up`` of columns where they were worked out; ``column_status``
    and ``row_status`` where the solver has a basis.
    """
    arrays: dict[str, NDArray[Any]] = {
        "x": solution.x.astype(np.float64),
        "row_dual": solution.row_dual.astype(np.float64),
        **named_rows(program),
    }
    if solved.ranges is not None:
        arrays |= {"range_low": solved.ranges[0], "range_high": solved.ranges[1]}
    if solved.cost_up is not None:
        arrays["cost_up"] = solved.cost_up
    if solved.basis is not None:
        arrays |= {"column_status": solved.basis.columns, "row_status": solved.basis.rows}
    return arrays


def run_facts(
    case: Case,
    solution: Solution,
    options: Options,
    overrides: Sequence[str],
    hashes: Mapping[str, str],
    started: datetime,
) -> dict[str, Any]:
    """Return what manifest.json tells about how a run was made, beside its files and timings."""
    name, limit, threads = settled(options, case)
    return {
        "case_folder": str(case.folder)
        .encode("utf-8", "backslashreplace")
        .decode(),  # a folder's name need not be UTF-8
        "started_utc": started.isoformat(timespec="milliseconds").replace(
            "+00:00", "Z"
        ),  # two runs of a second have an order too
        "overrides": list(overrides),
        "inputs": dict(sorted(hashes.items())),
        "solver": {
            "asked": name,
            "used": solution.solver,
            "algorithm": options.algorithm,
            "seed": case.settings.seed,
            "gap": case.settings.gap,
            "threads": threads,
            "time_limit_s": limit,
            "iterations": int(solution.iterations),
            "seconds": round(float(solution.seconds), 4),
        },
    }


def export_program(case: Case, form: str, path: Path) -> None:
    """Write the linear program of a case as ``mps`` or ``lp``, whole or not at all; raises
    ``OSError`` where it cannot be written."""
    import os

    from planner.lp.pulp import write_lp, write_mps
    from planner.model.units import units_of

    program = formulate(case).program
    partial = path.with_name(f".{path.name}.{os.getpid()}.{form}")
    try:
        (write_mps if form == "mps" else write_lp)(program, partial, units_of(program))
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
