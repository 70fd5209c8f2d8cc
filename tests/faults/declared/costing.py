"""Faults in costs.csv and unit_costs.csv."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = of(
    "costing",
    "plan.costing",
    (
        "cost_table",
        "frame['nominal_usd'] * ledger.factor",
        "frame['nominal_usd']",
        "costs are not discounted",
    ),
    (
        "cost_table",
        "np.array(TERMS, dtype=object)[frame['term']]",
        "np.array(TERMS, dtype=object)[frame['term'] - 1]",
        "every cost under the term before",
    ),
    (
        "cost_table",
        "labels[frame['period']]",
        "labels[np.maximum(frame['period'] - 1, 0)]",
        "every cost a period early",
    ),
    (
        "cost_table",
        "chips[frame['chip']]",
        "chips[np.where(frame['chip'] >= 0, 0, -1)]",
        "every cost is that of the first chip",
    ),
    (
        "to_the_cent",
        "np.rint(np.cumsum(amounts) * 100.0)",
        "np.rint(np.cumsum(amounts))",
        "cents are dollars",
    ),
    (
        "unit_costs",
        "discounted = summed(work, allocation['volume'].to_numpy() * "
        "index.mid[allocation['period'].to_numpy()], W + M)",
        "discounted = summed(work, allocation['volume'].to_numpy(), W + M)",
        "total cost per undiscounted unit",
    ),
    (
        "unit_costs",
        "np.where(flop, 1e+21, 1.0)",
        "np.where(flop, 1e+24, 1.0)",
        "costs per 1e24 FLOP under the header 1e21",
    ),
    (
        "unit_costs",
        "[marginal.get(name, np.nan) for name in names] * unit",
        "[marginal.get(name, np.nan) for name in names]",
        "marginal cost per FLOP under the header 1e21",
    ),
    (
        "unit_costs",
        "np.divide(cost * unit, discounted,",
        "np.divide(cost, discounted,",
        "loaded cost per FLOP under the header 1e21",
    ),
    (
        "unit_costs",
        "hours * index.kw_peak[chip]",
        "hours",
        "site costs shared by hours, not by power",
    ),
    (
        "unit_costs",
        "allocation['chip_hours'].to_numpy() * index.mid[allocation['period'].to_numpy()]",
        "allocation['chip_hours'].to_numpy()",
        "costs shared by undiscounted hours",
    ),
    ("unit_costs", "by_chip += opening", "by_chip += 0.0", "work uses the fleet for nothing"),
    (
        "unit_costs",
        "idle_chip + idle_site + idle_called + nowhere",
        "idle_chip + idle_site + idle_called",
        "costs of nowhere are lost",
    ),
    (
        "unit_costs",
        "np.where(research, 1, 2)",
        "np.where(research, 2, 1)",
        "research and inference change places",
    ),
    (
        "unit_costs",
        "'cost_usd': cost, 'cost_share_pct': 100.0 * cost / total_cost if",
        "'cost_usd': cost, 'cost_share_pct': cost / total_cost if",
        "shares of cost as fractions of one",
    ),
    (
        "unit_costs",
        "100.0 * chip_hours / total_hours if total_hours else np.nan})\n    group",
        "100.0 * chip_hours / total_cost if total_hours else np.nan})\n    group",
        "shares of hours in per cent of the cost",
    ),
    (
        "unit_costs",
        "summed(work, share * cost[group], W + M)",
        "summed(work, share * cost.mean(), W + M)",
        "work carries the mean cost of all chips",
    ),
    (
        "unit_costs",
        "'volume': volume / unit",
        "'volume': volume",
        "volume in FLOP under the header 1e21",
    ),
    ("unit_costs", "float(usd[penalty].sum())", "0.0", "penalties are left out of the split"),
    (
        "_opening_value",
        "discount(index.rate, since) + (1.0 - share) * discount(index.rate, -age)",
        "discount(index.rate, -since) + (1.0 - share) * discount(index.rate, age)",
        "the fleet is worth what it cost, discounted twice",
    ),
    (
        "_opening_value",
        "1.0 - annuity_share(index.rate, age, life)",
        "annuity_share(index.rate, age, life)",
        "the fleet is worth what is used up of it",
    ),
)
