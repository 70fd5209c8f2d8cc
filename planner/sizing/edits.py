"""Edits: rows of throughput.csv and models.csv in a case's own tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from planner.case.files import read_files
from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.edit import Edit, Edited, NewColumn, NewRow, edit_case
from planner.sizing.asked import Asked
from planner.sizing.bands import BAND
from planner.sizing.best import Row
from planner.sizing.case import chips_with_memory
from planner.sizing.roofline import fewest


def edited(case: Path, named: tuple[str, str], asked: Asked, rows: Sequence[Row]) -> Edited:
    """Return the case's tables with rows filled: of chips that have one its cells, others new; and
    the size of the model, where models.csv does not have it.

    Args:
        case: the case folder or workbook.
        named: the model and the tier, as the case calls them.
        asked: what was asked for.
        rows: a row for every chip.

    Raises:
        EditError: where a table cannot take them.
    """
    texts = read_files(case)[0]
    model, tier = named
    wanted = [{"model": model, "tier": tier, "chip": row.chip.name} | cells_of(row) for row in rows]
    known = texts.get("models")
    new = known is None or model not in known.columns.get("model", ())
    if new:
        sized = {row["chip"] for row in wanted}
        wanted += _held(case, texts.get("throughput"), asked, named, sized)
    edits = {"throughput": _edit(texts.get("throughput"), "throughput", wanted)}
    size = {
        "model": model,
        "params_b": _figure(asked.model.params_b),
        "bytes_per_param": _figure(asked.model.bytes_per_param),
        "source": asked.model.source,
        "as_of": asked.model.as_of,
    }
    if new:
        edits["models"] = _edit(known, "models", [size])
    return edit_case(case, edits)


def _held(
    case: Path,
    text: TextTable | None,
    asked: Asked,
    named: tuple[str, str],
    sized: Collection[str],
) -> list[dict[str, str]]:
    """Return how many chips hold the model in its other rows, where they do not say it and the
    memory of the chip is known: with its size in models.csv, a blank would be one chip."""
    if text is None:
        return []
    blank = [""] * len(text.row)
    names = ("model", "tier", "chip", "chips_per_replica")
    cells = zip(*(text.columns.get(name, blank) for name in names), strict=True)
    chips = {chip.name: chip for chip in chips_with_memory(case)}
    return [
        {"model": str(model), "tier": str(tier), "chip": str(chip)}
        | {"chips_per_replica": str(fewest(asked, chips[chip]))}
        for model, tier, chip, held in cells
        if model == named[0] and not held and chip in chips
        if tier != named[1] or chip not in sized
    ]


def cells_of(row: Row) -> dict[str, str]:
    """Return the cells of a row of throughput.csv beside its key."""
    sized = row.sized
    low, high = BAND[sized.how]
    return {
        "output_tok_per_s": _figure(sized.output_tok_per_s),
        "input_tok_per_s": _figure(sized.input_tok_per_s),
        "cached_tok_per_s": _figure(sized.cached_tok_per_s),
        "chips_per_replica": str(sized.chips_per_replica),
        "low": _figure(sized.output_tok_per_s * low),
        "high": _figure(sized.output_tok_per_s * high),
        "source": sized.source,
        "as_of": sized.as_of,
        "note": sized.note,
    }


def _figure(value: float | None) -> str:
    return "" if value is None else f"{float(f'{value:.4g}'):.10g}"


def _edit(text: TextTable | None, table: str, wanted: Sequence[Mapping[str, str]]) -> Edit:
    """Return the edit that makes a table have rows: cells where their key is there, new ones
    below."""
    there = () if text is None else tuple(text.columns)
    declared = [column.name for column in TABLE[table].columns]
    used = [name for name in declared if any(row.get(name) for row in wanted)]
    new = [NewColumn(name) for name in used if name not in there]
    found = {} if text is None else _rows_of(text, TABLE[table].key)
    cells: dict[tuple[int, str], str] = {}
    added = []
    for row in wanted:
        at = found.get(tuple(row[name] for name in TABLE[table].key))
        if at is None:
            added.append(NewRow({name: row[name] for name in used if name in row}))
            continue
        for name in used:
            if name in row and name not in TABLE[table].key:
                cells[at, name] = row[name]
    return Edit(cells, tuple(added), added_columns=tuple(new))


def _rows_of(text: TextTable, key: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Return the row of every key of a table."""
    blank = [""] * len(text.row)
    named = zip(*(text.columns.get(name, blank) for name in key), strict=True)
    return {tuple(map(str, one)): int(row) for one, row in zip(named, text.row, strict=True)}
