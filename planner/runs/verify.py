"""Verification: the proof of a run again, from its files alone.

Independent parts: the documents hold what a run writes, the files are what the run wrote
(manifest), the inputs are those that were planned, the plan does what the inputs ask at the cost it
states (audit), and no plan could cost less (the bound by weak duality, from the stored dual values
and a program formulated anew from the copied inputs).  Nothing is solved, but for the ways out of a
run without a plan, and for a run of another version whose program has another shape: there the
bound is that of a plan made anew.

A run may be damaged in any way: what cannot be verified is a finding, never an exception.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from planner import __version__
from planner.plan.formats import FORMAT_VERSION
from planner.runs.bound import BOUND, INFEASIBLE, check_bound, check_infeasible
from planner.runs.documents import NO_PLAN
from planner.runs.finding import Documents, Finding
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
)
from planner.runs.ways_out import check_ways_out

MOST_TOLD: Final = 20
"""Changed files that are named; more say nothing new."""
SINCE: Final = 2
"""Format of plan.json from which a verdict stands there as it is reached today."""
MANIFEST_CHECKS: Final = ("manifest.", "files.manifest.")
"""How the checks of the audit begin that a run being written has not yet."""


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
    told = Documents(folder, plan, manifest, (*wrong, *more))
    planned = plan.get("status") != NO_PLAN
    findings = [*_documents(told), *_part("files", lambda: [_files(told)])]
    findings += _part("inputs", lambda: [_inputs(told)])
    if planned:
        findings += _part("audit", lambda: _audit(told))
        if told.good(PLAN_FILE):
            findings += _part(BOUND, lambda: [check_bound(told)])
    elif told.good(PLAN_FILE):
        findings += _part("diagnosis", lambda: _diagnosis(told))
        findings += _part(INFEASIBLE, lambda: [check_infeasible(told)])
        findings += _part("ways out", lambda: check_ways_out(told))
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
    told = Documents(folder, plan, manifest, (*wrong, *more))
    findings = [*_documents(told), *_part("files", lambda: [_files(told)])]
    if plan.get("status") != NO_PLAN:
        findings += _part("audit", lambda: _audit(told))
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


def _documents(told: Documents) -> list[Finding]:
    return [Finding("document", False, fault) for fault in told.wrong]


def _files(told: Documents) -> Finding:
    if not told.good(MANIFEST_FILE):
        return Finding("files", False, f"not compared: {MANIFEST_FILE} is damaged")
    changes = changed_files(told.folder, told.manifest)
    more = [f"and {len(changes) - MOST_TOLD} more"] if len(changes) > MOST_TOLD else []
    what = f"files: {len(told.manifest['files'])} are as the run wrote them"
    return Finding(what, not changes, "; ".join([*changes[:MOST_TOLD], *more]))


def _inputs(told: Documents) -> Finding:
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


def _audit(told: Documents) -> list[Finding]:
    from planner.audit import audit

    report = audit(told.folder)
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
        *_proof(told, [check.name for check in report.checks]),
    ]


def _proof(told: Documents, checks: Sequence[str]) -> list[Finding]:
    """Return whether the verdict in plan.json says of itself what its status says, of a run of
    this version; it was reached before there was a manifest to check."""
    plan, manifest = told.plan, told.manifest
    if not told.good(PLAN_FILE) or not told.good(MANIFEST_FILE):
        return []
    if plan["format_version"] < SINCE or manifest["versions"]["planner"] != __version__:
        return []
    proof = plan.get("proof")
    audit = proof.get("audit") if isinstance(proof, dict) else None
    count, fits = sum(not name.startswith(MANIFEST_CHECKS) for name in checks), False
    if isinstance(proof, dict) and isinstance(audit, dict):
        holds = not proof.get("faults") and audit.get("ok") is True and not audit.get("failed")
        fits = holds == (plan["status"] == PROVEN) or plan["status"] == "limit"
        fits = fits and audit.get("checks") == count
    why = "" if fits else f"status {plan['status']}, {count} checks now, plan.json has {audit}"
    return [Finding("plan.json: its proof is that of its status", fits, why)]


def _diagnosis(told: Documents) -> list[Finding]:
    """Whether the tables of a diagnosis are those of its document."""
    from planner.diagnosis.tables import DIAGNOSIS_TABLES, conflict_table, repair_table
    from planner.runs.cells import text_frame

    document, wrong = document_faults(told.folder, DIAGNOSIS_FILE)
    if wrong:
        return [Finding("document", False, fault) for fault in wrong]
    faults = []
    for table, made in zip(DIAGNOSIS_TABLES, (conflict_table, repair_table), strict=True):
        own = text_frame(table, made(document)).to_csv(index=False, lineterminator="\n")
        if (told.folder / table.path).read_bytes() != own.encode():
            faults.append(f"{table.path} is not what {DIAGNOSIS_FILE} holds")
    if document.get("case") != told.plan["case"]:
        faults.append(f"{DIAGNOSIS_FILE} is of another case than {PLAN_FILE}")
    return [
        Finding("diagnosis: its tables are those of its document", not faults, "; ".join(faults))
    ]


def _approval(told: Documents) -> list[Finding]:
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


def _versions(told: Documents) -> list[Finding]:
    """What there is to know of a run that an earlier version made."""
    from planner.runs.faults import touched
    from planner.runs.touches import Evidence

    if not told.planner or not told.other:
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
