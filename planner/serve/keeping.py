"""What is kept of what was found on the page: runs, variants of a sweep, changes of a case,
approvals, and two runs compared.  Each is the command that the page shows."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from planner.edit import replace_files
from planner.serve.commands import Commands, shown
from planner.serve.moving import all_words, command_of, folder_of, path_word
from planner.serve.room import Refused, Room
from planner.study.variants import COLUMNS, read_variants

Question = Mapping[str, Any]
FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,80}\.csv")
LONGEST: Final = 1_000
"""Characters of a name or a remark."""
_WRITING: Final = threading.Lock()


def save(room: Room, commands: Commands, question: Question) -> dict[str, Any]:
    """Start the run of a state: a what-if with its moves, planned whole and proven."""
    folder = folder_of(room, question)
    words = all_words(room, folder, question)
    if not words:
        raise Refused("nothing is moved: this is the plan as it stands")
    return _started(commands, [*command_of(room, folder, words), "--quiet"])


def plan(room: Room, commands: Commands, question: Question) -> dict[str, Any]:
    """Start the run of a case as it is."""
    case = room.case(text_of(question, "case"))
    out = path_word(str(room.out))
    return _started(commands, ["run", path_word(str(case)), "--out", out, "--quiet"])


def variant(room: Room, _: Commands, question: Question) -> dict[str, Any]:
    """Add a state to a file of variants, under a name of its own."""
    folder = folder_of(room, question)
    words = all_words(room, folder, question)
    name, file = text_of(question, "name").strip(), text_of(question, "file")
    if not words:
        raise Refused("nothing is moved: a variant changes something")
    if not name:
        raise Refused("a variant has a name")
    if not FILE_NAME.fullmatch(file):
        raise Refused(f"{file!r} is no name of a file of variants, such as variants.csv")
    home = room.out / folder.parent.name
    path = home / file
    with _WRITING:
        rows: list[Sequence[str]] = [COLUMNS]
        if path.exists():
            if any(name == one.name for one in read_variants(path)):
                raise Refused(f"{path} has a variant {name!r} already")
            with path.open(encoding="utf-8-sig", newline="") as stream:
                rows = list(csv.reader(stream))
        at = [rows[0].index(column) for column in COLUMNS]
        for word in words:
            row = [""] * len(rows[0])
            row[at[0]], row[at[1]] = name, word
            rows.append(row)
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        replace_files(home, {file: text.getvalue().encode()})
    command = shown(["sweep", path_word(str(folder)), path_word(str(path))])
    return {"file": str(path), "rows": len(words), "command": command}


def apply_run(room: Room, commands: Commands, question: Question) -> dict[str, Any]:
    """List what a what-if changes in its case, or write it there."""
    words = ["apply", path_word(str(folder_of(room, question)))]
    return commands.run([*words, *([] if question.get("write") else ["--dry-run"]), "--json"])


def approve(room: Room, commands: Commands, question: Question) -> dict[str, Any]:
    """Approve a run, by name and with a note."""
    by, note = text_of(question, "by").strip(), text_of({"note": "", **question}, "note").strip()
    if not by:
        raise Refused("who approves says so by name")
    folder, out = path_word(str(folder_of(room, question))), path_word(str(room.out))
    remark = [f"--note={note}"] if note else []
    return commands.run(["approve", folder, f"--by={by}", *remark, "--out", out, "--json"])


def compare(room: Room, commands: Commands, question: Question) -> dict[str, Any]:
    """Start comparing two runs."""
    runs = [path_word(str(folder_of(room, question, key))) for key in ("first", "second")]
    return _started(commands, ["diff", *runs, "--json"])


def job(_: Room, commands: Commands, question: Question) -> dict[str, Any]:
    """Return where a command stands; once it has ended, what it printed."""
    command = commands.known.get(text_of(question, "job"))
    if command is None:
        raise Refused("the server was started anew since; what was saved is in the list of runs")
    return command.told() if command.code is None else command.result()


def text_of(question: Question, key: str) -> str:
    """Return a text of a question, on one line."""
    found = question[key]
    if not isinstance(found, str) or len(found) > LONGEST or "\0" in found:
        raise Refused(f"{key} is a text of at most {LONGEST:,} characters")
    return " ".join(found.splitlines())


def _started(commands: Commands, words: Sequence[str]) -> dict[str, Any]:
    return {"job": commands.start(words), "command": shown(words)}
