"""How an input table is declared: its columns, their types, units and ranges, and what a blank
means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ColumnType = Literal[
    "name", "names", "text", "choice", "number", "integer", "yes_no", "period", "instant", "date"
]
"""How a cell is read.

``name``: an identifier; ``names``: several, separated by ``;``, or ``*`` for all; ``text``:
anything; ``choice``: one of ``allowed``; ``yes_no``: yes or no; ``period``: a period such as 2027Q1
(an integer index relative to the start of the plan in the case, negative before it); ``instant``: a
period or a date (2027-05-15); ``date``: an ISO date, kept as text.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an input table: its type, unit, what a blank means and one sentence of help.

    ``required`` columns must be present and filled.  For the others ``default`` is the value of a
    blank cell, or ``None`` where a blank has the meaning that ``help`` states.  ``low`` and
    ``high`` are inclusive unless ``above`` is set, which excludes ``low``.  ``refers`` names the
    table whose key every entry must be found in.

    ``beside`` is what a blank is where neighbours (rows of the same group, or the other periods of
    the same thing) have an entry: an ``error`` where the figure can always be written, a
    ``warning`` where a blank may be meant, ``fine`` where a blank cannot make the plan cheaper or
    says something of its own.  Every optional figure declares it.
    """

    name: str
    type: ColumnType
    help: str
    unit: str = ""
    required: bool = False
    default: float | str | bool | None = None
    low: float | None = None
    high: float | None = None
    above: bool = False
    allowed: tuple[str, ...] = ()
    refers: str = ""
    group: str = ""
    """The group of inputs that a change of it belongs to, where that is not its table's."""
    beside: Literal["", "fine", "warning", "error"] = ""
    across: Literal["", "sum", "least", "greatest", "mean", "last"] = ""
    """What finer periods are together, of a figure by period: tokens, FLOP and chips add up, of MW
    it is the least, of prices the mean weighted by hours.  ``planner import`` reads it."""


@dataclass(frozen=True, slots=True)
class Table:
    """One input table: its key, its columns and what it means when the whole table is absent."""

    name: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    absent: str = ""
    file: str = ""
    group: str = ""
    """The group of inputs that a change of it belongs to in the bridge of ``planner diff``."""
    quick: bool = False
    """True for tables of figures from which no default of another table is made: where only these
    change, all others are as they were."""
    neighbours: tuple[str, ...] = ()
    """Columns whose equal entries make rows neighbours; with periods in the key, the rest of it."""
    past: bool = False
    """True for what was planned and happened before the plan: told, and used by no equation."""
    other_columns: bool = False
    """True where further columns are ignored: only the planner's own buy plan, read back."""

    def column(self, name: str) -> Column:
        """Return the declaration of one column; raises ``KeyError`` for a name that is not
        declared."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} declares no column {name}")

    @property
    def path(self) -> str:
        """Path of the CSV file inside the case folder."""
        return self.file or f"{self.name}.csv"

    @property
    def wide(self) -> bool:
        """Whether periods may stand as headers: the table has ``period`` in its key."""
        return "period" in self.key


MOST: Final = {
    "chips": 1e10,
    "MW": 1e9,
    "kW": 1e6,
    "TFLOP/s": 1e12,
    "FLOP": 1e36,
    "million tokens": 1e20,
    "tokens/s/chip": 1e9,
    "USD": 1e15,
    "USD/chip-hour": 1e6,
    "USD/chip": 1e10,
    "years": 1e4,
    "ratio": 1e6,
    "billion": 1e12,
    "trillion": 1e12,
}
"""Figures above these, by unit, can only be a wrong unit or a number that stands for `no limit`;
with them the solver's arithmetic proves nothing."""
MOST_PRICE: Final = 1e12
"""The same for every unit that begins with `USD/`."""


LEAST: Final = {
    "kW": 1e-6,
    "tokens/s/chip": 1e-4,
    "share": 1e-6,
    "share/year": 1e-9,
    "ratio": 1e-6,
    "years": 1e-3,
}
"""Figures nearer to 0 than these, by unit, and not 0, are a wrong unit too: what they become in the
program is below what a solver keeps."""
LEAST_PRICE: Final = 1e-6
"""The same for every unit that begins with `USD`."""


def least(unit: str) -> float | None:
    """Return the smallest figure but 0 that may be given in a unit; None where there is none."""
    return LEAST_PRICE if unit.startswith("USD") else LEAST.get(unit)


def most(unit: str) -> float | None:
    """Return the largest figure that may be given in a unit; None where only the column itself sets
    bounds."""
    return MOST.get(unit, MOST_PRICE if unit.startswith("USD/") else None)


def inside(column: Column, value: float) -> bool:
    """Return whether a figure lies in a column's range."""
    if column.low is not None and (value < column.low or (column.above and value == column.low)):
        return False
    return column.high is None or value <= column.high


def bounds_text(column: Column) -> str:
    """Return a column's range in words: ``above 0 and at most 1``."""
    parts = []
    if column.low is not None:
        parts.append(f"above {column.low:g}" if column.above else f"at least {column.low:g}")
    if column.high is not None:
        parts.append(f"at most {column.high:g}")
    return " and ".join(parts) + (f" ({column.unit})" if column.unit else "")
