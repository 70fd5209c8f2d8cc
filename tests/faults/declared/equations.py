"""Faults in the equations of chips and power: what is ordered, held, powered and paid."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "equations",
        "model.lots",
        (
            "list_lots",
            "arrives + whole(offers, 'term_periods')[row]",
            "arrives + whole(offers, 'term_periods')[row] - 1",
            "chips leave a period before their term ends",
        ),
        (
            "list_lots",
            "period + whole(offers, 'lead_periods')[row]",
            "period + whole(offers, 'lead_periods')[row] - 1",
            "chips arrive a period before their lead time",
        ),
        (
            "list_lots",
            "np.where(cancel, 0.0, order_chips)",
            "np.zeros(o)",
            "every order in flight can be cancelled",
        ),
        (
            "list_lots",
            "leaves=cat([",
            "leaves=-1 + cat([",
            "every lot leaves a period early",
        ),
        (
            "prices",
            "numbers(override, column)",
            "numbers(override, 'usd_per_chip')",
            "hourly prices of a period are the up-front ones",
        ),
    ),
    *of(
        "equations",
        "model.aging",
        (
            "alive",
            "np.power(1.0 - np.where(np.isnan(attrition), 0.0, attrition), years)",
            "np.power(1.0 - np.where(np.isnan(attrition), 0.0, attrition), age)",
            "attrition of a year is lost in every period",
        ),
        (
            "alive",
            "np.where(lots.given[which], survival(-lots.born[which]), 1.0)",
            "np.where(lots.given[which], 1.0, 1.0)",
            "the fleet loses the chips of its past once more",
        ),
        (
            "residual",
            "(index.T - a) / ppy, whole / ppy",
            "(index.T - a) / ppy, whole / ppy - 1.0 / ppy",
            "residual value over a life a period short",
        ),
        (
            "residual",
            "deposit * discount(index.rate, lots.paid[which] / ppy) + (1.0 - deposit) * "
            "discount(index.rate, a / ppy)",
            "(1.0 - deposit) * discount(index.rate, lots.paid[which] / ppy) + deposit * "
            "discount(index.rate, a / ppy)",
            "residual base with deposit and rest swapped",
        ),
    ),
    *of(
        "equations",
        "model.holding",
        (
            "hold",
            "lots.retire | movable",
            "movable",
            "nothing can be retired early",
        ),
        (
            "hold",
            "alive(case, index, lots, lot, np.maximum(period - 1, 0))",
            "alive(case, index, lots, lot, period)",
            "chips that may retire are never lost",
        ),
        (
            "_offer_limits",
            "np.where(np.isnan(high), np.inf, high)",
            "np.inf",
            "max_per_period of an offer is no limit",
        ),
        (
            "_holding",
            "np.minimum(lots.leaves, index.T)[source]",
            "np.full(len(source), index.T)",
            "moved chips serve to the end of the plan",
        ),
    ),
    *of(
        "equations",
        "model.payments",
        (
            "_pay_orders",
            "lots.price[new] * (1.0 - lots.deposit[new])",
            "lots.price[new] * lots.deposit[new]",
            "the rest of a price is the deposit again",
        ),
        (
            "_pay_orders",
            "lots.arrives[new]",
            "lots.order_period[new]",
            "the rest of a price is paid when ordered",
        ),
    ),
    *of(
        "equations",
        "model.capacity",
        (
            "add_capacity",
            "builder.entries(chip_time[r_place, r_slice], rented, -1.0)",
            "builder.entries(chip_time[r_place, r_slice], rented, -0.9)",
            "rented chips do a tenth less",
        ),
        (
            "add_capacity",
            "index.hours[period][:, None] * index.share",
            "index.hours[period][:, None] * np.ones_like(index.share)",
            "a rental pays every slice for all hours of the period",
        ),
        (
            "add_capacity",
            "-index.available[labels['chip'], labels['site'], labels['period']].ravel()",
            "-np.ones(len(powered) * K)",
            "powered chips are always available",
        ),
        (
            "add_capacity",
            "index.space[labels['site']] * index.kw_peak[labels['chip']]",
            "index.space[labels['site']] * index.kw_idle[labels['chip']]",
            "colocation rent by idle draw",
        ),
        (
            "_rental_limits",
            "np.where(np.isnan(high[offer]), np.inf, high[offer])",
            "np.inf",
            "max_per_period of a rental is no limit",
        ),
    ),
    *of(
        "equations",
        "model.energy",
        (
            "list_draw",
            "utility_kw *= index.pue[site]",
            "utility_kw *= 1.0",
            "energy without the PUE",
        ),
        (
            "list_draw",
            "index.hours[:, None] * index.share / KW_PER_MW",
            "index.hours[:, None] * np.ones_like(index.share) / KW_PER_MW",
            "energy of a slice for all hours",
        ),
        (
            "list_draw",
            "above = work.kw - index.kw_idle",
            "above = work.kw",
            "work draws its idle share twice",
        ),
        (
            "list_draw",
            "mwh * (index.kg_per_mwh / 1000.0)[site, period, k]",
            "mwh * index.kg_per_mwh[site, period, k]",
            "carbon in kilograms for tonnes",
        ),
    ),
    *of(
        "equations",
        "model.power",
        (
            "add_power",
            "index.basis / np.where(usable > 0, usable, 1.0)",
            "1.0 / np.where(usable > 0, usable, 1.0)",
            "IT power against a utility limit",
        ),
        (
            "add_power",
            "spans(come, np.full(len(come), T))",
            "spans(come, np.full(len(come), 0))",
            "built megawatts never serve",
        ),
        (
            "add_power",
            "('liquid_power', 'liquid_mw', liquid_chip[chip], share)",
            "('liquid_power', 'liquid_mw', liquid_chip[chip], np.ones(len(share)))",
            "all of a new MW can carry liquid-cooled chips",
        ),
        (
            "_add_projects",
            "build, period, price * deposit",
            "build, period, price",
            "a project pays its price beside its deposit",
        ),
        (
            "_add_projects",
            "ledger.add('power_projects', build, arrives,",
            "ledger.add('power_projects', build, period,",
            "the rest of a project is paid when ordered",
        ),
    ),
)
