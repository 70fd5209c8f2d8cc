"""The JSON documents of a run folder, declared: what each must hold, so that what reads them finds
what it expects.

A document is declared as one :class:`Key` per figure.  A path names it: ``horizon.first`` is a key
of a key, ``files{}`` every value of a mapping whose keys are free, ``repairs[]`` every entry of a
list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from planner.words import printable

LARGEST_DOCUMENT_BYTES: Final = 100_000_000
"""A document larger than this was not written by a run; reading it would take the machine's
memory."""
MOST_FAULTS: Final = 20
"""Faults of one document that are told; more say nothing new."""

Kind = Literal["text", "texts", "number", "whole", "yes_no", "object", "list"]


@dataclass(frozen=True, slots=True)
class Key:
    """One figure of a document: where it stands, what it is, and whether it may be null or absent.

    ``with_plan`` keys are null or absent in a run without a plan.
    """

    path: str
    kind: Kind
    null: bool = False
    optional: bool = False
    with_plan: bool = False


PLAN: Final = (
    Key("format_version", "whole"),
    Key("case", "text"),
    Key("description", "text"),
    Key("horizon.first", "text"),
    Key("horizon.last", "text"),
    Key("horizon.periods", "whole"),
    Key("horizon.frequency", "text"),
    Key("horizon.discount_rate", "number", optional=True, with_plan=True),
    Key("status", "text"),
    Key("objective_usd", "number", with_plan=True),
    Key("bound_usd", "number", with_plan=True),
    Key("gap", "number", with_plan=True),
    Key("totals.discounted_usd_by_term{}", "number", with_plan=True),
    Key("totals.cash_usd", "number", with_plan=True),
    Key("totals.capex_usd", "number", with_plan=True),
    Key("totals.opex_usd", "number", with_plan=True),
    Key("totals.commit_now_usd", "number", with_plan=True),
    Key("totals.chips_to_order_now", "number", with_plan=True),
    Key("totals.new_chips", "number", with_plan=True),
    Key("totals.served_share{}", "number", optional=True, with_plan=True),
    Key("totals.worst_served.workload", "text", optional=True, with_plan=True),
    Key("totals.worst_served.period", "text", optional=True, with_plan=True),
    Key("totals.worst_served.share", "number", optional=True, with_plan=True),
    Key("totals.cost_split_usd{}", "number", with_plan=True),
    Key("compared_with", "text", with_plan=True),
    Key("size.columns", "whole"),
    Key("size.rows", "whole"),
    Key("size.nonzeros", "whole"),
    Key("overrides", "texts"),
    Key("what_if.set", "texts", optional=True),
    Key("what_if.relax", "texts", optional=True),
    Key("what_if.given", "texts", optional=True),
    Key("inputs_sha256", "text"),
    Key("proof.faults", "texts", with_plan=True),
    Key("proof.audit.ok", "yes_no", with_plan=True),
    Key("proof.audit.checks", "whole", with_plan=True),
    Key("proof.audit.failed[].check", "text", with_plan=True),
    Key("proof.audit.failed[].where", "text", with_plan=True),
    Key("proof.audit.failed[].limit", "text", with_plan=True),
    Key("files", "texts"),
)
"""plan.json."""

MANIFEST: Final = (
    Key("format_version", "whole"),
    Key("case_folder", "text"),
    Key("started_utc", "text"),
    Key("finished_utc", "text"),
    Key("overrides", "texts"),
    Key("inputs{}", "text"),
    Key("solver.asked", "text"),
    Key("solver.used", "text"),
    Key("versions{}", "text"),
    Key("versions.planner", "text"),
    Key("seconds{}", "number"),
    Key("files{}.sha256", "text"),
    Key("files{}.bytes", "whole"),
)
"""manifest.json."""

APPROVAL: Final = (
    Key("format_version", "whole"),
    Key("by", "text"),
    Key("note", "text"),
    Key("approved_utc", "text"),
    Key("case", "text"),
    Key("objective_usd", "number"),
    Key("plan_sha256", "text"),
    Key("periods", "texts", optional=True),
    Key("lines[].line", "text", optional=True),
    Key("lines[].decision", "text", optional=True),
    Key("lines[].amount", "number", null=True, optional=True),
    Key("lines[].reason", "text", optional=True),
)
"""approval.json."""

DIAGNOSIS: Final = (
    Key("format_version", "whole"),
    Key("conflicts[][].limit", "text"),
    Key("conflicts[][].inputs[].file", "text"),
    Key("conflicts[][].inputs[].rows", "list"),
    Key("repairs[].text", "text"),
    Key("repairs[].cost_usd", "number", null=True),
    Key("repairs[].given_usd", "number", null=True),
    Key("repairs[].changes[].file", "text"),
    Key("repairs[].changes[].row", "whole", null=True),
    Key("repairs[].changes[].column", "text"),
    Key("repairs[].changes[].old", "text"),
    Key("repairs[].changes[].new", "text"),
    Key("repairs[].changes[].override", "text", null=True),
    Key("untried", "whole", optional=True),
    Key("ended", "yes_no", optional=True),
    Key("explained", "yes_no", optional=True),
    Key("aside", "text"),
    Key("proof", "object", optional=True),
)
"""diagnosis.json."""

STATUSES: Final = ("optimal", "not_proven", "limit", "infeasible")
"""What plan.json may say of a run that was written."""
NO_PLAN: Final = "infeasible"


def _number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


HOLDS: Final[Mapping[Kind, tuple[str, Callable[[Any], bool]]]] = {
    "text": ("a text", lambda value: isinstance(value, str)),
    "texts": ("a list of texts", _texts),
    "number": ("a number", _number),
    "whole": ("a whole number", _whole),
    "yes_no": ("true or false", lambda value: isinstance(value, bool)),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "list": ("a list", lambda value: isinstance(value, list)),
}
"""What each kind is called, and whether a value is of it."""


def read_document(path: Path) -> dict[str, Any]:
    """Return a JSON document whose top is an object.

    Args:
        path: the file.

    Raises:
        OSError: where it cannot be read.
        ValueError: saying what is wrong with it.
    """
    if path.stat().st_size > LARGEST_DOCUMENT_BYTES:
        raise ValueError(f"is larger than {LARGEST_DOCUMENT_BYTES:,} bytes")
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except ValueError as error:  # what is no JSON, and bytes that are no UTF-8
        raise ValueError(f"is not a JSON document ({error})") from None
    if not isinstance(document, dict):
        raise ValueError("is not a JSON object")
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def faults(
    document: Mapping[str, Any], keys: tuple[Key, ...], *, planned: bool = True
) -> list[str]:
    """Return what is wrong with a document, one sentence each; empty where it is as declared.

    Args:
        document: what was read.
        keys: how it is declared.
        planned: whether the run has a plan.
    """
    found: dict[
        str, None
    ] = {}  # a key that is missing is missing for all that stand in it, and told once
    for key in keys:
        if key.with_plan and not planned:
            continue
        name, holds = HOLDS[key.kind]
        for place, value, reason in _values(document, key.path.split("."), ""):
            if reason:
                if not (key.optional and reason == "is missing"):
                    found[f"{place} {reason}"] = None
            elif not holds(value) and not (key.null and value is None):
                found[f"{place}: {shown(value)} is not {name}"] = None
    told = list(found)
    more = len(told) - MOST_FAULTS
    return told if more <= 0 else [*told[:MOST_FAULTS], f"and {more} more of this kind"]


def _values(value: Any, path: list[str], place: str) -> Iterator[tuple[str, Any, str]]:
    """Yield (place, value, reason) of everything that a path names; a reason where it is not
    there."""
    if not path:
        yield place, value, ""
        return
    name = path[0].rstrip("[]{}")
    here = f"{place}.{name}" if place else name
    if not isinstance(value, dict):
        yield place, None, f"is not an object: {shown(value)}"
        return
    if name not in value:
        yield here, None, "is missing"
        return
    yield from _entries(value[name], path[0][len(name) :], path[1:], here)


def _entries(value: Any, marks: str, path: list[str], place: str) -> Iterator[tuple[str, Any, str]]:
    """Yield what stands in the entries of a list or mapping, as many deep as ``marks`` says."""
    if not marks:
        yield from _values(value, path, place)
        return
    if marks.startswith("[]"):
        if not isinstance(value, list):
            yield place, None, f"is not a list: {shown(value)}"
            return
        for at, item in enumerate(value):
            yield from _entries(item, marks[2:], path, f"{place}[{at}]")
        return
    if not isinstance(value, dict):
        yield place, None, f"is not an object: {shown(value)}"
        return
    for name, item in value.items():
        yield from _entries(item, marks[2:], path, f"{place}[{shown(name)}]")


def shown(value: Any, longest: int = 60) -> str:
    """Return a value of a document as it can be printed: on one line, escaped, cut where it is
    long."""
    text = printable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
