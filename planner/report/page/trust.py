"""Chapters on scenarios, assumptions and exceptions, proof, provenance."""

from __future__ import annotations

import shlex

from planner import __version__
from planner.report.futures import TITLE, futures_facts, futures_sections
from planner.report.page.run import Chapter, Run, input_rows
from planner.report.page.says import doubts_say, proof_says
from planner.report.page.sheet import Sheet, plain, sheet
from planner.report.section import Section
from planner.report.whole import bound_words, whole_facts
from planner.runs.inputs import effective_settings
from planner.words import cents, plural, printable


def scenarios(run: Run) -> tuple[Chapter, ...]:
    """Return the chapter on scenarios; none where the plan is for one set of inputs."""
    named = sorted(set(run["buy_plan"]["in_scenarios"]) - {""})
    if not named:
        return ()
    lines = sheet(
        "buy_plan", "Lines by scenario", run["buy_plan"], ["line_id", "chips", "in_scenarios"]
    )
    told = futures_facts(run.folder)
    says = dict(told).get("the range", "")
    parts = [plain("scenarios", part) for part in futures_sections(run.folder)]
    return (Chapter("scenarios", TITLE, says, sheets=(*parts, lines), facts=told),)


def doubts(run: Run) -> Chapter:
    """Return the chapter on doubts: exceptions, and every assumption of the inputs."""
    sheets: list[Sheet] = []
    if len(run["exceptions"]):
        sheets.append(
            sheet(
                "exceptions",
                "What needs a person",
                run["exceptions"],
                [
                    "severity",
                    "kind",
                    "period",
                    "item",
                    "amount",
                    "unit",
                    "usd",
                    "message",
                    "action",
                ],
                heads={"usd": "at stake USD", "message": "what", "action": "do"},
            )
        )
    accepts = effective_settings(run.folder).get("accept")
    listed = [
        (printable(str(entry.get("warning", ""))), printable(str(entry.get("reason", ""))))
        for entry in (accepts if isinstance(accepts, list) else [])
        if isinstance(entry, dict)
    ]
    if listed:
        sheets.append(
            plain(
                "accepted",
                Section("Warnings that case.yaml accepts", ("warning", "reason"), tuple(listed)),
            )
        )
    rows = []
    for path in sorted((run.folder / "inputs").rglob("*.csv")):
        name = path.relative_to(run.folder / "inputs").as_posix()
        for number, row in enumerate(input_rows(run.folder, name), start=2):
            if row.get("source", "").startswith("assumption"):
                first = " ".join(list(row.values())[:2])
                rows.append(
                    (
                        name,
                        str(number),
                        printable(first),
                        printable(row["source"]),
                        printable(row.get("as_of", "")),
                        printable(row.get("note", "")),
                    )
                )
    if rows:
        more = f"{len(rows) - 200} more in the inputs" if len(rows) > 200 else ""
        sheets.append(
            plain(
                "assumptions",
                Section(
                    f"Rows of the inputs that are assumptions ({len(rows)})",
                    ("file", "row", "what", "source", "as of", "note"),
                    tuple(rows[:200]),
                    note=more,
                ),
                folded=True,
            )
        )
    return Chapter(
        "doubts",
        "What needs a person",
        says=doubts_say(run["exceptions"]),
        sheets=tuple(sheets),
    )


def proof(run: Run) -> Chapter:
    """Return the chapter on the proof."""
    plan = run.plan
    audit = plan["proof"]["audit"]
    facts = (
        ("cost of this plan", f"{cents(plan['objective_usd'])}, the sum of costs.csv"),
        (
            "no plan costs less than",
            f"{cents(plan['bound_usd'])}, {bound_words(plan)}",
        ),
        ("gap", f"{plan['gap']:.1e}"),
        *whole_facts(plan),
        (
            "audit",
            f"{plural(audit['checks'], 'check')} of the written files against the inputs by code "
            "that knows no solver: "
            f"{'all passed' if audit['ok'] else plural(len(audit['failed']), 'check') + ' FAILED'}",
        ),
        ("again", f"planner verify {shlex.quote(str(run.plan['case']))}"),
    )
    failed = [
        (printable(check["check"]), printable(check["where"]), printable(check["limit"]))
        for check in audit["failed"]
    ]
    faults = [(printable(fault), "", "") for fault in plan["proof"]["faults"]]
    broken = Section("What does not hold", ("check", "where", "allowed"), (*failed, *faults))
    sheets = (plain("proof", broken),) if failed or faults else ()
    return Chapter("proof", "Proof", says=proof_says(plan), facts=facts, sheets=sheets)


def provenance(run: Run) -> Chapter:
    """Return the last chapter: what it was made from."""
    from planner.runs.folder import file_hash

    files = sorted(path for path in (run.folder / "inputs").rglob("*") if path.is_file())
    rows = [
        (
            path.relative_to(run.folder / "inputs").as_posix(),
            f"{path.stat().st_size:,}",
            file_hash(path)[:16],
        )
        for path in files
    ]
    size = run.plan["size"]
    facts = (
        ("planner", __version__),
        ("inputs", str(run.plan["inputs_sha256"])),
        (
            "program",
            f"{size['columns']:,} columns, {size['rows']:,} rows, {size['nonzeros']:,} nonzeros",
        ),
        (
            "everything else",
            "solver, versions, options and times are in manifest.json, every default that was "
            "filled in is in case.effective.yaml, both beside this page",
        ),
    )
    return Chapter(
        "provenance",
        "Provenance",
        facts=facts,
        sheets=(
            plain(
                "provenance",
                Section(
                    "Input files",
                    ("file", "bytes", "SHA-256 begins"),
                    tuple(rows),
                    frozenset({1}),
                ),
                folded=True,
            ),
        ),
    )
