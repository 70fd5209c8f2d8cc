"""The text of a map with what an import adds: below what stands there already, remarks and all."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from planner.intake.ask import Question
from planner.intake.use import Use

HEAD: Final = """\
# How `planner import` reads these sources. It is yours: change it, and import again.
# A ? is a question: write the answer in its place. What may stand here: inputs/IMPORT.md
"""
TAIL: Final = "# What the last import found, written by every import; above this line all is yours."
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./()*+-]*(?: [A-Za-z0-9_./()*+-]+)*")
_RESERVED: Final = ("yes", "no", "true", "false", "null", "on", "off", "y", "n")


@dataclass(frozen=True, slots=True)
class Additions:
    """What an import adds to a map."""

    tables: Sequence[tuple[Use, str, Sequence[Question]]] = ()
    """New tables, each with where it stands and what is asked of it."""
    settings: Sequence[Question] = ()
    """What is asked of tables that are there."""
    numbers: Mapping[str, str] | str = ""
    names: Mapping[str, Sequence[tuple[str, str, Sequence[str]]]] | None = None
    """By kind: label, name, remarks."""
    answers: Sequence[Question] = ()
    seen: Mapping[str, Sequence[str]] | None = None
    accepted: bool = False


def scalar(text: str) -> str:
    """Return a text as YAML reads it."""
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED and ": " not in text:
        return text
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def map_text(text: str, added: Additions) -> str:
    """Return the text of a map with what an import adds.

    Args:
        text: as it stands; empty where there is none yet.
        added: what is new.
    """
    body = text.split(TAIL, maxsplit=1)[0].rstrip("\n") + "\n" if text else HEAD
    if added.numbers:
        body = _with_numbers(body, added.numbers)
    for question in added.settings:
        body = _with_setting(body, question)
    blocks = [_table(use, where, asked) for use, where, asked in added.tables]
    if blocks:
        body = _below(body, ("tables",), [line for block in blocks for line in block], "  ")
    for kind, rows in (added.names or {}).items():
        lines = [line for row in rows for line in _line(*row)]
        body = _below(body, ("names", kind), lines, "    ")
    if added.answers:
        lines = [line for question in added.answers for line in _answer(question)]
        body = _below(body, ("answers",), lines, "  ")
    tail = [f"\n{TAIL}"]
    if added.seen:
        tail.append("seen:")
        tail += [
            f"  {scalar(key)}: [{', '.join(scalar(row) for row in found)}]"
            for key, found in added.seen.items()
        ]
    tail.append(f"accepted: {'yes' if added.accepted else 'no'}\n")
    return body + "\n".join(tail)


def _line(key: str, value: str, remark: Sequence[str]) -> list[str]:
    written = json.dumps(value, ensure_ascii=False) if value.endswith("?") else scalar(value)
    return [*_remark(remark, "    "), f"    {scalar(key)}: {written}"]


def _remark(sentences: Sequence[str], indent: str) -> list[str]:
    """Return sentences as remarks, each on lines of its own."""
    return [
        f"{indent}# {line}"
        for sentence in sentences
        for line in textwrap.wrap(
            " ".join(sentence.split()),
            108 - len(indent),
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]


def remark_of(question: Question) -> tuple[str, str]:
    """Return a question and what may be answered, as remarks of the map."""
    return question.sentence, f"Answer: {question.choice}"


def _answer(question: Question) -> list[str]:
    key = json.dumps(question.key, ensure_ascii=False)
    return [*_remark(remark_of(question), "  "), f'  {key}: "?"']


def _table(use: Use, where: str, asked: Sequence[Question]) -> list[str]:
    """Return a table of a map as lines."""
    lines = _remark([where], "  ")
    first = True

    def put(line: str) -> None:
        nonlocal first
        lines.append(("  - " if first else "    ") + line)
        first = False

    for name in ("file", "sheet", "title", "to"):
        if value := getattr(use, name):
            put(f"{name}: {scalar(value)}")
    for question in asked:
        value = f"{question.suggested} ?" if question.suggested else "?"
        lines += _remark(remark_of(question), "    ")
        put(f"{question.key}: {json.dumps(value, ensure_ascii=False)}")
    for name in ("measure", "unit", "per", "across", "spread", "missing", "unknown", "double"):
        if value := getattr(use, name):
            put(f"{name}: {scalar(value)}")
    if use.columns:
        put("columns:")
        lines += [f"      {scalar(h)}: {scalar(str(t))}" for h, t in use.columns.items()]
    if first:
        put('to: "?"')
    return lines


def _root(body: str) -> Any:
    return yaml.compose(body, Loader=yaml.SafeLoader)


def _entry(home: Any, name: str) -> tuple[Any, Any]:
    if isinstance(home, yaml.MappingNode):
        for key, node in home.value:
            if key.value == name:
                return key, node
    return None, None


def _last_line(node: Any) -> int:
    """Return the line in which the last thing of a node ends, from 0."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return max(_last_line(node.value[-1][1]), int(node.value[-1][0].end_mark.line))
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1])
    return int(str(node.end_mark.line))


