"""How files are read: what is accepted, and the whole message where something is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from planner.case import CaseError, read_case
from tests.helpers import YAML, changed, write_case

LAST = "\n1 error: correct the cells named above and run the command again"


def problems_of(folder: Path) -> str:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    return caught.value.format()


def rewritten(name: str, edit: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / name
        path.write_bytes(edit(path.read_bytes()))

    return apply


@pytest.mark.slow
@pytest.mark.parametrize(
    "edit",
    [
        lambda b: b"\xef\xbb\xbf" + b,
        lambda b: b.replace(b"\n", b"\r\n"),
        lambda b: b.replace(b",", b";"),
        lambda b: b.replace(b",", b"\t"),
        lambda b: b.replace(b"\n", b"\n\n,,\n", 1),
        lambda b: b.replace(b"\n", b",,\n"),
        lambda b: b.replace(b"1.4", b'" 1.4 "'),
    ],
    ids=[
        "byte-order-mark",
        "crlf",
        "semicolons",
        "tabs",
        "blank-rows",
        "trailing-separators",
        "quotes-and-spaces",
    ],
)
def test_ways_to_write_the_same(tmp_path: Path, edit: Callable[[bytes], bytes]) -> None:
    good = read_case(write_case(tmp_path / "good"))
    other = write_case(tmp_path / "other")
    rewritten("chips.csv", edit)(other)
    pd.testing.assert_frame_equal(
        good["chips"].drop(columns="_row"), read_case(other)["chips"].drop(columns="_row")
    )


def test_blank_rows_do_not_shift_row_numbers(tmp_path: Path) -> None:
    folder = write_case(tmp_path, changed(("chips", 1, "kw_peak", "x")))
    rewritten("chips.csv", lambda b: b.replace(b"\n", b"\n\n,,\n", 1))(folder)
    assert problems_of(folder).startswith(
        "chips.csv:5 kw_peak: 'x' - is not a plain number such as 1234.5; correct the cell"
    )


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        (
            "chips.csv",
            lambda b: b.decode().encode("utf-16"),
            "chips.csv:1: is UTF-16, not UTF-8; save it as `CSV UTF-8`",
        ),
        (
            "chips.csv",
            lambda b: b.replace(b"nvidia", b"nvidi\xe9"),
            "chips.csv:2: 'byte 0xe9' - is not UTF-8; save it as `CSV UTF-8`",
        ),
        (
            "chips.csv",
            lambda b: b + b"\0",
            "chips.csv:4: contains a NUL character; save it again as `CSV UTF-8`",
        ),
        (
            "chips.csv",
            lambda b: b.replace(b",assumption,2026-11-01", b"", 1),
            "chips.csv:2: has 10 cells, the header 12; check separators and quotes in this row",
        ),
        (
            "chips.csv",
            lambda b: b.replace(b"vendor", b"chip", 1),
            "chips.csv:1 chip: stands in the header twice; remove or rename one of them",
        ),
        (
            "chips.csv",
            lambda b: b.replace(b"vendor", b"", 1),
            "chips.csv:1 column 2: has no name; name the column or remove it",
        ),
        (
            "chips.csv",
            lambda b: b + b'"abc',
            "chips.csv:4: is not readable as CSV: unexpected end of data; check the quotes in "
            "this row and those above",
        ),
        (
            "chips.csv",
            lambda b: b"",
            "chips.csv: has no header row; write the header: chip, vendor, family, kw_peak, ... "
            "or remove the file",
        ),
        (
            "gains.csv",
            lambda b: b.replace(b"source", b"sourse", 1),
            "gains.csv:1 sourse: is not a column of gains; did you mean source?",
        ),
        (
            "case.yaml",
            lambda b: b + b"name: x\n",
            "case.yaml:12 name: given twice, first in row 1 (column 1); keep one of them",
        ),
        (
            "case.yaml",
            lambda b: b + b"discount_rat: 3\n",
            "case.yaml:12 discount_rat: is not a setting; did you mean discount_rate?",
        ),
        (
            "case.yaml",
            lambda b: b + b"headroom: [1]\n",
            "case.yaml:12 headroom: needs one number, not a list; write a single value",
        ),
        (
            "case.yaml",
            lambda b: b + b"headroom: 7\n",
            "case.yaml:12 headroom: '7' - must be at least 0 and at most 1 (share); correct the "
            "value or its unit",
        ),
        (
            "case.yaml",
            lambda b: b + b"residual: anuity\n",
            "case.yaml:12 residual: 'anuity' - must be one of annuity, straight_line, table, "
            "none; did you mean annuity?",
        ),
        (
            "case.yaml",
            lambda b: b + b"description: &a x\nresidual: *a\n",
            "case.yaml:13: '*a' - aliases are not allowed; write the value itself",
        ),
        (
            "case.yaml",
            lambda b: b + b"nam: [x\n",
            "case.yaml:13: not readable as YAML: did not find expected ',' or ']' (column 1); "
            "correct this line",
        ),
        (
            "case.yaml",
            lambda b: b"",
            "case.yaml:1: needs settings such as `name: my case`; see inputs/README.md for the "
            "settings",
        ),
        (
            "case.yaml",
            lambda b: b.replace(b"periods: 4", b"periods: 4\nend: 2027Q4"),
            "case.yaml:4 periods: give either periods or end: both are given; keep one, for "
            "instance `periods: 20`",
        ),
        (
            "case.yaml",
            lambda b: b.replace(b"hours_share: 0.5", b"hours_share: 0.6", 1),
            "case.yaml:7 slices: '1.1' - hours_share of all slices must sum to 1; correct the "
            "shares",
        ),
        (
            "case.yaml",
            lambda b: b.replace(b"2027Q1", b"Jan-27"),
            "case.yaml:2 start: 'Jan-27' - a spreadsheet has turned this period into a date: "
            "format the cell as text and write 2027Q1; correct the period",
        ),
    ],
)
def test_broken_files(
    tmp_path: Path, name: str, edit: Callable[[bytes], bytes], message: str
) -> None:
    folder = write_case(tmp_path)
    rewritten(name, edit)(folder)
    assert problems_of(folder) == message + LAST


@pytest.mark.parametrize(
    ("cell", "need"),
    [
        ("1e400", "is too large for a number"),
        (
            "nan",
            "is not a number: leave the cell blank where a blank has a meaning, or write the "
            "number",
        ),
        (
            "inf",
            "is not a number: leave the cell blank where a blank has a meaning, or write the "
            "number",
        ),
        ("-1", "must be at least 0 (USD/chip)"),
        ("10%", "is not a plain number: write 0.1"),
        ("$5M", "is not a plain number: write 5000000"),
        ("5k", "is not a plain number: write 5000"),
        ("1.234,5", "has a decimal comma: write 1234.5"),
        ("1,234", "may be a thousand or a decimal comma: write 1234 or 1.234"),
        ("=1+1", "is a formula, and nothing in an input is calculated: write its value"),
        ("0x10", "is not a plain number such as 1234.5"),
        ("1_000", "is not a plain number such as 1234.5"),
        ("\u0661", "is not a plain number such as 1234.5"),
    ],
)
def test_numbers_that_are_none(tmp_path: Path, cell: str, need: str) -> None:
    assert (
        problems_of(write_case(tmp_path, changed(("offers", 0, "usd_per_chip", cell))))
        == f"offers.csv:2 usd_per_chip: {cell!r} - {need}; correct the cell{LAST}"
    )


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,234.5", 1234.5), ("1,234,567", 1234567.0), ("2e4", 2e4), ("+5.", 5.0), (".5", 0.5)],
)
def test_numbers_that_are_some(tmp_path: Path, cell: str, value: float) -> None:
    case = read_case(write_case(tmp_path, changed(("offers", 0, "usd_per_chip", cell))))
    assert case["offers"].set_index("offer").loc["buy", "usd_per_chip"] == value


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "message"),
    [
        (
            "demand",
            0,
            "period",
            "Jan-27",
            "demand.csv:2 period: 'Jan-27' - a spreadsheet has turned this period into a date: "
            "format the cell as text and write 2027Q1; correct the cell",
        ),
        (
            "demand",
            0,
            "period",
            "2027",
            "demand.csv:2 period: '2027' - a quarter is written 2027Q1; correct the cell",
        ),
        (
            "fleet",
            0,
            "chip",
            "h10",
            "fleet.csv:2 chip: 'h10' - is not in chips.csv; did you mean h100?",
        ),
        (
            "chips",
            0,
            "cooling",
            "liqid",
            "chips.csv:2 cooling: 'liqid' - must be one of air, liquid; did you mean liquid?",
        ),
        (
            "chips",
            0,
            "as_of",
            "1.11.2026",
            "chips.csv:2 as_of: '1.11.2026' - must be a date such as 2026-10-31; correct the cell",
        ),
        (
            "chips",
            0,
            "availability",
            "0",
            "chips.csv:2 availability: '0' - must be above 0 and at most 1 (share); correct the "
            "cell",
        ),
        (
            "chips",
            0,
            "availability",
            "",
            "chips.csv:2 availability: must be given: Share of time a powered chip can be used "
            "(repairs, drains, upgrades).; fill the cell",
        ),
        (
            "offers",
            0,
            "lead_periods",
            "1.5",
            "offers.csv:2 lead_periods: '1.5' - must be a whole number; correct the cell",
        ),
        (
            "offers",
            0,
            "retire_early",
            "maybe",
            "offers.csv:2 retire_early: 'maybe' - must be yes or no; correct the cell",
        ),
        (
            "offers",
            0,
            "site",
            "iowa;;ohio",
            "offers.csv:2 site: 'iowa;;ohio' - has an empty name: separate names by single `;`; "
            "correct the cell",
        ),
        (
            "milestones",
            0,
            "deadline",
            "soon",
            "milestones.csv:2 deadline: 'soon' - a quarter is written 2027Q1, or a date "
            "2027-05-15; correct the cell",
        ),
        (
            "budgets",
            0,
            "period",
            "2027Q9",
            "budgets.csv:2 period: '2027Q9' - a quarter is written 2027Q1; a fiscal year FY2027; "
            "correct the period",
        ),
    ],
)
def test_broken_cells(
    tmp_path: Path, table: str, row: int, column: str, cell: str, message: str
) -> None:
    assert problems_of(write_case(tmp_path, changed((table, row, column, cell)))) == message + LAST


def test_control_characters_in_names(tmp_path: Path) -> None:
    text = problems_of(write_case(tmp_path, changed(("chips", 1, "vendor", "goo\x07gle"))))
    assert text.startswith(
        "chips.csv:3 vendor: 'goo\\x07gle' - must not contain control or invisible characters; "
        "correct the cell"
    )


def test_a_key_given_twice(tmp_path: Path) -> None:
    text = problems_of(
        write_case(
            tmp_path,
            changed(add={"demand": [{"workload": "chat", "period": "27Q1", "output_mtok": "1"}]}),
        )
    )
    assert (
        text
        == "demand.csv:14 workload; period: 'chat 2027Q1' - stands in row 2 as well; keep one of "
        "the rows" + LAST
    )


def test_all_problems_at_once_and_capped(tmp_path: Path) -> None:
    edits = [("demand", i, "output_mtok", "x") for i in range(12)] + [("chips", 0, "kw_peak", "")]
    lines = problems_of(write_case(tmp_path, changed(*edits))).splitlines()
    assert len([line for line in lines if line.startswith("demand.csv")]) == 10
    assert lines[-2:] == [
        "... and 2 more of kind bad-number",
        "13 errors: correct the cells named above and run the command again",
    ]


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    (folder / "demnad.csv").write_text("x")
    assert (
        problems_of(folder)
        == "demnad.csv: is not a table; did you mean demand.csv or resale.csv or orders.csv?" + LAST
    )


def test_links_out_of_the_case_and_folders_named_like_files(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    outside = tmp_path / "outside.csv"
    outside.write_text("chip,age_years,share_of_price\nh100,0,1\n")
    (folder / "resale.csv").unlink()
    (folder / "resale.csv").symlink_to(outside)
    (folder / "survival.csv").unlink()
    (folder / "survival.csv").mkdir()
    assert problems_of(folder) == (
        "resale.csv: leads out of the case folder; copy the file into the case\nsurvival.csv: is "
        "not a file; replace it by a file, or remove it"
        "\n2 errors: correct the cells named above and run the command again"
    )


def test_no_case_at_all(tmp_path: Path) -> None:
    assert (
        "is not a case folder; give the folder that holds case.yaml, or write a first case with "
        "`planner init DIR`" in problems_of(tmp_path / "none")
    )
    (tmp_path / "empty").mkdir()
    assert problems_of(tmp_path / "empty").startswith(
        "case.yaml: is needed; write it, or start from `planner init DIR`"
    )


def test_region_na_stays_a_name(tmp_path: Path) -> None:
    case = read_case(
        write_case(
            tmp_path,
            changed(
                ("sites", 2, "region", "NA"),
                ("workloads", 0, "regions", "us-central;us-east;NA"),
                ("rules", 1, "region", "NA"),
            ),
        )
    )
    assert case["sites"].set_index("site").loc["eu1", "region"] == "NA"


def wide(table: str, values: list[str], key: str, *, measure: bool) -> list[dict[str, str]]:
    """The rows of a table of the good case with periods as headers."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for row in changed()[table]:
        for value in values:
            cell = row.get(value) or ""
            if cell:
                entry = rows.setdefault(
                    (row[key], value), {key: row[key], **({"measure": value} if measure else {})}
                )
                entry[row["period"]] = cell
    return list(rows.values())


