"""From the cells of one table to facts: names found, units turned into those of the case, and a
question wherever a cell does not say what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from planner.case.declare import Column, Table
from planner.case.problems import suggest
from planner.intake.ask import FIGURE, SKIP, Asked, Question
from planner.intake.block import Block
from planner.intake.cell import Cell, Spot
from planner.intake.fact import Fact
from planner.intake.figure import Locale, figure_of
from planner.intake.heads import FIGURES, Head
from planner.intake.known import Known, defined_in
from planner.intake.lines import Line
from planner.intake.unit import Unit, change_of, unit_of
from planner.intake.unit_table import SECONDS_A_MONTH
from planner.intake.use import Use
from planner.intake.words import normal, words_of

Rate = Literal["", "second", "month"]
PERCENT: Final = "% of the format"
NEW: Final = "new"


@dataclass(slots=True)
class Names:
    """Names found: those of the map, those of the case, and what each label was read as."""

    known: Known
    told: Mapping[str, Mapping[str, str]]
    used: dict[tuple[str, str], str] = field(default_factory=dict)
    by_normal: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_normal = {
            kind: {normal(label): name for label, name in rows.items()}
            for kind, rows in self.told.items()
        }

    def find(self, kind: str, label: str, beside: Sequence[str]) -> str:
        """Return the name that a label stands for; nothing where nobody has said it.

        Args:
            kind: workload, site, chip, ...
            label: as it is written.
            beside: what the sheet, the group or the title adds to it: of ``Chat`` on the sheet
                ``EU``, ``chat-eu``.
        """
        if found := self.by_normal.get(kind, {}).get(normal(label), ""):
            self.used[kind, label] = found
            return found
        for more in ("", *beside):
            for text in (f"{label}{more}", f"{more}{label}"):
                if found := self.known.name(kind, text):
                    if found != label or more:
                        self.used[kind, f"{label} ({more})" if more else label] = found
                    return found
        return ""

    def suggestion(self, kind: str, label: str) -> str:
        """Return the name of the case that a label is most like; nothing where it is like none."""
        names = self.known.names.get(kind, ())
        words = {normal(word) for word in words_of(label)}
        inside = [name for name in names if normal(name) in words or normal(name) in normal(label)]
        if inside:
            return max(inside, key=len)
        said = suggest(label.lower(), names)
        return said.removeprefix("did you mean ").removesuffix("?").split(" or ")[0]


def slug(text: str) -> str:
    """Return a text as a name: lower case, dashes for everything else."""
    return re.sub(r"[^0-9a-z.]+", "-", text.lower()).strip("-.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where figures stand: the table of the sheet, that of the case, and what the map says."""

    block: Block
    table: Table
    use: Use
    known: Known
    locale: Locale | None


@dataclass(frozen=True, slots=True)
class Label:
    """A label that is to be a name: its kind, its text, its cell, and what stands around it."""

    kind: str
    text: str
    spot: Spot
    beside: Sequence[str] = ()


def name_of(place: Place, label: Label, names: Names, asked: Asked) -> str:
    """Return the name of a label; nothing where it is to be asked, ``skip`` where it is left
    out."""
    kind, text = label.kind, label.text
    refers = _refers(place.table, kind)
    found = names.find(kind, text, label.beside)
    if found == NEW:
        return slug(text)
    lost = bool(refers) and found not in (SKIP, *place.known.names.get(kind, ()))
    if found and not lost:
        return found
    if not found and place.use.unknown == SKIP:
        return SKIP
    suggested = names.suggestion(kind, found or text)
    if not found and not refers and not suggested and defined_in(kind) == place.table.name:
        names.used[kind, text] = slug(text)
        return slug(text)
    answers = {"NAME": f"the {kind} of the case that it is", SKIP: "leaves its rows out"}
    if not refers:
        answers[NEW] = f"adds it as {slug(text)}"
    need = f"is no {kind} of {f'{refers}.csv' if refers else 'the case'}"
    if found:
        need = f"is {found} in the map, which {need}"
    need += f"; is it {suggested}?" if suggested else ""
    likely = suggested or (NEW if not refers else "")
    sheet, path = place.block.sheet, f"names.{kind}"
    asked.ask(Question(text, sheet, (label.spot,), text, need, answers, likely, path))
    return ""


