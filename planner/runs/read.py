"""Reading a run folder: its documents, tables and stored values, each as it is declared or not at
all.

Whatever else reads a run reads it here, so that a damaged file is told once and in one way, an
older format is understood everywhere, and a newer one says what it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.plan.formats import FORMAT_VERSION
from planner.runs.documents import (
    APPROVAL as APPROVAL_KEYS,
)
from planner.runs.documents import (
    DIAGNOSIS,
    MANIFEST,
    NO_PLAN,
    PLAN,
    STATUSES,
    Key,
    faults,
    read_document,
    shown,
)
from planner.runs.folder import APPROVAL
from planner.runs.what_if import what_if_of
from planner.words import printable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


PROVEN: Final = "optimal"
"""The status in plan.json of a plan whose bound and audit both hold."""
PLAN_FILE: Final = "plan.json"
MANIFEST_FILE: Final = "manifest.json"
DIAGNOSIS_FILE: Final = "diagnosis.json"
STORED_FILE: Final = "solution.npz"


class RunError(Exception):
    """What was asked for is not a run folder; the message says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))  # it names files, which may be called anything


class RunDamaged(RunError):
    """A run folder of which something is missing or not as a run writes it; ``faults`` tell
    what."""

    def __init__(self, folder: Path, faults: list[str]) -> None:
        self.folder, self.faults = folder, tuple(printable(fault) for fault in faults)
        more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
        super().__init__(
            f"{folder} is damaged: {'; '.join(faults[:5])}{more}. Next: planner verify {folder}, "
            f"or plan again: planner run {folder / 'inputs'}"
        )


class RunTooNew(RunError):
    """A run folder that a later version of the planner wrote."""

    def __init__(self, folder: Path, version: int, planner: str) -> None:
        self.needs = f"planner {planner}" if planner else f"a planner that reads format {version}"
        super().__init__(
            f"{folder} was written in format {version}; this planner reads up to "
            f"{FORMAT_VERSION}. Next: read it with {self.needs} or later"
        )


def is_run(folder: Path) -> bool:
    """Return whether a folder is a run, whole or damaged: one of its two documents is there."""
    return any((folder / name).is_file() for name in (PLAN_FILE, MANIFEST_FILE))


def document_faults(folder: Path, name: str) -> tuple[dict[str, Any], list[str]]:
    """Return a document of a run and what is wrong with it, one sentence each, beginning with its
    name; an empty document where it cannot be read.

    Raises:
        RunTooNew: where a later version wrote it.
    """
    keys = _DECLARED[name]
    try:
        document = read_document(folder / name)
    except FileNotFoundError:
        return {}, [f"{name} is missing"]
    except OSError as error:
        return {}, [f"{name} cannot be read ({error.strerror or error})"]
    except ValueError as error:
        return {}, [f"{name} {error}"]
    version = document.get("format_version")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT_VERSION:
        raise RunTooNew(folder, version, _written_by(folder))
    found = faults(document, keys, planned=document.get("status") != NO_PLAN)
    if isinstance(version, int) and version < 1:
        found.append(f"format_version: {shown(version)} is no format there has been")
    if name == PLAN_FILE and not found:
        found = _plan_faults(document)
    return document, [f"{name}: {fault}" for fault in found]


_DECLARED: Final[dict[str, tuple[Key, ...]]] = {
    PLAN_FILE: PLAN,
    MANIFEST_FILE: MANIFEST,
    DIAGNOSIS_FILE: DIAGNOSIS,
    APPROVAL: APPROVAL_KEYS,
}


def _plan_faults(plan: dict[str, Any]) -> list[str]:
    """Return what is wrong with the figures of a plan.json whose keys are all there."""
    from planner.case.periods import PER_YEAR, Calendar, absolute_period
    from planner.case.settings.declared import MOST_PERIODS

    if plan["status"] not in STATUSES:
        return [f"status: {shown(plan['status'])} is none of {', '.join(STATUSES)}"]
    span = plan["horizon"]
    if span["frequency"] not in PER_YEAR:
        return [f"horizon.frequency: {shown(span['frequency'])} is none of {', '.join(PER_YEAR)}"]
    if not 1 <= span["periods"] <= MOST_PERIODS:
        return [f"horizon.periods: {shown(span['periods'])} is not 1 to {MOST_PERIODS}"]
    try:
        first = absolute_period(span["first"], span["frequency"])
    except ValueError as error:
        return [f"horizon.first: {shown(span['first'])}: {error}"]
    labels = Calendar(span["frequency"], first, span["periods"]).labels
    if (span["first"], span["last"]) != (labels[0], labels[-1]):
        return [f"horizon: {shown(span['first'])} to {shown(span['last'])} are not its periods"]
    return []


