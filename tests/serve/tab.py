"""A tab of a real browser at a served page: with a network, addresses and inputs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.report.browser import Browser, browser

SECONDS = 30.0


class Tab:
    """One browser with one page."""

    def __init__(self, found: Browser) -> None:
        self.browser = found
        found.call(
            "Network.emulateNetworkConditions",
            offline=False,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )

    @property
    def messages(self) -> list[str]:
        return self.browser.messages

    def open(self, address: str, width: int = 1280, height: int = 900) -> None:
        """Go to an address, forgetting what was told before."""
        self.browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.browser.call("Page.navigate", url="about:blank")
        self.messages.clear()
        self.browser.call("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")

    def drawn(self) -> None:
        """Wait for the first picture."""
        self.until("document.querySelector('main')?.dataset.drawn === 'yes'")

    def value(self, script: str) -> Any:
        return self.browser.evaluate(script)

    def until(self, script: str, seconds: float = SECONDS) -> Any:
        """Wait until an expression holds; return its value."""
        end = time.monotonic() + seconds
        while True:
            try:
                found = self.value(script)
            except RuntimeError:  # between two pages
                found = None
            if found:
                return found
            assert time.monotonic() < end, f"{script} never holds: {self.text()[:2000]}"
            time.sleep(0.03)

    def text(self) -> str:
        """Return what the page says."""
        return str(self.value("document.body.innerText"))

    def set(self, selector: str, value: str) -> None:
        """Turn a slider, fill a field or choose, as a person does."""
        self.value(
            f"(() => {{ const it = document.querySelector({json.dumps(selector)});"
            f"it.value = {json.dumps(value)};"
            "it.dispatchEvent(new Event('input', {bubbles: true}));"
            "it.dispatchEvent(new Event('change', {bubbles: true})); })()"
        )

    def press(self, words: str) -> None:
        """Press the button or link, or open the heading, that says so."""
        self.until(
            "(() => { const it = [...document.querySelectorAll('button, a, summary')]"
            f".find((one) => one.textContent.startsWith({json.dumps(words)}) && !one.disabled);"
            "if (it) it.click(); return Boolean(it); })()"
        )

    def headline(self) -> str:
        return str(self.value("document.querySelector('.headline')?.innerText ?? ''"))


@contextmanager
def tab(profile: Path) -> Iterator[Tab]:
    """Start a browser with a profile of its own."""
    with browser(profile) as found:
        yield Tab(found)
