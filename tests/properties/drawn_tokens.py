"""Tokens that providers sell in a random case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.strategies import Frame

Row = dict[str, Any]


def draw_tokens(frame: Frame, tables: dict[str, list[Row]]) -> None:
    """One or two token offers, for inference that may leave the house."""
    inference = [row for row in tables["workloads"] if row["kind"] != "research"]
    if not inference:
        return
    for row in inference:
        row["may_leave_house"] = frame.pick("yes", "yes", "no")
    inference[0]["may_leave_house"] = "yes"
    tables["token_offers"], tables["token_prices"] = [], []
    for name in ("api", "other")[: frame.whole(1, 2)]:
        tables["token_offers"].append(draw_offer(frame.of(f"tokens {name}"), tables, name))
        if frame.some(4):
            tables["token_prices"] += [
                {
                    "token_offer": name,
                    "period": frame.label(t),
                    "usd_per_mtok_output": frame.number(0.1, 20),
                    "usd_per_mtok_cached": frame.pick(None, 0.2),
                }
                for t in range(frame.periods)
                if frame.some(6)
            ]


def draw_offer(frame: Frame, tables: dict[str, list[Row]], name: str) -> Row:
    names = [row["workload"] for row in tables["workloads"]]
    models = sorted({row["model"] for row in tables["workloads"] if row["kind"] != "research"})
    row: Row = {
        "token_offer": name,
        "provider": "maker",
        "usd_per_mtok_output": frame.number(0.1, 20),
        "usd_per_mtok_input": frame.number(0.02, 4),
        "usd_per_mtok_cached": frame.pick(None, frame.number(0.01, 1)),
        "models": frame.pick(None, frame.pick(*models)),
        "tiers": frame.pick(None, None, "f"),
        "workloads": frame.pick(None, None, frame.pick(*names)),
        "regions": frame.pick(None, "r1", "r1;r2"),
        "countries": frame.pick(None, "US", "DE"),
        "source": "assumption",
        "as_of": "2026-11-01",
    }
    asked = [row["output_mtok"] for row in tables["demand"] if row.get("output_mtok")]
    most = max((float(one) for one in asked), default=1.0)
    if frame.some(5):
        row["max_mtok"] = float(f"{most * frame.number(0.05, 1.2):.4g}")
    if frame.some(3):
        row["min_usd"] = float(f"{most * frame.number(0.1, 5):.4g}")
        row["missed_usd_per_usd"] = frame.pick(None, 0.5, 2)
    if frame.some(3):
        row["first_period"] = frame.label(frame.whole(0, frame.periods - 1))
    if frame.some(2):
        row["last_period"] = frame.label(frame.periods - 1)
    return row
