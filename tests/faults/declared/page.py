"""Faults in what people read: the summary, the page, and the words of both."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "page",
        "plan.totals",
        (
            "committed",
            "buy['order_period'] == first",
            "buy['order_period'] >= first",
            "committed now is the whole plan",
        ),
        (
            "commit_usd",
            "['total_usd']",
            "['npv_usd']",
            "what is committed now is discounted",
        ),
        (
            "is_short",
            "SHORT * coverage['demand']",
            "coverage['demand']",
            "workloads that are short are not counted",
        ),
        (
            "worst_served",
            "1.0 - short['short'] / short['demand']",
            "short['short'] / short['demand']",
            "demand met is the share that is not",
        ),
    ),
    *of(
        "page",
        "report.figures",
        (
            "cash_by_year",
            "costs['category'] != 'none'",
            "costs['category'] == 'capex'",
            "cash is capex",
        ),
        (
            "_chips_now",
            "lines['action'].isin(HELD)",
            "lines['action'] != 'buy'",
            "chips to order now without what is bought",
        ),
        ("_split", "split['name'] != SUNK", "split['name'] == SUNK", "shares are of the old fleet"),
        ("hundred", "tenths - whole", "whole - tenths", "shares rounded the wrong way"),
    ),
    *of(
        "page",
        "report.page.says",
        (
            "site_says",
            "str(sums.idxmax())",
            "str(sums.idxmin())",
            "the heading names the site that is held back least",
        ),
        (
            "met_says",
            "told.short == 1",
            "told.short >= 1",
            "one workload short stands for all",
        ),
        (
            "buys_say",
            "chips[first] / total",
            "total / chips[first]",
            "the share of the first chip the wrong way round",
        ),
    ),
    *of(
        "page",
        "report.years",
        (
            "Years.grouped",
            "values[..., self.last]",
            "values[..., self.first]",
            "chips at the end of a year are those at its start",
        ),
    ),
    *of(
        "page",
        "report.waiting",
        (
            "decided",
            "ascending=[False, False, True]",
            "ascending=[True, False, True]",
            "what can wait comes first",
        ),
        (
            "wait_words",
            "money(wait.costs_usd)",
            "money(2.0 * wait.costs_usd)",
            "waiting costs twice as much",
        ),
    ),
    *of(
        "page",
        "report.facts",
        (
            "_on_time",
            "told.milestones - told.late",
            "told.late",
            "milestones on time are the late ones",
        ),
        (
            "worth_words",
            "row.up >= 1.0",
            "row.up >= -1.0",
            "a worth is told where it does not hold",
        ),
        (
            "_proof",
            "plan['bound_usd']",
            "plan['objective_usd']",
            "the proof shows the cost as its bound",
        ),
    ),
    *of(
        "page",
        "report.topics",
        (
            "chip_section",
            "most=('chips', 'max')",
            "most=('chips', 'sum')",
            "rented chips add up over periods",
        ),
        (
            "milestone_section",
            "number(row.slack_periods)",
            "number(row.slack_periods + 1.0)",
            "slack a period too long",
        ),
        (
            "unit_section",
            "number(row.marginal_usd), number(row.loaded_usd)",
            "number(row.loaded_usd), number(row.marginal_usd)",
            "marginal and loaded cost change places",
        ),
        (
            "exception_section",
            "sort_values('_rank', kind='stable')",
            "sort_values('_rank', kind='stable', ascending=False)",
            "the least severe come first",
        ),
    ),
    *of(
        "page",
        "report.tight",
        (
            "tight_limits",
            "ascending=[False, True, True]",
            "ascending=[True, True, True]",
            "the loosest limit comes first",
        ),
        (
            "tight_limits",
            "when=('period', 'first')",
            "when=('period', 'last')",
            "the tightest period is the loosest",
        ),
    ),
    *of(
        "page",
        "words",
        (
            "number",
            "digits - 1 - math.floor(math.log10(abs(value)))",
            "digits - 3 - math.floor(math.log10(abs(value)))",
            "numbers of two digits",
        ),
        (
            "number",
            "abs(value) >= 10000.0",
            "abs(value) >= 10.0",
            "numbers above ten without decimals",
        ),
        ("money", "value / size + 0.0", "value / 1000.0 + 0.0", "millions are thousands"),
        ("percent", "100 * share", "10 * share", "per cent of ten"),
        ("plural", "one if count == 1", "one if count >= 1", "no plural"),
    ),
    *of(
        "page",
        "report.page.decide",
        (
            "decide_now",
            "percent(c.share_pct / 100)",
            "percent(c.share_pct / 1000)",
            "causes a tenth of what they are",
        ),
    ),
    *of(
        "page",
        "report.page.supply",
        (
            "supply_and_demand",
            "fleet['powered'].fillna(0.0) + fleet['rented'].fillna(0.0)",
            "fleet['held'].fillna(0.0) + fleet['rented'].fillna(0.0)",
            "chips at work are all that are held",
        ),
        (
            "_milestones",
            "float(end + 1) if end is not None",
            "float(end) if end is not None",
            "runs are drawn a period short",
        ),
    ),
    *of(
        "page",
        "report.page.spend",
        (
            "spend",
            "costs[costs['category'] != 'none']",
            "costs[costs['category'] == 'capex']",
            "cash by period is capex",
        ),
    ),
    *of(
        "page",
        "report.page.limits",
        (
            "_cells",
            "limit=(power['used_mw'] + power['free_mw'])[has]",
            "limit=power['used_mw'][has]",
            "every power limit is full",
        ),
    ),
    *of(
        "page",
        "report.page.stacks",
        (
            "stacked",
            "np.sum(list(shown.values()), axis=0)",
            "np.max(list(shown.values()), axis=0)",
            "the sum of a stack is its largest",
        ),
        (
            "largest",
            "-float(np.abs(shown[name]).sum())",
            "float(np.abs(shown[name]).sum())",
            "the smallest series are kept",
        ),
    ),
    *of(
        "page",
        "report.page.timelines",
        ("heat", "100 * share[i, t]:.1f", "share[i, t]:.1f", "limits are full by fractions"),
    ),
    *of(
        "page",
        "report.page.details",
        (
            "buy_plan",
            "new.assign(period=new['order_period']",
            "new.assign(period=new['in_service_period']",
            "orders drawn when they arrive",
        ),
        (
            "allocation",
            "[['chip_hours', 'mtok', 'flop', 'mwh', 'cost_usd']].sum(min_count=1)",
            "[['chip_hours', 'mtok', 'flop', 'mwh', 'cost_usd']].max()",
            "work of the busiest slice",
        ),
    ),
)
