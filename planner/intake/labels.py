"""What the labels of a row say: its names, what its figures are, their unit, its texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.case.declare import Table
from planner.intake.ask import SKIP, Asked, Mark, Question
from planner.intake.cell import BLANK, Spot
from planner.intake.figures import (
    FIGURES,
    Label,
    Names,
    Place,
    filled_in,
    head_named,
    line_texts,
    name_of,
)
from planner.intake.heads import Head
from planner.intake.lines import Line
from planner.intake.reading import Reading, attribute_of, context_names, says_of
from planner.intake.target import Says, beside
from planner.intake.texts import text_value
from planner.intake.unit import Unit, unit_of
from planner.intake.words import CONFUSED, words_of


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says beside its figures."""

    names: Mapping[str, str]
    """Names and texts, by column of the case."""
    measure: Says | None = None
    unit: Unit | None = None
    per: str = ""
    """How many chips its figures are for."""
    label: str = ""
    """The label that says what its figures are, where a column of labels does."""
    pending: bool = False
    """Whether a name of it is asked about."""


@dataclass(slots=True)
class Labels:
    """Reads the labels of the rows of one table."""

    reading: Reading
    place: Place
    names: Names
    asked: Asked
    context: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.context = context_names(self.reading.block, self.place.known)

    def said(self, line: Line) -> Said | None:
        """Return what a row says; None where it is left out."""
        found = self._names(line)
        if found is None:
            return None
        texts = line_texts(self.reading.block, self.reading.heads, line)
        named = dict(found.names)
        for name, template in self.place.use.set.items():
            named[name] = filled_in(template, texts)
        for head in self.reading.heads:
            if head.role == "attribute":
                named |= self._attribute(line, head)
        for kind, name in self.context.items():
            named.setdefault(kind, name)
        per = self.per(line, self.place.use.per)
        return Said(named, found.measure, found.unit, per, found.label, found.pending)

    def leave(self, line: Line, mark: Mark = "skipped") -> None:
        """Mark a whole row."""
        for column in self.reading.block.columns:
            if self.reading.block.sheet.cell(line.row, column).kind != "blank":
                self.reading.mark(Spot(line.row, column), mark)

    def _names(self, line: Line) -> Said | None:
        found: dict[str, str] = {}
        measure: Says | None = None
        unit: Unit | None = None
        label = ""
        for head in self.reading.heads:
            cell = line.labels.get(head.column)
            if cell is None and head.role == "name" and self.place.use.unknown == SKIP:
                self.leave(line)
                return None
            if cell is None or head.role not in ("name", "measure", "unit", "period"):
                continue
            self.reading.mark(Spot(line.row, head.column), "label")
            if head.role == "measure":
                told = self.names.find("measure", cell.text, ())
                if told == SKIP:
                    self.leave(line)
                    return None
                label, measure = cell.text, says_of(cell.text)
                if told:
                    known = tuple((t.name, told, 99) for t in beside(self.place.table))
                    label, measure = "", Says(known, measure.unit)
            elif head.role == "unit":
                unit = unit_of(cell.text)
            elif head.role == "name":
                name, said = self._name(line, head)
                if name == SKIP:
                    self.leave(line)
                    return None
                measure = said or measure
                found[head.kind] = name
        if measure is None and line.group:
            said = says_of(line.group)
            measure = said if said.candidates or said.unit is not None else None
        return Said(found, measure, unit, "", label, not all(found.values()))

    def _name(self, line: Line, head: Head) -> tuple[str, Says | None]:
        """Return the name that a label is; where the heading of its group is one, the label may say
        what its figures are."""
        spot, cell = Spot(line.row, head.column), line.labels[head.column]
        beside = [self.reading.block.sheet.name, line.group]
        group = self.names.find(head.kind, line.group, ()) if line.group else ""
        said = says_of(cell.text)
        known = self.names.find(head.kind, cell.text, beside)
        if not known and group and any(t == self.place.table.name for t, _, _ in said.candidates):
            return group, said
        label = Label(head.kind, cell.text, spot, beside)
        name = name_of(self.place, label, self.names, self.asked)
        if not name:
            self.reading.mark(spot, "question")
        return name, None

    def per(self, line: Line, told: str) -> str:
        """Return how many chips a figure is for: a number, or what stands below a header."""
        if not told or told.replace(".", "").isdigit():
            return told
        head = head_named(self.reading.heads, told)
        if head is None:
            return "0"
        cell = self.reading.block.sheet.cell(line.row, head.column)
        self.reading.mark(Spot(line.row, head.column), "label")
        return cell.text if cell.text.replace(".", "").isdigit() else "0"

    def _attribute(self, line: Line, head: Head) -> dict[str, str]:
        """Return the text of a column of texts; asks where it cannot be one."""
        column = self.place.table.column(attribute_of(head, self.place.table.name))
        spot = Spot(line.row, head.column)
        sheet = self.reading.block.sheet
        cell = sheet.cell(*spot)
        if cell.kind == "blank" or column.type in FIGURES:
            return {}
        value, need = text_value(self.place, column, cell, self.names)
        if not need:
            self.reading.mark(spot, "read")
            return {column.name: value}
        self.reading.mark(spot, "question")
        answers = dict.fromkeys(column.allowed, "") or {"VALUE": f"what {column.name} is then"}
        need = f"{need} ({column.name})"
        path = f"names.{column.name}"
        self.asked.ask(Question(cell.text, sheet, (spot,), cell.text, need, answers, path=path))
        return {}


def ask_label(reading: Reading, table: Table, label: str, asked: Asked) -> None:
    """Ask what the figures of a row are whose label is like no column.

    Args:
        reading: the table of the source.
        table: that of the case.
        label: what the row says.
        asked: takes the question.
    """
    spot = next(
        Spot(line.row, head.column)
        for line in reading.lines
        for head in reading.heads
        if head.role == "measure" and line.labels.get(head.column, BLANK).text == label
    )
    reason = next((why for word, why in CONFUSED.items() if word in words_of(label)), "")
    need = f"is no column of {table.name}" + (f": {reason}" if reason else "")
    answers = {"COLUMN": f"the column of {table.name} that it is", SKIP: "leaves it out"}
    sheet = reading.block.sheet
    asked.ask(Question(label, sheet, (spot,), label, need, answers, SKIP, "names.measure"))
