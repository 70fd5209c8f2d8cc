"""The inputs of a run: the case as it was read then, with the overrides it was read with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.plan.formats import WHOLE_SINCE
from planner.runs.folder import input_hashes
from planner.runs.futures import has_futures, read_document_of
from planner.runs.read import RunDamaged, RunError, is_run, read_plan

if TYPE_CHECKING:
    from planner.case.case import Case

INPUTS: Final = "inputs"
OVERRIDES: Final = "overrides.txt"
EFFECTIVE: Final = "case.effective.yaml"
LARGEST_EFFECTIVE_BYTES: Final = 10_000_000
LARGEST_OVERRIDES_BYTES: Final = 10_000_000
"""No command line is as long."""


def read_overrides(inputs: Path) -> tuple[str, ...]:
    """Return the ``--set`` of a run from the copy of its inputs; none where there is no
    overrides.txt.

    Args:
        inputs: the folder ``inputs`` of a run.

    Raises:
        RunDamaged: where it is there and no text.
    """
    path = inputs / OVERRIDES
    if not path.is_file():
        return ()
    try:
        if path.stat().st_size > LARGEST_OVERRIDES_BYTES:
            raise ValueError(f"it is larger than {LARGEST_OVERRIDES_BYTES:,} bytes")
        return tuple(path.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise RunDamaged(
            inputs.parent, [f"{INPUTS}/{OVERRIDES} cannot be read ({error})"]
        ) from None


def planned_overrides(folder: Path) -> tuple[str, ...]:
    """Return the ``--set`` with which a case is read as a run planned it: its own, and that all is
    divisible where there were no whole things yet.

    Args:
        folder: the run folder, whole or damaged.

    Raises:
        RunDamaged: where overrides.txt is there and no text.
    """
    try:
        before = read_plan(folder)["format_version"] < WHOLE_SINCE
    except RunDamaged:  # which is told elsewhere
        before = False
    return (*read_overrides(folder / INPUTS), *(("case.whole=no",) if before else ()))


def read_inputs(folder: Path) -> Case:
    """Return the case of a run as it was read then.

    Raises:
        RunError: where it is not a good case any more, with what is wrong first.
    """
    from planner.case.problems import CaseError

    if not is_run(folder):
        raise RunError(f"{folder} is not a run folder. `planner ls` lists the runs.")
    inputs = folder / INPUTS
    try:
        as_they_are = tuple(sorted(input_hashes(inputs).items()))
    except OSError:  # which the reader tells better
        as_they_are = ()
    try:
        return _read(inputs, as_they_are, planned_overrides(folder))
    except CaseError as error:
        count = len(error.problems)
        raise RunError(
            f"{inputs} is not a good case ({count} {'problem' if count == 1 else 'problems'}, "
            f"first {error.problems[0]}). Next: planner verify {folder}"
        ) from None


@lru_cache(maxsize=2)
def _read(inputs: Path, _: tuple[tuple[str, str], ...], overrides: tuple[str, ...]) -> Case:
    """Return the case, read once for as long as its files are what they are: to verify a run asks
    for it four times."""
    from planner.case.load import read_case

    return read_case(inputs, overrides)


def given_hashes(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the SHA-256 of the files of a run's case by name: of its inputs, or of what the case
    had where its scenarios decided some of them."""
    if not has_futures(folder):
        return dict(manifest["inputs"])
    return dict(read_document_of(folder)["given"])


def case_changes(case: Path, hashes: Mapping[str, str]) -> list[str]:
    """Return what is different in a case now from what was planned, one sentence each.

    Args:
        case: the case folder or workbook.
        hashes: SHA-256 of its files when it was planned, by name.
    """
    if not case.exists():
        return [f"{case} is not there any more (give the case with --case)"]
    found = input_hashes(case)
    return [
        *(f"{name} is gone" for name in sorted(set(hashes) - set(found))),
        *(f"{name} is new" for name in sorted(set(found) - set(hashes))),
        *(
            f"{name} is different"
            for name in sorted(set(found) & set(hashes))
            if found[name] != hashes[name]
        ),
    ]


def effective_settings(folder: Path) -> dict[str, Any]:
    """Return the settings of a run with every default, as case.effective.yaml has them; none where
    it cannot be read."""
    import yaml

    path = folder / EFFECTIVE
    try:
        if path.stat().st_size > LARGEST_EFFECTIVE_BYTES:
            return {}
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return {}
    if not isinstance(found, dict) or not isinstance(found.get("run", {}), dict):
        return {}
    return found if isinstance(found.get("stale_after_days", 0), int) else {}
