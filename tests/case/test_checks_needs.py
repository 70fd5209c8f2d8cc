"""What a case as a whole must have. Each case breaks the good one in one place and is told so, in
full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "nothing to plan": (
        broken(
            drop=[
                ("workloads", -1),
                ("demand", -1),
                ("milestones", -1),
                ("rules", -1),
                ("throughput", -1),
                ("training", -1),
                ("gains", -1),
                ("profiles", -1),
            ]
        ),
        [
            (
                "error nothing-to-plan workloads.csv: workload=: needs workloads (with demand and "
                "throughput) or milestones (with training). "
                "fill workloads.csv, demand.csv and throughput.csv, or milestones.csv and "
                "training.csv"
            ),
        ],
    ),
    "no demand table": (
        broken(drop=[("demand", -1)]),
        [
            (
                "error needs-demand demand.csv: workload=: needs demand of every workload by "
                "period. fill demand.csv: one row per workload and period"
            ),
        ],
    ),
    "no throughput table": (
        broken(drop=[("throughput", -1), ("gains", -1)]),
        [
            (
                "error needs-throughput throughput.csv: model=: needs throughput of the models "
                "that workloads serve. fill throughput.csv: one "
                "row per model, tier and chip"
            ),
        ],
    ),
    "no training table": (
        broken(drop=[("training", -1)]),
        [
            (
                "error needs-training training.csv: class=: needs training efficiency by class "
                "and chip for milestones and research. fill "
                "training.csv: one row per class and chip"
            ),
        ],
    ),
    "residual by table without resale": (
        broken(drop=[("resale", -1)], residual="table"),
        [
            (
                "error resale-missing offers.csv:2 chip=h100: needs resale shares of h100 by age, "
                "because case.yaml says residual: table. add "
                "rows for h100 to resale.csv, or choose another residual in case.yaml"
            ),
            (
                "error resale-missing orders.csv:2 chip=h100: needs resale shares of h100 by age, "
                "because case.yaml says residual: table. add "
                "rows for h100 to resale.csv, or choose another residual in case.yaml"
            ),
            (
                "error resale-missing fleet.csv:2 chip=h100: needs resale shares of h100 by age, "
                "because case.yaml says residual: table. add "
                "rows for h100 to resale.csv, or choose another residual in case.yaml"
            ),
        ],
    ),
    "frozen without last plan": (
        broken(drop=[("last_plan", -1)], frozen_periods=1),
        [
            (
                "error frozen-without-last-plan case.yaml:12 frozen_periods=1: needs a last plan, "
                "whose orders the frozen periods keep. put the "
                "buy_plan.csv of the approved run into last_plan/, or set frozen_periods to 0"
            ),
        ],
    ),
    "change charge without last plan": (
        broken(drop=[("last_plan", -1)], change_usd_per_chip=10),
        [
            (
                "warning change-without-last-plan case.yaml:12 change_usd_per_chip=10: needs a "
                "last plan to compare with; without one nothing is "
                "charged. put the buy_plan.csv of the approved run into last_plan/, or remove "
                "change_usd_per_chip"
            ),
        ],
    ),
    "frozen line of an unknown offer": (
        broken(("last_plan", 1, "offer", "bought"), frozen_periods=1),
        [
            (
                "error frozen-line last_plan/buy_plan.csv:3 offer=bought: must be an offer or "
                "power project of this case, because 2027Q1 is "
                "frozen. correct the table, or lower frozen_periods in case.yaml"
            ),
        ],
    ),
    "frozen line at another site": (
        broken(("last_plan", 1, "site", "eu1"), frozen_periods=1),
        [
            (
                "error frozen-line last_plan/buy_plan.csv:3 site=eu1: must be a site of buy, "
                "because 2027Q1 is frozen. correct the table, or "
                "lower frozen_periods in case.yaml"
            ),
        ],
    ),
    "frozen line outside the window": (
        broken(("offers", 0, "first_order", "2027Q2"), frozen_periods=1),
        [
            (
                "error frozen-line last_plan/buy_plan.csv:3 order_period=2027Q1: must be a period "
                "in which buy can be ordered, because 2027Q1 "
                "is frozen. correct the table, or lower frozen_periods in case.yaml"
            ),
        ],
    ),
    "frozen project outside the window": (
        broken(("power_projects", 0, "last_order", "2027Q1"), frozen_periods=2),
        [
            (
                "error frozen-line last_plan/buy_plan.csv:4 order_period=2027Q2: must be a period "
                "in which hall2 can be ordered, because "
                "2027Q2 is frozen. correct the table, or lower frozen_periods in case.yaml"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
