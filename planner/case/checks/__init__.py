"""Rules across tables: what makes a case one that can be planned.

Every rule is one function with one sentence; ``check`` is their list in reading order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from planner.case.checks import (
    availability,
    beside,
    commitments,
    contracts,
    copied,
    curves,
    demand,
    done,
    familiar,
    figures,
    fleet,
    lives,
    memory,
    milestones,
    needs,
    offers,
    opening,
    order_terms,
    passed,
    periods,
    plausible,
    policy,
    power_orders,
    prices,
    ramps,
    reach,
    relations,
    scale,
    serving,
    sites,
    slipped,
    steps,
    supply,
    tokens,
    training,
    unfilled,
    used,
    windows,
    workloads,
)
from planner.case.checks.places import Places, find_places
from planner.case.problems import Problem

if TYPE_CHECKING:
    from planner.case.case import Case

RULES: Final[tuple[Callable[[Case], list[Problem]], ...]] = (
    needs.something_to_do,
    needs.tables_of_work,
    needs.residual_by_table,
    needs.names_once,
    needs.frozen_without_plan,
    needs.frozen_lines,
    passed.orders_lost,
    sites.site_figures,
    sites.power_given,
    sites.power_complete,
    sites.liquid_part,
    sites.energy_at_cloud,
    sites.energy_slices,
    sites.energy_complete,
    sites.one_demand_charge,
    sites.project_sites,
    power_orders.signed_sites,
    power_orders.signed_periods,
    power_orders.signed_most,
    windows.projects_arrive,
    opening.sites_open,
    opening.sites_shut,
    opening.opened_before,
    opening.order_of_projects,
    contracts.contract_sites,
    contracts.contract_periods,
    contracts.contract_options,
    sites.fits_power,
    offers.placement,
    offers.relocation,
    windows.offers_arrive,
    offers.burst_terms,
    offers.relocate_terms,
    offers.term_known,
    prices.price_known,
    prices.price_kind,
    steps.one_owner,
    steps.one_way,
    steps.one_price,
    steps.what_is_priced,
    steps.chips_counted,
    offers.least_and_most,
    offers.early_leaving,
    order_terms.rented_without_orders,
    order_terms.least_order_fits,
    order_terms.orders_counted,
    order_terms.obliged_orders,
    supply.one_basis,
    supply.least_and_most,
    supply.complete,
    supply.minimum_without_offer,
    supply.minimums_fit,
    supply.unused,
    ramps.ramp_member,
    ramps.ramp_counts,
    ramps.ramp_begins,
    ramps.ramp_of_orders,
    lives.technical_life,
    availability.availability_windows,
    fleet.fleet_dates,
    fleet.fleet_gone,
    fleet.fleet_alive,
    fleet.fleet_payments,
    fleet.fleet_ordered,
    fleet.orders_placed,
    fleet.orders_leave,
    fleet.orders_arrive,
    fleet.held_kinds,
    fleet.orders_move,
    fleet.orders_alive,
    fleet.orders_price,
    workloads.columns_by_kind,
    workloads.open_windows,
    workloads.tier_given,
    workloads.one_research_measure,
    commitments.commitment_rows,
    tokens.token_periods,
    tokens.token_price_known,
    tokens.token_users,
    periods.periods_outside,
    periods.liquid_periods,
    periods.energy_periods,
    periods.price_periods,
    periods.supply_periods,
    passed.prices_passed,
    passed.gains_end,
    periods.demand_figures,
    periods.demand_periods,
    copied.copied_periods,
    beside.blank_beside,
    demand.demand_columns,
    demand.demand_complete,
    demand.demand_inside,
    demand.served_before,
    demand.work_token,
    demand.rates_of_work,
    demand.no_demand,
    workloads.regions_known,
    workloads.profiles_complete,
    milestones.flop_once,
    milestones.window,
    training.class_known,
    training.model_served,
    training.scaling_pair,
    training.precision_peak,
    milestones.chips_at_once,
    milestones.order_of_runs,
    done.done_of_runs,
    done.done_of_research,
    used.used_of_budgets,
    used.used_of_limits,
    policy.rule_names_something,
    policy.rule_one_work,
    policy.rule_names_known,
    policy.rule_matches,
    policy.periods_inside,
    policy.fiscal_years_whole,
    policy.limit_member,
    policy.limit_bounds,
    slipped.penalty_a_year,
    slipped.share_as_amount,
    slipped.price_a_window,
    curves.age_zero,
    curves.survival_falls,
    curves.curves_used,
    plausible.usual_figures,
    familiar.known_chips,
    familiar.known_clouds,
    familiar.known_rates,
    familiar.known_models,
    familiar.known_places,
    plausible.precision_rises,
    relations.rates_of_peers,
    relations.rates_in_order,
    memory.range_holds,
    memory.model_fits,
    memory.models_served,
    relations.tokens_of_parameters,
    relations.lots_fit,
    relations.fleet_fits_power,
    relations.token_mix,
    relations.book_values,
    relations.other_periods,
    scale.demand_of_chips,
    scale.demand_of_fleet,
    scale.power_of_chips,
    scale.cost_of_tokens,
    figures.roofline,
    figures.active_power,
    figures.models_used,
    figures.gains_known,
    figures.profiles_used,
    figures.stale,
    figures.sources,
)
"""Rules about what the tables say."""

PLACE_RULES: Final[tuple[Callable[[Case, Places], list[Problem]], ...]] = (
    serving.rates_known,
    serving.can_be_served,
    serving.second_site,
    milestones.one_fabric,
    milestones.nowhere,
    reach.milestone_in_reach,
    reach.milestone_worth_planning,
)
"""Rules about which chips could be where."""


def check(case: Case) -> list[Problem]:
    """Return every problem that the rules find in a case, errors and warnings.

    Args:
        case: a case whose cells are read and whose names all refer to something.

    Returns:
        Problems in the order of the rules, at most ``findings.CAP`` per rule and column.
    """
    places = find_places(case)
    found = [problem for rule in RULES for problem in rule(case)] + [
        problem for rule in PLACE_RULES for problem in rule(case, places)
    ]
    found = _closest(found)
    told = {(problem.file, problem.column) for problem in found}
    return found + [
        problem
        for problem in unfilled.unfilled_columns(case)
        if (problem.file, problem.column) not in told
    ]


def _closest(found: list[Problem]) -> list[Problem]:
    """Leave out that a figure is beyond what is usual in its column where it is told, of the same
    rows, that it is far from what is known of its own chip, cloud, model or place; unless only the
    first knows the likely slip."""
    known = {
        (problem.file, problem.row, problem.column): problem
        for problem in found
        if problem.code in familiar.CODES
    }

    def told(problem: Problem) -> bool:
        nearer = known.get((problem.file, problem.row, problem.column))
        return (
            problem.code == "figure-unusual"
            and nearer is not None
            and nearer.rows >= problem.rows
            and (nearer.fix != plausible.ACCEPT or problem.fix == plausible.ACCEPT)
        )

    return [problem for problem in found if not told(problem)]
