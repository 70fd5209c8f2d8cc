"""Repairs that nothing prices: fewer frozen periods, runs and power projects that do not wait,
sites that open sooner, rules lifted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.case.case import Case
from planner.diagnosis.changes import lifted, setting, splits_missing
from planner.diagnosis.ground import still_conflict, without_rules
from planner.diagnosis.repair import Repair
from planner.diagnosis.trials import Trials
from planner.model.index import Bools

LIFTABLE: Final = "policies"
"""Family of what is lifted without a price."""


def unpriced_repairs(trials: Trials) -> list[Repair]:
    """Return the repairs that nothing prices, family by family."""
    return _thawed(trials) + _alone(trials) + _sooner(trials) + _rules(trials)


def _thawed(trials: Trials) -> list[Repair]:
    """Return the plan in which fewer of the last plan's periods are frozen."""
    frozen = trials.case.settings.frozen_periods
    if not frozen or trials.case["last_plan"].empty or not trials.hit(trials.of_kind("frozen")):
        return []
    for kept in range(frozen - 1, -1, -1):
        repair = trials.unpriced(
            [setting("frozen_periods", frozen, str(kept))],
            f"freeze {kept or 'none'} of the last plan's periods instead of {frozen}",
            LIFTABLE,
        )
        if repair:
            return [repair]
    return []


def _alone(trials: Trials) -> list[Repair]:
    """Return the milestones that need not wait for what they build on."""
    found = []
    waits = trials.case["milestones"]["after"].map(len).to_numpy(dtype=np.int64) > 0
    for at in np.flatnonzero(waits):
        if not trials.hit(trials.of_kind("after", int(at))):
            continue
        row = trials.case["milestones"].iloc[int(at)]
        change = trials.cells.change("milestones", int(at), "after", "", old=";".join(row["after"]))
        repair = trials.unpriced(
            [change],
            f"let {row['milestone']} begin without waiting for {' and '.join(row['after'])}",
            "milestones",
        )
        found += [repair] if repair else []
    return found


def _sooner(trials: Trials) -> list[Repair]:
    """Return the sites that open at the start, and the power projects that wait for no other."""
    found = []
    for kind, table, column in (
        ("opens", "sites", "opens"),
        ("project_after", "power_projects", "after"),
    ):
        rows = trials.ground.limits.table["at"][trials.of_kind(kind)]
        for at in rows.to_numpy(dtype=np.int64).tolist():
            if not trials.hit(trials.of_kind(kind, at)):
                continue
            row = trials.case[table].iloc[at]
            if kind == "opens":
                old = trials.case.calendar.label(int(row["opens"]))
                text = f"open {row['site']} at the start of the plan instead of in {old}"
            else:
                old = str(row["after"])
                text = f"let power project {row['project']} be ordered without waiting for {old}"
            change = trials.cells.change(table, at, column, "", old=old)
            repair = trials.unpriced([change], text, "power")
            found += [repair] if repair else []
    return found


def _rules(trials: Trials) -> list[Repair]:
    """Return the rules whose lifting alone is a way out, otherwise the fewest found that
    together are one."""
    rules = [one.rules for one in trials.found if one.rules is not None]
    if trials.case["rules"].empty or any(not of for of in rules):
        return []
    every = set(range(len(trials.case["rules"])))
    alone = sorted(every.intersection(*rules)) if rules else sorted(every)
    some = sorted(set().union(*rules)) if rules else sorted(every)
    found = [repair for at in alone if (repair := _lift(trials, [at])) is not None]
    if found or len(some) < 2:
        return found
    out = _mask(trials.case, some)
    if not _feasible_without(trials, out):
        return []
    for at in some:
        out[at] = False
        if not _feasible_without(trials, out):
            out[at] = True
    repair = _lift(trials, np.flatnonzero(out).tolist())
    return [repair] if repair else []


def _mask(case: Case, rows: Sequence[int]) -> Bools:
    """Return some rules as a mask, (rules,)."""
    mask = np.zeros(len(case["rules"]), dtype=bool)
    mask[list(rows)] = True
    return mask


def _feasible_without(trials: Trials, out: Bools) -> bool:
    """Return whether the case has a plan without some rules, (rules,)."""
    every = np.ones(len(trials.ground.limits.table), dtype=bool)
    other = without_rules(trials.case, out)
    return not trials.effort.spent and not still_conflict(
        trials.ground, every, other, trials.effort
    )


def _lift(trials: Trials, rows: Sequence[int]) -> Repair | None:
    """Return the repair that lifts some rules, with what then must be stated besides."""
    reasons = trials.case["rules"]["reason"].iloc[list(rows)]
    changes = [lifted(trials.case, trials.cells, at) for at in rows]
    text = f"lift the rule{'s' if len(rows) > 1 else ''} "
    text += " and ".join(f"“{reason}”" for reason in reasons)
    for at in splits_missing(trials.case, _mask(trials.case, rows)):
        name = trials.case["milestones"]["milestone"].iloc[at]
        changes.append(trials.cells.change("milestones", at, "split_efficiency", "1"))
        text += f" and state the split_efficiency of {name} (here 1: nothing is lost)"
    return trials.unpriced(changes, text, LIFTABLE)
