"""Diagnosis: planted conflicts are named, and the cheapest way out, applied, gives a plan at the
stated cost."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from planner.case import read_case
from planner.case.tables import TABLE
from planner.diagnosis import Diagnosis, diagnose
from planner.diagnosis.changes import Cells, Change, enough
from planner.diagnosis.ground import prepare
from planner.lp.conflict import PROOF_MARGIN, infeasibility
from planner.lp.highs import solve
from planner.model import formulate
from tests.diagnosis.conflicts import PLANTS, Planted, good, planted
from tests.helpers import write_case


def diagnosed(folder: Path, case: Planted) -> Diagnosis:
    write_case(folder, case.text(), case.settings)
    read = read_case(folder)
    program = formulate(read).program
    assert solve(program).status == "infeasible"
    return diagnose(read, program)


def names(diagnosis: Diagnosis) -> set[tuple[str, str, str]]:
    return {(item.family, item.kind, item.name) for items in diagnosis.conflicts for item in items}


def unplaced(case: Planted, diagnosis: Diagnosis) -> set[tuple[str, str, str]]:
    """What was planted and is named, but without any of the rows it was planted in."""
    files = {(TABLE[table].path, row) for table, row in case.touched}
    placed = {
        (item.family, item.kind, item.name)
        for items in diagnosis.conflicts
        for item in items
        if any((place.file, row) in files for place in item.places for row in place.rows)
    }
    return case.expected - placed


def edit(folder: Path, changes: Sequence[Change]) -> None:
    """Change the CSV files as the repair's lines say: what a person does who edits them."""
    for name in {change.table for change in changes} - {"case"}:
        path = folder / TABLE[name].path
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        gone = set()
        for change in (change for change in changes if change.table == name):
            assert change.row is not None
            if change.column:
                rows[change.row - 2][change.header] = change.new
            else:
                gone.add(change.row - 2)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for at, row in enumerate(rows) if at not in gone)


def cost_after(folder: Path, changes: Sequence[Change]) -> float:
    """Cost of the case with its files edited, by a fresh solve."""
    edit(folder, changes)
    case = read_case(folder, [change.override for change in changes if change.table == "case"])
    solution = solve(formulate(case).program)
    assert solution.status == "optimal"
    return solution.objective


def confirm(folder: Path, seed: int, *plants: str) -> None:
    case = planted(seed, *plants)
    diagnosis = diagnosed(folder, case)
    assert case.expected <= names(diagnosis), (plants, seed, case.expected - names(diagnosis))
    assert not unplaced(case, diagnosis), (plants, seed, unplaced(case, diagnosis))
    assert diagnosis.margin > PROOF_MARGIN
    assert diagnosis.repairs, (plants, seed)
    first = diagnosis.repairs[0]
    printed = [change.override for change in first.changes if change.override]
    assert len(printed) == len(first.changes), first.changes
    solution = solve(formulate(read_case(folder, printed)).program)  # the files as they are
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(first.cost_usd, rel=1e-6)
    assert [repair.rank for repair in diagnosis.repairs] == sorted(
        repair.rank for repair in diagnosis.repairs
    )
    assert cost_after(folder, first.changes) == pytest.approx(first.cost_usd, rel=1e-6), (
        plants,
        seed,
        first.text,
    )


@pytest.mark.sampled(4)
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_conflict_is_named_and_its_first_repair_holds(tmp_path: Path, plant: str) -> None:
    confirm(tmp_path, 1, plant)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second"),
    [("power", "budget"), ("deadline", "supply"), ("rule", "frozen"), ("site_loss", "demand")],
)
def test_two_planted_conflicts_are_both_named(tmp_path: Path, first: str, second: str) -> None:
    confirm(tmp_path, 2, first, second)


Task = tuple[int, tuple[str, ...]]


def tasks() -> dict[str, list[Task]]:
    """Seed and plants of every planted conflict, by the first plant: every family alone, three
    times over, and all pairs of families, one in each lane."""
    alone = [(plant,) for plant in PLANTS for _ in range(3)]
    every = list(enumerate([*alone, *itertools.product(PLANTS, PLANTS)], start=100))
    return {plant: [task for task in every if task[1][0] == plant] for plant in PLANTS}


@pytest.mark.slow
def test_some_of_300_planted_conflicts(tmp_path: Path) -> None:
    every = [task for part in tasks().values() for task in part]
    confirm_all(tmp_path, every[7::80])


@pytest.mark.full
@pytest.mark.parametrize("plant", PLANTS)
def test_300_planted_conflicts(tmp_path: Path, plant: str) -> None:
    confirm_all(tmp_path, tasks()[plant])


