"""Workbooks dropped onto the page: taken in as ``planner import`` does, with its map and its
questions."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from planner.edit import replace_files
from planner.intake.map_file import FILE
from planner.serve.commands import Commands, shown
from planner.serve.keeping import text_of
from planner.serve.moving import path_word
from planner.serve.room import Refused, Room

Question = Mapping[str, Any]
DROPPED: Final = ".dropped"
"""Where dropped files lie, under the output folder."""
ENDINGS: Final = (".xlsx", ".xlsm", ".ods", ".csv")
LARGEST_MAP: Final = 1_000_000


def take(room: Room, name: str, content: bytes) -> dict[str, Any]:
    """Keep a dropped file under its own name, for the command that reads it.

    Raises:
        Refused: where it is no file that can be imported.
    """
    plain = re.sub(r"[^\w .()+-]", "_", Path(unquote(name).replace("\\", "/")).name).lstrip(".- ")
    if not plain.lower().endswith(ENDINGS) or len(plain) > 200:
        raise Refused(f"what can be imported ends in {', '.join(ENDINGS)}")
    home = room.out / DROPPED / secrets.token_hex(8)
    home.mkdir(parents=True)
    replace_files(home, {plain: content})
    return {"file": str(home / plain), "name": plain}


def import_file(room: Room, commands: Commands, question: Question) -> dict[str, Any]:
    """Start reading a dropped file into a case: what was understood, or, once that is accepted,
    the writing of it."""
    source = room.case(text_of(question, "case"))
    path = Path(text_of(question, "file"))
    home = room.out / DROPPED
    if path.parent.parent != home or ".." in path.parts or not path.is_file():
        raise Refused("that file was not dropped here")
    words = ["import", path_word(str(path)), "--case", path_word(str(source))]
    words += ["--yes"] if question.get("write") else []
    return {"job": commands.start([*words, "--json"]), "command": shown(words)}


def read_map(room: Room, _: Commands, question: Question) -> dict[str, Any]:
    """Return the map of a case: what its sources mean, with the questions that are open."""
    path = _map_of(room, question)
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return {"file": str(path), "text": text}


def write_map(room: Room, _: Commands, question: Question) -> dict[str, Any]:
    """Write the map with the answers."""
    path, text = _map_of(room, question), question["text"]
    if not isinstance(text, str) or len(text) > LARGEST_MAP:
        raise Refused(f"a map is a text of at most {LARGEST_MAP:,} characters")
    replace_files(path.parent, {path.name: text.encode()})
    return {"file": str(path)}


def _map_of(room: Room, question: Question) -> Path:
    source = room.case(text_of(question, "case"))
    return (source.parent if source.is_file() else source) / FILE
