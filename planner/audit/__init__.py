"""The audit: proof that a written plan is feasible and costs what it says, from its files and
inputs alone.

It shares no code with the formulation and knows no solver.  ``audit`` reads a run folder again and
recomputes everything; each noun has its module: lots, holdings, offers, supply, rates, allocation,
training, power, costs, budgets, policies, site_loss, proof.  ``resolution`` reads the inputs a
second time, so that what model and audit share, the resolved case, is proven too.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.audit.allocation import check_chip_time, check_columns, read_allocation
from planner.audit.budgets import check_budgets
from planner.audit.commitments import check_commitments
from planner.audit.contracts import check_contracts
from planner.audit.cost_table import compare_costs
from planner.audit.costs import write_book
from planner.audit.coverage import check_coverage, states
from planner.audit.energy import draw
from planner.audit.fabrics import check_fabrics
from planner.audit.facts import column, or_zero, state
from planner.audit.figures import REPORTED, Recomputed, check_figures, reports
from planner.audit.files import AUDITED, empty_rows, read_json, read_table
from planner.audit.futures import check_futures
from planner.audit.holdings import compare_busy, measure
from planner.audit.lots import assemble
from planner.audit.milestones import compare_milestones
from planner.audit.offers import check_offers
from planner.audit.one_fabric import check_one_fabric
from planner.audit.openings import check_openings
from planner.audit.order_terms import check_order_terms, order_terms
from planner.audit.orders import check_lines, check_orders
from planner.audit.payments import check_payments
from planner.audit.policies import check_policies
from planner.audit.power import check_power
from planner.audit.projects import read_projects
from planner.audit.proof import check_hashes, check_objective, check_totals
from planner.audit.racks import check_racks
from planner.audit.ramps import check_ramps
from planner.audit.rates import state_demand
from planner.audit.rentals import compare_rentals
from planner.audit.replicas import check_replicas
from planner.audit.research import check_research
from planner.audit.resolution import check_inputs
from planner.audit.resolved import check_resolved
from planner.audit.served import serve
from planner.audit.site_loss import check_site_loss, marked, stated
from planner.audit.stability import check_stability
from planner.audit.steps import check_steps, step_prices
from planner.audit.supply import check_supply
from planner.audit.tokens import read_tokens
from planner.audit.tolerance import few_chips
from planner.audit.training import train
from planner.audit.verdict import AuditReport, Check, failure
from planner.audit.vintages import compare_vintages
from planner.audit.whole import check_whole, counts
from planner.audit.whole_lots import in_lots, lots_rented
from planner.case.case import Case
from planner.case.load import read_case
from planner.limits import OWN
from planner.plan.formats import FORMAT_VERSION, WHOLE_SINCE

__all__ = ["AuditReport", "Check", "audit"]

UNFINISHED: Final = ".partial-"
"""How the name of a folder begins in which a run is still being written; its manifest comes after
the audit."""


def audit(run_folder: Path | str, *, finished: bool | None = None) -> AuditReport:
    """Return what an audit of a run folder finds.

    Args:
        run_folder: a folder that ``planner run`` wrote: CSV tables, plan.json, manifest.json and
            ``inputs/``.
        finished: whether the manifest must be there already; left out: unless the folder's name
            begins with ``.partial-``.

    Returns:
        All checks; a damaged or missing file is a failed check, never an exception.
    """
    folder = Path(run_folder)
    checks: list[Check] = []
    if finished or (finished is None and not folder.name.startswith(UNFINISHED)):
        manifest, check = read_json(folder, "manifest.json")
        checks.append(check)
        if manifest is not None:
            checks += _safely("manifest.hashes", lambda: check_hashes(folder, manifest))
    plan, check = read_json(folder, "plan.json")
    checks.append(check)
    since_whole = _version(plan) >= WHOLE_SINCE
    case, check = _inputs(folder, since_whole)
    checks.append(check)
    tables: dict[str, pd.DataFrame] = {}
    if case is not None:
        checks += _safely(
            "inputs", lambda: check_inputs(case, folder / "inputs", since_whole=since_whole)
        )
        wanted = (
            *AUDITED,
            *(REPORTED if reports(plan) else ()),
            *(limit.stated[0][0] for limit in OWN if states(case, limit)),
        )
        wanted = (*wanted, "site_loss") if marked(case) else wanted
        there = (folder / "whole.csv").exists()
        wanted = (*wanted, "whole") if counts(case) or there else wanted
        wanted = (*wanted, "order_steps") if len(case["offer_steps"]) else wanted
        if len(case["commitments"]):
            wanted = (*wanted, "commitment_orders", "covered")
        wanted = (*wanted, "tokens") if len(case["token_offers"]) else wanted
        for name in wanted:
            table, check = _read(folder, name, case, _version(plan))
            checks.append(check)
            if table is not None:
                tables[name] = table
        if len(tables) == len(wanted):
            checks += _safely("plan", lambda: _recompute(folder, case, tables, plan))
        else:
            checks.append(
                failure(
                    "plan",
                    f"not recomputed: {', '.join(sorted(set(wanted) - set(tables)))} cannot be "
                    "read",
                    "every table of the plan can be read",
                )
            )
    if plan is not None:
        costs = tables.get("costs")
        checks += _safely("plan.figures", lambda: check_objective(plan, costs))
        if costs is not None:
            checks += _safely("plan.totals", lambda: check_totals(plan, costs))
        checks += _safely("resolved", lambda: check_resolved(folder, tables, plan))
        checks += _safely("futures", lambda: check_futures(folder))
    return AuditReport(tuple(checks))


def _safely(name: str, work: Callable[[], list[Check]]) -> list[Check]:
    """Return the checks of a part, or one failed check where it could not be done: a damaged file
    must not end the audit."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return work()
    except Exception as error:  # whatever a damaged file leads to, the audit says so and goes on
        return [
            failure(
                name,
                f"could not be recomputed from these files: {type(error).__name__}: {error}",
                "files from which the plan can be recomputed",
            )
        ]


