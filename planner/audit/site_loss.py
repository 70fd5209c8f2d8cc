"""Site loss: the contingency allocation of site_loss.csv serves what must survive the loss of any
one site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Bools, Facts, Ints, column, pick, text, whole
from planner.audit.holdings import Capacity
from planner.audit.rates import Demand, serving_rate
from planner.audit.tokens import Called
from planner.audit.verdict import Check, at_least, at_most, require
from planner.case.case import Case


def stated(case: Case) -> bool:
    """Return whether the case says of some workload what must survive the loss of a site."""
    return bool(case["workloads"]["survive_site_loss"].notna().any())


def marked(case: Case) -> bool:
    """Return whether some demand must survive the loss of a site."""
    workloads = case["workloads"]
    mine = workloads.loc[workloads["survive_site_loss"] > 0, "workload"]
    rows = case["demand"][case["demand"]["workload"].isin(mine)]
    return bool((rows[["output_mtok", "input_mtok"]] > 0).to_numpy().any())


def surviving(facts: Facts) -> Ints:
    """Return the workloads that must survive the loss of a site, (M,)."""
    return np.flatnonzero(~np.isnan(column(facts.case["workloads"], "survive_site_loss")))


def may_run(facts: Facts, demand: Demand) -> Bools:
    """Return where the workloads that must survive the loss of a site may run at all, (M, C, S,
    T)."""
    mine, C, T = surviving(facts), len(facts.chip), facts.T
    m, c, t = (axis.ravel() for axis in np.indices((len(mine), C, T)))
    rate, _ = serving_rate(facts, demand, mine[m], c, t)
    able = (rate > 0).reshape(len(mine), C, 1, T)
    can = np.asarray(able & demand.sites[mine][:, None, :, None], dtype=np.bool_)
    m, c, s, t = np.nonzero(can)
    names = text(facts.case["workloads"], "workload")[mine[m]]
    can[m, c, s, t] = ~facts.forbidden(c, s, t, workload=names)
    return can


def check_site_loss(
    facts: Facts,
    demand: Demand,
    capacity: Capacity,
    called: Called,
    table: pd.DataFrame,
) -> list[Check]:
    """Return the checks of every contingency: rows allowed, chips there, demand served.

    A contingency is the loss of a site in a period in which some marked workload may run there;
    every slice of it must serve the share ``survive_site_loss`` of the demand of all marked
    workloads, with the chips of the other sites, whatever else they did, and with what is called
    from providers.
    """
    W, C, S, T, K = len(facts.workload), len(facts.chip), len(facts.site), facts.T, facts.K
    quota, mine = column(facts.case["workloads"], "survive_site_loss"), surviving(facts)
    lost, t, k = (
        facts.codes("site", table["lost_site"]),
        whole(table, "period"),
        facts.codes("slice", table["slice"]),
    )
    s, c, w, chips = (
        facts.codes("site", table["site"]),
        facts.codes("chip", table["chip"]),
        facts.codes("workload", table["workload"]),
        column(table, "chips"),
    )
    good = (
        (lost >= 0)
        & (t >= 0)
        & (t < T)
        & (k >= 0)
        & (s >= 0)
        & (c >= 0)
        & (w >= 0)
        & (chips >= 0)
        & (s != lost)
    )
    good &= ~np.isnan(quota[np.maximum(w, 0)])

    def described(i: int) -> str:
        return (
            f"site_loss.csv, loss of {table['lost_site'][i]}, {facts.label(t[i])}, "
            f"{table['slice'][i]}: {table['workload'][i]} on {table['chip'][i]} at "
            f"{table['site'][i]}"
        )

    rows = np.flatnonzero(good)
    lost, t, k, s, c, w = pick(rows, lost, t, k, s, c, w)
    chips = chips[rows]
    rate, _ = serving_rate(facts, demand, w, c, t)
    allowed = (
        demand.sites[w, s]
        & (rate > 0)
        & ~facts.forbidden(c, s, t, workload=text(table, "workload")[rows])
    )
    per_chip = rate * 3600.0 * facts.hours[t] * facts.share[k]

    # what is lost: where some marked workload may run
    exposed = np.asarray(may_run(facts, demand).any(axis=(0, 1)), dtype=np.bool_)  # (S, T)
    need = quota[mine][:, None, None] * demand.need[mine] * facts.share  # (marked, T, K)
    done, most = np.zeros((S, W, T, K)), np.zeros((S, W, T, K))
    np.add.at(done, (lost, w, t, k), per_chip * chips)
    np.maximum.at(most, (lost, w, t, k), per_chip)
    done += called.by_slice((W, T, K))[None]
    target = np.where(exposed[:, None, :, None], need[None], np.nan)

    def place(i: int) -> str:
        j, rest = divmod(i, len(mine) * T * K)
        m, rest = divmod(rest, T * K)
        return (
            f"site_loss.csv: {facts.workload[mine[m]]} after the loss of {facts.site[j]} in "
            f"{facts.label(rest // K)}, {facts.slice[rest % K]}"
        )

    key = (((lost * T + t) * K + k) * S + s) * C + c
    unique, group = np.unique(key, return_inverse=True)
    used = np.bincount(group, weights=chips, minlength=len(unique)) if len(unique) else np.empty(0)
    first = np.zeros(len(unique), np.int64)
    first[group] = np.arange(len(key))
    able = capacity.usable[c[first], s[first], t[first], k[first]]
    return [
        require(
            "site_loss.rows",
            good,
            described,
            "marked workloads on chips of other sites than the one lost",
        ),
        require(
            "site_loss.eligible",
            allowed,
            lambda i: described(int(rows[i])),
            "work runs where sites, regions, throughput and rules allow it",
        ),
        at_most(
            "site_loss.capacity",
            used,
            able,
            lambda i: described(int(rows[first[i]])) + ", chips of all workloads",
            unit="chips",
            floor=facts.few,
        ),
        at_least(
            "site_loss.served",
            done[:, mine],
            target,
            place,
            unit="Mtok",
            floor=most[:, mine] * facts.few,
        ),
    ]
