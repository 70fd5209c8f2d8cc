"""What was measured, as a table: how many faults of a family each thing catches, and which nothing
does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.faults.fault import Fault
from tests.faults.measure import NOTHING, PROOF, STOPPED, TESTS, UNCHANGED, Finding

RESULTS: Final = Path(__file__).parent / "results.json"
PLAN: Final = ("tests/plan/test_prices.py", "tests/study/test_break_even.py")
SHOWN: Final = ("tests/report/test_approved.py", "tests/report/test_charts.py")

FAST_TESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "equations": ("tests/model/test_equations.py", "tests/oracle/test_oracle_by_hand.py"),
    "resolving": ("tests/case/test_periods.py", "tests/case/test_read.py"),
    "lines": ("tests/plan/test_told.py", *PLAN),
    "worths": ("tests/plan/test_told.py", *PLAN),
    "prices": PLAN,
    "costing": PLAN,
    "work": PLAN,
    "page": (*SHOWN, "tests/report/test_says.py"),
    "workbook": (*SHOWN, "tests/report/test_workbook.py"),
    "whole": (
        "tests/lp/whole",
        "tests/model/test_racks.py",
        "tests/model/test_order_terms.py",
        "tests/model/test_fabric_choice.py",
    ),
}
"""Fast tests that would see a fault of a family, the likeliest first."""

REASONS: Final[Mapping[str, str]] = {
    "money formatted as per cent": (
        "The figures are right; how many decimals a cell shows is looked at by nobody but readers."
    ),
    "the bound is the cost itself": (
        "The two differ by the gap, at most 1e-6 of the cost, and far less than a cent where the "
        "gap is closed; verify proves the bound anew from the stored duals whatever is written."
    ),
}
"""Why nothing catches a fault, by what the fault does."""

HEAD: Final = """# Seeded faults

Faults of the kind a tired developer makes are put into the code, one at a time, and the shipped
cases are run: what catches them? A fault counts if a figure that is written changes. It is caught
by the *proof* of the run (`planner run` ends with exit code 6, as `planner verify` would), by an
*error* that ends the run before there is a plan (an infeasible case among them), by a *fast test*
that fails, or by *nothing*.

```bash
python -m tests.faults --family prices      # measure a family; results are kept in results.json
python -m tests.faults --match "a MW"       # faults whose words contain a text
python -m tests.faults --only nothing       # those that nothing caught the last time
python -m tests.faults --write              # all of them, and write this page
```

Every fault runs in a process of its own, from stored optima and, where it lies behind them, from
the program that was formulated without it: one to three CPU seconds each. Faults are declared in
`declared/`, by function and by what the code says there, so that they outlive reformatting; a fast
test holds that each still applies exactly once, a slow one measures a sample again, and this table
must show 95 %.
"""
_HEADS: Final = {
    PROOF: "the proof",
    STOPPED: "an error",
    TESTS: "fast tests",
    NOTHING: "nothing",
    UNCHANGED: "change no figure",
}


def caught(findings: Mapping[str, Finding]) -> tuple[int, int]:
    """Faults that are caught, and all that change what is written."""
    counts = Counter(finding.verdict for finding in findings.values())
    changing = sum(counts.values()) - counts[UNCHANGED]
    return changing - counts[NOTHING], changing


def summed(findings: Mapping[str, Finding]) -> str:
    """One sentence on what was measured."""
    counts = Counter(finding.verdict for finding in findings.values())
    good, changing = caught(findings)
    share = 100.0 * good / changing if changing else 100.0
    return (
        f"{len(findings)} faults: {counts[PROOF]} caught by the proof of the run, "
        f"{counts[STOPPED]} end it, {counts[TESTS]} by fast tests, {counts[NOTHING]} by nothing, "
        f"{counts[UNCHANGED]} change no figure of the shipped cases; {share:.1f} % of the "
        f"{changing} that change one are caught"
    )


def markdown(faults: Sequence[Fault], findings: Mapping[str, Finding]) -> str:
    """The page of results: a table by family, what nothing catches and why, what changes nothing.

    Args:
        faults: every declared fault.
        findings: what was found, by the name of the fault.
    """
    known = [(fault, findings[fault.name]) for fault in faults if fault.name in findings]
    open_ = len(faults) - len(known)
    more = f" {open_} more are not measured yet, and not counted." if open_ else ""
    lines = [HEAD, f"{summed(findings)}.{more}", ""]
    lines.append(f"| family | faults | {' | '.join(_HEADS.values())} |")
    lines.append(f"|---|--:|{'--:|' * len(_HEADS)}")
    for family in dict.fromkeys(fault.family for fault in faults):
        counts = Counter(found.verdict for fault, found in known if fault.family == family)
        cells = " | ".join(str(counts[verdict]) for verdict in _HEADS)
        lines.append(f"| {family} | {sum(counts.values())} | {cells} |")
    lines += ["", "## Caught by nothing", ""]
    for fault, found in known:
        if found.verdict == NOTHING:
            why = REASONS.get(fault.what, "no reason given")
            lines.append(f"- `{fault.name}` ({found.case}: {found.detail}). {why}")
    if open_:
        lines += ["", "## Not measured yet, or not with the fast tests (`--only unmeasured`)", ""]
        lines += [f"- `{fault.name}`" for fault in faults if fault.name not in findings]
    lines += ["", "## Change no figure of the shipped cases", ""]
    lines += [f"- `{fault.name}`" for fault, found in known if found.verdict == UNCHANGED]
    return "\n".join(lines) + "\n"
