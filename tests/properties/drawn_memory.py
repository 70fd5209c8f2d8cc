"""Random sizes of models, memory of chips and ranges of rates, which no equation uses."""

from __future__ import annotations

from typing import Any


def draw_memory(frame: Any, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Sizes that fit one chip, so that what is drawn stays a case."""
    if not tables.get("throughput") or not frame.some(3):
        return
    for chip in tables["chips"]:
        chip["hbm_gb"] = frame.pick(80, 141, 192)
    names = dict.fromkeys(row["model"] for row in tables["throughput"])
    tables["models"] = [
        {
            "model": name,
            "params_b": frame.number(1, 60),
            "bytes_per_param": frame.pick(0.53, 1, 1),
            "memory_share": frame.pick(None, 0.8),
        }
        for name in names
    ]
    for row in tables["throughput"]:
        rate = row.get("output_tok_per_s")
        if rate and frame.some(5):
            row["low"], row["high"] = 0.5 * float(rate), 2 * float(rate)
