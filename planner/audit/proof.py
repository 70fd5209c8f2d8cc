"""Proof: objective, bound and gap of plan.json, and the hashes of manifest.json."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.audit.facts import Floats, column
from planner.audit.files import sha256
from planner.audit.verdict import Check, failure, figure


def check_objective(plan: Mapping[str, Any], costs: pd.DataFrame | None) -> list[Check]:
    """Return the checks of plan.json: costs.csv sums to ``objective_usd``, ``bound_usd`` is not
    above it, ``gap`` is what they say."""
    numbers = {}
    for name in ("objective_usd", "bound_usd", "gap"):
        value = plan.get(name)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            return [
                failure(
                    "plan.figures",
                    f"plan.json, {name}: {value!r} is not a number",
                    "objective_usd, bound_usd and gap are numbers",
                )
            ]
        numbers[name] = float(value)
    objective, bound, gap = numbers["objective_usd"], numbers["bound_usd"], numbers["gap"]
    size = max(abs(objective), 1.0)
    checks = [
        Check(
            "plan.figures",
            True,
            0.0,
            "three numbers",
            "objective_usd, bound_usd and gap are numbers",
        )
    ]
    if costs is not None:
        cents = round(float(math.fsum(column(costs, "discounted_usd"))) * 100.0)
        away = abs(cents - round(objective * 100.0)) / 100.0
        checks.append(
            Check(
                "plan.objective",
                away <= _summing(column(costs, "discounted_usd")),
                away,
                f"plan.json, objective_usd: written {objective:.2f}, costs.csv sums to "
                f"{cents / 100.0:.2f} USD",
                "equal to the cent",
            )
        )
    excess = bound - objective
    checks.append(
        Check(
            "plan.bound",
            excess <= 1e-6 * size + 0.01,
            max(excess, 0.0),
            f"plan.json: bound_usd {figure(bound)} above objective_usd {figure(objective)}"
            if excess > 0
            else "bound at most the objective",
            "the bound is at most the objective, to 1e-6 of it",
        )
    )
    # the figures are to the cent, so is the gap that follows from them
    stated = abs(gap - max(objective - bound, 0.0) / size)
    near = min(
        stated, abs(gap - (objective - bound) / size), abs(gap - abs(objective - bound) / size)
    )
    checks.append(
        Check(
            "plan.gap",
            near <= 1e-9 + 0.02 / size,
            near,
            f"plan.json, gap: written {figure(gap)}, recomputed "
            f"{figure((objective - bound) / size)}",
            "(objective - bound) / |objective|",
        )
    )
    return checks


def check_totals(plan: Mapping[str, Any], costs: pd.DataFrame) -> list[Check]:
    """Return the check that the totals of plan.json are those of costs.csv: by term discounted,
    cash, capex and opex nominal."""
    totals = plan.get("totals")
    limit = "totals of plan.json are sums of costs.csv, to the cent"
    if not isinstance(totals, dict):
        return [failure("plan.totals", "plan.json has no totals", limit)]
    truth = {
        f"discounted_usd_by_term.{term}": amount
        for term, amount in costs.groupby("term")["discounted_usd"].sum().items()
    }
    nominal = costs.groupby("category")["nominal_usd"].sum()
    truth |= {
        "capex_usd": nominal.get("capex", 0.0),
        "opex_usd": nominal.get("opex", 0.0),
        "cash_usd": nominal.get("capex", 0.0) + nominal.get("opex", 0.0),
    }
    terms = totals.get("discounted_usd_by_term")
    written = (
        {f"discounted_usd_by_term.{name}": value for name, value in terms.items()}
        if isinstance(terms, dict)
        else {}
    )
    written |= {name: totals.get(name) for name in ("capex_usd", "opex_usd", "cash_usd")}
    away = {
        name: _distance(written.get(name, 0.0), truth.get(name, 0.0))
        for name in {**truth, **written}
    }
    name = max(away, key=lambda key: away[key])
    return [
        Check(
            "plan.totals",
            away[name] < 0.0051 + _summing(column(costs, "nominal_usd")),
            away[name],
            f"plan.json, totals.{name}: written {written.get(name)}, costs.csv sums to "
            f"{truth.get(name, 0.0):.2f} USD",
            limit,
        )
    ]


def _summing(usd: Floats) -> float:
    """Return USD by which a sum of many amounts may differ as its order does: nothing in millions,
    some cents in tens of trillions, where a cent is the last digit that a float has."""
    return float(4.0 * np.finfo(float).eps * np.abs(usd).sum())


def _distance(written: Any, truth: float) -> float:
    """Return how far a figure of a document is from the truth; without end where it is no
    number."""
    if (
        isinstance(written, bool)
        or not isinstance(written, int | float)
        or not math.isfinite(written)
    ):
        return math.inf
    return abs(written - truth)


def check_hashes(folder: Path, manifest: Mapping[str, Any]) -> list[Check]:
    """Return the check that every file listed in manifest.json is there with the SHA-256 it had,
    and that no other file was put beside them."""
    limit = "every file as it was when the run ended (SHA-256)"
    files = manifest.get("files")
    if not isinstance(files, dict) or not files:
        return [failure("manifest.hashes", "manifest.json lists no files", limit)]
    root = folder.resolve()
    problems = []
    for name, entry in files.items():
        wanted = entry.get("sha256") if isinstance(entry, dict) else entry
        try:
            path = (root / name).resolve()
            if root not in path.parents:
                problems.append(f"{name} lies outside the run folder")
            elif (found := sha256(path)) != wanted:
                problems.append(f"{name}: SHA-256 {found}, manifest.json says {wanted}")
        except (OSError, ValueError) as error:
            problems.append(f"{name} cannot be read: {error}")
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return [
        Check(
            "manifest.hashes",
            not problems,
            float(len(problems)),
            problems[0] + more if problems else f"{len(files)} files",
            limit,
        )
    ]