def _refers(table: Table, kind: str) -> str:
    """Return the table that a name must be in; nothing where a table may name it first."""
    return next((c.refers for c in table.columns if c.name == kind), "")


def value_of(
    place: Place,
    column: Column,
    cell: Cell,
    spot: Spot,
    says: tuple[Unit | None, str, str],
    asked: Asked,
) -> tuple[float, Rate] | None:
    """Return a figure in the unit of its column, and what it is still per; None where it is to be
    asked, or left out.

    Args:
        place: where it stands.
        column: the column of the case.
        cell: its cell.
        spot: the place of it.
        says: the unit that headers say, the unit of the map, and how many chips it is for.
        asked: takes the question.
    """
    figure = figure_of(cell, place.locale)
    key = f"{place.block.sheet.place(spot)} {cell.text!r}"
    head_unit, told, per = says

    def ask(need: str) -> float | None:
        answers = {FIGURE: f"in {column.unit or 'numbers'}", SKIP: "keeps what the case has"}
        sheet = place.block.sheet
        given = asked.ask(Question(key, sheet, (spot,), cell.text, need, answers))
        return float(given) if given and given != SKIP else None

    if figure.need:
        found = ask(figure.need)
        return None if found is None else (found, "")
    value = figure.value
    if per:
        if float(per) <= 0:
            found = ask("is for no chips")
            return None if found is None else (found, "")
        value /= float(per)
    unit = unit_of(told) if told else None
    unit = unit or head_unit
    if figure.unit is not None and figure.unit.text == PERCENT:
        unit = figure.unit if column.unit in ("share", "ratio", "share/year", "") else unit
    elif figure.unit is not None and (unit is None or figure.unit.bases):
        unit = _beside(figure.unit, unit)
    if unit is not None and unit.text != PERCENT:
        change = change_of(unit, column.unit)
        if change is None:
            found = ask(f"is in {unit.text}, and {column.name} is in {column.unit or 'numbers'}")
            return None if found is None else (found, "")
        value *= change.factor
        if change.rate and "period" not in place.table.key:
            found = ask(f"is in {unit.text}, and {column.name} is in {column.unit}")
            return None if found is None else (found, "")
        if change.rate and "month" in unit.text.lower():
            return value * SECONDS_A_MONTH, "month"
        return value, "second" if change.rate else ""
    return value, ""


def _beside(own: Unit, said: Unit | None) -> Unit:
    """Return the unit of a cell with what the header adds: ``$5`` below ``USD/h`` is per hour."""
    if said is None or not own.bases:
        return own
    have = dict(own.bases)
    if all(dict(said.bases).get(base) == power for base, power in have.items()):
        if dict(said.bases) == have:
            return own
        first = unit_of(said.text.split("/")[0].split(" per ")[0])
        if first is not None and dict(first.bases) == have:
            return Unit(said.text, said.factor / first.factor * own.factor, said.bases)
    return own


def filled_in(template: str, row: Mapping[str, str]) -> str:
    """Return what the map sets, with ``{Header}`` replaced by what stands below it, as a name."""
    if "{" not in template:
        return template
    low = {normal(header): text for header, text in row.items()}
    return slug(re.sub(r"\{([^{}]+)\}", lambda m: low.get(normal(m[1]), ""), template))


def span_name(fact: Fact) -> str:
    """Return how messages name the figure's row: ``chat output_mtok``."""
    return " ".join([*(name for _, name in fact.key), fact.column])


def head_named(heads: Sequence[Head], text: str) -> Head | None:
    """Return the column that a header names."""
    return next((h for h in heads if normal(h.text) == normal(text)), None)


def line_texts(block: Block, heads: Sequence[Head], line: Line) -> dict[str, str]:
    """Return the texts of a row by header."""
    return {
        h.text: line.labels.get(h.column, block.sheet.cell(line.row, h.column)).text
        for h in heads
        if h.text
    }


__all__ = [
    "FIGURES",
    "Names",
    "Place",
    "filled_in",
    "line_texts",
    "name_of",
    "value_of",
]
