"""One model on one chip by ``aiconfigurator``, in a process of its own: it logs, and may take
minutes.

``python -m planner.sizing.worker JSON`` prints one line of JSON: the best configuration that keeps
the latency, what reading costs in it, or why there is none.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import warnings
from collections.abc import Mapping
from typing import Any, Final

BACKENDS: Final = ("trtllm", "vllm", "sglang")


def _best(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best configuration over serving modes, of the first backend that has one."""
    from aiconfigurator.cli import cli_default

    reasons = []
    for backend in BACKENDS:
        try:
            found = cli_default(
                job["path"],
                job["chips"],
                job["system"],
                isl=job["isl"],
                osl=job["osl"],
                ttft=job["ttft_ms"],
                tpot=job["tpot_ms"],
                backend=backend,
            )
        except (Exception, SystemExit) as reason:
            reasons.append(f"{backend}: {type(reason).__name__} {reason}"[:300])
            continue
        kept = [
            dict(row) | {"mode": mode}
            for mode, frame in found.best_configs.items()
            if frame is not None
            for row in frame.to_dict("records")
            if row["ttft"] <= job["ttft_ms"] * 1.001 and row["tpot"] <= job["tpot_ms"] * 1.001
        ]
        if kept:
            return max(kept, key=lambda row: float(row["tokens/s/gpu"]))
        reasons.append(f"{backend}: no configuration keeps the latency")
    return {"reason": "; ".join(reasons)}


def _reading(job: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[float, float]:
    """Return chip-seconds of an input token that is computed, and of one read from a cache, in the
    configuration of a row; NaN where they cannot be had."""
    from aiconfigurator.cli.api import cli_estimate

    mark = "(p)" if row["mode"] == "disagg" else ""
    parts = {name: int(row[f"{mark}{name}"]) for name in ("tp", "pp", "dp", "moe_tp", "moe_ep")}
    chips = parts["tp"] * parts["pp"] * parts["dp"]

    def seconds(isl: int, prefix: int) -> float:
        result = cli_estimate(
            job["path"],
            job["system"],
            mode="static_ctx",
            backend_name=str(row[f"{mark}backend"]),
            isl=isl,
            osl=1,
            batch_size=1,
            prefix=prefix,
            tp_size=parts["tp"],
            pp_size=parts["pp"],
            attention_dp_size=parts["dp"],
            moe_tp_size=parts["moe_tp"],
            moe_ep_size=parts["moe_ep"],
        )
        return float(result.ttft) / 1000.0 * chips / parts["dp"]

    half = job["isl"] // 2
    whole = seconds(job["isl"], 0)
    if half < 1:
        return whole / job["isl"], float("nan")
    return whole / job["isl"], (seconds(job["isl"], half) - seconds(job["isl"] - half, 0)) / half


def answer(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a job comes to: ``reason`` where nothing, else the configuration and its rates.

    Args:
        job: path, system, chips (of the whole deployment), isl, osl, ttft_ms, tpot_ms.
    """
    row = _best(job)
    if "reason" in row:
        return row
    try:
        computed, cached = _reading(job, row)
    except (Exception, SystemExit):  # rates together are known all the same
        computed = cached = float("nan")
    mark = "(d)" if row["mode"] == "disagg" else ""
    return {
        "mode": row["mode"],
        "tokens_per_s_chip": float(row["tokens/s/gpu"]),
        "ttft_ms": float(row["ttft"]),
        "tpot_ms": float(row["tpot"]),
        "chips": int(row["num_total_gpus"]),
        "memory_gb": float(row[f"{mark}memory"]),
        "parallel": str(row[f"{mark}parallel"]),
        "backend": f"{row[f'{mark}backend']} {row[f'{mark}version']}",
        "power_w": float(row.get("power_w") or 0.0),
        "input_s": computed,
        "cached_s": cached,
    }


def main(text: str) -> int:
    """Print the answer to a job as one line of JSON, and nothing else."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        told = answer(json.loads(text))
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
