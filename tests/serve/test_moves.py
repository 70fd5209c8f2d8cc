"""Moves: as an address holds them, and in the words of ``--set``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.case.variants import Base, read_base, read_variant
from planner.serve.move import AXES, IN_PERIODS, SIGNS, Move, MoveError, read_move
from planner.serve.move_words import words_of

INPUTS = Path(__file__).parents[2] / "inputs"


@cache
def base(name: str) -> Base:
    return read_base(INPUTS / name)


@st.composite
def moves(draw: st.DrawFn) -> Move:
    what = draw(st.sampled_from([*AXES]))
    axis = draw(st.sampled_from(AXES[what]))
    name = "" if axis == "case" else draw(st.text(min_size=1))
    when = st.text() if what in IN_PERIODS else st.just("")
    sign = draw(st.sampled_from([*SIGNS[what]]))
    amount = draw(st.integers(0, 500)) / (1 if what in ("lead", "date") else 100)
    return Move(what, axis, name, draw(when), draw(when), sign, float(amount))


@settings(max_examples=50)
@given(moves())
def test_an_address_gives_back_the_move_that_it_holds(move: Move) -> None:
    assert read_move(move.text()) == move
    assert move.text().isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "demand",
        "demand~case~~~~1.1",
        "demand~case~~~~x",
        "demand~case~~~~xnan",
        "demand~case~~~~xinf",
        "demand~case~~~~x-1",
        "demand~case~~~~x1e9",
        "demand~case~chat~~~x1.1",
        "demand~workload~~~~x1.1",
        "demand~site~iowa~~~x1.1",
        "weather~case~~~~x1.1",
        "lead~case~~~~+1.5",
        "lead~case~~2027Q1~~+1",
        "demand~case~~~~+1",
    ],
)
def test_what_is_no_move_is_told(text: str) -> None:
    with pytest.raises(MoveError):
        read_move(text)


@pytest.mark.parametrize(
    ("case", "text", "words"),
    [
        ("quickstart", "demand~case~~~~x1.1", ["demand.*.*.output_mtok*=1.1"]),
        (
            "frontier-lab",
            "demand~workload~coding~2028Q1~2029Q2~x1.2",
            [
                f"demand.coding.{when}.{column}*=1.2"
                for column in ("output_mtok", "input_mtok", "cached_mtok")
                for when in ("2028Q*", "2029Q[12]")
            ],
        ),
        (
            "frontier-lab",
            "power~site~lulea~2031Q4~~+20",
            ["power.lulea.2031Q4.mw+=20"],
        ),
        (
            "frontier-lab",
            "power~site~lulea~~~x0.9",
            ["power.lulea.*.mw*=0.9", "power.lulea.*.liquid_mw*=0.9"],
        ),
        ("frontier-lab", "supply~group~rubin~~~x0.5", ["supply.rubin.*.max_chips*=0.5"]),
        (
            "frontier-lab",
            "supply~chip~b200~~~x0.5",
            ["supply.blackwell.*.max_chips*=0.5", "offers.b200-od.max_per_period*=0.5"],
        ),
        (
            "frontier-lab",
            "supply~chip~vr200~2028Q1~2028Q4~x0.5",
            ["supply.rubin.2028Q*.max_chips*=0.5"],
        ),
        ("frontier-lab", "supply~offer~v7-3y~~~+5", ["offers.v7-3y.max_per_period+=5"]),
        (
            "frontier-lab",
            "price~offer~v7-od~2028Q4~2029Q1~x0.5",
            [
                "offer_prices.v7-od.2028Q4+=usd_per_chip_hour=3.3",
                "offer_prices.v7-od.2029Q1+=usd_per_chip_hour=3.3",
            ],
        ),
        (
            "frontier-lab",
            "price~chip~trn3~~~x0.5",
            [
                "offers.trn3-3y.usd_per_chip_hour*=0.5",
                "offer_prices.trn3-3y.*.usd_per_chip_hour*=0.5",
            ],
        ),
        ("frontier-lab", "lead~chip~vr200~~~+1", ["offers.buy-vr200.lead_periods+=1"]),
        ("frontier-lab", "lead~chip~vr200~~~+-9", ["offers.buy-vr200.lead_periods=0"]),
        ("frontier-lab", "lead~project~iowa-2~~~+2", ["power_projects.iowa-2.lead_periods+=2"]),
        ("frontier-lab", "date~milestone~t1-mid~~~+1", ["milestones.t1-mid.deadline=2027Q3"]),
        ("frontier-lab", "date~milestone~t2-post~~~+1", ["milestones.t2-post.deadline=2028-08-15"]),
        ("frontier-lab", "date~chip~gb200~~~+2", ["offers.buy-gb200.first_order=2027Q3"]),
        ("frontier-lab", "electricity~site~iowa~~~x1.5", ["sites.iowa.usd_per_mwh*=1.5"]),
    ],
)
def test_moves_in_words(case: str, text: str, words: list[str]) -> None:
    found = [*words_of(base(case), [read_move(text)])]
    assert found[: len(words)] == words
    assert len(found) == len(words) or all("energy." in word for word in found[len(words) :])


def test_power_that_comes_later_is_that_of_the_period_before() -> None:
    """Abilene has 200 MW, from 2027Q3 300, from 2028Q1 420: a quarter later each step is."""
    words = words_of(base("frontier-lab"), [read_move("date~site~abilene~~~+1")])
    assert "power.abilene.2027Q3.mw=200" in words
    assert "power.abilene.2028Q1.mw=300" in words
    assert "power_projects.abilene-3.lead_periods+=1" in words
    case = read_variant(base("frontier-lab"), words)
    mine = case["power"][case["power"]["site"] == "abilene"].sort_values("period")
    assert mine["mw"].tolist()[:6] == [200, 200, 200, 300, 300, 420]


def test_a_move_that_moves_nothing_says_nothing() -> None:
    assert words_of(base("quickstart"), [read_move("demand~case~~~~x1")]) == ()


def test_moves_build_on_each_other() -> None:
    """A price for a quarter that had none of its own is there for the next move to change."""
    two = [read_move("price~offer~v7-od~2028Q4~2028Q4~x0.5")] * 2
    words = words_of(base("frontier-lab"), two)
    assert words == (
        "offer_prices.v7-od.2028Q4+=usd_per_chip_hour=3.3",
        "offer_prices.v7-od.*.usd_per_chip_hour*=0.5",  # the only one it has
    )


@pytest.mark.parametrize(
    "text",
    [
        "demand~workload~nobody~~~x1.1",
        "power~site~gcp-us~~~x1.1",
        "supply~offer~buy-b200~~~x2",
        "demand~case~~soon~~x1.1",
        "lead~project~nothing~~~+1",
    ],
)
def test_what_the_case_does_not_have_is_told(text: str) -> None:
    with pytest.raises(MoveError):
        words_of(base("frontier-lab"), [read_move(text)])
