"""Verification: the proof of a run again, from its files alone.

Independent parts: the documents hold what a run writes, the files are what the run wrote
(manifest), the inputs are those that were planned, the plan does what the inputs ask at the cost it
states (audit), and no plan could cost less (the bound by weak duality, from the stored dual values
and a program formulated anew from the copied inputs).  Nothing is solved, but for a run of another
version whose program has another shape: there the bound is that of a plan made anew.

A run may be damaged in any way: what cannot be verified is a finding, never an exception.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner import __version__
from planner.plan.formats import FORMAT_VERSION
from planner.runs.documents import NO_PLAN
from planner.runs.folder import APPROVAL, changed_files, file_hash, files_of, inputs_digest
from planner.runs.inputs import INPUTS, OVERRIDES, read_inputs, read_overrides
from planner.runs.read import (
    DIAGNOSIS_FILE,
    MANIFEST_FILE,
    PLAN_FILE,
    PROVEN,
    RunDamaged,
    RunError,
    document_faults,
    is_run,
    read_run_table,
    read_stored,
)

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.lp.program import Program

MOST_TOLD: Final = 20
"""Changed files that are named; more say nothing new."""
BOUND: Final = "bound: no plan costs less"
INFEASIBLE: Final = "infeasible: no plan meets all limits"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing verified: what, whether it holds, and the figures or the reason; a ``note`` is
    told and judges nothing."""

    what: str
    ok: bool
    detail: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class _Documents:
    """plan.json and manifest.json of a run as far as they can be read, and what is wrong."""

    folder: Path
    plan: Mapping[str, Any]
    manifest: Mapping[str, Any]
    wrong: tuple[str, ...]

    def good(self, name: str) -> bool:
        return not any(fault.startswith(name) for fault in self.wrong)

    @property
    def planner(self) -> str:
        """The version of the planner that made the run; blank where it is not known."""
        return str(self.manifest["versions"]["planner"]) if self.good(MANIFEST_FILE) else ""


def verify(folder: Path) -> tuple[Finding, ...]:
    """Return every finding of the verification of a run; it holds if all of them are ok.

    Args:
        folder: the run folder, whole or damaged.

    Raises:
        RunError: where the folder is not a run, or a later version wrote it.
    """
    if not is_run(folder):
        raise RunError(f"{folder} is not a run folder. `planner ls` lists the runs.")
    (plan, wrong), (manifest, more) = (
        document_faults(folder, name) for name in (PLAN_FILE, MANIFEST_FILE)
    )
    told = _Documents(folder, plan, manifest, (*wrong, *more))
    planned = plan.get("status") != NO_PLAN
    findings = [*_documents(told), *_part("files", lambda: [_files(told)])]
    findings += _part("inputs", lambda: [_inputs(told)])
    if planned:
        findings += _part("audit", lambda: _audit(folder))
        if told.good(PLAN_FILE):
            findings += _part(BOUND, lambda: [_bound(told)])
    elif told.good(PLAN_FILE):
        findings += _part("diagnosis", lambda: _diagnosis(folder))
        findings += _part(INFEASIBLE, lambda: [_infeasible(told)])
    if told.good(PLAN_FILE) and plan["status"] not in (PROVEN, NO_PLAN):
        findings.append(Finding("status", False, f"plan.json says {plan['status']}"))
    findings += _part("approval", lambda: _approval(told))
    return (*findings, *_part("versions", lambda: _versions(told)))


def damage(folder: Path) -> list[str]:
    """Return what is wrong with the files of a run, one sentence each; empty where they are as
    written and say of the plan what the inputs ask."""
    (plan, wrong), (manifest, more) = (
        document_faults(folder, name) for name in (PLAN_FILE, MANIFEST_FILE)
    )
    told = _Documents(folder, plan, manifest, (*wrong, *more))
    findings = [*_documents(told), *_part("files", lambda: [_files(told)])]
    if plan.get("status") != NO_PLAN:
        findings += _part("audit", lambda: _audit(folder))
    return [f"{one.what}: {one.detail}" for one in findings if not one.ok]


@contextlib.contextmanager
def told_if_damaged(*folders: Path) -> Iterator[None]:
    """Read runs: where that fails in a way that no one foresaw, and a run is damaged, its damage is
    the reason and is told; where none is, the error is the planner's own.

    Raises:
        RunDamaged: naming what is wrong with the first run that is damaged.
    """
    try:
        yield
    except (RunError, OSError, MemoryError):
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("planner", "click"):
            raise  # one that is meant and says what to do
        for folder in folders:
            wrong = damage(folder) if is_run(folder) else []
            if wrong:
                raise RunDamaged(folder, wrong) from error
        raise


