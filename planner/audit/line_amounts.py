"""Amounts of lines: prices, money and power of every line of buy_plan.csv, from the inputs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.actions import ORDERED
from planner.audit.facts import Facts, column, or_zero, text, whole
from planner.audit.tolerance import CENT, WRITTEN
from planner.audit.verdict import Check, agree, blank_too, line_column, require, within


def check_money(facts: Facts, frame: pd.DataFrame) -> list[Check]:
    """Unit prices of all lines, and payments of those that move, retire or cancel."""
    action, chips = text(frame, "action"), column(frame, "chips")
    up, hour = column(frame, "own_up"), column(frame, "own_hour")
    # a price of nothing is blank where there is another; one of the two always stands
    up = np.where((or_zero(up) > 0) | (or_zero(hour) == 0), up, np.nan)
    hour = np.where(or_zero(hour) > 0, hour, np.nan)
    told_up, told_hour = column(frame, "usd_per_chip"), column(frame, "usd_per_chip_hour")
    # fleet without a stated price may show none, or 0
    told_up = np.where(np.isnan(up) & (told_up == 0), np.nan, told_up)
    told_hour = np.where(np.isnan(hour) & (told_hour == 0), np.nan, told_hour)
    up = np.where(np.isnan(told_up) & (up == 0), np.nan, up)
    fee = np.where(action == "relocate", or_zero(column(frame, "own_up")), 0.0)
    orders = facts.case["orders"]
    if len(orders):
        share = pd.Series(column(orders, "cancel_fee_share"), index=text(orders, "order"))
        owed = or_zero(share.reindex(text(frame, "offer")).to_numpy(dtype=float)) * or_zero(up)
        fee = np.where(action == "cancel", owed, fee)
    mine = np.flatnonzero(np.isin(action, ["relocate", "cancel", "retire"]))
    when = np.clip(whole(frame, "order_period"), 0, facts.T - 1)
    usd = fee * or_zero(chips)
    npv = usd * facts.start[when]
    floor = (CENT + fee * WRITTEN)[mine]
    return [
        agree(
            "buy_plan.usd_per_chip",
            *blank_too(told_up, up),
            line_column(frame, "usd_per_chip"),
            unit="USD",
            floor=1e-9,
        ),
        agree(
            "buy_plan.usd_per_chip_hour",
            *blank_too(told_hour, hour),
            line_column(frame, "usd_per_chip_hour"),
            unit="USD",
            floor=1e-9,
        ),
        *(
            agree(
                f"buy_plan.{name}_moved",
                column(frame, name)[mine],
                own[mine],
                within(line_column(frame, name), mine),
                unit="USD",
                floor=floor,
            )
            for name, own in (("total_usd", usd), ("npv_usd", npv))
        ),
    ]


def check_line_power(facts: Facts, frame: pd.DataFrame) -> list[Check]:
    """Power of every line of chips, whole lots, and cells that must be blank."""
    action, status = text(frame, "action"), text(frame, "status")
    built, chip = action == "build_power", np.maximum(whole(frame, "chip_code"), 0)
    site, chips = np.maximum(whole(frame, "site_code"), 0), column(frame, "chips")
    it = np.where(built, np.nan, chips * facts.kw_peak[chip] / 1000.0)
    utility = np.where(facts.cloud[site], np.nan, it * facts.pue[site])
    one = facts.kw_peak[chip] * WRITTEN / 1000.0  # what six decimals of a chip make in MW
    ordered = np.isin(action, ORDERED) & (status == "new")
    offers, projects = facts.case["offers"], facts.case["power_projects"]
    of_offer = pd.Series(column(offers, "lot_size"), index=text(offers, "offer"))
    size = of_offer.reindex(text(frame, "offer")).to_numpy(dtype=float)
    lot_mw = pd.Series(column(projects, "lot_mw"), index=text(projects, "project"))
    size = np.where(built, lot_mw.reindex(text(frame, "offer")).to_numpy(dtype=float), size)
    amount = np.where(built, column(frame, "mw"), chips)
    lots, rounded = column(frame, "lots"), column(frame, "chips_rounded")
    fits = (np.abs(lots - np.rint(lots)) < 1e-9) & (
        np.abs(lots * size - amount) < size * (1 + 1e-6)
    )
    whole_lots = np.where(built, np.isnan(rounded), np.abs(rounded - lots * size) < 1e-6)
    blank = np.isnan(lots) & np.isnan(rounded)
    return [
        agree(
            "buy_plan.mw_it_all",
            *blank_too(column(frame, "mw_it"), it),
            line_column(frame, "mw_it"),
            unit="MW",
            floor=one,
        ),
        agree(
            "buy_plan.mw_utility_all",
            *blank_too(column(frame, "mw_utility"), utility),
            line_column(frame, "mw_utility"),
            unit="MW",
            floor=one * facts.pue[site],
        ),
        require(
            "buy_plan.lots",
            np.where(ordered, fits & whole_lots, blank),
            lambda i: f"{line_column(frame, 'lots')(i)}: {lots[i]:.10g} of {size[i]:.10g}",
            "whole lots less than one away for what is ordered; blank for others",
        ),
        require(
            "buy_plan.mw",
            np.isnan(column(frame, "mw")) != built,
            line_column(frame, "mw"),
            "MW of power projects; blank for others",
        ),
        require(
            "buy_plan.chips",
            np.isnan(chips) == built,
            line_column(frame, "chips"),
            "chips; blank for power projects",
        ),
    ]
