"""Faults in what is reported: each of those that left every plan "proven" fails a check by name.

A fault is put into a written table as the code would have written it; the audit, which knows
neither the model nor the solver, tells it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import planner
from planner.audit import audit
from planner.audit.facts import Facts, state
from planner.case import read_case
from tests.shipped import DIVISIBLE

Fault = Callable[[pd.DataFrame, Facts], pd.DataFrame]
POWER, QUICK = "power-bound", "quickstart"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("runs")
    found = {}
    for name in (POWER, QUICK):
        result = planner.run(f"inputs/{name}", out=out, overrides=DIVISIBLE)
        assert result.status == "optimal" and result.folder is not None
        found[name] = result.folder
    return found


def _number(frame: pd.DataFrame, name: str) -> pd.Series:
    return pd.to_numeric(frame[name], errors="coerce")


def _as(frame: pd.DataFrame, name: str, values: pd.Series) -> pd.DataFrame:
    """Put numbers into a column, where there are some."""
    told = [f"{v:.12g}" if np.isfinite(v) else "" for v in values]
    return frame.assign(**{name: np.where(frame[name] == "", "", told)})


def decided_late(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    calendar = facts.case.calendar
    days = [
        calendar.first_day(int(calendar.parse(p)) + 1).isoformat() if p and d else d
        for p, d in zip(frame["order_period"], frame["decide_by"], strict=True)
    ]
    return frame.assign(decide_by=days)


def needed_at_order(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    return frame.assign(needed_by=frame["order_by"])


def _mid(frame: pd.DataFrame, facts: Facts, name: str = "period") -> pd.Series:
    return frame[name].map(lambda p: facts.mid[int(facts.case.calendar.parse(p))])


def npv_worth(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    worth = "worth_usd_per_mw"
    return _as(frame, worth, _number(frame, worth) * _mid(frame, facts))


def liquid_as_all(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    return frame.assign(liquid_worth_usd_per_mw=frame["worth_usd_per_mw"])


def all_as_liquid(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    return frame.assign(worth_usd_per_mw=frame["liquid_worth_usd_per_mw"])


def swapped_range(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    return frame.assign(worth_from_mw=frame["worth_to_mw"], worth_to_mw=frame["worth_from_mw"])


def swapped_chips_range(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    low, high = frame["worth_from_chips"], frame["worth_to_chips"]
    return frame.assign(worth_from_chips=high, worth_to_chips=low)


def without_residual(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Break-even by what is paid alone, without the credit for what is left at the end."""
    price, even = _number(frame, "price"), _number(frame, "break_even")
    wrong = price - (price - even) * 0.6  # a larger weight, a smaller cut
    return _as(frame, "break_even", wrong)


def deposit_and_rest(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Break-even with the deposit paid on arrival and the rest when ordered: a little too high."""
    price, even = _number(frame, "price"), _number(frame, "break_even")
    wrong = _as(frame, "break_even", price - (price - even) * 0.98)
    fall = price - _number(wrong, "break_even")
    return _as(wrong, "cut_pct", 100.0 * fall / price.where(price > 0))


def per_cent_of_other(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    price, even = _number(frame, "price"), _number(frame, "break_even")
    return _as(frame, "cut_pct", 100.0 * (price - even) / even.where(even > 0))


def per_1e24(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    name = "marginal_usd_per_1e21_flop"
    return _as(frame, name, _number(frame, name) * 1e3)


def slack_too_long(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    return _as(frame, "slack_periods", _number(frame, "slack_periods") + 1)


def one_slice(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """The first cause of each line gets half of what the second has."""
    first = ~frame["line_id"].duplicated()
    share = _number(frame, "share_pct")
    second = share.shift(-1).where(frame["line_id"].eq(frame["line_id"].shift(-1)), 0.0)
    moved = (second / 2).where(first, -(second.shift(1) / 2).where(first.shift(1) == True, 0.0))  # noqa: E712
    return _as(frame, "share_pct", share + moved.fillna(0.0))


def for_all_chips(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    name = "worth_usd_per_chip"
    return _as(frame, name, _number(frame, name) * _number(frame, "chips").fillna(1.0))


def decide_last(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    last = facts.label(facts.T - 1)
    return frame.assign(period=np.where(frame["kind"] == "decide_now", last, frame["period"]))


def no_leaning(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    return frame[frame["kind"] != "residual"]


def undiscounted_unit(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    whole = _number(frame, "cost_usd") / _number(frame, "volume")
    return _as(frame, "loaded_usd", whole)


def rounded_down_cents(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    return _as(frame, "total_usd", _number(frame, "total_usd") - 1.0)


FAULTS: tuple[tuple[str, str, Fault, str], ...] = (
    (POWER, "buy_plan", decided_late, "buy_plan.decide_by"),
    (POWER, "orders", needed_at_order, "orders.needed_by"),
    (POWER, "orders", rounded_down_cents, "orders.total_usd"),
    (POWER, "power", npv_worth, "power.worth_usd_per_mw"),
    (POWER, "power", liquid_as_all, "power.liquid_worth_usd_per_mw"),
    (POWER, "power", all_as_liquid, "power.worth_usd_per_mw"),
    (POWER, "power", swapped_range, "power.worth_range"),
    (POWER, "supply", swapped_chips_range, "supply.worth_range"),
    (POWER, "prices", without_residual, "prices.break_even"),
    (POWER, "prices", deposit_and_rest, "prices.break_even"),
    (POWER, "prices", per_cent_of_other, "prices.cut_pct"),
    (QUICK, "milestones", per_1e24, "milestones.marginal"),
    (QUICK, "milestones", slack_too_long, "milestones.slack"),
    (POWER, "causes", one_slice, "causes.share_pct"),
    (POWER, "buy_plan", for_all_chips, "buy_plan.worth"),
    (POWER, "exceptions", decide_last, "exceptions.rows"),
    (POWER, "exceptions", no_leaning, "exceptions.rows"),
    (POWER, "unit_costs", undiscounted_unit, "unit_costs.loaded_usd"),
)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("case", "table", "fault", "check"), FAULTS, ids=lambda v: getattr(v, "__name__", None)
)
def test_a_fault_in_a_reported_figure_fails_its_check(
    case: str, table: str, fault: Fault, check: str, runs: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / ".partial-run"
    shutil.copytree(runs[case], folder)
    path = folder / f"{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False)
    wrong = fault(frame, state(read_case(folder / "inputs")))
    assert not wrong.equals(frame), "the fault changes something"
    path.write_text(wrong.to_csv(index=False, lineterminator="\n"))
    failed = {c.name for c in audit(folder).failed}
    assert check in failed, failed