def test_wide_is_long(tmp_path: Path) -> None:
    long = read_case(write_case(tmp_path / "long"))
    tables = changed()
    tables["demand"] = wide(
        "demand", ["output_mtok", "input_mtok", "cached_mtok", "flop"], "workload", measure=True
    )
    tables["power"] = wide("power", ["mw", "liquid_mw"], "site", measure=True)
    tables["supply"] = wide("supply", ["max_chips"], "supply_group", measure=True)
    other = read_case(write_case(tmp_path / "wide", tables))
    for name in ("demand", "power", "supply"):
        read = [column for column in long[name].columns if not column.startswith("_")]
        pd.testing.assert_frame_equal(long[name][read], other[name][read])


def test_wide_needs_a_measure_where_it_is_not_plain(tmp_path: Path) -> None:
    tables = changed()
    tables["demand"] = [{"workload": "chat", "2027Q1": "1", "2027Q2": "2"}]
    assert problems_of(write_case(tmp_path, tables)).startswith(
        "demand.csv:1 measure: is needed where periods are headers: it says which of output_mtok, "
        "input_mtok, cached_mtok, flop a row holds; add the column"
    )


def test_a_blank_cell_of_a_wide_table(tmp_path: Path) -> None:
    tables = changed()
    tables["power"] = [
        {"site": s, "2027Q1": "10", "2027Q2": "", "2027Q3": "10", "2027Q4": "10"}
        for s in ("iowa", "ohio")
    ]
    assert (
        problems_of(write_case(tmp_path, tables)).splitlines()[0]
        == "power.csv:2 2027Q2: must be given: Power limit, on the site's power basis.; fill the "
        "cell"
    )


