"""Figures that the solver would drop or lose are out of range, with their row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.case import CaseError, read_case
from planner.lp.builder import ProgramBuilder
from planner.lp.highs import LiveModel

QUICKSTART = Path(__file__).resolve().parents[2] / "inputs" / "quickstart"


@pytest.mark.parametrize(
    ("override", "file", "column"),
    [
        ("chips.hopper.kw_peak=1e-12", "chips.csv", "kw_peak"),
        ("chips.hopper.availability=1e-12", "chips.csv", "availability"),
        ("throughput.*.*.hopper.output_tok_per_s=1e-12", "throughput.csv", "output_tok_per_s"),
        ("throughput.*.*.hopper.output_tok_per_s=1e12", "throughput.csv", "output_tok_per_s"),
        ("offers.buy-blackwell.usd_per_chip=1e-12", "offers.csv", "usd_per_chip"),
        ("offers.buy-blackwell.usd_per_chip=1e12", "offers.csv", "usd_per_chip"),
        ("fleet.*.*.*.usd_per_chip_hour=1e12", "fleet.csv", "usd_per_chip_hour"),
    ],
)
def test_out_of_range_with_the_row(override: str, file: str, column: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(QUICKSTART, [override])
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.column) == ("out-of-range", file, column)
    assert problem.row is not None


def test_what_the_solver_drops_is_named() -> None:
    builder = ProgramBuilder(axes={"chip": np.array(["h100"], dtype=object)})
    column = builder.columns("use", {"chip": [0]}, 0.0, 1.0)
    row = builder.rows("serve", {"chip": [0]}, 0.0, np.inf)
    builder.entries(row, column, 1e-12)
    with pytest.raises(RuntimeError, match=r"use\[chip=h100\] in serve\[chip=h100\]: 1e-12"):
        LiveModel(builder.build())
