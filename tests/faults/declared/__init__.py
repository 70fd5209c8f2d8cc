"""Every fault, by family."""

from __future__ import annotations

import importlib

from tests.faults.fault import Fault

FILES = (
    "equations",
    "equations_of_work",
    "resolving",
    "lines",
    "told",
    "worths",
    "prices",
    "costing",
    "work",
    "page",
    "workbook",
    "whole",
)


def all_faults() -> tuple[Fault, ...]:
    """Every declared fault, in the order of its file."""
    return tuple(
        fault
        for name in FILES
        for fault in importlib.import_module(f"tests.faults.declared.{name}").FAULTS
    )
