"""Realistic cases of any size, written as ordinary case folders: ``python -m
tests.benchmarks.generator medium DIR --seed 1``.

The same size and seed give the same files, byte for byte.  Figures are drawn, not sourced: the
cases measure the planner, they say nothing about any chip.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from planner.case.known import usual_figures
from planner.case.tables import TABLE
from tests.benchmarks import hardware, needs, places
from tests.benchmarks.hardware import Rows
from tests.benchmarks.sizes import SIZES, Size

START_YEAR = 2027
PERIODS = ("period", "in_service", "first_order", "last_order", "start", "deadline")
"""Columns that hold a number of quarters from the start of the plan, and are written as its
name."""


def quarter(number: int) -> str:
    """Return the name of a quarter counted from the start of the plan, negative before it."""
    return f"{START_YEAR + number // 4}Q{number % 4 + 1}"


def generate(size: Size, seed: int) -> tuple[dict[str, Any], dict[str, Rows]]:
    """Return case.yaml and the rows of every table of a case of this size."""
    draw = np.random.default_rng(seed)
    slices = [f"slice-{k + 1}" for k in range(size.slices)]
    share = np.full(size.slices, 1 / size.slices)
    speed = hardware.strength(size, draw)
    chips, sites = hardware.chips(size, speed, draw), places.sites(size, draw)
    mw = places.megawatts(sites, draw)
    room = sum(mw.values()) * 1000 / 1.5
    """Chips of today that the power of today could feed."""
    offers, prices = hardware.offers(size, speed, list(mw), len(mw) < len(sites), room, draw)
    workloads = needs.workloads(size, sorted({row["region"] for row in sites}), draw)
    rates = needs.throughput(size, workloads, speed, draw)
    years = list(range(START_YEAR, START_YEAR + size.periods // 4))  # those wholly inside the plan
    budgets, limits, rules = needs.policies(
        size, sorted({row["vendor"] for row in chips}), years, room * 12_000
    )
    profiles, runs = (
        needs.profiles(slices, {row.get("profile", "") for row in workloads}, share, draw),
        needs.milestones(size, mw, draw),
    )
    classes = {row["class"] for row in runs} | {
        row["model"] for row in workloads if row["kind"] == "research"
    }
    tables = {
        "chips": chips,
        "sites": sites,
        "power": places.power(size, mw),
        "energy": places.energy(size, sites, slices),
        "power_projects": places.power_projects(size, mw),
        "offers": offers,
        "offer_prices": prices,
        "supply": hardware.supply(size, room / 8, offers),
        "fleet": hardware.fleet(size, mw, chips, draw),
        "workloads": workloads,
        "demand": needs.demand(size, workloads, rates, 0.6 * room, draw),
        "throughput": rates,
        "gains": needs.gains(size, workloads),
        "profiles": profiles,
        "milestones": runs,
        "training": needs.training(size, classes),
        "budgets": budgets,
        "limits": limits,
        "rules": rules,
    }
    settings = {
        "start": quarter(0),
        "periods": size.periods,
        "frequency": "quarter",
        "discount_rate": 0.1,
        "whole": False,  # linear programs are measured; of whole plans it is said
        "headroom": 0.03,
        "carbon_usd_per_tonne": 20,
        "slices": [{"name": name, "hours_share": float(share[k])} for k, name in enumerate(slices)],
    }
    most = usual_figures()["demand", "output_mtok"].high
    if any(float(row.get("output_mtok", 0)) > most for row in tables["demand"]):
        settings["accept"] = [
            {
                "warning": "figure-unusual demand.csv:* output_mtok: *",
                "reason": "drawn: the work of a fleet that may be larger than any there is",
            }
        ]
    return settings, tables


def write_case(size: Size, seed: int, folder: Path, name: str = "generated") -> None:
    """Write a generated case of this name into a folder, which is made."""
    settings, tables = generate(size, seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(
        yaml.safe_dump({"name": name} | settings, sort_keys=False), encoding="utf-8"
    )
    for table, rows in tables.items():
        asked = TABLE[table]
        header = [
            column.name for column in asked.columns if any(column.name in row for row in rows)
        ]
        texts = [
            {
                key: quarter(value)
                if key in PERIODS and isinstance(value, int) and table != "budgets"
                else value
                for key, value in row.items()
            }
            for row in rows
        ]
        with open(folder / asked.path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(texts)


def main() -> None:
    """Write the case that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=sorted(SIZES), help="how large, before the counts below")
    parser.add_argument("folder", type=Path, help="case folder to write")
    parser.add_argument("--seed", type=int, default=1)
    for field in dataclasses.fields(Size):
        parser.add_argument(f"--{field.name}", type=int, help=f"this many {field.name} instead")
    asked = vars(parser.parse_args())
    counts = {
        field.name: asked[field.name]
        for field in dataclasses.fields(Size)
        if asked[field.name] is not None
    }
    write_case(
        dataclasses.replace(SIZES[asked["size"]], **counts),
        asked["seed"],
        asked["folder"],
        f"{asked['size']}-{asked['seed']}",
    )


if __name__ == "__main__":
    main()
