"""Causes: which work pays for which line, from the dual values of time; against causes.csv.

What a chip's time is worth in a slice belongs to the work it does in that slice; what a line's
chips are worth is the sum over the periods in which they are held.  Obligations such as
take or pay stand under their own name.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.actions import HOLDING, ORDERING
from planner.audit.duals import Duals
from planner.audit.facts import Facts, Floats, Ints, column, text, whole
from planner.audit.rates import Demand, serving_rate
from planner.audit.recomputed import Recomputed
from planner.audit.verdict import Check, Describe, agree, line_column, require
from planner.audit.worths import powering_worth

_FIXED: Final = (
    "obligation:policy:",
    "obligation:limit:",
    "obligation:change",
    "obligation:frozen",
)
"""Obligations whose amount is taken from the file: they are checked by sign and sum only."""
_SMALL: Final = 1e-6


def time_values(facts: Facts, duals: Duals) -> Floats:
    """Return what one more usable chip in a slice saves, discounted USD, (C, S, T, K)."""
    shape = (len(facts.chip), len(facts.site), facts.T, facts.K)
    dual, _ = duals.table("chip_time", shape, "chip", "site", "period", "slice")
    return np.maximum(-dual, 0.0)


def place_shares(found: Recomputed, duals: Duals) -> pd.DataFrame:
    """Return whose the value of a place's time is: columns c, s, t, cause, share (1 per place).

    A place is a chip at a site in a period.  Where its time is worth nothing, it is that of what
    its chips do.
    """
    facts, a = found.facts, found.allocation
    value = time_values(facts, duals)[a.chip, a.site, a.period, a.slice]
    names = np.concatenate([facts.workload.to_numpy(), facts.milestone.to_numpy(), [""]])
    W = len(facts.workload)
    kind = np.where(a.run >= 0, "milestone:", "workload:").astype(object)
    parts = [
        pd.DataFrame(
            {
                "c": a.chip,
                "s": a.site,
                "t": a.period,
                "cause": kind + names[np.where(a.run >= 0, W + a.run, a.work)],
                "value": a.chips * value,
                "time": a.chips * facts.share[a.slice],
            }
        ),
        _backed_up(found, duals),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["value"] > 0) | (rows["time"] > 0)]
    rows = rows.groupby(["c", "s", "t", "cause"], as_index=False)[["value", "time"]].sum()
    total = rows.groupby(["c", "s", "t"])[["value", "time"]].transform("sum")
    priced = total["value"] > 0
    rows["share"] = np.where(
        priced,
        rows["value"] / total["value"].where(priced, 1.0),
        rows["time"] / total["time"].where(total["time"] > 0, 1.0),
    )
    kept: pd.DataFrame = rows.loc[rows["share"] > 0, ["c", "s", "t", "cause", "share"]]
    return kept


def _backed_up(found: Recomputed, duals: Duals) -> pd.DataFrame:
    """Return what standing in for a lost site is worth: rows of site_loss.csv at their dual."""
    facts, rows = found.facts, duals["backup_time"]
    table = found.tables.get("site_loss")
    if table is None or not len(table) or not len(rows):
        return pd.DataFrame(columns=["c", "s", "t", "cause", "value", "time"])
    lost, c = facts.codes("site", table["lost_site"]), facts.codes("chip", table["chip"])
    s, t = facts.codes("site", table["site"]), whole(table, "period")
    k = facts.codes("slice", table["slice"])
    # places of a chip where the same may run stand in together and are named after the first
    first = _leads(facts, found.demand, whole(rows, "lost"), rows, lost, c, s, t)
    shape = (len(facts.site), len(facts.chip), len(facts.site), facts.T, facts.K)
    dual, _ = duals.table("backup_time", shape, "lost", "chip", "site", "period", "slice")
    worth = np.maximum(-dual, 0.0)[lost, c, first, t, k]
    return pd.DataFrame(
        {
            "c": c,
            "s": s,
            "t": t,
            "cause": "site_loss:" + table["workload"],
            "value": column(table, "chips") * worth,
            "time": np.zeros(len(table)),
        }
    )


def _leads(
    facts: Facts,
    demand: Demand,
    row_lost: Ints,
    rows: pd.DataFrame,
    lost: Ints,
    c: Ints,
    s: Ints,
    t: Ints,
) -> Ints:
    """Return the site after which the reserve of each place is named, (n,): of those that have rows
    for the same loss, chip and period, the one where the same marked workloads may run."""
    S, T = len(facts.site), facts.T
    marked = np.flatnonzero(~np.isnan(column(facts.case["workloads"], "survive_site_loss")))
    chips = np.arange(len(facts.chip))
    axes = np.meshgrid(marked, chips, np.arange(S), np.arange(T), indexing="ij")
    w, cc, ss, tt = (axis.ravel() for axis in axes)
    rate, _ = serving_rate(facts, demand, w, cc, tt)
    names = text(facts.case["workloads"], "workload")[w]
    can = demand.sites[w, ss] & (rate > 0) & ~facts.forbidden(cc, ss, tt, workload=names)
    can &= demand.work[w, tt] > 0
    same = can.reshape(len(marked), len(chips), S, T)
    has = np.zeros((S, len(chips), S, T), bool)
    has[row_lost, whole(rows, "chip"), whole(rows, "site"), whole(rows, "period")] = True
    there = has[lost, c, :, t]  # (n, S)
    own = same[:, c, s, t].T  # (n, marked)
    alike = (same[:, c, :, t] == own[:, :, None]).all(axis=1)
    fits = there & alike
    return np.where(fits.any(axis=1), fits.argmax(axis=1), s)


def line_causes(found: Recomputed, duals: Duals) -> pd.DataFrame:
    """Return what each cause pays for each line: columns line_id, cause, usd, time."""
    facts, tables = found.facts, found.tables
    shares, buy = place_shares(found, duals), tables["buy_plan"]
    holding = buy.loc[buy["action"].isin(HOLDING), "line_id"]
    v = tables["vintages"]
    v = v[v["line_id"].isin(holding)].reset_index(drop=True)
    c, s = facts.codes("chip", v["chip"]), facts.codes("site", v["site"])
    t, held = whole(v, "period"), column(v, "held")
    parts = [
        pd.DataFrame(
            {
                "line_id": v["line_id"],
                "c": c,
                "s": s,
                "t": t,
                "usd": held * powering_worth(facts, duals)[c, s, t],
                "time": held,
            }
        )
    ]
    r = tables["rentals"]
    if len(r):
        c, s = facts.codes("chip", r["chip"]), facts.codes("site", r["site"])
        t, k, chips = whole(r, "period"), facts.codes("slice", r["slice"]), column(r, "chips")
        labels = np.array([facts.label(p) for p in t], dtype=object)
        parts.append(
            pd.DataFrame(
                {
                    "line_id": r["offer"] + "@" + r["site"] + "@" + labels,
                    "c": c,
                    "s": s,
                    "t": t,
                    "usd": chips * time_values(facts, duals)[c, s, t, k],
                    "time": chips * facts.share[k],
                }
            )
        )
    pieces = pd.concat(parts, ignore_index=True).merge(shares, on=["c", "s", "t"], how="left")
    lost = pieces["cause"].isna()
    pieces["cause"] = pieces["cause"].fillna("no work")
    share = np.where(lost, 1.0, column(pieces, "share"))
    pieces["usd"], pieces["time"] = pieces["usd"] * share, pieces["time"] * share
    rows = [pieces[["line_id", "cause", "usd", "time"]], _of_power(found, duals, shares)]
    every = pd.concat(rows, ignore_index=True)
    sums: pd.DataFrame = every.groupby(["line_id", "cause"])[["usd", "time"]].sum().reset_index()
    return sums


def _of_power(found: Recomputed, duals: Duals, shares: pd.DataFrame) -> pd.DataFrame:
    """Return what pays for power projects: their MW in every period, for the chips that take them.

    All MW serve all chips, and liquid-cooled chips the liquid-cooled share of them besides.
    """
    facts, projects = found.facts, found.projects
    shape = (len(facts.site), facts.T)
    power = found.capacity.powered * facts.kw_peak[:, None, None]
    cooled = (text(facts.case["chips"], "cooling") == "liquid")[:, None, None]
    liquid_share = column(facts.case["power_projects"], "liquid_share")[projects.row]
    lines, period = np.nonzero(np.arange(facts.T)[None, :] >= projects.arrives[:, None])
    parts = []
    for block, kw, part in (
        ("power", power, np.ones(len(projects.row))),
        ("liquid_power", power * cooled, liquid_share),
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


def _obligations(found: Recomputed, duals: Duals) -> pd.DataFrame:
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


def check_causes(found: Recomputed, duals: Duals) -> list[Check]:
    """Return the checks of causes.csv, and of the causes and the worth in buy_plan.csv."""
    written, buy = found.tables["causes"], found.tables["buy_plan"]
    work = line_causes(found, duals)
    others = written[written["cause"].str.startswith(_FIXED)]
    given = others[["line_id", "cause", "worth_usd"]].rename(columns={"worth_usd": "usd"})
    parts = [work, _obligations(found, duals), given]
    own = pd.concat(parts, ignore_index=True).assign(time=lambda f: f["time"].fillna(0.0))
    own = own.groupby(["line_id", "cause"], as_index=False)[["usd", "time"]].sum()
    total = own.groupby("line_id")[["usd", "time"]].transform("sum")
    priced = (total["usd"] > _SMALL).to_numpy()
    own["share"] = 100.0 * np.where(
        priced,
        own["usd"] / total["usd"].where(priced, 1.0),
        own["time"] / total["time"].where(total["time"] > 0, 1.0),
    )
    both = written.merge(own, on=["line_id", "cause"], how="outer", indicator=True)
    usd, share = (np.nan_to_num(column(both, name)) for name in ("usd", "share"))
    lines = buy[["line_id", "chips", "mw"]].assign(
        size=np.where(np.isnan(column(buy, "chips")), column(buy, "mw"), column(buy, "chips"))
    )
    of = work.groupby("line_id")["usd"].sum().reindex(text(buy, "line_id")).to_numpy(dtype=float)
    amount = column(lines, "size")
    per_unit = np.divide(of, amount, out=np.full(len(of), np.nan), where=amount > 0)
    known = both["line_id"].isin(buy["line_id"]).to_numpy()
    size = both.groupby("line_id")["usd"].transform("sum").to_numpy(dtype=float)

    def described(name: str) -> Describe:
        return lambda i: f"causes.csv, {both['line_id'][i]}, {both['cause'][i]}, {name}"

    # a line of chips too few to be exact has shares as inexact
    few = both["line_id"].map(lines.set_index("line_id")["size"]).to_numpy(dtype=float)
    doubt = 100.0 * np.minimum(1.0, 1e-5 / np.maximum(few, 1e-9)) + 1e-5
    sums = written.groupby("line_id")["share_pct"].sum()
    worth, none = column(buy, "worth_usd_per_chip"), np.isnan(per_unit)
    return [
        require(
            "causes.lines",
            known,
            lambda i: f"causes.csv: {both['line_id'][i]}",
            "lines of buy_plan.csv",
        ),
        agree(
            "causes.share_pct",
            np.nan_to_num(column(both, "share_pct")),
            share,
            described("share_pct"),
            unit="%",
            floor=doubt,
        ),
        agree(
            "causes.worth_usd",
            np.nan_to_num(column(both, "worth_usd")),
            usd,
            described("worth_usd"),
            unit="USD",
            floor=0.02 + np.nan_to_num(size) * doubt * 1e-2,
        ),
        agree(
            "causes.sum",
            sums.to_numpy(),
            100.0,
            lambda i: f"causes.csv, {sums.index[i]}, share_pct in all",
            unit="%",
            floor=1e-6,
        ),
        agree(
            "buy_plan.worth",
            np.where(none & np.isnan(worth), 0.0, worth),
            np.where(none & np.isnan(worth), 0.0, per_unit),
            lambda i: f"buy_plan.csv, line {buy['line_id'][i]}, worth_usd_per_chip",
            unit="USD",
            floor=1e-5
            + np.nan_to_num(np.abs(per_unit))
            * np.minimum(1.0, 5e-6 + 1e-5 / np.maximum(amount, 1e-9)),
        ),
        *_top(buy, written),
    ]


def _top(buy: pd.DataFrame, written: pd.DataFrame) -> list[Check]:
    """Return the checks that causes.csv is ranked, and that buy_plan.csv names its first three."""
    rank = written.groupby("line_id").cumcount().to_numpy()
    order = written.sort_values(
        ["line_id", "share_pct", "cause"], ascending=[True, False, True], kind="stable"
    )
    best = order.assign(rank=order.groupby("line_id").cumcount()).sort_index()
    same: NDArray[np.bool_] = best["rank"].to_numpy() == rank
    checks = [
        require(
            "causes.order",
            same,
            lambda i: f"causes.csv, row {i + 2}: {written['line_id'][i]}, {written['cause'][i]}",
            "the largest cause of a line first",
        )
    ]
    for n in (1, 2, 3):
        mine = written[rank == n - 1].set_index("line_id").reindex(text(buy, "line_id"))
        name = mine["cause"].fillna("").to_numpy(dtype=object)
        share, told = column(mine, "share_pct"), column(buy, f"cause_{n}_share_pct")
        fits = (text(buy, f"cause_{n}") == name) & (
            np.isclose(share, told, rtol=1e-9, atol=1e-9) | (np.isnan(share) & np.isnan(told))
        )
        checks.append(
            require(
                f"buy_plan.cause_{n}",
                fits,
                line_column(buy, f"cause_{n}"),
                f"cause number {n} of the line in causes.csv, with its share; blank for none",
            )
        )
    return checks
