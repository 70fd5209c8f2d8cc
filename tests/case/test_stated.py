"""Whole things that a case states: each of them alone makes its plans whole, and nothing else
does; the second resolution says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import assume, given

from planner.audit.resolution import check_inputs
from planner.case import read_case
from planner.case.case import Case
from planner.case.stated import STATED
from planner.case.variants import read_base, read_variant
from planner.model import formulate
from tests.helpers import write_case
from tests.model.small import chip, offer, power, settings, site, tables, throughput
from tests.properties.drawn import FEW, read
from tests.strategies import cases

HALL: Final = {
    "project": "hall",
    "site": "home",
    "mw_max": 1,
    "lead_periods": 0,
    "usd_per_mw": 1,
    "life_years": 5,
    "source": "assumption",
    "as_of": "2026-10-01",
}
RUN: Final = {"milestone": "run", "flop": 1e20, "class": "dense", "deadline": 2026}
TRAINING: Final = [
    {"class": "dense", "chip": c, "precision": "bf16", "mfu": 1, "goodput": 1}
    | {"source": "assumption", "as_of": "2026-10-01"}
    for c in ("a", "b")
]
PLACES: Final[dict[str, Any]] = {
    "chips": [chip(), chip("b")],
    "sites": [site(), site("away")],
    "power": power(["home", "away"]),
    "training": TRAINING,
}
LOT: Final = {"chip": "a", "site": "home", "chips": 6, "lot_size": 2, "retire_early": "yes"}
SPREAD: Final = {"split_efficiency": 0.9, "single_site": "no", "single_chip": "no"}

SAID: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("chips", "lot_size"): {"chips": [chip(lot_size=2)], "offers": [offer(usd_per_chip=1)]},
    ("offers", "lot_size"): {"offers": [offer(usd_per_chip=1, lot_size=2)]},
    ("fleet", "lot_size"): {"fleet": [LOT | {"in_service": 2024}]},
    ("orders", "lot_size"): {
        "orders": [LOT | {"order": "o", "arrives": 2025, "usd_per_chip": 9, "paid_share": 1}]
    },
    ("offers", "min_order"): {"offers": [offer(usd_per_chip=1, min_order=5)]},
    ("offers", "max_orders"): {"offers": [offer(usd_per_chip=1, max_orders=3)]},
    ("offers", "usd_per_order"): {"offers": [offer(usd_per_chip=1, usd_per_order=3)]},
    ("offer_steps", "usd_per_chip"): {
        "offer_steps": [
            {"offer": "buy", "from_chips": 5, "usd_per_chip": 90, "counts": "order", "on": "all"}
            | {"source": "assumption", "as_of": "2026-10-01"}
        ]
    },
    ("power_projects", "lot_mw"): {"power_projects": [HALL | {"lot_mw": 0.5}]},
    ("power_projects", "usd_to_open"): {"power_projects": [HALL | {"usd_to_open": 9}]},
    ("power_projects", "after"): {
        "power_projects": [HALL, HALL | {"project": "annex", "after": "hall"}]
    },
    ("sites", "usd_to_open"): {"sites": [site(usd_to_open=9)]},
    ("site_contracts", "extend_by"): {
        "site_contracts": [
            {"contract": "hall", "site": "home", "kw": 20, "from": 2024, "to": 2025}
            | {"usd_per_kw_month": 9, "extend_by": 2025, "extend_periods": 1}
        ]
    },
    ("milestones", "sites"): PLACES
    | {"milestones": [RUN | SPREAD | {"single_site": "yes", "chips": "a"}]},
    ("milestones", "chips"): PLACES
    | {"milestones": [RUN | SPREAD | {"single_chip": "yes", "sites": "home"}]},
    ("throughput", "chips_per_replica"): {
        "throughput": [row | {"chips_per_replica": 2} for row in throughput()]
    },
}
PLAIN: Final[dict[str, dict[str, Any]]] = {
    "nothing": {},
    "racks of one": {"chips": [chip(lot_size=1)], "offers": [offer(usd_per_chip=1, lot_size=1)]},
    "no least order": {"offers": [offer(usd_per_chip=1, min_order=0, usd_per_order=0)]},
    "a hall": {"power_projects": [HALL]},
    "from when a site can open": {"sites": [site(opens="2026")]},
    "a run with one place": PLACES | {"milestones": [RUN | {"chips": "a", "sites": "home"}]},
    "a run that may spread": PLACES | {"milestones": [RUN | SPREAD]},
}


def case_of(folder: Path, changes: dict[str, Any], **said: Any) -> Case:
    """The case of the tables changed so; both resolutions say the same of it."""
    path = write_case(folder, tables(**changes), settings(**said))
    case = read_case(path)
    assert [check for check in check_inputs(case, path) if not check.passed] == []
    return case


def test_all_that_is_stated_is_tried() -> None:
    assert [(one.table, one.column) for one in STATED] == list(SAID)


@pytest.mark.parametrize("said", SAID, ids=".".join)
def test_what_is_stated_makes_plans_whole(tmp_path: Path, said: tuple[str, str]) -> None:
    case = case_of(tmp_path / "open", SAID[said])
    assert case.whole and len(formulate(case).program.integer)
    case = case_of(tmp_path / "no", SAID[said], whole="no")
    assert not case.whole and not len(formulate(case).program.integer)


@pytest.mark.parametrize("plain", PLAIN)
def test_nothing_stated_is_a_linear_program(tmp_path: Path, plain: str) -> None:
    assert not case_of(tmp_path / "open", PLAIN[plain]).whole
    whole = case_of(tmp_path / "yes", PLAIN[plain], whole="yes")
    assert whole.whole and not len(formulate(whole).program.integer)


def test_a_variant_that_states_something_is_whole(tmp_path: Path) -> None:
    """Also where only the figures of a table change that no other default is made of."""
    change = "throughput.m.f.a.chips_per_replica=4"
    path = write_case(tmp_path / "case", tables(), settings())
    assert not read_base(path).case.whole
    assert read_variant(read_base(path), [change]).whole and read_case(path, [change]).whole
    path = write_case(tmp_path / "said", tables(), settings(whole="no"))
    assert not read_variant(read_base(path), [change]).whole


@FEW
@given(cases())
def test_whatever_is_counted_is_stated(drawn: Any) -> None:
    """Random cases that state nothing have no count, were they said to be whole."""
    rows, said = drawn
    case = read(rows, said | {"whole": "yes"})
    assume(not any(one.rows(case.tables).any() for one in STATED))
    assert not len(formulate(case).program.integer)
