"""Tokens bought from a provider: called instead of served, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.audit import audit
from planner.case import CaseError
from planner.pipeline import run
from planner.runs.read import RunError
from planner.study.explain import explain
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, settings, site, solved, tables
from tests.model.wayout import way_out

WORK: dict[str, Any] = {"workload": "w", "kind": "online", "model": "m", "tier": "f"}
LEAVES: dict[str, Any] = WORK | {"may_leave_house": "yes"}


def sold(name: str = "api", usd: float = 40, **cells: Any) -> dict[str, Any]:
    """Output tokens at so many USD a million."""
    return {
        "token_offer": name,
        "provider": "maker",
        "usd_per_mtok_output": usd,
        "source": "assumption",
        "as_of": "2026-10-01",
    } | cells


def cost(folder: Path, *offers: dict[str, Any], **changes: Any) -> float:
    """10 Mtok a year for two years; a chip of 100 USD serves one of them a year."""
    case = tables(**{"workloads": [LEAVES], "token_offers": list(offers)} | changes)
    return solved(folder, case, settings())[1].objective


def test_it_is_called_where_that_is_cheaper_by_hand(tmp_path: Path) -> None:
    """Two years of a million tokens: a chip for 100 USD, or twice 40 USD at the provider."""
    assert cost(tmp_path, sold(usd=40)) == pytest.approx(800)
    assert cost(tmp_path, sold(usd=50)) == pytest.approx(1000)
    assert cost(tmp_path, sold(usd=51)) == pytest.approx(1000)


def test_a_most_leaves_the_rest_to_chips_by_hand(tmp_path: Path) -> None:
    """Four of ten Mtok a year are called for 40 USD each, six chips serve the others."""
    assert cost(tmp_path, sold(max_mtok=4)) == pytest.approx(2 * 4 * 40 + 6 * 100)


def test_only_what_may_leave_the_house_is_called(tmp_path: Path) -> None:
    assert cost(tmp_path, sold(), workloads=[WORK]) == pytest.approx(1000)


def test_input_and_cached_tokens_are_paid_with_the_output_by_hand(tmp_path: Path) -> None:
    """10 Mtok out at 10 USD, 20 in at 2 USD, 30 cached: at the input price, or at 0.5 USD."""
    asked = [row | {"input_mtok": 20, "cached_mtok": 30} for row in demand(10, 10)]
    priced = sold(usd=10, usd_per_mtok_input=2)
    own: dict[str, Any] = {"demand": asked}
    assert cost(tmp_path / "b", priced, **own) == pytest.approx(2 * (100 + 40 + 60))
    cached = priced | {"usd_per_mtok_cached": 0.5}
    assert cost(tmp_path / "c", cached, **own) == pytest.approx(2 * (100 + 40 + 15))


def test_prices_by_period_by_hand(tmp_path: Path) -> None:
    """40 USD in 2025 and 20 USD in 2026; a period without a row has the offer's."""
    row = {"token_offer": "api", "period": 2026, "usd_per_mtok_output": 20}
    assert cost(tmp_path, sold(), token_prices=[row]) == pytest.approx(400 + 200)


def test_a_least_spend_is_paid_or_used_by_hand(tmp_path: Path) -> None:
    """At 60 USD nobody would call: 300 USD a year are paid all the same, so five Mtok are called
    for them, and five chips serve the rest."""
    dear = sold(usd=60, min_usd=300)
    assert cost(tmp_path / "a", dear) == pytest.approx(2 * 300 + 5 * 100)
    # a fifth of what is missing is cheaper than calling
    assert cost(tmp_path / "b", dear | {"missed_usd_per_usd": 0.1}) == pytest.approx(1000 + 60)
    # only in its periods; a chip less in 2025 would be one too few in 2026
    late = dear | {"first_period": 2026}
    assert cost(tmp_path / "c", late) == pytest.approx(1300)


