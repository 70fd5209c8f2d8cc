"""--set with rows: what is added and taken out, read twice, and what is said where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.audit.resolution import check_inputs
from planner.case import Case, CaseError, read_case
from planner.case.spelling import removal, split_cells, split_override
from planner.case.variants import read_base, read_variant
from planner.case.write import differences
from tests.helpers import changed, write_case

CAP = "limits.cap+=scope=vendor, member=nvidia, measure=spend, max_share=0.5"
POWER = [
    {"site": s, "measure": m, "2027Q1": v, "2027Q2": v, "2027Q3": v, "2027Q4": v}
    for s, m, v in (("iowa", "mw", "10"), ("iowa", "liquid_mw", "4"), ("ohio", "mw", "5"))
]


def twice(folder: Path, *overrides: str) -> Case:
    """Read a case with overrides; the second reading must say the same, and so must a variant."""
    case = read_case(folder, overrides)
    (folder / "overrides.txt").write_text("".join(f"{text}\n" for text in overrides))
    assert [check.where for check in check_inputs(case, folder) if not check.passed] == []
    (folder / "overrides.txt").unlink()
    variant = read_variant(read_base(folder), overrides)
    assert differences(variant, case) == ()
    assert [*map(str, variant.warnings)] == [*map(str, case.warnings)]
    return case


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_case(tmp_path)


@pytest.fixture(params=["long", "wide"])
def power(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return write_case(tmp_path, changed() | ({"power": POWER} if request.param == "wide" else {}))


def test_a_policy_that_is_not_there(tiny: Path) -> None:
    limits = twice(tiny, CAP)["limits"].set_index("limit")
    assert len(limits) == len(read_case(tiny)["limits"]) + 1
    row = limits.loc["cap"]
    assert (row["member"], row["measure"], row["max_share"]) == ("nvidia", "spend", 0.5)
    later = twice(tiny, CAP, "limits.cap.max_share=0.4")["limits"].set_index("limit")
    assert later.loc["cap", "max_share"] == 0.4
    assert "cap" not in set(twice(tiny, CAP, "limits.cap-=")["limits"]["limit"])


def test_a_table_that_is_not_there(tiny: Path) -> None:
    (tiny / "limits.csv").unlink()
    assert list(twice(tiny, CAP)["limits"]["limit"]) == ["cap"]
    with pytest.raises(CaseError, match="1 problems"):
        read_case(tiny, ["limits.cap-="])


def test_a_copy_with_changes(tiny: Path) -> None:
    case = twice(
        tiny,
        "offers.later+=like=buy, first_order=2027Q2, usd_per_chip=20000, supply_group=",
        'offers."v 1.5"+=like=later, source="a quote, by mail"',
    )
    offers = case["offers"].set_index("offer")
    assert offers.loc["later", "usd_per_chip"] == 20000
    assert offers.loc["later", "site"] == offers.loc["buy", "site"]
    assert offers.loc["later", "supply_group"] == ""
    assert offers.loc["v 1.5", "source"] == "a quote, by mail"


def test_a_copy_of_all_periods(tiny: Path) -> None:
    case = twice(tiny, "supply.east+=like=market", "supply.east.*.max_chips*=0.5")
    supply = case["supply"].set_index(["supply_group", "period"])["max_chips"]
    assert list(supply.loc["east"]) == [2000, 2000, 2000]
    assert list(supply.loc["market"]) == [4000, 4000, 4000]


def test_every_period_of_the_plan(power: Path) -> None:
    case = twice(
        power,
        "sites.oslo+=like=iowa, region=north, country=no",
        "power.oslo.*+=mw=3, liquid_mw=3",
        "power.oslo.2027Q4.mw*=2",
    )
    power = case["power"].set_index(["site", "period"])
    assert list(power.loc["oslo", "mw"]) == [3, 3, 3, 6]
    assert list(power.loc["oslo", "liquid_mw"]) == [3, 3, 3, 3]
    assert list(power.loc["ohio", "mw"]) == [5, 5, 5, 5]


def test_rules_have_no_key(tiny: Path) -> None:
    rule = "rules+=chip=tpu, site=iowa, from=2027Q2, reason=a trial"
    one = twice(tiny, rule)["rules"]
    assert "a trial" in set(one["reason"])
    assert "a trial" not in set(twice(tiny, rule, "rules-=reason=a trial")["rules"]["reason"])
    assert len(twice(tiny, "rules-=")["rules"]) == 0
    chips = twice(tiny, rule, "rules-=chip=t*, workload=")["rules"]["chip"]
    assert "tpu" not in set(chips)


def test_rows_taken_out(tiny: Path) -> None:
    case = twice(tiny, "offers.hold-=", "fabrics-=")
    assert "hold" not in set(case["offers"]["offer"]) and not len(case["fabrics"])


def test_rows_taken_out_of_a_table_by_period(power: Path) -> None:
    more = "sites.oslo+=like=iowa", "power.oslo.*+=mw=3, liquid_mw=3"
    case = twice(
        power, *more, "power.oslo-=", "sites.oslo-=", "supply-=", "offers.buy.supply_group="
    )
    assert set(case["power"]["site"]) == {"iowa", "ohio"} and not len(case["supply"])


def test_removal_is_what_is_read() -> None:
    text = removal("rules", (), {"chip": "h100", "site": "", "reason": 'say "no", ever'})
    assert text == 'rules-=chip=h100, site="", reason="say ""no"", ever"'
    parts, sign, value = split_override(text) or ([], "", "")
    assert [part.text for part in parts] == ["rules"] and sign == "-="
    cells = split_cells(value) or []
    assert [(one.column, one.part.text) for one in cells] == [
        ("chip", "h100"),
        ("site", ""),
        ("reason", 'say "no", ever'),
    ]
    assert removal("offers", ("v 1.5",)) == 'offers."v 1.5"-='


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("limits.cap+=scope", "a row is added with its cells: limits.NAME+=column=text"),
        ("limits.cap+=scope=all, max", "must name cells as column=text"),
        ("limits.cap+=scop=all", "scop is not a column of limits; did you mean scope?"),
        ("limits.cap+=limit=x", "names limit twice"),
        ("limits.cap.x+=scope=all", "names 2 keys: limits has the keys limit"),
        ("limits.c*+=scope=all", "c* is a pattern, and a row that is added has names"),
        ("offers.new+=like=bye", "bye is no offer in offers.csv; did you mean buy?"),
        ("supply.new+=like=market.2027Q1", "must name 1 keys behind like="),
        ("limits.nothing-=", "nothing is no limit in limits.csv"),
        ("rules-=chip=gb300", "matches no row of rules.csv"),
        ("supply.market.2027Q1-=5", "to subtract, write += and a negative number"),
        ("case.seed-=", "takes out rows, and a setting has none"),
        ("suply.new+=like=market", "suply is not a table; did you mean supply?"),
    ],
)
def test_wrong(tmp_path: Path, override: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(tmp_path), [override])
    told = caught.value.format()
    assert told.startswith(f"--set: {override!r} - ")
    assert message in told


def test_a_cell_that_is_wrong_says_where_it_comes_from(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(tmp_path), ["limits.cap+=scope=all, measure=spend, max=-5"])
    assert "max: '-5' - (a row added by --set) must be at least 0" in caught.value.format()
    with pytest.raises(CaseError) as caught:
        read_case(write_case(tmp_path / "b"), ["offers.buy+=like=hold"])
    assert "(a row added by --set) stands in row 2 as well" in caught.value.format()
