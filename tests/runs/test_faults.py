"""The declared faults of earlier versions: each touches the inputs that it could touch, and no
others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner import __version__
from planner.case import read_case
from planner.plan.tables import PLAN_TABLE
from planner.runs.faults import FAULTS, known_in, touched, version_key
from planner.runs.touches import Evidence
from tests.helpers import write_case
from tests.model import small
from tests.model.test_equations import TRAIN, run

PLAN = {"status": "optimal", "horizon": {"first": "2027", "last": "2030"}}


def blank(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = PLAN_TABLE[name].columns
    return pd.DataFrame(
        {
            c.name: pd.Series(
                [row.get(c.name, float("nan") if c.type == "number" else "") for row in rows],
                dtype="float64" if c.type == "number" else "object",
            )
            for c in columns
        }
    )


def evidence(
    folder: Path,
    plan: dict[str, Any] | None = None,
    rows: dict[str, list[dict[str, Any]]] | None = None,
    **changes: Any,
) -> Evidence:
    """A run of the small case, with other tables and settings, and with rows of its plan."""
    made = changes.pop("settings", {})
    write_case(folder / "inputs", small.tables(**changes), small.settings(**made))
    case = read_case(folder / "inputs")
    found = rows or {}
    return Evidence(folder, plan or PLAN, case, lambda name: blank(name, found.get(name, [])))


def ids(found: Evidence, version: str = "0.1.0") -> set[str]:
    return {one.fault.id for one in touched(version, found)[0]}


def test_the_small_case_is_touched_by_nothing_it_does_not_have(tmp_path: Path) -> None:
    assert ids(evidence(tmp_path)) == set()


def test_a_share_of_all_is_touched(tmp_path: Path) -> None:
    limit = {"limit": "most", "scope": "vendor", "member": "va", "measure": "spend"}
    found = evidence(tmp_path, limits=[{**limit, "max_share": 1}])
    assert ids(found) == {"bounds-not-implied"}
    assert touched("0.1.0", found)[0][0].where == "limits.csv (a share of all): most"


def test_headroom_of_a_limited_site_is_touched(tmp_path: Path) -> None:
    assert ids(evidence(tmp_path, settings={"headroom": 0.1})) == {"headroom-not-a-share"}


def test_kept_chips_of_what_builds_on_another_are_touched(tmp_path: Path) -> None:
    runs = [run(), run(milestone="m2", after="m1"), run(milestone="m3", after="m1", min_chips=2)]
    found = evidence(tmp_path, training=TRAIN, milestones=runs)
    assert ids(found) == {"kept-chips-count"}
    assert touched("0.1.0", found)[0][0].where == "milestones.csv (min_chips and after): m3"


def test_an_energy_price_below_zero_is_touched(tmp_path: Path) -> None:
    assert ids(evidence(tmp_path, sites=[small.site(usd_per_mwh=-5)])) == {"negative-energy-price"}


@pytest.mark.slow
def test_a_deposit_of_an_order_in_flight_is_touched_where_it_is_discounted(
    tmp_path: Path,
) -> None:
    order = {"order": "o1", "chip": "a", "site": "home", "arrives": "2027", "chips": 1}
    order |= {"usd_per_chip": 10, "paid_share": 0.5}
    discounted = {"discount_rate": 0.1, "residual": "annuity"}
    one = evidence(tmp_path / "1", orders=[order], settings=discounted)
    assert ids(one) == {"deposit-forgotten"}
    none = {**discounted, "residual": "none"}
    assert ids(evidence(tmp_path / "2", orders=[order], settings=none)) == set()


@pytest.mark.slow
def test_what_the_tables_of_the_plan_tell(tmp_path: Path) -> None:
    line = {"line_id": "x", "status": "new", "action": "rent", "chips": 3.94, "chips_rounded": 0.0}
    assert ids(evidence(tmp_path / "1", rows={"buy_plan": [line]})) == {"rentals-rounded-down"}
    price = {"offer": "od", "kind": "on_demand", "reduced_cost_usd": 0.0}
    assert ids(evidence(tmp_path / "2", rows={"prices": [price]})) == {"reduced-cost-of-rentals"}
    keep = {"line_id": "x", "status": "existing", "action": "keep", "leaves_period": "2031"}
    assert ids(evidence(tmp_path / "3", rows={"buy_plan": [keep]})) == {"leaves-at-the-horizon"}
    order = {"line_id": "x", "status": "new", "action": "buy", "leaves_period": "2030"}
    assert ids(evidence(tmp_path / "4", rows={"buy_plan": [order]})) == {"earliest-of-equals"}


def test_what_the_reader_of_today_warns_of_is_touched(tmp_path: Path) -> None:
    rows = [*small.power(), {"site": "home", "period": 2035, "mw": 1}]
    found = evidence(tmp_path, power=rows)
    assert ids(found) == {"periods-outside-the-plan"}
    assert "2035" in touched("0.1.0", found)[0][0].where


@pytest.mark.slow
def test_a_project_and_a_contract_to_cancel(tmp_path: Path) -> None:
    project = {"project": "p", "site": "home", "mw_max": 1, "lead_periods": 0, "usd_per_mw": 1}
    project |= {"life_years": 5, "liquid_share": 0.5}
    power = small.power(liquid_mw=1)
    found = evidence(tmp_path / "1", power_projects=[project], power=power)
    assert ids(found) == {"worth-of-power-projects"}
    line = {"line_id": "x", "status": "new", "action": "rent", "cancellable_until": "2027-01-01"}
    assert ids(evidence(tmp_path / "2", rows={"buy_plan": [line]})) == {"cancellable-until"}


def test_dots_in_a_file_of_semicolons_are_touched(tmp_path: Path) -> None:
    found = evidence(tmp_path)
    (tmp_path / "inputs" / "budgets.csv").write_text("period;limit_usd\n2027;40.000\n")
    assert ids(found) == {"dots-as-decimals"}


def test_inputs_that_are_refused_today_are_touched(tmp_path: Path) -> None:
    found = evidence(tmp_path)
    assert ids(Evidence(found.folder, PLAN, None, found.table)) == {"inputs-read-too-kindly"}


def test_a_workbook_is_touched(tmp_path: Path) -> None:
    found = evidence(tmp_path)
    (tmp_path / "inputs" / "case.xlsx").write_bytes(b"")
    assert ids(found) == {"error-cells-as-blanks"}


def test_a_case_without_a_plan_is_touched_by_rows_of_wide_tables(tmp_path: Path) -> None:
    found = evidence(tmp_path, {**PLAN, "status": "infeasible"})
    assert ids(found) == set()
    (tmp_path / "inputs" / "demand.csv").write_text("workload,measure,2027,2028\n")
    assert ids(Evidence(tmp_path, found.plan, found.case, found.table)) == {"rows-of-wide-tables"}


def test_this_version_has_none_of_them() -> None:
    assert known_in(__version__) == ()
    assert len(known_in("0.1.0")) == len(FAULTS) == len({fault.id for fault in FAULTS})
    assert version_key("0.10.1") > version_key("0.9") > version_key("0.2.0") > version_key("0.1")


def test_a_fault_without_a_trace_is_told_as_such(tmp_path: Path) -> None:
    unknown = touched("0.1.0", evidence(tmp_path))[1]
    assert [fault.id for fault in unknown] == ["files-forgotten"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_every_fault_says_since_when(fault: Any) -> None:
    assert version_key(fault.since) < version_key(fault.until) <= version_key(__version__)
    assert (fault.wrong and fault.wrong[0].islower()) or fault.wrong[0].isdigit()