def test_batch_work_is_called_when_it_is_cheapest_by_hand(tmp_path: Path) -> None:
    """20 Mtok within two years: all in 2026, for 20 USD."""
    batch = LEAVES | {"kind": "batch", "window_periods": 2}
    row = {"token_offer": "api", "period": 2026, "usd_per_mtok_output": 20}
    assert cost(tmp_path, sold(), workloads=[batch], token_prices=[row]) == pytest.approx(400)


@pytest.mark.slow
def test_a_plan_that_calls_batch_work_is_proven(tmp_path: Path) -> None:
    batch = LEAVES | {"kind": "batch", "window_periods": 2}
    case = tables(workloads=[batch], token_offers=[sold()])
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.status == "optimal", result.message


def test_regions_tiers_models_and_rules_by_hand(tmp_path: Path) -> None:
    """Where the provider may not serve all of it, chips do, for 1,000 USD."""
    at_home = [LEAVES | {"regions": "r"}]
    one = {"workloads": at_home}
    assert cost(tmp_path / "a", sold(), **one) == pytest.approx(1000)  # anywhere: not only in r
    assert cost(tmp_path / "b", sold(regions="r"), **one) == pytest.approx(800)
    assert cost(tmp_path / "c", sold(regions="r;elsewhere"), **one) == pytest.approx(1000)
    assert cost(tmp_path / "d", sold(tiers="slow")) == pytest.approx(1000)
    assert cost(tmp_path / "e", sold(models="m;n", tiers="f")) == pytest.approx(800)
    rule = {"country": "US", "workload": "w", "reason": "law", "from": 2026}
    half = {"rules": [rule | {"site": ""}]}
    cloudy = {"sites": [site(), site("sky", "cloud", country="US")]}
    assert cost(tmp_path / "f", sold(countries="DE"), **cloudy) == pytest.approx(800)
    # anywhere may be in the US: from 2026 on neither chips there nor the provider
    with pytest.raises(CaseError):
        cost(tmp_path / "g", sold(), **half)


def test_a_case_without_chips_for_a_workload_calls_all_of_it(tmp_path: Path) -> None:
    none: dict[str, Any] = {"throughput": None, "offers": [offer(usd_per_chip=100)]}
    assert cost(tmp_path, sold(), **none) == pytest.approx(800)


def test_what_is_called_goes_on_after_the_loss_of_a_site_by_hand(tmp_path: Path) -> None:
    """Half must survive: without calls 5 chips at each of two sites, or all ten called."""
    work = [LEAVES | {"survive_site_loss": 1}]
    two = {
        "sites": [site(), site("away")],
        "power": [
            {"site": s, "period": 2025 + t, "mw": 1} for s in ("home", "away") for t in range(2)
        ],
        "offers": [offer(site="home;away", usd_per_chip=100)],
    }
    assert cost(tmp_path / "a", sold(usd=90), workloads=work, **two) == pytest.approx(1800)
    assert cost(tmp_path / "b", sold(usd=110), workloads=work, **two) == pytest.approx(2000)
    half = {"workloads": [LEAVES | {"survive_site_loss": 0.5}]}
    assert cost(tmp_path / "c", sold(usd=40), **half, **two) == pytest.approx(800)


