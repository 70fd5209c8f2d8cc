"""What the chips of a random case are for: inference, research and milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.strategies import Frame

Row = dict[str, Any]


def active(frame: Frame, tables: dict[str, list[Row]], chip: str) -> float | None:
    """Draw at work: that of the chip, or somewhat less."""
    draw: float | None = frame.pick(
        None, next(round(0.8 * row["kw_peak"], 4) for row in tables["chips"] if row["chip"] == chip)
    )
    return draw


def draw_work(frame: Frame, tables: dict[str, list[Row]]) -> None:
    for name in (
        "workloads",
        "demand",
        "throughput",
        "gains",
        "training",
        "milestones",
        "profiles",
    ):
        tables[name] = []
    for load_row in (
        [
            {"profile": "p", "slice": k, "load": load, "source": "assumption"}
            for k, load in (("day", 2.2), ("night", 0.6))
        ]
        if len(frame.slices) == 2
        else []
    ):
        tables["profiles"].append(load_row)
    online, batch = frame.some(7), frame.some(4)
    research = frame.pick(None, None, "flop", "share_of_fleet", "multiple_of_milestones")
    milestones = frame.whole(0, 2)
    if not (online or batch or research or milestones):
        online = True
    if research == "multiple_of_milestones":
        milestones = max(1, milestones)
    if online:
        draw_inference(frame.of("inference w"), tables, "w", "online")
        if frame.some(3):
            draw_inference(frame.of("inference v"), tables, "v", "online")
    if batch:
        draw_inference(frame.of("inference b"), tables, "b", "batch")
    if not any(row.get("profile") for row in tables["workloads"]):
        tables["profiles"] = []
    if research or milestones:
        for chip in frame.chips:
            tier = (
                {"chips_at_full_efficiency": frame.number(1, 10), "efficiency_beyond": 0.6}
                if frame.some(4)
                else {}
            )
            tables["training"].append(
                {
                    "class": "c",
                    "chip": chip,
                    "precision": frame.pick("bf16", "fp8"),
                    "mfu": frame.number(0.2, 0.5),
                    "goodput": 0.9,
                    "kw_active": active(frame, tables, chip),
                    "source": "assumption",
                    "as_of": "2026-11-01",
                }
                | tier
            )
    if research:
        row: Row = {
            "workload": "r",
            "kind": "research",
            "model": "c",
            "utilisation_cap": frame.pick(None, 0.8),
        }
        if research == "flop":
            row["short_usd_per_1e21_flop"] = frame.number(1e3, 4e4)
            tables["demand"] += [
                {
                    "workload": "r",
                    "period": frame.label(t),
                    "flop": frame.number(0, 2e22) * frame.quarters,
                }
                for t in range(frame.periods)
            ]
        else:
            row[research] = frame.number(0.05, 0.5)
        tables["workloads"].append(row)
    for i in range(milestones):
        draw_milestone(frame.of(f"milestone {i}"), tables, i)


def draw_inference(frame: Frame, tables: dict[str, list[Row]], name: str, kind: str) -> None:
    row: Row = {
        "workload": name,
        "kind": kind,
        "model": name,
        "tier": "fast",
        "utilisation_cap": frame.pick(None, 0.7),
    }
    if kind == "batch":
        row["window_periods"] = frame.pick(None, 2, 3)
    elif len(frame.slices) == 2 and frame.some(7):
        row["profile"] = "p"
    if not frame.clouds or frame.some(6):
        row["short_usd_per_mtok"] = frame.number(0.5, 8)
    if len(frame.places) > 1 and frame.some(2) and row.get("short_usd_per_mtok"):
        row["sites"] = frame.pick(*frame.places)
    elif (
        len(frame.places) > 1
        and kind == "online"
        and (frame.clouds or len(frame.home) > 1)
        and frame.some(4)
    ):
        row["survive_site_loss"] = frame.pick(0.02, 0.3)
    if (
        len(frame.places) > 1
        and frame.clouds
        and "sites" not in row
        and "survive_site_loss" not in row
        and frame.some(2)
    ):
        row["regions"] = "r1"
    tables["workloads"].append(row)
    main = frame.pick("output_mtok", "output_mtok", "input_mtok")
    others = [
        column for column in ("input_mtok", "cached_mtok") if column != main and frame.some(5)
    ]
    for t in range(frame.periods):
        amount = frame.number(2e3, 1e5) * frame.quarters if t == 0 or frame.some(9) else 0.0
        tables["demand"].append(
            {"workload": name, "period": frame.label(t), main: amount}
            | {column: round(amount * frame.pick(0.5, 2), 6) for column in others}
        )
    for chip in frame.chips:
        if chip == "a" or frame.some(7):
            tables["throughput"].append(
                {
                    "model": name,
                    "tier": "fast",
                    "chip": chip,
                    "output_tok_per_s": frame.number(300, 2000),
                    "input_tok_per_s": frame.number(3000, 9000)
                    if main == "input_mtok" or frame.some(5)
                    else None,
                    "cached_tok_per_s": frame.pick(None, 30000),
                    "calibration": frame.pick(None, 0.9),
                    "kw_active": active(frame, tables, chip),
                    "source": "assumption",
                    "as_of": "2026-11-01",
                }
            )
    if frame.some(3):
        for chip in ("*", "a") if frame.some(4) else (frame.pick("*", "a"),):
            tables["gains"] += [
                {
                    "model": name,
                    "chip": chip,
                    "period": frame.label(t),
                    "gain": frame.number(0.8, 2),
                    "source": "assumption",
                }
                for t in (frame.pick(0, 1), 2)[: frame.whole(1, 2)]
                if t < frame.periods
            ]


def draw_milestone(frame: Frame, tables: dict[str, list[Row]], i: int) -> None:
    due = frame.whole(i, frame.periods - 1)
    start = frame.whole(0, due)
    row: Row = {
        "milestone": f"m{i}",
        "flop": frame.number(2e21, 5e22) * frame.quarters,
        "class": "c",
        "deadline": frame.date(due) if due > start and frame.some(4) else frame.label(due),
        "interruptible": frame.pick("no", "yes"),
        "as_of": None,
    }
    if start > 0:
        row["start"] = frame.date(start) if due > start and frame.some(5) else frame.label(start)
    wide = len(frame.places) > 1 and frame.some(5)
    row |= (
        {"sites": ";".join(frame.places), "single_site": "no"}
        if wide
        else {
            "sites": "sky" if frame.clouds and frame.some(8) else frame.pick(*frame.places),
            "single_site": "yes",
        }
    )
    many = len(frame.chips) > 1 and frame.some(5)
    row |= (
        {"chips": ";".join(frame.chips), "single_chip": "no"}
        if many
        else {"chips": "a", "single_chip": "yes"}
    )
    if wide or many:
        row["split_efficiency"] = frame.pick(0.8, 1.0)
    if frame.some(6) or "sky" not in row["sites"]:
        row["late_usd_per_period"] = frame.number(1e4, 2e6)
    if frame.some(3):
        row["max_chips"] = frame.number(5, 40) if "late_usd_per_period" in row else 1000
    if "sky" in row["sites"] and frame.some(4):
        row["min_chips"] = frame.number(0.5, 4)
    if i and frame.some(6):
        row["after"] = "m0"
    tables["milestones"].append(row)
