"""HiGHS as it is installed: the algorithms it has, and its pool of threads."""

from __future__ import annotations

import threading

import highspy

_POOL = threading.local()
"""``threads`` of HiGHS's pool, which each thread of ours has one of."""


def settle_pool(threads: int) -> None:
    """Make HiGHS's thread pool fit: a run with another number of threads than the last one of the
    same thread of ours is refused."""
    if threads != getattr(_POOL, "threads", None):
        highspy.Highs.resetGlobalScheduler(True)
        _POOL.threads = threads


def has_algorithm(name: str) -> bool:
    """Return whether this HiGHS has an algorithm: some come with packages of their own."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    return bool(highs.setOptionValue("solver", name) != highspy.HighsStatus.kError)
