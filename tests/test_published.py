"""Published problems with a known optimum, typed in as cases; each folder's README says how and
from where."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from planner.case import Case, read_case
from planner.case.problems import CaseError
from planner.lp.certificate import certify
from planner.lp.highs import solve
from planner.lp.solution import Solution
from planner.model import Formulation, formulate
from planner.model.finance import Life, Price, annuity_share, residual_share
from planner.pipeline import run

CASES = Path(__file__).parent / "cases"

MILLION = 1e6
"""The published unit of money is a million USD in every case."""

PUBLISHED = {
    "lands": (381.853333, 0.0),
    "winston": (31.0, 0.0),
    "temoa_survival_curve": (31.9423, 0.5e-4),
    "westeros": (159025.828, 0.0),
}
"""Published optimum, and half a unit of its last digit where that is more than 1e-6 of it."""

STEP = {"lands": 1, "winston": 1, "temoa_survival_curve": 5, "westeros": 1}
"""Periods of one shift: batch windows are counted from the start of the plan, so they move by whole
windows."""


def plan(folder: Path) -> tuple[Formulation, Solution]:
    """Read, formulate and solve a case folder."""
    formulation = formulate(read_case(folder))
    return formulation, solve(formulation.program)


def optimum(folder: Path) -> float:
    """Return the optimal cost of a case folder in million USD."""
    formulation, solution = plan(folder)
    assert solution.status == "optimal", solution.message
    assert abs(certify(formulation.program, solution).gap) < 1e-9
    return solution.objective / MILLION


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_optimum_is_reached(name: str) -> None:
    published, last_digit = PUBLISHED[name]
    assert optimum(CASES / name) == pytest.approx(published, rel=1e-6, abs=last_digit)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*PUBLISHED, "llama_405b"])
def test_the_whole_run_is_proven_and_audited(name: str, tmp_path: Path) -> None:
    result = run(CASES / name, out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.warnings == ()


# Lead time: none of the published problems has one.  Ordering k periods earlier what arrives with
# lead k, in a plan that begins k idle periods earlier, is the same problem, with everything paid k
# periods later than the plan's start.


def table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a case folder as text, or an empty one."""
    path = folder / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False) if path.exists() else pd.DataFrame()


def earlier(labels: pd.Series, k: int) -> pd.Series:
    """Return year labels moved k years back; blanks stay blank."""
    return labels.map(lambda label: str(int(label) - k) if label else "")


def with_idle_start(frame: pd.DataFrame, start: int, k: int, idle: dict[str, str]) -> pd.DataFrame:
    """Return a table by period with k periods added before ``start``: copies of the first, with
    some cells replaced."""
    first = frame[frame["period"] == str(start)]
    front = [first.assign(period=str(start - i), **idle) for i in range(1, k + 1)]
    return pd.concat([frame, *front])


def aged(curve: pd.DataFrame, chip: str, clone: str, age: int, share: str = "") -> pd.DataFrame:
    """Return the rows of a chip's curve counted from an age on, for its clone; ``share`` is divided
    by its value at that age."""
    rows = curve[curve["chip"] == chip].assign(chip=clone)
    ages = rows["age_years"].astype(float)
    younger, older = rows[ages <= age].iloc[[-1]], rows[ages > age]
    if share:
        at_age = np.interp(age, ages, rows[share].astype(float))
        younger, older = (
            younger.assign(**{share: "1"}),
            older.assign(**{share: (older[share].astype(float) / at_age).map(repr)}),
        )
    return pd.concat(
        [
            younger.assign(age_years="0"),
            older.assign(age_years=(older["age_years"].astype(int) - age).map(str)),
        ]
    )


def fleet_as_orders(tables: dict[str, pd.DataFrame], start: int) -> None:
    """Replace every fleet lot by a paid order that arrives at ``start``, of a clone of its chip
    that is as old as the lot."""
    lots = tables.pop("fleet", pd.DataFrame())
    orders = []
    for lot in lots.to_dict("records"):
        chip, age = lot["chip"], start - int(lot["in_service"])
        clone = f"{chip}_of_{lot['in_service']}"
        life = int(lot["leaves_service"]) - start
        for name in ("chips", "throughput"):
            rows = tables[name][tables[name]["chip"] == chip].assign(chip=clone)
            tables[name] = pd.concat(
                [
                    tables[name],
                    rows.assign(economic_life_years=str(life)) if name == "chips" else rows,
                ]
            )
        for name, share in (("survival", "share_alive"), ("maintenance", "")):
            if name in tables:
                tables[name] = pd.concat(
                    [tables[name], aged(tables[name], chip, clone, age, share)]
                )
        orders.append(
            {
                "order": clone,
                "chip": clone,
                "site": lot["site"],
                "arrives": str(start),
                "chips": lot["chips"],
                "usd_per_chip": "0",
                "paid_share": "1",
            }
        )
    if orders:
        tables["orders"] = pd.DataFrame(orders)


