"""Rules about workloads, demand and what can serve it. Each case breaks the good one in one place
and is told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "tier of research": (
        broken(("workloads", 2, "tier", "fast")),
        [
            (
                "error workload-column workloads.csv:4 tier=fast: must be blank for the research "
                "workload science: only online and batch work "
                "has a latency tier. clear the cell, or correct kind"
            ),
        ],
    ),
    "profile of batch": (
        broken(("workloads", 1, "profile", "daily")),
        [
            (
                "error workload-column workloads.csv:3 profile=daily: must be blank for the batch "
                "workload embed: only online work has a load "
                "profile. clear the cell, or correct kind"
            ),
        ],
    ),
    "window of online": (
        broken(("workloads", 0, "window_periods", "2")),
        [
            (
                "error workload-column workloads.csv:2 window_periods=2: must be blank for the "
                "online workload chat: only batch work can wait. "
                "clear the cell, or correct kind"
            ),
        ],
    ),
    "token price of research": (
        broken(("workloads", 2, "short_usd_per_mtok", "1")),
        [
            (
                "error workload-column workloads.csv:4 short_usd_per_mtok=1: must be blank for "
                "the research workload science: research is "
                "priced by short_usd_per_1e21_flop. clear the cell, or correct kind"
            ),
        ],
    ),
    "charge for research": (
        broken(("workloads", 2, "usd_per_mtok", "1")),
        [
            (
                "error workload-column workloads.csv:4 usd_per_mtok=1: must be blank for the "
                "research workload science: nobody is charged for tokens of research. "
                "clear the cell, or correct kind"
            ),
        ],
    ),
    "flop price of inference": (
        broken(("workloads", 0, "short_usd_per_1e21_flop", "1")),
        [
            (
                "error workload-column workloads.csv:2 short_usd_per_1e21_flop=1: must be "
                "blank for the online workload chat: inference is priced by "
                "short_usd_per_mtok. clear the cell, or correct kind"
            ),
            (
                "warning figure-unusual workloads.csv:2 short_usd_per_1e21_flop=1: is normally "
                "1000 to 1e+08 USD/1e21 FLOP (assumption, 2026-08-21). 1/1000000, MUSD for USD "
                "or 1/1000, per 1e18 FLOP, or kUSD? correct it, or accept it in case.yaml with "
                "the reason"
            ),
        ],
    ),
    "flop price of a share": (
        broken(
            ("workloads", 2, "short_usd_per_1e21_flop", "1"),
            ("workloads", 2, "share_of_fleet", "0.1"),
            drop=[("demand", 8), ("demand", 9), ("demand", 10), ("demand", 11)],
        ),
        [
            (
                "error workload-column workloads.csv:4 short_usd_per_1e21_flop=1: must be "
                "blank for the research workload science: a share or multiple must be met. "
                "clear the cell, or correct kind"
            ),
            (
                "warning figure-unusual workloads.csv:4 short_usd_per_1e21_flop=1: is normally "
                "1000 to 1e+08 USD/1e21 FLOP (assumption, 2026-08-21). 1/1000000, MUSD for USD "
                "or 1/1000, per 1e18 FLOP, or kUSD? correct it, or accept it in case.yaml with "
                "the reason"
            ),
        ],
    ),
    "share of inference": (
        broken(("workloads", 0, "share_of_fleet", "0.1")),
        [
            (
                "error workload-column workloads.csv:2 share_of_fleet=0.1: must be blank for the "
                "online workload chat: only research is a "
                "share of the fleet. clear the cell, or correct kind"
            ),
        ],
    ),
    "multiple of inference": (
        broken(("workloads", 0, "multiple_of_milestones", "0.1")),
        [
            (
                "error workload-column workloads.csv:2 multiple_of_milestones=0.1: must be blank "
                "for the online workload chat: only research "
                "is a multiple of the milestones. clear the cell, or correct kind"
            ),
        ],
    ),
    "site loss of batch": (
        broken(("workloads", 1, "survive_site_loss", "0.5")),
        [
            (
                "error workload-column workloads.csv:3 survive_site_loss=0.5: must be blank for "
                "the batch workload embed: only online work is "
                "protected against the loss of a site. clear the cell, or correct kind"
            ),
        ],
    ),
    "tier missing": (
        broken(("workloads", 0, "tier", "")),
        [
            "error tier-missing workloads.csv:2 tier=: needs the latency tier of chat, as in "
            "throughput.csv. fill in tier",
            (
                "warning throughput-unused throughput.csv:3 model=small: is not used: no workload "
                "serves small at tier fast. correct model or "
                "tier here or in workloads.csv, or remove its rows"
            ),
        ],
    ),
    "model without throughput": (
        broken(("workloads", 1, "model", "encode")),
        [
            (
                "warning throughput-unused throughput.csv:2 model=encoder: is not used: no "
                "workload serves encoder at tier bulk. correct model "
                "or tier here or in workloads.csv, or remove its rows"
            ),
            (
                "error throughput-missing workloads.csv:3 model=encode: needs a model with "
                "throughput at tier bulk. add encode at tier bulk to "
                "throughput.csv, or correct model or tier"
            ),
        ],
    ),
    "research class unknown": (
        broken(("workloads", 2, "model", "sparse")),
        [
            (
                "error class-missing workloads.csv:4 model=sparse: must be a training class of "
                "training.csv, whose efficiency applies to "
                "research. correct model, or add the class to training.csv"
            ),
        ],
    ),
    "share and multiple": (
        broken(
            ("workloads", 2, "share_of_fleet", "0.1"),
            ("workloads", 2, "multiple_of_milestones", "0.1"),
            drop=[("demand", 8), ("demand", 9), ("demand", 10), ("demand", 11)],
        ),
        [
            (
                "error research-twice workloads.csv:4 multiple_of_milestones=0.1: must be blank "
                "where share_of_fleet is given. clear one of the two"
            ),
        ],
    ),
    "demand of a share": (
        broken(
            ("workloads", 2, "share_of_fleet", "0.1"),
            drop=[("demand", 9), ("demand", 10), ("demand", 11)],
        ),
        [
            (
                "error demand-of-share demand.csv:10 workload=science: must have no demand rows: "
                "it is a share or a multiple in workloads.csv. "
                "remove its rows, or clear share_of_fleet and multiple_of_milestones"
            ),
        ],
    ),
    "multiple of no milestones": (
        broken(
            ("workloads", 2, "multiple_of_milestones", "0.1"),
            drop=[
                ("milestones", -1),
                ("rules", 1),
                ("demand", 8),
                ("demand", 9),
                ("demand", 10),
                ("demand", 11),
            ],
        ),
        [
            (
                "error multiple-of-nothing workloads.csv:4 multiple_of_milestones=0.1: needs "
                "milestones that science is a multiple of; the "
                "case has none. add milestones.csv, or give the research as flop in demand.csv"
            ),
        ],
    ),
    "flop of inference": (
        broken(("demand", 0, "flop", "1e20")),
        [
            "error demand-column demand.csv:2 flop=1e+20: must be blank: chat is inference, whose "
            "demand is in tokens. move the figure",
        ],
    ),
    "tokens of research": (
        broken(("demand", 8, "output_mtok", "10")),
        [
            (
                "error demand-column demand.csv:10 output_mtok=10: must be blank: science is "
                "research, whose demand is in flop. move the figure"
            ),
        ],
    ),
    "demand gap": (
        broken(drop=[("demand", 1), ("demand", 3)]),
        [
            (
                "error demand-gap demand.csv:2 period=chat: needs a row for chat in 2027Q2 "
                "(periods missing: 2 of 4). add the rows to "
                "demand.csv; write 0 where there is no demand"
            ),
        ],
    ),
    "demand after the plan": (
        broken(add={"demand": [{"workload": "chat", "period": "2028Q1", "output_mtok": "10"}]}),
        [
            (
                "error demand-outside demand.csv:14 period=2028Q1: must be a period from "
                "2027Q1 to 2027Q4, the plan. remove the row, or change start or periods in "
                "case.yaml"
            ),
            (
                "warning period-unlike demand.csv:14 output_mtok=10: is far from the other "
                "periods of chat (median 110000) in 2028Q1. 1/1000, billion tokens for million "
                "tokens? correct it, or accept it in case.yaml with the reason"
            ),
        ],
    ),
    "demand before the plan": (
        broken(add={"demand": [{"workload": "chat", "period": "2026Q4", "output_mtok": "10"}]}),
        [
            (
                "error demand-outside demand.csv:14 period=2026Q4: must be a period from "
                "2027Q1 to 2027Q4, the plan. remove the row, or change start or periods in "
                "case.yaml"
            ),
            (
                "warning period-unlike demand.csv:14 output_mtok=10: is far from the other "
                "periods of chat (median 110000) in 2026Q4. 1/1000, billion tokens for million "
                "tokens? correct it, or accept it in case.yaml with the reason"
            ),
        ],
    ),
    "input without output": (
        broken(("demand", 1, "output_mtok", "0")),
        [
            (
                "error work-token demand.csv:3 output_mtok=0: needs output tokens of chat in "
                "2027Q2: work is counted by them and there is "
                "other work in this period. fill in output_mtok, or split the input into a "
                "workload of its own"
            ),
        ],
    ),
    "cached without input": (
        broken(
            ("demand", 4, "input_mtok", "0"),
            ("demand", 5, "input_mtok", "0"),
            ("demand", 4, "cached_mtok", "10"),
            ("demand", 5, "cached_mtok", "0"),
            ("demand", 6, "cached_mtok", "0"),
            ("demand", 7, "cached_mtok", "0"),
        ),
        [
            (
                "error work-token demand.csv:6 input_mtok=0: needs input tokens of embed in "
                "2027Q1: without output, work is counted by them. "
                "fill in input_mtok, or output_mtok"
            ),
        ],
    ),
    "output rate missing": (
        broken(("throughput", 1, "output_tok_per_s", "")),
        [
            (
                "error rate-missing throughput.csv:3 output_tok_per_s=: needs a rate of h100 for "
                "small at tier fast, because a workload asks "
                "for output tokens. fill it in, or remove the row if the chip cannot serve it"
            ),
        ],
    ),
    "input rate missing": (
        broken(
            ("throughput", 0, "input_tok_per_s", ""), ("throughput", 0, "output_tok_per_s", "100")
        ),
        [
            (
                "error rate-missing throughput.csv:2 input_tok_per_s=: needs a rate of h100 "
                "for encoder at tier bulk, because a workload asks for input tokens only. fill "
                "it in, or remove the row if the chip cannot serve it"
            ),
        ],
    ),
    "asks for nothing": (
        broken(
            ("demand", 4, "input_mtok", "0"),
            ("demand", 5, "input_mtok", "0"),
            ("demand", 6, "input_mtok", "0"),
            ("demand", 7, "input_mtok", "0"),
        ),
        [
            (
                "warning demand-nothing workloads.csv:3 workload=embed: asks for nothing in any "
                "period. fill in demand.csv, or remove the workload"
            ),
        ],
    ),
    "region unknown": (
        broken(("workloads", 0, "regions", "us-west;europe;us-east")),
        [
            (
                "error region-unknown workloads.csv:2 regions=europe; us-east; us-west: must be "
                "regions of sites.csv (europe, us-central, "
                "us-east); us-west is not one. correct the name, or add a site there"
            ),
        ],
    ),
    "no site in the regions": (
        broken(("workloads", 1, "regions", "us-east")),
        [
            (
                "error workload-nowhere workloads.csv:3 sites=: needs at least one site that is "
                "in both sites and regions. correct sites or "
                "regions of embed"
            ),
        ],
    ),
    "no chip that could be there": (
        broken(
            ("workloads", 1, "sites", "eu1"),
            ("throughput", 0, "chip", "tpu"),
            ("throughput", 0, "kw_active", ""),
            ("offers", 1, "chip", "h100"),
        ),
        [
            (
                "error no-chip workloads.csv:3 workload=embed: needs a chip that can do embed and "
                "could be at one of its sites: in the fleet, "
                "on order or by an offer that no rule forbids. add an offer there, widen its "
                "sites or regions, or add rows for other chips to "
                "throughput.csv"
            ),
        ],
    ),
    "no chip but a price": (
        broken(
            ("workloads", 1, "sites", "ohio"),
            ("workloads", 1, "short_usd_per_mtok", "5"),
            ("throughput", 0, "chip", "tpu"),
        ),
        [
            (
                "warning no-chip workloads.csv:3 workload=embed: needs a chip that can do embed "
                "and could be at one of its sites: in the "
                "fleet, on order or by an offer that no rule forbids; as it stands all of it is "
                "short. add an offer there, widen its sites or "
                "regions, or add rows for other chips to throughput.csv"
            ),
        ],
    ),
    "no chip yet": (
        broken(
            ("throughput", 0, "chip", "tpu"),
            ("workloads", 1, "sites", "eu1"),
            ("workloads", 1, "window_periods", "1"),
            ("offers", 1, "first_order", "2027Q3"),
            ("offers", 1, "last_order", "2027Q4"),
        ),
        [
            (
                "error no-chip-yet demand.csv:6 period=2027Q1: is before any chip that can do "
                "embed could be there (periods without, from "
                "2027Q1 on: 2). give it a price of being short, an earlier offer, or 0 demand "
                "until then"
            ),
        ],
    ),
    "one site only": (
        broken(("workloads", 0, "regions", "us-central")),
        [
            (
                "error one-site workloads.csv:2 survive_site_loss=0.5: needs at least 2 sites "
                "where chat can be served; it has 1. widen its "
                "sites or regions, add offers there, or clear the cell"
            ),
        ],
    ),
    "profile slice unknown": (
        broken(
            add={
                "profiles": [
                    {"profile": "daily", "slice": "noon", "load": "1", "source": "assumption"}
                ]
            }
        ),
        [
            (
                "error slice-unknown profiles.csv:4 slice=noon: must be a slice of case.yaml "
                "(day, night). correct the name, or declare the "
                "slice in case.yaml"
            ),
        ],
    ),
    "profile gap": (
        broken(drop=[("profiles", 1)]),
        [
            (
                "error profile-gap profiles.csv:2 profile=daily: needs a load of daily for every "
                "slice; night is missing. add the rows to profiles.csv"
            ),
        ],
    ),
    "profile mean": (
        broken(("profiles", 1, "load", "0.9")),
        [
            (
                "error profile-mean profiles.csv:2 load=1.2: needs loads of daily whose mean, "
                "weighted by hours_share, is 1; it is 1.05. "
                "divide every load of daily by 1.05"
            ),
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
