"""A run that the tests of actuals share."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.pipeline import run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Buys 20 blackwell at 40,000 USD in each of the first three quarters, paid two later."""
    found = run(ROOT / "inputs" / "quickstart", out=tmp_path_factory.mktemp("out")).folder
    assert found is not None
    return found
