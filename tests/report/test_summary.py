"""The summary: its figures are those of the files, and no name can act on a terminal or in
Markdown."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from planner.report.dates import moment
from planner.report.figures import cash_by_year, hundred
from planner.report.markdown import markdown
from planner.report.section import Section
from planner.report.summary import summarise, summarised, summary_of
from planner.report.terminal import plain_table, print_summary
from planner.runs.read import RunError, read_plan, read_run_table
from planner.runs.resolved import Resolved, Step, Wait, WithoutResidual
from planner.words import duration, money, number, percent, plural, printable
from tests.report.standin import ROWS, write_standin


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_standin(tmp_path / "demo" / "2027Q1-x")


def facts(folder: Path) -> dict[str, str]:
    return dict(summarise(folder).facts)


def test_the_facts_are_those_of_the_files(run: Path) -> None:
    assert facts(run) == {
        "case": "demo",
        "horizon": "2027Q1 to 2028Q4 (8 quarters)",
        "status": "optimal and proven",
        "cash to be paid": "52.02 million USD nominal",
        "total cost": "50.00 million USD, discounted to the start of 2027Q1: 50.50 million USD "
        "less a credit of 500,000 USD for what is left at the end",
        "commit in 2027Q1": "55.02 million USD nominal in 2 lines",
        "chips to order now": "1,500 h100",
        "demand met": "80 % of bulk in 2027Q1, the least; 1 workload short, 1 of 2 met in full",
        "milestones": "1 of 1 by their deadline",
        "tightest limit": "power iowa: one more MW in 2027Q3 saves 1.20 million USD, for up to "
        "3 MW more",
        "proof": "cost 50,000,000.00 USD; no plan costs less than 49,999,999.90 USD; gap 2.0e-09; "
        "audit passed (31 checks)",
    }


def sections(folder: Path, **options: int) -> dict[str, Section]:
    return {section.title: section for section in summarise(folder, **options).sections}


def test_cost_by_term_adds_up(run: Path) -> None:
    assert sections(run)["Cost by term"].rows == (
        ("chips", "48.02", "47.00", "93.1"),
        ("energy", "4.00", "3.50", "6.9"),
        ("residual", "-1.00", "-0.50", ""),
        ("total", "51.02", "50.00", ""),
    )


def test_shares_add_to_a_hundred_as_they_are_written() -> None:
    """Thirds by the largest remainders: 33.4 + 33.3 + 33.3; of nothing there is no share."""
    assert hundred([1 / 3, 1 / 3, 1 / 3, float("nan")]) == ["33.4", "33.3", "33.3", ""]
    assert hundred([0.005, 0.995]) == ["0.5", "99.5"]
    assert hundred([float("nan")]) == [""]


def test_cash_by_year() -> None:
    costs = pd.DataFrame(
        {
            "period": ["2027Q1", "2027Q4", "2028Q1", "2029Q1"],
            "category": ["capex", "opex", "opex", "none"],
            "nominal_usd": [10.0, 2.0, 3.0, -7.0],
        }
    )
    assert cash_by_year(costs).to_numpy().tolist() == [
        ["2027", 10.0, 2.0, 12.0, 12.0],
        ["2028", 0.0, 3.0, 3.0, 15.0],
    ]


def test_what_was_solved_again_is_told(run: Path) -> None:
    """Waiting with the chips costs 2 million, with the hall 900 USD of 10 million: it can wait."""
    resolved = Resolved(
        divisible=False,
        without_residual=WithoutResidual(50_200_000.0, 27_507_500.0, 27_507_500.0),
        waiting=(
            Wait("h100_buy@iowa@2027Q1", 2e6, False),
            Wait("hall@iowa@2027Q1", 900.0, True),
        ),
        together_usd=900.0,
        steps=(Step("power", "iowa", "2027Q3", "MW", 1.0, 5.0, 0.2, 4.0),),
    )
    tables = {name: read_run_table(run, name) for name in summarised(run)}
    tables["power"]["worth_to_mw"] = 2.0
    told = summary_of(read_plan(run), tables, resolved)
    facts = dict(told.facts)
    assert facts["without that credit"] == (
        "the cheapest plan costs 50.20 million USD (solved again) and orders 50 % of what is "
        "committed in 2027Q1"
    )
    assert facts["tightest limit"] == "power iowa: 1 MW more in 2027Q3 saves 5.00 USD"
    parts = {section.title: section for section in told.sections}
    assert [row[7] for row in parts["Decide in 2027Q1"].rows] == [
        "2.00 million USD",
        "900.00 USD: can wait",
    ]
    assert parts["Limits that bind, tightest first"].rows == (
        (
            "power iowa",
            "1",
            "2027Q3",
            "1 MW more in 2027Q3 saves 5.00 USD",
            "0.2 MW more saves 4.00 USD",
        ),
    )


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("2028Q2+48%", "15 May 2028"),
        ("2028Q4+100%", "1 January 2029"),
        ("2028-02+50%", "15 February 2028"),
        ("2028+0%", "1 January 2028"),
        ("2028Q3", "2028Q3"),
    ],
)
def test_a_moment_is_a_day(label: str, day: str) -> None:
    assert moment(label) == day


def test_what_to_decide_now_is_what_is_ordered_in_the_first_period(run: Path) -> None:
    assert sections(run)["Decide in 2027Q1"].rows == (
        ("buy", "h100_buy", "h100", "iowa", "1,500 chips", "2027Q3", "45.02", "workload:chat"),
        ("build power", "hall", "", "iowa", "12.5 MW", "2028Q1", "10.00", ""),
    )


def test_long_sections_are_cut_and_say_so(run: Path) -> None:
    decide = sections(run, lines=1)["Decide in 2027Q1"]
    assert (len(decide.rows), decide.note) == (1, "1 more line in buy_plan.csv")
    person = sections(run, lines=1)["What needs a person"]
    assert (person.rows, person.note) == (
        (("high", "2027Q1", "bulk is short.", "Decide."),),
        "1 more in exceptions.csv",
    )


def test_the_chips_of_the_whole_plan(run: Path) -> None:
    assert sections(run)["Over the whole plan"].rows == (
        ("h100", "buy", "1,600 chips", "2027Q1", "2027Q2", "48.02"),
        ("hall", "build power", "12.5 MW", "2027Q1", "2027Q1", "10.00"),
    )


def test_what_is_short_and_what_binds(run: Path) -> None:
    assert sections(run)["Not served"].rows == (
        ("bulk", "80 %", "2027Q1", "1", "100 Mtok", "250.00 USD"),
    )
    assert sections(run)["Limits that bind, tightest first"].rows == (
        (
            "power iowa",
            "1",
            "2027Q3",
            "one more MW in 2027Q3 saves 1.20 million USD, for up to 3 MW more",
            "",
        ),
    )


def test_an_unproven_plan_says_so_first(tmp_path: Path) -> None:
    audit = {
        "ok": False,
        "checks": 31,
        "failed": [{"check": "power", "where": "row 2", "limit": "0"}],
    }
    run = write_standin(tmp_path / "r", status="not_proven", proof={"faults": [], "audit": audit})
    assert facts(run)["status"] == "NOT PROVEN: do not act on it"
    assert facts(run)["proof"].endswith("audit FAILED (1 of 31 checks)")


def test_a_plan_that_buys_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(ROWS):
        monkeypatch.delitem(ROWS, name)
    run = write_standin(tmp_path / "r", objective_usd=0.0, bound_usd=0.0, gap=0.0)
    assert facts(run)["commit in 2027Q1"] == "nothing"
    assert facts(run)["chips to order now"] == "none"
    assert facts(run)["tightest limit"] == "none binds"
    assert [section.title for section in summarise(run).sections] == ["Cost by term"]


HOSTILE = "<script>alert(1)</script>|\x1b[31m\u202ered`*[x](y)"


def test_a_hostile_name_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROWS, "milestones", [{**ROWS["milestones"][0], "milestone": HOSTILE}])
    summary = summarise(write_standin(tmp_path / "r", case=HOSTILE))
    stream = io.StringIO()
    print_summary(summary, stream)
    for text in (stream.getvalue(), markdown(summary)):
        assert "\x1b" not in text
        assert "\u202e" not in text
    written = markdown(summary)
    assert "<script>" not in written
    assert r"\|" in written
    rows = [line for line in written.splitlines() if line.startswith("|") and "script" in line]
    assert [line.replace(r"\|", "").count("|") for line in rows] == [3, 8]


def test_plain_text_has_no_escape_codes_and_no_trailing_blanks(run: Path) -> None:
    stream = io.StringIO()
    print_summary(summarise(run), stream)
    lines = stream.getvalue().splitlines()
    assert "cash to be paid     52.02 million USD nominal" in lines
    assert not any(line != line.rstrip() or "\x1b" in line for line in lines)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_coloured_and_says_the_same(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    print_summary(summarise(run), stream)
    assert "\x1b[" in stream.getvalue()
    for word in ("50.00 million USD", "h100_buy", "1,500 chips", "saves 1.20 million USD"):
        assert word in stream.getvalue()


def test_a_run_without_its_tables_is_told(run: Path) -> None:
    (run / "costs.csv").unlink()
    with pytest.raises(RunError, match=r"is damaged: costs\.csv is missing\. Next: planner verify"):
        summarise(run)


def test_plain_table() -> None:
    assert plain_table(("a", "bb"), (("xxx", "1"), ("y", "22")), frozenset({1})) == [
        "a    bb",
        "xxx   1",
        "y    22",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1500.0, "1,500"),
        (1500.5, "1,500"),
        (12345.6, "12,346"),
        (0.25, "0.25"),
        (0.00001, "1.000e-05"),
        (3.79e25, "3.790e+25"),
        (-2.0, "-2"),
        (0.0, "0"),
        (float("nan"), ""),
        (None, ""),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00 USD"),
        (-0.001, "0.00 USD"),
        (999.5, "999.50 USD"),
        (12_345.0, "12,345 USD"),
        (250_000.0, "250,000 USD"),
        (1.2e9, "1.20 billion USD"),
        (float("nan"), ""),
    ],
)
def test_money(value: float, text: str) -> None:
    assert money(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1.0, "100 %"),
        (0.99999, "99.9990 %"),
        (0.9999999, "99.9999 %"),
        (0.5, "50 %"),
        (0.933333, "93.3 %"),
        (0.0, "0 %"),
    ],
)
def test_percent_never_rounds_up_to_all(share: float, text: str) -> None:
    assert percent(share) == text


def test_words() -> None:
    assert (plural(1, "line"), plural(2, "line"), plural(1234, "entry", "entries")) == (
        "1 line",
        "2 lines",
        "1,234 entries",
    )
    assert (duration(0.417), duration(185.2)) == ("0.42 s", "3 min 05 s")
    assert printable("a\nb\x1b[0m\u202e\xa0c") == r"a\nb\x1b[0m\u202e c"
