"""Nothing is a price: every figure of a shipped case may be 0 and gives a plan or a located
problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.case import CaseError, read_case
from planner.case.tables import TABLES
from planner.pipeline import run
from tests.shipped import DIVISIBLE

SHIPPED = Path(__file__).resolve().parents[2] / "inputs"
QUICK = (
    ("power-bound", "power_projects.ashburn-grid.usd_per_mw=0"),
    ("gov-cloud", "offers.*.usd_per_chip_hour=0"),
    ("gov-cloud", "demand.*.*.output_mtok=0"),
)


def figures(name: str) -> list[str]:
    """Return an override for each column of figures of a case that sets all of it to 0."""
    case, found = read_case(SHIPPED / name), []
    for table in TABLES:
        if table.other_columns or case[table.name].empty or not table.key:
            continue
        for column in table.columns:
            figure = column.type in ("number", "integer") and column.name not in table.key
            if figure and not case[table.name][column.name].isna().all():
                found.append(f"{table.name}.{'*.' * len(table.key)}{column.name}=0")
    return found


def planned_or_told(name: str, override: str, out: Path) -> None:
    try:
        result = run(SHIPPED / name, overrides=[override, *DIVISIBLE], out=out)
    except CaseError as error:
        located = all(problem.row is not None for problem in error.problems)
    else:
        located = result.status in ("optimal", "infeasible")
    assert located, override


@pytest.mark.slow
@pytest.mark.parametrize(("name", "override"), QUICK)
def test_a_price_or_work_of_nothing(tmp_path: Path, name: str, override: str) -> None:
    assert run(SHIPPED / name, overrides=[override, *DIVISIBLE], out=tmp_path).status == "optimal"


@pytest.mark.full
@pytest.mark.parametrize("name", ["quickstart", "gov-cloud", "power-bound"])
def test_every_figure_may_be_nothing(tmp_path: Path, name: str) -> None:
    for override in figures(name):
        planned_or_told(name, override, tmp_path)
