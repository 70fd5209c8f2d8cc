"""Two plans of which the later starts periods after the earlier: compared in money of the later
start, over the periods that they share.

::

    old plan        V x (1 + r)^(k / ppy), its cost in money of the later start
    has passed      what it spends in its first k periods
    as it happened  what is really held, on its way, trained and used at the later start
    inputs          group by group, up to the end of the old plan
    new periods     those beyond it

Each step is the difference of two optima; what has passed is known from the plan, and is right
because a plan rolled without surprise costs what is left of it.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from planner.case.case import Case
from planner.case.load import read_case
from planner.case.problems import CaseError
from planner.plan.actions import DECISIONS
from planner.report.history import read_history
from planner.roll.carry import carried
from planner.runs.approval import read_approval
from planner.runs.decisions import scope_of
from planner.runs.inputs import INPUTS
from planner.runs.read import read_plan, read_run_table
from planner.study.bridge import WHOLE, Bridge, attribute, exact_cents
from planner.study.groups import GROUPS, Source, changed_groups, mixed, source_of
from planner.study.live import Live, open_case
from planner.study.standing import differ, happened, lengthened, shortened

HAPPENED: Final = "what really happened"
BEYOND: Final = "new periods at the end"
SAME: Final = "same inputs: another solver, version or tolerance"
EXACT: Final = 2
ORDERS: Final = 2
"""Up to so many changed groups all orders of swapping them count; beyond, one and its reverse: a
comparison takes seconds."""
DONE: Final = ["action", "line_id", "period", "amount", "actual", "total_usd", "decision"]


@dataclass(frozen=True, slots=True)
class Moved:
    """The earlier plan as it would stand at the later start, and the later one beside it."""

    by: int
    """Periods that have passed."""
    passed: tuple[str, ...]
    """Their labels."""
    start: str
    """First period of the later plan: the date whose money it is."""
    shared: tuple[str, str]
    """First and last period that both plan for."""
    growth: float
    """(1 + r)^(k / ppy)."""
    passed_usd: float
    """What the earlier plan spends in the passed periods, in money of its own start."""
    planned: Source
    """Its case rolled as if all had gone as planned, to its own end."""
    planned_case: Case
    later: Source
    """The later case, up to the end of the earlier."""
    later_case: Case | None
    """The same, read; None where it is no good case."""
    longer: bool
    """Whether the later plan ends later."""


def moved_by(first: Source, second: Source) -> int:
    """Return by how many periods the second plan starts later than the first, 0 where they cannot
    be compared so."""
    one, two = first.calendar, second.calendar
    same = (one.frequency, one.fiscal_year_start) == (two.frequency, two.fiscal_year_start)
    by = two.start - one.start
    return by if same and 0 < by < one.count else 0


def read_moved(first: Path, sources: tuple[Source, Source], by: int) -> Moved:
    """Return the earlier plan rolled without surprise, and the later one up to its end.

    Args:
        first: the run folder of the earlier plan.
        sources: inputs of the earlier and the later plan.
        by: periods that have passed.

    Raises:
        RunError: where the earlier plan cannot be rolled.
        CaseError: where the two do not fit together.
    """
    one, two = sources
    with tempfile.TemporaryDirectory() as beside:
        passed_usd = carried(first, by, Path(beside))
        planned_case = read_case(beside)
        planned = lengthened(source_of(Path(beside)))
    settings = planned_case.settings
    label = one.calendar.label
    last = min(one.calendar.start + one.calendar.count, two.calendar.start + two.calendar.count)
    longer = last < two.calendar.start + two.calendar.count
    later, ahead = lengthened(two), None
    if longer:
        later = shortened(later, planned)
    with contextlib.suppress(CaseError):
        ahead = mixed(happened(planned, later), later, {*GROUPS})
    return Moved(
        by,
        tuple(label(t) for t in range(by)),
        label(by),
        (label(by), label(last - 1 - one.calendar.start)),
        (1.0 + settings.discount_rate) ** (by / one.calendar.ppy),
        passed_usd,
        planned,
        planned_case,
        later,
        ahead,
        longer,
    )


def bridge_of(
    moved: Moved, before_usd: float, after_usd: float, divisible_usd: float | None = None
) -> Bridge:
    """Return the bridge from the earlier plan to the later one, in money of the later start.

    Args:
        moved: the two.
        before_usd: cost of the earlier plan, in money of its own start.
        after_usd: cost of the later plan.
        divisible_usd: the same with everything divisible, of a plan of whole things.

    Returns:
        The steps in their order; those that cannot be told apart are one.
    """
    live = open_case(moved.planned_case)
    really = happened(moved.planned, moved.later)
    groups = changed_groups(really, moved.later)
    start, rest = before_usd * moved.growth, live.solution.objective
    ends = round(start * 100), round(after_usd * 100)
    whole = len(live.formulation.program.integer) > 0 or divisible_usd not in (None, after_usd)
    # of whole plans what has passed is what was spent; all steps after it are of divisible ones
    left = (before_usd - moved.passed_usd) * moved.growth if whole else rest
    after_usd = after_usd if divisible_usd is None else divisible_usd
    held: float | None = rest
    if differ(moved.planned, really):
        held = _solved(live, lambda: mixed(really, really, frozenset()))
    ahead: float | None = after_usd
    if moved.longer:
        ahead = None if moved.later_case is None else _solved(live, moved.later_case)
    notes: list[str] = []
    steps = [(_passed_name(moved), _cents(start, left))]
    if held is not None:
        steps.append((HAPPENED, _cents(rest, held)))
    if groups and held is not None and ahead is not None:
        shares, notes = _by_group(live, really, moved, groups, (held, ahead))
        cents = exact_cents([*shares.values()], _cents(held, ahead))
        steps += zip(shares, cents, strict=True)
    else:  # what cannot be told apart is one step
        parts = [HAPPENED] if held is None else []
        parts += [*groups, *([BEYOND] if ahead is None else [])]
        low, high = rest if held is None else held, after_usd if ahead is None else ahead
        steps.append((" + ".join(parts) or SAME, _cents(low, high)))
        if len(parts) > 1:
            notes.append(f"{steps[-1][0]} cannot be told apart: one has no plan without the other")
    if moved.longer and ahead is not None:
        steps.append((BEYOND, _cents(ahead, after_usd)))
    told = tuple((name, cents) for name, cents in steps if cents)
    change = ends[1] - ends[0] - sum(cents for _, cents in told)
    told += ((WHOLE, change),) if change else ()
    return Bridge(*ends, told, "; ".join(notes), live.solves)


def _cents(low: float, high: float) -> int:
    """Return a step in cents, so that steps from one figure to the next sum exactly."""
    return round(high * 100) - round(low * 100)


def _passed_name(moved: Moved) -> str:
    span = moved.passed[0] if moved.by == 1 else f"{moved.passed[0]} to {moved.passed[-1]}"
    return f"{span} has passed" if moved.by == 1 else f"{span} have passed"


def _solved(live: Live, case: Case | Callable[[], Case]) -> float | None:
    """Return the cost of a case; None where it is no good case or has no plan."""
    try:
        found = live.ask(case() if callable(case) else case)
    except CaseError:
        return None
    return found.objective if found.status == "optimal" else None


def _by_group(
    live: Live, really: Source, moved: Moved, groups: Sequence[str], ends: tuple[float, float]
) -> tuple[dict[str, float], list[str]]:
    """Return what each group of inputs changed, USD, and what to know of it."""
    every = frozenset(groups)
    cache: dict[frozenset[str], float | None] = {frozenset(): ends[0], every: ends[1]}

    def value(taken: frozenset[str]) -> float | None:
        if taken not in cache:
            cache[taken] = _solved(live, lambda: mixed(really, moved.later, taken))
        return cache[taken]

    alone = [frozenset({group}) for group in groups]
    found, shares, sampled = attribute(alone, value, exact=EXACT, orders=ORDERS)
    names = {group: " + ".join(sorted(group)) for group in found}
    notes = [
        f"{name} cannot be told apart: no plan, or no good case, has one without the other"
        for name in names.values()
        if " + " in name
    ]
    if sampled:
        notes.append(f"mean over {sampled} orders of swapping the groups")
    return {names[group]: shares[group] for group in found}, notes


def done_lines(first: Path, second: Path, moved: Moved) -> pd.DataFrame:
    """Return what the earlier plan decided in the periods that have passed: done, not gone; with
    what was decided of it when it was approved, and how much of it was really done (None: as
    planned, or not told)."""
    buy = read_run_table(first, "buy_plan")
    mine = (buy["status"] == "new") & buy["action"].isin(DECISIONS)
    mine &= buy["order_period"].isin(moved.passed)
    lines = buy[mine].assign(
        amount=lambda frame: frame["chips"].fillna(frame["mw"]),
        period=lambda frame: frame["order_period"],
    )
    said = {one.line: one.words for one in scope_of(read_approval(first) or {}).lines}
    lines["decision"] = [said.get(line, "") for line in lines["line_id"]]
    told = read_history(second / INPUTS)
    amounts = told.amounts[(told.amounts["kind"] == "line") & (told.amounts["measure"] == "amount")]
    same = told.plan == read_plan(first)["horizon"]["first"]  # of another plan it tells nothing
    amounts = amounts[amounts["actual"].notna()]
    really = dict(zip(amounts["name"], amounts["actual"], strict=True)) if same else {}
    found = [really.get(line) for line in lines["line_id"]]
    lines["actual"] = pd.Series(found, index=lines.index, dtype=object)
    lines = lines.sort_values(["total_usd", "line_id"], ascending=[False, True])
    return pd.DataFrame(lines[DONE]).reset_index(drop=True)
