"""Who is let in: our own page with the token, and nobody else, whatever is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from planner.serve.guard import HEADERS, LARGEST_QUESTION, POLICY
from tests.serve.served import TOKEN, Served, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("guarded")) as found:
        yield found


def test_our_own_page_is_answered(server: Served) -> None:
    status, answer = server.ask("list", {})
    assert status == 200
    assert answer["runs"] == []


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (host, path)
        for host in ("evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "", None)
        for path in ("/", "/static/main.js", "/run/a/b")
    ],
)
def test_a_wrong_host_is_refused_whatever_it_asks(
    server: Served, host: str | None, path: str
) -> None:
    status, _, body = server.send("GET", path, Host=host)
    assert status in (400, 421)
    assert b"<html" not in body


def test_a_wrong_host_with_the_token_is_refused(server: Served) -> None:
    status, _ = server.ask("list", {}, Host=f"evil.example:{server.port}")
    assert status == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", None]
)
def test_another_page_may_not_ask_even_with_the_token(server: Served, origin: str | None) -> None:
    status, answer = server.ask("list", {}, Origin=origin)
    assert status == 403
    assert "runs" not in answer


def test_a_question_that_the_browser_says_is_not_ours_is_refused(server: Served) -> None:
    status, _ = server.ask("list", {}, Sec_Fetch_Site="same-site")
    assert status == 403


@pytest.mark.parametrize("token", [None, "", TOKEN[:-1], TOKEN + "x", TOKEN.upper()])
def test_without_the_token_nothing_is_told(server: Served, token: str | None) -> None:
    for name in ("list", "open", "move", "no-such-question"):
        status, answer = server.ask(name, {}, X_Planner_Token=token)
        assert status == 401
        assert answer.keys() == {"error"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_questions_are_posted_only(server: Served, method: str) -> None:
    own = {"Origin": f"http://{server.host}", "X_Planner_Token": TOKEN}
    assert server.send(method, "/api/list", **own)[0] == 405


def test_what_is_too_large_is_refused_before_it_is_read(server: Served) -> None:
    own = {"Origin": f"http://{server.host}", "X_Planner_Token": TOKEN}
    length = str(LARGEST_QUESTION + 1)
    assert server.send("POST", "/api/list", **own, Content_Length=length)[0] == 413
    chunked = {"Content_Length": None, "Transfer_Encoding": "chunked"}
    assert server.send("POST", "/api/list", b"0\r\n\r\n", **own, **chunked)[0] == 411


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_question_is_told_so(server: Served, body: bytes) -> None:
    own = {"Origin": f"http://{server.host}", "X_Planner_Token": TOKEN}
    status, _, answer = server.send("POST", "/api/list", body, **own)
    assert status == 400
    assert "JSON object" in json.loads(answer)["error"]


@pytest.mark.parametrize("path", ["/", "/run/x", "/static/main.js", "/static/none", "/api/list"])
def test_every_answer_carries_the_policy(server: Served, path: str) -> None:
    _, headers, _ = server.send("POST" if path.startswith("/api") else "GET", path)
    assert HEADERS.items() <= headers.items()
    assert "server" not in headers
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY


@pytest.mark.parametrize(
    "name", ["..%2fapp.py", "%2e%2e/app.py", "../app.py", "..\\app.py", "app.py", "%00", ".", ""]
)
def test_no_file_but_those_of_the_page_is_served(server: Served, name: str) -> None:
    status, _, body = server.send("GET", f"/static/{name}")
    assert b"import" not in body
    assert status in (200, 404)  # 200: the page itself, which says that there is nothing


NO_RUNS = [
    ["..", ".."],
    ["", ""],
    ["a", "../.."],
    ["/etc", ""],
    [".", "x"],
    ["a\0", "b"],
    "ab",
    [1, 2],
]


@pytest.mark.parametrize("at", NO_RUNS)
def test_no_folder_but_a_run_is_opened(server: Served, at: object) -> None:
    status, answer = server.ask("open", {"at": at})
    assert status == 422
    assert "error" in answer


def test_every_file_of_the_page_is_served_and_loads_nothing_of_others(server: Served) -> None:
    from planner.serve.app import DESIGN, STATIC

    names = [path.name for path in STATIC.iterdir() if path.suffix in (".js", ".css", ".svg")]
    for name in (*names, DESIGN):
        status, headers, body = server.send("GET", f"/static/{name}")
        assert status == 200
        assert headers["content-type"].split(";")[0].split("/")[0] in ("text", "image")
        text = body.decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
        text = text.replace('"http://www.w3.org/2000/svg"', "")
        assert "http://" not in text.replace("http://127.0.0.1", "")
        assert "https://" not in text
        for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert sink not in text
