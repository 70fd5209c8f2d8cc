"""A server of the page in a thread, and questions to it as any program may send them."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from planner.serve.app import make_app

TOKEN = "a-token-of-the-tests"


@dataclass(frozen=True)
class Served:
    """Where it is, and how to ask."""

    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def send(
        self, method: str, path: str, body: bytes = b"", **headers: str | None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request; a header that is None is left out, and nothing is added but a length."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {"Host": self.host, **{k.replace("_", "-"): v for k, v in headers.items()}}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        if method == "POST" and "Content-Length" not in given:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def ask(self, name: str, question: Any, **headers: str | None) -> tuple[int, Any]:
        """Ask as the page does."""
        own: dict[str, str | None] = {"Origin": f"http://{self.host}", "X_Planner_Token": TOKEN}
        status, _, body = self.send(
            "POST", f"/api/{name}", json.dumps(question).encode(), **{**own, **headers}
        )
        return status, json.loads(body)


@contextmanager
def served(out: Path, cases: tuple[Path, ...] = ()) -> Iterator[Served]:
    """Serve what is under a folder."""
    import socket

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    port = listener.getsockname()[1]
    app = make_app(out, cases, f"127.0.0.1:{port}", TOKEN)
    config = uvicorn.Config(app, log_level="critical", lifespan="off", server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Served(port)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def start(out: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    """Start the command itself; return it and the address that it prints."""
    command = [sys.executable, "-m", "planner", "serve", "--out", str(out), "--no-open"]
    process = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().strip()
