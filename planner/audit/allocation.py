"""The allocation: which chips do which work, against what inputs and chip time allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.holdings import Capacity
from planner.audit.rates import Demand, belongs, serving_rate, training_rate
from planner.audit.tolerance import CENT, WRITTEN
from planner.audit.verdict import Check, Describe, agree, at_most, require


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
        """Work done on workloads, million tokens or FLOP: ``rate x 3600 x hours x chips``, (N,)."""
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
    mwh, written = np.where(owned, above * a.chips, 0.0), column(table, "mwh")[rows]
    # blank where a row does none of it, and only there
    mtok, trained = column(table, "mtok")[rows], column(table, "flop")[rows]
    mtok, trained = (
        np.where(tokens, mtok, or_zero(mtok)),
        np.where(tokens, or_zero(trained), trained),
    )
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
            mtok,
            np.where(tokens, a.done, 0.0),
            described("mtok"),
            unit="Mtok",
            floor=np.where(tokens, a.rate * 3600.0 * a.hours, 0.0) * WRITTEN,
        ),
        agree(
            "allocation.flop",
            trained,
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
            column(table, "cost_usd")[rows],
            mwh * price,
            described("cost_usd"),
            unit="USD",
            floor=CENT + np.abs(above * price) * WRITTEN,
        ),
    ]
