"""Nothing of that name: what is said of something that the case does not have, with what there
is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from planner.case.tables import TABLE
from planner.runs.read import RunError
from planner.words import printable

MOST: Final = 12
"""Names that are told; more are counted."""


def no_such(what: str, table: str, names: Sequence[str], figure: str = "") -> RunError:
    """Return the refusal of a question about something that is not there.

    Args:
        what: what was asked about, such as ``row iowa 2028Q1 in power.csv``.
        table: the table of the case that would have it.
        names: what there is.
        figure: column that states what was asked about, where it need not be filled in.
    """
    if names:
        more = f" and {len(names) - MOST:,} more" if len(names) > MOST else ""
        shown = ", ".join(map(printable, names[:MOST]))
        return RunError(f"there is no {what}; there are {shown}{more}")
    file = TABLE[table].path
    needed = (column.name for column in TABLE[table].columns if column.required)
    columns = ", ".join(dict.fromkeys((*TABLE[table].key, *needed, *((figure,) if figure else ()))))
    return RunError(
        f"there is no {what}: the case has no {file}, or no row in it. Next: write {file} beside "
        f"case.yaml with at least the columns {columns} (inputs/README.md has them all), and run "
        "again"
    )
