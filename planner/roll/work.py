"""Work: what is done, by a later period, of milestones, research and open batch windows."""

from __future__ import annotations

import numpy as np

from planner.case.batches import windows_of
from planner.case.case import Case
from planner.case.columns import Floats, Ints, numbers, texts
from planner.plan.answer import Answer
from planner.plan.tokens import token_rows


def milestones_done(answer: Answer, by: int) -> Floats:
    """Return the FLOP of every milestone that count when period ``by`` starts, what was done before
    the plan included and at most all of it, (M,)."""
    f = answer.formulation
    done, progress = _before(f.case).copy(), f.training.progress
    # what counted once counts: where nothing needs it any more the column may fall
    past = progress.period < by
    np.maximum.at(done, progress.milestone[past], answer.x[progress.counted[past]])
    return np.minimum(done, f.milestones.flop)


def _before(case: Case) -> Floats:
    return numbers(case["milestones"], "done_flop")


def research_done(answer: Answer, by: int, milestones: Floats) -> Floats:
    """Return the FLOP done of research given as a multiple of the milestones when period ``by``
    starts, (W,); 0 for other work.

    What a run did beyond what counts of it (chips that it had to keep) is taken off with what
    research followed it: only the distance between the two goes on.

    Args:
        answer: the solved case.
        by: periods that have passed.
        milestones: what ``milestones_done`` returned, (M,).
    """
    f = answer.formulation
    table, progress = f.case["workloads"], f.training.progress
    done = numbers(table, "done_flop").copy()
    labels = answer.column_labels("research_done")
    if labels.empty:
        return done
    trained = np.zeros(len(milestones))
    last = progress.period == by - 1
    trained[progress.milestone[last]] = answer.x[progress.done[last]]
    times = numbers(table, "multiple_of_milestones")
    mine = labels["period"].to_numpy() == by - 1
    w = labels["workload"].to_numpy(dtype=np.int64)[mine]
    beyond = (trained - milestones)[np.isin(np.arange(len(trained)), progress.milestone[last])]
    done[w] = answer.value("research_done")[mine] - times[w] * beyond.sum()
    return np.maximum(done, 0.0)


def windows_served(answer: Answer, by: int) -> Floats:
    """Return what is served of the batch window that is open when period ``by`` starts, (W,),
    million work tokens, what was served of it before the plan included; NaN where none is open."""
    f = answer.formulation
    case, serving = f.case, answer.serving
    every = np.arange(len(case["workloads"]))
    began = windows_began(case, by)
    w = serving["work"].to_numpy(dtype=np.int64)
    period = f.capacity.period[serving["place"].to_numpy(dtype=np.int64)]
    mine = (period < by) & (period >= began[w])
    served = np.bincount(
        w[mine], weights=serving["volume"].to_numpy(dtype=np.float64)[mine], minlength=len(every)
    )
    called = token_rows(answer)
    w, period = (called[name].to_numpy(dtype=np.int64) for name in ("work", "period"))
    mine = (period < by) & (period >= began[w])
    served += np.bincount(w[mine], called["mtok"].to_numpy()[mine], minlength=len(every))
    served = served + np.where(began < 0, numbers(case["workloads"], "served_mtok"), 0.0)
    batch = texts(case["workloads"], "kind") == "batch"
    return np.where(batch & (began < by), served, np.nan)


def windows_began(case: Case, by: int) -> Ints:
    """Return when the window began that period ``by`` lies in, (W,): ``by`` where one begins with
    it, as for all work but batches."""
    windows = windows_of(case)
    every = np.arange(len(windows.length))
    number = windows.number(every, np.full(len(every), by))
    return np.asarray(number * windows.length - windows.passed, dtype=np.int64)
