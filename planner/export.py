"""Export: the linear program of a case as a file for another solver."""

from __future__ import annotations

from pathlib import Path

from planner.case.case import Case
from planner.model import formulate


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
