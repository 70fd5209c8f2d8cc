"""The rules as a whole: the good case breaks none, every rule is tried, and a flood is capped."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.case import read_case
from planner.case.checks import PLACE_RULES, RULES, check
from planner.case.checks.findings import CAP
from tests.case import (
    test_checks_commitments,
    test_checks_contracts,
    test_checks_copied,
    test_checks_curves,
    test_checks_done,
    test_checks_familiar,
    test_checks_figures,
    test_checks_fleet,
    test_checks_lives,
    test_checks_memory,
    test_checks_milestones,
    test_checks_needs,
    test_checks_offers,
    test_checks_opening,
    test_checks_order_terms,
    test_checks_passed,
    test_checks_plausible,
    test_checks_policy,
    test_checks_power_orders,
    test_checks_ramps,
    test_checks_series,
    test_checks_sites,
    test_checks_slipped,
    test_checks_steps,
    test_checks_supply,
    test_checks_tokens,
    test_checks_workloads,
)
from tests.helpers import GOOD, broken, changed, told, write_case

GROUPS = (
    test_checks_commitments,
    test_checks_contracts,
    test_checks_copied,
    test_checks_curves,
    test_checks_done,
    test_checks_familiar,
    test_checks_figures,
    test_checks_fleet,
    test_checks_lives,
    test_checks_memory,
    test_checks_milestones,
    test_checks_needs,
    test_checks_offers,
    test_checks_opening,
    test_checks_order_terms,
    test_checks_passed,
    test_checks_plausible,
    test_checks_policy,
    test_checks_power_orders,
    test_checks_ramps,
    test_checks_series,
    test_checks_sites,
    test_checks_slipped,
    test_checks_steps,
    test_checks_supply,
    test_checks_tokens,
    test_checks_workloads,
)


@pytest.mark.slow
def test_good_case_breaks_no_rule(tmp_path: Path) -> None:
    assert told(tmp_path, broken()) == []


def test_every_rule_has_one_sentence() -> None:
    for rule in (*RULES, *PLACE_RULES):
        sentence = (rule.__doc__ or "").strip()
        assert sentence.endswith("."), rule.__name__
        assert "\n\n" not in sentence, rule.__name__


def test_every_code_of_a_rule_is_tried() -> None:
    """Codes are the string literals in kebab-case that rules hand to ``rows``, ``about`` and
    ``absent``."""
    said = {
        line.split(" ")[1]
        for group in GROUPS
        for _, messages in group.BROKEN.values()
        for line in messages
    }
    declared: set[str] = set()
    for rule in (*RULES, *PLACE_RULES):
        declared |= {value for value in _constants(rule.__code__) if _is_code(value)}
    assert declared - said == set()


def _constants(code: object) -> set[str]:
    """Return every string among the constants of a function, nested ones too."""
    found: set[str] = set()
    for value in getattr(code, "co_consts", ()):
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, tuple):
            found |= {item for item in value if isinstance(item, str)}
            found |= {
                item
                for inner in value
                if isinstance(inner, tuple)
                for item in inner
                if isinstance(item, str)
            }
        elif hasattr(value, "co_consts"):
            found |= _constants(value)
    return found


def _is_code(text: str) -> bool:
    return (
        "-" in text
        and text.replace("-", "").isalpha()
        and text.islower()
        and text[0] != "-"
        and text[-1] != "-"
    )  # a piece of an f-string is no code


@pytest.mark.slow
def test_row_order_changes_nothing(tmp_path: Path) -> None:
    tables = changed(("offers", 1, "usd_per_chip_hour", ""), ("milestones", 0, "flop", "1e26"))
    straight = told_of(tmp_path / "a", tables)
    assert straight == told_of(tmp_path / "b", {name: rows[::-1] for name, rows in tables.items()})
    assert len(straight) == 2


def told_of(folder: Path, tables: dict[str, list[dict[str, str]]]) -> list[tuple[str, str, str]]:
    from planner.case.problems import CaseError

    write_case(folder, tables)
    try:
        return [(p.code, p.column, p.need) for p in read_case(folder).warnings]
    except CaseError as error:
        return [(p.code, p.column, p.need) for p in error.problems]


@pytest.mark.slow
def test_a_flood_is_capped(tmp_path: Path) -> None:
    tables = changed()
    tables["throughput"] += [
        dict(GOOD["throughput"][1], model=f"model{i}", source="assumption") for i in range(CAP + 5)
    ]
    case = read_case(write_case(tmp_path, tables))
    unused = [problem for problem in check(case) if problem.code == "throughput-unused"]
    assert len(unused) == CAP
    assert unused[-1].fix.endswith("(5 more rows have the same problem)")
    assert not unused[0].fix.endswith("problem)")
