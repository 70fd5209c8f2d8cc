"""The page without a pointer: every stop in order and seen, what opens, sorts and scrolls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.pipeline import run
from tests.report.browser import CHROMIUM, Browser, browser
from tests.report.keys import check_walk, press

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
QUICKSTART = Path(__file__).parents[2] / "inputs" / "quickstart"
ALL_OPEN = (
    "document.querySelectorAll('details').forEach(part => { part.open = true; });"
    "new Promise(done => setTimeout(done, 100))"
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The page of quickstart."""
    result = run(QUICKSTART, out=tmp_path_factory.mktemp("out"))
    assert result.folder is not None
    with browser(tmp_path_factory.mktemp("profile")) as found:
        found.open(result.folder / "report.html")
        yield found


def test_every_stop_is_seen_and_in_order(page: Browser) -> None:
    check_walk(page)
    page.evaluate(ALL_OPEN)
    check_walk(page)


def test_only_what_scrolls_is_a_stop_of_its_own(page: Browser) -> None:
    stops = page.evaluate(
        "Array.from(document.querySelectorAll('.wide, .draw')).filter(e => e.checkVisibility()"
        " && (e.tabIndex === 0) !== (e.scrollWidth > e.clientWidth + 1)).map(e => e.ariaLabel)"
    )
    assert stops == []


def test_a_heading_opens_and_closes(page: Browser) -> None:
    page.evaluate(
        "(() => { const it = document.querySelector('details.data > summary');"
        "it.parentElement.open = false; it.focus(); })()"
    )
    script = "document.activeElement.parentElement.open"
    for key in ("Enter", " "):
        press(page, key)
        assert page.evaluate(script) is True
        press(page, key)
        assert page.evaluate(script) is False


def test_a_column_sorts(page: Browser) -> None:
    page.evaluate("document.querySelector('details.sheet[open] th .sort').focus()")
    for key, order in (("Enter", "ascending"), (" ", "descending")):
        press(page, key)
        assert page.evaluate("document.activeElement.parentElement.ariaSort") == order


def test_a_table_scrolls(page: Browser) -> None:
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=390,
        height=900,
        deviceScaleFactor=1,
        mobile=True,
    )
    page.evaluate(ALL_OPEN)
    check_walk(page)
    page.evaluate("document.querySelector('.wide.over').focus()")
    press(page, "ArrowRight", 3)
    page.evaluate("new Promise(done => setTimeout(done, 400))")
    assert page.evaluate("document.activeElement.scrollLeft") > 20


def test_escape_takes_the_words_of_a_mark_away(page: Browser) -> None:
    page.evaluate(
        "document.querySelector('[data-tip]').dispatchEvent(new PointerEvent('pointermove',"
        " {bubbles: true}))"
    )
    assert page.evaluate("document.getElementById('tip').hidden") is False
    press(page, "Escape")
    assert page.evaluate("document.getElementById('tip').hidden") is True
