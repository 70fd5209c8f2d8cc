"""Names: what a table says of another's rows must be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from planner.case.declare import Table
from planner.case.problems import Place, Problem, error, suggest
from planner.case.tables import TABLE, TABLES
from planner.case.text import CAP


def unknown_names(
    tables: Mapping[str, pd.DataFrame], unread: set[str], told: Iterable[Table] = TABLES
) -> list[Problem]:
    """Every name that refers to another table must be in its key; nothing is said of tables that
    could not be read.

    Args:
        tables: as read, by name.
        unread: files that could not be read.
        told: the tables whose names are looked at.
    """
    problems = []
    for table in told:
        frame = tables[table.name]
        for column in table.columns:
            if not column.refers or frame.empty:
                continue
            if any(
                file == TABLE[column.refers].path or file.endswith(f"[{column.refers}]")
                for file in unread
            ):
                continue
            known = set(tables[column.refers][TABLE[column.refers].key[0]])
            cells, row = frame[column.name].to_numpy(dtype=object), np.arange(len(frame))
            if column.type == "names":
                row, cells = (
                    np.repeat(row, [len(names) for names in cells]),
                    np.array([name for names in cells for name in names], dtype=object),
                )
            code, distinct = pd.factorize(cells)
            allowed = known | ({"", "*"} if column.type == "names" else {""})
            for i in np.flatnonzero(
                np.array([name not in allowed for name in distinct], dtype=bool)[code]
            )[:CAP]:
                hint, at = suggest(str(cells[i]), known), row[i]
                problems.append(
                    error(
                        "unknown-name",
                        Place(
                            str(frame["_file"].iloc[at]), int(frame["_row"].iloc[at]), column.name
                        ),
                        str(cells[i]),
                        f"is not in {TABLE[column.refers].path}",
                        hint or "add it there, or correct the name",
                    )
                )
    return problems
