"""Proven: what is known of the cost of an answer of whole things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Choice(NamedTuple):
    """One of several that was chosen, and what the second best would cost."""

    name: str
    """What had the choice."""
    axis: str
    chosen: str
    second: str
    """Blank: there is no other answer, or none was found."""
    usd: float
    """What that costs more, all else chosen again, USD; NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Costs and bounds of an answer of whole things, USD."""

    cost: float
    """Of the answer."""
    divisible: float
    """Of the cheapest answer with everything divisible."""
    own_bound: float
    """What weak duality proves of the linear program with limits rounded to what whole numbers can
    reach (:mod:`planner.lp.whole.tight`): a sum that is ours."""
    bound: float
    """What no answer of whole things costs less than: the higher of the own bound and what branch
    and bound tells."""
    nodes: int
    """Of branch and bound, at least its root; 0 where the own bound was near enough."""
    by_kind: Mapping[str, float] = field(default_factory=dict)
    """What would be saved if one kind alone were divisible, all other counts as they are, USD."""

    choices: tuple[Choice, ...] = ()
    """What was one of several, with the second best."""

    @property
    def gap(self) -> float:
        """Relative distance of cost and bound."""
        return max(self.cost - self.bound, 0.0) / max(abs(self.cost), 1.0)

    def stored(self) -> dict[str, NDArray[Any]]:
        """Return it as the arrays that solution.npz keeps."""
        return {
            "whole": np.array([self.cost, self.divisible, self.own_bound, self.bound, self.nodes]),
            "whole_kinds": np.array(list(self.by_kind), dtype=str),
            "whole_kinds_usd": np.array(list(self.by_kind.values()), dtype=np.float64),
            **(
                {
                    "whole_choices": np.array([one[:4] for one in self.choices], dtype=str),
                    "whole_choices_usd": np.array([one.usd for one in self.choices]),
                }
                if self.choices
                else {}
            ),
        }


def from_stored(arrays: Mapping[str, NDArray[Any]]) -> Proven:
    """Return it from the arrays that it was kept as; those by kind and choices may be
    left out."""
    cost, divisible, own, bound, nodes = (float(value) for value in arrays["whole"])
    kinds = [str(kind) for kind in arrays.get("whole_kinds", ())]
    usd = [float(value) for value in arrays.get("whole_kinds_usd", ())]
    words, more = arrays.get("whole_choices", ()), arrays.get("whole_choices_usd", ())
    choices = tuple(
        Choice(str(name), str(axis), str(chosen), str(second), float(value))
        for (name, axis, chosen, second), value in zip(words, more, strict=True)
    )
    by_kind = dict(zip(kinds, usd, strict=True))
    return Proven(cost, divisible, own, bound, int(nodes), by_kind, choices)