def _version(plan: Mapping[str, Any] | None) -> int:
    """Return the format that plan.json names; the present one where it names none there was."""
    version = (plan or {}).get("format_version")
    return version if isinstance(version, int) and version in range(1, 99) else FORMAT_VERSION


def _read(folder: Path, name: str, case: Case, version: int) -> tuple[pd.DataFrame | None, Check]:
    """Read a table; anything unexpected is a failed check too."""
    try:
        return read_table(folder, name, case, version)
    except Exception as error:  # see _safely
        return None, failure(
            f"files.{name}.csv",
            f"{name}.csv cannot be read: {type(error).__name__}: {error}",
            "a CSV table as it was written",
        )


def _inputs(folder: Path, since_whole: bool) -> tuple[Case | None, Check]:
    """Read the copied case again, with the overrides of the command line that lie beside it; one
    that was planned before there were whole things is divisible."""
    limit = "a case that passes its own checks"
    try:
        path = folder / "inputs" / "overrides.txt"
        overrides = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        divisible = [] if since_whole else ["case.whole=no"]
        case = read_case(folder / "inputs", overrides=[*overrides, *divisible])
    except Exception as error:  # CaseError, OSError or worse: the reason is what counts
        return None, failure(
            "files.inputs", f"inputs/ cannot be read: {type(error).__name__}: {error}", limit
        )
    return case, Check("files.inputs", True, 0.0, f"{len(case.tables)} tables", limit)


def _recompute(
    folder: Path, case: Case, tables: dict[str, pd.DataFrame], plan: Mapping[str, Any] | None
) -> list[Check]:
    """Return every check of the plan, in the order of the plan's logic: what is held, what works,
    what it takes, what it costs; then of what is reported about it."""
    facts, buy = state(case), tables["buy_plan"]
    fleet = tables["fleet"]
    largest = float((column(fleet, "held") + column(fleet, "rented")).max(initial=0.0))
    facts = replace(facts, few=few_chips(largest))
    lots, checks = assemble(facts, buy)
    if "order_steps" in tables:
        numbers = tables.get("whole", empty_rows("whole"))
        checks += check_steps(facts, lots, tables["order_steps"], numbers)
        lots = step_prices(facts, lots, tables["order_steps"])
    checks += compare_vintages(facts, lots, tables["vintages"])
    capacity, more = measure(facts, lots, tables["fleet"], tables["rentals"])
    checks += more + compare_rentals(facts, tables["rentals"], buy)
    rounded, more_rented = in_lots(lots, buy), lots_rented(facts, buy)
    checks += check_offers(facts, lots, rounded, more_rented, capacity) + check_supply(
        facts, lots, rounded, more_rented, capacity, tables["supply"]
    )
    checks += (
        check_stability(facts, lots, buy)
        + check_lines(facts, buy)
        + check_orders(facts, buy, tables["orders"])
    )

    demand = state_demand(facts)
    allocation, more = read_allocation(facts, demand, tables["allocation"])
    busy, time = check_chip_time(facts, allocation, capacity)
    checks += more + time + compare_busy(facts, capacity, busy, tables["fleet"])
    committed, more = check_commitments(facts, capacity, tables)
    checks += more
    called, sold = read_tokens(facts, demand, tables)
    checks += sold
    served, more = serve(facts, demand, allocation, called, tables["demand_coverage"])
    trained, runs = train(facts, allocation, or_zero(column(tables["allocation"], "flop")))
    energy = draw(facts, allocation, capacity)
    projects, built = read_projects(facts, buy)
    found = Recomputed(
        facts=facts,
        lots=lots,
        capacity=capacity,
        demand=demand,
        allocation=allocation,
        training=trained,
        projects=projects,
        energy=energy,
        served=served,
        called=called,
        committed=committed,
        tables=tables,
        plan=plan or {},
    )
    checks += check_order_terms(facts, order_terms(facts, lots, found.counts))
    checks += more + check_research(found)
    checks += runs + compare_milestones(facts, trained, allocation, tables["milestones"])
    checks += check_columns(facts, allocation, tables["allocation"], trained.per_row)
    if stated(case):  # also where nothing needs to be served, and there is no table
        contingency = tables["site_loss"] if "site_loss" in tables else empty_rows("site_loss")
        checks += check_site_loss(facts, demand, capacity, called, contingency)

    counted = tables.get("whole", empty_rows("whole"))
    if counts(case):
        checks += check_racks(facts, lots, counted)
    if "whole" in tables:
        checks += check_whole(counted, not case.whole)
    checks += check_one_fabric(facts, allocation, counted)
    checks += check_replicas(facts, allocation, capacity, counted)
    checks += check_openings(facts, capacity, projects, counted)
    checks += check_contracts(facts, capacity, counted)
    checks += built + check_power(facts, capacity, projects, energy, tables["power"])
    if "fabrics" in tables:
        checks += check_fabrics(facts, capacity, tables["fabrics"])
    if "growth" in tables:
        checks += check_ramps(facts, lots, capacity, tables["growth"])
    book = write_book(found)
    checks += check_policies(facts, book, capacity, energy, tables["limits"]) + check_budgets(
        facts, book, tables["budget"]
    )
    checks += check_payments(facts, lots, projects, buy, tables["rentals"])
    checks += compare_costs(facts, book.table(), tables["costs"])
    checks.append(check_coverage(case, [check.name for check in checks]))
    if not reports(plan):
        return checks
    return checks + check_figures(folder, found)
