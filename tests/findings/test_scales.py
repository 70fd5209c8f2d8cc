"""A case at another scale is the same case: the whole audit passes, and sees an error of a ten
thousandth in every line."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import RunResult, run
from planner.solving import Options
from tests.audit.hand_made_run import seal
from tests.scales import INPUTS, SCALES, scaled_case
from tests.shipped import divisible

CASES: Final = ("quickstart", "gov-cloud", "power-bound")
FAST: Final = {
    ("quickstart", "chips / 1000"),
}
PAIRS: Final = [
    pytest.param(case, scale, marks=() if (case, scale) in FAST else (pytest.mark.full,))
    for case in CASES
    for scale in SCALES
]
PLANTED: Final = {
    "buy_plan": ("chips", "mw", "mw_it", "mw_utility", "total_usd", "npv_usd"),
    "costs": ("nominal_usd", "discounted_usd"),
    "allocation": ("chips", "mwh", "cost_usd", "mtok", "flop"),
    "fleet": ("held", "powered", "rented"),
    "power": ("used_mw", "it_mw", "energy_mwh", "limit_mw", "built_mw"),
    "rentals": ("chips", "usd"),
    "vintages": ("held",),
    "demand_coverage": ("demand", "served"),
    "budget": ("paid_usd",),
    "orders": ("total_usd",),
}
"""Figures of lines, by table."""
CHIPS: Final = ("chips", "held", "powered", "rented")


def planned(case: str, scale: str, folder: Path) -> RunResult:
    """Return the run of a shipped case at a scale."""
    source = divisible(case, folder)
    return run(scaled_case(source, folder / "case", SCALES[scale]), out=folder / "out")


def planted(folder: Path, table: str, name: str) -> bytes | None:
    """Put an error of 1e-4 into the largest figure of a column; return the file as it was, None
    where such an error is lost in the digits that are written."""
    path = folder / f"{table}.csv"
    before = path.read_bytes()
    cells = pd.read_csv(path, dtype=str, keep_default_na=False)
    size = pd.to_numeric(cells[name], errors="coerce").abs().fillna(0.0)
    if not len(size) or size.max() == 0.0:
        return None
    row = int(size.idxmax())
    old = float(cells.loc[row, name])
    digits = 6 if name in CHIPS else 2 if name.endswith("_usd") or name == "usd" else 0
    # eight steps of the last digit: sums of a few rounded figures are seen through
    if digits and abs(old) * 1e-4 < 8.0 * 10.0**-digits:
        return None
    new = old * (1.0 + 1e-4)
    cells.loc[row, name] = f"{new:.{digits}f}" if digits else f"{new:.12g}"
    path.write_bytes(cells.to_csv(index=False, lineterminator="\n").encode())
    return before


@pytest.mark.slow
@pytest.mark.parametrize(("case", "scale"), PAIRS)
def test_every_scale_is_proven_and_no_error_is_lost_in_its_tolerance(
    case: str, scale: str, tmp_path: Path
) -> None:
    """Right: optimal, with the whole audit; and each planted error fails it."""
    result = planned(case, scale, tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    missed, tried = [], 0
    for table, names in PLANTED.items():
        for name in names:
            before = planted(result.folder, table, name)
            if before is None:
                continue
            seal(result.folder)
            tried += 1
            if audit(result.folder).ok:
                missed.append(f"{table}.{name}")
            (result.folder / f"{table}.csv").write_bytes(before)
    assert tried >= 5
    assert missed == []


def test_totals_of_tens_of_trillions_are_proven(tmp_path: Path) -> None:
    """Right: optimal; a cent of 3e13 is what adding in another order makes."""
    result = planned("power-bound", "money x 5e4", tmp_path)
    assert result.status == "optimal", result.message


def _chat_of_next_to_nothing(folder: Path, mtok: str) -> Path:
    """Write quickstart with so little demand that its fleet has nothing to do."""
    scaled_case(INPUTS / "quickstart", folder, SCALES["as it is"])
    header, row = (folder / "demand.csv").read_text(encoding="utf-8").splitlines()[:2]
    name = row.split(",")[:2]
    cells = [*name, *[mtok] * (header.count(",") - 1)]
    (folder / "demand.csv").write_text(f"{header}\n{','.join(cells)}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("mtok", ["1e-3", pytest.param("1e-6", marks=pytest.mark.slow)])
def test_alternatives_that_are_equally_far_off_are_both_a_runner_up(
    mtok: str, tmp_path: Path
) -> None:
    """Right: with next to no demand two order dates are a cut of 100 % away; either is named."""
    result = run(_chat_of_next_to_nothing(tmp_path / "case", mtok), out=tmp_path / "out")
    assert result.status == "optimal", result.message


def _idle_hoppers_train(folder: Path, flop: str, late: str) -> Path:
    """Write quickstart with free energy and two small runs on chips that idle anyway."""
    scaled_case(INPUTS / "quickstart", folder, SCALES["as it is"])
    sites = (folder / "sites.csv").read_text(encoding="utf-8")
    (folder / "sites.csv").write_text(sites.replace(",60,", ",0,"), encoding="utf-8")
    tail = "bf16,0.4,0.9,assumption,2026-11-01"
    (folder / "training.csv").write_text(
        f"class,chip,precision,mfu,goodput,source,as_of\ndense,hopper,{tail}\n"
        f"dense,blackwell,{tail}\n",
        encoding="utf-8",
    )
    (folder / "milestones.csv").write_text(
        "milestone,flop,class,start,deadline,max_chips,sites,after,late_usd_per_period,"
        "interruptible,single_chip,split_efficiency\n"
        f"a,{flop},dense,2027Q1,2028Q2,50,home,,{late},no,no,0.9\n"
        f"b,{flop},dense,2027Q2,2028Q4,60,home,a,{late},yes,no,0.9\n",
        encoding="utf-8",
    )
    return folder


@pytest.mark.parametrize(
    ("solver", "flop", "late"),
    [
        ("highs", "1e20", ""),  # causes that share a line to the last bit stand by name
        ("pulp:PULP_CBC_CMD", "7.3e21", ""),
        pytest.param("pulp:PULP_CBC_CMD", "1e23", "", marks=pytest.mark.slow),
        pytest.param("pulp:PULP_CBC_CMD", "1e20", "1000", marks=pytest.mark.slow),
    ],
)
def test_free_energy_trains_no_more_than_a_run_takes(
    solver: str, flop: str, late: str, tmp_path: Path
) -> None:
    """Right: the FLOP of each run, whichever solver stops wherever on a row that says at least."""
    case = _idle_hoppers_train(tmp_path / "case", flop, late)
    result = run(case, out=tmp_path / "out", options=Options(solver=solver))
    assert result.status == "optimal", result.message
    assert result.folder is not None
    done = pd.read_csv(result.folder / "allocation.csv")
    done = done[done["kind"] == "milestone"].groupby("work")["flop"].sum()
    assert (done <= float(flop) * (1.0 + 1e-6)).all()
