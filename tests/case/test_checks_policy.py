"""Rules about rules, budgets and limits. Each case breaks the good one in one place and is told so,
in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "rule that forbids everything": (
        broken(
            ("rules", 0, "chip", ""),
            ("rules", 0, "vendor", ""),
            ("rules", 0, "region", ""),
            ("rules", 0, "country", ""),
        ),
        [
            (
                "error rule-empty rules.csv:2 chip=: needs at least one of chip, vendor, site, "
                "region, country, workload, milestone; as it "
                "stands all orders are forbidden. fill in what is forbidden"
            ),
        ],
    ),
    "rule with two works": (
        broken(("rules", 1, "workload", "science")),
        [
            (
                "error rule-two-works rules.csv:3 milestone=base: must be blank where a workload "
                "is named: no work is both. make two rules of it"
            ),
        ],
    ),
    "vendor unknown": (
        broken(("rules", 0, "vendor", "Google")),
        [
            (
                "error vendor-unknown rules.csv:2 vendor=Google: must be a vendor of chips.csv "
                "(google, nvidia). correct the name, or remove the rule"
            ),
        ],
    ),
    "region unknown in a rule": (
        broken(("rules", 1, "region", "eu")),
        [
            (
                "error region-unknown rules.csv:3 region=eu: must be a region of sites.csv "
                "(europe, us-central, us-east). correct the name, or "
                "remove the rule"
            ),
        ],
    ),
    "country unknown": (
        broken(("rules", 0, "country", "usa")),
        [
            "error country-unknown rules.csv:2 country=usa: must be a country of sites.csv (nl, "
            "us). correct the name, or remove the rule",
        ],
    ),
    "chip of another vendor": (
        broken(("rules", 0, "vendor", "nvidia")),
        [
            "warning rule-idle rules.csv:2 chip=tpu: matches nothing: no chip is tpu of nvidia. "
            "correct chip or vendor",
        ],
    ),
    "site of another region": (
        broken(("rules", 1, "site", "iowa")),
        [
            (
                "warning rule-idle rules.csv:3 site=iowa: matches nothing: no site is in that "
                "region and country. correct site, region or country"
            ),
        ],
    ),
    "rule that ends before it begins": (
        broken(("rules", 0, "from", "2027Q4"), ("rules", 0, "to", "2027Q2")),
        [
            "warning rule-idle rules.csv:2 to=2027Q2: leaves no period of the plan from 2027Q4 "
            "on. correct from or to, or remove the rule",
        ],
    ),
    "budget outside the plan": (
        broken(("budgets", 1, "period", "2028Q1")),
        [
            (
                "error period-outside budgets.csv:3 period=2028Q1: must be a period or fiscal "
                "year of the plan, 2027Q1 to 2027Q4. correct the "
                "period, or remove the row"
            ),
        ],
    ),
    "budget of another year": (
        broken(("budgets", 0, "period", "2028")),
        [
            (
                "error period-outside budgets.csv:2 period=FY2028: must be a period or fiscal "
                "year of the plan, 2027Q1 to 2027Q4. correct the "
                "period, or remove the row"
            ),
        ],
    ),
    "year partly inside": (
        broken(fiscal_year_start=7),
        [
            (
                "warning year-partly-inside budgets.csv:2 period=FY2027: is only partly inside "
                "the plan: 2 of its 4 periods count. check that "
                "the figure is for these periods"
            ),
            (
                "warning year-partly-inside limits.csv:2 period=FY2027: is only partly inside the "
                "plan: 2 of its 4 periods count. check that "
                "the figure is for these periods"
            ),
        ],
    ),
    "member of all": (
        broken(("limits", 0, "member", "iowa")),
        [
            "error limit-member limits.csv:2 member=iowa: must be blank with scope all. clear the "
            "cell, or name another scope",
        ],
    ),
    "member unknown": (
        broken(("limits", 1, "member", "amd")),
        [
            "error limit-member limits.csv:3 member=amd: must be a vendor of chips.csv (google, "
            "nvidia). correct member or scope",
        ],
    ),
    "member blank": (
        broken(("limits", 1, "member", "")),
        [
            "error limit-member limits.csv:3 member=: must be a vendor of chips.csv (google, "
            "nvidia). correct member or scope",
        ],
    ),
    "limit without a bound": (
        broken(("limits", 0, "max", "")),
        [
            (
                "error limit-unbounded limits.csv:2 max=: needs at least one of min_share, "
                "max_share, max and min for carbon. fill one in, or "
                "remove the row"
            ),
        ],
    ),
    "fiscal years that start within a period": (
        broken(
            ("budgets", 0, "period", "FY2028"),
            ("limits", 0, "period", "2027Q1"),
            fiscal_year_start=2,
        ),
        [
            (
                "warning year-partly-inside budgets.csv:2 period=FY2028: is only partly inside "
                "the plan: 3 of its 4 periods count. check that the figure is for these periods"
            ),
            (
                "warning fiscal-straddle budgets.csv:2 period=FY2028: the fiscal year starts "
                "within 2027Q1, which counts whole in FY2027, in which it begins. plan by "
                "shorter periods, or name periods instead of fiscal years"
            ),
        ],
    ),
    "least share above most": (
        broken(("limits", 1, "min_share", "1")),
        [
            "error minimum-above-maximum limits.csv:3 min_share=1: must be at most max_share "
            "(0.99). correct one of the two",
        ],
    ),
    "share of all": (
        broken(("limits", 0, "max_share", "0.5")),
        [
            (
                "error share-of-all limits.csv:2 max_share=0.5: must be blank with scope all, "
                "whose share is always 1. use max, or name another scope"
            ),
        ],
    ),
    "least carbon": (
        broken(("limits", 0, "min", "10")),
        [
            (
                "error least-carbon limits.csv:2 min=10: must be blank for carbon: no plan has to "
                "emit any. clear the cell, or name another measure"
            ),
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
