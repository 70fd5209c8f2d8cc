"""The one interface to everything with many solves, and which of them a user's words choose."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol

from planner.machines.job import Job
from planner.machines.processes import Processes
from planner.machines.serial import Serial

ADDRESS: Final = re.compile(r"(tcp|tls|ws|wss)://.+:\d+|local:[1-9]\d{0,3}")
ADDRESS_WORDS: Final = "local:NUMBER or the address of a scheduler, such as tcp://10.0.0.7:8786"


class Executor(Protocol):
    """Something that answers questions; entered before its first job, left after its last."""

    def each(
        self, job: Job, questions: Iterable[Any], tick: Callable[[], None]
    ) -> Iterator[tuple[int, Any]]:
        """Yield the number of a question and its answer, in the order in which they are known.

        Args:
            job: what the questions share.
            questions: taken one by one while others are being answered; each can be pickled.
            tick: called several times a second in between.

        Raises:
            WorkerLost: where what answers them is gone, and trying again did not help.
            Exception: whatever a question raises where it is answered.
        """
        ...


def nothing() -> None:
    """Do nothing while an answer is waited for."""


@contextlib.contextmanager
def executor(count: int = 1, cluster: str | None = None) -> Iterator[Executor]:
    """Enter the executor that a command asks for.

    Args:
        count: how many questions may be answered at the same time on this machine.
        cluster: where the user asks for one, ``local:NUMBER`` or the address of a scheduler.

    Raises:
        WorkerLost: where there is no such cluster.
    """
    if cluster is not None:
        from planner.machines.cluster import Cluster

        with Cluster(cluster) as there:
            yield there
    elif count > 1:
        with Processes(count) as here:
            yield here
    else:
        yield Serial()


def ask(
    where: Executor,
    job: Job,
    questions: Iterable[Any],
    tick: Callable[[], None] = nothing,
) -> list[Any]:
    """Return the answers to questions in their order."""
    found = dict(where.each(job, questions, tick))
    return [found[at] for at in range(len(found))]
