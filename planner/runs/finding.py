"""What a verification finds, and the documents that it goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner import __version__
from planner.runs.read import MANIFEST_FILE


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing verified: what, whether it holds, and the figures or the reason; a ``note`` is
    told and judges nothing."""

    what: str
    ok: bool
    detail: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Documents:
    """plan.json and manifest.json of a run as far as they can be read, and what is wrong."""

    folder: Path
    plan: Mapping[str, Any]
    manifest: Mapping[str, Any]
    wrong: tuple[str, ...]

    def good(self, name: str) -> bool:
        return not any(fault.startswith(name) for fault in self.wrong)

    @property
    def planner(self) -> str:
        """The version of the planner that made the run; blank where it is not known."""
        return str(self.manifest["versions"]["planner"]) if self.good(MANIFEST_FILE) else ""

    @property
    def other(self) -> bool:
        """Whether another version of the planner made the run, so that its program may differ."""
        return self.planner != __version__
