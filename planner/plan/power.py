"""Power by site and period: limit, built, used, and what one more MW is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts, whole
from planner.model.index import Codes
from planner.model.power import usable_share
from planner.plan.answer import Answer, Floats, Ints
from planner.plan.rows import Ranges, read_rows


def power_table(answer: Answer, ranges: Ranges) -> pd.DataFrame:
    """Return ``power``: one row per site and period with a limit, or with energy of its own."""
    f = answer.formulation
    index, capacity, axes = f.index, f.capacity, f.index.axes
    S, T = len(index.pue), index.T
    liquid = texts(f.case["chips"], "cooling") == "liquid"
    chip, site, period = (
        a[capacity.powered_place] for a in (capacity.chip, capacity.site, capacity.period)
    )
    kw = answer.x[capacity.powered] * index.kw_peak[chip]

    def by_site(values: Floats, s: Codes | Ints, t: Codes | Ints) -> Floats:
        table = np.zeros((S, T))
        np.add.at(table, (s, t), values)
        return table

    it = by_site(kw / 1000.0, site, period)
    factor = index.basis[site]
    used, liquid_used = (
        by_site(kw / 1000.0 * factor, site, period),
        by_site(kw / 1000.0 * factor * liquid[chip], site, period),
    )
    x = answer.x[f.draw.column]
    energy, tonnes = (
        by_site(f.draw.mwh * x, f.draw.site, f.draw.period),
        by_site(f.draw.tonnes * x, f.draw.site, f.draw.period),
    )
    built, built_liquid = np.zeros((S, T)), np.zeros((S, T))
    for added, source in ((f.build, "power_projects"), (f.signed, "power_orders")):
        row, arrives, own, at = (
            added[name].to_numpy(dtype=np.int64) for name in ("row", "arrives", "column", "site")
        )
        which, when = np.nonzero(np.arange(T)[None, :] >= arrives[:, None])
        mw = answer.x[own]
        share = numbers(f.case[source], "liquid_share")[row]
        np.add.at(built, (at[which], when), mw[which])
        np.add.at(built_liquid, (at[which], when), (mw * share)[which])

    table = f.case["power"]
    table = table[table["period"].between(0, T - 1)]
    limits = {"mw": np.full((S, T), np.nan), "liquid_mw": np.full((S, T), np.nan)}
    for column, values in limits.items():
        values[index.code("site", texts(table, "site")), whole(table, "period")] = numbers(
            table, column
        )
    cells = {name: np.full((S, T), np.nan) for name in ("worth", "low", "high", "liquid_worth")}
    for block, names in (("power", ("worth", "low", "high")), ("liquid_power", ("liquid_worth",))):
        labels = answer.row_labels(block)
        if labels.empty:
            continue
        reading = read_rows(answer, ranges, block)
        where = (labels["site"].to_numpy(), labels["period"].to_numpy())
        # where headroom keeps all of a limit free, more of it is worth nothing
        worth = reading.worth * (usable_share(index) > 0)[where[0]] / index.mid[where[1]]
        low, high = (np.where(worth != 0.0, side, np.nan) for side in (reading.low, reading.high))
        for name, values in zip(names, (worth, low, high), strict=False):
            cells[name][where] = values
    kept_free = index.headroom[:, None] * (limits["mw"] + built)
    s, t = np.nonzero(~np.isnan(limits["mw"]) | (it > 0) | (energy > 0))
    return pd.DataFrame(
        {
            "site": axes["site"][s],
            "period": axes["period"][t],
            "basis": texts(f.case["sites"], "power_basis")[s],
            "limit_mw": limits["mw"][s, t],
            "built_mw": built[s, t],
            "used_mw": used[s, t],
            "kept_free_mw": kept_free[s, t],
            "free_mw": (limits["mw"] + built - kept_free - used)[s, t],
            "liquid_limit_mw": (limits["liquid_mw"] + built_liquid)[s, t],
            "liquid_used_mw": liquid_used[s, t],
            "it_mw": it[s, t],
            "energy_mwh": energy[s, t],
            "tonnes_co2": np.where(index.kg_known, tonnes, np.nan)[s, t],
            "worth_usd_per_mw": cells["worth"][s, t],
            "worth_from_mw": cells["low"][s, t],
            "worth_to_mw": cells["high"][s, t],
            "liquid_worth_usd_per_mw": cells["liquid_worth"][s, t],
        }
    )
