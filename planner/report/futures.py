"""What is told of a plan for many scenarios, from the files of its run."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from planner.report.section import Section, Summary
from planner.runs.futures import has_futures, read_common, read_document_of, read_scenarios
from planner.words import money, number, percent, printable

TITLE: Final = "Scenarios and the no-regret core"
NOTE: Final = (
    "regret is what a scenario costs more than where it is known from the start; each has a run of "
    "its own in the folder scenarios"
)
CORE: Final = (
    "core is what every scenario would order alone; what is beyond it only some need, and it is to "
    "be decided by its period, before it is known which of them it is"
)
SAME: Final = 1e-3
"""Chips, or MW, that are told as no difference."""


def headline(told: Mapping[str, Any]) -> str:
    """Return what the range of scenarios is worth, in one sentence."""
    reveal = told["reveal"][0]
    if told["range_changes_nothing"]:
        return (
            f"The range changes nothing before {reveal}: the plan of the mean forecast does as "
            "well in every scenario."
        )
    if told["vss_usd"] is None:
        fails = ", ".join(map(printable, told["mean_fails_in"]))
        why = f"has no plan in {fails}" if fails else "is not known"
        return f"Planning for the range is needed: the plan of the mean forecast {why}."
    return (
        f"Planning for the range saves {money(told['vss_usd'])} beside the plan of the mean "
        f"forecast; knowing from the start would save {money(told['evpi_usd'])} more."
    )


def futures_facts(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return the facts of a plan for many scenarios; none of a run without."""
    if not has_futures(folder):
        return ()
    told = read_document_of(folder)
    reveal, level = " and ".join(told["reveal"]), told["risk"]["cvar"]
    weight = told["risk"]["weight"]
    count = len(read_scenarios(folder))
    worst = f"the worst {percent(1 - level)} cost {money(told['cvar_usd'])} in the mean"
    weighed = f", weighed with {percent(weight)}" if weight else ""
    together = "" if not weight else f"; with the worst weighed in {money(told['objective_usd'])}"
    return (
        (
            "scenarios",
            f"{count}, known from {reveal}; what is ordered before is common. This is the plan as "
            "the case's own tables say, with the common orders",
        ),
        (
            "expected cost",
            f"{money(told['expected_usd'])}{together}; {worst}{weighed}; the worst scenario "
            f"{money(told['worst_usd'])}",
        ),
        ("the range", headline(told)),
        (
            "proof of all",
            f"no plan for these scenarios comes to less than {money(told['bound_usd'])}; gap "
            f"{abs(told['gap']):.1e}",
        ),
    )


def futures_sections(folder: Path) -> tuple[Section, ...]:
    """Return the tables of a plan for many scenarios; none of a run without."""
    if not has_futures(folder):
        return ()
    return _scenarios(read_scenarios(folder)), _common(read_common(folder))


def _usd(value: float) -> str:
    return "no plan" if math.isnan(value) else money(value)


def _scenarios(table: pd.DataFrame) -> Section:
    header = ("scenario", "probability", "cost", "alone", "regret", "plan of the mean")
    columns = ("cost_usd", "alone_usd", "regret_usd", "mean_plan_usd")
    rows = tuple(
        (printable(name), percent(share), *map(_usd, figures))
        for name, share, *figures in zip(
            table["scenario"],
            table["probability"],
            *(table[column] for column in columns),
            strict=True,
        )
    )
    return Section("Scenarios", header, rows, frozenset(range(1, 6)), NOTE)


def _common(table: pd.DataFrame) -> Section:
    header = ("order by", "what", "site", "how much", "core", "alone at most", "needed alone in")
    rows = tuple(
        (
            printable(period),
            printable(offer),
            printable(site),
            number(chips + mw),
            number(core),
            number(most),
            "" if most - core < SAME else printable(alone) or "none",
        )
        for period, offer, site, chips, mw, core, most, alone in zip(
            *(
                table[name]
                for name in (
                    "order_period",
                    "offer",
                    "site",
                    "chips",
                    "mw",
                    "core",
                    "most_alone",
                    "ordered_alone_in",
                )
            ),
            strict=True,
        )
    )
    return Section("Common orders, chips or MW", header, rows, frozenset({3, 4, 5}), CORE)


def with_futures(folder: Path, summary: Summary) -> Summary:
    """Return the summary of a run with what is told of its scenarios, where it has any."""
    facts, sections = futures_facts(folder), futures_sections(folder)
    if not facts:
        return summary
    return dataclasses.replace(
        summary,
        facts=(*facts, *summary.facts),
        sections=(*(part for part in sections if part.rows), *summary.sections),
    )
