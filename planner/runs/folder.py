"""The run folder: written beside, flushed to the disk, then renamed into place, so that a crash
leaves a whole run or none.

``<out>/<case>/<start>-<utc time>-<hash of inputs>/``.  While a run is being written it is a hidden
``.partial-`` folder next to its final place, with a lock beside it that dies with its process; the
next run of the case removes what dead ones left.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from planner.words import printable

try:
    import fcntl
except ImportError:  # Windows: no lock, so what a dead process left is only removed after a day
    fcntl = None  # type: ignore[assignment]

PARTIAL: Final = ".partial-"
APPROVAL: Final = "approval.json"
INDEXES: Final = ("index.html", "planner-index.html")
"""Where the list of all runs is written, the second where the first is somebody else's."""
UNHASHED: Final = ("manifest.json", "run.log", APPROVAL)
"""The files that hold times, and who approved the run later; every other file of a run is in the
manifest with its SHA-256."""
DAY_SECONDS: Final = 86400.0
MINUTE_SECONDS: Final = 60.0
"""Age from which a lock without a folder is removed: a younger one may belong to a run that is
about to make its folder."""


class InputsChanged(Exception):
    """An input file changed between being read and being copied; the message says which."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))  # a file may be called anything


def safe_name(name: str) -> str:
    """Return a name as one portable path component: letters, digits, dot, dash and underscore, at
    most 80 long."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80]
    if plain.lower() in INDEXES:  # the runs of a case would stand where the list of all runs goes
        return f"case-{plain}"
    return plain or "case"


def case_files(case: Path) -> dict[str, Path]:
    """Return the input files of a case by their name in a case folder; of a workbook that is a
    whole case: that one, as case.xlsx."""
    from planner.case.files import WORKBOOK
    from planner.case.folder import scenario_files
    from planner.case.tables import TABLES

    if case.is_file():
        return {WORKBOOK: case}
    named = {
        name: case / name for name in ("case.yaml", WORKBOOK, *(table.path for table in TABLES))
    }
    named |= {name: case / name for name in scenario_files(case)}
    return {name: path for name, path in sorted(named.items()) if path.is_file()}


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex; raises ``OSError`` where it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def input_hashes(case: Path) -> dict[str, str]:
    """Return name in the case folder -> SHA-256, of every input file; raises ``OSError`` where one
    cannot be read or is larger than any that is read."""
    from planner.case.files import LARGEST_TABLE_BYTES

    files = case_files(case)
    for path in files.values():
        if path.stat().st_size > LARGEST_TABLE_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return {name: file_hash(path) for name, path in files.items()}


def inputs_digest(hashes: Mapping[str, str], overrides: Sequence[str]) -> str:
    """Return one SHA-256 over the input files, their names and the overrides of the command
    line."""
    return hashlib.sha256(
        json.dumps([sorted(hashes.items()), list(overrides)]).encode()
    ).hexdigest()


