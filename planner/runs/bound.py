"""The bound again: that no plan costs less, or that there is none, from the values that a run
stored."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from planner import __version__
from planner.runs.finding import Documents, Finding
from planner.runs.inputs import read_inputs
from planner.runs.read import read_diagnosis, read_run_table, read_stored
from planner.words import cents

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.lp.program import Program
    from planner.lp.solution import Solution

BOUND: Final = "bound: no plan costs less"
INFEASIBLE: Final = "infeasible: no plan meets all limits"


def check_bound(told: Documents) -> Finding:
    """Return whether the stored dual values still prove the objective of plan.json."""
    import numpy as np

    from planner.limits import undeclared
    from planner.lp.certificate import certificate_faults, certify
    from planner.lp.solution import Solution
    from planner.lp.whole.fixed import fixed, whole_part
    from planner.model import formulate

    objective = float(told.plan["objective_usd"])
    case = read_inputs(told.folder)
    x, row_dual = read_stored(told.folder, "x", "row_dual")
    program = formulate(case).program
    if (len(x), len(row_dual)) != (program.num_columns, program.num_rows):
        return _anew(told, case, program) if told.other else Finding(BOUND, False, _RESIZED)
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
    counted = fixed(program, whole_part(program, x))  # of whole things: with their counts
    certificate = certify(counted, stated)
    faults = certificate_faults(certificate, case.settings.gap)
    faults += undeclared(block.name for block in program.row_blocks)
    whole = ""
    if len(program.integer):
        more, whole = _whole(told, case, program, stated)
        faults += more
    if not abs(certificate.objective - objective) <= _room(told, case, objective):
        faults.append(
            f"the stored solution costs {cents(certificate.objective)}, plan.json says "
            f"{cents(objective)}"
        )
    if faults and told.other:
        return _anew(told, case, program)
    figures = f"cost {cents(objective)}, bound {cents(certificate.bound)}, "
    figures += f"gap {certificate.gap:.1e}{whole}"
    return Finding(BOUND, not faults, "; ".join(faults) or figures)


def _whole(
    told: Documents, case: Case, program: Program, stated: Solution
) -> tuple[list[str], str]:
    """Return what is wrong with the bound of a plan of whole things, and its figures: the own
    bound is proven again, that of branch and bound is as the run stored it."""
    import dataclasses

    from planner.lp.certificate import certify
    from planner.lp.whole.fixed import divisible
    from planner.lp.whole.proven import from_stored
    from planner.lp.whole.tight import tightened

    dual, kept = read_stored(told.folder, "divisible_dual", "whole")
    proven = from_stored({"whole": kept})
    if len(dual) != program.num_rows:
        return [_RESIZED], ""
    free = certify(divisible(tightened(program)), dataclasses.replace(stated, row_dual=dual))
    bound, own = float(told.plan["bound_usd"]), free.bound
    objective = float(told.plan["objective_usd"])
    room = _room(told, case, objective)
    faults = []
    if not abs(own - proven.own_bound) <= room:
        faults.append(
            f"the stored dual values prove that no plan costs less than {cents(own)}, and the run "
            f"says {cents(proven.own_bound)}"
        )
    if not abs(min(proven.bound, objective) - bound) <= room:
        faults.append(f"the bound stored is {cents(proven.bound)}, plan.json says {cents(bound)}")
    if bound > own + room and not proven.nodes:
        faults.append(f"the bound {cents(bound)} is above what is proven, {cents(own)}")
    gap = (objective - bound) / max(abs(objective), 1.0)
    if told.plan["status"] == "optimal" and not gap <= case.settings.whole_gap:
        faults.append(f"the gap is {gap:.1e}, {case.settings.whole_gap:.0e} is allowed")
    by = f"branch and bound says {cents(proven.bound)}, " if proven.nodes else ""
    words = f"; whole: {by}our own bound {cents(own)}, gap {gap:.1e} with the counts chosen"
    return faults, words


_RESIZED: Final = (
    "the program formulated from the inputs has another size than solution.npz, although this "
    "version of the planner wrote it"
)


def _room(told: Documents, case: Case, objective: float) -> float:
    """How far two statements of the same cost may differ, USD: plan.json has the sum of the rounded
    rows of costs.csv."""
    return case.settings.gap * abs(objective) + 0.01 * len(read_run_table(told.folder, "costs"))


def _anew(told: Documents, case: Case, program: Program) -> Finding:
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
    figures = f"the run costs {cents(objective)}, the cheapest {cents(certificate.objective)}"
    return Finding(BOUND, ok, f"{by}: {figures}, bound {cents(certificate.bound)}")


def check_infeasible(told: Documents) -> Finding:
    """Return whether the stored multipliers still prove that the copied inputs have no plan."""
    from planner.lp.conflict import PROOF_MARGIN, infeasibility, proof_of_infeasibility
    from planner.model import formulate

    case = read_inputs(told.folder)
    (multipliers,) = read_stored(told.folder, "infeasible")
    program = formulate(case).program
    by = "the weighted sum of the limits contradicts itself"
    if len(multipliers) == program.num_rows:
        margin = infeasibility(program, multipliers)
        stated = margin if told.other else float(read_diagnosis(told.folder)["proof"]["margin"])
        if not math.isclose(margin, stated, rel_tol=1e-6):
            return Finding(INFEASIBLE, False, f"{by} by {margin:.6g}, {stated:.6g} is told")
        if margin > PROOF_MARGIN or not told.other:
            return Finding(INFEASIBLE, margin > PROOF_MARGIN, _margin(by, margin, PROOF_MARGIN))
    elif not told.other:
        return Finding(INFEASIBLE, False, _RESIZED)
    found = proof_of_infeasibility(program)
    margin = 0.0 if found is None else infeasibility(program, found)
    by = f"weighted anew by planner {__version__}: {by}"
    return Finding(INFEASIBLE, margin > PROOF_MARGIN, _margin(by, margin, PROOF_MARGIN))


def _margin(by: str, margin: float, needed: float) -> str:
    return f"{by} by {margin:.1e} of its size; more than {needed:.0e} proves it"
