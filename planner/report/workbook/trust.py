"""The last sheets: what needs a person, where the figures come from, and what the workbook was made
from."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from planner.case.files import TextTable, read_files
from planner.case.overrides import apply_overrides
from planner.case.periods import Calendar, absolute_period
from planner.case.tables import TABLES
from planner.case.yaml_file import parse_yaml
from planner.report.page.run import Run
from planner.report.topics import SEVERITIES
from planner.report.whole import whole_facts
from planner.report.workbook.book import Book, put_text
from planner.report.workbook.columns import Field, fields
from planner.report.workbook.overview import pairs
from planner.report.workbook.table import Layout, cut_note, put
from planner.runs.folder import file_hash
from planner.runs.inputs import effective_settings, read_overrides
from planner.runs.read import RunError, read_manifest
from planner.words import cents

STALE_AFTER_DAYS = 365
"""Where case.effective.yaml does not say."""


def first_day(run: Run) -> datetime.date:
    """Return the first day of the plan."""
    frequency = run.plan["horizon"]["frequency"]
    return Calendar(frequency, absolute_period(run.periods[0], frequency), 1).first_day(0)


def exceptions(book: Book, run: Run) -> None:
    """Write what needs a person, what is worst first."""
    table = run["exceptions"]
    rank = table["severity"].map({name: at for at, name in enumerate(SEVERITIES)})
    table = table.assign(_rank=rank).sort_values("_rank", kind="stable")
    counts = ", ".join(f"{int((table['severity'] == name).sum()):,} {name}" for name in SEVERITIES)
    sheet = book.sheet(
        "Exceptions",
        "What needs a person",
        cut_note(f"By severity: {counts}.", len(table), "exceptions.csv")
        if len(table)
        else "Nothing does.",
    )
    names = ["severity", "kind", "period", "message", "action", "amount", "unit", "usd", "item"]
    put(
        book,
        sheet,
        table.assign(kind=table["kind"].str.replace("_", " ")),
        fields(
            "exceptions",
            names,
            heads={"message": "What", "action": "Do", "usd": "USD at stake", "period": "When"},
        ),
    )


def assumptions(book: Book, run: Run) -> None:
    """Write every row of the inputs that can name its source, and which of them are assumed, stale
    or without one."""
    days = int(effective_settings(run.folder).get("stale_after_days", STALE_AFTER_DAYS))
    found = sourced(run.folder, first_day(run), days)
    if found is None:
        book.sheet(
            "Assumptions",
            "Where the figures come from",
            "The inputs of this run are not beside its plan, or cannot be read.",
        )
        return
    note = f"{len(found):,} rows of the inputs; " + "; ".join(
        f"{int(found['flag'].str.contains(flag).sum()):,} {words}"
        for flag, words in (
            ("assumption", "are assumptions"),
            ("stale", f"are stale (over {days:,} days old when the plan starts)"),
            ("no source", "name no source"),
        )
    )
    sheet = book.sheet(
        "Assumptions",
        "Where the figures come from",
        cut_note(note + ".", len(found), "inputs/"),
        rows=len(found),
    )
    placed = put(
        book,
        sheet,
        found,
        [
            Field("file", "Input"),
            Field("row", "Row", "whole"),
            Field("what", "What"),
            Field("flag", "Mind"),
            Field("as_of", "As of"),
            Field("age", "Days old at the start", "whole"),
            Field("source", "Source", "wrap"),
            Field("note", "Note", "wrap"),
            Field("figures", "Figures"),
        ],
    )
    sheet.print_area(0, 0, max(placed.last, placed.header), placed.columns["note"])


def sourced(folder: Path, start: datetime.date, days: int) -> pd.DataFrame | None:
    """Return the rows of the input tables that have a source, in the order of the tables.

    Args:
        folder: the run folder.
        start: first day of the plan.
        days: age at the start from which a figure is stale.

    Returns:
        file, row, what (its key), flag (assumption, stale, no source or blank), as_of, age in days,
        source, figures and note; None where there are no inputs.
    """
    inputs = folder / "inputs"
    texts, written, _ = read_files(
        inputs / "case.xlsx"
        if not (inputs / "case.yaml").is_file() and (inputs / "case.xlsx").is_file()
        else inputs
    )
    if not texts:
        return None
    texts = apply_overrides(parse_yaml(written.text)[0], texts, read_overrides(inputs))[1]
    parts = [
        _rows(texts[table.name], table.key)
        for table in TABLES
        if table.name in texts and "source" in texts[table.name].columns
    ]
    if not parts:
        return pd.DataFrame(
            {
                name: pd.Series(dtype=np.float64 if name in ("row", "age") else object)
                for name in (
                    "file",
                    "row",
                    "what",
                    "flag",
                    "as_of",
                    "age",
                    "source",
                    "figures",
                    "note",
                )
            }
        )
    found = pd.concat(parts, ignore_index=True)
    dates = pd.to_datetime(
        found["as_of"].where(found["as_of"] != ""), format="%Y-%m-%d", errors="coerce"
    )
    age = (pd.Timestamp(start) - dates).dt.days.astype(np.float64)
    source = found["source"].astype(str)
    assumed = source.str.lower().str.startswith("assum")
    flag = np.select(
        [source == "", assumed & (age > days), assumed, age > days],
        ["no source", "assumption, stale", "assumption", "stale"],
        "",
    )
    return found.assign(age=age, flag=flag.astype(object))


def _rows(table: TextTable, key: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of one input table, its figures joined to ``name value; ...``."""
    columns, count = table.columns, len(table.row)
    blank = np.full(count, "", dtype=object)
    what, figures = blank, blank
    for name, cells in columns.items():
        if name in key:
            what = what + np.where((what != "") & (cells != ""), " / ", "") + cells
        elif name not in ("source", "as_of", "note"):
            figures = figures + np.where(
                cells != "", np.where(figures != "", "; ", "") + f"{name} " + cells, ""
            )
    return pd.DataFrame(
        {
            "file": table.file,
            "row": table.row.astype(np.float64),
            "what": what,
            "as_of": columns.get("as_of", blank),
            "source": columns["source"],
            "figures": figures,
            "note": columns.get("note", blank),
        }
    )


