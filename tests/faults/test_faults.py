"""Seeded faults: each still applies, and what the committed table says of a sample still holds."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.faults.declared import all_faults
from tests.faults.fault import Fault, mutated
from tests.faults.measure import CASES, NOTHING, PROOF, STOPPED, TESTS, UNCHANGED, Bench, Finding
from tests.faults.table import FAST_TESTS, REASONS, RESULTS, caught, markdown

FAULTS = all_faults()
SAMPLE = 20


def found() -> dict[str, Finding]:
    """The committed results."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {name: Finding(*finding) for name, finding in kept.items()}


@pytest.mark.slow
@pytest.mark.parametrize("family", list(dict.fromkeys(fault.family for fault in FAULTS)))
def test_every_fault_still_applies(family: str) -> None:
    """Code that changes takes its faults along: what a fault replaces stands there exactly once."""
    for fault in FAULTS:
        if fault.family == family:
            mutated(fault)


def test_faults_are_many_and_each_is_one() -> None:
    names = Counter(fault.name for fault in FAULTS)
    assert max(names.values()) == 1
    assert len(FAULTS) >= 150
    assert {fault.family for fault in FAULTS} <= set(FAST_TESTS)
    assert all(fault.old != fault.new and fault.what for fault in FAULTS)


def test_the_table_is_that_of_the_results() -> None:
    findings = found()
    assert set(findings) <= {fault.name for fault in FAULTS}
    assert {finding.verdict for finding in findings.values()} <= {
        PROOF,
        STOPPED,
        TESTS,
        NOTHING,
        UNCHANGED,
    }
    page = (RESULTS.parent / "README.md").read_text(encoding="utf-8")
    assert page == markdown(FAULTS, findings)


def test_nearly_all_that_change_a_figure_are_caught() -> None:
    findings = found()
    good, changing = caught(findings)
    assert changing >= 150
    assert good >= 0.95 * changing
    missed = [f for f in FAULTS if f.name in findings and findings[f.name].verdict == NOTHING]
    assert [fault.what for fault in missed if fault.what not in REASONS] == []


@pytest.mark.full
def test_a_sample_is_caught_as_the_table_says() -> None:
    """Every so many faults that the proof catches, on the case on which it did, measured again."""
    findings = found()
    proven = [
        fault
        for fault in FAULTS
        if fault.name in findings and findings[fault.name].verdict in (PROOF, STOPPED)
    ]
    sample: list[Fault] = proven[:: max(len(proven) // SAMPLE, 1)]
    cases = [case for case in CASES if any(findings[f.name].case == case for f in sample)]
    bench = Bench(cases)
    try:
        again = {fault.name: bench.try_fault(fault).verdict for fault in sample}
    finally:
        bench.close()
    assert again == {fault.name: findings[fault.name].verdict for fault in sample}
