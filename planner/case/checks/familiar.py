"""Figures that are unlike what is known of the chip, the cloud, the model or the place that they
are about.

What is known stands in the reference library; each is a warning that shows it, where it is from and
the likely slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from planner.case.cells import plain
from planner.case.checks.findings import Cells
from planner.case.checks.plausible import first_row, slip_of, told, unit_of
from planner.case.columns import Bools, Floats, Ints, Texts, codes, keys, numbers, texts
from planner.case.known import (
    CARBON_BAND,
    CHIP_BAND,
    CLOUD_BAND,
    PARAMETER_BAND,
    PRICE_BAND,
    RATE_BAND,
    usual_figures,
)
from planner.case.problems import Problem
from planner.case.tables import TABLE
from planner.library.find import inside, named
from planner.library.known import (
    Known,
    of_chips,
    of_clouds,
    of_models,
    of_places,
    of_rates,
)

if TYPE_CHECKING:
    from planner.case.case import Case

CODES: Final = ("chip-unlike", "cloud-unlike", "model-unlike", "place-unlike")
Fact = tuple[str, Known] | None
"""A name of the library and what is known of it; None where nothing is."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the rows of a table: of few things, and which of them each row is about."""

    things: Sequence[Fact]
    code: Ints
    """Thing of each row, (n,); -1 for none."""

    def of_row(self, i: int) -> Fact:
        """Return what is known of a row."""
        return self.things[self.code[i]] if self.code[i] >= 0 else None

    def ends(self) -> tuple[Floats, Floats]:
        """Return the least and the most that is known of each row, (n,), (n,); NaN for nothing."""
        pairs = [(np.nan, np.nan) if t is None else (t[1].low, t[1].high) for t in self.things]
        low, high = np.array([*pairs, (np.nan, np.nan)], dtype=np.float64).T
        return low[self.code], high[self.code]

    def at(self, rows: Ints) -> Facts:
        """Return what is known of other rows, each about one of these, (n,)."""
        return Facts(self.things, np.where(rows >= 0, self.code[rows], -1))


def known_chips(case: Case) -> list[Problem]:
    """A chip that is known by its name has the figures that are known of it."""
    problems = []
    for column, band in CHIP_BAND.items():
        known = of_chips(column)
        for table in ("chips", "offers", "fleet", "orders", "offer_prices"):
            if column not in {declared.name for declared in TABLE[table].columns}:
                continue
            about = _offers_of(case) if table == "offer_prices" else case[table]
            asked = np.ones(len(about), dtype=bool)
            if column == "usd_per_chip" and "kind" in about:
                # what is paid up front for a lease or a move is no price of a chip
                asked = texts(about, "kind") == "purchase"
            facts = _by_name("chip", texts(about, "chip"), known)
            cells = Cells(case, table, column, asked)
            problems += _unlike(cells, facts, (1 / band, band), "chip-unlike")
    return problems


def known_clouds(case: Case) -> list[Problem]:
    """A contract with a cloud that is known by the name of its region costs what that cloud asks
    for the chip."""
    known, problems = of_clouds(), []
    providers = {
        str(site): inside("provider", str(site)) or inside("provider", str(region))
        for site, region, kind in zip(
            *(texts(case["sites"], name) for name in ("site", "region", "kind")), strict=True
        )
        if kind == "cloud"
    }
    offers, things = case["offers"], list[Fact]()
    for sites, chip, kind in keys(offers, ("site", "chip", "kind")):  # a loop over offers
        of = {providers.get(site, "") for site in sites} - {""}
        key = (min(of, default=""), inside("chip", str(chip)), str(kind))
        found = known.get(key)
        things.append((" ".join(key[:2]), found) if found and len(of) == 1 else None)
    of_offers = Facts(things, np.arange(len(things)))
    priced = codes(texts(offers, "offer"), texts(case["offer_prices"], "offer"))
    for table, facts in (("offers", of_offers), ("offer_prices", of_offers.at(priced))):
        cells = Cells(case, table, "usd_per_chip_hour", np.ones(len(case[table]), dtype=bool))
        problems += _unlike(cells, facts, (1 / CLOUD_BAND, CLOUD_BAND), "cloud-unlike")
    return problems


