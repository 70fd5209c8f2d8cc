"""Lots by hand: everything that can hold chips, one at a time, from the plain resolution of the
inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from planner.audit.resolution import Resolution
from planner.audit.resolution.sentences import Cells


@dataclass(frozen=True)
class Lot:
    """What a lot is: its times in periods from the start of the plan, its chips, prices in USD."""

    kind: str
    """fleet, order or new."""
    name: str
    chip: str
    site: str
    ordered: int
    born: int
    """First period in service anywhere, from which the age counts."""
    arrives: int
    leaves: int
    least: float
    most: float
    attrition: float
    owned: bool
    price: float
    deposit: float
    hourly: float
    retires: bool
    capex: bool


def lots_of(inputs: Resolution) -> list[Lot]:
    """Every lot that can hold chips inside the plan."""
    return [*_fleet(inputs), *_orders(inputs), *_new(inputs)]


def _fleet(inputs: Resolution) -> list[Lot]:
    """Chips there when the plan starts, those among them that are taken out at its start."""
    found = []
    for row in inputs.tables["fleet"]:
        if row["leaves_service"] < 0:
            continue
        found.append(
            Lot(
                "fleet",
                f"{row['chip']}/{row['site']}/{row['in_service']}/{row['lot']}",
                row["chip"],
                row["site"],
                -1,
                row["in_service"],
                row["in_service"],
                row["leaves_service"],
                row["chips"],
                row["chips"],
                row["annual_attrition"],
                row["kind"] == "purchase",
                row["usd_per_chip"],
                row["paid_share"],
                row["usd_per_chip_hour"],
                row["retire_early"],
                False,
            )
        )
    return found


def _orders(inputs: Resolution) -> list[Lot]:
    """Orders in flight that arrive inside the plan, for the economic life of their chips."""
    found = []
    for row in inputs.tables["orders"]:
        if row["arrives"] >= inputs.clock.count:
            continue
        least = row["chips"] if math.isnan(row["cancel_fee_share"]) else 0.0
        bought = row["kind"] == "purchase"
        found.append(
            Lot(
                "order",
                row["order"],
                row["chip"],
                row["site"],
                -1,
                row["in_service"],
                row["arrives"],
                row["leaves_service"],
                least,
                row["chips"],
                row["annual_attrition"],
                bought,
                row["usd_per_chip"],
                row["paid_share"],
                row["usd_per_chip_hour"],
                row["retire_early"],
                bought,
            )
        )
    return found


def forbidden(inputs: Resolution, chip: str, site: str, period: int) -> bool:
    """Whether a rule forbids new orders and rentals of a chip at a site in a period."""
    of_chip = next(row for row in inputs.tables["chips"] if row["chip"] == chip)
    of_site = next(row for row in inputs.tables["sites"] if row["site"] == site)
    facts = {"chip": chip, "vendor": of_chip["vendor"], "site": site} | {
        name: of_site[name] for name in ("region", "country")
    }
    for rule in inputs.tables["rules"]:
        if rule["workload"] or rule["milestone"] or not rule["from"] <= period <= rule["to"]:
            continue
        if all(rule[name] in ("", fact) for name, fact in facts.items()):
            return True
    return False


def _price(inputs: Resolution, offer: Cells, period: int, column: str) -> float:
    """What an offer asks in an order period: its row of offer_prices.csv, otherwise its own; 0
    where it has none."""
    for row in inputs.tables["offer_prices"]:
        if (
            row["offer"] == offer["offer"]
            and row["period"] == period
            and not math.isnan(row[column])
        ):
            return float(row[column])
    return 0.0 if math.isnan(offer[column]) else float(offer[column])


def _new(inputs: Resolution) -> list[Lot]:
    """Everything that can be ordered and arrives inside the plan."""
    found = []
    for offer in inputs.tables["offers"]:
        if offer["kind"] in ("on_demand", "spot", "relocate"):
            continue
        for site in offer["site"]:
            for period in range(offer["first_order"], offer["last_order"] + 1):
                arrives = period + offer["lead_periods"]
                if arrives >= inputs.clock.count or forbidden(inputs, offer["chip"], site, period):
                    continue
                bought = offer["kind"] == "purchase"
                found.append(
                    Lot(
                        "new",
                        f"{offer['offer']}/{site}/{period}",
                        offer["chip"],
                        site,
                        period,
                        arrives,
                        arrives,
                        arrives + offer["term_periods"],
                        0.0,
                        math.inf,
                        offer["annual_attrition"],
                        bought,
                        _price(inputs, offer, period, "usd_per_chip"),
                        offer["deposit_share"],
                        _price(inputs, offer, period, "usd_per_chip_hour"),
                        offer["retire_early"] if bought else offer["cancellable"],
                        bought,
                    )
                )
    return found


def survival(inputs: Resolution, lot: Lot, age: int) -> float:
    """Share of a lot alive at an age in periods, of those that went into service."""
    years = max(age, 0) / inputs.clock.per_year
    if not math.isnan(lot.attrition):
        return float((1.0 - lot.attrition) ** years)
    curve: list[Any] = sorted(
        (row["age_years"], row["share_alive"])
        for row in inputs.tables["survival"]
        if row["chip"] == lot.chip
    )
    before = [point for point in curve if point[0] <= years][-1]
    after = [point for point in curve if point[0] > years][:1]
    if not after:
        return float(before[1])
    part = (years - before[0]) / (after[0][0] - before[0])
    return float(before[1] + part * (after[0][1] - before[1]))


def alive(inputs: Resolution, lot: Lot, period: int) -> float:
    """Share alive in a period of the chips that are counted: those in service before the plan, on
    their way among them, when it starts, others when they arrive."""
    now = survival(inputs, lot, period - lot.born)
    if lot.kind != "fleet" and lot.born == lot.arrives:
        return now
    then = survival(inputs, lot, -lot.born)
    return now / then if then > 0 else 0.0
