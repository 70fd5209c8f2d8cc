"""Origins: where lots come from, line by line: fleet, orders in flight, new orders, relocations;
and what is wrong with the lines."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, column, flags, or_zero, text, whole
from planner.audit.files import NO_PERIOD
from planner.audit.verdict import Check, agree, require

FLEET, COMMITTED, NEW, MOVED = 0, 1, 2, 3
"""Where the chips of a lot come from."""

ORDERING: Final = ("buy", "lease", "reserve")
"""Actions of lines that order chips to be held."""

_KINDS: Final = {
    "buy": ("purchase",),
    "lease": ("lease",),
    "reserve": ("reserved", "reserved_1y", "reserved_3y", "capacity_block"),
    "rent": ("on_demand", "spot"),
    "relocate": ("relocate",),
}


def _blank(n: int) -> dict[str, Any]:
    """Return the columns of n lots, with what most of them have."""
    return {
        "line": np.full(n, "", dtype=object),
        "origin": np.zeros(n, np.int64),
        "chip": np.zeros(n, np.int64),
        "site": np.zeros(n, np.int64),
        "ordered": np.full(n, NO_PERIOD),
        "born": np.zeros(n, np.int64),
        "first": np.zeros(n, np.int64),
        "leaves": np.zeros(n, np.int64),
        "chips": np.zeros(n),
        "attrition": np.zeros(n),
        "owned": np.zeros(n, bool),
        "price": np.zeros(n),
        "paid": np.zeros(n, np.int64),
        "deposit": np.zeros(n),
        "hourly": np.zeros(n),
        "may_retire": np.zeros(n, bool),
        "purchase": np.zeros(n, bool),
        "row": np.zeros(n, np.int64),
        "counted": np.zeros(n, np.int64),
    }


_STATUS: Final = {
    "existing": ("keep",),
    "committed": ("keep", "buy", "cancel"),
    "new": ("buy", "lease", "reserve", "rent", "build_power", "retire", "relocate"),
}


def check_status(buy: pd.DataFrame) -> Check:
    """Return the check that every line does what its status can do: nothing stands in the plan that
    no other check looks at."""
    fits = np.isin(
        np.char.add(text(buy, "status").astype(str), text(buy, "action").astype(str)),
        [status + action for status, actions in _STATUS.items() for action in actions],
    )
    amount = np.where(text(buy, "action") == "build_power", column(buy, "mw"), column(buy, "chips"))
    return require(
        "buy_plan.status",
        fits & (amount >= 0),
        lambda i: (
            f"buy_plan.csv, line {buy['line_id'][i]}: status {buy['status'][i]}, action "
            f"{buy['action'][i]}, amount {amount[i]:.10g}"
        ),
        "an action that the status can have, on an amount not below 0",
    )


def fleet_lots(facts: Facts, buy: pd.DataFrame) -> tuple[pd.DataFrame, list[Check]]:
    """Return the fleet lots with their lines, and the check that every lot has its line."""
    fleet = facts.case["fleet"]
    fleet = fleet[fleet["leaves_service"] >= 0].reset_index(names="row")
    lines = buy[(buy["status"] == "existing") & (buy["action"] == "keep")]
    lines = lines[
        ["line_id", "chip", "site", "in_service_period", "chips", "leaves_period"]
    ].rename(
        columns={
            "in_service_period": "in_service",
            "chips": "written",
            "leaves_period": "written_leaves",
        }
    )
    merged = fleet.merge(lines, on=["chip", "site", "in_service"], how="outer", indicator=True)
    # a lot without chips needs no line
    twice = merged.duplicated(["chip", "site", "in_service"]).to_numpy()
    known = ((merged["_merge"] == "both").to_numpy() & ~twice) | (
        (merged["_merge"] == "left_only") & (merged["chips"] <= facts.few)
    ).to_numpy()
    checks = [
        require(
            "buy_plan.existing",
            known,
            lambda i: (
                f"buy_plan.csv: fleet lot {merged['chip'][i]} at {merged['site'][i]} in service "
                f"{facts.label(merged['in_service'][i])} stands in "
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
    got = _blank(n) | {
        "line": lots["line_id"].fillna("").to_numpy(dtype=object),
        "origin": np.full(n, FLEET),
        "chip": facts.codes("chip", lots["chip"]),
        "site": site,
        "born": whole(lots, "in_service"),
        "leaves": whole(lots, "leaves_service"),
        "chips": column(lots, "chips"),
        "attrition": column(lots, "annual_attrition"),
        "owned": ~facts.cloud[site],
        "price": or_zero(column(lots, "usd_per_chip")),
        "paid": whole(lots, "ordered"),
        "deposit": column(lots, "paid_share"),
        "hourly": column(lots, "usd_per_chip_hour"),
        "may_retire": lots["retire_early"].to_numpy(dtype=bool),
        "row": whole(lots, "row"),
    }
    return pd.DataFrame(got), checks


def committed_lots(facts: Facts, buy: pd.DataFrame) -> tuple[pd.DataFrame, list[Check]]:
    """Return the orders in flight less what is cancelled, with their lines."""
    orders = facts.case["orders"]
    orders = orders[orders["arrives"] < facts.T].reset_index(names="row")
    lines = buy[(buy["status"] == "committed") & (buy["action"] != "cancel")][
        ["line_id", "offer", "chips", "chip", "site", "in_service_period"]
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
    same = lots["written_chip"].isna() | (
        (lots["written_chip"] == lots["chip"])
        & (lots["written_site"] == lots["site"])
        & (lots["in_service_period"] == lots["arrives"])
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
                f"buy_plan.csv, order {lots['order'][i]}: chip, site or arrival differ from "
                "orders.csv"
            ),
            "an order's line keeps its chip, site and arrival",
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
    got = _blank(n) | {
        "line": lots["line_id"].fillna("").to_numpy(dtype=object),
        "origin": np.full(n, COMMITTED),
        "chip": chip,
        "site": site,
        "born": arrives,
        "first": arrives,
        "leaves": whole(lots, "leaves_service"),
        "chips": kept,
        "attrition": column(lots, "annual_attrition"),
        "may_retire": flags(lots, "retire_early"),
        "owned": np.ones(n, bool),
        "price": column(lots, "usd_per_chip"),
        "paid": whole(lots, "ordered"),
        "deposit": column(lots, "paid_share"),
        "purchase": np.ones(n, bool),
        "row": whole(lots, "row"),
        "counted": arrives,
    }
    return pd.DataFrame(got), checks


def new_lots(facts: Facts, buy: pd.DataFrame) -> tuple[pd.DataFrame, list[Check]]:
    """Return the lots that the plan orders, and the checks that each line is an order that its
    offer allows."""
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
        [a + k for a, kinds in _KINDS.items() for k in kinds],
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
    got = _blank(n) | {
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


def moved_lots(
    facts: Facts, buy: pd.DataFrame, fleet: pd.DataFrame
) -> tuple[pd.DataFrame, list[Check]]:
    """Return the lots that relocations make at their new sites: columns as other lots, and
    ``source``, the fleet lot they leave."""
    offers = facts.case["offers"]
    lines = buy[(buy["action"] == "relocate") & buy["offer"].isin(facts.offer)]
    row = facts.codes("offer", lines["offer"])
    moves = pd.DataFrame(
        {
            "line": text(lines, "line_id"),
            "from": facts.codes("site", lines["from_site"]),
            "chip": facts.codes("chip", lines["chip"]),
            "to": facts.codes("site", lines["site"]),
            "ordered": whole(lines, "order_period"),
            "moved": column(lines, "chips"),
            "row": row,
            "lead": whole(offers, "lead_periods")[row] if len(row) else np.empty(0, np.int64),
            "written_from": text(lines, "from_site"),
            "offer_from": text(offers, "from_site")[row] if len(row) else np.empty(0, object),
        }
    )
    sources = fleet.reset_index(names="source")
    pairs = moves.merge(
        sources,
        left_on=["chip", "from"],
        right_on=["chip", "site"],
        suffixes=("", "_lot"),
        how="left",
    )
    found = pairs["source"].notna().to_numpy()
    # a line names its lot behind a slash; with a single lot there is no doubt
    named = np.array(text(pairs, "line"), dtype=object) != ""
    if len(pairs):
        named = pairs["line"].str.rpartition("/")[2].to_numpy(dtype=object) == text(
            pairs, "line_lot"
        )
    several = pairs.groupby("line")["source"].transform("count").to_numpy() > 1
    chosen = pairs[found & (named | ~several)].reset_index(drop=True)
    counts = chosen.groupby("line").size().reindex(moves["line"]).fillna(0).to_numpy()
    checks = [
        require(
            "buy_plan.relocation",
            (counts == 1)
            & (moves["written_from"] == moves["offer_from"]).to_numpy()
            & np.isfinite(moves["moved"].to_numpy(dtype=float)),
            lambda i: (
                f"buy_plan.csv, line {moves['line'][i]}: {int(counts[i])} lots of the fleet "
                f"answer to it, it leaves {moves['written_from'][i]!r}, its offer "
                f"{moves['offer_from'][i]!r}"
            ),
            "a relocation moves chips of one fleet lot of its chip at the offer's from_site",
        )
    ]
    n = len(chosen)

    got = _blank(n) | {
        "line": text(chosen, "line"),
        "origin": np.full(n, MOVED),
        "chip": whole(chosen, "chip"),
        "site": whole(chosen, "to"),
        "ordered": whole(chosen, "ordered"),
        "born": whole(chosen, "born"),
        "first": whole(chosen, "ordered") + whole(chosen, "lead"),
        "leaves": whole(chosen, "leaves"),
        "chips": column(chosen, "moved"),
        "attrition": column(chosen, "attrition"),
        "owned": chosen["owned"].to_numpy(dtype=bool),
        "price": column(chosen, "price"),
        "paid": whole(chosen, "paid"),
        "deposit": column(chosen, "deposit"),
        "hourly": column(chosen, "hourly"),
        "row": whole(chosen, "row"),
        "counted": whole(chosen, "ordered"),
    }
    frame = pd.DataFrame(got)
    frame["source"] = whole(chosen, "source")
    late = frame["first"].to_numpy() >= np.minimum(frame["leaves"].to_numpy(), facts.T)
    checks.append(
        require(
            "buy_plan.relocation_time",
            ~late,
            lambda i: (
                f"buy_plan.csv, line {frame['line'][i]}: arrives in {frame['first'][i]}, its lot "
                f"leaves service in {frame['leaves'][i]} (periods from the start)"
            ),
            "moved chips arrive before their lot leaves service and inside the plan",
        )
    )
    return frame, checks
