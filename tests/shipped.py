"""Shipped cases with everything divisible: for what is asked of a linear program, and for what does
not need whole plans and would wait for them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

INPUTS: Final = Path(__file__).parents[1] / "inputs"
DIVISIBLE: Final = ("case.whole=no",)
"""Overrides that make a case so."""


def divisible(name: str, folder: Path) -> Path:
    """Write a shipped case into ``folder``, by its name, as one that is divisible of itself: no
    what-if; returns where."""
    case = Path(shutil.copytree(INPUTS / name, folder / name))
    settings = case / "case.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "whole: no\n", encoding="utf-8")
    return case