def _part(what: str, work: Callable[[], list[Finding]]) -> list[Finding]:
    """Return the findings of a part, or that it could not be verified, with the reason."""
    try:
        return work()
    except RunError as error:
        return [Finding(what, False, str(error))]
    except Exception as error:  # whatever a damaged file leads to: it is told, and the rest goes on
        reason = f"{type(error).__name__}: {error}"
        return [Finding(what, False, f"cannot be verified from these files ({reason})")]


def _documents(told: _Documents) -> list[Finding]:
    return [Finding("document", False, fault) for fault in told.wrong]


def _files(told: _Documents) -> Finding:
    if not told.good(MANIFEST_FILE):
        return Finding("files", False, f"not compared: {MANIFEST_FILE} is damaged")
    changes = changed_files(told.folder, told.manifest)
    more = [f"and {len(changes) - MOST_TOLD} more"] if len(changes) > MOST_TOLD else []
    what = f"files: {len(told.manifest['files'])} are as the run wrote them"
    return Finding(what, not changes, "; ".join([*changes[:MOST_TOLD], *more]))


def _inputs(told: _Documents) -> Finding:
    """Whether the copied inputs are those that were planned, by every document that says so."""
    what, inputs = "inputs: the ones that were planned", told.folder / INPUTS
    if told.wrong:
        return Finding(what, False, "not compared: a document is damaged")
    overrides = read_overrides(inputs)
    found = {
        name.removeprefix(f"{INPUTS}/"): file_hash(path)
        for name, path in files_of(told.folder).items()
        if name.startswith(f"{INPUTS}/") and name != f"{INPUTS}/{OVERRIDES}"
    }
    faults = [
        f"{name} is not the one in {MANIFEST_FILE}"
        for name in sorted(set(found) | set(told.manifest["inputs"]))
        if found.get(name) != told.manifest["inputs"].get(name)
    ]
    stated = (tuple(told.plan["overrides"]), tuple(told.manifest["overrides"]))
    if stated != (overrides, overrides):
        faults.append(f"{OVERRIDES} has other overrides than {PLAN_FILE} and {MANIFEST_FILE}")
    if inputs_digest(found, overrides) != told.plan["inputs_sha256"]:
        faults.append(f"their SHA-256 is not inputs_sha256 of {PLAN_FILE}")
    return Finding(what, not faults, "; ".join(faults[:MOST_TOLD]))


def _audit(folder: Path) -> list[Finding]:
    from planner.audit import audit

    report = audit(folder)
    failed = [check for check in report.checks if not check.passed]
    return [
        Finding(
            f"audit: {len(report.checks)} checks against the inputs",
            not failed,
            f"{len(failed)} failed" if failed else "",
        ),
        *(
            Finding(f"audit: {check.name}", False, f"{check.where} (allowed: {check.limit})")
            for check in failed
        ),
    ]


def _bound(told: _Documents) -> Finding:
    """Return whether the stored dual values still prove the objective of plan.json."""
    import numpy as np

    from planner.limits import undeclared
    from planner.lp.certificate import certificate_faults, certify
    from planner.lp.solution import Solution
    from planner.model import formulate

    objective = float(told.plan["objective_usd"])
    case = read_inputs(told.folder)
    x, row_dual = read_stored(told.folder, "x", "row_dual")
    program = formulate(case).program
    if (len(x), len(row_dual)) != (program.num_columns, program.num_rows):
        return _anew(told, case, program) if _other(told) else Finding(BOUND, False, _RESIZED)
    stated = Solution(
        status="optimal",
        message=f"from {told.folder.name}",
        objective=objective,
        x=x,
        row_dual=row_dual,
        reduced_cost=np.zeros(len(x)),
        iterations=0,
        seconds=0.0,
        solver="stored",
    )
    certificate = certify(program, stated)
    faults = certificate_faults(certificate, case.settings.gap)
    faults += undeclared(block.name for block in program.row_blocks)
    if not abs(certificate.objective - objective) <= _room(told, case, objective):
        faults.append(
            f"the stored solution costs {certificate.objective:,.2f} USD, plan.json says "
            f"{objective:,.2f} USD"
        )
    if faults and _other(told):
        return _anew(told, case, program)
    figures = (
        f"cost {objective:,.2f} USD, bound {certificate.bound:,.2f} USD, gap {certificate.gap:.1e}"
    )
    return Finding(BOUND, not faults, "; ".join(faults) or figures)


_RESIZED: Final = (
    "the program formulated from the inputs has another size than solution.npz, although this "
    "version of the planner wrote it"
)


def _other(told: _Documents) -> bool:
    """Whether another version of the planner made the run, so that its program may differ."""
    return told.planner != __version__


