"""What a running solver tells: lines of HiGHS's log as they are, and real solves held until they
have told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from highspy import cb

from planner.case import read_case
from planner.lp import highs, watch
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.race import race
from planner.lp.watch import Standing, Watch, in_words, read_line
from planner.model import formulate
from tests.shipped import DIVISIBLE

ROOT = Path(__file__).parents[2]
LOG, SIMPLEX = cb.HighsCallbackType.kCallbackLogging, cb.HighsCallbackType.kCallbackSimplexInterrupt


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program that takes some hundred iterations, watched although it is small."""
    monkeypatch.setattr(highs, "WATCHED_COLUMNS", 0)
    monkeypatch.setattr(watch, "TELL_SECONDS", 0.001)
    return formulate(read_case(ROOT / "inputs" / "gov-cloud", DIVISIBLE)).program


class Held:
    """A reader of progress; solvers that are held go on only when it has read what it waits for."""

    def __init__(self, wanted: Callable[[str], bool], monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        self.wanted = wanted
        self._seen = threading.Event()
        hear = Watch.hear

        def slowly(
            listener: Watch, kind: Any, message: str, out: Any, into: Any, data: Any
        ) -> None:
            hear(listener, kind, message, out, into, data)
            if listener.iteration > 0:
                self._seen.wait(60.0)

        monkeypatch.setattr(Watch, "hear", slowly)

    def __call__(self, text: str) -> None:
        self.texts.append(text)
        if self.wanted(text):
            self._seen.set()

    def found(self) -> str:
        return next(text for text in self.texts if self.wanted(text))


@pytest.mark.parametrize(
    ("line", "stage", "iteration", "told"),
    [
        (
            "          0     1.2545365739e+02 Pr: 1011(39320.9) 0.4s",
            "",
            0,
            "iteration 0: 125.45 MUSD, 1,011 infeasible",
        ),
        (
            "      19418     2.8013064518e+04 Pr: 1166(9349.27); Du: 2(1.29791e-06) 5.5s",
            "",
            19418,
            "iteration 19,418: 28,013.06 MUSD, 1,168 infeasible",
        ),
        (
            "        210    -1.2000000000e+01 Ph1: 1(0.5); Du: 0(1e-06) 5.5s",
            "",
            210,
            "iteration 210: -12.00 MUSD, 1 infeasible",
        ),
        (
            "        340     2.8987883517e+04 Pr: 0(0) 8.8s",
            "",
            340,
            "iteration 340: 28,987.88 MUSD, 0 infeasible",
        ),
        (
            "  19    1.08800484e+06  -4.31973512e+08   2.48e-10   5.52e-06  2.01e+00       1.1",
            "",
            19,
            "iteration 19: 1,088,004.84 MUSD, gap 2.0e+00, infeasibility 5.5e-06",
        ),
        (
            "  87*   2.89878835e+04   2.89878833e+04   2.82e-17   8.43e-17  6.33e-09      11.7",
            "",
            87,
            "iteration 87: 28,987.88 MUSD, gap 6.3e-09, infeasibility 8.4e-17",
        ),
        (
            "   12   2.89878835e+04   2.89878833e+04   1.00e-07   2.00e-08  1.00e-03",
            "",
            12,
            "iteration 12: 28,987.88 MUSD, gap 1.0e-03, infeasibility 1.0e-07",
        ),
        (
            "     3574 dual pushes remaining (     12 pivots)",
            "crossover, 3,574 dual pushes left",
            0,
            "crossover, 3,574 dual pushes left",
        ),
        ("Presolving model", "presolve", 0, "presolve"),
        ("Running crossover as requested", "crossover", 0, "crossover"),
        ("Performed postsolve", "postsolve", 0, "postsolve"),
    ],
)
def test_lines_of_the_log(line: str, stage: str, iteration: int, told: str) -> None:
    standing = read_line(Standing(), line)
    assert (standing.stage, standing.iteration) == (stage, iteration)
    assert in_words(standing, standing.iteration, 1e6) == told


@pytest.mark.parametrize(
    "line",
    [
        "",
        "9230 rows, 75713 cols, 186829 nonzeros 0s",
        "  Matrix  [2e-02, 9e+01]",
        "Iter       primal obj         dual obj       pinf       dinf       gap      time",
        "Using dual simplex solver",
        "\x00 nan",
    ],
)
def test_what_says_nothing_changes_nothing(line: str) -> None:
    standing = Standing("", 7, 1.0)
    assert read_line(standing, line) is standing


def test_figures_older_than_the_iteration_say_of_which_they_are() -> None:
    standing = Standing("", 19418, 28013.06, None, "1,166 infeasible")
    assert (
        in_words(standing, 21305, 1e6)
        == "iteration 21,305 (at 19,418: 28,013.06 MUSD, 1,166 infeasible)"
    )
    assert in_words(Standing("", 0, 125.0, None, "9 infeasible"), 12, 1e6) == "iteration 12"
    assert (
        in_words(standing, 19418, None) == "iteration 19,418: 1,166 infeasible"
    )  # the objective is no money
    assert in_words(Standing(""), 3, 1e6) == "iteration 3"


def test_a_log_in_pieces_is_read_by_lines() -> None:
    listener = Watch()
    for piece in (
        "Presolving",
        " model\n 19    1.0e+00  -4.0e+00   2.5e-10",
        "   5.5e-06  2.0e+00   1.1",
        "\nRunning",
    ):
        listener.hear(LOG, piece, None, None, None)
    assert (listener.standing.stage, listener.standing.gap, listener.iteration) == ("", 2.0, 19)
    listener.hear(LOG, " crossover as requested\n", None, None, None)
    assert listener.standing.stage == "crossover"


def test_a_solver_hears_that_it_shall_stop() -> None:
    listener, into = Watch(), SimpleNamespace(user_interrupt=False)
    listener.hear(SIMPLEX, "", SimpleNamespace(simplex_iteration_count=12), into, None)
    assert (listener.iteration, into.user_interrupt) == (12, False)
    listener.stop()
    listener.hear(SIMPLEX, "", SimpleNamespace(simplex_iteration_count=-1), into, None)
    assert (listener.iteration, into.user_interrupt) == (12, True)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["simplex", "ipx", "pdlp"])
