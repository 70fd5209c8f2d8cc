"""Roofline: rates scaled from results of another chip, or of another model.

Writing tokens is bound by memory: ``output = measured x bandwidth ratio x maturity ratio``; reading
them by arithmetic: ``input = measured x peak ratio x maturity ratio``.  Another model costs as many
times more as its active bytes (written) and active parameters (read) are more.
"""

from __future__ import annotations

import math

from planner.library.read import Row, newest
from planner.sizing.asked import Asked, Chip, NotSized, Sized
from planner.sizing.measured import Results, results
from planner.sizing.phases import CACHED

VENDOR: float = math.log(10.0)
"""How unlike chips of two vendors are, in logarithms of bandwidth."""
MEMORY_SHARE: float = 0.9
"""Share of a chip's memory that weights may take."""


def fewest(asked: Asked, chip: Chip) -> int:
    """Return the fewest chips that hold a model: ``ceil(weights / (0.9 x memory))``."""
    return max(1, math.ceil(asked.model.gb / (MEMORY_SHARE * chip.hbm_gb) - 1e-9))


def sized_roofline(asked: Asked, chip: Chip, without: str = "") -> Sized:
    """Return a row scaled from the nearest results.

    Args:
        asked: what is asked for.
        chip: the chip, with its figures.
        without: a chip whose results are not used, for checks against them.

    Raises:
        NotSized: where nothing measured is near: no bandwidth, no results at the speed.
    """
    if not chip.hbm_gb_per_s > 0:
        raise NotSized(
            f"{chip.name}: no hbm_gb_per_s in chips.csv, and no chip of the library has its name. "
            "Next: write its memory bandwidth"
        )
    model, other, found = _nearest(asked, chip, without)
    row = found.nearest(asked)
    source = next(r for r in newest("chips") if r["chip"] == other)
    mature = _maturity(chip.vendor) / _maturity(source["vendor"])
    write = chip.hbm_gb_per_s / float(source["hbm_gb_per_s"]) * mature
    read = _peaks(chip, source, row["precision"]) * mature
    size = ""
    if model["model"] != asked.model.name:
        theirs = float(model["active_b"])
        read *= theirs / asked.model.active_b
        bytes_ = asked.model.active_b * asked.model.bytes_per_param
        write *= theirs * float(model["bytes_per_param"]) / bytes_
        size = f" and active parameters of {model['model']}"
    phases = found.phases
    replica = max(fewest(asked, chip), int(float(row["chips"] or 1)) if not size else 1)
    words = f"assumption: {row['model']} on {other} ({row['source']}) scaled by memory bandwidth"
    speed = f"{row['least_tok_per_s_user']} tokens/s a user"
    if phases is None:
        rate = float(row["output_tok_per_s"]) * write
        note = f"roofline, not measured: {speed}; lengths as it ran, the input is in the rate"
        return Sized("roofline", rate, None, None, replica, f"{words}{size}", row["as_of"], note)
    note = f"roofline, not measured: {speed}; cache {CACHED:g} x input assumed"
    rates = write / phases.output_s, read / phases.input_s
    cached = CACHED * rates[1]
    words = f"{words}, peak{size}"
    return Sized("roofline", *rates, cached, replica, words, row["as_of"], note)


def _nearest(asked: Asked, chip: Chip, without: str) -> tuple[Row, str, Results]:
    """Return the model, the chip and the results to scale from: of the model itself where it was
    measured, on the chip most like the one asked for."""
    models = {row["model"]: row for row in newest("models")}
    own = models.get(asked.model.name)
    likely = sorted(
        (row for row in models.values() if row is not own),
        key=lambda row: abs(math.log(float(row["active_b"]) / asked.model.active_b)),
    )
    for model in (*([own] if own else []), *likely):
        found = [
            (row["chip"], there)
            for row in newest("chips")
            if row["chip"] != without
            and (there := results(model["model"], row["chip"], asked.speed)) is not None
        ]
        if found:
            return model, *min(found, key=lambda one: _unlike(one[0], chip))
    raise NotSized(
        f"{chip.name}: no result of the library keeps {asked.speed:g} tokens/s a user. Next: allow "
        "a longer --tpot"
    )


def _unlike(other: str, chip: Chip) -> float:
    row = next(r for r in newest("chips") if r["chip"] == other)
    away = abs(math.log(float(row["hbm_gb_per_s"]) / chip.hbm_gb_per_s))
    return away + (VENDOR if row["vendor"] != chip.vendor else 0.0)


def _peaks(chip: Chip, source: Row, precision: str) -> float:
    """Return the peak of a chip over that of another, at the precision of a result where both have
    it, else at the next wider one; the bandwidth's where they share none."""
    begin = {"fp4": 0, "int4": 0, "fp8": 1}.get(precision, 2)
    for name in ("fp4", "fp8", "bf16")[begin:]:
        theirs = source[f"peak_tflops_{name}"]
        if name in chip.peaks and theirs:
            return chip.peaks[name] / float(theirs)
    return chip.hbm_gb_per_s / float(source["hbm_gb_per_s"])


def _maturity(vendor: str) -> float:
    """Return what software makes of a vendor's chips; 1 for one that the library does not know."""
    rows = {row["vendor"].lower(): row for row in newest("maturity")}
    row = rows.get(vendor.lower())
    return 1.0 if row is None else float(row["share_of_nvidia"])
