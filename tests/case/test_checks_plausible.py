"""Figures that cannot be, names that are two things, fleets that are gone: what each rule says of a
broken case, up to its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import GOOD, Broken, broken, told

BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "watts for kW": (
        broken(("chips", 0, "kw_peak", "1400")),
        [
            "warning chip-unlike chips.csv:2 kw_peak=1400",
            "warning figure-unlike power.csv:2 mw=10",
            "warning figure-unlike fleet.csv:2 chips=1000",
            "error milestone-out-of-reach milestones.csv:2 flop=1e+24",
            "error milestone-out-of-reach milestones.csv:3 flop=4.2e+23",
        ],
    ),
    "a rack's price for a chip's": (
        broken(("offers", 0, "usd_per_chip", "2500000"), ("offers", 0, "first_order", "2027Q2")),
        ["warning chip-unlike offers.csv:2 usd_per_chip=2500000"],
    ),
    "a sparse peak": (
        broken(("chips", 0, "peak_tflops_fp8", "3958")),
        ["warning chip-unlike chips.csv:2 peak_tflops_fp8=3958"],
    ),
    "a peak that falls with precision": (
        broken(("chips", 1, "peak_tflops_fp8", "800")),
        ["warning figure-unusual chips.csv:3 peak_tflops_fp8=800"],
    ),
    "a server's rate": (
        broken(
            ("chips", 0, "hbm_gb_per_s", "3350"),
            ("chips", 1, "hbm_gb_per_s", "1640"),
            add={
                "chips": [dict(GOOD["chips"][0], chip="b", hbm_gb_per_s="3000")],
                "throughput": [dict(GOOD["throughput"][1], chip="b", output_tok_per_s="8000")],
            },
        ),
        ["warning rate-unlike throughput.csv:5 output_tok_per_s=8000"],
    ),
    "input slower than output": (
        broken(("throughput", 1, "input_tok_per_s", "900")),
        ["warning figure-unusual throughput.csv:3 input_tok_per_s=900"],
    ),
    "tokens and parameters swapped": (
        broken(("milestones", 1, "params_b", "1"), ("milestones", 1, "tokens_t", "70")),
        ["warning figure-unusual milestones.csv:3 tokens_t=70"],
    ),
    "a project smaller than its step": (
        broken(("power_projects", 0, "lot_mw", "10")),
        ["warning figure-unusual power_projects.csv:2 lot_mw=10"],
    ),
    "less power than the fleet draws": (
        broken(
            *[("power", row, "mw", "0.4") for row in range(4)],
            *[("power", row, "liquid_mw", "0.2") for row in range(4)],
        ),
        [
            "warning figure-unlike power.csv:2 mw=0.4",
            "warning figure-unlike fleet.csv:2 chips=1000",
        ],
    ),
    "cached tokens in thousands": (
        broken(*[("demand", row, "cached_mtok", "50000000") for row in range(4)]),
        ["warning figure-unlike demand.csv:2 cached_mtok=50000000"],
    ),
    "a book value in millions": (
        broken(("fleet", 0, "book_value_usd", "20")),
        [
            "warning figure-unusual fleet.csv:2 book_value_usd=20",
            "warning figure-unlike fleet.csv:2 book_value_usd=20",
        ],
    ),
    "down payments of a lease, with which the price of a chip has nothing to do": (
        broken(
            ("offers", 0, "kind", "lease"),
            ("offers", 0, "term_periods", "4"),
            ("offers", 0, "retire_early", ""),
            ("offers", 0, "usd_per_chip", "6000"),
            *[("offer_prices", row, "usd_per_chip", "6000") for row in (0, 2, 3)],
        ),
        [],
    ),
    "a price in cents in one period": (
        broken(("offer_prices", 4, "usd_per_chip_hour", "300")),
        [
            "warning chip-unlike offer_prices.csv:6 usd_per_chip_hour=300",
            "warning period-unlike offer_prices.csv:6 usd_per_chip_hour=300",
        ],
    ),
    "demand in billions of tokens": (
        broken(*[("demand", row, "input_mtok", "0.2") for row in range(4, 8)]),
        [
            "warning figure-unusual demand.csv:6 input_mtok=0.2",
            "warning figure-unlike demand.csv:6 input_mtok=0.2",
        ],
    ),
    "workload and milestone of one name": (
        broken(
            ("milestones", 0, "milestone", "chat"),
            ("milestones", 1, "after", "chat"),
            ("rules", 1, "milestone", "chat"),
        ),
        ["error name-twice milestones.csv:2 milestone=chat"],
    ),
    "offer and project of one name": (
        broken(("power_projects", 0, "project", "buy"), drop=[("last_plan", -1)]),
        ["error name-twice power_projects.csv:2 project=buy"],
    ),
    "a fleet that its curve has buried": (
        broken(
            ("survival", 1, "share_alive", "0"),
            add={
                "fleet": [
                    dict(GOOD["fleet"][0], chip="tpu", in_service="2023Q1", leaves_service="2029Q1")
                ]
            },
        ),
        ["error fleet-dead fleet.csv:4 chips=1000"],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("way", "places"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, places: list[str]) -> None:
    assert [line.split(": ")[0] for line in told(tmp_path / "case", way)] == places


def test_a_warning_shows_what_is_known_its_source_and_the_slip(tmp_path: Path) -> None:
    known, fleet, *_ = told(tmp_path, broken(("chips", 0, "kw_peak", "1400")))
    assert known.endswith(
        "is far from the 1.3 kW known of h100 (DGX H100 data sheet 10.2 kW / 8, rounded up for its "
        "share of the network, 2026-08-21). 1000 times, W for kW? correct it, or accept it in "
        "case.yaml with the reason"
    )
    assert "is less than half of the 1400 MW that its fleet draws" in fleet


def test_of_a_chip_that_is_not_known_it_shows_what_is_usual(tmp_path: Path) -> None:
    usual, *_ = told(tmp_path, broken(("chips", 1, "kw_peak", "1400")))
    assert usual.endswith(
        "is normally 0.05 to 6 kW (MLPerf power submissions, DGX and NVL72 data sheets, 2026-08-21)"
        ". 1000 times, W for kW? correct it, or accept it in case.yaml with the reason"
    )
