"""Verification: the proof of a run again, from its files alone and without solving.

Three independent parts: the files are what the run wrote (manifest), the plan does what the inputs
ask at the cost it states (audit), and no plan could cost less (the bound by weak duality, from the
stored dual values and a program formulated anew from the copied inputs).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.runs.folder import changed_files
from planner.runs.read import read_manifest, read_plan, read_run_table


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing verified: what, whether it holds, and the figures or the reason."""

    what: str
    ok: bool
    detail: str


def read_overrides(inputs: Path) -> tuple[str, ...]:
    """Return the ``--set`` of a run from the copy of its inputs; none where there is no
    overrides.txt."""
    path = inputs / "overrides.txt"
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()


def verify(folder: Path) -> tuple[Finding, ...]:
    """Return every finding of the verification of a run; it holds if all of them are ok.

    Raises:
        RunError: where the folder is not a run.
    """
    from planner.audit import audit

    manifest, plan = read_manifest(folder), read_plan(folder)
    changes = changed_files(folder, manifest)
    findings = [
        Finding(
            f"files: {len(manifest['files'])} are as the run wrote them",
            not changes,
            "; ".join(changes),
        )
    ]
    if plan["status"] == "infeasible":
        return (*findings, _infeasible(folder))
    report = audit(folder)
    failed = [check for check in report.checks if not check.passed]
    findings.append(
        Finding(
            f"audit: {len(report.checks)} checks against the inputs",
            not failed,
            f"{len(failed)} failed" if failed else "",
        )
    )
    findings += [
        Finding(f"audit: {check.name}", False, f"{check.where} (allowed: {check.limit})")
        for check in failed
    ]
    findings.append(_bound(folder, float(plan["objective_usd"])))
    if plan["status"] != "optimal":
        findings.append(Finding("status", False, f"plan.json says {plan['status']}"))
    return tuple(findings)


def _bound(folder: Path, objective: float) -> Finding:
    """Return whether the stored dual values still prove the objective of plan.json."""
    import numpy as np

    from planner.case.case import read_case
    from planner.case.problems import CaseError
    from planner.limits import undeclared
    from planner.lp.certificate import certificate_faults, certify
    from planner.lp.solution import Solution
    from planner.model import formulate

    what = "bound: no plan costs less"
    try:
        case = read_case(folder / "inputs", read_overrides(folder / "inputs"))
        with np.load(folder / "solution.npz", allow_pickle=False) as stored:
            x, row_dual = stored["x"], stored["row_dual"]
    except CaseError as error:
        return Finding(
            what, False, f"the copied inputs are not a good case: {len(error.problems)} problems"
        )
    except (OSError, ValueError, KeyError) as error:
        return Finding(what, False, f"solution.npz or the copied inputs cannot be read: {error}")
    program = formulate(case).program
    if (len(x), len(row_dual)) != (program.num_columns, program.num_rows):
        return Finding(
            what,
            False,
            "the program formulated now has another size: it was planned with another version "
            "(see manifest.json)",
        )
    stated = Solution(
        status="optimal",
        message="from solution.npz",
        objective=objective,
        x=x,
        row_dual=row_dual,
        reduced_cost=np.zeros(len(x)),
        iterations=0,
        seconds=0.0,
        solver="solution.npz",
    )
    certificate = certify(program, stated)
    faults = certificate_faults(certificate, case.settings.gap)
    faults += undeclared(block.name for block in program.row_blocks)
    cents = 0.01 * len(
        read_run_table(folder, "costs")
    )  # plan.json has the sum of the rounded rows of costs.csv
    if not abs(certificate.objective - objective) <= case.settings.gap * abs(objective) + cents:
        faults.append(
            f"the stored solution costs {certificate.objective:,.2f} USD, plan.json says "
            f"{objective:,.2f} USD"
        )
    return Finding(
        what,
        not faults,
        "; ".join(faults)
        or f"cost {objective:,.2f} USD, bound {certificate.bound:,.2f} USD, gap "
        f"{certificate.gap:.1e}",
    )


def _infeasible(folder: Path) -> Finding:
    """Return whether the stored multipliers still prove that the copied inputs have no plan."""
    import numpy as np

    from planner.case.case import read_case
    from planner.case.problems import CaseError
    from planner.lp.conflict import PROOF_MARGIN, infeasibility
    from planner.model import formulate

    what = "infeasible: no plan meets all limits"
    try:
        case = read_case(folder / "inputs", read_overrides(folder / "inputs"))
        with np.load(folder / "solution.npz", allow_pickle=False) as stored:
            multipliers = stored["infeasible"]
    except CaseError as error:
        return Finding(
            what, False, f"the copied inputs are not a good case: {len(error.problems)} problems"
        )
    except (OSError, ValueError, KeyError) as error:
        return Finding(what, False, f"solution.npz or the copied inputs cannot be read: {error}")
    program = formulate(case).program
    if len(multipliers) != program.num_rows:
        return Finding(
            what,
            False,
            "the program formulated now has another size: it was diagnosed with another version "
            "(see manifest.json)",
        )
    margin = infeasibility(program, multipliers)
    return Finding(
        what,
        margin > PROOF_MARGIN,
        f"the weighted sum of the limits contradicts itself by {margin:.1e} of its size; more "
        f"than {PROOF_MARGIN:.0e} proves it",
    )
