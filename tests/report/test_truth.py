"""One truth per figure: what terminal, summary, page, workbook and plan.json say of a run is the
same, and is what its tables say."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.pipeline import run
from planner.report import write
from planner.report.page.run import read_run
from planner.report.terminal import print_summary
from planner.solving import Options
from planner.study.resolving import resolve
from planner.words import money
from tests.report.approved import KEPT, told_by_workbook

ROOT = Path(__file__).parents[2]
SHIPPED = ("quickstart", "gov-cloud", "power-bound", "frontier-lab")


class Page(HTMLParser):
    """The figures that a page marks, its tables by their titles, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.figures: dict[str, float] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self.words: list[str] = []
        self._title = self._cell = ""
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("data-figure"):
            self.figures[str(found["data-figure"])] = float(str(found["data-v"]))
        if tag == "div" and found.get("aria-label"):
            self._title = str(found["aria-label"])
        if tag == "tr":
            self.tables.setdefault(self._title, []).append([])
        if tag in ("td", "th"):
            self._in, self._cell = tag, ""

    def handle_data(self, data: str) -> None:
        self.words.append(" ".join(data.split()))
        if self._in:
            self._cell += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self._in:
            self.tables[self._title][-1].append(" ".join(self._cell.split()))
            self._in = ""


def markdown_tables(text: str) -> dict[str, list[list[str]]]:
    """The tables of summary.md by their headings; the facts under a blank one."""
    found: dict[str, list[list[str]]] = {"": []}
    title = ""
    for line in text.splitlines():
        if line.startswith("## "):
            title = line[3:]
            found[title] = []
        elif line.startswith("|") and not re.fullmatch(r"\|[-:|]+\|", line):
            cells = [html.unescape(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found[title].append([re.sub(r"\\(.)", r"\1", cell) for cell in cells])
    return found


def truth(folder: Path) -> dict[str, Any]:
    """The figures that stand in more than one place, from the run's CSV files alone."""
    read = {
        name: pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""])
        for name in ("buy_plan", "costs", "demand_coverage", "unit_costs")
    }
    first = json.loads((folder / "plan.json").read_text())["horizon"]["first"]
    buy, costs, coverage = (read[name] for name in ("buy_plan", "costs", "demand_coverage"))
    now = buy[(buy["order_period"].astype(str) == str(first)) & (buy["status"] == "new")]
    asked = coverage[coverage["demand"] > 0]
    share = (asked["served"] / asked["demand"]).min()
    credit = -costs.loc[costs["term"] == "residual", "discounted_usd"].sum()
    split = read["unit_costs"][read["unit_costs"]["kind"] == "split"]
    return {
        "now": first,
        "objective": round(costs["discounted_usd"].sum(), 2),
        "credit": max(credit, 0.0),
        "cash": round(costs.loc[costs["category"] != "none", "nominal_usd"].sum(), 2),
        "commit": round(now["total_usd"].sum(), 2),
        "chips": now.loc[now["action"].isin(["buy", "lease", "reserve"]), "chips"].sum(),
        "worst": share if share < 1.0 - 1e-6 else 1.0,
        "terms": costs.groupby("term")["discounted_usd"].sum(),
        "split": split.set_index("name")["cost_usd"],
        "spent": split.set_index("name")["cost_usd"].drop("existing fleet").sum(),
    }


