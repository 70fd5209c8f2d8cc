"""The ledger: every cost of the plan as a coefficient of a column, with its term, period, site,
chip and category.

The objective, the budgets and the cost table are all sums over these same entries, so they cannot
disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

TERMS: Final = (
    "chips",
    "prepaid",
    "contracts",
    "rental",
    "commitments_ahead",
    "commitments",
    "tokens",
    "ordering",
    "energy",
    "demand_charge",
    "maintenance",
    "space",
    "power_projects",
    "relocation",
    "decommissioning",
    "cancellation",
    "carbon",
    "resale",
    "short",
    "late",
    "over",
    "change",
    "residual",
)
"""Cost terms in the order in which tables show them."""

SPEND_TERMS: Final = ("chips", "prepaid", "contracts", "rental")
"""Payments for capacity: what the measure ``spend`` of a limit counts."""

CATEGORIES: Final = ("none", "capex", "opex")
"""``none``: not cash, or cash that no budget counts (resale)."""

PAYMENTS: Final[dict[str, tuple[str, str, str]]] = {
    "chips": ("chips", "capex", "start"),
    "prepaid": ("prepaid", "opex", "start"),
    "contracts": ("contracts", "opex", "mid"),
    "rental": ("rental", "opex", "mid"),
    "commitments": ("commitments", "opex", "mid"),
    "commitments_ahead": ("commitments_ahead", "opex", "start"),
    "tokens": ("tokens", "opex", "mid"),
    "ordering": ("ordering", "capex", "start"),
    "contract_ordering": ("ordering", "opex", "start"),
    "energy": ("energy", "opex", "mid"),
    "demand_charge": ("demand_charge", "opex", "mid"),
    "maintenance": ("maintenance", "opex", "mid"),
    "space": ("space", "opex", "mid"),
    "power_projects": ("power_projects", "capex", "start"),
    "power_running": ("power_projects", "opex", "mid"),
    "relocation": ("relocation", "opex", "start"),
    "decommissioning": ("decommissioning", "opex", "start"),
    "cancellation": ("cancellation", "capex", "start"),
    "contract_cancellation": ("cancellation", "opex", "start"),
    "carbon": ("carbon", "opex", "mid"),
    "resale": ("resale", "none", "start"),
    "short": ("short", "none", "mid"),
    "late": ("late", "none", "mid"),
    "over": ("over", "none", "mid"),
    "change": ("change", "none", "mid"),
    "residual": ("residual", "none", "start"),
}
"""Every payment once: its term, its category and whether it falls at the start or in the middle of
its period."""


Short = NDArray[np.int16]

TYPES: Final = (np.int8, np.int8, np.int32, np.int16, np.int16, np.int16, np.float64, np.float64)
"""Of the fields of ``Ledger``, in their order."""

SLACK: Final = 64
"""Room for one entry more for every so many: penalties come after the measures and budgets that
count what is there."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Cost entries, one array each of equal length: amount = ``nominal[i] x value of column[i]``.

    ``term`` and ``category`` index ``TERMS`` and ``CATEGORIES``; ``period`` is T for the end of the
    plan; ``site`` and ``chip`` are -1 where a cost has none; ``nominal`` is USD per unit of the
    column and ``factor`` its discount factor.
    """

    term: NDArray[np.int8]
    category: NDArray[np.int8]
    column: NDArray[np.int32]
    period: Short
    site: Short
    chip: Short
    nominal: Floats
    factor: Floats

    def of(self, terms: Sequence[str]) -> NDArray[np.bool_]:
        """Return the mask of the entries, (n,), that belong to one of the named terms."""
        return np.isin(self.term, [TERMS.index(term) for term in terms])


def _short(codes: NDArray[np.integer[Any]]) -> Short:
    """Return codes in two bytes each: of all that is kept of a program, the ledger is the largest
    part."""
    if codes.max() > np.iinfo(np.int16).max:
        raise OverflowError(
            f"{int(codes.max()) + 1:,} periods, sites or chips are more than the ledger can number"
        )
    return codes.astype(np.int16)


@dataclass(slots=True)
class LedgerBuilder:
    """Collects entries while the equations are written; ``freeze`` makes the ``Ledger``."""

    start: Floats
    """Discount factor at the start of each period, and at the end of the plan: T+1 values."""
    mid: Floats
    """Discount factor in the middle of each period: T values."""
    _chunks: list[tuple[NDArray[np.generic], ...]] = field(default_factory=list)
    _rooms: list[NDArray[Any]] = field(
        default_factory=lambda: [np.empty(0, dtype=kind) for kind in TYPES]
    )
    """What has been frozen, with some room behind it."""
    _filled: int = 0

    def add(
        self,
        payment: str,
        column: ArrayLike,
        period: ArrayLike,
        nominal: ArrayLike,
        *,
        site: ArrayLike = -1,
        chip: ArrayLike = -1,
    ) -> None:
        """Add entries of one payment; arrays broadcast, zero amounts are dropped.

        Args:
            payment: one of ``PAYMENTS``.
            column: column ids, (n,) or one.
            period: periods in which the money falls.
            nominal: USD per unit of the column.
            site: site codes, -1 for none.
            chip: chip codes, -1 for none.

        Raises:
            KeyError: for an unknown payment.
            ValueError: for an amount that is not a number.
            OverflowError: for more periods, sites or chips than the ledger can number.
        """
        term, category, when = PAYMENTS[payment]
        cols, periods, amounts, sites, chips = np.broadcast_arrays(
            column, period, nominal, site, chip
        )
        if np.isnan(amounts).any():
            raise ValueError(f"cost term {term}: an amount is missing")
        keep = amounts != 0.0
        if not keep.any():
            return
        if not keep.all():
            cols, periods, amounts, sites, chips = (
                a[keep] for a in (cols, periods, amounts, sites, chips)
            )
        n = len(cols)
        self._chunks.append(
            (
                np.full(n, TERMS.index(term), np.int8),
                np.full(n, CATEGORIES.index(category), np.int8),
                cols.astype(np.int32),
                _short(periods),
                _short(sites),
                _short(chips),
                amounts.astype(np.float64, copy=False),
                (self.start if when == "start" else self.mid)[periods],
            )
        )

    def freeze(self) -> Ledger:
        """Return everything collected so far as one ``Ledger``; what a later one adds is written
        behind it, not copied with it."""
        total = self._filled + sum(len(chunk[0]) for chunk in self._chunks)
        fields = [list(parts) for parts in zip(*self._chunks, strict=True)] or [[] for _ in TYPES]
        self._chunks.clear()
        # a loop over the eight fields: each frees its parts before the next needs room
        for number, kind in enumerate(TYPES):
            room, parts = self._rooms[number], fields[number]
            if total > len(room):
                room = np.empty(total + total // SLACK, dtype=kind)
                room[: self._filled] = self._rooms[number][: self._filled]
                self._rooms[number] = room
            np.concatenate([room[:0], *parts], out=room[self._filled : total])
            parts.clear()
        self._filled = total
        return Ledger(*(room[:total] for room in self._rooms))
