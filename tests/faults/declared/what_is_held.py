"""Faults in what is held or on order when the plan starts: kinds, chips on their way, power."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "equations",
        "model.lots",
        (
            "list_lots",
            "(np.concatenate(held) == 'purchase') & (np.arange(f + o + n) >= f)",
            "np.arange(f + o + n) >= f",
            "the rest of a contract in flight is capex",
        ),
        (
            "list_lots",
            "owned=np.concatenate(held) == 'purchase'",
            "owned=np.concatenate(held) != 'reserved'",
            "leased chips are ours",
        ),
        (
            "list_lots",
            "numbers(orders, 'usd_per_chip_hour')[order_rows]",
            "np.zeros(o)",
            "a contract in flight costs nothing by the hour",
        ),
    ),
    *of(
        "equations",
        "model.aging",
        (
            "residual",
            "(lots.born[which], lots.leaves[which])",
            "(lots.arrives[which], lots.leaves[which])",
            "chips on their way are new for their residual value",
        ),
        (
            "alive",
            "survival(period - lots.born[which])",
            "survival(period - lots.arrives[which])",
            "chips on their way are new for their losses",
        ),
    ),
    *of(
        "equations",
        "model.holding",
        (
            "hold",
            "np.where(fresh & ~at_start & lots.given[lot], now, step)",
            "step",
            "chips that may retire lose nothing on their way",
        ),
    ),
    *of(
        "equations",
        "model.payments",
        (
            "_pay_on_the_way",
            "spans(np.zeros(len(leaving), np.int64), lots.arrives[leaving])",
            "spans(lots.arrives[leaving], lots.arrives[leaving])",
            "a contract pauses while its chips are on their way",
        ),
        (
            "_pay_orders",
            "(lots.origin == COMMITTED) & ~lots.given",
            "(lots.origin == COMMITTED)",
            "chips on their way are paid for once more",
        ),
        (
            "_pay_held",
            "(period - lots.born[lot]) / index.ppy",
            "(period - lots.arrives[lot]) / index.ppy",
            "chips on their way are new for their maintenance",
        ),
    ),
    *of(
        "equations",
        "model.supply",
        (
            "counted_lots",
            "mine[new | arrival]",
            "mine[new]",
            "what is on order counts in no supply group",
        ),
    ),
    *of(
        "equations",
        "model.power_orders",
        (
            "add_power_orders",
            "price * (1.0 - share)",
            "price",
            "a hall that is half paid is paid whole",
        ),
        (
            "_credit",
            "discount(rate, ordered / ppy)",
            "discount(rate, arrives / ppy)",
            "the deposit of a hall counts from its arrival",
        ),
    ),
    *of(
        "equations",
        "model.power",
        (
            "_add_projects",
            "signed[signed['project'] >= 0]",
            "signed[signed['project'] < -1]",
            "what was ordered of a project can be ordered again",
        ),
    ),
)
