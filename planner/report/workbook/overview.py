"""The first sheets: the plan in figures, and what is to be decided now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from planner.report.page.run import Run
from planner.report.waiting import decided, waiting_note
from planner.report.whole import bound_by
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.charts import Series, bars, place, stacked
from planner.report.workbook.columns import Field, fields
from planner.report.workbook.formats import FIXED, money_axis
from planner.report.workbook.table import Layout, Placed, put
from planner.runs.read import PROVEN
from planner.runs.what_if import what_if_of

IN_WORDS: Final = (
    "horizon",
    "status",
    "cash to be paid",
    "total cost",
    "without that credit",
    "chips to order now",
    "demand met",
    "milestones",
    "tightest limit",
)


def pairs(book: Book, sheet: Any, row: int, facts: Sequence[tuple[str, str]]) -> int:
    """Write names and values below each other; return the row after them."""
    for at, (name, value) in enumerate(facts):
        put_text(sheet, row + at, 0, name, book.style("label"))
        put_text(sheet, row + at, 1, value, book.style("text"))
    return row + len(facts)


def summary(book: Book, run: Run) -> tuple[Any, int, Placed]:
    """Write what the plan is, its figures, its cost by term and by what it serves.

    Returns:
        The sheet, the row of its charts and the table of terms, for :func:`summary_charts`.
    """
    mark, case = what_if_of(run.plan), run.plan["case"]
    sheet = book.sheet(
        "Summary",
        f"Capacity plan of {case}"
        if mark is None
        else f"What-if, not the plan of {case}: {mark.words}",
        str(run.plan.get("description") or ""),
        gridlines=False,
    )
    words = run.facts
    row = pairs(
        book,
        sheet,
        3,
        [(name[0].upper() + name[1:], words[name]) for name in IN_WORDS if name in words],
    )
    if run.plan["status"] != PROVEN:
        put_text(sheet, 2, 0, "NOT PROVEN: do not act on this plan.", book.style("alarm"))
    top = row + 1
    row = _figures(book, sheet, run, top) + 1
    costs = run.figures.terms.assign(term=run.figures.terms["term"].str.replace("_", " "))
    terms = put(
        book,
        sheet,
        costs,
        [
            Field("term", "Cost by term"),
            Field("nominal_usd", "Nominal USD", "cents", True),
            Field("discounted_usd", "Discounted USD", "cents", True),
            Field("share", "Of what is spent", "share", True),
        ],
        Layout(row, main=False),
    )
    put_text(
        sheet,
        terms.last + 2,
        0,
        "The discounted total is what was minimised. Residual: what is left of the chips at the "
        "end of the plan.",
        book.style("note"),
    )
    split = run.figures.split
    put(
        book,
        sheet,
        split,
        [
            Field("name", "Cost by purpose"),
            Field("chip_hours", "Chip-hours", "usd", True),
            Field("cost_usd", "Discounted USD", "cents", True),
            Field("share", "Of what is spent", "share", True),
        ],
        Layout(terms.last + 4, main=False),
    )
    book.widen(sheet, 0, 30)
    for column, width in ((1, 20), (2, 20), (3, 10)):
        book.widen(sheet, column, width)
    sheet.set_column(4, 4, 3)
    return sheet, top, terms


def _figures(book: Book, sheet: Any, run: Run, row: int) -> int:
    """Write the figures of the plan as numbers; return the row after them."""
    told, totals, now = run.figures, run.plan["totals"], run.figures.now
    figures: list[tuple[str, float | None, str, str, str]] = [
        (
            "Total cost, discounted",
            told.cost_usd,
            FIXED["cents"],
            "USD",
            f"to the start of {now}",
        ),
        (
            "No plan costs less than",
            run.plan["bound_usd"],
            FIXED["cents"],
            "USD",
            f"lower bound, {bound_by(run.plan)}",
        ),
        ("Gap between the two", run.plan["gap"], "0.0E+00", "", "of the cost"),
        (
            "Total cost without residual credit",
            told.uncredited_usd,
            FIXED["cents"],
            "USD",
            "what is left at the end counted as nothing",
        ),
        ("Cash of the whole plan", told.paid_usd, FIXED["cents"], "USD", "nominal"),
        ("of which capex", totals.get("capex_usd"), FIXED["cents"], "USD", "nominal"),
        ("of which opex", totals.get("opex_usd"), FIXED["cents"], "USD", "nominal"),
        (
            f"Commit in {now}",
            told.commit.usd,
            FIXED["cents"],
            "USD",
            "nominal, orders, contracts and rentals",
        ),
        (
            "of which rentals",
            told.commit.rented_usd,
            FIXED["cents"],
            "USD",
            "nominal",
        ),
        (
            "Chips to order over the plan",
            totals.get("new_chips"),
            FIXED["whole"],
            "chips",
            "rentals apart",
        ),
    ]
    for at, (name, value, form, unit, note) in enumerate(figures):
        put_text(sheet, row + at, 0, name, book.style("label"))
        if value is not None:
            sheet.write_number(row + at, 1, value, book.number(form))
        put_text(sheet, row + at, 2, f"{unit} {note}".strip(), book.style("text"))
    return row + len(figures)


def summary_charts(
    book: Book, run: Run, sheet: Any, row: int, terms: Placed, spend: Sequence[Series]
) -> None:
    """Put the charts beside the figures, once the sheets that they refer to are there."""
    if terms.last >= terms.first:
        top = float(run["costs"].groupby("term")["discounted_usd"].sum().abs().max())
        at = Series(
            "Summary",
            (terms.header, 2),
            (terms.first, 2, terms.last, 2),
            (terms.first, 0, terms.last, 0),
        )
        sheet.insert_chart(
            row + 16,
            5,
            bars(book, at, "Cost by term, discounted", *money_axis(top), (640, 380)),
            {"object_position": 3},
        )
    if spend:
        place(
            sheet,
            row,
            5,
            stacked(
                book, spend, "Spend by period, nominal", *money_axis(most_cash(run)), (640, 300)
            ),
            {"object_position": 3},
        )


def most_cash(run: Run) -> float:
    """Return the most that is paid in any period, nominal USD."""
    costs = run["costs"]
    return (
        float(costs[costs["category"] != "none"].groupby("period")["nominal_usd"].sum().max())
        if len(costs)
        else 0.0
    )


def decide_now(book: Book, run: Run) -> None:
    """Write every line of the first period, those first with which waiting costs most."""
    now, resolved = run.periods[0], run.resolved
    mine = decided(run["buy_plan"], now, resolved)
    note = (
        f"Every line whose decide-by date falls in {now}. Stays up to: the price up to which the "
        "plan stays as it is, per chip or chip-hour. Runner-up and limits stand to its right, off "
        "the print."
    )
    if resolved is not None:
        note = f"{note} Waiting: {waiting_note(resolved)}."
        waits = [resolved.wait_of(line) for line in mine["line_id"]]
        mine = mine.assign(
            waits=[
                float("nan") if one is None or one.costs_usd is None else one.costs_usd
                for one in waits
            ],
            wait=[
                "" if one is None else "can wait" if one.can_wait else "cannot wait"
                for one in waits
            ],
        )
    sheet = book.sheet(
        "Decide now",
        f"To be decided in {now}",
        note if len(mine) else f"Nothing is to be decided in {now}.",
    )
    mine = mine.assign(action=mine["action"].str.replace("_", " "))
    names = [
        "action",
        "chip",
        "site",
        "offer",
        "chips",
        "chips_rounded",
        "mw",
        "usd_per_chip",
        "usd_per_chip_hour",
        "total_usd",
        "decide_by",
        "in_service_period",
        "cause_1",
        "cause_1_share_pct",
        "break_even_usd_per_chip",
        "runner_up",
        "binding_limits",
        "cancellable_until",
    ]
    blank = [
        name
        for name in ("mw", "usd_per_chip", "usd_per_chip_hour", "runner_up", "cancellable_until")
        if (mine[name].isna() | (mine[name] == "")).all()
    ]
    columns = fields(
        "buy_plan",
        [name for name in names if name not in blank],
        totals=["total_usd"],
        heads={
            "action": "Do",
            "chips_rounded": "Chips in whole lots",
            "mw": "Power MW",
            "usd_per_chip": "Price USD per chip or MW",
            "total_usd": "Total USD, nominal",
            "in_service_period": "In service",
            "cause_1": "Mostly for",
            "cause_1_share_pct": "Its share %",
            "break_even_usd_per_chip": "Stays up to USD",
        },
    )
    if resolved is not None:
        at = [column.name for column in columns].index("total_usd") + 1
        columns[at:at] = [
            Field("waits", "Waiting one period costs USD", "usd"),
            Field("wait", "Can it wait"),
        ]
    placed = put(book, sheet, mine, columns)
    sheet.freeze_panes(placed.first, 4)
    sheet.print_area(
        0, 0, max(placed.total, placed.header), placed.columns["break_even_usd_per_chip"]
    )
