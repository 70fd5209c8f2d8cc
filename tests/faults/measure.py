"""Measuring: every fault in a process of its own, on the shipped cases, against the clean runs.

The parent has run every case once, from stored optima, so that a child starts warm; it never calls
the solver itself, whose threads would not live on in a child.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import shutil
import tempfile
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import planner.pipeline as pipeline
from tests.faults.child import in_child, tested
from tests.faults.fault import ROOT, Fault, seed
from tests.faults.optima import Optima

CASES: Final = ("quickstart", "power-bound", "gov-cloud", "frontier-lab")
"""In the order in which they are tried: the quickest first."""
TIMES: Final = ("manifest.json", "run.log", "solution.npz")
"""Files of a run that hold times, or nothing that anybody reads."""
UNSTORED: Final = ("lp.", "solving", "model.preference")
"""Modules whose faults need the solver itself: a stored optimum would hide them."""

PROOF, STOPPED, TESTS, NOTHING, UNCHANGED = "proof", "stopped", "tests", "nothing", "unchanged"
"""What catches a fault: the proof of the run, an error that ends it, a fast test, nothing; or it
changes no figure of the shipped cases."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a fault: the verdict, the case that showed it, and what failed first."""

    verdict: str
    case: str = ""
    detail: str = ""


def files_of(folder: Path) -> dict[str, str]:
    """Hash of every file of a run that says something, by name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in TIMES and "inputs" not in path.parts
    }


def planned(case: str, out: Path, shown: bool = True) -> tuple[str, str, Path | None]:
    """Run a shipped case: status, message and the folder.

    Without ``shown`` the page and the workbook, made of the other files, are left out.
    """
    import planner
    from planner.report import write
    from planner.solving import Options

    shutil.rmtree(out, ignore_errors=True)
    makers = write.write_page, write.write_workbook
    if not shown:
        write.write_page = write.write_workbook = lambda *_, **__: None
    try:
        result = planner.run(ROOT / "inputs" / case, out=out, options=Options(threads=1))
    finally:
        write.write_page, write.write_workbook = makers
    return result.status, result.message, Path(result.folder) if result.folder else None


@dataclass(frozen=True, slots=True)
class Clean:
    """What a case is without a fault: its files, and what is known before they are written."""

    folder: Path
    files: dict[str, str]
    extracted: tuple[Any, dict[str, Any]]
    """Arguments of ``extract``: formulation, solution and certificate."""
    plan: Any
    read: Any
    """How the audit reads its inputs, and what it says of them."""


class Bench:
    """The shipped cases, run once without a fault."""

    def __init__(self, cases: Iterable[str] = CASES) -> None:
        self.optima, self.clean = Optima(), dict[str, Clean]()
        self.scratch = Path(tempfile.mkdtemp(prefix="faults-"))
        self.cases = tuple(cases)
        for case in self.cases:
            solved = in_child(lambda case=case: self._solve(case))
            if isinstance(solved, Exception):
                raise solved
            self.optima.solved |= solved[0]
            self.optima.settled |= solved[1]
            self.clean[case] = self._run_clean(case)
            failed = self._audited(case, self.clean[case].plan, self.scratch / "again")
            assert not failed, f"the clean plan of {case} fails: {failed}"
        self.optima.store = False
        gc.collect()
        gc.freeze()

    def _solve(self, case: str) -> tuple[dict[bytes, Any], dict[bytes, Any]]:
        with self.optima.used():
            planned(case, self.scratch / "solved", shown=False)
        return self.optima.solved, self.optima.settled

    def _run_clean(self, case: str) -> Clean:
        """Run a case from its stored optimum, and keep what faults behind it start from."""
        import planner.audit as audit

        kept: dict[str, Any] = {}
        extract, inputs, check = pipeline.extract, audit._inputs, audit.check_inputs

        def keeping_extract(*args: Any, **named: Any) -> Any:
            kept["plan"], kept["extracted"] = extract(*args, **named), (args, named)
            return kept["plan"]

        def keeping_inputs(*args: Any) -> Any:
            kept["inputs"] = inputs(*args)
            return kept["inputs"]

        def keeping_check(*args: Any, **named: Any) -> Any:
            kept["checks"] = check(*args, **named)
            return kept["checks"]

        pipeline.extract = keeping_extract
        audit._inputs, audit.check_inputs = keeping_inputs, keeping_check
        try:
            with self.optima.used():
                status, message, folder = planned(case, self.scratch / f"clean-{case}")
        finally:
            pipeline.extract, audit._inputs, audit.check_inputs = extract, inputs, check
        assert status == "optimal" and folder is not None, message
        read = kept["inputs"], kept["checks"]
        return Clean(folder, files_of(folder), kept["extracted"], kept["plan"], read)

    def close(self) -> None:
        """Remove what was written."""
        shutil.rmtree(self.scratch, ignore_errors=True)

    def try_fault(self, fault: Fault, tests: Iterable[str] = ()) -> Finding:
        """What catches a fault: tried on one case after the other, then by fast tests."""
        found = in_child(lambda: self._try_cases(fault))
        if isinstance(found, Exception):
            return Finding(STOPPED, "", str(found))
        if found.verdict != NOTHING or not tests:
            return Finding(found.verdict, found.case, found.detail)
        failed = in_child(lambda: tested(fault, list(tests)))
        if isinstance(failed, Exception):
            failed = str(failed)
        return Finding(TESTS, found.case, failed) if failed else found

    def _try_cases(self, fault: Fault) -> Finding:
        """Seed a fault for good, and look at every case until one shows that it is caught."""
        seed(fault)
        run = self._whole
        if fault.module.startswith("plan."):
            run = self._behind_solver
        elif fault.module.startswith(("report.", "words")):
            run = self._shown
        missed = Finding(UNCHANGED)
        out = self.scratch / f"run-{os.getpid()}"
        try:
            for case in self.cases:
                if missed.verdict != UNCHANGED and case != self.cases[-1]:
                    continue  # the largest case has what the others have
                try:
                    verdict, detail = run(fault, case, out)
                except BaseException as reason:
                    line = traceback.extract_tb(reason.__traceback__)[-1]
                    return Finding(
                        STOPPED, case, f"{type(reason).__name__}: {reason} ({line.name})"
                    )
                if verdict in (PROOF, STOPPED) or (verdict == NOTHING and run == self._shown):
                    return Finding(verdict, case, detail)
                if verdict == NOTHING and missed.verdict == UNCHANGED:
                    missed = Finding(NOTHING, case, detail)
        finally:
            shutil.rmtree(out, ignore_errors=True)
        return missed

    def _whole(self, fault: Fault, case: str, out: Path) -> tuple[str, str]:
        """Run a case from its files, without the page and the workbook made of what it writes."""
        stored = contextlib.nullcontext()
        if not fault.module.startswith(UNSTORED):
            stored = self.optima.used()
        with stored:
            status, message, folder = planned(case, out, shown=False)
        if folder is None or status == "infeasible":
            return STOPPED, message or status
        if status != "optimal":
            return PROOF, message
        return self._compared(case, folder)

    def _compared(self, case: str, folder: Path) -> tuple[str, str]:
        files, clean = files_of(folder), self.clean[case].files
        names = sorted(name for name in files if files[name] != clean.get(name))
        return (NOTHING, ", ".join(names)) if names else (UNCHANGED, "")

    def _behind_solver(self, fault: Fault, case: str, out: Path) -> tuple[str, str]:
        """Extract the plan again from a solved program; write and audit it where it differs."""
        from planner.plan.extract import extract

        clean = self.clean[case]
        args, named = clean.extracted
        plan = extract(*args, **named)
        changed = [
            f"{name}.csv"
            for name, table in plan.tables.items()
            if not table.equals(clean.plan.tables.get(name))
        ]
        if plan.summary != clean.plan.summary:
            changed.append("plan.json")
        if not changed:
            return UNCHANGED, ""
        failed = self._audited(case, plan, out)
        return (PROOF, failed) if failed else (NOTHING, ", ".join(changed))

    def _audited(self, case: str, plan: Any, out: Path) -> str:
        """Write a plan where the clean one stood; the first check of the audit that fails."""
        import planner.audit as audit
        from planner.report.write import write_plan
        from planner.runs.what_if import Asked

        clean = self.clean[case]
        shutil.rmtree(out, ignore_errors=True)
        partial = out / f"{audit.UNFINISHED}x"
        shutil.copytree(clean.folder, partial)
        document = json.loads((partial / "plan.json").read_text(encoding="utf-8"))
        solver = (partial / "solution.npz").read_bytes()
        read = clean.extracted[0][0].case
        write_plan(partial, read, plan, {}, Asked((), document["inputs_sha256"]))
        (partial / "solution.npz").write_bytes(solver)
        inputs, checks = clean.read
        before = audit._inputs, audit.check_inputs
        audit._inputs, audit.check_inputs = (lambda *_: inputs), (lambda *_, **__: checks)
        try:
            failed = audit.audit(partial).failed
        finally:
            audit._inputs, audit.check_inputs = before
            shutil.rmtree(out, ignore_errors=True)
        return f"{failed[0].name}: {failed[0].where}" if failed else ""

    def _shown(self, fault: Fault, case: str, out: Path) -> tuple[str, str]:
        """Make summary, page and workbook again from the files of a run."""
        from planner.report import write
        from planner.report.page.run import read_run

        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(self.clean[case].folder, out)
        run = read_run(out)
        words = write.markdown(
            write.summary_of(run.plan, run.tables, run.resolved, lines=write.MARKDOWN_LINES)
        )
        (out / "summary.md").write_text(words, encoding="utf-8", newline="\n")
        write.write_page(out, run=run)
        write.write_workbook(out, run=run)
        return self._compared(case, out)


def cpu_seconds() -> float:
    """Processor time of this process and its children so far."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
