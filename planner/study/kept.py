"""What a sweep has found so far, kept as it comes: whoever was interrupted goes on from there.

An answer is kept under the digest of all it depends on: the files of the run, the words of the
variant, the planner's own files and the versions of its libraries.  So none is ever taken for
another's, and a folder can serve any number of sweeps of its run, side by side.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.machines.versions import versions
from planner.study.asking import Result

FOLDER: Final = "-sweep"
"""How the folder beside a run is called that keeps answers of its sweeps."""
INPUTS: Final = "inputs"
SOLUTION: Final = "solution.npz"


class Kept:
    """The kept answers of a run."""

    def __init__(self, run: Path) -> None:
        self.folder = run.parent / f"{run.name}{FOLDER}"
        found = hashlib.sha256(repr(versions()).encode())
        paths = sorted(path for path in (run / INPUTS).rglob("*") if path.is_file())
        for path in (*paths, run / SOLUTION):
            found.update(f"{path.relative_to(run).as_posix()}\0".encode())
            found.update(hashlib.sha256(path.read_bytes() if path.is_file() else b"").digest())
        self._of = found.hexdigest()

    def find(self, overrides: Sequence[str]) -> Result | None:
        """Return what a variant came to, None where it is not kept, or not as it was written."""
        try:
            document = json.loads(self._path(overrides).read_text(encoding="utf-8"))
            result = document["result"]
            if document["sha256"] != _seal(result) or document["set"] != list(overrides):
                return None
            return Result(
                str(result["status"]),
                float("nan" if result["objective_usd"] is None else result["objective_usd"]),
                tuple((str(chip), float(count)) for chip, count in result["chips"]),
                float(result["seconds"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, overrides: Sequence[str], result: Result) -> None:
        """Keep what a variant came to; whole or not at all, whenever one is interrupted.  What has
        no end, for want of time or memory, is no answer."""
        if result.status in ("limit", "error"):
            return
        told = dataclasses.asdict(result)
        cost = told.pop("objective")
        told |= {
            "objective_usd": cost if np.isfinite(cost) else None,
            "chips": [list(pair) for pair in result.chips],
        }
        text = json.dumps({"set": list(overrides), "result": told, "sha256": _seal(told)}, indent=1)
        path = self._path(overrides)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(exist_ok=True)
            beside.write_text(text + "\n", encoding="utf-8")
            os.replace(beside, path)
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)

    def _path(self, overrides: Sequence[str]) -> Path:
        key = hashlib.sha256(json.dumps([self._of, *overrides]).encode()).hexdigest()
        return self.folder / f"{key[:32]}.json"


def _seal(result: Any) -> str:
    return hashlib.sha256(json.dumps(result, sort_keys=True).encode()).hexdigest()
