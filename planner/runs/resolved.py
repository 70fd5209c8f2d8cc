"""Resolved: figures of a run that no dual value can tell for certain, worked out by solving its
plan again; kept in ``resolved.json``.

A run made without them (``planner run --no-resolve``, or an earlier planner) has no such file, and
what is told of it keeps to what is certain without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from planner.runs.documents import Key, faults, read_document

RESOLVED: Final = "resolved.json"
CAN_WAIT: Final = 0.01
"""A line can wait where waiting one period costs less than this share of what it commits."""
KEYS: Final = (
    Key("format_version", "whole"),
    Key("objective_usd", "number"),
    Key("divisible", "yes_no"),
    Key("without_residual", "object", null=True),
    Key("waiting[].line", "text"),
    Key("waiting[].status", "text"),
    Key("waiting[].costs_usd", "number", null=True),
    Key("waiting[].can_wait", "yes_no"),
    Key("together_usd", "number", null=True),
    Key("break_evens[].offer", "text"),
    Key("break_evens[].site", "text"),
    Key("break_evens[].order_period", "text"),
    Key("break_evens[].price", "number"),
    Key("break_evens[].break_even", "number"),
    Key("steps[].kind", "text"),
    Key("steps[].item", "text"),
    Key("steps[].period", "text"),
    Key("steps[].unit", "text"),
    Key("steps[].one", "number"),
    Key("steps[].saves_usd", "number", null=True),
    Key("steps[].tenth", "number"),
    Key("steps[].tenth_saves_usd", "number", null=True),
)
"""What resolved.json holds."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A line of the first period, and what the plan costs more where it is not ordered then."""

    line: str
    costs_usd: float | None
    """None: there is no plan without it."""
    can_wait: bool


@dataclass(frozen=True, slots=True)
class BreakEven:
    """An offer that is not bought, where it comes closest, and the price at which it comes in; 0
    or less: not even for free."""

    offer: str
    site: str
    order_period: str
    price: float
    break_even: float

    @property
    def cut(self) -> float:
        """By which share of its price it would have to be cheaper."""
        return 1.0 - max(self.break_even, 0.0) / self.price if self.price > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """A limit that binds, and what finite steps of it save, USD at the start of the plan; None:
    there is no plan with it."""

    kind: str
    item: str
    period: str
    unit: str
    one: float
    saves_usd: float | None
    tenth: float
    tenth_saves_usd: float | None


@dataclass(frozen=True, slots=True)
class WithoutResidual:
    """The cheapest plan where nothing is credited for what is left at the end."""

    cost_usd: float | None
    """None: there is none."""
    commit_usd: float
    """What it commits in the first period, nominal USD."""
    kept_usd: float
    """What the plan commits in the first period that it orders as well, nominal USD."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was solved again for a run."""

    divisible: bool
    """Whether the plan has whole things that were divisible in what was solved again."""
    without_residual: WithoutResidual | None = None
    """None where the case credits nothing at its end."""
    waiting: tuple[Wait, ...] = ()
    """The dearest to wait with first."""
    together_usd: float | None = None
    """What the plan costs more where all that can wait does; None: unknown, or no plan."""
    break_evens: tuple[BreakEven, ...] = ()
    """The nearest first."""
    steps: tuple[Step, ...] = ()

    def wait_of(self, line: str) -> Wait | None:
        """Return what is known of waiting with a line."""
        return next((one for one in self.waiting if one.line == line), None)

    def step_of(self, kind: str, item: str, period: str) -> Step | None:
        """Return the steps of a limit."""
        key = (kind, item, period)
        return next((s for s in self.steps if (s.kind, s.item, s.period) == key), None)


def read_resolved(folder: Path) -> Resolved | None:
    """Return what was solved again for a run; None where nothing was.

    Raises:
        RunDamaged: where the file is not what a run writes.
    """
    from planner.runs.read import RunDamaged

    path = folder / RESOLVED
    if not path.is_file():
        return None
    try:
        document = read_document(path)
        wrong = faults(document, KEYS)
    except (OSError, ValueError) as error:
        wrong = [str(error)]
    if wrong:
        raise RunDamaged(folder, [f"{RESOLVED}: {fault}" for fault in wrong])
    return from_document(document)


def from_document(document: Mapping[str, Any]) -> Resolved:
    """Return what a resolved.json says."""
    bare = document["without_residual"]
    return Resolved(
        divisible=document["divisible"],
        without_residual=WithoutResidual(bare["cost_usd"], bare["commit_usd"], bare["kept_usd"])
        if bare
        else None,
        waiting=tuple(
            Wait(one["line"], one["costs_usd"], one["can_wait"]) for one in document["waiting"]
        ),
        together_usd=document["together_usd"],
        break_evens=tuple(
            BreakEven(
                one["offer"], one["site"], one["order_period"], one["price"], one["break_even"]
            )
            for one in document["break_evens"]
        ),
        steps=tuple(
            Step(**{name: one[name] for name in Step.__dataclass_fields__})
            for one in document["steps"]
        ),
    )
