"""Work: what the allocated chips get done, against demand and chip time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, Ints, column, load_may_pay, or_zero, text, whole
from planner.audit.holdings import Capacity
from planner.audit.rates import Demand, belongs, serving_rate, training_rate
from planner.audit.verdict import (
    CENT,
    WRITTEN,
    Check,
    Describe,
    agree,
    at_most,
    require,
)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Rows of allocation.csv as codes, (N,); ``work`` indexes workloads, ``run`` milestones, -1
    where it is the other."""

    period: Ints
    slice: Ints
    site: Ints
    chip: Ints
    work: Ints
    run: Ints
    chips: Floats
    rate: Floats
    """Work per chip-second, utilisation cap included: million tokens or FLOP; 0 for milestones."""
    kw: Floats
    """IT draw of a chip at this work."""
    hours: Floats
    """Hours of the slice in the period."""
    row: Ints
    """Row in the file."""

    @property
    def done(self) -> Floats:
        """Work done on workloads: ``rate x 3600 x hours x chips``."""
        return np.asarray(self.rate * 3600.0 * self.hours * self.chips, dtype=np.float64)


def read_allocation(
    facts: Facts, demand: Demand, table: pd.DataFrame
) -> tuple[Allocation, list[Check]]:
    """Return allocation.csv as codes with recomputed rates, and the checks that each row is
    allowed."""
    t, k, s, c = (
        whole(table, "period"),
        facts.codes("slice", table["slice"]),
        facts.codes("site", table["site"]),
        facts.codes("chip", table["chip"]),
    )
    kind, name = text(table, "kind"), text(table, "work")
    run = kind == "milestone"
    w = np.where(run, -1, facts.codes("workload", name))
    m = np.where(run, facts.codes("milestone", name), -1)
    declared = text(facts.case["workloads"], "kind")
    known = (
        (np.maximum(w, m) >= 0)
        & (c >= 0)
        & (s >= 0)
        & (t >= 0)
        & (t < facts.T)
        & np.isfinite(column(table, "chips"))
    )
    if len(declared):
        known &= run | (declared[np.maximum(w, 0)] == kind)

    def described(i: int) -> str:
        return (
            f"allocation.csv, {facts.label(t[i])}, {table['slice'][i]}, {table['chip'][i]} at "
            f"{table['site'][i]}, {name[i]}"
        )

    checks = [
        require(
            "allocation.rows",
            known,
            described,
            "rows name a workload or milestone with its kind, in a period of the plan",
        ),
        require(
            "allocation.sign",
            column(table, "chips") >= 0,
            lambda i: f"{described(i)}: {table['chips'][i]} chips",
            "chips not below 0",
        ),
    ]
    rows = np.flatnonzero(known)
    t, k, s, c, w, m = (a[rows] for a in (t, k, s, c, w, m))
    use, train = np.flatnonzero(w >= 0), np.flatnonzero(m >= 0)
    rate, kw = np.zeros(len(rows)), np.zeros(len(rows))
    allowed, ruled = np.ones(len(rows), bool), np.zeros(len(rows), bool)
    rate[use], kw[use] = serving_rate(facts, demand, w[use], c[use], t[use])
    allowed[use] = demand.sites[w[use], s[use]] & (rate[use] > 0)
    ruled[use] = facts.forbidden(c[use], s[use], t[use], workload=name[rows][use])
    milestones = facts.case["milestones"]
    if len(train):
        speed, kw[train], _, _ = training_rate(facts, text(milestones, "class")[m[train]], c[train])
        sites, chips = (
            belongs(facts, milestones, "sites", "site"),
            belongs(facts, milestones, "chips", "chip"),
        )
        allowed[train] = sites[m[train], s[train]] & chips[m[train], c[train]] & (speed > 0)
        ruled[train] = facts.forbidden(c[train], s[train], t[train], milestone=name[rows][train])
    working = column(table, "chips")[rows] > 0
    checks += [
        require(
            "allocation.eligible",
            allowed | ~working,
            lambda i: (
                f"{described(int(rows[i]))}: not a site, chip or throughput (training) row it may "
                "use"
            ),
            "work runs where sites, regions, chips and measured rates allow it",
        ),
        require(
            "allocation.rules",
            ~ruled | ~working,
            lambda i: f"{described(int(rows[i]))}: forbidden by rules.csv",
            "no work that rules.csv forbids",
        ),
    ]
    hours = facts.hours[t] * facts.share[k]
    return Allocation(t, k, s, c, w, m, column(table, "chips")[rows], rate, kw, hours, rows), checks


