"""A case to start from, written from the reference library: every figure typed in with its source,
and the places that only its owner knows marked ``REQUIRED``."""

from planner.start.asked import Asked, NotKnown, asked
from planner.start.write import Written, write_start

__all__ = ["Asked", "NotKnown", "Written", "asked", "write_start"]
