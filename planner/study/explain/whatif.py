"""What if: demand, throughput, capex, delays, buying or renting, policies: the plan solved again
under each, and what it then decides now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.case.case import Case
from planner.plan.actions import PLACED
from planner.report.section import Section
from planner.runs.read import RunError, read_run_table
from planner.study.explain.outcome import (
    Explanation,
    Outcome,
    decisions,
    instead,
    outcome_data,
    outcome_table,
    rows_of,
    told,
    try_case,
    try_without,
)
from planner.study.live import Live, with_more, with_rows, with_tables
from planner.words import number, percent, plural, printable

AMOUNTS: Final = ("output_mtok", "input_mtok", "cached_mtok", "flop")
SPEEDS: Final = ("output_tok_per_s", "input_tok_per_s", "cached_tok_per_s")
SMALLEST_SHARE: Final = 0.05


def _number(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value) or value < 0:
        raise RunError(f"{printable(text)} is no {what}; give a number such as 0.5, 2 or 3e9")
    return value


def _told(
    live: Live,
    subject: str,
    outcomes: list[Outcome],
    change: Section | None,
    headline: str,
    facts: Sequence[tuple[str, str]] = (),
) -> Explanation:
    sections = (outcome_table("If", outcomes), *((change,) if change is not None else ()))
    return Explanation(
        subject,
        headline,
        tuple(facts),
        sections,
        {"subject": subject, "outcomes": outcome_data(outcomes)},
    )


def _one(live: Live, what: str, case: Case) -> tuple[Outcome, Section | None]:
    """One re-solve and what it decides otherwise."""
    outcome, asked = try_case(live, what, case)
    if outcome.status != "optimal":
        return outcome, None
    then = decisions(live, asked)
    return outcome, instead(
        decisions(live, live.ask_program(live.formulation)), then, "What the plan does instead"
    )


def _scaled(
    case: Case, table: str, columns: Sequence[str], factor: float, mine: Any = None
) -> Case:
    frame = case[table]
    rows = np.ones(len(frame), dtype=bool) if mine is None else mine
    return with_rows(
        case,
        table,
        rows,
        **{
            column: frame.loc[rows, column].to_numpy(dtype=np.float64) * factor
            for column in columns
        },
    )


def explain_demand(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return what the plan becomes if all demand is so many times what is forecast: ``demand 0.5``
    (left out: half and double)."""
    factors = [_number(word, "factor") for word in words] or [0.5, 2.0]
    outcomes, change = [], None
    for factor in factors:
        outcome, change = _one(
            live,
            f"demand is {number(factor)} times the forecast",
            _scaled(live.case, "demand", AMOUNTS, factor),
        )
        outcomes.append(outcome)
    headline = "; ".join(
        f"at {number(factor)} times the demand {told_plan(o)}"
        for factor, o in zip(factors, outcomes, strict=True)
    )
    return _told(live, "demand", outcomes, change, f"{headline[0].upper()}{headline[1:]}.")


def told_plan(outcome: Outcome) -> str:
    """Return an outcome as the end of a sentence."""
    return (
        f"the plan costs {told(outcome)}"
        if outcome.status == "optimal"
        else f"there is no plan ({outcome.status})"
    )