def check_chip_time(
    facts: Facts, allocation: Allocation, capacity: Capacity
) -> tuple[Floats, list[Check]]:
    """Return chips at work by (C, S, T, K), and the check ``chips at work <= availability x powered
    + rented``."""
    busy = np.zeros_like(capacity.rented)
    np.add.at(
        busy,
        (allocation.chip, allocation.site, allocation.period, allocation.slice),
        allocation.chips,
    )
    S, T, K = len(facts.site), facts.T, facts.K

    def place(i: int) -> str:
        return (
            f"allocation.csv, {facts.chip[i // (S * T * K)]} at "
            f"{facts.site[i // (T * K) % S]}, {facts.label(i // K % T)}, {facts.slice[i % K]}, "
            "chips at work against fleet.csv"
        )

    return busy, [at_most("chip_time", busy, capacity.usable, place, unit="chips", floor=facts.few)]


def check_columns(
    facts: Facts, allocation: Allocation, table: pd.DataFrame, flop: Floats
) -> list[Check]:
    """Return the checks of chip-hours, work, energy and its cost of every row of allocation.csv;
    ``flop`` is what milestone rows deliver, (N,)."""
    a, rows, T = allocation, allocation.row, facts.T

    def described(name: str) -> Describe:
        return lambda i: (
            f"allocation.csv, {facts.label(a.period[i])}, {facts.slice[a.slice[i]]}, "
            f"{facts.chip[a.chip[i]]} at {facts.site[a.site[i]]}, {table['work'][rows[i]]}, {name}"
        )

    if not T:
        return []
    tokens = np.isin(text(table, "kind")[rows], ["online", "batch"])
    above = (a.kw - facts.kw_idle[a.chip]) * facts.pue[a.site] * a.hours / 1000.0
    owned = ~facts.cloud[a.site]
    carbon = (
        facts.case.settings.carbon_usd_per_tonne
        * facts.kg_per_mwh[a.site, a.period, a.slice]
        / 1000.0
    )
    price = np.where(owned, facts.usd_per_mwh[a.site, a.period, a.slice] + carbon, 0.0)
    mwh, written = np.where(owned, above * a.chips, 0.0), or_zero(column(table, "mwh")[rows])
    return [
        agree(
            "allocation.chip_hours",
            column(table, "chip_hours")[rows],
            a.chips * a.hours,
            described("chip_hours"),
            unit="chip-hours",
            floor=a.hours * WRITTEN,
        ),
        agree(
            "allocation.mtok",
            or_zero(column(table, "mtok")[rows])[tokens],
            a.done[tokens],
            lambda i: described("mtok")(int(np.flatnonzero(tokens)[i])),
            unit="Mtok",
            floor=(a.rate * 3600.0 * a.hours)[tokens] * WRITTEN,
        ),
        agree(
            "allocation.flop",
            or_zero(column(table, "flop")[rows]),
            np.where(a.work >= 0, np.where(tokens, 0.0, a.done), flop),
            described("flop"),
            unit="FLOP",
            floor=1.0
            + np.where(
                a.chips > 0, np.where(a.work >= 0, a.done, flop) / np.maximum(a.chips, 1e-12), 0.0
            )
            * WRITTEN,
        ),
        agree(
            "allocation.mwh",
            written,
            mwh,
            described("mwh"),
            unit="MWh",
            floor=np.abs(above) * WRITTEN,
        ),
        agree(
            "allocation.cost",
            or_zero(column(table, "cost_usd")[rows]),
            mwh * price,
            described("cost_usd"),
            unit="USD",
            floor=CENT + np.abs(above * price) * WRITTEN,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Served:
    """What was done and missed: ``done`` by (W, T, K); ``short`` and its tolerance by (W, T)
    (batch: at the last period of the window)."""

    done: Floats
    short: Floats
    doubt: Floats
    due: Floats
    """Demand by (W, T), batch windows summed at their last period."""


def _slowest(facts: Facts, demand: Demand) -> Floats:
    """Return the work per second of the slowest chip that can do any of a workload's, (W, T); 0
    where none can."""
    shape = (len(facts.workload), len(facts.chip), facts.T)
    if not all(shape):
        return np.zeros((shape[0], shape[2]))
    rate, _ = serving_rate(facts, demand, *(axis.ravel() for axis in np.indices(shape)))
    least = np.where(rate > 0, rate, np.inf).reshape(shape).min(axis=1)
    return np.where(np.isfinite(least), least, 0.0)


def serve(
    facts: Facts, demand: Demand, allocation: Allocation, table: pd.DataFrame
) -> tuple[Served, list[Check]]:
    """Return work done and short, and the checks of demand against it and against
    demand_coverage.csv."""
    W, T, K = len(facts.workload), facts.T, facts.K
    use = allocation.work >= 0
    at = (allocation.work[use], allocation.period[use], allocation.slice[use])
    done, per_chip = np.zeros((W, T, K)), np.zeros((W, T, K))
    np.add.at(done, at, allocation.done[use])
    np.maximum.at(per_chip, at, (allocation.rate * 3600.0 * allocation.hours)[use])
    # so little work that no row was written for it is within the floor of the slowest chip that may
    # do it
    per_chip = np.maximum(
        per_chip, _slowest(facts, demand)[:, :, None] * 3600.0 * facts.hours[:, None] * facts.share
    )
    need = demand.need * facts.share
    block = np.arange(T)[None, :] // demand.window[:, None]
    last = np.minimum((block + 1) * demand.window[:, None], T) - 1
    rows = np.arange(W)[:, None]

    def pooled(amount: Floats) -> Floats:
        """Sum (W, T) over batch windows, at the last period of each."""
        total = np.zeros((W, T))
        np.add.at(total, (np.broadcast_to(rows, (W, T)), last), amount)
        return total

    online = demand.kind == "online"
    due, got = pooled(demand.work), pooled(done.sum(axis=2))
    missing = np.where(
        online[:, None], np.maximum(need - done, 0.0).sum(axis=2), np.maximum(due - got, 0.0)
    )
    missing[np.isin(demand.kind, ["share", "multiple"])] = 0.0
    # what an error of the floor in chips makes in work
    doubt = 1e-6 * due + pooled(per_chip.sum(axis=2)) * facts.few
    short = np.where(missing <= doubt, 0.0, missing)
    beyond = np.where(
        online[:, None], np.maximum(done - need, 0.0).sum(axis=2), np.maximum(got - due, 0.0)
    )
    beyond[np.isin(demand.kind, ["share", "multiple"])] = 0.0
    hard = (
        np.isnan(demand.short_price)[:, None]
        & np.isin(demand.kind, ["online", "batch", "research"])[:, None]
    )

    def place(i: int) -> str:
        return f"allocation.csv: {facts.workload[i // T]} in {facts.label(i % T)}, work left undone"

    checks = [
        at_most(
            "demand.served",
            np.where(hard, missing, 0.0),
            0.0,
            place,
            unit="Mtok or FLOP",
            floor=doubt,
        ),
        at_most(
            "demand.beyond",
            beyond,
            0.0,
            lambda i: (
                f"allocation.csv: {facts.workload[i // T]} in {facts.label(i % T)}, more work "
                "done than asked for"
            ),
            unit="Mtok or FLOP",
            floor=doubt,
        ),
    ]
    served = Served(done, np.where(np.isnan(demand.short_price)[:, None], 0.0, short), doubt, due)
    return served, checks + _coverage(facts, demand, served, missing, table)


def _coverage(
    facts: Facts, demand: Demand, served: Served, missing: Floats, table: pd.DataFrame
) -> list[Check]:
    """Return the checks of demand_coverage.csv for inference and for research by volume."""
    w, t = facts.codes("workload", table["workload"]), whole(table, "period")
    known = (w >= 0) & (t >= 0) & (t < facts.T)
    volume = np.isin(demand.kind, ["online", "batch", "research"])
    rows = np.flatnonzero(known & (volume[np.maximum(w, 0)] if len(volume) else False))
    w_r, t_r = w[rows], t[rows]
    shown = np.zeros(served.due.shape, bool)
    shown[w_r, t_r] = True
    lacking = np.argwhere((served.due > 0) & volume[:, None] & ~shown)

    def described(name: str) -> Describe:
        return lambda i: (
            f"demand_coverage.csv, {facts.workload[w_r[i]]}, {facts.label(t_r[i])}, {name}"
        )

    floor = served.doubt[w_r, t_r]
    price = or_zero(demand.short_price)[w_r]
    due, short = served.due[w_r, t_r], missing[w_r, t_r]
    # where being short costs nothing the plan may call short what it serves all the same
    free = demand.short_price[w_r] == 0.0
    short = np.where(free, np.clip(or_zero(column(table, "short")[rows]), short, due), short)
    return [
        require(
            "coverage.rows",
            known,
            lambda i: (
                f"demand_coverage.csv, row {i + 2}: {table['workload'][i]} in {facts.label(t[i])}"
            ),
            "workloads and periods of the plan",
        )
        if not len(lacking)
        else require(
            "coverage.rows",
            [False],
            lambda i: (
                f"demand_coverage.csv has no row for {facts.workload[lacking[0][0]]} in "
                f"{facts.label(lacking[0][1])}"
            ),
            "one row for every workload and period (batch window) with demand",
        ),
        agree(
            "coverage.demand",
            column(table, "demand")[rows],
            due,
            described("demand"),
            unit="units",
            floor=0.0,
        ),
        agree(
            "coverage.short",
            column(table, "short")[rows],
            short,
            described("short"),
            unit="units",
            floor=floor,
        ),
        agree(
            "coverage.served",
            column(table, "served")[rows],
            due - short,
            described("served"),
            unit="units",
            floor=floor,
        ),
        agree(
            "coverage.short_usd",
            or_zero(column(table, "short_usd")[rows]),
            short * price,
            described("short_usd"),
            unit="USD",
            floor=CENT + floor * price,
        ),
    ]


def check_research(
    facts: Facts,
    demand: Demand,
    allocation: Allocation,
    capacity: Capacity,
    served: Served,
    milestone_flop: Floats,
    written: pd.DataFrame,
) -> list[Check]:
    """Return the checks of research as a share of the fleet's chip-time and as a multiple of the
    milestones' cumulative FLOP, (M, T), and their rows of demand_coverage.csv."""
    W, T = len(facts.workload), facts.T
    table = facts.case["workloads"]
    time = np.zeros((W, T))
    use = allocation.work >= 0
    np.add.at(
        time,
        (allocation.work[use], allocation.period[use]),
        allocation.chips[use] * facts.share[allocation.slice[use]],
    )
    fleet = np.einsum("c,cst->t", facts.availability, capacity.powered)
    share, multiple = (
        np.flatnonzero(demand.kind == "share"),
        np.flatnonzero(demand.kind == "multiple"),
    )
    floor = column(table, "share_of_fleet")[share][:, None] * fleet
    target = column(table, "multiple_of_milestones")[multiple][:, None] * np.cumsum(
        milestone_flop.sum(axis=0)
    )
    done = np.cumsum(served.done.sum(axis=2), axis=1)[multiple]
    use_m = use & np.isin(allocation.work, multiple)
    chip_flop = float((allocation.rate * 3600.0 * allocation.hours)[use_m].max(initial=0.0))
    need, got, unit = np.zeros((W, T)), np.zeros((W, T)), np.zeros(W)
    need[share], got[share], unit[share] = floor, time[share], 1.0
    need[multiple], got[multiple], unit[multiple] = target, done, chip_flop
    w, t = facts.codes("workload", written["workload"]), whole(written, "period")
    rows = np.flatnonzero((w >= 0) & (t >= 0) & (t < T))
    rows = rows[np.isin(w[rows], np.concatenate([share, multiple]))]
    w, t = w[rows], t[rows]

    def described(name: str) -> Describe:
        return lambda i: f"demand_coverage.csv, {facts.workload[w[i]]}, {facts.label(t[i])}, {name}"

    asked = np.concatenate([share, multiple])
    # where work never pays by itself, idle chips with free energy may go on: at no cost
    beyond = (done[:, -1:] - target[:, -1:]) * load_may_pay(facts)
    return [
        at_most(
            "research.beyond",
            # a multiple may run ahead, but in the end there is no more
            np.concatenate([time[share] - floor, beyond], axis=None),
            0.0,
            lambda i: (
                f"allocation.csv: more research of "
                f"{facts.workload[np.repeat(asked, [T] * len(share) + [1] * len(multiple))[i]]} "
                "than asked for"
            ),
            unit="chips or FLOP",
            floor=np.concatenate(
                [
                    1e-6 * floor + facts.few * facts.K * len(facts.site) * 10.0,
                    1e-6 * target[:, -1:] + chip_flop * facts.few * 10.0 * T,
                ],
                axis=None,
            ),
        ),
        agree(
            "research.demand",
            column(written, "demand")[rows],
            need[w, t],
            described("demand"),
            unit="chips or FLOP",
            floor=unit[w] * facts.few * 10.0,
        ),
        agree(
            "research.done",
            column(written, "served")[rows],
            got[w, t],
            described("served"),
            unit="chips or FLOP",
            floor=unit[w] * facts.few * 10.0,
        ),
        at_most(
            "research.share",
            time[share],
            floor,
            lambda i: (
                f"allocation.csv: {facts.workload[share[i // T]]} in {facts.label(i % T)}, chips "
                "on average"
            ),
            unit="chips",
            floor=facts.few,
            least=True,
        ),
        at_most(
            "research.multiple",
            done,
            target,
            lambda i: (
                f"allocation.csv: {facts.workload[multiple[i // T]]}, FLOP through "
                f"{facts.label(i % T)}"
            ),
            unit="FLOP",
            floor=chip_flop * facts.few,
            least=True,
        ),
    ]
