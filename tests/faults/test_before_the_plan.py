"""Faults in what is known of the time before the plan, which no shipped case has: the tests worked
by hand see each."""

from __future__ import annotations

import pytest

from tests.faults import child
from tests.faults.declared.before_the_plan import FAULTS
from tests.faults.fault import Fault

BY_HAND = ["tests/model/test_done.py", "tests/model/test_used.py"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.what for fault in FAULTS])
def test_seen(fault: Fault) -> None:
    failed = child.in_child(lambda: child.tested(fault, BY_HAND))
    assert failed, fault.what
