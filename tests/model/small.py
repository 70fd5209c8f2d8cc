"""Cases small enough for a pencil: yearly periods of 8,760 hours in which one chip serves exactly
one million tokens.

Chip ``a`` draws 1 kW, lives five years and is always available; site ``home`` has PUE 1, free
energy and 1 MW; the discount rate is 0 and nothing has residual value unless a test says otherwise.
So n chips serve n Mtok a year and cost n times their price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.case import read_case
from planner.lp.certificate import certify
from planner.lp.highs import solve
from planner.lp.solution import Solution
from planner.model import Formulation, formulate
from planner.plan.answer import Answer, read_answer
from tests.helpers import write_case

HOURS = 8760.0
ONE = repr(1e6 / (HOURS * 3600.0))
"""Tokens per second that make one Mtok a year."""

Rows = Sequence[Mapping[str, Any]]


def chip(name: str = "a", **cells: Any) -> dict[str, Any]:
    return {
        "chip": name,
        "vendor": "v" + name,
        "kw_peak": 1,
        "kw_idle": 0,
        "peak_tflops_bf16": 1,
        "availability": 1,
        "economic_life_years": 5,
        "source": "assumption",
        "as_of": "2026-10-01",
    } | cells


def site(name: str = "home", kind: str = "owned", **cells: Any) -> dict[str, Any]:
    own = (
        {"pue": 1, "power_basis": "it", "usd_per_mwh": 0, "kg_co2_per_mwh": 0}
        if kind != "cloud"
        else {}
    )
    return (
        {"site": name, "region": "r", "country": "US", "kind": kind, "source": "assumption"}
        | own
        | cells
    )


def offer(
    name: str = "buy", chip: str = "a", site: str = "home", kind: str = "purchase", **cells: Any
) -> dict[str, Any]:
    return {
        "offer": name,
        "chip": chip,
        "site": site,
        "kind": kind,
        "lead_periods": 0,
        "source": "assumption",
        "as_of": "2026-10-01",
    } | cells


def power(
    sites: Sequence[str] = ("home",), periods: int = 2, mw: float = 1.0, **cells: Any
) -> list[dict[str, Any]]:
    return [
        {"site": s, "period": 2025 + t, "mw": mw} | cells for s in sites for t in range(periods)
    ]


def demand(
    *amounts: float, workload: str = "w", column: str = "output_mtok"
) -> list[dict[str, Any]]:
    return [
        {"workload": workload, "period": 2025 + t, column: amount}
        for t, amount in enumerate(amounts)
    ]


def throughput(*chips: str, speed: str = ONE) -> list[dict[str, Any]]:
    return [
        {"model": "m", "tier": "f", "chip": c, "output_tok_per_s": speed, "source": "assumption"}
        for c in chips or ("a",)
    ]


def tables(periods: int = 2, **changes: Rows | None) -> dict[str, list[dict[str, str]]]:
    """The case of one chip, one site and one online workload of 10 Mtok a year, with whole tables
    replaced (None: left out)."""
    base: dict[str, Rows | None] = {
        "chips": [chip()],
        "sites": [site()],
        "power": power(periods=periods),
        "offers": [offer(usd_per_chip=100)],
        "workloads": [{"workload": "w", "kind": "online", "model": "m", "tier": "f"}],
        "demand": demand(*[10.0] * periods),
        "throughput": throughput(),
    }
    merged = base | changes
    return {
        name: [{key: str(cell) for key, cell in row.items()} for row in rows]
        for name, rows in merged.items()
        if rows is not None
    }


def settings(periods: int = 2, **changes: Any) -> dict[str, Any]:
    return {
        "name": "small",
        "start": "2025",
        "periods": periods,
        "frequency": "year",
        "discount_rate": 0.0,
        "residual": "none",
    } | changes


def solved(
    folder: Path, case_tables: Mapping[str, Any], case_settings: Mapping[str, Any]
) -> tuple[Answer, Solution]:
    """Read, formulate and solve; every answer must be optimal and proven to 1e-9."""
    formulation: Formulation = formulate(read_case(write_case(folder, case_tables, case_settings)))
    solution = solve(formulation.program)
    assert solution.status == "optimal", solution.message
    certificate = certify(formulation.program, solution)
    assert abs(certificate.gap) <= 1e-6
    return read_answer(formulation, solution), solution
