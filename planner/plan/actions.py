"""Actions: what a line of the buy plan says is done, and which of them belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HELD: Final = ("buy", "lease", "reserve")
"""Orders whose chips are held, owned or under a contract."""
PLACED: Final = (*HELD, "rent")
"""Orders of chips, those by the hour among them."""
ORDERED: Final = (*PLACED, "build_power")
"""What procurement places."""
FREEZABLE: Final = (*HELD, "build_power")
"""What a last plan is compared by, and may freeze: a rental binds nobody beyond its period."""
COMMITTING: Final = (*FREEZABLE, "relocate")
"""What money is committed by when it is decided."""
FORBIDDABLE: Final = (*ORDERED, "relocate", "retire")
"""What a plan can be asked to do without."""
DECISIONS: Final = (*FORBIDDABLE, "cancel")
"""What needs somebody to decide, in the order in which it is told."""
STAYING: Final = ("keep", *HELD)
"""What is held where it came to."""
ADDING: Final = ("keep", *PLACED, "relocate")
"""What gives a site chips."""
ALL: Final = ("keep", *ORDERED, "retire", "relocate", "cancel")

OF_KIND: Final[Mapping[str, str]] = {
    "purchase": "buy",
    "lease": "lease",
    "reserved": "reserve",
    "reserved_1y": "reserve",
    "reserved_3y": "reserve",
    "capacity_block": "reserve",
}
"""Kind of an offer whose chips are held -> what is done with it."""
