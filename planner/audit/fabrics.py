"""Fabrics: chips powered on each network fabric, against its ports and fabrics.csv."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, column, text, whole
from planner.audit.holdings import Capacity
from planner.audit.verdict import Check, Describe, agree, at_most, require


def _described(name: str) -> Describe:
    return lambda i: f"fabrics.csv, row {i + 2}, {name}"


def check_fabrics(facts: Facts, capacity: Capacity, written: pd.DataFrame) -> list[Check]:
    """Return the checks of the ports of every fabric, and of what fabrics.csv says of them.

    Args:
        facts: the case.
        capacity: powered chips by chip, site and period, from fleet.csv.
        written: fabrics.csv of the run.
    """
    table = facts.case["fabrics"].reset_index(drop=True)
    names = pd.Index(table["fabric"])
    ports = column(table, "max_chips")
    used = np.zeros((len(table), facts.T))
    for at, (site, chips) in enumerate(zip(table["site"], table["chips"], strict=True)):
        mine = facts.codes("chip", facts.chip if chips == ("*",) else list(chips))
        used[at] = capacity.powered[mine, facts.codes("site", [site])[0]].sum(axis=0)

    fabric, period = names.get_indexer(pd.Index(text(written, "fabric"))), whole(written, "period")
    seen = np.zeros(used.shape, dtype=np.int64)
    known = (fabric >= 0) & (period >= 0) & (period < facts.T)
    np.add.at(seen, (fabric[known], period[known]), 1)
    checks = [
        at_most(
            "fabrics.max_chips",
            used,
            np.broadcast_to(ports[:, None], used.shape),
            lambda i: (
                f"fleet.csv: chips powered on fabric {names[i // facts.T]} in "
                f"{facts.label(i % facts.T)}"
            ),
            unit="chips",
            floor=facts.few,
        ),
        require(
            "fabrics.rows",
            np.concatenate([known, (seen == 1).ravel()]),
            lambda i: f"fabrics.csv: entry {i} is unknown, missing or there twice",
            "one row for every fabric of the inputs and period of the plan",
        ),
    ]
    if not known.all():
        return checks
    for name, value in (
        ("max_chips", ports[fabric]),
        ("used", used[fabric, period]),
        ("free", ports[fabric] - used[fabric, period]),
    ):
        checks.append(
            agree(
                f"fabrics.{name}",
                column(written, name),
                value,
                _described(name),
                unit="chips",
                floor=facts.few,
            )
        )
    return checks
