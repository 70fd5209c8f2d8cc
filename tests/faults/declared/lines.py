"""Faults in the lines of the plan: what is bought, when, how many, and what is handed over."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "lines",
        "plan.buying",
        (
            "buy_table",
            "np.where(decided, day(shown_order), '')",
            "np.where(decided, day(shown_order + 1), '')",
            "decide_by a period late",
        ),
        (
            "buy_table",
            "'in_service_period': label(arrives)",
            "'in_service_period': label(shown_order)",
            "in service when ordered",
        ),
        (
            "buy_table",
            "'leaves_period': label(leaves)",
            "'leaves_period': label(np.maximum(leaves - 1, 0))",
            "leaves a period early",
        ),
        (
            "buy_table",
            "day(_last_period(answer, lines))",
            "day(leaves)",
            "cancellable until a period after the contract's end",
        ),
        ("buy_table", "mw_it * index.pue[site]", "mw_it", "utility power without the PUE"),
        ("buy_table", "chips * kw / 1000.0", "rounded * kw / 1000.0", "power of the rounded chips"),
        (
            "buy_table",
            "np.clip(arrives, 0, index.T - 1)",
            "np.clip(arrives + 1, 0, index.T - 1)",
            "first use looked up a period later",
        ),
        ("buy_table", "vendor[chip]", "np.roll(vendor, 1)[chip]", "the vendor of the chip before"),
        (
            "buy_table",
            "'total_usd': lines['total_usd'], 'npv_usd': lines['npv_usd']",
            "'total_usd': lines['npv_usd'], 'npv_usd': lines['total_usd']",
            "nominal and discounted totals change places",
        ),
        (
            "buy_table",
            "mine['share_pct'].reindex(lines['line_id']).to_numpy()",
            "mine['share_pct'].to_numpy().mean() * np.ones(n)",
            "every line has the mean share of its cause",
        ),
        (
            "_binding",
            "(serving >= arrives[:, None]) & (serving < leaves[:, None])",
            "(serving >= arrives[:, None]) & (serving < arrives[:, None])",
            "power binds no line",
        ),
        (
            "_binding",
            "tight[labels['site'], labels['period']] |= answer.worth(block) > 1e-06",
            "tight[labels['site'], labels['period']] |= answer.worth(block) < 1e-06",
            "power binds where it does not",
        ),
        (
            "_dearest",
            "price + np.divide(slack, weight",
            "price - np.divide(slack, weight",
            "the dearest price lies below the price",
        ),
        (
            "_dearest",
            "cost_up[column[at]] - cost",
            "cost_up[column[at]]",
            "the dearest price forgets what the line costs",
        ),
    ),
    *of(
        "lines",
        "plan.orders",
        (
            "orders_table",
            "calendar.first_day(calendar.parse(label)).isoformat() for label in "
            "new['in_service_period']",
            "calendar.first_day(calendar.parse(label)).isoformat() for label in "
            "new['order_period']",
            "needed_by is the order date",
        ),
        (
            "orders_table",
            "'order_by': new['decide_by']",
            "'order_by': in_service",
            "order_by is the date of need",
        ),
        (
            "orders_table",
            "np.where(up_front, quantity * unit.fillna(0.0), contract)",
            "np.where(up_front, planned * unit.fillna(0.0), contract)",
            "the total of an order by its unrounded chips",
        ),
        (
            "orders_table",
            "new['total_usd'] * np.divide(quantity, planned, out=np.ones(len(new)), "
            "where=planned > 0)",
            "new['total_usd']",
            "the total of a contract without its rounding",
        ),
        (
            "orders_table",
            "new['lots'].fillna(0.0) * _lot_mw(answer, new)",
            "new['lots'].fillna(0.0)",
            "MW ordered in lots",
        ),
        (
            "orders_table",
            "'unit_price_usd': unit",
            "'unit_price_usd': new['usd_per_chip_hour'].fillna(0.0)",
            "the unit price is the hourly one",
        ),
        (
            "orders_table",
            "'vendor': new['vendor']",
            "'vendor': new['site']",
            "the vendor is the site",
        ),
    ),
    *of(
        "lines",
        "plan.last_plan",
        (
            "changes",
            "now - before",
            "before - now",
            "the change against the last plan has the wrong sign",
        ),
        (
            "changes",
            "numbers(last, 'chips') + numbers(last, 'mw')",
            "numbers(last, 'mw')",
            "the last plan ordered no chips",
        ),
    ),
    *of(
        "lines",
        "plan.runner_up",
        (
            "runner_up",
            "pick[np.argsort(cut[pick], kind='stable')]",
            "pick[np.argsort(-cut[pick], kind='stable')]",
            "the runner-up is the last of all",
        ),
        ("runner_up", "<= index.ppy", "<= 0", "the runner-up of this period only"),
    ),
    *of(
        "lines",
        "plan.lots",
        (
            "lot_lines",
            "np.minimum(lots.leaves, f.case.calendar.last)[shown]",
            "np.minimum(lots.leaves + 1, f.case.calendar.last)[shown]",
            "lots leave a period late",
        ),
        (
            "lot_lines",
            "'arrives': lots.arrives[shown]",
            "'arrives': np.maximum(lots.order_period, lots.arrives - 1)[shown]",
            "lots arrive a period early",
        ),
        (
            "lot_lines",
            "nominal[f.holding.order] + np.bincount",
            "nominal[f.holding.order] + 0 * np.bincount",
            "a line's total without what is paid while held",
        ),
        (
            "lot_lines",
            "discounted[f.holding.order] + np.bincount(own[0], weights=discounted[own[1]], "
            "minlength=len(lots))",
            "paid",
            "the discounted total of a line is not discounted",
        ),
        (
            "lot_lines",
            "'usd_per_chip': np.where((price > 0) | (lots.hourly == 0), price, np.nan)[shown]",
            "'usd_per_chip': np.where((price > 0) | (lots.hourly == 0), price * "
            "(1.0 - lots.deposit), np.nan)[shown]",
            "the price of a line without its deposit",
        ),
    ),
    *of(
        "lines",
        "plan.leaving",
        (
            "retirements",
            "gone = chains['step'].to_numpy() * answer.x",
            "gone = answer.x",
            "retired chips count what was lost",
        ),
        (
            "retirements",
            "'order_period': t,",
            "'order_period': np.maximum(t - 1, 0),",
            "retirements a period early",
        ),
        (
            "relocations",
            "fee * chips[at] * f.index.start[period]",
            "fee * chips[at]",
            "relocation is not discounted",
        ),
        (
            "cancellations",
            "numbers(f.case['orders'], 'cancel_fee_share')[lots.row[v]] * lots.price[v]",
            "lots.price[v]",
            "a cancelled order costs its whole price",
        ),
    ),
    *of(
        "lines",
        "plan.rentals",
        (
            "rental_rows",
            "index.hours[period] * index.share[k]",
            "index.hours[period]",
            "rented chip-hours of a whole period",
        ),
        (
            "rental_rows",
            "'usd': chips[at] * hours * price",
            "'usd': chips[at] * price",
            "a rental pays one hour",
        ),
        (
            "rental_lines",
            "chips=('chips', 'max')",
            "chips=('chips', 'mean')",
            "rented chips are the mean over slices",
        ),
        (
            "rental_lines",
            "lines['usd'] * f.index.mid[period]",
            "lines['usd'] * f.index.start[period]",
            "rentals are discounted to the start of their period",
        ),
        (
            "rental_lines",
            "'leaves': period + 1",
            "'leaves': period",
            "a rental leaves when it comes",
        ),
    ),
    *of(
        "lines",
        "plan.projects",
        (
            "build_lines",
            "numbers(f.case['power_projects'], 'usd_per_mw')[row]",
            "numbers(f.case['power_projects'], 'usd_per_mw_period')[row]",
            "the price of a MW is its price per period",
        ),
        (
            "build_lines",
            "build['arrives'].to_numpy(dtype=np.int64)[at]",
            "period",
            "MW serve when ordered",
        ),
        (
            "build_lines",
            "discounted[column]",
            "nominal[column]",
            "a project's total is not discounted",
        ),
    ),
    *of(
        "lines",
        "plan.fleet",
        (
            "vintage_table",
            "np.unique(lots.born[lot], return_inverse=True)",
            "np.unique(lots.born[lot] + 1, return_inverse=True)",
            "vintages a period younger",
        ),
        (
            "fleet_table",
            "np.maximum(answer.worth('powering'), 0.0) / "
            "index.mid[capacity.period[capacity.powered_place]]",
            "np.maximum(answer.worth('powering'), 0.0)",
            "worth of a chip not in its period's money",
        ),
        (
            "fleet_table",
            "answer.x[capacity.rented] * share",
            "answer.x[capacity.rented]",
            "rented chips add up over slices",
        ),
        (
            "fleet_table",
            "np.maximum(usable - busy, 0.0)[shown]",
            "np.maximum(usable, 0.0)[shown]",
            "busy chips are idle too",
        ),
        (
            "fleet_table",
            "(total - powered)[shown]",
            "powered[shown]",
            "stranded chips are the powered ones",
        ),
        (
            "fleet_table",
            "powered * available + rented",
            "powered + rented",
            "idle hours without repairs",
        ),
    ),
)
