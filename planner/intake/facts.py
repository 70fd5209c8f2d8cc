"""The facts of one table: every cell with its names, its period, its column, in the case's unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from planner.case.declare import Column, Table
from planner.intake.ask import SKIP, Asked, Question
from planner.intake.block import is_figure
from planner.intake.cell import Cell, Spot
from planner.intake.fact import Fact, Key
from planner.intake.figure import figure_of
from planner.intake.figures import FIGURES, Names, Place, value_of
from planner.intake.heads import Head
from planner.intake.labels import Labels, Said, ask_label
from planner.intake.lines import Line
from planner.intake.reading import Reading, attribute_of, corner_of, sheet_says, titles_of
from planner.intake.rows import hidden_columns, hidden_rows, row_spans, wanted
from planner.intake.span import Span, times_of
from planner.intake.target import Says, beside, meant, needed, unit_said
from planner.intake.unit import Unit, change_of
from planner.intake.words import normal

_SCALE: Final = re.compile(
    r"\b(millions?|mio|mn|mln|mtok|billions?|bn|mrd|thousands?|tsd|[km])\b", re.IGNORECASE
)
"""Multipliers in words."""


class Facts:
    """Collects the facts of one table."""

    def __init__(self, reading: Reading, place: Place, names: Names, asked: Asked) -> None:
        self.reading, self.place, self.asked = reading, place, asked
        self.table, self.use, self.sheet = place.table, place.use, reading.block.sheet
        self.labels = Labels(reading, place, names, asked)
        start = place.known.calendar.fiscal_year_start
        self.spans = row_spans(reading, start, asked)
        self.tables = beside(place.table)
        self.columns: dict[tuple[Says, ...], tuple[Table, list[str]]] = {}
        self.settings: set[str] = set()
        self.titles = titles_of(reading.block)
        self.corner = corner_of(reading.block, reading.heads)
        self.on_sheet = sheet_says(reading.block)

    def collect(self) -> None:
        """Add the facts of every row to the reading."""
        reading = self.reading
        hidden, unseen = hidden_rows(reading, self.asked), hidden_columns(reading, self.asked)
        for line in reading.lines:
            if line.role != "figures":
                self.labels.leave(line, "label" if line.role in ("group", "total") else "skipped")
            elif line.row in hidden or not wanted(reading, line):
                self.labels.leave(line)
            elif (said := self.labels.said(line)) is not None:
                for head in reading.heads:
                    if head.role == "figures" and head.column not in unseen:
                        self._figure(line, head, said)
                if not said.pending:
                    self._texts(line, said.names)
        for line in reading.lines:
            for head in reading.heads:
                spot = Spot(line.row, head.column)
                aside = head.role in ("skip", "note") or head.column in unseen
                if aside and self.sheet.cell(*spot).kind != "blank":
                    reading.mark(spot, "skipped")

    def _row_span(self, line: Line, said: Said) -> Span | None:
        """Return the period that a row says, or the map of all of them."""
        if told := said.names.get("period", ""):
            times = times_of(Cell("text", told), self.place.known.calendar.fiscal_year_start)
            return times.span if times is not None else None
        return self.spans.get(line.row)

    def _figure(self, line: Line, head: Head, said: Said) -> None:
        """Add the fact of one cell."""
        spot = Spot(line.row, head.column)
        cell = self.sheet.cell(*spot)
        names = {
            **said.names,
            **{k: v for k, v in (head.names or {}).items() if k in self.table.key},
        }
        timed = "period" in self.table.key
        span = head.span or self._row_span(line, said)
        if cell.kind == "blank":
            expected = timed and (head.span is not None or head.candidates or head.names)
            if not expected or not self._zero(line, spot):
                return
            cell = Cell("number", "0", 0.0)
        if cell.kind == "text" and not is_figure(cell) and head.span is None and not timed:
            self._odd(spot, cell)
            return
        if head.span is None and not head.text and not head.candidates:
            self._odd(spot, cell, "stands under no header")
            return
        where = self._column(head, said)
        if where is None:
            self.reading.mark(spot, "waiting")
            return
        table, column = where
        lacking = [name for name in needed(self.table) if not names.get(name)]
        if lacking and not said.pending:
            self._odd(spot, cell, f"has no {', '.join(lacking)} beside it")
            return
        if timed and span is None:
            self._odd(spot, cell, "has no period that can be read beside it or above it")
            return
        target = head.target
        told = (target.unit if target else "") or self.use.unit
        unit = head.unit if target is not None else None
        unit = unit or unit_said(self._chain(head, said))
        outer = head.unit is None and said.unit is None and target is None
        if outer and unit is not None and change_of(unit, column.unit) is None:
            unit = None  # of other columns
        unsaid = self._unsaid(column, head, cell) if unit is None else self._half_said(unit)
        if not told and unsaid:
            self._ask_unit(column, spot)
            return
        per = self.labels.per(line, target.per) if target is not None and target.per else said.per
        found = value_of(self.place, column, cell, spot, (unit, told, per), self.asked)
        if found is None:
            answered = any(q.spots == (spot,) for q, _ in self.asked.settled)
            self.reading.mark(spot, "skipped" if answered else "question")
            return
        if said.pending:
            self.reading.mark(spot, "waiting")
            return
        self.reading.mark(spot, "read")
        key = self._key(names)
        value, rate = found
        self.reading.facts.append(
            Fact(
                table.name,
                key,
                column.name,
                value,
                self.sheet,
                spot,
                span if timed else None,
                rate,
            )
        )

    def _key(self, names: Mapping[str, str]) -> Key:
        wanted = [name for name in self.table.key if name != "period"]
        return tuple((name, names[name]) for name in wanted if names.get(name))

    def _texts(self, line: Line, names: Mapping[str, str]) -> None:
        """Add the texts of a row that are no part of its key."""
        if "period" in self.table.key:
            return
        if any(not names.get(name) for name in needed(self.table)):
            return
        key = self._key(names)
        declared = {column.name for column in self.table.columns}
        spot = Spot(line.row, self.reading.block.left)
        own = {h.kind for h in self.reading.heads if h.role == "name"}
        own |= {
            attribute_of(h, self.table.name) for h in self.reading.heads if h.role == "attribute"
        }
        for name, value in names.items():
            if (
                name in declared
                and name not in dict(key)
                and value
                and name in {*own, *self.use.set}
            ):
                self.reading.facts.append(Fact(self.table.name, key, name, value, self.sheet, spot))

    def _chain(self, head: Head, said: Said) -> tuple[Says, ...]:
        """Return what the labels of a figure say, the nearest first."""
        row_unit = Says((), said.unit) if said.unit is not None else None
        own = Says(head.candidates, head.unit)
        chain = (row_unit, own, said.measure, *self.corner, *self.titles, self.on_sheet)
        return tuple(one for one in chain if one is not None and (one.candidates or one.unit))

    def _column(self, head: Head, said: Said) -> tuple[Table, Column] | None:
        """Return the column that a figure belongs to; asks where labels do not say it."""
        if self.use.measure:
            return self.table, self.table.column(self.use.measure)
        wanted = head.target.to if head.target is not None else ""
        for table in self.tables if wanted else ():
            own = next((c for c in table.columns if c.name == wanted), None)
            if own is not None and own.type in FIGURES:
                return table, own
        if said.label and not self._means(said.measure):
            ask_label(self.reading, self.table, said.label, self.asked)
            return None
        chain = self._chain(head, said)
        if chain not in self.columns:
            self.columns[chain] = meant(self.tables, chain, unit_said(chain))
        table, found = self.columns[chain]
        if len(found) == 1:
            return table, table.column(found[0])
        spots = (Spot(self.reading.block.header[-1], head.column),)
        found = found or [c.name for c in table.columns if c.type in FIGURES]
        told = {name: table.column(name).help.split(".")[0] for name in found}
        self._ask_setting("measure", spots, f"says none of {', '.join(found)}", told)
        return None

    def _means(self, measure: Says | None) -> bool:
        """Return whether a label of a row names figures of a table that it can be of; by period a
        unit is enough."""
        if measure is None:
            return True
        names = {table.name for table in self.tables}
        if any(table in names for table, _, _ in measure.candidates):
            return True
        only_unit = not measure.candidates and measure.unit is not None
        return only_unit and "period" in self.table.key

    def _unsaid(self, column: Column, head: Head, cell: Cell) -> bool:
        """Return whether a figure needs a unit that nobody has said."""
        if column.type == "integer" or column.unit in ("", "chips", "ratio", "share", "by measure"):
            return False
        named = normal(column.name)
        if normal(head.text) == named or any(
            normal(c.text) == named for line in self.reading.lines for c in line.labels.values()
        ):
            return False
        return figure_of(cell, self.place.locale).unit is None

    def _half_said(self, unit: Unit) -> bool:
        """Return whether a bare word of a unit stands below a title with a multiplier that could
        not be read: ``tokens`` below ``all in mn``."""
        block = self.reading.block
        texts = [block.title, *(block.sheet.cell(row, block.left).text for row in block.header)]
        return (
            unit.factor == 1.0 and unit.bases == (("token", 1),) and any(map(_SCALE.search, texts))
        )

    def _ask_unit(self, column: Column, spot: Spot) -> None:
        self.reading.mark(spot, "waiting")
        need = f"no header says the unit of these figures ({column.name} is in {column.unit})"
        self._ask_setting(
            "unit", (spot,), need, {column.unit: "", "UNIT": "any other"}, column.unit
        )

    def _ask_setting(
        self,
        name: str,
        spots: tuple[Spot, ...],
        need: str,
        answers: Mapping[str, str],
        suggested: str = "",
    ) -> None:
        question = Question(
            name, self.sheet, spots, "", need, answers, suggested, "tables", self.use.number
        )
        if name not in self.settings:  # once for each table
            self.settings.add(name)
            self.asked.questions.append(question)

    def _zero(self, line: Line, spot: Spot) -> bool:
        """Return whether the map reads a blank as zero; asks about one that nobody has said."""
        key = f"{self.sheet.at} blanks in row {line.row + 1}"
        for number, one in enumerate(self.asked.questions):
            if one.key == key:
                self.asked.questions[number] = replace(one, spots=(*one.spots, spot))
                self.reading.mark(spot, "question")
                return False
        label = " ".join(dict.fromkeys(c.text for c in line.labels.values()))
        need = f"is blank in the row `{label}`, and a blank is never read as zero"
        answers = {"0": "reads zero", SKIP: "keeps what the case has"}
        given = self.asked.ask(Question(key, self.sheet, (spot,), "", need, answers))
        if not given:
            self.reading.mark(spot, "question")
        return given == "0"

    def _odd(self, spot: Spot, cell: Cell, need: str = "is not a figure") -> None:
        """Ask about a cell that is no figure of anything."""
        key = f"{self.sheet.place(spot)} {cell.text!r}"
        answers = {SKIP: "leaves it out"}
        given = self.asked.ask(Question(key, self.sheet, (spot,), cell.text, need, answers))
        self.reading.mark(spot, "skipped" if given else "question")


def facts_of(reading: Reading, place: Place, names: Names, asked: Asked) -> None:
    """Add the facts of a table to its reading.

    Args:
        reading: the table, understood.
        place: which table of the case it is.
        names: what names stand for.
        asked: takes what is not clear.
    """
    Facts(reading, place, names, asked).collect()
