"""First counts: blocks of power, openings and replicas near the divisible plan, so that the rows of
each hold."""

from __future__ import annotations

import numpy as np

from planner.case.columns import numbers
from planner.lp.program import Block
from planner.lp.whole.start import NEAR
from planner.model import Formulation
from planner.model.index import Floats, Ints
from planner.model.replicas import MANY


def mend(formulation: Formulation, x: Floats, counts: Floats) -> None:
    """Correct counts that were rounded up one by one, in place.

    Blocks of a project are rounded up in sum, up to what there is of it; what opens does so once,
    in the first period in which a part of it is open; replicas are as many as the chips at work
    make, ten and more where they are so many.

    Args:
        formulation: the case.
        x: the divisible answer, scaled, (columns,).
        counts: whole counts, scaled, in the order of the integer columns.
    """
    program = formulation.program
    blocks = {block.name: block for block in program.column_blocks if block.count}

    def place(block: Block) -> Ints:
        return np.searchsorted(program.integer, block.first + np.arange(block.count))

    def value(block: Block) -> Floats:
        return x[block.first : block.first + block.count]

    if "blocks" in blocks:
        block = blocks["blocks"]
        projects, signed = formulation.case["power_projects"], formulation.signed
        left = numbers(projects, "mw_max").copy()
        known = signed[signed["project"] >= 0]
        mw = numbers(formulation.case["power_orders"], "mw")[known["row"].to_numpy(np.int64)]
        np.subtract.at(left, known["project"].to_numpy(np.int64), mw)
        most = np.floor(left / numbers(projects, "lot_mw") + NEAR)
        project = np.asarray(block.labels["project"])
        number = np.zeros(block.count)
        for p in np.unique(project):  # a few projects; periods ascend
            mine = project == p
            total = np.minimum(np.ceil(np.cumsum(value(block)[mine]) - NEAR), most[p])
            number[mine] = np.diff(total, prepend=0.0)
        counts[place(block)] = number
    for name, axis in (("project_opening", "project"), ("site_opening", "site")):
        if name not in blocks:
            continue
        block = blocks[name]
        at = np.flatnonzero(value(block) > NEAR)
        _, first = np.unique(np.asarray(block.labels[axis])[at], return_index=True)
        counts[place(block)] = np.isin(np.arange(block.count), at[first])
    if "replicas" in blocks:
        block, rest = blocks["replicas"], blocks["rest_of_replica"]
        scale = program.column_scale[rest.first : rest.first + rest.count]
        of = tuple(np.asarray(block.labels[axis]) for axis in ("workload", "chip"))
        size = formulation.work.replica[of]
        chips = size * value(block) + value(rest) * scale
        many = chips >= MANY * size * (1.0 - NEAR)
        counts[place(block)] = np.where(
            many, np.floor(chips / size + NEAR), np.ceil(chips / size - NEAR)
        )
        counts[place(blocks["many"])] = many
