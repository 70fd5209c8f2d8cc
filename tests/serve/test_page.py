"""The page in a real browser: moved, shared, two at once, its server killed, and attacked."""

from __future__ import annotations

import http.server
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.pipeline import run
from planner.study.live import Live
from planner.study.variants import read_variants
from tests.helpers import write_case
from tests.model.small import demand, offer, power, settings, site, tables
from tests.report.browser import CHROMIUM
from tests.serve.served import TOKEN, Served, served, start
from tests.serve.tab import Tab, tab

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
HOSTILE = '<img src=x onerror="document.title=1">'
TURNED = "</script><b>hall"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a small case whose names are hostile."""
    found = tmp_path_factory.mktemp("page")
    case = tables(
        sites=[site(TURNED)],
        power=power((TURNED,)),
        offers=[offer(site=TURNED, usd_per_chip=100)],
        demand=demand(10, 10, workload=HOSTILE),
        workloads=[{"workload": HOSTILE, "kind": "online", "model": "m", "tier": "f"}],
    )
    write_case(found / "small", case, settings())
    assert run(found / "small", out=found / "out").folder is not None
    return found


@pytest.fixture(scope="module")
def server(small: Path) -> Iterator[Served]:
    with served(small / "out") as found:
        yield found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with tab(tmp_path_factory.mktemp("profile")) as found:
        yield found


def address(server: Served, path: str = "/", token: str = TOKEN) -> str:
    return f"http://{server.host}{path}" + (f"#token={token}" if token else "")


UP = "/run/small/?m=demand~case~~~~x1.1"


def test_a_move_is_turned_and_the_picture_follows(page: Tab, server: Served) -> None:
    page.open(address(server, "/run/small/"))
    page.drawn()
    assert page.headline().startswith("The plan costs")
    page.set("#what", "demand")
    page.press("Add this move")
    page.set("#s0", "10")
    page.until("document.querySelector('.headline').innerText.includes('+10 %')")
    now = page.until("document.querySelector('.headline').innerText.includes('(+10 %)')")
    assert now
    assert "demand.*.*.output_mtok*=1.1" in page.text()
    assert page.value("location.search") == "?m=demand~case~~~~x1.1"
    assert "token" not in page.value("location.href")
    shown = page.headline()
    page.open(address(server, page.value("location.pathname + location.search"), token=""))
    page.until(f"document.querySelector('.headline')?.innerText === {shown!r}")
    assert page.value("document.querySelector('#n0').value") == "10"
    assert page.messages == []


def test_two_pages_at_once_each_have_their_own(page: Tab, server: Served, tmp_path: Path) -> None:
    with tab(tmp_path / "other") as other:
        page.open(address(server, UP))
        other.open(address(server, UP.replace("x1.1", "x0.9")))
        for _ in range(3):
            for one, percent in ((page, 10), (other, -10)):
                one.until("document.querySelector('#s0') !== null")
                one.set("#s0", str(percent))
        page.until("document.querySelector('.headline')?.innerText.includes('(+10 %)')")
        other.until("document.querySelector('.headline')?.innerText.includes('(\u221210 %)')")
        assert other.messages == page.messages == []


def test_a_slow_solve_ends_with_the_next_move(
    page: Tab, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open(address(server, "/run/small/?m=demand~case~~~~x1.03"))
    page.until("document.querySelector('.headline')?.innerText.includes('(+3 %)')")
    true, began, ended = Live.ask, threading.Event(), threading.Event()

    def slow(self: Live, case: Any) -> Any:
        if began.is_set():
            return true(self, case)
        began.set()
        while not self.model._watch._stopping:  # as long as the solver is not stopped
            time.sleep(0.01)
        ended.set()
        return type("Stopped", (), {"status": "limit"})()

    monkeypatch.setattr(Live, "ask", slow)
    page.set("#s0", "50")
    assert began.wait(20)
    page.until("document.querySelector('.result').classList.contains('solving')")
    page.set("#s0", "7")
    assert ended.wait(20)
    page.until("document.querySelector('.headline').innerText.includes('(+7 %)')")
    assert not page.value("document.querySelector('.result').classList.contains('solving')")
    assert page.messages == []


def test_hostile_names_are_text(page: Tab, server: Served) -> None:
    for path in ("/", "/run/small/?m=demand~case~~~~x1.1", "/compare", "/tables"):
        page.open(address(server, path))
        page.drawn()
        assert page.value("document.images.length") == 0
        assert page.value("document.title") != "1"
        assert "\u200f" not in page.text()
        assert page.messages == []
    page.open(address(server, "/run/small/?set=" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E"))
    page.drawn()
    page.until("document.body.innerText.includes('this is no good case')")
    assert page.value("document.querySelectorAll('script').length") == 1
    page.open(address(server, "/run/small/"))
    page.drawn()
    page.set("#what", "demand")
    options = page.value("[...document.querySelectorAll('#whose option')].map((o) => o.text)")
    assert HOSTILE in options
    assert page.messages == []


def test_without_the_token_nothing_is_shown(page: Tab, server: Served) -> None:
    """And with another server's neither; a tab goes on once the right one is known."""
    page.open(address(server))
    for token in ("", "another"):
        page.value("localStorage.clear()")
        page.open(address(server, "/run/small/", token))
        page.until("document.body.innerText.includes('needs its token')")
        assert "plan costs" not in page.text()
    page.value(f"localStorage.setItem('planner-token', {TOKEN!r})")
    page.until("document.body.innerText.includes('The plan costs')")


