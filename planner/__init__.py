"""Plans which AI chips to buy, lease or rent, where and when, and what they work on, at the lowest
total cost of ownership.

The public face: ``read_case`` reads and checks a case folder, ``run`` makes and proves a plan and
writes its run folder, ``Plan`` is the plan itself.  Importing ``planner`` costs nothing: each name
is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

__all__ = ["Plan", "__version__", "read_case", "run"]

_HOME = {"read_case": "planner.case.load", "run": "planner.pipeline", "Plan": "planner.plan.plan"}

if TYPE_CHECKING:
    from planner.case.load import read_case
    from planner.pipeline import run
    from planner.plan.plan import Plan


def __getattr__(name: str) -> Any:
    """Load one public name from its module; raises ``AttributeError`` for any other."""
    if name not in _HOME:
        raise AttributeError(
            f"module 'planner' has no attribute {name!r}; it offers {', '.join(sorted(__all__))}"
        )
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
