"""Windows: the periods and fiscal years that budgets and limits hold in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.periods import Calendar
from planner.case.problems import Place, Problem, error
from planner.case.tables import TABLE
from planner.case.text import CAP


def windows_as_text(tables: dict[str, pd.DataFrame], calendar: Calendar) -> list[Problem]:
    """Write the windows of budgets and limits as a period's label, ``FY2027`` or nothing."""
    problems = []
    for name in ("budgets", "limits"):
        frame = tables[name]
        words = []
        for text, file, row in zip(frame["period"], frame["_file"], frame["_row"], strict=True):
            year = text.upper().removeprefix("FY")
            if text == "":
                words.append("")
            elif (calendar.frequency != "year" and year.isdigit() and len(year) == 4) or (
                text.upper().startswith("FY") and year.isdigit() and len(year) == 4
            ):
                words.append(f"FY{year}")
            else:
                try:
                    words.append(calendar.label(calendar.parse(text)))
                except ValueError as reason:
                    problems.append(
                        error(
                            "bad-period",
                            Place(file, int(row), "period"),
                            text,
                            f"{reason}; a fiscal year FY2027",
                            "correct the period",
                        )
                    )
                    words.append("")
        tables[name] = frame.assign(period=np.array(words, dtype=object))
        key = list(TABLE[name].key)
        twice = tables[name].duplicated(key)
        for i in np.flatnonzero(twice.to_numpy())[:CAP]:
            entry = tables[name].iloc[i]
            problems.append(
                error(
                    "duplicate-key",
                    Place(entry["_file"], int(entry["_row"]), "; ".join(key)),
                    " ".join(str(entry[k]) for k in key),
                    "is given twice",
                    "keep one of the rows",
                )
            )
        tables[name] = tables[name].sort_values(key, ignore_index=True)
    return problems
