"""Workers: processes of our own that each hold a case's program live and answer variants of it,
side by side.

Threads would not do: HiGHS gives up Python's lock only while it solves, and half of a variant's
time is ours.  A worker is sent the case and the basis of its optimum once, and of every variant
what differs, as pickles through its standard input; its answers come back the same way.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import IO, Any, Final

import numpy as np

from planner.case.case import Case
from planner.lp.basis import Basis
from planner.lp.solution import Solution
from planner.lp.watch import TELL_SECONDS
from planner.model import Formulation
from planner.model.lots import NEW
from planner.model.rewrite import changed_tables
from planner.runs.read import RunError
from planner.study.live import Live, open_case

CHIPS_SHOWN: Final = 1e-3
"""Fewer chips than these are noise of the solver."""
LAST_SECONDS: Final = 5.0
"""So long a worker with nothing left to do may take to end by itself."""
ALONE: Final = {"OPENBLAS_NUM_THREADS": "1"}
"""No threads for numpy in a worker: they wait for work at full speed, on the processor of another
worker."""
COMMAND: Final = (
    "import sys; sys.path[:] = {path!r}; from planner.study.workers import work; work()"
)


class WorkerLost(RuntimeError):
    """A worker ended before it had answered; the message says how, and what to do."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a variant comes to: NaN and no chips where there is no plan."""

    status: str
    objective: float
    """USD."""
    chips: tuple[tuple[str, float], ...]
    """Chips by type ordered in the first period, most first."""
    seconds: float
    """Wall-clock seconds for formulating and solving."""


def result_of(live: Live, case: Case) -> Result:
    """Return what a variant comes to, from where the plan of the base stands."""
    begin = time.perf_counter()
    asked = live.ask(case)
    chips = first_orders(asked.formulation, asked.solution) if asked.status == "optimal" else ()
    return Result(asked.status, asked.objective, chips, time.perf_counter() - begin)


def first_orders(formulation: Formulation, solution: Solution) -> tuple[tuple[str, float], ...]:
    """Return chips by type that an answer orders in the first period, most first; what is rented by
    the hour is no order."""
    lots = formulation.lots
    now = np.flatnonzero((lots.origin == NEW) & (lots.order_period == 0))
    chips = np.bincount(
        lots.chip[now],
        weights=solution.x[formulation.holding.order[now]],
        minlength=len(formulation.index.axes["chip"]),
    )
    chips = np.where(chips > CHIPS_SHOWN, chips, 0.0)
    return tuple(
        (str(formulation.index.axes["chip"][c]), float(chips[c]))
        for c in np.argsort(-chips, kind="stable")
        if chips[c] > 0.0
    )


@contextlib.contextmanager
def started(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start workers, which get ready while the caller does something else; at the end, whatever it
    is, none is left."""
    command = [sys.executable, "-c", COMMAND.format(path=sys.path)]
    workers: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            # a session of its own: Ctrl-C is for us, who end them; one at a time, so that those
            # started before a failure end too
            workers.append(  # noqa: PERF401
                subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                    env=os.environ | ALONE,
                )
            )
        yield workers
        for worker in workers:
            if worker.stdin is not None:
                worker.stdin.close()
        for worker in workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(LAST_SECONDS)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # what it had not read yet
                        pipe.close()


def ask_all(
    workers: Sequence[subprocess.Popen[bytes]],
    base: Case,
    basis: Basis | None,
    cases: Iterable[Case],
    progress: Callable[[int], None] | None = None,
) -> tuple[float, list[Result]]:
    """Return the cost of the base, USD, and what variants come to, in their order; how many workers
    there are changes no answer.

    Variants are handed out as they come, while the next is being made; when all are there the
    calling process works on them as well.

    Args:
        workers: of ``started``; may be none.
        base: the case they vary.
        basis: of its optimum, if known.
        cases: the variants, made one by one.
        progress: called after every variant, and several times a second in between, with how many
            are done.

    Raises:
        RunError: where the base has no optimal plan.
        WorkerLost: where a worker ended early.
        MemoryError: where one has not enough.
        RuntimeError: where one failed, with what it told.
        KeyboardInterrupt: after the solver of this process has been stopped cleanly.
    """
    found: dict[int, Result] = {}
    failures: list[BaseException] = []
    waiting: SimpleQueue[tuple[int, Case] | None] = SimpleQueue()

    def feed(worker: subprocess.Popen[bytes]) -> None:
        try:
            _exchange(worker, (base, basis))
            while not failures and (given := waiting.get()) is not None:
                found[given[0]] = _exchange(worker, _difference(given[1], base))
        except BaseException as failure:  # carried over to the calling thread
            failures.append(failure)

    def tell() -> None:
        if failures:
            raise failures[0]
        if progress is not None:
            progress(len(found))

    feeders = [threading.Thread(target=feed, args=(worker,), daemon=True) for worker in workers]
    for feeder in feeders:
        feeder.start()
    for given in enumerate(cases):
        waiting.put(given)
        tell()
    for _ in (*workers, None):
        waiting.put(None)
    live = open_case(base, basis, threads=1)
    while (mine := waiting.get()) is not None:
        found[mine[0]] = result_of(live, mine[1])
        tell()
    for feeder in feeders:
        while feeder.is_alive() and not failures:
            feeder.join(TELL_SECONDS)
            tell()
    tell()
    return live.solution.objective, [found[at] for at in range(len(found))]


def _difference(case: Case, base: Case) -> tuple[Any, ...]:
    """Return what a worker needs to make a variant of the base."""
    return (
        case.settings,
        case.calendar,
        {name: case.tables[name] for name in changed_tables(case, base)},
    )


def _exchange(worker: subprocess.Popen[bytes], question: Any) -> Any:
    """Send a worker a question and return its answer; raise what it raised."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        pickle.dump(question, worker.stdin, pickle.HIGHEST_PROTOCOL)
        worker.stdin.flush()
        reply = pickle.load(worker.stdout)
    except (OSError, EOFError, pickle.UnpicklingError):
        code = worker.wait()
        how = (
            f"ended by signal {-code}, perhaps for want of memory"
            if code < 0
            else f"ended with exit code {code}"
        )
        raise WorkerLost(
            f"a process of the sweep {how}\nNext: the same command with --threads 1"
        ) from None
    if isinstance(reply, BaseException):
        raise reply
    return reply


def work() -> None:
    """Be a worker: answer what comes from standard input until it ends.  What anything else prints
    goes to standard error."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(EOFError, BrokenPipeError):
        live: Live | None = None
        while True:
            question = pickle.load(source)
            try:
                if live is None:
                    case, basis = question
                    live = open_case(case, basis, threads=1)
                    live.model.watched = False  # nobody stops a single solve here
                    reply: Any = live.solution.objective
                else:
                    reply = result_of(live, _variant(live.case, *question))
            except (RunError, MemoryError) as error:
                reply = error
            except Exception:  # some cannot be sent as they are
                reply = RuntimeError(traceback.format_exc())
            _send(sink, reply)


def _send(sink: IO[bytes], reply: Any) -> None:
    pickle.dump(reply, sink, pickle.HIGHEST_PROTOCOL)
    sink.flush()


def _variant(base: Case, settings: Any, calendar: Any, tables: dict[str, Any]) -> Case:
    """Return the variant of a worker's own base: what is the same object stays the same object, as
    ``rewrite`` needs it."""
    return dataclasses.replace(
        base, settings=settings, calendar=calendar, tables={**base.tables, **tables}
    )
