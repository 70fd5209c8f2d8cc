"""Bands: how wrong rows of each kind were against measured results that they had not seen.

``python -m planner.sizing.check`` repeats the comparison; inputs/THROUGHPUT.md has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.sizing.asked import How

BAND: Final[Mapping[How, tuple[float, float]]] = {
    "kernels": (0.35, 1.4),
    "measured": (0.4, 2.0),
    "roofline": (0.3, 3.0),
}
"""Measured over row, a tenth of the results below and a tenth above."""
