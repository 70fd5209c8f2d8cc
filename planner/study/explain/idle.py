"""What is idle or stranded: chips without work, chips without power, power without chips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from planner.report.section import Section
from planner.runs.read import read_run_table
from planner.study.explain.outcome import Explanation, rows_of
from planner.study.live import Live
from planner.words import number, percent, printable


def explain_idle(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return what is idle or stranded: chips without work, chips without power, power without
    chips."""
    fleet, power = read_run_table(folder, "fleet"), read_run_table(folder, "power")
    fleet = fleet.assign(usable=fleet["busy_chip_hours"] + fleet["idle_chip_hours"])
    sums = fleet.groupby(["chip", "site"], as_index=False)[
        ["busy_chip_hours", "idle_chip_hours", "usable"]
    ].sum()
    sums = sums[sums["idle_chip_hours"] > 1e-6 * sums["usable"]].sort_values(
        "idle_chip_hours", ascending=False, kind="stable"
    )
    idle = Section(
        "Idle",
        ("chip", "site", "idle chip-hours", "of its time"),
        tuple(
            (
                printable(r.chip),
                printable(r.site),
                number(r.idle_chip_hours),
                percent(r.idle_chip_hours / r.usable),
            )
            for r in rows_of(sums.head(12))
        ),
        frozenset({2, 3}),
    )
    dark = fleet[fleet["stranded"] > 1e-6].sort_values("stranded", ascending=False, kind="stable")
    stranded = Section(
        "Held without power",
        ("chip", "site", "period", "chips"),
        tuple(
            (printable(r.chip), printable(r.site), r.period, number(r.stranded))
            for r in rows_of(dark.head(12))
        ),
        frozenset({3}),
    )
    free = power.groupby("site", as_index=False).agg(
        free=("free_mw", "mean"), most=("free_mw", "max"), limit=("limit_mw", "mean")
    )
    room = Section(
        "Power without chips",
        ("site", "MW free, mean", "most", "limit, mean"),
        tuple(
            (printable(r.site), number(r.free), number(r.most), number(r.limit))
            for r in rows_of(free)
        ),
        frozenset({1, 2, 3}),
    )
    total, waste = float(fleet["usable"].sum()), float(fleet["idle_chip_hours"].sum())
    headline = (
        f"{percent(waste / total)} of all chip time is idle ({number(waste)} chip-hours)"
        if waste > 1e-6 * total
        else "No chip that has power is idle"
    )
    headline += (
        f"; up to {number(float(dark['stranded'].iloc[0]))} {printable(dark['chip'].iloc[0])} at "
        f"{printable(dark['site'].iloc[0])} are held without power."
        if len(dark)
        else "; none is held without power."
    )
    return Explanation(
        "idle",
        headline,
        (),
        tuple(part for part in (idle, stranded, room) if part.rows),
        {
            "idle_chip_hours": waste,
            "usable_chip_hours": total,
            "stranded": dark[["chip", "site", "period", "stranded"]].to_dict("records"),
        },
    )
