"""The topics of the library: one file each, its columns declared."""

from __future__ import annotations

from typing import Final

from planner.library.declare import Column as C
from planner.library.declare import Topic

CHIP: Final = C("chip", "name", "Chip type.")
MODEL: Final = C("model", "name", "Model.")
HEADS: Final = {
    "peak_tflops_bf16": "TF BF16",
    "peak_tflops_fp8": "TF FP8",
    "peak_tflops_fp4": "TF FP4",
    "hbm_gb": "GB",
    "hbm_gb_per_s": "GB/s",
    "rack_chips": "rack",
    "scale_up_chips": "-",
    "kw_per_chip": "kW/chip",
    "annual_attrition": "lost/year",
    "economic_life_years": "life",
    "book_life_years": "book",
    "maintenance_usd_per_chip_year": "upkeep USD/year",
    "decommission_usd_per_chip": "exit USD",
    "server_life_years": "years",
    "usd_per_chip": "USD/chip",
    "low_usd_per_chip": "low",
    "high_usd_per_chip": "high",
    "usd_per_chip_hour": "USD/chip-hour",
    "tflops_per_chip": "TFLOP/s",
    "input_tokens": "in",
    "output_tokens": "out",
    "least_tok_per_s_user": "tok/s/user",
    "output_tok_per_s": "tok/s/chip",
    "share_of_nvidia": "share",
    "params_b": "billion",
    "active_b": "active",
    "bytes_per_param": "bytes",
    "input_usd_per_mtok": "input USD/Mtok",
    "output_usd_per_mtok": "output USD/Mtok",
    "cached_usd_per_mtok": "cached USD/Mtok",
    "usd_per_mwh": "USD/MWh",
    "kg_co2_per_mwh": "kg/MWh",
    "usd_per_mw": "USD/MW",
    "usd_per_kw_month": "USD/kW/month",
}
"""What stands above figures on a terminal."""
CONTRACTS: Final = ("on_demand", "spot", "reserved_1y", "reserved_3y", "capacity_block")


def _number(
    name: str,
    help_: str,
    unit: str,
    between: tuple[float, float],
    *,
    blank: bool = False,
) -> C:
    low, high = between
    head = HEADS.get(name, "")
    return C(name, "number", help_, unit, required=not blank, low=low, high=high, head=head)


_PLACE: Final = (
    C("place", "name", "State or country."),
    C("country", "text", "ISO code of its country."),
    C("state", "text", "Postal code of the state; blank = the whole country.", required=False),
)

