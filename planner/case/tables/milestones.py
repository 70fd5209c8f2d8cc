"""Milestones: training runs with a deadline, and how well chips train."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, ORIGIN, SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "milestones",
        "Training runs with a deadline.",
        (
            C("milestone", "name", "Name of the training run.", required=True),
            C(
                "flop",
                "number",
                "Model FLOP; or give params_b and tokens_t.",
                "FLOP",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "params_b",
                "number",
                "Active parameters, for flop = 6 x params x tokens.",
                "billion",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "tokens_t",
                "number",
                "Training tokens, for flop = 6 x params x tokens.",
                "trillion",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "done_flop",
                "number",
                "FLOP of it done before the plan starts; `flop` stays the whole. A finished run "
                "(all of it done) needs no more work and stays for those that build on it.",
                "FLOP",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C("class", "name", "Training class of training.csv.", required=True),
            C(
                "start",
                "instant",
                "Earliest start: a period (its beginning) or a date, also one before the plan; "
                "blank = start of the plan.",
            ),
            C(
                "deadline",
                "instant",
                "A period (its end) or a date (its beginning), inside the plan; before it only "
                "where the run is finished or late_usd_per_period goes on.",
                required=True,
            ),
            C(
                "min_chips",
                "number",
                "Fewest chips kept on the run in every period that its window covers wholly, also "
                "when it is finished; interruptible: in every slice of it.",
                "chips",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "max_chips",
                "number",
                "Most chips that can work on it at once; blank = no limit.",
                "chips",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "sites",
                "names",
                "Sites where it may run; blank = all.",
                default="*",
                refers="sites",
                beside="warning",
            ),
            C(
                "chips",
                "names",
                "Chip types it may run on; blank = all of its class.",
                default="*",
                refers="chips",
                beside="warning",
            ),
            C(
                "single_site",
                "yes_no",
                "One run, one fabric: runs on one site. The plan chooses it where several may be "
                "used (with `whole: no` it may use all of them at once); where the run has begun "
                "(`done_flop`), `sites` must name it.",
                default=True,
            ),
            C(
                "single_chip",
                "yes_no",
                "One run, one generation: runs on one chip type, chosen or named by `chips` like "
                "the site.",
                default=True,
            ),
            C(
                "split_efficiency",
                "number",
                "Efficiency left when the run is spread over sites or chip types; needed where "
                "single_site or single_chip is no and there is a choice; applies wherever sites, "
                "chips and rules leave one, also where no chip can ever be; of a run on one site "
                "(one chip type), where that site (chip type) leaves one.",
                "share",
                low=0,
                high=1,
                above=True,
                beside="fine",
            ),
            C(
                "interruptible",
                "yes_no",
                "Whether it may use different numbers of chips in different slices.",
                default=False,
            ),
            C(
                "late_usd_per_period",
                "number",
                "Charge per period on the unfinished share of the whole, from the deadline's "
                "period on; blank = the deadline is hard.",
                "USD/period",
                low=0,
                beside="fine",
            ),
            C(
                "after",
                "names",
                "Milestones it builds on: its finished share at the end of a period is at most "
                "theirs a period before, with what was done before the plan.",
                default="",
                refers="milestones",
                beside="fine",
            ),
            C(
                "owner",
                "text",
                "Who pays for it: the team or product that `showback.csv` charges; blank = nobody "
                "is named. No cost depends on it.",
                default="",
            ),
            C(
                "model",
                "name",
                "Model of workloads.csv that it trains: `economics.csv` spreads its cost over the "
                "tokens of that model; blank = none of them. No cost depends on it.",
                default="",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("milestone",),
        absent="nothing is trained; workloads are needed then",
        group="milestones",
    ),
    Table(
        "training",
        "How well a class of training runs on a chip.",
        (
            C("class", "name", "Training class.", required=True),
            C("chip", "name", "Chip type.", required=True, refers="chips"),
            C(
                "precision",
                "choice",
                "Precision whose peak counts. `mfu` is a share of it: a chip without a peak at "
                "this precision in `chips.csv` is an error.",
                required=True,
                allowed=("bf16", "fp8", "fp4"),
            ),
            C(
                "mfu",
                "number",
                "Model FLOP over peak FLOP while running.",
                "share",
                required=True,
                low=0,
                high=1,
                above=True,
            ),
            C(
                "goodput",
                "number",
                "Share of time that makes progress (restarts, checkpoints, evaluations).",
                "share",
                required=True,
                low=0,
                high=1,
                above=True,
            ),
            C(
                "chips_at_full_efficiency",
                "number",
                "Chips on one site up to which this efficiency holds; blank = any number.",
                "chips",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "efficiency_beyond",
                "number",
                "Efficiency, relative, of chips beyond that; needed with chips_at_full_efficiency.",
                "share",
                low=0,
                high=1,
                above=True,
                beside="fine",
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
            *SOURCE,
            NOTE,
        ),
        key=("class", "chip"),
        absent="needed by milestones and research",
        group="throughput and software",
    ),
)
