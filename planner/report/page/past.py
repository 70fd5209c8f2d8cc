"""The chapter on the past: plan against actual, from the tables of history in the run's inputs."""

from __future__ import annotations

from planner.report.history import read_history
from planner.report.page.run import Chapter, Run
from planner.report.page.sheet import plain
from planner.report.past import history_sections
from planner.runs.inputs import INPUTS


def past(run: Run) -> tuple[Chapter, ...]:
    """Return the chapter on the past; none where the case tells nothing of it."""
    history = read_history(run.folder / INPUTS)
    if not history:
        return ()
    told = f" of the plan that began in {history.plan}" if history.plan else ""
    sheets = tuple(
        plain(f"past-{at}", part, folded=at > 0)
        for at, part in enumerate(history_sections(history))
    )
    return (
        Chapter(
            "past",
            "Plan against actual",
            f"What really happened in the periods{told} that have passed, beside what was planned.",
            sheets=sheets,
        ),
    )
