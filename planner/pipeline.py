"""The pipeline of one run: check -> formulate -> solve -> extract -> certify -> write beside -> audit -> rename."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case, read_case
from planner.case.problems import CaseError, Problem, error
from planner.lp.certificate import Certificate, certify, coefficient_ranges
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.lp.ties import settle_ties
from planner.model import formulate
from planner.model.preference import preferences
from planner.plan.audit import audit
from planner.plan.extract import RANGED_COLUMNS, RANGED_ROWS, UnboundedPlan, extract
from planner.plan.plan import Plan
from planner.report.diagnosis import write_diagnosis
from planner.report.folder import copy_inputs, input_hashes, inputs_digest, partial_folder, publish, run_name, safe_name
from planner.report.index import write_index
from planner.report.problems import problem_lines
from planner.report.progress import Progress
from planner.report.write import finish_run, write_plan

if TYPE_CHECKING:
    from planner.lp.highs import Algorithm, Basis, LiveModel
    from planner.plan.diagnosis import Diagnosis, Repair

RESIDUAL_TOLERANCE: Final = 1e-6
"""Largest row or bound residual, relative to the program's scale, of a plan that may be called proven."""
RACE_COLUMNS: Final = 300_000
"""Above this many columns dual simplex and interior point race each other; below, the dual simplex is the faster one (tests/benchmarks)."""
TIGHT: Final = 1e-9
"""Tolerance with which an answer that cannot be proven is sought again."""


class SolverUnknown(ValueError):
    """There is no such solver, or it is not installed; the message names what there is."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to solve; what is ``None`` is taken from case.yaml."""

    solver: str | None = None
    """``highs``, or ``pulp:NAME`` for any solver that PuLP drives."""
    algorithm: Algorithm = "auto"
    """Of HiGHS."""
    time_limit_s: float | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to.

    ``status`` is ``optimal`` (proven: bound and audit hold), ``not_proven``, ``infeasible``, ``unbounded``, ``limit`` or
    ``error``; there is a ``plan`` for the first two only, and a ``folder`` for these and, with the diagnosis, for ``infeasible``.  ``message``
    says why, for the others.
    """

    status: str
    message: str
    folder: Path | None
    plan: Plan | None
    warnings: tuple[Problem, ...]
    seconds: Mapping[str, float]
    """Wall-clock seconds by phase."""
    relaxed: Repair | None = None
    """What had to give, where families were relaxed to probe; its ``changes`` are empty where nothing had to."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A solver's answer, and where it has a basis, how far each of its duals holds."""

    solution: Solution
    ranges: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    """Lowest and highest right-hand side of the rows that the plan shows, for which their duals hold, user units; NaN for others."""
    cost_up: NDArray[np.float64] | None = None
    """Highest cost of the columns that the plan shows, USD per user unit, at which they keep their value; NaN for others."""
    model: LiveModel | None = None
    """The model it came from, for further questions."""
    basis: Basis | None = None
    """The basis of that optimum."""


def check_solver(name: str) -> None:
    """Raise ``SolverUnknown`` for a solver that does not exist or is not installed, before time is spent on a program for it."""
    if name == "highs":
        return
    if not name.startswith("pulp:"):
        raise SolverUnknown(f"solver {name!r} is not known\nNext: give --solver highs, or --solver pulp:NAME for a solver that PuLP drives")
    from planner.lp.pulp import list_solvers

    known = list_solvers()
    if name.removeprefix("pulp:") not in known:
        raise SolverUnknown(f"PuLP has no solver {name.removeprefix('pulp:')!r} on this machine\nNext: give --solver pulp:NAME with one of {', '.join(known)}, or --solver highs")


