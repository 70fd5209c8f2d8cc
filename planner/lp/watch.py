"""What a running solver tells about itself: HiGHS's callbacks and the lines of its log, read while
it works.

HiGHS tells the iterations of its simplex through a callback; objective, infeasibilities and the gap
of interior point stand in its log only, those of the simplex every five seconds.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import highspy
from highspy import cb

TELL_SECONDS: Final = 0.2
"""How often a running solver is asked where it stands."""
STOP_SECONDS: Final = 30.0
"""How long an interrupted solver is waited for."""

_NUMBER: Final = r"([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
_SIMPLEX: Final = re.compile(
    rf"\s*(\d+)\s+{_NUMBER}\s+(?:Pr|Ph1): (\d+)\([^)]*\)(?:; Du: (\d+)\([^)]*\))?"
)
_INTERIOR: Final = re.compile(
    rf"\s*(\d+)\*?\s+{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}\s+{_NUMBER}(?:\s|$)"
)
_PUSHES: Final = re.compile(r"\s*(\d+) (primal|dual) pushes remaining")
_STAGES: Final = (
    ("Presolving model", "presolve"),
    ("Solving the presolved LP", "start"),
    ("Solving LP without presolve", "start"),
    ("Running crossover", "crossover"),
    ("Performed postsolve", "postsolve"),
)
"""How a line of the log begins, and the stage that it announces."""
_LOG: Final = int(cb.HighsCallbackType.kCallbackLogging)
_BRANCHING: Final = (
    int(cb.HighsCallbackType.kCallbackMipInterrupt),
    int(cb.HighsCallbackType.kCallbackMipLogging),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a solver stands, as its log last told; the objective in the program's own unit of
    money."""

    stage: str = "start"
    """What it does before and after iterating; empty while it iterates."""
    iteration: int = 0
    """The iteration for which the figures hold."""
    objective: float | None = None
    gap: float | None = None
    """Relative distance of primal and dual objective; only interior point has one."""
    infeasibility: str = ""
    """How far it is from a feasible point: ``12 infeasible`` (rows and columns), or for interior
    point ``infeasibility 1e-05``."""
    bound: float | None = None
    """What no answer of whole things costs less than, of branch and bound."""


def read_line(standing: Standing, line: str) -> Standing:
    """Return where the solver stands after a line of its log; the same standing for a line that
    says nothing of it."""
    if found := _SIMPLEX.match(line):
        count = int(found[3]) + int(found[4] or 0)
        return Standing("", int(found[1]), float(found[2]), None, f"{count:,} infeasible")
    if found := _INTERIOR.match(line):
        worst = max(float(found[4]), float(found[5]))
        return Standing(
            "", int(found[1]), float(found[2]), float(found[6]), f"infeasibility {worst:.1e}"
        )
    if found := _PUSHES.match(line):
        return replace(standing, stage=f"crossover, {int(found[1]):,} {found[2]} pushes left")
    return next(
        (
            replace(standing, stage=stage)
            for start, stage in _STAGES
            if line.lstrip().startswith(start)
        ),
        standing,
    )


def in_words(standing: Standing, iteration: int, money_scale: float | None) -> str:
    """Return where a solver stands for a person.

    Args:
        standing: what its log told last.
        iteration: the iteration it is at by now.
        money_scale: USD in a unit of the objective; None where it is no money.
    """
    if standing.stage:
        return standing.stage
    figures = (
        [f"{standing.objective * money_scale / 1e6:,.2f} MUSD"]
        if standing.objective is not None and money_scale is not None
        else []
    )
    figures += (
        [f"bound {standing.bound * money_scale / 1e6:,.2f} MUSD"]
        if standing.bound is not None and money_scale is not None
        else []
    )
    figures += [f"gap {standing.gap:.1e}"] if standing.gap is not None else []
    figures += [standing.infeasibility] if standing.infeasibility else []
    told = ", ".join(figures)
    if (
        not told or iteration > standing.iteration == 0
    ):  # figures of where it began tell nothing of where it is
        return f"iteration {iteration:,}"
    return (
        f"iteration {iteration:,}: {told}"
        if iteration <= standing.iteration
        else f"iteration {iteration:,} (at {standing.iteration:,}: {told})"
    )


