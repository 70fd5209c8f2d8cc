"""What-ifs: runs of a case with something changed for that run alone; they answer a question and
are never the plan of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.words import plural, printable

LONGEST: Final = 160
"""Characters of the changes that are told on one line; plan.json has them all."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a run changes of its case."""

    stated: tuple[str, ...]
    """The ``--set`` of its command."""
    relaxed: tuple[str, ...] = ()
    """The families of its ``--relax``."""
    given: tuple[str, ...] = ()
    """What these had to give, as ``--set`` would say it."""

    @property
    def words(self) -> str:
        """What it changes, on one line."""
        parts = [printable(text) for text in self.stated]
        if self.relaxed:
            gave = ", ".join(map(printable, self.given)) or "nothing had to give"
            parts.append(f"relaxed {', '.join(self.relaxed)} ({gave})")
        told = "; ".join(parts)
        if len(told) <= LONGEST:
            return told
        count = plural(len(self.stated) + len(self.given), "change")
        return f"{told[: LONGEST - 3]}... ({count})"

    def document(self) -> dict[str, list[str]]:
        """Return it as plan.json holds it."""
        return {"set": [*self.stated], "relax": [*self.relaxed], "given": [*self.given]}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for: every change of its inputs, their hash, and whether it is a
    what-if."""

    overrides: tuple[str, ...]
    digest: str
    what_if: WhatIf | None = None

    def document(self) -> dict[str, Any]:
        """Return it as plan.json holds it."""
        told = {"overrides": [*self.overrides]}
        mark = {} if self.what_if is None else {"what_if": self.what_if.document()}
        return {**told, **mark, "inputs_sha256": self.digest}


def asked(
    stated: Sequence[str], relaxed: Sequence[str], given: Sequence[str], digest: str
) -> Asked:
    """Return what a run was asked for.

    Args:
        stated: its ``--set``.
        relaxed: the families of its ``--relax``.
        given: what these had to give, as overrides.
        digest: the hash of its inputs.
    """
    made = WhatIf(tuple(stated), tuple(relaxed), tuple(given))
    mark = made if stated or relaxed else None
    return Asked((*stated, *given), digest, mark)


def what_if_of(plan: Mapping[str, Any]) -> WhatIf | None:
    """Return what makes a run a what-if; None for a plan of its case.

    Args:
        plan: plan.json as declared; one written before what-ifs were marked is a what-if where it
            has overrides.
    """
    told, overrides = plan.get("what_if"), tuple(plan.get("overrides") or ())
    if not told:
        return WhatIf(overrides) if overrides else None
    parts = (tuple(told.get(name) or ()) for name in ("set", "relax", "given"))
    return WhatIf(*parts)
