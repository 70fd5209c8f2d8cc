"""Names are text: whatever stands in them, nothing of it is evaluated, and every message has it."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

import planner
from planner.case import CaseError, read_case
from planner.case.problems import filled
from planner.case.tables import TABLE, TABLES
from planner.cli import main
from planner.diagnosis.figures import FIGURES
from planner.diagnosis.items import _sentence
from planner.limits import LIMITS
from tests.findings.seldom import EVERY
from tests.helpers import GOOD, YAML, write_case

HOSTILE = (
    "{slice.__class__.__mro__}",
    "{slice:>900000000}",
    "{",
    "}",
    "{}",
    "{0}",
    "{x}",
    "{slice}",
    "{known}",
    "{kind!r}",
    "%(name)s",
    "%900000000d",
    "$HOME",
)
NAMES = [
    (table.name, column.name)
    for table in TABLES
    for column in table.columns
    if column.type in ("name", "names") and any(row.get(column.name) for row in EVERY[table.name])
]


def said(folder: Path) -> list[str]:
    began = time.monotonic()
    try:
        problems = read_case(folder).warnings
    except CaseError as reason:
        problems = reason.problems
    assert time.monotonic() - began < 5
    return [str(problem) for problem in problems]


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_slice(tmp_path: Path, name: str) -> None:
    """Named nowhere else, so that energy and profiles are told what slices there are."""
    slices = [{"name": name, "hours_share": 0.5}, {"name": "night", "hours_share": 0.5}]
    told = said(write_case(tmp_path, settings=YAML | {"slices": slices}))
    assert f"must be a slice of case.yaml ({name}, night)" in "\n".join(told)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("table", "column"), NAMES)
def test_any_name_in_one_place(tmp_path: Path, table: str, column: str) -> None:
    """Where a rule breaks then, its message has the name as it was written."""
    for number, name in enumerate(("{kind.__class__}", "{offer:>900000000}", "{")):
        tables = {one: [dict(row) for row in rows] for one, rows in EVERY.items()}
        at = next(i for i, row in enumerate(tables[table]) if row.get(column))
        tables[table][at][column] = name
        told = "\n".join(said(write_case(tmp_path / str(number), tables)))
        assert "class '" not in told and len(told) < 100_000
        assert "{" not in told or name in told


def test_what_stands_in_is_not_looked_at_again() -> None:
    words = {"a": "{b}", "b": "x", "c": "{a.__class__}"}
    assert filled("{a} {c} {d} {", words) == "{b} {a.__class__} {d} {"


@pytest.mark.slow
def test_no_text_of_a_user_can_be_a_format() -> None:
    """``str.format`` evaluates what it is given: only constants of ours may be formats."""
    for path in sorted(Path(planner.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            assert node.func.attr not in ("format_map", "vformat"), path
            if node.func.attr == "format" and not isinstance(node.func.value, ast.Constant):
                name = ast.unparse(node.func.value)
                assert name.split("[")[0].isupper() or name == "error", f"{path}: {name}"


def test_every_sentence_of_a_conflict_says_all_it_stands_in_for() -> None:
    """A stand-in that is no column of its table would stay a brace in what is told."""
    of_limits = [
        (limit.tells, {"amount"} | {column.name for column in TABLE[table].columns})
        for limit in LIMITS
        if limit.tells
        for table, _ in limit.stated[:1]
    ]
    of_figures = [(figure.sentence, {"name", "value"}) for figure in FIGURES]
    assert of_limits and of_figures
    for sentence, words in of_limits + of_figures:
        assert "{" not in filled(sentence, dict.fromkeys(words, "")), sentence


@pytest.mark.slow
def test_a_fabric_in_a_conflict(tmp_path: Path) -> None:
    name = "{site.__class__}{amount:>900000000}{"
    fabrics = [GOOD["fabrics"][0] | {"fabric": name}]
    case = read_case(write_case(tmp_path, GOOD | {"fabrics": fabrics}))
    told = _sentence(case, "fabric", name, case["fabrics"], "max_chips", "2027Q1")
    assert told == f"fabric {name} at iowa: at most 5,000 chips powered at once"


def test_a_path_with_a_null_byte() -> None:
    with pytest.raises(CaseError) as caught:
        read_case("case\0.xlsx")
    assert "\\x00.xlsx: is not a case folder" in str(caught.value.problems[0])
    with pytest.raises(CaseError):
        read_case("\0")


@pytest.mark.parametrize("command", ["check", "run", "catalog"])
def test_a_command_with_a_path_with_a_null_byte(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "a\0b"]) in (2, 3)
    told = capsys.readouterr().err
    assert "nternal" not in told and "Traceback" not in told


def test_a_place_for_runs_with_a_null_byte(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "inputs/quickstart", "--out", "a\0b", "--quiet"]) in (1, 2)
    told = capsys.readouterr().err
    assert "nternal" not in told and "Traceback" not in told
