"""One measurement in a process of its own: ``python -m tests.benchmarks.measure build pulp
PROGRAM.npz`` prints one JSON line.

Memory is the growth of the process's resident memory, at its highest, over what it was when the
work began; libraries are imported before that.
"""

from __future__ import annotations

import compileall
import importlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from planner.lp.solution import Solution
from tests.benchmarks.rivals import RIVALS, load, planner


def memory(what: str) -> int:
    """Return the bytes of memory this process holds now (``VmRSS``) or held at most (``VmHWM``).

    Not ``ru_maxrss``: a process inherits that of the one that started it, so a small one started by
    a large one seems large.
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


def ours(case: Path, reduce: bool) -> dict[str, float]:
    """Formulate a case, with hubs or without; also how long HiGHS takes to take it, and the peak of
    what Python and numpy allocate."""
    import tracemalloc

    from planner.case import read_case
    from planner.lp.highs import LiveModel
    from planner.model import formulate

    read = read_case(case)
    found = measured(lambda: formulate(read, reduce))
    cpu = time.process_time()
    program = formulate(read, reduce).program
    again = time.process_time() - cpu
    cpu = time.process_time()
    LiveModel(program)
    handed = time.process_time() - cpu
    del program
    tracemalloc.start()
    nonzeros = len(formulate(read, reduce).program.data)
    return found | {
        "again": again,
        "handed": handed,
        "nonzeros": float(nonzeros),
        "traced": tracemalloc.get_traced_memory()[1] / nonzeros,
    }


WAYS: Final = (
    "ours",
    "ours, cold simplex",
    "ours, interior point",
    "naive, simplex",
    "naive, interior point",
    "naive, CBC",
)
"""Ours: hubs and a coarse start.  Naive: every workload at every site."""


def solve(case: Path, way: str, limit_s: float) -> dict[str, float]:
    """Formulate and solve a case in one of the ``WAYS``; CPU seconds of the solver, its iterations
    and what it found."""
    from planner.case import read_case
    from planner.lp.coarse import climb, coarse_model
    from planner.lp.highs import LiveModel
    from planner.lp.pulp import solve_with_pulp
    from planner.model import formulate

    read = read_case(case)
    cpu = time.process_time()
    formulation = formulate(read, reduce=way.startswith("ours"))
    formulated = time.process_time() - cpu
    program = formulation.program

    def work() -> Solution:
        if way.endswith("CBC"):
            return solve_with_pulp(program, "PULP_CBC_CMD", time_limit_s=limit_s)
        model = LiveModel(
            program, threads=1, algorithm="ipx" if way.endswith("interior point") else "simplex"
        )
        return climb(
            model, coarse_model(program, threads=1) if way == "ours" else None, time_limit_s=limit_s
        )

    before = cpu_seconds()
    solution = work()
    return {
        "cpu": cpu_seconds() - before,
        "formulated": formulated,
        "objective": solution.objective,
        "optimal": float(solution.status == "optimal"),
        "iterations": float(solution.iterations),
        "columns": float(program.num_columns),
        "rows": float(program.num_rows),
        "nonzeros": float(len(program.data)),
    }


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of those it has started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def run(case: Path, out: Path) -> dict[str, float]:
    """Plan a case by the command, from process start to files on disk: seconds of wall-clock by
    phase, wall-clock and CPU in all.

    The planner's modules are compiled before, as installing them does.
    """
    compileall.compile_dir(Path(__file__).parents[2] / "planner", quiet=1)
    wall, cpu = time.perf_counter(), cpu_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "planner", "run", str(case), "--out", str(out), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {"cpu in all": cpu_seconds() - cpu, "wall in all": time.perf_counter() - wall}
    result = json.loads(done.stdout)
    return {**result["seconds"], **found, "proven": float(result["status"] == "optimal")}


def main() -> None:
    """Print the measurement that the command line asks for."""
    what, *arguments = sys.argv[1:]
    found = {
        "build": lambda: build(arguments[0], Path(arguments[1])),
        "optimum": lambda: {
            "objective": optimum(arguments[0], RIVALS[arguments[0]](load(Path(arguments[1]))))
        },
        "ours": lambda: ours(Path(arguments[0]), arguments[1] == "hubs"),
        "solve": lambda: solve(Path(arguments[0]), arguments[1], float(arguments[2])),
        "run": lambda: run(Path(arguments[0]), Path(arguments[1])),
    }[what]()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
