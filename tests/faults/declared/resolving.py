"""Faults in resolving the case: what a blank means, and how periods, sheets and names are read."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "resolving",
        "case.resolve",
        (
            "_sites",
            "sites['headroom'].fillna(settings.headroom)",
            "sites['headroom'].fillna(0.0)",
            "headroom of case.yaml is not handed to sites",
        ),
        (
            "_sites",
            "sites['power_basis'].where(sites['power_basis'] != '', settings.power_basis or '')",
            "sites['power_basis'].where(pd.Series(settings.power_basis is None, "
            "index=sites.index), settings.power_basis or '')",
            "the power basis of case.yaml wins over the site's",
        ),
        (
            "_offers",
            "np.where(ours, aging.losses(offers['chip']), 0.0)",
            "np.where(kind == 'purchase', aging.losses(offers['chip']), 0.0)",
            "leased chips without attrition",
        ),
        (
            "_offers",
            "float(ppy), 3.0 * ppy, 1.0",
            "float(ppy), 2.0 * ppy, 1.0",
            "reserved_3y runs two years",
        ),
        (
            "_offers",
            "float(ppy), 3.0 * ppy, 1.0",
            "4.0, 3.0 * ppy, 1.0",
            "reserved_1y is four periods whatever the frequency",
        ),
        (
            "_periods_of",
            "np.floor(years * ppy + 0.5)",
            "np.floor(years * ppy)",
            "a life is rounded down",
        ),
        (
            "_periods_of",
            "np.floor(years * ppy + 0.5)",
            "np.floor(years + 0.5)",
            "a life in years counts as periods",
        ),
        (
            "_offers",
            "offers['last_order'].fillna(T - 1)",
            "offers['last_order'].fillna(T - 2)",
            "a blank last_order is the last but one period",
        ),
        (
            "_rules",
            "rules['to'].fillna(T - 1)",
            "rules['to'].fillna(0)",
            "a rule without an end holds for one period",
        ),
        (
            "_fleet",
            "np.where(kind.isin(RESERVED_KINDS), 0.0, aging.losses(fleet['chip']))",
            "aging.losses(fleet['chip'])",
            "rented fleet chips are lost like our own",
        ),
        (
            "_fleet",
            "fleet['in_service'].to_numpy(dtype=np.int64) + aging",
            "aging",
            "the fleet serves a whole life from today",
        ),
        (
            "_milestones",
            "milestones['start'].fillna(0.0)",
            "milestones['start'].fillna(1.0)",
            "a milestone without a start begins a period late",
        ),
        (
            "_milestones",
            "6.0 * milestones['params_b'] * 1000000000.0",
            "2.0 * milestones['params_b'] * 1000000000.0",
            "a third of the FLOP of a run given by parameters",
        ),
        (
            "_workloads",
            "(at == ('*',) or s in at) and (regions == ('*',) or region[s] in regions)",
            "at == ('*',) or s in at",
            "regions of a workload are forgotten",
        ),
        (
            "_offers",
            "(own if o else rented)",
            "(own + rented)",
            "an offer for all sites stands at cloud sites too",
        ),
        (
            "_chips",
            "chips['book_life_years'].fillna(chips['economic_life_years'])",
            "chips['book_life_years'].fillna(0.0)",
            "a blank book life is zero",
        ),
        (
            "_offers",
            "_filled(offers, 'annual_attrition', natural)",
            "np.where(np.isnan(offers['annual_attrition']), natural, 0.0)",
            "a stated attrition is zero",
        ),
    ),
    *of(
        "resolving",
        "case.settings.periods",
        (
            "resolve_periods",
            "number['end'] - number['start'] + 1",
            "number['end'] - number['start']",
            "the end of the plan is exclusive",
        ),
    ),
    *of(
        "resolving",
        "case.periods",
        (
            "Calendar.parse_instant",
            "self.parse(text) + (1 if end else 0)",
            "self.parse(text)",
            "a deadline is the beginning of its period",
        ),
        (
            "Calendar.parse_instant",
            "(day - first).days / (following - first).days",
            "(day - first).days / 91.0",
            "every quarter has 91 days",
        ),
        (
            "Calendar.fiscal_year_of",
            "day.year + (1 if self.fiscal_year_start > 1 and day.month >= "
            "self.fiscal_year_start else 0)",
            "day.year",
            "a fiscal year is named by its beginning",
        ),
        ("Calendar.__post_init__", ".days * 24.0", ".days * 23.0", "a day has 23 hours"),
        (
            "absolute_period",
            "year * 4 + int(quarter) - 1",
            "year * 4 + int(quarter)",
            "every quarter is the next one",
        ),
        (
            "Calendar.first_day",
            "part * (12 // self.ppy) + 1",
            "1 + part",
            "a quarter begins in a month of its number",
        ),
    ),
    *of(
        "resolving",
        "case.convert",
        ("typed", "float(column.default)", "0.0", "every default number is zero"),
        ("typed", "bool(column.default)", "False", "every default is no"),
        (
            "_converter",
            "end=column.name == 'deadline'",
            "end=column.name == 'start'",
            "a start is the end of its period, a deadline the beginning",
        ),
    ),
    *of(
        "resolving",
        "case.read",
        (
            "_only_orders",
            "['rent', 'retire', 'relocate', 'keep', 'cancel']",
            "['retire', 'relocate', 'keep', 'cancel']",
            "rentals of the last plan count as orders",
        ),
    ),
    *of(
        "resolving",
        "case.melt",
        (
            "melt",
            "filled = every.value != ''\n",
            "filled = every.value != '0'\n",
            "a zero in a wide table is no row",
        ),
        (
            "_spread",
            "np.repeat(measure, p)",
            "np.tile(measure, p)",
            "figures of a wide table change places",
        ),
        (
            "values_of",
            "column.type == 'number' and column.name not in table.key",
            "column.type == 'number'",
            "figures of a key count as values",
        ),
    ),
    *of(
        "resolving",
        "case.numbering",
        (
            "numbered",
            "number * max(len(distinct), 1) + code",
            "number * max(len(distinct), 1) + code * 0",
            "rows of one key count as one",
        ),
    ),
    *of(
        "resolving",
        "case.cells",
        (
            "number_of",
            "value, need = _plain_or_thousands(text)",
            "value, need = _plain_or_thousands(text.lstrip('0') or '0')",
            "leading zeros are dropped",
        ),
        (
            "names_of",
            "tuple(sorted(parts))",
            "tuple(sorted(parts))[:1]",
            "only the first of several names is read",
        ),
        ("yes_no_of", "if word in ('yes', 'true'):", "if word in ('true',):", "yes is no"),
        (
            "_plain_or_thousands",
            "_in_range(text.replace(',', ''))",
            "_in_range(text.partition(',')[0])",
            "a number ends at its thousands comma",
        ),
    ),
)
