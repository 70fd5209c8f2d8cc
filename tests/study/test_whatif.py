"""What-ifs on cases small enough for a pencil."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from planner.pipeline import run
from planner.runs.read import RunError
from planner.study.explain import Explanation, explain
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, site, tables, throughput


def asked(
    tmp_path: Path, case_tables: Mapping[str, Any], *what: str, **case_settings: Any
) -> Explanation:
    result = run(
        write_case(tmp_path / "case", case_tables, settings(**case_settings)), out=tmp_path / "out"
    )
    assert result.status == "optimal" and result.folder is not None
    return explain(result.folder, what)


def costs(found: Explanation) -> dict[str, float | str]:
    return {
        o["what"]: o["delta_usd"] if o["status"] == "optimal" else o["status"]
        for o in found.data["outcomes"]
    }


@pytest.mark.slow
def test_half_and_double_demand(tmp_path: Path) -> None:
    """5 and 20 chips instead of 10."""
    found = asked(tmp_path, tables(), "demand")
    assert costs(found) == {
        "demand is 0.5 times the forecast": pytest.approx(-500.0),
        "demand is 2 times the forecast": pytest.approx(1000.0),
    }


@pytest.mark.slow
def test_throughput_until_it_breaks(tmp_path: Path) -> None:
    """10 kW of power for 10 chips of 1 kW at half their speed do the 10 Mtok with 20: power for 16
    chips lasts down to 62.5 %."""
    found = asked(tmp_path, tables(power=power(mw=0.016)), "throughput")
    assert costs(found)[
        "20% less throughput" if "20% less throughput" in costs(found) else "20 % less throughput"
    ] == pytest.approx(250.0)
    assert 62.5 <= float(found.headline.split("down to ")[1].split(" %")[0]) <= 63.6


@pytest.mark.slow
def test_throughput_of_one_chip(tmp_path: Path) -> None:
    """Chip b, as good as a and cheaper, does all; 10 % slower it costs 90 / 0.9 = 100 for the same
    work, which is the price of a."""
    found = asked(
        tmp_path,
        tables(
            chips=[chip(), chip("b")],
            offers=[offer(usd_per_chip=100), offer("other", "b", usd_per_chip=90)],
            throughput=throughput("a", "b"),
        ),
        "throughput",
        "b",
    )
    assert list(costs(found).values()) == [pytest.approx(100.0)] * 3


def test_capex_frozen(tmp_path: Path) -> None:
    """800 USD a year buy 8 of the 10 chips in 2025; the other 2 Mtok of 2025 are leased at 150, and
    in 2026 two chips are bought for 200."""
    offers = [
        offer(usd_per_chip=100),
        offer("lease", kind="lease", usd_per_chip=150, term_periods=1),
    ]
    found = asked(tmp_path, tables(offers=offers), "capex", "800")
    assert list(costs(found).values()) == [pytest.approx(2 * 150.0)]


@pytest.mark.slow
def test_slips(tmp_path: Path) -> None:
    """A chip a year late can serve 2026 only: 2025 goes unserved at 30 USD per Mtok. A year later
    with power: the same."""
    short = [
        {"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 30}
    ]
    case = tables(workloads=short, offers=[offer(usd_per_chip=20)])
    assert costs(asked(tmp_path / "a", case, "slip", "chip", "a", "1")) == {
        "chip a slips by 1 period, known now": pytest.approx(300.0)
    }
    grows = [
        {"site": "home", "period": 2025, "mw": 0.005},
        {"site": "home", "period": 2026, "mw": 0.01},
    ]
    # 5 served in 2025 and 10 in 2026: 200 + 150; a year later only 5 in both: 100 + 150 + 150
    assert costs(
        asked(
            tmp_path / "b",
            case | {"power": grows and [{k: str(v) for k, v in row.items()} for row in grows]},
            "slip",
            "site",
            "home",
            "1",
        )
    ) == {
        "site home slips by 1 period, known now": pytest.approx(50.0),
        "learnt only in 2026, what is ordered before kept": pytest.approx(50.0),
    }


def test_a_slip_that_nobody_told_of_costs_more(tmp_path: Path) -> None:
    """Chips at 20 USD come a year after their order, and a Mtok that is not served costs 30.  For
    2026, when power grows from 5 to 10 kW, ten are ordered; five would do in 2027.  Power a year
    late and known: five are ordered, and 5 Mtok of 2026 not served, 150 - 100 USD more.  Learnt in
    2026: all ten are paid, 150 USD more."""
    case = tables(
        periods=3,
        workloads=[
            {"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 30}
        ],
        offers=[offer(usd_per_chip=20, lead_periods=1)],
        power=[
            {"site": "home", "period": 2025 + t, "mw": mw}
            for t, mw in enumerate((0.005, 0.01, 0.01))
        ],
        demand=demand(10, 10, 5),
    )
    found = asked(tmp_path, case, "slip", "site", "home", "1", periods=3)
    assert costs(found) == {
        "site home slips by 1 period, known now": pytest.approx(50.0),
        "learnt only in 2026, what is ordered before kept": pytest.approx(150.0),
    }
    assert found.headline.startswith(
        "If site home slips by 1 period and that is known now, the plan costs 50.00 USD more"
    )
    assert (
        "; learnt only in 2026, with all that is ordered before kept, the plan costs 150.00 USD "
        "more" in found.headline
    )


@pytest.mark.slow
def test_buy_or_rent(tmp_path: Path) -> None:
    """Ten chips for one year: renting at 60 is cheaper than buying at 100; without rentals 1,000
    instead of 600."""
    case = tables(
        sites=[site(), site("cloud", "cloud")],
        offers=[
            offer(usd_per_chip=100),
            offer("rent", site="cloud", kind="on_demand", usd_per_chip_hour=repr(60 / 8760.0)),
        ],
        demand=demand(10, 0),
    )
    found = asked(tmp_path, case, "rent")
    assert costs(found) == {
        "nothing is rented by the hour": pytest.approx(400.0),
        "nothing is rented or reserved": pytest.approx(400.0),
        "nothing is bought": pytest.approx(0.0, abs=1e-6),
    }


@pytest.mark.slow
def test_idle_and_stranded(tmp_path: Path) -> None:
    """Twenty chips for 10 Mtok with power for twelve: eight are dark, and two of the twelve idle
    (or a sixth of all their time)."""
    fleet = [{"chip": "a", "site": "home", "in_service": 2024, "chips": 20, "owner": "us"}]
    found = asked(tmp_path, tables(fleet=fleet, power=power(mw=0.012)), "idle")
    assert [
        row["chips"] if "chips" in row else row["stranded"] for row in found.data["stranded"]
    ] and "held without power" in found.headline


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "what",
    [
        ("demand", "much"),
        ("demand", "-1"),
        ("capex",),
        ("capex", "lots"),
        ("slip", "chip", "a"),
        ("slip", "chip", "z", "1"),
        ("throughput", "z"),
    ],
)
def test_questions_that_cannot_be_asked(what: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(RunError):
        asked(tmp_path, tables(), *what)
