"""Periods of a source as those of the case: finer ones joined by the column's own rule, coarser
ones spread only as the map says, what is missing asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.case.tables import TABLE
from planner.intake.ask import KEEP, Asked, Question
from planner.intake.doubled import Group, ask_double, doubled_of, once_of
from planner.intake.fact import Fact, Key
from planner.intake.gaps import ask_missing
from planner.intake.known import Known
from planner.intake.reading import Reading
from planner.intake.span import Span, period_span


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure or text that a table of the case is to hold, with the facts that say it."""

    table: str
    key: Key
    column: str
    period: int | None
    value: float | str
    facts: tuple[Fact, ...]


def entries_of(reading: Reading, known: Known, asked: Asked) -> list[Entry]:
    """Return what the facts of a table say of the periods of the case.

    Args:
        reading: the table, with its facts.
        known: the case.
        asked: takes what is missing, given twice or too coarse.
    """
    groups: dict[tuple[str, Key, str], list[Fact]] = {}
    for fact in reading.facts:
        groups.setdefault((fact.table, fact.key, fact.column), []).append(fact)
    found: list[Entry] = []
    doubled = doubled_of(groups)
    if doubled and not reading.use.double:
        ask_double(reading, asked, doubled)
    covers: dict[tuple[str, tuple[int, ...]], list[tuple[Key, str]]] = {}
    for (table, key, column), facts in groups.items():
        declared = TABLE[table].column(column)
        rule = reading.use.across or declared.across
        group = Group(reading, known, asked, rule)
        once = once_of(group, facts, asks=not doubled)
        if facts[0].span is None:
            found += [Entry(f.table, f.key, f.column, None, f.value, (f,)) for f in once]
            continue
        entries = _timed(group, once)
        found += entries
        periods = tuple(sorted(e.period or 0 for e in entries))
        covers.setdefault((table, periods), []).append((key, column))
    for (table, periods), rows in covers.items():
        ask_missing(reading, known, asked, (table, periods), rows)
    return found


def _timed(group: Group, facts: Sequence[Fact]) -> list[Entry]:
    """Return the figures of one row by period of the case."""
    known = group.known
    calendar = known.calendar
    entries = []
    spans = {fact.span for fact in facts}
    whole = [f for f in facts if f.span is not None and not _covers(f.span, spans)]
    for t in range(calendar.count):
        period = period_span(calendar, t)
        inside = [
            f
            for f in whole
            if f.span is not None and f.span.start >= period.start and f.span.end <= period.end
        ]
        over = [
            f
            for f in whole
            if f.span is not None
            and f not in inside
            and f.span.start < period.end
            and f.span.end > period.start
        ]
        if over and not inside:
            value = _spread(group, over, period)
            if value is not None:
                entries.append(_entry(over, t, value))
        elif over:
            _ask_coarse(group, over, period, "lies across periods of which others are given")
        elif inside:
            value = _joined(group, inside, period, t)
            if value is not None:
                entries.append(_entry(inside, t, value))
    _outside(group, whole)
    return entries


def _covers(span: Span, spans: set[Span | None]) -> bool:
    """Return whether a span is that of finer ones that are given too: their sum, checked as one."""
    inside = [
        s
        for s in spans
        if s is not None and s != span and span.start <= s.start and s.end <= span.end
    ]
    return len(inside) >= 2


def _entry(facts: Sequence[Fact], t: int, value: float) -> Entry:
    first = facts[0]
    return Entry(first.table, first.key, first.column, t, value, tuple(facts))


def _amount(fact: Fact) -> float:
    """Return a figure of its span: one per second is multiplied by its seconds."""
    return float(fact.value) * _times(fact, fact.span)


def _times(fact: Fact, span: Span | None) -> float:
    """Return by what a figure per second or month is multiplied in a span; months are counted."""
    if not fact.rate or span is None:
        return 1.0
    months = span.days / 30.4375
    if fact.rate == "month":
        return round(months) if months > 0.9 else months
    return span.days * 86400.0


