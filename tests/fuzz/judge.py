"""What a damaged case may come to, and nothing else."""

from __future__ import annotations

import random
import shutil
import signal
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from planner.case import read_case
from planner.case.problems import CaseError, Problem
from planner.pipeline import run
from planner.solving import Options, SolverUnknown
from tests.fuzz.disguises import FILES
from tests.fuzz.mutant import BASES, Mutant, NothingLeft, load
from tests.fuzz.mutations import CELLS

SECONDS = 10
LARGEST_PROVEN_USD = 1e13
"""Costs above are a wrong unit in the inputs: sums of floating-point numbers no longer hold their
cents, which the audit says."""
WHOLE_FILE = {
    "missing-table",
    "missing-case",
    "unreadable",
    "empty",
    "too-large",
    "unknown-table",
    "outside",
    "duplicate-table",
    "nothing-to-plan",
    "needs-demand",
    "needs-training",
    "needs-throughput",
    "needs-power",
    "demand-gap",
    "power-gap",
    "supply-gap",
}
"""Problems of a whole file, or of rows that are missing from it: there is no row to name."""


class Hang(BaseException):
    """Nothing came of it in time."""


@contextmanager
def deadline(seconds: int) -> Iterator[None]:
    """Raise ``Hang`` after some seconds of work, or, as a machine may be busy with something else,
    six times as many by the clock."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, ring), signal.signal(signal.SIGPROF, ring)
    signal.alarm(6 * seconds)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(signal.SIGPROF, before[1])


def mutant(seed: int) -> Mutant:
    """Return the damaged case of a seed: one to three mutations of one case."""
    rng = random.Random(seed)
    result = load(rng.choice(BASES))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if not result.tables():
            break
        try:
            rng.choice(CELLS if rng.random() < 0.65 else FILES)(result, rng)
        except NothingLeft:
            continue
    return result


def faults_of(problem: Problem) -> list[str]:
    """Return what is wrong with how a problem is told."""
    faults = []
    if not problem.file:
        faults.append("names no file")
    if not problem.need or not problem.fix:
        faults.append("does not say what is allowed or what to do")
    left_out = problem.code == "missing-value" and problem.file in ("case.yaml", "case.xlsx[case]")
    if problem.row is None and problem.code not in WHOLE_FILE and not left_out:
        faults.append("names no row")
    if not str(problem).isprintable():
        faults.append("is not printable")
    return [f"{problem.code} {fault}: {ascii(problem)[:400]}" for fault in faults]


def judge(seed: int, whole: bool) -> tuple[str, list[str]]:
    """Return what the mutant of a seed came to and every fault in it.

    Args:
        seed: of the mutant.
        whole: whether a case that is read is planned as well.
    """
    scratch = Path(tempfile.mkdtemp(prefix="fuzz-"))
    told = [f"seed {seed}"]
    try:
        made = mutant(seed)
        told = [f"seed {seed}, {made.base}: {'; '.join(made.told)}"]
        folder = made.write(scratch / "case")
        (scratch / "outside").touch()
        with deadline(SECONDS):
            try:
                case = read_case(folder)
            except CaseError as error:
                faults = [fault for problem in error.problems for fault in faults_of(problem)] + (
                    [] if error.problems else ["an error without a problem"]
                )
                return "told", [f"{told[0]}\n  {fault}" for fault in faults]
        faults = [fault for problem in case.warnings for fault in faults_of(problem)]
        if whole:
            before = set(scratch.rglob("*"))
            with deadline(SECONDS):
                status = _planned(folder, scratch / "out", faults)
            strays = set(scratch.rglob("*")) - before
            faults += [
                f"left {path}" for path in strays if not path.is_relative_to(scratch / "out")
            ]
            return status, [f"{told[0]}\n  {fault}" for fault in faults]
        return "read", [f"{told[0]}\n  {fault}" for fault in faults]
    except Hang:
        return "hang", [f"{told[0]}\n  no result after {SECONDS} s"]
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "fault", [
            f"{told[0]}\n  {type(error).__name__}: "
            f"{str(error)[:300]}\n{''.join(traceback.format_tb(error.__traceback__)[-3:])}"
        ]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _planned(folder: Path, out: Path, faults: list[str]) -> str:
    """Plan a case that could be read; return its status."""
    try:
        result = run(folder, out=out, options=Options(time_limit_s=SECONDS - 3))
    except SolverUnknown:
        return "solver unknown"
    beyond = (
        result.plan is not None and abs(result.plan.summary["objective_usd"]) > LARGEST_PROVEN_USD
    )
    if result.status not in ("optimal", "infeasible", "unbounded", "limit") and not beyond:
        faults.append(f"{result.status}: {result.message}")
    if result.status != "optimal" and not result.message:
        faults.append(f"{result.status} without a reason")
    left = [path for path in out.rglob("*") if path.name.startswith(".partial-")]
    faults += [f"left {path}" for path in left]
    if result.folder is not None and not result.folder.resolve().is_relative_to(out.resolve()):
        faults.append(f"wrote {result.folder}")
    return result.status
