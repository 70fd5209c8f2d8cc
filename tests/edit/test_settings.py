"""case.yaml edited: remarks and order stay."""

from __future__ import annotations

import pytest

from planner.case.yaml_file import parse_yaml
from planner.edit import EditError
from planner.edit.settings import edit_settings

YAML = """# ours
name: mine   # of 2027
start: 2027Q1
end: "2028Q4"      # two years
slices: [{name: all, hours_share: 1}]
run:
  seed: 3   # any
discount_rate: 0.1
"""


def edited(text: str, **wanted: str | None) -> str:
    named = {name.replace("__", "."): value for name, value in wanted.items()}
    return edit_settings(text.encode(), named)[0].decode()


def test_values_change_where_they_stand() -> None:
    content, changes = edit_settings(
        YAML.encode(), {"start": "2027Q2", "end": "2029Q1", "run.seed": "4", "name": "mine"}
    )
    assert content.decode() == (
        YAML.replace("start: 2027Q1", "start: 2027Q2")
        .replace('"2028Q4"', "2029Q1")
        .replace("seed: 3 ", "seed: 4 ")
    )
    assert [str(change) for change in changes] == [
        "case.yaml:3 start: 2027Q1 -> 2027Q2",
        "case.yaml:4 end: 2028Q4 -> 2029Q1",
        "case.yaml:7 run.seed: 3 -> 4",
    ]


def test_a_setting_comes_and_one_goes() -> None:
    text = edited(YAML, periods="8", end=None, run__gap="0.01")
    assert (
        text
        == YAML.replace('end: "2028Q4"      # two years\n', "").replace(
            "# any\n", "# any\n  gap: 0.01\n"
        )
        + "periods: 8\n"
    )
    assert edited("name: a", run__seed="1") == "name: a\nrun:\n  seed: 1\n"
    assert edited("run: {seed: 1}\r\n", run__gap="2") == "run: {seed: 1, gap: 2}\r\n"
    assert edited("a:\nb: 1\n", a="x: y") == 'a: "x: y"\nb: 1\n'
    assert edited("a: 1\n", a="no # remark") == 'a: "no # remark"\n'


def test_what_is_no_single_value_is_refused() -> None:
    with pytest.raises(EditError, match="not a setting of one value"):
        edited(YAML, slices="1")
    with pytest.raises(EditError, match="by hand"):
        edited("{name: a, start: 2027Q1}\n", start=None)


def test_a_value_of_several_lines_is_replaced_whole() -> None:
    text = "description: >-\n  one\n  two\nname: a\n"
    assert parse_yaml(edited(text, description="three"))[0] == {"description": "three", "name": "a"}
