"""Causes: which demand pays for which line, from the duals along order -> holding -> powering ->
use.

One more chip of a line saves ``sum_t alive(t) x worth of holding(t)``.  The worth of holding a chip
in a place is the value of its time, and the value of time belongs to the work it does: each
workload's, milestone's or contingency's share is ``sum over slices of time value x chips on it``.
What an obligation (take or pay, a quota, a frozen order) adds stands under its own name.  Shares of
a line sum to 100 %.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.limits import OBLIGING
from planner.model.index import numbers, texts
from planner.plan.answer import Answer, Floats, Ints
from planner.plan.held import held_chips, places_of


def place_causes(answer: Answer) -> pd.DataFrame:
    """Return the share of every cause in the value of a place's chip-time: columns place, cause,
    share (summing to 1 per place).

    Cause codes number workloads, milestones, then the site-loss contingency of each workload.
    """
    f = answer.formulation
    index, capacity, serving, training = f.index, f.capacity, answer.serving, f.training
    W, M = len(index.axes["workload"]), len(index.axes["milestone"])
    value = np.maximum(answer.worth("chip_time"), 0.0)[
        _offset(answer, capacity.chip_time)
    ]  # (P, K)
    steady = training.slice < 0
    run_value = np.where(
        steady,
        value[training.place].sum(axis=1),
        value[training.place, np.maximum(training.slice, 0)],
    )
    run_hours = np.where(steady, 1.0, index.share[np.maximum(training.slice, 0)])
    place: list[NDArray[np.integer[Any]]] = [serving["place"].to_numpy(), training.place]
    cause: list[NDArray[np.integer[Any]]] = [serving["work"].to_numpy(), W + training.milestone]
    chips = [serving["chips"].to_numpy(), answer.x[training.column]]
    worth = [value[serving["place"], serving["slice"]], run_value]
    hours = [index.share[serving["slice"]], run_hours]
    backup = answer.backup
    place.append(backup["place"].to_numpy())
    cause.append(W + M + backup["work"].to_numpy())
    chips.append(backup["chips"].to_numpy())
    worth.append(np.maximum(-answer.dual[f.backup.time[backup["reserve"], backup["slice"]]], 0.0))
    hours.append(np.zeros(len(backup)))
    frame = pd.DataFrame(
        {
            "place": np.concatenate(place),
            "cause": np.concatenate(cause),
            "chips": np.concatenate(chips),
        }
    )
    frame["value"] = frame["chips"] * np.concatenate(worth)
    frame["time"] = frame["chips"] * np.concatenate(hours)
    frame = (
        frame[frame["chips"] > 0]
        .groupby(["place", "cause"], as_index=False)[["value", "time"]]
        .sum()
    )
    total = frame.groupby("place")[["value", "time"]].transform("sum")
    # where time is free, what the chips do still says what they are there for
    share = np.where(
        total["value"] > 0,
        frame["value"] / total["value"].where(total["value"] > 0, 1.0),
        frame["time"] / total["time"].where(total["time"] > 0, 1.0),
    )
    frame["share"] = share
    return frame.loc[frame["share"] > 0, ["place", "cause", "share"]].reset_index(drop=True)


def _offset(answer: Answer, rows: Ints) -> Ints:
    """Positions of row ids inside their block chip_time."""
    return np.asarray(rows - answer.rows["chip_time"].start, dtype=np.int64)


def cause_names(answer: Answer) -> np.ndarray:
    """Names behind the cause codes."""
    axes = answer.formulation.index.axes
    return np.array(
        [f"workload:{w}" for w in axes["workload"]]
        + [f"milestone:{m}" for m in axes["milestone"]]
        + [f"site_loss:{w}" for w in axes["workload"]],
        dtype=object,
    )


def row_families(answer: Answer, columns: Ints) -> pd.DataFrame:
    """Return the rows that touch some columns: column, row, family, usd (dual x coefficient, NPV
    per unit of the column)."""
    program = answer.formulation.program
    first, last = (
        program.indptr[columns].astype(np.int64),
        program.indptr[columns + 1].astype(np.int64),
    )
    sizes = last - first
    which = np.repeat(np.arange(len(columns)), sizes)
    entry = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[which]
    row = program.indices[entry].astype(np.int64)
    column = columns[which]
    coefficient = program.data[entry] * program.row_scale[row] / program.column_scale[column]
    starts = np.array([block.first for block in program.row_blocks], dtype=np.int64)
    names = np.array([block.name for block in program.row_blocks], dtype=object)
    order = np.argsort(starts, kind="stable")
    family = names[order][np.searchsorted(starts[order], row, side="right") - 1]
    return pd.DataFrame(
        {
            "column": column,
            "row": row,
            "family": family,
            "usd": coefficient * answer.dual[row],
            "coefficient": coefficient,
        }
    )


def row_name(answer: Answer, row: int) -> str:
    """Name of a limit in the case's words: supply:group@period, power:site@period, ..."""
    program, axes = answer.formulation.program, answer.formulation.index.axes
    for block in program.row_blocks:
        if block.first <= row < block.first + block.count:
            labels = {axis: int(codes[row - block.first]) for axis, codes in block.labels.items()}
            case = answer.formulation.case
            if block.name == "policy":
                return f"limit:{case['limits']['limit'].iloc[labels['limit']]}"
            if block.name == "budget":
                return (
                    f"budget:{case['budgets']['category'].iloc[labels['budget']]}:"
                    f"{case['budgets']['period'].iloc[labels['budget']]}"
                )
            if block.name == "change":
                return "change_charge"
            period = f"@{axes['period'][labels['period']]}" if "period" in labels else ""
            for axis in ("supply_group", "offer", "site", "project"):
                if axis in labels:
                    return f"{block.name}:{axes[axis][labels[axis]]}{period}"
            return f"{block.name}{period}"
    raise KeyError(f"row {row} belongs to no block")


