"""Faults in prices.csv: what would have to be cheaper, by how much."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = of(
    "prices",
    "plan.pricing",
    (
        "_up_front_weight",
        "np.asarray(weight - np.where(lots.leaves > index.T, credit, 0.0), dtype=np.float64)",
        "weight",
        "break-even without the residual credit",
    ),
    (
        "_up_front_weight",
        "lots.deposit * index.start[order] + (1.0 - lots.deposit) * index.start[arrives]",
        "(1.0 - lots.deposit) * index.start[order] + lots.deposit * index.start[arrives]",
        "break-even with deposit and rest swapped",
    ),
    (
        "_up_front_weight",
        " * alive(f.case, index, lots, everyone, ends) / price",
        " / price",
        "residual credit for chips that are lost",
    ),
    (
        "_hourly_weight",
        "index.hours[holding.period[own]] * index.mid[holding.period[own]]",
        "index.hours[holding.period[own]]",
        "hourly break-even undiscounted",
    ),
    ("_hourly_weight", "share * hours", "hours", "hourly break-even for chips that are lost"),
    (
        "_cut",
        "np.divide(100.0 * fall, price, out=free",
        "np.divide(100.0 * fall, price - fall, out=free",
        "the cut in per cent of the wrong figure",
    ),
    (
        "_cut",
        "np.divide(100.0 * fall, price, out=free",
        "np.divide(fall, price, out=free",
        "the cut as a fraction of one",
    ),
    ("_cut", "price - fall", "price + fall", "break-even above the price"),
    (
        "_lot_prices",
        "np.where(by_hour, lots.hourly[v], lots.price[v])",
        "np.where(by_hour, lots.hourly[v], lots.price[v] * lots.deposit[v])",
        "the price is the deposit",
    ),
    (
        "_lot_prices",
        "'reduced_cost_usd': np.maximum(reduced, 0.0)",
        "'reduced_cost_usd': np.maximum(reduced, 0.0) / 1000.0",
        "reduced cost in thousands",
    ),
    (
        "_lot_prices",
        "answer.x[f.holding.order] <= CHIP_TOLERANCE",
        "answer.x[f.holding.order] > CHIP_TOLERANCE",
        "prices of what was bought",
    ),
    (
        "_lot_prices",
        "'arrives': lots.arrives[v]",
        "'arrives': lots.order_period[v]",
        "offers compared by order, not by arrival",
    ),
    (
        "_cheapest_length",
        "total / sums['hours'].where(sums['hours'] > 0, np.nan)",
        "total",
        "the length of a contract by its whole cost",
    ),
    (
        "_cheapest_length",
        "sums['rc'] + following",
        "sums['rc']",
        "ending a contract gives up nothing",
    ),
    (
        "_rental_prices",
        "index.hours[period] * index.share[k] * index.mid[period]",
        "index.hours[period] * index.mid[period]",
        "rental break-even over all slices",
    ),
    (
        "_rental_prices",
        "['row', 'site', 'period', 'fall']",
        "['row', 'site', 'period', 'chips']",
        "rental break-even of any slice",
    ),
    (
        "_project_prices",
        "index.start[arrives] - project_credit(f.case, index, row, period, arrives)",
        "index.start[arrives]",
        "break-even of a project without its residual value",
    ),
    (
        "_project_prices",
        "'reduced_cost_usd': np.maximum(reduced, 0.0)",
        "'reduced_cost_usd': np.maximum(-reduced, 0.0)",
        "reduced cost with the wrong sign",
    ),
    ("_blocked", "touching['usd'] < -1e-06", "touching['usd'] > 1e-06", "blocked by what helps"),
    (
        "_blocked",
        "(charge < 0) & (reduced + charge < 0)",
        "charge < 0",
        "blocked by all that charges",
    ),
)
