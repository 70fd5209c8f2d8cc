"""Four quarters of frontier-lab as they may come: a dearer price, a late delivery, more demand, a
site that slips.  Every variance appears once, every bridge sums to the cent, and each planted cause
stands in its own group."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from planner.actuals.compare import view
from planner.pipeline import run as plan
from planner.roll.roll import roll
from planner.roll.rolled import Rolled, Ways
from planner.runs.approval import approve
from planner.runs.read import read_plan, read_run_table
from planner.study.diff import compare
from planner.study.moved import HAPPENED
from tests.shipped import divisible

SHIPPED = Path(__file__).parents[2] / "inputs"
PASSED = "has passed"


def told(folder: Path, file: str, rows: list[dict[str, str]]) -> None:
    """Write one table of actuals."""
    folder.mkdir(exist_ok=True)
    with (folder / file).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def scale(path: Path, names: set[str], since: str, factor: float) -> None:
    """Multiply the figures of some rows of a wide table from a period on, as a user would."""
    with path.open(newline="", encoding="utf-8") as stream:
        header, *rows = list(csv.reader(stream))
    later = [at for at, name in enumerate(header) if name[:2] == "20" and name >= since]
    for row in rows:
        if row[0] in names:
            for at in later:
                row[at] = f"{float(row[at]) * factor:.10g}" if row[at] else ""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])


def bought(run: Path) -> pd.Series:
    """Return the largest purchase of the plan's first period."""
    lines = read_run_table(run, "buy_plan")
    first = read_plan(run)["horizon"]["first"]
    mine = lines[
        (lines["action"] == "buy") & (lines["order_period"] == first) & (lines["status"] == "new")
    ]
    assert len(mine), f"nothing is bought in {first}"
    return mine.iloc[pd.to_numeric(mine["total_usd"]).argmax()]


def dearer(run: Path, actuals: Path) -> Callable[[Path], None]:
    """The largest purchase cost 5 % more."""
    line = bought(run)
    price = f"{float(line['usd_per_chip']) * 1.05:.10g}"
    told(actuals, "orders.csv", [{"line": line["line_id"], "usd_per_chip": price}])
    return lambda case: None


def late(run: Path, actuals: Path) -> Callable[[Path], None]:
    """An order arrives a quarter later than planned."""
    line = bought(run)
    label = {1: "Q1", 2: "Q2", 3: "Q3", 4: "Q4"}
    year, quarter = int(line["in_service_period"][:4]), int(line["in_service_period"][5])
    later = f"{year + quarter // 4}{label[quarter % 4 + 1]}"
    told(actuals, "orders.csv", [{"line": line["line_id"], "arrives": later}])
    return lambda case: None


def more(run: Path, actuals: Path) -> Callable[[Path], None]:
    """More was asked of a workload, and more is expected of it."""
    coverage = read_run_table(run, "demand_coverage")
    first = read_plan(run)["horizon"]["first"]
    row = coverage[(coverage["workload"] == "coding") & (coverage["period"] == first)].iloc[0]
    amount = f"{float(row['demand']) * 1.1:.10g}"
    asked = {"workload": "coding", "period": first, "asked": amount, "served": amount}
    told(actuals, "work.csv", [asked])
    return lambda case: scale(case / "demand.csv", {"coding"}, "2027", 1.1)


def slipped(run: Path, actuals: Path) -> Callable[[Path], None]:
    """A site has a tenth less power for the year to come."""
    del run, actuals
    return lambda case: scale(case / "power.csv", {"abilene"}, "2027", 0.9)


def listed(run: Path, actuals: Path) -> Callable[[Path], None]:
    """The list price of a chip rises by a tenth."""
    del run, actuals
    return lambda case: scale(case / "offer_prices.csv", {"buy-vr200"}, "2027", 1.1)


QUARTERS: tuple[tuple[Callable[[Path, Path], Callable[[Path], None]], str], ...] = (
    (dearer, HAPPENED),
    (late, HAPPENED),
    (more, "demand"),
    (slipped, "power"),
)


def check_variances(rolled: Rolled, cause: str) -> None:
    """Every variance once: the views are the same money, split into three parts, to the cent."""
    ledger = rolled.past.comparison.ledger
    assert not ledger.duplicated(["kind", "name", "term", "period", "site"]).any()
    by_term = view(ledger, "term")
    parts = by_term[["quantity_usd", "price_usd", "timing_usd"]].sum(axis=1)
    assert ((by_term["variance_usd"] - parts).abs() < 0.005).all()
    by_site = view(ledger, "site")
    assert by_site["variance_usd"].sum() == pytest.approx(by_term["variance_usd"].sum(), abs=0.005)
    if cause == "dearer":
        lines = view(ledger, "line")
        assert len(lines) == 1 and lines["price_usd"].iloc[0] > 0
        assert lines["quantity_usd"].iloc[0] == lines["timing_usd"].iloc[0] == 0
        assert by_term["variance_usd"].sum() == pytest.approx(lines["variance_usd"].sum())


def quarter(
    run: Path, events: Sequence[Callable[[Path, Path], Callable[[Path], None]]], base: Path
) -> tuple[Path, dict[str, int]]:
    """Let a quarter pass in which some things happen; return the next run and the steps of the
    bridge to it, but for what has passed and the new periods."""
    approve(run, "ann")
    names = "-".join(event.__name__ for event in events)
    actuals = base / f"{names}-actuals"
    changes = [event(run, actuals) for event in events]
    rolled = roll(run, Ways(actuals=actuals if actuals.exists() else None, to=base / names))
    check_variances(rolled, names)
    for change in changes:
        change(rolled.folder)
    later = plan(rolled.folder, out=base / "outputs").folder
    assert later is not None and read_plan(later)["status"] == "optimal"
    bridge = compare(run, later).bridge
    assert bridge.before_cents + sum(cents for _, cents in bridge.steps) == bridge.after_cents
    return later, {
        name: cents
        for name, cents in bridge.steps
        if not name.endswith(PASSED) and name != "new periods at the end"
    }


@pytest.mark.full
def test_four_quarters(tmp_path: Path) -> None:
    """One thing a quarter; then all of them in one."""
    run = plan(divisible("frontier-lab", tmp_path), out=tmp_path / "outputs").folder
    assert run is not None
    for event, group in QUARTERS:
        run, steps = quarter(run, (event,), tmp_path)
        assert set(steps) == {group}, steps
        assert steps[group] > 0, steps
    # late writes what it says of the line into the file of dearer: one of both
    _, steps = quarter(run, (late, more, slipped, listed), tmp_path)
    assert set(steps) == {HAPPENED, "demand", "power", "prices"}, steps
    assert all(cents > 0 for cents in steps.values()), steps
