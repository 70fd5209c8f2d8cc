"""Figures as causes: what is planted is no limit but makes one bite, and its file and row are
named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.case import read_case
from planner.diagnosis import Diagnosis, diagnose
from planner.model import formulate
from tests.diagnosis.conflicts import Planted, good, planted
from tests.helpers import write_case

Cause = tuple[str, str, str]
"""Table, key column and name of the row that is to blame."""


def few(case: Planted) -> None:
    """A second offer, at hand at once, of far too few chips."""
    most = 0.3 * case.first["a"]
    case.add(
        "offers",
        **{**case.rows("offers", offer="buy_a")[0], "offer": "few_a", "max_per_period": most},
    )


def lead(case: Planted) -> Cause:
    """What is bought comes a year after it is needed."""
    few(case)
    case.set("offers", {"lead_periods": 1}, offer="buy_a")
    case.set("milestones", {"start": "2026", "deadline": "2027"}, milestone="train_a")
    return "offers", "offer", "buy_a"


def window(case: Planted) -> Cause:
    """Nothing can be ordered before the second year."""
    few(case)
    case.set("offers", {"first_order": "2026"}, offer="buy_a")
    case.set("milestones", {"start": "2026", "deadline": "2027"}, milestone="train_a")
    return "offers", "offer", "buy_a"


def availability(case: Planted) -> Cause:
    case.set("chips", {"availability": 0.1}, chip="a")
    return "chips", "chip", "a"


def headroom(case: Planted) -> Cause:
    """Half as much again as is needed, were nothing of it kept free."""
    mw = 1.5 * case.first["a"] / 1000.0
    case.set("power", {"mw": mw}, site="home_a", period=2025)
    for row in case.tables["sites"]:
        row["headroom"] = 0.9 if row["site"] == "home_a" else 0
    return "sites", "site", "home_a"


def throughput(case: Planted) -> Cause:
    for row in case.rows("throughput", chip="a"):
        row["output_tok_per_s"] = float(row["output_tok_per_s"]) / 20.0
    return "throughput", "chip", "a"


def effort_of_training(case: Planted) -> Cause:
    case.set("training", {"mfu": 0.01}, chip="a")
    return "training", "chip", "a"


def two_chips(case: Planted) -> Cause:
    """A rule against a vendor takes two chips at once; the milestone states no split efficiency."""
    case.add("chips", **{**case.rows("chips", chip="a")[0], "chip": "a2"})
    for table in ("throughput", "training"):
        for row in case.rows(table, chip="a"):
            case.add(table, **{**row, "chip": "a2"})
    first = case.first["a"]
    case.add("offers", **{**case.rows("offers", offer="buy_a")[0], "offer": "buy_a2", "chip": "a2"})
    for offer, most in (("buy_a", 1.5), ("buy_a2", 0.2)):
        case.set("offers", {"max_per_period": most * first}, offer=offer)
    case.set("demand", {"output_mtok": 2.5 * first}, workload="serve_a", period=2027)
    vendor = case.rows("chips", chip="a")[0]["vendor"]
    case.add("rules", vendor=vendor, **{"from": "2026"}, reason="nothing more of this vendor")
    return "rules", "reason", "nothing more of this vendor"


def minimum_against_capex(case: Planted) -> Cause:
    least = 0.9 * case.room["a"]
    case.set("offers", {"min_per_period": least}, offer="buy_a")
    case.add("budgets", period="2025", category="capex", usd_max=0.5 * least * case.price["a"])
    return "offers", "offer", "buy_a"


CAUSES: dict[str, Callable[[Planted], Cause]] = {
    cause.__name__: cause
    for cause in (
        lead,
        window,
        availability,
        headroom,
        throughput,
        effort_of_training,
        two_chips,
        minimum_against_capex,
    )
}


def diagnosed(folder: Path, case: Planted) -> Diagnosis:
    write_case(folder, case.text(), case.settings)
    read = read_case(folder)
    return diagnose(read, formulate(read).program)


def named(diagnosis: Diagnosis) -> set[tuple[str, int]]:
    return {
        (place.file, row)
        for items in diagnosis.conflicts
        for item in items
        for place in item.places
        for row in place.rows
    }


@pytest.mark.sampled(4)
@pytest.mark.parametrize("cause", CAUSES)
def test_the_row_that_is_to_blame_is_named(tmp_path: Path, cause: str) -> None:
    case = good(11)
    table, column, name = CAUSES[cause](case)
    diagnosis = diagnosed(tmp_path, case)
    rows = {at for at, row in enumerate(case.tables[table], 2) if str(row[column]) == name}
    assert rows
    assert {(f"{table}.csv", row) for row in rows} & named(diagnosis)
    assert diagnosis.repairs


@pytest.mark.slow
def test_survival_of_a_site_names_the_demand_that_cannot_survive(tmp_path: Path) -> None:
    case = planted(12, "site_loss")
    for row in case.rows("demand", workload="serve_a"):
        row["output_mtok"] = float(row["output_mtok"]) * (0.25 if row["period"] != 2026 else 1.0)
    case.set("workloads", {"survive_site_loss": 0.5}, workload="serve_a")
    diagnosis = diagnosed(tmp_path, case)
    (item,) = [item for items in diagnosis.conflicts for item in items if item.kind == "site_loss"]
    row = next(
        at
        for at, row in enumerate(case.tables["demand"], 2)
        if (row["workload"], str(row["period"])) == ("serve_a", "2026")
    )
    assert item.periods == ("2026",)
    assert ("demand.csv", (row,)) in {(place.file, place.rows) for place in item.places}
    assert "here in 2026" in item.text


@pytest.mark.slow
def test_a_wide_table_with_measures_is_told_by_row_and_period(tmp_path: Path) -> None:
    """Row and header are those of the file: whoever edits that cell gets the plan that was told."""
    case = planted(4, "power")
    tables = case.text()
    sites = list(dict.fromkeys(row["site"] for row in tables["power"]))
    wide = [
        {"site": site, "measure": measure}
        | {
            row["period"]: row["mw"] if measure == "mw" else "0"
            for row in tables["power"]
            if row["site"] == site
        }
        for site in sites
        for measure in ("liquid_mw", "mw")
    ]
    write_case(tmp_path, {**tables, "power": wide}, case.settings)
    read = read_case(tmp_path)
    diagnosis = diagnose(read, formulate(read).program)
    repair = next(repair for repair in diagnosis.repairs if repair.families == ("power",))
    at = 2 + next(
        at for at, row in enumerate(wide) if (row["site"], row["measure"]) == ("home_a", "mw")
    )
    assert [(change.row, change.header) for change in repair.changes] == [(at, "2025")]


def test_a_name_that_no_override_can_write_is_told_and_tried(tmp_path: Path) -> None:
    """The way out is there all the same: by an override that quotes, or by editing the cell."""
    case = planted(4, "supply")
    for table in ("supply", "offers"):
        for row in case.rows(table, supply_group="market_a"):
            row["supply_group"] = "market*a[1]"
    diagnosis = diagnosed(tmp_path, case)
    assert any(repair.families == ("supply",) for repair in diagnosis.repairs)
