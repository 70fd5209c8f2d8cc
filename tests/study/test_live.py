"""A plan asked again: from where it stands, by the simplex that is nearer, and always to the
optimum of a solve of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.case import read_case
from planner.lp.highs import solve
from planner.model import formulate
from planner.study.live import Live, open_case, still_a_plan
from tests.benchmarks.generator import write_case as generate
from tests.benchmarks.sizes import Size

TINY = Size(chips=4, sites=4, workloads=5, milestones=2, periods=6, slices=2)
PRICES = (
    "offer_prices.*.*.usd_per_chip*=1.1",
    "offer_prices.*.*.usd_per_chip*=0.7",
    "case.discount_rate=0.15",
    "energy.*.*.*.usd_per_mwh*=1.3",
    "offers.*.usd_per_chip_hour*=0.5",
)
LIMITS = (
    "demand.*.*.output_mtok*=1.1",
    "demand.*.*.output_mtok*=0.9",
    "power.*.*.mw*=1.05",
    "supply.*.*.max_chips*=0.95",
    "throughput.*.output_tok_per_s*=0.8",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("live") / "case"
    generate(TINY, 3, folder)
    return folder


@pytest.fixture(scope="module")
def live(folder: Path) -> Live:
    return open_case(read_case(folder), threads=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("override", "primal"),
    [*((text, True) for text in PRICES), *((text, False) for text in LIMITS)],
)
def test_the_nearer_simplex_comes_to_the_same_optimum(
    folder: Path, live: Live, override: str, primal: bool
) -> None:
    """Where only prices change the optimum is still a plan; where limits move or work takes longer
    it is not asked to be one."""
    other = formulate(read_case(folder, [override]))
    assert still_a_plan(live.formulation.program, other.program, live.solution.x) is primal
    asked, alone = live.ask_program(other), solve(other.program, threads=1)
    assert asked.status == alone.status
    if alone.status == "optimal":
        assert asked.objective == pytest.approx(alone.objective, rel=1e-9)
        assert asked.objective != pytest.approx(live.solution.objective, rel=1e-9), (
            "the change must matter"
        )


def test_an_optimum_beyond_a_bound_is_no_plan(live: Live) -> None:
    program, x = live.formulation.program, live.solution.x
    assert still_a_plan(program, program, x)
    beyond = x.copy()
    beyond[int(np.argmax(x))] = -program.column_scale[int(np.argmax(x))]
    assert not still_a_plan(program, program, beyond) and not still_a_plan(program, program, x[:-1])
