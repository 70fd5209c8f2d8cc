"""What nothing was made of: figures, sheets and tables that are asked about rather than lost."""

from __future__ import annotations

import dataclasses

from planner.intake.across import Entry
from planner.intake.ask import SKIP, Asked, Question
from planner.intake.block import is_figure
from planner.intake.cell import Spot, range_text
from planner.intake.doubled import ADD, FIRST, LAST
from planner.intake.reading import Reading
from planner.intake.result import Import


def ask_unmarked(reading: Reading, asked: Asked) -> None:
    """Ask about every figure of a table that was neither read nor left out for a reason."""
    block = reading.block
    spots = [
        spot
        for row in block.body
        for column in block.columns
        if (spot := Spot(row, column)) not in reading.marks and is_figure(block.sheet.cell(*spot))
    ]
    if not spots:
        return
    key = f"{block.sheet.at} {range_text(spots)} is not read"
    need = "holds figures that belong to nothing that was read"
    given = asked.ask(Question(key, block.sheet, tuple(spots), "", need, {SKIP: "leaves them out"}))
    for spot in spots:
        reading.mark(spot, "skipped" if given else "question")


def ask_figureless(reading: Reading, asked: Asked) -> None:
    """Ask about a table of which only texts were read, though it has columns of figures."""
    block = reading.block
    skipped = [h for h in reading.heads if h.role == "skip"]
    spots = [
        spot
        for head in skipped
        for row in block.body
        if is_figure(block.sheet.cell(*(spot := Spot(row, head.column))))
    ]
    if len(spots) < 2 or any(not isinstance(fact.value, str) for fact in reading.facts):
        return
    key = f"{block.sheet.at} {range_text(spots)} is not read"
    need = f"holds figures, of which none is a column of {reading.use.to}"
    given = asked.ask(Question(key, block.sheet, tuple(spots), "", need, {SKIP: "leaves them out"}))
    for spot in spots if not given else ():
        reading.mark(spot, "question")


def ask_unread(result: Import) -> None:
    """Ask about rows of figures that stand in no table that was found, and about sheets of which
    nothing was read."""
    asked = {question.sheet.at for question in result.questions}
    hidden = {sheet.at for sheet, _ in result.aside if sheet.hidden}
    for sheet in result.sheets:
        if sheet.at in hidden:
            continue
        own = [r for r in result.readings if r.block.sheet.at == sheet.at]
        inside = {
            (row, column)
            for reading in own
            for row in (*reading.block.header, *reading.block.body)
            for column in range(reading.block.left, reading.block.right + 2)
        }
        spots = []
        for row, cells in enumerate(sheet.rows):
            found = [
                Spot(row, column)
                for column, cell in enumerate(cells)
                if (row, column) not in inside and is_figure(cell)
            ]
            spots += found if len(found) > 1 else []
        need = "holds figures in no table that was understood"
        if (
            not spots
            and not any(r.facts or r.use.to == SKIP for r in own)
            and sheet.at not in asked
        ):
            spots = [Spot(row, column) for row, column in sorted(inside)]
            spots = [spot for spot in spots if is_figure(sheet.cell(*spot))]
            need = "holds figures, and nothing in it was understood as a table of the case"
        if len(spots) < 2:
            continue
        ends = (Spot(min(s.row for s in spots), min(s.column for s in spots)), max(spots))
        key = f"{sheet.at} {range_text(spots)} is not read"
        result.asked.ask(Question(key, sheet, ends, "", need, {SKIP: "leaves it out"}))


def ask_headless(reading: Reading, asked: Asked) -> None:
    """Ask about figures beside a table that stand under no header."""
    block = reading.block
    empty = [c for c in range(block.right + 1, block.sheet.width) if c == block.right + 1]
    for row in block.body:
        for column in empty:
            cell = block.sheet.cell(row, column)
            if cell.kind == "number":
                spot = Spot(row, column)
                asked.ask(
                    Question(
                        f"{block.sheet.place(spot)} {cell.text!r}",
                        block.sheet,
                        (spot,),
                        cell.text,
                        "stands right of the table, under no header",
                        {SKIP: "leaves it out"},
                    )
                )


def ask_unused(result: Import, used: set[int]) -> None:
    """Ask about tables of the map that no source has."""
    for use in result.map.tables:
        if use.number in used or not result.sheets or use.to == SKIP:
            continue
        named = use.sheet or use.title or use.file or f"number {use.number + 1}"
        need = f"has no table like `{named}` of the map, which went to {use.to or 'the case'}"
        result.asked.ask(
            Question(f"no table {named}", result.sheets[0], (), "", need, {SKIP: "goes on without"})
        )


def ask_between(result: Import) -> None:
    """Ask about one figure that two tables give."""
    kept: dict[tuple[object, ...], Entry] = {}
    asked: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in result.entries:
        ident = (entry.table, entry.key, entry.column, entry.period)
        other = kept.get(ident)
        if other is None or (isinstance(entry.value, str) and entry.value == other.value):
            kept[ident] = entry
            continue
        one, two = other.facts[0].sheet, entry.facts[0].sheet
        key = (one.at, two.at, entry.table)
        asked.setdefault(key, []).append(entry)
        sums = entry.period is not None
        answers = {FIRST: f"reads {one.at}", LAST: f"reads {two.at}"} | (
            {ADD: "adds them"} if sums else {}
        )
        named = " ".join(name for _, name in entry.key)
        need = f"gives figures of {entry.table} that {one.at} gives too, such as `{named}`"
        spots = tuple(f.spot for f in entry.facts)
        given = result.asked.ask(
            Question(
                f"{two.at} and {one.at} both give {entry.table}", two, spots, "", need, answers
            )
        )
        if given == LAST:
            kept[ident] = entry
        elif given == ADD:
            total = float(other.value) + float(entry.value)
            kept[ident] = dataclasses.replace(
                other, value=total, facts=(*other.facts, *entry.facts)
            )
    result.entries = list(kept.values())
