"""What goes in: tables, calendar, settings, checks.  ``read_case`` is loaded when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.case.case import Case, read_case
    from planner.case.problems import CaseError, Problem

__all__ = ["Case", "CaseError", "Problem", "read_case"]


def __getattr__(name: str) -> Any:
    if name in ("Case", "read_case"):
        from planner.case import case

        return getattr(case, name)
    if name in ("CaseError", "Problem"):
        from planner.case import problems

        return getattr(problems, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
