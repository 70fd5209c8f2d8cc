"""The first chapter, which is printed on one sheet: the figures, what to sign now, what it costs by
year, what is at risk, what changed and what would change it."""

from __future__ import annotations

from typing import Final

from planner.report.dates import day
from planner.report.facts import saves, units
from planner.report.page.run import Card, Chapter, Panel, Run
from planner.report.page.says import decide_says
from planner.report.section import records
from planner.report.topics import SEVERITIES
from planner.report.waiting import amount_words, decided, wait_words
from planner.words import count, money, money_unit, number, percent, plural, printable

MOST: Final = 8
"""Lines of the first period on the sheet; the chapter on them has all."""
MOST_RISKS: Final = 5


def summary(run: Run) -> Chapter:
    """Return the first chapter."""
    told, facts = run.figures, run.facts
    worst, tight = told.worst, facts["tightest limit"]
    late = f"; {plural(told.late, 'milestone')} late" if told.late else ""
    cards = (
        Card(
            "Cash to be paid",
            *_split(money(told.paid_usd)),
            "nominal, over the whole plan",
            figure="cash_usd",
            exact=told.paid_usd,
        ),
        Card(
            "Total cost",
            *_split(money(told.cost_usd)),
            _after(facts["total cost"]),
            figure="objective_usd",
            exact=told.cost_usd,
        ),
        Card(
            f"Commit in {told.now}",
            *_split(money(told.commit.usd)),
            _after(facts[f"commit in {told.now}"]),
            figure="commit_now_usd",
            exact=told.commit.usd,
        ),
        Card(
            "Chips to order now",
            count(sum(told.chips_now.values())),
            "",
            facts["chips to order now"],
            figure="chips_to_order_now",
            exact=sum(told.chips_now.values()),
        ),
        Card(
            "Demand met, at least",
            percent(worst.share),
            "",
            f"{facts.get('demand met', '')}{late}",
            worst.share < 0.999 or told.late > 0,
            figure="worst_served",
            exact=worst.share,
        ),
        Card("Tightest limit", "", tight.split(":")[0], tight.partition(": ")[2]),
    )
    panels = (_sign(run), _years(run), _risks(run), *_changed(run), *_would_change(run))
    able = sum(one.can_wait for one in run.resolved.waiting) if run.resolved is not None else 0
    return Chapter(
        "figures",
        "Summary",
        says=decide_says(told.commit.lines, told.commit.usd, able, last_day(run)),
        cards=cards,
        panels=panels,
    )


def last_day(run: Run) -> str:
    """Return the day by which the last line of the first period is to be decided."""
    buy = run["buy_plan"]
    dates = sorted(set(buy.loc[buy["order_period"] == run.periods[0], "decide_by"]) - {""})
    return day(str(dates[-1])) if dates else run.periods[0]


def _split(words: str) -> tuple[str, str]:
    """A number and its unit."""
    value, _, unit = words.partition(" ")
    return value, unit


def _after(words: str) -> str:
    """What stands behind an amount and its unit."""
    return words.split(" USD", 1)[-1].lstrip(", ")


def _sign(run: Run) -> Panel:
    """What to sign now, the dearest to wait with first."""
    now, resolved = run.figures.now, run.resolved
    lines = decided(run["buy_plan"], now, resolved)
    unit = money_unit(*lines["total_usd"].dropna())
    waits = [
        wait_words(resolved.wait_of(line)) if resolved is not None else ""
        for line in lines["line_id"]
    ]
    rows = tuple(
        (
            f"{printable(line.action.replace('_', ' '))} {amount_words(line)} "
            f"{printable(line.chip) or printable(line.offer)} at {printable(line.site)}",
            money(line.total_usd, unit),
            *((wait,) if resolved is not None else ()),
        )
        for line, wait in zip(records(lines.head(MOST)), waits, strict=False)
    )
    return Panel(
        "What to sign now",
        ("line", unit[1], *(("waiting a period costs",) if resolved is not None else ())),
        rows,
        frozenset({1, 2}),
        lines=() if rows else (f"Nothing is to be decided in {now}.",),
        note=f"{plural(len(lines) - MOST, 'more line')} below" if len(lines) > MOST else "",
    )


def _years(run: Run) -> Panel:
    """What is paid by year."""
    cash = run.figures.cash
    unit = money_unit(*cash["paid"], run.figures.paid_usd)
    rows = tuple(
        (
            str(row.year),
            money(row.capex, unit),
            money(row.opex, unit),
            money(row.paid, unit),
            money(row.to_date, unit),
        )
        for row in records(cash)
    )
    return Panel(
        "What it costs by year",
        (f"{unit[1]}, nominal", "capex", "opex", "paid", "to date"),
        rows,
        frozenset({1, 2, 3, 4}),
    )


def _risks(run: Run) -> Panel:
    """What is short, late or leans on something, the most severe first."""
    table, told = run["exceptions"], run.figures
    table = table[(table["kind"] != "decide_now") & table["severity"].isin(("high", "medium"))]
    rank = table["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    table = table.assign(_rank=rank).sort_values("_rank", kind="stable")
    lines = [
        f"{printable(row.message)}{f' ({printable(row.period)})' if row.period else ''}"
        for row in records(table.head(MOST_RISKS))
    ]
    more = len(table) - MOST_RISKS
    if told.credit_usd:
        lean = run.facts.get("without that credit", "")
        lines.append(
            f"{money(told.credit_usd)} of the cost is credited for what is left at the end"
            + (f"; without that, {lean}" if lean else "")
        )
    return Panel(
        "What is at risk",
        lines=tuple(lines) or ("Nothing is short, late or over a limit.",),
        note=f"{plural(more, 'more thing')} below" if more > 0 else "",
    )


def _changed(run: Run) -> list[Panel]:
    """What changed since the last plan; nothing where there is none."""
    buy = run["buy_plan"]
    if not run.plan.get("compared_with"):
        return []
    lines = buy[(buy["change_vs_last"] != "") & (buy["change_vs_last"] != "same")]
    same = int((buy["change_vs_last"] == "same").sum())
    told = [
        f"{printable(row.action.replace('_', ' '))} {printable(row.line_id)}: "
        f"{printable(row.change_vs_last)} {printable(row.change_reason)}".strip()
        for row in records(lines.head(3))
    ]
    first = f"{plural(len(lines), 'line')} changed, {same:,} as before"
    return [Panel("What changed since the last plan", lines=(first, *told))]


def _would_change(run: Run) -> list[Panel]:
    """What would change the plan: the nearest offers and the steps of the tightest limits."""
    resolved = run.resolved
    if resolved is None:
        return []
    lines = [
        f"{printable(one.offer)} at {printable(one.site)} is bought in {one.order_period} if it "
        f"gets {number(100.0 * one.cut, 2)} % cheaper"
        for one in resolved.break_evens[:2]
        if one.break_even > 0
    ]
    lines += [
        f"{units(step.tenth, step.unit)} more of {step.kind} {printable(step.item)} in "
        f"{step.period} {saves(step.tenth_saves_usd)}"
        for step in resolved.steps[:2]
        if step.tenth
    ]
    able = [one for one in resolved.waiting if one.can_wait]
    if able and resolved.together_usd is not None:
        lines.append(
            f"waiting a period with what can wait ({plural(len(able), 'line')}) costs "
            f"{money(resolved.together_usd)}"
        )
    note = "solved again with racks and choices divisible" if resolved.divisible else "solved again"
    return [Panel("What would change it", lines=tuple(lines), note=note)] if lines else []
