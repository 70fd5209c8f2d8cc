"""A case written to a folder reads back as the same case."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from planner.case import read_case
from planner.case.periods import Calendar
from planner.case.problems import CaseError
from planner.case.write import differences, instant_text, write_case
from tests.helpers import write_case as write_small
from tests.strategies import Tables, cases

ROOT = Path(__file__).parents[2]


def written_back(folder: Path, overrides: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What differs between a case and what is written of it and read again."""
    case = read_case(folder, overrides)
    again = folder.with_name(f"{folder.name}-again")
    shutil.rmtree(again, ignore_errors=True)
    write_case(case, again)
    return differences(case, read_case(again))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["quickstart", "gov-cloud", "power-bound"])
def test_a_shipped_case(tmp_path: Path, name: str) -> None:
    shutil.copytree(ROOT / "inputs" / name, tmp_path / name)
    assert written_back(tmp_path / name) == ()


@pytest.mark.slow
def test_the_largest_shipped_case(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "inputs" / "frontier-lab", tmp_path / "case")
    assert written_back(tmp_path / "case") == ()


@pytest.mark.slow
def test_overrides_are_written_as_cells(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "inputs" / "quickstart", tmp_path / "case")
    assert (
        written_back(
            tmp_path / "case", ("demand.chat.*.output_mtok*=1.5", "case.discount_rate=0.05")
        )
        == ()
    )


def _random(tmp_path_factory: pytest.TempPathFactory, drawn: tuple[Tables, Any]) -> None:
    tables, case_settings = drawn
    folder = tmp_path_factory.mktemp("random") / "case"
    write_small(folder, tables, case_settings)
    try:
        read_case(folder)
    except CaseError:
        return  # the strategy draws a few that no reader takes
    assert written_back(folder) == ()


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_a_random_case(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[Tables, dict[str, Any]]
) -> None:
    _random(tmp_path_factory, drawn)


@pytest.mark.full
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_many_random_cases(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[Tables, dict[str, Any]]
) -> None:
    _random(tmp_path_factory, drawn)


@pytest.mark.slow
def test_nothing_is_overwritten(tmp_path: Path) -> None:
    case = read_case(ROOT / "inputs" / "quickstart")
    (tmp_path / "chips.csv").write_text("mine")
    with pytest.raises(FileExistsError, match=r"chips\.csv is there already"):
        write_case(case, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["chips.csv"]


@pytest.mark.slow
def test_a_difference_is_named(tmp_path: Path) -> None:
    one = read_case(ROOT / "inputs" / "quickstart")
    other = read_case(ROOT / "inputs" / "quickstart", ["chips.hopper.kw_peak=1.5"])
    assert differences(one, other) == ("chips.kw_peak",)
    assert differences(
        one, read_case(ROOT / "inputs" / "quickstart", ["case.discount_rate=0.5"])
    ) == ("settings",)


@pytest.mark.parametrize("text", ["2027Q1", "2027Q4", "2027-05-15", "2028-02-29", "2027-01-02"])
@pytest.mark.parametrize("end", [True, False])
def test_instants_are_written_as_they_are_read(text: str, end: bool) -> None:
    calendar = Calendar("quarter", 2027 * 4, 8)
    position = calendar.parse_instant(text, end=end)
    assert calendar.parse_instant(instant_text(position, calendar, end=end), end=end) == position
