"""Chapters 1 and 2: what it is, five figures."""

from __future__ import annotations

from planner.report.facts import what_if_facts
from planner.report.page.run import Card, Chapter, Run
from planner.words import money, number, percent, plural, printable


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
    facts, plan = run.facts, run.plan
    totals, now = plan["totals"], str(plan["horizon"]["first"])
    shares = [float(value) for value in totals["served_share"].values()]
    worst = min(shares, default=1.0)
    short = facts.get("demand met", "")
    late = int(
        (run["milestones"]["late_flop"].fillna(0.0) > 1e-6 * run["milestones"]["flop"]).sum()
    )
    tight = facts["tightest limit"]
    cards = (
        Card(
            "Total cost",
            *_split(money(plan["objective_usd"])),
            f"discounted to the start of {now}; {money(totals['cash_usd'])} nominal cash",
        ),
        Card(
            f"Commit in {now}",
            *_split(money(totals["commit_now_usd"])),
            "nominal, over the life of what is ordered",
        ),
        Card(
            "Chips to order now",
            number(totals["chips_to_order_now"]),
            "",
            facts["chips to order now"],
        ),
        Card(
            "Demand met",
            percent(worst),
            "",
            f"{short}; {plural(late, 'milestone')} late" if late else short,
            worst < 0.999 or late > 0,
        ),
        Card(
            "Tightest limit",
            "",
            tight.split(":")[0],
            tight.split(":", 1)[1].strip() if ":" in tight else "",
        ),
    )
    return Chapter("figures", "Five figures", cards=cards)


def _split(words: str) -> tuple[str, str]:
    """A number and its unit."""
    value, _, unit = words.rpartition(" ")
    return value, unit
