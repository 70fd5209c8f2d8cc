"""The reference files are what the declarations say."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from planner.case.reference import INPUTS, case_schema, inputs_readme, shipped_cases
from planner.case.tables import TABLES


def test_readme_is_generated() -> None:
    assert (INPUTS / "README.md").read_text(encoding="utf-8") == inputs_readme(), (
        "run python -m planner.case.reference"
    )


def test_schema_is_generated() -> None:
    assert (INPUTS / "case.schema.json").read_text(encoding="utf-8") == case_schema(), (
        "run python -m planner.case.reference"
    )


def test_every_column_is_in_the_readme_with_its_help() -> None:
    text = inputs_readme()
    for table in TABLES:
        section = text.split(f"### `{table.path}`\n")[1].split("\n### ")[0]
        for column in table.columns:
            line = next(
                line for line in section.splitlines() if line.startswith(f"| `{column.name}` |")
            )
            assert column.help.replace("|", "\\|") in line
            assert column.unit in line
            assert ("**required**" in line) == column.required


def test_every_setting_is_in_the_readme() -> None:
    text = inputs_readme().split("## `case.yaml`")[1].split("## Tables")[0]
    for name, declared in json.loads(case_schema())["properties"].items():
        names = (
            [f"{name}.{inner}" for inner in declared["properties"]]
            if "properties" in declared
            else [name]
        )
        for shown in names:
            assert f"| `{shown}` |" in text


def test_shipped_cases_come_with_their_description(tmp_path: Path) -> None:
    for name, description in (("b", "Second case."), ("a", "First\n  case.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "case.yaml").write_text(
            yaml.safe_dump({"name": name, "description": description}), encoding="utf-8"
        )
    assert shipped_cases(tmp_path) == [("a", "First case."), ("b", "Second case.")]
