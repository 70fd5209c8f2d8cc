"""A small case that takes what the messy files give, and what an import of one gives."""

from __future__ import annotations

from pathlib import Path

from planner.intake.importing import read_import
from planner.intake.result import Import
from tests.intake.book import Book

TABLES = {
    "workloads.csv": "workload,kind,model,tier\nchat,online,titan,fast\n"
    "coding,online,titan,fast\nagents,online,titan,fast\n",
    "sites.csv": "site,region,country,kind,pue\niowa,us,US,owned,1.2\nlulea,eu,SE,colo,1.1\n",
    "chips.csv": "chip,vendor,kw_peak,kw_idle,availability,economic_life_years\n"
    "h100,NVIDIA,1.3,0.4,0.97,5\ngb200,NVIDIA,1.9,0.6,0.96,5\nmi355x,AMD,1.7,0.5,0.96,5\n",
    "offers.csv": "offer,chip,site,kind,lead_periods,usd_per_chip,supply_group\n"
    "buy-gb200,gb200,iowa,purchase,2,42000,blackwell\nbuy-h100,h100,iowa,purchase,1,25000,hopper\n",
}


def write_case(folder: Path, start: str = "start: 2027Q1\nperiods: 8\n") -> Path:
    """Write the case, without demand, power and prices."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = f"name: small\n{start}frequency: quarter\ndiscount_rate: 0.1\n"
    (folder / "case.yaml").write_text(settings, encoding="utf-8")
    for name, text in TABLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def imported(book: Book, home: Path, map_text: str = "") -> Import:
    """Return the import of a file into the case."""
    case = write_case(home / "case", book.start)
    path = home / "import.yaml"
    if map_text:
        path.write_text(map_text, encoding="utf-8")
    source = "-" if book.pasted else str(book.write(home))
    return read_import([source], case, path, lambda: book.pasted)


def figures(result: Import) -> dict[str, dict[str, float | str]]:
    """Return what an import gives: ``table key column`` to figures by period."""
    found: dict[str, dict[str, float | str]] = {}
    for entry in result.entries:
        name = " ".join([entry.table, *(value for _, value in entry.key), entry.column])
        label = "" if entry.period is None else result.known.calendar.label(entry.period)
        found.setdefault(name, {})[label] = entry.value
    return found