def confirm_all(tmp_path: Path, chosen: Sequence[Task]) -> None:
    failures = []
    for seed, plants in chosen:
        try:
            confirm(tmp_path / str(seed), seed, *plants)
        except AssertionError as failure:
            failures.append(f"{plants} {seed}: {str(failure)[:300]}")
    assert failures == []


def test_there_are_300() -> None:
    assert len({task for part in tasks().values() for task in part}) >= 300


@pytest.mark.slow
def test_the_good_case_has_a_plan(tmp_path: Path) -> None:
    for seed in range(3):
        case = good(seed)
        assert (
            solve(
                formulate(
                    read_case(write_case(tmp_path / str(seed), case.text(), case.settings))
                ).program
            ).status
            == "optimal"
        )


@pytest.mark.slow
def test_a_conflict_is_irreducible(tmp_path: Path) -> None:
    """Relaxing any one limit of the conflict in the inputs gives a plan: here by doubling what caps
    and halving what is asked."""
    diagnosis = diagnosed(tmp_path, planted(3, "power"))
    (items,) = diagnosis.conflicts
    assert {item.kind for item in items} == {"mw", "online"} or {item.kind for item in items} == {
        "mw",
        "batch",
    }
    for item in items:
        place = next(place for place in item.places if place.file in ("power.csv", "demand.csv"))
        name, factor = ("power", 60.0) if place.file == "power.csv" else ("demand", 0.1)
        key = "site" if name == "power" else "workload"
        changes = [f"{name}.{item.name}.{period}*={factor}" for period in item.periods]
        assert solve(formulate(read_case(tmp_path, changes)).program).status == "optimal", (
            item,
            key,
        )


@pytest.mark.slow
def test_inputs_of_a_conflict_are_located(tmp_path: Path) -> None:
    diagnosis = diagnosed(tmp_path, planted(3, "power"))
    item = next(
        item for item in diagnosis.conflicts[0] if item.kind == "mw" and item.name == "home_a"
    )
    place = next(place for place in item.places if place.file == "power.csv")
    with (tmp_path / "power.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert [rows[row - 1][:2] for row in place.rows] == [
        ["home_a", period] for period in item.periods
    ]


@pytest.mark.slow
def test_overrides_name_rows_as_they_were_written(tmp_path: Path) -> None:
    """Periods as headers: the row holds several cells, and the override still finds the one."""
    case = planted(4, "power")
    tables = case.text()
    wide: dict[str, dict[str, str]] = {}
    for row in tables["power"]:
        wide.setdefault(row["site"], {"site": row["site"]})[row["period"]] = row["mw"]
    write_case(tmp_path, {**tables, "power": list(wide.values())}, case.settings)
    read = read_case(tmp_path)
    diagnosis = diagnose(read, formulate(read).program)
    repair = next(repair for repair in diagnosis.repairs if repair.families == ("power",))
    assert [change.override.split("=")[0] for change in repair.changes] == ["power.home_a.2025.mw"]
    solution = solve(
        formulate(read_case(tmp_path, [change.override for change in repair.changes])).program
    )
    assert solution.objective == pytest.approx(repair.cost_usd, rel=1e-6)


@pytest.mark.slow
def test_a_proof_that_is_changed_proves_nothing(tmp_path: Path) -> None:
    case = planted(5, "cap")
    diagnosis = diagnosed(tmp_path, case)
    program = formulate(read_case(tmp_path)).program
    assert diagnosis.proof is not None
    assert infeasibility(program, diagnosis.proof) == diagnosis.margin > PROOF_MARGIN
    assert infeasibility(program, -diagnosis.proof) <= 0.0
    assert infeasibility(program, np.zeros(program.num_rows)) == 0.0
    # the same multipliers prove nothing about a case that has a plan
    possible = formulate(read_case(tmp_path, ["limits.cap_a.max=1000"])).program
    assert infeasibility(possible, diagnosis.proof) <= 0.0


