"""Every input table, declared once, as data.

From these declarations come the reader, the validation, the reference in ``inputs/README.md``, the JSON Schema
of ``case.yaml`` and the template that ``planner init`` writes.  Nothing else in the planner knows what a column
is called, which unit it has or what a blank cell means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ColumnType = Literal["name", "names", "text", "choice", "number", "integer", "yes_no", "period", "instant", "date"]
"""How a cell is read.

``name``: an identifier; ``names``: several, separated by ``;``, or ``*`` for all; ``text``: anything;
``choice``: one of ``allowed``; ``yes_no``: yes or no; ``period``: a period such as 2027Q1 (an integer index
relative to the start of the plan in the case, negative before it); ``instant``: a period or a date (2027-05-15);
``date``: an ISO date, kept as text.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an input table: its type, unit, what a blank means and one sentence of help.

    ``required`` columns must be present and filled.  For the others ``default`` is the value of a blank cell, or
    ``None`` where a blank has the meaning that ``help`` states.  ``low`` and ``high`` are inclusive unless
    ``above`` is set, which excludes ``low``.  ``refers`` names the table whose key every entry must be found in.
    """

    name: str
    type: ColumnType
    help: str
    unit: str = ""
    required: bool = False
    default: float | str | bool | None = None
    low: float | None = None
    high: float | None = None
    above: bool = False
    allowed: tuple[str, ...] = ()
    refers: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One input table: its key, its columns and what it means when the whole table is absent."""

    name: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    absent: str = ""
    file: str = ""
    other_columns: bool = False
    """True where further columns are ignored: only the planner's own buy plan, read back."""

    def column(self, name: str) -> Column:
        """Return the declaration of one column; raises ``KeyError`` for a name that is not declared."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} declares no column {name}")

    @property
    def path(self) -> str:
        """Path of the CSV file inside the case folder."""
        return self.file or f"{self.name}.csv"

    @property
    def wide(self) -> bool:
        """Whether periods may stand as headers: the table has ``period`` in its key."""
        return "period" in self.key


MOST: Final = {"chips": 1e10, "MW": 1e9, "kW": 1e6, "TFLOP/s": 1e12, "FLOP": 1e36, "million tokens": 1e20, "tokens/s/chip": 1e12, "USD": 1e15, "years": 1e4, "ratio": 1e6, "billion": 1e12, "trillion": 1e12}
"""Figures above these, by unit, can only be a wrong unit or a number that stands for `no limit`; with them the solver's arithmetic proves nothing."""
MOST_PRICE: Final = 1e12
"""The same for every unit that begins with `USD/`."""


def most(unit: str) -> float | None:
    """Return the largest figure that may be given in a unit; None where only the column itself sets bounds."""
    return MOST_PRICE if unit.startswith("USD/") else MOST.get(unit)


C = Column

SOURCE: Final = (
    C("source", "text", "Where the figures of this row come from; `assumption` where nobody published one."),
    C("as_of", "date", "Date of the source; figures older than a year are reported as stale."),
)
NOTE: Final = C("note", "text", "Free text, carried along and never interpreted.")

OFFER_KINDS: Final = (
    "purchase", "lease", "reserved", "reserved_1y", "reserved_3y", "capacity_block", "on_demand", "spot", "relocate",
)
BURST_KINDS: Final = ("on_demand", "spot")
"""Kinds rented by the hour, period by period and slice by slice; every other kind is ordered and then held."""