def test_what_highs_tells_of_a_real_solve(
    program: Program, algorithm: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever HiGHS's log looks like in its next version: a real one must be understood, and none
    of it reach stdout."""
    model = LiveModel(program, algorithm=algorithm)
    solution = model.solve(time_limit_s=20.0, progress=lambda text: None)
    standing = model._watch.standing
    assert capfd.readouterr() == ("", "")
    if algorithm == "pdlp":
        return
    assert (
        solution.status == "optimal"
        and standing.stage == "postsolve"
        and standing.objective is not None
    )
    assert standing.objective * program.money_scale == pytest.approx(solution.objective, rel=1e-5)
    if algorithm == "simplex":
        assert (
            model._watch.iteration == solution.iterations > 100
            and standing.infeasibility == "0 infeasible"
        )
    else:
        assert model._watch.iteration > 5 and standing.gap is not None and standing.gap < 1e-6


@pytest.mark.slow
def test_a_solve_tells_its_iterations(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(lambda text: "iteration" in text and "iteration 0" not in text, monkeypatch)
    assert LiveModel(program, algorithm="simplex").solve(progress=held).status == "optimal"
    assert held.found().startswith("simplex: iteration ")


@pytest.mark.slow
def test_interior_point_tells_its_gap(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(lambda text: "gap" in text, monkeypatch)
    LiveModel(program, algorithm="ipx").solve(progress=held)
    assert held.found().startswith("ipx: iteration ") and " MUSD, gap " in held.found()


@pytest.mark.slow
def test_an_objective_that_is_no_money_is_not_told(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(lambda text: "infeasible" in text or "iteration" in text, monkeypatch)
    model = LiveModel(program, algorithm="simplex")
    model.set_costs(np.arange(program.num_columns), np.ones(program.num_columns))
    model.solve(progress=held)
    assert held.found() and not any("MUSD" in text for text in held.texts)


@pytest.mark.slow
def test_a_race_tells_of_both(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(lambda text: text.startswith("simplex: ") and " | ipx: " in text, monkeypatch)
    assert race(program, progress=held)[1].status == "optimal"
    assert held.found()
