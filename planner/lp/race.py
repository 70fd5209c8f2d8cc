"""A race: two algorithms on one program, each in a thread of its own; whichever is done first is
taken and the other stopped.

Neither the dual simplex nor interior point is the faster one on every large program, and which it
will be cannot be told beforehand. HiGHS gives up Python's lock while it runs, so on two cores the
race takes as long as the winner alone.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Final

from planner.lp.coarse import climb, coarse_model
from planner.lp.highs import Algorithm, LiveModel, Progress
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.lp.watch import TELL_SECONDS

RUNNERS: Final[tuple[Algorithm, ...]] = ("simplex", "ipx")
DECIDED: Final = ("optimal", "infeasible", "unbounded")


def race(
    program: Program,
    *,
    threads: int = 2,
    seed: int = 0,
    time_limit_s: float | None = None,
    progress: Progress | None = None,
) -> tuple[LiveModel, Solution]:
    """Solve a program by two algorithms at once.

    Args:
        program: the program.
        threads: threads HiGHS may use in all; with one, only the dual simplex runs.
        seed: random seed of both.
        time_limit_s: seconds; None = no limit.
        progress: called several times a second with where both stand, with `` | `` between.

    Returns:
        The model of the algorithm that was done first, and its solution; where both stop without a
        result, the dual simplex's.

    Raises:
        RuntimeError: where HiGHS refuses the program.
        KeyboardInterrupt: after both have been stopped cleanly.
    """
    runners = RUNNERS if threads > 1 else RUNNERS[:1]
    models = [
        LiveModel(program, threads=1, seed=seed, algorithm=algorithm) for algorithm in runners
    ]
    coarse = coarse_model(program, threads=1, seed=seed)
    solutions: list[Solution | None] = [None] * len(models)
    failures: list[BaseException] = []
    done = threading.Event()
    told = [f"{algorithm}: start" for algorithm in runners]

    def tell(at: int, text: str) -> None:
        told[at] = text

    def run(at: int) -> None:
        try:
            start = coarse if runners[at] == "simplex" else None
            solutions[at] = climb(
                models[at],
                start,
                time_limit_s=time_limit_s,
                progress=None if progress is None else partial(tell, at),
            )
            if solutions[at].status in DECIDED:  # type: ignore[union-attr]
                done.set()
        except BaseException as error:  # carried over to the calling thread
            failures.append(error)

    workers = [threading.Thread(target=run, args=(at,), daemon=True) for at in range(len(models))]
    for worker in workers:
        worker.start()
    try:
        while not done.wait(TELL_SECONDS) and any(worker.is_alive() for worker in workers):
            if progress is not None:
                progress(" | ".join(told))
    except KeyboardInterrupt:
        if progress is not None:
            progress("interrupted, the solvers end")
        raise
    finally:
        for model, solution in zip(models, solutions, strict=True):
            if (
                solution is None
            ):  # one that is done must not be stopped: it would refuse its next solve
                model.stop()
                if coarse is not None:
                    coarse.stop()
        for worker in workers:
            worker.join(30.0)
    found = [
        (model, solution)
        for model, solution in zip(models, solutions, strict=True)
        if solution is not None
    ]
    winner = next(
        ((model, solution) for model, solution in found if solution.status in DECIDED), None
    )
    if winner is None:
        if not found:
            raise failures[0]
        winner = found[0]
    return winner
