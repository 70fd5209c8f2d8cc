"""One run of quickstart, from a case of its own, for all tests of the page that need no more."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.pipeline import run

QUICKSTART = Path(__file__).parents[2] / "inputs" / "quickstart"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the case in ``case`` and its run under ``out``."""
    found = tmp_path_factory.mktemp("quickstart")
    shutil.copytree(QUICKSTART, found / "case")
    assert run(found / "case", out=found / "out").folder is not None
    return found


@pytest.fixture(scope="session")
def folder(home: Path) -> Path:
    """The folder of that run."""
    return min((home / "out" / "quickstart").iterdir())
