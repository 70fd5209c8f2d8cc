"""Lifting: the answer of the program of what is alike as an answer of the whole program."""

from __future__ import annotations

import dataclasses

import numpy as np

from planner.lp.aggregate import Alike, weights_of
from planner.lp.program import Program
from planner.lp.solution import Solution


def lift(program: Program, alike: Alike, answer: Solution) -> Solution:
    """Return every column with the value of its class, every row with its share of the dual of its
    class, and the reduced costs of these duals."""
    x = np.where(alike.column >= 0, np.append(answer.x, 0.0)[alike.column], program.column_lower)
    weight, bound = weights_of(program.row_blocks, program.weights), alike.row >= 0
    mean = np.bincount(alike.row[bound], weights=weight[bound]) / np.bincount(alike.row[bound])
    dual = np.zeros(program.num_rows)
    dual[bound] = (
        answer.row_dual[alike.row[bound]] * weight[bound] / mean[alike.row[bound]]
    )  # per scaled unit
    reduced = program.cost * program.money_scale - program.pull(dual)
    return dataclasses.replace(
        answer,
        objective=float(program.cost @ x) * program.money_scale,
        x=x * program.column_scale,
        row_dual=dual / program.row_scale,
        reduced_cost=reduced / program.column_scale,
    )