def solve_program(program: Program, case: Case, options: Options, progress: Progress) -> Solved:
    """Solve a program with the solver of the options, or of case.yaml.

    Raises:
        RuntimeError: where the solver refuses the program or an option.
    """
    settings = case.settings
    name, limit, threads = settled(options, case)
    if name == "highs":
        from planner.lp.coarse import climb, coarse_model
        from planner.lp.highs import LiveModel

        if options.algorithm == "auto" and program.num_columns > RACE_COLUMNS:
            from planner.lp.race import race

            model, solution = race(program, threads=threads, seed=settings.seed, time_limit_s=limit, progress=progress.note)
        else:
            model = LiveModel(program, threads=threads, seed=settings.seed, algorithm=options.algorithm)
            coarse = coarse_model(program, threads=threads, seed=settings.seed) if model.algorithm == "simplex" else None
            solution = climb(model, coarse, time_limit_s=limit, progress=progress.note)
        if solution.status != "optimal":
            return Solved(solution)
        if certificate_faults(certify(program, solution), settings.gap):
            model, solution = cure(program, model, solution, settings.gap, settings.seed, threads, progress)
        progress.note("how far each dual holds")
        low, high, cost_up = model.ranges(RANGED_ROWS, RANGED_COLUMNS)
        return Solved(solution, (low, high), cost_up, model, model.basis())
    from planner.lp.pulp import solve_with_pulp

    solution = solve_with_pulp(program, name.removeprefix("pulp:"), time_limit_s=limit)
    if solution.status == "optimal" and not certify(program, solution).gap <= settings.gap:
        solution = _with_bound(program, solution, threads, settings.seed, progress)
    return Solved(solution)


def cure(program: Program, model: LiveModel, solution: Solution, gap: float, seed: int, threads: int, progress: Progress) -> tuple[LiveModel, Solution]:
    """Return an answer that can be proven where the solver's first one cannot: its residuals or its gap are beyond tolerance.

    Tried in turn: a tighter tolerance from where it stands, the program scaled anew and solved from scratch by the dual simplex, and by
    interior point with crossover.  If none can be proven the first answer stands, and is reported as what it is.
    """
    from planner.lp.highs import LiveModel

    def tighter() -> tuple[LiveModel, Solution]:
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            model.set_option(name, TIGHT)
        return model, model.solve(progress=progress.note)

    def afresh(algorithm: Algorithm, scaling: int) -> tuple[LiveModel, Solution]:
        other = LiveModel(program, threads=threads, seed=seed, tolerance=TIGHT, algorithm=algorithm)
        other.set_option("simplex_scale_strategy", scaling)
        return other, other.solve(progress=progress.note)

    attempts = (("a tighter tolerance", tighter), ("another scaling", lambda: afresh("simplex", 4)), ("interior point", lambda: afresh("ipx", 2)))
    for name, attempt in attempts:
        try:
            other, found = attempt()
        except RuntimeError as refusal:
            progress.record(f"{name}: {refusal}")
            continue
        if found.status == "optimal" and not certificate_faults(certify(program, found), gap):
            progress.say(f"  the first answer could not be proven; {name} gave one that can")
            return other, found
    return model, solution


def _with_bound(program: Program, solution: Solution, threads: int, seed: int, progress: Progress) -> Solution:
    """Return a solver's plan with duals that prove it, where its own do not.

    Solvers that PuLP reads through text files (CBC) hand over about eight digits of their duals, or none.  Any optimal duals
    belong to any optimal plan, so HiGHS supplies them; if the two solvers disagreed, the gap would stay open and the plan unproven.
    """
    from planner.lp.highs import LiveModel

    second = LiveModel(program, threads=threads, seed=seed).solve(progress=progress.note)
    if second.status != "optimal":
        return solution
    return dataclasses.replace(solution, row_dual=second.row_dual, reduced_cost=second.reduced_cost, solver=f"{solution.solver}, bound by {second.solver}")


def settled(options: Options, case: Case) -> tuple[str, float | None, int]:
    """Return solver, time limit (seconds, None = none) and threads: of the options, otherwise of case.yaml."""
    settings = case.settings
    return (
        options.solver or settings.solver,
        options.time_limit_s if options.time_limit_s is not None else settings.time_limit_s,
        options.threads if options.threads is not None else settings.threads,
    )