class Watch:
    """Runs one HiGHS object in a thread, listens to it and asks it to stop."""

    def __init__(self) -> None:
        self.standing = Standing()
        self.iteration = 0
        self._stopping = False
        self._rest = ""

    def stop(self) -> None:
        """Ask the solver to end at its next iteration; what is started later ends at once."""
        self._stopping = True

    def go_on(self) -> None:
        """Take back that the solver is to end: what is started from now on may run."""
        self._stopping = False

    def run(
        self,
        highs: highspy.Highs,
        work: Callable[[], None],
        tell: Callable[[str], None] | None,
        money_scale: float | None,
        first: str = "start",
    ) -> None:
        """Do the work of a solver in a thread of its own, so that Ctrl-C and progress reach us
        meanwhile.

        Args:
            highs: the solver.
            work: runs it.
            tell: called every ``TELL_SECONDS`` with where it stands.
            money_scale: see :func:`in_words`.
            first: what there is to tell before the solver has told anything.

        Raises:
            KeyboardInterrupt: after the solver has been stopped cleanly.
        """
        failure: list[BaseException] = []
        done = threading.Event()

        def carried() -> None:
            try:
                work()
            except BaseException as error:  # carried over to the calling thread
                failure.append(error)
            finally:
                done.set()

        self.standing, self.iteration, self._rest = Standing(first), 0, ""
        self._attach(highs)
        threading.Thread(target=carried, daemon=True).start()
        try:
            while not done.wait(
                TELL_SECONDS
            ):  # not Thread.join: interrupted, Python 3.11 and 3.12 take the thread for ended
                if tell is not None:
                    tell(in_words(self.standing, self.iteration, money_scale))
        except KeyboardInterrupt:
            self.stop()
            if tell is not None:
                tell("interrupted, it ends")
            done.wait(STOP_SECONDS)
            raise
        if failure:
            raise failure[0]

    def _attach(self, highs: highspy.Highs) -> None:
        """Listen.  One plain function hears all: highspy's own events cost more, and one comes with
        every iteration."""
        highs.setCallback(self.hear, None)
        for kind in (
            cb.HighsCallbackType.kCallbackLogging,
            cb.HighsCallbackType.kCallbackSimplexInterrupt,
            cb.HighsCallbackType.kCallbackIpmInterrupt,
            cb.HighsCallbackType.kCallbackMipInterrupt,
            cb.HighsCallbackType.kCallbackMipLogging,
        ):
            highs.startCallback(kind)

    def hear(self, kind: cb.HighsCallbackType, message: str, out: Any, into: Any, _: Any) -> None:
        """Take what HiGHS tells: a piece of its log, or that an iteration is done and whether it
        shall stop."""
        if int(kind) == _LOG:
            *lines, self._rest = (self._rest + message).split("\n")
            for line in lines:
                before, self.standing = self.standing, read_line(self.standing, line)
                if self.standing is not before and not self.standing.stage:
                    self.iteration = self.standing.iteration
            return
        if int(kind) in _BRANCHING:
            best, bound = float(out.mip_primal_bound), float(out.mip_dual_bound)
            known = math.isfinite(best)
            self.iteration = max(int(out.mip_node_count), 0)
            self.standing = Standing(
                "" if known else "branch and bound, no whole plan yet",
                self.iteration,
                best if known else None,
                float(out.mip_gap) if known else None,
                bound=bound if known and math.isfinite(bound) else None,
            )
            if self._stopping:
                into.user_interrupt = True
            return
        if out.simplex_iteration_count > 0:
            self.iteration = out.simplex_iteration_count
        if self._stopping:
            into.user_interrupt = True
