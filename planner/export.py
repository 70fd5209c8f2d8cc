"""Export: the program of a case as a file for another solver."""

from __future__ import annotations

from pathlib import Path

from planner.case.case import Case
from planner.lp.program import Program
from planner.model import Formulation, formulate


class NotExported(Exception):
    """A program that no file can say."""


def export_program(case: Case, form: str, path: Path) -> None:
    """Write the program of a case as ``mps`` or ``lp``, whole or not at all.

    Raises:
        OSError: where it cannot be written.
        NotExported: where what opens something has no largest amount that follows from a plan.
    """
    import os

    from planner.lp.pulp import write_lp, write_mps
    from planner.model.units import units_of

    formulation = formulate(case)
    units = units_of(formulation.program)
    program = stated(formulation)
    partial = path.with_name(f".{path.name}.{os.getpid()}.{form}")
    try:
        (write_mps if form == "mps" else write_lp)(program, partial, units)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def stated(formulation: Formulation) -> Program:
    """Return the program as files can say it: a row that only holds where something is not opened
    has the largest amount that any plan no dearer than a known one has.

    Args:
        formulation: the formulation.

    Raises:
        NotExported: where no plan is known that such amounts would follow from.
    """
    program, case = formulation.program, formulation.case
    if not len(program.switches[0]):
        return program
    from planner.lp.whole.fixed import divisible
    from planner.lp.whole.limits import Limits
    from planner.lp.whole.other import bounded
    from planner.model.start import whole_starts
    from planner.report.progress import Progress
    from planner.solving import Options, solve_program

    options = Options(solver="highs")
    found = solve_program(divisible(program), case, options, Progress(), ranged=False).solution
    if found.status == "optimal":
        starts = whole_starts(formulation, found.x)
        limits = Limits(case.settings.whole_gap, threads=case.settings.threads)
        ready = bounded(program, found, starts, limits)
        if ready is not None:
            return ready
    raise NotExported(
        "no plan of whole things was found, and only from the cost of one follows the largest "
        "amount of what opens something, which the file has to say. Next: --set case.whole=no, for "
        "the divisible program"
    )
