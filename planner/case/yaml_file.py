"""case.yaml as text values, with the line of every key: duplicates, aliases and what is not YAML
are problems with a place."""

from __future__ import annotations

from typing import Any, Final

import yaml
from yaml.reader import ReaderError

from planner.case.problems import Place, Problem, error

FILE: Final = "case.yaml"
LARGEST_BYTES: Final = 1_000_000


def _tree(node: yaml.Node, path: str, problems: list[Problem], lines: dict[str, int]) -> Any:
    """Return plain values of a YAML node; text stays text. Every duplicate key is a problem; lines
    of keys are noted by path."""
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            line = key.start_mark.line + 1
            at = f"{path}{name}"
            if name in result:
                problems.append(
                    error(
                        "duplicate-key",
                        Place(FILE, line, at),
                        "",
                        f"given twice, first in row {lines[at]} (column "
                        f"{key.start_mark.column + 1})",
                        "keep one of them",
                    )
                )
                continue
            lines[at] = line
            result[name] = _tree(value, f"{at}.", problems, lines)
        return result
    if isinstance(node, yaml.SequenceNode):
        found = []
        for number, value in enumerate(node.value):
            lines[f"{path}{number}"] = value.start_mark.line + 1
            found.append(_tree(value, f"{path}{number}.", problems, lines))
        return found
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value)


def _line(event: yaml.Event) -> int:
    """Line of an event as an editor counts it."""
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def parse_yaml(text: str) -> tuple[Any, dict[str, int], list[Problem]]:
    """Read YAML as text values with the line of every key.

    Args:
        text: the file's text.

    Returns:
        Nested dicts, lists and texts; lines by dotted path; problems.
    """
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                value, need = f"*{event.anchor}", "aliases are not allowed"
                fix = "write the value itself"
                return None, lines, [error("yaml", Place(FILE, _line(event)), value, need, fix)]
            tag = getattr(event, "tag", None)
            if tag is not None:
                value = str(tag).replace("tag:yaml.org,2002:", "!!")
                need, fix = "tags are not allowed", "write the value itself, without the tag"
                return None, lines, [error("yaml", Place(FILE, _line(event)), value, need, fix)]
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                depth += 1
                if depth > 20:
                    need = "nested more than 20 levels deep"
                    fix = "see inputs/README.md for the settings"
                    return None, lines, [error("yaml", Place(FILE, _line(event)), "", need, fix)]
            if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                depth -= 1
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as reason:
        mark = getattr(reason, "problem_mark", None)
        what = str(getattr(reason, "problem", None) or reason).splitlines()[0]
        place = mark.line + 1 if mark else None
        if isinstance(reason, ReaderError):  # it counts bytes
            place = text.encode()[: reason.position].count(b"\n") + 1
        column = f" (column {mark.column + 1})" if mark else ""
        need = f"not readable as YAML: {what}{column}"
        return None, lines, [error("yaml", Place(FILE, place), "", need, "correct this line")]
    return (_tree(node, "", problems, lines) if node is not None else None), lines, problems
