"""Replicas: a model that several chips serve together is served by whole replicas.

::

    use + spare = n x replicas + rest                                    row ``replica``
    rest <= n x many                                                     row ``part_replica``
    10 x many <= replicas                                                row ``many_replicas``

per workload, chip, site, period and slice, with ``n`` chips of a replica; ``replicas`` are whole
numbers and ``many`` is 0 or 1.  So it is whole replicas below ten, and anything from ten on.  Chips
that are ``spare`` take their time and do no work: they draw their idle power.  Such workloads have
their own way to every place (:mod:`planner.model.hubs`).  What stands in for a lost site is not
counted in replicas; where everything is divisible nothing is added.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.holding import CHIPS
from planner.model.serving import Serving
from planner.model.work import Work

MANY: Final = 10
"""Replicas from which on any number of chips will do."""


def add_replicas(draft: Draft, capacity: Capacity, work: Work, serving: Serving) -> None:
    """Add the replicas of every workload that is served by them.

    Args:
        draft: the program being written.
        capacity: the places.
        work: the workloads.
        serving: their columns.
    """
    if not draft.whole:
        return
    builder = draft.builder
    place = serving.place.astype(np.int64)
    size = work.replica[serving.work, capacity.chip[place]]
    mine = np.flatnonzero((serving.hub < 0) & (size > 1))
    if not len(mine):
        return
    place, size, k = place[mine], size[mine], serving.slice[mine].astype(np.int64)
    labels = {
        "chip": capacity.chip[place],
        "site": capacity.site[place],
        "workload": serving.work[mine].astype(np.int64),
        "period": capacity.period[place],
        "slice": k,
    }
    spare = builder.columns("spare", labels, 0.0, np.inf, scale=CHIPS)
    count = builder.columns("replicas", labels, 0.0, np.inf, integer=True)
    rest = builder.columns("rest_of_replica", labels, 0.0, np.inf, scale=CHIPS)
    many = builder.columns("many", labels, 0.0, 1.0, integer=True)
    builder.entries(capacity.chip_time[place, k], spare, 1.0)
    for name, high, entries in (
        (
            "replica",
            0.0,
            ((serving.column[mine], 1.0), (spare, 1.0), (count, -size), (rest, -1.0)),
        ),
        ("part_replica", 0.0, ((rest, 1.0), (many, -size))),
        ("many_replicas", 0.0, ((many, float(MANY)), (count, -1.0))),
    ):
        low = high if name == "replica" else -np.inf
        rows = builder.rows(name, labels, low, high)
        for column, coefficient in entries:
            builder.entries(rows, column, coefficient)
