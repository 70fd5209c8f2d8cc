"""Every limit is declared once, and a forgotten place is loud."""

from __future__ import annotations

import dataclasses
import functools
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import planner.model
from planner.audit import audit
from planner.audit.coverage import check_coverage, states
from planner.case import read_case
from planner.case.tables import TABLE
from planner.diagnosis.items import tell
from planner.diagnosis.limits import list_limits
from planner.limits import BALANCES, BY_ROWS, LIMITS, undeclared
from planner.limits.limit import Limit, Worth
from planner.model import Formulation, formulate
from planner.model.draft import Draft
from planner.pipeline import run
from planner.plan.tables import PLAN_TABLE
from planner.report.limits_page import limits_page
from planner.study.explain import SUBJECTS
from tests.helpers import GOOD, YAML, changed, write_case
from tests.properties.drawn import FEW, SEVERAL, read
from tests.properties.drawn_ways import WAYS
from tests.properties.drawn_whole import KINDS
from tests.strategies import cases

ROOT = Path(__file__).parent.parent
INPUTS = ROOT / "inputs"
CASES = sorted(path.parent.name for path in INPUTS.glob("*/case.yaml"))
OPENING = (
    ("sites", 1, "opens", "2027Q2"),
    ("sites", 1, "usd_to_open", "1000000"),
    ("power_projects", 0, "usd_to_open", "1000000"),
    ("throughput", 1, "chips_per_replica", "8"),
    ("workloads", 0, "may_leave_house", "yes"),
    ("milestones", 1, "single_site", "yes"),
    ("offers", 0, "min_order", "72"),
    ("offers", 0, "max_orders", "2"),
    ("offers", 0, "usd_per_order", "1000"),
)
"""What opens, and is whole, in the tiny case; its second hall comes after the first."""
RAMP = {
    "ramp": "crew",
    "scope": "site",
    "member": "iowa",
    "counts": "arriving",
    "max_growth": "1",
    "seed": "100000",
    "before": "0",
}
SOLD = {
    "token_offer": "api",
    "provider": "maker",
    "usd_per_mtok_output": "1000",
    "usd_per_mtok_input": "1000",
    "regions": "europe",
    "max_mtok": "1",
    "source": "assumption",
    "as_of": "2026-11-01",
}
PLAN = {
    "commitment": "plan",
    "provider": "cloud",
    "offers": "rent",
    "discount": "0.3",
    "term_periods": "2",
    "max_usd_per_hour": "10",
    "source": "assumption",
    "as_of": "2026-11-01",
}
HALL = {
    "contract": "hall",
    "site": "iowa",
    "kw": "60000",
    "from": "2026Q1",
    "to": "2029Q4",
    "usd_per_kw_month": "100",
}
WAYS_MADE = {"growth": [RAMP], "token_offers": [SOLD], "site_contracts": [HALL]}
WAYS_MADE |= {"commitments": [PLAN]}
PAGE = ROOT / "planner" / "model" / "LIMITS.md"


@functools.cache
def formulated(name: str) -> Formulation:
    return formulate(read_case(INPUTS / name))


@functools.cache
def drawn() -> tuple[Formulation, ...]:
    """Fifty random cases, and a few of whole things, formulated."""
    found: list[Formulation] = []

    @SEVERAL
    @given(cases())
    def collect(example: object) -> None:
        found.append(formulate(read(*example)))  # type: ignore[misc]

    @FEW
    @given(cases(whole=tuple(KINDS)))
    def collect_whole(example: object) -> None:
        found.append(formulate(read(*example)))  # type: ignore[misc]

    @FEW
    @given(cases(ways=tuple(WAYS)))
    def collect_ways(example: object) -> None:
        found.append(formulate(read(*example)))  # type: ignore[misc]

    collect()
    collect_whole()
    collect_ways()
    return tuple(found)


def everything() -> tuple[Formulation, ...]:
    return (*(formulated(name) for name in CASES), *drawn())


@functools.cache
def made_checks() -> frozenset[str]:
    """Names of all checks that audits of the shipped cases make, and of the tiny case, as it is and
    with whole things: no shipped one states ports of network fabrics."""
    names: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        tiny = write_case(Path(folder) / "tiny")
        more = GOOD["power_projects"][0] | {"project": "annex", "after": "hall2"}
        counted = write_case(
            Path(folder) / "counted",
            changed(*OPENING, add={"power_projects": [more]} | WAYS_MADE),
            YAML | {"whole": "yes"},
        )
        for case in (*(INPUTS / name for name in CASES), tiny, counted):
            result = run(case, out=folder)
            assert result.status == "optimal"
            assert result.folder is not None
            names |= {check.name for check in audit(result.folder).checks}
    return frozenset(names)


