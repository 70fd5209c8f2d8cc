"""Runs of random cases of whole things beside the cheapest of all counts."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.case import CaseError, read_case
from planner.case.case import Case
from planner.lp.highs import solve
from planner.model import formulate
from planner.pipeline import run
from planner.report.progress import Progress
from planner.runs.verify import verify
from planner.solving import Options
from planner.wholly import solve_wholly
from tests.properties.drawn import written
from tests.whole.brute import TooLargeError, every_count, problems

CENT = 0.01
NEAR = 2e-9
"""Of the gross cost: what sums of double numbers of that size are known to."""
GAP = 1e-9
"""The gap that runs are asked for; the solver's tolerances decide how near it comes."""


@dataclass
class Compared:
    """What was compared so far."""

    outcome: Counter[str] = field(default_factory=Counter)
    """Cases by what became of them: ``same``, ``none`` (no plan), ``large`` (too many counts),
    ``refused``, ``unbounded``."""
    counted: int = 0
    """Cases whose plan has at least one count that is not 0."""

    def run(self, drawn: Any) -> None:
        """Compare the run of a case, with its files, with the cheapest of all counts."""
        with self._tried(drawn) as tried, tempfile.TemporaryDirectory() as out:
            if tried is None:
                return
            result = run(tried.folder, out=out, options=Options(threads=1))
            if math.isinf(tried.usd):
                assert result.status in ("infeasible", "whole"), result
                assert result.plan is None
                return
            assert result.plan is not None, result.message
            told = result.plan.summary
            tried.agree(told["objective_usd"], told["bound_usd"])
            if result.status == "not_proven":  # to a gap of 1e-9 not everything can be proven
                assert "audit" not in result.message, result.message
            else:
                assert result.status == "optimal", result.message
            assert result.folder is not None
            for found in verify(result.folder):
                ok = found.ok or found.what == "status" or "the gap is" in found.detail
                assert ok, found
            self.counted += len(result.plan.tables.get("whole", ())) > 0

    def solve(self, drawn: Any) -> None:
        """Compare the answer of a case, without its files, with the cheapest of all counts."""
        with self._tried(drawn) as tried:
            if tried is None:
                return
            formulation = formulate(tried.case)
            if not len(formulation.program.integer):
                solved = solve(formulation.program)
                if solved.status == "optimal":
                    tried.agree(solved.objective, solved.objective)
                else:
                    assert math.isinf(tried.usd), solved.status
                return
            found = solve_wholly(formulation, Options(threads=1), Progress())
            if math.isinf(tried.usd):
                assert found.solution.status in ("infeasible", "whole"), found.solution
                return
            assert found.whole is not None, found.solution.message
            tried.agree(found.solution.objective, found.whole.proven.bound)
            self.counted += bool(found.whole.counts.any())

    @contextmanager
    def _tried(self, drawn: Any) -> Iterator[Tried | None]:
        """The cheapest plan of a case, all counts tried; None where that is not to be had."""
        tables, settings = drawn
        with written(tables, settings | {"run": {"whole_gap": GAP}}) as folder:
            tried, what = None, "same"
            try:
                case = read_case(folder)
                best = [every_count(problem) for problem in problems(case)]
                least = min(best, key=lambda one: one.usd)
                tried = Tried(folder, case, least.usd, least.gross)
                what = "none" if math.isinf(tried.usd) else "same"
            except CaseError:
                what = "refused"
            except TooLargeError:
                what = "large"
            except ValueError:
                what = "unbounded"
            yield tried
            self.outcome[what] += 1


@dataclass(frozen=True)
class Tried:
    """A case and the cost of its cheapest plan, all counts tried."""

    folder: Path
    case: Case
    usd: float
    """Infinite where there is no plan."""
    gross: float
    """Sum of the absolute costs of that plan, USD."""

    def agree(self, cost: float, bound: float) -> None:
        """A plan costs what the cheapest of all counts does, and its bound is no higher."""
        near = CENT + NEAR * self.gross
        assert abs(cost - self.usd) <= near, (cost, self.usd, self.gross)
        assert bound <= self.usd + near, (bound, self.usd)
        assert cost - bound <= 1e-6 * self.gross + CENT, (cost, bound)
