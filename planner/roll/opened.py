"""Opened: sites and power projects that a plan has opened by a later period, and the places of runs
that have begun."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import Bools, Floats, numbers, texts
from planner.plan.answer import CHIP_TOLERANCE, Answer
from planner.roll.draft import Draft
from planner.roll.written import Written

OPEN = 1.0 - 1e-6
"""Of a relaxation a part may be open: what is not wholly open must still be opened."""


def opened(answer: Answer, axis: str, by: int) -> Bools:
    """Return which sites (or power projects) a plan opens before period ``by``, in the order of
    their table.

    Args:
        answer: the solved case.
        axis: ``site`` or ``project``.
        by: periods that have passed.
    """
    names = answer.formulation.index.axes[axis]
    share = np.zeros(len(names))
    labels = answer.column_labels(f"{axis}_opening")
    if len(labels):
        past = labels["period"].to_numpy() < by
        number = labels[axis].to_numpy(dtype=np.int64)[past]
        np.add.at(share, number, answer.value(f"{axis}_opening")[past])
    return np.asarray(share >= OPEN)


def places_begun(answer: Answer, by: int) -> pd.DataFrame:
    """Return the site and the chip type on which every run has begun before period ``by``, where
    the plan chose it: columns sites and chips, (M,); "" where it did not, or nothing has begun."""
    f = answer.formulation
    training, M = f.training, len(f.milestones.flop)
    chips = answer.x[training.column]
    began = np.zeros(M, dtype=bool)
    past = (f.capacity.period[training.place] < by) & (chips > CHIP_TOLERANCE)
    began[training.milestone[past]] = True
    found = {}
    for axis, column in (("site", "sites"), ("chip", "chips")):
        names = np.full(M, "", dtype=object)
        labels = answer.column_labels(f"run_{axis}")
        if len(labels):
            chosen = np.flatnonzero(answer.value(f"run_{axis}") > 0.5)
            m, place = (labels[name].to_numpy(dtype=np.int64)[chosen] for name in labels)
            names[m] = f.index.axes[axis][place]
        names[~began] = ""
        found[column] = names
    return pd.DataFrame(found)


def openings_left(answer: Answer, table: str, is_open: Bools, by: int) -> Floats:
    """Return what is left in the books, when period ``by`` starts, of what opening cost, USD, (rows
    of the table,); what opened before the plan included.

    Args:
        answer: the solved case.
        table: ``sites`` or ``power_projects``.
        is_open: what the plan has opened by then, row by row.
        by: periods that have passed.
    """
    f = answer.formulation
    T, frame, axis = f.index.T, f.case[table], "site" if table == "sites" else "project"
    left = numbers(frame, "book_value_usd") * (1.0 - by / T)
    labels = answer.column_labels(f"{axis}_opening")
    if len(labels):
        of, period = (labels[name].to_numpy(dtype=np.int64) for name in (axis, "period"))
        paid = numbers(frame, "usd_to_open")[of] * answer.value(f"{axis}_opening")
        past = (period < by) & is_open[of]
        np.add.at(left, of[past], (paid * (1.0 - (by - period) / (T - period)))[past])
    return np.asarray(left, dtype=np.float64)


def opened_edit(written: Written, is_open: Bools, left: Floats) -> Draft:
    """Return the changes of sites.csv or power_projects.csv: what is open costs nothing to open,
    and what it did is in the books.

    Args:
        written: the table.
        is_open: what the plan has opened, row by row.
        left: book value of what opening cost, USD, row by row.
    """
    edit = Draft(written.text.name, written.text)
    for row, done, usd in zip(written.rows, is_open, left, strict=True):
        if row is not None and done:
            edit.set(row, "usd_to_open", "")
        if row is not None and (usd >= 0.005 or edit.before(row, "book_value_usd")):
            edit.set(row, "book_value_usd", f"{usd:.2f}")
    return edit


def places_edit(written: Written, places: pd.DataFrame, draft: Draft) -> None:
    """Add to the changes of milestones.csv where the runs have begun that had a choice.

    Args:
        written: milestones.csv.
        places: as ``places_begun`` returns them.
        draft: the changes.
    """
    for column in ("sites", "chips"):
        for row, name in zip(written.rows, texts(places, column), strict=True):
            if row is not None and name:
                draft.set(row, column, str(name))