def test_a_number_in_a_wide_cell_is_located_by_its_header(tmp_path: Path) -> None:
    tables = changed()
    tables["power"] = [
        {"site": s, "2027Q1": "10", "2027Q2": "1O", "2027Q3": "10", "2027Q4": "10"}
        for s in ("iowa",)
    ] + [{"site": "ohio", "2027Q1": "5", "2027Q2": "5", "2027Q3": "5", "2027Q4": "5"}]
    assert (
        problems_of(write_case(tmp_path, tables))
        == "power.csv:2 2027Q2: '1O' - is not a plain number such as 1234.5; correct the cell"
        + LAST
    )


def test_workbook_is_the_same_case(tmp_path: Path) -> None:
    import xlsxwriter

    long = read_case(write_case(tmp_path / "csv"))
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("case")
    sheet.write_row(0, 0, ["key", "value"])
    flat = {key: value for key, value in YAML.items() if key != "slices"} | {
        "slices": "day=0.5; night=0.5"
    }
    for number, (key, value) in enumerate(flat.items(), start=1):
        sheet.write_row(number, 0, [key, value])
    for name, rows in changed().items():
        if name == "last_plan":
            continue
        sheet = book.add_worksheet(name)
        header = list(dict.fromkeys(column for row in rows for column in row))
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, start=1):
            for column, key in enumerate(header):
                cell = row.get(key) or ""
                if cell.replace(".", "", 1).isdigit():
                    sheet.write_number(number, column, float(cell))
                else:
                    sheet.write_string(number, column, cell)
    book.close()
    other = read_case(path)
    for name in ("chips", "offers", "demand", "milestones", "budgets"):
        pd.testing.assert_frame_equal(
            long[name].drop(columns=["_file"]), other[name].drop(columns=["_file"])
        )
