"""Processes of our own on this machine, each with the job open, that answer side by side.

Threads would not do: HiGHS gives up Python's lock only while it solves, and half of a question's
time is ours.  A worker is sent the job once and then the questions, as pickles through its standard
input; its answers come back the same way.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import IO, Any, Final, Self

from planner.machines.job import Job, WorkerLost, unpacked

TELL_SECONDS: Final = 0.2
"""How often somebody who waits is told that it goes on."""
LAST_SECONDS: Final = 5.0
"""So long a worker with nothing left to do may take to end by itself."""
TRIES: Final = 3
"""So many workers a question may cost before it is given up: the first may have been killed by
anybody, the third was killed by the question."""
ALONE: Final = {"OPENBLAS_NUM_THREADS": "1"}
"""No threads for numpy in a worker: they wait for work at full speed, on the processor of another
worker."""
COMMAND: Final = (
    "import sys; sys.path[:] = {path!r}; from planner.machines.processes import work; work()"
)


class Worker:
    """A process, and the job that it has open."""

    def __init__(self) -> None:
        self.has = ""
        # a session of its own: Ctrl-C is for us, who end it
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=os.environ | ALONE,
        )

    def ask(self, job: Job, question: Any) -> Any:
        """Return the answer to a question; the job goes first where the worker has another."""
        if self.has != job.digest:
            self._exchange(job.packed)
            self.has = job.digest
        return self._exchange(question)

    def _exchange(self, question: Any) -> Any:
        """Send something and return what comes back; raise what it raised."""
        source, sink = self.process.stdout, self.process.stdin
        assert source is not None and sink is not None
        try:
            pickle.dump(question, sink, pickle.HIGHEST_PROTOCOL)
            sink.flush()
            reply = pickle.load(source)
        except (OSError, EOFError, pickle.UnpicklingError):
            code = self.process.wait()
            how = (
                f"ended by signal {-code}, perhaps for want of memory"
                if code < 0
                else f"ended with exit code {code}"
            )
            raise WorkerLost(
                f"a process {how}, and so did the {TRIES - 1} that were started in its place\n"
                "Next: the same command with --threads 1"
            ) from None
        if isinstance(reply, BaseException):
            raise reply
        return reply

    def close(self) -> None:
        """Tell it that nothing more comes."""
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it had not read yet
                    pipe.close()


class Processes:
    """So many at a time: this process and, from when it is entered, workers that get ready while
    the caller does something else; when it is left, however it is, none is there any more."""

    def __init__(self, count: int) -> None:
        self._count = count - 1
        self._workers: list[Worker] = []
        self._changing = threading.Lock()
        self._ended = False

    def __enter__(self) -> Self:
        try:
            for _ in range(self._count):
                self._workers.append(Worker())  # those started before a failure end too
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            for worker in self._workers:
                worker.close()
            for worker in self._workers:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    worker.process.wait(LAST_SECONDS)
        self._end()

    def _end(self) -> None:
        with self._changing:
            self._ended = True  # none is started in the place of those that end now
            for worker in self._workers:
                worker.end()

    def each(
        self, job: Job, questions: Iterable[Any], tick: Callable[[], None]
    ) -> Iterator[tuple[int, Any]]:
        """See ``Executor``.  Questions are handed out as they come, while the next is being made;
        when all are there the calling process answers as well."""
        waiting: SimpleQueue[tuple[int, Any] | None] = SimpleQueue()
        found: SimpleQueue[tuple[int, Any] | BaseException] = SimpleQueue()
        stopped = threading.Event()

        def feed(at: int) -> None:
            try:
                while (given := waiting.get()) is not None and not stopped.is_set():
                    found.put((given[0], self._asked(at, job, given[1])))
            except BaseException as failure:  # carried over to the calling thread
                found.put(failure)

        def ready(seconds: float = 0.0) -> Iterator[tuple[int, Any]]:
            with contextlib.suppress(Empty):
                while True:
                    one = found.get(timeout=seconds) if seconds else found.get_nowait()
                    if isinstance(one, BaseException):
                        raise one
                    yield one
                    seconds = 0.0

        feeders = [
            threading.Thread(target=feed, args=(at,), daemon=True)
            for at in range(len(self._workers))
        ]
        for feeder in feeders:
            feeder.start()
        asked = told = 0
        state: Any = None
        try:
            for given in enumerate(questions):
                waiting.put(given)
                asked += 1
                for one in ready():
                    told += 1
                    yield one
                tick()
            for _ in (*feeders, None):
                waiting.put(None)
            while (mine := waiting.get()) is not None:
                state = job.opened(job.base, True) if state is None else state
                found.put((mine[0], job.answer(state, mine[1])))
                for one in ready():
                    told += 1
                    yield one
                tick()
            while told < asked:
                for one in ready(TELL_SECONDS):
                    told += 1
                    yield one
                tick()
        finally:
            stopped.set()
            for _ in feeders:
                waiting.put(None)

    def _asked(self, at: int, job: Job, question: Any) -> Any:
        """The answer of a worker; where it is lost, of one that is started in its place."""
        for left in reversed(range(TRIES)):
            try:
                return self._workers[at].ask(job, question)
            except WorkerLost:
                with self._changing:
                    if not left or self._ended:
                        raise
                    self._workers[at].end()
                    self._workers[at] = Worker()
        raise AssertionError  # the last try returns or raises


def work() -> None:
    """Be a worker: open the jobs and answer the questions that come from standard input until it
    ends.  What anything else prints goes to standard error."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    job: Job | None = None
    state: Any = None
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            question = pickle.load(source)
            try:
                if isinstance(question, bytes):  # no question is bytes, see Job
                    job, state = None, None  # what was open goes before the next is opened
                    job = unpacked(question)
                    state = job.opened(job.base, False)
                    reply: Any = True
                else:
                    assert job is not None
                    reply = job.answer(state, question)
            except Exception as error:
                reply = sendable(error)
            send(sink, reply)


def sendable(error: Exception) -> Exception:
    """Return an error as it can be sent: itself where a copy of it is one, else its words."""
    try:
        copy = pickle.loads(pickle.dumps(error))
        if type(copy) is type(error) and str(copy) == str(error) and not _of_ours(error):
            return error
    except Exception:  # some cannot be
        pass
    return RuntimeError("".join(traceback.format_exception(error)))


def _of_ours(error: Exception) -> bool:
    """Whether it is a fault of the program, whose place must be told and is lost on the way."""
    return isinstance(error, (LookupError, TypeError, ValueError, AttributeError, AssertionError))


def send(sink: IO[bytes], reply: Any) -> None:
    """Send a reply."""
    pickle.dump(reply, sink, pickle.HIGHEST_PROTOCOL)
    sink.flush()
