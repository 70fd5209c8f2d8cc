"""What all tests share: an interrupt must reach what they interrupt, and a run says what it leaves
out."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from planner.report import remake, write

UNDRAWN: Final = ("model", "oracle", "plan", "properties", "roll", "study", "whole")
"""Rooms whose tests read tables: of runs in their process, page and workbook are a few words, which
saves a third of a small run; modules marked ``drawn`` have them in full, and so has ``-m full``."""

# started in the background, a test run inherits an ignored SIGINT and would hand it on to the
# processes that tests interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which tests are left out, and how to run them."""
    chosen = config.getoption("markexpr")
    return f"markers: {chosen or 'all tests'}; also: -m slow (longer), -m full (all counts)"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the parameters of a test marked ``sampled(n)`` one in n is slow, the others are full."""
    seen: Counter[str] = Counter()
    for item in items:
        mark = item.get_closest_marker("sampled")
        if mark is not None:
            test = item.nodeid.partition("[")[0]
            item.add_marker(pytest.mark.full if seen[test] % mark.args[0] else pytest.mark.slow)
            seen[test] += 1


@pytest.fixture(autouse=True, scope="module")
def undrawn(request: pytest.FixtureRequest) -> Iterator[None]:
    """Write a few words for the page and the workbook of a run where nobody reads them."""
    full = "full" in str(request.config.getoption("markexpr")).replace("not full", "")
    rooms = Path(str(request.node.path)).parent.parts
    if full or not set(UNDRAWN) & set(rooms) or request.node.get_closest_marker("drawn"):
        yield
        return

    def page(folder: Path, path: Path | None = None, **words: Any) -> Path:
        path = path or folder / "report.html"
        path.write_text(f"undrawn, {words.get('approval', 'not approved yet')}", encoding="utf-8")
        return path

    def workbook(folder: Path, path: Path | None = None, run: object = None) -> Path:
        path = path or folder / "plan.xlsx"
        path.write_bytes(b"undrawn")
        return path

    with pytest.MonkeyPatch.context() as patch:
        for module in (write, remake):
            patch.setattr(module, "write_page", page)
            patch.setattr(module, "write_workbook", workbook)
        yield
