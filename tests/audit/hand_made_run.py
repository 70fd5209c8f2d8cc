"""The run made by hand, copied, sealed with a manifest and broken in one place."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

from planner.audit import AuditReport, audit
from planner.case import Case, read_case

HAND_MADE = Path(__file__).parent / "hand_made"
READ: dict[object, Case] = {}


def seal(folder: Path) -> None:
    """Write the manifest of a run folder: the SHA-256 of every file."""
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "README.md")
    ]
    listed = {
        path.relative_to(folder).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest()
        }
        for path in files
    }
    (folder / "manifest.json").write_text(json.dumps({"files": listed}))


def copy(tmp_path: Path) -> Path:
    """Return a copy of the hand-made run, with a manifest."""
    folder = tmp_path / "run"
    shutil.copytree(HAND_MADE, folder)
    seal(folder)
    return folder


def edit(path: Path, where: Mapping[str, str], change: Mapping[str, str] | None) -> None:
    """Set cells of the one row of a CSV file that matches, or drop it; with an empty ``where`` add
    a row."""
    with path.open(newline="") as stream:
        reader = csv.DictReader(stream)
        rows, header = list(reader), list(reader.fieldnames or [])
    assert not {*where, *(change or {})} - set(header), "columns of the file"
    found = [row for row in rows if all(row[name] == value for name, value in where.items())]
    if not where:
        rows.append({name: (change or {}).get(name, "") for name in header})
    else:
        assert len(found) == 1, f"{where} matches {len(found)} rows of {path.name}"
        if change is None:
            rows.remove(found[0])
        else:
            assert any(found[0][name] != value for name, value in change.items()), (
                "the edit changes something"
            )
            found[0].update(change)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_once(folder: Path, overrides: Sequence[str] = ()) -> Case:
    """Read a case folder; equal inputs are read once, because most breaks leave them alone."""
    key = (
        tuple(
            (path.name, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()
        ),
        tuple(overrides),
    )
    if key not in READ:
        READ[key] = read_case(folder, overrides)
    return READ[key]


def audited(folder: Path) -> AuditReport:
    """Return the audit of a run folder."""
    with patch("planner.audit.read_case", read_once):
        return audit(folder)


def failures(folder: Path) -> set[str]:
    """Return the names of the checks that fail."""
    return {check.name for check in audited(folder).failed}
