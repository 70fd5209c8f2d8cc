"""History: what stays of every plan that was rolled, in the case that comes after it.

``history/<start>/`` holds the approved plan of the quarter that began then, as its run wrote it,
and ``history/<start>/actuals/`` what then happened: with them the next cases know what was
planned, when, and how well.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from planner.case.folder import HISTORY
from planner.runs.folder import APPROVAL
from planner.runs.read import MANIFEST_FILE, PLAN_FILE

ACTUALS: Final = "actuals"
KEPT: Final = (
    PLAN_FILE,
    MANIFEST_FILE,
    APPROVAL,
    "buy_plan.csv",
    "fleet.csv",
    "demand_coverage.csv",
    "milestones.csv",
    "power.csv",
    "costs.csv",
)
"""Files of a run that are kept: enough to lay later plans and what happened beside it."""


def keep(run: Path, start: str, case: Path, actuals: Path | None = None) -> None:
    """Copy what is kept of a run into the case that comes after it.

    Args:
        run: the run folder.
        start: first period of its plan.
        case: the new case folder, in which the history of earlier plans stands already.
        actuals: the folder of what happened, where it is told.
    """
    target = case / HISTORY / start
    target.mkdir(parents=True)
    for name in KEPT:
        if (run / name).is_file():
            shutil.copyfile(run / name, target / name)
    if actuals is not None:
        shutil.copytree(actuals, target / ACTUALS)
