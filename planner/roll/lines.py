"""Lines ahead: those of the approved plan that order later, for last_plan/buy_plan.csv."""

from __future__ import annotations

from typing import Final

import pandas as pd

from planner.case.periods import Calendar
from planner.case.tables.last_plan import DECIDED
from planner.case.text import TextTable
from planner.plan.actions import FREEZABLE, OF_KIND
from planner.plan.answer import Answer
from planner.plan.lines import all_lines
from planner.roll.cell import number, records
from planner.runs.decisions import Scope

EVERYTHING: Final = Scope()
COLUMNS: Final = ("offer", "site", "order_period", "action", "status", "chips", "mw")


def decided_places(table: TextTable | None, calendar: Calendar) -> frozenset[tuple[str, str, str]]:
    """Return offer, site and order period of the lines of a last plan, as written, that somebody
    changed or refused."""
    if table is None or "decision" not in table.columns:
        return frozenset()
    names = ("offer", "site", "order_period", "decision")
    rows = zip(*(map(str, table.columns[name]) for name in names), strict=True)
    return frozenset(
        (offer, site, calendar.label(calendar.parse(period)))
        for offer, site, period, decision in rows
        if decision in DECIDED
    )


def last_plan_text(
    answer: Answer,
    by: int,
    scope: Scope = EVERYTHING,
    own: frozenset[tuple[str, str, str]] | None = None,
) -> str:
    """Return the orders that a plan places from period ``by`` on as the text of
    last_plan/buy_plan.csv, with all the digits that an order kept as it is needs, and with what
    was decided of them.

    Args:
        answer: the solved case.
        by: periods that have passed.
        scope: what was approved; what an earlier approval decided of later lines goes on.
        own: of these, those that do, as ``decided_places`` returns them; None = all.  Orders that
            scenarios have in common were decided for their run alone.
    """
    f = answer.formulation
    lines = all_lines(answer)
    ahead = lines[
        (lines["status"] == "new") & (lines["order_period"] >= by) & lines["action"].isin(FREEZABLE)
    ]
    sites, label = f.index.axes["site"], f.case.calendar.label
    rows = [
        {
            "offer": line["offer"],
            "site": str(sites[line["site"]]),
            "order_period": label(int(line["order_period"])),
            "action": line["action"],
            "status": "new",
            "chips": _amount(line["chips"]),
            "mw": _amount(line["mw"]),
        }
        for line in records(ahead)
    ]
    decided = _decided_before(answer, by)
    if own is not None:
        decided = {place: row for place, row in decided.items() if place in own}
    for line, row in zip(ahead["line_id"], rows, strict=True):
        place = (row["offer"], row["site"], row["order_period"])
        row["decision"] = decided.pop(place, {}).get("decision", "")
        told = next((one for one in scope.lines if one.line == line), None)
        if told is not None:
            row["decision"] = told.decision
            if told.amount is not None:
                row["mw" if row["chips"] == "" else "chips"] = number(told.amount)
    rows += decided.values()
    some = [row for row in rows if row.get("decision")]
    columns = [*COLUMNS, *(["decision"] if some else [])]
    frame = pd.DataFrame(rows or _none(answer, by), columns=columns)
    return frame.to_csv(index=False, lineterminator="\n")


def _decided_before(answer: Answer, by: int) -> dict[tuple[str, str, str], dict[str, str]]:
    """Return the rows of the last plan that earlier decisions refused or changed and that lie
    ahead, by offer, site and order period."""
    case = answer.formulation.case
    last, label = case["last_plan"], case.calendar.label
    ahead = last[last["decision"].isin(list(DECIDED)) & (last["order_period"] >= by)]
    projects = set(case["power_projects"]["project"])
    actions = dict(zip(case["offers"]["offer"], case["offers"]["kind"].map(OF_KIND), strict=True))
    rows = {}
    for line in records(ahead):
        place = (line["offer"], line["site"], label(int(line["order_period"])))
        power = line["offer"] in projects
        rows[place] = dict(zip(("offer", "site", "order_period"), place, strict=True)) | {
            "action": "build_power" if power else str(actions.get(line["offer"], "buy")),
            "status": "new",
            "chips": "" if power else number(line["chips"]),
            "mw": number(line["mw"]) if power else "",
            "decision": line["decision"],
        }
    return rows


def _none(answer: Answer, by: int) -> list[dict[str, str]]:
    """Return a line that orders nothing, for a plan that orders nothing more: with no line at all
    there would be no last plan, and its frozen periods would be free."""
    case = answer.formulation.case
    placed, projects = case["offers"], case["power_projects"]
    placed = placed[placed["kind"].isin(list(OF_KIND))]
    orders = [
        (str(offer), str(sites[0]), OF_KIND[kind])
        for offer, sites, kind in zip(placed["offer"], placed["site"], placed["kind"], strict=True)
    ]
    orders += [
        (str(project), str(site), "build_power")
        for project, site in zip(projects["project"], projects["site"], strict=True)
    ]
    return [
        {
            "offer": offer,
            "site": site,
            "order_period": case.calendar.label(by),
            "action": action,
            "status": "new",
            "mw" if action == "build_power" else "chips": "0",
        }
        for offer, site, action in orders[:1]
    ]


def _amount(value: float) -> str:
    return "" if pd.isna(value) else number(value)
