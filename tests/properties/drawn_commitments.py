"""Commitments in USD an hour of a random case, on its on-demand offers and one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.strategies import Frame

Row = dict[str, Any]


def draw_commitments(frame: Frame, tables: dict[str, list[Row]]) -> None:
    """One or two commitments; an on-demand offer for them where there is a cloud."""
    names = [row["offer"] for row in tables["offers"] if row["kind"] == "on_demand"]
    if frame.clouds:
        names.append("metered")
        tables["offers"].append(
            {
                "offer": "metered",
                "chip": frame.pick(*frame.chips),
                "site": "*",
                "kind": "on_demand",
                "lead_periods": 0,
                "usd_per_chip_hour": frame.number(0.2, 3),
                "source": "assumption",
                "as_of": "2026-11-01",
            }
        )
    tables["commitments"] = []
    for i in range(frame.pick(1, 1, 2)):
        signed = frame.some(3)
        tables["commitments"].append(
            {
                "commitment": f"plan{i}",
                "provider": "maker",
                "offers": frame.pick(None, frame.pick(*names)) if names else None,
                "discount": frame.pick(0.1, 0.3, 0.6),
                "term_periods": frame.whole(1, 5),
                "upfront_share": frame.pick(None, 0.5, 1),
                "max_usd_per_hour": frame.pick(None, None, frame.number(0.5, 30)),
                "first_order": None if signed else frame.pick(None, frame.label(1)),
                "last_order": frame.pick(None, None, frame.label(frame.periods - 1)),
                "signed": frame.label(frame.whole(-2, 1)) if signed else None,
                "usd_per_hour": frame.number(0, 10) if signed else None,
                "source": "assumption",
                "as_of": "2026-11-01",
            }
        )
