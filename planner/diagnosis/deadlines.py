"""Deadlines: milestones that end later or train less, as changes of the inputs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.diagnosis.changes import Cells, Change, enough, written
from planner.diagnosis.ground import Ground


def milestone_changes(
    ground: Ground, part: pd.DataFrame, at: int, cells: Cells, more: float
) -> list[Change] | None:
    """A later deadline, or fewer FLOP."""
    case = ground.case
    row = case["milestones"].iloc[at]
    found: list[Change] = []
    cut = part[part["variant"] == "flop"]
    if len(cut):
        less = enough(float(cut["amount"].sum()) * more)
        left = float(row["flop"]) - less
        if left <= float(row["done_flop"]):
            return None
        if np.isfinite(row["params_b"]) and np.isfinite(row["tokens_t"]):
            found.append(
                cells.change(
                    "milestones",
                    at,
                    "tokens_t",
                    written(
                        float(
                            f"{float(row['tokens_t']) * left / float(row['flop']) * (1 - 1e-6):.9g}"
                        )
                    ),
                )
            )
        else:
            found.append(cells.change("milestones", at, "flop", written(left)))
    late = part[part["variant"] == "deadline"]
    if len(late):
        finish = int(late["period"].max()) + 1
        if finish >= case.calendar.count:
            return None
        found.append(deadline(ground, at, finish, cells))
    return found


def deadline(ground: Ground, at: int, finish: int, cells: Cells) -> Change:
    """Return the change of a milestone's deadline to the end of a period."""
    calendar = ground.case.calendar
    return cells.change(
        "milestones", at, "deadline", calendar.label(finish), old=deadline_text(ground, at)
    )


def deadline_text(ground: Ground, at: int) -> str:
    """Return a deadline as people read it: the period it ends with, or the day within it."""
    import datetime

    end, calendar = float(ground.case["milestones"].iloc[at]["deadline"]), ground.case.calendar
    t = int(np.ceil(end)) - 1
    if end == t + 1:
        return calendar.label(t)
    first, following = calendar.first_day(t), calendar.first_day(t + 1)
    return (
        first + datetime.timedelta(days=round((end - t) * (following - first).days))
    ).isoformat()
