"""Chapters 1 and 2: what it is, five figures."""

from __future__ import annotations

from planner.report.facts import what_if_facts
from planner.report.page.run import Card, Chapter, Run
from planner.words import count, money, percent, plural, printable


def what_it_is(run: Run, approval: str) -> Chapter:
    """Return chapter 1."""
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
        "what", "What this is", facts=tuple((name, value) for name, value in shown if value)
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


def five_figures(run: Run) -> Chapter:
    """Return chapter 2."""
    told, facts = run.figures, run.facts
    worst = told.worst
    late = f"; {plural(told.late, 'milestone')} late" if told.late else ""
    tight = facts["tightest limit"]
    cards = (
        Card("Cash to be paid", *_split(money(told.paid_usd)), "nominal, over the whole plan"),
        Card("Total cost", *_split(money(told.cost_usd)), _after(facts["total cost"])),
        Card(
            f"Commit in {told.now}",
            *_split(money(told.commit.usd)),
            _after(facts[f"commit in {told.now}"]),
        ),
        Card(
            "Chips to order now",
            count(sum(told.chips_now.values())),
            "",
            facts["chips to order now"],
        ),
        Card(
            "Demand met, at least",
            percent(worst.share),
            "",
            f"{facts.get('demand met', '')}{late}",
            worst.share < 0.999 or told.late > 0,
        ),
        Card("Tightest limit", "", tight.split(":")[0], tight.partition(": ")[2]),
    )
    return Chapter("figures", "Figures", cards=cards)


def _after(words: str) -> str:
    """What stands behind an amount and its unit."""
    return words.split(" USD", 1)[-1].lstrip(", ")


def _split(words: str) -> tuple[str, str]:
    """A number and its unit."""
    value, _, unit = words.partition(" ")
    return value, unit
