"""--set: what it changes, and what it says where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.case import CaseError, read_case
from tests.helpers import changed, write_case


def column(tmp_path: Path, table: str, name: str, *overrides: str) -> list[float]:
    return list(read_case(write_case(tmp_path), overrides)[table][name])


@pytest.mark.slow
def test_a_cell(tmp_path: Path) -> None:
    assert column(tmp_path, "supply", "max_chips", "supply.market.2027Q2=10") == [4000, 10, 4000]
    assert column(tmp_path, "supply", "max_chips", "supply.market.2027Q2.max_chips*=0.5") == [
        4000,
        2000,
        4000,
    ]
    assert column(tmp_path, "supply", "max_chips", "supply.market.2027Q[23]+=1") == [
        4000,
        4001,
        4001,
    ]


@pytest.mark.slow
def test_later_overrides_see_earlier_ones(tmp_path: Path) -> None:
    assert column(tmp_path, "supply", "max_chips", "supply.market.*=10", "supply.*.2027Q1*=5")[
        :2
    ] == [50, 10]


@pytest.mark.slow
def test_every_row_of_a_prefix(tmp_path: Path) -> None:
    values = column(tmp_path, "demand", "output_mtok", "demand.chat*=2")
    assert values[:4] == [200000, 220000, 240000, 260000]


def test_a_key_that_the_file_leaves_out_is_blank(tmp_path: Path) -> None:
    """fleet.csv without the column lot: all lots are those of no name."""
    assert column(tmp_path, "fleet", "chips", "fleet.*.*.*.*.chips=7") == [7, 7]
    assert column(tmp_path, "fleet", "chips", "fleet.h100.eu1.2026Q3.chips=7") == [7, 1000]


def test_blank_cells_among_many_stay_blank(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path), ["demand.*.*.output_mtok*=2"])
    demand = case["demand"].set_index("workload")["output_mtok"]
    assert (
        list(demand.loc["chat"]) == [200000, 220000, 240000, 260000]
        and not demand.loc["science"].any()
    )


def test_settings(tmp_path: Path) -> None:
    case = read_case(
        write_case(tmp_path),
        [
            "case.discount_rate=0.2",
            "case.periods=4",
            "case.run.threads=1",
            "case.description=what if",
        ],
    )
    assert (
        case.settings.discount_rate == 0.2
        and case.settings.threads == 1
        and case.settings.description == "what if"
    )


@pytest.mark.slow
def test_a_wide_table(tmp_path: Path) -> None:
    tables = changed()
    tables["power"] = [
        {"site": s, "2027Q1": "10", "2027Q2": "10", "2027Q3": "10", "2027Q4": "10"}
        for s in ("iowa", "ohio")
    ]
    case = read_case(write_case(tmp_path, tables), ["power.ohio.2027Q2=7"])
    assert list(case["power"]["mw"]) == [10, 10, 10, 10, 10, 7, 10, 10]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("supply.markt.2027Q2=1", "markt is no supply_group in supply.csv; did you mean market?"),
        ("suply.market=1", "suply is not a table; did you mean supply?"),
        (
            "supply.market.2027Q2",
            "must read table.key.column=value; for instance supply.b200.2027Q2*=0.5 or "
            "case.discount_rate=0.1",
        ),
        (
            "case.discount=1",
            "discount is not a setting that can be set; did you mean discount_rate?",
        ),
        (
            "offers.buy.usd_per_chip_hour*=2",
            "cannot change a blank cell: set it with = (offers.csv row 2); name rows with "
            "numbers, or set them with =",
        ),
        (
            "supply.market.2027Q2*=a",
            "'a' is not a plain number such as 1234.5 (supply.csv row 3); name rows with numbers, "
            "or set them with =",
        ),
        (
            "offers.buy=1",
            "names 1 keys and no column; offers has the keys offer; end with a column: ",
        ),
    ],
)
def test_wrong_overrides(tmp_path: Path, override: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(tmp_path), [override])
    assert caught.value.format().startswith(f"--set: {override!r} - {message}")


def test_a_bad_value_is_located_in_its_table(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(tmp_path), ["supply.market.2027Q2=-5"])
    assert caught.value.format().startswith(
        "supply.csv:3 max_chips: '-5' - must be at least 0 (chips)"
    )
