"""What formulating and planning cost, in one run: ``python -m tests.benchmarks.bench --size medium``.

Prints, and writes as Markdown with versions and processor, formulation time and peak memory of ours beside the same program built in other modelling
libraries (those that are installed: ``pip install .[bench]``), the phases of whole runs, and how they grow with the number of nonzeros.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from planner.case.case import read_case
from planner.lp.program import Program
from planner.model import formulate
from tests.benchmarks.generator import write_case
from tests.benchmarks.rivals import RIVALS, Given
from tests.benchmarks.sizes import SIZES

SOLVER = ("solve", "ties")
LIMIT_S = 3600
Table = tuple[str, list[str], list[list[str]]]
"""Title, header, rows."""


def measure(*arguments: str) -> dict[str, float] | None:
    """Return what a measurement in a process of its own found; None where it failed or took an hour, which is told on stderr."""
    try:
        done = subprocess.run([sys.executable, "-m", "tests.benchmarks.measure", *arguments], capture_output=True, text=True, timeout=LIMIT_S, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        print(f"{' '.join(arguments)}: {failure}\n{failure.stderr!s}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def store(program: Program, path: Path) -> None:
    """Store a program by rows, as the other libraries are given it."""
    order = np.argsort(program.indices, kind="stable")
    column = np.repeat(np.arange(program.num_columns, dtype=np.int32), np.diff(program.indptr))[order]
    start = np.concatenate([[0], np.cumsum(np.bincount(program.indices, minlength=program.num_rows))])
    given = Given(program.cost, program.column_lower, program.column_upper, program.row_lower, program.row_upper, start, column, program.data[order])
    np.savez(path, **{name: getattr(given, name) for name in Given.__slots__})


def exponent(nonzeros: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the power of the nonzeros with which seconds grow: the slope of their logarithms."""
    return float(np.polyfit(np.log(np.asarray(nonzeros)), np.log(np.asarray(seconds)), 1)[0])


def machine() -> list[str]:
    """Return lines on processor, Python and versions."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    known = [f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "pandas", "highspy", *RIVALS) if importlib.util.find_spec(name)]
    return [f"{datetime.now(UTC):%Y-%m-%d}, {names[0] if names else platform.processor() or 'processor unknown'}, {len(names) or '?'} logical processors",
            f"Python {platform.python_version()}, {', '.join(known)}"]


def formulation(case: Path, program: Program, scratch: Path, libraries: Sequence[str]) -> Table:
    """Return the table of ours beside the others; theirs begin with finished coefficients, ours with the case."""
    mine = measure("ours", str(case))
    if mine is None:
        raise SystemExit("our own formulation could not be measured")
    nonzeros, path = len(program.data), scratch / "program.npz"
    store(program, path)
    rows = [["ours, first time", f"{mine['cpu']:.2f}", "1.0", f"{mine['bytes'] / 2**20:.0f}", f"{mine['bytes'] / nonzeros:.0f}"],
            ["ours, second time", f"{mine['again']:.2f}", f"{mine['again'] / mine['cpu']:.1f}", "", f"{mine['traced']:.0f} allocated"],
            ["handing it to HiGHS", f"{mine['handed']:.2f}", f"{mine['handed'] / mine['cpu']:.1f}", "", ""]]
    for library in ("planner", *libraries):
        shown = "ours, from finished coefficients" if library == "planner" else library
        if importlib.util.find_spec(library) is None:
            rows.append([shown, "not installed", "", "", ""])
        elif found := measure("build", library, str(path)):
            rows.append([shown, f"{found['cpu']:.2f}", f"{found['cpu'] / mine['cpu']:.1f}", f"{found['bytes'] / 2**20:.0f}", f"{found['bytes'] / nonzeros:.0f}"])
        else:
            rows.append([shown, "failed", "", "", ""])
    return f"Formulating {program.num_columns:,} columns, {program.num_rows:,} rows, {nonzeros:,} nonzeros", ["", "CPU s", "times ours", "peak MiB", "bytes per nonzero"], rows


def runs(cases: dict[str, Path], nonzeros: dict[str, int], scratch: Path) -> Table:
    """Return the table of phases of whole runs, and with which power of the nonzeros each grows."""
    found = {name: result for name, case in cases.items() if (result := measure("run", str(case), str(scratch / "runs"))) is not None}
    if not found:
        raise SystemExit("no run could be measured")
    for result in found.values():
        result["outside the solver"] = result["wall in all"] - sum(result.get(phase, 0.0) for phase in SOLVER)
    rows = [["nonzeros", *(f"{nonzeros[name]:,}" for name in found), ""]]
    for phase in next(iter(found.values())):
        seconds = [result.get(phase, float("nan")) for result in found.values()]
        if phase == "proven":
            rows.append(["proven", *("yes" if value else "no" for value in seconds), ""])
            continue
        power = f"{exponent([nonzeros[name] for name in found], seconds):.2f}" if len(found) > 1 and min(seconds) > 0 else ""
        rows.append([phase, *(f"{value:.2f}" for value in seconds), power])
    return "Whole runs, wall-clock seconds by phase", ["", *found, "grows as nonzeros to the power"], rows


def markdown(tables: Sequence[Table]) -> str:
    """Return the tables as one Markdown document."""
    lines = ["# Benchmark", "", *(f"{line}  " for line in machine()), "", "Cases of `tests/benchmarks/generator.py`; times are of this machine at that time, only ratios travel."]
    for title, header, rows in tables:
        lines += ["", f"## {title}", "", *(f"| {' | '.join(row)} |" for row in (header, ["---", *["---:"] * (len(header) - 1)], *rows))]
    return "\n".join(lines) + "\n"


def plain(table: Table) -> str:
    """Return a table for the terminal."""
    title, header, rows = table
    widths = [max(len(row[at]) for row in (header, *rows)) for at in range(len(header))]
    return "\n".join([title, *("  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))) for row in (header, *rows))])


def main() -> None:
    """Measure, print and write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=list(SIZES), default="medium", help="formulation is compared at this size; whole runs are made of it and all smaller ones")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--libraries", nargs="*", choices=sorted(RIVALS), default=sorted(RIVALS), help="libraries to compare with")
    parser.add_argument("--no-runs", action="store_true", help="only formulate")
    parser.add_argument("--out", type=Path, help="Markdown file to write; left out: bench-SIZE.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch, sizes = Path(folder), list(SIZES)[: list(SIZES).index(asked.size) + 1]
        cases = {name: scratch / name for name in sizes}
        nonzeros: dict[str, int] = {}
        for name, case in cases.items():
            write_case(SIZES[name], asked.seed, case, f"{name}-{asked.seed}")
            program = formulate(read_case(case)).program
            nonzeros[name] = len(program.data)
        tables = [formulation(cases[asked.size], program, scratch, asked.libraries)]
        print(plain(tables[0]), flush=True)
        if not asked.no_runs:
            tables.append(runs(cases, nonzeros, scratch))
            print(f"\n{plain(tables[1])}")
    out = asked.out or Path(f"bench-{asked.size}.md")
    out.write_text(markdown(tables), encoding="utf-8")
    print(f"\n{chr(10).join(machine())}\nwritten to {out}")


if __name__ == "__main__":
    main()
