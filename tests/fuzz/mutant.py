"""A case folder held in memory, to be damaged and written out."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.helpers import write_case

ROOT = Path(__file__).parents[2]
SHIPPED = ("inputs/quickstart", "inputs/gov-cloud", "inputs/power-bound")
PUBLISHED = tuple(
    f"tests/cases/{name}"
    for name in ("lands", "llama_405b", "temoa_survival_curve", "westeros", "winston")
)
TINY = "tiny"
"""The case of tests/helpers, which has every table."""
BASES = (*SHIPPED, *PUBLISHED, TINY)


@dataclass
class Mutant:
    """The files of a case by their path in it, and what is done to the folder once they are
    written."""

    base: str
    files: dict[str, bytes]
    later: list[Callable[[Path], None]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What was done, in words, for the message of a failure."""

    def write(self, folder: Path) -> Path:
        """Write the case to a folder that is not there yet; return it."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for change in self.later:
            change(folder)
        return folder

    def tables(self) -> list[str]:
        """The CSV files, in a fixed order."""
        return sorted(name for name in self.files if name.endswith(".csv"))

    def rows(self, name: str) -> list[list[str]]:
        """The records of a CSV file, the header first; cells of a file that is not UTF-8 any more
        are read as Latin-1."""
        content = self.files[name]
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
        try:
            return list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error:  # an earlier mutation made one cell of it all
            raise NothingLeft from None

    def set_rows(self, name: str, rows: list[list[str]]) -> None:
        """Write records as a CSV file."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        self.files[name] = text.getvalue().encode("utf-8", "surrogatepass")


@cache
def _files(base: str) -> tuple[tuple[str, bytes], ...]:
    if base == TINY:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            return _contents(write_case(Path(folder) / "case"))
    return _contents(ROOT / base)


def _contents(folder: Path) -> tuple[tuple[str, bytes], ...]:
    paths = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix in (".csv", ".yaml")
    )
    return tuple((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)


def load(base: str) -> Mutant:
    """Return an undamaged case."""
    return Mutant(base, dict(_files(base)))


def place(mutant: Mutant, rng: random.Random) -> tuple[str, list[list[str]], int, int]:
    """Draw a cell: its file, the records, row (1 = first below the header) and column; a file that
    still has cells and a header."""
    for _ in range(20):
        name = rng.choice(mutant.tables())
        rows = mutant.rows(name)
        row = rng.randrange(1, len(rows)) if len(rows) > 1 else 0
        if row and rows[row] and rows[0]:
            return name, rows, row, rng.randrange(len(rows[row]))
    raise NothingLeft


class NothingLeft(Exception):
    """There is no cell that this mutation could still damage."""
