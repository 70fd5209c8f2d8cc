"""Rules about curves by age. Each case breaks the good one in one place and is told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "resale without age 0": (
        broken(("resale", 0, "age_years", "1")),
        [
            "error age-zero-missing resale.csv:2 age_years=1: needs a row for age 0 of h100; its "
            "first is 1. add the row for age 0",
        ],
    ),
    "survival without age 0": (
        broken(("survival", 0, "age_years", "1")),
        [
            "error age-zero-missing survival.csv:2 age_years=1: needs a row for age 0 of tpu; its "
            "first is 1. add the row for age 0",
        ],
    ),
    "maintenance without age 0": (
        broken(("maintenance", 0, "age_years", "1")),
        [
            "error age-zero-missing maintenance.csv:2 age_years=1: needs a row for age 0 of h100; "
            "its first is 1. add the row for age 0",
        ],
    ),
    "survival that starts below 1": (
        broken(("survival", 0, "share_alive", "0.95")),
        [
            "error survival-start survival.csv:2 share_alive=0.95: must be 1 at age 0. write 1, "
            "or move the figure to its age",
        ],
    ),
    "survival that rises": (
        broken(
            ("survival", 1, "age_years", "2"),
            add={
                "survival": [
                    {"chip": "tpu", "age_years": "3", "share_alive": "0.95", "source": "assumption"}
                ]
            },
        ),
        [
            (
                "error survival-rises survival.csv:4 share_alive=0.95: must be at most 0.9, the "
                "share alive at the age before. correct one of "
                "the two; chips do not come back"
            ),
        ],
    ),
    "attrition and survival": (
        broken(("chips", 1, "annual_attrition", "0.05")),
        [
            (
                "warning attrition-unused chips.csv:3 annual_attrition=0.05: does not hold for "
                "owned tpu, whose rows in survival.csv do; only "
                "for leases. clear the cell, or remove its survival rows"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
