"""Power: what powered chips take of a site and what is built there; against power.csv."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planner.audit.energy import Energy
from planner.audit.facts import Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.holdings import Capacity
from planner.audit.projects import Projects
from planner.audit.tolerance import FLOOR, WRITTEN, Slack
from planner.audit.verdict import Check, Describe, agree, at_most, blank_too, require


@dataclass(frozen=True, slots=True)
class _SitePower:
    """MW of every site in every period, (S, T) each: what the inputs allow, NaN for no limit, what
    projects add, and what powered chips take, at the meter of the site's limit."""

    limit: Floats
    liquid: Floats
    built: Floats
    built_liquid: Floats
    it: Floats
    """MW of the chips themselves."""
    used: Floats
    used_liquid: Floats
    chip: Floats
    """MW of one chip of every kind that stands there."""
    free: Floats
    """Share of a limit that is kept free, (S, 1)."""

    @property
    def most(self) -> Floats:
        """MW of the limit and of what is built."""
        return self.limit + self.built


def _site_power(facts: Facts, capacity: Capacity, projects: Projects) -> _SitePower:
    """Return what the inputs, the projects and the powered chips make of every site."""
    table, sites, S, T = facts.case["power"], facts.case["sites"], len(facts.site), facts.T
    table = table[(table["period"] >= 0) & (table["period"] < T)]
    limit, liquid = np.full((S, T), np.nan), np.full((S, T), np.nan)
    at = (facts.codes("site", table["site"]), whole(table, "period"))
    limit[at], liquid[at] = column(table, "mw"), column(table, "liquid_mw")
    built, built_liquid = np.zeros((S, T)), np.zeros((S, T))
    serves = np.arange(T)[None, :] >= projects.arrives[:, None]
    np.add.at(built, projects.site, serves * projects.mw[:, None])
    liquid_mw = projects.mw * projects.liquid
    np.add.at(built_liquid, projects.site, serves * liquid_mw[:, None])
    basis = np.where(text(sites, "power_basis") == "utility", facts.pue, 1.0)
    mw = facts.kw_peak[:, None, None] * capacity.powered / 1000.0
    cooled = text(facts.case["chips"], "cooling") == "liquid"
    one_mw = (facts.kw_peak[:, None, None] * (capacity.held > 0)).sum(axis=0) / 1000.0
    return _SitePower(
        limit=limit,
        liquid=liquid,
        built=built,
        built_liquid=built_liquid,
        it=mw.sum(axis=0),
        used=mw.sum(axis=0) * basis[:, None],
        used_liquid=mw[cooled].sum(axis=0) * basis[:, None],
        chip=one_mw * basis[:, None],
        free=or_zero(column(sites, "headroom"))[:, None],
    )


def check_power(
    facts: Facts, capacity: Capacity, projects: Projects, energy: Energy, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of power limits (all chips, and liquid-cooled ones) and of power.csv."""
    power = _site_power(facts, capacity, projects)
    left = power.chip * facts.few + FLOOR["MW"]  # what a solver leaves of a limit

    def place(i: int) -> str:
        T = facts.T
        return f"fleet.csv: power of powered chips at {facts.site[i // T]} in {facts.label(i % T)}"

    return [
        at_most(
            "power.limit",
            power.used,
            power.most * (1.0 - power.free),
            place,
            unit="MW",
            floor=left,
        ),
        at_most(
            "power.liquid",
            power.used_liquid,
            (power.liquid + power.built_liquid) * (1.0 - power.free),
            lambda i: f"{place(i)}, liquid-cooled",
            unit="MW",
            floor=left,
        ),
        *_compare(facts, power, energy, written),
    ]


def _compare(facts: Facts, power: _SitePower, energy: Energy, written: pd.DataFrame) -> list[Check]:
    """Return the checks of power.csv, row by row."""
    S, T = power.limit.shape
    s, t = facts.codes("site", written["site"]), whole(written, "period")
    good = (s >= 0) & (t >= 0) & (t < T)
    rows, s, t = np.flatnonzero(good), s[good], t[good]
    shown = np.zeros((S, T), bool)
    shown[s, t] = True
    lacking = np.argwhere(~np.isnan(power.limit) & ~shown)

    every = np.arange(len(rows))
    kept = column(written, "kept_free_mw")
    # the first format did not write it
    told = every if kept.size and not np.isnan(kept).all() else every[:0]
    size = or_zero(power.most[s, t])
    rounding = power.chip * WRITTEN + FLOOR["MW"]  # of powered chips

    def some(name: str, truth: Floats, which: Ints = every, size: ArrayLike = 0.0) -> Check:
        # blank where there is no limit, and only there
        shown, true = blank_too(column(written, name)[rows][which], truth[s, t][which])
        return agree(
            f"power.{name}",
            shown,
            true,
            lambda i: _row(facts, (s, t), name)(int(which[i])),
            unit="MW",
            floor=Slack(rounding[s, t][which], size=size),
        )

    room = power.most * (1.0 - power.free) - power.used
    return [
        require(
            "power.rows",
            good,
            lambda i: f"power.csv, row {i + 2}",
            "rows stand at sites in periods of the plan",
        )
        if not len(lacking)
        else require(
            "power.rows",
            [False],
            lambda i: (
                f"power.csv has no row for {facts.site[lacking[0][0]]} in "
                f"{facts.label(lacking[0][1])}"
            ),
            "one row for every site and period with a limit",
        ),
        some("limit_mw", power.limit),
        some("built_mw", power.built),
        some("used_mw", power.used),
        some("kept_free_mw", power.free * power.most, told),
        some("free_mw", room, size=size),
        some("liquid_limit_mw", power.liquid + power.built_liquid),
        some("liquid_used_mw", power.used_liquid),
        some("it_mw", power.it),
        *_energy_columns(facts, energy, written.iloc[rows].reset_index(drop=True), (s, t)),
    ]


def _row(facts: Facts, at: tuple[Ints, Ints], name: str) -> Describe:
    """Return the words for a column of rows of power.csv, by their sites and periods, (n,) each."""
    s, t = at
    return lambda i: f"power.csv, {facts.site[s[i]]}, {facts.label(t[i])}, {name}"


def _energy_columns(
    facts: Facts, energy: Energy, written: pd.DataFrame, at: tuple[Ints, Ints]
) -> list[Check]:
    """Return the checks of energy and carbon of rows of power.csv, at their sites and periods."""
    s, t = at
    utility = energy.mwh.sum(axis=(0, 3))
    tonnes = (energy.mwh * facts.kg_per_mwh[None]).sum(axis=(0, 3)) / 1000.0
    # a blank where carbon is not known, and only there
    known, co2 = facts.kg_known[s, t], column(written, "tonnes_co2")
    doubt = energy.doubt[s, t] * facts.hours[t] / 1000.0
    kg = facts.kg_per_mwh.max(axis=2, initial=0.0)[s, t]

    return [
        agree(
            "power.energy_mwh",
            column(written, "energy_mwh"),
            utility[s, t],
            _row(facts, at, "energy_mwh"),
            unit="MWh",
            floor=doubt,
        ),
        agree(
            "power.tonnes_co2",
            np.where(known, co2, np.where(np.isnan(co2), 0.0, np.inf)),
            np.where(known, tonnes[s, t], 0.0),
            _row(facts, at, "tonnes_co2"),
            unit="t",
            floor=doubt * kg / 1000.0,
        ),
    ]
