"""The server: on this machine alone, at an address that only whoever started it knows."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import uvicorn

from planner.serve.app import make_app

ADDRESS: Final = "127.0.0.1"
PORT: Final = 8765
"""The port that an address of a state means on every machine of a team."""
GRACE_SECONDS: Final = 2
"""How long questions under way are waited for at the end."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the page is."""

    port: int
    token: str

    def address(self, path: str = "/") -> str:
        """Return the address of the page, with the token that no browser sends along."""
        return f"http://{ADDRESS}:{self.port}{path}#token={self.token}"


def run_path(folder: Path) -> str:
    """Return the path of the page of a run."""
    return f"/run/{quote(folder.parent.name, safe='')}/{quote(folder.name, safe='')}"


def serve(out: Path, cases: tuple[Path, ...], port: int, ready: Callable[[Serving], None]) -> None:
    """Serve until interrupted.

    Args:
        out: where the runs are.
        cases: cases that may be edited besides those that runs were made from.
        port: 0 for any that is free.
        ready: called once the page can be opened.

    Raises:
        OSError: where the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
        listener.listen(128)
        serving = Serving(listener.getsockname()[1], secrets.token_urlsafe(32))
        app = make_app(out, cases, f"{ADDRESS}:{serving.port}", serving.token)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_SECONDS,
            ws="none",
        )
        ready(serving)
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
