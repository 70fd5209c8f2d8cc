"""Years: every table by period as it is by fiscal year.

A fiscal year is named by the calendar year in which it ends, and a period counts whole in the one
in which it begins.  What a year is of its periods, by column:

::

    sum        money, chip-hours, tokens, FLOP, energy, chips ordered (rented: their mean)
    first      as it is when the year begins; last: when it ends (chips held, book values)
    mean       over all hours of the year in the plan, nothing where there is no row
    greatest, least: over its periods

Worths, prices and shares of single periods have no sum, and are left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from planner.limits import OWN
from planner.limits.limit import Worth

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
How = Literal["sum", "last", "least", "greatest"]


def _rules(**rules: str) -> Mapping[str, str]:
    """Return column -> rule from rule -> columns."""
    return {name: rule for rule, names in rules.items() for name in names.split()}


YEARLY: Final[Mapping[str, Mapping[str, str]]] = {
    "buy_plan": _rules(sum="chips chips_rounded lots mw total_usd npv_usd"),
    "vintages": _rules(last="held"),
    "allocation": _rules(mean="chips", sum="chip_hours mtok flop mwh cost_usd"),
    "rentals": _rules(mean="chips", sum="chip_hours usd"),
    "site_loss": _rules(mean="chips"),
    "covered": _rules(mean="chips usd_per_hour", sum="saved_usd"),
    "tokens": _rules(sum="mtok usd"),
    "fleet": _rules(
        last="existing committed new held",
        mean="powered stranded rented",
        sum="busy_chip_hours idle_chip_hours",
    ),
    "power": _rules(
        last="limit_mw built_mw kept_free_mw liquid_limit_mw",
        greatest="used_mw liquid_used_mw it_mw",
        least="free_mw",
        sum="energy_mwh tonnes_co2",
    ),
    "supply": _rules(sum="min_chips max_chips used free"),
    "budget": _rules(sum="paid_usd"),
    "demand_coverage": _rules(sum="demand served short short_usd"),
    "costs": _rules(sum="nominal_usd discounted_usd"),
    "books": _rules(
        first="opening_usd",
        last="closing_usd in_flight_usd",
        sum="paid_usd depreciation_usd write_off_usd sale_usd",
    ),
    "pnl": _rules(
        last="assets_usd",
        sum="running_usd depreciation_usd amortisation_usd write_off_usd fees_usd sale_usd "
        "cost_usd paid_usd cash_usd net_cash_usd discounting_usd penalties_usd residual_usd "
        "objective_usd",
    ),
    "showback": _rules(sum="chip_hours peak_mwh mtok flop capital_usd cost_usd cash_usd"),
    **{
        limit.stated[0][0]: _rules(
            last=limit.worth.limit, greatest=limit.worth.used, least=limit.worth.free
        )
        for limit in OWN
        if isinstance(limit.worth, Worth)
    },
}
"""Table -> column -> what a year is of its periods; other tables are not by period."""
OF: Final[Mapping[str, Sequence[str]]] = {
    "buy_plan": ("offer", "site", "from_site", "status", "action", "chip", "kind"),
    "vintages": ("line_id", "offer", "chip", "site", "in_service"),
    "allocation": ("slice", "site", "chip", "kind", "work"),
    "rentals": ("offer", "site", "chip", "slice"),
    "site_loss": ("lost_site", "slice", "site", "chip", "workload"),
    "covered": ("commitment", "offer", "slice"),
    "tokens": ("token_offer", "provider", "workload", "slice"),
    "fleet": ("chip", "site"),
    "power": ("site", "basis"),
    "supply": ("supply_group", "basis"),
    "budget": ("category",),
    "demand_coverage": ("workload", "kind", "unit"),
    "costs": ("term", "category", "site", "chip"),
    "books": ("asset", "chip", "site"),
    "pnl": (),
    "showback": ("kind", "work", "owner"),
    **{limit.stated[0][0]: tuple(name for name in limit.key if name != "period") for limit in OWN},
}
"""Table -> what a row is of besides its period."""
WHEN: Final = {"buy_plan": "order_period"}
"""Column of the period, where it is not named so."""


@dataclass(frozen=True, slots=True)
class Years:
    """Fiscal years of a plan's periods."""

    periods: tuple[str, ...]
    of: tuple[str, ...]
    """Fiscal year of every period: ``FY2028``."""
    hours: tuple[float, ...]
    """Of every period."""

    @property
    def names(self) -> tuple[str, ...]:
        """The years in their order."""
        return tuple(dict.fromkeys(self.of))

    @property
    def short(self) -> str:
        """Which years the plan has only a part of, in words; nothing where it has all of each."""
        hours = dict.fromkeys(self.names, 0.0)
        for name, some in zip(self.of, self.hours, strict=True):
            hours[name] += some
        parts = [name for name, some in hours.items() if some < 24 * 365]
        return f"The plan has only a part of {' and '.join(parts)}." if parts else ""

    @property
    def first(self) -> Ints:
        """The first period of every year."""
        of = np.array(self.of, dtype=object)
        return np.flatnonzero(np.append([True], of[1:] != of[:-1]))

    @property
    def last(self) -> Ints:
        """The last period of every year."""
        return np.append(self.first[1:], len(self.of)) - 1

    def grouped(self, values: Floats, how: How) -> Floats:
        """Return values by period, (..., T), by year, (..., years): their sum, what they are in the
        last period, the least or the greatest."""
        if how == "last":
            return values[..., self.last]
        made = {"sum": np.add, "least": np.minimum, "greatest": np.maximum}[how]
        return np.asarray(made.reduceat(values, self.first, axis=-1), dtype=np.float64)


