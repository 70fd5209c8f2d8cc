"""The page of a new case: what is to be filled in, and what the rest stands on."""

from __future__ import annotations

from typing import Final

from planner.library.declare import ASSUMPTION
from planner.start.asked import Asked
from planner.start.tables import REQUIRED, TIER, Rows

_WHAT: Final = {
    "demand": "output tokens asked for in each period, in **million tokens** (Mtok)",
    "power": "what reaches the racks of each site in each period, in **MW** of IT",
    "fleet": "the chips that you have, how many and since when; 0 chips where you have none. One "
    "row for each lot: add those that are missing",
    "throughput": "output tokens a second and **chip**, of a model that the library has not",
    "sites": "the price of electricity, in USD/MWh, where the library has none",
}


def readme(asked: Asked, tables: dict[str, Rows]) -> str:
    """Return the page of a case as Markdown.

    Args:
        asked: what it is about.
        tables: its tables.
    """
    first, last = asked.calendar.label(0), asked.calendar.label(asked.calendar.count - 1)
    where = [*(site.name for site in asked.sites), *asked.clouds]
    fill = [
        f"| `{name}.csv` | {count} | {_WHAT[name]} |"
        for name, rows in tables.items()
        if (count := sum(cell == REQUIRED for row in rows for cell in row.values()))
    ]
    stands = [
        f"| `{name}.csv` | {len(rows)} | {assumed} |"
        for name, rows in tables.items()
        if "source" in rows[0]
        for assumed in [sum(row["source"].startswith(ASSUMPTION) for row in rows)]
    ]
    lines = [
        f"# {asked.name}",
        "",
        f"{', '.join(asked.models)} on {', '.join(asked.chips)} at {', '.join(where)}, {first} to "
        f"{last}. Written from the reference library; every figure has its source in its row.",
        "",
        "## What you fill in",
        "",
        f"Cells that say `{REQUIRED}` are yours: nobody else knows them. `planner check` lists "
        "them, and nothing else stands between this case and a plan.",
        "",
        "| table | cells | what |",
        "|---|--:|---|",
        *fill,
        "",
        "## What the rest stands on",
        "",
        "| table | rows | of them assumptions |",
        "|---|--:|--:|",
        *stands,
        "",
        "Look at these before you rely on a plan:",
        "",
        "- **Prices** are list prices and estimates, without your discounts (`offers.csv`). Every "
        "offer is without a limit: write `max_per_period` where supply is short. Spot is left out, "
        "for it may end at any time.",
        "- **Throughput** is the best measured result at one length of prompt, its input in the "
        "rate (`note` says which); a chip that was not measured is scaled by memory bandwidth and "
        "marked `assumption`. `low` and `high` say how far it may be off. `planner throughput` "
        "fills these rows for your own lengths and latency (below).",
        "- **Work that is not served** costs ten times its market price (`short_usd_per_mtok` in "
        "`workloads.csv`). Remove it where all of it must be served.",
        "- **0.10 a year** is the discount rate in `case.yaml`.",
        "",
        "## Then",
        "",
        f"    planner check {asked.name}     # what is still to be filled in",
        f"    planner run {asked.name}       # the plan, proven",
        f"    planner throughput {asked.name} --model {asked.models[0]} --tier {TIER} --isl 8000 "
        "--osl 1000 --ttft 5000 --tpot 50",
        f"    planner catalog {asked.name}   # what can be bought and rented",
        "    planner library       # the figures behind it",
        "",
        "More tables (training runs, supply, budgets, rules, energy by period, power that can be "
        "built) are added as files; `inputs/README.md` of the planner lists all.",
        "",
    ]
    return "\n".join(lines)