def about(book: Book, run: Run) -> None:
    """Write what the workbook was made from; nothing here changes from one run of the same inputs
    to the next."""
    plan, options = run.plan, effective_settings(run.folder).get("run") or {}
    try:
        manifest = read_manifest(run.folder)
    except RunError:
        manifest = {}
    solver, proof = manifest.get("solver") or {}, plan["proof"]
    sheet = book.sheet(
        "About",
        "About this workbook",
        "Made from the files of one run. Where a figure here and in a CSV differ, the CSV holds.",
        gridlines=False,
    )
    # the solver that was asked for, not the algorithm that came first in a race: that may change
    # from run to run
    facts = [
        ("Case", str(plan["case"])),
        ("Horizon", f"{run.periods[0]} to {run.periods[-1]}, {plan['horizon']['frequency']}s"),
        ("Status", str(plan["status"])),
        (
            "Proof",
            f"cost {cents(plan['objective_usd'])}, bound {cents(plan['bound_usd'])}, gap "
            f"{plan['gap']:.1e}; audit: {proof['audit']['checks']} checks, "
            f"{len(proof['audit']['failed'])} failed",
        ),
        *((name.capitalize(), words) for name, words in whole_facts(plan)),
        (
            "Program",
            ", ".join(f"{count:,} {what}" for what, count in (plan.get("size") or {}).items()),
        ),
        ("Solver", str(solver.get("asked") or options.get("solver") or "")),
        ("Seed", str(options.get("seed", solver.get("seed", "")))),
        ("Allowed gap", str(options.get("gap", solver.get("gap", "")))),
        ("Changed by --set", "; ".join(plan.get("overrides") or ()) or "nothing"),
        ("SHA-256 of all inputs", str(plan.get("inputs_sha256") or "")),
        *(
            (f"Version of {name}", str(value))
            for name, value in (manifest.get("versions") or {}).items()
        ),
        (
            "Charts",
            "native; they follow the cells. Totals are formulas; the line of totals above a list "
            "follows its filter. No macros, no links.",
        ),
    ]
    row = pairs(book, sheet, 3, [(name, value) for name, value in facts if value]) + 1
    files = [
        *sorted(path for path in run.folder.glob("*.csv")),
        *sorted(path for path in (run.folder / "inputs").rglob("*") if path.is_file()),
    ]
    frame = pd.DataFrame(
        {
            "file": [path.relative_to(run.folder).as_posix() for path in files],
            "sha": [file_hash(path) for path in files],
        },
        dtype=object,
    )
    put_text(sheet, row, 0, "The files it was made from", book.style("section"))
    put(
        book,
        sheet,
        frame,
        [Field("file", "File"), Field("sha", "SHA-256", "wrap")],
        Layout(row + 1, main=False),
    )
    book.widen(sheet, 1, 70)
