"""Power: what powered chips take of a site, what is built, energy and carbon; against power.csv of
the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planner.audit.allocation import Allocation
from planner.audit.facts import Facts, Floats, column, or_zero, text, whole
from planner.audit.holdings import Capacity
from planner.audit.tolerance import FLOOR, WRITTEN, Slack
from planner.audit.verdict import Check, Describe, agree, at_most, require


@dataclass(frozen=True, slots=True)
class Energy:
    """Utility energy: ``mwh`` by (C, S, T, K), 0 at cloud sites; draw in kW by (S, T, K)."""

    mwh: Floats
    draw: Floats
    unsure: Floats
    """kW by which rounding of chips may move the draw behind ``mwh``, (C, S, T, K)."""

    @property
    def doubt(self) -> Floats:
        """KW by which the draw of a site may be off in any slice, (S, T)."""
        return np.asarray(self.unsure.sum(axis=0).max(axis=2, initial=0.0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Projects:
    """Lines of power projects: row of power_projects.csv, order period, arrival, MW, site and line,
    (N,)."""

    row: np.ndarray
    ordered: np.ndarray
    arrives: np.ndarray
    mw: Floats
    site: np.ndarray
    line: np.ndarray


def draw(facts: Facts, allocation: Allocation, capacity: Capacity) -> Energy:
    """Return energy: idle draw of powered chips, and what work draws above it, times PUE."""
    kw = np.repeat(
        (facts.kw_idle[:, None, None] * capacity.powered)[:, :, :, None], facts.K, axis=3
    )
    above = allocation.kw - facts.kw_idle[allocation.chip]
    np.add.at(
        kw,
        (allocation.chip, allocation.site, allocation.period, allocation.slice),
        above * allocation.chips,
    )
    kw *= np.where(facts.cloud, 0.0, facts.pue)[None, :, None, None]
    hours = facts.hours[:, None] * facts.share[None, :]
    # every row of the fleet and of the allocation is rounded on its own; so is one left out
    unsure = np.repeat((facts.kw_idle[:, None, None] * (capacity.held > 0))[..., None], facts.K, 3)
    np.add.at(
        unsure,
        (allocation.chip, allocation.site, allocation.period, allocation.slice),
        np.abs(above),
    )
    unsure *= WRITTEN * np.where(facts.cloud, 0.0, facts.pue)[None, :, None, None]
    return Energy(kw * hours / 1000.0, kw.sum(axis=0), unsure)


def read_projects(facts: Facts, buy: pd.DataFrame) -> tuple[Projects, list[Check]]:
    """Return the power projects of the plan, and the checks of their windows, lead times and
    sizes."""
    table, lines = (
        facts.case["power_projects"],
        buy[buy["action"] == "build_power"].reset_index(drop=True),
    )
    names = pd.Index(text(table, "project"))
    row, period, mw = (
        names.get_indexer(pd.Index(text(lines, "offer"))).astype(np.int64),
        whole(lines, "order_period"),
        column(lines, "mw"),
    )

    def described(i: int) -> str:
        return f"buy_plan.csv, line {lines['line_id'][i]}"

    known = row >= 0
    good = known & np.isfinite(mw) & (mw >= 0)
    if len(table):
        at = np.maximum(row, 0)
        arrives = period + whole(table, "lead_periods")[at]
        good &= (
            (period >= np.maximum(whole(table, "first_order")[at], 0))
            & (period <= whole(table, "last_order")[at])
            & (arrives < facts.T)
        )
        good &= (whole(lines, "in_service_period") == arrives) & (
            text(lines, "site") == text(table, "site")[at]
        )
    else:
        arrives = period
    built = np.zeros(len(table))
    np.add.at(built, row[good], mw[good])
    checks = [
        require(
            "projects.lines",
            good,
            lambda i: (
                f"{described(i)}: unknown project, another site, or ordered outside its window or "
                "lead time"
            ),
            "projects are ordered in their window and in service after their lead",
        ),
        at_most(
            "projects.max",
            built,
            column(table, "mw_max"),
            lambda i: f"buy_plan.csv: project {names[i]}, MW in all",
            unit="MW",
        ),
    ]
    row, site = (
        row[good],
        facts.codes("site", text(table, "site")[row[good]]) if len(table) else row[good],
    )
    return Projects(
        row, period[good], arrives[good], mw[good], site, text(lines, "line_id")[good]
    ), checks


def check_power(
    facts: Facts, capacity: Capacity, projects: Projects, energy: Energy, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of power limits (all chips, and liquid-cooled ones) and of power.csv."""
    table, sites, S, T = facts.case["power"], facts.case["sites"], len(facts.site), facts.T
    table = table[(table["period"] >= 0) & (table["period"] < T)]
    limit, liquid = np.full((S, T), np.nan), np.full((S, T), np.nan)
    at = (facts.codes("site", table["site"]), whole(table, "period"))
    limit[at], liquid[at] = column(table, "mw"), column(table, "liquid_mw")
    built, built_liquid = np.zeros((S, T)), np.zeros((S, T))
    serves = np.arange(T)[None, :] >= projects.arrives[:, None]
    np.add.at(built, projects.site, serves * projects.mw[:, None])
    share = column(facts.case["power_projects"], "liquid_share")[projects.row]
    np.add.at(built_liquid, projects.site, serves * (projects.mw * share)[:, None])
    basis = np.where(text(sites, "power_basis") == "utility", facts.pue, 1.0)
    free = or_zero(column(sites, "headroom"))[:, None]  # the share of a limit that is kept free
    mw = facts.kw_peak[:, None, None] * capacity.powered / 1000.0
    it, used = mw.sum(axis=0), mw.sum(axis=0) * basis[:, None]
    cooled = text(facts.case["chips"], "cooling") == "liquid"
    used_liquid = mw[cooled].sum(axis=0) * basis[:, None]

    def place(i: int) -> str:
        return f"fleet.csv: power of powered chips at {facts.site[i // T]} in {facts.label(i % T)}"

    s, t = facts.codes("site", written["site"]), whole(written, "period")
    good = (s >= 0) & (t >= 0) & (t < T)
    rows, s, t = np.flatnonzero(good), s[good], t[good]
    shown = np.zeros((S, T), bool)
    shown[s, t] = True
    lacking = np.argwhere(~np.isnan(limit) & ~shown)

    def described(name: str) -> Describe:
        return lambda i: f"power.csv, {facts.site[s[i]]}, {facts.label(t[i])}, {name}"

    utility = energy.mwh.sum(axis=(0, 3))
    tonnes = (energy.mwh * facts.kg_per_mwh[None]).sum(axis=(0, 3)) / 1000.0
    # a blank where carbon is not known, and only there
    known, co2 = facts.kg_known[s, t], column(written, "tonnes_co2")[rows]
    hours = facts.hours[t]
    doubt = energy.doubt[s, t] * hours / 1000.0
    kg = facts.kg_per_mwh.max(axis=2, initial=0.0)[s, t]
    has = np.flatnonzero(~np.isnan(limit[s, t]))
    every = np.arange(len(rows))
    cool = np.flatnonzero(~np.isnan(liquid[s, t]))
    # the first format did not write it
    told = (
        has
        if column(written, "kept_free_mw").size
        and not np.isnan(column(written, "kept_free_mw")).all()
        else has[:0]
    )
    # what the rounding of powered chips makes of MW, and what a solver leaves of a limit
    one_mw = (facts.kw_peak[:, None, None] * (capacity.held > 0)).sum(axis=0) / 1000.0
    one_mw = one_mw * basis[:, None]
    rounding, left = one_mw * WRITTEN + FLOOR["MW"], one_mw * facts.few + FLOOR["MW"]

    def some(
        name: str, truth: Floats, which: np.ndarray, label: str, size: ArrayLike = 0.0
    ) -> Check:
        return agree(
            label,
            column(written, name)[rows][which],
            truth[s, t][which],
            lambda i: described(name)(int(which[i])),
            unit="MW",
            floor=Slack(rounding[s, t][which], size=size),
        )

    return [
        at_most(
            "power.limit",
            used,
            (limit + built) * (1.0 - free),
            place,
            unit="MW",
            floor=left,
        ),
        at_most(
            "power.liquid",
            used_liquid,
            (liquid + built_liquid) * (1.0 - free),
            lambda i: f"{place(i)}, liquid-cooled",
            unit="MW",
            floor=left,
        ),
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
        some("limit_mw", limit, has, "power.limit_mw"),
        some("built_mw", built, every, "power.built_mw"),
        some("used_mw", used, every, "power.used_mw"),
        some("kept_free_mw", free * (limit + built), told, "power.kept_free_mw"),
        some(
            "free_mw",
            (limit + built) * (1.0 - free) - used,
            has,
            "power.free_mw",
            size=(limit + built)[s, t][has],
        ),
        some("liquid_limit_mw", liquid + built_liquid, cool, "power.liquid_limit_mw"),
        some("liquid_used_mw", used_liquid, every, "power.liquid_used_mw"),
        some("it_mw", it, every, "power.it_mw"),
        agree(
            "power.energy_mwh",
            column(written, "energy_mwh")[rows],
            utility[s, t],
            described("energy_mwh"),
            unit="MWh",
            floor=doubt,
        ),
        agree(
            "power.tonnes_co2",
            np.where(known, or_zero(co2), np.where(np.isnan(co2), 0.0, np.inf)),
            np.where(known, tonnes[s, t], 0.0),
            described("tonnes_co2"),
            unit="t",
            floor=doubt * kg / 1000.0,
        ),
    ]
