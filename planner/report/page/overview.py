"""Sections 1 to 4: what it is, five figures, what to decide now, what changed."""

from __future__ import annotations

import shlex
from typing import Any

import numpy as np
import pandas as pd

from planner.plan.actions import DECISIONS
from planner.report.page.charts import Chart, bridge
from planner.report.page.run import Card, Details, Run, Section
from planner.report.page.sheet import plain, sheet
from planner.report.section import records
from planner.words import money, number, percent, plural, printable


def what_it_is(run: Run, approval: str) -> Section:
    """Return section 1."""
    facts, plan = run.facts, run.plan
    compared = plan.get("compared_with") or ""
    shown = [
        ("case", printable(plan["case"])),
        ("what", printable(plan.get("description") or "")),
        ("horizon", facts["horizon"]),
        ("status", facts["status"]),
        ("cost and proof", facts["proof"]),
        ("approval", approval),
        (
            "compared with",
            "the last plan of the case (inputs/last_plan)"
            if compared
            else "no earlier plan: the case has no last_plan",
        ),
        ("changes of this run", "; ".join(printable(text) for text in plan.get("overrides") or [])),
        ("dates of the data", _dates(run)),
    ]
    return Section(
        "what", "What this is", facts=tuple((name, value) for name, value in shown if value)
    )


def _dates(run: Run) -> str:
    from planner.report.page.run import input_rows

    dates = sorted(
        {
            row["as_of"]
            for path in sorted((run.folder / "inputs").glob("*.csv"))
            for row in input_rows(run.folder, path.name)
            if row.get("as_of")
        }
    )
    return f"{dates[0]} to {dates[-1]}" if dates else ""


def five_figures(run: Run) -> Section:
    """Return section 2."""
    facts, plan = run.facts, run.plan
    totals, now = plan["totals"], str(plan["horizon"]["first"])
    shares = [float(value) for value in totals["served_share"].values()]
    worst = min(shares, default=1.0)
    short = facts.get("demand met", "")
    late = int(
        (run["milestones"]["late_flop"].fillna(0.0) > 1e-6 * run["milestones"]["flop"]).sum()
    )
    tight = facts["tightest limit"]
    cards = (
        Card(
            "Total cost",
            *_split(money(plan["objective_usd"])),
            f"discounted to the start of {now}; {money(totals['cash_usd'])} nominal cash",
        ),
        Card(
            f"Commit in {now}",
            *_split(money(totals["commit_now_usd"])),
            "nominal, over the life of what is ordered",
        ),
        Card(
            "Chips to order now",
            number(totals["chips_to_order_now"]),
            "",
            facts["chips to order now"],
        ),
        Card(
            "Demand met",
            percent(worst),
            "",
            f"{short}; {plural(late, 'milestone')} late" if late else short,
            worst < 0.999 or late > 0,
        ),
        Card(
            "Tightest limit",
            "",
            tight.split(":")[0],
            tight.split(":", 1)[1].strip() if ":" in tight else "",
        ),
    )
    return Section("figures", "Five figures", cards=cards)


def _split(words: str) -> tuple[str, str]:
    """A number and its unit."""
    value, _, unit = words.rpartition(" ")
    return value, unit


def decide_now(run: Run) -> Section:
    """Return section 3: every line whose decide-by date falls in the first period, with its
    reasons."""
    buy, now = run["buy_plan"], run.periods[0]
    mine = buy[(buy["order_period"] == now) & buy["action"].isin(DECISIONS)].sort_values(
        ["total_usd", "line_id"], ascending=[False, True]
    )
    if mine.empty:
        return Section("decide", "Decide now", f"Nothing must be decided in {now}.")
    shown = mine.assign(
        amount=mine["chips"].fillna(mine["mw"]),
        why=_why(mine),
        price=mine["usd_per_chip"].where(
            mine["usd_per_chip"].fillna(0.0) > 0, mine["usd_per_chip_hour"]
        ),
    )
    table = sheet(
        "buy_plan",
        f"To be decided by {_last_day(run)}",
        shown,
        [
            "action",
            "chip",
            "site",
            "offer",
            "amount",
            "price",
            "total_usd",
            "in_service_period",
            "why",
        ],
        heads={
            "amount": "chips (MW)",
            "price": "price USD",
            "total_usd": "total USD",
            "in_service_period": "in service",
            "why": "who pays for it",
        },
    )
    causes = run["causes"]
    details = []
    for row in records(mine.head(40)):
        lines = causes[causes["line_id"] == row.line_id].sort_values("share_pct", ascending=False)
        facts = [
            (
                "paid for by",
                ", ".join(
                    f"{c.cause} {percent(c.share_pct / 100)}" for c in records(lines.head(6))
                ),
            )
        ]
        if np.isfinite(row.worth_usd_per_chip):
            facts.append(
                (
                    "worth",
                    f"{number(row.worth_usd_per_chip)} USD per "
                    f"{'MW' if row.action == 'build_power' else 'chip'} before its own cost (NPV; "
                    "for one more, at the optimum)",
                )
            )
        if np.isfinite(row.break_even_usd_per_chip):
            facts.append(
                (
                    "dearest price",
                    f"{number(row.break_even_usd_per_chip)} USD; above it the plan takes less",
                )
            )
        if row.runner_up:
            facts.append(
                (
                    "runner-up",
                    f"{row.runner_up}, if it were {number(row.runner_up_gap_pct)} % cheaper",
                )
            )
        if row.binding_limits:
            facts.append(("limits it meets", row.binding_limits))
        if row.change_vs_last:
            facts.append(
                ("against the last plan", f"{row.change_vs_last} {row.change_reason}".strip())
            )
        facts.append(
            (
                "what it would cost to forbid it",
                f"planner explain {shlex.quote(str(run.plan['case']))} line "
                f"{shlex.quote(row.line_id)}",
            )
        )
        amount = (
            f"{number(row.mw)} MW"
            if row.action == "build_power"
            else f"{number(row.chips)} {row.chip}"
        )
        details.append(
            Details(
                f"{row.action} {amount} at {row.site}: why",
                tuple((name, printable(value)) for name, value in facts),
            )
        )
    return Section(
        "decide",
        "Decide now",
        f"{plural(len(mine), 'line')} of the plan cannot wait: their order period is {now}.",
        sheets=(table,),
        details=tuple(details),
    )


