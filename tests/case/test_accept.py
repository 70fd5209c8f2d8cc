"""Warnings that case.yaml accepts: by their name in full, listed with the reason, never errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import yaml

from planner.audit.resolution.compare import check_inputs
from planner.case import read_case
from planner.case.problems import CaseError
from planner.case.variants import read_base, read_variant
from planner.case.write import settings_document
from planner.cli import main
from planner.pipeline import run
from planner.report.problems import problem_lines
from planner.solving import Options
from tests.findings.books import write_book
from tests.helpers import GOOD, YAML, changed, write_case

ROOT = Path(__file__).parents[2]
WHAT = "figure-unusual chips.csv:3 peak_tflops_fp8: '800'"
WHY = "measured, with \"their\" kernels; see 'notes'"
LOW = ("chips", 1, "peak_tflops_fp8", "800")


def case(
    folder: Path, *accepts: tuple[str, str], edits: tuple[tuple[str, int, str, str], ...] = ()
) -> Path:
    """Write a case with an unusual figure and what it accepts."""
    listed = [{"warning": warning, "reason": reason} for warning, reason in accepts]
    settings = YAML | ({"accept": listed} if listed else {})
    return write_case(folder, changed(LOW, *edits), settings)


@pytest.mark.slow
def test_the_warning_says_what_to_write(tmp_path: Path) -> None:
    before = read_case(case(tmp_path / "before"))
    (told,) = [line for line in problem_lines(before.warnings) if line.startswith("         ")]
    (entry,) = yaml.safe_load(told.strip().replace("accept: {", "accept: [{") + "]")["accept"]
    assert entry["warning"] == WHAT
    after = read_case(case(tmp_path / "after", (entry["warning"], WHY)))
    assert [one.name for one in before.warnings] == [WHAT]
    assert after.warnings == ()
    assert [(one.warning.name, one.reason) for one in after.accepted] == [(WHAT, WHY)]
    assert [
        check.worst for check in check_inputs(after, tmp_path / "after") if not check.passed
    ] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "left"),
    [
        (
            ("chips", 1, "peak_tflops_fp8", "700"),
            "figure-unusual chips.csv:3 peak_tflops_fp8: '700'",
        ),
        (
            ("chips", 0, "peak_tflops_fp8", "900"),
            "figure-unusual chips.csv:2 peak_tflops_fp8: '900' and 1 more",
        ),
    ],
    ids=["another value", "one more row"],
)
def test_an_accept_holds_for_what_was_looked_at(
    tmp_path: Path, edit: tuple[str, int, str, str], left: str
) -> None:
    read = read_case(case(tmp_path, (WHAT, WHY), edits=(edit,)))
    told = [one.name for one in read.warnings]
    assert left in told
    assert f"accept-unused case.yaml:{_line(tmp_path)} accept.0: {WHAT!r}" in told
    assert read.accepted == ()


def _line(folder: Path) -> int:
    lines = (folder / "case.yaml").read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if line.startswith("- warning"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern", ["*", "figure-unusual *", "* chips.csv:* peak_tflops_fp8*", WHAT]
)
def test_a_star_stands_for_anything(tmp_path: Path, pattern: str) -> None:
    assert read_case(case(tmp_path, (pattern, WHY))).warnings == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern", ["figure-unusual", "figure-unusual chips.csv:3 peak_tflops_fp8: '80.'", "Figure*"]
)
def test_nothing_else_stands_for_anything(tmp_path: Path, pattern: str) -> None:
    codes = [one.code for one in read_case(case(tmp_path, (pattern, WHY))).warnings]
    assert codes == ["figure-unusual", "accept-unused"]


def test_errors_are_never_accepted(tmp_path: Path) -> None:
    folder = case(tmp_path, ("*", WHY), edits=(("power", 0, "mw", ""),))
    with pytest.raises(CaseError):
        read_case(folder)


@pytest.mark.parametrize(
    ("accept", "said"),
    [
        ("all", "case.yaml:{n} accept: needs a list of accepted warnings"),
        ([], "case.yaml:{n} accept: needs a list of accepted warnings"),
        ([{"warning": WHAT}], "accept.0.reason: is needed"),
        ([{"warning": WHAT, "reason": "", "by": "me"}], "accept.0.by: is not a setting"),
    ],
    ids=["text", "empty", "no reason", "unknown key"],
)
def test_what_cannot_be_accepted_so_is_told(tmp_path: Path, accept: object, said: str) -> None:
    folder = write_case(tmp_path, GOOD, YAML | {"accept": accept})
    lines = (folder / "case.yaml").read_text(encoding="utf-8").splitlines()
    row = next(n for n, line in enumerate(lines, start=1) if line.startswith("accept"))
    with pytest.raises(CaseError) as raised:
        read_case(folder)
    assert said.replace("{n}", str(row)) in "\n".join(map(str, raised.value.problems))


@pytest.mark.slow
def test_a_sheet_accepts_by_lines(tmp_path: Path) -> None:
    name = WHAT.replace("chips.csv", "case.xlsx[chips]")

    def edit(book: object, sheets: dict) -> None:  # type: ignore[type-arg]
        sheets["case"].write_row(30, 0, ("accept", f"{name} = {WHY}\n"))

    write_book(tmp_path / "case.xlsx", edit, chips=changed(LOW)["chips"])  # type: ignore[arg-type]
    read = read_case(tmp_path / "case.xlsx")
    assert [(one.warning.name, one.reason) for one in read.accepted] == [(name, WHY)]
    assert read.warnings == ()
    assert [c.name for c in check_inputs(read_case(tmp_path), tmp_path) if not c.passed] == []


@pytest.mark.slow
def test_a_variant_accepts_the_same(tmp_path: Path) -> None:
    folder = case(tmp_path, (WHAT, WHY))
    base = read_base(folder)
    for text in ("demand.*.*.output_mtok*=1.1", "case.discount_rate=0.2"):
        variant, whole = read_variant(base, [text]), read_case(folder, [text])
        assert (variant.warnings, variant.accepted) == (whole.warnings, whole.accepted)
        assert len(variant.accepted) == 1


@pytest.mark.slow
def test_accepts_are_written_back(tmp_path: Path) -> None:
    read = read_case(case(tmp_path, (WHAT, WHY)))
    assert settings_document(read.settings)["accept"] == [{"warning": WHAT, "reason": WHY}]
    assert "accept" not in settings_document(read_case(case(tmp_path / "none")).settings)


@pytest.mark.slow
def test_a_run_lists_what_was_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither warned of nor counted by --strict; told by check, in exceptions.csv, on the page and
    in the summary, and the audit knows how many there are."""
    folder = tmp_path / "case"
    folder.mkdir()
    for path in (ROOT / "inputs" / "quickstart").iterdir():
        if path.suffix in (".csv", ".yaml"):
            (folder / path.name).write_bytes(path.read_bytes())
    table = folder / "chips.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["book_life_years"] = "15"  # which no cost depends on
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    told = [one.name for one in read_case(folder).warnings]
    assert len(told) == 1
    assert main(["check", "--strict", str(folder)]) == 3
    with (folder / "case.yaml").open("a", encoding="utf-8") as file:
        file.write("\naccept:\n- " + json.dumps({"warning": told[0], "reason": WHY}) + "\n")
    capsys.readouterr()
    assert main(["check", "--strict", str(folder)]) == 0
    assert f"accepted {told[0]}: {WHY}" in capsys.readouterr().err
    assert main(["check", "--json", str(folder)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["problems"] == []
    assert said["accepted"] == [{"warning": told[0], "reason": WHY}]
    result = run(folder, out=tmp_path / "out", options=Options(strict=True))
    assert result.status == "optimal", result.message
    assert result.folder is not None
    with (result.folder / "exceptions.csv").open(encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["kind"] == "accepted"]
    assert row["message"] == f"warning accepted: {told[0]}: {WHY}"
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    assert "Warnings that case.yaml accepts" in page
    assert "warning accepted" in (result.folder / "summary.md").read_text(encoding="utf-8")
