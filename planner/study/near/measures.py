"""Measures: figures of a plan, each a weighted sum of its columns, whose least and most among all
plans that cost little more are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.case.columns import texts
from planner.model import Formulation
from planner.model.ledger import SPEND_TERMS
from planner.model.lots import NEW

Floats = NDArray[np.float64]

COMMITTING: Final = (*SPEND_TERMS, "power_projects")
BY_PERIOD: Final = ("rented", "build")
"""Decisions without a lot, whose column says their period."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a plan: ``sum of weight x column`` over its columns."""

    kind: str
    """``commitment``, ``chip``, ``chip_year``, ``site`` or ``vendor``."""
    name: str
    """The chip, site or vendor; of the commitment the first period."""
    when: str
    """The periods that it counts, blank: the whole plan."""
    unit: str
    """``chips`` or ``USD``."""
    columns: NDArray[np.int64]
    weight: Floats
    """Per user unit of each column, (n,)."""

    def of(self, x: Floats) -> float:
        """Return the figure of a plan, its columns in user units, (columns,)."""
        return float((self.weight * x[self.columns]).sum())


def measures_of(formulation: Formulation) -> tuple[Measure, ...]:
    """Return the measures of a case: what is committed in the first period, USD over its life; and
    chips ordered, by type, by type in the first fiscal year, by site and by vendor.

    What is rented by the hour is no order.  A measure that no plan can have is left out.
    """
    case, index, lots = formulation.case, formulation.index, formulation.lots
    new = lots.origin == NEW
    order = formulation.holding.order
    first = case.calendar.fiscal_year(0)
    years = np.array([case.calendar.fiscal_year(t) for t in range(case.calendar.count)])
    soon = new & (years[np.maximum(lots.order_period, 0)] == first)
    chips, sites = index.axes["chip"], index.axes["site"]
    table = case["chips"]
    by_name = dict(zip(texts(table, "chip"), texts(table, "vendor"), strict=True))
    vendor = np.array([str(by_name[str(name)]) for name in chips], dtype=object)
    found = [_commitment(formulation)]
    groups = [
        *(("chip", str(name), "", new & (lots.chip == c)) for c, name in enumerate(chips)),
        *(
            ("chip_year", str(name), f"FY{first}", soon & (lots.chip == c))
            for c, name in enumerate(chips)
        ),
        *(("site", str(name), "", new & (lots.site == s)) for s, name in enumerate(sites)),
        *(
            ("vendor", name, "", new & (vendor[lots.chip] == name))
            for name in sorted(set(vendor.tolist()))
        ),
    ]
    for kind, name, when, mine in groups:
        columns = order[mine]
        found.append(Measure(kind, name, when, "chips", columns, np.ones(len(columns))))
    return tuple(measure for measure in found if len(measure.columns))


def _commitment(formulation: Formulation) -> Measure:
    """What the decisions of the first period pay over their lives, nominal USD: as the lines of
    buy_plan.csv that commit money then."""
    program, lots, ledger = formulation.program, formulation.lots, formulation.ledger
    mine = np.zeros(program.num_columns, dtype=bool)
    now = (lots.origin == NEW) & (lots.order_period == 0)
    for block in program.column_blocks:
        here = slice(block.first, block.first + block.count)
        if "lot" in block.labels and block.name != "move":
            mine[here] = now[block.labels["lot"]]
        elif block.name in BY_PERIOD:
            mine[here] = np.asarray(block.labels["period"]) == 0
    entries = ledger.of(COMMITTING) & mine[ledger.column]
    paid = np.bincount(
        ledger.column[entries], weights=ledger.nominal[entries], minlength=program.num_columns
    )
    columns = np.flatnonzero(paid)
    label = formulation.case.calendar.label(0)
    return Measure(
        "commitment", label, label, "USD", columns, np.asarray(paid[columns], dtype=np.float64)
    )
