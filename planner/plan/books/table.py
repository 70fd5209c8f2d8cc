"""``books``: book values by asset and period, from what is held and what costs.csv says is paid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from planner.model.lots import COMMITTED, NEW
from planner.plan.answer import CHIP_TOLERANCE, Answer, Floats, Ints
from planner.plan.books.fees import fees_for_nothing, fees_of_lots, priced_fees
from planner.plan.books.fixed import (
    beyond_plan,
    opening_things,
    openings_before,
    power_things,
    thing_values,
)
from planner.plan.books.lots import Values, lot_values, priced
from planner.plan.tables.books import ASSETS, BOOKS

PAID: Final = {
    "chips": ("chips", "capex"),
    "contracts": ("prepaid", "opex"),
    "power": ("power_projects", "capex"),
    "ordering": ("ordering", "capex"),
}
"""Asset -> term and category of costs.csv with which it is paid."""
KEYS: Final = ["asset", "chip", "site", "period"]


class _Part(NamedTuple):
    """Books of one kind of asset by chip or site (``place``)."""

    asset: str
    place: Ints
    values: Values


def books_table(answer: Answer, costs: pd.DataFrame) -> pd.DataFrame:
    """Return ``books``.

    Args:
        answer: the answer.
        costs: ``costs`` as it is written, from which payments are taken to the cent.

    Returns:
        The table: a row for every asset, chip or site, and period in which there is any.
    """
    index = answer.formulation.index
    chips, sites, periods = (index.axes[name] for name in ("chip", "site", "period"))
    frame = pd.concat([_long(part, index.T) for part in _parts(answer)], ignore_index=True)
    frame = frame.groupby(["asset", "place", "period"], sort=True, as_index=False).sum()
    frame["asset"] = np.array(ASSETS, dtype=object)[frame["asset"]]
    of_chip = frame["asset"].isin(["chips", "contracts", "ordering"]).to_numpy()
    place = frame["place"].to_numpy(dtype=np.int64)
    frame["chip"] = np.where(of_chip, np.append(chips, "")[np.where(of_chip, place, -1)], "")
    frame["site"] = np.where(of_chip, "", np.append(sites, "")[np.where(of_chip, -1, place)])
    frame["period"] = periods[frame["period"]]
    frame = frame.merge(_paid(answer, costs, frame), on=KEYS, how="outer").fillna(0.0)
    figures = [column.name for column in BOOKS.columns if column.type == "number"]
    told = [name for name in figures if name != "depreciation_usd"]
    frame[told] = frame[told].round(2) + 0.0
    # what is left of the sum, so that every row adds up to the cent
    frame["depreciation_usd"] = (
        frame["opening_usd"] + frame["paid_usd"] - frame["write_off_usd"] - frame["closing_usd"]
    ).round(2) + 0.0
    some = (frame[figures].abs() >= 0.005).any(axis=1)
    return frame.loc[some, [column.name for column in BOOKS.columns]].reset_index(drop=True)


def _parts(answer: Answer) -> Iterator[_Part]:
    """Return the books of lots, power projects, openings and fees."""
    f = answer.formulation
    lots, T = f.lots, f.index.T
    order = answer.x[f.holding.order]
    # an order in flight is there also where all of it is cancelled
    which = np.flatnonzero((order > CHIP_TOLERANCE) | (lots.origin == COMMITTED))
    which = which[~np.isnan(lots.price[which]) | (lots.origin[which] != NEW)]
    for owned, asset in ((True, "chips"), (False, "contracts")):
        mine = which[lots.owned[which] == owned]
        yield _Part(asset, lots.chip[mine], lot_values(answer, mine, priced(answer, mine)))
    mine = which[fees_of_lots(answer)[which] > 0]
    yield _Part("ordering", lots.chip[mine], lot_values(answer, mine, priced_fees(answer, mine)))
    yield _Part("ordering", *fees_for_nothing(answer))
    late = beyond_plan(answer)
    for owned, asset, paid in (
        (True, "chips", "usd"),
        (False, "contracts", "usd"),
        (True, "ordering", "fees"),
    ):
        mine = np.flatnonzero(late["owned"].to_numpy(dtype=bool) == owned)
        kept = late[paid].to_numpy(dtype=np.float64)[mine]
        level = np.repeat(kept[:, None], T, axis=1)
        values = Values(kept, level, level, np.zeros_like(level))
        yield _Part(asset, late["chip"].to_numpy(dtype=np.int64)[mine], values)
    for asset, (things, place) in (
        ("power", power_things(answer)),
        ("openings", opening_things(answer)),
        ("openings", openings_before(answer)),
    ):
        yield _Part(asset, place, thing_values(things, T))


def _long(part: _Part, T: int) -> pd.DataFrame:
    """Return the books of a part as rows: asset, place, period as codes and its figures."""
    values = part.values
    places, at = np.unique(np.asarray(part.place, dtype=np.int64), return_inverse=True)
    opening = np.concatenate([values.opening[:, None], values.closing[:, :-1]], axis=1)

    def summed(figures: Floats) -> Floats:
        total = np.zeros((len(places), T))
        np.add.at(total, at, figures)
        return total.ravel()

    return pd.DataFrame(
        {
            "asset": ASSETS.index(part.asset),
            "place": np.repeat(places, T),
            "period": np.tile(np.arange(T), len(places)),
            "opening_usd": summed(opening),
            "closing_usd": summed(values.closing),
            "in_flight_usd": summed(values.in_flight),
            "write_off_usd": summed(values.write_off),
        }
    )


def _paid(answer: Answer, costs: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """Return what is paid for assets and what sales bring, by asset, chip, site and period, as
    costs.csv has it; openings and projects, which are one term there, apart.

    Args:
        answer: the answer.
        costs: ``costs``.
        there: rows of the table: asset, site.
    """
    frames: list[pd.DataFrame] = []
    for asset, (term, category) in PAID.items():
        mine = costs[(costs["term"] == term) & (costs["category"] == category)]
        mine = mine.assign(asset=asset, paid_usd=mine["nominal_usd"], sale_usd=0.0)
        frames.append(mine.assign(**({"chip": ""} if asset == "power" else {"site": ""})))
    sold = costs[costs["term"] == "resale"]
    frames.append(sold.assign(asset="chips", site="", paid_usd=0.0, sale_usd=-sold["nominal_usd"]))
    things, site = opening_things(answer)
    axes = answer.formulation.index.axes
    opened = pd.DataFrame(
        {
            "asset": "openings",
            "chip": "",
            "site": axes["site"][site],
            "period": axes["period"][things.starts],
            "opened": things.usd,
        }
    )
    opened = opened.groupby(KEYS, as_index=False).sum()
    paid = frames[2].groupby(["site", "period"])["paid_usd"].sum()
    total = paid.reindex(pd.MultiIndex.from_frame(opened[["site", "period"]])).to_numpy()
    # where nothing else is built at a site, all that is paid there is for its opening
    mixed = opened["site"].isin(there.loc[there["asset"] == "power", "site"]).to_numpy()
    opened["paid_usd"] = np.where(mixed, opened["opened"].round(2), np.nan_to_num(total))
    frames += [opened, opened.assign(asset="power", paid_usd=-opened["paid_usd"])]
    return (
        pd.concat(frames, ignore_index=True)
        .reindex(columns=[*KEYS, "paid_usd", "sale_usd"])
        .groupby(KEYS, as_index=False)
        .sum()
    )
