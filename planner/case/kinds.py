"""Kinds of offers: how chips come to be held."""

from __future__ import annotations

from typing import Final

OFFER_KINDS: Final = (
    "purchase",
    "lease",
    "reserved",
    "reserved_1y",
    "reserved_3y",
    "capacity_block",
    "on_demand",
    "spot",
    "relocate",
)
BURST_KINDS: Final = ("on_demand", "spot")
"""Kinds rented by the hour, period by period and slice by slice; every other kind is ordered and
then held."""
RESERVED_KINDS: Final = ("reserved", "reserved_1y", "reserved_3y", "capacity_block")
"""Kinds held at a cloud for a term."""
TERM_KINDS: Final = ("lease", *RESERVED_KINDS)
"""Kinds that are given back at the end of a contract."""
HELD_KINDS: Final = ("purchase", *TERM_KINDS)
"""Kinds whose chips are held: what a lot of the fleet or an order in flight can be."""
OWN_KINDS: Final = ("purchase", "lease", "relocate")
"""Kinds that stand at sites of our own or in a colo; every other kind stands at cloud sites."""
