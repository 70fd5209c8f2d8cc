"""HiGHS keeps a pool of threads for each thread of ours, as large as that first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from planner.lp.highs import solve
from tests.lp.test_lp import bakery


def in_a_thread(work: Callable[[], None]) -> None:
    """Do work in a thread of its own; raise here what it raises."""
    failures: list[BaseException] = []

    def carried() -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=carried)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def at(threads: int) -> None:
    assert solve(bakery(), threads=threads).objective == pytest.approx(-24.8)


def test_each_thread_may_change_how_many_it_uses() -> None:
    """Another thread's change is not ours: with one number for all, the third was refused."""
    at(1)
    in_a_thread(lambda: at(2))
    at(2)
    at(1)


def test_threads_of_different_sizes_take_turns() -> None:
    turn, order = threading.Barrier(2, timeout=60), []

    def work(sizes: tuple[int, ...]) -> None:
        for size in sizes:
            turn.wait()
            at(size)
            order.append(size)

    others = threading.Thread(target=work, args=((2, 1, 2),))
    others.start()
    work((1, 2, 1))
    others.join()
    assert len(order) == 6