def line_causes(answer: Answer, lines: pd.DataFrame) -> tuple[pd.DataFrame, Floats]:
    """Return ``causes`` of every line that adds capacity, and the worth of one chip (MW) of each
    line.

    Args:
        answer: the answer.
        lines: coded lines of ``all_lines``.

    Returns:
        Frame line_id, cause, share_pct, worth_usd with shares summing to 100 per line; worth per
        unit (n,), NaN where it has none.
    """
    f = answer.formulation
    index, holding, capacity = f.index, f.holding, f.capacity
    names = cause_names(answer)
    causes = place_causes(answer)
    powering = np.zeros(len(capacity.chip))
    powering[capacity.powered_place] = np.maximum(answer.worth("powering"), 0.0)
    rent_value = np.maximum(answer.worth("chip_time"), 0.0)[_offset(answer, capacity.chip_time)]

    line_of_lot = np.full(len(f.lots), -1, dtype=np.int64)
    held_line = (
        lines["status"].isin(["existing", "committed", "new"])
        & (lines["lot"] >= 0)
        & lines["action"].isin(["keep", "buy", "lease", "reserve"])
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
    held = held_chips(answer)
    at = places_of(answer, holding.chip, holding.site, holding.period)
    mine = (line >= 0) & (held > 0)
    parts = [
        pd.DataFrame(
            {
                "line": line[mine],
                "place": at[mine],
                "usd": (held * powering[at])[mine],
                "time": held[mine],
            }
        )
    ]

    rents = np.flatnonzero(lines["action"] == "rent")
    if len(rents):
        key = pd.Series(
            rents, index=pd.MultiIndex.from_arrays([lines["line_id"].to_numpy()[rents]])
        )
        axes = index.axes
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
        parts.append(
            pd.DataFrame(
                {
                    "line": target[known].astype(np.int64),
                    "place": place[known],
                    "usd": (chips[used] * rent_value[place, k])[known],
                    "time": (chips[used] * index.share[k])[known],
                }
            )
        )
    pieces = pd.concat(parts, ignore_index=True).merge(causes, on="place", how="left")
    lost = pieces["cause"].isna()
    pieces["cause"] = pieces["cause"].fillna(len(names)).astype(np.int64)
    pieces["share"] = np.where(lost, 1.0, pieces["share"])
    pieces["usd"] *= pieces["share"]
    pieces["time"] *= pieces["share"]
    table = pieces.groupby(["line", "cause"], as_index=False)[["usd", "time"]].sum()
    table["name"] = np.append(names, "no work")[table["cause"]]

    builds = np.flatnonzero(lines["action"] == "build_power")
    forced = _forced(answer, lines)
    power = _power_causes(answer, lines, builds, causes, names)
    table = pd.concat([table[["line", "name", "usd", "time"]], forced, power], ignore_index=True)
    table = table.groupby(["line", "name"], as_index=False)[["usd", "time"]].sum()
    total = table.groupby("line")[["usd", "time"]].transform("sum")
    worth = total["usd"] > 1e-6
    table["share_pct"] = 100.0 * np.where(
        worth,
        table["usd"] / total["usd"].where(worth, 1.0),
        table["time"] / total["time"].where(total["time"] > 0, 1.0),
    )
    # as they are written, so that causes that share a line evenly stand by name
    table["share_pct"] = table["share_pct"].round(9)
    table = table[table["share_pct"] > 1e-9].sort_values(
        ["line", "share_pct", "name"], ascending=[True, False, True]
    )
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
    return result.reset_index(drop=True), per_unit


def _forced(answer: Answer, lines: pd.DataFrame) -> pd.DataFrame:
    """What obligations add to new orders: duals of limits that push an order up, and bounds that
    fix it."""
    at = np.flatnonzero(
        (lines["column"] >= 0)
        & (lines["status"] == "new")
        & lines["action"].isin(["buy", "lease", "reserve"])
    )
    columns = lines["column"].to_numpy(dtype=np.int64)[at]
    touching = row_families(answer, columns)
    touching = touching[touching["family"].isin(OBLIGING) & (touching["usd"] > 1e-9)]
    where = pd.Series(at, index=columns)
    amount = answer.x[touching["column"].to_numpy()]
    rows = pd.DataFrame(
        {
            "line": where.reindex(touching["column"]).to_numpy(dtype=np.int64),
            "name": ["obligation:" + row_name(answer, int(r)) for r in touching["row"]],
            "usd": touching["usd"].to_numpy() * amount,
            "time": 0.0,
        }
    )
    program = answer.formulation.program
    fixed = (program.column_lower[columns] == program.column_upper[columns]) & (
        answer.reduced_cost[columns] > 0
    )
    frozen = pd.DataFrame(
        {
            "line": at[fixed],
            "name": "obligation:frozen",
            "usd": (answer.reduced_cost[columns] * answer.x[columns])[fixed],
            "time": 0.0,
        }
    )
    return pd.concat([rows, frozen], ignore_index=True).astype({"line": np.int64})


def _power_causes(
    answer: Answer, lines: pd.DataFrame, builds: Ints, causes: pd.DataFrame, names: np.ndarray
) -> pd.DataFrame:
    """Causes of power projects: the worth of their MW in every period, split like the chips that
    take the site's power; of their liquid-cooled share too, split like the liquid-cooled chips."""
    f = answer.formulation
    index, capacity = f.index, f.capacity
    frames = [
        pd.DataFrame(
            {
                "line": np.empty(0, np.int64),
                "name": np.empty(0, object),
                "usd": np.empty(0),
                "time": np.empty(0),
            }
        )
    ]
    liquid = texts(f.case["chips"], "cooling") == "liquid"
    chip = capacity.chip[capacity.powered_place]
    kw = answer.x[capacity.powered] * index.kw_peak[chip]
    share = numbers(f.case["power_projects"], "liquid_share")
    row = pd.Index(index.axes["project"]).get_indexer(pd.Index(lines["offer"].to_numpy()[builds]))
    arrives = lines["arrives"].to_numpy(dtype=np.int64)[builds]
    site = lines["site"].to_numpy(dtype=np.int64)[builds]
    mw = lines["mw"].to_numpy(dtype=np.float64)[builds]
    which, period = np.nonzero(np.arange(index.T)[None, :] >= arrives[:, None])
    for block, taken, part in (
        ("power", kw, np.ones(len(builds))),
        ("liquid_power", kw * liquid[chip], share[row] if len(builds) else np.empty(0)),
    ):
        labels = answer.row_labels(block)
        if labels.empty or not len(builds):
            continue
        worth = np.zeros((len(index.pue), index.T))
        worth[labels["site"].to_numpy(), labels["period"].to_numpy()] = np.maximum(
            answer.worth(block), 0.0
        )
        powered = pd.DataFrame({"place": capacity.powered_place, "kw": taken})
        shares = powered.merge(causes, on="place")
        shares["site"] = capacity.site[shares["place"]]
        shares["period"] = capacity.period[shares["place"]]
        shares["kw"] *= shares["share"]
        shares = shares.groupby(["site", "period", "cause"], as_index=False)[["kw"]].sum()
        total = shares.groupby(["site", "period"])["kw"].transform("sum")
        shares["share"] = shares["kw"] / total.where(total > 0, 1.0)
        pieces = pd.DataFrame(
            {
                "line": builds[which],
                "site": site[which],
                "period": period,
                "usd": (mw * part)[which] * worth[site[which], period],
                "time": mw[which] if block == "power" else 0.0,
            }
        ).merge(shares[["site", "period", "cause", "share"]], on=["site", "period"])
        frames.append(
            pd.DataFrame(
                {
                    "line": pieces["line"],
                    "name": names[pieces["cause"].to_numpy(dtype=np.int64)],
                    "usd": pieces["usd"] * pieces["share"],
                    "time": pieces["time"] * pieces["share"],
                }
            )
        )
    return pd.concat(frames, ignore_index=True).astype({"line": np.int64})
