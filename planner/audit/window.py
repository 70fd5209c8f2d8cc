"""Windows: the periods that the inputs name for a budget or a policy."""

from __future__ import annotations

import numpy as np

from planner.audit.facts import Bools, Facts


def window(facts: Facts, name: str) -> Bools:
    """Return the periods of the plan that a period's label, a fiscal year (FY2027) or a blank (all)
    covers, (T,)."""
    if name == "":
        return np.ones(facts.T, bool)
    if name.startswith("FY"):
        return np.array(
            [facts.case.calendar.fiscal_year(t) == int(name[2:]) for t in range(facts.T)]
        )
    return np.array([facts.label(t) == name for t in range(facts.T)])


def told_window(facts: Facts, name: str) -> Bools | None:
    """Return the periods of a window that a file names, (T,); None where it names none of the
    plan."""
    try:
        mask = window(facts, name)
    except ValueError:
        return None
    return mask if mask.any() and name != "" else None
