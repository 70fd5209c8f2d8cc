"""How large a generated case is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each thing a generated case has."""

    chips: int
    sites: int
    workloads: int
    milestones: int
    periods: int
    """Quarters."""
    slices: int

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for counts too small to make a case of."""
        least = {"chips": 4, "sites": 2, "workloads": 1, "milestones": 1, "periods": 6, "slices": 1}
        for name, count in least.items():
            if getattr(self, name) < count:
                raise ValueError(
                    f"a generated case needs at least {count} {name}, not {getattr(self, name)}"
                )


SIZES: Final = {
    "small": Size(chips=8, sites=6, workloads=12, milestones=4, periods=8, slices=2),
    "medium": Size(chips=16, sites=12, workloads=24, milestones=10, periods=16, slices=3),
    "large": Size(chips=36, sites=24, workloads=58, milestones=24, periods=20, slices=4),
    "xl": Size(chips=48, sites=36, workloads=96, milestones=40, periods=28, slices=4),
}
"""``small`` has thousands of columns, ``medium`` about 80 thousand, ``large`` about 1.1 million,
``xl`` about 5 million."""
