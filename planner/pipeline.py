"""The pipeline of one run: check -> formulate -> solve -> extract -> certify -> write beside ->
audit -> rename."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from planner.audit import audit
from planner.case.case import Case
from planner.case.load import read_case
from planner.case.problems import CaseError, Place, Problem, error
from planner.facts import resolve_again, run_facts, solution_arrays, told_checks
from planner.limits import undeclared
from planner.lp.certificate import certificate_faults, certify, coefficient_ranges
from planner.lp.ties import settle_ties
from planner.model import formulate
from planner.model.preference import preferences
from planner.plan.extract import extract
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
from planner.runs.what_if import asked
from planner.solving import Options, check_solver, settled, solve_program
from planner.unsolved import diagnosed, relaxing, unexplained, without_end
from planner.wholly import check_whole, solve_wholly

if TYPE_CHECKING:
    from planner.diagnosis import Repair


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
        hashes, read = _read(source, overrides, options.strict)
        check_solver(settled(options, read)[0], options.algorithm)
    for line in [*problem_lines(read.warnings), *accepted_lines(read.accepted)]:
        progress.say(line)
    relaxed: Repair | None = None
    given: list[str] = []

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
                relaxed = relaxing(read, overrides, relax, options)
            except (RuntimeError, ValueError) as reason:
                return result("error", str(reason))
        if relaxed is None:
            return result("infeasible", f"no amount of {', '.join(relax)} is enough")
        if any(not change.override for change in relaxed.changes):
            return result("infeasible", f"only editing the inputs will do: {relaxed.text}")
        if relaxed.changes:
            given = [change.override for change in relaxed.changes]
            read = read_case(source, [*overrides, *given])

    digest = inputs_digest(hashes, [*overrides, *given])
    wanted = asked(overrides, relax, given, digest)
    overrides = wanted.overrides
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
                if len(program.integer):
                    solved = solve_wholly(formulation, options, progress)
                    if solved.program is not None:
                        program = solved.program
                        formulation = replace(formulation, program=program)
                else:
                    solved = solve_program(program, read, options, progress)
            except RuntimeError as refusal:
                return result("error", str(refusal))
            solution = solved.solution
            progress.note(f"{solution.solver}, {solution.iterations:,} iterations")
        if solution.status == "infeasible":
            with progress.phase("diagnose"):
                diagnosis = diagnosed(read, program, overrides, options, progress)
            if diagnosis is None:
                return result(*unexplained(program, solution))
            with progress.phase("write"):
                copy_inputs(source, hashes, overrides, partial / "inputs")
                size = {
                    "columns": program.num_columns,
                    "rows": program.num_rows,
                    "nonzeros": len(program.data),
                }
                write_diagnosis(partial, read, diagnosis, size, wanted)
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
            return result(solution.status, f"{solution.message}, {without_end(formulation)}")
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
            ranges = coefficient_ranges(program)[0]
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
                whole=solved.whole.proven if solved.whole is not None else None,
            )
        with progress.phase("write"):
            copy_inputs(source, hashes, overrides, partial / "inputs")
            arrays = solution_arrays(program, solved, solution)
            write_plan(partial, read, plan, arrays, wanted)
        if not stopped:
            resolve_again(partial, read, solved, options, progress)
        with progress.phase("prove"):
            faults = certificate_faults(certificate, read.settings.gap)
            if solved.whole is not None:
                faults += check_whole(solved.whole.proven, read.settings.whole_gap)
            faults += undeclared(block.name for block in program.row_blocks)
            report = audit(partial)
            checks = told_checks(report)
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


def _read(source: Path, overrides: Sequence[str], strict: bool) -> tuple[dict[str, str], Case]:
    """Return the hashes of the input files and the case read from them."""
    for broken, must in (
        # overrides.txt keeps one per line
        ([text for text in overrides if len(text.splitlines()) != 1], "must be one line"),
        (
            [text for text in overrides if text.encode("utf-8", "replace").decode() != text],
            "must be UTF-8 text",
        ),
    ):
        if broken:
            raise CaseError(
                [
                    error("override", Place("--set"), text, must, "write table.key.column=value")
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
