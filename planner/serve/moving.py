"""Moves asked for by a page, and what they are as commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.serve.commands import Commands, shown
from planner.serve.move import AXES, IN_PERIODS, SIGNS, Move, MoveError, read_move
from planner.serve.move_words import words_of
from planner.serve.room import Refused, Room, opened

Question = Mapping[str, Any]


def open_run(room: Room, _: Commands, question: Question) -> dict[str, Any]:
    """Return what is told of a run at once; its program is opened meanwhile."""
    folder = folder_of(room, question)
    told = opened(room, folder)
    room.desk(folder)
    kinds = {
        what: {"axes": axes, "signs": SIGNS[what], "periods": what in IN_PERIODS}
        for what, axes in AXES.items()
    }
    return {**told, "kinds": kinds}


def ask(room: Room, _: Commands, question: Question) -> dict[str, Any]:
    """Return what a run's case comes to with some moves, and the command that says the same."""
    folder = folder_of(room, question)
    moves, words = moves_of(question), texts_of(question, "words")
    page, number = str(question["page"])[:64], question["number"]
    if not isinstance(number, int) or isinstance(number, bool):
        raise Refused("the number of a question is whole")
    desk = room.desk(folder)
    found = desk.ask(page, number, moves, words)
    command = command_of(room, folder, found["words"])
    return {**found, "base_usd": desk.first()["objective_usd"], "command": shown(command)}


def folder_of(room: Room, question: Question, key: str = "at") -> Path:
    """Return the run that a question is about."""
    at = question[key]
    if not (isinstance(at, list) and len(at) == 2 and all(isinstance(part, str) for part in at)):
        raise Refused("a run is named by its case and its folder")
    return room.folder(*at)


def moves_of(question: Question) -> list[Move]:
    """Return the moves of a question, as an address has them."""
    return [read_move(text) for text in texts_of(question, "moves")]


def texts_of(question: Question, key: str) -> list[str]:
    """Return a list of texts, each one line, of a question."""
    given = question.get(key, [])
    if not (isinstance(given, list) and all(isinstance(text, str) for text in given)):
        raise Refused(f"{key} is a list of texts")
    if any(len(text.splitlines()) != 1 for text in given):
        raise MoveError("each change is one line")
    return list(given)


def all_words(room: Room, folder: Path, question: Question) -> tuple[str, ...]:
    """Return the moves and further words of a question in the words of ``--set``."""
    words = words_of(room.desk(folder).base, moves_of(question))
    return (*words, *texts_of(question, "words"))


def command_of(room: Room, folder: Path, words: Sequence[str]) -> list[str]:
    """Return the command that makes a run of what the page shows, after its own changes."""
    from planner.runs.read import read_manifest, read_plan
    from planner.runs.what_if import what_if_of

    mark = what_if_of(read_plan(folder))
    stated = () if mark is None else (*mark.stated, *mark.given)
    source = str(read_manifest(folder)["case_folder"])
    sets = [part for text in (*stated, *words) for part in ("--set", text)]
    return ["run", path_word(source), *sets, "--out", path_word(str(room.out))]


def path_word(text: str) -> str:
    """Return a path as no option."""
    return f"./{text}" if text.startswith("-") else text
