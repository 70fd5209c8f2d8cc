"""What a what-if changes, written into the tables: the case then says what it was run with."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.case import read_case
from planner.case.problems import CaseError
from planner.case.write import differences
from planner.edit import Change, EditError, edit_case, replace_files
from planner.edit.override_edits import edits_of
from tests.findings.books import write_book
from tests.helpers import YAML, write_case

INPUTS = Path(__file__).parents[2] / "inputs"
QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")
CASES = (
    "quickstart",
    "power-bound",
    "gov-cloud",
    pytest.param("frontier-lab", marks=pytest.mark.full),
)


def applied(case: Path, overrides: list[str]) -> tuple[Change, ...]:
    """Apply overrides to a case, and see that it then says what it said with them."""
    wanted = read_case(case, overrides)
    edited = edit_case(case, *edits_of(case, overrides))
    if case.is_file():
        case.write_bytes(edited.files["case.xlsx"])
    else:
        replace_files(case, edited.files)
    assert differences(read_case(case), wanted) == ()
    return edited.changes


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_case(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.mark.parametrize(
    ("override", "changes"),
    [
        ("supply.market.2027Q2*=0.5", ["supply.csv:3 max_chips: 4000 -> 2000"]),
        ("supply.market.2027Q2.min_chips=7", ["supply.csv column added: min_chips",
                                              "supply.csv:3 min_chips: blank -> 7"]),
        ("offers.buy.usd_per_chip=26000", ["offers.csv:2 usd_per_chip: 25000 -> 26000"]),
        ("chips.h100.book_life_years=3", ["chips.csv column added: book_life_years",
                                          "chips.csv:2 book_life_years: blank -> 3"]),
        ("milestones.*.flop*=2", None),
        ("case.discount_rate=0.08", ["case.yaml:5 discount_rate: 0.1 -> 0.08"]),
        ("case.run.seed=7", ["case.yaml:12 run.seed: blank -> 7"]),
        ("case.end=2028Q1", None),
        ("workloads.embed.window_periods=1", ["workloads.csv:3 window_periods: 2 -> 1"]),
        ("gains.*.*.2027Q3=1.5", ["gains.csv:2 gain: 1.2 -> 1.5"]),
        ("throughput.small.fast.*.output_tok_per_s+=10", None),
        ("fleet.h100.iowa.2025Q1*=0.1", ["fleet.csv:2 chips: 1000 -> 100"]),
        ("limits.cap+=scope=all, measure=carbon, max=1000", None),
        ("rules+=chip=tpu, site=iowa, from=2027Q2, reason=\"a trial, no more\"", None),
        ("rules-=", None),
        ("offers.later+=like=buy, first_order=2027Q2, usd_per_chip=20000", None),
        ("offers.hold-=", ["offers.csv:3 row dropped: offer hold | chip tpu | site eu1 | kind"
                           " reserved | last_order 2027Q2 | lead_periods 0 | term_periods 4 |"
                           " usd_per_chip_hour 1.5 | max_per_period 500 | cancellable yes |"
                           " source assumption | as_of 2026-11-01"]),
        ("supply.east+=like=market", None),
    ],
)  # fmt: skip
def test_of_the_tiny_case(tiny: Path, override: str, changes: list[str] | None) -> None:
    try:
        found = applied(tiny, [override])
    except CaseError:  # five periods need five of everything
        assert override.startswith("case.end")
        return
    assert found
    assert changes is None or [str(change) for change in found] == changes


def forms(case: str) -> Iterator[list[str]]:
    """Overrides of many forms for a shipped case: every column of figures scaled, a cell set."""
    from planner.case.tables import TABLES

    read = read_case(INPUTS / case)
    for table in TABLES:
        frame = read[table.name]
        if not len(frame) or table.name == "last_plan" or not table.key:
            continue
        for column in table.columns:
            if column.type != "number" or column.name in table.key:
                continue
            if not frame[column.name].notna().any():
                continue
            key = ".".join("*" for _ in table.key)
            yield [f"{table.name}.{key}.{column.name}*=1.0000001"]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_of_every_shipped_case(case: str, tmp_path: Path) -> None:
    """All figures of a case scaled at once, table by table: what can be run is what is written."""
    home = tmp_path / case
    shutil.copytree(INPUTS / case, home)
    overrides = []
    for form in forms(case):
        try:
            read_case(INPUTS / case, form)
        except CaseError:
            continue
        overrides += form
    assert len(overrides) > 10
    before = {path.name: path.read_text() for path in home.glob("*.csv")}
    changes = applied(home, overrides)
    assert changes
    for name, text in before.items():  # as many rows, each with as many cells, in their order
        old, new = (list(csv.reader(t.splitlines())) for t in (text, (home / name).read_text()))
        assert [len(row) for row in old] == [len(row) for row in new]
        assert [row[0] for row in old] == [row[0] for row in new]


WIDE = (
    "note;supply_group;measure;2027Q1;2027Q2;2027Q3;2027Q4\r\n"
    "kept;market;max_chips;4000;4000;40.5;4000\r\n"
)
POWER = "site,2027Q1,2027Q2,2027Q3,2027Q4\n\niowa,10,10,10,10\nohio,5,5,5,5\n"


def wide(home: Path, name: str, text: str) -> Path:
    """The tiny case with a table by period in the header."""
    write_case(home)
    (home / name).write_text(text, newline="")
    return home


def test_of_a_wide_table_of_semicolons(tmp_path: Path) -> None:
    home = wide(tmp_path / "a", "supply.csv", WIDE)
    changes = applied(home, ["supply.market.2027Q2*=0.5", "supply.market.2027Q3*=2000"])
    assert [str(change) for change in changes] == [
        "supply.csv:2 2027Q2: 4000 -> 2000",
        "supply.csv:2 2027Q3: 40.5 -> 81000",
    ]
    assert (home / "supply.csv").read_bytes() == WIDE.replace("4000;40.5", "2000;81000").encode()


def test_of_a_figure_that_has_no_row_yet(tmp_path: Path) -> None:
    """A second figure of a wide table makes a row of its own, and the column that names it."""
    home = wide(tmp_path / "a", "power.csv", POWER)
    applied(home, [f"power.{site}.{n}.liquid_mw=4" for site in ("iowa", "ohio") for n in QUARTERS])
    assert (home / "power.csv").read_text() == (
        "site,2027Q1,2027Q2,2027Q3,2027Q4,measure\n\niowa,10,10,10,10,mw\nohio,5,5,5,5,mw\n"
        "iowa,4,4,4,4,liquid_mw\nohio,4,4,4,4,liquid_mw\n"
    )


def test_of_what_stands_once_for_all_periods(tmp_path: Path) -> None:
    home = wide(tmp_path / "a", "supply.csv", WIDE)
    assert [str(c) for c in applied(home, ["supply.market.*.basis=arrival"])] == [
        "supply.csv column added: basis",
        "supply.csv:2 basis: blank -> arrival",
    ]
    with pytest.raises(EditError, match=r"supply.csv:2 basis stands once for all periods"):
        edits_of(home, ["supply.market.2027Q1.basis=order"])


def test_of_a_workbook(tmp_path: Path) -> None:
    write_case(tmp_path / "tiny")
    write_book(tmp_path / "tiny.xlsx")
    overrides = ["supply.market.2027Q2*=0.5", "case.discount_rate=0.2", "demand.chat*=1.1"]
    changes = applied(tmp_path / "tiny.xlsx", overrides)
    assert {change.file for change in changes} == {
        "tiny.xlsx[supply]",
        "tiny.xlsx[case]",
        "tiny.xlsx[demand]",
    }
    assert YAML["discount_rate"] == 0.1


def test_an_override_that_matches_nothing_is_told(tiny: Path) -> None:
    with pytest.raises(EditError, match="is no supply_group"):
        edits_of(tiny, ["supply.b300*=2"])


def test_of_rows_below_periods(tmp_path: Path) -> None:
    """A site more has a row for each of its figures, and one that goes takes its rows with it."""
    home = wide(tmp_path / "a", "power.csv", POWER)
    more = ["sites.oslo+=like=iowa", "power.oslo.*+=mw=3, liquid_mw=1", "power.oslo.2027Q4.mw=4"]
    applied(home, more)
    assert (home / "power.csv").read_text() == (
        "site,2027Q1,2027Q2,2027Q3,2027Q4,measure\n\niowa,10,10,10,10,mw\nohio,5,5,5,5,mw\n"
        "oslo,3,3,3,4,mw\noslo,1,1,1,1,liquid_mw\n"
    )
    applied(home, ["power.oslo-=", "sites.oslo-="])
    assert (home / "power.csv").read_text() == (
        "site,2027Q1,2027Q2,2027Q3,2027Q4,measure\n\niowa,10,10,10,10,mw\nohio,5,5,5,5,mw\n"
    )


def test_of_rows_of_one_figure_below_periods(tmp_path: Path) -> None:
    home = wide(tmp_path / "a", "supply.csv", WIDE)
    applied(home, ["supply.east+=like=market", "supply.east*=0.5", "offers.buy.supply_group=east"])
    assert (home / "supply.csv").read_text().splitlines()[1:] == [
        "kept;market;max_chips;4000;4000;40.5;4000",
        "kept;east;max_chips;2000;2000;20.25;2000",
    ]


def test_of_a_table_that_is_new(tmp_path: Path) -> None:
    write_case(tmp_path / "tiny")
    (tmp_path / "tiny" / "limits.csv").unlink()
    write_book(tmp_path / "tiny.xlsx")
    cap = "limits.cap+=scope=all, measure=carbon, max=1000"
    told = [str(c) for c in applied(tmp_path / "tiny", [cap])]
    assert told[-1].endswith("row added: limit cap | scope all | measure carbon | max 1000")
    book = applied(tmp_path / "tiny.xlsx", [cap, "offers.hold-="])
    assert {change.file for change in book} == {"tiny.xlsx[limits]", "tiny.xlsx[offers]"}
