"""A cluster of dask.distributed: one that runs somewhere, or one started here for a while.

The scheduler gives the question of a worker that is lost to another one; three workers lost with
the same question end the job.  Where the scheduler itself is gone, so are the answers that were
under way, and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from queue import Empty, SimpleQueue
from typing import Any, Final, Self

from planner.machines.job import Job, WorkerLost
from planner.machines.processes import TELL_SECONDS
from planner.machines.versions import versions

CONNECT_SECONDS: Final = 10.0
"""How long the scheduler may take to answer, first and after the connection broke."""
UNDER_WAY: Final = 256
"""Questions that the scheduler holds at a time; the next is made when one is answered."""
LOCAL: Final = "local:"
WITHOUT: Final = (
    "--cluster needs dask.distributed, which is not installed\n"
    "Next: pip install 'compute-capacity-planner[cluster]'"
)


class Cluster:
    """A connection to a scheduler, from when it is entered to when it is left."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._closing = contextlib.ExitStack()
        self._client: Any = None
        self._brought: set[str] = set()

    def __enter__(self) -> Self:
        try:
            import distributed
        except ImportError:
            raise WorkerLost(WITHOUT) from None
        # a lost worker is no news for the user: its question is answered by another one
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        with contextlib.ExitStack() as closing:
            address: Any = self._address
            if address.startswith(LOCAL):
                address = closing.enter_context(
                    distributed.LocalCluster(
                        n_workers=int(address.removeprefix(LOCAL)),
                        threads_per_worker=1,
                        memory_limit=None,
                        dashboard_address="127.0.0.1:0",
                        silence_logs=logging.CRITICAL,
                    )
                )
            try:
                self._client = closing.enter_context(
                    distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
                )
            except (OSError, ValueError) as error:
                raise self._gone(f"does not answer ({error})") from None
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *what: object) -> None:
        with contextlib.suppress(Exception):  # whoever is gone need not be told
            for name in self._brought if self._client.status == "running" else ():
                self._client.unregister_worker_plugin(name)
        with contextlib.suppress(OSError, TimeoutError, RuntimeError, asyncio.CancelledError):
            self._closing.close()

    def each(
        self, job: Job, questions: Iterable[Any], tick: Callable[[], None]
    ) -> Iterator[tuple[int, Any]]:
        """See ``Executor``."""
        self._bring(job)
        done: SimpleQueue[Any] = SimpleQueue()
        waiting: dict[str, tuple[int, Any]] = {}
        coming, more, this = enumerate(questions), True, uuid.uuid4().hex
        try:
            while more or waiting:
                while more and len(waiting) < UNDER_WAY and done.empty():
                    given = next(coming, None)
                    if given is None:
                        more = False
                        break
                    future = self._submit(job, given[1], f"planner-{this}-{given[0]}")
                    waiting[future.key] = given[0], future
                    future.add_done_callback(done.put)
                    tick()
                with contextlib.suppress(Empty):
                    future = done.get(timeout=TELL_SECONDS if waiting else 0.0)
                    at, _ = waiting.pop(future.key)
                    yield at, self._result(future)
                tick()
                self._check()
        finally:
            if waiting and self._client.status == "running":
                with contextlib.suppress(Exception):
                    self._client.cancel([future for _, future in waiting.values()], force=True)

    def _bring(self, job: Job) -> None:
        from planner.machines.far import Bring, name_of

        if (name := name_of(job.digest)) in self._brought:
            return
        with self._told():
            self._client.register_plugin(Bring(job.digest, job.packed))
        self._brought.add(name)

    def _submit(self, job: Job, question: Any, key: str) -> Any:
        from planner.machines.far import answered

        packed = pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
        with self._told():
            return self._client.submit(
                answered, job.digest, versions(), packed, key=key, pure=False
            )

    def _result(self, future: Any) -> Any:
        from distributed import KilledWorker

        try:
            with self._told():
                fine, reply = pickle.loads(future.result(timeout=CONNECT_SECONDS))
        except KilledWorker:
            raise WorkerLost(
                "a question ended every worker of the cluster that it was given to, perhaps for "
                "want of memory\nNext: fewer workers a machine, then the same command with --resume"
            ) from None
        if not fine:
            raise reply
        return reply

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Say in words that the cluster is gone: its futures may be cancelled before the client
        knows why."""
        try:
            yield
        except (OSError, TimeoutError, asyncio.CancelledError, CancelledError) as error:
            raise self._gone(f"is gone ({type(error).__name__})") from None

    def _check(self) -> None:
        """Raise where the scheduler is gone and does not come back."""
        if self._client.status == "running":
            return
        begun = time.monotonic()
        while self._client.status == "connecting" and time.monotonic() < begun + CONNECT_SECONDS:
            time.sleep(TELL_SECONDS)
        raise self._gone("is gone, and with it what it was answering")

    def _gone(self, how: str) -> WorkerLost:
        return WorkerLost(
            f"the scheduler {self._address} {how}; what was answered is kept\n"
            "Next: start it again, then the same command with --resume"
        )
