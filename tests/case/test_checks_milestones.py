"""Rules about milestones and training. Each case breaks the good one in one place and is told so,
in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "params without tokens": (
        broken(("milestones", 1, "tokens_t", "")),
        [
            (
                "error flop-half milestones.csv:3 params_b=70: needs params_b and tokens_t "
                "together, or neither. fill in the other one, or "
                "give flop and clear both"
            ),
        ],
    ),
    "flop missing": (
        broken(("milestones", 0, "flop", "")),
        [
            "error flop-missing milestones.csv:2 flop=: needs flop, or params_b and tokens_t. "
            "fill in the model FLOP of base",
        ],
    ),
    "flop twice": (
        broken(("milestones", 1, "flop", "1e24")),
        [
            (
                "error flop-twice milestones.csv:3 flop=1e+24: must be blank where params_b and "
                "tokens_t are given, which make 4.2e+23. clear "
                "flop, or clear the other two"
            ),
        ],
    ),
    "deadline after the plan": (
        broken(("milestones", 1, "deadline", "2028Q1")),
        [
            (
                "error deadline-outside milestones.csv:3 deadline=2028Q1: must be a period from "
                "2027Q1 to 2027Q4, or a date in them. correct "
                "the deadline of tune, or plan for other periods"
            ),
        ],
    ),
    "deadline before the plan": (
        broken(("milestones", 0, "deadline", "2026Q4")),
        [
            (
                "error deadline-passed milestones.csv:2 deadline=2026Q4: has passed when the plan "
                "starts in 2027Q1, and base is not finished: 1e+24 of its 1e+24 FLOP are left. "
                "move the deadline, give late_usd_per_period, or fill in done_flop"
            ),
        ],
    ),
    "start after deadline": (
        broken(("milestones", 0, "start", "2027Q3"), drop=[("milestones", 1)]),
        [
            "error window-reversed milestones.csv:2 start=2027Q3: must be before the deadline of "
            "base (2027Q2). correct start or deadline",
        ],
    ),
    "model that nobody serves": (
        broken(("milestones", 0, "model", "titan")),
        [
            (
                "error model-unserved milestones.csv:2 model=titan: must be a model that a "
                "workload of workloads.csv serves (encoder, small). correct the model of base, "
                "or leave it blank"
            ),
        ],
    ),
    "class unknown": (
        broken(("milestones", 0, "class", "sparse"), ("milestones", 0, "chips", "")),
        [
            (
                "error class-missing milestones.csv:2 class=sparse: must be a training class of "
                "training.csv (dense). correct the class of "
                "base, or add it to training.csv"
            ),
        ],
    ),
    "chip without training row": (
        broken(drop=[("training", 0)]),
        [
            (
                "error chip-untrained milestones.csv:2 chips=h100: must be chips with a row for "
                "class dense in training.csv; h100 has none. "
                "add the row, or remove h100 from chips"
            ),
            (
                "error chip-untrained milestones.csv:3 chips=h100: must be chips with a row for "
                "class dense in training.csv; h100 has none. "
                "add the row, or remove h100 from chips"
            ),
            (
                "error no-chip workloads.csv:4 workload=science: needs a chip that can do science "
                "and could be at one of its sites: in the "
                "fleet, on order or by an offer that no rule forbids. add an offer there, widen "
                "its sites or regions, or add rows for other "
                "chips to training.csv"
            ),
        ],
    ),
    "scaling without efficiency": (
        broken(("training", 0, "efficiency_beyond", "")),
        [
            (
                "error scaling-half training.csv:2 efficiency_beyond=: needs the relative "
                "efficiency of chips beyond 4000. fill in efficiency_beyond"
            ),
        ],
    ),
    "efficiency without scaling": (
        broken(("training", 1, "efficiency_beyond", "0.8")),
        [
            (
                "error scaling-half training.csv:3 chips_at_full_efficiency=: needs the chips up "
                "to which dense runs at full efficiency on "
                "tpu. fill it in, or clear efficiency_beyond"
            ),
        ],
    ),
    "no peak at the precision": (
        broken(("training", 1, "precision", "fp8")),
        [
            (
                "error peak-missing training.csv:3 precision=fp8: must be a precision at which "
                "tpu has a peak in chips.csv. choose another "
                "precision, or fill in peak_tflops_fp8 of tpu"
            ),
        ],
    ),
    "two sites for a single site": (
        broken(("milestones", 1, "single_site", "yes"), whole=False),
        [
            (
                "warning on-several-sites milestones.csv:3 sites=iowa; ohio: is of tune, which "
                "single_site keeps on one of 2 sites (iowa, ohio): with whole: no it may use all "
                "of them at once, and loses nothing. name one in sites, or let the plan choose "
                "one: leave out whole: no"
            ),
        ],
    ),
    "two chips for a single chip": (
        broken(("milestones", 0, "chips", ""), whole=False),
        [
            (
                "warning on-several-chips milestones.csv:2 chips=h100; tpu: is of base, which "
                "single_chip keeps on one of 2 chips (h100, tpu): with whole: no it may use all "
                "of them at once, and loses nothing. name one in chips, or let the plan choose "
                "one: leave out whole: no"
            ),
        ],
    ),
    "two sites for a single site, which the plan chooses": (
        broken(("milestones", 1, "single_site", "yes"), whole=True),
        [],
    ),
    "two sites for a run that has begun on one": (
        broken(
            ("milestones", 1, "single_site", "yes"),
            ("milestones", 1, "done_flop", "1e22"),
            ("milestones", 1, "start", "2026Q4"),
            ("milestones", 1, "after", ""),
            whole=True,
        ),
        [
            (
                "error begun-on-one-site milestones.csv:3 sites=iowa; ohio: must be the one of the "
                "2 sites (iowa, ohio) on which tune has begun, because done_flop is given and "
                "single_site is yes. name it in sites"
            ),
        ],
    ),
    "split efficiency missing": (
        broken(("milestones", 1, "split_efficiency", "")),
        [
            (
                "error split-missing milestones.csv:3 split_efficiency=: needs the efficiency "
                "left when tune is spread over sites or chip "
                "types. fill in split_efficiency (1 = nothing is lost), or name one site and one "
                "chip"
            ),
        ],
    ),
    "no place left by the rules": (
        broken(("rules", 1, "region", "us-central")),
        [
            (
                "error milestone-nowhere milestones.csv:2 milestone=base: needs a site and a chip "
                "of its class that no rule forbids in its "
                "window. widen sites or chips of base, or change the rule"
            ),
        ],
    ),
    "more chips at least than at most": (
        broken(("milestones", 0, "min_chips", "3000")),
        [
            "error minimum-above-maximum milestones.csv:2 min_chips=3000: must be at most "
            "max_chips (2000). correct one of the two",
        ],
    ),
    "circle": (
        broken(("milestones", 0, "after", "tune")),
        [
            (
                "error after-circle milestones.csv:2 after=tune: must be milestones that do not "
                "build on base themselves. break the circle of `after`"
            ),
            (
                "error after-circle milestones.csv:3 after=base: must be milestones that do not "
                "build on tune themselves. break the circle of `after`"
            ),
        ],
    ),
    "predecessor starts too late": (
        broken(
            ("milestones", 0, "start", "2027Q4"),
            ("milestones", 0, "deadline", "2027Q4"),
            ("milestones", 0, "flop", "1e20"),
            ("milestones", 0, "min_chips", ""),
        ),
        [
            (
                "error after-too-late milestones.csv:3 after=base: must be milestones that start "
                "at least a period before tune is due "
                "(2027Q4); base starts in 2027Q4. move base earlier, the deadline of tune later, "
                "or clear after"
            ),
        ],
    ),
    "predecessor starts too late for one that may be late": (
        broken(
            ("milestones", 0, "start", "2027Q4"),
            ("milestones", 0, "deadline", "2027Q4"),
            ("milestones", 0, "flop", "1e20"),
            ("milestones", 0, "min_chips", ""),
            ("milestones", 1, "late_usd_per_period", "1000000"),
        ),
        [
            (
                "warning after-too-late milestones.csv:3 after=base: must be milestones that "
                "start at least a period before tune is due "
                "(2027Q4); base starts in 2027Q4. move base earlier, the deadline of tune later, "
                "or clear after"
            ),
        ],
    ),
    "a milestone below a chip-hour": (
        broken(("milestones", 0, "flop", "1234567")),
        [
            (
                "warning figure-unusual milestones.csv:2 flop=1234567: is normally 1e+20 to "
                "1e+29 FLOP (MLPerf Training, published model reports, 2026-08-21). 1/1e+18, "
                "EFLOP for FLOP or 1/1e+21, ZFLOP for FLOP? correct it, or accept it in "
                "case.yaml with the reason"
            ),
            (
                "error milestone-too-small milestones.csv:2 flop=1234567: is less than one "
                "chip does in an hour (1.28174e+18 FLOP). give FLOP, not EFLOP or the like, or "
                "params_b in billions and tokens_t in trillions"
            ),
        ],
    ),
    "out of reach": (
        broken(("milestones", 0, "flop", "1e26")),
        [
            (
                "error milestone-out-of-reach milestones.csv:2 flop=1e+26: is out of reach: with "
                "every order at its maximum base gets at most "
                "8.2288e+24 FLOP by its deadline (8.2 % of what it needs, with at most 2000 chips "
                "at once). raise what holds it back (offers, "
                "supply, power of iowa, max_chips), move the deadline, or give late_usd_per_period"
            ),
        ],
    ),
    "out of reach but may be late": (
        broken(
            ("milestones", 0, "flop", "1e26"), ("milestones", 0, "late_usd_per_period", "1000000")
        ),
        [
            (
                "warning milestone-out-of-reach milestones.csv:2 flop=1e+26: is out of reach: "
                "with every order at its maximum base gets at "
                "most 8.2288e+24 FLOP by its deadline (8.2 % of what it needs, with at most 2000 "
                "chips at once). raise what holds it back "
                "(offers, supply, power of iowa, max_chips), move the deadline, or accept that it "
                "is late"
            ),
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