def _joined(group: Group, facts: Sequence[Fact], period: Span, t: int) -> float | None:
    """Return the figure of a period of the case from those of finer ones."""
    spans = sorted(f.span for f in facts if f.span is not None)
    at, gaps = period.start, []
    for span in spans:
        if span.start > at:
            gaps.append(Span(at, span.start))
        at = max(at, span.end)
    if at < period.end:
        gaps.append(Span(at, period.end))
    if gaps:
        _ask_lost(group, facts, gaps, t)
        return None
    if len(facts) == 1:
        return _amount(facts[0])
    values = [_amount(f) for f in facts]
    days = [f.span.days if f.span is not None else 0 for f in facts]
    return {
        "sum": sum(values),
        "least": min(values),
        "greatest": max(values),
        "last": values[max(range(len(facts)), key=lambda i: spans[i])] if facts else None,
        "mean": sum(v * d for v, d in zip(values, days, strict=True)) / sum(days),
    }.get(group.rule)


def _ask_lost(group: Group, facts: Sequence[Fact], gaps: Sequence[Span], t: int) -> None:
    """Ask about parts of a period that the source does not give."""
    label = group.known.calendar.label(t)
    lost = ", ".join(map(str, gaps[:3]))
    sheet = facts[0].sheet
    need = f"gives {label} only in part: {lost} is not there"
    answers = {KEEP: f"keeps what the case has for {label}"}
    key = f"{sheet.at} {label} in part"
    spots = tuple(f.spot for f in facts)
    for number, one in enumerate(group.asked.questions):
        if one.key == key:
            more = Question(one.key, sheet, one.spots + spots, "", need, answers)
            group.asked.questions[number] = more
            break
    given = group.asked.ask(Question(key, sheet, spots, "", need, answers))
    for spot in spots:
        group.reading.mark(spot, "skipped" if given else "question")


def _spread(group: Group, facts: Sequence[Fact], period: Span) -> float | None:
    """Return a period's part of coarser figures, as the map says."""
    how = group.reading.use.spread
    inside = [f for f in facts if f.span is not None and f.span.start <= period.start]
    fact = inside[-1] if inside else facts[0]
    if fact.span is None or not (fact.span.start <= period.start and period.end <= fact.span.end):
        _ask_coarse(group, facts, period, "does not begin and end where periods of the case do")
        return None
    if how == "even":
        return _amount(fact) * period.days / fact.span.days
    if how == "hold":
        return float(fact.value) * _times(fact, period)
    rule = group.rule
    even = {"even": "a share by days: what adds up (tokens, FLOP, chips)"}
    hold = {"hold": "the same in each: MW, prices"}
    setting = Question(
        "spread",
        fact.sheet,
        (fact.spot,),
        "",
        f"is of a {fact.span.word}, and the case has {group.known.calendar.frequency}s",
        even | hold if rule == "sum" else hold | even,
        "even" if rule == "sum" else "hold",
        "tables",
        group.reading.use.number,
    )
    if all(
        (q.key, q.use, q.sheet.at) != ("spread", setting.use, setting.sheet.at)
        for q in group.asked.questions
    ):
        group.asked.questions.append(setting)
    group.reading.mark(fact.spot, "waiting")
    return None


def _ask_coarse(group: Group, facts: Sequence[Fact], period: Span, need: str) -> None:
    fact = facts[0]
    key = f"{fact.sheet.at} {fact.span} across {period}"
    group.asked.ask(
        Question(key, fact.sheet, (fact.spot,), str(fact.span), need, {KEEP: "leaves it out"})
    )
    group.reading.mark(fact.spot, "question")


def _outside(group: Group, facts: Sequence[Fact]) -> None:
    """Mark what lies outside the plan, and say so."""
    calendar = group.known.calendar
    start, end = period_span(calendar, 0).start, period_span(calendar, calendar.count - 1).end
    before = [f for f in facts if f.span is not None and f.span.end <= start]
    after = [f for f in facts if f.span is not None and f.span.start >= end]
    for fact in (*before, *after):
        group.reading.mark(fact.spot, "skipped")
    for some, where in ((before, "before"), (after, "after")):
        spans = sorted({f.span for f in some if f.span is not None})
        if spans:
            said = f"{spans[0]}" + (f" to {spans[-1]}" if len(spans) > 1 else "")
            remark = f"{said} {'lies' if len(spans) == 1 else 'lie'} {where} the plan"
            if where == "after":
                remark += f", which ends with {calendar.label(calendar.count - 1)} (`periods`)"
            if remark not in group.reading.remarks:
                group.reading.remarks.append(remark)