def _room(told: _Documents, case: Case, objective: float) -> float:
    """How far two statements of the same cost may differ, USD: plan.json has the sum of the rounded
    rows of costs.csv."""
    return case.settings.gap * abs(objective) + 0.01 * len(read_run_table(told.folder, "costs"))


def _anew(told: _Documents, case: Case, program: Program) -> Finding:
    """Return whether the cost of a run of another version is that of a plan made anew."""
    from planner.lp.certificate import certificate_faults, certify
    from planner.lp.highs import solve

    objective = float(told.plan["objective_usd"])
    by = f"planned anew by planner {__version__}, whose program is another than that of "
    by += f"planner {told.planner or 'of the run'}"
    solution = solve(program, threads=case.settings.threads, seed=case.settings.seed)
    if solution.status != "optimal":
        return Finding(BOUND, False, f"{by}: no plan is found ({solution.message})")
    certificate = certify(program, solution)
    faults = certificate_faults(certificate, case.settings.gap)
    if faults:
        return Finding(BOUND, False, f"{by}: {'; '.join(faults)}")
    ok = abs(certificate.objective - objective) <= _room(told, case, objective)
    figures = f"the run costs {objective:,.2f} USD, the cheapest {certificate.objective:,.2f} USD"
    return Finding(BOUND, ok, f"{by}: {figures}, bound {certificate.bound:,.2f} USD")


def _diagnosis(folder: Path) -> list[Finding]:
    wrong = document_faults(folder, DIAGNOSIS_FILE)[1]
    return [Finding("document", False, fault) for fault in wrong]


def _infeasible(told: _Documents) -> Finding:
    """Return whether the stored multipliers still prove that the copied inputs have no plan."""
    from planner.lp.conflict import PROOF_MARGIN, infeasibility, proof_of_infeasibility
    from planner.model import formulate

    case = read_inputs(told.folder)
    (multipliers,) = read_stored(told.folder, "infeasible")
    program = formulate(case).program
    by = "the weighted sum of the limits contradicts itself"
    if len(multipliers) == program.num_rows:
        margin = infeasibility(program, multipliers)
        if margin > PROOF_MARGIN or not _other(told):
            return Finding(INFEASIBLE, margin > PROOF_MARGIN, _margin(by, margin, PROOF_MARGIN))
    elif not _other(told):
        return Finding(INFEASIBLE, False, _RESIZED)
    found = proof_of_infeasibility(program)
    margin = 0.0 if found is None else infeasibility(program, found)
    by = f"weighted anew by planner {__version__}: {by}"
    return Finding(INFEASIBLE, margin > PROOF_MARGIN, _margin(by, margin, PROOF_MARGIN))


def _margin(by: str, margin: float, needed: float) -> str:
    return f"{by} by {margin:.1e} of its size; more than {needed:.0e} proves it"


def _approval(told: _Documents) -> list[Finding]:
    """Whether an approval, where there is one, is of this plan."""
    from planner.runs.approval import plan_digest, read_approval

    approval = read_approval(told.folder)
    if approval is None:
        return []
    if not told.good(MANIFEST_FILE):
        return [Finding("approval", False, f"not compared: {MANIFEST_FILE} is damaged")]
    who = f"approval: by {approval['by']}, {approval['approved_utc']}"
    version = int(approval["format_version"])
    if approval["plan_sha256"] == plan_digest(told.manifest, version):
        return [Finding(who, True, "")]
    if version < FORMAT_VERSION:  # its digest was of the workbook too, which is made again
        return [Finding(who, True, "whether of this very plan cannot be told", note=True)]
    return [Finding(who, False, f"{APPROVAL} is of another plan than the one in this folder")]


def _versions(told: _Documents) -> list[Finding]:
    """What there is to know of a run that an earlier version made."""
    from planner.runs.faults import touched
    from planner.runs.touches import Evidence

    if not told.planner or not _other(told):
        return []
    try:
        case = read_inputs(told.folder)
    except RunError:
        case = None
    evidence = Evidence(
        told.folder, told.plan, case, lambda name: read_run_table(told.folder, name)
    )
    found, unknown = touched(told.planner, evidence)
    made = f"planner {told.planner}"
    notes = [Finding(f"made by {made}", True, f"judged by planner {__version__}", note=True)]
    notes += [
        Finding(f"fault {one.fault.id} of {made}", True, f"{one.fault.wrong} ({one.where})", True)
        for one in found
    ]
    notes += [
        Finding(
            f"fault {fault.id} of {made}", True, f"{fault.wrong}; no file of a run can tell", True
        )
        for fault in unknown
    ]
    return notes
