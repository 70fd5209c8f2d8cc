"""``python -m tests.faults [--family F] [--match TEXT] [--no-tests] [--write]``: measure faults."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from tests.faults.declared import all_faults
from tests.faults.measure import CASES, Bench, Finding, cpu_seconds
from tests.faults.table import FAST_TESTS, RESULTS, markdown, summed


def main() -> int:
    """Measure the chosen faults one after the other; results are kept by what a fault does."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--family", action="append", help="only faults of this family")
    parser.add_argument("--match", default="", help="only faults whose words contain this")
    parser.add_argument(
        "--only", default="", help="only faults found so before: nothing, unmeasured"
    )
    parser.add_argument("--cases", default=",".join(CASES), help="shipped cases, quickest first")
    parser.add_argument("--no-tests", action="store_true", help="the run's own proof alone")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="file that results are kept in"
    )
    parser.add_argument("--write", action="store_true", help="write README.md from the results")
    chosen = parser.parse_args()
    known: dict[str, list[str]] = {}
    if chosen.results.is_file():
        known = json.loads(chosen.results.read_text(encoding="utf-8"))
    faults = [
        fault
        for fault in all_faults()
        if (not chosen.family or fault.family in chosen.family)
        and chosen.match in fault.name
        and (not chosen.only or known.get(fault.name, ["unmeasured"])[0] in chosen.only.split(","))
    ]
    if faults:
        began, start = cpu_seconds(), time.perf_counter()
        bench = Bench(chosen.cases.split(","))
        try:
            for fault in faults:
                tests = () if chosen.no_tests else FAST_TESTS[fault.family]
                found = bench.try_fault(fault, tests)
                known[fault.name] = [found.verdict, found.case, found.detail[:300]]
                print(f"{found.verdict:9} {fault.name}  [{found.case}] {found.detail[:110]}")
                sys.stdout.flush()
                _keep(chosen.results, known)
        finally:
            bench.close()
        print(
            f"{len(faults)} faults, {cpu_seconds() - began:.0f} CPU s, "
            f"{time.perf_counter() - start:.0f} s"
        )
    found_all = {name: Finding(*finding) for name, finding in known.items()}
    print(summed(found_all))
    if chosen.write:
        (RESULTS.parent / "README.md").write_text(
            markdown(all_faults(), found_all), encoding="utf-8"
        )
    return 0


def _keep(path: Path, known: dict[str, list[str]]) -> None:
    """Write results in the order of the faults; those that are no more are dropped."""
    kept = {fault.name: known[fault.name] for fault in all_faults() if fault.name in known}
    text = json.dumps(kept, indent=0, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
