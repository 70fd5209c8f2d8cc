"""Faults in what is known of the time before the plan, which no shipped case has: the tests worked
by hand see each."""

from __future__ import annotations

import pytest

from tests.faults import child
from tests.faults.declared.before_the_plan import FAULTS
from tests.faults.declared.what_is_held import FAULTS as HELD
from tests.faults.fault import Fault

BY_HAND = ["tests/model/test_done.py", "tests/model/test_used.py"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.what for fault in FAULTS])
def test_seen(fault: Fault) -> None:
    failed = child.in_child(lambda: child.tested(fault, BY_HAND))
    assert failed, fault.what


@pytest.mark.slow
@pytest.mark.parametrize("fault", HELD, ids=[fault.what for fault in HELD])
def test_seen_of_what_is_held(fault: Fault) -> None:
    by_hand = ["tests/model/test_holdings.py", "tests/model/test_power_orders.py"]
    failed = child.in_child(lambda: child.tested(fault, by_hand))
    assert failed, fault.what
