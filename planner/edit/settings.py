"""case.yaml edited: settings set, added or removed, comments and everything else as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from planner.case.yaml_file import FILE, parse_yaml
from planner.edit.change import Change, EditError


def edit_settings(content: bytes, settings: Mapping[str, str | None]) -> tuple[bytes, list[Change]]:
    """Return case.yaml with some settings changed, and what changed.

    Args:
        content: the file as it is, which the planner can read.
        settings: new text by setting (``start``, ``run.seed``); None removes it.

    Raises:
        EditError: where a setting stands in a form that cannot be changed in place.
    """
    mark = "\ufeff" if content.startswith(b"\xef\xbb\xbf") else ""
    text = content.decode("utf-8-sig")
    wanted, _, problems = parse_yaml(text)
    if not isinstance(wanted, dict) or problems:
        raise EditError(f"{FILE} cannot be read")
    changes: list[Change] = []
    for path, value in settings.items():
        group, _, name = path.rpartition(".")
        home = wanted.setdefault(group, {}) if group else wanted
        before = home.get(name) if isinstance(home, dict) else None
        if not isinstance(home, dict) or isinstance(before, dict | list):
            raise EditError(f"{FILE}: {path} is not a setting of one value")
        if value == before or (value is None and name not in home):
            continue
        text, row = _changed(text, group, name, value)
        if value is None:
            del home[name]
        else:
            home[name] = value
        old = "" if before is None else str(before)
        changes.append(Change(FILE, "cell", row, row, path, old, value or ""))
    if parse_yaml(text)[0] != _without_empty(wanted):
        names = ", ".join(settings)
        raise EditError(f"{FILE}: {names} cannot be changed in place; change it by hand")
    return (mark + text).encode(), changes


def _without_empty(tree: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in tree.items() if value != {}}


def _changed(text: str, group: str, name: str, value: str | None) -> tuple[str, int]:
    """Return the text with one setting changed, and its row."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    home: Any = _entry(root, group)[1] if group else root
    ends = "\r\n" if "\r\n" in text else "\n"
    if home is None:
        return _appended(text, f"{group}:{ends}  {name}: {_scalar(value or '')}", ends)
    key, node = _entry(home, name)
    if key is None or node is None:
        return _added(text, root, home, f"{name}: {_scalar(value or '')}", ends)
    row = key.start_mark.line + 1
    if value is None:
        return _removed(text, home, key, node), row
    start = node.start_mark.index
    end = start + len(text[start : node.end_mark.index].rstrip())  # a block's runs on
    space = " " if text[start - 1 : start] == ":" else ""
    return text[:start] + space + _scalar(value) + text[end:], row


def _entry(home: Any, name: str) -> tuple[Any, Any]:
    """Return the nodes of a key and its value; None for both where it is not there."""
    if isinstance(home, yaml.MappingNode):
        for key, node in home.value:
            if key.value == name:
                return key, node
    return None, None


def _appended(text: str, line: str, ends: str) -> tuple[str, int]:
    body = text if not text or text.endswith("\n") else text + ends
    return body + line + ends, body.count("\n") + 1


def _added(text: str, root: Any, home: Any, line: str, ends: str) -> tuple[str, int]:
    """Return the text with a setting added at the end of its group."""
    if not isinstance(home, yaml.MappingNode) or not home.value:
        raise EditError(f"{FILE}: no place to add `{line}`; add it by hand")
    last = home.value[-1][1].end_mark.index
    if home.flow_style:
        return text[:last] + ", " + line + text[last:], home.start_mark.line + 1
    if home is root:
        return _appended(text, line, ends)
    key = home.value[-1][0]
    at = text.find("\n", last)
    body = text[: at + 1] if at >= 0 else text + ends
    rest = text[at + 1 :] if at >= 0 else ""
    return body + " " * key.start_mark.column + line + ends + rest, body.count("\n") + 1


def _removed(text: str, home: Any, key: Any, node: Any) -> str:
    """Return the text without a setting: its whole lines, with the remark beside it."""
    if home.flow_style:
        raise EditError(f"{FILE}: {key.value} stands beside others in one row; remove it by hand")
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    end = text.find("\n", max(key.end_mark.index, node.end_mark.index - 1))
    return text[:start] + (text[end + 1 :] if end >= 0 else "")


def _scalar(value: str) -> str:
    """Return a text as YAML that is read as the same text."""
    if parse_yaml(f"a: {value}")[0] == {"a": value} and "#" not in value:
        return value
    return str(yaml.safe_dump(value, default_style='"', width=10**6, allow_unicode=True)).strip()
