"""The answers to what a page asks: by the name of the question, whatever is wrong with it told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from planner.case.problems import CaseError
from planner.edit import EditError
from planner.report.problems import as_data
from planner.runs.read import RunError
from planner.serve import keeping, sheets, taking
from planner.serve.commands import Commands
from planner.serve.desk import Superseded
from planner.serve.move import MoveError
from planner.serve.moving import ask, open_run
from planner.serve.room import Refused, Room, listed
from planner.words import printable

Question = Mapping[str, Any]
Answer = Callable[[Room, Commands, Question], Any]

ANSWERS: Final[Mapping[str, Answer]] = {
    "list": lambda room, _, __: listed(room),
    "open": open_run,
    "move": ask,
    "save": keeping.save,
    "plan": keeping.plan,
    "variant": keeping.variant,
    "apply": keeping.apply_run,
    "approve": keeping.approve,
    "compare": keeping.compare,
    "job": keeping.job,
    "tables": sheets.tables,
    "table": sheets.table,
    "edit": sheets.edit,
    "drop": lambda room, _, question: taking.take(room, *question["file"]),
    "import": taking.import_file,
    "map": taking.read_map,
    "answer-map": taking.write_map,
}
"""What can be asked."""


class Answers:
    """Answers questions about the runs under a folder.

    Args:
        out: where the runs are.
        cases: cases that may be edited besides those that runs were made from.
    """

    def __init__(self, out: Path, cases: tuple[Path, ...]) -> None:
        self._room, self._commands = Room(out, cases), Commands()

    def reply(self, name: str, question: Question) -> Response:
        """Answer a question; whatever is wrong with it is told."""
        found = ANSWERS.get(name)
        if found is None:
            return JSONResponse({"error": "there is no such question"}, 404)
        try:
            return Told(found(self._room, self._commands, question))
        except Superseded:
            return JSONResponse({"superseded": True})
        except CaseError as reason:
            told = {
                "error": "there are problems of the inputs",
                "problems": as_data(reason.problems),
            }
            return JSONResponse(told, 422)
        except (Refused, MoveError, RunError, EditError) as reason:
            return JSONResponse({"error": printable(reason)}, 422)
        except KeyError as missing:
            return JSONResponse({"error": f"the question lacks {missing}"}, 400)
        except OSError as reason:
            return JSONResponse({"error": printable(reason)}, 500)


class Told(JSONResponse):
    """JSON in which a figure that nobody knows is null."""

    def render(self, content: Any) -> bytes:
        """Return the document as it is sent."""
        try:
            return super().render(content)
        except ValueError:
            return super().render(_known(content))


def _known(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _known(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_known(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
