"""The audit agrees with what is formulated, solved and extracted, on the hand-made inputs and on
copies with other families of limits and costs."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from planner.audit import audit
from planner.case import read_case
from planner.facts import solution_arrays
from planner.lp.certificate import certify
from planner.lp.highs import solve
from planner.model import formulate
from planner.plan.extract import extract
from planner.plan.tables import PLAN_TABLE
from planner.runs.cells import write_table
from planner.solving import Solved

INPUTS = Path(__file__).parent / "hand_made" / "inputs"
SOURCE = {"source": "assumption", "as_of": "2026-12-01"}
Edit = tuple[str, Mapping[str, str], Mapping[str, str]]
"""Table, cells that choose its rows (none: a new row), cells to set."""

AWAY: Sequence[Edit] = (
    (
        "sites",
        {},
        {
            "site": "away",
            "region": "r3",
            "country": "us",
            "kind": "owned",
            "pue": "1.1",
            "power_basis": "it",
            "headroom": "0.05",
            "usd_per_mwh": "30",
            "kg_co2_per_mwh": "100",
        }
        | SOURCE,
    ),
    ("power", {}, {"site": "away", "period": "2027", "mw": "1", "liquid_mw": "0.05"}),
    ("power", {}, {"site": "away", "period": "2028", "mw": "1", "liquid_mw": "0.05"}),
    ("offers", {"offer": "buy"}, {"site": "home;away"}),
    (
        "offers",
        {},
        {
            "offer": "move",
            "chip": "a",
            "site": "away",
            "kind": "relocate",
            "from_site": "home",
            "lead_periods": "1",
            "usd_per_chip": "5",
            "min_per_period": "7",
            "max_per_period": "30",
        }
        | SOURCE,
    ),
    (
        "offers",
        {},
        {
            "offer": "now",
            "chip": "a",
            "site": "away",
            "kind": "relocate",
            "from_site": "home",
            "lead_periods": "0",
            "usd_per_chip": "9",
            "min_per_period": "3",
        }
        | SOURCE,
    ),
)

MOVES = "survival curve and moves between sites"

VARIANTS: Mapping[str, Sequence[Edit]] = {
    "as it is": (),
    "attrition, lots that end, maintenance by age": (
        ("chips", {"chip": "a"}, {"annual_attrition": "0.1"}),
        ("fleet", {"chip": "a"}, {"leaves_service": "2028"}),
        ("maintenance", {}, {"chip": "a", "age_years": "0", "usd_per_chip_year": "10"} | SOURCE),
        ("maintenance", {}, {"chip": "a", "age_years": "2", "usd_per_chip_year": "300"} | SOURCE),
    ),
    MOVES: (
        *AWAY,
        ("survival", {}, {"chip": "a", "age_years": "0", "share_alive": "1"} | SOURCE),
        ("survival", {}, {"chip": "a", "age_years": "5", "share_alive": "0.4"} | SOURCE),
    ),
    "a run split over sites": (
        *AWAY,
        (
            "milestones",
            {"milestone": "m2"},
            {"sites": "home;away", "single_site": "no", "split_efficiency": "0.9"},
        ),
    ),
    "a contract cut short": (
        (
            "offers",
            {"offer": "reserve"},
            {"cancellable": "yes", "usd_per_chip": "100", "usd_per_chip_hour": "0.9"},
        ),
        ("demand", {"workload": "bulk"}, {"output_mtok": "500000"}),
        ("demand", {"workload": "chat", "period": "2028"}, {"output_mtok": "100000"}),
    ),
    "a lease, supply shared with rentals": (
        (
            "offers",
            {},
            {
                "offer": "lend",
                "chip": "a",
                "site": "home",
                "kind": "lease",
                "lead_periods": "0",
                "term_periods": "3",
                "usd_per_chip": "300",
                "usd_per_chip_hour": "0.01",
                "deposit_share": "0.5",
            }
            | SOURCE,
        ),
        ("offers", {"offer": "rent"}, {"supply_group": "g"}),
        ("supply", {"supply_group": "g"}, {"max_chips": "90"}),
    ),
    "three kinds of tokens, gains, shortage": (
        (
            "throughput",
            {"model": "m", "chip": "a"},
            {
                "input_tok_per_s": "50000",
                "cached_tok_per_s": "200000",
                "calibration": "0.8",
                "kw_active": "1.7",
            },
        ),
        ("demand", {"workload": "chat"}, {"input_mtok": "300000", "cached_mtok": "400000"}),
        ("demand", {"workload": "chat", "period": "2028"}, {"output_mtok": "2000000"}),
        (
            "workloads",
            {"workload": "chat"},
            {"short_usd_per_mtok": "0.001", "survive_site_loss": ""},
        ),
        ("gains", {}, {"model": "m", "chip": "a", "period": "2028", "gain": "1.5"} | SOURCE),
        ("gains", {}, {"model": "m", "chip": "*", "period": "2027", "gain": "1.2"} | SOURCE),
    ),
    "research as a multiple": (
        ("workloads", {"workload": "lab"}, {"share_of_fleet": "", "multiple_of_milestones": "0.2"}),
    ),
    "research by volume, some of it left out": (
        ("workloads", {"workload": "lab"}, {"share_of_fleet": "", "short_usd_per_1e21_flop": "10"}),
        ("demand", {}, {"workload": "lab", "period": "2027", "flop": "9e22"}),
        ("demand", {}, {"workload": "lab", "period": "2028", "flop": "9e22"}),
    ),
    "liquid cooling": (
        ("chips", {"chip": "a"}, {"cooling": "liquid"}),
        ("power", {"site": "home"}, {"liquid_mw": "0.28"}),
    ),
    "old contracts in the cloud": (
        (
            "fleet",
            {},
            {
                "chip": "c",
                "site": "cloud",
                "in_service": "2026",
                "chips": "9",
                "leaves_service": "2030",
                "usd_per_chip_hour": "0.3",
                "retire_early": "yes",
                "usd_per_chip": "100",
            },
        ),
    ),
}


def change(folder: Path, table: str, where: Mapping[str, str], cells: Mapping[str, str]) -> None:
    """Set cells of the rows that match, or append a row."""
    path, rows = folder / f"{table}.csv", []
    if path.exists():
        with path.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
    chosen = [
        row for row in rows if where and all(row[name] == value for name, value in where.items())
    ]
    assert bool(chosen) == bool(where), f"{table} has no row {where}"
    for row in chosen:
        row.update(cells)
    if not where:
        rows.append(dict(cells))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(
            stream,
            list(dict.fromkeys(name for row in rows for name in row)),
            restval="",
            lineterminator="\n",
        )
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("name", "residual"),
    [
        *((name, "straight_line") for name in VARIANTS),
        ("as it is", "annuity"),
        (MOVES, "annuity"),
        (MOVES, "table"),
        ("as it is", "none"),
    ],
)
def test_solved_plans_pass(name: str, residual: str, tmp_path: Path) -> None:
    inputs = Path(shutil.copytree(INPUTS, tmp_path / "inputs"))
    settings = inputs / "case.yaml"
    settings.write_text(settings.read_text().replace("straight_line", residual))
    for table, where, cells in VARIANTS[name]:
        change(inputs, table, where, cells)
    formulation = formulate(read_case(inputs))
    solution = solve(formulation.program)
    assert solution.status == "optimal", solution.message
    plan = extract(formulation, solution, certify(formulation.program, solution))
    for table, frame in plan.tables.items():
        write_table(PLAN_TABLE[table], frame, tmp_path / f"{table}.csv")
    (tmp_path / "plan.json").write_text(json.dumps(plan.summary, default=float))
    arrays = solution_arrays(formulation.program, Solved(solution), solution)
    np.savez_compressed(tmp_path / "solution.npz", **arrays)
    report = audit(tmp_path, finished=False)
    assert report.ok, str(report)
