"""The reference library: every row complete, dated, sourced and plausible, and found by name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from planner.library.declare import LICENCES
from planner.library.faults import faults, stale
from planner.library.find import aliases, inside, named, near
from planner.library.read import FOLDER, figure, newest, rows
from planner.library.topics import TOPICS

ROOT = Path(__file__).resolve().parents[2]


def test_every_row_is_complete_dated_sourced_and_plausible() -> None:
    assert faults() == []


def test_every_file_is_a_topic_and_ships_with_the_package() -> None:
    """hatch takes every file of the package that git does not ignore."""
    assert {path.stem for path in FOLDER.iterdir()} == {topic.name for topic in TOPICS}
    assert 'packages = ["planner"]' in (ROOT / "pyproject.toml").read_text()
    ignored = (ROOT / ".gitignore").read_text().split()
    assert not {"*.csv", "data", "data/"} & set(ignored)


def test_no_row_is_of_the_future_and_every_licence_is_used() -> None:
    all_rows = [row for topic in TOPICS for row in rows(topic.name)]
    assert max(row["as_of"] for row in all_rows) <= "2026-11-27"
    assert {row["licence"] for row in all_rows} == set(LICENCES)
    assert len(all_rows) > 900
    page = (FOLDER.parent / "README.md").read_text()
    assert all(f"| {licence} |" in page for licence in LICENCES)


def test_a_price_that_was_is_not_old_where_a_newer_one_is_known() -> None:
    dates = [row["as_of"] for row in rows("clouds") if row["provider"] == "aws"]
    assert "2025-03-17" in dates
    old = stale(dt.date(2026, 11, 27))
    assert not [one for one in old if one.thing.startswith("aws h100 on_demand")]
    assert [one for one in old if one.thing.startswith("aws h100 capacity_block")]
    assert all(one.days > 365 for one in old)
    assert stale(dt.date(2023, 1, 1)) == []


def test_chips_have_power_lives_and_a_price() -> None:
    chips = {row["chip"] for row in newest("chips")}
    for basis in ("all-in", "idle"):
        drawn = {row["chip"] for row in newest("power") if row["basis"] == basis}
        assert drawn == chips
    assert {row["chip"] for row in newest("lives")} == chips
    priced = {row["chip"] for row in newest("prices") if row["includes"] == "installed"}
    rented = {row["chip"] for row in newest("clouds")}
    assert chips <= priced | rented


def test_peaks_rise_as_precision_falls_and_idle_is_below_work() -> None:
    for row in newest("chips"):
        peaks = [figure(row, f"peak_tflops_{name}") for name in ("bf16", "fp8", "fp4")]
        known = [peak for peak in peaks if peak is not None]
        assert known == sorted(known), row["chip"]
    draw = {(row["chip"], row["basis"]): figure(row, "kw_per_chip") for row in newest("power")}
    for (chip, basis), kw in draw.items():
        if basis == "all-in":
            idle = draw[chip, "idle"]
            assert kw is not None and idle is not None and idle < kw


def test_what_is_measured_is_less_than_what_is_planned_for() -> None:
    """A server under load draws less than its data sheet, and more than half of it."""
    planned = {
        row["chip"]: figure(row, "kw_per_chip")
        for row in newest("power")
        if row["basis"] == "all-in"
    }
    for row in newest("power"):
        if row["basis"] == "measured":
            most, kw = planned[row["chip"]], figure(row, "kw_per_chip")
            assert most is not None and kw is not None and 0.5 * most < kw < most


SPELLINGS = [
    ("chip", "GB200 NVL72", "gb200"),
    ("chip", "Trainium2", "trn2"),
    ("chip", "TPU7x", "tpu-v7"),
    ("model", "openai/gpt-oss-120b", "gpt-oss-120b"),
    ("model", "Llama3.1-405B", "llama-3.1-405b"),
    ("place", "TX", "texas"),
    ("place", "US-CA", "california"),
    ("place", "Sweden", "sweden"),
    ("place", "SE", "sweden"),
    ("provider", "Google Cloud", "gcp"),
    ("provider", "AWS", "aws"),
    ("place", "IN", ""),  # India or Indiana
    ("chip", "h10", ""),
]


@pytest.mark.parametrize(("column", "name", "known"), SPELLINGS)
def test_names_are_known_by_their_spellings(column: str, name: str, known: str) -> None:
    assert named(column, name) == known


def test_a_name_that_is_not_known_has_near_ones() -> None:
    assert near("chip", "h10")[0] == "h100"
    assert near("place", "texs")[0] == "texas"
    assert near("chip", "quantum") == []


def test_names_inside_longer_ones_are_words_of_their_own() -> None:
    assert inside("chip", "our H100 lot") == "h100"
    assert inside("chip", "gh200") == ""
    assert inside("provider", "aws-us-east") == "aws"
    assert inside("model", "llama-3.1-405b-next") == "llama-3.1-405b"


def test_no_spelling_is_of_two_things() -> None:
    for column in ("chip", "model", "provider"):
        listed = aliases(column)
        assert len(listed) >= len(set(listed.values()))
        assert all(named(column, spelling) == name for spelling, name in listed.items())