def _last_day(run: Run) -> str:
    dates = sorted(
        set(run["buy_plan"].loc[run["buy_plan"]["order_period"] == run.periods[0], "decide_by"])
        - {""}
    )
    return dates[-1] if dates else run.periods[0]


def _why(lines: pd.DataFrame) -> list[str]:
    """The first causes of lines with their shares."""
    words = []
    for row in records(lines):
        pairs: list[tuple[Any, Any]] = [
            (row.cause_1, row.cause_1_share_pct),
            (row.cause_2, row.cause_2_share_pct),
            (row.cause_3, row.cause_3_share_pct),
        ]
        words.append(
            ", ".join(
                f"{cause.split(':', 1)[-1]} {number(share, 2)} %" for cause, share in pairs if cause
            )
        )
    return words


def what_changed(run: Run, compared: dict[str, Any] | None) -> Section:
    """Return section 4: against another run where one was given, otherwise against the last plan of
    the case."""
    if compared is not None:
        return _against(run, compared)
    buy = run["buy_plan"]
    if not run.plan.get("compared_with"):
        return Section(
            "changed",
            "What changed since the last plan",
            "The case has no last plan to compare with. To compare two runs: planner diff A B; "
            "with this page: planner report RUN --vs RUN.",
        )
    lines = buy[(buy["change_vs_last"] != "") & (buy["change_vs_last"] != "same")]
    same = int((buy["change_vs_last"] == "same").sum())
    if lines.empty:
        return Section(
            "changed",
            "What changed since the last plan",
            f"Nothing: {plural(same, 'line')} as in the last plan.",
        )
    table = sheet(
        "buy_plan",
        "Decisions that changed",
        lines.assign(amount=lines["chips"].fillna(lines["mw"])),
        [
            "action",
            "chip",
            "site",
            "offer",
            "order_period",
            "amount",
            "change_vs_last",
            "change_reason",
        ],
        heads={"amount": "chips (MW)", "change_vs_last": "change"},
    )
    return Section(
        "changed",
        "What changed since the last plan",
        f"{plural(len(lines), 'line')} changed, {plural(same, 'line')} as before. Why the cost "
        "changed: planner diff A B.",
        sheets=(table,),
    )


def _against(run: Run, compared: dict[str, Any]) -> Section:
    charts: tuple[Chart, ...] = ()
    if compared.get("bridge"):
        steps = [(name, value) for name, value in compared["bridge"] if abs(value) >= 0.005]
        say = money_in(max(abs(compared["before"]), abs(compared["after"])))
        charts = (
            bridge(
                "Change of cost by cause",
                (compared["before_name"], compared["before"]),
                steps,
                (compared["after_name"], compared["after"]),
                say[0],
                f"{say[1]}; {compared['note']}".strip("; "),
            ),
        )
    sheets = tuple(
        plain(name, title, header, rows, right=right)
        for name, title, header, rows, right in compared["sheets"]
    )
    return Section(
        "changed", "What changed", printable(compared["headline"]), charts=charts, sheets=sheets
    )


def money_in(top: float) -> tuple[Any, str]:
    """Return how to write amounts up to ``top`` in one unit, and the unit's name."""
    size, name = (1e6, "MUSD") if top >= 1e6 else (1e3, "kUSD") if top >= 1e4 else (1.0, "USD")
    return (lambda value: f"{value / size:,.2f}"), name
