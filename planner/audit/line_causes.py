"""What pays for a line: the work that its chips do, as long as they are held, and obligations.

What a line's chips are worth is the sum over the periods in which they are held.  Obligations such
as take or pay stand under their own name.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.actions import HOLDING, ORDERING
from planner.audit.duals import Duals
from planner.audit.facts import column, text, whole
from planner.audit.places import place_shares, time_values
from planner.audit.recomputed import Recomputed
from planner.audit.worths import powering_worth


def line_causes(found: Recomputed, duals: Duals) -> pd.DataFrame:
    """Return what each cause pays for each line: columns line_id, cause, usd, time, each, what one
    chip more in all its periods would be worth, USD, and usd_off and time_off, by how much rounding
    may have moved usd and time from one cause to another."""
    facts, tables = found.facts, found.tables
    shares, buy = place_shares(found, duals), tables["buy_plan"]
    holding = buy.loc[buy["action"].isin(HOLDING), "line_id"]
    v = tables["vintages"]
    v = v[v["line_id"].isin(holding)].reset_index(drop=True)
    c, s = facts.codes("chip", v["chip"]), facts.codes("site", v["site"])
    t, held = whole(v, "period"), column(v, "held")
    each = powering_worth(facts, duals)[c, s, t]
    parts = [
        pd.DataFrame(
            {
                "line_id": v["line_id"],
                "c": c,
                "s": s,
                "t": t,
                "usd": held * each,
                "time": held,
                "each": each,
            }
        )
    ]
    r = tables["rentals"]
    if len(r):
        c, s = facts.codes("chip", r["chip"]), facts.codes("site", r["site"])
        t, k, chips = whole(r, "period"), facts.codes("slice", r["slice"]), column(r, "chips")
        labels = np.array([facts.label(p) for p in t], dtype=object)
        each = time_values(facts, duals)[c, s, t, k]
        parts.append(
            pd.DataFrame(
                {
                    "line_id": r["offer"] + "@" + r["site"] + "@" + labels,
                    "c": c,
                    "s": s,
                    "t": t,
                    "usd": chips * each,
                    "time": chips * facts.share[k],
                    "each": each,
                }
            )
        )
    pieces = pd.concat(parts, ignore_index=True).merge(shares, on=["c", "s", "t"], how="left")
    lost = pieces["cause"].isna()
    pieces["cause"] = pieces["cause"].fillna("no work")
    share = np.where(lost, 1.0, column(pieces, "share"))
    doubt = np.where(lost, 0.0, column(pieces, "doubt"))
    pieces["usd_off"], pieces["time_off"] = pieces["usd"] * doubt, pieces["time"] * doubt
    for name in ("usd", "time", "each"):
        pieces[name] = pieces[name] * share
    rows = [
        pieces[["line_id", "cause", "usd", "time", "each", "usd_off", "time_off"]],
        _of_power(found, duals, shares),
    ]
    every = pd.concat(rows, ignore_index=True)
    figures = ["usd", "time", "each", "usd_off", "time_off"]
    told: pd.DataFrame = every.groupby(["line_id", "cause"])[figures].sum().reset_index()
    return told


def _of_power(found: Recomputed, duals: Duals, shares: pd.DataFrame) -> pd.DataFrame:
    """Return what pays for power projects: their MW in every period, for the chips that take them.

    All MW serve all chips, and liquid-cooled chips the liquid-cooled share of them besides.
    """
    facts, projects = found.facts, found.projects
    shape = (len(facts.site), facts.T)
    power = found.capacity.powered * facts.kw_peak[:, None, None]
    cooled = (text(facts.case["chips"], "cooling") == "liquid")[:, None, None]
    lines, period = np.nonzero(np.arange(facts.T)[None, :] >= projects.arrives[:, None])
    parts = []
    for block, kw, part in (
        ("power", power, np.ones(len(projects.mw))),
        ("liquid_power", power * cooled, projects.liquid),
    ):
        worth = np.maximum(-duals.table(block, shape, "site", "period")[0], 0.0)
        mine = shares.assign(kw=kw[shares["c"], shares["s"], shares["t"]] * shares["share"])
        mine = mine.groupby(["s", "t", "cause"])[["kw"]].sum().reset_index()
        total = mine.groupby(["s", "t"])["kw"].transform("sum")
        mine["part"] = mine["kw"] / total.where(total > 0, 1.0)
        site = projects.site[lines]
        mw = projects.mw[lines] * part[lines]
        pieces = pd.DataFrame(
            {
                "line_id": projects.line[lines],
                "s": site,
                "t": period,
                "usd": mw * worth[site, period],
                "time": mw if block == "power" else 0.0 * mw,
            }
        ).merge(mine, on=["s", "t"])
        pieces["usd"], pieces["time"] = (pieces[n] * pieces["part"] for n in ("usd", "time"))
        parts.append(pieces[["line_id", "cause", "usd", "time"]])
    return pd.concat(parts, ignore_index=True)


def obligations(found: Recomputed, duals: Duals) -> pd.DataFrame:
    """Return what take or pay and minimum orders pay for new orders: line_id, cause, usd."""
    facts, buy, offers = found.facts, found.tables["buy_plan"], found.facts.case["offers"]
    lines = buy[buy["action"].isin(ORDERING) & (buy["status"] == "new")]
    lines = lines.reset_index(drop=True)
    row = facts.codes("offer", lines["offer"])
    group = text(offers, "supply_group")[row] if len(row) else np.empty(0, object)
    arrives = np.zeros(0, bool)
    if len(row):
        table = facts.case["supply"]
        by_arrival = set(table.loc[table["basis"] == "arrival", "supply_group"])
        arrives = np.isin(group, list(by_arrival))
    when = np.where(arrives, whole(lines, "in_service_period"), whole(lines, "order_period"))
    parts = []
    for block, axis, names, period in (
        ("supply", "supply_group_name", group, when),
        ("offer_limit", "offer", row, whole(lines, "order_period")),
        ("least_order", "offer", row, whole(lines, "order_period")),
    ):
        rows = duals[block]
        if not len(rows) or not len(lines):
            continue
        mine = pd.DataFrame({"line": np.arange(len(lines)), axis: names, "period": period})
        hit = mine.merge(rows, on=[axis, "period"])
        hit = hit[hit["usd"] > 1e-9]
        label = hit[axis] if axis.endswith("name") else facts.offer[hit["offer"]]
        labels = np.array([facts.label(p) for p in hit["period"]], dtype=object)
        at = hit["line"].to_numpy(dtype=np.int64)
        parts.append(
            pd.DataFrame(
                {
                    "line_id": text(lines, "line_id")[at],
                    "cause": f"obligation:{block}:" + label + "@" + labels,
                    "usd": hit["usd"].to_numpy() * column(lines, "chips")[at],
                }
            )
        )
    if not parts:
        return pd.DataFrame({"line_id": [], "cause": [], "usd": []})
    frame = pd.concat(parts, ignore_index=True)
    sums: pd.DataFrame = frame.groupby(["line_id", "cause"])[["usd"]].sum().reset_index()
    return sums
