"""A chart of the page: a drawing, and the figures behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and, for those who want or need them as text, its figures."""

    title: str
    svg: str
    legend: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    narrow: str = ""
    """The same drawing for a narrow screen; blank: the one there is will do."""
    by_period: Chart | None = None
    """The same by period, where the drawing is by year; shown when it is asked for."""
    picture: bool = False
    """Whether it is a picture among others of its kind, its figures in a table elsewhere."""