def copy_inputs(
    case: Path, hashes: Mapping[str, str], overrides: Sequence[str], target: Path
) -> None:
    """Copy the case as it was read to ``target``, with the overrides in ``overrides.txt``.

    Raises:
        InputsChanged: where a file is no longer what it was when it was hashed, before the case was
            read.
    """
    files = case_files(case)
    if set(files) != set(hashes):
        raise InputsChanged(f"files of {case} came or went while it was being planned; run again")
    for name, path in files.items():
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        if file_hash(copy) != hashes[name]:
            raise InputsChanged(f"{path} changed while it was being planned; run again")
    if overrides:
        (target / "overrides.txt").write_text(
            "".join(f"{line}\n" for line in overrides), encoding="utf-8", newline="\n"
        )


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON document: indented, keys in their order, UTF-8, LF; raises ``ValueError`` for
    NaN or an infinity."""
    path.write_text(
        json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        encoding="utf-8",
        newline="\n",
    )


def _lock_of(partial: Path) -> Path:
    return partial.with_name(partial.name + ".lock")


def _dead(partial: Path) -> bool:
    """Return whether the process that was writing ``partial`` is gone: its lock is free or was
    never there."""
    with contextlib.suppress(FileNotFoundError), _lock_of(partial).open("rb") as stream:
        try:
            if fcntl is not None:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            pass
        return time.time() - partial.stat().st_mtime > DAY_SECONDS
    return True


def clean_partials(parent: Path) -> list[str]:
    """Remove what dead processes left half-written in ``parent``; return the names.  Never touches
    a finished run."""
    removed = []
    for partial in sorted(parent.glob(f"{PARTIAL}*")):
        with contextlib.suppress(OSError):  # another run may be cleaning the same one
            if partial.is_symlink() or not partial.is_dir():
                if (
                    partial.suffix == ".lock"
                    and not partial.with_suffix("").exists()
                    and time.time() - partial.stat().st_mtime > MINUTE_SECONDS
                    and _dead(partial.with_suffix(""))
                ):
                    # its process ended before it made the folder, or after it renamed the run
                    partial.unlink()
            elif _dead(partial):
                shutil.rmtree(partial)
                _lock_of(partial).unlink(missing_ok=True)
                removed.append(partial.name)
    return removed


@contextlib.contextmanager
def partial_folder(parent: Path) -> Iterator[Path]:
    """Make a hidden folder in ``parent`` to write a run in; whatever is still there at the end is
    removed.

    Raises:
        OSError: where ``parent`` cannot be made or written.
    """
    parent.mkdir(parents=True, exist_ok=True)
    clean_partials(parent)
    partial = parent / f"{PARTIAL}{os.getpid()}-{secrets.token_hex(4)}"
    lock = _lock_of(partial)
    stream = lock.open("xb")
    if fcntl is not None:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        partial.mkdir()
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        with contextlib.suppress(OSError):
            lock.unlink(missing_ok=True)
        stream.close()


def _flush(path: Path) -> None:
    """Flush a file or folder to the disk (folders cannot be opened everywhere)."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        if path.is_dir():
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (
            errno.EINVAL,
            errno.EBADF,
            errno.EACCES,
        ):  # a file system that has no such thing
            raise
    finally:
        os.close(handle)


def publish(partial: Path, name: str) -> Path:
    """Flush a finished run to the disk and rename it into place; return where it is.

    A name that is taken gets a suffix (``-2``, ``-3`` ...); an existing run is never touched.

    Raises:
        OSError: where the disk is full or the folder cannot be written; nothing is in place then.
    """
    for folder, _, files in os.walk(partial):
        for file in files:
            _flush(Path(folder, file))
        _flush(Path(folder))
    number = 1
    while True:
        final = partial.parent / (name if number == 1 else f"{name}-{number}")
        number += 1
        if final.exists():
            continue
        try:
            os.rename(partial, final)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):  # another run took the name since
                continue
            raise
        _flush(final.parent)
        return final


def run_name(start: str, moment: datetime, digest: str) -> str:
    """Return the folder name of a run: first period, UTC time to the second, first 8 digits of the
    inputs' hash."""
    return f"{safe_name(start)}-{moment:%Y%m%dT%H%M%SZ}-{digest[:8]}"


def file_list(folder: Path) -> dict[str, dict[str, Any]]:
    """Return path -> {sha256, bytes} of every file of a run but those of ``UNHASHED``; sorted by
    path.

    Raises:
        OSError: where one cannot be read.
    """
    return {
        name: {"sha256": file_hash(path), "bytes": path.stat().st_size}
        for name, path in files_of(folder).items()
    }


def files_of(folder: Path) -> dict[str, Path]:
    """Return path in the run -> file, of every file of a run but those of ``UNHASHED``; sorted."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    listed = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path for name, path in listed.items() if name not in UNHASHED}


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return one sentence for every file of a run that is missing, added, unreadable or not what
    its manifest says; empty = all as written."""
    listed, found = manifest["files"], files_of(folder)
    told = [
        *(f"{name} is missing" for name in sorted(set(listed) - set(found))),
        *(f"{name} was not written by the run" for name in sorted(set(found) - set(listed))),
    ]
    for name in sorted(set(found) & set(listed)):
        try:
            if file_hash(found[name]) != listed[name]["sha256"]:
                told.append(f"{name} was changed after the run")
        except OSError as error:
            told.append(f"{name} cannot be read ({error.strerror})")
    return told