def run(
    case: str | Path, *, overrides: Sequence[str] = (), out: str | Path = "outputs", options: Options | None = None, strict: bool = False,
    progress: Progress | None = None, relax: Sequence[str] = (),
) -> RunResult:
    """Make, prove and write the plan of a case.

    Args:
        case: the case folder.
        overrides: changes of inputs for this run only, as ``--set`` takes them.
        out: folder under which the run folder is made: ``<out>/<case>/<first period>-<UTC time>-<hash>/``.
        options: how to solve; left out: as case.yaml says.
        strict: whether warnings of the inputs stop the run as errors do.
        progress: where phases are timed and printed; left out: nowhere.
        relax: families of limits (power, supply, milestones, demand, budgets, policies) that may be exceeded by the least that makes a plan
            possible; the plan is made with the inputs changed so.

    Returns:
        The result; nothing is in place unless ``folder`` is set.

    Raises:
        CaseError: with every problem of the inputs.
        SolverUnknown: for a solver that is not there.
        OSError: where the run folder cannot be written; InputsChanged where an input changed meanwhile.
    """
    started, source = datetime.now(UTC), Path(case)
    options, progress = options or Options(), progress or Progress()
    with progress.phase("read"):
        hashes, read = _read(source, overrides, strict)
        check_solver(settled(options, read)[0])
    for line in problem_lines(read.warnings):
        progress.say(line)
    relaxed: Repair | None = None

    def result(status: str, message: str, folder: Path | None = None, plan: Plan | None = None) -> RunResult:
        return RunResult(status, message, folder, plan, tuple(read.warnings), MappingProxyType(dict(progress.seconds)), relaxed)

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
            progress.note(f"{program.num_columns:,} columns, {program.num_rows:,} rows, {len(program.data):,} nonzeros")
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
                return result(solution.status, solution.message)
            with progress.phase("write"):
                copy_inputs(source, hashes, overrides, partial / "inputs")
                size = {"columns": program.num_columns, "rows": program.num_rows, "nonzeros": len(program.data)}
                write_diagnosis(partial, read, diagnosis, size, overrides=tuple(overrides), digest=digest)
                facts = run_facts(read, solution, options, overrides, hashes, started)
                finish_run(partial, status=solution.status, proof={"margin": diagnosis.margin}, facts=facts, seconds=progress.seconds, log=progress.log)
                final = publish(partial, run_name(read.calendar.label(0), started, digest))
                write_index(Path(out))
                return result(solution.status, solution.message, final)
        if solution.status == "unbounded":
            from planner.lp.conflict import endless_column

            runaway = endless_column(program)
            return result(solution.status, solution.message + (f", by {runaway}" if runaway else ""))
        stopped = solution.status == "limit" and len(solution.x) == program.num_columns
        if solution.status != "optimal" and not stopped:
            return result(solution.status, solution.message)
        if solved.model is not None:
            with progress.phase("ties"):
                first = solution.objective
                solution = settle_ties(solved.model, solution, preferences(formulation), progress.note)
                progress.note(f"{solution.objective - first:+.2f} USD")
        with progress.phase("prove", last=False):
            certificate = certify(program, solution)
        with progress.phase("extract"):
            try:
                ranges, scaling = coefficient_ranges(program)
                for row in ranges:
                    progress.record(f"coefficients of {row.columns} in {row.rows}: {row.smallest:.3g} to {row.largest:.3g}, {row.count:,} of them")
                plan = extract(formulation, solution, certificate, ranges=solved.ranges, cost_up=solved.cost_up, scaling=scaling)
            except UnboundedPlan as reason:
                return result("unbounded", str(reason))
        with progress.phase("write"):
            copy_inputs(source, hashes, overrides, partial / "inputs")
            write_plan(partial, read, plan, solution_arrays(solution, solved.basis), overrides=tuple(overrides), digest=digest)
        with progress.phase("prove"):
            faults = certificate_faults(certificate, read.settings.gap)
            report = audit(partial)
            checks = [{"check": check.name, "passed": bool(check.passed), "worst": check.worst, "where": check.where, "limit": check.limit} for check in report.checks]
        failed = [check for check in checks if not check["passed"]]
        proof = {"faults": faults, "audit": {"ok": bool(report.ok), "checks": len(checks), "failed": failed}}
        reasons = [*faults, *(f"audit failed: {check['check']}: {check['where']}" for check in failed)]
        for line in reasons:
            progress.say(f"  {line}")
        # the best plan there was when the time ran out, with the gap that is proven of it
        status = "limit" if stopped and report.ok else "optimal" if report.ok and not faults else "not_proven"
        with progress.phase("write", last=False):
            facts = run_facts(read, solution, options, overrides, hashes, started)
            finish_run(partial, status=status, proof=proof, facts=facts, seconds=progress.seconds, log=progress.log)
            final = publish(partial, run_name(read.calendar.label(0), started, digest))
            write_index(Path(out))
    return result(status, "; ".join(reasons), final, plan)


def _diagnosed(case: Case, program: Program, overrides: Sequence[str], options: Options, progress: Progress) -> Diagnosis | None:
    """Return why a case has no plan; None where that cannot be confirmed: a solver's word against no conflict that can be found."""
    from planner.plan.diagnosis import diagnose

    _, limit, threads = settled(options, case)
    try:
        diagnosis = diagnose(case, program, overrides, time_limit_s=limit, threads=threads, note=progress.note)
    except (RuntimeError, ValueError) as reason:
        progress.say(f"  no diagnosis: {reason}")
        return None
    return diagnosis if diagnosis.conflicts or diagnosis.margin > 0 else None


