"""Figures of another scale than the rest of the case: demand against chips and fleet, power against
what could ever draw it, what tokens cost against the market.

Each is a warning; the bounds are wide enough for every shipped figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.case.cells import plain
from planner.case.checks.demand import TOKENS, volume
from planner.case.checks.findings import Cells
from planner.case.checks.plausible import first_row, slip_of, told
from planner.case.columns import Bools, Floats, Ints, codes, keys, numbers, texts, whole
from planner.case.kinds import BURST_KINDS, OWN_KINDS
from planner.case.known import usual_figures
from planner.case.problems import Problem, filled
from planner.library.find import inside
from planner.library.known import of_tokens

if TYPE_CHECKING:
    from planner.case.case import Case

FEWEST_CHIPS: Final = 0.2
"""Chips that the least of a workload's periods keeps busy, below which the figure is a slip."""
TOO_MANY: Final = 10.0
"""Times the chips that could be there, above which demand is a slip."""
FLEET: Final = 50.0
"""Times what the whole fleet could serve, above which (or below 1 over it) demand is a slip."""
IDLE_MW: Final = 20.0
"""Times what fleet and work could draw, above which power is a slip."""
MARKET: Final = (1 / 60, 15.0)
"""Times what tokens cost in the market, between which those of a case cost."""
HOURS_A_YEAR: Final = 8766.0


@dataclass(frozen=True, slots=True)
class Needs:
    """Chips that the tokens of each workload and period keep busy, by row of throughput.csv that
    can serve them, all of it by that chip alone."""

    rows: tuple[Ints, ...]
    """Rows of throughput.csv, by workload."""
    chips: tuple[Floats, ...]
    """(rows, T), by workload; NaN where a rate of something asked is missing."""


def needs(case: Case) -> Needs:
    """Return how many chips serve the tokens of each workload; none for research."""
    workloads, table = case["workloads"], case["throughput"]
    asked = [volume(case, column) for column in TOKENS]
    named = keys(workloads, ("model", "tier"))
    distinct = list(dict.fromkeys(named))
    group = codes(distinct, keys(table, ("model", "tier")))
    rates = np.stack(
        [numbers(table, f"{name.removesuffix('_mtok')}_tok_per_s") for name in TOKENS]
    ) * numbers(table, "calibration")
    hours = np.asarray(case.calendar.hours, dtype=np.float64)
    rows: list[Ints] = []
    needed: list[Floats] = []
    for w, of in enumerate(codes(distinct, named)):  # a loop over workloads, each of its model
        mine = np.flatnonzero(group == of)
        if texts(workloads, "kind")[w] == "research":
            mine = mine[:0]
        work = np.stack([amount[w] for amount in asked])  # (tokens, T)
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = work[:, None, :] * 1e6 / rates[:, mine, None]
        parts = np.where(work[:, None, :] == 0, 0.0, parts)
        cached = TOKENS.index("cached_mtok")  # what is cached may cost no time
        parts[cached] = np.nan_to_num(parts[cached])
        able = ~np.isnan(parts).any(axis=(0, 2))  # chips with a rate of all that is asked
        rows.append(mine[able])
        needed.append(parts.sum(axis=0)[able] / (3600.0 * hours))
    return Needs(tuple(rows), tuple(needed))


def demand_of_chips(case: Case) -> list[Problem]:
    """A workload needs a fair part of a chip, and no more chips than could ever be there."""
    workloads = case["workloads"]
    if workloads.empty or case["throughput"].empty or case["demand"].empty:
        return []
    needed = needs(case).chips
    most = _chips_at_most(case)
    few, many = np.full(len(workloads), np.inf), np.zeros(len(workloads))
    for w, chips in enumerate(needed):  # a loop over workloads
        busy = chips.any(axis=0)
        if len(chips) and busy.any():
            few[w] = chips.max(axis=0)[busy].max()
            many[w] = chips.min(axis=0).max()
    problems = []
    for beyond, words, ratio, count in (
        (few < FEWEST_CHIPS, "keeps at most {n} of a chip busy", few, few),
        (many > TOO_MANY * most, "needs at least {n} chips, {m} could be there", many / most, many),
    ):
        problems += _of_demand(case, beyond, words, (ratio, count, most), (2e-3, 10.0))
    return problems


