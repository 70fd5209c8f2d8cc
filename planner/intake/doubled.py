"""What a source says more than once of one thing: asked about, or added up as the map says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.intake.ask import Asked, Question
from planner.intake.fact import Fact, Key
from planner.intake.known import Known
from planner.intake.reading import Reading
from planner.intake.span import Span

FIRST, LAST, ADD = "first", "last", "add"


@dataclass(frozen=True, slots=True)
class Group:
    """What the facts of one row and column are joined with."""

    reading: Reading
    known: Known
    asked: Asked
    rule: str


def doubled_of(groups: Mapping[tuple[str, Key, str], Sequence[Fact]]) -> list[Fact]:
    """Return the facts that are given twice, where so many are that the rows of a list are finer
    than those of the case: it is asked once then."""
    found: list[Fact] = []
    pairs: set[tuple[int, ...]] = set()
    for facts in groups.values():
        by_span: dict[Span | None, list[Fact]] = {}
        for fact in facts:
            by_span.setdefault(fact.span, []).append(fact)
        for same in by_span.values():
            if len(same) > 1 and not isinstance(same[0].value, str):
                pairs.add(tuple(fact.spot.row for fact in same))
                found += same
    return found if len(pairs) > 3 else []


def ask_double(reading: Reading, asked: Asked, doubled: Sequence[Fact]) -> None:
    """Ask once what rows of one name and period are."""
    first, second = doubled[:2]
    skipped = [h.text for h in reading.heads if h.role == "skip" and h.text]
    apart = f" (they differ in {', '.join(f'`{text}`' for text in skipped[:3])})" if skipped else ""
    named = " ".join(name for _, name in first.key)
    need = f"gives `{named}` {first.column} for {first.span} more than once{apart}"
    answers = {ADD: "adds them up", FIRST: "reads the first", LAST: "reads the last"}
    spots = (first.spot, second.spot)
    sheet, number = reading.block.sheet, reading.use.number
    asked.questions.append(
        Question("double", sheet, spots, "", need, answers, ADD, "tables", number)
    )
    for fact in doubled:
        reading.mark(fact.spot, "waiting")


def once_of(group: Group, facts: Sequence[Fact], *, asks: bool) -> list[Fact]:
    """Return facts each said once: the same said twice is asked about, or is what the map says."""
    by_span: dict[Span | None, list[Fact]] = {}
    for fact in facts:
        by_span.setdefault(fact.span, []).append(fact)
    kept = []
    for same in by_span.values():
        if len(same) == 1 or isinstance(same[0].value, str):
            kept += (
                same[:1] if len({f.value for f in same}) == 1 else _chosen(group, same, asks=True)
            )
        else:
            kept += _chosen(group, same, asks=asks)
    return kept


def _chosen(group: Group, same: Sequence[Fact], *, asks: bool) -> list[Fact]:
    """Return which of some facts about one thing is meant."""
    given = group.reading.use.double
    if given or not asks:
        return _picked(given, same)
    rows = sorted({f.spot.row + 1 for f in same})
    sheet = same[0].sheet
    if len(rows) > 1:
        which = f"rows {' and '.join(map(str, rows[:4]))}{' ...' if len(rows) > 4 else ''}"
    else:
        which = f"columns {' and '.join(str(f.spot)[: -len(str(rows[0]))] for f in same)}"
    named = " ".join(name for _, name in same[0].key) or same[0].table
    answers = {FIRST: "reads the first", LAST: "reads the last"}
    if group.rule == "sum" and not isinstance(same[0].value, str):
        answers[ADD] = "adds them"
    need = f"`{named}` {same[0].column} is given by {which}"
    question = Question(
        f"{sheet.at} {which} of {named}",
        sheet,
        tuple(f.spot for f in same),
        "",
        need,
        answers,
    )
    given = group.asked.ask(question)
    for fact in same if not given else ():
        group.reading.mark(fact.spot, "question")
    return _picked(given, same)


def _picked(given: str, same: Sequence[Fact]) -> list[Fact]:
    """Return the fact that an answer makes of several about one thing."""
    sheet = same[0].sheet
    if given == ADD:
        total = sum(float(f.value) for f in same)
        first = same[0]
        return [
            Fact(
                first.table,
                first.key,
                first.column,
                total,
                sheet,
                first.spot,
                first.span,
                first.rate,
            )
        ]
    return [same[-1] if given == LAST else same[0]]
