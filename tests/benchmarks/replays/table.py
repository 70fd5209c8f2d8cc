"""``python -m tests.benchmarks.replays.table``: what every policy would have cost on sixteen
replays, and how the one chosen on half of them does on the other half."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from planner.case import read_case
from planner.machines.where import Where
from planner.replay.history import read_history
from planner.replay.policy import read_policies
from planner.replay.replay import Replayed, replay
from tests.benchmarks.replays.cases import LEADS, series, write

CHOOSING: Final = ("nvidia", "nvidia-china", "a100", "tpu-v5e")
"""Series on which a policy is chosen; the others judge it."""
RULES: Final = ("peak_20", "on_demand", "newest", "cheapest")
Found = dict[tuple[str, int], tuple[Replayed, tuple[Replayed, ...]]]


def play(names: Sequence[str], leads: Sequence[int] = LEADS) -> Found:
    """Play all policies on series, by series and lead time."""
    found: Found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            for lead in leads:
                folder, history = write(Path(scratch) / f"{name}-{lead}", name, lead)
                case = read_case(folder, ("case.whole=no",))
                policies = read_policies()
                found[name, lead] = replay(case, read_history(history, case), policies, Where(1))
    return found


def shares(found: Found) -> dict[str, np.ndarray]:
    """Return executed over clairvoyant by policy, (replays,)."""
    policies = [one.policy.name for one in next(iter(found.values()))[1]]
    over = np.array([[one.cost / best.cost for one in played] for best, played in found.values()])
    return dict(zip(policies, over.T, strict=True))


def mean(over: np.ndarray) -> float:
    """Return the geometric mean."""
    return float(np.exp(np.log(over).mean()))


def table(found: Found) -> str:
    """Return the table as Markdown."""
    mine = np.array([name in CHOOSING for name, _ in found])
    rows = sorted(shares(found).items(), key=lambda one: mean(one[1]))
    lines = [
        "| policy | geometric mean | median | worst | chosen on | judged on |",
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {mean(over):.2f} | {np.median(over):.2f} | {over.max():.2f} | "
            f"{mean(over[mine]):.2f} | {mean(over[~mine]):.2f} |"
            for name, over in rows
        ),
    ]
    best = min(
        (name for name, _ in rows if name not in RULES), key=lambda n: mean(shares(found)[n][mine])
    )
    over = shares(found)[best][~mine]
    rule = min(mean(shares(found)[name][~mine]) for name in RULES)
    lines.append(
        f"\nChosen on {mine.sum()}: {best}; on the other {(~mine).sum()}: geometric mean "
        f"{mean(over):.2f}, median {np.median(over):.2f}, worst {over.max():.2f}; the best rule of "
        f"thumb there {rule:.2f}."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    begun = time.process_time()
    print(table(play(list(series()))))
    print(f"{time.process_time() - begun:.0f} CPU s", file=sys.stderr)
