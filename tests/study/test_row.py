"""A row of the program shows itself: its terms sum to what the solver has, and words find it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.case import read_case
from planner.runs.read import RunError
from planner.study.explain.row import explain_row, find_row, terms_of
from planner.study.live import Live, open_case

INPUTS = Path(__file__).parents[2] / "inputs"


@pytest.fixture(scope="module")
def live() -> Live:
    return open_case(read_case(INPUTS / "quickstart"))


@pytest.mark.slow
def test_every_row_is_found_by_its_own_labels_and_adds_up(live: Live) -> None:
    program = live.formulation.program
    lhs = program.activity(live.solution.x / program.column_scale) * program.row_scale
    for row in range(program.num_rows):
        name, rest = program.row_label(row).rstrip("]").split("[")
        assert find_row(program, [name, *rest.split(",")]) == row
        assert find_row(program, [name, *(part.split("=")[1] for part in rest.split(","))]) == row
        terms = terms_of(program, row, live.solution.x)
        assert terms["product"].sum() == pytest.approx(lhs[row], rel=1e-12, abs=1e-9)
        assert (np.diff(terms["product"].abs()) <= 0).all()


def test_power_by_hand(live: Live) -> None:
    """quickstart/README.md, 2028Q3: 60 Hopper chips of 1 kW and 110 Blackwell chips of 2 kW take
    all of 0.28 MW."""
    told = explain_row(live, ["power", "home", "2028Q3"])
    assert {
        term["column"].split(",")[0]: (term["coefficient"], term["value"], term["product"])
        for term in told.data["terms"]
    } == {
        "powered[chip=blackwell": (pytest.approx(0.002), pytest.approx(110), pytest.approx(0.22)),
        "powered[chip=hopper": (pytest.approx(0.001), pytest.approx(60), pytest.approx(0.06)),
    }
    assert told.headline == "power[site=home,period=2028Q3]: 0.28 <= 0.28."
    assert told.data["dual_usd"] < 0
    facts = dict(told.facts)
    assert facts["stated by"] == "power.csv mw"
    assert facts["what it says"].startswith("IT or utility power of the chips powered")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say: row NAME LABELS; the rows of this run are"),
        (["nothing"], "the rows of this run are"),
        (["power"], "name site, period as well"),
        (["power", "atlantis"], "rows power have no site atlantis there; they have"),
        (["power", "home", "2027Q1", "x"], "there is no place for x"),
    ],
)
def test_words_that_name_no_row_say_what_there_is(live: Live, words: list[str], said: str) -> None:
    with pytest.raises(RunError, match=said):
        explain_row(live, words)
