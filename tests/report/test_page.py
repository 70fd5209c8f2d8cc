"""The review page: what it says, that it says the same every time, and how it behaves in a real
browser."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from planner.pipeline import run
from planner.report.page import render
from planner.report.page.marks import ticks
from planner.report.page.run import plan_periods
from planner.report.remake import rewrite_page
from planner.runs.approval import approve
from planner.runs.read import read_plan, read_run_table
from planner.words import money
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, site, tables, throughput
from tests.report.browser import CHROMIUM, Browser, browser

ROOT = Path(__file__).parents[2]
SECTIONS = [
    "figures",
    "decide",
    "supply",
    "sites",
    "spend",
    "books",
    "economics",
    "limits",
    "buy",
    "wholeness",
    "allocation",
    "prices",
    "doubts",
    "proof",
    "what",
    "provenance",
]
"""Of a case without a last plan, scenarios or a past: what there is nothing to say of is left
out."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of gov-cloud: two kinds of sites, rules, limits, rentals."""
    result = run(ROOT / "inputs" / "gov-cloud", out=tmp_path_factory.mktemp("page"))
    assert result.folder is not None
    return result.folder


class Outline(HTMLParser):
    """Ids, elements that load something, and inline handlers or styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.inline: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and tag == "section":
                self.ids.append(str(value))
            if name in ("src", "srcset", "data", "background") or (
                name == "href" and not str(value).startswith("#")
            ):
                self.loads.append(f"{tag} {name}={value}")
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")


@pytest.mark.slow
def test_the_sections_and_nothing_from_elsewhere(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    outline = Outline(page)
    assert outline.ids == SECTIONS
    assert outline.loads == [] and outline.inline == []
    policy = html.unescape(page.split('Content-Security-Policy" content="')[1].split('"')[0])
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert len(page.encode()) < 2_000_000


@pytest.mark.slow
def test_the_same_bytes_every_time(folder: Path) -> None:
    assert render(folder) == render(folder) == (folder / "report.html").read_text(encoding="utf-8")


def test_figures_are_those_of_the_files(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    plan = read_plan(folder)
    value, unit = money(plan["objective_usd"]).split(" ", 1)
    assert f'{value} <span class="unit">{unit}</span></p>' in page
    assert f"{plan['objective_usd']:,.2f} USD" in page
    for line in read_run_table(folder, "buy_plan").query("status == 'new'")["line_id"]:
        assert line in page


def hostile(tmp_path: Path) -> Path:
    """A case whose every free name and note would do harm if it were not shown as text."""
    bad = "<script>alert(1)</script>\"'=1+1"
    case = tables(
        chips=[chip("a", note=bad, family=bad)],
        sites=[site("home", note="=HYPERLINK(1)")],
        power=power(),
        offers=[offer(usd_per_chip=100, note="<img src=x onerror=alert(1)>")],
        workloads=[{"workload": "w", "kind": "online", "model": "m", "tier": "f", "note": bad}],
        demand=demand(10, 10),
        throughput=throughput("a"),
    )
    return write_case(
        tmp_path / "bad",
        case,
        settings(name="</title><script>alert(2)</script>", description='"><svg onload=alert(3)>'),
    )


@pytest.mark.slow
def test_names_do_no_harm(tmp_path: Path) -> None:
    result = run(hostile(tmp_path), out=tmp_path / "out")
    assert result.folder is not None
    approve(result.folder, "<b>me</b>", "<script>alert(4)</script>")
    rewrite_page(result.folder)
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    assert (
        page.count("<script>") == 1
        and "onerror=" not in re.sub(r"&lt;.*?&gt;", "", page)
        and Outline(page).inline == []
    )
    assert "approved by &lt;b&gt;me&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        (0.0, [0, 1]),
        (9.0, [0, 2, 4, 6, 8, 10]),
        (0.03, [0, 0.01, 0.02, 0.03]),
        (612e6, [0, 2e8, 4e8, 6e8, 8e8]),
    ],
)
def test_round_axis_marks(top: float, expected: list[float]) -> None:
    assert ticks(top) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("first", "frequency", "last"),
    [("2027Q3", "quarter", "2028Q4"), ("2027-11", "month", "2028-04"), ("2027", "year", "2032")],
)
def test_labels_of_all_periods(first: str, frequency: str, last: str) -> None:
    labels = plan_periods({"horizon": {"first": first, "periods": 6, "frequency": frequency}})
    assert (labels[0], labels[-1], len(labels)) == (first, last, 6)


# in a real browser

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@needs_browser
def test_it_loads_without_a_network_or_a_complaint(chromium: Browser, folder: Path) -> None:
    chromium.open(folder / "report.html")
    assert chromium.messages == []
    assert [url for url in chromium.requests if not url.startswith("file:")] == []
    assert chromium.evaluate("document.querySelectorAll('svg').length") >= 8


BOXES = """(() => {
  const shown = e => e.checkVisibility() && e.getClientRects().length > 0;
  const scrolls = e => e.closest('.wide, .draw');
  const name = e => e.tagName + '.' + (e.className.baseVal ?? e.className) + ' '
    + e.textContent.trim().slice(0, 40);
  // text that is wider than the box it stands in
  const texts = Array.from(document.querySelectorAll(
    'main p, main h2, main h3, main td, main th, main dd, main dt, main li, main summary, '
    + 'main figcaption, main button, header p, h1, nav a'));
  const wide = texts.filter(e => shown(e) && e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).display !== 'inline').map(e => 'wide: ' + name(e));
  // what reaches beyond the page
  const out = Array.from(document.querySelectorAll('main *')).filter(e => shown(e)
    && !scrolls(e) && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => 'out: ' + name(e));
  // text of a drawing that is cut off or lies on other text
  const drawn = Array.from(document.querySelectorAll('.draw svg')).filter(shown).flatMap(svg => {
    const box = svg.getBoundingClientRect();
    const all = Array.from(svg.querySelectorAll('text'))
      .map(t => [t.textContent, t.getBoundingClientRect()]);
    const cut = all.filter(([, b]) => b.left < box.left - 1 || b.right > box.right + 1
      || b.top < box.top - 1 || b.bottom > box.bottom + 1).map(([w]) => 'cut: ' + w);
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
      && a.top < b.bottom - 3 && b.top < a.bottom - 3;
    return cut.concat(all.flatMap(([w, a], i) => all.slice(i + 1)
      .filter(([, b]) => meet(a, b)).map(([v]) => 'drawn: ' + w + ' / ' + v)));
  });
  // blocks that lie on each other
  const blocks = Array.from(document.querySelectorAll('main section > *, .panels > *, .cards > *, '
    + '.pictures > *')).filter(shown);
  const over = blocks.flatMap((e, i) => blocks.slice(i + 1).filter(o => {
    if (o.parentElement !== e.parentElement) return false;
    const a = e.getBoundingClientRect(), b = o.getBoundingClientRect();
    return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1
      && b.top < a.bottom - 1;
  }).map(o => 'over: ' + name(e) + ' / ' + name(o)));
  return wide.concat(out, drawn, over).slice(0, 20);
})()"""
"""Texts that are wider than their box, cut off, or on top of each other."""


@needs_browser
@pytest.mark.parametrize("width", [390, 1024, 1400])
def test_every_text_is_in_its_box(chromium: Browser, folder: Path, width: int) -> None:
    chromium.open(folder / "report.html", width)
    assert chromium.evaluate(BOXES) == []
    chromium.evaluate(
        "document.querySelectorAll('details').forEach(part => { part.open = true; });"
        "new Promise(done => setTimeout(done, 100))"
    )
    assert chromium.evaluate(BOXES) == []
    assert chromium.evaluate("document.documentElement.scrollWidth") <= width


@needs_browser
def test_every_text_is_in_its_box_in_print(chromium: Browser, folder: Path) -> None:
    """A4 less its margins is 186 mm: 703 pixels."""
    chromium.call("Emulation.setEmulatedMedia", media="print")
    chromium.open(folder / "report.html", 703)
    assert chromium.evaluate(BOXES) == []
    chromium.call("Emulation.setEmulatedMedia", media="")


@needs_browser
def test_a_narrow_screen_has_drawings_of_its_own(chromium: Browser, folder: Path) -> None:
    """Where there are two, one is shown, and its letters keep their size."""
    script = (
        "Array.from(document.querySelectorAll('.draw')).filter(e => e.checkVisibility() "
        "&& e.closest('figure:not(.picture)')).map(e => e.firstElementChild)"
        ".map(svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)"
    )
    chromium.open(folder / "report.html", 390)
    narrow = chromium.evaluate(script)
    chromium.open(folder / "report.html", 1400)
    assert len(narrow) == len(chromium.evaluate(script)) >= 6
    assert min(narrow) > 0.9


@needs_browser
def test_tables_sort_and_filter(chromium: Browser, folder: Path) -> None:
    chromium.open(folder / "report.html")
    column = (
        "Array.from(document.querySelector('#buy table.data').tBodies[0].rows).filter(r => "
        "!r.hidden).map(r => r.cells[9].dataset.v || r.cells[9].textContent.replace(/,/g, ''))"
    )
    press = "document.querySelectorAll('#buy table.data th .sort')[9].click()"
    chromium.evaluate(press)
    up = [float(value) for value in chromium.evaluate(column) if value]
    assert up == sorted(up) and len(up) > 3
    assert (
        chromium.evaluate(
            "document.querySelectorAll('#buy table.data th')[9].getAttribute('aria-sort')"
        )
        == "ascending"
    )
    chromium.evaluate(press)
    down = [float(value) for value in chromium.evaluate(column) if value]
    assert down == sorted(up, reverse=True)
    first = chromium.evaluate(
        "document.querySelector('#buy table.data').tBodies[0].rows[0].cells[0].textContent"
    )
    chromium.evaluate(
        f"(() => {{ const box = document.querySelector('#buy .filter'); box.value = {first!r}; "
        "box.dispatchEvent(new Event('input')); })()"
    )
    assert (
        chromium.evaluate(
            "Array.from(document.querySelector('#buy table.data').tBodies[0].rows).filter(r => "
            "!r.hidden).length"
        )
        == 1
    )
    assert re.match(
        r"1 of \d+", chromium.evaluate("document.querySelector('#buy .count').textContent")
    )


@needs_browser
def test_the_csv_has_the_rows_that_are_shown(chromium: Browser, folder: Path) -> None:
    chromium.open(folder / "report.html")
    script = """new Promise(done => {
      const make = URL.createObjectURL;
      URL.createObjectURL = blob => {
        blob.text().then(text => done([text, name]));
        return make(blob);
      };
      let name = '';
      document.addEventListener('click', event => {
        if (!event.target.download) return;
        name = event.target.download;
        event.preventDefault();
      }, true);
      HTMLAnchorElement.prototype.click = function () { name = this.download; };
      document.querySelector('#buy .csv').click();
    })"""
    text, name = chromium.evaluate(script)
    rows = list(csv.DictReader(io.StringIO(text)))
    lines = read_run_table(folder, "buy_plan").query("status == 'new'")
    assert name == "buy_plan.csv"
    assert [row["line"] for row in rows] == lines["line_id"].tolist()
    assert [float(row["total USD"]) for row in rows] == pytest.approx(lines["total_usd"].tolist())


@needs_browser
def test_hover_tells_the_value(chromium: Browser, folder: Path) -> None:
    chromium.open(folder / "report.html")
    chromium.evaluate(
        "document.querySelector('#supply svg [data-tip]').scrollIntoView({block: 'center', "
        "behavior: 'instant'})"
    )
    where: dict[str, Any] = chromium.evaluate(
        "(() => { const m = document.querySelector('#supply svg [data-tip]'), b = "
        "m.getBoundingClientRect(); return {x: b.left + b.width / 2, y: b.top + b.height / 2, "
        "tip: m.dataset.tip}; })()"
    )
    chromium.hover(where["x"], where["y"])
    assert chromium.evaluate(
        "[document.getElementById('tip').hidden, document.getElementById('tip').textContent]"
    ) == [False, where["tip"]]
    chromium.hover(1, 1)
    assert chromium.evaluate("document.getElementById('tip').hidden") is True


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(chromium: Browser, folder: Path, scheme: str) -> None:
    """Contrast of at least 4.5 to 1 for every text outside the drawings (WCAG 2.1, AA)."""
    chromium.call(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
    )
    chromium.open(folder / "report.html")
    script = """(() => {
      const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      const light = c => {
        const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => linear(v / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const back = e => {
        for (; e; e = e.parentElement) {
          const c = getComputedStyle(e).backgroundColor;
          if (c !== 'rgba(0, 0, 0, 0)') return c;
        }
        return 'rgb(255,255,255)';
      };
      const shown = 'p, dt, dd, h1, h2, td, th, a, summary, figcaption, li, .note';
      return Array.from(document.querySelectorAll(shown)).filter(e => e.textContent.trim())
        .map(e => {
          const a = light(getComputedStyle(e).color), b = light(back(e));
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          return [ratio, e.tagName + ' ' + e.className];
        }).filter(([ratio]) => ratio < 4.5).slice(0, 5);
    })()"""
    assert chromium.evaluate(script) == []
    chromium.call("Emulation.setEmulatedMedia", features=[])


@pytest.mark.slow
@needs_browser
def test_it_prints(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    chromium.open(folder / "report.html")
    printed = base64.b64decode(chromium.call("Page.printToPDF", printBackground=True)["data"])
    assert printed.startswith(b"%PDF-") and len(printed) > 20_000
    path = tmp_path / "report.pdf"
    path.write_bytes(printed)
    try:
        words = subprocess.run(
            ["pdftotext", str(path), "-"], capture_output=True, text=True, check=True
        ).stdout
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    first = subprocess.run(
        ["pdftotext", "-l", "1", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "What to sign now" in first and "What is at risk" in first  # one sheet
    assert "DECIDE NOW" not in first
    places = [
        words.find(title)
        for title in (
            "SUMMARY",
            "What to sign now",
            "DECIDE NOW",
            "SUPPLY AND DEMAND",
            "LIMITS THAT BIND",
            "BUY PLAN",
            "Hand-over to procurement",
            "PROOF",
            "Provenance",
        )
    ]
    assert -1 not in places and places == sorted(places)


@pytest.mark.slow
@needs_browser
def test_hostile_names_run_nothing(chromium: Browser, tmp_path: Path) -> None:
    result = run(hostile(tmp_path), out=tmp_path / "out")
    assert result.folder is not None
    chromium.open(result.folder / "report.html")
    assert (
        chromium.messages == []
        and chromium.evaluate("document.querySelectorAll('main script, main img').length") == 0
    )
    assert (
        chromium.evaluate("document.querySelector('h1').textContent")
        == "</title><script>alert(2)</script>"
    )
