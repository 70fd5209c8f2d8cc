"""The rows below a header: figures, sums, headings of groups, notes; labels that are left blank
because they stand above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.intake.block import Block
from planner.intake.cell import Cell
from planner.intake.heads import Head
from planner.intake.words import is_note, is_total

Role = Literal["figures", "total", "group", "note", "empty"]


@dataclass(frozen=True, slots=True)
class Line:
    """A row: what it is, its labels by column, and the heading of the group that it stands in."""

    row: int
    role: Role
    labels: Mapping[int, Cell]
    group: str = ""
    carried: frozenset[int] = frozenset()
    """Columns whose label stands above."""


def lines_of(block: Block, heads: Sequence[Head]) -> list[Line]:
    """Return the rows of a table.

    Args:
        block: the table.
        heads: its columns.
    """
    labelled = [h.column for h in heads if h.role in ("name", "label", "period", "measure", "unit")]
    valued = [h.column for h in heads if h.role in ("figures", "total", "attribute")]
    if not labelled:
        labelled = [h.column for h in heads if h.role == "attribute"]
    figures = any(h.role == "figures" for h in heads)
    above: dict[int, Cell] = {}
    found: list[Line] = []
    group = ""
    for number, row in enumerate(block.body):
        cells = {c: block.sheet.cell(row, c) for c in block.columns}
        filled = {c: cell for c, cell in cells.items() if cell.kind != "blank"}
        labels = {c: filled[c] for c in labelled if c in filled}
        some = [c for c in valued if c in filled and not (filled[c].spread and c in labels)]
        text = next((cell.text for cell in filled.values()), "")
        if any(is_total(cell.text) for cell in labels.values()):
            found.append(Line(row, "total", labels, group))
            continue
        own = [cell for cell in filled.values() if not cell.spread]
        if not some and is_note(text):
            found.append(Line(row, "note", {}))
            continue
        if not some and len(own) <= 1 and figures:
            last = all(not _valued(block, r, valued) for r in block.body[number + 1 :])
            if last and len(text.split()) > 4:
                found.append(Line(row, "note", {}))
                continue
            group = text if not last else group
            found.append(Line(row, "empty" if last else "group", labels, group))
            above.clear()
            continue
        carried = set()
        for at, column in enumerate(labelled):
            if column in labels:
                for inner in labelled[at + 1 :]:
                    above.pop(inner, None)
                above[column] = labels[column]
            elif column in above and any(c in labels for c in labelled[at + 1 :]):
                labels[column] = above[column]
                carried.add(column)
        found.append(Line(row, "figures", labels, group, frozenset(carried)))
    return found


def _valued(block: Block, row: int, columns: Sequence[int]) -> bool:
    return any(block.sheet.cell(row, column).kind != "blank" for column in columns)
