"""Conflicts planted in the main job: each has no plan, though ``check`` finds nothing wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from planner.diagnosis.words import Item
from tests.shipped import divisible

FRONTIER: Final = Path("inputs/frontier-lab")
QUARTERS: Final = tuple(f"{2027 + t // 4}Q{t % 4 + 1}" for t in range(20))


@dataclass(frozen=True, slots=True)
class Plant:
    """What is changed in the case, and what a diagnosis of it must name."""

    named: frozenset[tuple[str, str]]
    """Kind and name of limits; what must be served is a conflict as ``online`` or, with a site
    lost, as ``site_loss``, whichever is found."""
    placed: frozenset[tuple[str, int]]
    """Files and rows that must be named."""
    rows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Rows put at the end of a table, as written; those of ``limits`` replace the same name."""
    overrides: tuple[str, ...] = ()

    def unnamed(self, items: Iterable[Item]) -> set[tuple[str, str | int]]:
        """Return the limits and rows that these items do not name."""
        items = tuple(items)
        names = {(item.kind, item.name) for item in items}
        rows = {(place.file, row) for item in items for place in item.places for row in place.rows}
        missing: set[tuple[str, str | int]] = {
            (kinds, name)
            for kinds, name in self.named
            if not any((kind, name) in names for kind in kinds.split("/"))
        }
        return missing | (self.placed - rows)

    def write(self, folder: Path) -> Path:
        """Write the case without its overrides; returns the folder."""
        divisible(FRONTIER.name, folder.parent).rename(folder)
        for table, rows in self.rows.items():
            path = folder / f"{table}.csv"
            lines = path.read_text(encoding="utf-8").splitlines()
            names = {row.split(",")[0] for row in rows} if table == "limits" else set()
            kept = [line for line in lines if line.split(",")[0] not in names]
            path.write_text("\n".join([*kept, *rows]) + "\n", encoding="utf-8")
        return folder


WORK: Final = "online/site_loss"

PLANTS: Final = {
    "power share": Plant(
        frozenset({("limit", "europe-share")}),
        frozenset({("limits.csv", 4)}),
        {"limits": ("europe-share,region,europe,power,0.6,,,,,",)},
    ),
    "site share": Plant(
        frozenset({("limit", "lulea-share")}),
        frozenset({("limits.csv", 5)}),
        {"limits": ("lulea-share,site,lulea,chips,0.7,,,,,",)},
    ),
    "vendor share": Plant(
        frozenset({("limit", "nvidia-chips")}),
        frozenset({("limits.csv", 5)}),
        {"limits": ("nvidia-chips,vendor,NVIDIA,chips,,,0.05,,,",)},
    ),
    "carbon": Plant(
        frozenset({("limit", "carbon-2027")}),
        frozenset({("limits.csv", 5)}),
        {"limits": ("carbon-2027,all,,carbon,,30000,,2027,,",)},
    ),
    "opex": Plant(
        frozenset({("budget", "opex FY2029")}),
        frozenset({("budgets.csv", 5)}),
        {"budgets": ("2029,opex,200000000,,",)},
    ),
    "capex": Plant(
        frozenset({("budget", "capex FY2027")}),
        frozenset({("budgets.csv", 2)}),
        overrides=("budgets.2027.capex.usd_max=5e8",),
    ),
    "take or pay": Plant(
        frozenset({("min_chips", "blackwell"), ("budget", "capex FY2027")}),
        frozenset({("budgets.csv", 2), ("supply.csv", 7)}),
        overrides=("supply.blackwell.2027Q1.min_chips=12000", "budgets.2027.capex.usd_max=8e8"),
    ),
    "demand": Plant(
        frozenset({(WORK, "assistant")}),
        frozenset({("demand.csv", 2)}),
        overrides=("demand.assistant.2027Q3.output_mtok*=20",),
    ),
    "site loss": Plant(
        frozenset({("site_loss", "assistant")}),
        frozenset({("workloads.csv", 2)}),
        overrides=(
            "demand.assistant.2027Q3.output_mtok*=12",
            "workloads.assistant.survive_site_loss=1",
        ),
    ),
    "forty times the demand": Plant(
        frozenset({(WORK, "assistant")}),
        frozenset({("demand.csv", 2)}),
        overrides=("demand.assistant.2027Q3.output_mtok*=40",),
    ),
    "rules": Plant(
        frozenset({("rule", "no GB200 for Europe"), ("rule", "no B200 from Dublin")}),
        frozenset({("rules.csv", 8), ("rules.csv", 9)}),
        {
            "rules": (
                "gb200,,,,,assistant-eu,,,2027Q1,no GB200 for Europe",
                "b200,,dublin,,,assistant-eu,,,2027Q1,no B200 from Dublin",
            )
        },
        ("demand.assistant-eu.2027Q1.output_mtok*=5",),
    ),
    "power": Plant(
        frozenset({("mw", "dublin"), ("mw", "lulea")}),
        frozenset({("power.csv", 10), ("power.csv", 12)}),
        overrides=(
            "demand.assistant-eu.2027Q1.output_mtok*=6",
            "power.lulea.2027Q1.mw=1",
            "power.lulea.2027Q1.liquid_mw=1",
            "power.dublin.2027Q1.mw=1",
        ),
    ),
    "supply": Plant(
        frozenset({("max_chips", "rubin"), ("deadline", "t4-frontier")}),
        frozenset({("supply.csv", 4), ("milestones.csv", 7)}),
        overrides=tuple(f"supply.rubin.{quarter}.max_chips=2200" for quarter in QUARTERS[2:]),
    ),
}
