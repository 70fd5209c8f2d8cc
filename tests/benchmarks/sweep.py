"""What variants cost, as ratios, in one run: ``python -m tests.benchmarks.sweep``.

Three questions: how many cold solves 100 variants of ``medium`` come to (demand, prices, power,
supply; 25 each); how much faster 200 scenarios of demand of ``small`` are than building each in
PuLP and solving it with CBC; and how much faster the first sweep is on two threads.  The first two
count CPU seconds, children included; the third is wall-clock, which tells something on a quiet
machine only: the load average stands beside it.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from planner.case import Case, read_case
from planner.case.variants import read_base, read_variant
from planner.lp.highs import solve
from planner.machines.where import Where
from planner.model import formulate
from planner.model.rewrite import rewrite
from planner.pipeline import run
from planner.study.live import open_case, with_rows
from planner.study.sweep import sweep
from planner.study.variants import Variant
from tests.benchmarks.bench import store
from tests.benchmarks.generator import write_case
from tests.benchmarks.rivals import load, pulp
from tests.benchmarks.sizes import SIZES

FACTORS = (0.9, 0.95, 1.05, 1.1)
CHANGES = {
    "demand": (("demand", "workload", ("output_mtok", "input_mtok", "cached_mtok", "flop")),),
    "prices": (
        ("offers", "offer", ("usd_per_chip", "usd_per_chip_hour")),
        ("offer_prices", "offer", ("usd_per_chip", "usd_per_chip_hour")),
    ),
    "power": (("power", "site", ("mw", "liquid_mw")),),
    "supply": (("supply", "supply_group", ("max_chips",)),),
}
TOKENS = ("output_mtok", "input_mtok", "cached_mtok", "flop")


def cpu() -> float:
    """Return the CPU seconds of this process and of those it has waited for."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def timed(spent: dict[str, float], what: str, work: Callable[[], Any]) -> Any:
    """Do some work and add the CPU seconds it took to what is spent on its kind."""
    begin = cpu()
    result = work()
    spent[what] = spent.get(what, 0.0) + cpu() - begin
    return result


def overrides(case: Case, random: np.random.Generator, kind: str) -> tuple[str, ...]:
    """Return what one variant changes: demand of a workload, price of an offer, power of a site or
    supply of a group, by a few percent."""
    table, key, _ = CHANGES[kind][0]
    names = sorted(set(case[table][key]))
    name, factor = names[int(random.integers(len(names)))], float(random.choice(FACTORS))
    changed = [
        (table, column)
        for table, key, columns in CHANGES[kind]
        for column in columns
        if (case[table].loc[case[table][key] == name, column] > 0).any()
    ]
    return tuple(
        f"{table}.{name}{'' if table == 'offers' else '.*'}.{column}*={factor}"
        for table, column in changed
    )


def scenario(case: Case, random: np.random.Generator) -> Case:
    """Return a case in which the demand of every workload is another one, by up to 10 % either
    way."""
    workload = np.unique(case["demand"]["workload"], return_inverse=True)[1]
    factor = random.uniform(0.9, 1.1, workload.max() + 1)[workload]
    return with_rows(
        case,
        "demand",
        np.ones(len(factor), dtype=bool),
        **{column: case["demand"][column].to_numpy() * factor for column in TOKENS},
    )


