"""Faults in what is known of the time before the plan: work done, windows begun, money used."""

from __future__ import annotations

from tests.faults.fault import Fault, of

FAULTS: tuple[Fault, ...] = (
    *of(
        "equations",
        "model.progress",
        (
            "add_progress",
            "np.where(before < 0, milestones.past[dm], 0.0)",
            "np.zeros(len(dm))",
            "what was done of a run before the plan is forgotten",
        ),
        (
            "add_precedence",
            "np.where(has, 0.0, (milestones.past / milestones.flop)[needs])",
            "np.zeros(len(needs))",
            "nothing builds on what was done before the plan",
        ),
    ),
    *of(
        "equations",
        "model.research",
        (
            "_add_multiples",
            "numbers(case['workloads'], 'done_flop')[w], 0.0)",
            "numbers(case['workloads'], 'done_flop')[w] * 0.0, 0.0)",
            "research done before the plan is forgotten",
        ),
    ),
    *of(
        "equations",
        "model.demand",
        (
            "amounts",
            "amount[begun, 0, 0] + work.before[begun]",
            "amount[begun, 0, 0]",
            "an open window asks only for what comes",
        ),
    ),
    *of(
        "equations",
        "model.work",
        (
            "list_work",
            "before - numbers(workloads, 'served_mtok')",
            "before",
            "what was served of an open window is served again",
        ),
        (
            "list_work",
            "windows.sums(volume[column], past[column])",
            "windows.sums(volume[column])",
            "the mix of an open window is that of its rest",
        ),
    ),
    *of(
        "equations",
        "case.batches",
        (
            "Windows.number",
            "(t + self.passed[w]) // self.length[w]",
            "t // self.length[w]",
            "windows are counted from the start of the plan",
        ),
    ),
    *of(
        "equations",
        "model.budgets",
        (
            "add_budgets",
            "left_of(most, numbers(table, 'used_usd'))",
            "most",
            "a budget is whole again in every plan",
        ),
    ),
    *of(
        "equations",
        "model.policy",
        (
            "add_policies",
            "bound * used_all[number]",
            "0.0",
            "a share is one of what the plan spends",
        ),
        (
            "used_before",
            "used = numbers(table, 'used')",
            "used = numbers(table, 'used') * 0.0",
            "what a member had before the plan is forgotten",
        ),
    ),
)
