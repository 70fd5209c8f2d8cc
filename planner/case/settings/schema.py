"""The JSON Schema of case.yaml, for completion and checks in an editor."""

from __future__ import annotations

from typing import Any

from planner.case.declare import Column
from planner.case.settings.declared import LISTS, REVEAL, RISK, RUN, SETTINGS


def settings_schema() -> dict[str, Any]:
    """Return the JSON Schema of case.yaml, made from the declarations."""

    def item(column: Column) -> dict[str, Any]:
        kind = {"number": "number", "integer": "integer", "yes_no": "boolean"}.get(
            column.type, "string"
        )
        entry: dict[str, Any] = {
            "type": kind,
            "description": column.help + (f" Unit: {column.unit}." if column.unit else ""),
        }
        if column.allowed:
            entry["enum"] = list(column.allowed)
        if column.low is not None:
            entry["exclusiveMinimum" if column.above else "minimum"] = column.low
        if column.high is not None:
            entry["maximum"] = column.high
        if column.default is not None:
            entry["default"] = column.default
        if column.name in ("start", "end"):
            entry["type"] = ["string", "integer"]  # a bare year is a number in YAML
        return entry

    def group(columns: tuple[Column, ...]) -> dict[str, Any]:
        required = [column.name for column in columns if column.required]
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {column.name: item(column) for column in columns},
        } | ({"required": required} if required else {})

    schema = group(SETTINGS)
    schema["title"] = "case.yaml of a compute capacity plan"
    for name, columns in LISTS.items():
        schema["properties"][name] = {
            "type": "array",
            "minItems": 1,
            "description": next(column.help for column in SETTINGS if column.name == name),
            "items": group(columns),
        }
    schema["properties"]["run"] = group(RUN) | {"description": "How the case is solved."}
    schema["properties"]["reveal"] = item(REVEAL)
    schema["properties"]["risk"] = group(RISK) | {"description": "How scenarios are weighed."}
    return schema
