"""Availability: the share of powered chips that can work, from the inputs."""

from __future__ import annotations

import numpy as np

from planner.audit.facts import Facts, Floats


def available(facts: Facts) -> Floats:
    """Return the share of powered chips that can work, (C, S, T, K): that of the chip, or the least
    of the windows of availability.csv that hold."""
    shape = (len(facts.chip), len(facts.site), facts.T, facts.K)
    found = np.broadcast_to(facts.availability[:, None, None, None], shape).copy()
    untouched = np.ones(shape, dtype=bool)
    for row in facts.case["availability"].to_dict("records"):  # a few windows
        inside = np.ones(shape, dtype=bool)
        for axis, (name, names) in enumerate(
            (("chip", facts.chip), ("site", facts.site), ("slice", facts.slice))
        ):
            if row[name]:
                wide = [1, 1, 1, 1]
                wide[axis if axis < 2 else 3] = -1
                inside &= np.asarray(names == row[name]).reshape(wide)
        t = np.arange(facts.T)
        inside &= ((t >= row["from"]) & (t <= row["to"]))[None, None, :, None]
        value = float(row["availability"])
        found = np.where(inside & (untouched | (found > value)), value, found)
        untouched &= ~inside
    return found
