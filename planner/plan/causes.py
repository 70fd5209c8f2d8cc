"""Causes: which demand pays for which line, from the duals along order -> holding -> powering ->
use.

One more chip of a line saves ``sum_t alive(t) x worth of holding(t)``.  The worth of holding a chip
in a place is the value of its time, and the value of time belongs to the work it does: each
workload's, milestone's or contingency's share is ``sum over slices of time value x chips on it``.
What an obligation (take or pay, a quota, a frozen order) adds stands under its own name.  Shares of
a line sum to 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.plan.actions import STAYING
from planner.plan.answer import Answer, Floats, Ints
from planner.plan.chip_time import cause_names, place_causes, time_rows
from planner.plan.forced import forced_causes
from planner.plan.held import held_chips, places_of
from planner.plan.power_causes import power_causes


@dataclass(frozen=True, slots=True)
class LineCauses:
    """What pays for the lines of the plan."""

    table: pd.DataFrame
    """``causes``: line_id, cause, share_pct (summing to 100 per line), worth_usd."""
    worth: Floats
    """What one more chip (MW) of each line would save, USD, (n,); NaN where it has none."""


def line_causes(answer: Answer, lines: pd.DataFrame) -> LineCauses:
    """Return ``causes`` of every line that adds capacity, and the worth of one chip (MW) of each
    line.

    Args:
        answer: the answer.
        lines: coded lines of ``all_lines``.

    Returns:
        Both, of n lines.
    """
    names = cause_names(answer)
    causes = place_causes(answer)
    parts = [_held_pieces(answer, lines), *_rented_pieces(answer, lines)]
    pieces = pd.concat(parts, ignore_index=True).merge(causes, on="place", how="left")
    lost = pieces["cause"].isna()
    pieces["cause"] = pieces["cause"].fillna(len(names)).astype(np.int64)
    pieces["share"] = np.where(lost, 1.0, pieces["share"])
    pieces["usd"] *= pieces["share"]
    pieces["time"] *= pieces["share"]
    table = pieces.groupby(["line", "cause"], as_index=False)[["usd", "time"]].sum()
    table["name"] = np.append(names, "no work")[table["cause"]]

    builds = np.flatnonzero(lines["action"] == "build_power")
    forced = forced_causes(answer, lines)
    power = power_causes(answer, lines, builds, causes, names)
    table = pd.concat([table[["line", "name", "usd", "time"]], forced, power], ignore_index=True)
    table = _shared(table.groupby(["line", "name"], as_index=False)[["usd", "time"]].sum())
    amount = np.where(lines["chips"].notna(), lines["chips"], lines["mw"]).astype(np.float64)
    per_unit = np.full(len(lines), np.nan)
    # worth is about what the line can do, so obligations stay out of it
    sums = pd.concat([pieces[["line", "usd"]], power[["line", "usd"]]]).groupby("line")["usd"].sum()
    per_unit[sums.index.to_numpy(dtype=np.int64)] = sums.to_numpy()
    per_unit = np.divide(per_unit, amount, out=np.full(len(lines), np.nan), where=amount > 0)
    result = pd.DataFrame(
        {
            "line_id": lines["line_id"].to_numpy()[table["line"].to_numpy(dtype=np.int64)],
            "cause": table["name"],
            "share_pct": table["share_pct"],
            "worth_usd": table["usd"],
        }
    )
    return LineCauses(result.reset_index(drop=True), per_unit)


def _lines_of_holding(answer: Answer, lines: pd.DataFrame) -> Ints:
    """The line that every entry of ``holding`` belongs to, -1 for none: its lot's, or the move's
    that brought it."""
    f = answer.formulation
    holding = f.holding
    line_of_lot = np.full(len(f.lots), -1, dtype=np.int64)
    held_line = (
        lines["status"].isin(["existing", "committed", "new"])
        & (lines["lot"] >= 0)
        & lines["action"].isin(STAYING)
    )
    line_of_lot[lines.loc[held_line, "lot"]] = np.flatnonzero(held_line)
    line_of_move = np.full(len(holding.moves), -1, dtype=np.int64)
    moved = np.flatnonzero(lines["action"] == "relocate")
    position = pd.Series(
        np.arange(len(holding.moves)), index=holding.moves["column"].to_numpy(dtype=np.int64)
    )
    line_of_move[position.reindex(lines["column"].to_numpy()[moved]).to_numpy(dtype=np.int64)] = (
        moved
    )
    line = np.where(
        holding.move >= 0,
        line_of_move[holding.move] if len(line_of_move) else -1,
        line_of_lot[holding.lot],
    )
    return np.asarray(line, dtype=np.int64)


def _held_pieces(answer: Answer, lines: pd.DataFrame) -> pd.DataFrame:
    """What chips that are held are worth, by line and place: columns line, place, usd (NPV) and
    time (chip-periods)."""
    holding, capacity = answer.formulation.holding, answer.formulation.capacity
    powering = np.zeros(len(capacity.chip))
    powering[capacity.powered_place] = np.maximum(answer.worth("powering"), 0.0)
    line = _lines_of_holding(answer, lines)
    held = held_chips(answer)
    at = places_of(answer, holding.chip, holding.site, holding.period)
    mine = (line >= 0) & (held > 0)
    return pd.DataFrame(
        {
            "line": line[mine],
            "place": at[mine],
            "usd": (held * powering[at])[mine],
            "time": held[mine],
        }
    )


def _rented_pieces(answer: Answer, lines: pd.DataFrame) -> list[pd.DataFrame]:
    """The same of what is rented, where anything is: worth its chip-time in the slices in which it
    is there."""
    f = answer.formulation
    capacity = f.capacity
    rent_value = np.maximum(answer.worth("chip_time"), 0.0)[time_rows(answer, capacity.chip_time)]
    rents = np.flatnonzero(lines["action"] == "rent")
    if not len(rents):
        return []
    key = pd.Series(rents, index=pd.MultiIndex.from_arrays([lines["line_id"].to_numpy()[rents]]))
    axes = f.index.axes
    chips = answer.x[capacity.rented]
    used = np.flatnonzero(chips > 0)
    place, k, row = (
        capacity.rented_place[used],
        capacity.rented_slice[used],
        capacity.rented_row[used],
    )
    ids = (
        axes["offer"][row]
        + "@"
        + axes["site"][capacity.site[place]]
        + "@"
        + axes["period"][capacity.period[place]]
    )
    target = key.reindex(pd.MultiIndex.from_arrays([ids])).to_numpy(dtype=np.float64)
    known = ~np.isnan(target)
    return [
        pd.DataFrame(
            {
                "line": target[known].astype(np.int64),
                "place": place[known],
                "usd": (chips[used] * rent_value[place, k])[known],
                "time": (chips[used] * f.index.share[k])[known],
            }
        )
    ]


def _shared(table: pd.DataFrame) -> pd.DataFrame:
    """Causes with ``share_pct``, by line, the largest first: of the worth, or of the time where
    nothing is worth anything."""
    total = table.groupby("line")[["usd", "time"]].transform("sum")
    worth = total["usd"] > 1e-6
    table["share_pct"] = 100.0 * np.where(
        worth,
        table["usd"] / total["usd"].where(worth, 1.0),
        table["time"] / total["time"].where(total["time"] > 0, 1.0),
    )
    # as they are written, so that causes that share a line evenly stand by name
    table["share_pct"] = table["share_pct"].round(9)
    return table[table["share_pct"] > 1e-9].sort_values(
        ["line", "share_pct", "name"], ascending=[True, False, True]
    )
