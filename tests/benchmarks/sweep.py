"""What questions cost: variants of a case solved from where it stands, against solving it from scratch.

``python -m tests.benchmarks.sweep --size medium --variants 100`` prints both and their ratio, in one run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from planner.case import read_case
from planner.case.case import Case
from planner.study.live import open_case, with_rows
from tests.benchmarks.generator import write_case
from tests.benchmarks.sizes import SIZES

FACTORS = (0.9, 0.95, 1.05, 1.1)
CHANGES = (("demand", "workload", ("output_mtok", "input_mtok", "cached_mtok", "flop")), ("offers", "offer", ("usd_per_chip", "usd_per_chip_hour")), ("power", "site", ("mw",)), ("supply", "supply_group", ("max_chips",)))


def variant(case: Case, random: np.random.Generator, number: int) -> tuple[str, Case]:
    """Return what is changed and the case with it: demand of a workload, price of an offer, power of a site or supply of a group."""
    table, key, columns = CHANGES[number % len(CHANGES)]
    frame = case[table]
    names = sorted(set(frame[key]))
    name = names[int(random.integers(len(names)))]
    rows = np.flatnonzero((frame[key] == name).to_numpy())
    factor = float(random.choice(FACTORS))
    cells: dict[str, Any] = {column: frame[column].to_numpy(dtype=np.float64)[rows] * factor for column in columns}
    return f"{table} {name} x {factor}", with_rows(case, table, rows, **cells)


def main() -> None:
    """Print the cost of the variants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="medium")
    parser.add_argument("--variants", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_case(SIZES[given.size], given.seed, Path(folder) / "case")
        case = read_case(Path(folder) / "case")
    begin = time.process_time()
    live = open_case(case)
    cold = time.process_time() - begin
    program = live.formulation.program
    print(f"{program.num_columns:,} columns, {len(program.data):,} nonzeros: formulated and solved in {cold:.2f} s CPU, {live.solution.iterations:,} iterations", flush=True)
    random, spent = np.random.default_rng(given.seed), []
    for number in range(given.variants):
        begin = time.process_time()
        what, changed = variant(case, random, number)
        asked = live.ask(changed)
        spent.append(time.process_time() - begin)
        print(f"  {what}: {asked.status}, {spent[-1]:.2f} s, {asked.solution.iterations:,} iterations", flush=True)
    print(f"{given.variants} variants: {sum(spent):.1f} s CPU, {np.mean(spent):.2f} s each; solving from scratch costs {cold / np.mean(spent):.1f} times as much; all of them cost {sum(spent) / cold:.1f} cold solves")


if __name__ == "__main__":
    main()
