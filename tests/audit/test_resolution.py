"""The second resolution of the inputs: it agrees with the case everywhere, and sees every cell
that is read otherwise."""

from __future__ import annotations

import dataclasses
import functools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given

from planner.audit.resolution import check_inputs, resolve_inputs
from planner.audit.resolution.blanks import BLANK, SETTINGS
from planner.audit.resolution.compare import check_table
from planner.case import CaseError, read_case
from planner.case.case import Case
from planner.case.settings.declared import RUN as RUN_SETTINGS
from planner.case.settings.declared import SETTINGS as DECLARED
from planner.case.tables import TABLES
from planner.model.aging import alive as model_alive
from planner.model.index import index_case
from planner.model.lots import list_lots
from tests.audit.plain_lots import alive, lots_of
from tests.properties.drawn import FEW, MANY, written
from tests.strategies import cases

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(
    path.parent for part in ("inputs", "tests/cases") for path in (ROOT / part).glob("*/case.yaml")
)


def failed(case: Case, folder: Path) -> list[str]:
    """What the checks of a case find wrong."""
    return [
        f"{check.name}: {check.where}" for check in check_inputs(case, folder) if not check.passed
    ]


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_kept_case_is_read_alike(folder: Path) -> None:
    assert failed(read_case(folder), folder) == []


def read_alike(drawn: Any) -> None:
    with written(*drawn) as folder:
        try:
            case = read_case(folder)
        except CaseError:
            assume(False)
        assert failed(case, folder) == []
        compare_lots(case, folder)


@pytest.mark.slow
@given(cases())
@FEW
def test_drawn_cases_are_read_alike(drawn: Any) -> None:
    read_alike(drawn)


@pytest.mark.full
@given(cases())
@MANY
def test_many_drawn_cases_are_read_alike(drawn: Any) -> None:
    read_alike(drawn)


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, tuple):
        return value[1:] or ("somewhere",)
    if isinstance(value, (bool, np.bool_)):
        return not value
    if isinstance(value, (int, float, np.number)):
        return 0.5 if math.isnan(value) else value * 2 + 1
    return f"{value}x"


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_cell_read_otherwise_is_seen(folder: Path) -> None:
    """One cell of every column of every table, changed as a fault of the reader would, fails its
    table's check."""
    case, inputs = read_case(folder), resolve_inputs(folder)
    for table in TABLES:
        frame = case[table.name]
        for column in table.columns if len(frame) else ():
            at = len(frame) // 2
            cells = frame[column.name].tolist()
            cells[at] = other(cells[at])
            values = np.empty(len(cells), dtype=object)
            values[:] = cells
            if frame[column.name].dtype != object:
                values = np.array(cells)
            wrong = frame.assign(**{column.name: values})
            check = check_table(table, wrong, inputs.tables[table.name], inputs.places[table.name])
            assert not check.passed, (table.name, column.name)
            assert check.name == f"inputs.{table.name}"


@functools.cache
def frontier() -> Case:
    return read_case(ROOT / "inputs" / "frontier-lab")


@pytest.mark.slow
@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_lost_row_is_seen(table: str) -> None:
    folder = ROOT / "inputs" / "frontier-lab"
    case = frontier()
    if not len(case[table]):
        pytest.skip("frontier-lab has no such table")
    wrong = dataclasses.replace(
        case, tables={**case.tables, table: case[table].iloc[1:].reset_index(drop=True)}
    )
    assert "is not read" in failed(wrong, folder)[0]


@pytest.mark.parametrize(
    "changed",
    [
        {"discount_rate": 0.5},
        {"headroom": 0.5},
        {"periods": 3},
        {"name": "x"},
        {"residual": "none"},
        {"frozen_periods": 7},
        {"gap": 0.1},
    ],
    ids=str,
)
def test_a_setting_read_otherwise_is_seen(changed: dict[str, Any]) -> None:
    folder = ROOT / "inputs" / "quickstart"
    case = read_case(folder)
    wrong = dataclasses.replace(case, settings=dataclasses.replace(case.settings, **changed))
    (found,) = failed(wrong, folder)
    assert found.startswith(f"inputs.settings: case.yaml, {next(iter(changed))}: ")


@pytest.mark.parametrize(
    "changed",
    [{"start": 1}, {"count": 3}, {"frequency": "month"}, {"fiscal_year_start": 7}],
    ids=str,
)
def test_a_calendar_read_otherwise_is_seen(changed: dict[str, Any]) -> None:
    folder = ROOT / "inputs" / "quickstart"
    case = read_case(folder)
    wrong = dataclasses.replace(case, calendar=dataclasses.replace(case.calendar, **changed))
    assert [found.partition(":")[0] for found in failed(wrong, folder)] == ["inputs.calendar"]


