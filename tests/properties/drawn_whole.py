"""Whole things of random cases, each kind from a stream of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def draw_whole(frame: Any, kinds: tuple[str, ...], tables: dict[str, list[Row]]) -> None:
    """Draw some kinds of whole things."""
    for kind in kinds:
        KINDS[kind](frame.of(f"whole {kind}"), tables)


def draw_racks(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Racks of chips and of offers, most of which bring at most four of them in a period."""
    size = {row["chip"]: 1 for row in tables["chips"]}
    for row in tables["chips"]:
        if frame.some(8):
            row["lot_size"] = size[row["chip"]] = frame.pick(2, 3, 4, 6, 8)
    for row in [*tables["fleet"], *tables["orders"]]:
        if frame.some(2):
            row["lot_size"] = frame.pick(1, 2.7, 3, 3.6)
    for row in tables["offers"]:
        if row["kind"] in ("on_demand", "spot", "relocate"):
            continue
        if frame.some(2):
            row["lot_size"] = frame.pick(1, 2, 5)
        if frame.some(7) and not row.get("min_per_period"):
            racks = frame.pick(1, 2, 3, 4) * (row.get("lot_size") or size[row["chip"]])
            row["max_per_period"] = racks + frame.pick(0, 0, 0.5)


def draw_blocks(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Blocks of power projects, and a second project that comes after the first."""
    for row in list(tables["power_projects"]):
        count = frame.pick(1, 2, 2, 3)
        if frame.some(8):
            # some leave a rest of mw_max that no block fills
            row["lot_mw"] = float(f"{row['mw_max'] / (count + frame.pick(0, 0, 0.4)):.6g}")
            row["lot_mw"] = max(row["lot_mw"], 0.0011)
        if frame.some(4) and row["mw_max"] >= 0.0011:
            row["lot_mw"] = None
            name = f"{row['project']}_next"
            more = {"project": name, "after": row["project"], "mw_max": frame.number(0.005, 0.05)}
            tables["power_projects"].append(row | more | {"usd_per_mw": frame.number(1e4, 1e6)})


def draw_opening(frame: Any, tables: dict[str, list[Row]]) -> None:
    """What sites and power projects cost to open, and when they can."""
    for row in tables["sites"]:
        if row["kind"] == "cloud" or not frame.some(6):
            continue
        if frame.some(8):
            row["usd_to_open"] = frame.number(1e3, 3e5)
            row.pop("book_value_usd", None)
        if frame.some(6):
            row["opens"] = frame.label(frame.whole(0, frame.periods - 1))
    for row in tables["power_projects"]:
        if frame.some(6):
            row["usd_to_open"] = frame.number(1e2, 5e4)
            row.pop("book_value_usd", None)


def draw_fabric(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Runs that choose their site, their chip type, or both."""
    for row in tables.get("milestones", []):
        if row.get("done_flop"):
            continue
        row["single_site"], row["single_chip"] = frame.pick(
            ("yes", "yes"), ("yes", "no"), ("no", "yes")
        )
        row["sites"], row["chips"] = None, None
        row["split_efficiency"] = frame.number(0.6, 1)


def draw_replicas(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Replicas of some chips, in one slice of two chips and more."""
    for row in tables.get("throughput", []):
        if frame.some(7):
            row["chips_per_replica"] = frame.pick(2, 3, 4, 8)


def draw_orders(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Least orders, their number and what they cost, of some offers."""
    for row in tables["offers"]:
        if row["kind"] in ("on_demand", "spot") or not frame.some(6):
            continue
        if frame.some(6):
            row["min_order"] = min(frame.number(1, 12), row.get("max_per_period", 12))
        if frame.some(5) and not row.get("min_per_period"):
            row["max_orders"] = frame.pick(0, 1, 1, 2)
            row["max_orders_per"] = frame.pick(None, "plan", "fiscal_year")
            if row["max_orders_per"] != "fiscal_year" and row["max_orders"] and frame.some(3):
                row["orders_before"] = 1
        if frame.some(5):
            row["usd_per_order"] = frame.number(1e3, 5e4)


def draw_steps(frame: Any, tables: dict[str, list[Row]]) -> None:
    """Price steps of some offers, and of a supply group whose offers bring one chip."""
    priced = [
        row
        for row in tables["offers"]
        if row["kind"] not in ("on_demand", "spot", "relocate") and row.get("usd_per_chip")
    ]
    rows: list[Row] = []
    for offer in priced:
        if not frame.some(7):
            continue
        offer["retire_early"], offer["cancellable"] = None, None
        counts, on = frame.pick("order", "fiscal_year", "plan"), frame.pick("all", "above")
        chips, usd = 0.0, float(offer["usd_per_chip"])
        for _ in range(frame.pick(1, 1, 2)):
            chips += frame.number(2, 10)
            usd *= frame.pick(0.6, 0.8, 0.9, 0.9, 1.2)
            rows.append(
                {
                    "offer": offer["offer"],
                    "from_chips": chips,
                    "usd_per_chip": round(usd, 2),
                    "counts": counts,
                    "on": on,
                    "source": "assumption",
                    "as_of": "2026-11-01",
                }
            )
        if counts == "plan" and frame.some(4):
            offer["chips_before"] = frame.number(1, 12)
    group = [row for row in tables["offers"] if row.get("supply_group") == "g"]
    alike = {row["chip"] for row in group}
    if len(alike) == 1 and all(row in priced for row in group) and frame.some(5):
        named = [row["offer"] for row in group]
        shared = [
            row | {"offer": None, "supply_group": "g"} for row in rows if row["offer"] in named
        ]
        kept = {row["counts"] + row["on"]: row for row in shared}
        if kept:
            rows = [row for row in rows if row["offer"] not in named] + [kept[min(kept)]]
            for row in group:
                row["retire_early"], row["cancellable"] = None, None
    tables["offer_steps"] = rows


KINDS: dict[str, Callable[[Any, dict[str, list[Row]]], None]] = {
    "racks": draw_racks,
    "orders": draw_orders,
    "steps": draw_steps,
    "blocks": draw_blocks,
    "opening": draw_opening,
    "fabric": draw_fabric,
    "replicas": draw_replicas,
}