def lacking(limit: Limit) -> list[str]:
    """What a limit lacks of all that a limit must have; empty: nothing."""
    found = []
    if not limit.says:
        found.append("words")
    for table, column in limit.stated:
        if column not in {c.name for c in TABLE[table].columns}:
            found.append(f"input: {table}.{column} is not declared")
    if not limit.stated:
        found.append("input")
    if not limit.audit or set(limit.audit) - made_checks():
        found.append(f"audit: {sorted(set(limit.audit) - made_checks())} is never made")
    if not limit.gives:
        found.append("repair")
    subject = " ".join(limit.question.split()[:2]) if limit.question else ""
    first = subject.split()[0] if subject else "?"
    if first not in {part.name for part in SUBJECTS}:
        found.append("question")
    if isinstance(limit.worth, Worth):
        columns = {c.name for c in PLAN_TABLE[limit.worth.table].columns}
        named = {
            name
            for name in (
                limit.worth.item,
                limit.worth.column,
                limit.worth.used,
                limit.worth.limit,
                limit.worth.low,
                limit.worth.high,
                limit.worth.free,
            )
            if name
        }
        found += [f"output: {limit.worth.table}.{name}" for name in sorted(named - columns)]
    elif not limit.worth:
        found.append("worth")
    if f"| `{limit.rows}` by" not in PAGE.read_text(encoding="utf-8"):
        found.append("docs")
    return found


def test_the_page_is_in_step_with_the_declarations() -> None:
    assert PAGE.read_text(encoding="utf-8") == limits_page(), (
        "run: python -m planner.report.limits_page > planner/model/LIMITS.md"
    )


@pytest.mark.slow
@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.rows)
def test_a_limit_lacks_nothing(limit: Limit) -> None:
    assert lacking(limit) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("without", "named"),
    [
        ({"says": ""}, "words"),
        ({"stated": ()}, "input"),
        ({"stated": (("power", "mx"),)}, "input: power.mx is not declared"),
        ({"audit": ()}, "audit: [] is never made"),
        ({"audit": ("power.limits",)}, "audit: ['power.limits'] is never made"),
        ({"gives": ""}, "repair"),
        ({"question": ""}, "question"),
        ({"worth": ""}, "worth"),
        ({"rows": "pover"}, "docs"),
    ],
)
def test_what_is_left_out_is_named(without: dict[str, object], named: str) -> None:
    assert named in lacking(dataclasses.replace(BY_ROWS["power"], **without))  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_column_of_the_output_that_is_left_out_is_named() -> None:
    worth = dataclasses.replace(BY_ROWS["power"].worth, column="wurth")  # type: ignore[type-var]
    assert lacking(dataclasses.replace(BY_ROWS["power"], worth=worth)) == ["output: power.wurth"]  # type: ignore[arg-type]


@pytest.mark.slow
def test_every_block_of_rows_is_a_limit_or_a_balance() -> None:
    assert not set(BY_ROWS) & set(BALANCES)
    for formulation in everything():
        names = [block.name for block in formulation.program.row_blocks]
        assert undeclared(names) == []
        for block in formulation.program.row_blocks:
            if block.name in BY_ROWS:
                assert tuple(block.labels) == BY_ROWS[block.name].key, block.name


@pytest.mark.slow
def test_nothing_is_declared_that_no_program_has() -> None:
    seen = {
        block.name
        for formulation in everything()
        for block in formulation.program.row_blocks
        if block.count
    }
    assert seen == set(BY_ROWS) | set(BALANCES)


@pytest.mark.slow
def test_every_row_of_a_limit_can_be_named_in_a_conflict() -> None:
    """What the diagnosis lists has every row of every declared limit, and words for each; rows that
    lateness has a price for are none that could conflict."""
    for formulation in everything():
        hard = formulation.case["milestones"]["late_usd_per_period"].isna().to_numpy()
        limits = list_limits(formulation, hard)
        listed = set(limits.parts.row.tolist())
        for block in formulation.program.row_blocks:
            if block.name not in BY_ROWS or not block.count:
                continue
            rows = block.first + np.arange(block.count)
            if block.name == "milestone":
                rows = rows[hard[block.labels["milestone"]]]
            assert set(rows.tolist()) <= listed, block.name
        families = set(limits.table["family"]) - {"fact"}
        assert families <= {limit.family for limit in LIMITS}
        if len(limits.table):
            everywhere = np.ones(formulation.program.num_rows, dtype=bool)
            items = tell(formulation, limits, np.ones(len(limits.table), dtype=bool), everywhere)
            assert {item.family for item in items} == set(limits.table["family"])
            assert all(item.text for item in items)


@pytest.mark.slow
@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.rows)
def test_a_limit_that_no_check_holds_is_named_by_the_audit(limit: Limit) -> None:
    case = next(f.case for f in everything() if states(f.case, limit))
    made = set(made_checks())
    assert check_coverage(case, made).passed
    check = check_coverage(case, made - {limit.audit[0]})
    assert not check.passed
    assert limit.audit[0] in check.where


@pytest.mark.slow
def test_half_a_limit_is_no_proven_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table and an equation alone: the run says that nothing checks them, and proves nothing."""
    whole = planner.model.add_supply

    def with_fabric(draft: Draft, *rest: Any) -> None:
        whole(draft, *rest)
        draft.builder.rows("fabric_ports", {"site": np.array([0])}, -np.inf, 1e9)

    monkeypatch.setattr(planner.model, "add_supply", with_fabric)
    result = run(INPUTS / "quickstart", out=tmp_path)
    assert result.status == "not_proven"
    assert "rows fabric_ports are neither a limit nor a balance" in result.message
