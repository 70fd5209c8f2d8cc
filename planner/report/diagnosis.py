"""The diagnosis of a case without a plan: written into its run folder, and read back as sections
for terminal and summary.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.report.facts import horizon, what_if_facts
from planner.report.section import Section, Summary
from planner.runs.read import DIAGNOSIS_FILE, read_diagnosis, read_plan
from planner.words import money, plural, printable

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.diagnosis import Diagnosis
    from planner.runs.what_if import Asked

INFEASIBLE: Final = "infeasible"
"""The status in plan.json of a case that has no plan."""
MOST_CHANGES: Final = 6
"""Changes of a way out that are shown; repairs.csv has them all."""


def write_diagnosis(
    folder: Path,
    case: Case,
    diagnosis: Diagnosis,
    size: Mapping[str, int],
    asked: Asked,
) -> None:
    """Write a diagnosis: diagnosis.json, conflict.csv, repairs.csv, plan.json (without a plan), the
    effective case and the proof.

    Args:
        folder: the partial run folder.
        case: the case as read.
        diagnosis: why it has no plan.
        size: columns, rows and nonzeros of the program.
        asked: what was asked for.

    Raises:
        OSError: where it cannot be written.
    """
    import numpy as np

    from planner.diagnosis.tables import (
        DIAGNOSIS_TABLES,
        conflict_table,
        diagnosis_document,
        repair_table,
    )
    from planner.plan.formats import FORMAT_VERSION
    from planner.report.effective import effective_yaml
    from planner.report.write import plain
    from planner.runs.cells import write_table
    from planner.runs.folder import write_json

    told = diagnosis_document(diagnosis)
    for table, frame in zip(
        DIAGNOSIS_TABLES, (conflict_table(told), repair_table(told)), strict=True
    ):
        write_table(table, frame, folder / table.path)
    (folder / "case.effective.yaml").write_text(
        effective_yaml(case, asked.overrides), encoding="utf-8", newline="\n"
    )
    if diagnosis.proof is not None:
        np.savez_compressed(folder / "solution.npz", infeasible=diagnosis.proof.astype(np.float64))
    write_json(
        folder / DIAGNOSIS_FILE,
        plain(
            {
                "format_version": FORMAT_VERSION,
                "case": case.settings.name,
                **told,
            }
        ),
    )
    calendar = case.calendar
    document = {
        "format_version": FORMAT_VERSION,
        "case": case.settings.name,
        "description": case.settings.description,
        "horizon": {
            "first": calendar.label(0),
            "last": calendar.label(calendar.count - 1),
            "periods": calendar.count,
            "frequency": case.settings.frequency,
        },
        "status": INFEASIBLE,
        "objective_usd": None,
        "bound_usd": None,
        "gap": None,
        "size": dict(size),
        **asked.document(),
    }
    write_json(folder / "plan.json", plain(document))


def _inputs(inputs: list[dict[str, Any]]) -> str:
    return ", ".join(
        printable(place["file"]) + (f":{_rows(place['rows'])}" if place["rows"] else "")
        for place in inputs
    )


def _rows(rows: list[int]) -> str:
    """Rows as 2, 2-5 or 2, 4, 9."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    return ",".join(shown if len(shown) <= 8 else [*shown[:8], "..."])


