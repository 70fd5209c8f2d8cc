"""The plan that is rolled: one that somebody approved, as it was approved."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from planner.actuals import Actuals
from planner.case.periods import Calendar
from planner.plan.formats import FORMAT_VERSION
from planner.runs.approval import plan_digest, read_approval
from planner.runs.decisions import Scope, scope_of
from planner.runs.find import find_runs, resolve_run
from planner.runs.folder import APPROVAL, changed_files
from planner.runs.read import RunDamaged, RunError, read_manifest, read_plan, read_run_table
from planner.runs.what_if import what_if_of


def approved_run(which: str, out: Path) -> Path:
    """Return the approved run that a word names: a run folder, or a case for the newest of its runs
    that is approved.

    Args:
        which: a run or a case.
        out: where the run folders are.

    Raises:
        RunError: where there is none.
    """
    newest = resolve_run(which, out)
    mark = what_if_of(read_plan(newest))
    if mark is not None:
        raise RunError(
            f"{newest} is a what-if ({mark.words}), not the plan of the case. Next: planner apply "
            f"{newest}, run the case, approve that run, and roll it"
        )
    if read_approval(newest) is not None:
        return newest
    named = Path(which)
    if named.resolve() == newest.resolve() or named.name == newest.name:
        raise RunError(
            f"{newest} is not approved: only what was approved has been ordered. Next: planner "
            f"approve {newest} --by NAME"
        )
    source = read_manifest(newest)["case_folder"]  # cases of other quarters have the same name
    approved = [
        run.folder
        for run in find_runs(out)
        if run.approved_by and run.what_if is None and run.source == source
    ]
    if not approved:
        raise RunError(
            f"no run of {which} under {out} is approved: only what was approved has been ordered. "
            f"Next: planner approve {newest} --by NAME"
        )
    return approved[0]


def refuse_changed(run: Path) -> None:
    """Refuse to carry on a run that is not, file by file, what was planned and approved.

    Args:
        run: the run folder.

    Raises:
        RunDamaged: where a file was changed since, or the approval is of another plan.
    """
    manifest, approval = read_manifest(run), read_approval(run)
    wrong = changed_files(run, manifest)
    # the digest of earlier formats was of files, too, that are made again
    known = approval is not None and approval["format_version"] == FORMAT_VERSION
    if approval is not None and known and approval["plan_sha256"] != plan_digest(manifest):
        wrong.append(f"{APPROVAL} is of another plan than the one in this folder")
    if wrong:
        raise RunDamaged(run, wrong)


def approved_scope(run: Path, calendar: Calendar, by: int) -> Scope:
    """Return what of a plan was approved.

    Args:
        run: the run folder.
        calendar: of its plan.
        by: periods that have passed, all of which must be approved.

    Raises:
        RunError: where only earlier periods are.
    """
    scope = scope_of(read_approval(run) or {})
    passed = {calendar.label(t) for t in range(by)}
    beyond = sorted(passed - set(scope.periods)) if scope.periods else []
    ordered = set(read_run_table(run, "buy_plan")["order_period"])
    beyond = [period for period in beyond if period in ordered]
    if beyond:
        raise RunError(
            f"the orders of {', '.join(beyond)} in {run} are not approved, only those of "
            f"{', '.join(scope.periods)}. Next: roll by fewer periods, or planner approve {run} "
            f"{' '.join(f'--period {label}' for label in (*scope.periods, *beyond))}"
        )
    return scope


def decided(actuals: Actuals, scope: Scope, buy_plan: pd.DataFrame, calendar: Calendar) -> Actuals:
    """Return actuals with what was decided of lines that would have been ordered by now: a refused
    line was not, a changed one as it was changed, unless the actuals tell of it themselves.

    Args:
        actuals: what happened.
        scope: what was approved.
        buy_plan: the written lines of the plan.
        calendar: of the plan.
    """
    told = set(actuals.orders["line"])
    plan = buy_plan.set_index("line_id")
    rows = []
    for one in scope.lines:
        amount = 0.0 if one.decision == "refused" else one.amount
        period = calendar.parse(str(plan.at[one.line, "order_period"]))
        if one.line in told or amount is None or period >= actuals.by:
            continue  # what lies ahead is decided in the last plan of the next case
        power = plan.at[one.line, "action"] == "build_power"
        rows.append(
            {
                "line": one.line,
                "period": period,
                "chips": np.nan if power else amount,
                "mw": amount if power else np.nan,
                "offer": plan.at[one.line, "offer"],
                "site": plan.at[one.line, "site"],
                "planned": True,
                "note": one.words,
            }
        )
    if not rows:
        return actuals
    more = pd.DataFrame(rows).reindex(columns=actuals.orders.columns)
    for name in actuals.orders.select_dtypes("object"):
        more[name] = more[name].astype(object).where(more[name].notna(), "")
    orders = pd.concat([actuals.orders, more], ignore_index=True) if told else more
    return dataclasses.replace(actuals, orders=orders)
