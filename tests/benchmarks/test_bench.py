"""What the bench compares is one program: every library's own comes to the same optimum. How long
it takes is never asserted."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from planner.case import read_case
from planner.lp.highs import solve
from planner.lp.program import Program
from planner.model import formulate
from tests.benchmarks import bench
from tests.benchmarks.generator import write_case
from tests.benchmarks.measure import WAYS
from tests.benchmarks.plot import NAMES, OTHERS, OURS, RIGHT, WIDTH, bars, picture
from tests.benchmarks.rivals import RIVALS, load, planner
from tests.benchmarks.sizes import Size

TINY = Size(chips=4, sites=4, workloads=5, milestones=2, periods=6, slices=2)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("tiny") / "case"
    write_case(TINY, 1, folder)
    return formulate(read_case(folder)).program


@pytest.mark.slow
@pytest.mark.parametrize("library", sorted(RIVALS))
def test_every_library_is_given_the_same_program(
    library: str, program: Program, tmp_path: Path
) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    bench.store(program, tmp_path / "program.npz")
    found = bench.measure(
        "optimum", library, str(tmp_path / "program.npz")
    )  # in a process of its own: two copies of HiGHS do not share one
    assert found is not None
    assert found["objective"] * program.money_scale == pytest.approx(
        solve(program).objective, rel=1e-7
    )


@pytest.mark.slow
def test_our_own_arrays_of_finished_coefficients_are_the_program(
    program: Program, tmp_path: Path
) -> None:
    bench.store(program, tmp_path / "program.npz")
    again = planner(load(tmp_path / "program.npz"))
    assert (
        np.array_equal(again.indptr, program.indptr)
        and np.array_equal(again.indices, program.indices)
        and np.array_equal(again.data, program.data)
    )


@pytest.mark.slow
def test_every_way_of_solving_finds_the_same(tmp_path: Path) -> None:
    write_case(dataclasses.replace(TINY, sites=8, workloads=8), 1, tmp_path / "case")
    _, header, rows = bench.solving(tmp_path / "case", WAYS, 60.0)
    assert [row[0] for row in rows] == list(WAYS) and rows[0][header.index("times ours")] == "1.0"
    columns = [int(row[1].replace(",", "")) for row in rows]
    assert columns[0] == columns[1] == columns[2] < columns[3] == columns[-1]


def test_the_exponent_is_the_slope_of_logarithms() -> None:
    sizes = [1e3, 1e4, 1e6]
    assert bench.exponent(sizes, [3e-4 * size**1.1 for size in sizes]) == pytest.approx(1.1)


def test_the_document_has_every_table_versions_and_processor() -> None:
    text = bench.markdown(
        [("One", ["", "a"], [["x", "1"]]), ("Two", ["", "b", "c"], [["y", "2", "3"]])]
    )
    assert "## One\n\n|  | a |\n| --- | ---: |\n| x | 1 |\n" in text and "| y | 2 | 3 |" in text
    assert f"numpy {np.__version__}" in text and "logical processors" in text


@pytest.mark.slow
def test_a_measurement_that_fails_is_told_and_left_out(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert bench.measure("build", "pulp", str(tmp_path / "nowhere.npz")) is None
    assert "nowhere.npz" in capfd.readouterr().err


@pytest.mark.slow
def test_memory_is_that_of_the_process_and_not_of_the_one_that_started_it(
    program: Program, tmp_path: Path
) -> None:
    bench.store(program, tmp_path / "program.npz")
    ballast = np.ones(40_000_000)  # 320 MB that the measuring process does not have
    found = bench.measure("build", "planner", str(tmp_path / "program.npz"))
    assert found is not None and 0 <= found["bytes"] < ballast.nbytes / 4


def test_the_picture_has_a_bar_for_every_figure() -> None:
    drawn = bars(
        [["ours", "0.2"], ["<other>", "> 30"], ["none", "not installed"], ["zero", "0.00"]], 1
    )
    assert drawn == [("ours", 0.2, False), ("<other>", 30.0, True)]
    svg = ElementTree.fromstring(picture([("Solving", drawn)]))
    width = {
        rect.get("fill"): float(rect.get("width", 0))
        for rect in svg.iter("{http://www.w3.org/2000/svg}rect")
    }
    # decades from 0.1 to 100 s: 0.2 s is a tenth of the way, 30 s four fifths
    full = WIDTH - NAMES - RIGHT
    assert width[OURS] == pytest.approx(full * 0.30103 / 3, abs=0.1) and width[
        OTHERS
    ] == pytest.approx(full * 2.47712 / 3, abs=0.1)
    assert "> 30" in [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