def _below(body: str, path: tuple[str, ...], lines: Sequence[str], indent: str) -> str:
    """Return a text with lines below what stands in a section, which is made where it is not
    there."""
    home = _root(body)
    at, missing = len(body.splitlines()), [*path]
    for depth, name in enumerate(path):
        key, node = _entry(home, name)
        if key is None:
            break
        missing = [*path[depth + 1 :]]
        if getattr(node, "flow_style", False) and getattr(node, "value", None):
            body = _unflowed(body, node, "  " * (depth + 1))
            return _below(body, path, lines, indent)
        at = max(_last_line(node), key.end_mark.line) + 1
        home = node
    made = ["  " * (len(path) - len(missing) + n) + f"{name}:" for n, name in enumerate(missing)]
    rows = body.splitlines()
    if made and len(missing) == len(path):
        at = len(rows)
        made = ["", *made]
    if not made and not getattr(home, "value", None):  # `answers: {}` and `answers:`
        rows[at - 1] = re.sub(r":\s*(\{\}|\[\])", ":", rows[at - 1])
    return "\n".join([*rows[:at], *made, *lines, *rows[at:]]) + "\n"


def _unflowed(body: str, node: Any, indent: str) -> str:
    """Return a text with a section in braces written as lines."""
    value = yaml.safe_load(body[node.start_mark.index : node.end_mark.index])
    dumped = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10**6)
    text = "\n" + "\n".join(indent + line for line in dumped.rstrip().splitlines())
    start = len(body[: node.start_mark.index].rstrip(" "))
    return body[:start] + text + body[node.end_mark.index :]


def _with_numbers(body: str, numbers: Mapping[str, str] | str) -> str:
    key, _ = _entry(_root(body), "numbers")
    if key is not None:
        return body
    if isinstance(numbers, str):
        lines = [f"numbers: {numbers}"]
    else:
        lines = ["numbers:", *(f"  {json.dumps(f)}: {v}" for f, v in numbers.items())]
    return body + "\n" + "\n".join(lines) + "\n"


def _with_setting(body: str, question: Question) -> str:
    """Return a text with a question in a table that stands in it."""
    _, tables = _entry(_root(body), "tables")
    if tables is None or question.use >= len(tables.value):
        return body
    entry = tables.value[question.use]
    key, _ = _entry(entry, question.key)
    if key is not None or entry.flow_style:
        return body
    column = entry.value[0][0].start_mark.column
    value = f"{question.suggested} ?" if question.suggested else "?"
    lines = _remark(remark_of(question), " " * column)
    lines.append(f"{' ' * column}{question.key}: {json.dumps(value)}")
    rows = body.splitlines()
    at = _last_line(entry) + 1
    return "\n".join([*rows[:at], *lines, *rows[at:]]) + "\n"
