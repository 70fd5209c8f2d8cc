"""The same workbook next quarter, with the same map: one command, a new column found, a gone row
asked about; what is new waits for acceptance."""

from __future__ import annotations

import csv
from pathlib import Path

from click.testing import CliRunner

from planner.cli import cli
from tests.intake.book import Book
from tests.intake.books import titled
from tests.intake.small import write_case


def run(path: Path, case: Path, *options: str) -> tuple[int, str]:
    """Return the exit code of an import, and what it printed."""
    from planner.exits import Stop

    found = CliRunner().invoke(
        cli, ["import", str(path), "--case", str(case), *options], standalone_mode=False
    )
    code = found.exception.code if isinstance(found.exception, Stop) else found.exit_code
    said = f"{found.output}{found.exception or ''}"
    assert isinstance(found.exception, Stop | None), found.exc_info
    return code, said


def rows(case: Path) -> dict[str, dict[str, str]]:
    """Return the rows of demand.csv by workload."""
    with (case / "demand.csv").open(encoding="utf-8", newline="") as stream:
        return {row["workload"]: row for row in csv.DictReader(stream)}


def later() -> Book:
    """The workbook of the next quarter: a column more, a product less."""
    book = titled()
    book.name = "forecast-2027Q2.xlsx"
    cells = book.pages["Forecast"].cells
    del cells[6]
    cells[3].append("Q1'29")
    cells[4].append("2,500,000")
    cells[5].append("800,000")
    for at in range(1, len(cells[5])):
        parts = [float(str(cells[row][at]).replace(",", "")) for row in (4, 5)]
        if at < len(cells[6]):
            cells[6][at] = f"{sum(parts):,.0f}"
        else:
            cells[6].append(f"{sum(parts):,.0f}")
    return book


def test_the_next_quarter_is_one_command(tmp_path: Path) -> None:
    case = write_case(tmp_path / "case", "start: 2027Q1\nperiods: 9\n")
    first = titled()
    first.name = "forecast-2027Q1.xlsx"
    path = first.write(tmp_path)
    code, said = run(path, case)
    assert (code, "2029Q1" in said) == (3, True)  # the plan has a quarter more than the forecast
    told = case / "import.yaml"
    answered = told.read_text(encoding="utf-8").replace('": "?"', '": keep')
    told.write_text(answered, encoding="utf-8")
    assert run(path, case)[0] == 0
    assert not (case / "demand.csv").exists()  # a preview, and nothing else
    assert run(path, case, "--yes")[0] == 0
    written = rows(case)
    assert written["chat"]["source"] == "forecast-2027Q1.xlsx[Forecast] B5:J5"
    assert written["chat"]["2027Q1"] == "933120"

    path = later().write(tmp_path)
    code, said = run(path, case)
    assert code == 3
    assert "agents output_mtok" in said and "no longer" in said
    assert rows(case) == written
    text = told.read_text(encoding="utf-8")
    assert text.startswith(answered.split("answers:")[0])  # what stood there stands there
    told.write_text(text.replace('is gone": "?"', 'is gone": drop'), encoding="utf-8")
    code, said = run(path, case)  # without --yes: nothing in it is new
    assert code == 0
    found = rows(case)
    assert {*found} == {"chat", "coding"}
    assert found["coding"]["2029Q1"] == "800000"
    assert found["chat"]["source"] == "forecast-2027Q2.xlsx[Forecast] B5:L5"


def test_what_is_new_waits(tmp_path: Path) -> None:
    case = write_case(tmp_path / "case")
    book = titled()
    page = book.pages["Forecast"].cells
    agents, total = page.pop(6), page.pop(6)
    assert run(book.write(tmp_path), case, "--yes")[0] == 0
    before = (case / "demand.csv").read_bytes()
    page[6:6] = [["AGENTS", *agents[1:]], total]
    code, said = run(book.write(tmp_path), case)
    assert code == 0 and "`AGENTS`" in said and "--yes" in said
    assert (case / "demand.csv").read_bytes() == before
    assert "AGENTS: agents" in (case / "import.yaml").read_text(encoding="utf-8")
