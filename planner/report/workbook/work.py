"""The sheets of what the chips do and cost: allocation, power, costs, costs of a unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.report.page.run import Run
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.charts import COLOURS, Series, against_limit, place, stacked
from planner.report.workbook.columns import Field, fields
from planner.report.workbook.formats import FIXED, money_axis
from planner.report.workbook.table import Layout, cut_note, letters, put

MOST_CHARTS: Final = 24
CHART_ROWS: Final = 15
"""Rows that a chart of power stands beside."""


def allocation(book: Book, run: Run) -> None:
    """Write who works on what, where and when."""
    work = run["allocation"]
    note = cut_note(
        "Chips at work on average over the hours of the slice. Totals follow the filter.",
        len(work),
        "allocation.csv",
    )
    sheet = book.sheet(
        "Allocation", "Allocation by period, slice, site and chip", note, rows=len(work)
    )
    put(
        book,
        sheet,
        work,
        fields(
            "allocation",
            list(work.columns),
            totals=["chip_hours", "mwh", "cost_usd"],
            kinds={"chip_hours": "whole", "mtok": "number", "cost_usd": "usd"},
        ),
        Layout(totals="above", label="Total shown"),
    )


def power(book: Book, run: Run) -> None:
    """Write power used against what there is, each site with its chart beside its rows."""
    table = run["power"]
    table = table.assign(_at=run.at(table["period"])).sort_values(
        ["site", "_at"], kind="stable", ignore_index=True
    )
    note = cut_note(
        "On the site's own basis (IT or utility). Available: the limit and what was built, "
        "less what headroom keeps free. A "
        "blank is a site without a limit. More columns are in power.csv.",
        len(table),
        "power.csv",
    )
    sheet = book.sheet("Power", "Power by site and period", note, rows=len(table))
    available = (
        table["limit_mw"] + table["built_mw"].fillna(0.0) - table["kept_free_mw"].fillna(0.0)
    )
    table = table.assign(
        available_mw=available, used_share=(table["used_mw"] / available).where(available > 0)
    )
    own = (
        Field("available_mw", "Available MW", "number"),
        Field("used_share", "Used share", "share"),
    )
    left = fields("power", ["site", "period", "basis", "limit_mw", "built_mw", "kept_free_mw"])
    middle = fields("power", ["used_mw", "free_mw"])
    right = fields(
        "power",
        [
            "liquid_limit_mw",
            "liquid_used_mw",
            "worth_usd_per_mw",
            "worth_from_mw",
            "worth_to_mw",
            "energy_mwh",
            "tonnes_co2",
        ],
        heads={
            "worth_usd_per_mw": "Worth of more USD per MW, money of the period",
            "worth_from_mw": "It holds from MW",
            "worth_to_mw": "to MW",
            "tonnes_co2": "CO2 tonnes",
        },
        kinds={"worth_usd_per_mw": "usd", "energy_mwh": "whole", "tonnes_co2": "whole"},
    )
    right = [one for one in right if table[one.name].notna().any()]
    columns = [*left, own[0], *middle, own[1], *right]
    placed = put(book, sheet, table, columns)
    sheet.freeze_panes(placed.first, 2)
    if sheet.constant_memory:
        return
    at, shown = placed.columns, placed.last - placed.first + 1
    for row, (share, has) in enumerate(
        zip(table["used_share"].tolist(), (available > 0).tolist(), strict=True), start=placed.first
    ):
        if has:
            sheet.write_formula(
                row,
                at["used_share"],
                f"={letters(at['used_mw'])}{row + 1}/{letters(at['available_mw'])}{row + 1}",
                book.number(FIXED["share"]),
                share,
            )
    begins = np.flatnonzero((table["site"] != table["site"].shift()).to_numpy())
    ends = [*(begins[1:] - 1), shown - 1] if shown else []
    limited = [
        (int(top), int(end))
        for top, end in zip(begins, ends, strict=True)
        if (available[top : end + 1] > 0).any()
    ]
    free = placed.header
    for top, end in limited[:MOST_CHARTS]:
        rows = placed.first + top, placed.first + end

        def series(column: str, rows: tuple[int, int] = rows) -> Series:
            return Series(
                "Power",
                (placed.header, at[column]),
                (rows[0], at[column], rows[1], at[column]),
                (rows[0], at["period"], rows[1], at["period"]),
            )

        free = max(free, rows[0])
        sheet.insert_chart(
            free,
            len(columns),
            against_limit(
                book, series("used_mw"), series("available_mw"), (rows[0], at["site"]), "MW"
            ),
            {"object_position": 3, "x_offset": 20, "y_offset": 4},
        )
        free += CHART_ROWS
    if len(limited) > MOST_CHARTS:
        put_text(
            sheet,
            2,
            0,
            f"Charts of the first {MOST_CHARTS} of {len(limited)} sites.",
            book.style("note"),
        )


def costs(book: Book, run: Run, spend: Sequence[Series]) -> None:
    """Write cost by period and term, nominal, with the discounted sums below."""
    table, name = run["costs"], "Costs"
    after = sorted(set(table["period"]) - set(run.periods))
    sheet = book.sheet(
        name,
        "Cost by period and term, nominal USD",
        f"{f'{after[0]}: what falls at the end of the plan. ' if after else ''}The discounted "
        "total is what was minimised. By site and chip: costs.csv.",
    )
    sums = table.groupby("term")["discounted_usd"].sum().sort_values(ascending=False, kind="stable")
    terms, labels = list(sums.index), [*run.periods, *after]
    wide = table.pivot_table(
        index="period", columns="term", values="nominal_usd", aggfunc="sum", fill_value=0.0
    ).reindex(index=labels, columns=terms, fill_value=0.0)
    frame = pd.DataFrame(
        {
            "period": labels,
            **{f"term {term}": wide[term].to_numpy(dtype=np.float64) for term in terms},
        }
    )
    frame["all"] = wide.sum(axis=1).to_numpy(dtype=np.float64) if terms else 0.0
    words = {term: term.replace("_", " ").capitalize() for term in terms}
    columns = [
        Field("period", "Period"),
        *(Field(f"term {term}", words[term], "usd", True) for term in terms),
        Field("all", "Total", "usd", True),
    ]
    placed = put(book, sheet, frame, columns, Layout(label="Nominal"))
    if placed.total < 0:
        return
    usd, total = book.number(FIXED["usd"]), book.number(FIXED["usd"], total=True)
    last = letters(len(terms))
    for row, value in enumerate(frame["all"].tolist(), start=placed.first):
        sheet.write_formula(row, len(terms) + 1, f"=SUM(B{row + 1}:{last}{row + 1})", usd, value)
    below = placed.total + 1
    book.widen(sheet, 0, 14)
    sheet.write_string(below, 0, "Discounted", book.style("total"))
    for at, value in enumerate(sums.tolist(), start=1):
        sheet.write_number(below, at, value, total)
    sheet.write_formula(
        below, len(terms) + 1, f"=SUM(B{below + 1}:{last}{below + 1})", total, float(sums.sum())
    )
    end = placed.first + len(run.periods) - 1
    axis = money_axis(float(frame["all"].head(len(run.periods)).abs().max()))
    sizes = wide.loc[list(run.periods)].abs().sum()
    largest = [
        term
        for term in terms
        if term in set(sizes.nlargest(len(COLOURS)).index) and sizes[term] > 0
    ]
    series = [
        Series(
            name,
            (placed.header, placed.columns[f"term {term}"]),
            (placed.first, at, end, at),
            (placed.first, 0, end, 0),
        )
        for term in largest
        for at in [placed.columns[f"term {term}"]]
    ]
    left_out = (
        f" (the {len(COLOURS)} largest terms)" if int((sizes > 0).sum()) > len(COLOURS) else ""
    )
    place(
        sheet,
        below + 2,
        0,
        stacked(book, series, f"Cost by term, nominal{left_out}", *axis, (760, 360)),
        {"object_position": 3},
    )
    place(
        sheet,
        below + 2,
        book.column_at(sheet, 780),
        stacked(book, spend, "Spend by period, nominal", *axis, (760, 360)),
        {"object_position": 3},
    )


def unit_costs(book: Book, run: Run) -> None:
    """Write what a unit of work costs, and how cost and time split between training, research and
    inference."""
    table = run["unit_costs"]
    sheet = book.sheet(
        "Unit costs",
        "What a unit of work costs",
        "Marginal: one more unit at the optimum. Fully loaded: all cost shared by the chips' "
        "time, discounted cost over discounted volume.",
    )
    work, split = table[table["kind"] != "split"], table[table["kind"] == "split"]
    kinds = {"volume": "whole", "cost_usd": "usd", "chip_hours": "whole"}
    heads = {
        "marginal_usd": "Marginal USD per unit",
        "loaded_usd": "Fully loaded USD per unit",
        "cost_usd": "Discounted cost USD",
        "cost_share_pct": "Share of cost %",
        "chip_hours_share_pct": "Share of chip-hours %",
        "chip_hours": "Chip-hours",
    }
    placed = put(
        book,
        sheet,
        work,
        fields(
            "unit_costs",
            list(table.columns),
            totals=["cost_usd", "chip_hours"],
            heads=heads,
            kinds=kinds,
        ),
    )
    row = max(placed.total, placed.header) + 3
    put_text(
        sheet, row - 1, 0, "Split of the cost; sums to what was minimised", book.style("section")
    )
    names = ["kind", "name", "cost_usd", "cost_share_pct", "chip_hours", "chip_hours_share_pct"]
    put(
        book,
        sheet,
        split.assign(kind="all work", cost_share_pct=100.0 * run.figures.split["share"].to_numpy()),
        fields("unit_costs", names, totals=["cost_usd", "chip_hours"], heads=heads, kinds=kinds),
        Layout(row, main=False),
    )
