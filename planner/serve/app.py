"""What is served: the page, and the answers to what it asks."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from planner.case.problems import CaseError
from planner.edit import EditError
from planner.report.design import style_sheet
from planner.report.problems import as_data
from planner.runs.read import RunError
from planner.serve import keeping, sheets, taking
from planner.serve.commands import Commands
from planner.serve.desk import Superseded
from planner.serve.guard import FILES, Guard
from planner.serve.move import MoveError
from planner.serve.moving import ask, open_run
from planner.serve.room import Refused, Room, listed
from planner.words import printable

STATIC: Final = Path(__file__).parent / "static"
DESIGN: Final = "design.css"
"""The colours, type and spacing that all pages share."""
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

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
    "import": taking.import_file,
    "map": taking.read_map,
    "answer-map": taking.write_map,
}
"""What can be asked."""


def make_app(room: Room, host: str, token: str) -> Guard:
    """Return the application behind its guard.

    Args:
        room: the runs and cases.
        host: the only Host that is ours.
        token: what a question has to name.
    """
    commands = Commands()

    async def answer(request: Request) -> Response:
        found = ANSWERS.get(request.path_params["name"])
        if found is None:
            return JSONResponse({"error": "there is no such question"}, 404)
        try:
            question = json.loads(await request.body())
        except (ValueError, RecursionError):
            question = None
        if not isinstance(question, dict):
            return JSONResponse({"error": "a question is a JSON object"}, 400)
        return await run_in_threadpool(_answered, found, room, commands, question)

    async def dropped(request: Request) -> Response:
        name, content = request.headers.get("x-file-name", ""), await request.body()
        return await run_in_threadpool(
            _answered, lambda room, _, told: taking.take(room, *told["file"]), room, commands,
            {"file": (name, content)},
        )  # fmt: skip

    app = Starlette(
        routes=[
            Route(FILES, dropped, methods=["POST"]),
            Route("/api/{name}", answer, methods=["POST"]),
            Route("/static/{name}", _file),
            Route("/{path:path}", _page),
        ]
    )
    return Guard(app, host=host, token=token)


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


def _answered(found: Answer, room: Room, commands: Commands, question: Question) -> Response:
    """Answer a question; whatever is wrong with it is told."""
    try:
        return Told(found(room, commands, question))
    except Superseded:
        return JSONResponse({"superseded": True})
    except CaseError as reason:
        told = {"error": "there are problems of the inputs", "problems": as_data(reason.problems)}
        return JSONResponse(told, 422)
    except (Refused, MoveError, RunError, EditError) as reason:
        return JSONResponse({"error": printable(reason)}, 422)
    except KeyError as missing:
        return JSONResponse({"error": f"the question lacks {missing}"}, 400)
    except OSError as reason:
        return JSONResponse({"error": printable(reason)}, 500)


async def _page(request: Request) -> Response:
    """The page: the same at every address, which says what it is to show."""
    return FileResponse(STATIC / "index.html", media_type="text/html")


async def _file(request: Request) -> Response:
    """A script or a style of the page."""
    name = request.path_params["name"]
    if name == DESIGN:
        return Response(style_sheet(), media_type="text/css")
    path = STATIC / name
    if path.parent != STATIC or path.suffix not in TYPES or not path.is_file():
        return JSONResponse({"error": "there is no such file"}, 404)
    return FileResponse(path, media_type=TYPES[path.suffix])
