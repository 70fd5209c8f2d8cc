"""Warnings about figures that look wrong, old or without a source. Each case breaks the good one in
one place and is told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "throughput of a rack": (
        broken(("throughput", 1, "output_tok_per_s", "2000000")),
        [
            (
                "warning figure-unusual throughput.csv:3 output_tok_per_s=2000000: is normally "
                "1 to 100000 tokens/s/chip (MLPerf Inference v4.0 to v5.1, tokens per month of "
                "providers, 2026-08-21). 3600 times, an hour for a second or 72 times, a rack "
                "of 72 for a chip? correct it, or accept it in case.yaml with the reason"
            ),
            (
                "warning figure-unusual throughput.csv:3 input_tok_per_s=20000: is normally "
                "above output_tok_per_s. swapped? correct it, or accept it in case.yaml with "
                "the reason"
            ),
            (
                "warning cost-unlike throughput.csv:3 output_tok_per_s=2000000: makes a million "
                "output tokens cost 9.9e-05 USD at 0.713 USD a chip-hour; the market asks 0.14 "
                "to 75 (list price of Together AI (LiteLLM price table), 2026-06-30). 3600 "
                "times, an hour for a second or 72 times, a rack of 72 for a chip? correct it, "
                "or accept it in case.yaml with the reason"
            ),
            (
                "warning throughput-high throughput.csv:3 output_tok_per_s=2000000: is "
                "normally at most 1000000 tokens per second of one chip. check the unit: per "
                "chip, not per server, rack or minute"
            ),
        ],
    ),
    "efficiency too good": (
        broken(("training", 0, "mfu", "0.9")),
        [
            (
                "warning figure-unusual training.csv:2 mfu=0.9: is normally 0.03 to 0.7 "
                "(MLPerf Training, published model reports, 2026-08-21). correct it, or accept "
                "it in case.yaml with the reason"
            ),
            (
                "warning efficiency-high training.csv:2 mfu=0.9: makes mfu x goodput 0.81, "
                "which is normally at most 0.75. check both figures, and that mfu is measured "
                "against the dense peak of bf16"
            ),
        ],
    ),
    "active below idle": (
        broken(("throughput", 1, "kw_active", "0.4")),
        [
            (
                "error active-below-idle throughput.csv:3 kw_active=0.4: must be at least the "
                "idle draw of h100 (0.5 kW). check both figures: "
                "all-in IT draw per chip, in kW"
            ),
        ],
    ),
    "active above peak": (
        broken(("training", 0, "kw_active", "2.2")),
        [
            (
                "warning active-above-peak training.csv:2 kw_active=2.2: is normally at most 1.5 "
                "x kw_peak of h100 (1.4 kW). check both "
                "figures: all-in IT draw per chip, in kW"
            ),
        ],
    ),
    "throughput unused": (
        broken(
            add={
                "throughput": [
                    {
                        "model": "large",
                        "tier": "fast",
                        "chip": "h100",
                        "output_tok_per_s": "100",
                        "source": "assumption",
                    }
                ]
            }
        ),
        [
            (
                "warning throughput-unused throughput.csv:5 model=large: is not used: no workload "
                "serves large at tier fast. correct model or "
                "tier here or in workloads.csv, or remove its rows"
            ),
        ],
    ),
    "class unused": (
        broken(
            add={
                "training": [
                    {
                        "class": "sparse",
                        "chip": "h100",
                        "precision": "bf16",
                        "mfu": "0.3",
                        "goodput": "0.9",
                        "source": "assumption",
                    }
                ]
            }
        ),
        [
            (
                "warning class-unused training.csv:4 class=sparse: is not used: no milestone or "
                "research names it. correct the name here or "
                "where it is used, or remove its rows"
            ),
        ],
    ),
    "gain of an unknown model": (
        broken(("gains", 0, "model", "tiny")),
        [
            "error model-unknown gains.csv:2 model=tiny: must be a model of throughput.csv. "
            "correct the name, or remove the row",
        ],
    ),
    "gain of an unknown chip": (
        broken(("gains", 0, "chip", "gpu")),
        [
            (
                "error chip-unknown gains.csv:2 chip=gpu: must be a chip of chips.csv, or * for "
                "every chip without rows of its own. correct "
                "the name, or remove the row"
            ),
        ],
    ),
    "profile unused": (
        broken(("workloads", 0, "profile", "")),
        [
            (
                "warning profile-unused profiles.csv:2 profile=daily: is not used: no workload "
                "names it. name it in workloads.csv, or remove its rows"
            ),
        ],
    ),
    "stale": (
        broken(("chips", 0, "as_of", "2025-06-30"), ("chips", 1, "as_of", "2025-12-31")),
        [
            (
                "warning stale chips.csv:2 as_of=2025-06-30: needs dates from 2026-01-01 on (365 "
                "days before the plan starts); 2 of 2 rows are "
                "older. look for newer figures, or raise stale_after_days in case.yaml"
            ),
        ],
    ),
    "no source": (
        broken(("offers", 0, "source", ""), ("offers", 3, "source", "")),
        [
            (
                "warning no-source offers.csv:2 source=: needs a source in every row; 2 of 4 have "
                "none. fill in where the figures come from, or "
                "`assumption` where nobody published one"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
