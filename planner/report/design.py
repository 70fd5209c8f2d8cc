"""Design: the colours, type and spacing that the page, the workbook and the served page share.

Contrast against the paper they stand on is checked by ``tests/report/test_design.py``: text at
least 4.5 to 1, marks of a drawing at least 3 to 1 (WCAG 2.1, AA).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SERIES: Final = (
    ("#1F6FB5", "#5AA9EA"),  # blue
    ("#C77400", "#EDA83C"),  # amber
    ("#0E8A67", "#37BF96"),  # green
    ("#B5538E", "#DE92BF"),  # pink
    ("#3E97C4", "#8ED2F3"),  # sky
    ("#C5481C", "#F2854F"),  # vermilion
    ("#7A5CB0", "#B59CE2"),  # violet
    ("#8B8010", "#D2C65C"),  # olive
    ("#7A8493", "#8D98A7"),  # grey: all others, what is idle
)
"""Colours of series, on light and on dark paper: told apart by the colour-blind too (after Okabe
and Ito, each dark enough to stand on its paper)."""
ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "paper": ("#FFFFFF", "#12171E"),
    "panel": ("#F5F7FA", "#1A212B"),
    "ink": ("#1B2430", "#E6EBF2"),
    "soft": ("#525D6E", "#A6B1C0"),
    "line": ("#D9DEE6", "#313A46"),
    "accent": ("#0B5CAD", "#6CB4F5"),
    "warn": ("#A13A00", "#FFA869"),
    "warnpaper": ("#FFF3EA", "#33210F"),
    "good": ("#0A6B50", "#4FCBA2"),
    "goodpaper": ("#EAF6F1", "#10291F"),
    "heat": ("#1F6FB5", "#4C9BDD"),
    "bind": ("#C14400", "#FF9A57"),
    "up": ("#C14400", "#EE7A33"),
    "down": ("#0A7A5B", "#37BF96"),
}
"""What a colour is for -> on light and on dark paper."""
PAPER: Final[Mapping[str, str]] = {
    "paper": "#FFFFFF",
    "panel": "#F3F4F6",
    "ink": "#000000",
    "soft": "#40454D",
    "line": "#B9BFC8",
    "warnpaper": "#FFFFFF",
    "goodpaper": "#FFFFFF",
}
"""What is otherwise when it is printed."""
FONT: Final = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, '
    "sans-serif"
)
SHEET_FONT: Final = "Calibri"
"""Of a workbook, which knows no list of fonts."""
SIZES: Final[Mapping[str, int]] = {
    "tiny": 12,
    "small": 13,
    "body": 15,
    "lead": 17,
    "head": 22,
    "title": 34,
    "figure": 26,
}
"""Sizes of type, pixels."""
SPACES: Final[Mapping[str, int]] = {"1": 4, "2": 8, "3": 12, "4": 16, "5": 24, "6": 36, "7": 56}
"""Distances, pixels."""
ROUND: Final = 8
"""Of corners, pixels."""


def light(role: str) -> str:
    """Return the colour of a role on light paper, as ``#RRGGBB``."""
    return ROLES[role][0]


def series(count: int = len(SERIES)) -> tuple[str, ...]:
    """Return the first colours of series on light paper, as ``#RRGGBB``."""
    return tuple(on_light for on_light, _ in SERIES[:count])


def style_sheet() -> str:
    """Return the design as properties of CSS, light, dark and printed: ``--ink``, ``--c0``,
    ``--t-body``, ``--s-4``, ``--round``, ``--font``."""
    fixed = {
        "font": FONT,
        **{f"t-{name}": f"{size}px" for name, size in SIZES.items()},
        **{f"s-{name}": f"{size}px" for name, size in SPACES.items()},
        "round": f"{ROUND}px",
    }
    return (
        f":root {{ color-scheme: light dark; {_properties(fixed)}\n"
        f"  {_properties(_colours(0))} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_properties(_colours(1))} }} }}\n"
        "@media print { :root { color-scheme: light; "
        f"{_properties({**_colours(0), **PAPER})} }} }}\n"
    )


def _colours(dark: int) -> dict[str, str]:
    roles = {name: pair[dark] for name, pair in ROLES.items()}
    return {**roles, **{f"c{at}": pair[dark] for at, pair in enumerate(SERIES)}}


def _properties(values: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in values.items())
