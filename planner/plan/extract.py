"""From the solver's answer to the written plan: the contents page of every table."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from planner.lp.certificate import Certificate, coefficient_ranges
from planner.lp.solution import Solution
from planner.lp.whole.proven import Choice, Proven
from planner.model import Formulation
from planner.plan.actions import HELD
from planner.plan.answer import CHIP_TOLERANCE, Answer, read_answer
from planner.plan.books import books_table, pnl_table
from planner.plan.budget import budget_table
from planner.plan.buying import buy_table
from planner.plan.causes import line_causes
from planner.plan.commitments import commitment_orders, covered_table
from planner.plan.costing import cost_table, unit_costs
from planner.plan.coverage import coverage_table
from planner.plan.declared import own_tables
from planner.plan.economics import economics_table
from planner.plan.exceptions import exception_table
from planner.plan.fleet import fleet_table, vintage_table
from planner.plan.formats import FORMAT_VERSION
from planner.plan.lines import all_lines
from planner.plan.milestones import milestone_table
from planner.plan.orders import orders_table
from planner.plan.plan import Plan
from planner.plan.policy import policy_table
from planner.plan.power import power_table
from planner.plan.pricing import price_table
from planner.plan.rentals import rental_rows
from planner.plan.rows import Ranges
from planner.plan.showback import showback_table
from planner.plan.steps import step_table
from planner.plan.supply import supply_table
from planner.plan.tables import PLAN_TABLE
from planner.plan.tokens import token_rows, token_table, with_calls
from planner.plan.totals import commit_usd, worst_served
from planner.plan.whole import whole_table
from planner.plan.work import allocation_table, work_rows

RANGED_COLUMNS: Final = ("order",)
"""Columns whose price is written with how far it may rise."""


def extract(
    formulation: Formulation,
    solution: Solution,
    certificate: Certificate,
    *,
    ranges: Ranges | None = None,
    cost_up: np.ndarray | None = None,
    whole: Proven | None = None,
) -> Plan:
    """Return the written plan of a solved formulation.

    Args:
        formulation: the formulation.
        solution: an optimal solution of its program.
        certificate: bound and residuals of that solution.
        ranges: lowest and highest right-hand side of every row of ``planner.limits.RANGED`` for
            which its dual holds, user units, (rows,) each; None if not computed.
        cost_up: highest cost of every column of ``RANGED_COLUMNS`` for which the plan stays
            optimal, USD per unit, (columns,); None if not computed.
        whole: what is proven of a plan of whole things; None where everything is divisible.

    Returns:
        Every table of ``planner.plan.tables`` and the figures of ``plan.json``.

    """
    answer = read_answer(formulation, solution)
    nothing = np.full(formulation.program.num_rows, np.nan)
    ranges = ranges if ranges is not None else (nothing, nothing)
    cost_up = cost_up if cost_up is not None else np.full(formulation.program.num_columns, np.nan)

    work, called = work_rows(answer), token_rows(answer)
    lines = all_lines(answer)
    causes = line_causes(answer, lines)
    prices = price_table(answer)
    coverage, marginal_work = coverage_table(answer, work, called)
    milestones, marginal_run = milestone_table(answer, work)
    buy = buy_table(answer, lines, causes, prices, work, cost_up)

    tables: dict[str, pd.DataFrame] = {
        "buy_plan": buy,
        "causes": causes.table,
        "vintages": vintage_table(answer),
        "allocation": allocation_table(answer, work),
        "rentals": _rentals(answer),
        "orders": orders_table(buy, answer),
        "fleet": fleet_table(answer, work),
        "power": power_table(answer, ranges),
        "supply": supply_table(answer, ranges),
        "budget": budget_table(answer, ranges),
        "limits": policy_table(answer),
        "milestones": milestones,
        "demand_coverage": coverage,
        "costs": cost_table(answer),
        "unit_costs": unit_costs(answer, work, called, marginal_work | marginal_run),
        "prices": _prices(answer, prices),
    }
    tables |= own_tables(answer, ranges)
    tokens = token_table(answer)
    tables |= _books(answer, tables, tokens)
    scaling = list(coefficient_ranges(formulation.program)[1])
    tables["exceptions"] = exception_table(answer, tables, scaling)
    tables = {
        name: frame[[column.name for column in PLAN_TABLE[name].columns]].reset_index(drop=True)
        for name, frame in tables.items()
    }
    bought = step_table(answer)
    if bought is not None:
        tables["order_steps"] = bought
    if len(formulation.case["commitments"]):
        tables["commitment_orders"] = commitment_orders(answer)
        tables["covered"] = covered_table(answer)
    if tokens is not None:
        tables["tokens"] = tokens
    contingency = _site_loss(answer)
    if contingency is not None:
        tables["site_loss"] = contingency
    counts = whole_table(answer, formulation.program.counted)
    if counts is not None:
        tables["whole"] = counts
    return Plan(tables, summarise(answer, tables, certificate, whole))


def _books(
    answer: Answer, tables: dict[str, pd.DataFrame], tokens: pd.DataFrame | None
) -> dict[str, pd.DataFrame]:
    """The tables that restate the plan by the books, in their order."""
    calendar, costs = answer.formulation.case.calendar, tables["costs"]
    periods = [calendar.label(t) for t in range(answer.formulation.index.T + 1)]
    books = books_table(answer, costs)
    done = with_calls(answer, tables["allocation"], tokens)
    charged = showback_table(answer, done, costs, books)
    return {
        "books": books,
        "pnl": pnl_table(costs, books, periods),
        "showback": charged,
        "economics": economics_table(answer, done, charged, tables["unit_costs"]),
    }


def _rentals(answer: Answer) -> pd.DataFrame:
    axes = answer.formulation.index.axes
    rows = rental_rows(answer)
    return pd.DataFrame(
        {
            "offer": axes["offer"][rows["row"]],
            "site": axes["site"][rows["site"]],
            "chip": axes["chip"][rows["chip"]],
            "period": axes["period"][rows["period"]],
            "slice": axes["slice"][rows["slice"]],
            "chips": rows["chips"],
            "chip_hours": rows["chip_hours"],
            "usd_per_chip_hour": rows["usd_per_chip_hour"],
            "usd": rows["usd"],
        }
    )


def _prices(answer: Answer, prices: pd.DataFrame) -> pd.DataFrame:
    axes = answer.formulation.index.axes
    return prices.assign(
        site=axes["site"][prices["site"].to_numpy(dtype=np.int64)],
        order_period=axes["period"][prices["order_period"].to_numpy(dtype=np.int64)],
        chip=np.append(axes["chip"], "")[prices["chip"].to_numpy(dtype=np.int64)],
    )


def _site_loss(answer: Answer) -> pd.DataFrame | None:
    """The contingency allocation: what every chip would serve after the loss of each site."""
    f = answer.formulation
    if not (f.case["workloads"]["survive_site_loss"] > 0).any():
        return None
    axes, capacity = f.index.axes, f.capacity
    shown = answer.backup[answer.backup["chips"] > CHIP_TOLERANCE]
    place = shown["place"].to_numpy()
    return pd.DataFrame(
        {
            "lost_site": axes["site"][shown["lost"]],
            "period": axes["period"][capacity.period[place]],
            "slice": axes["slice"][shown["slice"]],
            "site": axes["site"][capacity.site[place]],
            "chip": axes["chip"][capacity.chip[place]],
            "workload": axes["workload"][shown["work"]],
            "chips": shown["chips"].to_numpy(),
        }
    )


def summarise(
    answer: Answer,
    tables: dict[str, pd.DataFrame],
    certificate: Certificate,
    whole: Proven | None = None,
) -> dict[str, Any]:
    """Return the figures of ``plan.json``: what the plan is, its cost, its proof and its totals."""
    f = answer.formulation
    case, costs, buy = f.case, tables["costs"], tables["buy_plan"]
    # cents, so that the table and the headline agree exactly
    objective = int(np.rint(costs["discounted_usd"].to_numpy() * 100.0).sum()) / 100.0
    bound = min(float(certificate.bound if whole is None else whole.bound), objective)
    now = buy[(buy["order_period"] == f.index.axes["period"][0]) & (buy["status"] == "new")]
    terms = costs.groupby("term", sort=False)["discounted_usd"].sum()
    split = tables["unit_costs"]
    split = split[split["kind"] == "split"]
    new = buy[(buy["status"] == "new") & buy["action"].isin(HELD)]
    return {
        "format_version": FORMAT_VERSION,
        "case": case.settings.name,
        "description": case.settings.description,
        "horizon": {
            "first": f.index.axes["period"][0],
            "last": f.index.axes["period"][-1],
            "periods": f.index.T,
            "frequency": case.settings.frequency,
            "discount_rate": case.settings.discount_rate,
        },
        "status": "optimal",
        "objective_usd": objective,
        "bound_usd": bound,
        "gap": (objective - bound) / max(abs(objective), 1.0),
        **({} if whole is None else {"whole": whole_facts(whole)}),
        "totals": {
            "discounted_usd_by_term": {
                str(term): round(float(value), 2) for term, value in terms.items()
            },
            "cash_usd": round(
                float(costs.loc[costs["category"] != "none", "nominal_usd"].sum()), 2
            ),
            "capex_usd": round(
                float(costs.loc[costs["category"] == "capex", "nominal_usd"].sum()), 2
            ),
            "opex_usd": round(
                float(costs.loc[costs["category"] == "opex", "nominal_usd"].sum()), 2
            ),
            "commit_now_usd": commit_usd(buy, f.index.axes["period"][0]),
            "chips_to_order_now": round(float(now.loc[now["action"].isin(HELD), "chips"].sum()), 6),
            "new_chips": round(float(new["chips"].sum()), 6),
            "worst_served": worst_served(tables["demand_coverage"])._asdict(),
            "cost_split_usd": {
                str(name): round(float(value), 2)
                for name, value in zip(split["name"], split["cost_usd"], strict=True)
            },
        },
        "compared_with": "last_plan" if not case["last_plan"].empty else "",
        "size": {
            "columns": f.program.num_columns,
            "rows": f.program.num_rows,
            "nonzeros": len(f.program.data),
        },
    }


def whole_facts(whole: Proven) -> dict[str, Any]:
    """Return what plan.json tells of a plan of whole things: what everything divisible would cost,
    the bound that is ours, that of branch and bound, and what wholeness costs."""
    return {
        "divisible_usd": round(whole.divisible, 2),
        "own_bound_usd": round(whole.own_bound, 2),
        "branch_bound_usd": round(whole.bound, 2) if whole.nodes else None,
        "nodes": whole.nodes,
        "costs_usd": round(whole.cost - whole.divisible, 2),
        "by_kind": {kind: round(usd, 2) for kind, usd in whole.by_kind.items()},
        **({"choices": [_choice(one) for one in whole.choices]} if whole.choices else {}),
    }


def _choice(choice: Choice) -> dict[str, Any]:
    """Return what plan.json tells of a run that had a choice."""
    return {
        "milestone": choice.name,
        "axis": choice.axis,
        "chosen": choice.chosen,
        "runner_up": choice.second,
        "runner_up_usd": round(choice.usd, 2) if choice.second else None,
    }
