"""A run folder that travels: where it is read on another machine, its files come along."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

LEFT: Final = frozenset({".html", ".xlsx"})
"""What no question reads."""


class RunFolder:
    """A run folder where it lies; as a pickle its files, which are written to a folder of the same
    name, of its own, where it is unpacked, and removed when nobody has it any more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._room: tempfile.TemporaryDirectory[str] | None = None

    def __getstate__(self) -> tuple[str, dict[str, bytes]]:
        files = {
            path.relative_to(self.path).as_posix(): path.read_bytes()
            for path in sorted(self.path.rglob("*"))
            if path.is_file() and path.suffix not in LEFT
        }
        return self.path.name, files

    def __setstate__(self, state: tuple[str, dict[str, bytes]]) -> None:
        name, files = state
        self._room = tempfile.TemporaryDirectory(prefix="planner-")
        self.path = Path(self._room.name) / name
        for relative, content in files.items():
            target = self.path / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