TABLES: Final[tuple[Table, ...]] = (
    Table("chips", "Chip types: what a chip is, draws and can do.", (
        C("chip", "name", "Name of the chip type.", required=True),
        C("vendor", "name", "Who makes it; limits and rules may name a vendor.", required=True),
        C("family", "text", "Generation, used to group chips in charts."),
        C("kw_peak", "number", "All-in IT draw per chip when working: chip plus its share of host, network and storage, never the TDP. Power limits count this.", "kW", required=True, low=0, above=True),
        C("kw_idle", "number", "All-in IT draw per chip when powered but idle.", "kW", required=True, low=0),
        C("peak_tflops_bf16", "number", "Dense BF16 peak per chip; blank = not usable at this precision.", "TFLOP/s", low=0, above=True),
        C("peak_tflops_fp8", "number", "Dense FP8 peak per chip; blank = not usable at this precision.", "TFLOP/s", low=0, above=True),
        C("peak_tflops_fp4", "number", "Dense FP4 peak per chip; blank = not usable at this precision.", "TFLOP/s", low=0, above=True),
        C("hbm_gb", "number", "Memory per chip; blank = not stated, used for information only.", "GB", low=0),
        C("hbm_gb_per_s", "number", "Memory bandwidth per chip; blank = not stated, used only to judge a throughput against the roofline.", "GB/s", low=0, above=True),
        C("cooling", "choice", "Liquid-cooled chips also count against a site's liquid-cooled MW.", allowed=("air", "liquid"), default="air"),
        C("lot_size", "integer", "Chips per rack or minimum shipping unit; used for the rounded column.", "chips", low=1, default=1),
        C("availability", "number", "Share of time a powered chip can be used (repairs, drains, upgrades).", "share", required=True, low=0, high=1, above=True),
        C("annual_attrition", "number", "Share of chips lost for good per year of age.", "share/year", low=0, high=0.99, default=0.0),
        C("economic_life_years", "number", "Years in service after which a bought chip leaves; the term of a purchase.", "years", required=True, low=0, above=True),
        C("book_life_years", "number", "Depreciation life for book figures, which are not part of the objective; blank = economic life.", "years", low=0, above=True),
        C("maintenance_usd_per_chip_year", "number", "Repair and support per owned chip held; `maintenance.csv` gives it by age instead.", "USD/chip/year", low=0, default=0.0),
        C("decommission_usd_per_chip", "number", "Cost of taking out an owned chip at the end of its life or when it is retired early.", "USD/chip", low=0, default=0.0),
        *SOURCE, NOTE), key=("chip",), required=True),
    Table("sites", "Places where chips stand: own halls, colocation and cloud regions.", (
        C("site", "name", "Name of the site or cloud region.", required=True),
        C("region", "name", "Region, used by workloads, rules and limits.", required=True),
        C("country", "name", "Country, used by export rules.", required=True),
        C("kind", "choice", "At a cloud site energy, space and power are part of the rental; nothing can be bought there.", required=True, allowed=("owned", "colo", "cloud")),
        C("pue", "number", "Utility power per IT power; required for owned and colo sites, ignored for cloud.", "ratio", low=1),
        C("power_basis", "choice", "Whether the MW of this site are IT or utility power; blank = `power_basis` of case.yaml.", allowed=("it", "utility")),
        C("headroom", "number", "Share of a power limit kept free; blank = `headroom` of case.yaml.", "share", low=0, high=1),
        C("usd_per_mwh", "number", "Energy price where `energy.csv` has none; owned and colo sites need one or the other.", "USD/MWh"),
        C("kg_co2_per_mwh", "number", "Carbon of that energy where `energy.csv` has none.", "kg/MWh", low=0),
        C("usd_per_kw_month_demand", "number", "Demand charge on the period's highest utility draw where `energy.csv` has none.", "USD/kW/month", low=0, default=0.0),
        C("usd_per_kw_month", "number", "Space and staff per kW of IT power of powered chips (colocation rent).", "USD/kW/month", low=0, default=0.0),
        *SOURCE, NOTE), key=("site",), required=True),
    Table("power", "Power that a site can give, by period. A site with rows here needs every period of the plan.", (
        C("site", "name", "Site.", required=True, refers="sites"),
        C("period", "period", "Period.", required=True),
        C("mw", "number", "Power limit, on the site's power basis.", "MW", required=True, low=0),
        C("liquid_mw", "number", "Part of it that can carry liquid-cooled chips; blank = all of it.", "MW", low=0),
        NOTE), key=("site", "period"), absent="no site has a power limit; owned and colo sites need one, so only a case of cloud regions can leave it out"),
    Table("energy", "Energy price, carbon and demand charge by site and period (and slice), where they differ from `sites.csv`.", (
        C("site", "name", "Owned or colo site.", required=True, refers="sites"),
        C("period", "period", "Period.", required=True),
        C("slice", "name", "Slice; blank = every slice.", default="*"),
        C("usd_per_mwh", "number", "Energy price; blank = that of the site.", "USD/MWh"),
        C("kg_co2_per_mwh", "number", "Carbon; blank = that of the site.", "kg/MWh", low=0),
        C("usd_per_kw_month_demand", "number", "Demand charge on the period's highest utility draw; blank = that of the site. The same in every slice.", "USD/kW/month", low=0),
        NOTE), key=("site", "period", "slice"), absent="the prices of sites.csv hold in every period"),
    Table("offers", "Every way to get capacity: purchase, lease, reservation, capacity block, on-demand, spot, relocation of existing chips.", (
        C("offer", "name", "Name of the offer.", required=True),
        C("chip", "name", "Chip type it brings.", required=True, refers="chips"),
        C("site", "names", "Where it can be placed: one site, several separated by `;`, or `*` for all sites where this kind can be.", required=True, refers="sites"),
        C("kind", "choice", "Purchase and lease stand at owned or colo sites; the other contracts in cloud regions; relocate moves chips of fleet.csv.", required=True, allowed=OFFER_KINDS),
        C("from_site", "name", "For relocate: the site that chips leave.", refers="sites"),
        C("first_order", "period", "First period in which it can be ordered (rented); blank = start of the plan."),
        C("last_order", "period", "Last period in which it can be ordered (rented); blank = end of the plan."),
        C("lead_periods", "integer", "Periods from order to in service; 0 for on-demand and spot.", "periods", low=0, required=True),
        C("term_periods", "integer", "Periods in service; blank = the chip's economic life for purchase and lease, 1 or 3 years for reserved_1y and reserved_3y; other contracts need it.", "periods", low=1),
        C("usd_per_chip", "number", "Up-front price per chip, server and network included; blank = none, or by order period in `offer_prices.csv`.", "USD/chip", low=0),
        C("usd_per_chip_hour", "number", "Contract or rental price per chip-hour; blank = none, or by period in `offer_prices.csv`.", "USD/chip-hour", low=0),
        C("deposit_share", "number", "Share of the up-front price paid when ordered; the rest is paid when in service.", "share", low=0, high=1, default=0.0),
        C("min_per_period", "number", "Fewest chips per order period, over all its sites (take or pay).", "chips", low=0, default=0.0),
        C("max_per_period", "number", "Most chips per order period (rented at any moment for on-demand and spot), over all its sites; blank = no limit of its own.", "chips", low=0),
        C("supply_group", "name", "Supply limit it shares with other offers; blank = none.", refers="supply"),
        C("annual_attrition", "number", "Share lost per year of age; blank = the chip's for purchase and lease, 0 for contracts.", "share/year", low=0, high=0.99),
        C("retire_early", "yes_no", "Whether bought chips may be retired (and resold by `resale.csv`) before the end of their life.", default=False),
        C("cancellable", "yes_no", "Whether a contract can be ended before its term without a fee; what is given up does not come back.", default=False),
        *SOURCE, NOTE), key=("offer",), required=True),
    Table("offer_prices", "Prices of offers by order period (by period of use for on-demand and spot). They may fall and rise.", (
        C("offer", "name", "Offer.", required=True, refers="offers"),
        C("period", "period", "Order period.", required=True),
        C("usd_per_chip", "number", "Up-front price; blank = that of the offer.", "USD/chip", low=0),
        C("usd_per_chip_hour", "number", "Price per chip-hour locked in by ordering in this period; blank = that of the offer.", "USD/chip-hour", low=0),
        NOTE), key=("offer", "period"), absent="offers.csv prices hold in every period"),
    Table("supply", "What the market gives: chips per supply group and period. A group needs every period in which one of its offers can be ordered (counted by arrival: can arrive).", (
        C("supply_group", "name", "Supply group.", required=True),
        C("period", "period", "Period.", required=True),
        C("min_chips", "number", "Fewest chips to be taken (take or pay).", "chips", low=0, default=0.0),
        C("max_chips", "number", "Most chips that can be had; blank = no limit in this period.", "chips", low=0),
        C("basis", "choice", "Whether the limit counts chips by the period they are ordered or arrive in; one basis per group.", allowed=("order", "arrival"), default="order"),
        NOTE), key=("supply_group", "period"), absent="no supply limits but those of the offers"),
    Table("fleet", "Chips in service when the plan starts.", (
        C("chip", "name", "Chip type.", required=True, refers="chips"),
        C("site", "name", "Site.", required=True, refers="sites"),
        C("in_service", "period", "Period in which this lot went into service, before the start of the plan.", required=True),
        C("chips", "number", "Chips alive at the start of the plan.", "chips", required=True, low=0),
        C("owner", "text", "Who owns it, for the report; blank = we do."),
        C("leaves_service", "period", "First period in which the lot is gone; blank = in service for the chip's economic life."),
        C("annual_attrition", "number", "Share lost per year from now on; blank = the chip's at owned and colo sites, 0 at cloud sites.", "share/year", low=0, high=0.99),
        C("usd_per_chip", "number", "What a chip cost when new: the base of resale and residual value; blank = no value is credited for this lot.", "USD/chip", low=0),
        C("usd_per_chip_hour", "number", "Contract payments still running for this lot.", "USD/chip-hour", low=0, default=0.0),
        C("retire_early", "yes_no", "Whether the plan may retire it before it leaves service.", default=False),
        C("book_value_usd", "number", "Book value of the lot, for information.", "USD", low=0),
        NOTE), key=("chip", "site", "in_service"), absent="there is no existing fleet"),
    Table("orders", "Orders placed before the plan starts and not yet in service.", (
        C("order", "name", "Order number.", required=True),
        C("chip", "name", "Chip type.", required=True, refers="chips"),
        C("site", "name", "Site.", required=True, refers="sites"),
        C("arrives", "period", "Period in which it goes into service.", required=True),
        C("chips", "number", "Chips on order.", "chips", required=True, low=0),
        C("usd_per_chip", "number", "Full up-front price per chip.", "USD/chip", required=True, low=0),
        C("paid_share", "number", "Share of the price already paid; the rest is paid when in service.", "share", required=True, low=0, high=1),
        C("cancel_fee_share", "number", "Share of the price due, at the start of the plan, for every chip cancelled; blank = cannot be cancelled.", "share", low=0, high=1),
        NOTE), key=("order",), absent="no orders are in flight"),
    Table("power_projects", "New power that can be ordered: MW offers.", (
        C("project", "name", "Name of the project.", required=True),
        C("site", "name", "Site, which needs a power limit.", required=True, refers="sites"),
        C("mw_max", "number", "Most MW in total, on the site's power basis.", "MW", required=True, low=0),
        C("lot_mw", "number", "Step in which it is built; used for the rounded column.", "MW", low=0, above=True, default=0.001),
        C("first_order", "period", "First period in which it can be ordered; blank = start of the plan."),
        C("last_order", "period", "Last period in which it can be ordered; blank = end of the plan."),
        C("lead_periods", "integer", "Periods from order to power.", "periods", required=True, low=0),
        C("usd_per_mw", "number", "Up-front cost.", "USD/MW", required=True, low=0),
        C("usd_per_mw_period", "number", "Cost per period of every MW in service.", "USD/MW/period", low=0, default=0.0),
        C("deposit_share", "number", "Share of the up-front cost paid when ordered; the rest is paid when in service.", "share", low=0, high=1, default=0.0),
        C("life_years", "number", "Economic life, for the residual value.", "years", required=True, low=0, above=True),
        C("liquid_share", "number", "Share of the new MW that can carry liquid-cooled chips.", "share", low=0, high=1, default=1.0),
        *SOURCE, NOTE), key=("project",), absent="no new power can be ordered"),
    Table("workloads", "What chips work on besides milestones: inference and research.", (
        C("workload", "name", "Name of the workload.", required=True),
        C("kind", "choice", "online: served in every slice; batch: any time in its window; research: FLOP.", required=True, allowed=("online", "batch", "research")),
        C("model", "name", "Model served; for research the training class whose efficiency applies.", required=True),
        C("tier", "name", "Latency tier, as in throughput.csv; blank for research.", default=""),
        C("regions", "names", "Regions where it may run; blank = all.", default="*"),
        C("sites", "names", "Sites where it may run; blank = all sites of its regions.", default="*", refers="sites"),
        C("profile", "name", "Load profile over slices; blank = flat. Online only.", default="", refers="profiles"),
        C("utilisation_cap", "number", "Highest share of measured throughput planned on (queueing, bursts within a slice).", "share", low=0, high=1, above=True, default=1.0),
        C("window_periods", "integer", "Batch only: demand of this many consecutive periods, counted from the start of the plan, may be served anywhere within them.", "periods", low=1, default=1),
        C("short_usd_per_mtok", "number", "Price of not serving a million tokens (of the workload's work token); blank = must be served. Inference only.", "USD/Mtok", low=0),
        C("short_usd_per_1e21_flop", "number", "Price of not doing 1e21 FLOP of research given as flop; blank = must be done.", "USD/1e21 FLOP", low=0),
        C("share_of_fleet", "number", "Research only: floor as a share of the chip-time of all powered chips, instead of flop in demand.csv.", "share", low=0, high=1),
        C("multiple_of_milestones", "number", "Research only: cumulative FLOP, at the end of every period, at least this multiple of that of all milestones, instead of flop in demand.csv.", "ratio", low=0),
        C("survive_site_loss", "number", "Share of the demand that must still be servable after the loss of any one site; blank = no such demand. Online only.", "share", low=0, high=1),
        NOTE), key=("workload",), absent="nothing is served; milestones are needed then"),
    Table("demand", "Demand by workload and period. A workload needs a row in every period; write 0 where there is none.", (
        C("workload", "name", "Workload.", required=True, refers="workloads"),
        C("period", "period", "Period.", required=True),
        C("output_mtok", "number", "Output tokens; blank = the workload has none.", "million tokens", low=0, default=0.0),
        C("input_mtok", "number", "Input tokens that must be computed; blank = counted within the output figure's throughput.", "million tokens", low=0, default=0.0),
        C("cached_mtok", "number", "Input tokens served from a prefix cache.", "million tokens", low=0, default=0.0),
        C("flop", "number", "Research only: FLOP to be delivered.", "FLOP", low=0, default=0.0),
        NOTE), key=("workload", "period"), absent="needed by every workload that is not a share or a multiple"),
    Table("profiles", "Load by slice relative to the mean: share-weighted mean 1.", (
        C("profile", "name", "Profile.", required=True),
        C("slice", "name", "Slice of case.yaml.", required=True),
        C("load", "number", "Load in this slice over the mean load.", "ratio", required=True, low=0),
        *SOURCE), key=("profile", "slice"), absent="every load is flat"),
    Table("throughput", "Served tokens per second and chip, at the latency tier.", (
        C("model", "name", "Model.", required=True),
        C("tier", "name", "Latency tier.", required=True),
        C("chip", "name", "Chip type.", required=True, refers="chips"),
        C("output_tok_per_s", "number", "Output tokens; if input_tok_per_s is blank, measured with the input's work included.", "tokens/s/chip", low=0, above=True),
        C("input_tok_per_s", "number", "Computed input tokens; blank = their work is included in the output figure.", "tokens/s/chip", low=0, above=True),
        C("cached_tok_per_s", "number", "Cached input tokens; blank = their work is included in the output figure.", "tokens/s/chip", low=0, above=True),
        C("calibration", "number", "Measured in our fleet over the published figure.", "ratio", low=0, above=True, default=1.0),
        C("kw_active", "number", "All-in IT draw per chip on this work, for energy; blank = the chip's kw_peak.", "kW", low=0),
        *SOURCE, NOTE), key=("model", "tier", "chip"), absent="needed by inference workloads"),
    Table("gains", "Software gains: multiplier on throughput from a period on, until the next row; 1 before the first.", (
        C("model", "name", "Model.", required=True),
        C("chip", "name", "Chip type, or `*` for every chip without rows of its own.", required=True),
        C("period", "period", "From this period on.", required=True),
        C("gain", "number", "Multiplier on the throughput of throughput.csv.", "ratio", required=True, low=0, above=True),
        *SOURCE, NOTE), key=("model", "chip", "period"), absent="throughput stays as measured"),
    Table("milestones", "Training runs with a deadline.", (
        C("milestone", "name", "Name of the training run.", required=True),
        C("flop", "number", "Model FLOP; or give params_b and tokens_t.", "FLOP", low=0, above=True),
        C("params_b", "number", "Active parameters, for flop = 6 x params x tokens.", "billion", low=0, above=True),
        C("tokens_t", "number", "Training tokens, for flop = 6 x params x tokens.", "trillion", low=0, above=True),
        C("class", "name", "Training class of training.csv.", required=True),
        C("start", "instant", "Earliest start: a period (its beginning) or a date; blank = start of the plan."),
        C("deadline", "instant", "A period (its end) or a date (its beginning), inside the plan.", required=True),
        C("min_chips", "number", "Fewest chips kept on the run in every period that its window covers wholly.", "chips", low=0, default=0.0),
        C("max_chips", "number", "Most chips that can work on it at once; blank = no limit.", "chips", low=0, above=True),
        C("sites", "names", "Sites where it may run; blank = all.", default="*", refers="sites"),
        C("chips", "names", "Chip types it may run on; blank = all of its class.", default="*", refers="chips"),
        C("single_site", "yes_no", "One run, one fabric: runs on one site, which `sites` must name.", default=True),
        C("single_chip", "yes_no", "One run, one generation: runs on one chip type, which `chips` must name.", default=True),
        C("split_efficiency", "number", "Efficiency left when the run is spread over sites or chip types; needed where single_site or single_chip is no and there is a choice.", "share", low=0, high=1, above=True),
        C("interruptible", "yes_no", "Whether it may use different numbers of chips in different slices.", default=False),
        C("late_usd_per_period", "number", "Charge per period on the unfinished share; blank = the deadline is hard.", "USD/period", low=0),
        C("after", "names", "Milestones it builds on: its finished share at the end of a period is at most theirs a period before.", default="", refers="milestones"),
        NOTE), key=("milestone",), absent="nothing is trained; workloads are needed then"),
    Table("training", "How well a class of training runs on a chip.", (
        C("class", "name", "Training class.", required=True),
        C("chip", "name", "Chip type.", required=True, refers="chips"),
        C("precision", "choice", "Precision whose peak counts.", required=True, allowed=("bf16", "fp8", "fp4")),
        C("mfu", "number", "Model FLOP over peak FLOP while running.", "share", required=True, low=0, high=1, above=True),
        C("goodput", "number", "Share of time that makes progress (restarts, checkpoints, evaluations).", "share", required=True, low=0, high=1, above=True),
        C("chips_at_full_efficiency", "number", "Chips on one site up to which this efficiency holds; blank = any number.", "chips", low=0, above=True),
        C("efficiency_beyond", "number", "Efficiency, relative, of chips beyond that; needed with chips_at_full_efficiency.", "share", low=0, high=1, above=True),
        C("kw_active", "number", "All-in IT draw per chip on this work, for energy; blank = the chip's kw_peak.", "kW", low=0),
        *SOURCE, NOTE), key=("class", "chip"), absent="needed by milestones and research"),
    Table("rules", "What may not be. A row forbids what all its filled cells describe, in its periods. Without workload and milestone it forbids new orders and rentals; with one it forbids that work.", (
        C("chip", "name", "Chip type.", refers="chips"),
        C("vendor", "name", "Vendor."),
        C("site", "name", "Site.", refers="sites"),
        C("region", "name", "Region."),
        C("country", "name", "Country."),
        C("workload", "name", "Workload.", refers="workloads"),
        C("milestone", "name", "Milestone.", refers="milestones"),
        C("from", "period", "First period; blank = start of the plan."),
        C("to", "period", "Last period; blank = end of the plan."),
        C("reason", "text", "Why, shown wherever the rule matters.", required=True)), absent="everything declared is allowed"),
    Table("budgets", "Cash that may be paid.", (
        C("period", "text", "A period (2027Q1) or a fiscal year (2027, by `fiscal_year_start`).", required=True),
        C("category", "choice", "capex: up-front payments for purchases, orders in flight and power projects; opex: every other payment; all: both.", required=True, allowed=("capex", "opex", "all")),
        C("usd_max", "number", "Most cash, nominal.", "USD", required=True, low=0),
        C("over_usd_per_usd", "number", "Penalty per USD above the budget; blank = the budget is hard.", "USD/USD", low=0),
        NOTE), key=("period", "category"), absent="money is not limited"),
    Table("limits", "Policies: the most or least of something, absolute or as a share.", (
        C("limit", "name", "Name of the policy.", required=True),
        C("scope", "choice", "What is counted.", required=True, allowed=("vendor", "chip", "site", "region", "country", "all")),
        C("member", "name", "Which one: the vendor, chip, site, region or country; blank with scope all.", default=""),
        C("measure", "choice", "spend: cash paid for capacity (up-front, contracts, rental); chips: chips held and rented (mean over the period); power: IT MW of powered chips; carbon: tonnes CO2.", required=True, allowed=("spend", "chips", "power", "carbon")),
        C("min_share", "number", "At least this share of the total over all scopes.", "share", low=0, high=1),
        C("max_share", "number", "At most this share of the total over all scopes.", "share", low=0, high=1),
        C("max", "number", "At most this much: USD, chips, MW or tonnes.", "by measure", low=0),
        C("period", "text", "A period or a fiscal year; blank = the whole plan. Spend and carbon are summed over it; chips and power hold in each of its periods.", default=""),
        C("over_usd_per_unit", "number", "Penalty per unit beyond the limit (USD per USD, chip, MW or tonne, each period); blank = the limit is hard.", "USD/unit", low=0),
        NOTE), key=("limit",), absent="no policies"),
    Table("resale", "What a used chip brings: share of its price by age, linear in between; 0 years must be given; after the last age that of the last.", (
        C("chip", "name", "Chip type.", required=True, refers="chips"),
        C("age_years", "number", "Age in service.", "years", required=True, low=0),
        C("share_of_price", "number", "Share of the price paid.", "share", required=True, low=0, high=1),
        *SOURCE), key=("chip", "age_years"), absent="chips retired early bring nothing; needed for `residual: table`"),
    Table("survival", "Share of bought chips still alive by age, linear in between, instead of annual_attrition; 0 years must be given as 1; after the last age that of the last.", (
        C("chip", "name", "Chip type.", required=True, refers="chips"),
        C("age_years", "number", "Age in service.", "years", required=True, low=0),
        C("share_alive", "number", "Share alive; must not rise with age.", "share", required=True, low=0, high=1),
        *SOURCE), key=("chip", "age_years"), absent="annual_attrition holds"),
    Table("maintenance", "Maintenance by age of owned chips, instead of maintenance_usd_per_chip_year: from an age on, until the next row; 0 years must be given.", (
        C("chip", "name", "Chip type.", required=True, refers="chips"),
        C("age_years", "number", "From this age on.", "years", required=True, low=0),
        C("usd_per_chip_year", "number", "Repair and support per chip held.", "USD/chip/year", required=True, low=0),
        *SOURCE), key=("chip", "age_years"), absent="maintenance_usd_per_chip_year of chips.csv holds at every age"),
    Table("last_plan", "The buy plan this one is compared and kept stable with: `buy_plan.csv` of an earlier run, as it was written.", (
        C("offer", "name", "Offer.", required=True),
        C("site", "name", "Site.", required=True),
        C("order_period", "period", "Order period.", required=True),
        C("chips", "number", "Chips ordered; blank = a power project.", "chips", low=0, default=0.0),
        C("mw", "number", "MW ordered of a power project; blank = none.", "MW", low=0, default=0.0),
        C("action", "text", "Lines that order (buy, lease, reserve, build_power) are compared; rent, retire and relocate are not."),
        C("status", "text", "Only new lines are compared."),
        ), key=(), file="last_plan/buy_plan.csv", other_columns=True, absent="nothing to compare with"),
)

TABLE: Final = {table.name: table for table in TABLES}
"""Table declarations by name."""
