"""The rows that the last import found: those that are gone are asked about."""

from __future__ import annotations

from typing import Final

from planner.case.melt import values_of
from planner.case.tables import TABLE
from planner.intake.ask import KEEP, Question
from planner.intake.cell import Spot
from planner.intake.known import Known
from planner.intake.reading import Reading
from planner.intake.result import Import
from planner.intake.target import beside
from planner.intake.writing import Row

DROP: Final = "drop"


def seen_of(result: Import) -> dict[str, tuple[str, ...]]:
    """Return the rows that were found, by table of the case and sheet."""
    found: dict[str, dict[str, None]] = {}
    for reading in result.readings:
        if reading.facts:
            rows = found.setdefault(_seen_key(reading), {})
            for fact in reading.facts:
                if not isinstance(fact.value, str):
                    rows.setdefault(row_name(fact.key, fact.column))
    return {key: tuple(rows) for key, rows in found.items()}


def _seen_key(reading: Reading) -> str:
    use = reading.use
    return f"{use.to} from {use.sheet or use.title or use.file or 'here'}"


def row_name(key: tuple[tuple[str, str], ...], column: str) -> str:
    """Return how a row is named in the map: ``chat output_mtok``."""
    return " ".join([*(name for _, name in key), column])


def ask_gone(result: Import) -> list[Row]:
    """Ask about rows that the last import found and this one does not; return those to drop."""
    now = {key: {*rows} for key, rows in seen_of(result).items()}
    dropped: list[Row] = []
    open_rows = {q.value for q in result.questions if q.path.startswith("names.")}
    for reading in result.readings:
        key = _seen_key(reading)
        before = result.map.seen.get(key, ())
        for row in before:
            if row in now.get(key, set()) or not reading.use.to or open_rows:
                continue
            block = reading.block
            question = Question(
                f"{block.sheet.at}: {row} is gone",
                block.sheet,
                (Spot(block.header[0], block.left),),
                "",
                f"no longer has `{row}`, which the last import found",
                {KEEP: "the case keeps its figures", DROP: "drops its rows from the case"},
            )
            if result.asked.ask(question) == DROP:
                dropped += _rows_named(result.known, reading.use.to, row)
        now.setdefault(key, set()).update(before)
    return dropped


def _rows_named(known: Known, to: str, name: str) -> list[Row]:
    """Return the rows of the case that the map names as :func:`row_name` does."""
    found: list[Row] = []
    for table in beside(TABLE[to]):
        text = known.texts.get(table.name)
        columns = [c for c in table.key if c != "period" and text is not None and c in text.columns]
        if text is None or not columns:
            continue
        rows = dict.fromkeys(zip(*(map(str, text.columns[c]) for c in columns), strict=True))
        keys = [tuple(zip(columns, row, strict=True)) for row in rows]
        for value in values_of(table):
            found += [(table.name, key, value) for key in keys if row_name(key, value) == name]
    return found
