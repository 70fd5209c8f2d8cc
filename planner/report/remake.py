"""Remake: the page and the workbook of a finished run once more, where what they show changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from planner.report.page import write_page
from planner.report.workbook import write_workbook
from planner.runs.approval import PAGE, approval_words
from planner.runs.folder import file_hash, write_json
from planner.runs.read import read_manifest

WORKBOOK = "plan.xlsx"


def rewrite_page(folder: Path) -> Path:
    """Make the page of a run, with its approval, and its workbook again, and put their new hashes
    into the manifest; raises ``OSError``."""
    manifest = read_manifest(folder)
    made: dict[str, Callable[[Path], Path]] = {
        PAGE: lambda path: write_page(folder, path, approval=approval_words(folder))
    }
    if (folder / WORKBOOK).exists():  # a run without a plan has none
        made[WORKBOOK] = lambda path: write_workbook(folder, path)
    entries = {}
    for name, make in made.items():
        partial = folder.parent / f".{folder.name}.{os.getpid()}.{name}"
        try:
            make(partial)
            os.replace(partial, folder / name)
        finally:
            partial.unlink(missing_ok=True)
        entries[name] = {
            "sha256": file_hash(folder / name),
            "bytes": (folder / name).stat().st_size,
        }
    written = {**manifest, "files": {**manifest["files"], **entries}}
    partial = folder.parent / f".{folder.name}.{os.getpid()}.json"
    try:
        write_json(partial, written)
        os.replace(partial, folder / "manifest.json")
    finally:
        partial.unlink(missing_ok=True)
    return folder / PAGE
