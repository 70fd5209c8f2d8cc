"""The guard before everything that is served: who may ask, and what the answer may do in a
browser.

Only this machine is listened to, and another page in the same browser is no part of it.  Refused
are a wrong Host (a name that somebody let point to 127.0.0.1), a wrong Origin (another page), and
every question about data without the token.  The token stands behind the ``#`` of the address that
the command prints, which no browser sends along: the page keeps it for itself and names it in a
header of every question, which no other page can.  There is no cookie, which other servers of this
machine would be sent too.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API: Final = "/api/"
TOKEN_HEADER: Final = "x-planner-token"
LARGEST_QUESTION: Final = 2_000_000
"""Bytes of a question, beyond which it is refused unread."""
LARGEST_FILE: Final = 60_000_000
"""Bytes of a file that is dropped."""
FILES: Final = "/api/drop"
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""Scripts, styles and questions of this server alone, and no text is ever taken for markup."""
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class Guard:
    """Lets through what our own page asks of us.

    Args:
        app: what answers.
        host: the only Host that is ours: ``127.0.0.1:8765``.
        token: what a question about data has to name.
    """

    def __init__(self, app: ASGIApp, *, host: str, token: str) -> None:
        self._app, self._host, self._token = app, host, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                given = [pair for pair in message.get("headers", ()) if pair[0] != b"server"]
                message = {**message, "headers": [*given, *own]}
            await send(message)

        refused = self._refused(scope)
        if refused:
            status, why = refused
            await JSONResponse({"error": why}, status)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Return the status and the reason with which a request is refused; None: it is let
        through."""
        told: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            told.setdefault(name.lower(), []).append(value)
        if told.get(b"host") != [self._host.encode()]:
            return 421, "this server has another name"
        origin = told.get(b"origin")
        if origin is not None and origin != [f"http://{self._host}".encode()]:
            return 403, "another page may not ask"
        method, asks = scope["method"], scope["path"].startswith(API)
        if method not in (("POST",) if asks else ("GET", "HEAD")):
            return 405, "not answered so"
        if not asks:
            return None
        if origin is None or told.get(b"sec-fetch-site", [b"same-origin"]) != [b"same-origin"]:
            return 403, "only this server's own page may ask"
        given = told.get(TOKEN_HEADER.encode(), [b""])
        if len(given) != 1 or not hmac.compare_digest(given[0], self._token):
            return 401, "the token is missing or another server's"
        most = LARGEST_FILE if scope["path"] == FILES else LARGEST_QUESTION
        length = told.get(b"content-length", [b""])[0]
        if not length.isdigit():
            return 411, "the length of the question is not told"
        if int(length) > most:
            return 413, f"larger than {most:,} bytes"
        return None
