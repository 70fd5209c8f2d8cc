"""Given lots: the fleet and the orders in flight with their lines, and what is wrong with these."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.actions import OF_KIND
from planner.audit.facts import Facts, column, flags, or_zero, text, whole
from planner.audit.origins import COMMITTED, FLEET, blank
from planner.audit.verdict import Check, agree, require

_KEY: Final = ("chip", "site", "in_service", "lot")


def fleet_lots(facts: Facts, buy: pd.DataFrame) -> tuple[pd.DataFrame, list[Check]]:
    """Return the fleet lots with their lines, and the check that every lot has its line: columns of
    :func:`planner.audit.origins.blank`, as of all lots."""
    fleet = facts.case["fleet"]
    fleet = fleet[fleet["leaves_service"] >= 0].reset_index(names="row")
    lines = buy[(buy["status"] == "existing") & (buy["action"] == "keep")]
    # offer: fleet:chip:in_service, and the lot's name where it has one
    start = "fleet:" + lines["chip"] + ":"
    tail = [
        str(offer).removeprefix(head) for offer, head in zip(lines["offer"], start, strict=True)
    ]
    lines = lines.assign(lot=np.array([part.partition(":")[2] for part in tail], dtype=object))
    lines = lines[
        ["line_id", "chip", "site", "in_service_period", "lot", "chips", "leaves_period"]
    ].rename(
        columns={
            "in_service_period": "in_service",
            "chips": "written",
            "leaves_period": "written_leaves",
        }
    )
    merged = fleet.merge(lines, on=list(_KEY), how="outer", indicator=True)
    # a lot without chips needs no line
    twice = merged.duplicated(list(_KEY)).to_numpy()
    known = ((merged["_merge"] == "both").to_numpy() & ~twice) | (
        (merged["_merge"] == "left_only") & (merged["chips"] <= facts.few)
    ).to_numpy()
    checks = [
        require(
            "buy_plan.existing",
            known,
            lambda i: (
                f"buy_plan.csv: fleet lot {merged['chip'][i]} at {merged['site'][i]} in service "
                f"{facts.label(merged['in_service'][i])} {merged['lot'][i]} stands in "
                + (
                    "two lines"
                    if twice[i]
                    else "fleet.csv only"
                    if merged["_merge"][i] == "left_only"
                    else "buy_plan.csv only"
                )
            ),
            "one line with status existing and action keep for every lot of fleet.csv, and no "
            "other",
        )
    ]
    lots = merged[(merged["_merge"] != "right_only") & ~twice].reset_index(drop=True)
    shown = lots["_merge"].eq("both").to_numpy()
    checks.append(
        agree(
            "buy_plan.existing_chips",
            column(lots, "written")[shown],
            column(lots, "chips")[shown],
            lambda i: f"buy_plan.csv, line {lots['line_id'][np.flatnonzero(shown)[i]]}, chips",
            unit="chips",
            floor=facts.few,
        )
    )
    n = len(lots)
    site = facts.codes("site", lots["site"])
    got = blank(n) | {
        "line": lots["line_id"].fillna("").to_numpy(dtype=object),
        "origin": np.full(n, FLEET),
        "chip": facts.codes("chip", lots["chip"]),
        "site": site,
        "born": whole(lots, "in_service"),
        "leaves": whole(lots, "leaves_service"),
        "chips": column(lots, "chips"),
        "attrition": column(lots, "annual_attrition"),
        "owned": text(lots, "kind") == "purchase",
        "price": or_zero(column(lots, "usd_per_chip")),
        "paid": whole(lots, "ordered"),
        "deposit": column(lots, "paid_share"),
        "hourly": column(lots, "usd_per_chip_hour"),
        "may_retire": lots["retire_early"].to_numpy(dtype=bool),
        "row": whole(lots, "row"),
    }
    return pd.DataFrame(got), checks


def committed_lots(facts: Facts, buy: pd.DataFrame) -> tuple[pd.DataFrame, list[Check]]:
    """Return the orders in flight less what is cancelled, columns as of all lots, and the checks of
    their lines."""
    orders = facts.case["orders"]
    orders = orders[orders["arrives"] < facts.T].reset_index(names="row")
    buy = buy[buy["action"] != "build_power"]  # power stands in power_orders.csv
    lines = buy[(buy["status"] == "committed") & (buy["action"] != "cancel")][
        ["line_id", "offer", "chips", "chip", "site", "in_service_period", "action"]
    ]
    lines = lines.rename(
        columns={"chips": "written", "chip": "written_chip", "site": "written_site"}
    ).drop_duplicates("offer")
    cancels = (
        buy[buy["action"] == "cancel"]
        .groupby("offer", sort=True)["chips"]
        .sum()
        .rename("cancelled")
        .reset_index()
    )
    lots = orders.merge(lines, left_on="order", right_on="offer", how="left")
    lots = lots.merge(
        cancels, left_on="order", right_on="offer", how="left", suffixes=("", "_cancel")
    )
    cancelled = or_zero(column(lots, "cancelled"))
    strangers = buy[
        ((buy["status"] == "committed") | (buy["action"] == "cancel"))
        & ~buy["offer"].isin(orders["order"])
    ]
    kept = column(lots, "chips") - cancelled
    written = or_zero(column(lots, "written"))
    kind = text(lots, "kind")
    # chips on their way from another site were in service before, and are kept
    moving = whole(lots, "in_service") < whole(lots, "arrives")
    does = np.where(moving, "keep", np.array([OF_KIND[name] for name in kind], dtype=object))
    same = lots["written_chip"].isna() | (
        (lots["written_chip"] == lots["chip"])
        & (lots["written_site"] == lots["site"])
        & (lots["in_service_period"] == lots["arrives"])
        & (lots["action"] == does)
    )
    checks = [
        require(
            "buy_plan.committed",
            np.zeros(len(strangers), bool),
            lambda i: (
                f"buy_plan.csv, line {strangers['line_id'].iloc[i]}: orders.csv has no order "
                f"{strangers['offer'].iloc[i]!r} that arrives inside the plan"
            ),
            "lines of orders in flight name an order of orders.csv",
        )
        if len(strangers)
        else require(
            "buy_plan.committed",
            same.to_numpy(dtype=bool),
            lambda i: (
                f"buy_plan.csv, order {lots['order'][i]}: chip, site, arrival or action differ "
                "from orders.csv"
            ),
            "an order's line keeps its chip, site and arrival, and says what its kind does",
        ),
        agree(
            "buy_plan.committed_chips",
            written,
            kept,
            lambda i: f"buy_plan.csv, order {lots['order'][i]}, chips kept",
            unit="chips",
            floor=facts.few,
        ),
        require(
            "buy_plan.cancellation",
            ~((cancelled > 0) & lots["cancel_fee_share"].isna().to_numpy())
            & (cancelled >= 0)
            & (kept >= -1e-4),
            lambda i: (
                f"buy_plan.csv, order {lots['order'][i]}: {cancelled[i]:.10g} of "
                f"{lots['chips'][i]:.10g} chips cancelled, cancel_fee_share "
                f"{lots['cancel_fee_share'][i]}"
            ),
            "only orders with a cancel_fee_share are cancelled, and no more than all of them",
        ),
    ]
    n = len(lots)
    chip = facts.codes("chip", lots["chip"])
    site = facts.codes("site", lots["site"])
    arrives = whole(lots, "arrives")
    got = blank(n) | {
        "line": lots["line_id"].fillna("").to_numpy(dtype=object),
        "origin": np.full(n, COMMITTED),
        "chip": chip,
        "site": site,
        "born": whole(lots, "in_service"),
        "first": arrives,
        "leaves": whole(lots, "leaves_service"),
        "chips": kept,
        "attrition": column(lots, "annual_attrition"),
        "may_retire": flags(lots, "retire_early"),
        "owned": kind == "purchase",
        "price": or_zero(column(lots, "usd_per_chip")),
        "paid": whole(lots, "ordered"),
        "deposit": column(lots, "paid_share"),
        "hourly": column(lots, "usd_per_chip_hour"),
        "purchase": kind == "purchase",
        "row": whole(lots, "row"),
        "counted": np.where(moving, 0, arrives),
    }
    return pd.DataFrame(got), checks
