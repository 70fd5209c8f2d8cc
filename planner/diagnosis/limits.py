"""Listing: the limits of a formulation, family by family; the contents page of the lists."""

from __future__ import annotations

from planner.diagnosis.capacity_limits import (
    list_contracts,
    list_offers,
    list_power,
    list_supply,
)
from planner.diagnosis.declared import list_declared
from planner.diagnosis.limit import LimitList, Limits
from planner.diagnosis.order_limits import list_orders
from planner.diagnosis.policy_limits import list_budgets, list_decided, list_policies
from planner.diagnosis.prices import price_limits
from planner.diagnosis.work_limits import list_demand, list_floors, list_milestones, list_site_loss
from planner.model import Formulation
from planner.model.index import Bools


def list_limits(f: Formulation, hard: Bools) -> Limits:
    """Return the limits of a case.

    Args:
        f: its formulation, every milestone with columns ``late``.
        hard: milestones whose deadline is hard in the inputs, (M,).

    Returns:
        The limits, the parts of the program they are and the slacks that let them give.
    """
    found, price = LimitList(f), price_limits(f)
    list_power(f, found, price)
    list_contracts(f, found, price)
    list_declared(f, found, price)
    list_supply(f, found, price)
    list_offers(f, found, price)
    list_orders(f, found, price)
    list_milestones(f, found, price, hard)
    list_demand(f, found, price)
    list_floors(f, found, price)
    list_site_loss(f, found, price)
    list_budgets(f, found, price)
    list_policies(f, found, price)
    list_decided(f, found)
    return found.done()