class Evil(http.server.BaseHTTPRequestHandler):
    """Another page in the same browser, which even knows the token."""

    target = ""

    def do_GET(self) -> None:
        body = f"""<title>evil</title><iframe src="{self.target}/"></iframe><script>
        const tell = (x) => document.title += ";" + x;
        const ask = (h) => fetch("{self.target}/api/list", {{method: "POST", body: "{{}}", ...h}})
          .then((r) => r.text()).then((t) => tell("read " + t), () => tell("refused"));
        Promise.all([ask({{}}), ask({{headers: {{"X-Planner-Token": "{TOKEN}"}}}}),
          fetch("{self.target}/static/main.js").then(() => tell("read"), () => tell("refused")),
          import("{self.target}/static/main.js").then(() => tell("ran"), () => tell("refused")),
        ]).then(() => tell("done"));</script>""".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_another_page_and_another_name_get_nothing(page: Tab, server: Served) -> None:
    Evil.target = f"http://{server.host}"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil) as evil:
        threading.Thread(target=evil.serve_forever, daemon=True).start()
        page.open(f"http://127.0.0.1:{evil.server_address[1]}/")
        page.until("document.title.endsWith('done')")
        assert page.value("document.title") == "evil" + ";refused" * 4 + ";done"
        assert page.value("document.querySelector('iframe').contentDocument") is None
        evil.shutdown()
    page.open(f"http://localhost:{server.port}/#token={TOKEN}")
    assert "another name" in page.text()


def test_nothing_is_wider_than_the_page(page: Tab, server: Served) -> None:
    for path in (UP, "/tables"):
        for width in (1024, 390):
            page.open(address(server, path), width)
            page.drawn()
            assert page.value("document.documentElement.scrollWidth") <= width, (path, width)
            cut = page.value(OUTSIDE)
            assert cut == [], (path, width)


OUTSIDE = """[...document.querySelectorAll("button, h1, h2, p, figcaption, .card *, summary")]
  .filter((one) => one.offsetParent && !one.closest(".wide, .skip")
    && (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline"
        || one.getBoundingClientRect().right > innerWidth + 1))
  .map((one) => one.outerHTML.slice(0, 120))"""


def test_a_cell_is_edited_with_the_words_of_the_check(
    page: Tab, server: Served, small: Path
) -> None:
    case = small / "small"
    page.open(address(server, f"/tables?case={case}&table=power"))
    page.drawn()
    cell = '[data-head="mw"]'
    page.set(cell, "1,5x")
    page.until("document.querySelector('[data-head=\"mw\"]').classList.contains('wrong')")
    assert "1,5x: has a unit, x; correct the cell" in page.value(
        "document.querySelector('.problems').innerText"
    )
    page.set(cell, "2")
    page.until("!document.querySelector('.state').classList.contains('bad')")
    before = (case / "power.csv").read_bytes()
    page.press("Write into the case")
    page.until("document.querySelector('#told').innerText.startsWith('Written')")
    one, other = before.split(b"\n"), (case / "power.csv").read_bytes().split(b"\n")
    assert other == [one[0], one[1].replace(b",1.0", b",2"), *one[2:]] != one
    (case / "power.csv").write_bytes(before)
    assert page.messages == []


def test_killed_and_started_again_nothing_saved_is_lost(
    page: Tab, small: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(small / "out" / "small", out / "small")
    server, first = start(out, 0)
    base, token = first.split("/run/")[0], first.split("#token=")[1]
    try:
        page.open(f"{base}{UP}#token={token}")
        page.until("document.querySelector('.headline')?.innerText.includes('(+10 %)')")
        page.press("Add to a file of variants")
        page.set("#variant", "more")
        page.value("document.querySelector('.acts form button').click()")
        page.until("document.querySelector('.outcome').innerText.includes('Added to')")
        server.send_signal(signal.SIGKILL)
        server.wait()
        page.set("#s0", "20")
        page.until("document.body.innerText.includes('The server has gone')")
        server, again = start(out, int(base.rsplit(":", 1)[1]))
        other = again.split("#token=")[1]
        assert other != token
        page.until("document.body.innerText.includes('needs its token')")
        # what opening the address that it printed does, in any tab
        page.value(f"localStorage.setItem('planner-token', {other!r})")
        page.until("document.querySelector('.headline')?.innerText.includes('(+20 %)')")
        [variant] = read_variants(out / "small" / "variants.csv")
        assert variant.overrides == ("demand.*.*.output_mtok*=1.1",)
    finally:
        server.kill()
        server.wait()
