"""The chapters on the books: what the plan costs by them, by fiscal year, and who pays; and what a
million tokens costs and earns."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.report.economics import economics_section, models_section, per_mtok_section
from planner.report.finance import (
    BOOKED,
    BRIDGE,
    GROUPS,
    asset_names,
    assets_section,
    books_by_year,
    bridge_section,
    carried_at_nothing,
    chips_section,
    owners_section,
    pnl_section,
    work_section,
    work_shares,
)
from planner.report.matrix import matrix
from planner.report.page.bars import bridge
from planner.report.page.chart import Chart
from planner.report.page.run import Chapter, Run
from planner.report.page.sheet import Sheet, plain
from planner.report.page.stacks import largest, stacked
from planner.report.section import Section
from planner.report.years import Years
from planner.words import money, money_unit, printable

NEEDED: Final = ("books", "pnl", "showback", "economics", "fleet")
DRAWN: Final = ("running costs", "depreciation", "amortisation of prepaid contracts")
"""Lines of the cost by the books that are drawn under their own names."""


def has_books(run: Run) -> bool:
    """Return whether a run has books; one of an earlier planner has none."""
    return all(name in run.tables for name in NEEDED) and not run["pnl"].empty


def books(run: Run) -> tuple[Chapter, ...]:
    """Return the chapters on the books and on economics; none of a run that has no books."""
    if not has_books(run):
        return ()
    years = run.yearly.years
    table = books_by_year(run.yearly)
    return (_books(run, years, table), *_economics(run, years))


def told(table: pd.DataFrame) -> str:
    """Return in a sentence what the books say of the plan; ``table``: ``books_by_year``."""
    cost, cash = float(table["cost_usd"].sum()), float(table["cash_usd"].sum())
    left, credit = float(table["assets_usd"].iloc[-1]), -float(table["residual_usd"].sum())
    words = (
        f"By the books the plan costs {money(cost)}, in cash {money(cash)}; {money(left)} are "
        "still on the books when it ends"
    )
    if credit > 0:
        words += f", for which the objective is credited {money(credit)} in today's money"
    return f"{words}."


def _sheets(name: str, *sections: Section | None) -> tuple[Sheet, ...]:
    """Return sections as sheets; those that there are."""
    return tuple(plain(name, section) for section in sections if section is not None)


def _books(run: Run, years: Years, table: pd.DataFrame) -> Chapter:
    """Return the chapter on cost by the books, book values and the bridge."""
    inside = table.drop(index="end")
    lines = {
        words: np.maximum(inside[name].to_numpy(dtype=np.float64), 0.0)
        for words, name, _ in BOOKED
        if words in DRAWN
    }
    rest = inside["write_off_usd"] + inside["fees_usd"] - inside["sale_usd"]
    lines["written off, less sales"] = np.maximum(rest.to_numpy(dtype=np.float64), 0.0)
    assets = run.yearly["books"]
    names, values = matrix(assets, asset_names(assets), "closing_usd", years)
    shown = largest(dict(zip(names, np.maximum(values, 0.0), strict=True)))
    charts = (
        stacked("Cost by the books", years.names, lines, "USD", note=years.short),
        _bridge(table),
        stacked("Book value at the end of the year", years.names, shown, "USD"),
    )
    says, _, more = told(table).partition("; ")
    nothing = carried_at_nothing(run.tables)
    unsaid = (
        f" Of {', '.join(map(printable, nothing))} in the fleet neither a book value nor a price "
        "is stated: it is carried at nothing."
        if nothing
        else ""
    )
    return Chapter(
        "books",
        "The books",
        f"{more[:1].upper()}{more[1:]}{unsaid}",
        says=says,
        charts=charts,
        sheets=_sheets(
            "pnl",
            pnl_section(table, years),
            bridge_section(table),
            assets_section(run.yearly, "depreciation_usd", "Depreciation and amortisation"),
            assets_section(run.yearly, "closing_usd", "Book value at the end of the year"),
            chips_section(run.yearly),
            owners_section(run.yearly),
        ),
    )


def _bridge(table: pd.DataFrame) -> Chart:
    """Return the bridge from cost by the books over the whole plan to the objective."""
    lost = table["depreciation_usd"] + table["amortisation_usd"]
    sums = table.assign(depreciation_usd=lost).sum()
    steps = [
        (words.removeprefix("less "), sign * float(sums[name]))
        for words, name, sign in BRIDGE
        if words not in ("cost by the books", "cash paid", "part of the objective")
    ]
    sold = "sales of chips"  # in and out again: cash, then net of what sales bring
    steps = [(words, usd) for words, usd in steps if usd != 0.0 and words != sold]
    first, last = float(sums["cost_usd"]), float(sums["objective_usd"])
    unit = money_unit(first, last, *(usd for _, usd in steps))
    return bridge(
        "From the books to the objective",
        ("cost by the books", first),
        steps,
        ("objective", last),
        lambda usd: money(usd, unit),
        note=f"The whole plan, {unit[1]}.",
    )


def _economics(run: Run, years: Years) -> tuple[Chapter, ...]:
    """Return the chapter on what the chips work on and what tokens cost; none where nothing
    works."""
    shares = work_shares(run.yearly, "peak_mwh")
    if not shares.any():
        return ()
    first, last = 100.0 * shares[0, 0], 100.0 * shares[0, -1]
    intro = (
        f"Inference takes {first:.0f} % of the power of chips at work in {years.names[0]} and "
        f"{last:.0f} % in {years.names[-1]}"
        if len(years.names) > 1
        else f"Inference takes {first:.0f} % of the power of chips at work"
    )
    drawn = {name: 100.0 * row for name, row in zip(GROUPS, shares, strict=True) if row.any()}
    return (
        Chapter(
            "economics",
            "Economics",
            says=intro,
            charts=(stacked("What the chips work on", years.names, drawn, "% of power"),),
            sheets=_sheets(
                "economics",
                economics_section(run.tables),
                per_mtok_section(run.yearly),
                models_section(run.tables),
                work_section(run.yearly),
            ),
        ),
    )
