"""Moved lots: what relocations make of lots of the fleet, and what is wrong with their lines."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, column, text, whole
from planner.audit.origins import MOVED, blank
from planner.audit.verdict import Check, require


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

    got = blank(n) | {
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
