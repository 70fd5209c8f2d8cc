"""Causes: what pays for every line, against causes.csv and the causes of buy_plan.csv."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.duals import Duals
from planner.audit.facts import column, text
from planner.audit.line_causes import line_causes, obligations
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import WRITTEN
from planner.audit.verdict import Check, Describe, agree, line_column, require
from planner.limits import WIDE

_FIXED: Final = (
    "obligation:policy:",
    "obligation:limit:",
    "obligation:change",
    "obligation:frozen",
    "obligation:whole",
    *(f"obligation:{limit.rows}:" for limit in WIDE if limit.rows != "policy"),
)
"""Obligations whose amount is taken from the file: they are checked by sign and sum only."""
_SMALL: Final = 1e-6
_CENT: Final = 0.01


def check_causes(found: Recomputed, duals: Duals) -> list[Check]:
    """Return the checks of causes.csv, and of the causes and the worth in buy_plan.csv."""
    written, buy = found.tables["causes"], found.tables["buy_plan"]
    work = line_causes(found, duals)
    others = written[written["cause"].str.startswith(_FIXED)]
    given = others[["line_id", "cause", "worth_usd"]].rename(columns={"worth_usd": "usd"})
    parts = [work, obligations(found, duals), given]
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
    # vintages.csv and rentals.csv round the chips; few may be left of a line of many
    each_of = work.groupby("line_id")["each"].sum()
    each = each_of.reindex(text(buy, "line_id")).to_numpy(dtype=float)
    rounded = np.divide(
        np.nan_to_num(each) * WRITTEN, amount, out=np.zeros(len(of)), where=amount > 0
    )
    known = both["line_id"].isin(buy["line_id"]).to_numpy()
    size = both.groupby("line_id")["usd"].transform("sum").to_numpy(dtype=float)

    def described(name: str) -> Describe:
        return lambda i: f"causes.csv, {both['line_id'][i]}, {both['cause'][i]}, {name}"

    # a line of chips too few to be exact has shares as inexact
    few = both["line_id"].map(lines.set_index("line_id")["size"]).to_numpy(dtype=float)
    doubt = 100.0 * np.minimum(1.0, 1e-5 / np.maximum(few, 1e-9)) + 1e-5
    off = np.nan_to_num(both["line_id"].map(each_of).to_numpy(dtype=float)) * WRITTEN
    doubt += 100.0 * np.divide(off, size, out=np.zeros(len(off)), where=size > _SMALL)
    for off_name, whole_name in (("usd_off", "usd"), ("time_off", "time")):
        moved, all_of = (
            both["line_id"].map(work.groupby("line_id")[name].sum()).to_numpy(dtype=float)
            for name in (off_name, whole_name)
        )
        doubt += 100.0 * np.divide(moved, all_of, out=np.zeros(len(moved)), where=all_of > _SMALL)
    # of a line that is worth less than a cent the file does not say enough
    doubt = np.where(np.nan_to_num(size) < _CENT, 100.0, doubt)
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
            + rounded
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
