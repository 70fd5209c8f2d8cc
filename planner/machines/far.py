"""What a worker of a cluster does: it keeps the jobs that were brought and answers questions.

A job comes once to every worker, also to one that joins later or is started in the place of
another; each of its threads opens a job for itself, as a live model is nothing that two threads can
share.
"""

from __future__ import annotations

import pickle
import threading
from typing import Any, Final

from distributed import WorkerPlugin

from planner.machines.job import WorkerLost, unpacked
from planner.machines.processes import sendable
from planner.machines.versions import differences, versions

_PACKED: Final[dict[str, bytes]] = {}
"""By digest, the jobs that were brought."""
_OPEN: Final = threading.local()
"""By thread, the job that is open, its digest and its state."""


class Bring(WorkerPlugin):
    """Brings a job to every worker there is and will be."""

    def __init__(self, digest: str, packed: bytes) -> None:
        self.name = name_of(digest)
        self.digest, self.packed = digest, packed

    def setup(self, worker: Any) -> None:
        """Keep the job."""
        _PACKED[self.digest] = self.packed

    def teardown(self, worker: Any) -> None:
        """Forget it."""
        _PACKED.pop(self.digest, None)


def name_of(digest: str) -> str:
    """Return what the scheduler calls the bringing of a job."""
    return f"planner-{digest}"


def answered(digest: str, made_with: tuple[tuple[str, str], ...], question: bytes) -> bytes:
    """Return the answer to a question, or the error that it raised, as a pickle."""
    try:
        return pickle.dumps((True, _answer(digest, made_with, question)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((False, sendable(error)), pickle.HIGHEST_PROTOCOL)


def _answer(digest: str, made_with: tuple[tuple[str, str], ...], question: bytes) -> Any:
    if wrong := differences(made_with, versions()):
        raise WorkerLost(
            f"a worker of the cluster would answer otherwise: {wrong}\n"
            "Next: install the same versions on every machine of the cluster"
        )
    if getattr(_OPEN, "digest", None) != digest:
        _OPEN.digest = _OPEN.job = _OPEN.state = None  # what was open goes first
        job = unpacked(_PACKED[digest])
        _OPEN.job, _OPEN.state = job, job.opened(job.base, False)
        _OPEN.digest = digest
    return _OPEN.job.answer(_OPEN.state, pickle.loads(question))
