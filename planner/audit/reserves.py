"""Reserves: what chips that stand in for a lost site are worth, from the dual values.

Places of a chip where the same may run stand in for a lost site together, as a reserve, which is
named after the first of them: the dual value of its time stands at that place alone, for them all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.audit.duals import Duals
from planner.audit.facts import Facts, Floats, Ints, column, whole
from planner.audit.rates import Demand
from planner.audit.site_loss import may_run, surviving


class Places(NamedTuple):
    """Chips at sites in periods, by their codes, (n,) each."""

    chip: Ints
    site: Ints
    period: Ints


def reserve_worth(facts: Facts, demand: Demand, duals: Duals, lost: Ints, places: Places) -> Floats:
    """Return what one more chip in a slice saves by standing in for a lost site, discounted USD.

    Args:
        facts: the inputs.
        demand: what is to be done.
        duals: dual values by name.
        lost: the lost site for each place, (n,).
        places: the places, (n,) each.

    Returns:
        By place and slice, (n, K); 0 where a place is in no reserve for that loss, as for its own.
    """
    rows = duals["backup_time"]
    if not len(rows):
        return np.zeros((len(lost), facts.K))
    asks = demand.work[surviving(facts)] > 0
    runs = may_run(facts, demand) & asks[:, None, None, :]
    # a reserve of every lost site, chip and period is the one place of a signature that has a row
    _, signature = np.unique(runs.reshape(len(runs), -1), axis=1, return_inverse=True)
    same = signature.reshape(runs.shape[1:])
    shape = (len(facts.site), len(facts.chip), facts.T, int(same.max(initial=0)) + 1)
    c, s, t = (whole(rows, name) for name in ("chip", "site", "period"))
    usd = np.zeros((*shape, facts.K))
    at = (whole(rows, "lost"), c, t, same[c, s, t], whole(rows, "slice"))
    np.add.at(usd, at, np.maximum(-column(rows, "usd"), 0.0))
    chip, site, period = places
    found = usd[lost, chip, period, same[chip, site, period]]
    return np.where((lost != site)[:, None], found, 0.0)
