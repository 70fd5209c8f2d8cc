"""``--set`` can name everything that a name may be, and the ways out that are printed do."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from planner.audit.resolution import overrides as second
from planner.case import CaseError, read_case
from planner.case.spelling import quote_name, split_override
from planner.cli import main
from planner.diagnosis.changes import Cells
from planner.report.diagnosis import in_shell
from tests.helpers import GOOD, changed, write_case

NAMES = (
    "gpt-4.1",
    "hall-1.5",
    "*",
    "what?",
    "a[b]",
    "a=b",
    "a+",
    "*=",
    "+=2",
    'say "hi"',
    '"',
    '""',
    "it's",
    ".",
    "..",
    "a b",
    "usd_per_chip",
    "chips.csv",
    "$HOME `x`",
)


def renamed(old: str, new: str) -> dict[str, list[dict[str, str]]]:
    """The good case with one name written another way wherever it stands."""
    return {
        table: [{c: new if cell == old else cell for c, cell in row.items()} for row in rows]
        for table, rows in GOOD.items()
    }


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_written(tmp_path: Path, name: str) -> None:
    folder = write_case(tmp_path, renamed("market", name))
    override = f"supply.{quote_name(name)}.2027Q2.max_chips=7"
    assert list(read_case(folder, [override])["supply"]["max_chips"]) == [4000, 7, 4000]
    scaled = f"supply.{quote_name(name)}.*.max_chips*=0.5"
    assert list(read_case(folder, [scaled])["supply"]["max_chips"]) == [2000, 2000, 2000]


@pytest.mark.parametrize("name", NAMES)
def test_both_readers_of_overrides_read_them_alike(name: str) -> None:
    import fnmatch

    for text in (f"supply.{quote_name(name)}.2027Q2.max_chips*=7", f"x.{quote_name(name)}+=1=2"):
        first, again = split_override(text), second._split(text)
        assert first is not None
        assert (first[1].removesuffix("="), first[2]) == again[1:]
        assert first[0][1].text == name or not first[0][1].exact
        assert fnmatch.fnmatchcase(name, again[0][1])


@pytest.mark.slow
def test_a_name_in_quotes_means_nothing_else(tmp_path: Path) -> None:
    tables = renamed("market", "m*")
    tables["supply"].append({"supply_group": "mx", "period": "2027Q1", "max_chips": "5"})
    folder = write_case(tmp_path, tables)

    def chips(override: str) -> dict[tuple[str, int], float]:
        try:
            supply = read_case(folder, [override])["supply"]
        except CaseError as reason:  # mx is no group of an offer, which is a warning or an error
            raise AssertionError(str(reason.problems[0])) from None
        return dict(zip(zip(supply["supply_group"], supply["period"], strict=True),
                        supply["max_chips"], strict=True))  # fmt: skip

    assert chips('supply."m*".2027Q1=1')[("mx", 0)] == 5
    assert chips("supply.m*.2027Q1=1")[("mx", 0)] == 1


@pytest.mark.parametrize(
    "text", ['supply."market.2027Q1=1', 'supply."market"x.2027Q1=1', 'supply.market"', '"', "=1"]
)
def test_what_has_not_that_form(tmp_path: Path, text: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(tmp_path), [text])
    assert "must read table.key.column=value" in str(caught.value.problems[0])


def test_a_dot_that_is_none(tmp_path: Path) -> None:
    folder = write_case(tmp_path, renamed("market", "gpt-4.1"))
    with pytest.raises(CaseError) as caught:
        read_case(folder, ["supply.gpt-4.1.2027Q1=1"])
    assert "a name with a dot in it stands in double quotes" in str(caught.value.problems[0])
    with pytest.raises(CaseError) as caught:
        read_case(folder, ["supply.gpt-4.1=1"])
    assert 'did you mean "gpt-4.1"?' in str(caught.value.problems[0])


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", NAMES)
def test_a_change_of_a_diagnosis_can_be_written(tmp_path: Path, name: str) -> None:
    case = read_case(write_case(tmp_path, renamed("market", name)))
    change = Cells(case).change("supply", 1, "max_chips", "9")
    assert list(read_case(case.folder, [change.override])["supply"]["max_chips"]) == [4000, 9, 4000]
    assert shlex.split(f"--set {in_shell(change.override)}") == ["--set", change.override]


@pytest.mark.slow
def test_a_blank_in_a_key_can_be_written(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path))
    at = case["energy"].index[(case["energy"]["period"] == 1)][0]
    change = Cells(case).change("energy", int(at), "usd_per_mwh", "61")
    assert change.override == 'energy.ohio.2027Q2."".usd_per_mwh=61'
    again = read_case(case.folder, [change.override])["energy"]
    assert list(again["usd_per_mwh"]) == [60, 61, 70, 50, 60]


@pytest.mark.slow
def test_a_budget_of_a_fiscal_year_in_a_wide_table(tmp_path: Path) -> None:
    tables = changed()
    tables["budgets"] = [{"category": "all", "2027": "500000000", "2027Q1": "300000000"}]
    case = read_case(write_case(tmp_path, tables))
    for at in range(2):
        change = Cells(case).change("budgets", at, "usd_max", "7")
        again = read_case(case.folder, [change.override])["budgets"]
        assert list(again["usd_max"] == 7) == [at == 0, at == 1]


@pytest.mark.slow
def test_the_ways_out_of_a_case_with_such_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every way out that is printed can be given as it is printed."""
    source = Path("inputs/quickstart")
    case = tmp_path / "case"
    case.mkdir()
    for file in source.iterdir():
        if file.suffix in (".csv", ".yaml"):
            text = file.read_text(encoding="utf-8")
            for old, new in (("chat", "gpt-4.1"), ("home", "hall-1.5*")):
                text = text.replace(old, new)
            (case / file.name).write_text(text, encoding="utf-8")
    arguments = ["run", str(case), "--out", str(tmp_path / "out")]
    code = main([*arguments, "--set", 'demand."gpt-4.1".2028Q1.output_mtok*=40'])
    out = capsys.readouterr().out
    assert code == 4
    assert '"gpt-4.1"' in out or '"hall-1.5*"' in out
