"""Finding runs: newest first, partial and foreign folders never, and a run by path, name, beginning
or case."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.case import read_case
from planner.facts import run_facts
from planner.lp.highs import solve
from planner.model import formulate
from planner.runs.find import find_runs, resolve_run
from planner.runs.read import RunError, read_plan, read_run_table
from planner.solving import Options
from tests.helpers import write_case
from tests.model.small import settings, tables
from tests.report.standin import write_standin


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "outputs"
    for case, name, started in (
        ("demo", "2027Q1-a", "2026-11-01T00:00:00Z"),
        ("demo", "2027Q1-b", "2026-11-03T00:00:00Z"),
        ("other", "2027Q1-c", "2026-11-02T00:00:00Z"),
    ):
        write_standin(out / case / name, manifest={"started_utc": started}, case=case)
    write_standin(out / "demo" / ".partial-1-x", manifest={"started_utc": "2026-11-09T00:00:00Z"})
    (out / "demo" / "2027Q1-half").mkdir()
    (out / "demo" / "2027Q1-broken").mkdir()
    (out / "demo" / "2027Q1-broken" / "manifest.json").write_text("{")
    (out / "demo" / "2027Q1-broken" / "plan.json").write_text("[]")
    return out


@pytest.mark.slow
def test_runs_are_listed_newest_first_the_damaged_ones_as_such(out: Path) -> None:
    assert [(run.case, run.folder.name, run.status) for run in find_runs(out)] == [
        ("demo", "2027Q1-b", "optimal"),
        ("other", "2027Q1-c", "optimal"),
        ("demo", "2027Q1-a", "optimal"),
        ("demo", "2027Q1-broken", "damaged"),
    ]
    assert find_runs(out)[3].wrong.startswith("plan.json is not a JSON object; manifest.json is")
    assert (find_runs(out)[0].status, find_runs(out)[0].objective_usd, find_runs(out)[0].gap) == (
        "optimal",
        50_000_000.0,
        2e-9,
    )


@pytest.mark.slow
def test_runs_of_the_same_second_have_an_order(tmp_path: Path) -> None:
    write_case(tmp_path / "case", tables(), settings())
    moments = (
        datetime(2026, 11, 1, 0, 0, 0, 999_000, tzinfo=UTC),
        datetime(2026, 11, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 1, 0, 0, 1, 1_000, tzinfo=UTC),
    )
    case = read_case(tmp_path / "case")
    written = [
        run_facts(case, solve(formulate(case).program), Options(), (), {}, moment)["started_utc"]
        for moment in moments
    ]
    assert (
        written
        == ["2026-11-01T00:00:00.999Z", "2026-11-01T00:00:01.000Z", "2026-11-01T00:00:01.001Z"]
        and sorted(written) == written
    )


def test_there_may_be_no_runs(tmp_path: Path) -> None:
    assert find_runs(tmp_path / "nowhere") == []
    with pytest.raises(
        RunError, match=r"^There is no run under .*nowhere\. Make one with: planner run CASE$"
    ):
        resolve_run(None, tmp_path / "nowhere")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "name"),
    [
        (None, "2027Q1-b"),
        ("demo", "2027Q1-b"),
        ("other", "2027Q1-c"),
        ("2027Q1-a", "2027Q1-a"),
        ("2027Q1-a/", "2027Q1-a"),
    ],
)
def test_a_run_by_name(out: Path, text: str | None, name: str) -> None:
    assert resolve_run(text, out).name == name


@pytest.mark.slow
def test_a_run_by_path(out: Path) -> None:
    assert (
        resolve_run(str(out / "demo" / "2027Q1-a"), out / "elsewhere") == out / "demo" / "2027Q1-a"
    )


@pytest.mark.slow
def test_a_run_by_the_folder_of_its_case(out: Path, tmp_path: Path) -> None:
    (tmp_path / "my-case").mkdir()
    (tmp_path / "my-case" / "case.yaml").write_text("name: demo\n")
    assert resolve_run(str(tmp_path / "my-case"), out).name == "2027Q1-b"


@pytest.mark.slow
def test_an_ambiguous_beginning_is_not_guessed(out: Path) -> None:
    with pytest.raises(RunError, match=r"^2027Q1 fits 4 runs: .*Give the whole path\.$"):
        resolve_run("2027Q1", out)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["2027Q1-half", "nothing", ".partial-1-x"])
def test_what_is_no_run_is_told(out: Path, text: str) -> None:
    with pytest.raises(
        RunError,
        match=r"is neither a run folder nor a case with runs under .*`planner ls` lists the "
        r"runs\.$",
    ):
        resolve_run(text, out)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is not a run folder: it has no plan.json"),
        ("{", "is damaged: plan.json is not a JSON document"),
        ("[]", "is damaged: plan.json is not a JSON object"),
    ],
)
def test_a_damaged_document_is_told(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "plan.json").write_text(content)
    with pytest.raises(RunError, match=message):
        read_plan(tmp_path)


@pytest.mark.slow
def test_tables_are_read_by_their_declaration(out: Path) -> None:
    power = read_run_table(out / "demo" / "2027Q1-a", "power")
    assert power["worth_usd_per_mw"].tolist() == [1_200_000.0, 0.0]
    assert power["period"].tolist() == ["2027Q3", "2027Q4"]