def agree(folder: Path) -> None:
    """Read every artefact of a run and compare what they say."""
    true = truth(folder)
    loaded = read_run(folder)
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    summary = write.summary_of(loaded.plan, loaded.tables, loaded.resolved, lines=500)
    stream = io.StringIO()
    print_summary(summary, stream)
    terminal = stream.getvalue()
    written = markdown_tables((folder / "summary.md").read_text(encoding="utf-8"))
    facts = {row[0]: row[1] for row in written[""] if len(row) == 2}
    cells = [
        re.split(r" \| ", line.split(": ", 1)[1]) for line in told_by_workbook(folder / "plan.xlsx")
    ]
    sheet = {row[0].removeprefix("A "): row for row in cells if row and row[0].startswith("A ")}
    totals = loaded.plan["totals"]

    def in_book(name: str) -> float:
        return float(sheet[name][1].removeprefix("B ").split(" ")[-1])

    # money and chips: page, plan.json, workbook, and in words in terminal and summary
    for figure, value, book in (
        ("objective_usd", true["objective"], "Total cost, discounted"),
        ("cash_usd", true["cash"], "Cash of the whole plan"),
        ("commit_now_usd", true["commit"], f"Commit in {true['now']}"),
    ):
        assert page.figures[figure] == pytest.approx(value, abs=0.006), figure
        assert in_book(book) == pytest.approx(value, abs=0.006), figure
        told = loaded.plan["objective_usd"] if figure == "objective_usd" else totals[figure]
        assert told == pytest.approx(value, abs=0.006), figure
    assert in_book("Total cost without residual credit") == pytest.approx(
        true["objective"] + true["credit"], abs=0.02
    )
    assert page.figures["chips_to_order_now"] == pytest.approx(true["chips"], abs=1e-5)
    assert totals["chips_to_order_now"] == pytest.approx(true["chips"], abs=1e-5)
    assert page.figures["worst_served"] == pytest.approx(true["worst"], abs=2e-6)
    if "worst_served" in totals:
        assert totals["worst_served"]["share"] == pytest.approx(true["worst"], abs=2e-6)

    # in words: terminal, summary.md, page and workbook say the same of each fact
    words = " ".join(page.words)
    assert facts["total cost"].startswith(money(true["objective"]))
    assert facts["cash to be paid"].startswith(money(true["cash"]))
    if true["commit"]:
        assert facts[f"commit in {true['now']}"].startswith(money(true["commit"]))
    for name, value in summary.facts:
        assert f"{name.ljust(max(len(n) for n, _ in summary.facts))}  {value}" in terminal, name
        assert facts[name] == value, name
    for name in ("demand met", "tightest limit"):
        if name in facts:
            assert facts[name].partition(": ")[2] in words, name
            assert sheet[name.capitalize()][1] == f"B {facts[name]}", name

    # cost by term and what it is spent on: shares of what is spent add to 100, credits apart
    for title in ("Cost by term", "What it is spent on"):
        shares = [row[-2 if "spent on" in title else -1] for row in page.tables[title][1:]]
        given = [float(share) for share in shares if share]
        assert not given or sum(given) == pytest.approx(100.0, abs=1e-9), title
    assert page.tables["Cost by term"] == written["Cost by term"]
    at = next(i for i, row in enumerate(cells) if row[0] == "A Cost by term")
    by_term = {row[0].removeprefix("A "): row for row in cells[at : at + len(true["terms"]) + 1]}
    spent = true["terms"][true["terms"] > 0].sum()
    for term, usd in true["terms"].items():
        row = by_term[str(term).replace("_", " ")]
        assert float(row[2].removeprefix("C ")) == pytest.approx(usd, abs=0.006), term
        if usd > 0:
            assert float(row[3].removeprefix("D ")) == pytest.approx(usd / spent), term
        else:
            assert len(row) == 3, term
    told_split = {row[0]: row for row in page.tables["What it is spent on"][1:]}
    for name, usd in true["split"].items():
        share = told_split[str(name)][2]
        if name == "existing fleet":
            assert share == ""
        elif share:
            assert float(share) == pytest.approx(100.0 * usd / true["spent"], abs=0.1), name

    # one ranking of limits
    for title, most in (("Limits that bind, tightest first", 500),):
        if title in written:
            assert page.tables[title][: most + 1] == written[title]


@pytest.mark.parametrize("case", ["quickstart", "power-bound", "gov-cloud"])
def test_kept_runs_say_the_same_everywhere(case: str, tmp_path: Path) -> None:
    """Documents are made anew of runs that are kept, among them those of the first format."""
    folder = tmp_path / case / KEPT[case].name
    shutil.copytree(KEPT[case], folder)
    loaded = read_run(folder)
    write.write_page(folder, run=loaded)
    write.write_workbook(folder, run=loaded)
    (folder / "summary.md").write_text(write.summary_text(folder, loaded), encoding="utf-8")
    agree(folder)


@pytest.mark.full
@pytest.mark.parametrize("case", SHIPPED)
def test_shipped_cases_say_the_same_everywhere(case: str, tmp_path: Path) -> None:
    """With all that was solved again, whole things whole."""
    result = run(ROOT / "inputs" / case, out=tmp_path, options=Options(resolve=resolve))
    assert result.status == "optimal" and result.folder is not None
    agree(result.folder)