def _written_by(folder: Path) -> str:
    """Return the version of the planner that wrote a run; empty where its manifest does not say."""
    try:
        versions = read_document(folder / MANIFEST_FILE).get("versions")
    except (OSError, ValueError):
        return ""
    found = versions.get("planner") if isinstance(versions, dict) else None
    return found if isinstance(found, str) else ""


def _document(folder: Path, name: str) -> dict[str, Any]:
    if not is_run(folder):
        raise RunError(
            f"{folder} is not a run folder: it has no {name}. `planner ls` lists the runs."
        )
    document, found = document_faults(folder, name)
    if found:
        raise RunDamaged(folder, found)
    return document


def read_plan(folder: Path) -> dict[str, Any]:
    """Return plan.json of a run, every figure of it as declared, and whether it is a what-if.

    Raises:
        RunError: where the folder is no run, ``RunDamaged`` where the file is not what a run
            writes, ``RunTooNew`` where a later version wrote it.
    """
    plan = _document(folder, PLAN_FILE)
    if plan["status"] != NO_PLAN and "discount_rate" not in plan["horizon"]:
        plan["horizon"]["discount_rate"] = _discount_rate(folder)
    mark = what_if_of(plan)
    return {**plan, "what_if": None if mark is None else mark.document()}


def _discount_rate(folder: Path) -> float:
    """Return the discount rate of a run whose plan.json does not have it yet (format 1): that of
    the settings it wrote out."""
    from planner.case.yaml_file import parse_yaml

    name = "case.effective.yaml"
    try:
        settings = parse_yaml((folder / name).read_text(encoding="utf-8"))[0]
        return float(settings["discount_rate"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunDamaged(folder, [f"{name} has no discount_rate ({error})"]) from None


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return manifest.json of a run, every figure of it as declared; raises as ``read_plan``
    does."""
    return _document(folder, MANIFEST_FILE)


def read_diagnosis(folder: Path) -> dict[str, Any]:
    """Return diagnosis.json of a run.

    Raises:
        RunError: where the run has a plan; otherwise as ``read_plan`` does.
    """
    if read_plan(folder)["status"] != NO_PLAN:
        raise RunError(f"{folder} has a plan: nothing conflicts. `planner show {folder}` tells it.")
    return _document(folder, DIAGNOSIS_FILE)


def read_run_table(folder: Path, name: str) -> pd.DataFrame:
    """Return one table of a run by its declared name, as :func:`planner.runs.cells.read_table`
    does; columns that its format does not have yet are blank.

    Raises:
        RunError: where the run has no plan, ``RunDamaged`` where the file is missing or not that
            table.
    """
    from planner.plan.tables import PLAN_TABLE
    from planner.runs.cells import read_table

    plan, table = read_plan(folder), PLAN_TABLE[name]
    if plan["status"] == NO_PLAN:
        raise RunError(
            f"{folder} has no plan (status {NO_PLAN}). Next: planner explain {folder} infeasible"
        )
    try:
        return read_table(table, folder / table.path, plan["format_version"])
    except FileNotFoundError:
        raise RunDamaged(folder, [f"{table.path} is missing"]) from None
    except OSError as error:
        raise RunDamaged(
            folder, [f"{table.path} cannot be read ({error.strerror or error})"]
        ) from None
    except (ValueError, OverflowError) as error:
        raise RunDamaged(folder, [f"{table.path}: {error}"]) from None


def read_stored(folder: Path, *names: str) -> tuple[NDArray[np.float64], ...]:
    """Return arrays of solution.npz by name, each a vector of numbers; raises ``RunDamaged`` where
    one is missing or no such vector."""
    import zipfile
    import zlib

    import numpy as np

    from planner.plan.stored import stored_arrays

    path = folder / STORED_FILE
    try:
        found = tuple(stored_arrays(path, *names).values())
    except FileNotFoundError:
        raise RunDamaged(folder, [f"{STORED_FILE} is missing"]) from None
    except KeyError as error:
        raise RunDamaged(folder, [f"{STORED_FILE} has no {error}"]) from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, MemoryError) as error:
        raise RunDamaged(folder, [f"{STORED_FILE} cannot be read ({error})"]) from None
    except Exception as error:  # a damaged archive ends in a dozen ways, each of them its own kind
        reason = f"{type(error).__name__}: {error}"
        raise RunDamaged(folder, [f"{STORED_FILE} cannot be read ({reason})"]) from None
    for name, values in zip(names, found, strict=True):
        if values.ndim != 1 or values.dtype.kind not in "fiu" or not np.isfinite(values).all():
            raise RunDamaged(folder, [f"{STORED_FILE}: {name} is not a vector of numbers"])
    return found
