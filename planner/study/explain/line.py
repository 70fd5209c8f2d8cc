"""Why this line: what pays for it, what it is worth, and what the plan would cost without it, by
solving without it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from planner.case.case import Case
from planner.case.columns import texts
from planner.model.lots import describe
from planner.plan.actions import HELD, STAYING
from planner.report.section import Section
from planner.runs.read import RunError, read_run_table
from planner.study.explain.outcome import (
    Explanation,
    Outcome,
    decisions,
    instead,
    outcome_data,
    outcome_of,
    plain_row,
    rows_of,
    told,
    try_case,
)
from planner.study.live import Asked, Live, with_tables
from planner.words import money, number, percent, printable


def explain_line(live: Live, folder: Path, line: str) -> Explanation:
    """Return why a line of buy_plan.csv is in the plan.

    Args:
        live: the run, reopened.
        folder: its folder.
        line: its line_id.

    Returns:
        Causes, worth, break-even, and the cost of forbidding it, which is a re-solve and no dual
        value.

    Raises:
        RunError: where there is no such line.
    """
    buy = read_run_table(folder, "buy_plan").set_index("line_id", drop=False)
    if line not in buy.index:
        near = [name for name in buy.index if line.split("@", maxsplit=1)[0] in name][:5]
        raise RunError(
            f"{printable(line)} is no line of {folder / 'buy_plan.csv'}"
            + (f"; there are {', '.join(near)}" if near else ". Next: planner show")
        )
    row: Any = buy.loc[line]
    causes = read_run_table(folder, "causes")
    mine = causes[causes["line_id"] == line].sort_values("share_pct", ascending=False)
    outcome, asked = _without(live, row)
    amount = (
        f"{number(row['mw'])} MW"
        if row["action"] == "build_power"
        else f"{number(row['chips'])} {row['chip']}"
    )
    cost = f" for {money(row['total_usd'])}" if row["total_usd"] else ""
    headline = (
        f"{row['action']} {amount} at {row['site']}{cost}: without it the plan costs "
        f"{told(outcome)}."
    )
    if outcome.status != "optimal":
        headline = (
            f"{row['action']} {amount} at {row['site']}{cost}: without it there is no plan "
            f"({outcome.status})."
        )
    facts = [
        ("line", printable(line)),
        ("status", row["status"]),
        ("in service", f"{row['in_service_period']} until {row['leaves_period']}"),
        ("first use", row["first_use"]),
    ]
    if np.isfinite(row["worth_usd_per_chip"]):
        unit = "MW" if row["action"] == "build_power" else "chip"
        facts.append(
            (
                f"one more {unit} saves",
                f"at most {number(row['worth_usd_per_chip'])} USD before its own cost, NPV",
            )
        )
    if np.isfinite(row["break_even_usd_per_chip"]):
        facts.append(
            (
                "stays as it is",
                f"at prices up to {number(row['break_even_usd_per_chip'])} USD, all else as it is "
                f"(its price: {number(_price(row))} USD)",
            )
        )
    if row["runner_up"]:
        facts.append(
            (
                "runner-up",
                f"{row['runner_up']}; it stays out unless it gets at least "
                f"{number(row['runner_up_gap_pct'])} % cheaper",
            )
        )
    if row["binding_limits"]:
        facts.append(("limits it meets", printable(row["binding_limits"])))
    sections = [
        Section(
            "What pays for it",
            ("cause", "share", "worth"),
            tuple(
                (printable(c.cause), percent(c.share_pct / 100.0), money(c.worth_usd))
                for c in rows_of(mine.head(8))
            ),
            frozenset({1, 2}),
            "by the worth of its chip time at the optimum",
        )
    ]
    if outcome.status == "optimal":
        then = decisions(live, asked)
        now = decisions(live, live.ask_program(live.formulation))
        sections.append(instead(now, then, "What the plan does instead"))
    data: dict[str, Any] = {
        "line": plain_row(row),
        "causes": [
            {"cause": c.cause, "share_pct": float(c.share_pct), "worth_usd": float(c.worth_usd)}
            for c in rows_of(mine)
        ],
        "without": outcome_data([outcome])[0],
    }
    return Explanation(
        f"line {line}", headline, tuple(fact for fact in facts if fact[1]), tuple(sections), data
    )


def _price(row: Any) -> float:
    up_front, hourly = float(row["usd_per_chip"]), float(row["usd_per_chip_hour"])
    return up_front if np.isfinite(up_front) and up_front > 0 else hourly


def _without(live: Live, row: Any) -> tuple[Outcome, Asked]:
    """The plan without a line: a decision is forbidden, what exists already is taken away."""
    what, line = f"without {row['line_id']}", str(row["line_id"])
    if row["status"] != "new" and row["action"] in (*STAYING, "build_power"):
        return try_case(live, what, _gone(live.case, live, line))
    return without_lines(live, [row])


def without_lines(live: Live, rows: Sequence[Any]) -> tuple[Outcome, Asked]:
    """Return the plan in which some decisions are not taken in their period: what is ordered is
    not, and chips that are retired stay (the row ``retire`` of the lot and period as an equation).

    Args:
        live: the run, reopened.
        rows: lines of buy_plan.csv, of new decisions.
    """
    f = live.formulation
    upper, lower = f.program.column_upper.copy(), f.program.column_lower.copy()
    least = f.program.row_lower.copy()
    for row in rows:
        if row["action"] == "retire":
            lot_line, label = str(row["line_id"]).removeprefix("retire/").rsplit("@", 1)
            at: Any = f.program.row_index("retire", lot=lot_line, period=label)
            least[at] = f.program.row_upper[at]
        else:
            columns = line_columns(live, row)
            upper[columns], lower[columns] = 0.0, 0.0
    program = dataclasses.replace(
        f.program, column_upper=upper, column_lower=lower, row_lower=least
    )
    what = f"without {', '.join(str(row['line_id']) for row in rows)}"
    return outcome_of(live, what, live.ask_program(dataclasses.replace(f, program=program)))


def _gone(case: Case, live: Live, line: str) -> Case:
    """The case without a lot of the fleet or an order in flight, of chips or of power."""
    signed = texts(live.formulation.signed, "name") + "@" + texts(case["power_orders"], "site")
    if line in signed:
        kept = case["power_orders"][signed != line].reset_index(drop=True)
        return with_tables(case, {"power_orders": kept})
    lots = live.formulation.lots
    lot = int(np.flatnonzero(describe(case, lots)["line"] == line)[0])
    table = "fleet" if lots.origin[lot] == 0 else "orders"
    return with_tables(
        case, {table: case[table].drop(index=int(lots.row[lot])).reset_index(drop=True)}
    )


def line_columns(live: Live, row: Any) -> np.ndarray:
    """Return the columns of the program that are the decision of a line of
    buy_plan.csv, (n,)."""
    f = live.formulation
    axes, lots, action = f.index.axes, f.lots, row["action"]
    period = {label: t for t, label in enumerate(axes["period"])}.get(row["order_period"], -1)
    if action == "rent":
        c = f.capacity
        place = c.rented_place
        at = (
            (axes["offer"][c.rented_row] == row["offer"])
            & (axes["site"][c.site[place]] == row["site"])
            & (c.period[place] == period)
        )
        return np.asarray(c.rented[at])
    if action == "build_power":
        build = f.build
        at = (axes["project"][build["row"].to_numpy(dtype=np.int64)] == row["offer"]) & (
            build["period"].to_numpy() == period
        )
        return np.asarray(build["column"].to_numpy(dtype=np.int64)[at])
    names = describe(f.case, lots)["line"]
    if action in HELD:
        return np.asarray(f.holding.order[names == row["line_id"]])
    if action == "relocate":
        moves = f.holding.moves
        where = [
            f"{axes['offer'][o]}@{axes['site'][s]}@{axes['period'][t]}/{names[v]}"
            for o, s, t, v in zip(
                moves["row"], moves["site"], moves["period"], moves["lot"], strict=True
            )
        ]
        return np.asarray(
            moves["column"].to_numpy(dtype=np.int64)[
                np.array(where, dtype=object) == row["line_id"]
            ]
        )
    if action == "cancel":
        return np.array(
            [f.program.column_index("cancel", lot=str(row["line_id"]).removeprefix("cancel/"))]
        )
    raise RunError(
        f"a line that says {action} cannot be forbidden; ask about what is bought, leased, "
        "reserved, rented, built, moved or kept"
    )
