"""What formulating and planning cost, in one run: ``python -m tests.benchmarks.bench --size
medium``.

Prints, and writes as Markdown with versions and processor, formulation time and peak memory of ours
beside the same program built in other modelling libraries (those that are installed: ``pip install
.[bench]``), what solving costs with and without what the planner does about it, the phases of whole
runs from process start to files on disk, and how they grow with the number of nonzeros.
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

from planner.case import read_case
from planner.lp.program import Program
from planner.model import formulate
from tests.benchmarks.generator import write_case
from tests.benchmarks.measure import WAYS
from tests.benchmarks.plot import bars, picture
from tests.benchmarks.rivals import RIVALS, Given
from tests.benchmarks.sizes import SIZES

SOLVER = ("solve", "ties")
SAME = 1e-7
"""Relative difference of optima that are the same."""
SHIPPED = ("quickstart", "frontier-lab")
LIMIT_S = 3600
Table = tuple[str, list[str], list[list[str]]]
"""Title, header, rows."""


def measure(*arguments: str) -> dict[str, float] | None:
    """Return what a measurement in a process of its own found; None where it failed or took an
    hour, which is told on stderr."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.measure", *arguments],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        print(f"{' '.join(arguments)}: {failure}\n{failure.stderr!s}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def store(program: Program, path: Path) -> None:
    """Store a program by rows, as the other libraries are given it."""
    order = np.argsort(program.indices, kind="stable")
    column = np.repeat(np.arange(program.num_columns, dtype=np.int32), np.diff(program.indptr))[
        order
    ]
    start = np.concatenate(
        [[0], np.cumsum(np.bincount(program.indices, minlength=program.num_rows))]
    )
    given = Given(
        program.cost,
        program.column_lower,
        program.column_upper,
        program.row_lower,
        program.row_upper,
        start,
        column,
        program.data[order],
    )
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
    known = [
        f"{name} {importlib.metadata.version(name)}"
        for name in ("numpy", "pandas", "highspy", *RIVALS)
        if importlib.util.find_spec(name)
    ]
    return [
        f"{datetime.now(UTC):%Y-%m-%d}, "
        f"{names[0] if names else platform.processor() or 'processor unknown'}, "
        f"{len(names) or '?'} logical processors",
        f"Python {platform.python_version()}, {', '.join(known)}",
    ]


def formulation(case: Path, program: Program, scratch: Path, libraries: Sequence[str]) -> Table:
    """Return the table of ours beside the others; theirs begin with the finished coefficients of
    the naive program, ours with the case.

    Args:
        case: the case.
        program: its naive program: what a person would write down, every workload at every site.
        scratch: a folder for the coefficients.
        libraries: the other libraries.
    """
    hubs, naive = measure("ours", str(case), "hubs"), measure("ours", str(case), "naive")
    if hubs is None or naive is None:
        raise SystemExit("our own formulation could not be measured")
    nonzeros, path = len(program.data), scratch / "program.npz"
    store(program, path)
    best = min(hubs["cpu"], hubs["again"])

    def row(name: str, cpu: float, memory: float | None = None, of: float = nonzeros) -> list[str]:
        kept = ["", ""] if memory is None else [f"{memory / 2**20:.0f}", f"{memory / of:.0f}"]
        return [
            name,
            f"{cpu:.2f}",
            f"{cpu / best:.1f}",
            f"{cpu / min(naive['cpu'], naive['again']):.1f}",
            *kept,
        ]

    rows = [
        row(
            f"ours with hubs ({hubs['nonzeros']:,.0f} nonzeros), first time",
            hubs["cpu"],
            hubs["bytes"],
            hubs["nonzeros"],
        ),
        row("ours with hubs, again", hubs["again"]),
        row("handing it to HiGHS", hubs["handed"]),
        row("ours, naive, first time", naive["cpu"], naive["bytes"]),
        row("ours, naive, again", naive["again"]),
    ]
    for library in ("planner", *libraries):
        shown = "ours, from finished coefficients" if library == "planner" else library
        if importlib.util.find_spec(library) is None:
            rows.append([shown, "not installed", "", "", "", ""])
        elif found := measure("build", library, str(path)):
            rows.append(row(shown, found["cpu"], found["bytes"]))
        else:
            rows.append([shown, "failed", "", "", "", ""])
    title = (
        f"Formulating: naive {program.num_columns:,} columns, {program.num_rows:,} rows, "
        f"{nonzeros:,} nonzeros"
    )
    return (
        title,
        ["", "CPU s", "times ours", "times ours, naive", "peak MiB", "bytes per nonzero"],
        rows,
    )


def solving(case: Path, ways: Sequence[str], limit_s: float) -> Table:
    """Return the table of solving a case in several ways; raises ``SystemExit`` where two of them
    disagree on the optimum."""
    found = {
        way: result
        for way in ways
        if (result := measure("solve", str(case), way, str(limit_s))) is not None
    }
    optima = [result["objective"] for result in found.values() if result["optimal"]]
    if optima and max(optima) - min(optima) > SAME * abs(optima[0]):
        raise SystemExit(f"the ways disagree: {optima}")
    unit = found["ours"]["cpu"] if "ours" in found else float("nan")
    rows = [
        [
            way,
            f"{result['columns']:,.0f}",
            f"{result['rows']:,.0f}",
            f"{result['nonzeros']:,.0f}",
            f"{result['formulated']:.2f}",
            f"{'' if result['optimal'] else '> '}{result['cpu']:.2f}",
            f"{'' if result['optimal'] else '> '}{result['cpu'] / unit:.1f}",
            f"{result['iterations']:,.0f}" if result["iterations"] else "",
        ]
        for way, result in found.items()
    ]
    return (
        "Solving",
        [
            "",
            "columns",
            "rows",
            "nonzeros",
            "formulated, CPU s",
            "solved, CPU s",
            "times ours",
            "iterations",
        ],
        rows,
    )


def runs(cases: dict[str, Path], nonzeros: dict[str, int], scratch: Path) -> Table:
    """Return the table of phases of whole runs, from process start to files on disk, and with which
    power of the nonzeros each grows."""
    found = {
        name: result
        for name, case in cases.items()
        if (result := measure("run", str(case), str(scratch / "runs"))) is not None
    }
    if not found:
        raise SystemExit("no run could be measured")
    for result in found.values():
        solver = sum(result.get(phase, 0.0) for phase in SOLVER)
        result["outside the solver"] = result["wall in all"] - solver
        result["15 % of the solver and 1.5 s"] = 0.15 * solver + 1.5
    grown = [name for name in found if name in SIZES]
    rows = [["nonzeros", *(f"{nonzeros[name]:,}" for name in found), ""]]
    for phase in next(iter(found.values())):
        seconds = {name: result.get(phase, float("nan")) for name, result in found.items()}
        if phase == "proven":
            rows.append(["proven", *("yes" if value else "no" for value in seconds.values()), ""])
            continue
        power = (
            f"{exponent([nonzeros[name] for name in grown], [seconds[name] for name in grown]):.2f}"
            if len(grown) > 1 and min(seconds.values()) > 0
            else ""
        )
        rows.append([phase, *(f"{value:.2f}" for value in seconds.values()), power])
    return (
        "Whole runs, wall-clock seconds by phase",
        ["", *found, "generated cases grow as nonzeros to the power"],
        rows,
    )


def markdown(tables: Sequence[Table]) -> str:
    """Return the tables as one Markdown document."""
    lines = [
        "# Benchmark",
        "",
        *(f"{line}  " for line in machine()),
        "",
        "Cases of `tests/benchmarks/generator.py`; times are of this machine at that time, only "
        "ratios travel.",
    ]
    for title, header, rows in tables:
        lines += [
            "",
            f"## {title}",
            "",
            *(
                f"| {' | '.join(row)} |"
                for row in (header, ["---", *["---:"] * (len(header) - 1)], *rows)
            ),
        ]
    return "\n".join(lines) + "\n"


def plain(table: Table) -> str:
    """Return a table for the terminal."""
    title, header, rows = table
    widths = [max(len(row[at]) for row in (header, *rows)) for at in range(len(header))]
    return "\n".join(
        [
            title,
            *(
                "  ".join(
                    cell.ljust(width) if at == 0 else cell.rjust(width)
                    for at, (cell, width) in enumerate(zip(row, widths, strict=True))
                )
                for row in (header, *rows)
            ),
        ]
    )


def main() -> None:
    """Measure, print and write what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--size",
        choices=list(SIZES),
        default="medium",
        help="formulation is compared at this size; whole runs are made of it and all smaller ones",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--libraries",
        nargs="*",
        choices=sorted(RIVALS),
        default=sorted(RIVALS),
        help="libraries to compare with",
    )
    parser.add_argument(
        "--ways",
        nargs="*",
        choices=WAYS,
        default=WAYS,
        metavar="WAY",
        help=f"how to solve it: {'; '.join(WAYS)}",
    )
    parser.add_argument("--limit", type=float, default=1000.0, help="seconds for each way")
    parser.add_argument("--no-runs", action="store_true", help="no whole runs")
    parser.add_argument(
        "--out",
        type=Path,
        help="Markdown file to write, and a picture beside it; left out: bench-SIZE.md",
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch, sizes = Path(folder), list(SIZES)[: list(SIZES).index(asked.size) + 1]
        cases = {name: scratch / name for name in sizes}
        nonzeros: dict[str, int] = {}
        for name, case in cases.items():
            write_case(SIZES[name], asked.seed, case, f"{name}-{asked.seed}")
            nonzeros[name] = len(formulate(read_case(case)).program.data)
        program = formulate(read_case(cases[asked.size]), reduce=False).program
        tables = [formulation(cases[asked.size], program, scratch, asked.libraries)]
        print(plain(tables[0]), flush=True)
        tables.append(solving(cases[asked.size], asked.ways, asked.limit))
        print(f"\n{plain(tables[1])}", flush=True)
        if not asked.no_runs:
            shipped = {name: Path("inputs") / name for name in SHIPPED}
            nonzeros |= {
                name: len(formulate(read_case(case)).program.data) for name, case in shipped.items()
            }
            tables.append(runs(shipped | cases, nonzeros, scratch))
            print(f"\n{plain(tables[2])}")
    out = asked.out or Path(f"bench-{asked.size}.md")
    out.write_text(markdown(tables), encoding="utf-8")
    charts = [
        (title, bars(rows, header.index(column)))
        for (title, header, rows), column in zip(tables, ("CPU s", "solved, CPU s"), strict=False)
    ]
    out.with_suffix(".svg").write_text(
        picture([(f"{title}, CPU seconds", drawn) for title, drawn in charts if drawn]),
        encoding="utf-8",
    )
    print(f"\n{chr(10).join(machine())}\nwritten to {out}")


if __name__ == "__main__":
    main()
