"""Faults in what is known of the time before the plan, which no shipped case has: the tests worked
by hand see each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.faults import child
from tests.faults.declared.before_the_plan import FAULTS
from tests.faults.declared.what_is_held import FAULTS as HELD
from tests.faults.fault import Fault

BY_HAND = ["tests/model/test_done.py", "tests/model/test_used.py"]


def marked(faults: Sequence[Fault]) -> list[Any]:
    """Faults as parameters: one of eight in every run, the others where all is run."""
    often, seldom = pytest.mark.slow, pytest.mark.full
    return [
        pytest.param(fault, id=fault.what, marks=seldom if number % 8 else often)
        for number, fault in enumerate(faults)
    ]


@pytest.mark.parametrize("fault", marked(FAULTS))
def test_seen(fault: Fault) -> None:
    failed = child.in_child(lambda: child.tested(fault, BY_HAND))
    assert failed, fault.what


@pytest.mark.parametrize("fault", marked(HELD))
def test_seen_of_what_is_held(fault: Fault) -> None:
    by_hand = ["tests/model/test_holdings.py", "tests/model/test_power_orders.py"]
    failed = child.in_child(lambda: child.tested(fault, by_hand))
    assert failed, fault.what
