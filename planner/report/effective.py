"""case.effective.yaml: the case.yaml of a run with every default written out, and which tables were
there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.case.tables import TABLES
from planner.words import plural, printable

if TYPE_CHECKING:
    from planner.case.case import Case


def effective_yaml(case: Case, overrides: tuple[str, ...] = ()) -> str:
    """Return case.effective.yaml: the settings as YAML, then as comments the overrides and one line
    per declared table."""
    import yaml

    from planner.case.write import settings_document

    lines = [
        "# The settings of this run, every default written out.",
        yaml.safe_dump(
            settings_document(case.settings), sort_keys=False, allow_unicode=True
        ).rstrip(),
        "",
    ]
    if overrides:
        lines += [
            "# Changed for this run on the command line:",
            *(f"#   --set {printable(text)}" for text in overrides),
            "",
        ]
    lines.append("# Tables:")
    for table in TABLES:
        rows = len(case[table.name])
        lines.append(
            f"#   {table.path}: {plural(rows, 'row')}"
            if rows
            else f"#   {table.path}: none; {table.absent or 'empty'}"
        )
    return "\n".join(lines) + "\n"
