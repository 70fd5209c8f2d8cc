"""What all tests share: an interrupt must reach what they interrupt, and a run says what it leaves
out."""

from __future__ import annotations

import signal
from collections import Counter

import pytest

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
