"""The whole message of what can be wrong with settings, wide tables, workbooks and overrides, where
no other test has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from planner.case import CaseError, csv_file, read_case
from tests.helpers import YAML, changed, write_case

WIDE = {"2027Q1": "10", "2027Q2": "10", "2027Q3": "10", "2027Q4": "10"}


def told(folder: Path, overrides: Sequence[str] = ()) -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_case(folder, overrides)
    return [str(problem) for problem in caught.value.problems]


def settings(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in (YAML | values).items() if value is not None}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"periods": 4.5},
            "case.yaml:3 periods: '4.5' - must be a whole number; write it without decimals",
        ),
        (
            {"slices": [{"name": " ", "hours_share": 1}]},
            "case.yaml:8 slices.0.name: must not be blank; write a name",
        ),
        (
            {"run": 3},
            "case.yaml:12 run: needs settings below it; indent solver, threads, ... under `run:`",
        ),
        (
            {"slices": 3},
            "case.yaml:7 slices: needs a list of slices; write `- {name: peak, hours_share: "
            "0.25}` for each",
        ),
        (
            {"slices": []},
            "case.yaml:7 slices: needs a list of slices; write `- {name: peak, hours_share: "
            "0.25}` for each",
        ),
        (
            {"slices": [{"name": "day", "hours_share": 0.5}, {"name": "day", "hours_share": 0.5}]},
            "case.yaml:10 slices: 'day' - is the name of two slices; rename one of them",
        ),
        (
            {"slices": [{"name": "*", "hours_share": 1.0}]},
            "case.yaml:8 slices: '*' - stands for every slice and cannot be the name of one; "
            "rename it",
        ),
        (
            {"start": "1812Q1"},
            "case.yaml:2 start: '1812Q1' - must lie between 1900 and 2199; correct the year",
        ),
        (
            {"periods": None, "end": "2026Q4"},
            "case.yaml:11 end: '2026Q4' - must leave 1 to 1200 periods from 2027Q1; correct start "
            "or end",
        ),
        (
            {"periods": None, "end": "2527Q1"},
            "case.yaml:11 end: '2527Q1' - must leave 1 to 1200 periods from 2027Q1; correct start "
            "or end",
        ),
    ],
)
def test_settings(values: Mapping[str, Any], message: str, tmp_path: Path) -> None:
    assert told(write_case(tmp_path, settings=settings(**values))) == [message]


@pytest.mark.parametrize(
    ("table", "rows", "message"),
    [
        (
            "demand",
            [{"workload": "chat", "measure": "output_tok", **WIDE}],
            "demand.csv:2 measure: 'output_tok' - must be one of output_mtok, input_mtok, "
            "cached_mtok, flop; did you mean output_mtok or input_mtok?",
        ),
        (
            "power",
            [{"site": "iowa", "mw": "1", **WIDE}],
            "power.csv:1 mw: cannot stand beside periods as headers; write either one row per "
            "period or periods as headers",
        ),
        (
            "supply",
            [{"supply_group": "market", "measure": "max_chips", "period": "2027Q1", **WIDE}],
            "supply.csv:1 period: cannot stand beside periods as headers; write either one row "
            "per period or periods as headers",
        ),
        (
            "power",
            [{"site": "iowa", **WIDE}, {"site": "iowa", **WIDE}],
            "power.csv:3 2027Q1: iowa mw is given twice; keep one of the rows",
        ),
        (
            "budgets",
            [{"period": p, "category": "all", "usd_max": "1"} for p in ("FY2027", "2027")],
            "budgets.csv:2 period; category: 'FY2027 all' - is given twice; keep one of the rows",
        ),
    ],
)
def test_tables(table: str, rows: list[dict[str, str]], message: str, tmp_path: Path) -> None:
    assert told(write_case(tmp_path, {**changed(), table: rows}))[:1] == [message]


def test_a_table_that_every_case_needs(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    (folder / "chips.csv").unlink()
    assert (
        told(folder)[0]
        == "chips.csv: is needed: Chip types: what a chip is, draws and can do.; write it, or "
        "start from `planner init DIR`"
    )


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "case.discount_rate*=x",
            "--set: 'case.discount_rate*=x' - 'x' is not a plain number such as 1234.5; give a "
            "plain number",
        ),
        (
            "supply.market.2027Q1.max_chips*=",
            "--set: 'supply.market.2027Q1.max_chips*=' - '' is not a number: leave the cell blank "
            "where a blank has a meaning, or write the number (supply.csv row 2); name rows with "
            "numbers, or set them with =",
        ),
    ],
)
def test_overrides(override: str, message: str, tmp_path: Path) -> None:
    assert told(write_case(tmp_path), [override]) == [message]


def test_an_override_of_a_table_without_rows(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    (folder / "limits.csv").write_text((folder / "limits.csv").read_text().splitlines()[0] + "\n")
    assert told(folder, ["limits.*.max=1"]) == [
        "--set: 'limits.*.max=1' - matches no row of limits.csv; correct the keys, or use * for all"
    ]


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> None:
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        (
            {"case": [["key", "value"], ["name", "again"]]},
            "case.xlsx case: settings stand in case.yaml already; remove the sheet",
        ),
        (
            {"chips": [["chip"], ["h100"]]},
            "chips.csv: stands in case.xlsx as well; keep the file or the sheet",
        ),
        (
            {"demnad": [["workload"], ["chat"]]},
            "case.xlsx[demnad]: 'demnad' - is not a table; did you mean demand?",
        ),
        ({"notes": [["anything"]], "readme first": [["anything"]]}, ""),
    ],
)
def test_workbooks_beside_files(
    sheets: Mapping[str, Sequence[Sequence[Any]]], message: str, tmp_path: Path
) -> None:
    folder = write_case(tmp_path)
    workbook(folder / "case.xlsx", sheets)
    if message:
        assert told(folder)[0] == message
    else:
        read_case(folder)


def test_a_workbook_without_settings(tmp_path: Path) -> None:
    workbook(tmp_path / "book.xlsx", {"chips": [["chip"], ["h100"]]})
    assert told(tmp_path / "book.xlsx") == [
        "book.xlsx case: needs a sheet `case` with the columns key and value; add the sheet with "
        "name, start, periods, discount_rate"
    ]


def test_more_cells_than_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_case(tmp_path)
    monkeypatch.setattr(csv_file, "MOST_CELLS", 40)
    assert (
        "offers.csv: '90 cells' - must have at most 40 cells; add up what need not be told apart, "
        "or split the case" in told(folder)
    )


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    folder = write_case(tmp_path)
    monkeypatch.setattr(Path, "iterdir", refused)
    assert told(folder) == [f"{folder}: cannot be read: Permission denied; check its permissions"]
