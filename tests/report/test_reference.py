"""outputs/README.md says what the declarations say, and lists every file."""

from __future__ import annotations

from pathlib import Path

from planner.plan.tables import PLAN_TABLES
from planner.report.reference import reference

README = Path(__file__).parents[2] / "outputs" / "README.md"


def test_it_is_in_step_with_the_declarations() -> None:
    assert README.read_text(encoding="utf-8") == reference(), (
        "run: python -m planner.report.reference > outputs/README.md"
    )


def test_every_table_and_column_is_there() -> None:
    text = reference()
    for table in PLAN_TABLES:
        section = text.split(f"\n## `{table.path}`\n")[1].split("\n## ")[0]
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == [
            column.name for column in table.columns
        ]


def test_no_cell_breaks_its_table() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert rows
    counts = {line: line.replace("\\|", "").count("|") for line in rows}
    assert [line for line, count in counts.items() if count not in (3, 4, 5)] == []
