"""Throughput: how fast chips serve a model, now and later, and what it takes to hold it."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "throughput",
        "Served tokens per second and chip, at the latency tier.",
        (
            C("model", "name", "Model.", required=True),
            C("tier", "name", "Latency tier.", required=True),
            C("chip", "name", "Chip type.", required=True, refers="chips"),
            C(
                "output_tok_per_s",
                "number",
                "Output tokens; if input_tok_per_s is blank, measured with the input's work "
                "included.",
                "tokens/s/chip",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "input_tok_per_s",
                "number",
                "Computed input tokens; blank = their work is included in the output figure.",
                "tokens/s/chip",
                low=0,
                above=True,
                beside="warning",
            ),
            C(
                "cached_tok_per_s",
                "number",
                "Cached input tokens; blank = their work is included in the output figure.",
                "tokens/s/chip",
                low=0,
                above=True,
                beside="warning",
            ),
            C(
                "calibration",
                "number",
                "Measured in our fleet over the published figure.",
                "ratio",
                low=0,
                above=True,
                default=1.0,
                beside="warning",
            ),
            C(
                "kw_active",
                "number",
                "All-in IT draw per chip on this work, for energy; blank = the chip's kw_peak. At "
                "least the chip's `kw_idle`, which it draws anyway: less is a figure of something "
                "else (a chip without its share of the host), and an error.",
                "kW",
                low=0,
                beside="fine",
            ),
            C(
                "chips_per_replica",
                "integer",
                "Chips that serve one copy of the model together; the rates are still per chip. "
                "Where `models.csv` says how large the model is, it must fit them.",
                "chips",
                low=1,
                default=1,
                beside="warning",
            ),
            C(
                "low",
                "number",
                "Least that output_tok_per_s may be, where it is known only so well. Told, and "
                "used by no equation: try it with `--set`.",
                "tokens/s/chip",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "high",
                "number",
                "Most that output_tok_per_s may be.",
                "tokens/s/chip",
                low=0,
                above=True,
                beside="fine",
            ),
            *SOURCE,
            NOTE,
        ),
        key=("model", "tier", "chip"),
        neighbours=("model", "tier"),
        absent="needed by inference workloads",
        group="throughput and software",
        quick=True,
    ),
    Table(
        "gains",
        "Software gains: multiplier on throughput from a period on, until the next row; 1 before "
        "the first.",
        (
            C("model", "name", "Model.", required=True),
            C(
                "chip",
                "name",
                "Chip type, or `*` for every chip without rows of its own.",
                required=True,
            ),
            C("period", "period", "From this period on.", required=True),
            C(
                "gain",
                "number",
                "Multiplier on the throughput of throughput.csv.",
                "ratio",
                required=True,
                low=0,
                above=True,
                across="last",
            ),
            *SOURCE,
            NOTE,
        ),
        key=("model", "chip", "period"),
        absent="throughput stays as measured",
        group="throughput and software",
        quick=True,
    ),
    Table(
        "models",
        "How much memory the models of throughput.csv need: `params_b` x `bytes_per_param` GB of "
        "weights must fit `memory_share` of `chips_per_replica` x `hbm_gb`.",
        (
            C("model", "name", "Model.", required=True),
            C(
                "params_b",
                "number",
                "All parameters that are held in memory, of a mixture of experts every expert.",
                "billion",
                required=True,
                low=0,
                above=True,
            ),
            C(
                "bytes_per_param",
                "number",
                "Bytes of a parameter as it is served: 2 in BF16, 1 in FP8, 0.53 in MXFP4 with "
                "its scales.",
                "bytes",
                required=True,
                low=0,
                above=True,
                high=8,
            ),
            C(
                "memory_share",
                "number",
                "Share of the chips' memory that weights may take; the rest is for the tokens "
                "that are being served.",
                "share",
                low=0,
                above=True,
                high=1,
                default=0.9,
                beside="fine",
            ),
            *SOURCE,
            NOTE,
        ),
        key=("model",),
        absent="whether a model fits its chips is not checked",
        group="throughput and software",
    ),
)