def diagnosis_sections(folder: Path) -> list[Section]:
    """Return the diagnosis of a run as sections: what conflicts, the ways out, and what each of
    them changes.

    Raises:
        RunError: where the run has none.
    """
    document = read_diagnosis(folder)
    sections = []
    many = len(document["conflicts"]) > 1
    for number, items in enumerate(document["conflicts"], 1):
        rows = tuple((printable(item["limit"]), _inputs(item["inputs"])) for item in items)
        note = _kept(document, number) if number == len(document["conflicts"]) else ""
        sections.append(
            Section(
                f"What conflicts{f' ({number})' if many else ''}",
                ("limit", "inputs"),
                rows,
                frozenset(),
                note,
            )
        )
    if not document["conflicts"]:
        sections.append(
            Section(
                "What conflicts",
                ("limit",),
                (("Rows of the program conflict that no input of the case stands behind.",),),
            )
        )
    if not document["repairs"]:
        text = (
            "No change of power, supply, milestones, demand, budgets or policies alone or "
            "together that was tried makes a plan possible."
        )
        return [*sections, Section("Ways out", ("",), ((text,),))]
    ways = tuple(
        (
            str(number),
            printable(repair["text"]),
            money(repair["cost_usd"]),
            money(repair["given_usd"]) or "has no price",
        )
        for number, repair in enumerate(document["repairs"], 1)
    )
    sections.append(
        Section(
            "Ways out, cheapest first, each planned anew",
            ("", "do one of these", "plan then costs", "what gives is valued at"),
            ways,
            frozenset({2, 3}),
            _aside(document),
        )
    )
    sections.append(
        Section(
            "What each changes",
            ("", "input", "column", "from", "to", "override"),
            tuple(_changes(document["repairs"])),
            frozenset({3, 4}),
        )
    )
    return sections


def in_shell(text: str) -> str:
    """Return a text as one word of a shell's command line."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _kept(document: dict[str, Any], number: int) -> str:
    """Return what is said below the last conflict: whether all of its limits are needed."""
    if all(document.get("minimal", [])):
        note = "These cannot all be kept; without any one of them the others can."
    else:
        note = "These cannot all be kept; whether each of them is needed was not found out in time."
    if document.get("ended"):
        note += " There may be more conflicts: the search came to its end."
    if not document.get("explained", True):
        note += (
            " Rules, lead times, order windows or headroom may be behind them that are not named: "
            "the search for these came to its end."
        )
    return note


def _aside(document: dict[str, Any]) -> str:
    """Return how ways out are ordered, and how many were not planned."""
    untried = int(document.get("untried", 0))
    more = (
        f" {plural(untried, 'more way')} out may exist: the search came to its end before they "
        "were planned."
    )
    return str(document["aside"]) + (more if untried else "")


def _changes(repairs: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for number, repair in enumerate(repairs, 1):
        for change in repair["changes"][:MOST_CHANGES]:
            place = printable(change["file"]) + (f":{change['row']}" if change["row"] else "")
            override = (
                f"--set {in_shell(printable(change['override']))}"
                if change["override"]
                else "edit the file"
            )
            rows.append(
                (
                    str(number),
                    place,
                    printable(change["column"]),
                    printable(change["old"]),
                    printable(change["new"]),
                    override,
                )
            )
        if len(repair["changes"]) > MOST_CHANGES:
            rows.append(
                (
                    str(number),
                    f"{len(repair['changes']) - MOST_CHANGES} more in repairs.csv",
                    "",
                    "",
                    "",
                    "",
                )
            )
    return rows


def diagnosis_summary(folder: Path) -> Summary:
    """Return the summary of a run without a plan; raises :class:`RunError` where a file is missing
    or unreadable."""
    plan, document = read_plan(folder), read_diagnosis(folder)
    repairs = document["repairs"]
    proven = bool(document.get("proof", {}).get("stored"))
    facts = (
        *what_if_facts(plan),
        ("case", printable(plan["case"])),
        ("horizon", horizon(plan)),
        ("status", "INFEASIBLE: no plan can meet all of this at once"),
        ("what conflicts", plural(len(document["conflicts"]), "conflict")),
        ("cheapest way out", printable(repairs[0]["text"]) if repairs else "none was found"),
        (
            "proof",
            "multipliers of the rows that no plan can meet, in solution.npz"
            if proven
            else "the solver's word; it gave no multipliers",
        ),
    )
    return Summary(
        f"{printable(plan['case'])}: there is none", facts, tuple(diagnosis_sections(folder))
    )
