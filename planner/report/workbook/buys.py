"""The sheets of buying: by period, line by line, and what changed since the last plan."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.plan.actions import HELD
from planner.report.page.run import Run
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.charts import COLOURS, Series, place, stacked
from planner.report.workbook.columns import Field, fields
from planner.report.workbook.formats import FIXED, money_axis
from planner.report.workbook.table import HEADER_ROW, Layout, Placed, cut_note, letters, put

COMPARED: Final = ("changes.csv", "bridge.csv")
"""What a comparison may have left in the run folder."""


def by_period(book: Book, run: Run) -> list[Series]:
    """Write chips ordered, what they commit, and cash, by period; return the series of capex and
    opex for other sheets."""
    name = "Buy by quarter"
    buy, periods = run["buy_plan"], list(run.periods)
    sheet = book.sheet(
        name,
        "What is ordered and paid, by period",
        "Chips in the period of their order. Rented chips: the most in any hour of that period, "
        "so they do not add up over periods. Money is nominal.",
    )
    new = buy[buy["status"] == "new"].assign(period=buy["order_period"])
    chips, rented = new[new["action"].isin(HELD)], new[new["action"] == "rent"]
    ordered, rents = (run.by_period(part, "chip", "chips") for part in (chips, rented))
    ordered = dict(sorted(ordered.items(), key=lambda item: -item[1].sum()))
    zero = np.zeros(len(periods))
    cash = run.by_period(run["costs"], "category", "nominal_usd")
    committed = run.by_period(new.assign(all="all"), "all", "total_usd").get("all", zero)
    frame = pd.DataFrame(
        {
            "period": periods,
            **{f"chips {chip}": values for chip, values in ordered.items()},
            "ordered": np.sum(list(ordered.values()), axis=0) if ordered else zero,
            **{f"rent {chip}": values for chip, values in rents.items()},
            "committed": committed,
            "capex": cash.get("capex", zero),
            "opex": cash.get("opex", zero),
        }
    )
    frame["paid"] = frame["capex"] + frame["opex"]
    frame["to_date"] = frame["paid"].cumsum()
    columns = [
        Field("period", "Period"),
        *(Field(f"chips {chip}", f"{chip} ordered", "count", True) for chip in ordered),
        Field("ordered", "All chips ordered", "count", True),
        *(Field(f"rent {chip}", f"{chip} rented", "count") for chip in rents),
        Field("committed", "Committed by orders of the period USD", "usd", True),
        Field("capex", "Capex paid USD", "usd", True),
        Field("opex", "Opex paid USD", "usd", True),
        Field("paid", "Paid USD", "usd", True),
        Field("to_date", "Paid to date USD", "usd"),
    ]
    placed = put(book, sheet, frame, columns)
    _live(book, sheet, placed, frame, [f"chips {chip}" for chip in ordered])
    series = [_of(name, placed, column) for column in ("capex", "opex")]
    largest = [_of(name, placed, f"chips {chip}") for chip in list(ordered)[: len(COLOURS)]]
    row = placed.last + 3
    place(
        sheet,
        row,
        0,
        stacked(
            book,
            series,
            "Spend by period, nominal",
            *money_axis(float(frame["paid"].max())),
            (760, 340),
        ),
        {"object_position": 3},
    )
    if largest:
        title = "Chips ordered by period" + (
            f" (the {len(COLOURS)} most ordered types)" if len(ordered) > len(COLOURS) else ""
        )
        place(
            sheet,
            row,
            book.column_at(sheet, 780),
            stacked(book, largest, title, "chips", FIXED["whole"], (760, 340)),
            {"object_position": 3},
        )
    return series


def _of(sheet: str, placed: Placed, column: str) -> Series:
    at = placed.columns[column]
    return Series(
        sheet,
        (placed.header, at),
        (placed.first, at, placed.last, at),
        (placed.first, 0, placed.last, 0),
    )


def _live(book: Book, sheet: Any, placed: Placed, frame: pd.DataFrame, chips: list[str]) -> None:
    """Write the sums across a row as formulas too: all chips ordered, paid, and paid to date."""
    at, usd, whole = placed.columns, book.number(FIXED["usd"]), book.number(FIXED["count"])
    capex, opex, paid, to_date = (
        letters(at[name]) for name in ("capex", "opex", "paid", "to_date")
    )
    for t, (total, cash, sum_of_cash) in enumerate(
        zip(
            frame["ordered"].tolist(),
            frame["paid"].tolist(),
            frame["to_date"].tolist(),
            strict=True,
        )
    ):
        row = placed.first + t
        if chips:
            sheet.write_formula(
                row,
                at["ordered"],
                f"=SUM({letters(at[chips[0]])}{row + 1}:{letters(at[chips[-1]])}{row + 1})",
                whole,
                total,
            )
        sheet.write_formula(row, at["paid"], f"={capex}{row + 1}+{opex}{row + 1}", usd, cash)
        sheet.write_formula(
            row,
            at["to_date"],
            f"={f'{to_date}{row}+' if t else ''}{paid}{row + 1}",
            usd,
            sum_of_cash,
        )


def buy_plan(book: Book, run: Run) -> None:
    """Write every line and every column of the buy plan; what matters most comes first and is what
    is printed."""
    buy = run["buy_plan"]
    first = [
        "line_id",
        "status",
        "action",
        "vendor",
        "chip",
        "site",
        "order_period",
        "in_service_period",
        "chips",
        "chips_rounded",
        "mw",
        "usd_per_chip",
        "usd_per_chip_hour",
        "total_usd",
        "npv_usd",
        "mw_it",
        "cause_1",
        "cause_1_share_pct",
        "change_vs_last",
    ]
    note = cut_note(
        "All lines, also of what exists and what is on order. Totals follow the filter. Printed "
        "up to the column of changes; the columns to its right are on the screen and in "
        "buy_plan.csv.",
        len(buy),
        "buy_plan.csv",
    )
    sheet = book.sheet("Buy plan", "The buy plan, line by line", note, rows=len(buy))
    names = [*first, *(name for name in buy.columns if name not in first)]
    heads = {
        "usd_per_chip": "Price USD per chip or MW",
        "mw": "Power built MW",
        "order_period": "Ordered in",
        "in_service_period": "In service",
        "leaves_period": "Leaves",
        "change_vs_last": "Change since last plan",
    }
    placed = put(
        book,
        sheet,
        buy,
        fields("buy_plan", names, totals=["total_usd", "npv_usd"], heads=heads),
        Layout(totals="above", label="Total of the lines shown"),
    )
    sheet.print_area(0, 0, max(placed.last, placed.header), len(first) - 1)


def changes(book: Book, run: Run) -> None:
    """Write what changed since the last plan of the case, and what a comparison left in the run
    folder."""
    buy = run["buy_plan"]
    lines = buy[~buy["change_vs_last"].isin(("", "same"))]
    same = int((buy["change_vs_last"] == "same").sum())
    compared = bool(run.plan.get("compared_with")) or len(lines) > 0 or same > 0
    files = [name for name in COMPARED if (run.folder / name).is_file()]
    note = (
        f"Against the last plan of the case (inputs/last_plan): {len(lines):,} lines changed, "
        f"{same:,} are the same."
        if compared
        else ""
    )
    sheet = book.sheet(
        "Changes",
        "What changed since the last plan",
        note
        or (
            ""
            if files
            else "There is no earlier plan to compare with. Two runs are compared by: planner "
            "diff A B"
        ),
    )
    row = HEADER_ROW
    if compared:
        names = [
            "change_vs_last",
            "change_reason",
            "action",
            "chip",
            "site",
            "offer",
            "order_period",
            "chips",
            "mw",
            "total_usd",
            "line_id",
        ]
        placed = put(
            book,
            sheet,
            lines,
            fields(
                "buy_plan",
                names,
                heads={
                    "change_vs_last": "Change",
                    "change_reason": "Why",
                    "order_period": "Ordered in",
                },
                kinds={"change_reason": "wrap"},
            ),
        )
        row = max(placed.last, placed.header) + 3
    for at, name in enumerate(files):
        frame = read_any(run.folder / name)
        put_text(sheet, row, 0, name, book.style("section"))
        columns = [
            Field(
                column,
                column.replace("_", " ") or "-",
                "price" if frame[column].dtype.kind == "f" else "text",
            )
            for column in frame.columns
        ]
        placed = put(book, sheet, frame, columns, Layout(row + 1, main=not compared and at == 0))
        row = max(placed.last, placed.header) + 3


def read_any(path: Path) -> pd.DataFrame:
    """Return a CSV whose columns are not declared: those that hold nothing but numbers as numbers,
    all others as text."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        records = [record for record in csv.reader(stream) if record]
    width = len(records[0]) if records else 0
    cells = pd.DataFrame(
        [[*record, *[""] * width][:width] for record in records[1:]],
        columns=range(width),
        dtype=object,
    )
    found: dict[str, Any] = {}
    for at in range(width):
        filled = cells[at].where(cells[at] != "")
        numbers = pd.to_numeric(filled, errors="coerce").astype(np.float64)
        found[records[0][at]] = (
            numbers
            if filled.notna().any() and (numbers.notna() == filled.notna()).all()
            else cells[at]
        )
    return pd.DataFrame(found)
