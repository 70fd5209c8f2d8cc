"""One table of a sheet read: what it is, its facts, what was taken for granted, what is asked."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.case.tables import TABLE
from planner.intake.ask import SKIP, Asked, Mark, Question
from planner.intake.block import Block, is_figure
from planner.intake.cell import Spot
from planner.intake.fact import Fact
from planner.intake.figure import Locale
from planner.intake.figures import FIGURES, Names, Place
from planner.intake.heads import Head, heads_of
from planner.intake.known import Known, importable
from planner.intake.lines import Line, lines_of
from planner.intake.target import Says, best_of, fitting, needed
from planner.intake.unit import unit_in, unit_of
from planner.intake.use import Target, Use
from planner.intake.words import CONFUSED, NAMED, PLAIN, columns_of, of_pivot, words_of


@dataclass(slots=True)
class Reading:
    """What was read of one table of a sheet."""

    block: Block
    use: Use
    heads: list[Head]
    lines: list[Line]
    facts: list[Fact] = field(default_factory=list)
    marks: dict[Spot, Mark] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    """What was taken for granted, or left out, in words."""

    def mark(self, spot: Spot, mark: Mark) -> None:
        """Mark a cell; a question stays one."""
        if self.marks.get(spot) != "question":
            self.marks[spot] = mark


@dataclass(frozen=True, slots=True)
class Around:
    """What a table is read with: the case, names, answers, and the locale of its file."""

    known: Known
    names: Names
    asked: Asked
    locale: Locale | None


def understood(block: Block, use: Use, around: Around) -> tuple[Reading, Place | None]:
    """Return what a table of a sheet is; None for its place where that is asked, or it is none.

    Args:
        block: the table.
        use: what the map says of it; a new one where it says nothing.
        around: what it is read with.
    """
    heads = heads_of(block, use, around.known)
    heads = [_measured(block, head, around.known) for head in heads]
    lines = lines_of(block, heads)
    reading = Reading(block, use, heads, lines)
    for row in block.header:
        for column in block.columns:
            if block.sheet.cell(row, column).kind != "blank":
                reading.mark(Spot(row, column), "label")
    for spot in block.titles:
        reading.mark(spot, "label")
    if use.to == SKIP:
        return reading, None
    timed = any(h.span is not None or h.role == "period" for h in heads) or "period" in use.set
    says = _says(block, heads, lines)
    kinds = _kinds(block, heads, use, around.known)
    to = use.to or _chosen(reading, says, kinds, timed, around.asked)
    if to not in TABLE or not importable(to):
        if use.to:
            _ask_table(reading, [], around.asked, f"is to be `{use.to}`, which is no table")
        return reading, None
    heads = _settled(heads, to, kinds)
    reading.heads, reading.lines = heads, lines_of(block, heads)
    reading.use = replace(use, to=to, columns=_told(heads, use, to))
    return reading, Place(block, TABLE[to], use, around.known, around.locale)


def _measured(block: Block, head: Head, known: Known) -> Head:
    """Return a column of labels as one of measures, where most of its labels name figures."""
    if head.role != "label" and not (head.role == "name" and head.target is None):
        return head
    labels = {
        cell.text
        for row in block.body
        if (cell := block.sheet.cell(row, head.column)).kind == "text"
    }
    if not labels:
        return head
    named = sum(bool(columns_of(of_pivot(unit_in(label)[1] or label))) for label in labels)
    kinds = [head.kind] if head.kind else [*known.names]
    found = sum(any(known.name(kind, label) for kind in kinds) for label in labels)
    if head.role == "name" and (found or head.text):
        return head
    return replace(head, role="measure") if 2 * named > len(labels) > 2 * found else head


def _says(block: Block, heads: Sequence[Head], lines: Sequence[Line]) -> list[Says]:
    """Return what headers, labels, groups and the title say of figures."""
    found = [Says(h.candidates, h.unit) for h in heads if h.role == "figures" and h.text]
    measures = [h.column for h in heads if h.role == "measure"]
    units = [h.column for h in heads if h.role == "unit"]
    said = {line.labels[c].text for line in lines for c in units if c in line.labels}
    found += [Says((), unit_of(text)) for text in sorted(said)]
    texts = {line.labels[c].text for line in lines for c in measures if c in line.labels}
    texts |= {line.group for line in lines if line.group}
    found += [says_of(text) for text in sorted(texts)]
    found += corner_of(block, heads)
    found += titles_of(block)
    found.append(sheet_says(block))
    return [one for one in found if one.candidates or one.unit is not None]


def corner_of(block: Block, heads: Sequence[Head]) -> list[Says]:
    """Return what the headers of labels say of all figures: ``Power, MW`` above the sites."""
    found = []
    for head in heads:
        if head.role in ("name", "label", "measure", "period") and head.text:
            for row in block.header:
                cell = block.sheet.cell(row, head.column)
                if cell.kind == "text":
                    said = says_of(cell.text)
                    if said.unit is not None and said.unit.bases == (("chip", 1),):
                        said = Says(said.candidates, None)  # `GPU` names what stands below it
                    found.append(said)
    return [one for one in found if one.candidates or one.unit is not None]


def titles_of(block: Block) -> list[Says]:
    """Return what the titles above a table say of its figures, the nearest first, sentence by
    sentence."""
    texts = [block.sheet.cell(*spot).text for spot in reversed(block.titles)]
    parts = [part for text in texts for part in re.split(r"(?<=[a-z)])[.;:]\s+", text)]
    return [one for one in map(says_of, parts) if one.candidates or one.unit is not None]


def sheet_says(block: Block) -> Says:
    """Return what the name of the sheet says of its figures; one letter is no unit."""
    said = says_of(block.sheet.name)
    short = said.unit is not None and len(said.unit.text) < 2
    return Says(said.candidates, None) if short else said


@functools.lru_cache(maxsize=65_536)
def says_of(text: str) -> Says:
    """Return what a label says of figures."""
    unit, rest = unit_in(of_pivot(text))
    return Says(columns_of(rest) or columns_of(of_pivot(text)), unit)


def _kinds(block: Block, heads: Sequence[Head], use: Use, known: Known) -> set[str]:
    """Return the kinds of names that a table has."""
    kinds = {h.kind for h in heads if h.role == "name"}
    kinds |= {kind for h in heads if h.role == "figures" for kind in h.names or ()}
    kinds |= {c for h in heads if h.role == "attribute" for _, c, _ in h.candidates}
    kinds |= {h.kind for h in heads if h.role == "attribute" and h.kind}
    kinds |= {*context_names(block, known)}
    return kinds | {*use.set}


def context_names(block: Block, known: Known) -> dict[str, str]:
    """Return the names that the sheet, its file or a title says of all rows, by kind."""
    texts = [block.sheet.name, *(block.sheet.cell(*spot).text for spot in block.titles)]
    texts += [part for text in texts for part in text.replace(":", "-").split(" - ")]
    texts.append(block.sheet.file.rpartition(".")[0])
    found: dict[str, str] = {}
    for text in texts:
        for kind in ("site", "workload", "region", "chip", "offer", "supply_group"):
            if text and (name := known.name(kind, text)):
                found.setdefault(kind, name)
    return found


def _chosen(
    reading: Reading, says: Sequence[Says], kinds: set[str], timed: bool, asked: Asked
) -> str:
    """Return the table of the case that a table of a sheet is; nothing where it is asked."""
    labels = [h for h in reading.heads if h.role == "label"]
    scores = fitting(reading.heads, says, kinds, timed=timed)
    for kind in NAMED if labels else ():  # labels of a kind that nobody has said
        if kind not in kinds:
            for name, score in fitting(reading.heads, says, kinds | {kind}, timed=timed).items():
                scores[name] = max(scores.get(name, 0.0), score - 0.6)
    best = best_of(scores)
    if len(best) == 1:
        return best[0]
    if best or any(
        is_figure(reading.block.sheet.cell(r, c))
        for r in reading.block.body
        for c in reading.block.columns
    ):
        _ask_table(
            reading,
            best,
            asked,
            "may be any of several tables" if best else "is like no table of the case",
        )
    return ""


def _ask_table(reading: Reading, best: Sequence[str], asked: Asked, need: str) -> None:
    block = reading.block
    last = max(block.header[-1:] + block.body)
    spots = (Spot(block.header[0], block.left), Spot(last, block.right))
    answers = {name: TABLE[name].help.split(".")[0] for name in best} or {
        "TABLE": "the table of the case that it is"
    }
    asked.questions.append(
        Question(
            "to",
            block.sheet,
            spots,
            "",
            need,
            answers | {SKIP: "leaves it out"},
            path="tables",
            use=reading.use.number,
        )
    )


def _settled(heads: Sequence[Head], to: str, kinds: set[str]) -> list[Head]:
    """Return the columns of a table, labels of unsaid kind read as the name that it lacks."""
    table = TABLE[to]
    lacking = [name for name in needed(table) if name not in kinds]
    settled = []
    for head in heads:
        now = head
        if head.role == "label" and lacking:
            now = replace(head, role="name", kind=lacking.pop(0))
        elif head.role == "label":
            now = replace(head, role="skip" if head.target is None else head.role)
        elif head.role == "name" and head.kind not in {c.name for c in table.columns}:
            aside = [(t, c, s) for t, c, s in head.candidates if t == to]
            role = "attribute" if aside else ("name" if lacking else "skip")
            kind = lacking.pop(0) if role == "name" else head.kind
            now = replace(head, role=role, kind=kind if role == "name" else "")
        elif (head.role == "attribute" and not attribute_of(head, to)) or (
            head.role == "figures" and head.span is None and not _meant(head, to)
        ):
            now = replace(head, role="skip")
        settled.append(now)
    return settled


def attribute_of(head: Head, to: str) -> str:
    """Return the column of a table that a column of texts is; nothing for none."""
    names = {c.name: c for c in TABLE[to].columns}
    if head.kind in names:
        return head.kind
    return next((c for t, c, _ in head.candidates if t == to and names[c].type not in FIGURES), "")


def _meant(head: Head, to: str) -> bool:
    """Return whether figures without a period below them belong to a table."""
    if any(t == to for t, _, _ in head.candidates):
        low = {*words_of(head.text)}
        return not (low & CONFUSED.keys() and head.target is None)
    if head.names and any(kind in TABLE[to].key for kind in head.names):
        return True
    if not head.text or head.text.strip().lower() in PLAIN:
        return True
    return "period" in TABLE[to].key and head.unit is not None and bool(head.unit.bases)


def _told(heads: Sequence[Head], use: Use, to: str) -> Mapping[str, Target]:
    """Return what the map is to say of every column, but for those of periods."""
    told = dict(use.columns)
    for head in heads:
        text = head.text or head.letter
        if head.target is not None or head.span is not None or head.role == "total":
            continue
        if head.role in ("period", "measure", "unit", "note", "skip"):
            if head.text:
                told[text] = Target(SKIP if head.role == "note" else head.role)
        elif head.role == "name":
            told[text] = Target(head.kind)
        elif head.role == "attribute":
            told[text] = Target(attribute_of(head, to))
        elif head.text and any(t == to for t, _, _ in head.candidates):
            mine = next(c for t, c, _ in head.candidates if t == to)
            told[text] = Target(mine, head.unit.text if head.unit else "")
    return told