def fiscal_start(folder: Path) -> int:
    """Return the month in which fiscal years begin, from the settings that a run was planned
    with; January where they cannot be read."""
    try:
        told = yaml.safe_load((folder / "case.effective.yaml").read_text(encoding="utf-8"))
        return int(told["fiscal_year_start"])
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError):
        return 1


def years_of(periods: Sequence[str], start: int) -> Years:
    """Return the fiscal years of periods.

    Args:
        periods: labels, 2027Q1, 2027-03 or 2027.
        start: month in which fiscal years begin.
    """
    first = [_first_day(label) for label in periods]
    months = 12 if periods[0].isdecimal() else 3 if "Q" in periods[0] else 1
    ends = [_later(day, months) for day in first]
    return Years(
        tuple(periods),
        tuple(f"FY{day.year + (1 if 1 < start <= day.month else 0)}" for day in first),
        tuple((end - day).days * 24.0 for day, end in zip(first, ends, strict=True)),
    )


def calendar_years(periods: Sequence[str]) -> Years:
    """Return the calendar years of periods, each named as it is: ``2027``."""
    years = years_of(periods, 1)
    return replace(years, of=tuple(name.removeprefix("FY") for name in years.of))


def _first_day(label: str) -> datetime.date:
    """Return the first day of a period."""
    year = int(label[:4])
    if "Q" in label:
        return datetime.date(year, 3 * int(label[5:]) - 2, 1)
    return datetime.date(year, int(label[5:] or 1), 1)


def _later(day: datetime.date, months: int) -> datetime.date:
    """Return the first of a month some months later."""
    year, month = divmod(day.month - 1 + months, 12)
    return datetime.date(day.year + year, month + 1, 1)


def by_year(name: str, frame: pd.DataFrame, years: Years) -> pd.DataFrame:
    """Return a table of a run by fiscal year.

    Args:
        name: its declared name, one of ``YEARLY``.
        frame: its rows, by period; those of other periods (windows of budgets, what falls at the
            end of the plan or exists before it) are left out.
        years: the fiscal years of the plan.

    Returns:
        A row for every year and what a row is of: ``fiscal_year`` and the columns that a year has.
    """
    rules, of, when = YEARLY[name], list(OF[name]), WHEN.get(name, "period")
    at = pd.Index(years.periods).get_indexer(pd.Index(frame[when]))
    frame = frame[at >= 0]
    at = at[at >= 0]
    year = pd.Index(years.names).get_indexer(pd.Index(np.array(years.of, dtype=object)[at]))
    length = np.array(years.hours, dtype=np.float64)
    weight = length[at] / years.grouped(length, "sum")[year]
    row, at_first = _grouped([year, *(_codes(frame[column]) for column in of)])
    count = len(at_first)
    found: dict[str, Any] = {"fiscal_year": np.array(years.names, dtype=object)[year[at_first]]}
    found |= {column: frame[column].to_numpy()[at_first] for column in of}
    for column, rule in rules.items():
        if column not in frame:
            continue
        values = frame[column].to_numpy(dtype=np.float64)
        if rule == "mean":
            values = values * weight
        elif "unit" in of and column != "short_usd":  # chips that a share asks for are no sum
            values = np.where(frame["unit"].str.startswith("chips"), values * weight, values)
        elif name == "buy_plan" and not column.endswith("_usd"):  # nor are chips that are rented
            values = np.where(frame["action"] == "rent", values * weight, values)
        kept = np.ones(len(values), dtype=bool)
        if rule in ("first", "last"):
            kept = at == (years.first if rule == "first" else years.last)[year]
        told = kept & ~np.isnan(values)
        result = np.full(count, np.nan)
        if rule in ("greatest", "least"):
            (np.fmax if rule == "greatest" else np.fmin).at(result, row[told], values[told])
        else:
            some = np.bincount(row[told], minlength=count) > 0
            total = np.bincount(row[told], values[told], minlength=count)
            result[some] = total[some]
        if rule in ("first", "last"):  # no row in that period: there is none then
            result[np.bincount(row[kept], minlength=count) == 0] = 0.0
        found[column] = result.round(6)
    return pd.DataFrame(found)


def _codes(values: pd.Series[Any]) -> NDArray[np.int64]:
    """Return numbers in the order of a column's values, a missing one last, (rows,)."""
    codes, _ = pd.factorize(values, sort=True, use_na_sentinel=False)
    return np.asarray(codes, dtype=np.int64)


def _grouped(keys: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the group of every row, (rows,), and the first row of every group, (groups,), in the
    order of the keys."""
    group = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:  # renumbered at each, so that the product of sizes stays small
        _, group = np.unique(group * (key.max(initial=0) + 1) + key, return_inverse=True)
    _, first = np.unique(group, return_index=True)
    return group, first


@dataclass(frozen=True, slots=True)
class Yearly:
    """Tables of a run by fiscal year, each made once, when it is first asked for."""

    tables: Mapping[str, pd.DataFrame]
    years: Years
    _made: dict[str, pd.DataFrame] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = by_year(name, self.tables[name], self.years)
        return self._made[name]
