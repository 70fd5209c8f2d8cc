"""Sites, their power, energy and power projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.case.checks.findings import Cells, Missing, absent, rows
from planner.case.columns import Bools, codes, numbers, texts, whole
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case


def own_sites(case: Case) -> Bools:
    """Return whether a site is owned or colo, (S,)."""
    return np.asarray(texts(case["sites"], "kind") != "cloud")


def site_figures(case: Case) -> list[Problem]:
    """An owned or colo site has a PUE and a power basis."""
    sites = case["sites"]
    own = own_sites(case)
    problems = rows(
        Cells(case, "sites", "pue", own & np.isnan(numbers(sites, "pue"))),
        "pue-missing",
        "needs a number of at least 1 for the {kind} site {site}",
        "fill in utility power over IT power, for instance 1.25",
    )
    basis = np.isin(texts(sites, "power_basis"), ["it", "utility"])
    return problems + rows(
        Cells(case, "sites", "power_basis", own & ~basis),
        "power-basis-missing",
        "must be `it` or `utility` for the {kind} site {site}",
        "fill in what the MW of power.csv are, here or for all sites as power_basis in case.yaml",
    )


def power_given(case: Case) -> list[Problem]:
    """An owned or colo site has power rows."""
    sites = case["sites"]
    lacks = own_sites(case) & ~sites["site"].isin(case["power"]["site"]).to_numpy()
    return rows(
        Cells(case, "sites", "site", lacks),
        "power-missing",
        "needs power rows for the {kind} site {site}",
        "add its MW by period to power.csv",
    )


def power_complete(case: Case) -> list[Problem]:
    """A site with power rows has one for every period of the plan."""
    sites, power, T = texts(case["sites"], "site"), case["power"], case.calendar.count
    given = np.zeros((len(sites), T), dtype=bool)
    site, period = codes(sites, texts(power, "site")), whole(power, "period")
    inside = (site >= 0) & (period >= 0) & (period < T)
    given[site[inside], period[inside]] = True
    listed = np.isin(sites, texts(power, "site"))
    return absent(
        Missing(case, "power", "period", sites, listed[:, None] & ~given),
        "power-gap",
        "needs a row for {name} in {first} (periods missing: {count} of {periods})",
        "add the rows to power.csv; a missing period is not read as 0 or as no limit",
    )


def liquid_part(case: Case) -> list[Problem]:
    """Liquid-cooled MW are part of the site's MW."""
    power = case["power"]
    return rows(
        Cells(
            case,
            "power",
            "liquid_mw",
            numbers(power, "liquid_mw") > numbers(power, "mw") * (1 + 1e-9),
        ),
        "liquid-above-power",
        "must be at most the {mw} MW of {site} in {period}",
        "lower liquid_mw, or leave it blank where all of the power can carry liquid-cooled chips",
    )


def energy_at_cloud(case: Case) -> list[Problem]:
    """Energy rows are for owned and colo sites."""
    cloud = case["sites"]["site"][~own_sites(case)]
    return rows(
        Cells(case, "energy", "site", case["energy"]["site"].isin(cloud).to_numpy()),
        "energy-at-cloud",
        "must be an owned or colo site; the rental at a cloud site contains energy",
        "remove the row",
    )


def energy_slices(case: Case) -> list[Problem]:
    """Energy rows name a slice of case.yaml."""
    slices = [part.name for part in case.settings.slices]
    unknown = ~case["energy"]["slice"].isin([*slices, "*"]).to_numpy()
    return rows(
        Cells(case, "energy", "slice", unknown),
        "slice-unknown",
        "must be a slice of case.yaml ({known}), or blank for every slice",
        "correct the name, or declare the slice in case.yaml",
        known=", ".join(slices),
    )


def _covered(case: Case, column: str) -> Bools:
    """Return where a column of energy.csv, or of sites.csv behind it, has a value, (S, T, K)."""
    sites, energy, T = case["sites"], case["energy"], case.calendar.count
    names = np.array([part.name for part in case.settings.slices], dtype=object)
    covered = np.broadcast_to(
        ~np.isnan(numbers(sites, column))[:, None, None], (len(sites), T, len(names))
    ).copy()
    site, period, part = (
        codes(texts(sites, "site"), texts(energy, "site")),
        whole(energy, "period"),
        codes(names, texts(energy, "slice")),
    )
    given = ~np.isnan(numbers(energy, column)) & (site >= 0) & (period >= 0) & (period < T)
    every = given & (texts(energy, "slice") == "*")
    covered[site[every], period[every]] = True
    one = given & (part >= 0)
    covered[site[one], period[one], part[one]] = True
    return covered


def energy_complete(case: Case) -> list[Problem]:
    """An owned or colo site has an energy price in every period and slice, and carbon where a price
    or a limit of carbon uses it."""
    limited = bool((texts(case["limits"], "measure") == "carbon").any())
    counted = limited or case.settings.carbon_usd_per_tonne > 0
    problems = []
    for column, what, code in (
        ("usd_per_mwh", "an energy price", "energy-price-missing"),
        ("kg_co2_per_mwh", "carbon per MWh", "carbon-missing"),
    ):
        if column == "kg_co2_per_mwh" and not counted:
            continue
        missing = (~_covered(case, column)).any(axis=2) & own_sites(case)[:, None]
        problems += absent(
            Missing(case, "sites", column, texts(case["sites"], "site"), missing),
            code,
            f"needs {what} for {{name}} in {{first}} (periods without: {{count}} of {{periods}})",
            f"fill {column} in sites.csv, or give every period and slice in energy.csv",
        )
    return problems


def one_demand_charge(case: Case) -> list[Problem]:
    """A demand charge is the same in every slice of a period."""
    energy = case["energy"]
    if energy.empty:
        return []
    charges = energy.groupby(["site", "period"])["usd_per_kw_month_demand"]
    differs = (charges.transform("max") > charges.transform("min")).to_numpy() & ~np.isnan(
        numbers(energy, "usd_per_kw_month_demand")
    )
    return rows(
        Cells(case, "energy", "usd_per_kw_month_demand", differs),
        "demand-charge-by-slice",
        "must be the same in every slice of {period} at {site}",
        "give the same figure in every slice, or only in the row with a blank slice",
    )


def project_sites(case: Case) -> list[Problem]:
    """A power project adds to a site that has a power limit."""
    projects = case["power_projects"]
    lacks = ~projects["site"].isin(case["power"]["site"]).to_numpy()
    return rows(
        Cells(case, "power_projects", "site", lacks),
        "project-without-limit",
        "must be a site with rows in power.csv; {site} has no limit that {project} could raise",
        "add the power of {site} to power.csv, or remove the project",
    )


def fits_power(case: Case) -> list[Problem]:
    """Idle power is at most peak power."""
    chips = case["chips"]
    return rows(
        Cells(case, "chips", "kw_idle", numbers(chips, "kw_idle") > numbers(chips, "kw_peak")),
        "idle-above-peak",
        "must be at most kw_peak ({kw_peak} kW)",
        "check both figures: all-in IT draw per chip, in kW",
    )
