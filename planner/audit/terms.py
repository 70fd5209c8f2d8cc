"""Terms: what a cost can be, each once: its name in costs.csv, its category and when it falls."""

from __future__ import annotations

from typing import Final, NamedTuple


class Term(NamedTuple):
    """A term of the objective."""

    name: str
    category: str
    """capex, opex or none, where it is no cash."""
    middle: bool
    """Whether it accrues over its period, or falls at its start."""


CHIPS: Final = Term("chips", "capex", middle=False)
PREPAID: Final = Term("prepaid", "opex", middle=False)
CONTRACTS: Final = Term("contracts", "opex", middle=True)
RENTAL: Final = Term("rental", "opex", middle=True)
COMMITMENTS_AHEAD: Final = Term("commitments_ahead", "opex", middle=False)
COMMITMENTS: Final = Term("commitments", "opex", middle=True)
TOKENS: Final = Term("tokens", "opex", middle=True)
ORDERING: Final = Term("ordering", "capex", middle=False)
CONTRACT_ORDERING: Final = Term("ordering", "opex", middle=False)
ENERGY: Final = Term("energy", "opex", middle=True)
DEMAND_CHARGE: Final = Term("demand_charge", "opex", middle=True)
MAINTENANCE: Final = Term("maintenance", "opex", middle=True)
SPACE: Final = Term("space", "opex", middle=True)
BUILDING: Final = Term("power_projects", "capex", middle=False)
BUILT: Final = Term("power_projects", "opex", middle=True)
RELOCATION: Final = Term("relocation", "opex", middle=False)
DECOMMISSIONING: Final = Term("decommissioning", "opex", middle=False)
CANCELLATION: Final = Term("cancellation", "capex", middle=False)
CONTRACT_CANCELLATION: Final = Term("cancellation", "opex", middle=False)
CARBON: Final = Term("carbon", "opex", middle=True)
RESALE: Final = Term("resale", "none", middle=False)
SHORT: Final = Term("short", "none", middle=True)
LATE: Final = Term("late", "none", middle=True)
OVER: Final = Term("over", "none", middle=True)
CHANGE: Final = Term("change", "none", middle=True)
RESIDUAL: Final = Term("residual", "none", middle=False)

TERMS: Final = (
    CHIPS,
    PREPAID,
    CONTRACTS,
    RENTAL,
    COMMITMENTS_AHEAD,
    COMMITMENTS,
    TOKENS,
    ORDERING,
    CONTRACT_ORDERING,
    ENERGY,
    DEMAND_CHARGE,
    MAINTENANCE,
    SPACE,
    BUILDING,
    BUILT,
    RELOCATION,
    DECOMMISSIONING,
    CANCELLATION,
    CONTRACT_CANCELLATION,
    CARBON,
    RESALE,
    SHORT,
    LATE,
    OVER,
    CHANGE,
    RESIDUAL,
)
SPEND: Final = tuple(term.name for term in (CHIPS, PREPAID, CONTRACTS, RENTAL))
"""What a policy on spend counts."""
