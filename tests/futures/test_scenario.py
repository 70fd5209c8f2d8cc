"""Reading scenarios: what is wrong is told where it stands."""

# ruff: noqa: E501 - a row of a table of cases is one line
from __future__ import annotations

from pathlib import Path

import pytest

from planner.case import read_case
from planner.case.problems import CaseError
from planner.futures.scenario import read_futures

from .cases import CASE, MTOK, TWO, write

SCENARIOS, CHANGES = "scenarios.csv", "scenario_changes.csv"
HEAD, SAME = "scenario,probability,like,known\n", "scenario,change\n"


def told(folder: Path) -> list[str]:
    with pytest.raises(CaseError) as found:
        read_futures(folder)
    return [str(problem) for problem in found.value.problems]


@pytest.mark.parametrize(
    ("files", "case", "words"),
    [
        ({SCENARIOS: "scenario,probability\nsame,0.6\nmore,0.5\n"}, "", "scenarios.csv probability: '1.1' - must sum to 1"),
        ({SCENARIOS: "scenario,probability\nsame,0.6\nsame,0.4\n"}, "", "scenarios.csv:3 scenario: 'same' - stands in row 2"),
        ({SCENARIOS: "scenario,probability\nsame,1\nmore,0\n"}, "", "scenarios.csv:3 probability: '0' - must be above 0"),
        ({CHANGES: SAME + "most,demand.chat.2098.output_mtok*=2\n"}, "", "scenario_changes.csv:2 scenario: 'most' - is not a scenario"),
        ({CHANGES: SAME + "more,demand.chat.2098.output_mtok*=1\n"}, "", "scenario_changes.csv:2 change: 'demand.chat.2098.output_mtok*=1' - changes nothing"),
        ({CHANGES: SAME + "more,demand.char.2098.output_mtok*=2\n"}, "", "scenario_changes.csv:2 change: 'demand.char.2098.output_mtok*=2' - char is no workload"),
        ({CHANGES: SAME + "more,case.discount_rate=0.2\n"}, "", "scenario_changes.csv:2 change: 'case.discount_rate=0.2' - changes a setting"),
        ({CHANGES: SAME + "more,offers.buy.usd_per_chip=-5\n"}, "", "scenario_changes.csv:2 change: 'more' - offers.csv row 2 usd_per_chip: becomes '-5', which must be at least 0"),
        ({"power.csv": "site,period,mw\nhall,2096,8\nhall,2097,9\nhall,2098,9\nhall,2099,9\n", CHANGES: SAME + "more,power.hall.2096.mw*=2\n"}, "", "scenario_changes.csv:2 change: 'power.hall.2096.mw*=2' - changes periods before 2097 alone"),
        ({CHANGES: SAME + "more,last_plan.buy=1\n"}, "", "changes what was planned before"),
        ({"scenarios/most/demand.csv": "workload,period,output_mtok\nchat,2098,1\n"}, "", "scenarios/most: 'most' - is not a scenario"),
        ({"scenarios/more/demand.csv": f"workload,period,output_mtok\nchat,2098,{10 * MTOK}\n"}, "", "scenarios/more/demand.csv:2: changes nothing"),
        ({"scenarios/more/rules.csv": "chip,reason\nx,no\n"}, "", "scenarios/more/rules.csv: has no key"),
        ({"scenarios/more/notes.csvx": "", "scenarios/more/prices.csv": "a\n"}, "", "scenarios/more/prices.csv: is no table that a scenario can change"),
        ({}, CASE.replace("reveal: 2098\n", ""), "case.yaml reveal: is needed where a case has scenarios"),
        ({}, CASE.replace("2098", "2097"), "case.yaml:8 reveal: '2097' - must lie in the plan"),
        ({}, CASE.replace("2098", "next year"), "case.yaml:8 reveal: 'next year'"),
        ({}, CASE.replace("2098", "2099, 2098"), "must be later one by one"),
        ({}, CASE + "risk: {cvar: 1, weight: 0.5}\n", "risk.cvar: '1' - must be below 1"),
        ({}, CASE + "risk: {cvar: 0.5, wieght: 0.5}\n", "risk.wieght: is not a setting"),
        ({}, CASE + "change_usd_per_chip: 5\n", "case.yaml:9 change_usd_per_chip: cannot be charged"),
        ({SCENARIOS: HEAD + "same,0.6,,\nmore,0.4,less,2099\n"}, "", "scenarios.csv:3 like: 'less' - must be a scenario that stands above"),
        ({SCENARIOS: HEAD + "same,0.6,,\nmore,0.4,same,\n"}, "", "scenarios.csv:3 known: of more must be given with known"),
        ({SCENARIOS: HEAD + "same,0.6,,\nmore,0.4,same,2099\n"}, "", "scenarios.csv:3 known: '2099' - must be a reveal after the first"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_stands(
    tmp_path: Path, files: dict[str, str], case: str, words: str
) -> None:
    found = told(write(tmp_path / "c", {**TWO, **files}, case))
    assert any(words in line for line in found), found


def test_changes_without_scenarios_are_told(tmp_path: Path) -> None:
    found = told(write(tmp_path / "c", {CHANGES: TWO[CHANGES]}))
    assert any(line.startswith("scenarios.csv: is needed") for line in found)


def test_the_case_itself_does_not_know_of_scenarios(tmp_path: Path) -> None:
    """The same tables and settings with and without: nothing of a plan can differ."""
    with_, without = read_case(write(tmp_path / "a", TWO)), read_case(write(tmp_path / "b"))
    assert with_.settings == without.settings
    assert with_.tables.keys() == without.tables.keys()
    assert all(with_[name].equals(without[name]) for name in with_.tables)


def test_scenarios_are_read(tmp_path: Path) -> None:
    futures = read_futures(write(tmp_path / "c", TWO))
    assert [one.name for one in futures.scenarios] == ["same", "more"]
    assert [one.probability for one in futures.scenarios] == [0.6, 0.4]
    assert futures.reveal.periods == (1,)
    assert futures.scenarios[0].changed.nothing
    demand = futures.scenarios[1].case["demand"]["output_mtok"].tolist()
    assert demand == pytest.approx([0.0, 20.0 * MTOK, 20.0 * MTOK])
