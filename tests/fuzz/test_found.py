"""Failures that the fuzzer found, each by itself, with the whole message where a user gets one."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import xlsxwriter

from planner.case import CaseError, read_case
from planner.case.cells import number_of
from planner.case.files import MOST_ROWS
from planner.pipeline import run
from planner.runs.find import resolve_run
from planner.runs.read import RunError
from tests.fuzz.mutant import load
from tests.helpers import YAML, changed, write_case
from tests.shipped import DIVISIBLE


def said(folder: Path) -> str:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    return "\n".join(str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    "text", ["k" * 150, "1" + "b" * 150, "%" * 150, "$" * 150, "$" * 75 + "%" * 75, "k" * 10_000]
)
def test_suffixes_without_end_are_no_endless_recursion(text: str) -> None:
    assert "number" in number_of(text)[1]


def test_a_grouped_number_may_not_overflow() -> None:
    assert number_of("9" * 160 + ",000" * 2)[1]
    assert number_of("1" + ",000" * 49) == (1e147, "")
    assert (
        number_of("1e308") == (1e308, "") and number_of("1e309")[1] == "is too large for a number"
    )


def test_whole_numbers_do_not_overflow(tmp_path: Path) -> None:
    assert (
        said(write_case(tmp_path, changed(("offers", 0, "lead_periods", "1e300"))))
        == "offers.csv:2 lead_periods: '1e300' - must be at most 1,000,000,000; correct the cell"
    )


def test_a_link_to_itself(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    (folder / "survival.csv").unlink()
    (folder / "survival.csv").symlink_to(folder / "survival.csv")
    assert said(folder).startswith(
        "survival.csv: cannot be read: Too many levels of symbolic links; check the file"
    )


def test_a_link_to_nothing_is_not_an_absent_table(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    (folder / "survival.csv").unlink()
    (folder / "survival.csv").symlink_to(folder / "nothing")
    assert said(folder).startswith(
        "survival.csv: cannot be read: No such file or directory; check the file"
    )


@pytest.mark.parametrize("name", ["case.yaml", "case.xlsx"])
def test_settings_and_workbook_may_not_lie_elsewhere(tmp_path: Path, name: str) -> None:
    folder = write_case(tmp_path / "case")
    (tmp_path / "elsewhere").write_bytes((folder / "case.yaml").read_bytes())
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(tmp_path / "elsewhere")
    assert f"{name}: leads out of the case folder; copy the file into the case" in said(folder)


def test_a_pipe_named_like_the_workbook_is_not_waited_for(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    os.mkfifo(folder / "case.xlsx")
    assert said(folder) == "case.xlsx: is not a file; replace it by a file, or remove it"


def test_a_quote_left_open_is_told_with_its_row(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    text = (folder / "chips.csv").read_text()
    (folder / "chips.csv").write_text(text.replace("tpu", '"tpu'))
    assert (
        said(folder)
        == "chips.csv:3: is not readable as CSV: unexpected end of data; check the quotes in this "
        "row and those above"
    )


def test_hostile_headers_and_file_names_are_printed_harmlessly(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    text = (folder / "chips.csv").read_text()
    (folder / "chips.csv").write_text(text.replace("vendor", "ven\x1b[31mdor\u202e", 1))
    (folder / "a\n\x1b[31m.csv").touch()
    told = said(folder)
    assert (
        "\\x1b[31m.csv: is not a table" in told
        and "chips.csv:1 ven\\x1b[31mdor\\u202e: is not a column of chips" in told
    )
    assert told.replace("\n", "").isprintable()


def test_a_control_character_in_the_settings_is_told_with_its_row(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    with (folder / "case.yaml").open("a") as file:
        file.write("# größer\ndescription: \x07\n")
    assert said(folder).startswith(
        f"case.yaml:{len((folder / 'case.yaml').read_text().splitlines())}: not readable as YAML"
    )


def test_a_description_is_checked_like_any_text(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case", settings=YAML | {"description": "a\x1b[31mb"})
    assert (
        "description: 'a\\x1b[31mb' - must not contain control characters; correct the text"
        in said(folder)
    )


def workbook(path: Path, settings: list[tuple[str, str]]) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("case")
    for row, pair in enumerate(settings):
        sheet.write_row(row, 0, pair)
    book.close()


def test_settings_of_a_workbook_are_told_by_their_row_in_it(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    (folder / "case.yaml").unlink()
    workbook(
        folder / "case.xlsx",
        [
            ("key", "value"),
            ("name", "x"),
            ("", ""),
            ("periods", "4"),
            ("discount_rate", "ten"),
            ("slices", "a=0.5; b=x"),
            ("run.threads", "0"),
        ],
    )
    assert said(folder).splitlines() == [
        "case.xlsx[case]:5 discount_rate: 'ten' - is not a plain number such as 1234.5; write a "
        "plain number such as 0.1",
        "case.xlsx[case] start: is needed: First period: 2027Q1, 2027-01 or 2027.; add `start:`",
        "case.xlsx[case]:7 run.threads: '0' - must be at least 1 and at most 256; correct the "
        "value or its unit",
        "case.xlsx[case]:6 slices.1.hours_share: 'x' - is not a plain number such as 1234.5; "
        "write a plain number such as 0.1",
    ]


def test_a_setting_given_twice_in_a_workbook(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    (folder / "case.yaml").unlink()
    workbook(
        folder / "case.xlsx",
        [
            ("name", "x"),
            ("start", "2027Q1"),
            ("periods", "4"),
            ("discount_rate", "0"),
            ("periods", "5"),
        ],
    )
    assert "case.xlsx[case]:5 periods: given twice, first in row 3; keep one of them" in said(
        folder
    )


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 [x,x]\n"
        + "".join(f"a{i}: &a{i} [*a{i - 1},*a{i - 1}]\n" for i in range(1, 40))
        + "name: *a39\n",
        "name: " + "[" * 100_000,
    ],
    ids=["laughs", "deep"],
)
def test_a_bomb_in_the_settings_goes_off_nowhere(tmp_path: Path, bomb: str) -> None:
    folder = write_case(tmp_path / "case")
    (folder / "case.yaml").write_text(bomb)
    began = time.monotonic()
    assert "case.yaml:" in said(folder)
    with pytest.raises(RunError):
        resolve_run(str(folder), tmp_path / "outputs")
    assert time.monotonic() - began < 5


def test_a_table_of_a_terabyte_is_refused_before_it_is_hashed(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    os.truncate(folder / "demand.csv", 10**12)
    began = time.monotonic()
    with pytest.raises(CaseError) as caught:
        run(folder, out=tmp_path / "out")
    assert [str(problem) for problem in caught.value.problems] == [
        "demand.csv: '1,000,000,000,000 bytes' - must be at most 500,000,000 bytes; split or "
        "shorten it"
    ]
    assert time.monotonic() - began < 5 and not (tmp_path / "out").exists()


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_rows_are_counted_before_they_are_read(tmp_path: Path, end: str) -> None:
    folder = write_case(tmp_path / "case")
    (folder / "demand.csv").write_text(
        "workload,period,output_mtok" + end * (MOST_ROWS + 2), newline=""
    )
    assert said(folder).startswith(
        "demand.csv: '2,000,002 rows' - must have at most 2,000,000 rows"
    )


@pytest.mark.slow
def test_a_limit_smaller_than_what_is_written_is_still_proven(tmp_path: Path) -> None:
    made = load("inputs/power-bound")
    rows = made.rows("supply.csv")
    rows[1][rows[0].index("2027Q3")] = "1.5e-12"
    made.set_rows("supply.csv", rows)
    result = run(made.write(tmp_path / "case"), out=tmp_path / "out")
    assert (result.status, result.message) == ("optimal", "")


def test_a_star_is_no_name_of_one_chip(tmp_path: Path) -> None:
    assert (
        said(write_case(tmp_path, changed(("training", 1, "chip", "*"))))
        == "training.csv:3 chip: '*' - is not in chips.csv; add it there, or correct the name"
    )


@pytest.mark.slow
def test_demand_too_small_for_a_row_is_still_proven(tmp_path: Path) -> None:
    """943 tokens in a quarter take a millionth of a chip's second or so: nothing that a plan writes
    down."""
    made = load("inputs/quickstart")
    rows = made.rows("demand.csv")
    rows[1][rows[0].index("2027Q2")] = "0.000943488"
    made.set_rows("demand.csv", rows)
    result = run(made.write(tmp_path / "case"), out=tmp_path / "out")
    assert (result.status, result.message) == ("optimal", "")


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        (
            "fleet",
            "chips",
            "2.24e17",
            "must be at most 1e+10 (chips): check the unit, and leave a limit blank that limits "
            "nothing",
        ),
        (
            "fleet",
            "usd_per_chip",
            "3.3e13",
            "must be at most 1e+10 (USD/chip): check the unit, and leave a limit blank that "
            "limits nothing",
        ),
    ],
)
def test_figures_beyond_any_meaning_are_refused(
    tmp_path: Path, table: str, column: str, value: str, told: str
) -> None:
    assert (
        said(write_case(tmp_path, changed((table, 0, column, value))))
        == f"{table}.csv:2 {column}: '{value}' - {told}; correct the cell"
    )


def test_a_setting_beyond_any_meaning_is_refused(tmp_path: Path) -> None:
    assert said(write_case(tmp_path, settings=YAML | {"carbon_usd_per_tonne": 1e300})).endswith(
        "must be at most 1e+12 (USD/t); correct the value or its unit"
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_folder_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    result = run(
        load("inputs/quickstart").write(tmp_path / os.fsdecode(b"c\xff")), out=tmp_path / "out"
    )
    assert result.status == "optimal" and result.folder is not None
    assert f'"case_folder": "{tmp_path}/c\\\\udcff"' in (result.folder / "manifest.json").read_text(
        encoding="utf-8"
    )


def test_an_override_that_is_not_utf_8(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        run(
            load("inputs/quickstart").write(tmp_path / "case"),
            overrides=["case.description=\udcff"],
            out=tmp_path / "out",
        )
    assert (
        str(caught.value.problems[0])
        == "--set: 'case.description=\\udcff' - must be UTF-8 text; write table.key.column=value"
    )


@pytest.mark.parametrize(("table", "column"), [("sites", "region"), ("chips", "vendor")])
def test_names_with_braces_are_names(tmp_path: Path, table: str, column: str) -> None:
    """`${HOME}` in a message that lists what there is: text, and not a place to fill in."""
    tables = changed((table, 0, column, "${HOME} {0} {x!r}"))
    tables["rules"] = [{column: "elsewhere", "reason": "none"}]
    tables["workloads"] = [{**row, "regions": "elsewhere"} for row in tables["workloads"]]
    assert "${HOME} {0} {x!r}" in said(write_case(tmp_path, tables))


def test_classes_with_braces_are_names(tmp_path: Path) -> None:
    tables = changed()
    tables["training"] = [
        {
            "class": "${HOME}",
            "chip": tables["chips"][0]["chip"],
            "precision": "bf16",
            "mfu": "0.4",
            "goodput": "0.9",
            "source": "assumption",
        }
    ]
    tables["rules"] = []
    tables["milestones"] = [
        {"milestone": "m", "flop": "1e24", "class": "other", "deadline": "2027Q4"}
    ]
    assert "must be a training class of training.csv (${HOME})" in said(
        write_case(tmp_path, tables)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "rate",
    ["1e-300", "1e-12", *(pytest.param(r, marks=pytest.mark.full) for r in ("0", "1e-17", "1e-6"))],
)
def test_a_discount_rate_of_next_to_nothing(tmp_path: Path, rate: str) -> None:
    """The annuity share is a quotient of two differences that are nothing but rounding there."""
    found, at_zero = (
        run(
            "inputs/power-bound",
            overrides=[f"case.discount_rate={value}", *DIVISIBLE],
            out=tmp_path,
        )
        for value in (rate, "0")
    )
    assert found.status == "optimal", found.message
    assert found.plan is not None and at_zero.plan is not None
    assert found.plan.summary["objective_usd"] == pytest.approx(
        at_zero.plan.summary["objective_usd"], rel=1e-4
    )