@pytest.mark.slow
def test_the_plan_tells_and_checks_it(tmp_path: Path) -> None:
    case = tables(
        workloads=[LEAVES | {"owner": "team", "usd_per_mtok": 90}],
        token_offers=[sold(max_mtok=4, min_usd=1), sold("dear", 300, min_usd=50)],
    )
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    written = pd.read_csv(result.folder / "tokens.csv", dtype={"period": str})
    mine = written[written["token_offer"] == "api"]
    assert mine["mtok"].tolist() == [4, 4]
    assert mine["usd"].tolist() == [160, 160]
    limit = pd.read_csv(result.folder / "token_offers.csv", dtype={"period": str})
    assert limit["used"].tolist() == [4, 4] and limit["free"].abs().max() < 1e-9
    assert limit["worth_usd_per_Mtok"].sum() == pytest.approx(100 - 80)
    costs = pd.read_csv(result.folder / "costs.csv")
    assert costs.loc[costs["term"] == "tokens", "nominal_usd"].sum() == pytest.approx(420)
    unit = pd.read_csv(result.folder / "unit_costs.csv").set_index("name")
    assert unit.loc["w", "volume"] == 20 and unit.loc["idle", "cost_usd"] == 0
    showback = pd.read_csv(result.folder / "showback.csv")
    assert showback["mtok"].sum() == 20
    economics = pd.read_csv(result.folder / "economics.csv").set_index("name")
    assert economics.loc["w", "mtok"] == 20
    names = {check.name for check in audit(result.folder).checks}
    assert {"tokens.allowed", "tokens.usd", "token_offers.max_mtok", "token_offers.rows"} <= names


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "check"),
    [
        ("tokens.csv", ",160.00", ",150.00", "tokens.usd"),
        ("inputs/token_offers.csv", ",4", ",3", "token_offers.max_mtok"),
        ("inputs/workloads.csv", "yes", "no", "tokens.allowed"),
        ("inputs/token_offers.csv", "maker", "other", "tokens.provider"),
    ],
)
def test_a_wrong_plan_does_not_hold(
    tmp_path: Path, file: str, old: str, new: str, check: str
) -> None:
    case = tables(workloads=[LEAVES], token_offers=[sold(max_mtok=4)])
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.folder is not None
    path = result.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert check in {failed.name for failed in audit(result.folder).failed}


@pytest.mark.slow
def test_a_conflict_names_the_tokens_and_its_repair_works(tmp_path: Path) -> None:
    offers = [sold(max_mtok=4)]
    case = tables(workloads=[LEAVES], token_offers=offers, throughput=None, chips=[chip()])
    folder = write_case(tmp_path / "case", case, settings())
    named, cell = "tokens of maker by api: at most 4 Mtok in a period", "token_offers.api.max_mtok="
    mine, answer = way_out(folder, tmp_path, named, cell)
    assert mine == ["token_offers.api.max_mtok=10"]
    assert answer.objective == pytest.approx(800)


@pytest.mark.slow
def test_buy_rent_or_call_and_the_break_even_volume_by_hand(tmp_path: Path) -> None:
    """Five chips are there: up to half of the demand they serve it for nothing; beyond, a Mtok in
    each of two years costs 80 USD called and 100 USD on a chip.  So at ten times the share of
    five chips most is called: the half is at exactly the demand."""
    fleet = [{"chip": "a", "site": "home", "in_service": 2024, "chips": 5}]
    case = tables(workloads=[LEAVES], token_offers=[sold()], fleet=fleet)
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path)
    assert result.folder is not None
    told = explain(result.folder, ["tokens", "w"])
    assert told.data["served_mtok"] == pytest.approx(
        {"on own chips": 10, "on rented chips": 0, "by providers": 10}
    )
    none, all_ = told.data["steps"]
    assert none["delta_usd"] == pytest.approx(500 - 400)
    assert all_["delta_usd"] == pytest.approx(800 - 400)
    shares = {row["factor"]: row["called_share"] for row in told.data["volumes"]}
    assert shares == pytest.approx({0.1: 0, 0.25: 0, 0.5: 0, 1: 0.5, 2: 0.75, 4: 0.875})
    (crossing,) = told.data["break_even"]
    assert crossing["beyond"] == "called beyond"
    assert 20 <= crossing["mtok"] <= 20 * 1.02
    with pytest.raises(RunError, match="may be called from no provider"):
        explain(run(_closed(tmp_path), out=tmp_path).folder or tmp_path, ["tokens", "w"])


def _closed(folder: Path) -> Path:
    return write_case(folder / "closed", tables(), settings())
