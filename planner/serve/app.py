"""What is served: the page at once, and the answers to what it asks as soon as what they need is
loaded."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from planner.report.design import style_sheet
from planner.serve.guard import FILES, Guard

if TYPE_CHECKING:
    from planner.serve.answers import Answers

STATIC: Final = Path(__file__).parent / "static"
DESIGN: Final = "design.css"
"""The colours, type and spacing that all pages share."""
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def make_app(out: Path, cases: tuple[Path, ...], host: str, token: str) -> Guard:
    """Return the application behind its guard.

    Args:
        out: where the runs are.
        cases: cases that may be edited besides those that runs were made from.
        host: the only Host that is ours.
        token: what a question has to name.
    """
    loaded = _loading(out, cases)

    async def replied(name: str, question: dict[str, Any]) -> Response:
        return await run_in_threadpool(lambda: loaded.result().reply(name, question))

    async def answer(request: Request) -> Response:
        try:
            question = json.loads(await request.body())
        except (ValueError, RecursionError):
            question = None
        if not isinstance(question, dict):
            return JSONResponse({"error": "a question is a JSON object"}, 400)
        return await replied(request.path_params["name"], question)

    async def dropped(request: Request) -> Response:
        name = request.headers.get("x-file-name", "")
        return await replied("drop", {"file": (name, await request.body())})

    app = Starlette(
        routes=[
            Route(FILES, dropped, methods=["POST"]),
            Route("/api/{name}", answer, methods=["POST"]),
            Route("/static/{name}", _file),
            Route("/{path:path}", _page),
        ]
    )
    return Guard(app, host=host, token=token)


def _loading(out: Path, cases: tuple[Path, ...]) -> Future[Answers]:
    """Load what answers need while the browser opens the page."""
    loaded: Future[Answers] = Future()

    def load() -> None:
        try:
            from planner.serve.answers import Answers

            loaded.set_result(Answers(out, cases))
        except BaseException as failure:  # carried over to whoever asks
            loaded.set_exception(failure)

    threading.Thread(target=load, daemon=True).start()
    return loaded


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
