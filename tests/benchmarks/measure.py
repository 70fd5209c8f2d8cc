"""One measurement in a process of its own: ``python -m tests.benchmarks.measure build pulp PROGRAM.npz`` prints one JSON line.

Memory is the growth of the process's resident memory, at its highest, over what it was when the work began; libraries are imported before that.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.rivals import RIVALS, load, planner


def memory(what: str) -> int:
    """Return the bytes of memory this process holds now (``VmRSS``) or held at most (``VmHWM``).

    Not ``ru_maxrss``: a process inherits that of the one that started it, so a small one started by a large one seems large.
    """
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(f"{what}:"))


def measured(work: Callable[[], Any]) -> dict[str, float]:
    """Return CPU and wall-clock seconds and peak memory (bytes) of some work."""
    before, cpu, wall = memory("VmRSS"), time.process_time(), time.perf_counter()
    result = work()
    seconds = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    peak = memory("VmHWM")
    del result
    return seconds | {"bytes": float(max(peak - before, 0))}


def build(library: str, program: Path) -> dict[str, float]:
    """Build a stored program in a library, or in the planner's own arrays."""
    importlib.import_module("planner.lp.program" if library == "planner" else library)
    given, builder = load(program), planner if library == "planner" else RIVALS[library]
    return measured(lambda: builder(given))


def optimum(library: str, model: Any) -> float:
    """Solve a library's model with HiGHS, as the library does; returns the objective."""
    if library == "pulp":
        import pulp

        model.solve(pulp.HiGHS(msg=False))
        return float(pulp.value(model.objective))
    if library == "pyomo":
        import pyomo.environ

        pyomo.environ.SolverFactory("appsi_highs").solve(model)
        return float(pyomo.environ.value(model.cost))
    if library == "linopy":
        model.solve(solver_name="highs", output_flag=False)
        return float(model.objective.value)
    import pyoptinterface

    model.optimize()
    return float(model.get_model_attribute(pyoptinterface.ModelAttribute.ObjectiveValue))


def ours(case: Path) -> dict[str, float]:
    """Formulate a case; also how long HiGHS takes to take it, and the peak of what Python and numpy allocate."""
    import tracemalloc

    from planner.case.case import read_case
    from planner.lp.highs import LiveModel
    from planner.model import formulate

    read = read_case(case)
    found = measured(lambda: formulate(read))
    cpu = time.process_time()
    program = formulate(read).program
    again = time.process_time() - cpu
    cpu = time.process_time()
    LiveModel(program)
    handed = time.process_time() - cpu
    del program
    tracemalloc.start()
    nonzeros = len(formulate(read).program.data)
    return found | {"again": again, "handed": handed, "traced": tracemalloc.get_traced_memory()[1] / nonzeros}


def run(case: Path, out: Path) -> dict[str, float]:
    """Plan a case; seconds of wall-clock by phase."""
    from planner.pipeline import run as plan

    wall, cpu = time.perf_counter(), time.process_time()
    result = plan(case, out=out)
    return {**result.seconds, "cpu in all": time.process_time() - cpu, "wall in all": time.perf_counter() - wall, "proven": float(result.status == "optimal")}


def main() -> None:
    """Print the measurement that the command line asks for."""
    what, *arguments = sys.argv[1:]
    found = {
        "build": lambda: build(arguments[0], Path(arguments[1])),
        "optimum": lambda: {"objective": optimum(arguments[0], RIVALS[arguments[0]](load(Path(arguments[1]))))},
        "ours": lambda: ours(Path(arguments[0])),
        "run": lambda: run(Path(arguments[0]), Path(arguments[1])),
    }[what]()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
