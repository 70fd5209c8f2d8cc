"""Remake: the page and the workbook of a finished run once more, where what they show changed."""

from __future__ import annotations

import filecmp
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from planner.report.effective import effective_yaml
from planner.report.page import write_page
from planner.report.workbook import write_workbook
from planner.report.write import summary_text, versions
from planner.runs.approval import PAGE, WORKBOOK, approval_words
from planner.runs.documents import NO_PLAN
from planner.runs.finding import Finding
from planner.runs.folder import file_hash, write_json
from planner.runs.inputs import EFFECTIVE, INPUTS, read_inputs, read_overrides
from planner.runs.read import RunError, read_manifest, read_plan

DRAWING: Final = ("planner", "pandas", "jinja2", "XlsxWriter", "pyyaml")
"""The versions that the bytes of the documents depend on."""
SUMMARY: Final = "summary.md"


def verify_documents(folder: Path) -> tuple[Finding, ...]:
    """Return whether the documents of a run show what its tables and inputs hold: each is made
    again and compared, byte for byte, where the same versions made it.

    Args:
        folder: the run folder, whole or damaged.
    """
    what = "documents: the page, the workbook and the summary are those of the tables"
    try:
        manifest = read_manifest(folder)
        made = {name: manifest["versions"].get(name) for name in DRAWING}
        if made != {name: versions()[name] for name in DRAWING}:
            return (Finding(what, True, "made by other versions, not compared", note=True),)
        with tempfile.TemporaryDirectory() as beside:
            wrong = [
                f"{name} is not what the run makes of its files"
                for name, again in _again(folder, Path(beside)).items()
                if not filecmp.cmp(folder / name, again, shallow=False)
            ]
    except RunError as error:
        return (Finding(what, False, str(error)),)
    except Exception as error:  # whatever a damaged file leads to, see planner.runs.verify
        reason = f"{type(error).__name__}: {error}"
        return (Finding(what, False, f"cannot be made again from these files ({reason})"),)
    return (Finding(what, not wrong, "; ".join(wrong)),)


def _again(folder: Path, beside: Path) -> dict[str, Path]:
    """Make the documents of a run again, beside it; return them by their name in the run."""
    made = {PAGE: write_page(folder, beside / PAGE, approval=approval_words(folder))}
    if read_plan(folder)["status"] != NO_PLAN:
        made[WORKBOOK] = write_workbook(folder, beside / WORKBOOK)
    texts = {
        SUMMARY: summary_text(folder),
        EFFECTIVE: effective_yaml(read_inputs(folder), read_overrides(folder / INPUTS)),
    }
    for name, text in texts.items():
        made[name] = beside / name
        made[name].write_text(text, encoding="utf-8", newline="\n")
    return made


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