def demand_of_fleet(case: Case) -> list[Problem]:
    """The fleet that stands at the start could serve a fair part of the demand of the first period,
    and where it does nothing else no more than a fair multiple."""
    workloads, fleet, table = case["workloads"], case["fleet"], case["throughput"]
    there = (whole(fleet, "leaves_service") > 0) & (whole(fleet, "in_service") <= 0)
    chips = texts(case["chips"], "chip")
    at = codes(chips, texts(fleet, "chip"))
    held = np.bincount(at[there], numbers(fleet, "chips")[there], len(chips))
    if not held.any() or workloads.empty or table.empty or case["demand"].empty:
        return []
    if demand_of_chips(case):  # no chips could do it, the fleet no more than others
        return []
    found = needs(case)
    of_row = held[codes(chips, texts(table, "chip"))]
    share = np.zeros(len(workloads))  # of its chips that the fleet would need for the workload
    for w, (rows, busy) in enumerate(zip(found.rows, found.chips, strict=True)):
        able = of_row[rows] > 0
        if able.any():
            with np.errstate(divide="ignore"):
                share[w] = 1.0 / (of_row[rows][able] / np.maximum(busy[able, 0], 1e-12)).sum()
    batch = texts(workloads, "kind") == "batch"  # may wait for a later period
    many = (share > FLEET) & ~batch
    told_ = _of_demand(
        case,
        many,
        "is {n} times what the whole fleet could serve in the first period",
        (share, share, 0.0),
        (1 / FLEET, FLEET),
    )
    other = len(case["milestones"]) > 0 or (texts(workloads, "kind") == "research").any()
    total = float(share.sum())
    if not told_ and not other and not batch.any() and 0 < total < 1 / FLEET:
        few = share == share.max()
        told_ = _of_demand(
            case,
            few,
            "with all other work keeps {n} of the whole fleet busy in the first period",
            (np.full(len(share), total), np.full(len(share), total), 0.0),
            (1 / FLEET, FLEET),
        )
    return told_


def _of_demand(
    case: Case,
    beyond: Bools,
    words: str,
    figures: tuple[Floats, Floats, float],
    band: tuple[float, float],
) -> list[Problem]:
    """Return a warning about the demand of workloads, at the first of its figures.

    Args:
        case: the case.
        beyond: which workloads, (W,).
        words: what is odd, with ``{n}`` and ``{m}``.
        figures: by workload how far it is beyond and ``{n}``; and ``{m}``.
        band: between which figures it would be fine.
    """
    workloads, demand = case["workloads"], case["demand"]
    ratio, count, most = figures
    beyond = beyond & (texts(workloads, "kind") != "research")
    rows = np.isin(texts(demand, "workload"), texts(workloads, "workload")[beyond])
    if not rows.any():
        return []
    i = first_row(case, "demand", rows)
    w = int(codes(texts(workloads, "workload"), [texts(demand, "workload")[i]])[0])
    column = next((c for c in TOKENS if volume(case, c)[w].any()), TOKENS[0])
    said = filled(words, {"n": plain(float(f"{count[w]:.4g}")), "m": plain(float(f"{most:.4g}"))})
    slip = slip_of(float(ratio[w]), *band, usual_figures()["demand", column].slips)
    return [told(Cells(case, "demand", column, rows), "figure-unlike", said, slip)]


def _chips_at_most(case: Case) -> float:
    """Return about how many chips could ever be there at once: by power, and rented."""
    chips, offers = case["chips"], case["offers"]
    kw = float(numbers(chips, "kw_peak").min())
    rented = ~np.isin(texts(offers, "kind"), OWN_KINDS)
    burst = np.isin(texts(offers, "kind"), BURST_KINDS)
    times = np.where(burst, 1, np.minimum(whole(offers, "term_periods"), case.calendar.count))
    most = numbers(offers, "max_per_period") * times
    held = numbers(case["fleet"], "chips").sum()
    return float(
        _own_mw(case) * 1e3 / kw + np.where(np.isnan(most), np.inf, most)[rented].sum() + held
    )


def _own_mw(case: Case) -> float:
    """Return the MW of all own sites at their best, with all that could be built."""
    own = np.isin(texts(case["power"], "site"), texts(case["sites"], "site"))
    by_period = np.bincount(
        np.maximum(whole(case["power"], "period"), 0)[own], numbers(case["power"], "mw")[own], 1
    )
    more = numbers(case["power_projects"], "mw_max").sum()
    more += numbers(case["power_orders"], "mw").sum()
    return float(by_period.max(initial=0.0)) + float(more)


