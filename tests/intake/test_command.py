"""`planner import`: what it prints, where it ends, what it never does."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from planner.cli import main
from tests.intake.books import BOOKS, damaged, grouped, sheets, titled
from tests.intake.small import write_case


def test_a_preview_writes_nothing_but_the_map(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = write_case(tmp_path / "case")
    before = {path.name: path.read_bytes() for path in case.iterdir()}
    path = damaged().write(tmp_path)
    mark = tmp_path / "marked.xlsx"
    assert main(["import", str(path), "--case", str(case), "--yes", "--mark", str(mark)]) == 3
    said = capsys.readouterr().err
    assert "'#N/A' is an error" in said and "'TBD'" in said
    assert "formula without a stored value" in said
    after = {path.name: path.read_bytes() for path in case.iterdir()}
    assert after.pop("import.yaml")
    assert after == before
    sheet = openpyxl.load_workbook(mark)["Demand"]
    assert "never read as zero" in sheet["E2"].comment.text
    assert sheet["E2"].fill.fgColor.rgb.endswith("F5A9A0")
    assert sheet["C2"].fill.fgColor.rgb.endswith("C9E7CB")


def test_as_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = write_case(tmp_path / "case")
    path = titled().write(tmp_path)
    assert main(["import", str(path), "--case", str(case), "--json", "--yes"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == []
    assert len(told["figures"]) == 24
    assert (case / "demand.csv").exists()


def test_pasted_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    case = write_case(tmp_path / "case")
    monkeypatch.setattr("sys.stdin", io.StringIO(grouped().pasted))
    assert main(["import", "-", "--case", str(case), "--yes"]) == 0
    assert "clipboard B3:I3" in (case / "demand.csv").read_text(encoding="utf-8")
    capsys.readouterr()


def test_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = write_case(tmp_path / "case")
    folder = tmp_path / "sources"
    folder.mkdir()
    titled().write(folder)
    sheets().write(folder)
    assert main(["import", str(folder), "--case", str(case), "--yes"]) == 0
    assert (case / "demand.csv").exists() and (case / "power.csv").exists()
    capsys.readouterr()


def test_a_users_table_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = write_case(tmp_path / "case")
    table = (
        '"workload";"measure";2027Q1;2027Q2;2027Q3;2027Q4;2028Q1;2028Q2;2028Q3;2028Q4;note\r\n'
        '"coding";output_mtok;1;1;1;1;1;1;1;1;"ours"\r\n\r\n'
        '"chat";cached_mtok;5;5;5;5;5;5;5;5;\r\n'
    )
    (case / "demand.csv").write_bytes(table.encode())
    path = titled().write(tmp_path)
    assert main(["import", str(path), "--case", str(case), "--yes"]) == 0
    lines = (case / "demand.csv").read_bytes().decode().split("\r\n")
    assert lines[0].startswith('"workload";"measure";2027Q1')
    assert lines[1].startswith('"coding";output_mtok;305600;') and ';"ours";' in lines[1]
    assert lines[2] == "" and lines[3] == '"chat";cached_mtok;5;5;5;5;5;5;5;5;;'
    assert [line.split(";")[0].strip('"') for line in lines[4:6]] == ["chat", "agents"]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        ("a.pdf", b"%PDF", "paste it"),
        ("a.xlsx", b"PK\x03\x04 nothing", "cannot be read"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "password"),
        ("a.ods", b"no zip", "cannot be read"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"a,b\n", "nothing"),
        ("a.csv", b"hello\n", "nothing"),
    ],
)
def test_what_cannot_be_read(
    name: str, content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = write_case(tmp_path / "case")
    (tmp_path / name).write_bytes(content)
    assert main(["import", str(tmp_path / name), "--case", str(case), "--yes"]) == 3
    told = capsys.readouterr()
    assert said.lower() in (told.err + told.out).lower()


def test_wrong_maps_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = write_case(tmp_path / "case")
    path = titled().write(tmp_path)
    (case / "import.yaml").write_text(
        "tabels: []\ntables:\n  - {to: demands, sprad: even, across: median}\n", encoding="utf-8"
    )
    assert main(["import", str(path), "--case", str(case)]) == 3
    said = capsys.readouterr().err
    for word in ("did you mean tables", "did you mean demand", "did you mean spread", "median"):
        assert word in said


def test_a_workbook_that_is_a_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = write_case(tmp_path / "case")
    book = openpyxl.Workbook()
    book.active.title = "case"
    for row in (
        ("key", "value"),
        ("name", "small"),
        ("start", "2027Q1"),
        ("periods", 8),
        ("discount_rate", 0.1),
    ):
        book.active.append(row)
    sheet = book.create_sheet("workloads")
    for line in (case / "workloads.csv").read_text(encoding="utf-8").splitlines():
        sheet.append(line.split(","))
    home = tmp_path / "book"
    home.mkdir()
    book.save(home / "mine.xlsx")
    path = titled().write(tmp_path)
    assert main(["import", str(path), "--case", str(home / "mine.xlsx"), "--yes"]) == 0
    values = [*openpyxl.load_workbook(home / "mine.xlsx")["demand"].values]
    assert values[0][:3] == ("workload", "measure", "2027Q1")
    assert values[1][:3] == ("chat", "output_mtok", 933120)
    assert (home / "import.yaml").exists()
    capsys.readouterr()


@pytest.mark.slow
def test_damaged_files_end_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_TRACEBACK", "1")  # a bug of ours is raised
    draw = random.Random(5)
    case = write_case(tmp_path / "case")
    for number in range(60):
        book = BOOKS[draw.choice([n for n, make in BOOKS.items() if not make().pasted])]()
        path = book.write(tmp_path)
        content = bytearray(path.read_bytes())
        if path.suffix == ".csv" or number % 2:
            for _ in range(draw.randint(1, 20)):
                content[draw.randrange(len(content))] = draw.randrange(256)
            path.write_bytes(bytes(content))
        else:
            _damage_inside(path, draw)
        assert main(["import", str(path), "--case", str(case)]) in (0, 3)
        (case / "import.yaml").unlink(missing_ok=True)
    capsys.readouterr()


def _damage_inside(path: Path, draw: random.Random) -> None:
    """Damage a part of a packed file, which stays one."""
    other = path.with_suffix(".tmp")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        parts = old.namelist()
        chosen = draw.choice(parts)
        for name in parts:
            content = bytearray(old.read(name))
            for _ in range(draw.randint(1, 8) if name == chosen and content else 0):
                content[draw.randrange(len(content))] = draw.randrange(256)
            new.writestr(name, bytes(content))
    shutil.move(other, path)
