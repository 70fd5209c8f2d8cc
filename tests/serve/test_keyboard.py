"""The served page without a pointer: every stop in order and seen, a move turned by arrow keys, a
cell of a table filled and left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.browser import CHROMIUM
from tests.report.keys import check_walk, press
from tests.serve.served import TOKEN, Served, served
from tests.serve.tab import Tab, tab

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
SLIDER = "document.activeElement.value"


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Served]:
    with served(home / "out") as found:
        yield found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with tab(tmp_path_factory.mktemp("profile")) as found:
        yield found


def test_every_stop_is_seen_and_in_order(page: Tab, server: Served) -> None:
    for path in ("/run/quickstart/", "/run/quickstart/?m=demand~case~~~~x1.1", "/tables", "/"):
        page.open(f"http://{server.host}{path}#token={TOKEN}")
        page.drawn()
        check_walk(page.browser)


def test_a_move_is_turned_by_arrow_keys(page: Tab, server: Served) -> None:
    page.open(f"http://{server.host}/run/quickstart/?m=demand~case~~~~x1.1#token={TOKEN}")
    page.drawn()
    page.browser.call("Emulation.setFocusEmulationEnabled", enabled=True)
    page.value("document.querySelector('input[type=range]').focus()")
    before = float(page.value(SLIDER))
    press(page.browser, "ArrowRight", 2)
    assert float(page.value(SLIDER)) > before
    page.until("location.search !== '?m=demand~case~~~~x1.1'")
