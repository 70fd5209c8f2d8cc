"""A model that does not fit its chips is told, with how many hold it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from planner.case import read_case
from planner.case.problems import CaseError
from tests.helpers import Broken, broken, changed, write_case
from tests.helpers import told as told_of

MODELS = [{"model": "small", "params_b": "117", "bytes_per_param": "2"}]
SOURCE = {"source": "assumption", "as_of": "2026-11-01"}
BROKEN = {
    "a model without room": (
        broken(
            ("chips", 0, "hbm_gb", "80"),
            ("chips", 1, "hbm_gb", "1000"),
            add={"models": [MODELS[0] | SOURCE]},
        ),
        [
            "error does-not-fit throughput.csv:3 chips_per_replica=1: must hold the 234 GB of "
            "weights of small, and 1 of h100 have 72 GB for them (0.9 of 80): 4 hold it. write 4 "
            "or more, or correct hbm_gb in chips.csv or small in models.csv"
        ],
    ),
    "memory that nobody stated": (
        broken(
            ("chips", 0, "hbm_gb", "80"),
            add={"models": [MODELS[0] | {"params_b": "30"} | SOURCE]},
        ),
        [
            "warning memory-unknown throughput.csv:4 chip=tpu: has no hbm_gb in chips.csv, so "
            "that nobody can see whether it holds small. write its memory in chips.csv"
        ],
    ),
}


def told(tmp_path: Path, models: Sequence[dict[str, str]], *overrides: str) -> list[str]:
    tables = changed() | {"models": models}
    for row in tables["chips"]:
        row["hbm_gb"] = {"h100": "80", "tpu": "96"}[row["chip"]]
    try:
        case = read_case(write_case(tmp_path, tables), overrides)
    except CaseError as reason:
        return [str(p) for p in reason.problems if p.severity == "error"]
    codes = ("does-not-fit", "memory-unknown", "unused", "range")
    return [f"warning: {p}" for p in case.warnings if p.code in codes]


def test_what_does_not_fit_says_how_many_hold_it(tmp_path: Path) -> None:
    """234 GB of weights, 0.9 x 80 = 72 GB a chip: 3 chips hold 216, 4 hold 288."""
    found = told(tmp_path, MODELS, "throughput.small.*.h100.chips_per_replica=3")
    assert [text for text in found if "h100" in text] == [
        "throughput.csv:3 chips_per_replica: '3' - must hold the 234 GB of weights of small, and "
        "3 of h100 have 216 GB for them (0.9 of 240): 4 hold it; write 4 or more, or correct "
        "hbm_gb in chips.csv or small in models.csv"
    ]


def test_a_blank_is_one_chip(tmp_path: Path) -> None:
    assert any("'1' - must hold the 234 GB" in text for text in told(tmp_path, MODELS))


def test_what_fits_exactly_fits(tmp_path: Path) -> None:
    exact = [{"model": "small", "params_b": "72", "bytes_per_param": "1"}]
    assert told(tmp_path, exact) == []
    assert told(tmp_path / "b", [exact[0] | {"params_b": "72.01"}]) != []
    assert told(tmp_path / "c", [exact[0] | {"memory_share": "0.8"}]) != []


@pytest.mark.parametrize("low_high", [("low=999999", "at most"), ("high=1", "at least")])
def test_a_rate_lies_in_its_range(tmp_path: Path, low_high: tuple[str, str]) -> None:
    wrong, words = low_high
    found = told(tmp_path, [], f"throughput.small.*.h100.{wrong}")
    assert len(found) == 1 and f"must be {words} output_tok_per_s" in found[0]


def test_a_chip_without_memory_and_a_model_that_nobody_serves(tmp_path: Path) -> None:
    small = [{"model": "smal", "params_b": "7", "bytes_per_param": "1"}]
    assert told(tmp_path, small) == [
        "warning: models.csv:2 model: 'smal' - is served by no row of throughput.csv; did you "
        "mean small?"
    ]
    blank = told(tmp_path / "b", [small[0] | {"model": "small"}], "chips.h100.hbm_gb=")
    assert blank == [
        "warning: throughput.csv:3 chip: 'h100' - has no hbm_gb in chips.csv, so that nobody can "
        "see whether it holds small; write its memory in chips.csv"
    ]


@pytest.mark.parametrize("broken_case", BROKEN.values(), ids=BROKEN)
def test_broken(tmp_path: Path, broken_case: tuple[Broken, list[str]]) -> None:
    case, messages = broken_case
    assert told_of(tmp_path, case) == messages