def power_of_chips(case: Case) -> list[Problem]:
    """The power of the sites is of the order of what fleet and work could draw."""
    power, chips = case["power"], case["chips"]
    research = (texts(case["workloads"], "kind") == "research").any()
    if power.empty or research or (case["throughput"].empty and case["milestones"].empty):
        return []
    count = float(numbers(case["fleet"], "chips").sum() + numbers(case["orders"], "chips").sum())
    for of in needs(case).chips if len(case["throughput"]) else ():
        if not len(of):
            continue
        cap = 0.1  # of the hours of a period that work can be had in: peaks, reserves, sites lost
        count += float(of.max(axis=0).max()) / cap
    runs = case["milestones"]
    if len(runs):
        peak = np.nanmin(
            np.stack([numbers(chips, f"peak_tflops_{name}") for name in ("bf16", "fp8", "fp4")])
        )
        seconds = 3600.0 * float(min(case.calendar.hours))
        flop = np.where(
            np.isnan(numbers(runs, "flop")),
            6e21 * numbers(runs, "params_b") * numbers(runs, "tokens_t"),
            numbers(runs, "flop"),
        )
        count += float(np.nansum(flop)) / (peak * 1e12 * 0.05 * seconds)
    draw = max(count, 1.0) * float(numbers(chips, "kw_peak").max()) / 1e3
    ratio = _own_mw(case) / draw
    if not ratio > IDLE_MW:
        return []
    mw = numbers(power, "mw")
    largest = mw > 0.5 * np.nanmax(mw) if len(mw) else np.zeros(0, dtype=bool)
    if not largest.any():
        return []
    words = f"makes the sites' power {plain(float(f'{ratio:.3g}'))} times what fleet and work draw"
    slip = slip_of(ratio, 1e-3, IDLE_MW, usual_figures()["power", "mw"].slips)
    return [told(Cells(case, "power", "mw", largest), "figure-unlike", words, slip)]


def cost_of_tokens(case: Case) -> list[Problem]:
    """A million output tokens on a chip cost about what they cost in the market: as of the model,
    where it is known, else of all."""
    table = case["throughput"]
    price = _usd_per_chip_hour(case)[codes(texts(case["chips"], "chip"), texts(table, "chip"))]
    rate = numbers(table, "output_tok_per_s") * numbers(table, "calibration")
    cost = price / (rate * 3600.0 / 1e6)
    market = of_tokens()
    models = texts(table, "model")
    distinct = list(dict.fromkeys(models))
    known = [market.get(inside("model", str(model)), market[""]) for model in distinct]
    at = codes(distinct, models)
    low = np.array([one.low for one in known], dtype=np.float64)[at] * MARKET[0]
    high = np.array([one.high for one in known], dtype=np.float64)[at] * MARKET[1]
    with np.errstate(invalid="ignore"):
        beyond: Bools = np.isfinite(cost) & ((cost < low) | (cost > high))
    if not beyond.any():
        return []
    i = first_row(case, "throughput", beyond)
    one = known[at[i]]
    span = " to ".join(dict.fromkeys((plain(one.low), plain(one.high))))
    words = (
        f"makes a million output tokens cost {plain(float(f'{cost[i]:.3g}'))} USD at "
        f"{plain(float(f'{price[i]:.3g}'))} USD a chip-hour; the market asks {span}"
    )
    slips = usual_figures()["throughput", "output_tok_per_s"].slips
    found = slip_of(float(1 / cost[i]), float(1 / high[i]), float(1 / low[i]), slips)
    cells = Cells(case, "throughput", "output_tok_per_s", beyond)
    return [told(cells, "cost-unlike", words, found, one.source)]


def _usd_per_chip_hour(case: Case) -> Floats:
    """Return the cheapest hour of each chip that can be had, rented or bought over its life, (C,);
    inf where it cannot be."""
    offers, chips = case["offers"], case["chips"]
    at = codes(texts(chips, "chip"), texts(offers, "chip"))
    hours = numbers(chips, "economic_life_years")[at] * HOURS_A_YEAR
    rented = numbers(offers, "usd_per_chip_hour")
    bought = np.where(
        texts(offers, "kind") == "purchase", numbers(offers, "usd_per_chip") / hours, np.nan
    )
    hourly = np.fmin(bought, np.where(rented > 0, rented, np.nan))
    found = np.full(len(chips), np.inf)
    np.minimum.at(found, at[hourly > 0], hourly[hourly > 0])
    return found