@pytest.mark.slow
def test_limits_keep_the_program_what_it_is(tmp_path: Path) -> None:
    """The ground of a diagnosis has an answer exactly where the case has one."""
    for seed, plant in ((1, "supply"), (2, "deadline"), (3, "rule")):
        for case, status in ((good(seed), "optimal"), (planted(seed, plant), "infeasible")):
            folder = write_case(tmp_path / f"{seed}{status}", case.text(), case.settings)
            ground = prepare(read_case(folder))
            assert (
                solve(formulate(read_case(folder)).program).status
                == solve(ground.program).status
                == status
            )


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        (0.0, 0.0),
        (8.5, 8.5),
        (12.3456, 12.35),
        (1234.5, 1235.0),
        (1.00000000001e21, 1e21),
        (99999.0, 1e5),
    ],
)
def test_amounts_are_rounded_so_that_they_are_enough(amount: float, rounded: float) -> None:
    assert enough(amount) == pytest.approx(rounded, rel=1e-12)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("plant", "family", "said"),
    [
        ("power", "power", "add "),
        ("supply", "supply", "raise supply of market_a by "),
        ("deadline", "milestones", "let train_a finish 1 year later, by 2026"),
        ("demand", "demand", " of serve_a unserved in 2026"),
        ("budget", "budgets", "raise the capex budget of 2025 by "),
        ("cap", "policies", "move max of policy cap_a from "),
        ("rule", "policies", "lift the rule “no more a”"),
        ("frozen", "policies", "freeze none of the last plan's periods instead of 1"),
    ],
)
def test_a_planted_limit_can_be_let_give_alone(
    tmp_path: Path, plant: str, family: str, said: str
) -> None:
    """One family at a time: the limit that was planted, and its repair holds when the files are
    edited."""
    diagnosis = diagnosed(tmp_path, planted(6, plant))
    repair = next(
        repair
        for repair in diagnosis.repairs
        if repair.families == (family,) and said in repair.text
    )
    assert all(change.override for change in repair.changes)
    assert cost_after(tmp_path, repair.changes) == pytest.approx(repair.cost_usd, rel=1e-6)


@pytest.mark.parametrize(
    ("others", "override"),
    [
        ([], "rules-=chip=a, from=2026"),
        ([{"chip": "b", "from": "2026"}], "rules-=chip=a, from=2026"),
        (
            [{"chip": "a", "from": "2026", "reason": "x"}],
            'rules-=chip=a, from=2026, reason="no more, ""ever"""',
        ),
        (
            [{"chip": "a", "from": "2026", "to": "2027", "reason": 'no more, "ever"'}],
            'rules-=chip=a, from=2026, reason="no more, ""ever""", to=""',
        ),
        ([{"chip": "a", "from": "2026", "reason": 'no more, "ever"'}], ""),
    ],
)
def test_a_rule_is_lifted_by_what_stands_in_it(
    tmp_path: Path, others: list[dict[str, str]], override: str
) -> None:
    """No other rule goes with it; where another says the same, only editing the file will do."""
    made = good(11)
    made.add("rules", chip="a", **{"from": "2026"}, reason='no more, "ever"')
    for other in others:
        made.add("rules", **{"reason": "later", **other})
    folder = write_case(tmp_path, made.text(), made.settings)
    case = read_case(folder)
    mine = case["rules"]["_row"].tolist().index(2)
    assert Cells(case).removal("rules", mine) == override
    if override:
        rules = read_case(folder, [override])["rules"]
        assert sorted(rules["_row"]) == [row + 3 for row in range(len(others))]


@pytest.mark.slow
def test_ways_out_change_different_things(tmp_path: Path) -> None:
    diagnosis = diagnosed(tmp_path, planted(6, "deadline"))
    cells = [
        frozenset((change.table, change.row, change.column) for change in repair.changes)
        for repair in diagnosis.repairs
    ]
    assert len(set(cells)) == len(cells) >= 3


@pytest.mark.slow
def test_a_deadline_moves_no_further_than_it_must(tmp_path: Path) -> None:
    """0.9 of the site's power serves; a quarter of a year of the whole site is to be trained: 0.1 a
    year and the spare site make it 2027."""
    case = good(7)
    room = case.room["a"]
    case.set(
        "demand",
        {"output_mtok": 0.9 * room + case.rows("power", site="spare_a")[0]["mw"] * 1000.0},
        workload="serve_a",
    )
    case.set(
        "milestones",
        {"flop": repr(0.25 * room * 1e12 * 0.5 * 8760.0 * 3600.0), "deadline": "2025"},
        milestone="train_a",
    )
    case.set("supply", {"max_chips": 10.0 * room}, supply_group="market_a")
    diagnosis = diagnosed(tmp_path, case)
    repair = next(repair for repair in diagnosis.repairs if "finish" in repair.text)
    assert [change.override for change in repair.changes] == ["milestones.train_a.deadline=2027"]
    assert repair.text == "let train_a finish 2 years later, by 2027"
    assert (
        solve(formulate(read_case(tmp_path, ["milestones.train_a.deadline=2026"])).program).status
        == "infeasible"
    )
