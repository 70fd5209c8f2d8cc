"""Tables of a diagnosis, declared once like those of a plan, and its document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from planner.case.declare import Column, Table
from planner.diagnosis import Diagnosis
from planner.diagnosis.changes import Change
from planner.diagnosis.repair import Repair

C = Column

DIAGNOSIS_TABLES: Final[tuple[Table, ...]] = (
    Table(
        "conflict",
        "What conflicts: one line per limit and file it is read from. The limits of one conflict "
        "cannot all be kept; all but any one of them can.",
        (
            C("conflict", "integer", "Number of the conflict (key)."),
            C(
                "family",
                "text",
                "power, supply, milestones, demand, budgets, policies (what --relax takes), or "
                "fact for what exists already.",
            ),
            C("kind", "text", "Kind of limit."),
            C(
                "name",
                "text",
                "The site, supply group, offer, milestone, workload, budget, policy or rule.",
            ),
            C(
                "periods",
                "text",
                "Periods in which it conflicts, separated by semicolons; blank = all.",
            ),
            C("limit", "text", "The limit in words."),
            C("file", "text", "Input file."),
            C(
                "rows",
                "text",
                "Rows of it as a spreadsheet shows them, separated by semicolons; blank = the "
                "whole file.",
            ),
        ),
    ),
    Table(
        "repairs",
        "The ways out, cheapest first: one line per input that changes. Each was applied to the "
        "inputs and planned again.",
        (
            C("repair", "integer", "Number of the way out (key), 1 is the cheapest."),
            C("families", "text", "What gives, separated by semicolons."),
            C("repair_text", "text", "The way out in words."),
            C(
                "cost_usd",
                "number",
                "Optimal cost of the plan with all changes of this way out.",
                "USD",
            ),
            C(
                "given_usd",
                "number",
                "What gives, valued at the dearest prices of the case, no part of the cost; blank "
                "= it has no price.",
                "USD",
            ),
            C("file", "text", "Input file."),
            C("row", "integer", "Row of it as a spreadsheet shows it; blank for a setting."),
            C(
                "column",
                "text",
                "What stands above the cell: its column, or its period where periods are headers; "
                "blank = the whole row.",
            ),
            C("old", "text", "What it is."),
            C("new", "text", "What it must become."),
            C(
                "override",
                "text",
                "The same for planner run --set; blank where only editing the file will do.",
            ),
        ),
    ),
)

ASIDE: Final = (
    "Ways out are ordered by the plan's cost plus what gives at the dearest prices of the case: a "
    "chip at its dearest offer, a megawatt at the dearest power project or the chips it carries, "
    "work at the dearest chips that can do it, a year of lateness like the whole run, money at "
    "itself."
)


def conflict_table(document: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table ``conflict`` of diagnosis.json: its columns as declared, a row for every
    file of a limit."""
    rows = [
        {
            "conflict": number,
            "family": item["family"],
            "kind": item["kind"],
            "name": item["name"],
            "periods": ";".join(item["periods"]),
            "limit": item["limit"],
            "file": place["file"],
            "rows": ";".join(map(str, place["rows"])),
        }
        for number, items in enumerate(document["conflicts"], 1)
        for item in items
        for place in item["inputs"]
    ]
    return pd.DataFrame(rows, columns=[column.name for column in DIAGNOSIS_TABLES[0].columns])


def repair_table(document: Mapping[str, Any]) -> pd.DataFrame:
    """Return the table ``repairs`` of diagnosis.json: its columns as declared, a row for every
    change."""
    rows = [
        {
            "repair": number,
            "families": ";".join(repair["families"]),
            "repair_text": repair["text"],
            "cost_usd": repair["cost_usd"],
            "given_usd": repair["given_usd"],
            **{name: change[name] for name in ("file", "row", "column", "old", "new")},
            "override": change["override"] or "",
        }
        for number, repair in enumerate(document["repairs"], 1)
        for change in repair["changes"]
    ]
    return pd.DataFrame(rows, columns=[column.name for column in DIAGNOSIS_TABLES[1].columns])


def _change(change: Change) -> dict[str, Any]:
    return {
        "table": change.table,
        "file": change.file,
        "row": change.row,
        "column": change.header,
        "figure": change.column,
        "key": list(change.key),
        "old": change.old,
        "new": change.new,
        "override": change.override or None,
    }


def repair_document(repair: Repair) -> dict[str, Any]:
    """Return a way out as JSON holds it."""
    return {
        "families": list(repair.families),
        "text": repair.text,
        "cost_usd": repair.cost_usd,
        "given_usd": repair.given_usd,
        "changes": [_change(change) for change in repair.changes],
    }


def diagnosis_document(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return ``diagnosis.json``: conflicts, ways out and how the infeasibility is proven."""
    return {
        "conflicts": [
            [
                {
                    "family": item.family,
                    "kind": item.kind,
                    "name": item.name,
                    "limit": item.text,
                    "periods": list(item.periods),
                    "inputs": [
                        {"file": place.file, "rows": list(place.rows)} for place in item.places
                    ],
                }
                for item in items
            ]
            for items in diagnosis.conflicts
        ],
        "minimal": list(diagnosis.minimal),
        "repairs": [repair_document(repair) for repair in diagnosis.repairs],
        "untried": diagnosis.untried,
        "ended": diagnosis.ended,
        "explained": diagnosis.explained,
        "aside": ASIDE,
        "proof": {"stored": diagnosis.proof is not None, "margin": diagnosis.margin},
    }