def explain_throughput(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return how wrong the throughput figures may be (of one chip, if named): the cost at 10, 20
    and 30 % less, and where the plan breaks."""
    chip = words[0] if words else ""
    chips = sorted({*live.case["throughput"]["chip"], *live.case["training"]["chip"]})
    if chip and chip not in chips:
        raise RunError(f"{printable(chip)} has no throughput; there are {', '.join(chips)}")

    def slower(factor: float) -> Case:
        case = live.case
        rates, trains = (
            (case[table]["chip"] == chip).to_numpy()
            if chip
            else np.ones(len(case[table]), dtype=bool)
            for table in ("throughput", "training")
        )
        return _scaled(
            _scaled(case, "throughput", SPEEDS, factor, rates), "training", ("mfu",), factor, trains
        )

    outcomes = [
        try_case(live, f"{percent(1 - factor)} less throughput", slower(factor))[0]
        for factor in (0.9, 0.8, 0.7)
    ]
    whose = f"of {chip}" if chip else "of all chips"
    broken = smallest(lambda factor: try_case(live, "", slower(factor))[0].status == "optimal")
    limit = (
        f"down to {percent(broken)} of the figures there is a plan, below it there is none"
        if broken
        else f"even at {percent(SMALLEST_SHARE)} of the figures there is a plan"
    )
    return _told(
        live,
        f"throughput {chip}".strip(),
        outcomes,
        None,
        f"With 10 % less throughput {whose} {told_plan(outcomes[0])}; {limit}.",
        (("plan exists", limit),),
    )


def smallest(works: Callable[[float], bool]) -> float | None:
    """Return the smallest factor down from 1 at which something works, to 1 %; None if it works at
    ``SMALLEST_SHARE``."""
    if works(SMALLEST_SHARE):
        return None
    low, high = SMALLEST_SHARE, 1.0
    while high - low > 0.01:
        middle = (low + high) / 2.0
        low, high = (low, middle) if works(middle) else (middle, high)
    return high


def explain_capex(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return what the plan becomes if capex may be at most so many USD in every fiscal year:
    ``capex 3e9``."""
    if len(words) != 1:
        raise RunError("say how many USD a fiscal year: capex 3e9")
    most = _number(words[0], "amount of USD")
    case = live.case
    years = sorted({f"FY{case.calendar.fiscal_year(t)}" for t in range(case.calendar.count)})
    kept = case["budgets"][case["budgets"]["category"] != "capex"]
    frozen = [{"period": year, "category": "capex", "usd_max": most} for year in years]
    table = with_more(kept, frozen)
    outcome, change = _one(
        live,
        f"capex is at most {number(most)} USD in every fiscal year",
        with_tables(case, {"budgets": table}),
    )
    written = read_run_table(folder, "budget")
    facts = tuple(
        ("planned capex", f"{row.period}: {number(row.paid_usd)} USD")
        for row in rows_of(written[written["category"] == "capex"])
        if str(row.period).startswith("FY")
    )
    return _told(
        live,
        f"capex {words[0]}",
        [outcome],
        change,
        f"With capex of at most {number(most)} USD a fiscal year {told_plan(outcome)}.",
        facts,
    )


def explain_slip(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return what a delay costs: ``slip chip vr200 2``, ``slip site iowa 2`` or ``slip milestone t5
    2``, in periods."""
    usage = "say: slip chip NAME PERIODS, slip site NAME PERIODS or slip milestone NAME PERIODS"
    if len(words) != 3 or words[0] not in ("chip", "site", "milestone") or not words[2].isdigit():
        raise RunError(usage)
    kind, name, late = words[0], words[1], int(words[2])
    case = live.case
    if kind == "milestone":
        mine = (case["milestones"]["milestone"] == name).to_numpy()
        changed = with_rows(
            case,
            "milestones",
            mine,
            deadline=case["milestones"].loc[mine, "deadline"].to_numpy(dtype=np.float64) + late,
            start=case["milestones"].loc[mine, "start"].to_numpy(dtype=np.float64) + late,
        )
    elif kind == "chip":
        mine = (case["offers"]["chip"] == name).to_numpy()
        changed = with_rows(
            case,
            "offers",
            mine,
            lead_periods=case["offers"].loc[mine, "lead_periods"].to_numpy() + late,
        )
        flying = (case["orders"]["chip"] == name).to_numpy()
        changed = with_rows(
            changed,
            "orders",
            flying,
            arrives=case["orders"].loc[flying, "arrives"].to_numpy() + late,
        )
    else:
        mine = (case["sites"]["site"] == name).to_numpy()
        changed = _later_power(case, name, late)
    if not mine.any():
        raise RunError(f"there is no {kind} {printable(name)} to slip; {usage}")
    outcome, change = _one(live, f"{kind} {name} slips by {plural(late, 'period')}", changed)
    return _told(
        live,
        f"slip {kind} {name} {late}",
        [outcome],
        change,
        f"If {kind} {name} slips by {plural(late, 'period')}, {told_plan(outcome)}.",
    )


def _later_power(case: Case, site: str, late: int) -> Case:
    """The case in which what a site's power grows by comes so many periods later, and its projects
    take as much longer."""
    power = case["power"]
    mine = power[power["site"] == site].sort_values("period")
    shifted = {
        column: mine[column].to_numpy(dtype=np.float64)[np.maximum(np.arange(len(mine)) - late, 0)]
        for column in ("mw", "liquid_mw")
    }
    changed = with_rows(case, "power", mine.index.to_numpy(), **shifted)
    projects = (case["power_projects"]["site"] == site).to_numpy()
    return with_rows(
        changed,
        "power_projects",
        projects,
        lead_periods=case["power_projects"].loc[projects, "lead_periods"].to_numpy() + late,
    )


def explain_rent(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return whether to buy or rent: the plan without rentals, without any contract, without
    purchases."""
    f = live.formulation
    kinds = f.case["offers"]["kind"].to_numpy(dtype=object)
    lot_kind = np.where(
        f.lots.origin == 2,
        kinds[np.where(f.lots.origin == 2, f.lots.row, 0)] if len(kinds) else "",
        "",
    )
    reserved = f.holding.order[
        np.isin(lot_kind, ["reserved", "reserved_1y", "reserved_3y", "capacity_block"])
    ]
    bought, leased = f.holding.order[lot_kind == "purchase"], f.holding.order[lot_kind == "lease"]
    tried = (
        ("nothing is rented by the hour", f.capacity.rented),
        ("nothing is reserved", reserved),
        ("nothing is rented or reserved", np.concatenate([f.capacity.rented, reserved])),
        ("nothing is bought", bought),
        ("nothing is leased", leased),
    )
    outcomes = [try_without(live, what, columns)[0] for what, columns in tried if len(columns)]
    buy = read_run_table(folder, "buy_plan")
    new = buy[(buy["status"] == "new") & buy["action"].isin(PLACED)]
    shares = new.groupby("action")["total_usd"].sum()
    facts = [
        (
            str(action),
            f"{number(float(usd))} USD in {plural(int((new['action'] == action).sum()), 'line')}",
        )
        for action, usd in shares.items()
    ]
    headline = (
        "; ".join(f"if {o.what}, {told_plan(o)}" for o in outcomes)
        or "nothing can be bought or rented"
    )
    return _told(live, "rent", outcomes, None, f"{headline[0].upper()}{headline[1:]}.", facts)


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