def _relaxed(case: Case, overrides: Sequence[str], families: Sequence[str], options: Options) -> Repair | None:
    """Return the least that must give where only some families may."""
    from planner.plan.diagnosis import probe

    _, limit, threads = settled(options, case)
    return probe(case, overrides, families, time_limit_s=limit, threads=threads)


def _read(source: Path, overrides: Sequence[str], strict: bool) -> tuple[dict[str, str], Case]:
    """Return the hashes of the input files and the case read from them."""
    broken = [text for text in overrides if len(text.splitlines()) != 1]
    if broken:  # overrides.txt keeps one per line
        raise CaseError([error("override", "--set", None, "", text, "must be one line", "write table.key.column=value") for text in broken])
    broken = [text for text in overrides if text.encode("utf-8", "replace").decode() != text]
    if broken:
        raise CaseError([error("override", "--set", None, "", text, "must be UTF-8 text", "write table.key.column=value") for text in broken])
    try:
        hashes = input_hashes(source)
    except OSError:
        read_case(source, overrides)  # tells which file and why, with every other problem
        raise
    case = read_case(source, overrides)
    if strict and case.warnings:
        raise CaseError(case.warnings)
    return hashes, case


def solution_arrays(solution: Solution, basis: Basis | None) -> dict[str, NDArray[Any]]:
    """Return the arrays that ``planner verify`` proves the bound from, and the basis from which ``planner explain`` goes on.

    ``x`` and ``row_dual`` in user units, ``column_status`` and ``row_status`` where the solver has a basis.
    """
    arrays: dict[str, NDArray[Any]] = {"x": solution.x.astype(np.float64), "row_dual": solution.row_dual.astype(np.float64)}
    if basis is not None:
        arrays |= {"column_status": basis.columns, "row_status": basis.rows}
    return arrays


def certificate_faults(certificate: Certificate, gap: float) -> list[str]:
    """Return one sentence for each thing that keeps a solution from being proven optimal: gap and residuals; empty = proven."""
    faults = []
    if certificate.unproven:
        faults.append(f"the solver's dual values prove no bound: column {certificate.unproven} has no limit that would give one")
    elif not abs(certificate.gap) <= gap:
        faults.append(f"the bound {certificate.bound:,.2f} USD is {certificate.gap:.1e} away from the cost {certificate.objective:,.2f} USD; {gap:.0e} is allowed")
    if not certificate.max_row_residual <= RESIDUAL_TOLERANCE:
        faults.append(f"row {certificate.worst_row} is violated by {certificate.max_row_residual:.1e}; {RESIDUAL_TOLERANCE:.0e} is allowed")
    if not certificate.max_bound_residual <= RESIDUAL_TOLERANCE:
        faults.append(f"column {certificate.worst_column} is out of its bounds by {certificate.max_bound_residual:.1e}; {RESIDUAL_TOLERANCE:.0e} is allowed")
    return faults


def run_facts(case: Case, solution: Solution, options: Options, overrides: Sequence[str], hashes: Mapping[str, str], started: datetime) -> dict[str, Any]:
    """Return what manifest.json tells about how a run was made, beside its files and timings."""
    name, limit, threads = settled(options, case)
    return {
        "case_folder": str(case.folder).encode("utf-8", "backslashreplace").decode(),  # a folder's name need not be UTF-8
        "started_utc": started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),  # two runs of a second have an order too
        "overrides": list(overrides),
        "inputs": dict(sorted(hashes.items())),
        "solver": {
            "asked": name, "used": solution.solver, "algorithm": options.algorithm, "seed": case.settings.seed, "gap": case.settings.gap, "threads": threads,
            "time_limit_s": limit, "iterations": int(solution.iterations), "seconds": round(float(solution.seconds), 4),
        },
    }


def export_program(case: Case, form: str, path: Path) -> None:
    """Write the linear program of a case as ``mps`` or ``lp``, whole or not at all; raises ``OSError`` where it cannot be written."""
    import os

    from planner.lp.pulp import write_lp, write_mps

    program = formulate(case).program
    partial = path.with_name(f".{path.name}.{os.getpid()}.{form}")
    try:
        (write_mps if form == "mps" else write_lp)(program, partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
