"""One fabric: the plan chooses the site, or the chip type, of a run; tried against naming each."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.case import read_case
from planner.lp.program import Program
from planner.lp.whole.branch import branch
from planner.lp.whole.limits import Limits
from planner.lp.whole.most import limited
from planner.model import formulate
from tests.helpers import write_case
from tests.model.small import HOURS, chip, offer, power, settings, site, tables
from tests.oracle import solve_oracle

YEAR = HOURS * 3600.0 * 1e12
"""FLOP of one chip of 1 TFLOP/s in a year."""


def best(program: Program) -> float:
    """The optimum; a switched row lets a thousand times a thousand chips through."""
    program = limited(program, np.full(len(program.switches[0]), 1e3))
    found = branch(program, None, Limits(1e-9, threads=1))
    if found.status == "infeasible":
        return float("inf")
    assert found.status == "optimal", found.message
    return float(program.cost @ (found.x / program.column_scale)) * program.money_scale


def run_of(**cells: Any) -> dict[str, Any]:
    """Sixteen chip-years in two years: eight chips."""
    return {
        "milestone": "run",
        "flop": 16 * YEAR,
        "class": "dense",
        "deadline": 2026,
        "single_site": "yes",
        "single_chip": "yes",
    } | cells


def case_of(
    *runs: dict[str, Any], usd: tuple[float, ...] = (100, 90, 60, 80), mw: float = 0.005
) -> Any:
    """Two sites of so many MW each, two chip types; b does twice the work for twice the power."""
    names = list(itertools.product(("a", "b"), ("home", "away")))
    return tables(
        chips=[chip(), chip("b", kw_peak=2, peak_tflops_bf16=2)],
        sites=[site(), site("away")],
        power=power(["home", "away"], mw=mw),
        offers=[
            offer(f"{c}_{s}", c, s, usd_per_chip=price * (2 if c == "b" else 1))
            for (c, s), price in zip(names, usd, strict=True)
        ],
        workloads=None,
        demand=None,
        throughput=None,
        milestones=list(runs),
        training=[
            {"class": "dense", "chip": c, "precision": "bf16", "mfu": 1, "goodput": 1}
            | {"source": "assumption", "as_of": "2026-10-01"}
            for c in ("a", "b")
        ],
    )


def cost(folder: Path, rows: Any, whole: bool = True) -> float:
    """The optimum; of whole things that with which the independent model agrees."""
    case = read_case(write_case(folder, rows, settings(whole=whole)))
    found = best(formulate(case).program)
    if not whole:
        return found
    status, truth = solve_oracle(case)
    assert found == (pytest.approx(truth, rel=1e-7) if status == "optimal" else np.inf)
    return found


def test_the_plan_chooses_one_place(tmp_path: Path) -> None:
    """Ten kW at each site are enough for eight chip-years a year anywhere: b at home, 8 x 60."""
    assert cost(tmp_path, case_of(run_of(), mw=0.01)) == pytest.approx(8 * 60)


def test_no_site_alone_is_enough(tmp_path: Path) -> None:
    """Five kW at each: a run of sixteen has no place, though both together would do."""
    assert cost(tmp_path / "whole", case_of(run_of())) == np.inf
    # divisible it uses both at once: five chip-years of b at home, three of b away
    apart = cost(tmp_path / "apart", case_of(run_of()), whole=False)
    assert apart == pytest.approx(5 * 60 + 3 * 80)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("kept", [{}, {"min_chips": 2}, {"min_chips": 2, "max_chips": 20}])
@pytest.mark.parametrize("single", [("yes", "yes"), ("yes", "no"), ("no", "yes")])
def test_every_choice(tmp_path: Path, single: tuple[str, str], kept: dict[str, Any]) -> None:
    """Two runs compete for power: the best of naming a place for each."""
    cells = {"single_site": single[0], "single_chip": single[1]} | kept
    if "no" in single:
        cells |= {"split_efficiency": 0.8}
    runs = [
        run_of(flop=8 * YEAR, **cells),
        run_of(milestone="next", flop=5 * YEAR, late_usd_per_period=400, **cells),
    ]
    usd, mw = (100, 90, 95, 85), 0.0055
    found = cost(tmp_path / "whole", case_of(*runs, usd=usd, mw=mw))
    places = list(
        itertools.product(
            ("home", "away") if single[0] == "yes" else ("home;away",),
            ("a", "b") if single[1] == "yes" else ("a;b",),
        )
    )
    named = []
    for number, both in enumerate(itertools.product(places, repeat=2)):
        mine = [one | {"sites": s, "chips": c} for one, (s, c) in zip(runs, both, strict=True)]
        named.append(cost(tmp_path / str(number), case_of(*mine, usd=usd, mw=mw), whole=False))
    assert np.isfinite(found)
    assert found == pytest.approx(min(named), rel=1e-7)
