"""Faults in whole things: racks, orders, one place of several, and how counts are fixed."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "whole",
        "model.racks",
        (
            "rack_sizes",
            "numbers(case[table], 'lot_size')[lots.row[mine]]",
            "np.maximum(numbers(case[table], 'lot_size')[lots.row[mine]] - 1.0, 1.0)",
            "racks of a chip too few",
        ),
        (
            "Racks.count",
            "-share * self.size[lot]",
            "-self.size[lot]",
            "chips that failed leave their racks",
        ),
    ),
    *of(
        "whole",
        "model.order_terms",
        (
            "_open",
            "np.where(stated, 0.0, np.inf)[which]",
            "np.where(stated, np.inf, np.inf)[which]",
            "an order that is not placed has chips",
        ),
        (
            "_least",
            "-least[which]",
            "-0.5 * least[which]",
            "half the least order is enough",
        ),
        (
            "add_order_terms",
            "np.nan_to_num(numbers(offers, 'usd_per_order'))[orders.row[some]]",
            "0.5 * np.nan_to_num(numbers(offers, 'usd_per_order'))[orders.row[some]]",
            "half of what an order costs",
        ),
    ),
    *of(
        "whole",
        "model.fabric",
        (
            "_choose",
            "builder.rows(one, {'milestone': runs}, 1.0, 1.0)",
            "builder.rows(one, {'milestone': runs}, 1.0, 2.0)",
            "a run on two sites",
        ),
    ),
    *of(
        "whole",
        "lp.whole.fixed",
        (
            "fixed",
            "np.where(off, 0.0, np.inf)",
            "np.where(off, np.inf, np.inf)",
            "what is not opened lets everything through",
        ),
    ),
    *of(
        "whole",
        "lp.whole.tight",
        (
            "_rows",
            "np.floor(top + ROOM)",
            "np.floor(top + ROOM - 1.0)",
            "a limit is rounded by one rack too many",
        ),
        (
            "tightened",
            "np.floor(upper[known] / by + ROOM)",
            "np.floor(0.9 * upper[known] / by)",
            "racks are bounded too tightly",
        ),
    ),
)