def variants_of(folder: Path, number: int, seed: int) -> list[Variant]:
    """Print what variants cost against cold solves; return them."""
    spent: dict[str, float] = {}
    base = read_base(folder)
    cold = timed(spent, "cold", lambda: solve(formulate(base.case).program, threads=1))
    live = open_case(base.case, threads=1)
    live = open_case(base.case, live.basis, threads=1)
    random, kinds = np.random.default_rng(seed), list(CHANGES)
    variants, worst = [], 0.0
    for at in range(number):
        kind = kinds[at * len(kinds) // number]
        variants.append(Variant(f"{kind} {at}", overrides(base.case, random, kind), ()))
        case = timed(spent, "reading", lambda: read_variant(base, variants[-1].overrides))
        formulation = timed(
            spent,
            "formulating",
            lambda case=case: rewrite(live.formulation, case) or formulate(case),
        )
        before = spent.get("solving", 0.0)
        timed(spent, "solving", lambda formulation=formulation: live.ask_program(formulation))
        worst = max(worst, spent["solving"] - before)
    print(
        f"{number} variants of {folder.name} ({len(live.formulation.program.data):,} nonzeros), "
        f"against one cold solve, formulated and solved in {spent['cold']:.2f} s CPU, "
        f"{cold.iterations:,} iterations"
    )
    for what in ("reading", "formulating", "solving"):
        print(f"  {what:<12}{spent[what]:8.2f} s  {spent[what] / spent['cold']:6.1f} cold solves")
    both = spent["formulating"] + spent["solving"]
    print(
        f"  formulating and solving come to {both / spent['cold']:.1f} cold solves, "
        f"{spent['cold'] * number / both:.1f} times less each; with reading "
        f"{(both + spent['reading']) / spent['cold']:.1f}; the dearest solve "
        f"{worst / spent['cold']:.2f}"
    )
    return variants


def scenarios_of(folder: Path, number: int, sample: int, seed: int, scratch: Path) -> None:
    """Print how much faster scenarios of demand are than PuLP with CBC, which gets finished
    coefficients and is measured on some of them."""
    import pulp as lib

    base, random, spent = read_case(folder), np.random.default_rng(seed), dict[str, float]()
    live = open_case(base, threads=1)
    cases = [scenario(base, random) for _ in range(number)]
    ours = [timed(spent, "ours", lambda case=case: live.ask(case)).objective for case in cases]
    for case, mine in zip(cases[:sample], ours, strict=False):
        program = formulate(case).program
        store(program, scratch / "program.npz")
        given = load(scratch / "program.npz")
        model = timed(spent, "building", lambda given=given: pulp(given))
        timed(spent, "CBC", lambda model=model: model.solve(lib.PULP_CBC_CMD(msg=False)))
        theirs = float(lib.value(model.objective)) * program.money_scale
        if abs(theirs - mine) > 1e-6 * abs(mine):
            raise SystemExit(f"CBC finds {theirs}, we {mine}")
    each, rival = spent["ours"] / number, (spent["building"] + spent["CBC"]) / sample
    print(
        f"\n{number} scenarios of demand of {folder.name} ({len(live.formulation.program.data):,} "
        f"nonzeros), formulating counted: {1e3 * each:.2f} ms CPU each"
    )
    print(
        f"  PuLP builds each of finished coefficients in {1e3 * spent['building'] / sample:.1f} "
        f"ms and CBC solves it in {1e3 * spent['CBC'] / sample:.1f} ms (measured on {sample}, the "
        "others taken to cost the same)"
    )
    print(f"  {rival / each:.1f} times faster; the same optimum on all {sample}")


def machine_of(folder: Path) -> float:
    """Return how many times the cold solves of one process two processes do in the same time that
    have nothing to do with each other."""
    command = [
        sys.executable,
        "-c",
        "import sys; from pathlib import Path; from tests.benchmarks.sweep import "
        f"wait_and_solve; wait_and_solve(Path({str(folder)!r}))",
    ]
    wall = []
    for count in (1, 2):
        workers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(count)
        ]
        for worker in workers:
            worker.stdout.readline()  # type: ignore[union-attr]
        for worker in workers:
            worker.stdin.close()  # type: ignore[union-attr]
        wall.append(max(float(worker.stdout.readline()) for worker in workers))  # type: ignore[union-attr]
        for worker in workers:
            worker.wait()
    return 2 * wall[0] / wall[1]


def wait_and_solve(folder: Path) -> None:
    """Formulate, say so, wait for a word, and print the seconds of a few cold solves."""
    program = formulate(read_case(folder)).program
    print("ready", flush=True)
    sys.stdin.read()
    begin = time.perf_counter()
    for _ in range(3):
        solve(program, threads=1)
    print(time.perf_counter() - begin, flush=True)


def processes_of(folder: Path, variants: list[Variant], scratch: Path) -> None:
    """Print how much faster a sweep is on two processors than on one, wall-clock from the call to
    its answers, and that they are the same."""
    plan = run(folder, out=scratch / "outputs").folder
    if plan is None:
        raise SystemExit(f"{folder} has no plan")
    file = scratch / "variants.csv"
    file.write_text(
        "variant,set\n"
        + "".join(f"{variant.name},{text}\n" for variant in variants for text in variant.overrides),
        encoding="utf-8",
    )
    wall, found, machine = [], [], [machine_of(folder)]
    for threads in (1, 2):
        begin = time.perf_counter()
        found.append(
            [
                (one.status, one.objective, one.chips)
                for one in sweep(plan, file, Where(threads)).swept
            ]
        )
        wall.append(time.perf_counter() - begin)
    machine.append(machine_of(folder))
    load_ = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    print(
        f"\n`planner sweep` of these variants on one processor {wall[0]:.1f} s, on two "
        f"{wall[1]:.1f} s wall-clock, reading and starting counted: {wall[0] / wall[1]:.2f} times "
        "faster; "
        f"{'the same answers' if repr(found[0]) == repr(found[1]) else 'OTHER ANSWERS'}; load "
        f"average {load_} on {os.cpu_count()} processors"
    )
    print(
        "  two processes that solve cold and have nothing to do with each other do "
        f"{machine[0]:.2f} (before) and {machine[1]:.2f} times (after) what one does: more cannot "
        "be had of the machine"
    )


def main() -> None:
    """Print what variants cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--size", choices=list(SIZES), default="medium", help="size of the case that has variants"
    )
    parser.add_argument("--variants", type=int, default=100)
    parser.add_argument(
        "--scenarios",
        type=int,
        default=200,
        help="scenarios of demand of a small case; 0 = leave PuLP out",
    )
    parser.add_argument(
        "--sample", type=int, default=10, help="scenarios that PuLP and CBC are measured on"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for size in {given.size, "small"}:
            write_case(SIZES[size], given.seed, scratch / size)
        variants = variants_of(scratch / given.size, given.variants, given.seed)
        if given.scenarios:
            scenarios_of(scratch / "small", given.scenarios, given.sample, given.seed, scratch)
        processes_of(scratch / given.size, variants, scratch)


if __name__ == "__main__":
    main()