TOPICS: Final[tuple[Topic, ...]] = (
    Topic(
        "chips",
        "What a chip is: peaks, memory, rack.",
        (
            CHIP,
            C("aliases", "names", "Other names of it.", required=False, head="-"),
            C("vendor", "text", "Who makes it.", head="-"),
            C("family", "text", "Generation.", head="-"),
            _number("peak_tflops_bf16", "Dense BF16 peak.", "TFLOP/s", (10, 1e5), blank=True),
            _number("peak_tflops_fp8", "Dense FP8 peak.", "TFLOP/s", (10, 1e5), blank=True),
            _number("peak_tflops_fp4", "Dense FP4 peak.", "TFLOP/s", (10, 1e6), blank=True),
            _number("hbm_gb", "Memory.", "GB", (8, 2_000)),
            _number("hbm_gb_per_s", "Memory bandwidth.", "GB/s", (100, 100_000)),
            C("cooling", "choice", "How it is cooled.", allowed=("air", "liquid")),
            _number("rack_chips", "Chips of the smallest unit sold.", "chips", (1, 10_000)),
            _number(
                "scale_up_chips", "Chips of one fast domain.", "chips", (1, 20_000), blank=True
            ),
            C("available_from", "text", "Quarter in which it could first be had.", head="-"),
            C("sold", "names", "Whether it can be bought, rented, or both."),
        ),
        ("chip",),
    ),
    Topic(
        "power",
        "What a chip draws, with its share of host, network and storage.",
        (
            CHIP,
            C("basis", "choice", "What was counted.", allowed=("all-in", "idle", "measured")),
            _number("kw_per_chip", "Draw of one chip.", "kW", (0.02, 10)),
            C("work", "text", "What was measured on it.", required=False),
        ),
        ("chip", "basis", "work"),
    ),
    Topic(
        "lives",
        "How long a chip lives, how often it fails, what its upkeep costs.",
        (
            CHIP,
            _number("availability", "Share of time it can be used.", "share", (0.5, 1)),
            _number("annual_attrition", "Share lost a year.", "share/year", (0, 0.5), blank=True),
            _number("economic_life_years", "Years in service.", "years", (2, 10)),
            _number("book_life_years", "Years of depreciation.", "years", (2, 10)),
            _number(
                "maintenance_usd_per_chip_year",
                "Upkeep.",
                "USD/chip/year",
                (10, 10_000),
                blank=True,
            ),
            _number(
                "decommission_usd_per_chip", "Taking it out.", "USD/chip", (10, 5_000), blank=True
            ),
        ),
        ("chip",),
    ),
    Topic(
        "depreciation",
        "Over how many years owners write servers off.",
        (
            C("owner", "text", "Who."),
            _number("server_life_years", "Useful life of servers.", "years", (2, 10)),
        ),
        ("owner",),
    ),
    Topic(
        "prices",
        "What a chip costs to buy, by date.",
        (
            CHIP,
            C(
                "includes",
                "choice",
                "What the price includes: the chip alone, what its maker pays for it, a card at "
                "list price, its share of a server or a rack, or all until it works (server, "
                "network, installation).",
                allowed=("chip", "maker", "list", "server", "rack", "installed"),
            ),
            _number("usd_per_chip", "Price of one chip.", "USD/chip", (500, 500_000)),
            _number("low_usd_per_chip", "Least of a range.", "USD/chip", (500, 5e5), blank=True),
            _number("high_usd_per_chip", "Most of a range.", "USD/chip", (500, 5e5), blank=True),
        ),
        ("chip", "includes"),
    ),
    Topic(
        "clouds",
        "What a chip costs to rent, by provider, contract and date.",
        (
            C("provider", "name", "Who rents it out; `any`: no particular one."),
            CHIP,
            C("contract", "choice", "Kind of contract.", allowed=CONTRACTS),
            C("region", "text", "Where; `any`: everywhere."),
            _number("usd_per_chip_hour", "Price of one chip.", "USD/chip-hour", (0.1, 50)),
        ),
        ("provider", "chip", "contract", "region"),
    ),
    Topic(
        "training",
        "How much of its peak a chip keeps in training, by number of chips.",
        (
            CHIP,
            C("work", "name", "What was trained; `pretrain`: to plan with."),
            _number("chips", "Chips that worked together.", "chips", (1, 1e6)),
            C("precision", "choice", "Peak it is a share of.", allowed=("bf16", "fp8", "fp4")),
            _number("mfu", "Model FLOP/s over the dense peak.", "share", (0.01, 1.5)),
            _number("goodput", "Share of time that counts.", "share", (0.5, 1), blank=True),
            _number("tflops_per_chip", "Model TFLOP/s.", "TFLOP/s", (10, 1e5), blank=True),
        ),
        ("chip", "work", "chips"),
    ),
    Topic(
        "throughput",
        "Measured output tokens a second and chip, by model, chip and interactivity.",
        (
            MODEL,
            CHIP,
            C("benchmark", "text", "Who measured how."),
            C("tier", "name", "How fast each user was to be served."),
            _number("input_tokens", "Of a request.", "tokens", (1, 1e6), blank=True),
            _number("output_tokens", "Of a request.", "tokens", (1, 1e6), blank=True),
            C("precision", "text", "Of the weights.", required=False),
            _number(
                "least_tok_per_s_user", "That every user gets.", "tokens/s", (0, 1e4), blank=True
            ),
            _number("chips", "Chips of the system measured.", "chips", (1, 10_000), blank=True),
            _number("output_tok_per_s", "Best result.", "tokens/s/chip", (1, 1e5)),
        ),
        ("model", "chip", "benchmark", "tier", "input_tokens", "output_tokens"),
    ),
    Topic(
        "maturity",
        "What software makes of a chip's memory bandwidth beside NVIDIA's.",
        (
            C("vendor", "text", "Who makes the chip."),
            _number("share_of_nvidia", "Share.", "share", (0.2, 2)),
        ),
        ("vendor",),
    ),
    Topic(
        "gains",
        "What newer software made of the same chip.",
        (
            MODEL,
            CHIP,
            C("scenario", "text", "What was run."),
            C("from_date", "date", "First result."),
            C("to_date", "date", "Second result."),
            _number("gain", "Second over first.", "ratio", (0.3, 20)),
        ),
        ("model", "chip", "scenario", "from_date"),
    ),
    Topic(
        "models",
        "What a model is: its parameters.",
        (
            MODEL,
            C("aliases", "names", "Other names of it.", required=False, head="-"),
            C("maker", "text", "Who trained it."),
            _number("params_b", "Parameters.", "billion", (0.1, 20_000)),
            _number("active_b", "Parameters that a token uses.", "billion", (0.1, 20_000)),
            _number("bytes_per_param", "Bytes of one, as it is mostly served.", "bytes", (0.3, 8)),
        ),
        ("model",),
    ),
    Topic(
        "tokens",
        "What a million tokens cost in the market.",
        (
            MODEL,
            C("provider", "name", "Who sells them."),
            _number("input_usd_per_mtok", "Input.", "USD/Mtok", (0.001, 200)),
            _number("output_usd_per_mtok", "Output.", "USD/Mtok", (0.001, 1_000)),
            _number("cached_usd_per_mtok", "Cached input.", "USD/Mtok", (0.0001, 100), blank=True),
        ),
        ("model", "provider"),
    ),
    Topic(
        "energy",
        "What electricity costs industry, by state and country.",
        (*_PLACE, _number("usd_per_mwh", "Price.", "USD/MWh", (5, 500))),
        ("place",),
    ),
    Topic(
        "carbon",
        "What electricity emits, by state and country.",
        (*_PLACE, _number("kg_co2_per_mwh", "Emissions.", "kg/MWh", (1, 1_500))),
        ("place",),
    ),
    Topic(
        "pue",
        "Power of a hall over power of its IT.",
        (C("operator", "name", "Whose."), _number("pue", "Ratio.", "ratio", (1, 3))),
        ("operator",),
    ),
    Topic(
        "buildings",
        "What a hall costs to build, rent and keep.",
        (
            C("item", "choice", "What is paid.", allowed=("build", "rent", "space")),
            C("place", "name", "Where."),
            _number("usd_per_mw", "Of IT, to build.", "USD/MW", (1e6, 1e8), blank=True),
            _number("usd_per_kw_month", "Of IT.", "USD/kW/month", (1, 1_000), blank=True),
        ),
        ("item", "place"),
    ),
    Topic(
        "lead_times",
        "How long things take.",
        (C("item", "text", "What."), _number("weeks", "From order to use.", "weeks", (1, 1_000))),
        ("item",),
    ),
    Topic(
        "ranges",
        "Where figures of a column of a case usually lie; beyond, `planner check` warns.",
        (
            C("table", "text", "Table of a case."),
            C("column", "text", "Column of it."),
            _number("low", "Least that is usual.", "", (1e-6, 1e30)),
            _number("high", "Most that is usual.", "", (1e-3, 1e30)),
            C("slips", "name", "How units slip in it."),
        ),
        ("table", "column"),
    ),
)
"""In the order in which one asks."""

TOPIC: Final = {topic.name: topic for topic in TOPICS}
