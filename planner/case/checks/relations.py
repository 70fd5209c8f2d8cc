"""Figures that do not fit each other: rates of peers, periods of a series, fleet and power.

Each is a warning; the bounds are wide enough for every shipped figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.case.cells import plain
from planner.case.checks.findings import Cells
from planner.case.checks.plausible import first_row, slip_of, told
from planner.case.columns import codes, keys, numbers, texts, whole
from planner.case.known import usual_figures
from planner.case.problems import Problem
from planner.case.tables import TABLE

if TYPE_CHECKING:
    from planner.case.case import Case

PEERS_HIGH, PEERS_LOW = 3.0, 1 / 6
"""Throughput over memory bandwidth against the median chip of a model and tier; the shipped
figures, most of them measured, lie between 1/4 and 2."""
UNLIKE = 50.0
"""Times the median of the other periods, above or below which a figure is a slip."""


def rates_of_peers(case: Case) -> list[Problem]:
    """Chips of one model and tier serve it much as their memory bandwidth says."""
    table, chips = case["throughput"], case["chips"]
    if table.empty:
        return []
    at = codes(texts(chips, "chip"), texts(table, "chip"))
    named = keys(table, ("model", "tier"))
    group = codes(list(dict.fromkeys(named)), named)
    problems = []
    for column in ("output_tok_per_s", "input_tok_per_s", "cached_tok_per_s"):
        share = numbers(table, column) * numbers(table, "calibration")
        share = share / numbers(chips, "hbm_gb_per_s")[at]
        middle = np.full(len(table), np.nan)
        for g in range(int(group.max()) + 1):  # a loop over models, whose chips are compared
            mine = (group == g) & ~np.isnan(share)
            if mine.sum() >= 3:
                middle[group == g] = np.median(share[mine])
        with np.errstate(invalid="ignore"):
            ratio = share / middle
            beyond = (ratio > PEERS_HIGH) | (ratio < PEERS_LOW)
        if not beyond.any():
            continue
        i = first_row(case, "throughput", beyond)
        usual = plain(float(numbers(table, column)[i] / ratio[i]))
        found = slip_of(
            float(ratio[i]), PEERS_LOW, PEERS_HIGH, usual_figures()["throughput", column].slips
        )
        words = f"is about {usual} by its memory bandwidth beside the other chips of its model"
        problems.append(
            told(Cells(case, "throughput", column, beyond), "rate-unlike", words, found)
        )
    return problems


def rates_in_order(case: Case) -> list[Problem]:
    """Input is computed faster than output is written, and a cache read faster than computed."""
    table, problems = case["throughput"], []
    for slow, fast in (
        ("output_tok_per_s", "input_tok_per_s"),
        ("input_tok_per_s", "cached_tok_per_s"),
    ):
        beyond = numbers(table, fast) < numbers(table, slow)
        if beyond.any():
            words = f"is normally above {slow}"
            problems.append(
                told(Cells(case, "throughput", fast, beyond), "figure-unusual", words, "swapped?")
            )
    return problems


def tokens_of_parameters(case: Case) -> list[Problem]:
    """A training run has between one and 5,000 tokens for each active parameter."""
    table = case["milestones"]
    ratio = numbers(table, "tokens_t") * 1e3 / numbers(table, "params_b")
    beyond = (ratio > 5_000.0) | (ratio < 1.0)
    if not beyond.any():
        return []
    words = f"makes {plain(float(ratio[first_row(case, 'milestones', beyond)]))} tokens a parameter"
    return [
        told(
            Cells(case, "milestones", "tokens_t", beyond),
            "figure-unusual",
            f"{words}, normally 1 to 5000",
            "params_b and tokens_t swapped?",
            "published model reports",
        )
    ]


def lots_fit(case: Case) -> list[Problem]:
    """A power project has room for a step of its own size."""
    table = case["power_projects"]
    beyond = numbers(table, "lot_mw") > numbers(table, "mw_max")
    if not beyond.any():
        return []
    words = "is normally at most mw_max"
    return [
        told(Cells(case, "power_projects", "lot_mw", beyond), "figure-unusual", words, "swapped?")
    ]


def fleet_fits_power(case: Case) -> list[Problem]:
    """The fleet of a site draws at most twice what the site has in the first period."""
    fleet, power, sites = case["fleet"], case["power"], texts(case["sites"], "site")
    chips = case["chips"]
    kw = numbers(chips, "kw_peak")[codes(texts(chips, "chip"), texts(fleet, "chip"))]
    there = whole(fleet, "leaves_service") > 0
    at = codes(sites, texts(fleet, "site"))
    draw = np.bincount(at[there], (kw * numbers(fleet, "chips"))[there], len(sites)) / 1e3
    mw = np.full(len(sites), np.nan)
    start = whole(power, "period") == 0
    mw[codes(sites, texts(power, "site"))[start]] = numbers(power, "mw")[start]
    signed = case["power_orders"][whole(case["power_orders"], "arrives") <= 0]
    np.add.at(mw, codes(sites, texts(signed, "site")), numbers(signed, "mw"))
    bad = (draw > 2.0 * mw) & (mw > 0)
    beyond = bad[codes(sites, texts(power, "site"))] & start if len(power) else start
    if not beyond.any():
        return []
    site = codes(sites, texts(power, "site"))[first_row(case, "power", beyond)]
    words = f"is less than half of the {plain(float(draw[site]))} MW that its fleet draws"
    slip = slip_of(float(mw[site] / draw[site]), 0.5, 1e6, usual_figures()["power", "mw"].slips)
    problems = [told(Cells(case, "power", "mw", beyond), "figure-unlike", words, slip)]
    # one lot that is too large by itself is as likely the one that is wrong
    lot = there & (kw * numbers(fleet, "chips") / 1e3 > 2.0 * mw[at]) & bad[at]
    if lot.any():
        place = sites[at[first_row(case, "fleet", lot)]]
        words = f"draws more than twice the MW of {place}"
        problems.append(told(Cells(case, "fleet", "chips", lot), "figure-unlike", words, ""))
    return problems


def token_mix(case: Case) -> list[Problem]:
    """Input and output tokens, and cached and computed input, are of one order."""
    demand, problems = case["demand"], []
    for part, whole_of, low, high in (
        ("input_mtok", "output_mtok", 0.02, 500.0),
        ("cached_mtok", "input_mtok", 0.005, 50.0),
    ):
        one, other = numbers(demand, part), numbers(demand, whole_of)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = one / other
        beyond = (one > 0) & (other > 0) & ((ratio < low) | (ratio > high))
        if not beyond.any():
            continue
        i = first_row(case, "demand", beyond)
        slip = slip_of(float(ratio[i]), low, high, usual_figures()["demand", part].slips)
        words = f"is {plain(float(ratio[i]))} of {whole_of}, normally {plain(low)} to {plain(high)}"
        problems.append(
            told(Cells(case, "demand", part, beyond), "figure-unlike", words, slip, "Azure traces")
        )
    return problems


def book_values(case: Case) -> list[Problem]:
    """The book value of a lot is a fair part of what its chips cost new."""
    fleet = case["fleet"]
    value = numbers(fleet, "book_value_usd")
    new = numbers(fleet, "usd_per_chip") * numbers(fleet, "chips")
    ratio = np.divide(value, new, out=np.full_like(new, np.nan), where=new > 0)
    beyond = (value > 0) & ((ratio > 1.5) | (ratio < 0.005))
    if not beyond.any():
        return []
    i = first_row(case, "fleet", beyond)
    slip = slip_of(float(ratio[i]), 0.005, 1.5, usual_figures()["fleet", "book_value_usd"].slips)
    words = f"is {plain(float(ratio[i]))} of what its chips cost new"
    return [told(Cells(case, "fleet", "book_value_usd", beyond), "figure-unlike", words, slip)]


def other_periods(case: Case) -> list[Problem]:
    """A figure of one period is like those of the other periods of the same thing."""
    problems, usual = [], usual_figures()
    for table, column in (
        ("power", "mw"),
        ("power", "liquid_mw"),
        ("energy", "usd_per_mwh"),
        ("energy", "kg_co2_per_mwh"),
        ("offer_prices", "usd_per_chip"),
        ("offer_prices", "usd_per_chip_hour"),
        ("demand", "output_mtok"),
        ("demand", "input_mtok"),
        ("demand", "cached_mtok"),
        ("demand", "flop"),
        ("supply", "max_chips"),
    ):
        frame = case[table]
        value = np.abs(numbers(frame, column))
        named = keys(frame, (TABLE[table].key[0],))
        group = codes(list(dict.fromkeys(named)), named)
        positive = np.where(value > 0, value, np.nan)
        middle = pd.Series(positive).groupby(group).transform("median").to_numpy()
        count = pd.Series(positive).groupby(group).transform("count").to_numpy()
        with np.errstate(invalid="ignore"):
            ratio = positive / middle
            beyond = (count >= 3) & ((ratio > UNLIKE) | (ratio < 1 / UNLIKE))
        if not beyond.any():
            continue
        i = first_row(case, table, beyond)
        period = case.calendar.label(int(whole(frame, "period")[i]))
        words = f"is far from the other periods of {named[i][0]} (median {plain(float(middle[i]))})"
        slips = usual[table, column].slips if (table, column) in usual else ()
        slip = slip_of(float(ratio[i]), 1 / UNLIKE, UNLIKE, slips)
        problems.append(
            told(Cells(case, table, column, beyond), "period-unlike", f"{words} in {period}", slip)
        )
    return problems
