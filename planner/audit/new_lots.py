"""New lots: what the plan orders, and what is wrong with the lines that order it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.actions import KINDS, ORDERING
from planner.audit.facts import Facts, column, flags, or_zero, text, whole
from planner.audit.origins import NEW, blank
from planner.audit.verdict import Check, require


def new_lots(facts: Facts, buy: pd.DataFrame) -> tuple[pd.DataFrame, list[Check]]:
    """Return the lots that the plan orders, columns as of all lots, and the checks that each line
    is an order that its offer allows."""
    offers, T = facts.case["offers"], facts.T
    lines = buy[
        buy["action"].isin([*ORDERING, "rent", "relocate"]) & (buy["status"] != "committed")
    ].reset_index(drop=True)
    row = facts.codes("offer", lines["offer"])
    known = row >= 0
    safe = np.maximum(row, 0)
    if not len(offers):
        known, safe = np.zeros(len(lines), bool), np.zeros(0, np.int64)
        lines, row = lines.iloc[:0], row[:0]
    kind = text(offers, "kind")[safe]
    places = offers[["offer", "site"]].explode("site")
    fits = pd.MultiIndex.from_frame(lines[["offer", "site"]]).isin(pd.MultiIndex.from_frame(places))
    allowed = np.isin(
        np.char.add(text(lines, "action").astype(str), kind.astype(str)),
        [a + k for a, kinds in KINDS.items() for k in kinds],
    )
    period = whole(lines, "order_period")
    window = (
        (period >= whole(offers, "first_order")[safe])
        & (period <= whole(offers, "last_order")[safe])
        & (period >= 0)
        & (period < T)
    )
    arrives = period + whole(offers, "lead_periods")[safe]
    term = whole(offers, "term_periods")[safe]
    holds = np.isin(text(lines, "action"), ORDERING)
    dates = ~holds | (
        (whole(lines, "in_service_period") == arrives)
        & (
            (whole(lines, "leaves_period") == np.minimum(arrives + term, facts.case.calendar.last))
            # the first format wrote the period after the plan for what outlives it
            | (whole(lines, "leaves_period") == np.minimum(arrives + term, T))
        )
    )

    def described(i: int) -> str:
        return f"buy_plan.csv, line {lines['line_id'].iloc[i]}"

    chip_fits = text(lines, "chip") == text(offers, "chip")[safe]
    rented = text(lines, "action") == "rent"
    checks = [
        require(
            "buy_plan.offers",
            known[: len(lines)] & fits & allowed & chip_fits & (text(lines, "status") == "new"),
            described,
            "every new line names an offer, its chip, one of its sites and the action of its kind",
        ),
        require(
            "buy_plan.window",
            window,
            lambda i: (
                f"{described(i)}: ordered in {lines['order_period'].iloc[i]}, window of "
                f"{lines['offer'].iloc[i]} is {offers['first_order'][safe[i]]} to "
                f"{offers['last_order'][safe[i]]} (periods from the start)"
            ),
            "order periods inside first_order .. last_order",
        ),
        require(
            "buy_plan.lead_time",
            dates & (rented | (arrives < T)),
            lambda i: (
                f"{described(i)}: in service {lines['in_service_period'].iloc[i]} until "
                f"{lines['leaves_period'].iloc[i]}, lead and term give {arrives[i]} until "
                f"{min(arrives[i] + term[i], T)} (periods from the start)"
            ),
            "in service lead_periods after the order, inside the plan, for term_periods",
        ),
        require(
            "buy_plan.rules",
            ~facts.forbidden(
                facts.codes("chip", lines["chip"]), facts.codes("site", lines["site"]), period
            ),
            lambda i: (
                f"{described(i)}: rules.csv forbids {lines['chip'].iloc[i]} at "
                f"{lines['site'].iloc[i]} in {facts.label(period[i])}"
            ),
            "no order or rental that rules.csv forbids",
        ),
    ]
    good = holds & known[: len(lines)] & window
    safe, lots, period, arrives, term, kind = (
        safe[good],
        lines[good],
        period[good],
        arrives[good],
        term[good],
        kind[good],
    )
    n, purchase = len(lots), kind == "purchase"
    got = blank(n) | {
        "line": text(lots, "line_id"),
        "origin": np.full(n, NEW),
        "chip": facts.codes("chip", text(offers, "chip")[safe]),
        "site": facts.codes("site", lots["site"]),
        "ordered": period,
        "paid": period,
        "born": arrives,
        "first": arrives,
        "leaves": arrives + term,
        "chips": column(lots, "chips"),
        "attrition": column(offers, "annual_attrition")[safe],
        "owned": purchase,
        "price": or_zero(facts.price(safe, period, "usd_per_chip")),
        "deposit": column(offers, "deposit_share")[safe],
        "hourly": or_zero(facts.price(safe, period, "usd_per_chip_hour")),
        "may_retire": np.where(
            purchase, flags(offers, "retire_early")[safe], flags(offers, "cancellable")[safe]
        ),
        "purchase": purchase,
        "row": safe,
        "counted": arrives,
    }
    return pd.DataFrame(got), checks
