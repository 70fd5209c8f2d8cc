"""costs.csv: every term, category, period, site and chip against the book."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, column, or_zero
from planner.audit.terms import TERMS
from planner.audit.tolerance import RELATIVE, Slack
from planner.audit.verdict import Check, Describe, agree, require


def compare_costs(facts: Facts, book: pd.DataFrame, costs: pd.DataFrame) -> list[Check]:
    """Return the checks of costs.csv: per term, category and period, nominal and discounted."""
    allowed = [(term.name, term.category) for term in TERMS]
    known = (
        pd.MultiIndex.from_frame(costs[["term", "category"]]).isin(allowed)
        & costs["period"].between(0, facts.T).to_numpy()
    )
    entries = book.assign(size=np.abs(book["npv"]), gross=np.abs(book["usd"]))
    own = (
        entries.groupby(["term", "category", "period"], sort=True)[
            ["usd", "npv", "doubt", "size", "gross"]
        ]
        .sum()
        .reset_index()
    )
    keys = ["term", "category", "period"]
    cents = (
        entries.drop_duplicates([*keys, "site", "chip"])
        .groupby(keys, sort=True)
        .size()
        .rename("cents")
        .reset_index()
    )
    written = (
        costs.groupby(["term", "category", "period"], sort=True)
        .agg(
            nominal=("nominal_usd", "sum"),
            discounted=("discounted_usd", "sum"),
            rows=("nominal_usd", "size"),
        )
        .reset_index()
    )
    both = written.merge(
        own.merge(cents, on=["term", "category", "period"]),
        on=["term", "category", "period"],
        how="outer",
    )
    values = {
        name: or_zero(column(both, name))
        for name in (
            "nominal",
            "discounted",
            "usd",
            "npv",
            "doubt",
            "size",
            "gross",
            "rows",
            "cents",
        )
    }
    floor = values["doubt"] + 0.01 * (1.0 + np.maximum(values["rows"], values["cents"]))

    def place(name: str) -> Describe:
        return lambda i: (
            f"costs.csv, {both['term'][i]} ({both['category'][i]}) in "
            f"{facts.label(both['period'][i])}, {name} over sites and chips"
        )

    return [
        require(
            "costs.rows",
            known,
            lambda i: (
                f"costs.csv, row {i + 2}: {costs['term'][i]}, {costs['category'][i]}, "
                f"{facts.label(costs['period'][i])}"
            ),
            "terms of the objective with their category, in the plan",
        ),
        agree(
            "costs.nominal",
            values["nominal"],
            values["usd"],
            place("nominal_usd"),
            unit="USD",
            floor=Slack(floor, size=values["gross"]),
        ),
        agree(
            "costs.discounted",
            values["discounted"],
            values["npv"],
            place("discounted_usd"),
            unit="USD",
            floor=Slack(floor, size=values["size"]),
        ),
        _by_place(facts, book, costs),
        _in_all(book, costs),
    ]


def _by_place(facts: Facts, book: pd.DataFrame, costs: pd.DataFrame) -> Check:
    """Return the check of costs.csv row by row: every term at its own site and chip."""
    keys = ["term", "category", "period", "site", "chip"]
    own = book.groupby(keys, sort=True)[["usd", "doubt"]].sum().reset_index()
    file = costs.assign(
        site=facts.codes("site", costs["site"]), chip=facts.codes("chip", costs["chip"])
    )[[*keys, "nominal_usd"]]
    both = file.merge(own, on=keys, how="outer")
    sites, chips = np.append(facts.site, ["-"]), np.append(facts.chip, ["-"])

    def place(i: int) -> str:
        return (
            f"costs.csv, {both['term'][i]} in {facts.label(both['period'][i])} at "
            f"{sites[both['site'][i]]} for {chips[both['chip'][i]]}, nominal_usd"
        )

    # rows below half a cent are left out, and rounding carries on from row to row
    return agree(
        "costs.places",
        or_zero(column(both, "nominal_usd")),
        or_zero(column(both, "usd")),
        place,
        unit="USD",
        floor=0.02 + or_zero(column(both, "doubt")),
    )


def _in_all(book: pd.DataFrame, costs: pd.DataFrame) -> Check:
    """Return the check that all costs recomputed sum to all costs written."""
    floor = 0.01 * (1 + len(costs)) + float(np.sqrt((book["doubt"] ** 2).sum())) * 10.0
    return agree(
        "costs.total",
        float(column(costs, "discounted_usd").sum()),
        float(column(book, "npv").sum()),
        lambda i: "costs.csv, discounted_usd in all",
        unit="USD",
        floor=Slack(floor, size=float(np.abs(column(book, "npv")).sum()) * RELATIVE),
    )
