"""Measured: what results of the library say of a model and a chip at the speed asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.library.read import Row, where
from planner.sizing.asked import Asked, Sized
from planner.sizing.phases import CACHED, Phases, fit

NEAR = 0.25
"""How far lengths may be from those asked for, in logarithms, to be taken as they are."""


@dataclass(frozen=True, slots=True)
class Results:
    """Results of one model and chip at one speed."""

    rows: Sequence[Row]

    @property
    def phases(self) -> Phases | None:
        """What tokens cost; None where the results do not tell their lengths."""
        return fit(self.rows) if self.rows[0]["input_tokens"] else None

    def nearest(self, asked: Asked) -> Row:
        """Return the result whose lengths are nearest to those asked for."""
        return min(self.rows, key=lambda row: _away(row, asked))


def _away(row: Row, asked: Asked) -> float:
    if not row["input_tokens"]:
        return 0.0
    return abs(math.log(float(row["input_tokens"]) / asked.isl)) + abs(
        math.log(float(row["output_tokens"]) / asked.osl)
    )


def results(model: str, chip: str, speed: float) -> Results | None:
    """Return the results of a model on a chip that keep a speed: of those who measured with
    lengths, else of MLPerf, at the least speed that is enough; None where there are none.

    Args:
        model: name of the library.
        chip: name of the library.
        speed: tokens a second of one user.
    """
    for benchmark in ("InferenceX", "MLPerf"):
        fast = [
            row
            for row in where("throughput", model=model, chip=chip, benchmark=benchmark)
            if float(row["least_tok_per_s_user"]) >= speed * (1 - 1e-9)
        ]
        least = min((float(row["least_tok_per_s_user"]) for row in fast), default=math.nan)
        at = [row for row in fast if float(row["least_tok_per_s_user"]) == least]
        if at:
            return Results(at)
    return None


def sized_measured(asked: Asked, chip: str) -> Sized | None:
    """Return a row of results; None where the library has none that keeps the speed."""
    found = results(asked.model.name, chip, asked.speed)
    if found is None:
        return None
    row, phases = found.nearest(asked), found.phases
    speed = f"at least {row['least_tok_per_s_user']} tokens/s a user"
    source = f"{row['source']}: {row['model']} on {row['chip']}, {row['precision']}"
    replica = max(1, int(float(row["chips"] or 1)))
    if phases is None:
        note = f"measured: {row['tier']}, {speed}; lengths as it ran, the input is in the rate"
        rate = float(row["output_tok_per_s"])
        return Sized("measured", rate, None, None, replica, source, row["as_of"], note)
    if _away(row, asked) <= NEAR:  # what was measured there, split as the fit says
        scale = float(row["output_tok_per_s"]) / phases.rate(
            int(row["input_tokens"]), int(row["output_tokens"])
        )
        phases = Phases(phases.input_s / scale, phases.output_s / scale)
    shapes = ", ".join(f"{r['input_tokens']}/{r['output_tokens']}" for r in found.rows)
    note = (
        f"measured: {speed}, lengths {shapes} fitted to {asked.isl}/{asked.osl}; the time to the "
        f"first token was not limited; cache {CACHED:g} x input assumed"
    )
    rates = 1.0 / phases.output_s, 1.0 / phases.input_s
    return Sized("measured", *rates, CACHED * rates[1], replica, source, row["as_of"], note)
