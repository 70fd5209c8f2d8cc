"""case.effective.yaml: the case.yaml of a run with every default written out, and which tables were
there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.case.tables import TABLES
from planner.words import plural, printable

if TYPE_CHECKING:
    from planner.case.case import Case

RUN_OPTIONS = ("solver", "time_limit_s", "threads", "gap", "seed")


def effective_settings(case: Case) -> dict[str, Any]:
    """Return the settings as case.yaml spells them, every default resolved; a blank without a
    default is left out."""
    from dataclasses import fields

    settings = case.settings
    named = {field.name: getattr(settings, field.name) for field in fields(settings)}
    named["slices"] = [
        {"name": piece.name, "hours_share": piece.hours_share} for piece in settings.slices
    ]
    accepts = named.pop("accept")
    if accepts:
        named["accept"] = [
            {"warning": accept.warning, "reason": accept.reason} for accept in accepts
        ]
    run = {name: named.pop(name) for name in RUN_OPTIONS}
    document = {name: value for name, value in named.items() if value is not None}
    return {**document, "run": {name: value for name, value in run.items() if value is not None}}


def effective_yaml(case: Case, overrides: tuple[str, ...] = ()) -> str:
    """Return case.effective.yaml: the settings as YAML, then as comments the overrides and one line
    per declared table."""
    import yaml

    lines = [
        "# The settings of this run, every default written out.",
        yaml.safe_dump(effective_settings(case), sort_keys=False, allow_unicode=True).rstrip(),
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