def known_rates(case: Case) -> list[Problem]:
    """A model that is known by its name is served by a chip about as fast as was measured."""
    known, table = of_rates(), case["throughput"]
    pairs = keys(table, ("model", "chip"))
    distinct = list(dict.fromkeys(pairs))
    things = list[Fact]()
    for model, chip in distinct:
        key = inside("model", str(model)), inside("chip", str(chip))
        things.append((" on ".join(key), known[key]) if key in known else None)
    cells = Cells(case, "throughput", "output_tok_per_s", np.ones(len(table), dtype=bool))
    facts, scale = Facts(things, codes(distinct, pairs)), numbers(table, "calibration")
    return _unlike(cells, facts, (1 / RATE_BAND, RATE_BAND), "model-unlike", scale)


def known_models(case: Case) -> list[Problem]:
    """A model that is known by its name has the parameters of it, trained or served."""
    known, problems = of_models(), []
    for table, name in (("milestones", "milestone"), ("models", "model")):
        frame = case[table]
        facts = _by_name("model", texts(frame, name), known)
        cells = Cells(case, table, "params_b", np.ones(len(frame), dtype=bool))
        problems += _unlike(cells, facts, (1 / PARAMETER_BAND, PARAMETER_BAND), "model-unlike")
    return problems


def known_places(case: Case) -> list[Problem]:
    """Electricity costs and emits about what it does in the state or country of a site."""
    sites, problems = case["sites"], []
    for column, (low, high) in (
        ("usd_per_mwh", (1 / PRICE_BAND, PRICE_BAND)),
        ("kg_co2_per_mwh", (1 / CARBON_BAND[0], CARBON_BAND[1])),
    ):
        known = of_places(column)
        things = [
            None if kind == "cloud" else _place(known, str(site), str(region), str(country))
            for site, region, country, kind in keys(sites, ("site", "region", "country", "kind"))
        ]
        of_sites = Facts(things, np.arange(len(things)))
        for table, wider in (("sites", 1.0), ("energy", 2.0)):
            frame = case[table]
            facts = of_sites.at(codes(texts(sites, "site"), texts(frame, "site")))
            cells = Cells(case, table, column, np.ones(len(frame), dtype=bool))
            problems += _unlike(cells, facts, (low / wider, high * wider), "place-unlike")
    return problems


def _place(known: Mapping[str, Known], site: str, region: str, country: str) -> Fact:
    """Return what is known of a site's state, else of its country."""
    country = country.upper()
    for name in (site, region):
        state = inside("place", name)
        if state in known and country in ("", "US"):
            return state, known[state]
    if country in known and len(country) == 2:
        return named("place", country) or country, known[country]
    return None


def _by_name(column: str, names: Texts, known: Mapping[str, Known]) -> Facts:
    """Return what is known of rows by the name of a chip or model that theirs contains, each looked
    up once."""
    code, distinct = pd.factorize(names)
    of = [inside(column, str(name)) for name in distinct]
    return Facts([(name, known[name]) if name in known else None for name in of], code)


def _offers_of(case: Case) -> pd.DataFrame:
    """Return the offers that the rows of offer_prices are about, one for each row."""
    at = codes(texts(case["offers"], "offer"), texts(case["offer_prices"], "offer"))
    return case["offers"].iloc[at]


def _unlike(
    cells: Cells,
    facts: Facts,
    band: tuple[float, float],
    code: str,
    scale: float | Floats = 1.0,
) -> list[Problem]:
    """Return a warning where figures are far from what is known of them.

    Args:
        cells: a column, and of which rows it is asked.
        facts: what is known of its rows.
        band: how many times the least and the most that is known may be left behind.
        code: stable code of the rule.
        scale: what the figures are multiplied by before they are compared.
    """
    case, table, column = cells.case, cells.table, cells.column
    low, high = facts.ends()
    value = np.abs(numbers(case[table], column)) * scale
    with np.errstate(invalid="ignore"):
        far = (value < low * band[0]) | (value > high * band[1])
        beyond: Bools = cells.broken & (value > 0) & far
    if not beyond.any():
        return []
    i = first_row(case, table, beyond)
    fact = facts.of_row(i)
    assert fact is not None  # what is far is known
    name, known = fact
    slips = usual_figures()[table, column].slips
    slip = slip_of(float(value[i]), float(low[i] * band[0]), float(high[i] * band[1]), slips)
    span = (
        plain(known.low)
        if known.low == known.high
        else f"{plain(known.low)} to {plain(known.high)}"
    )
    unit = unit_of(table, column)
    of_it = f"{span} {unit}" if unit else span
    words = f"is far from the {of_it} known of {name}"
    return [told(Cells(case, table, column, beyond), code, words, slip, known.source)]