def shift(source: Path, target: Path, k: int) -> None:
    """Write a case that begins k idle years earlier and whose offers have k more periods of lead.

    Demand, running costs, limits and budgets keep their calendar years; orders move k years back,
    chips arrive when they did.
    """
    shutil.copytree(source, target)
    settings = yaml.safe_load((source / "case.yaml").read_text())
    start = int(settings["start"])
    (target / "case.yaml").write_text(
        yaml.safe_dump({**settings, "start": str(start - k), "periods": settings["periods"] + k})
    )
    tables = {path.stem: table(source, path.stem) for path in source.glob("*.csv")}
    offers = tables["offers"]
    assert (offers.get("deposit_share", pd.Series(dtype=str)) == "").all(), (
        "a deposit would be paid earlier, not k periods later"
    )
    tables["offers"] = offers.assign(
        first_order=earlier(offers["first_order"], k),
        last_order=earlier(offers["last_order"], k),
        lead_periods=(offers["lead_periods"].astype(int) + k).map(str),
    )
    if "supply" in tables:
        assert (tables["supply"]["basis"] == "order").all()
        tables["supply"] = tables["supply"].assign(period=earlier(tables["supply"]["period"], k))
    for name, idle in (("demand", {"output_mtok": "0"}), ("energy", {}), ("power", {})):
        if name in tables:
            tables[name] = with_idle_start(tables[name], start, k, idle)
    fleet_as_orders(tables, start)
    (target / "fleet.csv").unlink(missing_ok=True)
    for name, frame in tables.items():
        frame.to_csv(target / f"{name}.csv", index=False)


@pytest.mark.slow
@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("name", PUBLISHED)
def test_lead_time_shifts_the_plan_and_nothing_else(name: str, k: int, tmp_path: Path) -> None:
    shift(CASES / name, tmp_path / "shifted", k * STEP[name])
    rate = yaml.safe_load((CASES / name / "case.yaml").read_text())["discount_rate"]
    expected = optimum(CASES / name) * (1 + rate) ** -(
        k * STEP[name]
    )  # at rate 0: the same optimum
    assert optimum(tmp_path / "shifted") == pytest.approx(expected, rel=1e-6)


@pytest.mark.slow
def test_a_lead_without_earlier_orders_costs_more_or_is_impossible(tmp_path: Path) -> None:
    """The lead matters: the shift above is no accident of a lead that is ignored."""
    shutil.copytree(CASES / "lands", tmp_path / "late")
    offers = table(tmp_path / "late", "offers").assign(lead_periods="1", term_periods="2")
    offers.to_csv(tmp_path / "late" / "offers.csv", index=False)
    workloads = table(tmp_path / "late", "workloads").assign(short_usd_per_mtok="1")
    workloads.to_csv(tmp_path / "late" / "workloads.csv", index=False)
    assert optimum(tmp_path / "late") > PUBLISHED["lands"][0] * 1.05


# What the optimum consists of, as printed with it


@pytest.mark.slow
def test_lands_builds_the_published_capacities() -> None:
    formulation, solution = plan(CASES / "lands")
    built = solution.x[formulation.holding.order] / 1000.0
    names = formulation.index.axes["chip"][formulation.lots.chip]
    assert {str(name): round(float(x), 2) for name, x in zip(names, built, strict=True)} == {
        "plant_1": 2.67,
        "plant_2": 4.0,
        "plant_3": 3.33,
        "plant_4": 2.0,
    }


@pytest.mark.slow
def test_winston_buys_three_times_and_keeps_no_car_beyond_two_years() -> None:
    formulation, solution = plan(CASES / "winston")
    holding, lots = formulation.holding, formulation.lots
    held = holding.coefficient * solution.x[holding.column]
    age = holding.period - lots.arrives[holding.lot]
    assert float(solution.x[holding.order].sum()) == pytest.approx(3000.0, rel=1e-6)
    assert float(held[age < 2].sum()) == pytest.approx(5000.0, rel=1e-6)
    assert float(held[age >= 2].sum()) == pytest.approx(0.0, abs=1e-3)


# Llama 3 405B: a back-cast of the published chip-hours

LLAMA_CHIP_HOURS = 30.84e6


