"""Files replaced together: all of them or none, whenever the process is killed.

The new files are written beside the old ones into a hidden folder and flushed; once the folder has
the name ``.planner-edit`` the edit counts as made, and each file is renamed into its place.  Where
that was cut short, ``finish`` goes on with it, and a case is not read before.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from planner.case.folder import JOURNAL

LEFT_SECONDS: Final = 600.0
"""Age from which new files that never came to be an edit are removed: a younger one may be about
to."""


def replace_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace files of a folder by new ones, all of them or none.

    Args:
        folder: where they stand.
        files: new contents by path in it, with ``/``.

    Raises:
        OSError: where one cannot be written; all are as they were then, but for a disk that fails
            while they are renamed: ``finish`` goes on then.
        FileExistsError: where an earlier edit was cut short.
    """
    if (folder / JOURNAL).exists():
        raise FileExistsError(f"{folder / JOURNAL} is there: an earlier edit was cut short")
    _remove_left(folder, files)
    if len(files) == 1:
        [(name, content)] = files.items()
        _replace_one(folder / name, content)
        return
    partial = folder / f"{JOURNAL}-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        for name, content in files.items():
            _write(partial / name, content, folder / name)
        if files:
            os.rename(partial, folder / JOURNAL)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    finish(folder)


def _remove_left(folder: Path, files: Mapping[str, bytes]) -> None:
    """Remove what processes that were killed left beside the files of a folder."""
    for home in {folder, *(folder.joinpath(name).parent for name in files)}:
        for left in home.glob(f"{JOURNAL}-*"):
            with contextlib.suppress(OSError):  # another edit may be removing it
                if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                    shutil.rmtree(left) if left.is_dir() else left.unlink()


def _write(path: Path, content: bytes, like: Path) -> None:
    """Write a new file and flush it to the disk, with the permissions of another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if like.exists():
        shutil.copymode(like, path)


def _replace_one(path: Path, content: bytes) -> None:
    """Replace one file by another, in one step."""
    beside = path.with_name(f"{JOURNAL}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        _write(beside, content, path)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def finish(folder: Path) -> list[str]:
    """Finish an edit that was cut short; return the names of its files, none where there was
    none.

    Args:
        folder: the folder of the files.

    Raises:
        OSError: where one cannot be put into its place.
    """
    journal = folder / JOURNAL
    if not journal.is_dir():
        return []
    paths = sorted(path for path in journal.rglob("*") if path.is_file())
    for path in paths:
        place = folder / path.relative_to(journal)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, place)
    for path in sorted(journal.rglob("*"), reverse=True):
        with contextlib.suppress(OSError):
            path.rmdir()
    journal.rmdir()
    return [path.relative_to(journal).as_posix() for path in paths]
