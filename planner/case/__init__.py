"""What goes in: tables, calendar, settings, checks.  ``read_case`` is loaded when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.case.load import read_case
    from planner.case.problems import CaseError, Problem

__all__ = ["Case", "CaseError", "Problem", "read_case"]

_HOME = {"Case": "case", "CaseError": "problems", "Problem": "problems", "read_case": "load"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
