"""What an answer depends on besides its question: the code and the libraries that work it out."""

from __future__ import annotations

import functools
import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

from planner import __version__

LIBRARIES: Final = ("highspy", "numpy", "pandas")
ROOT: Final = Path(__file__).resolve().parents[1]


@functools.cache
def versions() -> tuple[tuple[str, str], ...]:
    """Return names and versions, of the planner also the digest of its files: answers are the same
    where these are the same."""
    return (
        ("planner", __version__),
        ("its files", _digest()),
        ("Python", ".".join(platform.python_version_tuple()[:2])),
        *((name, version(name)) for name in LIBRARIES),
    )


def _digest() -> str:
    found = hashlib.sha256()
    for path in sorted((*ROOT.rglob("*.py"), *ROOT.rglob("*.csv"))):
        found.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def differences(here: tuple[tuple[str, str], ...], there: tuple[tuple[str, str], ...]) -> str:
    """Return in words what one machine has otherwise than another; empty where nothing is."""
    mine = dict(here)
    return "; ".join(
        f"{name} {found} there, {mine.get(name, 'none')} here"
        for name, found in there
        if mine.get(name) != found
    )
