"""What people are shown of kept runs is what was read and approved, figure by figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.approved import HERE, KEPT, told


@pytest.mark.parametrize("case", ["quickstart", "share", "power-bound", "gov-cloud"])
def test_shown_is_what_was_approved(case: str) -> None:
    """After a change on purpose: ``python -m tests.report.approved``, and read the diff."""
    for file, text in told(KEPT[case]).items():
        approved = (HERE / case / file).read_text(encoding="utf-8")
        assert text.splitlines() == approved.splitlines(), f"{Path(case) / file}"


def test_every_kept_run_was_approved() -> None:
    assert set(KEPT) == {"quickstart", "share", "power-bound", "gov-cloud"}