def llama(tmp_path: Path, **cells: str) -> Case:
    """Return the back-cast with some cells of its milestone replaced."""
    folder = tmp_path / "_".join(["llama", *cells.values()])
    shutil.copytree(CASES / "llama_405b", folder)
    table(folder, "milestones").assign(**cells).to_csv(folder / "milestones.csv", index=False)
    return read_case(folder)


@pytest.mark.slow
def test_llama_chip_hours_are_those_published() -> None:
    formulation, solution = plan(CASES / "llama_405b")
    assert solution.status == "optimal", solution.message
    training = formulation.training
    period = formulation.capacity.period[training.place]
    inside = formulation.milestones.inside[training.milestone, period]
    chips = solution.x[training.column]
    assert float((chips * formulation.index.hours[period] * inside).sum()) == pytest.approx(
        LLAMA_CHIP_HOURS, rel=1e-3
    )
    assert chips.max() <= 16384 * (1 + 1e-9)
    assert solution.x[formulation.holding.order[formulation.lots.order_period >= 0]].max(
        initial=0.0
    ) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.slow
def test_llama_is_done_in_79_days_on_all_chips(tmp_path: Path) -> None:
    """1,883 hours are 78.5 days; 2024-05-19 begins 79 days after 2024-03-01."""
    assert solve(formulate(llama(tmp_path, deadline="2024-05-19")).program).status == "optimal"


@pytest.mark.slow
def test_llama_is_not_done_in_78_days(tmp_path: Path) -> None:
    """The reader already says so; with a charge for lateness, what 78 days of all chips leave
    undone is late."""
    with pytest.raises(CaseError) as refused:
        llama(tmp_path, deadline="2024-05-18")
    assert [(problem.file, problem.column) for problem in refused.value.problems] == [
        ("milestones.csv", "flop")
    ]
    formulation = formulate(llama(tmp_path, deadline="2024-05-18", late_usd_per_period="1e12"))
    solution = solve(formulation.program)
    late = next(block for block in formulation.program.column_blocks if block.name == "late")
    unfinished = solution.x[late.first : late.first + late.count]
    assert float(unfinished.max()) == pytest.approx(
        3.79e25 - 78 * 24 * 3600 * 16384 * 989e12 * 0.345, rel=1e-5
    )


# The end of the horizon


@pytest.mark.parametrize(
    ("rate", "used", "life"),
    [
        (0.05, 10, 20),
        (0.05, 20, 30),
        (0.05, 10, 30),
        (0.1, 1, 5),
        (0.628894626777442, 1, 2),
        (1e-9, 7, 9),
    ],
)
def test_annuity_share_is_the_discounted_part_of_level_payments(
    rate: float, used: int, life: int
) -> None:
    payments = (1 + rate) ** -np.arange(1, life + 1, dtype=np.float64)
    assert float(annuity_share(rate, used, life)) == pytest.approx(
        payments[:used].sum() / payments.sum(), rel=1e-9
    )


@pytest.mark.parametrize(
    ("used", "life", "share"),
    [
        (10, 20, 0.6196119883),
        (20, 30, 0.8106846671),
        (10, 30, 0.5023099385),
        (20, 20, 1.0),
        (30, 20, 1.0),
    ],
)
def test_annuity_share_at_five_percent(used: int, life: int, share: float) -> None:
    """The vintages of Westeros that outlive its horizon, and two that do not."""
    assert float(annuity_share(0.05, used, life)) == pytest.approx(share, rel=1e-9)


def test_annuity_share_without_discounting_is_the_share_of_life() -> None:
    assert annuity_share(0.0, [1, 2, 5, 8], 5).tolist() == pytest.approx([0.2, 0.4, 1.0, 1.0])


def test_residual_values_of_a_chip_two_fifths_used() -> None:
    """Price 100, two of five years used, 10 %: level payments, straight line, resale at a quarter
    of the price."""
    spread = [1.1**-n for n in range(1, 6)]
    values = {
        name: float(residual_share(name, 0.1, Life(2, 5, 2), Price(100.0, 100.0, 0.25)))
        for name in ("annuity", "straight_line", "table", "none")
    }
    assert values == pytest.approx(
        {
            "annuity": 100 * sum(spread[2:]) / sum(spread),
            "straight_line": 60 / 1.21,
            "table": 25 / 1.21,
            "none": 0.0,
        }
    )


def test_residual_is_zero_once_the_life_is_used() -> None:
    assert [
        float(residual_share(name, 0.1, Life(5, 5, 5), Price(100.0, 100.0, 0.25)))
        for name in ("annuity", "straight_line", "table")
    ] == [0.0, 0.0, 0.0]
