"""The template: the tables of actuals with a row for everything that was planned, to be filled in
where something went otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from planner.actuals.planned import project_of
from planner.case.case import Case
from planner.case.columns import numbers, texts
from planner.case.tables import ACTUALS
from planner.runs.cells import number_cells
from planner.runs.inputs import read_inputs
from planner.runs.read import read_run_table


def write_template(run: Path, folder: Path, by: int = 1) -> list[str]:
    """Write the tables of actuals of a run to a folder, no figure filled in: read as they are, they
    say that everything went as planned.

    Args:
        run: the run folder.
        folder: where; it must not be there yet, or be empty.
        by: periods that have passed.

    Returns:
        Names of the files.

    Raises:
        FileExistsError: where the folder is there and not empty; nothing is touched.
        RunError: where the run cannot be read.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise FileExistsError(f"{folder} is already there and not an empty folder")
    case = read_inputs(run)
    passed = [case.calendar.label(t) for t in range(by)]
    made = {
        "actual_orders": _orders(run, passed),
        "actual_fleet": _fleet(run, passed[-1]),
        "actual_work": _work(run, passed),
        "actual_milestones": _milestones(run, passed),
        "actual_power": _power(case, run, passed),
        "actual_cash": _cash(run, passed),
    }
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, frame in made.items():
        if frame.empty:
            continue
        table = ACTUALS[name]
        path = folder / Path(table.path).name
        columns = [column.name for column in table.columns]
        text = frame.reindex(columns=columns, fill_value="").to_csv(
            index=False, lineterminator="\n"
        )
        path.write_bytes(text.encode("utf-8"))
        names.append(path.name)
    return names


def _planned(frame: pd.DataFrame, column: str, unit: str, style: str = "digits") -> list[str]:
    """Return what was planned, in words, for the column of notes."""
    cells = number_cells(numbers(frame, column), style)
    return [f"planned: {cell} {unit}" if cell else "" for cell in cells]


def _orders(run: Path, passed: list[str]) -> pd.DataFrame:
    """Return the lines that were to be ordered, and those in flight."""
    plan = read_run_table(run, "buy_plan")
    ordered = plan["order_period"].isin(passed) | (plan["status"] == "committed")
    plan = plan[ordered]
    power = plan["action"] == "build_power"
    words = np.where(power, _planned(plan, "mw", "MW"), _planned(plan, "chips", "chips", "chips"))
    arrives = [
        f"{word}, in service {at}" if at else word
        for word, at in zip(words, plan["in_service_period"], strict=True)
    ]
    return pd.DataFrame({"line": plan["line_id"], "note": arrives})


def _fleet(run: Path, last: str) -> pd.DataFrame:
    """Return the lots that were to be there in the last period that has passed."""
    held = read_run_table(run, "vintages")
    held = held[(held["period"] == last) & (held["held"] > 0)]
    total = held.groupby(["chip", "site", "in_service"], as_index=False).agg({"held": "sum"})
    words = [f"{word} in {last}" for word in _planned(total, "held", "chips", "chips")]
    named: pd.DataFrame = total[["chip", "site", "in_service"]]
    return named.assign(note=words)


def _work(run: Path, passed: list[str]) -> pd.DataFrame:
    """Return the work that was to be served."""
    work = read_run_table(run, "allocation")
    work = work[work["period"].isin(passed) & (work["kind"] != "milestone")]
    total = work.groupby(["work", "kind", "period"], as_index=False).agg(
        {"mtok": "sum", "flop": "sum"}
    )
    words = np.where(
        total["kind"] == "research",
        _planned(total, "flop", "FLOP"),
        _planned(total, "mtok", "Mtok"),
    )
    return pd.DataFrame({"workload": total["work"], "period": total["period"], "note": words})


def _milestones(run: Path, passed: list[str]) -> pd.DataFrame:
    """Return the training that was to be done."""
    work = read_run_table(run, "allocation")
    work = work[work["period"].isin(passed) & (work["kind"] == "milestone")]
    total = work.groupby(["work", "period"], as_index=False).agg({"flop": "sum"})
    words = _planned(total, "flop", "FLOP")
    return pd.DataFrame({"milestone": total["work"], "period": total["period"], "note": words})


def _power(case: Case, run: Path, passed: list[str]) -> pd.DataFrame:
    """Return the power that was to be there, site by site and project by project."""
    frame = read_run_table(run, "power")
    frame = frame[frame["period"].isin(passed)]
    own = pd.DataFrame(
        {
            "site": frame["site"],
            "project": "",
            "period": frame["period"],
            "note": _planned(frame, "limit_mw", "MW"),
        }
    )
    lines = read_run_table(run, "buy_plan")
    lines = lines[lines["action"] == "build_power"]
    names = project_of(case, texts(lines, "offer"))
    built = [
        {"site": site, "project": project, "period": at, "mw": mw}
        for project, site, start, mw in zip(
            names, lines["site"], lines["in_service_period"], lines["mw"], strict=True
        )
        for at in passed
        if case.calendar.parse(start) <= case.calendar.parse(at)
    ]
    total = pd.DataFrame(built, columns=["site", "project", "period", "mw"])
    total = total.groupby(["site", "project", "period"], as_index=False).agg({"mw": "sum"})
    told = total[["site", "project", "period"]].assign(note=_planned(total, "mw", "MW"))
    return pd.concat([own, told], ignore_index=True)


def _cash(run: Path, passed: list[str]) -> pd.DataFrame:
    """Return the cash that was to be paid, by term."""
    costs = read_run_table(run, "costs")
    costs = costs[costs["period"].isin(passed) & (costs["category"] != "none")]
    total = costs.groupby(["term", "period"], as_index=False).agg({"nominal_usd": "sum"})
    named: pd.DataFrame = total[["term", "period"]]
    return named.assign(note=_planned(total, "nominal_usd", "USD", "money"))
