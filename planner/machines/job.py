"""A job: what many questions share, how to make it ready once, and how to answer one of them."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any


class WorkerLost(RuntimeError):
    """A worker ended before it had answered, or the cluster is gone; the message says how, and what
    to do."""


@dataclass(frozen=True)
class Job:
    """What every worker is sent once, however many questions follow."""

    opened: Callable[[Any, bool], Any]
    """Makes of the base a state that questions are asked of; its second argument says whether it is
    the user's own process, in which Ctrl-C must stop a solve.  A function of a module, as workers
    import it by its name."""
    answer: Callable[[Any, Any], Any]
    """Answers a question put to a state; neither the questions before it nor where it is done may
    change the answer.  A function of a module."""
    base: Any
    """What the state is made of; can be pickled."""

    @cached_property
    def packed(self) -> bytes:
        """The job as it travels."""
        return pickle.dumps((self.opened, self.answer, self.base), pickle.HIGHEST_PROTOCOL)

    @cached_property
    def digest(self) -> str:
        """What a worker that has the job knows it by."""
        return hashlib.sha256(self.packed).hexdigest()


def unpacked(packed: bytes) -> Job:
    """Return the job that travelled."""
    return Job(*pickle.loads(packed))
