"""Differences and bridges, by hand on cases small enough for a pencil, and their sums on random
pairs of cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from planner.case.problems import CaseError
from planner.cli import main
from planner.pipeline import run
from planner.study.bridge import ORDERS, attribute
from planner.study.diff import Difference, compare
from tests.helpers import write_case
from tests.model.small import demand, offer, power, settings, tables
from tests.properties.drawn import written
from tests.strategies import cases

pytestmark = pytest.mark.drawn


def planned(
    folder: Path, case_tables: Mapping[str, Any], case_settings: Mapping[str, Any], *overrides: str
) -> Path:
    result = run(
        write_case(folder / "case", case_tables, case_settings),
        out=folder / "out",
        overrides=overrides,
    )
    assert result.status == "optimal" and result.folder is not None
    return result.folder


def steps(difference: Difference) -> dict[str, float]:
    return dict(difference.bridge.steps_usd)


@pytest.mark.slow
def test_one_group_alone_has_all_of_it(tmp_path: Path) -> None:
    """Ten chips at 110 instead of 100."""
    found = compare(
        planned(tmp_path / "a", tables(), settings()),
        planned(tmp_path / "b", tables(offers=[offer(usd_per_chip=110)]), settings()),
    )
    assert steps(found) == {"prices": 100.0}
    assert found.inputs.to_dict("records") == [
        {"table": "offers", "row": "buy", "column": "usd_per_chip", "old": "100", "new": "110"}
    ]
    assert (
        found.decisions.empty
        and found.headline
        == "Cost from 1,000.00 USD to 1,100 USD: +100.00 USD (+10 %), mostly prices (+100.00 "
        "USD); 0 decisions changed."
    ) or "prices" in found.headline


@pytest.mark.slow
def test_two_groups_share_what_they_do_together(tmp_path: Path) -> None:
    """10 -> 20 chips and 100 -> 110 USD: 1,000 -> 2,200. Demand alone +1,000 or (after prices)
    +1,100; prices alone +100 or +200."""
    found = compare(
        planned(tmp_path / "a", tables(), settings()),
        planned(
            tmp_path / "b",
            tables(offers=[offer(usd_per_chip=110)], demand=demand(20, 20)),
            settings(),
        ),
    )
    assert steps(found) == {"demand": 1050.0, "prices": 150.0}
    line = found.decisions.iloc[0]
    assert (line["line_id"], line["what"]) == ("buy@home@2025", "+10 (10 -> 20)")
    assert "offers.usd_per_chip of buy" in line["reason"]


@pytest.mark.slow
def test_nothing_changed(tmp_path: Path) -> None:
    one = planned(tmp_path / "a", tables(), settings())
    found = compare(one, one)
    assert found.empty and found.headline.startswith("Nothing changed")


@pytest.mark.slow
def test_a_quarter_later(tmp_path: Path) -> None:
    """The same forecast a year on, by hand: 2025 is over, 2027 is new, and the ten chips of 2025
    were forgotten."""
    one = planned(tmp_path / "a", tables(demand=demand(10, 20)), settings())
    later = [
        {"workload": "w", "period": 2026, "output_mtok": 20},
        {"workload": "w", "period": 2027, "output_mtok": 30},
    ]
    two = planned(
        tmp_path / "b",
        tables(
            demand=later, power=[{"site": "home", "period": 2026 + t, "mw": 1} for t in range(2)]
        ),
        settings(start="2026"),
    )
    found = compare(one, two)
    # ten chips in 2025, and ten more in 2026; all twenty in 2026, as none are held; thirty in 2027
    assert steps(found) == {
        "2025 has passed": pytest.approx(-1000.0),
        "what really happened": pytest.approx(1000.0),
        "new periods at the end": pytest.approx(1000.0),
    }


@pytest.mark.slow
def test_groups_that_cannot_be_told_apart(tmp_path: Path) -> None:
    """Demand for a workload whose chip has no power yet: neither without the other has a plan."""
    one = planned(tmp_path / "a", tables(power=power(mw=0.01)), settings())
    two = planned(tmp_path / "b", tables(power=power(mw=0.02), demand=demand(20, 20)), settings())
    found = compare(one, two)
    assert (
        steps(found) == {"demand + power": 1000.0} and "cannot be told apart" in found.bridge.note
    )


@pytest.mark.parametrize("n", [1, 3, 5, 8])
def test_shares_sum_for_any_costs(n: int) -> None:
    """Shapley values of any function of subsets sum to its whole, also where orders are sampled."""
    random = np.random.default_rng(n)
    groups = [frozenset({f"g{i}"}) for i in range(n)]
    costs: dict[frozenset[str], float] = {}

    def value(taken: frozenset[str]) -> float | None:
        return costs.setdefault(taken, float(random.normal()))

    joined, shares, sampled = attribute(groups, value)
    assert joined == groups and sampled == (0 if n <= 6 else ORDERS)
    assert sum(shares.values()) == pytest.approx(
        costs[frozenset().union(*groups)] - costs[frozenset()]
    )


def test_shares_of_additive_costs_are_their_own() -> None:
    groups = [frozenset({name}) for name in "abcdefgh"]
    _, shares, _ = attribute(groups, lambda taken: float(sum(ord(name) for name in taken)))
    assert all(shares[group] == pytest.approx(ord(*group)) for group in groups)


CHANGES = {
    "prices": lambda case: {
        "offers": [
            {**row, "usd_per_chip": repr(1.25 * float(row["usd_per_chip"]))}
            if row.get("usd_per_chip")
            else row
            for row in case["offers"]
        ]
    },
    "demand": lambda case: {
        "demand": [
            {
                **row,
                **{k: repr(0.75 * float(row[k])) for k in ("output_mtok", "flop") if row.get(k)},
            }
            for row in case["demand"]
        ]
    },
    "power": lambda case: {
        "power": [{**row, "mw": repr(1.5 * float(row["mw"]))} for row in case["power"]]
    },
}


@pytest.mark.full
@given(cases(), st.sets(st.sampled_from(sorted(CHANGES)), min_size=1))
@hypothesis_settings(max_examples=15, deadline=None, derandomize=True)
def test_bridges_of_random_pairs_sum_to_the_cent(
    tmp_path_factory: pytest.TempPathFactory, drawn: Any, changed: set[str]
) -> None:
    case_tables, case_settings = drawn
    other = dict(case_tables)
    for name in changed:
        try:
            other |= CHANGES[name](other)
        except KeyError:
            assume(False)
    out = tmp_path_factory.mktemp("pair")
    folders = []
    for tables_, name in ((case_tables, "a"), (other, "b")):
        with written(tables_, case_settings) as folder:
            try:
                result = run(folder, out=out / name)
            except CaseError:
                assume(False)
        assume(result.status == "optimal")
        folders.append(result.folder)
    found = compare(*folders)
    total = round(found.after_usd * 100) - round(found.before_usd * 100)
    assert sum(cents for _, cents in found.bridge.steps) == total
    names = {part for name, _ in found.bridge.steps for part in name.split(" + ")}
    assert names <= changed
    if len(changed) == 1 and names:
        assert len(found.bridge.steps) == 1


@pytest.mark.slow
def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_case(tmp_path / "case", tables(), settings())
    assert main(["run", "case", "--quiet"]) == 0
    assert main(["diff"]) == 2 and "there is no other run" in capsys.readouterr().err
    assert main(["run", "case", "--quiet", "--set", "offers.buy.usd_per_chip=110"]) == 0
    second = capsys.readouterr().out.strip()  # a what-if: no bare command takes it
    assert main(["diff", "--json"]) == 2 and "no other run" in capsys.readouterr().err
    assert main(["diff", second, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (
        document["bridge"] == [{"inputs": "prices", "usd": 100.0}]
        and document["after_usd"] == 1100.0
    )
    assert main(["diff", second, "--exit-code"]) == 8
    assert main(["diff", second, "--md"]) == 0
    assert "| prices | +100.00 |" in capsys.readouterr().out
    assert main(["report", second, "--vs", "case"]) == 0
    page = Path(capsys.readouterr().out.strip()).read_text(encoding="utf-8")
    assert "Change of cost by cause" in page and "Inputs changed" in page
    assert main(["verify", second]) == 0
    assert main(["diff", "a", "b", "c"]) == 2


@pytest.mark.slow
def test_a_run_without_a_plan_has_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_case(
        tmp_path / "case",
        tables(budgets=[{"period": "2025", "category": "capex", "usd_max": 2000}]),
        settings(),
    )
    assert main(["run", "case", "--quiet"]) == 0
    with_plan = capsys.readouterr().out.strip()
    assert main(["run", "case", "--quiet", "--set", "budgets.2025.capex.usd_max=500"]) == 4
    without = capsys.readouterr().out.strip()
    for pair in ((with_plan, without), (without, with_plan)):
        assert main(["diff", *pair]) == 2
        assert "has no plan to compare" in capsys.readouterr().err
    assert main(["explain", without, "rent"]) == 2
    assert (
        main(["explain", without, "infeasible"]) == 0 and "budget capex" in capsys.readouterr().out
    )
    assert main(["report", without]) == 0 and main(["verify", without]) == 0
    assert main(["approve", without, "--by", "me"]) == 7