def test_every_default_is_said_twice() -> None:
    """A new column with a default needs its sentence here too: the audit names what it does not
    know."""
    for table in TABLES:
        declared = {}
        for column in table.columns:
            if column.default is not None and column.type == "names":
                declared[column.name] = tuple(
                    part for part in str(column.default).split(";") if part
                )
            elif column.default is not None or column.type == "yes_no":
                declared[column.name] = column.default
        assert BLANK.get(table.name, {}) == declared, table.name
    settings = {column.name: column.default for column in (*DECLARED, *RUN_SETTINGS)}
    required = {column.name for column in DECLARED if column.required} | {
        "slices",
        "periods",
        "end",
    }
    assert {name: default for name, default in settings.items() if name not in required} == SETTINGS


OVERRIDES = (
    "demand.*.*.output_mtok*=1.5",
    "demand.chat.2027Q2=7",
    "power.*.2027*+=0.25",
    "chips.*.kw_peak*=1.1",
    "case.discount_rate=0.125",
    "case.periods=7",
    "case.end=2028Q3",
    "case.run.threads=1",
    "case.headroom+=0.1",
    "sites.*.headroom=0.2",
    "offers.*.usd_per_chip*=0.9",
    "milestones.*.flop*=0.5",
    "milestones.*.deadline=2028Q2",
    "fleet.*.*.*.usd_per_chip=100",
)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("text", OVERRIDES)
@pytest.mark.parametrize("name", ["quickstart", "frontier-lab", "power-bound"])
def test_overrides_are_read_alike(tmp_path: Path, name: str, text: str) -> None:
    import shutil

    folder = tmp_path / "inputs"
    shutil.copytree(ROOT / "inputs" / name, folder)
    (folder / "overrides.txt").write_text(f"{text}\n", encoding="utf-8")
    try:
        case = read_case(folder, [text])
    except CaseError:
        pytest.skip("not an override of this case")
    assert failed(case, folder) == []
    if (
        "headroom+=" not in text
        and "headroom=" not in text
        and "usd_per_chip=" not in text
        and "end=" not in text
    ):
        assert failed(read_case(ROOT / "inputs" / name), folder) != [], (
            "the override changes something"
        )


def compare_lots(case: Case, folder: Path) -> None:
    """The model's lots are those made by hand: times, bounds, prices and the share alive in every
    period."""
    inputs, index = resolve_inputs(folder), index_case(case)
    lots = list_lots(case, index)
    ours = {(lot.kind, lot.name): lot for lot in lots_of(inputs)}
    fleet, orders, offers = case["fleet"], case["orders"], case["offers"]
    chip, site = index.axes["chip"], index.axes["site"]
    assert len(ours) == len(lots)
    for v in range(len(lots)):
        row, here = int(lots.row[v]), str(site[lots.site[v]])
        if lots.origin[v] == 0:
            named = (str(fleet[name][row]) for name in ("chip", "site", "in_service", "lot"))
            key = ("fleet", "/".join(named))
        elif lots.origin[v] == 1:
            key = ("order", str(orders["order"][row]))
        else:
            key = ("new", f"{offers['offer'][row]}/{here}/{lots.order_period[v]}")
        lot = ours[key]
        assert (chip[lots.chip[v]], here) == (lot.chip, lot.site), key
        times = (lots.born[v], lots.arrives[v], lots.leaves[v])
        assert times == (lot.born, lot.arrives, lot.leaves), key
        assert (lots.lower[v], lots.upper[v]) == (lot.least, lot.most), key
        assert lots.attrition[v] == pytest.approx(lot.attrition, nan_ok=True), key
        assert (lots.price[v], lots.deposit[v], lots.hourly[v]) == pytest.approx(
            (lot.price, lot.deposit, lot.hourly), nan_ok=True
        ), key
        assert (lots.owned[v], lots.retire[v], lots.capex[v]) == (
            lot.owned,
            lot.retires,
            lot.capex,
        ), key
        periods = np.arange(max(lot.arrives, 0), min(lot.leaves, index.T) + 1)
        shares = model_alive(case, index, lots, np.full(len(periods), v), periods)
        assert shares == pytest.approx([alive(inputs, lot, int(t)) for t in periods], rel=1e-9), key


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder",
    [path for path in FOLDERS if path.name != "frontier-lab"],
    ids=lambda folder: folder.name,
)
def test_lots_of_every_kept_case(folder: Path) -> None:
    compare_lots(read_case(folder), folder)


@pytest.mark.full
def test_lots_of_the_large_case() -> None:
    folder = ROOT / "inputs" / "frontier-lab"
    compare_lots(read_case(folder), folder)
