"""Figures unlike what the library knows of a chip, cloud, model or place, and of another scale than
the rest of the case: what each rule says of a broken case, up to its value."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from planner.case import read_case
from planner.case.checks import scale
from planner.case.problems import Problem
from tests.helpers import Broken, broken, told

QUICKSTART = Path(__file__).resolve().parents[2] / "inputs" / "quickstart"

BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "a cloud's contract at a third of its price": (
        broken(
            ("sites", 2, "region", "aws-europe"),
            ("workloads", 0, "regions", "us-central;us-east;aws-europe"),
            ("offers", 3, "usd_per_chip_hour", "1.5"),
            *[("offer_prices", row, "usd_per_chip_hour", "1.5") for row in (1, 4, 5, 6)],
        ),
        [
            "warning cloud-unlike offers.csv:5 usd_per_chip_hour=1.5",
            "warning cloud-unlike offer_prices.csv:3 usd_per_chip_hour=1.5",
        ],
    ),
    "the price of electricity of a state in cents": (
        broken(("sites", 0, "usd_per_mwh", "12")),
        ["warning place-unlike sites.csv:2 usd_per_mwh=12"],
    ),
    "carbon of a country in tonnes a GWh of another": (
        broken(("sites", 0, "site", "iowa"), ("sites", 0, "kg_co2_per_mwh", "1250")),
        ["warning place-unlike sites.csv:2 kg_co2_per_mwh=1250"],
    ),
    "a site whose state is not known has its country's": (
        broken(("sites", 0, "usd_per_mwh", "12"), ("sites", 0, "country", "CA")),
        ["warning rule-idle rules.csv:2 site="],
    ),
    "a known model served by a server": (
        broken(
            ("workloads", 0, "model", "gpt-oss-120b"),
            ("throughput", 1, "model", "gpt-oss-120b"),
            ("throughput", 2, "model", "gpt-oss-120b"),
            ("throughput", 1, "output_tok_per_s", "15000"),
        ),
        ["warning model-unlike throughput.csv:3 output_tok_per_s=15000"],
    ),
    "parameters of a known model in all but billions": (
        broken(
            ("milestones", 1, "milestone", "llama-3.1-405b"),
            ("milestones", 1, "params_b", "4.05"),
            ("milestones", 1, "tokens_t", "15"),
        ),
        ["warning model-unlike milestones.csv:3 params_b=4.05"],
    ),
    "more demand than the whole fleet could ever serve": (
        broken(
            *[("demand", row, "output_mtok", "600000000") for row in range(4)],
            *[("demand", row, "input_mtok", "30000000") for row in range(4)],
            *[("demand", row, "cached_mtok", "3000000") for row in range(4)],
        ),
        ["warning figure-unlike demand.csv:2 output_mtok=600000000"],
    ),
    "tokens that cost nothing": (
        broken(
            ("throughput", 1, "output_tok_per_s", "99000"),
            ("throughput", 1, "input_tok_per_s", "200000"),
            ("throughput", 2, "output_tok_per_s", "99000"),
            ("throughput", 2, "input_tok_per_s", "200000"),
        ),
        ["warning cost-unlike throughput.csv:3 output_tok_per_s=99000"],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("way", "places"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, places: list[str]) -> None:
    said = told(tmp_path / "case", way)
    assert [line.split(": ")[0] for line in said if not line.startswith("error")] == places


def changed(table: str, column: str, factor: float) -> list[Problem]:
    """What is said of scale in the quickstart case with a column in another unit."""
    case = read_case(QUICKSTART)
    frame = case[table].assign(**{column: case[table][column] * factor})
    new = dataclasses.replace(case, tables={**case.tables, table: frame})
    rules = (scale.demand_of_chips, scale.demand_of_fleet, scale.power_of_chips)
    return [problem for rule in rules for problem in rule(new)]


def test_a_fleet_is_asked_for_a_fair_part_of_what_it_could_serve() -> None:
    assert changed("demand", "output_mtok", 1.0) == []
    (many,) = changed("demand", "output_mtok", 1e3)
    assert many.value == "933120000" and "1000 times, thousand tokens for million" in many.fix
    assert many.need.startswith("needs at least 100000 chips, 400 could be there")


def test_power_is_of_the_order_of_what_could_draw_it() -> None:
    """0.28 MW typed in kW: within what halls have, far beyond what this case could use."""
    (mw,) = changed("power", "mw", 1e3)
    assert (mw.file, mw.column, mw.value) == ("power.csv", "2027Q1", "280")
    assert "times what fleet and work draw" in mw.need and "1000 times, kW for MW" in mw.fix


def test_what_is_known_is_told_with_its_source_and_the_slip(tmp_path: Path) -> None:
    (line,) = told(tmp_path, broken(("sites", 0, "usd_per_mwh", "12")))
    assert line.endswith(
        "is far from the 63.6 USD/MWh known of iowa (EIA Electric Power Monthly 5.6.A, industrial; "
        "quoted by the press, 2025-11-30). 1/10, cents/kWh for USD/MWh? correct it, or accept it "
        "in case.yaml with the reason"
    )
