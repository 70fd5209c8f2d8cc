"""Sites: where chips can stand, and what power is there and costs."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, ORIGIN, SOURCE

OPENED: Final = C(
    "book_value_usd",
    "number",
    "Book value, when the plan starts, of what opening it cost before the plan; written down to "
    "the end of the plan. No part of the objective.",
    "USD",
    low=0,
    default=0.0,
    beside="fine",
)
"""Of a site, and of a power project."""

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "sites",
        "Places where chips stand: own halls, colocation and cloud regions.",
        (
            C("site", "name", "Name of the site or cloud region.", required=True),
            C("region", "name", "Region, used by workloads, rules and limits.", required=True),
            C("country", "name", "Country, used by export rules.", required=True),
            C(
                "kind",
                "choice",
                "At a cloud site energy, space and power are part of the rental; nothing can be "
                "bought there.",
                required=True,
                allowed=("owned", "colo", "cloud"),
            ),
            C(
                "pue",
                "number",
                "Utility power per IT power; required for owned and colo sites, ignored for cloud.",
                "ratio",
                low=1,
                beside="fine",
            ),
            C(
                "power_basis",
                "choice",
                "Whether the MW of this site are IT or utility power; blank = `power_basis` of "
                "case.yaml.",
                allowed=("it", "utility"),
                beside="fine",
            ),
            C(
                "headroom",
                "number",
                "Share of a power limit (and of its liquid-cooled part) kept free: chips may use "
                "limit x (1 - headroom); blank = `headroom` of case.yaml.",
                "share",
                low=0,
                high=1,
                beside="warning",
            ),
            C(
                "usd_per_mwh",
                "number",
                "Energy price where `energy.csv` has none; owned and colo sites need one or the "
                "other.",
                "USD/MWh",
                beside="fine",
            ),
            C(
                "kg_co2_per_mwh",
                "number",
                "Carbon of that energy where `energy.csv` has none. Owned and colo sites need one "
                "or the other where a carbon price or a limit of carbon uses it; otherwise a blank "
                "is unknown, and leaves `tonnes_co2` blank.",
                "kg/MWh",
                low=0,
                beside="fine",
            ),
            C(
                "usd_per_kw_month_demand",
                "number",
                "Demand charge on the period's highest utility draw where `energy.csv` has none.",
                "USD/kW/month",
                low=0,
                default=0.0,
                beside="warning",
            ),
            C(
                "usd_per_kw_month",
                "number",
                "Space and staff per kW of IT power of powered chips (colocation rent).",
                "USD/kW/month",
                low=0,
                default=0.0,
                beside="warning",
            ),
            C(
                "usd_to_open",
                "number",
                "Paid once, at the start of the period in which the site opens (capex, no residual "
                "value): no chip is powered there before. For owned and colo sites; blank = it is "
                "open, from `opens` on.",
                "USD",
                low=0,
                default=0.0,
                beside="fine",
            ),
            C(
                "opens",
                "period",
                "Earliest period in which it can open: no chip is powered there before; blank = "
                "start of the plan.",
            ),
            OPENED,
            *SOURCE,
            NOTE,
        ),
        key=("site",),
        required=True,
        group="power",
    ),
    Table(
        "power",
        "Power that a site can give, by period. A site with rows here needs every period of the "
        "plan.",
        (
            C("site", "name", "Site.", required=True, refers="sites"),
            C("period", "period", "Period.", required=True),
            C(
                "mw",
                "number",
                "Power limit, on the site's power basis.",
                "MW",
                required=True,
                low=0,
                across="least",
            ),
            C(
                "liquid_mw",
                "number",
                "Part of it that can carry liquid-cooled chips; blank = all of it.",
                "MW",
                low=0,
                beside="error",
                across="least",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("site", "period"),
        absent="no site has a power limit; owned and colo sites need one, so only a case of cloud "
        "regions can leave it out",
        group="power",
        quick=True,
    ),
    Table(
        "energy",
        "Energy price, carbon and demand charge by site and period (and slice), where they differ "
        "from `sites.csv`.",
        (
            C("site", "name", "Owned or colo site.", required=True, refers="sites"),
            C("period", "period", "Period.", required=True),
            C("slice", "name", "Slice; blank = every slice.", default="*"),
            C(
                "usd_per_mwh",
                "number",
                "Energy price; blank = that of the row for every slice, else that of the site.",
                "USD/MWh",
                beside="warning",
                across="mean",
            ),
            C(
                "kg_co2_per_mwh",
                "number",
                "Carbon; blank = that of the row for every slice, else that of the site.",
                "kg/MWh",
                low=0,
                beside="warning",
                across="mean",
            ),
            C(
                "usd_per_kw_month_demand",
                "number",
                "Demand charge on the period's highest utility draw; blank = that of the row for "
                "every slice, else that of the site. The same in every slice.",
                "USD/kW/month",
                low=0,
                beside="warning",
                across="greatest",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("site", "period", "slice"),
        absent="the prices of sites.csv hold in every period",
        group="power",
        quick=True,
    ),
    Table(
        "fabrics",
        "Network fabrics: how many chips of some types one fabric of a site has ports for.",
        (
            C("fabric", "name", "Name of the fabric.", required=True),
            C("site", "name", "Site it stands at.", required=True, refers="sites"),
            C(
                "chips",
                "names",
                "Chip types that take its ports; `*` = all.",
                required=True,
                refers="chips",
            ),
            C(
                "max_chips",
                "number",
                "Ports: chips powered at once. Chips held without power take none, and so do "
                "chips rented by the hour.",
                "chips",
                required=True,
                low=0,
            ),
            ORIGIN,
            NOTE,
        ),
        key=("fabric",),
        absent="networks limit nothing",
        group="power",
    ),
    Table(
        "site_contracts",
        "Contracts of sites whose rent is owed, whether the kW are used or not. The chips powered "
        "at a site with contracts take no more kW of IT power than those in force (no headroom); "
        "the MW of `power.csv` hold besides. `sites.usd_per_kw_month` is paid on powered chips on "
        "top: leave it blank where the contract has it all.",
        (
            C("contract", "name", "Name of the contract.", required=True),
            C("site", "name", "Owned or colo site.", required=True, refers="sites"),
            C(
                "kw",
                "number",
                "IT power rented.",
                "kW",
                required=True,
                low=0,
                above=True,
            ),
            C("from", "period", "First period; may lie before the plan.", required=True),
            C("to", "period", "Last period; may lie after the plan.", required=True),
            C(
                "usd_per_kw_month",
                "number",
                "Rent, owed in every period (opex, in its middle).",
                "USD/kW/month",
                required=True,
                low=0,
            ),
            C(
                "extend_by",
                "period",
                "Period by which it is decided whether the contract is extended, once and with "
                "all of its kW (of a divisible plan: a part of them); before the plan: it has "
                "lapsed. Blank = no option.",
            ),
            C(
                "extend_periods",
                "integer",
                "Periods by which it is extended; needed with extend_by.",
                "periods",
                low=1,
                beside="fine",
            ),
            C(
                "extend_usd_per_kw_month",
                "number",
                "Rent then; blank = usd_per_kw_month.",
                "USD/kW/month",
                low=0,
                beside="fine",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("contract",),
        absent="no rent is owed; that of sites.csv is paid on powered chips",
        group="power",
    ),
)
