"""Chips without power: left dark by choice where running them costs more than they save, kept dark
where power is short."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.plan.dark import dark_by_choice
from planner.plan.fleet import fleet_table
from planner.plan.misses import _stranded_chips
from planner.plan.work import work_rows
from tests.model.small import chip, power, settings, site, solved, tables


def told(folder: Path, mw: float) -> tuple[list[str], dict[str, list[float]]]:
    """What is said of 100 chips held for 50 Mtok a year; an idle chip draws 1 kW, and the MWh costs
    10 USD: 87.60 USD a chip and year."""
    answer, _ = solved(
        folder,
        tables(
            chips=[chip(kw_idle=1)],
            sites=[site(usd_per_mwh=10)],
            power=power(mw=mw),
            demand=[{"workload": "w", "period": 2025 + t, "output_mtok": 50} for t in (0, 1)],
            fleet=[{"chip": "a", "site": "home", "in_service": 2024, "chips": 100}],
        ),
        settings(),
    )
    flags = _stranded_chips(answer, {"fleet": fleet_table(answer, work_rows(answer))})
    dark = dark_by_choice(answer)
    return flags["message"].tolist(), {
        name: dark[name].tolist() for name in ("costs_usd", "saves_usd")
    }


def test_dark_by_choice_with_its_figures(tmp_path: Path) -> None:
    """Half are powered: time of one more would let another go dark, and saves what that costs."""
    messages, dark = told(tmp_path / "case", mw=1.0)
    said = "50 a at home are left dark by choice: running one costs 87.6 USD and saves at most 87.6"
    assert messages == [said] * 2
    assert dark == {
        "costs_usd": pytest.approx([87.6, 87.6]),
        "saves_usd": pytest.approx([87.6, 87.6]),
    }


def test_kept_dark_where_power_is_short(tmp_path: Path) -> None:
    messages, dark = told(tmp_path / "case", mw=0.05)
    assert messages == ["50 a at home are held but not powered"] * 2
    assert dark == {"costs_usd": [], "saves_usd": []}
