"""The sheets of the workbook, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from planner import __version__
from planner.report.folder import file_hash
from planner.report.page.run import Run, input_rows
from planner.report.words import printable
from planner.report.workbook.grid import Book, cell_range, put

DECISIONS: Final = ("buy", "lease", "reserve", "rent", "build_power", "relocate", "retire", "cancel")
COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6BB1", "#B8A81F", "#9AA3AF")
MOST_CHARTS: Final = 8


def pairs(book: Book, sheet: Any, row: int, facts: Sequence[tuple[str, str]]) -> int:
    """Write names and values below each other; return the row after them."""
    for at, (name, value) in enumerate(facts):
        sheet.write_string(row + at, 0, name, book.formats["bold"])
        sheet.write_string(row + at, 1, value[:32_000], book.formats["wrap"])
    return row + len(facts)


def summary(book: Book, run: Run) -> None:
    """What it is, what it costs by term, and where the money goes."""
    sheet = book.sheet("Summary", f"Capacity plan: {printable(run.plan['case'])}", printable(run.plan.get("description") or ""))
    row = pairs(book, sheet, 3, list(run.facts.items())) + 1
    costs = run["costs"].groupby("term", as_index=False)[["nominal_usd", "discounted_usd"]].sum().sort_values("discounted_usd", ascending=False, kind="stable")
    first, last = put(book, sheet, costs, ["term", "nominal_usd", "discounted_usd"], table="costs", row=row, totals=["nominal_usd", "discounted_usd"], main=False, heads={"nominal_usd": "nominal USD", "discounted_usd": "discounted USD"}, styles={"nominal_usd": "cents", "discounted_usd": "cents"})
    sheet.write_string(last + 2, 0, "The discounted total is the objective that was minimised.", book.formats["note"])
    split = run["unit_costs"]
    split = split[split["kind"] == "split"]
    put(book, sheet, split, ["name", "cost_usd", "chip_hours"], table="unit_costs", row=last + 4, totals=["cost_usd"], main=False, heads={"name": "for", "cost_usd": "discounted USD", "chip_hours": "chip-hours"}, styles={"cost_usd": "cents", "chip_hours": "usd"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 62)
    sheet.set_column(2, 2, 20)
    if last >= first:
        chart = book.file.add_chart({"type": "bar"})
        chart.add_series({"name": "discounted USD", "categories": cell_range("Summary", first, 0, last, 0), "values": cell_range("Summary", first, 2, last, 2), "fill": {"color": COLOURS[0]}})
        chart.set_title({"name": "Cost by term, discounted USD", "name_font": {"size": 11}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "label_position": "low"})
        chart.set_x_axis({"num_format": '#,##0,,"M"', "major_gridlines": {"visible": True, "line": {"color": "#D9DEE6"}}})
        chart.set_size({"width": 620, "height": 360})
        sheet.insert_chart(row, 4, chart)


def decide_now(book: Book, run: Run) -> None:
    """Every line that is ordered in the first period."""
    buy = run["buy_plan"]
    mine = buy[(buy["order_period"] == run.periods[0]) & buy["action"].isin(DECISIONS)].sort_values(["total_usd", "line_id"], ascending=[False, True])
    sheet = book.sheet("Decide now", f"To be decided in {run.periods[0]}", "" if len(mine) else "Nothing must be decided now.")
    put(
        book, sheet, mine, ["action", "chip", "site", "offer", "chips", "chips_rounded", "mw", "usd_per_chip", "usd_per_chip_hour", "total_usd", "decide_by", "in_service_period", "cause_1", "cause_1_share_pct", "break_even_usd_per_chip", "runner_up", "binding_limits"],
        table="buy_plan", totals=["total_usd"], heads={"chips_rounded": "in whole lots", "cause_1": "first cause", "cause_1_share_pct": "its share %", "break_even_usd_per_chip": "dearest price USD"})


def by_period(book: Book, run: Run) -> None:
    """Chips ordered by type and period, with totals both ways."""
    buy = run["buy_plan"]
    new = buy[(buy["status"] == "new") & buy["action"].isin(["buy", "lease", "reserve", "rent"])]
    sheet = book.sheet("Buy by quarter", "Chips ordered by order period", "Rentals: the most in any slice.")
    amounts = run.by_period(new.assign(period=new["order_period"], what=new["chip"] + ", " + new["action"]), "what", "chips")
    frame = pd.DataFrame({"chip, action": list(amounts), **{label: [float(values[t]) for values in amounts.values()] for t, label in enumerate(run.periods)}})
    frame["all"] = frame[list(run.periods)].sum(axis=1) if len(frame) else pd.Series(dtype=np.float64)
    names = dict.fromkeys((*run.periods, "all"), "chips")
    first, last = put(book, sheet, frame, ["chip, action", *run.periods, "all"], totals=[*run.periods, "all"], styles=names)
    if last >= first:
        chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
        for at, row in enumerate(range(first, min(last, first + len(COLOURS) - 1) + 1)):
            chart.add_series({"name": ["Buy by quarter", row, 0], "categories": cell_range("Buy by quarter", first - 1, 1, first - 1, len(run.periods)), "values": cell_range("Buy by quarter", row, 1, row, len(run.periods)), "fill": {"color": COLOURS[at]}, "gap": 40})
        chart.set_title({"name": "Chips ordered", "name_font": {"size": 11}})
        _axes(chart, "#,##0")
        sheet.insert_chart(last + 4, 0, chart)


def _axes(chart: Any, number_format: str) -> None:
    chart.set_y_axis({"num_format": number_format, "major_gridlines": {"visible": True, "line": {"color": "#D9DEE6"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 820, "height": 340})


def buy_plan(book: Book, run: Run) -> None:
    """Every line, those that exist included."""
    buy = run["buy_plan"]
    sheet = book.sheet("Buy plan", "The buy plan", "One line per offer, site and order period; what exists or is in flight is listed as well. Every column is in buy_plan.csv.")
    put(
        book, sheet, buy, ["line_id", "status", "action", "vendor", "chip", "site", "offer", "order_period", "decide_by", "in_service_period", "leaves_period", "chips", "chips_rounded", "lots", "mw", "usd_per_chip", "usd_per_chip_hour", "total_usd", "npv_usd", "mw_it", "cause_1", "cause_1_share_pct", "worth_usd_per_chip", "break_even_usd_per_chip", "change_vs_last"],
        table="buy_plan", totals=["total_usd", "npv_usd"])


def allocation(book: Book, run: Run) -> None:
    """Who works on what."""
    sheet = book.sheet("Allocation", "Allocation by period, slice, site and chip")
    work = run["allocation"]
    put(book, sheet, work, list(work.columns), table="allocation", totals=["chip_hours", "cost_usd"], styles={"chip_hours": "usd", "mtok": "usd", "mwh": "usd"})


def power(book: Book, run: Run) -> None:
    """Power used against its limit, with a chart for each of the largest sites."""
    table = run["power"]
    sheet = book.sheet("Power", "Power by site and period, on the site's basis")
    table = table.assign(_at=run.at(table["period"])).sort_values(["site", "_at"], kind="stable", ignore_index=True).drop(columns="_at")
    names = list(table.columns)
    first, _ = put(book, sheet, table, names, table="power")
    used, limit, period = names.index("used_mw"), names.index("limit_mw"), names.index("period")
    has = table[table["limit_mw"].notna()]
    sites = has.groupby("site")["used_mw"].max().sort_values(ascending=False, kind="stable").index[:MOST_CHARTS]
    for at, site in enumerate(sites):
        rows = np.flatnonzero((table["site"] == site).to_numpy())
        top, end = first + int(rows[0]), first + int(rows[-1])
        chart = book.file.add_chart({"type": "column"})
        line = book.file.add_chart({"type": "line"})
        categories = cell_range("Power", top, period, end, period)
        chart.add_series({"name": "used MW", "categories": categories, "values": cell_range("Power", top, used, end, used), "fill": {"color": COLOURS[0]}, "gap": 40})
        line.add_series({"name": "limit MW (without what is built)", "categories": categories, "values": cell_range("Power", top, limit, end, limit), "line": {"color": "#C14400", "width": 2}})
        chart.combine(line)
        chart.set_title({"name": printable(site)[:60], "name_font": {"size": 11}})
        _axes(chart, "#,##0")
        chart.set_size({"width": 480, "height": 260})
        sheet.insert_chart(3 + 14 * (at // 2), len(names) + 1 + 8 * (at % 2), chart)


def costs(book: Book, run: Run) -> None:
    """Cost by term and period, nominal, and cash by category."""
    sheet = book.sheet("Costs", "Cost by term and period, nominal USD", "Periods after the plan's last one hold what falls at its end. Discounted totals are on the first sheet.")
    table = run["costs"]
    labels = [*run.periods, *sorted(set(table["period"]) - set(run.periods))]

    def matrix(frame: pd.DataFrame, group: str) -> pd.DataFrame:
        wide = frame.pivot_table(index=group, columns="period", values="nominal_usd", aggfunc="sum", fill_value=0.0).reindex(columns=labels, fill_value=0.0).reset_index()
        return wide.assign(all=wide[labels].sum(axis=1)).astype(dict.fromkeys(labels, np.float64))

    style = dict.fromkeys((*labels, "all"), "usd")
    terms = matrix(table, "term")
    first, last = put(book, sheet, terms, ["term", *labels, "all"], totals=[*labels, "all"], styles=style)
    cash = matrix(table[table["category"] != "none"], "category")
    begin, end = put(book, sheet, cash, ["category", *labels, "all"], row=last + 4, totals=[*labels, "all"], styles=style, main=False)
    sheet.write_string(last + 3, 0, "Cash by category", book.formats["bold"])
    for at, (title, top, bottom) in enumerate((("Cash by period, nominal USD", begin, end), ("Cost by term and period, nominal USD", first, last))):
        if bottom < top:
            continue
        chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
        for step, row in enumerate(range(top, bottom + 1)):
            chart.add_series({"name": ["Costs", row, 0], "categories": cell_range("Costs", first - 1, 1, first - 1, len(run.periods)), "values": cell_range("Costs", row, 1, row, len(run.periods)), "fill": {"color": COLOURS[step % len(COLOURS)]}, "gap": 40})
        chart.set_title({"name": title, "name_font": {"size": 11}})
        _axes(chart, '#,##0,,"M"')
        sheet.insert_chart(end + 4 + 18 * at, 0, chart)


def unit_costs(book: Book, run: Run) -> None:
    """What a unit of work costs."""
    sheet = book.sheet("Unit costs", "What a unit of work costs", "Marginal: one more unit. Fully loaded: all cost shared by the time of the chips.")
    table = run["unit_costs"]
    put(book, sheet, table, list(table.columns), table="unit_costs", styles={"volume": "usd", "cost_usd": "usd", "chip_hours": "usd", "marginal_usd": "number", "loaded_usd": "number"})


def changes(book: Book, run: Run) -> None:
    """What changed against the last plan of the case."""
    buy = run["buy_plan"]
    lines = buy[buy["change_vs_last"] != ""]
    sheet = book.sheet("Changes", "Changes against the last plan", "" if run.plan.get("compared_with") else "The case has no last plan to compare with; two runs are compared by: planner diff A B")
    put(book, sheet, lines, ["action", "chip", "site", "offer", "order_period", "chips", "mw", "total_usd", "change_vs_last", "change_reason", "line_id"], table="buy_plan", heads={"change_vs_last": "change", "change_reason": "reason"})


def exceptions(book: Book, run: Run) -> None:
    """What needs a person."""
    sheet = book.sheet("Exceptions", "What needs a person")
    table = run["exceptions"]
    put(book, sheet, table, list(table.columns), table="exceptions")


def assumptions(book: Book, run: Run) -> None:
    """Rows of the inputs with their sources."""
    sheet = book.sheet("Assumptions", "Where the figures come from", "Rows of the inputs that name a source; an assumption is marked as one.")
    rows = []
    for path in sorted((run.folder / "inputs").rglob("*.csv")):
        name = path.relative_to(run.folder / "inputs").as_posix()
        for number, row in enumerate(input_rows(run.folder, name), start=2):
            if row.get("source"):
                rows.append({
                    "file": name, "row": float(number), "what": " ".join(list(row.values())[:3]), "assumption": "yes" if row["source"].startswith("assumption") else "", "as of": row.get("as_of", ""), "source": row["source"],
                    "note": row.get("note", "")})
    frame = pd.DataFrame(rows, columns=["file", "row", "what", "assumption", "as of", "source", "note"])
    put(book, sheet, frame.astype({"row": np.float64}), list(frame.columns), styles={"row": "chips"})


def about(book: Book, run: Run) -> None:
    """What it was made from: nothing here changes from one run of the same inputs to the next."""
    sheet = book.sheet("About", "About this workbook")
    size = run.plan["size"]
    row = pairs(book, sheet, 2, [
        ("planner", __version__), ("inputs", str(run.plan["inputs_sha256"])), ("program", f"{size['columns']:,} columns, {size['rows']:,} rows, {size['nonzeros']:,} nonzeros"),
        ("proof", f"cost {run.plan['objective_usd']:,.2f} USD, bound {run.plan['bound_usd']:,.2f} USD, gap {run.plan['gap']:.1e}; {run.plan['proof']['audit']['checks']} checks of the audit"),
        ("more", "manifest.json beside this file has versions, options and times; case.effective.yaml every default that was filled in")])
    files = sorted(path for path in (run.folder / "inputs").rglob("*") if path.is_file())
    frame = pd.DataFrame({"file": [path.relative_to(run.folder / "inputs").as_posix() for path in files], "SHA-256": [file_hash(path) for path in files]}, dtype=object)
    put(book, sheet, frame, ["file", "SHA-256"], row=row + 1, main=False)
    sheet.set_column(1, 1, 90)


SHEETS: Final = (summary, decide_now, by_period, buy_plan, allocation, power, costs, unit_costs, changes, exceptions, assumptions, about)
"""In the order of the workbook."""
