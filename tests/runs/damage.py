"""Damage: what can become of a file of a run folder, one change at a time."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

Damage = Callable[[Path], None]

VALUES: tuple[Any, ...] = ("x", None, -1, 1e308, 10**400, True, [], {}, [[]], {"a": 1}, "\x1b[31m")
"""What a value of a document may become."""
CELLS = ("", "x", "-1", "nan", "inf", "1e999", "2027Q9", '"', "a,b", "\x1b[31m", "0x10", "é")
"""What a cell of a table may become."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a JSON value: the keys and indexes that lead to it."""
    if path:
        yield path
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value[:3])
    for key, item in entries:
        yield from places(item, (*path, key))


def changed(document: Any, path: tuple[Any, ...], value: Any, *, gone: bool = False) -> Any:
    """A copy of a JSON value with another value at a place, or with nothing there."""
    copy = json.loads(json.dumps(document))
    at = copy
    for key in path[:-1]:
        at = at[key]
    if gone:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copy


def of_bytes(path: Path, random: Random) -> bytes:
    """The bytes of a file with one of the accidents that happen to files."""
    content = bytearray(path.read_bytes())
    kind = random.randrange(6)
    if kind == 0 or not content:
        return b""
    at = random.randrange(len(content))
    if kind == 1:
        return bytes(content[:at])
    if kind == 2:
        content[at] = random.randrange(256)
    elif kind == 3:
        content[at:at] = random.randbytes(random.randrange(1, 9))
    elif kind == 4:
        del content[at : at + random.randrange(1, 99)]
    else:
        return random.randbytes(random.randrange(2000))
    return bytes(content)


def of_document(path: Path, random: Random) -> str:
    """The text of a JSON document with one value changed or gone."""
    document = json.loads(path.read_text(encoding="utf-8"))
    place = random.choice(list(places(document)))
    return json.dumps(changed(document, place, random.choice(VALUES), gone=random.random() < 0.25))


def of_table(path: Path, random: Random) -> str:
    """The text of a table with a cell, a row or a column changed or gone."""
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    row = random.randrange(len(rows))
    column = random.randrange(len(rows[row]))
    kind = random.randrange(5)
    if kind <= 1:
        rows[row][column] = random.choice(CELLS)
    elif kind == 2:
        del rows[row][column]
    elif kind == 3:
        rows[row].insert(column, random.choice(CELLS))
    else:
        rows.insert(row, rows[random.randrange(len(rows))])
    return "".join(",".join(cells) + "\n" for cells in rows)


def refit(run: Path) -> None:
    """Make the manifest of a run fit its files, as who tampers with them would."""
    path = run / "manifest.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        for name, entry in manifest["files"].items():
            with contextlib.suppress(OSError):
                content = (run / name).read_bytes()
                entry |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        path.write_text(json.dumps(manifest), encoding="utf-8")
