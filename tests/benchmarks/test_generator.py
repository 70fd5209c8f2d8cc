"""Generated cases are ordinary case folders: accepted without a word, the same from the same seed,
as large as they say."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from planner.case import read_case
from planner.model import formulate
from tests.benchmarks.generator import write_case
from tests.benchmarks.sizes import SIZES, Size


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_seed_writes_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_case(SIZES["small"], seed, tmp_path / folder)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a").keys() == contents(tmp_path / "c").keys()
    assert contents(tmp_path / "a")["demand.csv"] != contents(tmp_path / "c")["demand.csv"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    "size",
    [
        SIZES["small"],
        Size(chips=4, sites=2, workloads=1, milestones=1, periods=6, slices=1),
        Size(chips=5, sites=8, workloads=3, milestones=1, periods=12, slices=1),
        Size(chips=13, sites=9, workloads=17, milestones=7, periods=9, slices=4),
    ],
    ids=["small", "smallest", "one slice", "odd counts"],
)
def test_cases_of_any_size_are_accepted_without_a_warning(
    size: Size, seed: int, tmp_path: Path
) -> None:
    write_case(size, seed, tmp_path / "case")
    case = read_case(tmp_path / "case")
    assert not case.warnings
    assert len(case["workloads"]) == size.workloads and len(case["sites"]) == size.sites
    assert formulate(case).program.num_columns > 0


@pytest.mark.slow
def test_medium_has_about_eighty_thousand_columns_and_twice_the_sites_nearly_twice_as_many(
    tmp_path: Path,
) -> None:
    medium = SIZES["medium"]
    columns = []
    for name, size in (
        ("once", medium),
        ("twice", dataclasses.replace(medium, sites=2 * medium.sites)),
    ):
        write_case(size, 1, tmp_path / name)
        columns.append(formulate(read_case(tmp_path / name), reduce=False).program.num_columns)
    assert 60_000 < columns[0] < 110_000
    assert 1.5 < columns[1] / columns[0] < 2.3


def test_counts_too_small_are_refused() -> None:
    with pytest.raises(ValueError, match="needs at least 2 sites, not 1"):
        dataclasses.replace(SIZES["small"], sites=1)
