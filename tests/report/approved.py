"""What people are shown of two kept runs, as text that was read and approved once.

``python -m tests.report.approved`` writes it anew after a change on purpose; the diff is what a
reviewer reads.
"""

from __future__ import annotations

import html
import re
import shutil
import tempfile
import zipfile
from html.parser import HTMLParser
from pathlib import Path

from planner.report import write
from planner.report.page.run import read_run

HERE = Path(__file__).parent / "approved"
KEPT = {
    path.parent.parent.name: path.parent
    for path in sorted((Path(__file__).parents[1]).glob("r*/*/*/*/plan.json"))
    if (path.parent / "buy_plan.csv").is_file() and path.parents[2].name in ("v1", "kept")
}
"""Runs that do not change: those kept of the first version that have a plan, and one of
power-bound, in which limits bind."""

ROWS = ("tr", "p", "li", "h1", "h2", "h3", "dt", "summary", "text", "figcaption", "section")
"""Tags that begin a line of their own."""


class Told(HTMLParser):
    """The words of a page: its text, a row of a table in one line, and the tips of its charts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[list[str]] = [[]]
        self.silent = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self.silent = tag
        if tag in ROWS:
            self.lines.append([])
        tips = [f"tip: {value}" for name, value in attrs if name == "data-tip" and value]
        self.lines += [[tip] for tip in tips]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self.silent:
            self.lines[-1].append(text)

    def text(self) -> str:
        """All of it, a line each."""
        return "".join(f"{' | '.join(line)}\n" for line in self.lines if line)


def told_by_workbook(path: Path) -> list[str]:
    """Every row of a workbook: sheet, row, and of each cell column, formula and stored value."""
    with zipfile.ZipFile(path) as archive:
        shared = archive.read("xl/sharedStrings.xml").decode()
        words = [
            html.unescape(re.sub(r"<[^>]*>", "", item))
            for item in re.findall(r"<si>(.*?)</si>", shared, re.DOTALL)
        ]
        book = archive.read("xl/workbook.xml").decode()
        lines = []
        for number, name in enumerate(re.findall(r'<sheet name="([^"]*)"', book), start=1):
            sheet = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            for row, cells in re.findall(r'<row r="([0-9]+)"[^>]*>(.*?)</row>', sheet):
                found = []
                for column, kind, inner in re.findall(
                    r'<c r="([A-Z]+)[0-9]+"(?: s="[0-9]+")?(?: t="(\w+)")?>(.*?)</c>', cells
                ):
                    formula = re.search(r"<f>(.*?)</f>", inner)
                    value = re.search(r"<v>(.*?)</v>", inner)
                    text = value[1] if value else ""
                    shown = words[int(text)] if kind == "s" else text
                    said = f"={html.unescape(formula[1])} " if formula else ""
                    found.append(f"{column} {said}{' '.join(shown.split())}")
                lines.append(f"{html.unescape(name)} {row}: {' | '.join(found)}")
    return lines


def told(run_folder: Path) -> dict[str, str]:
    """Summary, page and workbook of a run, made again, as text."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / run_folder.parent.name / run_folder.name
        shutil.copytree(run_folder, folder)
        run = read_run(folder)
        summary = write.summary_of(run.plan, run.tables, run.resolved, lines=write.MARKDOWN_LINES)
        write.write_page(folder, run=run)
        write.write_workbook(folder, run=run)
        page = Told((folder / "report.html").read_text(encoding="utf-8")).text()
        cells = told_by_workbook(folder / "plan.xlsx")
    # whoever reads the workbook's list of files has the files' hashes in the manifest
    cells = [line for line in cells if not re.search(r"\b[0-9a-f]{64}\b", line)]
    return {
        "summary.md": write.markdown(summary),
        "page.txt": page,
        "workbook.txt": "\n".join(cells) + "\n",
    }


if __name__ == "__main__":
    for case, folder in KEPT.items():
        (HERE / case).mkdir(parents=True, exist_ok=True)
        for file, text in told(folder).items():
            (HERE / case / file).write_text(text, encoding="utf-8")
