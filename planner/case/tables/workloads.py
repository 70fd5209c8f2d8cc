"""Workloads: what has to be served, how much of it and when."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, ORIGIN, SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "workloads",
        "What chips work on besides milestones: inference and research.",
        (
            C("workload", "name", "Name of the workload.", required=True),
            C(
                "kind",
                "choice",
                "online: served in every slice; batch: any time in its window; research: FLOP.",
                required=True,
                allowed=("online", "batch", "research"),
            ),
            C(
                "model",
                "name",
                "Model served; for research the training class whose efficiency applies.",
                required=True,
            ),
            C(
                "tier",
                "name",
                "Latency tier, as in throughput.csv; blank for research.",
                default="",
            ),
            C(
                "regions",
                "names",
                "Regions where it may run; blank = all.",
                default="*",
                beside="warning",
            ),
            C(
                "sites",
                "names",
                "Sites where it may run; blank = all sites of its regions.",
                default="*",
                refers="sites",
                beside="warning",
            ),
            C(
                "profile",
                "name",
                "Load profile over slices; blank = flat. Online only.",
                default="",
                refers="profiles",
            ),
            C(
                "utilisation_cap",
                "number",
                "Highest share of measured throughput planned on (queueing, bursts within a "
                "slice).",
                "share",
                low=0,
                high=1,
                above=True,
                default=1.0,
                beside="warning",
            ),
            C(
                "window_periods",
                "integer",
                "Batch only: demand of this many consecutive periods, counted from the start of "
                "the plan or from window_start, may be served anywhere within them.",
                "periods",
                low=1,
                default=1,
                beside="fine",
            ),
            C(
                "window_start",
                "period",
                "Batch only: period in which the first window of the plan began, where that is "
                "before the plan; blank = it begins with the plan. `demand.csv` keeps its rows of "
                "that window's passed periods.",
            ),
            C(
                "served_mtok",
                "number",
                "Batch only: million work tokens served before the plan of the window that has "
                "begun; blank = none.",
                "million tokens",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "short_usd_per_mtok",
                "number",
                "Price of not serving a million tokens (of the workload's work token); blank = "
                "must be served. Inference only. With a price, work that no chip can do (none with "
                "throughput, or none that could be there) is a warning and all of it is short; "
                "without one it is an error.",
                "USD/Mtok",
                low=0,
                beside="fine",
            ),
            C(
                "short_usd_per_1e21_flop",
                "number",
                "Price of not doing 1e21 FLOP of research given as flop; blank = must be done.",
                "USD/1e21 FLOP",
                low=0,
                beside="fine",
            ),
            C(
                "share_of_fleet",
                "number",
                "Research only: floor as a share of the chip-time of all powered chips, instead "
                "of flop in demand.csv.",
                "share",
                low=0,
                high=1,
                beside="fine",
            ),
            C(
                "multiple_of_milestones",
                "number",
                "Research only: cumulative FLOP, at the end of every period, at least this "
                "multiple of that of all milestones, instead of flop in demand.csv. Both count "
                "from the beginning, with done_flop here and in milestones.csv.",
                "ratio",
                low=0,
                beside="fine",
            ),
            C(
                "done_flop",
                "number",
                "Research given as a multiple only: FLOP of it done before the plan starts. What "
                "is behind the multiple of the milestones' done_flop then is done in the first "
                "period.",
                "FLOP",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "survive_site_loss",
                "number",
                "Share of the demand that must still be servable after the loss of any one site; "
                "blank = no such demand. Online only.",
                "share",
                low=0,
                high=1,
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
                "usd_per_mtok",
                "number",
                "What is charged per million work tokens (output tokens where there are any), all "
                "that is earned with it over these; blank = no price, and no margin is told. "
                "Inference only. No cost depends on it.",
                "USD/Mtok",
                low=0,
                beside="fine",
            ),
            C(
                "may_leave_house",
                "yes_no",
                "Whether it may be served by tokens bought from a provider (`token_offers.csv`). "
                "Inference only.",
                default=False,
            ),
            ORIGIN,
            NOTE,
        ),
        key=("workload",),
        neighbours=("kind",),
        absent="nothing is served; milestones are needed then",
        group="demand",
    ),
    Table(
        "demand",
        "Demand by workload and period. A workload needs a row in every period; write 0 where "
        "there is none. Batch work whose window has begun keeps its rows from window_start on.",
        (
            C("workload", "name", "Workload.", required=True, refers="workloads"),
            C("period", "period", "Period.", required=True),
            C(
                "output_mtok",
                "number",
                "Output tokens; blank = the workload has none.",
                "million tokens",
                low=0,
                default=0.0,
                beside="error",
                across="sum",
            ),
            C(
                "input_mtok",
                "number",
                "Input tokens that must be computed; blank = counted within the output figure's "
                "throughput.",
                "million tokens",
                low=0,
                default=0.0,
                beside="error",
                across="sum",
            ),
            C(
                "cached_mtok",
                "number",
                "Input tokens served from a prefix cache.",
                "million tokens",
                low=0,
                default=0.0,
                beside="error",
                across="sum",
            ),
            C(
                "flop",
                "number",
                "Research only: FLOP to be delivered.",
                "FLOP",
                low=0,
                default=0.0,
                beside="error",
                across="sum",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("workload", "period"),
        absent="needed by every workload that is not a share or a multiple",
        group="demand",
        quick=True,
    ),
    Table(
        "profiles",
        "Load by slice relative to the mean: share-weighted mean 1.",
        (
            C("profile", "name", "Profile.", required=True),
            C("slice", "name", "Slice of case.yaml.", required=True),
            C(
                "load",
                "number",
                "Load in this slice over the mean load.",
                "ratio",
                required=True,
                low=0,
            ),
            *SOURCE,
        ),
        key=("profile", "slice"),
        absent="every load is flat",
        group="demand",
        quick=True,
    ),
)
