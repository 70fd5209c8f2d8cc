"""Rules about sites, power, energy and power projects. Each case breaks the good one in one place
and is told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "pue missing": (
        broken(("sites", 0, "pue", "")),
        [
            (
                "error pue-missing sites.csv:2 pue=: needs a number of at least 1 for the owned "
                "site iowa. fill in utility power over IT "
                "power, for instance 1.25"
            ),
        ],
    ),
    "power basis missing": (
        broken(("sites", 0, "power_basis", ""), power_basis=None),
        [
            (
                "error power-basis-missing sites.csv:2 power_basis=: must be `it` or `utility` "
                "for the owned site iowa. fill in what the MW of "
                "power.csv are, here or for all sites as power_basis in case.yaml"
            ),
        ],
    ),
    "site without power": (
        broken(drop=[("power", 4), ("power", 5), ("power", 6), ("power", 7)]),
        [
            "error power-missing sites.csv:3 site=ohio: needs power rows for the colo site ohio. "
            "add its MW by period to power.csv",
        ],
    ),
    "power gap": (
        broken(drop=[("power", 5), ("power", 6)]),
        [
            (
                "error power-gap power.csv:6 period=ohio: needs a row for ohio in 2027Q2 (periods "
                "missing: 2 of 4). add the rows to power.csv; "
                "a missing period is not read as 0 or as no limit"
            ),
        ],
    ),
    "liquid above power": (
        broken(("power", 1, "liquid_mw", "11")),
        [
            (
                "error liquid-above-power power.csv:3 liquid_mw=11: must be at most the 10 MW of "
                "iowa in 2027Q2. lower liquid_mw, or leave it "
                "blank where all of the power can carry liquid-cooled chips"
            ),
        ],
    ),
    "energy at a cloud site": (
        broken(add={"energy": [{"site": "eu1", "period": "2027Q1", "usd_per_mwh": "50"}]}),
        [
            (
                "error energy-at-cloud energy.csv:7 site=eu1: must be an owned or colo site; the "
                "rental at a cloud site contains energy. "
                "remove the row"
            ),
        ],
    ),
    "energy of an unknown slice": (
        broken(
            ("energy", 2, "slice", "noon"),
            *[("energy", row, "usd_per_kw_month_demand", "") for row in range(5)],
        ),
        [
            (
                "error slice-unknown energy.csv:4 slice=noon: must be a slice of case.yaml (day, "
                "night), or blank for every slice. correct the "
                "name, or declare the slice in case.yaml"
            ),
            (
                "error energy-price-missing sites.csv:3 usd_per_mwh=: needs an energy price for "
                "ohio in 2027Q3 (periods without: 1 of 4). fill "
                "usd_per_mwh in sites.csv, or give every period and slice in energy.csv"
            ),
            (
                "error carbon-missing sites.csv:3 kg_co2_per_mwh=: needs carbon per MWh for ohio "
                "in 2027Q3 (periods without: 1 of 4). fill "
                "kg_co2_per_mwh in sites.csv, or give every period and slice in energy.csv"
            ),
            (
                "warning column-unfilled energy.csv:2 usd_per_kw_month_demand=: has a header and "
                "no entry where one counts; a blank means that of the row for every slice, else "
                "that of the site. fill the column, or remove it where that is meant"
            ),
        ],
    ),
    "energy price missing in one slice": (
        broken(("energy", 3, "usd_per_mwh", "")),
        [
            (
                "error energy-price-missing sites.csv:3 usd_per_mwh=: needs an energy price for "
                "ohio in 2027Q3 (periods without: 1 of 4). fill "
                "usd_per_mwh in sites.csv, or give every period and slice in energy.csv"
            ),
        ],
    ),
    "energy price missing": (
        broken(("sites", 0, "usd_per_mwh", "")),
        [
            (
                "error energy-price-missing sites.csv:2 usd_per_mwh=: needs an energy price for "
                "iowa in 2027Q1 (periods without: 4 of 4). fill "
                "usd_per_mwh in sites.csv, or give every period and slice in energy.csv"
            ),
        ],
    ),
    "carbon missing in one period": (
        broken(("energy", 1, "kg_co2_per_mwh", "")),
        [
            (
                "error carbon-missing sites.csv:3 kg_co2_per_mwh=: needs carbon per MWh for ohio "
                "in 2027Q2 (periods without: 1 of 4). fill "
                "kg_co2_per_mwh in sites.csv, or give every period and slice in energy.csv"
            ),
        ],
    ),
    "demand charge by slice": (
        broken(("energy", 3, "usd_per_kw_month_demand", "9")),
        [
            (
                "error demand-charge-by-slice energy.csv:4 usd_per_kw_month_demand=8: must be the "
                "same in every slice of 2027Q3 at ohio. give "
                "the same figure in every slice, or only in the row with a blank slice"
            ),
            (
                "error demand-charge-by-slice energy.csv:5 usd_per_kw_month_demand=9: must be the "
                "same in every slice of 2027Q3 at ohio. give "
                "the same figure in every slice, or only in the row with a blank slice"
            ),
        ],
    ),
    "project at a site without limit": (
        broken(("power_projects", 0, "site", "eu1"), drop=[("last_plan", 2)]),
        [
            (
                "error project-without-limit power_projects.csv:2 site=eu1: must be a site with "
                "rows in power.csv; eu1 has no limit that hall2 "
                "could raise. add the power of eu1 to power.csv, or remove the project"
            ),
        ],
    ),
    "project window reversed": (
        broken(("power_projects", 0, "first_order", "2027Q3")),
        [
            (
                "error window-reversed power_projects.csv:2 last_order=2027Q2: must not be before "
                "first_order (2027Q3). swap or correct the "
                "two periods"
            ),
        ],
    ),
    "project never arrives": (
        broken(("power_projects", 0, "lead_periods", "4")),
        [
            (
                "warning never-arrives power_projects.csv:2 lead_periods=4: leaves no order that "
                "is in service before the end of the plan "
                "(2027Q4). shorten the lead, order earlier or plan for more periods; as it stands "
                "hall2 is left out"
            ),
        ],
    ),
    "idle above peak": (
        broken(("chips", 0, "kw_idle", "1.5")),
        [
            (
                "error idle-above-peak chips.csv:2 kw_idle=1.5: must be at most kw_peak (1.4 kW). "
                "check both figures: all-in IT draw per chip, in kW"
            ),
            (
                "error active-below-idle throughput.csv:3 kw_active=1.1: must be at least the "
                "idle draw of h100 (1.5 kW). check both figures: "
                "all-in IT draw per chip, in kW"
            ),
            (
                "error active-below-idle training.csv:2 kw_active=1.3: must be at least the idle "
                "draw of h100 (1.5 kW). check both figures: "
                "all-in IT draw per chip, in kW"
            ),
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
