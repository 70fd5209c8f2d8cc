"""Contracts of sites: an option that was taken is a contract of its own."""

from __future__ import annotations

import numpy as np

from planner.case.case import Case
from planner.case.columns import Bools, numbers, texts, whole
from planner.plan.answer import Answer
from planner.roll.draft import Draft
from planner.roll.opened import OPEN
from planner.roll.written import Written

OPTION = ("extend_by", "extend_periods", "extend_usd_per_kw_month")


def extended(answer: Answer, by: int) -> Bools:
    """Return which contracts a plan has extended whose option was decided before period ``by``,
    (rows of site_contracts.csv,)."""
    f = answer.formulation
    table = f.case["site_contracts"]
    taken = np.zeros(len(table), dtype=bool)
    labels = answer.column_labels("extension")
    if len(labels):
        share = answer.value("extension")
        site = f.index.code("site", texts(table, "site"))
        place = np.stack([labels["site"].to_numpy(), labels["period"].to_numpy()])
        mine = np.stack([site, np.maximum(whole(table, "to") + 1, 0)])
        same = (mine[:, :, None] == place[:, None, :]).all(axis=0)
        taken = np.asarray((same & (share >= OPEN)[None, :]).any(axis=1))
    decided = numbers(table, "extend_by") < by
    return np.asarray(taken & decided & (numbers(table, "extend_by") >= 0))


def contracts_edit(case: Case, written: Written, taken: Bools, by: int) -> Draft:
    """Return the changes of site_contracts.csv.

    Args:
        case: the case of the plan that is rolled.
        written: its site_contracts.csv.
        taken: what ``extended`` returned.
        by: periods that have passed.
    """
    table, edit = case["site_contracts"], Draft("site_contracts", written.text)
    option, last = numbers(table, "extend_by"), whole(table, "to")
    names = set(texts(table, "contract"))
    for at in np.flatnonzero((option >= 0) & (option < by)).tolist():  # a few contracts
        row = written.rows[at]
        if row is None:
            continue
        if taken[at]:
            old = edit.cells_of(row)
            name = f"{old['contract']}-extended"
            while name in names:
                name += "-again"
            cells = old | {
                "contract": name,
                "from": case.calendar.label(int(last[at]) + 1),
                "to": case.calendar.label(int(last[at] + table["extend_periods"].iloc[at])),
                "usd_per_kw_month": old.get("extend_usd_per_kw_month", "")
                or old["usd_per_kw_month"],
            }
            cells |= {name: "" for name in OPTION if name in old}
            edit.added.append((cells, f"{old['contract']} was extended"))
        for column in OPTION:
            edit.set(row, column, "")
    return edit
