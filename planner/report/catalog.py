"""The catalog of a case: what can be bought, leased, rented or built - price, power, lead time,
source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.report.section import Section, records
from planner.words import number, printable

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case


def _range(
    offers: pd.DataFrame, by_period: pd.DataFrame, column: str
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return lowest and highest price of every offer over its order periods: by offer_prices.csv,
    and its own where that has none."""
    import pandas as pd

    inside = by_period.merge(offers[["offer", "first_order", "last_order"]], on="offer")
    inside = inside[
        inside[column].notna()
        & inside["period"].between(inside["first_order"], inside["last_order"])
    ]
    prices = inside.groupby("offer")[column]
    low, high, count = (
        offers["offer"].map(found) for found in (prices.min(), prices.max(), prices.size())
    )
    own = offers[column].where(count.fillna(0) < offers["last_order"] - offers["first_order"] + 1)
    return pd.concat([low, own], axis=1).min(axis=1), pd.concat([high, own], axis=1).max(axis=1)


def catalog(case: Case) -> pd.DataFrame:
    """Return one row per offer and power project, with what it costs, draws and how long it takes;
    NaN or "" where it has none."""
    import pandas as pd

    offers, chips, prices, projects = (
        case["offers"],
        case["chips"].set_index("chip"),
        case["offer_prices"],
        case["power_projects"],
    )
    calendar = case.calendar
    upfront, hourly = (
        _range(offers, prices, name) for name in ("usd_per_chip", "usd_per_chip_hour")
    )
    bought = pd.DataFrame(
        {
            "offer": offers["offer"],
            "kind": offers["kind"],
            "chip": offers["chip"],
            "vendor": offers["chip"].map(chips["vendor"]),
            "sites": offers["site"].map(";".join),
            "first_order": offers["first_order"].map(calendar.label),
            "last_order": offers["last_order"].map(calendar.label),
            "lead_periods": offers["lead_periods"],
            "term_periods": offers["term_periods"],
            "usd_per_chip_low": upfront[0],
            "usd_per_chip_high": upfront[1],
            "usd_per_chip_hour_low": hourly[0],
            "usd_per_chip_hour_high": hourly[1],
            "kw_peak": offers["chip"].map(chips["kw_peak"]),
            "max_per_period": offers["max_per_period"],
            "supply_group": offers["supply_group"],
            "source": offers["source"],
            "as_of": offers["as_of"],
        }
    )
    built = pd.DataFrame(
        {
            "offer": projects["project"],
            "kind": "power",
            "chip": "",
            "vendor": "",
            "sites": projects["site"],
            "first_order": projects["first_order"].map(calendar.label),
            "last_order": projects["last_order"].map(calendar.label),
            "lead_periods": projects["lead_periods"],
            "usd_per_mw": projects["usd_per_mw"],
            "mw_max": projects["mw_max"],
            "source": projects["source"],
            "as_of": projects["as_of"],
        }
    )
    columns = [*bought.columns, "usd_per_mw", "mw_max"]
    return (
        bought.reindex(columns=columns)
        if built.empty
        else pd.concat([bought, built], ignore_index=True).reindex(columns=columns)
    )


def _span(low: float, high: float) -> str:
    return number(low) if low == high else f"{number(low)} to {number(high)}" if low == low else ""


def catalog_sections(table: pd.DataFrame) -> tuple[Section, ...]:
    """Return the catalog as sections: offers of chips, and power projects where there are any."""
    offers, projects = table[table["kind"] != "power"], table[table["kind"] == "power"]
    chips = tuple(
        (
            printable(o.offer),
            printable(o.chip),
            printable(o.kind),
            printable(o.sites).replace(";", ", "),
            f"{o.first_order} to {o.last_order}",
            number(o.lead_periods),
            number(o.term_periods),
            _span(o.usd_per_chip_low, o.usd_per_chip_high),
            _span(o.usd_per_chip_hour_low, o.usd_per_chip_hour_high),
            number(o.kw_peak),
            number(o.max_per_period),
            printable(" ".join(part for part in (o.source, o.as_of) if part)),
        )
        for o in records(offers)
    )
    power = tuple(
        (
            printable(p.offer),
            printable(p.sites),
            f"{p.first_order} to {p.last_order}",
            number(p.lead_periods),
            number(p.usd_per_mw),
            number(p.mw_max),
            printable(" ".join(part for part in (p.source, p.as_of) if part)),
        )
        for p in records(projects)
    )
    sections = (
        Section(
            "Offers",
            (
                "offer",
                "chip",
                "kind",
                "sites",
                "orders",
                "lead",
                "term",
                "USD/chip",
                "USD/chip-hour",
                "kW/chip",
                "most",
                "source",
            ),
            chips,
            frozenset({5, 6, 7, 8, 9, 10}),
            "lead and term in periods; most chips per order period (for on-demand and spot: "
            "rented at once)",
        ),
        Section(
            "Power projects",
            ("project", "site", "orders", "lead", "USD/MW", "most MW", "source"),
            power,
            frozenset({3, 4, 5}),
        ),
    )
    return tuple(section for section in sections if section.rows)
