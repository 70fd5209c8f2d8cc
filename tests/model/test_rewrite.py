"""Rewriting: what is changed in place is the program that formulating anew gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.case import read_case
from planner.lp.program import Program
from planner.model import formulate
from planner.model.rewrite import rewrite
from planner.study.live import with_rows
from tests.helpers import write_case
from tests.model.small import demand, offer, power, settings, site, tables


def limits(program: Program) -> tuple[np.ndarray, np.ndarray]:
    """Limits of rows in the user's units."""
    return program.row_lower * program.row_scale, program.row_upper * program.row_scale


@pytest.mark.parametrize("slices", [1, 2])
def test_demand_that_must_survive_a_site(tmp_path: Path, slices: int) -> None:
    """Of 10 Mtok 40 % must be served without either site: 4, and 6 where 15 are asked."""
    parts = [{"name": f"s{n}", "hours_share": 1 / slices} for n in range(slices)]
    case = read_case(
        write_case(
            tmp_path,
            tables(
                sites=[site(), site("away")],
                power=power(("home", "away")),
                offers=[offer(site="home;away", usd_per_chip=100)],
                demand=demand(10, 10),
                workloads=[
                    {
                        "workload": "w",
                        "kind": "online",
                        "model": "m",
                        "tier": "f",
                        "survive_site_loss": 0.4,
                    }
                ],
            ),
            settings(slices=parts),
        )
    )
    first = formulate(case)
    amounts = case["demand"]["output_mtok"].to_numpy() * np.array([1.5, 0.5])
    changed = with_rows(case, "demand", np.ones(2, dtype=bool), output_mtok=amounts)
    found, anew = rewrite(first, changed), formulate(changed)
    assert found is not None
    for mine, other in zip(limits(found.program), limits(anew.program), strict=True):
        assert mine == pytest.approx(other, rel=1e-12)
    [loss] = [block for block in found.program.row_blocks if block.name == "site_loss"]
    asked = limits(found.program)[0][loss.first : loss.first + loss.count]
    in_first = loss.labels["period"] == 0
    assert asked[in_first] == pytest.approx(6 / slices)
    assert asked[~in_first] == pytest.approx(2 / slices)
