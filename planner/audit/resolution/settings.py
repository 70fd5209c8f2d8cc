"""The settings of case.yaml and the calendar that they make, every default written out."""

from __future__ import annotations

from typing import Any, Final

from planner.audit.resolution.blanks import SETTINGS
from planner.audit.resolution.values import Clock, first_day, number

_NUMBERS: Final = (
    "discount_rate",
    "headroom",
    "carbon_usd_per_tonne",
    "change_usd_per_chip",
    "time_limit_s",
    "gap",
    "whole_gap",
)
_TRUTHS: Final = ("whole",)
_WHOLE: Final = ("fiscal_year_start", "frozen_periods", "stale_after_days", "threads", "seed")
_RUN: Final = ("solver", "time_limit_s", "threads", "gap", "whole_gap", "seed")


def resolve_settings(written: dict[str, Any]) -> tuple[dict[str, Any], Clock]:
    """Return the settings, every default written out, and the calendar that they make."""
    run = written.get("run") or {}
    said = {name: text for name, text in written.items() if name not in _RUN} | {
        name: run.get(name) for name in _RUN
    }
    result: dict[str, Any] = {}
    for name in ("name", "start", "discount_rate", *SETTINGS):
        text = said.get(name)
        if text is None or text == "":
            result[name] = SETTINGS[name]
        elif name in _NUMBERS or name in _WHOLE:
            result[name] = number(text) if name in _NUMBERS else int(number(text))
        elif name in _TRUTHS:
            result[name] = str(text).lower() in ("yes", "true")
        else:
            result[name] = text
    frequency, fiscal = result["frequency"], result["fiscal_year_start"]
    first = first_day(result["start"], frequency, fiscal)
    clock = Clock(frequency, first, 1, fiscal)
    if said.get("end"):  # the last period belongs to the plan
        result["periods"] = clock.position(said["end"]) + 1
    else:
        result["periods"] = int(number(said["periods"]))
    slices = said.get("slices") or [{"name": "all", "hours_share": "1"}]
    result["slices"] = [(entry["name"], number(entry["hours_share"])) for entry in slices]
    result["accept"] = [(entry["warning"], entry["reason"]) for entry in result["accept"] or []]
    return result, Clock(frequency, first, result["periods"], fiscal)
