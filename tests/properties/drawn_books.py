"""What the books are kept with: book lives and book values, owners, prices that are charged."""

from __future__ import annotations

from typing import Any


def draw_books(frame: Any, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Book lives of some chips, book values and fees of some lots, book values of what opened,
    owners and prices of some work, and models of some milestones."""
    if frame.some(5):
        for row in tables["chips"]:
            row["book_life_years"] = frame.pick(None, 0.5, 2, 3.3, 6)
    if frame.some(5):
        for row in tables["fleet"]:
            row["book_value_usd"] = frame.pick(None, 0, 12345.67, 200000)
    work, runs = tables.get("workloads", []), tables.get("milestones", [])
    if frame.some(5):
        for row in [*work, *runs]:
            row["owner"] = frame.pick("", "search", "ads")
    served = [row for row in work if row["kind"] != "research"]
    if frame.some(5):
        for row in served:
            row["usd_per_mtok"] = frame.pick(None, 0, 0.7, 3)
    if served and frame.some(5):
        for row in runs:
            row["model"] = frame.pick("", *sorted({one["model"] for one in served}))
    if frame.some(5):
        for row in [*tables["fleet"], *tables["orders"]]:
            row["fee_usd_per_chip"] = frame.pick(None, 0, 12.5, 300)
    if frame.some(5):
        for row in [*tables["sites"], *tables["power_projects"]]:
            row["book_value_usd"] = frame.pick(None, 0, 54321.98)
    if frame.some(5):
        for row in tables["orders"]:
            if row.get("in_service"):
                row["book_value_usd"] = frame.pick(None, 0, 98765.43)
