"""The linear program: what is decided, under which limits, at what cost.

``formulate`` is the table of contents; each family of equations stands in the module it names, as a
sentence, a formula and the meaning of its dual.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from planner.case.batches import windows_of
from planner.case.case import Case
from planner.lp.builder import ProgramBuilder
from planner.lp.program import Program
from planner.model.blocks import add_blocks
from planner.model.budgets import add_budgets
from planner.model.capacity import Capacity, add_capacity
from planner.model.commitments import Commitments, add_commitments
from planner.model.contracts import add_contracts
from planner.model.demand import add_demand
from planner.model.draft import Draft
from planner.model.energy import Draw, add_energy, list_draw
from planner.model.fabrics import add_fabrics
from planner.model.holding import Holding, hold
from planner.model.index import Index, index_case
from planner.model.ledger import Ledger, LedgerBuilder
from planner.model.lots import Lots, describe, list_lots
from planner.model.milestones import Milestones, list_milestones
from planner.model.opening import add_openings
from planner.model.order_terms import add_order_terms
from planner.model.payments import add_payments
from planner.model.policy import add_policies, measure_entries
from planner.model.power import add_power
from planner.model.power_orders import add_power_orders
from planner.model.racks import add_racks
from planner.model.ramps import add_ramps
from planner.model.replicas import add_replicas
from planner.model.research import add_research
from planner.model.resilience import Backup, add_site_loss
from planner.model.serving import Serving, add_use
from planner.model.stability import add_changes, freeze_orders, kept_projects
from planner.model.steps import add_steps
from planner.model.supply import add_supply
from planner.model.tokens import Tokens, add_tokens
from planner.model.training import Training, add_training
from planner.model.work import Work, list_work

__all__ = ["Formulation", "formulate"]


@dataclass(frozen=True, slots=True)
class Formulation:
    """A case and its linear program, with everything needed to read the answer back."""

    case: Case
    program: Program
    index: Index
    ledger: Ledger
    lots: Lots
    holding: Holding
    capacity: Capacity
    commitments: Commitments
    work: Work
    serving: Serving
    tokens: Tokens
    milestones: Milestones
    training: Training
    backup: Backup
    draw: Draw
    build: pd.DataFrame
    """Power projects: row, period, arrives, column, site."""
    signed: pd.DataFrame
    """Power projects ordered before the plan, the same columns and project."""
    steps: pd.DataFrame
    """Chips bought at a price step: lot, step, from_chips, usd_per_chip, column."""


def formulate(case: Case, reduce: bool = True) -> Formulation:
    """Return the linear program of a case: the cheapest way to do all the work within all the
    limits.

    Args:
        case: a complete case, as ``read_case`` returns it.
        reduce: whether columns that cannot be told apart are one (:mod:`planner.model.hubs`,
            :mod:`planner.model.resilience`); the optimum is the same either way.

    Returns:
        The program, and the index arrays that explain its columns and rows.

    Raises:
        KeyError: for a name that no table declares.
        ValueError: for a number that is missing where the program needs one.
    """
    index = index_case(case)
    lots = freeze_orders(
        case, index, list_lots(case, index)
    )  # fleet, orders in flight, every possible new order
    work, milestones = list_work(case, index), list_milestones(case, index)
    windows = windows_of(case)

    draft = Draft(
        case,
        index,
        ProgramBuilder(
            axes={**index.axes, "lot": describe(case, lots)["line"]}, weights={"slice": index.share}
        ),
        LedgerBuilder(index.start, index.mid),
    )

    # chips: ordered, held, retired, moved; powered, rented
    holding = hold(draft, lots)
    add_racks(draft, lots, holding)
    add_payments(draft, lots, holding)
    add_order_terms(draft, lots, holding)
    steps = add_steps(draft, lots, holding)
    capacity = add_capacity(draft, holding)
    commitments = add_commitments(draft, capacity)

    # work: inference, milestones, research
    serving = add_use(draft, capacity, work, windows, reduce)
    add_replicas(draft, capacity, work, serving)
    tokens = add_tokens(draft, work, windows)
    add_demand(draft, work, serving, capacity, windows, tokens)
    training = add_training(draft, capacity, milestones)
    add_research(draft, work, serving, capacity, training.progress)
    backup = add_site_loss(draft, capacity, work, tokens, reduce)

    # limits: power, supply, policies, budgets, what was decided before
    draw = list_draw(index, capacity, work, serving, milestones, training)
    add_energy(draft, draw)
    signed = add_power_orders(draft)
    kept = kept_projects(case)
    build = add_power(draft, capacity, signed, kept)
    add_blocks(draft, build, signed, kept)
    add_openings(draft, capacity, signed)
    add_contracts(draft, capacity)
    add_fabrics(draft, capacity)
    add_supply(draft, lots, holding, capacity)
    add_ramps(draft, lots, holding)
    add_changes(draft, lots, holding)
    add_policies(draft, measure_entries(draft, holding, capacity, draw))
    add_budgets(draft)  # last: it counts every payment in the ledger

    entries = draft.ledger.freeze()
    draft.builder.cost(entries.column, entries.nominal * entries.factor)
    return Formulation(
        case,
        draft.builder.build(),
        index,
        entries,
        lots,
        holding,
        capacity,
        commitments,
        work,
        serving,
        tokens,
        milestones,
        training,
        backup,
        draw,
        build,
        signed,
        steps,
    )
