"""Work: who works on what, and with what energy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import texts
from planner.plan.answer import CHIP_TOLERANCE, Answer


def work_rows(answer: Answer) -> pd.DataFrame:
    """Return all work with integer codes: period, slice, site, chip, work, chips, chip_hours,
    volume, mwh, usd, tonnes.

    Work codes number the workloads, then the milestones; a milestone's tiers are merged, and one
    that cannot be interrupted has a row in every slice.  ``volume`` is Mtok or FLOP.
    """
    f = answer.formulation
    index, capacity, training = f.index, f.capacity, f.training
    K, W = index.K, len(index.axes["workload"])
    used, trained = (
        answer.serving,
        np.flatnonzero(answer.x[training.column]),
    )  # most columns do nothing
    steady = training.slice[trained] < 0
    again = np.where(steady, K, 1)
    run = np.repeat(trained, again)
    every = np.repeat(steady, again)
    # one that cannot be interrupted is in every slice
    run_slice = np.where(
        every, np.arange(len(run)) - np.repeat(np.cumsum(again) - again, again), training.slice[run]
    )
    share = index.share
    place = np.concatenate([used["place"], training.place[run]])
    k = np.concatenate([used["slice"], run_slice])
    running = answer.x[training.column[run]]
    chips = np.concatenate([used["chips"], running])
    volume = np.concatenate(
        [used["volume"], training.flop[run] * np.where(every, share[run_slice], 1.0) * running]
    )
    work = np.concatenate([used["work"], W + training.milestone[run]])
    chip, site, period = capacity.chip[place], capacity.site[place], capacity.period[place]
    kw = np.concatenate([f.work.kw, f.milestones.kw])[work, chip] - index.kw_idle[chip]
    hours = index.hours[period] * index.share[k]
    mwh = np.where(index.cloud[site], 0.0, kw * index.pue[site] * chips * hours / 1000.0)
    tonnes = mwh * index.kg_per_mwh[site, period, k] / 1000.0
    usd = mwh * index.usd_per_mwh[site, period, k] + tonnes * f.case.settings.carbon_usd_per_tonne
    frame = pd.DataFrame(
        {
            "period": period,
            "slice": k,
            "site": site,
            "chip": chip,
            "work": work,
            "chips": chips,
            "chip_hours": chips * hours,
            "volume": volume,
            "mwh": mwh,
            "usd": usd,
            "tonnes": tonnes,
        }
    )
    frame = frame.groupby(
        ["period", "slice", "site", "chip", "work"], as_index=False, sort=True
    ).sum()
    return frame[frame["chips"] > CHIP_TOLERANCE].reset_index(drop=True)


def allocation_table(answer: Answer, rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``allocation`` from the coded rows of ``work_rows``."""
    f = answer.formulation
    axes = f.index.axes
    names = np.concatenate([axes["workload"], axes["milestone"]])
    kinds = np.concatenate(
        [
            texts(f.case["workloads"], "kind"),
            np.full(len(axes["milestone"]), "milestone", dtype=object),
        ]
    )
    work = rows["work"].to_numpy()
    kind = kinds[work]
    tokens = np.isin(kind, ["online", "batch"])
    return pd.DataFrame(
        {
            "period": axes["period"][rows["period"]],
            "slice": axes["slice"][rows["slice"]],
            "site": axes["site"][rows["site"]],
            "chip": axes["chip"][rows["chip"]],
            "kind": kind,
            "work": names[work],
            "chips": rows["chips"],
            "chip_hours": rows["chip_hours"],
            "mtok": np.where(tokens, rows["volume"], np.nan),
            "flop": np.where(tokens, np.nan, rows["volume"]),
            "mwh": rows["mwh"],
            "cost_usd": rows["usd"],
        }
    )
