"""Faults in what limits are worth, and in the tables of their use."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "worths",
        "plan.power",
        (
            "power_table",
            "(usable_share(index) > 0)[where[0]] / index.mid[where[1]]",
            "(usable_share(index) > 0)[where[0]]",
            "worth of a MW not in its period's money",
        ),
        (
            "power_table",
            "('liquid_power', ('liquid_worth',))",
            "('power', ('liquid_worth',))",
            "worth of liquid-cooled MW is that of all MW",
        ),
        (
            "power_table",
            "cells['low'][s, t], 'worth_to_mw': cells['high'][s, t]",
            "cells['high'][s, t], 'worth_to_mw': cells['low'][s, t]",
            "the ends of the range of worth are swapped",
        ),
        (
            "power_table",
            "(limits['mw'] + built - kept_free - used)[s, t]",
            "(limits['mw'] + built - used)[s, t]",
            "free MW with what is kept free",
        ),
        (
            "power_table",
            "'liquid_used_mw': liquid_used[s, t]",
            "'liquid_used_mw': used[s, t]",
            "all MW are liquid-cooled",
        ),
        (
            "power_table",
            "(limits['liquid_mw'] + built_liquid)[s, t]",
            "limits['liquid_mw'][s, t]",
            "the liquid limit without what is built",
        ),
        (
            "power_table",
            "(limits['mw'] + built - kept_free - used)[s, t]",
            "(limits['mw'] - kept_free - used)[s, t]",
            "free MW without what is built",
        ),
        ("power_table", "by_site(f.draw.tonnes * x", "by_site(f.draw.mwh * x", "tonnes are MWh"),
        (
            "power_table",
            "np.arange(T)[None, :] >= arrives[:, None]",
            "np.arange(T)[None, :] > arrives[:, None]",
            "built MW serve a period late",
        ),
    ),
    *of(
        "worths",
        "plan.supply",
        ("supply_table", "'free': high - used", "'free': high", "free supply is all of it"),
        (
            "supply_table",
            "worth=np.maximum(reading.worth, 0.0)",
            "worth=np.abs(reading.worth)",
            "what a minimum costs is worth of more",
        ),
        (
            "supply_table",
            "low=('low', 'max'), high=('high', 'min')",
            "low=('low', 'min'), high=('high', 'max')",
            "the range of worth is the widest of all slices",
        ),
        (
            "supply_table",
            "'worth_from_chips': start, 'worth_to_chips': end",
            "'worth_from_chips': end, 'worth_to_chips': start",
            "the range of the worth of supply is swapped",
        ),
        (
            "supply_table",
            "np.nan_to_num(worth)",
            "np.nan_to_num(worth) * np.arange(1, len(table) + 1)",
            "worth of supply times its row",
        ),
        (
            "_supply_taken",
            "counted_lots(lots, basis)",
            "counted_lots(lots, basis & False)",
            "supply by arrival is used when ordered",
        ),
    ),
    *of(
        "worths",
        "plan.rows",
        (
            "read_rows",
            "np.where(np.abs(worth) < 1e-09, 0.0, worth)",
            "np.where(np.abs(worth) < 1e-09, 0.0, worth * 2.0)",
            "every limit is worth twice what it is",
        ),
    ),
    *of(
        "worths",
        "plan.budget",
        (
            "budget_table",
            "limit + over - paid",
            "limit - paid",
            "free money forgets what may go over",
        ),
        (
            "budget_table",
            "by['all'] = by['capex'] + by['opex']",
            "by['all'] = by['capex']",
            "all cash is capex",
        ),
        (
            "budget_table",
            "ledger.category != CATEGORIES.index('none')",
            "ledger.category >= CATEGORIES.index('none')",
            "credits count as cash",
        ),
        (
            "budget_table",
            "'worth_usd_per_usd': reading.worth",
            "'worth_usd_per_usd': reading.worth + 1.0",
            "a dollar of budget is worth itself too",
        ),
        (
            "budget_table",
            "'worth_from_usd': reading.low + used, 'worth_to_usd': reading.high + used",
            "'worth_from_usd': reading.high + used, 'worth_to_usd': reading.low + used",
            "the range of the worth of a budget is swapped",
        ),
    ),
    *of(
        "worths",
        "plan.policy",
        (
            "policy_table",
            "np.abs(answer.dual[answer.rows['policy']])",
            "np.abs(answer.dual[answer.rows['policy']]) / index.mid[last]",
            "worth of a policy in its period's money",
        ),
        (
            "policy_table",
            "numbers(table, 'min_share')[number], numbers(table, 'max_share')[number]",
            "numbers(table, 'max_share')[number], numbers(table, 'min_share')[number]",
            "bounds of shares change sides",
        ),
        (
            "policy_table",
            "cube[np.ix_(site_in, chip_in, window)].sum()",
            "cube[np.ix_(site_in, chip_in, window)].mean()",
            "a policy measures a mean",
        ),
        (
            "measured",
            "answer.x[capacity.rented] * index.share[capacity.rented_slice]",
            "answer.x[capacity.rented]",
            "a policy counts rented chips once a slice",
        ),
    ),
    *of(
        "worths",
        "plan.extract",
        (
            "summarise",
            "costs['category'] != 'none', 'nominal_usd'",
            "costs['category'] != 'none', 'discounted_usd'",
            "cash of the plan is discounted",
        ),
        (
            "summarise",
            "costs['category'] == 'capex', 'nominal_usd'",
            "costs['category'] != 'capex', 'nominal_usd'",
            "capex is everything else",
        ),
        (
            "summarise",
            "(buy['order_period'] == f.index.axes['period'][0]) & (buy['status'] == 'new')",
            "buy['status'] == 'new'",
            "commit now is the whole plan",
        ),
        (
            "summarise",
            "float(new['chips'].sum())",
            "float(new['chips_rounded'].sum())",
            "new chips are the rounded ones",
        ),
        (
            "summarise",
            "min(float(certificate.bound if whole is None else whole.bound), objective)",
            "objective",
            "the bound is the cost itself",
        ),
        (
            "_prices",
            "axes['period'][prices['order_period'].to_numpy(dtype=np.int64)]",
            "axes['period'][prices['arrives'].to_numpy(dtype=np.int64)]",
            "prices stand in the period of arrival",
        ),
        (
            "_site_loss",
            "shown['chips'].to_numpy()",
            "shown['chips'].to_numpy() * 2.0",
            "the reserve has twice the chips",
        ),
    ),
    *of(
        "worths",
        "plan.chip_time",
        (
            "place_causes",
            "value[training.place].sum(axis=1)",
            "value[training.place, 0]",
            "causes of training weighed by one slice",
        ),
        (
            "place_causes",
            "value[serving['place'], serving['slice']]",
            "value[serving['place'], 0]",
            "causes of serving weighed by the first slice",
        ),
        (
            "place_causes",
            "frame['chips'] * np.concatenate(worth)",
            "np.concatenate(worth)",
            "causes weighed without their chips",
        ),
        (
            "place_causes",
            "hours.append(np.zeros(len(backup)))",
            "hours.append(np.ones(len(backup)))",
            "reserves count as time at work",
        ),
        (
            "place_causes",
            "cause.append(W + M + backup['work'].to_numpy())",
            "cause.append(backup['work'].to_numpy())",
            "reserves count as the workload itself",
        ),
    ),
    *of(
        "worths",
        "plan.causes",
        (
            "line_causes",
            "np.divide(per_unit, amount, out=np.full(len(lines), np.nan), where=amount > 0)",
            "per_unit",
            "worth of a line for all its chips",
        ),
        (
            "_shared",
            "100.0 * np.where(worth,",
            "np.where(worth,",
            "shares of causes as fractions of one",
        ),
        (
            "_held_pieces",
            "(held * powering[at])[mine]",
            "held[mine]",
            "causes weighed by chips held, not their worth",
        ),
        (
            "_rented_pieces",
            "(chips[used] * rent_value[place, k])[known]",
            "chips[used][known]",
            "rented chips weighed without their worth",
        ),
        (
            "line_causes",
            "'worth_usd': table['usd']",
            "'worth_usd': table['time']",
            "worth of a cause is its time",
        ),
        (
            "_shared",
            "ascending=[True, False, True]",
            "ascending=[True, True, True]",
            "the least cause comes first",
        ),
    ),
    *of(
        "worths",
        "plan.forced",
        (
            "forced_causes",
            "touching['usd'].to_numpy() * amount",
            "touching['usd'].to_numpy()",
            "obligations weighed for one chip",
        ),
    ),
    *of(
        "worths",
        "plan.power_causes",
        (
            "power_causes",
            "(mw * part)[which] * worth[site[which], period]",
            "worth[site[which], period]",
            "causes of power weighed for one MW",
        ),
        (
            "power_causes",
            "np.arange(index.T)[None, :] >= arrives[:, None]",
            "np.arange(index.T)[None, :] == arrives[:, None]",
            "causes of power by the first period only",
        ),
    ),
    *of(
        "worths",
        "plan.touching",
        (
            "row_families",
            "coefficient * answer.dual[row]",
            "answer.dual[row]",
            "charges of rows without their coefficients",
        ),
    ),
)
