"""Random cases written, read and solved, for the tests of this folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, assume, settings

from planner.case import CaseError, read_case
from planner.case.case import Case
from tests.helpers import write_case

FEW = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SEVERAL = settings(FEW, max_examples=50)
SOME = settings(FEW, max_examples=100)
MANY = settings(FEW, max_examples=220)


@contextmanager
def written(tables: Any, case_settings: Any) -> Iterator[Path]:
    """A case folder for as long as one example takes."""
    with tempfile.TemporaryDirectory() as folder:
        yield write_case(Path(folder), tables, case_settings)


def read(tables: Any, case_settings: Any) -> Case:
    """The case; an example that the reader refuses is passed over."""
    try:
        return reread(tables, case_settings)
    except CaseError:
        assume(False)
        raise


def reread(tables: Any, case_settings: Any) -> Case:
    """The case; for another form of one that has been read, and must be read too."""
    with written(tables, case_settings) as folder:
        return read_case(folder)
