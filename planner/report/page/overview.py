"""What the plan is, for the end of the page."""

from __future__ import annotations

from planner.report.facts import what_if_facts
from planner.report.page.run import Chapter, Run
from planner.words import printable


def what_it_is(run: Run, approval: str) -> Chapter:
    """Return what the plan is of, and who approved it."""
    facts, plan = run.facts, run.plan
    compared = plan.get("compared_with") or ""
    shown = [
        *what_if_facts(plan),
        ("case", printable(plan["case"])),
        ("what", printable(plan.get("description") or "")),
        ("horizon", facts["horizon"]),
        ("status", facts["status"]),
        ("cost and proof", facts["proof"]),
        ("approval", approval),
        (
            "compared with",
            "the last plan of the case (inputs/last_plan)"
            if compared
            else "no earlier plan: the case has no last_plan",
        ),
        ("changes of this run", "; ".join(printable(text) for text in plan.get("overrides") or [])),
        ("dates of the data", _dates(run)),
    ]
    return Chapter(
        "what", "About this plan", facts=tuple((name, value) for name, value in shown if value)
    )


def _dates(run: Run) -> str:
    from planner.report.page.run import input_rows

    dates = sorted(
        {
            row["as_of"]
            for path in sorted((run.folder / "inputs").glob("*.csv"))
            for row in input_rows(run.folder, path.name)
            if row.get("as_of")
        }
    )
    return f"{dates[0]} to {dates[-1]}" if dates else ""
