"""Hubs: fewer columns, the same optimum, and the whole plan and its prices from it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as counted

from planner.case import Case, read_case
from planner.lp.certificate import certify
from planner.lp.highs import solve
from planner.lp.relabel import column_keys, positions, row_keys
from planner.lp.solution import Solution
from planner.model import Formulation, formulate, hubs
from planner.model.hubs import split
from planner.model.resilience import backed_up
from planner.model.serving import at_work
from tests.helpers import write_case
from tests.model.small import offer, power, settings, site, tables, throughput
from tests.properties.drawn import FEW, SEVERAL, read
from tests.shipped import DIVISIBLE
from tests.strategies import cases

SHIPPED = (
    "quickstart",
    "gov-cloud",
    "power-bound",
    pytest.param("frontier-lab", marks=pytest.mark.full),
)
HUBS = ("use", "pooled", "queued", "sent", "busy")


def counts(f: Formulation) -> dict[str, int]:
    return {block.name: block.count for block in f.program.column_blocks if block.name in HUBS}


def written_out(f: Formulation, solution: Solution, plain: Formulation) -> Solution:
    """The answer and the prices of a program with hubs as those of the program without: every
    column and row found by its name."""
    x, dual = np.zeros(plain.program.num_columns), np.zeros(plain.program.num_rows)
    at = positions(column_keys(plain.program), column_keys(f.program))
    x[at[at >= 0]] = solution.x[at >= 0]
    served = at_work(f.serving, solution.x)
    T, S = f.index.T, len(f.index.pue)
    key = (
        f.capacity.chip[served["place"]] * S + f.capacity.site[served["place"]]
    ) * T + f.capacity.period[served["place"]]
    wanted = (key * len(f.work.kind) + served["work"].to_numpy()) * f.index.K + served[
        "slice"
    ].to_numpy()
    block = next(b for b in plain.program.column_blocks if b.name == "use")
    labels = {axis: np.asarray(codes, dtype=np.int64) for axis, codes in block.labels.items()}
    names = (
        ((labels["chip"] * S + labels["site"]) * T + labels["period"]) * len(f.work.kind)
        + labels["workload"]
    ) * f.index.K + labels["slice"]
    amount = pd.Series(served["chips"].to_numpy()).groupby(wanted).sum()
    found = pd.Series(block.first + np.arange(block.count), index=names).reindex(amount.index)
    assert found.notna().all()  # nothing is served where it may not be
    use = slice(block.first, block.first + block.count)
    x[use] = 0.0
    x[found.to_numpy(dtype=np.int64)] = amount.to_numpy()
    at = positions(row_keys(plain.program), row_keys(f.program))
    dual[at[at >= 0]] = solution.row_dual[at >= 0]
    missing = np.setdiff1d(np.arange(plain.program.num_rows), at)
    # only hubs' own rows are new, and reserves have one row where their places have one each
    assert np.isin(missing, plain.backup.time).all()
    stand_in(f, solution, plain, x, dual)
    return dataclasses.replace(solution, x=x, row_dual=dual)


def stand_in(
    f: Formulation, solution: Solution, plain: Formulation, x: np.ndarray, dual: np.ndarray
) -> None:
    """Write what every place of a reserve would do after a loss, and the price of its time, where
    the program without reserves has them."""
    ours, theirs = f.backup, plain.backup
    shares = backed_up(ours, f.capacity, f.index, solution.x)
    own = pd.Series(
        np.arange(len(theirs.member)),
        index=pd.MultiIndex.from_arrays([theirs.lost[theirs.member], theirs.place]),
    )
    reserve = own.reindex(pd.MultiIndex.from_arrays([ours.lost[ours.member], ours.place]))
    assert reserve.notna().all() and len(reserve) == len(own)
    dual[theirs.time[theirs.member[reserve.to_numpy(dtype=np.int64)]]] = solution.row_dual[
        ours.time[ours.member]
    ]
    column = pd.Series(
        theirs.column, index=pd.MultiIndex.from_arrays([theirs.reserve, theirs.work, theirs.slice])
    )
    mine = theirs.member[
        own.reindex(pd.MultiIndex.from_frame(shares[["lost", "place"]])).to_numpy(dtype=np.int64)
    ]
    found = column.reindex(pd.MultiIndex.from_arrays([mine, shares["work"], shares["slice"]]))
    assert (
        found.notna().all() and not found.duplicated().any()
    )  # nothing stands in where it may not
    x[theirs.column] = 0.0
    x[found.to_numpy(dtype=np.int64)] = shares["chips"]
    total = shares.groupby(["reserve", "work", "slice"])["chips"].sum()
    wanted = pd.Series(
        solution.x[ours.column],
        index=pd.MultiIndex.from_arrays([ours.reserve, ours.work, ours.slice]),
    )
    assert not len(wanted) or np.abs(
        total.reindex(wanted.index).fillna(0.0) - wanted
    ).max() <= 1e-6 * max(float(wanted.max()), 1.0)


def same(case: Case) -> dict[str, int]:
    """A program with hubs has the optimum of the one without, and its plan and prices prove
    themselves there; returns its columns of work."""
    f, plain = formulate(case), formulate(case, reduce=False)
    solution = solve(f.program)
    if solution.status != "optimal":
        assert solve(plain.program).status == solution.status
        return counts(f)
    gross = float(np.abs(plain.program.cost * plain.program.money_scale).max(initial=0.0)) + abs(
        solution.objective
    )
    assert abs(solve(plain.program).objective - solution.objective) <= 1e-7 * gross
    there = certify(plain.program, written_out(f, solution, plain))
    assert there.max_row_residual < 1e-6 and there.max_bound_residual < 1e-6
    assert abs(there.objective - solution.objective) <= 1e-7 * gross
    assert there.objective - there.bound <= 1e-6 * gross
    return counts(f)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_cases(name: str) -> None:
    case = read_case(Path("inputs") / name, DIVISIBLE)
    columns = same(case)
    assert (
        columns["use"] + columns["pooled"] + columns["queued"]
        <= counts(formulate(case, reduce=False))["use"]
    )


@pytest.mark.slow
@given(cases())
@FEW
def test_random_cases(drawn: Any) -> None:
    same(read(*drawn))


@pytest.mark.slow
@given(cases())
@counted(SEVERAL, max_examples=10)
def test_hubs_wherever_there_can_be_one(drawn: Any) -> None:
    everywhere(drawn)


@pytest.mark.full
@given(cases())
@SEVERAL
def test_hubs_wherever_there_can_be_one_of_many(drawn: Any) -> None:
    everywhere(drawn)


def everywhere(drawn: Any) -> None:
    with patch.object(hubs, "WORTHWHILE", 0.0):
        columns = same(read(*drawn))
    assert not columns["use"] and not columns["pooled"]  # everything queues, whether or not it pays


def grid(folder: Path, workloads: int, sites: int, **cells: Any) -> Case:
    """Workloads that may all run at all sites, on one chip, in one year; ``cells`` of sites by
    number: ``site_1={...}``."""
    names = [f"s{n}" for n in range(sites)]
    drawn = tables(
        1,
        sites=[site(name, **cells.get(f"site_{n}", {})) for n, name in enumerate(names)],
        power=power(names, 1),
        offers=[offer(site=";".join(names), usd_per_chip=1)],
        throughput=[
            row | {"model": f"m{w}"} | cells.get(f"rate_{w}", {})
            for w in range(workloads)
            for row in throughput()
        ],
        workloads=[
            {"workload": f"w{w}", "kind": "online", "model": f"m{w}", "tier": "f"}
            | cells.get(f"work_{w}", {})
            for w in range(workloads)
        ],
        demand=[
            {"workload": f"w{w}", "period": 2025, "output_mtok": 100 * (w + 1)}
            for w in range(workloads)
        ],
    )
    return read_case(write_case(folder, drawn, settings(1)))


@pytest.mark.slow
def test_sites_that_no_workload_can_tell_apart_are_a_pool(tmp_path: Path) -> None:
    case = grid(tmp_path, 5, 4)
    assert counts(formulate(case, reduce=False)) == {
        "use": 20,
        "pooled": 0,
        "queued": 0,
        "sent": 0,
        "busy": 0,
    }
    assert counts(formulate(case)) == {"use": 0, "pooled": 5, "queued": 0, "sent": 0, "busy": 4}
    same(case)


def test_a_pool_that_saves_too_little_is_none(tmp_path: Path) -> None:
    assert counts(formulate(grid(tmp_path, 2, 2))) == {
        "use": 4,
        "pooled": 0,
        "queued": 0,
        "sent": 0,
        "busy": 0,
    }


@pytest.mark.slow
def test_workloads_that_no_site_can_tell_apart_queue(tmp_path: Path) -> None:
    # each of three more workloads is kept to a site of its own, so that no two sites are alike
    apart = {f"work_{w}": {"sites": f"s{w - 5}"} for w in (5, 6, 7)}
    case = grid(tmp_path, 8, 3, **apart)
    assert counts(formulate(case)) == {"use": 3, "pooled": 0, "queued": 5, "sent": 3, "busy": 0}
    same(case)


@pytest.mark.slow
def test_work_of_another_draw_goes_its_own_way(tmp_path: Path) -> None:
    case = grid(tmp_path, 6, 4, rate_5={"kw_active": 0.5}, site_1={"usd_per_mwh": 20})
    assert counts(formulate(case)) == {"use": 4, "pooled": 5, "queued": 0, "sent": 0, "busy": 4}
    same(case)


@pytest.mark.slow
def test_of_many_draws_the_most_common_have_hubs(tmp_path: Path) -> None:
    """Six draws of three workloads each on six sites: four share, two go their own way."""
    rates = {f"rate_{w}": {"kw_active": 0.5 + 0.05 * (w // 3)} for w in range(18)}
    case = grid(tmp_path, 18, 6, **rates)
    assert counts(formulate(case)) == {
        "use": 2 * 3 * 6,
        "pooled": 12,
        "queued": 0,
        "sent": 0,
        "busy": 24,
    }
    same(case)


def test_a_split_by_hand() -> None:
    into = pd.DataFrame(
        {
            "hub": [0, 0, 0, 1],
            "slice": [0, 0, 0, 0],
            "row": [7, 8, 9, 7],
            "chips": [10.0, 20.0, 30.0, 4.0],
        }
    )
    out = pd.DataFrame(
        {"hub": [0, 0, 1], "slice": [0, 0, 0], "way": [2, 3, 4], "chips": [25.0, 35.0, 4.0]}
    )
    pieces = split(into, out)
    assert pieces[["row", "way"]].values.tolist() == [[7, 2], [8, 2], [8, 3], [9, 3], [7, 4]]
    assert pieces["chips"].tolist() == pytest.approx([10, 15, 5, 30, 4])


def test_a_split_of_nothing() -> None:
    assert split(
        pd.DataFrame({"hub": [], "slice": [], "row": [], "chips": []}),
        pd.DataFrame({"hub": [], "slice": [], "way": [], "chips": []}),
    ).empty


@pytest.mark.slow
def test_places_where_the_same_may_run_are_a_reserve(tmp_path: Path) -> None:
    case = grid(
        tmp_path, 2, 4, work_0={"survive_site_loss": 0.8}, work_1={"survive_site_loss": 0.5}
    )
    f, plain = formulate(case), formulate(case, reduce=False)
    assert len(plain.backup.column) == 4 * 3 * 2 and len(plain.backup.time) == 4 * 3
    assert (
        len(f.backup.column) == 4 * 2 and len(f.backup.time) == 4
    )  # for each site lost the three others, as one
    same(case)


@pytest.mark.slow
def test_a_reserve_shares_out_evenly(tmp_path: Path) -> None:
    f = formulate(
        grid(tmp_path, 2, 3, work_0={"survive_site_loss": 0.8}, work_1={"survive_site_loss": 0.5})
    )
    x = np.zeros(f.program.num_columns)
    x[f.capacity.powered] = [100.0, 300.0, 500.0]
    lost_first = np.flatnonzero(f.backup.lost[f.backup.reserve] == 0)
    x[f.backup.column[lost_first]] = [320.0, 80.0]  # of 800 at the second and third site
    shares = backed_up(f.backup, f.capacity, f.index, x)
    assert shares["lost"].eq(0).all()
    assert shares.groupby("place")["chips"].sum().tolist() == pytest.approx([150.0, 250.0])
    assert shares.groupby("work")["chips"].sum().tolist() == pytest.approx([320.0, 80.0])
    assert len(shares) == 3
